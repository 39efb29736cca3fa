WITH received AS (
  SELECT root, year, exporter, tpp
  FROM lines
  WHERE tpp > 0
    AND (authorization = 'LPP' OR (authorization IS NULL AND controlled AND tier = 2 AND decided = 'LPP'))
),
total AS (
  SELECT root, year, sum(tpp) AS tpp, count(DISTINCT exporter) AS exporters
  FROM received
  GROUP BY root, year
),
filled AS (
  SELECT
    t.root, t.year, t.tpp, t.exporters,
    CAST(t.tpp AS DOUBLE) / w.lpp_cap AS fill,
    CASE WHEN t.tpp >= {{band}} * w.lpp_cap AND t.tpp <= w.lpp_cap THEN 1 ELSE 0 END AS in_band
  FROM law w
  CROSS JOIN total t
),
peered AS (
  SELECT
    root, year, tpp, exporters, fill, in_band,
    sum(in_band) OVER () - sum(in_band) OVER (PARTITION BY root) AS others_in_band,
    count(*) OVER () - count(*) OVER (PARTITION BY root) AS others,
    year - row_number() OVER (PARTITION BY root, in_band ORDER BY year) AS island
  FROM filled
),
hit AS (
  SELECT
    root, min(year) AS from_year, max(year) AS to_year, count(*) AS years, sum(tpp) AS tpp,
    max(exporters) AS exporters, max(fill) AS fill,
    least({{share_of_evaders}}, (max(others_in_band) + {{prior_share}} * {{prior_years}}) / CAST(max(others) + {{prior_years}} AS DOUBLE)) AS peers
  FROM peered
  WHERE in_band = 1
  GROUP BY root, island
),
scored AS (
  SELECT
    root, from_year, to_year, years, tpp, exporters, fill, peers,
    {{base}} + years * ln({{share_of_evaders}} / peers)
      + CASE WHEN exporters >= {{many_exporters}} THEN {{many_exporters_llr}} ELSE 0.0 END AS llr
  FROM hit
  WHERE years >= 2 OR (fill >= {{brim}} AND exporters >= {{many_exporters}})
)
SELECT
  'T02' AS pattern,
  concat(h.root, '/', CAST(h.from_year AS STRING)) AS key,
  array_agg(DISTINCT l.ultimate_consignee) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  h.llr,
  concat(h.root, CASE WHEN h.years = 1 THEN ' ended one year' ELSE concat(' ended ', CAST(h.years AS STRING), ' years in a row') END, ' near the LPP limit, at most ',
    CAST(CAST(round(100 * h.fill) AS BIGINT) AS STRING), ' % of it, with up to ', CAST(h.exporters AS STRING), ' exporters in a year.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'years' THEN CAST(h.years AS STRING)
    WHEN 'fill_percent' THEN CAST(CAST(round(100 * h.fill) AS BIGINT) AS STRING)
    WHEN 'exporters' THEN CAST(h.exporters AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.root = h.root AND l.year >= h.from_year AND l.year <= h.to_year AND l.tpp > 0
  AND (l.authorization = 'LPP' OR (l.authorization IS NULL AND l.controlled AND l.tier = 2 AND l.decided = 'LPP'))
CROSS JOIN (VALUES ('years'), ('fill_percent'), ('exporters'), ('peers_in_band_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.root, h.from_year, h.years, h.tpp, h.fill, h.exporters, h.peers, h.llr
