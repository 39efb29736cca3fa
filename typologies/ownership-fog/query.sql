WITH circle AS (
  SELECT
    x.owned_id AS party_id, min(least(x.percent, y.percent, coalesce(z.percent, 100.0))) AS percent,
    max(CASE WHEN z.owner_id IS NULL THEN 2 ELSE 3 END) AS firms
  FROM ownership x
  JOIN ownership y ON y.owned_id = x.owner_id
  LEFT JOIN ownership z ON z.owned_id = y.owner_id AND z.owner_id = x.owned_id AND y.owner_id <> x.owned_id
    AND z.until_day IS NULL AND z.percent >= {{circle_percent}}
  WHERE x.until_day IS NULL AND y.until_day IS NULL AND x.percent >= {{circle_percent}} AND y.percent >= {{circle_percent}}
    AND x.owner_id <> x.owned_id AND y.owner_id <> y.owned_id AND (y.owner_id = x.owned_id OR z.owner_id IS NOT NULL)
  GROUP BY x.owned_id
),
chain AS (
  SELECT owned_id AS party_id, max(depth) AS depth
  FROM stakes_all
  WHERE percent >= 10 AND owner_id <> owned_id
  GROUP BY owned_id
),
fog AS (
  SELECT p.party_id, coalesce(c.firms, 0) AS firms, CAST(coalesce(c.percent, 0.0) AS DOUBLE) AS percent, coalesce(n.depth, 0) AS depth
  FROM parties p
  LEFT JOIN circle c ON c.party_id = p.party_id
  LEFT JOIN chain n ON n.party_id = p.party_id
  WHERE c.firms > 0 OR n.depth >= {{deep}}
),
bought AS (
  SELECT
    f.party_id, f.firms, f.percent, f.depth, sum(l.chips) AS chips, sum(l.tpp) AS tpp, min(l.day) AS first_day, max(l.day) AS last_day,
    array_agg(DISTINCT l.order_id) AS orders
  FROM fog f
  JOIN lines l ON l.ultimate_consignee = f.party_id
  WHERE l.controlled
  GROUP BY f.party_id, f.firms, f.percent, f.depth
),
scored AS (
  SELECT
    party_id, firms, percent, depth, chips, tpp, first_day, last_day, orders,
    {{base}} + CASE WHEN firms > 0 THEN {{circle}} ELSE 0.0 END + CASE WHEN depth >= {{deep}} THEN {{deep_llr}} ELSE 0.0 END AS llr
  FROM bought
  WHERE chips >= {{least_chips}}
)
SELECT
  'T20' AS pattern,
  h.party_id AS key,
  array_agg(DISTINCT h.party_id) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  CAST(h.llr AS DOUBLE) AS llr,
  concat(h.party_id, ' bought ', CAST(h.chips AS STRING), ' controlled chips and ',
    CASE WHEN h.firms > 0 THEN concat('stands in a circle of ', CAST(h.firms AS STRING), ' owners') ELSE 'has its owners behind a long chain' END,
    '; its longest chain has ', CAST(h.depth AS STRING), ' steps.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'circle_of' THEN CAST(h.firms AS STRING)
    WHEN 'smallest_percent' THEN CAST(CAST(round(h.percent) AS BIGINT) AS STRING)
    WHEN 'depth' THEN CAST(h.depth AS STRING)
    ELSE CAST(h.chips AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('circle_of'), ('smallest_percent'), ('depth'), ('chips')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.party_id, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.firms, h.percent, h.depth, h.chips
