WITH stake AS (
  SELECT s.owned_id, max(s.percent) AS percent, min(s.depth) AS depth, min(s.owner_id) AS owner_id
  FROM stakes_all s
  JOIN parties o ON o.party_id = s.owner_id
  WHERE o.listed = 'yes' AND s.percent >= 10 AND s.owner_id <> s.owned_id
  GROUP BY s.owned_id
),
traced AS (
  SELECT
    s.serial,
    max(CASE WHEN s.event = 'shipped' THEN coalesce(s.party, t.operator, t.owner) END) AS holder,
    max(CASE WHEN s.event <> 'shipped' AND p.listed = 'yes' THEN p.party_id END) AS listed_holder
  FROM serials s
  LEFT JOIN sites t ON t.site_id = s.site_id
  LEFT JOIN parties p ON p.party_id = coalesce(s.party, t.operator, t.owner)
  GROUP BY s.serial
),
goods AS (
  SELECT holder, min(listed_holder) AS listed_holder, count(*) AS serials
  FROM traced
  WHERE holder <> listed_holder
  GROUP BY holder
),
near AS (
  SELECT
    p.party_id, p.name, p.near_listed, p.listed, p.listed_day, s.owner_id, s.percent, s.depth,
    g.listed_holder, coalesce(g.serials, 0) AS serials,
    {{base}}
      + CASE WHEN s.percent >= 50 THEN {{majority}} WHEN s.percent >= 25 THEN {{quarter}} WHEN s.percent >= 10 THEN {{tenth}} ELSE 0.0 END
      + CASE WHEN s.depth >= 2 THEN {{indirect}} ELSE 0.0 END
      + CASE WHEN g.serials > 0 THEN {{goods}} ELSE 0.0 END
      + CASE WHEN p.near_listed >= {{near_name_score}} THEN {{near_name}} ELSE 0.0 END
      + CASE WHEN p.near_listed >= {{sure_name_score}} THEN {{sure_name}} ELSE 0.0 END AS llr
  FROM parties p
  LEFT JOIN stake s ON s.owned_id = p.party_id
  LEFT JOIN goods g ON g.holder = p.party_id
  WHERE s.percent >= 10 OR g.serials > 0 OR p.near_listed >= {{near_name_score}}
),
took AS (
  SELECT
    l.order_id, l.day, coalesce(l.tpp, 0) AS tpp, r.role,
    CASE r.role WHEN 'purchaser' THEN l.purchaser WHEN 'intermediate' THEN l.intermediate_consignee
      WHEN 'consignee' THEN l.ultimate_consignee ELSE l.end_user END AS party_id
  FROM (VALUES ('purchaser'), ('intermediate'), ('consignee'), ('end_user')) AS r (role)
  CROSS JOIN lines l
  WHERE l.unit_tpp > 0 OR l.unit_tpp IS NULL
),
by_order AS (
  SELECT party_id, order_id, min(day) AS day, max(tpp) AS tpp
  FROM took
  WHERE party_id IS NOT NULL
  GROUP BY party_id, order_id
),
hit AS (
  SELECT
    n.party_id, n.owner_id, n.percent, n.depth, n.near_listed, n.listed_holder, n.serials, n.llr,
    count(*) AS taken, sum(o.tpp) AS tpp, min(o.day) AS first_day, max(o.day) AS last_day,
    array_agg(DISTINCT o.order_id) AS orders
  FROM near n
  JOIN by_order o ON o.party_id = n.party_id
  WHERE n.llr >= {{least}} AND (n.listed <> 'yes' OR o.day < n.listed_day)
  GROUP BY n.party_id, n.owner_id, n.percent, n.depth, n.near_listed, n.listed_holder, n.serials, n.llr
)
SELECT
  'T16' AS pattern,
  h.party_id AS key,
  array_agg(DISTINCT CASE r.role WHEN 'owner' THEN coalesce(h.owner_id, h.listed_holder, h.party_id) ELSE h.party_id END) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  CAST(h.llr AS DOUBLE) AS llr,
  concat(h.party_id, ', not listed at the time, stands in ', CAST(h.taken AS STRING), ' orders and is ',
    CASE WHEN h.percent IS NOT NULL THEN concat(CAST(CAST(round(h.percent) AS BIGINT) AS STRING), ' % owned by the listed ', h.owner_id)
      WHEN h.serials > 0 THEN concat('the source of ', CAST(h.serials AS STRING), ' serials seen with the listed ', h.listed_holder)
      ELSE concat('named like a listed party (', CAST(h.near_listed AS STRING), ' of 10000)') END, '.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'listed_owner' THEN coalesce(h.owner_id, 'none')
    WHEN 'percent' THEN CAST(CAST(round(coalesce(h.percent, 0.0)) AS BIGINT) AS STRING)
    WHEN 'serials_with_listed' THEN CAST(h.serials AS STRING)
    WHEN 'depth' THEN CAST(coalesce(h.depth, 0) AS STRING)
    ELSE CAST(coalesce(h.near_listed, 0) AS STRING) END)) AS facts
FROM hit h
CROSS JOIN (VALUES ('owner'), ('owned')) AS r (role)
CROSS JOIN (VALUES ('listed_owner'), ('percent'), ('depth'), ('serials_with_listed'), ('name_score')) AS f (name)
GROUP BY h.party_id, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.taken, h.percent, h.owner_id, h.depth,
  h.near_listed, h.listed_holder, h.serials
