WITH sharer AS (
  SELECT kind, value, party_id, max(weight) AS weight
  FROM (
    SELECT kind, value, a AS party_id, weight FROM links WHERE degree <= {{most_members}} AND weight >= {{least_weight}}
    UNION ALL
    SELECT kind, value, b AS party_id, weight FROM links WHERE degree <= {{most_members}} AND weight >= {{least_weight}}
  ) AS s
  GROUP BY kind, value, party_id
),
yearly AS (
  SELECT ultimate_consignee AS party_id, root, year, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day
  FROM lines
  WHERE controlled AND tpp > 0 AND tier = 2
  GROUP BY ultimate_consignee, root, year
),
began AS (
  SELECT ultimate_consignee AS party_id, min(day) AS day FROM lines WHERE controlled GROUP BY ultimate_consignee
),
member AS (
  SELECT
    s.kind, s.value, y.year, s.party_id, y.root, y.tpp, y.first_day, y.last_day, s.weight, b.day AS began, p.incorporated_day, p.country
  FROM law w
  CROSS JOIN sharer s
  JOIN yearly y ON y.party_id = s.party_id
  JOIN began b ON b.party_id = s.party_id
  JOIN parties p ON p.party_id = s.party_id
  WHERE y.tpp >= {{each_share}} * w.lpp_cap AND y.tpp <= w.lpp_cap
),
ring AS (
  SELECT
    kind, value, year, count(*) AS members, count(DISTINCT root) AS roots, sum(tpp) AS tpp, max(tpp) AS most, min(tpp) AS least_tpp, max(weight) AS weight,
    min(first_day) AS first_day, max(last_day) AS last_day, max(began) - min(began) AS began_within, max(incorporated_day) - min(incorporated_day) AS born_within,
    max(began - incorporated_day) AS oldest, count(incorporated_day) AS dated, count(DISTINCT country) AS countries, min(party_id) AS lead
  FROM member
  GROUP BY kind, value, year
  HAVING count(DISTINCT root) >= 2
),
scored AS (
  SELECT
    r.kind, r.value, r.year, r.members, r.tpp, r.first_day, r.last_day, r.began_within, r.born_within, r.lead, r.tpp / CAST(w.lpp_cap AS DOUBLE) AS limits,
    {{base}} + least({{most_tie}}, {{tie_slope}} * r.weight) + least({{most_sum}}, {{slope}} * ln(r.tpp / ({{full}} * w.lpp_cap)))
      + CASE WHEN r.began_within <= {{near_days}} THEN {{near}} ELSE 0.0 END
      + CASE WHEN r.dated = r.members AND r.oldest <= {{young_days}} THEN {{young}} ELSE 0.0 END
      + CASE WHEN r.dated = r.members AND r.born_within <= {{born_days}} THEN {{born}} ELSE 0.0 END
      + CASE WHEN r.most < 2 * r.least_tpp THEN {{alike}} ELSE 0.0 END
      + CASE WHEN r.countries = 1 THEN {{same_country}} ELSE 0.0 END
      + {{each_member}} * (r.members - 2) AS llr,
    row_number() OVER (PARTITION BY r.lead, r.members, r.year ORDER BY r.weight DESC, r.kind, r.value) AS turn
  FROM law w
  CROSS JOIN ring r
  WHERE r.tpp > {{full}} * w.lpp_cap
)
SELECT
  'X15' AS pattern,
  concat(h.kind, '/', h.value, '/', CAST(h.year AS STRING)) AS key,
  array_agg(DISTINCT m.party_id) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  CAST(h.tpp AS BIGINT) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.members AS STRING), ' buyers of different groups that share one ', h.kind, ' took ', CAST(CAST(round(100 * h.limits) AS BIGINT) AS STRING),
    ' % of the limit of one consignee in ', CAST(h.year AS STRING), ', none of them more than it alone; their first orders lie ', CAST(h.began_within AS STRING),
    ' days apart.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'members' THEN CAST(h.members AS STRING)
    WHEN 'share' THEN h.kind
    WHEN 'limit_percent' THEN CAST(CAST(round(100 * h.limits) AS BIGINT) AS STRING)
    ELSE CAST(h.began_within AS STRING) END)) AS facts
FROM scored h
JOIN member m ON m.kind = h.kind AND m.value = h.value AND m.year = h.year
JOIN lines l ON l.ultimate_consignee = m.party_id AND l.year = h.year AND l.controlled
CROSS JOIN (VALUES ('members'), ('share'), ('limit_percent'), ('began_within_days')) AS f (name)
WHERE h.llr >= {{least}} AND h.turn = 1
GROUP BY h.kind, h.value, h.year, h.members, h.tpp, h.first_day, h.last_day, h.llr, h.limits, h.began_within
