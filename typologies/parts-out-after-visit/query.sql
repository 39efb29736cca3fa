WITH visit AS (
  SELECT coalesce(p.root, t.operator, t.owner, v.party) AS root, v.day, max(coalesce(v.site_id, v.party)) AS place
  FROM inspections v
  LEFT JOIN sites t ON t.site_id = v.site_id
  LEFT JOIN parties p ON p.party_id = coalesce(t.operator, t.owner, v.party)
  GROUP BY coalesce(p.root, t.operator, t.owner, v.party), v.day
),
outbound AS (
  SELECT
    l.order_id, l.line, coalesce(p.root, l.exporter) AS root, l.root AS consignee_root, l.ultimate_consignee, l.item, l.day, l.quantity,
    coalesce(l.tpp, 0) AS tpp, l.tier
  FROM lines l
  LEFT JOIN parties p ON p.party_id = l.exporter
  WHERE l.exporter IS NOT NULL AND l.destination <> coalesce(l.origin, '')
    AND (l.controlled OR ((l.hs_code LIKE '8471%' OR l.hs_code LIKE '8473%' OR l.hs_code LIKE '8542%')
      AND l.kind IN ('ic', 'board', 'server', 'rack')))
    AND lower(coalesce(l.description, '')) NOT LIKE '%repair%' AND lower(coalesce(l.description, '')) NOT LIKE '%rma%'
    AND lower(coalesce(l.description, '')) NOT LIKE '%return%' AND lower(coalesce(l.description, '')) NOT LIKE '%warranty%'
),
paired AS (
  SELECT
    v.root, v.day AS visit_day, v.place, o.order_id, o.line, o.consignee_root, o.ultimate_consignee, o.item, o.day, o.quantity, o.tpp, o.tier,
    CASE WHEN o.day > v.day THEN 1 ELSE 0 END AS after
  FROM visit v
  JOIN outbound o ON o.root = v.root AND o.day >= v.day - {{before_days}} AND o.day <= v.day + {{within_days}} AND o.consignee_root <> v.root
),
received AS (
  SELECT root, item, exporter_root, min(day) AS day
  FROM (
    SELECT l.root, l.item, coalesce(p.root, l.exporter, '') AS exporter_root, l.day
    FROM lines l
    LEFT JOIN parties p ON p.party_id = l.exporter
    WHERE l.controlled AND coalesce(l.end_use, '') <> 'resale'
  ) AS i
  GROUP BY root, item, exporter_root
),
matched AS (
  SELECT
    d.root, d.visit_day, d.place, d.order_id, d.line, d.ultimate_consignee, d.day, d.quantity, d.tpp, d.tier, d.after,
    max(CASE WHEN r.item = d.item AND r.day <= d.visit_day THEN 1 ELSE 0 END) AS same_item,
    max(CASE WHEN r.exporter_root = d.consignee_root THEN 1 ELSE 0 END) AS to_source,
    max(CASE WHEN r.day <= d.visit_day THEN 1 ELSE 0 END) AS is_user
  FROM paired d
  JOIN received r ON r.root = d.root
  GROUP BY d.root, d.visit_day, d.place, d.order_id, d.line, d.ultimate_consignee, d.day, d.quantity, d.tpp, d.tier, d.after
),
by_visit AS (
  SELECT
    m.root, m.visit_day, max(m.place) AS place,
    sum(CASE WHEN m.after = 1 AND r.role = 'sender' THEN m.quantity ELSE 0 END) AS units,
    sum(CASE WHEN m.after = 0 AND r.role = 'sender' THEN m.quantity ELSE 0 END) AS units_before,
    sum(CASE WHEN m.after = 1 AND r.role = 'sender' THEN m.tpp ELSE 0 END) AS tpp,
    max(CASE WHEN m.after = 1 AND m.tier = 3 THEN 1 ELSE 0 END) AS concern, max(m.after * m.same_item) AS same_item,
    min(CASE WHEN m.after = 1 THEN m.day END) AS first_day, max(CASE WHEN m.after = 1 THEN m.day END) AS last_day,
    array_agg(DISTINCT CASE r.role WHEN 'sender' THEN m.root ELSE m.ultimate_consignee END) FILTER (WHERE m.after = 1) AS subjects,
    array_agg(DISTINCT m.order_id) FILTER (WHERE m.after = 1) AS orders
  FROM (VALUES ('sender'), ('receiver')) AS r (role)
  CROSS JOIN matched m
  WHERE m.to_source = 0 AND m.is_user = 1
  GROUP BY m.root, m.visit_day
),
scored AS (
  SELECT
    root, visit_day, place, units, units_before, tpp, concern, same_item, first_day, last_day, subjects, orders,
    units * {{before_days}} / ({{within_days}} * nullif(CAST(units_before AS DOUBLE), 0.0)) AS growth,
    {{base}}
      + CASE WHEN units_before = 0 THEN {{new}}
        ELSE least({{most_relative}}, 0.5 * ln(units * {{before_days}} / ({{within_days}} * CAST(greatest(units_before, 1) AS DOUBLE)))) END
      + CASE WHEN concern = 1 THEN {{concern}} ELSE 0.0 END
      + CASE WHEN same_item = 1 THEN {{same_item}} ELSE 0.0 END AS llr
  FROM by_visit
  WHERE units >= {{least_units}}
)
SELECT
  'T47' AS pattern,
  concat(h.root, '/', CAST(h.visit_day AS STRING)) AS key,
  h.subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.root, ' sent ', CAST(h.units AS STRING), ' machines or parts abroad within {{within_days}} days of the inspection of ', h.place, ', and ',
    CAST(h.units_before AS STRING), ' in the year before it.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'units_after' THEN CAST(h.units AS STRING)
    WHEN 'units_year_before' THEN CAST(h.units_before AS STRING)
    WHEN 'to_country_of_concern' THEN CAST(h.concern AS STRING)
    ELSE CAST(h.same_item AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('units_after'), ('units_year_before'), ('to_country_of_concern'), ('models_that_came_in')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.root, h.visit_day, h.subjects, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.units, h.place, h.units_before, h.concern, h.same_item
