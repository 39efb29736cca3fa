WITH worth AS (
  SELECT
    order_id, max(exporter) AS exporter, max(ultimate_consignee) AS consignee, max(root) AS root, min(day) AS day, sum(quantity * unit_price_usd) AS usd,
    sum(coalesce(tpp, 0)) AS tpp
  FROM lines
  WHERE exporter IS NOT NULL
  GROUP BY order_id
  HAVING count(*) = count(unit_price_usd) AND max(CASE WHEN controlled THEN 1 ELSE 0 END) = 1
),
paid AS (
  SELECT order_id, sum(amount_usd) AS usd, min(day) AS first_day, max(day) AS last_day
  FROM payments
  WHERE order_id IS NOT NULL AND amount_usd > 0 AND day IS NOT NULL
  GROUP BY order_id
),
over AS (
  SELECT w.order_id, w.exporter, w.consignee, w.root, w.tpp, w.usd, p.usd - w.usd AS rest, p.first_day, p.last_day
  FROM paid p
  JOIN worth w ON w.order_id = p.order_id
  WHERE p.usd >= (1 + {{least_share}}) * w.usd AND p.usd <= (1 + {{most_share}}) * w.usd AND p.usd - w.usd >= {{least_usd}}
),
named AS (
  SELECT replace(replace(lower(trim(name)), '.', ''), ',', '') AS name, min(party_id) AS party_id
  FROM parties
  WHERE name IS NOT NULL
  GROUP BY replace(replace(lower(trim(name)), '.', ''), ',', '')
),
sent AS (
  SELECT coalesce(a.party_id, n.party_id) AS payer, coalesce(b.party_id, m.party_id, p.payee) AS payee, p.amount_usd AS usd, p.day
  FROM payments p
  LEFT JOIN parties a ON a.party_id = p.payer
  LEFT JOIN named n ON n.name = replace(replace(lower(trim(p.payer)), '.', ''), ',', '')
  LEFT JOIN parties b ON b.party_id = p.payee
  LEFT JOIN named m ON m.name = replace(replace(lower(trim(p.payee)), '.', ''), ',', '')
  WHERE p.order_id IS NULL AND p.amount_usd > 0 AND p.day IS NOT NULL AND p.payer IS NOT NULL AND p.payee IS NOT NULL
),
onward AS (
  -- Sent to somebody who is not of the buyer's group, and who has sold the seller nothing and bought nothing from it.
  SELECT o.order_id, o.exporter, o.consignee, o.root, o.tpp, o.usd, o.rest, o.first_day, s.payee, s.usd AS sent_usd, s.day AS sent_day,
    row_number() OVER (PARTITION BY o.order_id ORDER BY abs(s.usd - o.rest), s.day, s.payee) AS turn
  FROM over o
  JOIN sent s ON s.payer = o.exporter AND s.day >= o.first_day AND s.day <= o.last_day + {{after_days}}
    AND s.usd >= {{low}} * o.rest AND s.usd <= {{high}} * o.rest
  LEFT JOIN parties q ON q.party_id = s.payee
  LEFT JOIN (
    SELECT exporter AS one, ultimate_consignee AS other FROM lines WHERE exporter IS NOT NULL
    UNION
    SELECT ultimate_consignee AS one, exporter AS other FROM lines WHERE exporter IS NOT NULL
  ) AS v ON v.one = s.payee AND v.other = o.exporter
  WHERE s.payee <> o.consignee AND coalesce(q.root, s.payee) <> o.root AND v.one IS NULL
    AND lower(coalesce(q.business, '')) NOT LIKE '%bank%'
),
by_pair AS (
  SELECT
    g.consignee, g.payee, min(g.exporter) AS exporter, count(*) AS times, sum(g.tpp) AS tpp, sum(g.rest) AS rest, sum(g.sent_usd) AS sent_usd, sum(g.usd) AS usd,
    min(g.first_day) AS first_day, max(g.sent_day) AS last_day, array_agg(DISTINCT g.order_id) AS orders
  FROM onward g
  WHERE g.turn = 1
  GROUP BY g.consignee, g.payee
),
scored AS (
  SELECT
    b.consignee, b.payee, b.exporter, b.times, b.tpp, b.rest, b.sent_usd, b.usd, b.first_day, b.last_day, b.orders,
    CAST({{base}} + CASE WHEN q.tier = 3 THEN {{abroad}} ELSE 0.0 END AS DOUBLE) + least({{most_repeat}}, {{each}} * (b.times - 1)) AS llr
  FROM by_pair b
  LEFT JOIN parties q ON q.party_id = b.payee
)
SELECT
  'X11' AS pattern,
  concat(h.consignee, '/', h.payee) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'buyer' THEN h.consignee ELSE h.payee END) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.times AS STRING), ' orders of ', h.consignee, ' were paid $', CAST(CAST(round(h.rest) AS BIGINT) AS STRING), ' (',
    CAST(CAST(round(100 * h.rest / h.usd) AS BIGINT) AS STRING), ' %) beyond their value, and the seller ', h.exporter, ' sent $',
    CAST(CAST(round(h.sent_usd) AS BIGINT) AS STRING), ' to ', h.payee, ', who has sold it nothing and bought nothing from it.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'orders' THEN CAST(h.times AS STRING)
    WHEN 'overpaid_usd' THEN CAST(CAST(round(h.rest) AS BIGINT) AS STRING)
    WHEN 'sent_usd' THEN CAST(CAST(round(h.sent_usd) AS BIGINT) AS STRING)
    WHEN 'seller' THEN h.exporter
    ELSE CAST(CAST(round(100 * h.rest / h.usd) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('buyer'), ('stranger')) AS r (role)
CROSS JOIN (VALUES ('orders'), ('overpaid_usd'), ('sent_usd'), ('seller'), ('over_percent')) AS f (name)
GROUP BY h.consignee, h.payee, h.exporter, h.times, h.tpp, h.rest, h.sent_usd, h.usd, h.first_day, h.last_day, h.orders, h.llr
