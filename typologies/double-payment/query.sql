WITH paid AS (
  SELECT
    p.order_id, coalesce(a.root, p.payer) AS payer_root, min(p.payer) AS payer, max(coalesce(p.payer_country, a.country)) AS payer_country,
    sum(p.amount_usd) AS usd, min(p.day) AS first_day, max(p.day) AS last_day,
    max(CASE WHEN lower(a.business) LIKE '%bank%' OR lower(a.business) LIKE '%leas%' OR lower(a.business) LIKE '%insur%'
      OR lower(a.business) LIKE '%financ%' OR lower(a.business) LIKE '%factoring%' THEN 1 ELSE 0 END) AS financier
  FROM (
    -- One payer pays once.
    SELECT order_id
    FROM payments
    WHERE order_id IS NOT NULL AND payer IS NOT NULL AND day IS NOT NULL AND amount_usd > 0
    GROUP BY order_id
    HAVING min(payer) <> max(payer)
  ) AS m
  JOIN payments p ON p.order_id = m.order_id
  LEFT JOIN parties a ON a.party_id = p.payer
  WHERE p.order_id IS NOT NULL AND p.payer IS NOT NULL AND p.day IS NOT NULL AND p.amount_usd > 0
  GROUP BY p.order_id, coalesce(a.root, p.payer)
),
full AS (
  SELECT
    p.order_id, max(l.ultimate_consignee) AS consignee, max(l.destination) AS destination, sum(l.tpp) AS tpp,
    sum(l.quantity * l.unit_price_usd) AS value_usd, p.payer, p.payer_country, p.usd, p.first_day, p.last_day,
    CASE WHEN p.payer = max(l.exporter) THEN 1 ELSE 0 END AS refund
  FROM paid p
  JOIN lines l ON l.order_id = p.order_id
  WHERE p.financier = 0
  GROUP BY p.order_id, p.payer, p.payer_country, p.usd, p.first_day, p.last_day
  HAVING sum(l.tpp) > 0 AND count(*) = count(l.unit_price_usd) AND sum(l.quantity * l.unit_price_usd) >= {{least_usd}}
    AND (p.usd >= {{share}} * sum(l.quantity * l.unit_price_usd) OR p.payer = max(l.exporter))
),
hit AS (
  SELECT
    -- One row a payer's group already; lists are made at the end, for the few that remain.
    d.order_id, d.tpp, d.value_usd, sum(1 - d.refund) AS payers, max(d.refund) AS refunded, max(d.consignee) AS consignee,
    min(d.payer) AS one_payer, max(d.payer) AS other_payer,
    sum(CASE WHEN d.refund = 0 THEN d.usd ELSE 0.0 END) AS usd,
    max(CASE WHEN d.payer_country <> d.destination THEN 1 ELSE 0 END) AS abroad,
    max(CASE WHEN d.payer_country IN ('CN', 'HK', 'MO', 'RU') AND d.payer_country <> d.destination THEN 1 ELSE 0 END) AS concern,
    min(d.first_day) AS first_day, max(d.last_day) AS last_day
  FROM full d
  GROUP BY d.order_id, d.tpp, d.value_usd
),
scored AS (
  SELECT
    order_id, tpp, value_usd, payers, usd, first_day, last_day, consignee, one_payer, other_payer,
    CAST({{base}} + CASE WHEN abroad = 1 THEN {{abroad}} ELSE 0.0 END + CASE WHEN concern = 1 THEN {{concern}} ELSE 0.0 END AS DOUBLE) AS llr
  FROM hit
  WHERE payers >= 2 AND refunded = 0 AND last_day - first_day <= {{within_days}}
)
SELECT
  'T35' AS pattern,
  h.order_id AS key,
  array_agg(DISTINCT CASE r.role WHEN 'one' THEN h.one_payer WHEN 'other' THEN h.other_payer ELSE h.consignee END) AS subjects,
  array_agg(DISTINCT h.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat('Order ', h.order_id, ', worth $', CAST(CAST(round(h.value_usd) AS BIGINT) AS STRING), ', was paid by ', CAST(h.payers AS STRING),
    ' payers with $', CAST(CAST(round(h.usd) AS BIGINT) AS STRING), ' together.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'value_usd' THEN CAST(CAST(round(h.value_usd) AS BIGINT) AS STRING)
    WHEN 'paid_usd' THEN CAST(CAST(round(h.usd) AS BIGINT) AS STRING)
    ELSE CAST(h.payers AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('one'), ('other'), ('consignee')) AS r (role)
CROSS JOIN (VALUES ('value_usd'), ('paid_usd'), ('payers')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.order_id, h.tpp, h.first_day, h.last_day, h.llr, h.value_usd, h.payers, h.usd
