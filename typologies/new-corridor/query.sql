WITH corridor AS (
  SELECT origin, destination, quarter_no, count(DISTINCT order_id) AS n
  FROM lines
  WHERE controlled AND exporter IS NOT NULL AND root IS NOT NULL AND origin <> destination
  GROUP BY origin, destination, quarter_no
),
country AS (
  SELECT
    origin, destination, quarter_no,
    sum(n) OVER (PARTITION BY origin ORDER BY quarter_no RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS all_recent,
    sum(n) OVER (PARTITION BY origin ORDER BY quarter_no RANGE BETWEEN 5 PRECEDING AND 2 PRECEDING) AS all_past,
    min(quarter_no) OVER (PARTITION BY origin) AS origin_began,
    sum(n) OVER (PARTITION BY origin, destination ORDER BY quarter_no RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS recent,
    sum(n) OVER (PARTITION BY origin, destination ORDER BY quarter_no RANGE BETWEEN 5 PRECEDING AND 2 PRECEDING) AS past
  FROM corridor
),
fresh AS (
  SELECT origin, destination, quarter_no, all_recent, all_past
  FROM country
  WHERE past IS NULL AND all_past >= {{least_past}} AND origin_began <= quarter_no - 4 AND recent >= {{least_orders}}
),
sent AS (
  -- Who is new matters only where the corridor is.
  SELECT
    f.origin, f.destination, f.quarter_no, f.all_recent, f.all_past, l.order_id, l.quarter_no AS sent_in, sum(l.tpp) AS tpp,
    max(CASE WHEN l.day - e.began <= {{new_days}} AND l.day - a.began <= {{new_days}} THEN 1 ELSE 0 END) AS new_firms
  FROM fresh f
  JOIN lines l ON l.origin = f.origin AND l.destination = f.destination AND l.quarter_no >= f.quarter_no - 1 AND l.quarter_no <= f.quarter_no
  JOIN (
    SELECT exporter, min(day) AS began
    FROM lines
    WHERE exporter IS NOT NULL
    GROUP BY exporter
  ) AS e ON e.exporter = l.exporter
  JOIN (
    SELECT root, min(day) AS began
    FROM lines
    GROUP BY root
  ) AS a ON a.root = l.root
  WHERE l.controlled
  GROUP BY f.origin, f.destination, f.quarter_no, f.all_recent, f.all_past, l.order_id, l.quarter_no
),
recently AS (
  SELECT origin, destination, quarter_no, all_recent, all_past, sum(new_firms) AS recent, sum(new_firms * tpp) AS recent_tpp
  FROM sent
  GROUP BY origin, destination, quarter_no, all_recent, all_past
),
judged AS (
  SELECT
    origin, destination, quarter_no, recent, recent_tpp, all_recent, all_past,
    all_recent * 0.5 / (all_past + {{prior_orders}}) AS expected,
    row_number() OVER (PARTITION BY origin, destination ORDER BY recent DESC, quarter_no) AS turn
  FROM recently
  WHERE recent >= {{least_orders}}
),
scored AS (
  SELECT
    origin, destination, quarter_no, recent, recent_tpp, all_recent, all_past, expected,
    {{base}} + least({{most}}, recent * ln(recent / CAST(expected AS DOUBLE)) - (recent - expected)) AS llr
  FROM judged
  WHERE turn = 1 AND recent > expected
)
SELECT
  'T42' AS pattern,
  concat(h.origin, '/', h.destination, '/', CAST(h.quarter_no AS STRING)) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'seller' THEN l.exporter ELSE l.ultimate_consignee END) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.recent_tpp, 0) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  CAST(h.llr AS DOUBLE) AS llr,
  concat(CAST(h.recent AS STRING), ' controlled orders of new firms went from ', h.origin, ' to ', h.destination,
    ' within half a year, where none had gone in the year before; ', CAST(h.all_past AS STRING), ' went elsewhere from ', h.origin, ' in it.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'orders_new' THEN CAST(h.recent AS STRING)
    WHEN 'orders_of_origin' THEN CAST(h.all_recent AS STRING)
    WHEN 'orders_of_origin_before' THEN CAST(h.all_past AS STRING)
    ELSE CAST(CAST(round(100 * h.expected) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.origin = h.origin AND l.destination = h.destination AND l.controlled AND l.exporter IS NOT NULL
  AND l.quarter_no >= h.quarter_no - 1 AND l.quarter_no <= h.quarter_no
CROSS JOIN (VALUES ('seller'), ('buyer')) AS r (role)
CROSS JOIN (VALUES ('orders_new'), ('orders_of_origin'), ('orders_of_origin_before'), ('expected_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.origin, h.destination, h.quarter_no, h.recent_tpp, h.llr, h.recent, h.all_recent, h.all_past, h.expected
