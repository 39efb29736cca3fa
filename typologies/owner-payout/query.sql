WITH named AS (
  SELECT lower(trim(name)) AS name, min(party_id) AS party_id
  FROM parties
  WHERE name IS NOT NULL
  GROUP BY lower(trim(name))
),
payout AS (
  SELECT
    coalesce(a.party_id, n.party_id, p.payer) AS party_id, p.payee, p.day, p.amount_usd,
    sum(p.amount_usd) OVER (PARTITION BY coalesce(a.party_id, n.party_id, p.payer) ORDER BY p.day
      RANGE BETWEEN 364 PRECEDING AND CURRENT ROW) AS year_usd,
    count(*) OVER (PARTITION BY coalesce(a.party_id, n.party_id, p.payer) ORDER BY p.day
      RANGE BETWEEN 364 PRECEDING AND CURRENT ROW) AS times,
    sum(p.amount_usd) OVER (PARTITION BY coalesce(a.party_id, n.party_id, p.payer) ORDER BY p.day
      RANGE BETWEEN 729 PRECEDING AND 365 PRECEDING) AS before_usd
  FROM payments p
  LEFT JOIN (
    -- Payees that direct their payer, asked once for each pair.
    SELECT d.payer, d.payee
    FROM (SELECT DISTINCT payer, payee FROM payments WHERE amount_usd > 0) AS d
    LEFT JOIN parties a ON a.party_id = d.payer
    LEFT JOIN (
      SELECT lower(trim(name)) AS name, min(party_id) AS party_id FROM parties WHERE name IS NOT NULL GROUP BY lower(trim(name))
    ) AS n ON n.name = lower(trim(d.payer))
    JOIN parties f ON f.party_id = coalesce(a.party_id, n.party_id)
    WHERE concat(';', lower(f.directors), ';') LIKE concat('%;', lower(trim(d.payee)), ';%')
  ) AS o ON o.payer = p.payer AND o.payee = p.payee
  LEFT JOIN parties a ON a.party_id = p.payer
  LEFT JOIN named n ON n.name = lower(trim(p.payer))
  WHERE p.amount_usd > 0 AND p.day IS NOT NULL AND p.payer IS NOT NULL
    AND (o.payer IS NOT NULL OR (p.terms IS NOT NULL AND (lower(p.terms) LIKE '%dividend%' OR lower(p.terms) LIKE '%bonus%'
      OR lower(p.terms) LIKE '%distribution to%' OR lower(p.terms) LIKE '%shareholder loan%' OR lower(p.terms) LIKE '%director%loan%'
      OR lower(p.terms) LIKE '%profit share%' OR lower(p.terms) LIKE '%payout%' OR lower(p.terms) LIKE '%withdrawal%')))
),
peak AS (
  SELECT
    party_id, day, payee, year_usd, times, coalesce(before_usd, 0.0) AS before_usd,
    row_number() OVER (PARTITION BY party_id ORDER BY year_usd DESC, day, payee) AS turn
  FROM payout
),
trade AS (
  SELECT exporter AS party_id, order_id, day, tpp, quantity * unit_price_usd AS sold, CAST(0 AS DOUBLE) AS bought, 1 AS sells
  FROM lines
  WHERE controlled AND exporter IS NOT NULL
  UNION ALL
  SELECT coalesce(purchaser, ultimate_consignee) AS party_id, order_id, day, tpp, CAST(0 AS DOUBLE) AS sold,
    quantity * unit_price_usd AS bought, 0 AS sells
  FROM lines
  WHERE controlled
),
judged AS (
  SELECT
    k.party_id, k.day, max(k.payee) AS payee, max(k.year_usd) AS payout_usd, max(k.times) AS times, max(k.before_usd) AS before_usd,
    sum(t.sold) AS sold, sum(t.bought) AS bought, sum(CASE WHEN t.sold IS NULL OR t.bought IS NULL THEN 1 ELSE 0 END) AS unknown,
    greatest(sum(t.tpp * t.sells), sum(t.tpp * (1 - t.sells))) AS tpp, min(t.day) AS first_day,
    max(CASE WHEN t.day >= k.day - {{near_days}} THEN 1 ELSE 0 END) AS near,
    array_agg(DISTINCT t.order_id) AS orders
  FROM peak k
  JOIN trade t ON t.party_id = k.party_id AND t.day >= k.day - 365 - {{near_days}} AND t.day <= k.day
  WHERE k.turn = 1 AND k.year_usd >= {{least_usd}}
  GROUP BY k.party_id, k.day
),
shared AS (
  SELECT
    party_id, day, payee, payout_usd, times, before_usd, greatest(coalesce(sold, 0.0), coalesce(bought, 0.0)) AS sold, tpp, first_day, orders,
    CASE WHEN unknown = 0 AND bought > 0 AND sold > bought THEN payout_usd / ((sold - bought) * {{share}})
      ELSE payout_usd / (nullif(greatest(coalesce(sold, 0.0), coalesce(bought, 0.0)), 0.0) * {{of_turnover}}) END AS excess,
    CASE WHEN unknown = 0 AND bought > 0 AND sold > bought THEN 1 ELSE 0 END AS margin_known
  FROM judged
  WHERE near = 1 AND (sold > 0 OR bought > 0)
),
scored AS (
  SELECT
    party_id, day, payee, payout_usd, times, before_usd, sold, tpp, first_day, orders, excess, margin_known,
    {{base}} + CASE WHEN margin_known = 1 THEN 0.8 ELSE 0.5 END + least({{most_share}}, 0.5 * ln(excess))
      + CASE WHEN times >= 2 THEN {{repeated}} ELSE 0.0 END
      + CASE WHEN 2 * before_usd >= payout_usd THEN {{before}} ELSE 0.0 END AS llr
  FROM shared
  WHERE excess > 1
)
SELECT
  'T29' AS pattern,
  concat(h.party_id, '/', CAST(h.day AS STRING)) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'firm' THEN h.party_id ELSE coalesce(h.payee, h.party_id) END) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.day AS last_day,
  h.llr,
  concat(h.party_id, ' paid $', CAST(CAST(round(h.payout_usd) AS BIGINT) AS STRING), 
    ' to its owners or staff in a year in which it traded controlled goods for $', CAST(CAST(round(h.sold) AS BIGINT) AS STRING),
    ', and $', CAST(CAST(round(h.before_usd) AS BIGINT) AS STRING), ' the year before.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'payout_usd' THEN CAST(CAST(round(h.payout_usd) AS BIGINT) AS STRING)
    WHEN 'payouts' THEN CAST(h.times AS STRING)
    WHEN 'sold_usd' THEN CAST(CAST(round(h.sold) AS BIGINT) AS STRING)
    WHEN 'before_usd' THEN CAST(CAST(round(h.before_usd) AS BIGINT) AS STRING)
    ELSE CAST(h.margin_known AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('firm'), ('payee')) AS r (role)
CROSS JOIN (VALUES ('payout_usd'), ('payouts'), ('sold_usd'), ('before_usd'), ('margin_known')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.party_id, h.orders, h.tpp, h.first_day, h.day, h.llr, h.payout_usd, h.sold, h.before_usd, h.times, h.margin_known
