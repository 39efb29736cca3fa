WITH received AS (
  SELECT
    root, year, exporter, ultimate_consignee AS consignee, tpp, CASE WHEN authorization = 'LPP' THEN 1 ELSE 0 END AS claimed
  FROM lines
  WHERE tpp > 0
    AND (authorization = 'LPP'
      OR (authorization IS NULL AND controlled AND tier = 2 AND (decided = 'LPP' OR outcome = 'license_required')))
),
total AS (
  SELECT
    root, year, sum(tpp) AS tpp, sum(tpp * claimed) AS claimed_tpp,
    count(DISTINCT exporter) AS exporters,
    count(DISTINCT consignee) AS consignees
  FROM received
  GROUP BY root, year
),
hit AS (
  SELECT
    t.root, t.year, t.tpp, t.exporters, t.consignees, w.lpp_cap AS cap,
    CAST(t.tpp AS DOUBLE) / w.lpp_cap AS fill, CASE WHEN t.claimed_tpp > w.lpp_cap THEN 1 ELSE 0 END AS claimed
  FROM total t
  JOIN law w ON t.tpp > w.lpp_cap
)
SELECT
  'T01' AS pattern,
  concat(h.root, '/', CAST(h.year AS STRING)) AS key,
  array_agg(DISTINCT l.ultimate_consignee) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  {{base}} + ln(h.fill)
    + CASE WHEN h.exporters >= 2 THEN {{several_exporters}} ELSE 0.0 END
    + CASE WHEN h.consignees >= 2 THEN {{several_consignees}} ELSE 0.0 END
    + CASE WHEN h.claimed = 1 THEN 0.0 ELSE {{presumed}} END AS llr,
  concat(h.root, ' received ', CAST(h.tpp AS STRING), ' TPP under LPP in ', CAST(h.year AS STRING), ', ',
    CAST(CAST(round(100 * h.fill) AS BIGINT) AS STRING), ' % of the limit, from ', CAST(h.exporters AS STRING),
    ' exporters to ', CAST(h.consignees AS STRING), ' consignees.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'lpp_tpp' THEN CAST(h.tpp AS STRING)
    WHEN 'limit' THEN CAST(h.cap AS STRING)
    WHEN 'exporters' THEN CAST(h.exporters AS STRING)
    ELSE CAST(h.consignees AS STRING) END)) AS facts
FROM hit h
JOIN lines l ON l.root = h.root AND l.year = h.year AND l.tpp > 0
  AND (l.authorization = 'LPP'
    OR (l.authorization IS NULL AND l.controlled AND l.tier = 2 AND (l.decided = 'LPP' OR l.outcome = 'license_required')))
CROSS JOIN (VALUES ('lpp_tpp'), ('limit'), ('exporters'), ('consignees')) AS f (name)
GROUP BY h.root, h.year, h.tpp, h.fill, h.cap, h.exporters, h.consignees, h.claimed
