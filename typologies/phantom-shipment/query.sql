WITH paid AS (
  SELECT order_id, payer, payee, max(payer_country) AS payer_country, sum(amount_usd) AS usd, min(day) AS day
  FROM payments
  WHERE order_id IS NOT NULL AND payer IS NOT NULL AND payee IS NOT NULL AND amount_usd > 0 AND day IS NOT NULL
  GROUP BY order_id, payer, payee
),
missing AS (
  -- Orders that were paid for and that nothing was shipped for: few.
  SELECT order_id
  FROM (
    SELECT order_id, 0 AS shipped FROM payments WHERE order_id IS NOT NULL
    UNION ALL
    SELECT order_id, 1 AS shipped FROM lines
  ) AS own
  GROUP BY order_id
  HAVING max(shipped) = 0
),
back AS (
  -- Only who is paid can pay back: few.
  SELECT p.order_id, p.payer, sum(p.amount_usd) AS usd
  FROM (SELECT DISTINCT payee FROM payments WHERE payee IS NOT NULL) AS m
  JOIN payments p ON p.payer = m.payee
  WHERE p.order_id IS NOT NULL AND p.amount_usd > 0
  GROUP BY p.order_id, p.payer
),
judged AS (
  SELECT
    p.order_id, p.payer, p.payee, p.payer_country, p.usd, p.day,
    CASE WHEN m.order_id IS NOT NULL AND p.usd >= {{least_usd}} AND p.day + {{late_days}} <= w.last_day AND coalesce(b.usd, 0.0) < 0.9 * p.usd
      THEN 1 ELSE 0 END AS phantom,
    CASE WHEN m.order_id IS NULL THEN 1 ELSE 0 END AS shipped
  FROM back b
  RIGHT JOIN paid p ON p.order_id = b.order_id AND p.payee = b.payer
  LEFT JOIN missing m ON m.order_id = p.order_id
  CROSS JOIN law w
),
by_payer AS (
  SELECT
    payer, count(*) AS payments, sum(phantom) AS phantom, sum(shipped) AS shipped, sum(CASE WHEN phantom = 1 THEN usd ELSE 0.0 END) AS usd,
    max(CASE WHEN phantom = 1 THEN payer_country END) AS payer_country, max(CASE WHEN phantom = 1 THEN payee END) AS payee,
    min(CASE WHEN phantom = 1 THEN day END) AS first_day, max(CASE WHEN phantom = 1 THEN day END) AS last_day,
    array_agg(DISTINCT order_id) FILTER (WHERE phantom = 1) AS orders
  FROM judged
  GROUP BY payer
),
peered AS (
  SELECT
    payer, payments, phantom, shipped, usd, payer_country, payee, first_day, last_day, orders,
    (sum(payments - shipped) OVER () - (payments - shipped) + {{prior_share}} * {{prior_payments}})
      / CAST(sum(payments) OVER () - payments + {{prior_payments}} AS DOUBLE) AS peers
  FROM by_payer
),
scored AS (
  SELECT
    payer, payments, phantom, shipped, usd, payee, first_day, last_day, orders, peers,
    {{base}} + least({{most_relative}}, ln({{evader_share}} / peers)) + least({{most_size}}, 0.2 * ln(usd / {{least_usd}}))
      + CASE WHEN payer_country IN ('CN', 'HK', 'MO', 'RU') THEN {{concern}} ELSE 0.0 END AS llr
  FROM peered
  WHERE phantom > 0 AND shipped > 0
)
SELECT
  'T34' AS pattern,
  h.payer AS key,
  array_agg(DISTINCT CASE r.role WHEN 'payer' THEN h.payer ELSE h.payee END) AS subjects,
  h.orders,
  CAST(0 AS BIGINT) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.payer, ' paid $', CAST(CAST(round(h.usd) AS BIGINT) AS STRING), ' for ', CAST(h.phantom AS STRING),
    ' orders that no shipment record holds {{late_days}} days later; ', CAST(h.shipped AS STRING), ' of its orders are on record.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'usd' THEN CAST(CAST(round(h.usd) AS BIGINT) AS STRING)
    WHEN 'orders_without_shipment' THEN CAST(h.phantom AS STRING)
    WHEN 'orders_on_record' THEN CAST(h.shipped AS STRING)
    ELSE CAST(CAST(round(1000 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('payer'), ('payee')) AS r (role)
CROSS JOIN (VALUES ('usd'), ('orders_without_shipment'), ('orders_on_record'), ('peers_permille')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.payer, h.orders, h.first_day, h.last_day, h.llr, h.usd, h.phantom, h.shipped, h.peers
