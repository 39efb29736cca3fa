-- The usual weight is a geometric mean in which big lots count more: small boxes weigh more for each unit.
WITH by_pair AS (
  SELECT
    item, coalesce(exporter, root) AS exporter,
    ln(sum(gross_weight_kg) / sum(quantity)) AS log_kg, ln(1.0 + sum(quantity)) AS worth
  FROM lines
  WHERE gross_weight_kg > 0 AND quantity > 0
  GROUP BY item, coalesce(exporter, root)
),
peered AS (
  SELECT
    item, exporter,
    count(*) OVER (PARTITION BY item) - 1 AS others,
    exp((sum(log_kg * worth) OVER (PARTITION BY item) - log_kg * worth) / nullif(sum(worth) OVER (PARTITION BY item) - worth, 0.0)) AS usual_kg
  FROM by_pair
),
weighed AS (
  SELECT
    l.order_id, l.line, l.day, l.item, coalesce(l.exporter, l.root) AS exporter, coalesce(l.tpp, 0) AS tpp,
    l.gross_weight_kg AS kg,
    l.quantity * CASE WHEN p.others >= {{least_peers}} THEN p.usual_kg END AS usual_kg,
    CASE WHEN lower(l.description) LIKE '%empty%' OR lower(l.description) LIKE '%nothing to%' OR lower(l.description) LIKE '%no goods%'
      OR lower(l.description) LIKE '%no cargo%' THEN 1 ELSE 0 END AS empty
  FROM lines l
  JOIN peered p ON p.item = l.item AND p.exporter = coalesce(l.exporter, l.root)
  WHERE l.gross_weight_kg > 0
),
judged AS (
  SELECT
    order_id, line, day, item, exporter, tpp, kg, empty,
    CASE WHEN kg < {{peers_light}} * usual_kg AND usual_kg - kg > {{least_kg}} THEN 1
      WHEN kg > {{peers_heavy}} * usual_kg AND kg - usual_kg > {{least_kg}} THEN 1 ELSE 0 END AS off_peers,
    CASE WHEN kg / nullif(usual_kg, 0.0) BETWEEN 2.1 AND 2.3 THEN 1 ELSE 0 END AS pounds,
    coalesce(CASE WHEN empty = 1 THEN 0.0 END, usual_kg, 0.0) AS expected_kg
  FROM weighed
),
by_exporter AS (
  SELECT
    exporter, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day, count(*) AS times,
    max(empty) AS empty, max(off_peers) AS off_peers, min(pounds) AS pounds,
    sum(kg) AS kg, sum(expected_kg) AS expected_kg, array_agg(DISTINCT order_id) AS orders
  FROM judged
  WHERE empty = 1 OR off_peers = 1
  GROUP BY exporter
),
scored AS (
  SELECT
    exporter, tpp, first_day, last_day, times, kg, expected_kg, orders, empty, off_peers,
    {{base}}
      + CASE WHEN empty = 1 THEN {{empty}} ELSE 0.0 END
      + CASE WHEN off_peers = 1 THEN {{off_peers}} ELSE 0.0 END
      + CASE WHEN pounds = 1 THEN {{pounds}} ELSE 0.0 END
      + least({{most_repeat}}, 0.3 * ln(times)) AS llr
  FROM by_exporter
)
SELECT
  'T31' AS pattern,
  h.exporter AS key,
  array_agg(DISTINCT h.exporter) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.times AS STRING), ' lines of ', h.exporter, ' weigh ', CAST(CAST(round(h.kg) AS BIGINT) AS STRING), ' kg where ',
    CAST(CAST(round(h.expected_kg) AS BIGINT) AS STRING), ' kg were to be expected',
    CASE WHEN h.empty = 1 THEN '; declared empty.' ELSE '.' END) AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'lines' THEN CAST(h.times AS STRING)
    WHEN 'kg' THEN CAST(CAST(round(h.kg) AS BIGINT) AS STRING)
    WHEN 'expected_kg' THEN CAST(CAST(round(h.expected_kg) AS BIGINT) AS STRING)
    WHEN 'declared_empty' THEN CAST(h.empty AS STRING)
    ELSE CAST(h.off_peers AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('lines'), ('kg'), ('expected_kg'), ('declared_empty'), ('unlike_peers')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.exporter, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.times, h.kg, h.expected_kg, h.empty, h.off_peers
