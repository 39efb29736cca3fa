WITH tie AS (
  SELECT a AS one, b AS other, kind, weight FROM links
  UNION ALL
  SELECT b AS one, a AS other, kind, weight FROM links
),
heir AS (
  SELECT
    p.party_id, d.party_id AS listed_id, max(d.listed_day) AS listed_day, max(p.incorporated_day) AS born, count(DISTINCT t.kind) AS kinds,
    sum(t.weight) AS weight
  FROM tie t
  JOIN parties d ON d.party_id = t.other
  JOIN parties p ON p.party_id = t.one
  WHERE d.listed = 'yes' AND d.listed_day IS NOT NULL AND p.listed <> 'yes' AND p.root <> d.root AND t.kind <> 'name' AND t.weight > 0
    AND p.incorporated_day >= d.listed_day - {{before_days}}
  GROUP BY p.party_id, d.party_id
),
took AS (
  SELECT ultimate_consignee AS party_id, order_id, min(day) AS day, max(tpp) AS tpp
  FROM lines
  WHERE controlled
  GROUP BY ultimate_consignee, order_id
)
SELECT
  'X03' AS pattern,
  concat(h.party_id, '/', h.listed_id) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'listed' THEN h.listed_id ELSE h.party_id END) AS subjects,
  array_agg(DISTINCT t.order_id) AS orders,
  CAST(sum(CASE WHEN r.role = 'heir' AND f.name = 'ties' THEN coalesce(t.tpp, 0) ELSE 0 END) AS BIGINT) AS tpp,
  min(t.day) AS first_day,
  max(t.day) AS last_day,
  CAST({{base}} + least({{most_ties}}, {{each_nat}} * h.weight) + CASE WHEN h.born >= h.listed_day THEN {{born_after}} ELSE 0.0 END AS DOUBLE) AS llr,
  concat(h.party_id, ' was founded ', CAST(abs(h.born - h.listed_day) AS STRING), CASE WHEN h.born >= h.listed_day THEN ' days after ' ELSE ' days before ' END,
    h.listed_id, ' was listed, and shares ', CAST(h.kinds AS STRING), ' kinds of identifier with it.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'ties' THEN CAST(h.kinds AS STRING)
    WHEN 'listed' THEN h.listed_id
    ELSE CAST(h.born - h.listed_day AS STRING) END)) AS facts
FROM heir h
JOIN took t ON t.party_id = h.party_id
CROSS JOIN (VALUES ('heir'), ('listed')) AS r (role)
CROSS JOIN (VALUES ('ties'), ('listed'), ('days_after')) AS f (name)
GROUP BY h.party_id, h.listed_id, h.listed_day, h.born, h.kinds, h.weight
