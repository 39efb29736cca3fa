WITH routed AS (
  SELECT
    order_id, coalesce(exporter, root) AS exporter, ultimate_consignee AS consignee, origin, destination, day, tpp, chips,
    CASE WHEN length(coalesce(via, '')) = 0 THEN 0 ELSE length(via) - length(replace(via, ';', '')) + 1 END AS hubs,
    CASE WHEN (concat(';', via, ';') LIKE '%;HK;%' OR concat(';', via, ';') LIKE '%;MO;%' OR concat(';', via, ';') LIKE '%;CN;%')
      AND destination NOT IN ('CN', 'HK', 'MO') AND origin NOT IN ('CN', 'HK', 'MO') THEN 1 ELSE 0 END AS concern
  FROM lines
  WHERE controlled AND origin IS NOT NULL AND origin <> destination
),
lane AS (
  SELECT
    exporter, origin, destination, count(*) AS times,
    sum(CASE WHEN (hubs >= 2 OR concern = 1) AND chips >= {{least_chips}} THEN 1 ELSE 0 END) AS odd,
    max(concern) AS concern, max(hubs) AS hubs,
    sum(CASE WHEN (hubs >= 2 OR concern = 1) AND chips >= {{least_chips}} THEN tpp ELSE 0 END) AS tpp,
    min(CASE WHEN hubs >= 2 OR concern = 1 THEN day END) AS first_day, max(CASE WHEN hubs >= 2 OR concern = 1 THEN day END) AS last_day,
    min(CASE WHEN hubs >= 2 OR concern = 1 THEN consignee END) AS consignee,
    array_agg(DISTINCT order_id) FILTER (WHERE hubs >= 2 OR concern = 1) AS orders
  FROM routed
  GROUP BY exporter, origin, destination
),
peered AS (
  SELECT
    exporter, origin, destination, times, odd, concern, hubs, tpp, first_day, last_day, consignee, orders,
    (sum(odd) OVER (PARTITION BY origin, destination) - odd + {{prior_share}} * {{prior_lines}})
      / CAST(sum(times) OVER (PARTITION BY origin, destination) - times + {{prior_lines}} AS DOUBLE) AS peers
  FROM lane
),
leg AS (
  SELECT
    i.exporter, coalesce(i.origin, '') AS origin, o.destination, o.exporter AS hub, o.ultimate_consignee AS consignee, i.order_id AS in_order,
    o.order_id AS out_order, i.day AS in_day, o.day AS out_day, coalesce(o.tpp, 0) AS tpp, o.tier,
    1 + CASE WHEN length(coalesce(i.via, '')) = 0 THEN 0 ELSE length(i.via) - length(replace(i.via, ';', '')) + 1 END
      + CASE WHEN length(coalesce(o.via, '')) = 0 THEN 0 ELSE length(o.via) - length(replace(o.via, ';', '')) + 1 END AS hubs
  FROM lines i
  JOIN lines o ON o.exporter = i.ultimate_consignee AND o.item = i.item AND o.destination <> i.destination
    AND o.day >= i.day AND o.day <= i.day + {{within_days}}
    AND o.quantity >= (1 - {{tolerance}}) * i.quantity AND o.quantity <= (1 + {{tolerance}}) * i.quantity
  WHERE i.controlled AND o.controlled AND i.chips >= {{least_chips}} AND o.tier = 3 AND i.exporter IS NOT NULL
    AND coalesce(i.origin, '') <> o.destination AND o.ultimate_consignee <> i.exporter
),
chain AS (
  SELECT
    g.hub, g.destination, count(DISTINCT g.out_order) AS odd, max(g.hubs) AS hubs, min(g.origin) AS origin,
    sum(CASE WHEN r.role = 'out' THEN g.tpp ELSE 0 END) AS tpp, min(g.in_day) AS first_day, max(g.out_day) AS last_day,
    array_agg(DISTINCT CASE r.role WHEN 'in' THEN g.exporter WHEN 'hub' THEN g.hub ELSE g.consignee END) AS subjects,
    array_agg(DISTINCT CASE r.role WHEN 'in' THEN g.in_order ELSE g.out_order END) AS orders
  FROM (VALUES ('in'), ('hub'), ('out')) AS r (role)
  CROSS JOIN leg g
  WHERE g.hubs >= 2
  GROUP BY g.hub, g.destination
),
scored AS (
  SELECT
    'lane' AS kind, exporter AS who, origin, destination, hubs, odd, tpp, first_day, last_day, orders, peers, consignee,
    {{base}} + least({{most_relative}}, ln({{evader_share}} / peers)) + CASE WHEN concern = 1 THEN {{concern_hub}} ELSE 0.0 END
      + least({{most_repeat}}, 0.2 * ln(odd)) AS llr
  FROM peered
  WHERE odd > 0
  UNION ALL
  SELECT
    'chain' AS kind, hub AS who, origin, destination, hubs, odd, tpp, first_day, last_day, orders, CAST(0.0 AS DOUBLE) AS peers, hub AS consignee,
    {{base}} + {{chain}} + {{each_hub}} * (hubs - 1) + {{to_concern}} + least({{most_repeat}}, 0.2 * ln(odd)) AS llr
  FROM chain
)
SELECT
  'T41' AS pattern,
  concat(h.kind, '/', h.who, '/', CASE h.kind WHEN 'lane' THEN concat(h.origin, '/') ELSE '' END, h.destination) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'who' THEN h.who ELSE h.consignee END) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.odd AS STRING), ' controlled lots of ', h.who, ' went from ', coalesce(h.origin, 'an unknown country'), ' to ', h.destination,
    ' by way of up to ', CAST(h.hubs AS STRING), CASE h.kind WHEN 'lane' THEN concat(' other countries; among others on that lane ',
      CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING), ' % do.') ELSE ' stops, one lot after another.' END) AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'kind' THEN h.kind
    WHEN 'lots' THEN CAST(h.odd AS STRING)
    WHEN 'hubs' THEN CAST(h.hubs AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('who'), ('consignee')) AS r (role)
CROSS JOIN (VALUES ('kind'), ('lots'), ('hubs'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.kind, h.who, h.origin, h.destination, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.odd, h.hubs, h.peers
