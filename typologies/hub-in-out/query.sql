WITH inbound AS (
  SELECT
    l.order_id, l.role,
    m.exporter AS hub, l.item, l.destination, min(l.day) AS day, sum(l.quantity) AS quantity, sum(l.chips) AS chips,
    max(l.end_use) AS end_use, max(l.ultimate_consignee) AS consignee, max(l.end_user) AS end_user, max(l.exporter) AS source
  -- Who never sends anything on is no hub.
  FROM (SELECT DISTINCT exporter FROM lines WHERE controlled AND exporter IS NOT NULL) AS m
  JOIN (
    SELECT order_id, 'consignee' AS role, ultimate_consignee AS hub, item, destination, day, quantity, chips, end_use, ultimate_consignee, end_user, exporter
    FROM lines
    WHERE controlled
    UNION ALL
    SELECT order_id, 'purchaser' AS role, purchaser AS hub, item, destination, day, quantity, chips, end_use, ultimate_consignee, end_user, exporter
    FROM lines
    WHERE controlled AND purchaser <> ultimate_consignee
  ) AS l ON l.hub = m.exporter
  GROUP BY l.order_id, l.role, m.exporter, l.item, l.destination
),
outbound AS (
  SELECT
    o.order_id, o.exporter AS hub, o.item, o.destination, min(o.day) AS day, sum(o.quantity) AS quantity, sum(o.tpp) AS tpp,
    max(o.ultimate_consignee) AS consignee, max(o.tier) AS tier
  FROM (
    SELECT ultimate_consignee AS party_id FROM lines WHERE controlled
    UNION
    SELECT purchaser AS party_id FROM lines WHERE controlled AND purchaser IS NOT NULL
  ) AS m
  JOIN lines o ON o.exporter = m.party_id
  WHERE o.controlled
  GROUP BY o.order_id, o.exporter, o.item, o.destination
),
counted AS (
  SELECT
    order_id, hub, item, destination, day, quantity, chips, end_use, consignee, end_user, source,
    count(*) OVER (PARTITION BY hub) AS received
  FROM inbound
),
installs AS (
  SELECT coalesce(s.party, t.operator, t.owner) AS hub, s.item, count(DISTINCT s.serial) AS installed
  FROM serials s
  LEFT JOIN sites t ON t.site_id = s.site_id
  WHERE s.event IN ('installed', 'powered_on')
  GROUP BY coalesce(s.party, t.operator, t.owner), s.item
),
pair AS (
  SELECT
    i.hub, i.order_id AS in_order, o.order_id AS out_order, i.received, i.item, i.day AS in_day, o.day AS out_day, o.quantity, o.tpp,
    i.destination AS hub_country, o.destination, o.consignee, coalesce(o.tier, 2) AS tier,
    CASE WHEN i.end_use IS NOT NULL AND i.end_use <> 'resale' THEN 1 ELSE 0 END AS own_use,
    coalesce(n.installed, 0) AS installed,
    row_number() OVER (PARTITION BY o.order_id, i.hub, i.item ORDER BY i.day DESC, i.order_id) AS turn
  FROM counted i
  JOIN outbound o ON o.hub = i.hub AND o.item = i.item AND o.destination <> i.destination
    AND o.day >= i.day AND o.day <= i.day + {{within_days}}
    AND o.quantity >= (1 - {{tolerance}}) * i.quantity AND o.quantity <= (1 + {{tolerance}}) * i.quantity
  LEFT JOIN installs n ON n.hub = i.hub AND n.item = i.item
  WHERE i.chips >= {{least_chips}}
    AND o.consignee <> coalesce(i.end_user, '') AND o.consignee <> coalesce(i.source, '')
    AND (i.consignee = i.hub OR o.consignee <> i.consignee)
    AND (coalesce(i.end_use, '') <> 'resale' OR o.tier = 3)
),
by_hub AS (
  SELECT
    p.hub, max(p.received) AS received, count(DISTINCT p.in_order) AS matched, count(DISTINCT p.out_order) AS gone,
    sum(CASE WHEN r.role = 'out' THEN p.tpp ELSE 0 END) AS tpp, sum(CASE WHEN r.role = 'out' THEN p.quantity ELSE 0 END) AS units,
    min(p.in_day) AS first_day, max(p.out_day) AS last_day, min(p.out_day - p.in_day) AS quickest, max(p.tier) AS tier, max(p.own_use) AS own_use,
    min(CASE WHEN p.installed > 0 THEN 1 ELSE 0 END) AS installed, min(p.destination) AS destination,
    array_agg(DISTINCT CASE r.role WHEN 'in' THEN p.hub ELSE p.consignee END) AS subjects,
    array_agg(DISTINCT CASE r.role WHEN 'in' THEN p.in_order ELSE p.out_order END) AS orders
  FROM (VALUES ('in'), ('out')) AS r (role)
  CROSS JOIN pair p
  WHERE p.turn = 1
  GROUP BY p.hub
),
scored AS (
  SELECT
    hub, received, matched, gone, tpp, units, first_day, last_day, quickest, tier, destination, subjects, orders,
    CAST(matched AS DOUBLE) / received AS share,
    {{base}}
      + CASE WHEN quickest <= {{quick_days}} THEN {{quick}} ELSE 0.0 END
      + CASE WHEN own_use = 1 THEN {{own_use}} ELSE 0.0 END
      + CASE tier WHEN 3 THEN {{to_concern}} WHEN 1 THEN {{to_free}} ELSE 0.0 END
      + CASE WHEN 2 * matched >= received THEN {{all_of_it}} ELSE 0.0 END
      + CASE WHEN installed = 1 THEN {{installed}} ELSE 0.0 END
      + least({{most_repeat}}, 0.4 * ln(gone)) AS llr
  FROM by_hub
  WHERE matched >= {{least_share}} * received OR tier = 3
)
SELECT
  'T39' AS pattern,
  h.hub AS key,
  h.subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.hub, ' sent on ', CAST(h.matched AS STRING), ' of ', CAST(h.received AS STRING), ' controlled lots that it received, ',
    CAST(h.units AS STRING), ' units, to ', h.destination, ' or elsewhere, the quickest after ', CAST(h.quickest AS STRING), ' days.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'lots_in' THEN CAST(h.received AS STRING)
    WHEN 'lots_sent_on' THEN CAST(h.matched AS STRING)
    WHEN 'units' THEN CAST(h.units AS STRING)
    WHEN 'quickest_days' THEN CAST(h.quickest AS STRING)
    WHEN 'share_percent' THEN CAST(CAST(round(100 * h.share) AS BIGINT) AS STRING)
    ELSE CAST(h.tier AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('lots_in'), ('lots_sent_on'), ('units'), ('quickest_days'), ('share_percent'), ('tier_onward')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.hub, h.subjects, h.orders, h.tpp, h.first_day, h.last_day, h.llr,
  h.received, h.matched, h.units, h.destination, h.quickest, h.share, h.tier
