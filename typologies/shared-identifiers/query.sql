WITH bought AS (
  SELECT
    ultimate_consignee AS party_id, max(root) AS root, max(cluster) AS cluster, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day
  FROM lines
  WHERE controlled
  GROUP BY ultimate_consignee
),
shared AS (
  -- A mail address holds its domain: the two are one kind.
  SELECT a, b, CASE WHEN kind = 'domain' THEN 'email' ELSE kind END AS kind, max(weight) AS weight
  FROM links
  WHERE weight > 0
  GROUP BY a, b, CASE WHEN kind = 'domain' THEN 'email' ELSE kind END
),
pair AS (
  SELECT a, b, count(*) AS kinds, sum(weight) AS weight
  FROM shared
  GROUP BY a, b
  HAVING count(*) >= {{kinds}} AND sum(weight) >= {{least_weight}}
),
member AS (
  SELECT
    p.a, p.b, p.kinds, p.weight, x.party_id, x.tpp, x.first_day, x.last_day, x.root, x.cluster
  FROM (VALUES ('a'), ('b')) AS r (role)
  CROSS JOIN pair p
  JOIN bought x ON x.party_id = CASE r.role WHEN 'a' THEN p.a ELSE p.b END
),
both AS (
  SELECT
    a, b, kinds, weight, party_id, tpp, first_day, last_day, root,
    min(root) OVER (PARTITION BY a, b) AS low_root, max(root) OVER (PARTITION BY a, b) AS high_root,
    min(coalesce(cluster, a)) OVER (PARTITION BY a, b) AS low_cluster, max(coalesce(cluster, b)) OVER (PARTITION BY a, b) AS high_cluster
  FROM member
),
keyed AS (
  SELECT
    CASE WHEN low_cluster = high_cluster THEN low_cluster ELSE concat(a, '+', b) END AS ring, party_id,
    max(kinds) AS kinds, max(weight) AS weight, max(tpp) AS tpp, min(first_day) AS first_day, max(last_day) AS last_day
  FROM both
  WHERE low_root <> high_root
  GROUP BY CASE WHEN low_cluster = high_cluster THEN low_cluster ELSE concat(a, '+', b) END, party_id
),
ring AS (
  SELECT
    ring, party_id,
    count(*) OVER (PARTITION BY ring) AS members, max(kinds) OVER (PARTITION BY ring) AS kinds, max(weight) OVER (PARTITION BY ring) AS weight,
    sum(tpp) OVER (PARTITION BY ring) AS tpp, min(first_day) OVER (PARTITION BY ring) AS first_day,
    max(last_day) OVER (PARTITION BY ring) AS last_day,
    CASE WHEN max(first_day) OVER (PARTITION BY ring) <= min(last_day) OVER (PARTITION BY ring) + 365 THEN 1 ELSE 0 END AS same_time
  FROM keyed
),
scored AS (
  SELECT
    r.ring, r.party_id, r.members, r.kinds, r.weight, r.tpp, r.first_day, r.last_day,
    {{base}} + {{slope}} * least(r.weight, {{most_weight}}) + least({{most_members}}, 0.4 * ln(r.members / 2.0))
      + CASE WHEN r.same_time = 1 THEN {{same_time}} ELSE 0.0 END
      -- Names that share a yearly limit gain by it only where they take much of it together; less is one firm that was entered twice.
      + least(0.0, greatest({{little}}, {{stake_slope}} * ln(greatest(r.tpp, 1) / ({{stake_share}} * w.lpp_cap)))) AS llr
  FROM law w
  CROSS JOIN ring r
)
SELECT
  'T13' AS pattern,
  h.ring AS key,
  array_agg(DISTINCT h.party_id) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.members AS STRING), ' buyers of controlled goods with different parents share up to ', CAST(h.kinds AS STRING),
    ' kinds of identifier.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'members' THEN CAST(h.members AS STRING)
    WHEN 'link_kinds' THEN CAST(h.kinds AS STRING)
    ELSE CAST(CAST(round(100 * h.weight) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.ultimate_consignee = h.party_id AND l.controlled
CROSS JOIN (VALUES ('members'), ('link_kinds'), ('link_weight_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.ring, h.tpp, h.first_day, h.last_day, h.llr, h.members, h.kinds, h.weight
