WITH named AS (
  SELECT replace(replace(lower(trim(name)), '.', ''), ',', '') AS name, min(party_id) AS party_id
  FROM parties
  WHERE name IS NOT NULL
  GROUP BY replace(replace(lower(trim(name)), '.', ''), ',', '')
),
loose AS (
  -- What pays no order: few, and read before all that is paid for goods.
  SELECT
    coalesce(a.party_id, n.party_id, p.payer) AS payer, coalesce(b.party_id, m.party_id, p.payee) AS payee, p.amount_usd AS usd, p.day, p.payment_id,
    CASE WHEN p.payer_country IN ('CN', 'HK', 'MO', 'RU') THEN 1 ELSE 0 END AS concern
  FROM payments p
  LEFT JOIN parties a ON a.party_id = p.payer
  LEFT JOIN named n ON n.name = replace(replace(lower(trim(p.payer)), '.', ''), ',', '')
  LEFT JOIN parties b ON b.party_id = p.payee
  LEFT JOIN named m ON m.name = replace(replace(lower(trim(p.payee)), '.', ''), ',', '')
  WHERE p.order_id IS NULL AND p.amount_usd > 0 AND p.day IS NOT NULL AND p.payer IS NOT NULL AND p.payee IS NOT NULL
),
placed AS (
  SELECT
    payer, payee, usd, day, payment_id, concern,
    CASE WHEN day - lag(day) OVER (PARTITION BY payer, payee ORDER BY day, payment_id) <= {{together_days}} THEN 0 ELSE 1 END AS starts,
    count(*) OVER (PARTITION BY payer) AS busy
  FROM loose
  WHERE payer <> payee
),
numbered AS (
  SELECT
    payer, payee, usd, day, concern, busy,
    sum(starts) OVER (PARTITION BY payer, payee ORDER BY day, payment_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS part
  FROM placed
),
step AS (
  -- Payments between two that lie close together are one sum.
  SELECT payer, payee, part, sum(usd) AS usd, min(day) AS first_day, max(day) AS last_day, max(concern) AS concern
  FROM numbered
  WHERE busy <= {{hub}}
  GROUP BY payer, payee, part
  HAVING sum(usd) >= {{least_usd}}
),
bought AS (
  SELECT order_id, max(ultimate_consignee) AS consignee, max(root) AS root, sum(coalesce(tpp, 0)) AS tpp
  FROM lines
  WHERE controlled
  GROUP BY order_id
),
down AS (
  SELECT
    z.payer AS h0, a.payer AS h1, a.payee AS h2, c.payer AS buyer, o.consignee, o.root, c.order_id, o.tpp, c.usd AS paid, coalesce(z.usd, a.usd) AS began_usd,
    coalesce(z.first_day, a.first_day) AS first_day, c.last_day, greatest(a.concern, coalesce(z.concern, 0)) AS concern,
    row_number() OVER (PARTITION BY c.order_id, c.payer ORDER BY CASE WHEN z.payer IS NULL THEN 1 ELSE 0 END, c.first_day - a.first_day, a.payer, z.payer) AS turn
  FROM (
    SELECT coalesce(a.party_id, n.party_id, p.payer) AS payer, p.order_id, sum(p.amount_usd) AS usd, min(p.day) AS first_day, max(p.day) AS last_day
    FROM bought g
    JOIN payments p ON p.order_id = g.order_id
    LEFT JOIN parties a ON a.party_id = p.payer
    LEFT JOIN named n ON n.name = replace(replace(lower(trim(p.payer)), '.', ''), ',', '')
    WHERE p.amount_usd >= {{least_usd}} AND p.day IS NOT NULL AND p.payer IS NOT NULL
    GROUP BY coalesce(a.party_id, n.party_id, p.payer), p.order_id
  ) AS c
  JOIN bought o ON o.order_id = c.order_id
  JOIN step b ON b.payee = c.payer AND c.first_day >= b.first_day AND c.first_day <= b.last_day + {{wait_days}}
    AND c.usd >= {{pay_low}} * b.usd AND c.usd <= {{pay_high}} * b.usd
  JOIN step a ON a.payee = b.payer AND a.payer <> b.payee AND b.first_day >= a.first_day AND b.first_day <= a.last_day + {{wait_days}}
    AND b.usd >= {{low}} * a.usd AND b.usd <= {{high}} * a.usd
  LEFT JOIN step z ON z.payee = a.payer AND z.payer <> b.payer AND z.payer <> b.payee
    AND a.first_day >= z.first_day AND a.first_day <= z.last_day + {{wait_days}} AND a.usd >= {{low}} * z.usd AND a.usd <= {{high}} * z.usd
  LEFT JOIN parties p1 ON p1.party_id = a.payer
  LEFT JOIN parties p2 ON p2.party_id = a.payee
  LEFT JOIN parties p3 ON p3.party_id = c.payer
  WHERE coalesce(p1.root, a.payer) <> coalesce(p2.root, a.payee) AND coalesce(p2.root, a.payee) <> coalesce(p3.root, c.payer)
    AND coalesce(p1.root, a.payer) <> coalesce(p3.root, c.payer)
    AND lower(concat(coalesce(p1.business, ''), coalesce(p2.business, ''))) NOT LIKE '%bank%'
),
by_hands AS (
  SELECT
    d.consignee, d.h1, d.h2, d.buyer, max(d.h0) AS h0, count(DISTINCT d.order_id) AS times, sum(d.tpp) AS tpp, sum(d.paid) AS paid, sum(d.began_usd) AS began_usd,
    min(d.first_day) AS first_day, max(d.last_day) AS last_day, max(d.concern) AS concern, min(d.last_day - d.first_day) AS days,
    array_agg(DISTINCT d.order_id) AS orders
  FROM down d
  WHERE d.turn = 1
  GROUP BY d.consignee, d.h1, d.h2, d.buyer
),
scored AS (
  SELECT
    b.consignee, b.h0, b.h1, b.h2, b.buyer, b.times, b.tpp, b.paid, b.began_usd, b.first_day, b.last_day, b.days, b.orders,
    CASE WHEN b.h0 IS NULL THEN 2 ELSE 3 END AS hands,
    CAST({{base}} + CASE WHEN b.days <= {{quick_days}} THEN {{quick}} ELSE 0.0 END
      + CASE WHEN b.concern = 1 OR p.tier = 3 OR q.tier = 3 THEN {{concern}} ELSE 0.0 END
      + CASE WHEN b.h0 IS NULL THEN 0.0 ELSE {{third}} END AS DOUBLE) + least({{most_repeat}}, {{each}} * (b.times - 1)) AS llr
  FROM by_hands b
  LEFT JOIN parties p ON p.party_id = b.h0
  LEFT JOIN parties q ON q.party_id = b.h1
)
SELECT
  'X12' AS pattern,
  concat(h.consignee, '/', h.h1, '/', h.h2) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'buyer' THEN h.consignee WHEN 'h2' THEN h.h2 WHEN 'h1' THEN h.h1 WHEN 'payer' THEN h.buyer ELSE coalesce(h.h0, h.h1) END) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat('$', CAST(CAST(round(h.paid) AS BIGINT) AS STRING), ' for controlled goods of ', h.consignee, ' came from ', coalesce(h.h0, h.h1), ' through ',
    CASE WHEN h.h0 IS NULL THEN '' ELSE concat(h.h1, ' and ') END, h.h2, ' within ', CAST(h.days AS STRING), ' days, and was $',
    CAST(CAST(round(h.began_usd) AS BIGINT) AS STRING), ' at first.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'hands' THEN CAST(h.hands AS STRING)
    WHEN 'orders' THEN CAST(h.times AS STRING)
    WHEN 'paid_usd' THEN CAST(CAST(round(h.paid) AS BIGINT) AS STRING)
    WHEN 'began_usd' THEN CAST(CAST(round(h.began_usd) AS BIGINT) AS STRING)
    ELSE CAST(h.days AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('h0'), ('h1'), ('h2'), ('payer'), ('buyer')) AS r (role)
CROSS JOIN (VALUES ('hands'), ('orders'), ('paid_usd'), ('began_usd'), ('days')) AS f (name)
GROUP BY h.consignee, h.h0, h.h1, h.h2, h.buyer, h.times, h.tpp, h.paid, h.began_usd, h.first_day, h.last_day, h.days, h.orders, h.hands, h.llr
