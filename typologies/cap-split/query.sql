WITH received AS (
  SELECT cluster, root, year, tpp
  FROM lines
  WHERE tpp > 0
    AND (authorization = 'LPP'
      OR (authorization IS NULL AND controlled AND tier = 2 AND (decided = 'LPP' OR outcome = 'license_required')))
),
member AS (
  SELECT cluster, root, year, sum(tpp) AS tpp
  FROM received
  GROUP BY cluster, root, year
),
joint AS (
  SELECT cluster, year, count(*) AS members, sum(tpp) AS tpp, max(tpp) AS largest
  FROM member
  GROUP BY cluster, year
  HAVING count(*) >= 2
),
shared AS (
  SELECT p.cluster, k.kind, max(k.weight) AS weight
  FROM links k
  JOIN parties p ON p.party_id = k.a
  JOIN parties q ON q.party_id = k.b
  WHERE p.cluster = q.cluster AND p.root <> q.root AND k.weight > 0
  GROUP BY p.cluster, k.kind
),
tie AS (
  SELECT cluster, count(*) AS kinds, sum(weight) AS weight
  FROM shared
  GROUP BY cluster
),
hit AS (
  SELECT
    j.cluster, j.year, j.members, j.tpp, j.largest, t.kinds, t.weight,
    CAST(j.tpp AS DOUBLE) / w.lpp_cap AS fill
  FROM joint j
  JOIN tie t ON t.cluster = j.cluster
  JOIN law w ON j.tpp > w.lpp_cap AND j.largest <= w.lpp_cap
  WHERE (t.kinds >= {{kinds}} AND t.weight >= {{least_weight}}) OR t.weight >= {{one_strong_weight}}
)
SELECT
  'T03' AS pattern,
  concat(h.cluster, '/', CAST(h.year AS STRING)) AS key,
  array_agg(DISTINCT l.ultimate_consignee) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  {{base}} + 0.5 * least(h.weight, {{most_weight}}) + ln(h.fill) AS llr,
  concat(CAST(h.members AS STRING), ' consignees that share ', CAST(h.kinds AS STRING), ' kinds of identifier received ',
    CAST(h.tpp AS STRING), ' TPP in ', CAST(h.year AS STRING), ' under License Exception LPP or under no authorization, ',
    CAST(CAST(round(100 * h.fill) AS BIGINT) AS STRING), ' % of one limit of it, and none of them more than one.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'members' THEN CAST(h.members AS STRING)
    WHEN 'joint_tpp' THEN CAST(h.tpp AS STRING)
    WHEN 'largest_tpp' THEN CAST(h.largest AS STRING)
    WHEN 'link_kinds' THEN CAST(h.kinds AS STRING)
    ELSE CAST(CAST(round(100 * h.weight) AS BIGINT) AS STRING) END)) AS facts
FROM hit h
JOIN lines l ON l.cluster = h.cluster AND l.year = h.year AND l.tpp > 0
  AND (l.authorization = 'LPP'
    OR (l.authorization IS NULL AND l.controlled AND l.tier = 2 AND (l.decided = 'LPP' OR l.outcome = 'license_required')))
CROSS JOIN (VALUES ('members'), ('joint_tpp'), ('largest_tpp'), ('link_kinds'), ('link_weight_percent')) AS f (name)
GROUP BY h.cluster, h.year, h.members, h.tpp, h.largest, h.kinds, h.weight, h.fill
