WITH termed AS (
  SELECT
    p.order_id, p.payer, p.payee, p.payer_country, p.amount_usd, p.day,
    CASE
      WHEN (t LIKE '% cash%' AND t NOT LIKE '%cash in advance%' AND t NOT LIKE '%cash against doc%') OR t LIKE '%crypto%' OR t LIKE '%bitcoin%'
        OR t LIKE '%usdt%' OR t LIKE '%tether%' OR t LIKE '%stablecoin%' OR t LIKE '% btc %' THEN 'coins'
      WHEN t LIKE '%half%' OR t LIKE '%part%' OR t LIKE '%deposit%' OR t LIKE '%install%' OR t LIKE '%balance%' OR t LIKE '%30%'
        OR t LIKE '%50%' OR t LIKE '%20 %' THEN 'plain'
      WHEN t LIKE '%in advance%' OR t LIKE '%prepaid%' OR t LIKE '%prepay%' OR t LIKE '%pre-pay%' OR t LIKE '%advance payment%'
        OR t LIKE '%up front%' THEN 'advance'
      ELSE 'plain' END AS class
  FROM (
    SELECT order_id, payer, payee, payer_country, amount_usd, day, concat(' ', lower(terms), ' ') AS t
    FROM payments
    WHERE terms IS NOT NULL
  ) AS p
  WHERE p.amount_usd > 0 AND p.day IS NOT NULL AND p.order_id IS NOT NULL
),
ordered AS (
  SELECT order_id, max(root) AS root, max(ultimate_consignee) AS consignee, max(destination) AS destination, max(exporter) AS exporter,
    sum(tpp) AS tpp
  FROM lines
  WHERE controlled
  GROUP BY order_id
),
by_buyer AS (
  SELECT
    o.root, coalesce(o.exporter, t.payee) AS seller, count(*) AS payments, sum(t.amount_usd) AS usd,
    sum(CASE WHEN t.class <> 'plain' THEN t.amount_usd ELSE 0.0 END) AS odd_usd,
    max(CASE t.class WHEN 'coins' THEN 1 ELSE 0 END) AS coins, max(CASE t.class WHEN 'advance' THEN 1 ELSE 0 END) AS advance,
    max(CASE WHEN t.class <> 'plain' AND t.payer_country <> o.destination THEN 1 ELSE 0 END) AS abroad,
    max(CASE WHEN t.class <> 'plain' THEN o.tpp ELSE 0 END) AS tpp,
    min(CASE WHEN t.class <> 'plain' THEN t.day END) AS first_day, max(CASE WHEN t.class <> 'plain' THEN t.day END) AS last_day,
    array_agg(DISTINCT o.consignee) FILTER (WHERE t.class <> 'plain') AS subjects,
    array_agg(DISTINCT o.order_id) FILTER (WHERE t.class <> 'plain') AS orders
  FROM termed t
  JOIN ordered o ON o.order_id = t.order_id
  GROUP BY o.root, coalesce(o.exporter, t.payee)
),
peered AS (
  SELECT
    root, seller, usd, odd_usd, coins, advance, abroad, tpp, first_day, last_day, subjects, orders,
    (sum(CASE WHEN odd_usd > 0 THEN 1 ELSE 0 END) OVER (PARTITION BY seller) - CASE WHEN odd_usd > 0 THEN 1 ELSE 0 END
      + {{prior_share}} * {{prior_buyers}}) / CAST(count(*) OVER (PARTITION BY seller) - 1 + {{prior_buyers}} AS DOUBLE) AS peers
  FROM by_buyer
),
scored AS (
  SELECT
    root, seller, odd_usd, coins, tpp, first_day, last_day, subjects, orders, peers,
    {{base}} + CASE WHEN coins = 1 THEN {{coins}} ELSE {{advance}} END + least({{most_relative}}, ln({{evader_share}} / peers))
      + CASE WHEN abroad = 1 THEN {{abroad}} ELSE 0.0 END AS llr
  FROM peered
  WHERE odd_usd >= {{least_usd}}
)
SELECT
  'T28' AS pattern,
  concat(h.root, '/', coalesce(h.seller, '')) AS key,
  h.subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.root, ' paid $', CAST(CAST(round(h.odd_usd) AS BIGINT) AS STRING), ' for controlled goods ',
    CASE WHEN h.coins = 1 THEN 'in cash or cryptocurrency' ELSE 'all in advance' END, '; of the seller''s other buyers ',
    CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING), ' % pay so.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'usd' THEN CAST(CAST(round(h.odd_usd) AS BIGINT) AS STRING)
    WHEN 'cash_or_coins' THEN CAST(h.coins AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('usd'), ('cash_or_coins'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.root, h.seller, h.subjects, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.odd_usd, h.coins, h.peers
