WITH seat AS (
  SELECT
    CASE r.side WHEN 'a' THEN k.a ELSE k.b END AS party_id, k.value AS director, k.degree,
    CASE r.side WHEN 'a' THEN k.b ELSE k.a END AS other_id
  FROM (VALUES ('a'), ('b')) AS r (side)
  CROSS JOIN links k
  WHERE k.kind = 'director' AND k.degree <= {{most_firms}}
),
rated AS (
  SELECT
    party_id,
    CASE WHEN f LIKE '%struck_off%' OR f LIKE '%struck off%' OR f LIKE '%dissolved%' OR f LIKE '%liquidat%' OR f LIKE '%deregistered%'
      OR f LIKE '%;closed%' OR f LIKE '%bankrupt%' OR f LIKE '%insolven%' THEN 1 ELSE 0 END AS closed
  FROM (SELECT party_id, concat(';', lower(coalesce(flags, '')), ';') AS f FROM parties) AS p
),
record AS (
  SELECT
    s.party_id, s.director, max(s.degree) AS degree, count(DISTINCT s.other_id) AS others,
    count(DISTINCT CASE WHEN c.closed = 1 THEN s.other_id END) AS closed
  FROM seat s
  JOIN rated c ON c.party_id = s.other_id
  GROUP BY s.party_id, s.director
  HAVING count(DISTINCT CASE WHEN c.closed = 1 THEN s.other_id END) >= {{least_closed}}
),
rate AS (
  SELECT
    count(*) AS firms,
    sum(CASE WHEN lower(flags) LIKE '%struck%' OR lower(flags) LIKE '%dissolved%' OR lower(flags) LIKE '%liquidat%'
      OR lower(flags) LIKE '%deregistered%' THEN 1 ELSE 0 END) AS closed
  FROM parties
),
bought AS (
  SELECT ultimate_consignee AS party_id, sum(chips) AS chips, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day,
    array_agg(DISTINCT order_id) AS orders
  FROM lines
  WHERE controlled
  GROUP BY ultimate_consignee
),
scored AS (
  SELECT
    r.party_id, r.director, r.closed, r.others, b.chips, b.tpp, b.first_day, b.last_day, b.orders,
    {{base}} + greatest(0.0, least({{most_relative}}, ln(CAST(r.closed AS DOUBLE) / r.others
      / ((greatest(0, u.closed - r.closed) + {{prior_share}} * {{prior_firms}}) / (u.firms - r.others + {{prior_firms}})))))
      + {{slope}} * ln(r.closed / CAST({{least_closed}} AS DOUBLE)) AS llr
  FROM record r
  JOIN bought b ON b.party_id = r.party_id
  CROSS JOIN rate u
  WHERE r.closed >= {{share}} * r.others AND b.chips >= {{least_chips}}
)
SELECT
  'T18' AS pattern,
  concat(h.party_id, '/', h.director) AS key,
  array_agg(DISTINCT h.party_id) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.party_id, ' bought ', CAST(h.chips AS STRING), ' controlled chips; its director ', h.director, ' had ', CAST(h.others AS STRING),
    ' other firms, ', CAST(h.closed AS STRING), ' of them closed.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'director' THEN h.director
    WHEN 'other_firms' THEN CAST(h.others AS STRING)
    WHEN 'closed' THEN CAST(h.closed AS STRING)
    ELSE CAST(h.chips AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('director'), ('other_firms'), ('closed'), ('chips')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.party_id, h.director, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.chips, h.others, h.closed
