-- Units are boxes as ordered, and the visitor may have counted chips: a count is short only if it is so against the boxes.
WITH visit AS (
  SELECT
    coalesce(s.operator, s.owner, v.party) AS holder, v.day, max(v.units_seen) AS seen, max(CASE WHEN v.result = 'favorable' THEN 1 ELSE 0 END) AS favorable,
    max(CASE WHEN v.result = 'unfavorable' THEN 1 ELSE 0 END) AS unfavorable
  FROM inspections v
  LEFT JOIN sites s ON s.site_id = v.site_id
  WHERE v.units_seen IS NOT NULL AND v.day IS NOT NULL
  GROUP BY coalesce(s.operator, s.owner, v.party), v.day
),
halls AS (
  SELECT coalesce(operator, owner) AS holder, count(*) AS sites
  FROM sites
  GROUP BY coalesce(operator, owner)
),
received AS (
  SELECT ultimate_consignee AS holder, order_id, line, max(day) AS day, max(quantity) AS units, max(tpp) AS tpp
  FROM lines
  WHERE controlled AND coalesce(end_use, '') <> 'resale'
  GROUP BY ultimate_consignee, order_id, line
),
sold AS (
  SELECT exporter, min(day) AS began
  FROM lines
  WHERE controlled AND exporter IS NOT NULL
  GROUP BY exporter
),
counted AS (
  SELECT
    v.holder, v.day, v.seen, v.favorable, v.unfavorable, coalesce(h.sites, 1) AS sites, sum(r.units) AS units, sum(r.tpp) AS tpp, min(r.day) AS first_day
  FROM visit v
  JOIN received r ON r.holder = v.holder AND r.day <= v.day - {{installed_after}}
  LEFT JOIN halls h ON h.holder = v.holder
  LEFT JOIN sold o ON o.exporter = v.holder
  WHERE o.exporter IS NULL OR o.began > v.day
  GROUP BY v.holder, v.day, v.seen, v.favorable, v.unfavorable, coalesce(h.sites, 1)
),
judged AS (
  SELECT
    holder, day, seen, favorable, unfavorable, sites, units, tpp, first_day, seen * sites / CAST(units AS DOUBLE) AS share,
    row_number() OVER (PARTITION BY holder ORDER BY day DESC) AS turn
  FROM counted
  WHERE units >= {{least_units}}
),
scored AS (
  SELECT
    holder, day, seen, sites, units, tpp, first_day, share,
    {{base}} + least({{most}}, {{slope}} * ln({{usual}} / greatest(share, 0.05)))
      + CASE WHEN favorable = 1 THEN {{favorable}} ELSE 0.0 END + CASE WHEN unfavorable = 1 THEN {{unfavorable}} ELSE 0.0 END + CASE WHEN sites > 1 THEN {{other_halls}} ELSE 0.0 END AS llr
  FROM judged
  WHERE turn = 1 AND share < {{usual}}
)
SELECT
  'X04' AS pattern,
  concat(h.holder, '/', CAST(h.day AS STRING)) AS key,
  array_agg(DISTINCT l.ultimate_consignee) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  CAST(round(coalesce(h.tpp, 0) * (1.0 - h.share)) AS BIGINT) AS tpp,
  h.first_day,
  h.day AS last_day,
  h.llr,
  concat('A visitor counted ', CAST(h.seen AS STRING), ' units at ', h.holder, ', to which ', CAST(h.units AS STRING),
    ' boxes had been delivered {{installed_after}} days before or earlier.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'units_seen' THEN CAST(h.seen AS STRING)
    WHEN 'boxes_delivered' THEN CAST(h.units AS STRING)
    ELSE CAST(h.sites AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.ultimate_consignee = h.holder AND l.controlled AND l.day <= h.day - {{installed_after}}
CROSS JOIN (VALUES ('units_seen'), ('boxes_delivered'), ('sites')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.holder, h.day, h.tpp, h.first_day, h.llr, h.seen, h.units, h.sites, h.share
