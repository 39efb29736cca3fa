WITH dear AS (
  SELECT
    order_id, exporter, ultimate_consignee AS consignee, root, day, destination, tier, hs_code, quantity * unit_price_usd AS usd,
    quantity * unit_price_usd / gross_weight_kg AS usd_per_kg
  FROM lines
  WHERE controlled IS NULL AND eccn IS NULL AND tpp IS NULL AND gross_weight_kg > 0 AND quantity * unit_price_usd >= {{least_usd}}
    AND quantity * unit_price_usd >= {{least_usd_per_kg}} * gross_weight_kg AND exporter IS NOT NULL
    AND substr(hs_code, 1, 4) IN ('8471', '8473', '8543', '8517', '8504')
),
came AS (
  SELECT consignee AS hub, root, order_id, exporter, day, usd, usd_per_kg FROM dear
),
pair AS (
  SELECT
    i.hub, i.order_id AS in_order, o.order_id AS out_order, i.usd AS in_usd, o.usd AS out_usd, i.day AS in_day, o.day AS out_day, o.consignee AS taker, o.destination,
    o.tier, least(i.usd_per_kg, o.usd_per_kg) AS usd_per_kg
  FROM came i
  JOIN dear o ON o.exporter = i.hub AND o.day >= i.day AND o.day <= i.day + {{within_days}} AND o.root <> i.root AND o.consignee <> i.exporter
),
by_hub AS (
  SELECT
    p.hub, min(p.in_day) AS first_day, max(p.out_day) AS last_day, max(p.tier) AS tier, min(p.destination) AS destination, max(p.usd_per_kg) AS usd_per_kg,
    min(p.out_day - p.in_day) AS quickest, count(DISTINCT p.out_order) AS gone
  FROM pair p
  GROUP BY p.hub
),
value_of AS (
  SELECT h.hub, i.usd AS in_usd, o.usd AS out_usd
  FROM by_hub h
  JOIN (SELECT hub, sum(usd) AS usd FROM (SELECT DISTINCT hub, in_order, in_usd AS usd FROM pair) AS d GROUP BY hub) AS i ON i.hub = h.hub
  JOIN (SELECT hub, sum(usd) AS usd FROM (SELECT DISTINCT hub, out_order, out_usd AS usd FROM pair) AS d GROUP BY hub) AS o ON o.hub = h.hub
),
known AS (
  SELECT party_id, min(day) AS began, count(DISTINCT other) AS partners
  FROM (
    SELECT ultimate_consignee AS party_id, day, exporter AS other FROM lines
    UNION ALL
    SELECT exporter AS party_id, day, ultimate_consignee AS other FROM lines WHERE exporter IS NOT NULL
  ) AS t
  GROUP BY party_id
),
scored AS (
  SELECT
    h.hub, h.first_day, h.last_day, h.destination, h.usd_per_kg, h.quickest, h.gone, v.in_usd, v.out_usd,
    CASE WHEN h.first_day <= k.began + {{new_days}} THEN 1 ELSE 0 END AS first_time,
    CAST({{base}} + least({{most_dear}}, {{slope}} * ln(h.usd_per_kg / {{least_usd_per_kg}})) + CASE WHEN h.tier = 3 THEN {{to_concern}} ELSE 0.0 END
      + CASE WHEN h.first_day <= k.began + {{new_days}} THEN {{first_time}} ELSE 0.0 END
      + CASE WHEN k.partners >= {{many_partners}} THEN {{dealer}} ELSE 0.0 END AS DOUBLE) AS llr
  FROM by_hub h
  JOIN value_of v ON v.hub = h.hub
  JOIN known k ON k.party_id = h.hub
  WHERE v.out_usd >= {{passed}} * v.in_usd
)
SELECT
  'X19' AS pattern,
  h.hub AS key,
  array_agg(DISTINCT CASE r.role WHEN 'hub' THEN h.hub ELSE p.taker END) AS subjects,
  array_agg(DISTINCT CASE r.role WHEN 'hub' THEN p.in_order ELSE p.out_order END) AS orders,
  CAST(0 AS BIGINT) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.hub, ' took goods that no paper names for $', CAST(CAST(round(h.in_usd) AS BIGINT) AS STRING), ' under headings of computers, worth up to $',
    CAST(CAST(round(h.usd_per_kg) AS BIGINT) AS STRING), ' a kilogram, and sent such goods on for $', CAST(CAST(round(h.out_usd) AS BIGINT) AS STRING), ' to ',
    h.destination, ' or elsewhere, the quickest after ', CAST(h.quickest AS STRING), ' days', CASE WHEN h.first_time = 1 THEN '; it had hardly traded before.' ELSE '.' END) AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'usd_in' THEN CAST(CAST(round(h.in_usd) AS BIGINT) AS STRING)
    WHEN 'usd_on' THEN CAST(CAST(round(h.out_usd) AS BIGINT) AS STRING)
    WHEN 'usd_per_kg' THEN CAST(CAST(round(h.usd_per_kg) AS BIGINT) AS STRING)
    WHEN 'lots_on' THEN CAST(h.gone AS STRING)
    ELSE CAST(h.first_time AS STRING) END)) AS facts
FROM scored h
JOIN pair p ON p.hub = h.hub
CROSS JOIN (VALUES ('hub'), ('taker')) AS r (role)
CROSS JOIN (VALUES ('usd_in'), ('usd_on'), ('usd_per_kg'), ('lots_on'), ('first_time')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.hub, h.first_day, h.last_day, h.destination, h.usd_per_kg, h.quickest, h.gone, h.in_usd, h.out_usd, h.first_time, h.llr
