WITH refused AS (
  SELECT v.party AS party_id, coalesce(p.root, v.party) AS root, p.cluster, min(v.day) AS day
  FROM (
    SELECT party, day FROM inspections WHERE party IS NOT NULL AND result = 'unfavorable'
    UNION ALL
    -- Money that a seller gives back for an order that it had agreed to.
    SELECT l.ultimate_consignee AS party, y.day
    FROM payments y
    JOIN lines l
      ON l.order_id = y.order_id AND l.controlled AND y.payer = l.exporter AND y.payee IN (l.ultimate_consignee, l.purchaser)
    WHERE y.day IS NOT NULL
  ) v
  LEFT JOIN parties p ON p.party_id = v.party
  GROUP BY v.party, coalesce(p.root, v.party), p.cluster
),
asked AS (
  SELECT
    r.party_id, r.root, r.cluster, r.day AS refused_day, l.order_id, l.item, max(l.exporter) AS exporter, max(l.end_user) AS end_user,
    max(CASE WHEN l.controlled THEN 1 ELSE 0 END) AS controlled, sum(l.quantity) AS quantity
  FROM refused r
  JOIN lines l ON l.ultimate_consignee = r.party_id AND l.day >= r.day - {{before_days}} AND l.day <= r.day
  GROUP BY r.party_id, r.root, r.cluster, r.day, l.order_id, l.item
),
newcomer AS (
  SELECT root, min(day) AS began
  FROM lines
  GROUP BY root
),
ordered AS (
  SELECT
    l.root, n.began, l.item, max(l.cluster) AS cluster, max(l.ultimate_consignee) AS consignee, min(l.exporter) AS exporter,
    max(l.exporter) AS other_exporter, max(l.end_user) AS end_user, min(l.day) AS day, max(l.day) AS last_day,
    sum(l.quantity) AS quantity, sum(l.chips) AS chips, sum(l.tpp) AS tpp, count(DISTINCT l.order_id) AS lots,
    max(CASE WHEN l.controlled THEN 1 ELSE 0 END) AS controlled
  FROM lines l
  JOIN newcomer n ON n.root = l.root
  WHERE l.day <= n.began + {{spread_days}}
  GROUP BY l.root, n.began, l.item
),
tie AS (
  SELECT a, b, sum(weight) AS weight
  FROM links
  GROUP BY a, b
),
paid AS (
  SELECT y.payer, l.ultimate_consignee AS consignee, count(*) AS times
  FROM payments y
  JOIN lines l ON l.order_id = y.order_id
  WHERE y.payer <> l.ultimate_consignee
  GROUP BY y.payer, l.ultimate_consignee
),
matched AS (
  SELECT
    a.party_id AS refused, o.consignee, o.root, a.refused_day, a.order_id AS old_order, o.item, o.day, o.last_day, o.tpp, o.chips, o.lots,
    CASE WHEN o.quantity >= 0.98 * a.quantity AND o.quantity <= 1.02 * a.quantity THEN 1 ELSE 0 END AS same_quantity,
    CASE WHEN a.exporter IN (o.exporter, o.other_exporter) THEN 1 ELSE 0 END AS same_seller,
    CASE WHEN o.cluster = a.cluster THEN 2.0 ELSE 0.0 END + coalesce(t.weight, 0.0)
      + CASE WHEN y.times > 0 THEN {{paid}} ELSE 0.0 END AS weight,
    a.controlled * o.controlled AS controlled
  FROM asked a
  JOIN ordered o ON o.item = a.item AND o.root <> a.root
    AND o.began > a.refused_day AND o.began <= a.refused_day + {{within_days}}
    AND o.quantity >= (1 - {{tolerance}}) * a.quantity AND o.quantity <= (1 + {{tolerance}}) * a.quantity
  LEFT JOIN tie t ON t.a = least(a.party_id, o.consignee) AND t.b = greatest(a.party_id, o.consignee)
  LEFT JOIN paid y ON y.payer = a.party_id AND y.consignee = o.consignee
  WHERE o.end_user IS NULL OR a.end_user IS NULL OR o.end_user <> a.end_user
),
repeated AS (
  SELECT
    m.refused, m.consignee, m.refused_day, m.old_order, l.order_id AS new_order, m.item, m.day, m.last_day, m.tpp, m.chips,
    m.same_quantity, m.same_seller, m.weight, m.controlled
  FROM matched m
  JOIN lines l ON l.root = m.root AND l.item = m.item AND l.day >= m.day AND l.day <= m.last_day
),
pair AS (
  SELECT
    p.refused, p.consignee, p.refused_day, count(DISTINCT p.item) AS items, max(p.same_quantity) AS same_quantity, max(p.same_seller) AS same_seller,
    max(p.weight) AS weight, max(p.chips) AS chips, max(p.tpp) AS tpp, max(p.controlled) AS controlled,
    min(p.day) AS first_day, max(p.last_day) AS last_day,
    array_agg(DISTINCT CASE r.role WHEN 'old' THEN p.refused ELSE p.consignee END) AS subjects,
    array_agg(DISTINCT CASE r.role WHEN 'old' THEN p.old_order ELSE p.new_order END) AS orders
  FROM (VALUES ('old'), ('new')) AS r (role)
  CROSS JOIN repeated p
  GROUP BY p.refused, p.consignee, p.refused_day
),
scored AS (
  SELECT
    refused, consignee, refused_day, items, same_quantity, same_seller, weight, chips, tpp, first_day, last_day, subjects, orders,
    {{base}}
      + CASE WHEN weight > 0 THEN least({{most_linked}}, {{by_link}} * weight) ELSE {{unlinked}} END
      + CASE WHEN same_quantity = 1 THEN {{same_quantity}} ELSE 0.0 END
      + CASE WHEN items >= 2 THEN {{two_items}} ELSE 0.0 END
      + CASE WHEN same_seller = 1 THEN {{same_seller}} ELSE 0.0 END AS llr
  FROM pair
  WHERE controlled = 1 AND chips >= {{least_chips}} AND (weight > 0 OR (same_seller = 1 AND same_quantity = 1 AND items >= 2))
)
SELECT
  'T54' AS pattern,
  concat(h.refused, '/', h.consignee) AS key,
  h.subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.refused_day AS first_day,
  h.last_day,
  h.llr,
  concat(h.consignee, ', never seen before, ordered ', CAST(h.items AS STRING), ' of the same items as ', h.refused, ' ',
    CAST(h.first_day - h.refused_day AS STRING), ' days after that was refused.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'days_after' THEN CAST(h.first_day - h.refused_day AS STRING)
    WHEN 'same_items' THEN CAST(h.items AS STRING)
    WHEN 'same_quantity' THEN CAST(h.same_quantity AS STRING)
    WHEN 'same_seller' THEN CAST(h.same_seller AS STRING)
    ELSE CAST(CAST(round(100 * h.weight) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('days_after'), ('same_items'), ('same_quantity'), ('same_seller'), ('link_weight_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.refused, h.consignee, h.refused_day, h.subjects, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.items, h.same_quantity,
  h.same_seller, h.weight
