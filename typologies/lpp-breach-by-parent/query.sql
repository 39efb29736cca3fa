WITH total AS (
  SELECT root, year, sum(tpp) AS tpp, sum(CASE WHEN authorization = 'LPP' THEN tpp ELSE 0 END) AS claimed_tpp,
    sum(CASE WHEN authorization IS NULL AND decided = 'LPP' THEN tpp ELSE 0 END) AS decided_tpp
  FROM lines
  WHERE tpp > 0
    AND (authorization = 'LPP'
      OR (authorization IS NULL AND controlled AND tier = 2 AND (decided = 'LPP' OR outcome = 'license_required')))
  GROUP BY root, year
),
breach AS (
  SELECT t.root, t.year, t.tpp, t.claimed_tpp, t.decided_tpp, w.lpp_cap AS cap, CASE WHEN t.claimed_tpp > w.lpp_cap THEN 1 ELSE 0 END AS claimed
  FROM law w
  JOIN total t ON t.tpp > w.lpp_cap
),
hit AS (
  SELECT
    o.root, o.year, o.tpp, o.claimed_tpp, o.decided_tpp, o.cap, o.claimed, CAST(o.tpp AS DOUBLE) / o.cap AS fill,
    count(DISTINCT l.exporter) AS exporters, count(DISTINCT l.ultimate_consignee) AS consignees,
    array_agg(DISTINCT l.ultimate_consignee) AS subjects, array_agg(DISTINCT l.order_id) AS orders, min(l.day) AS first_day, max(l.day) AS last_day
  FROM breach o
  JOIN lines l ON l.root = o.root AND l.year = o.year
  WHERE l.tpp > 0
    AND (l.authorization = 'LPP'
      OR (l.authorization IS NULL AND l.controlled AND l.tier = 2 AND (l.decided = 'LPP' OR l.outcome = 'license_required')))
  GROUP BY o.root, o.year, o.tpp, o.claimed_tpp, o.decided_tpp, o.cap, o.claimed
)
SELECT
  'T01' AS pattern,
  concat(h.root, '/', CAST(h.year AS STRING)) AS key,
  h.subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  {{base}} + ln(h.fill)
    + CASE WHEN h.exporters >= 2 THEN {{several_exporters}} ELSE 0.0 END
    + CASE WHEN h.consignees >= 2 THEN {{several_consignees}} ELSE 0.0 END
    + CASE WHEN h.claimed = 1 THEN 0.0 ELSE {{presumed}} END AS llr,
  concat(h.root, ' received ', CAST(h.tpp AS STRING), ' TPP in ', CAST(h.year AS STRING), ', ',
    CAST(CAST(round(100 * h.fill) AS BIGINT) AS STRING), ' % of the limit of License Exception LPP (',
    CAST(h.claimed_tpp AS STRING), ' TPP claimed under it, ', CAST(h.decided_tpp AS STRING), ' TPP decided under it, ',
    CAST(h.tpp - h.claimed_tpp - h.decided_tpp AS STRING), ' TPP that name no authorization and need one), from ', CAST(h.exporters AS STRING),
    ' exporters to ', CAST(h.consignees AS STRING), ' consignees.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'tpp' THEN CAST(h.tpp AS STRING)
    WHEN 'claimed_tpp' THEN CAST(h.claimed_tpp AS STRING)
    WHEN 'decided_tpp' THEN CAST(h.decided_tpp AS STRING)
    WHEN 'limit' THEN CAST(h.cap AS STRING)
    WHEN 'exporters' THEN CAST(h.exporters AS STRING)
    ELSE CAST(h.consignees AS STRING) END)) AS facts
FROM hit h
CROSS JOIN (VALUES ('tpp'), ('claimed_tpp'), ('decided_tpp'), ('limit'), ('exporters'), ('consignees')) AS f (name)
GROUP BY h.root, h.year, h.subjects, h.orders, h.tpp, h.claimed_tpp, h.decided_tpp, h.first_day, h.last_day, h.fill, h.cap, h.exporters, h.consignees, h.claimed
