WITH gone AS (
  SELECT
    exporter AS hub, ultimate_consignee AS taker, max(root) AS taker_root, sum(chips) AS chips, sum(coalesce(tpp, 0)) AS tpp, min(day) AS first_day, max(day) AS last_day,
    min(CASE WHEN length(coalesce(authorization, '')) >= 6 THEN 1 ELSE 0 END) AS licensed, max(destination) AS destination
  FROM lines
  WHERE controlled AND chips > 0 AND tier = 3 AND exporter IS NOT NULL
  GROUP BY exporter, ultimate_consignee
),
came AS (
  SELECT
    ultimate_consignee AS hub, root, tier, chips, day, CASE WHEN end_use IS NOT NULL AND end_use <> 'resale' THEN 1 ELSE 0 END AS used
  FROM lines
  WHERE controlled AND chips > 0 AND tier < 3
),
both_ways AS (
  SELECT
    g.hub, g.taker, g.chips, g.tpp, g.first_day, g.last_day, g.licensed, g.destination, sum(c.chips) AS came_in, max(c.used) AS used,
    max(CASE WHEN c.day <= g.first_day THEN c.day END) AS last_in, min(c.day) AS began
  FROM gone g
  JOIN came c ON c.hub = g.hub AND c.day <= g.last_day
  WHERE c.root <> g.taker_root
  GROUP BY g.hub, g.taker, g.chips, g.tpp, g.first_day, g.last_day, g.licensed, g.destination
),
by_hub AS (
  SELECT
    b.hub, count(DISTINCT b.taker) AS takers, sum(b.chips) AS chips, sum(b.tpp) AS tpp, max(b.came_in) AS came_in, min(b.began) AS first_day, max(b.last_day) AS last_day,
    min(b.first_day - b.last_in) AS quickest, min(b.licensed) AS licensed, max(b.used) AS used, min(b.destination) AS destination
  FROM both_ways b
  WHERE b.last_in IS NOT NULL
  GROUP BY b.hub
),
clients AS (
  SELECT exporter AS hub, count(DISTINCT ultimate_consignee) AS clients
  FROM lines
  WHERE exporter IS NOT NULL
  GROUP BY exporter
),
scored AS (
  SELECT
    h.hub, h.takers, h.chips, h.tpp, h.came_in, h.first_day, h.last_day, h.quickest, h.licensed, h.destination, h.chips / CAST(h.came_in AS DOUBLE) AS share,
    CAST({{base}} + least({{most_of_it}}, {{share_slope}} * ln(h.chips / ({{least_share}} * h.came_in)))
      + CASE WHEN h.licensed = 0 THEN {{no_license}} ELSE 0.0 END
      + CASE WHEN h.quickest <= {{quick_days}} THEN {{quick}} ELSE 0.0 END
      + CASE WHEN h.takers = 1 THEN {{one_taker}} ELSE 0.0 END
      + CASE WHEN h.used = 1 THEN {{declared_use}} ELSE 0.0 END
      + CASE WHEN k.clients >= {{many_clients}} THEN {{dealer}} ELSE 0.0 END AS DOUBLE) AS llr
  FROM by_hub h
  JOIN clients k ON k.hub = h.hub
  WHERE h.chips >= {{least_chips}} AND h.chips >= {{least_share}} * h.came_in AND h.chips <= {{most_share}} * h.came_in
)
SELECT
  'X17' AS pattern,
  h.hub AS key,
  array_agg(DISTINCT CASE r.role WHEN 'hub' THEN h.hub ELSE b.taker END) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  CAST(h.tpp AS BIGINT) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.hub, ' took ', CAST(h.came_in AS STRING), ' controlled chips and sent ', CAST(h.chips AS STRING), ' controlled chips on to ', h.destination, ' and ',
    CAST(h.takers AS STRING), CASE WHEN h.takers = 1 THEN ' buyer there' ELSE ' buyers there' END, ', the first ', CAST(h.quickest AS STRING), ' days after a lot came in',
    CASE WHEN h.licensed = 0 THEN ', with no license shown for some.' ELSE '.' END) AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'chips_in' THEN CAST(h.came_in AS STRING)
    WHEN 'chips_on' THEN CAST(h.chips AS STRING)
    WHEN 'share_percent' THEN CAST(CAST(round(100 * h.share) AS BIGINT) AS STRING)
    ELSE CAST(h.quickest AS STRING) END)) AS facts
FROM scored h
JOIN both_ways b ON b.hub = h.hub
JOIN lines l ON l.exporter = h.hub AND l.ultimate_consignee = b.taker AND l.controlled
CROSS JOIN (VALUES ('hub'), ('taker')) AS r (role)
CROSS JOIN (VALUES ('chips_in'), ('chips_on'), ('share_percent'), ('quickest_days')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.hub, h.takers, h.chips, h.tpp, h.came_in, h.first_day, h.last_day, h.quickest, h.licensed, h.destination, h.share, h.llr
