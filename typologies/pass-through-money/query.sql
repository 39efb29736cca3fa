-- The mean rest of a dollar is (mean day out - mean day in), weighted by amount: one pass, no join of payments with themselves.
WITH named AS (
  SELECT lower(trim(name)) AS name, min(party_id) AS party_id
  FROM parties
  WHERE name IS NOT NULL
  GROUP BY lower(trim(name))
),
side AS (
  SELECT
    r.side, p.amount_usd, p.day, p.payer_country, p.order_id,
    CASE r.side WHEN 'in' THEN p.payee ELSE p.payer END AS who,
    CASE r.side WHEN 'in' THEN p.payer ELSE p.payee END AS other
  FROM (VALUES ('in'), ('out')) AS r (side)
  CROSS JOIN payments p
  WHERE p.amount_usd > 0 AND p.day IS NOT NULL AND p.payer IS NOT NULL AND p.payee IS NOT NULL
),
known AS (
  SELECT
    s.side, s.amount_usd, s.day, s.payer_country, s.order_id, s.other, coalesce(a.party_id, n.party_id, lower(trim(s.who))) AS party_id
  FROM side s
  LEFT JOIN parties a ON a.party_id = s.who
  LEFT JOIN named n ON n.name = lower(trim(s.who))
),
seller AS (
  SELECT exporter, count(DISTINCT order_id) AS sold
  FROM lines
  WHERE controlled AND exporter IS NOT NULL
  GROUP BY exporter
),
ordered AS (
  SELECT order_id, sum(tpp) AS tpp
  FROM lines
  WHERE controlled
  GROUP BY order_id
),
flow AS (
  SELECT
    k.party_id,
    sum(CASE WHEN k.side = 'in' THEN k.amount_usd ELSE 0.0 END) AS usd_in,
    sum(CASE WHEN k.side = 'out' THEN k.amount_usd ELSE 0.0 END) AS usd_out,
    sum(CASE WHEN k.side = 'in' THEN k.amount_usd * k.day ELSE 0.0 END) AS day_in,
    sum(CASE WHEN k.side = 'out' THEN k.amount_usd * k.day ELSE 0.0 END) AS day_out,
    sum(CASE WHEN k.side = 'in' THEN 1 ELSE 0 END) AS times_in,
    sum(CASE WHEN k.side = 'out' THEN 1 ELSE 0 END) AS times_out,
    max(CASE WHEN k.side = 'in' AND k.payer_country IN ('CN', 'HK', 'MO', 'RU') THEN 1 ELSE 0 END) AS concern,
    max(CASE WHEN k.side = 'out' AND v.sold > 0 THEN 1 ELSE 0 END) AS to_seller,
    max(CASE WHEN o.order_id IS NOT NULL OR v.sold > 0 THEN 1 ELSE 0 END) AS near_goods,
    coalesce(sum(CASE WHEN k.side = 'out' THEN o.tpp ELSE 0 END), 0) AS tpp,
    min(k.day) AS first_day, max(k.day) AS last_day
  FROM known k
  LEFT JOIN seller v ON v.exporter = k.other
  LEFT JOIN ordered o ON o.order_id = k.order_id
  GROUP BY k.party_id
),
dealer AS (
  SELECT party_id, max(dealt) AS dealt
  FROM (
    SELECT exporter AS party_id, 1 AS dealt FROM lines WHERE exporter IS NOT NULL
    UNION ALL
    SELECT purchaser AS party_id, 1 AS dealt FROM lines WHERE purchaser IS NOT NULL
    UNION ALL
    SELECT ultimate_consignee AS party_id, 1 AS dealt FROM lines
  ) AS d
  GROUP BY party_id
),
judged AS (
  SELECT
    f.party_id, f.usd_in, f.usd_out, f.times_in, f.times_out, f.concern, f.to_seller, f.tpp, f.first_day, f.last_day,
    f.usd_out / f.usd_in AS ratio, f.day_out / f.usd_out - f.day_in / f.usd_in AS rest, coalesce(d.dealt, 0) AS dealt
  FROM flow f
  LEFT JOIN dealer d ON d.party_id = f.party_id
  LEFT JOIN parties p ON p.party_id = f.party_id
  WHERE f.usd_in >= {{least_usd}} AND f.usd_out > 0 AND f.times_in >= {{least_times}} AND f.times_out >= {{least_times}} AND f.near_goods = 1
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
  WHERE ratio >= {{low}} AND ratio <= {{high}} AND rest >= 0 AND rest <= {{rest_days}}
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
