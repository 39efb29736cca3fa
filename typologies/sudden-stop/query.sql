WITH taken AS (
  -- Only of those who were visited: the windows below are dear.
  SELECT l.root, l.day, sum(l.tpp) AS tpp
  FROM (
    SELECT DISTINCT coalesce(p.root, t.operator, t.owner, v.party) AS root
    FROM inspections v
    LEFT JOIN sites t ON t.site_id = v.site_id
    LEFT JOIN parties p ON p.party_id = coalesce(t.operator, t.owner, v.party)
  ) AS m
  JOIN lines l ON l.root = m.root
  WHERE l.controlled
  GROUP BY l.root, l.day
),
spaced AS (
  SELECT
    t.root, t.day, t.tpp, coalesce(lead(t.day) OVER (PARTITION BY t.root ORDER BY t.day), w.last_day) AS next_day,
    CASE WHEN lead(t.day) OVER (PARTITION BY t.root ORDER BY t.day) IS NULL THEN 1 ELSE 0 END AS for_good,
    count(*) OVER (PARTITION BY t.root ORDER BY t.day RANGE BETWEEN {{past_days}} PRECEDING AND CURRENT ROW) AS recent,
    sum(t.tpp) OVER (PARTITION BY t.root ORDER BY t.day RANGE BETWEEN {{past_days}} PRECEDING AND CURRENT ROW) AS recent_tpp,
    min(t.day) OVER (PARTITION BY t.root) AS began
  FROM law w
  CROSS JOIN taken t
),
visit AS (
  SELECT
    coalesce(p.root, t.operator, t.owner, v.party) AS root, v.day, max(coalesce(v.site_id, v.party)) AS place,
    max(CASE WHEN v.result IN ('unfavorable', 'incomplete') THEN 1 ELSE 0 END) AS bad,
    min(CASE WHEN v.result = 'favorable' THEN 1 ELSE 0 END) AS good
  FROM inspections v
  LEFT JOIN sites t ON t.site_id = v.site_id
  LEFT JOIN parties p ON p.party_id = coalesce(t.operator, t.owner, v.party)
  GROUP BY coalesce(p.root, t.operator, t.owner, v.party), v.day
),
stop AS (
  SELECT
    s.root, s.day, s.next_day, s.for_good, s.recent, s.recent_tpp, v.day AS visit_day, v.place, v.bad, v.good,
    s.next_day - s.day AS gap,
    s.recent / CAST(least({{past_days}}, greatest(90, s.day - s.began)) AS DOUBLE) AS pace,
    row_number() OVER (PARTITION BY s.root ORDER BY s.next_day - s.day DESC, v.day DESC) AS turn
  FROM spaced s
  JOIN visit v ON v.root = s.root AND s.day >= v.day - 30 AND s.day <= v.day + {{within_days}} AND s.next_day > v.day
  WHERE s.recent >= {{least_orders}} AND s.next_day - s.day >= {{least_gap}}
),
daily AS (
  SELECT day, count(DISTINCT root) AS n
  FROM lines
  WHERE controlled
  GROUP BY day
),
market AS (
  SELECT
    s.root, s.day, s.next_day, s.for_good, s.recent, s.recent_tpp, s.visit_day, s.place, s.bad, s.good, s.gap, s.pace,
    sum(CASE WHEN o.day > s.day AND o.day < s.next_day THEN o.n ELSE 0 END) AS others_in_gap,
    sum(CASE WHEN o.day >= s.day - {{past_days}} AND o.day <= s.day THEN o.n ELSE 0 END) - s.recent AS others_before
  FROM stop s
  LEFT JOIN daily o ON o.day >= s.day - {{past_days}} AND o.day < s.next_day
  WHERE s.turn = 1
  GROUP BY s.root, s.day, s.next_day, s.for_good, s.recent, s.recent_tpp, s.visit_day, s.place, s.bad, s.good, s.gap, s.pace
),
scored AS (
  SELECT
    root, day, next_day, for_good, recent, recent_tpp, visit_day, place, gap,
    gap * pace * least(1.0, (others_in_gap + 0.5) * {{past_days}} / (gap * CAST(others_before + 0.5 AS DOUBLE))) AS missed,
    CASE WHEN bad = 1 THEN {{not_favorable}} WHEN good = 1 THEN {{favorable}} ELSE 0.0 END AS result
  FROM market
  WHERE for_good = 0 OR others_in_gap >= {{goes_on}}
)
SELECT
  'T53' AS pattern,
  concat(h.root, '/', CAST(h.visit_day AS STRING)) AS key,
  array_agg(DISTINCT l.ultimate_consignee) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.recent_tpp, 0) AS tpp,
  h.visit_day AS first_day,
  h.next_day AS last_day,
  {{base}} + least({{most}}, h.missed) + h.result AS llr,
  concat(h.root, ' ordered ', CAST(h.recent AS STRING), ' times in a year and then not for ', CAST(h.gap AS STRING), ' days, from ',
    CAST(abs(h.day - h.visit_day) AS STRING), CASE WHEN h.day < h.visit_day THEN ' days before' ELSE ' days after' END, ' the inspection of ', h.place, '; by its own pace and the market''s ',
    CAST(CAST(round(h.missed) AS BIGINT) AS STRING), ' orders are missing.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'orders_year_before' THEN CAST(h.recent AS STRING)
    WHEN 'gap_days' THEN CAST(h.gap AS STRING)
    WHEN 'orders_missing_tenths' THEN CAST(CAST(round(10 * h.missed) AS BIGINT) AS STRING)
    ELSE CAST(h.for_good AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.root = h.root AND l.controlled AND l.day > h.day - {{past_days}} AND l.day <= h.day
CROSS JOIN (VALUES ('orders_year_before'), ('gap_days'), ('orders_missing_tenths'), ('never_again')) AS f (name)
WHERE h.missed >= {{least_missed}} AND {{base}} + least({{most}}, h.missed) + h.result >= {{least}}
GROUP BY h.root, h.day, h.next_day, h.for_good, h.recent, h.recent_tpp, h.visit_day, h.place, h.gap, h.missed, h.result
