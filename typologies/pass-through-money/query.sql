-- The mean rest of a dollar is (mean day out - mean day in), weighted by amount: one pass, no join of payments with themselves.
WITH named AS (
  SELECT lower(trim(name)) AS name, min(party_id) AS party_id
  FROM parties
  WHERE name IS NOT NULL
  GROUP BY lower(trim(name))
),
side AS (
  -- Of each name first: names are few, payments are not.
  SELECT
    r.side, CASE r.side WHEN 'in' THEN p.payee ELSE p.payer END AS who, sum(p.usd) AS usd, sum(p.usd_days) AS usd_days, sum(p.times) AS times,
    max(p.concern) AS concern, min(p.first_day) AS first_day, max(p.last_day) AS last_day
  FROM (VALUES ('in'), ('out')) AS r (side)
  CROSS JOIN (
    SELECT
      payer, payee, sum(amount_usd) AS usd, sum(amount_usd * day) AS usd_days, count(*) AS times,
      max(CASE WHEN payer_country IN ('CN', 'HK', 'MO', 'RU') THEN 1 ELSE 0 END) AS concern, min(day) AS first_day, max(day) AS last_day
    FROM payments
    WHERE amount_usd > 0 AND day IS NOT NULL AND payer IS NOT NULL AND payee IS NOT NULL
    GROUP BY payer, payee
  ) AS p
  GROUP BY r.side, CASE r.side WHEN 'in' THEN p.payee ELSE p.payer END
),
known AS (
  SELECT
    s.side, s.who, s.usd, s.usd_days, s.times, s.concern, s.first_day, s.last_day, coalesce(a.party_id, n.party_id, lower(trim(s.who))) AS party_id
  FROM side s
  LEFT JOIN parties a ON a.party_id = s.who
  LEFT JOIN named n ON n.name = lower(trim(s.who))
),
flow AS (
  SELECT
    party_id, side, who, usd_days, times, concern, first_day, last_day,
    sum(CASE WHEN side = 'in' THEN usd ELSE 0.0 END) OVER (PARTITION BY party_id) AS usd_in,
    sum(CASE WHEN side = 'out' THEN usd ELSE 0.0 END) OVER (PARTITION BY party_id) AS usd_out
  FROM known
),
even AS (
  SELECT
    party_id, side, who, usd_in, usd_out / usd_in AS ratio,
    sum(CASE WHEN side = 'out' THEN usd_days ELSE 0.0 END) OVER (PARTITION BY party_id) / usd_out
      - sum(CASE WHEN side = 'in' THEN usd_days ELSE 0.0 END) OVER (PARTITION BY party_id) / usd_in AS rest,
    sum(CASE WHEN side = 'in' THEN times ELSE 0 END) OVER (PARTITION BY party_id) AS times_in,
    sum(CASE WHEN side = 'out' THEN times ELSE 0 END) OVER (PARTITION BY party_id) AS times_out,
    max(CASE WHEN side = 'in' THEN concern ELSE 0 END) OVER (PARTITION BY party_id) AS concern,
    min(first_day) OVER (PARTITION BY party_id) AS first_day,
    max(last_day) OVER (PARTITION BY party_id) AS last_day
  FROM flow
  WHERE usd_in >= {{least_usd}} AND usd_out > 0 AND usd_out / usd_in >= {{low}} AND usd_out / usd_in <= {{high}}
),
through AS (
  SELECT party_id, side, who, usd_in, ratio, rest, times_in, times_out, concern, first_day, last_day
  FROM even
  WHERE times_in >= {{least_times}} AND times_out >= {{least_times}} AND rest >= 0 AND rest <= {{rest_days}}
),
goods AS (
  SELECT
    t.party_id, t.usd_in, t.times_in, t.times_out, t.concern, t.first_day, t.last_day, t.ratio, t.rest,
    max(CASE WHEN t.side = 'out' AND v.exporter IS NOT NULL THEN 1 ELSE 0 END) AS to_seller,
    max(CASE WHEN l.order_id IS NOT NULL OR v.exporter IS NOT NULL THEN 1 ELSE 0 END) AS near_goods,
    coalesce(sum(CASE WHEN t.side = 'out' THEN l.tpp ELSE 0 END), 0) AS tpp
  FROM through t
  JOIN (
    SELECT r.side, p.order_id, CASE r.side WHEN 'in' THEN p.payee ELSE p.payer END AS who, CASE r.side WHEN 'in' THEN p.payer ELSE p.payee END AS other
    FROM (VALUES ('in'), ('out')) AS r (side)
    CROSS JOIN payments p
    WHERE p.amount_usd > 0 AND p.day IS NOT NULL AND p.payer IS NOT NULL AND p.payee IS NOT NULL
  ) AS k ON k.who = t.who AND k.side = t.side
  LEFT JOIN (SELECT DISTINCT exporter FROM lines WHERE controlled) AS v ON v.exporter = k.other
  LEFT JOIN lines l ON l.order_id = k.order_id AND l.controlled
  GROUP BY t.party_id, t.usd_in, t.times_in, t.times_out, t.concern, t.first_day, t.last_day, t.ratio, t.rest
),
dealer AS (
  SELECT DISTINCT party_id
  FROM (
    SELECT DISTINCT exporter AS party_id FROM lines
    UNION ALL
    SELECT DISTINCT purchaser AS party_id FROM lines
    UNION ALL
    SELECT DISTINCT ultimate_consignee AS party_id FROM lines
  ) AS d
),
judged AS (
  SELECT
    g.party_id, g.usd_in, g.times_in, g.times_out, g.concern, g.to_seller, g.tpp, g.first_day, g.last_day, g.ratio, g.rest,
    CASE WHEN d.party_id IS NULL THEN 0 ELSE 1 END AS dealt
  FROM goods g
  LEFT JOIN dealer d ON d.party_id = g.party_id
  LEFT JOIN parties p ON p.party_id = g.party_id
  WHERE g.near_goods = 1
    AND lower(coalesce(p.business, '')) NOT LIKE '%bank%' AND lower(coalesce(p.business, '')) NOT LIKE '%escrow%'
    AND lower(coalesce(p.business, '')) NOT LIKE '%payment%' AND lower(coalesce(p.business, '')) NOT LIKE '%treasury%'
    AND lower(coalesce(p.business, '')) NOT LIKE '%distribut%' AND lower(coalesce(p.business, '')) NOT LIKE '%financ%'
),
scored AS (
  SELECT
    party_id, usd_in, times_in, times_out, tpp, first_day, last_day, ratio, rest, dealt,
    CAST({{base}} + CASE WHEN rest <= {{quick_days}} THEN {{quick}} ELSE 0.0 END
      + CASE WHEN concern = 1 THEN {{concern}} ELSE 0.0 END
      + CASE WHEN to_seller = 1 THEN {{to_seller}} ELSE 0.0 END
      + CASE WHEN dealt = 1 THEN {{deals}} ELSE 0.0 END AS DOUBLE) + least(0.6, 0.3 * ln(times_in / 2.0)) AS llr
  FROM judged
)
SELECT
  'T24' AS pattern,
  h.party_id AS key,
  array_agg(DISTINCT h.party_id) AS subjects,
  array_agg(DISTINCT y.order_id) FILTER (WHERE y.order_id IS NOT NULL) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.party_id, ' received $', CAST(CAST(round(h.usd_in) AS BIGINT) AS STRING), ' in ', CAST(h.times_in AS STRING), ' payments and paid out ',
    CAST(CAST(round(100 * h.ratio) AS BIGINT) AS STRING), ' % of it; a dollar rested ', CAST(CAST(round(h.rest) AS BIGINT) AS STRING), 
    ' days.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'usd_in' THEN CAST(CAST(round(h.usd_in) AS BIGINT) AS STRING)
    WHEN 'payments_in' THEN CAST(h.times_in AS STRING)
    WHEN 'payments_out' THEN CAST(h.times_out AS STRING)
    WHEN 'out_percent' THEN CAST(CAST(round(100 * h.ratio) AS BIGINT) AS STRING)
    WHEN 'rest_days' THEN CAST(CAST(round(h.rest) AS BIGINT) AS STRING)
    ELSE CAST(h.dealt AS STRING) END)) AS facts
FROM scored h
LEFT JOIN (
  SELECT payer AS party_id, order_id FROM payments WHERE order_id IS NOT NULL
  UNION ALL
  SELECT payee AS party_id, order_id FROM payments WHERE order_id IS NOT NULL
) AS y ON y.party_id = h.party_id
CROSS JOIN (VALUES ('usd_in'), ('payments_in'), ('payments_out'), ('out_percent'), ('rest_days'), ('deals_itself')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.party_id, h.tpp, h.first_day, h.last_day, h.llr, h.usd_in, h.times_in, h.times_out, h.ratio, h.rest, h.dealt
