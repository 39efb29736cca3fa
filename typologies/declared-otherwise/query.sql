WITH declared AS (
  SELECT
    coalesce(l.exporter, l.root) AS exporter, l.day, coalesce(l.tpp, 0) AS tpp,
    CASE WHEN l.odd_columns IS NULL THEN 0 ELSE 1 END AS odd,
    CASE WHEN l.odd_columns LIKE '%declared_eccn%' THEN 1 ELSE 0 END AS classified,
    CASE WHEN l.odd_columns LIKE '%hs_code%' THEN 1 ELSE 0 END AS tariff,
    CASE WHEN l.odd_columns LIKE '%description%' THEN 1 ELSE 0 END AS described,
    CASE WHEN l.odd_columns LIKE '%unit_price_usd%' THEN 1 ELSE 0 END AS priced,
    CASE WHEN l.odd_columns LIKE '%gross_weight_kg%' THEN 1 ELSE 0 END AS weighed,
    CASE WHEN l.odd_columns LIKE '%authorization%' THEN 1 ELSE 0 END AS filed
  FROM lines l
),
by_exporter AS (
  SELECT
    exporter, count(*) AS declared_lines, sum(odd) AS odd, sum(CASE WHEN odd = 1 THEN tpp ELSE 0 END) AS tpp,
    min(CASE WHEN odd = 1 THEN day END) AS first_day, max(CASE WHEN odd = 1 THEN day END) AS last_day,
    max(classified) AS classified, max(tariff) AS tariff, max(described) AS described,
    max(priced) AS priced, max(weighed) AS weighed, max(filed) AS filed
  FROM declared
  GROUP BY exporter
),
peered AS (
  -- Where a whole trade declares so, it tells little.
  SELECT
    exporter, declared_lines, odd, tpp, first_day, last_day, classified, tariff, described, priced, weighed, filed,
    (sum(odd) OVER () - odd + {{prior_odd}} * {{prior_lines}})
      / CAST(sum(declared_lines) OVER () - declared_lines + {{prior_lines}} AS DOUBLE) AS peers
  FROM by_exporter
),
scored AS (
  SELECT
    exporter, declared_lines, odd, tpp, first_day, last_day, classified + tariff + described + priced + weighed + filed AS kinds,
    {{base}}
      + least({{most_kinds}}, {{classified}} * classified + {{tariff}} * tariff + {{described}} * described + {{priced}} * priced
        + {{weighed}} * weighed + {{filed}} * filed)
      + least({{most_repeat}}, {{repeat}} * ln(odd))
      + least(0.0, ln(odd / CAST(declared_lines AS DOUBLE) / (2.0 * peers))) AS llr
  FROM peered
  WHERE odd > 0 AND (odd > 1 OR classified + tariff + described + priced + weighed + filed > 1)
)
SELECT
  'X06' AS pattern,
  h.exporter AS key,
  array_agg(DISTINCT h.exporter) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  h.tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.exporter, ' declared ', CAST(h.odd AS STRING), ' of ', CAST(h.declared_lines AS STRING),
    ' lines otherwise than the goods, their value and their mass imply, in ', CAST(h.kinds AS STRING), ' of 6 ways.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'odd_lines' THEN CAST(h.odd AS STRING)
    WHEN 'lines' THEN CAST(h.declared_lines AS STRING)
    ELSE CAST(h.kinds AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON coalesce(l.exporter, l.root) = h.exporter AND l.odd_columns IS NOT NULL
CROSS JOIN (VALUES ('odd_lines'), ('lines'), ('kinds')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.exporter, h.tpp, h.first_day, h.last_day, h.llr, h.odd, h.declared_lines, h.kinds
