WITH burst AS (
  -- Sellers of enough controlled goods to one country abroad within the time: few, and only they are looked at order by order.
  SELECT DISTINCT exporter
  FROM (
    SELECT exporter, destination, count(*) AS n, min(day) AS first_day, max(day) AS last_day, max(tier) AS tier
    FROM lines
    WHERE controlled AND destination <> origin AND exporter IS NOT NULL
    GROUP BY exporter, destination
  ) AS d
  WHERE n >= {{orders}} AND coalesce(tier, 2) >= 2 AND last_day <= first_day + {{days}}
),
trade AS (
  SELECT
    max(l.exporter) AS exporter, max(l.destination) AS destination, min(l.day) AS day, max(l.origin) AS origin, max(l.root) AS root,
    sum(CASE WHEN l.controlled THEN l.tpp ELSE 0 END) AS tpp, max(l.tier) AS tier, max(CASE WHEN l.controlled THEN 1 ELSE 0 END) AS controlled
  FROM burst b
  JOIN lines l ON l.exporter = b.exporter
  GROUP BY l.order_id
),
dealt AS (
  SELECT
    exporter, destination, root, min(day) AS began, min(CASE WHEN controlled = 1 THEN day END) AS turned_on, sum(controlled) AS of_controlled,
    sum(CASE WHEN controlled = 1 AND destination <> origin THEN 1 ELSE 0 END) AS orders,
    sum(CASE WHEN controlled = 1 AND destination <> origin THEN tpp ELSE 0 END) AS tpp,
    max(CASE WHEN controlled = 1 AND destination <> origin THEN origin END) AS origin,
    max(CASE WHEN controlled = 1 AND destination <> origin THEN tier END) AS tier,
    min(CASE WHEN controlled = 1 AND destination <> origin THEN day END) AS first_day,
    max(CASE WHEN controlled = 1 AND destination <> origin THEN day END) AS last_day
  FROM trade
  GROUP BY exporter, destination, root
),
seen AS (
  SELECT
    exporter, destination, origin, root, orders, tpp, tier, first_day, last_day,
    min(began) OVER (PARTITION BY exporter) AS trade_began, min(turned_on) OVER (PARTITION BY exporter) AS control_began,
    sum(of_controlled) OVER (PARTITION BY exporter) AS all_controlled
  FROM dealt
),
alone AS (
  -- Buyers of one seller in one country.
  SELECT root
  FROM lines
  WHERE exporter IS NOT NULL
  GROUP BY root
  HAVING min(exporter) = max(exporter) AND min(destination) = max(destination)
),
halls AS (
  SELECT p.root AS root, max(CASE WHEN p.data_center_mw > 0 OR s.holder IS NOT NULL THEN 1 ELSE 0 END) AS powered
  FROM parties p
  LEFT JOIN (SELECT DISTINCT coalesce(operator, owner) AS holder FROM sites) AS s ON s.holder = p.party_id
  GROUP BY p.root
),
turned AS (
  -- A seller of uncontrolled goods turns to controlled ones, most of them for one country, to firms that buy from it alone.
  SELECT
    f.exporter, f.destination, max(f.origin) AS origin, sum(f.orders) AS orders, sum(f.tpp) AS tpp, min(f.first_day) AS first_day, max(f.last_day) AS last_day,
    count(DISTINCT f.root) AS buyers, max(f.all_controlled) AS all_controlled, max(f.tier) AS tier,
    max(f.control_began - f.trade_began) AS quiet_days,
    count(DISTINCT a.root) AS sole,
    sum(f.orders * coalesce(h.powered, 0)) / CAST(sum(f.orders) AS DOUBLE) AS housed
  FROM seen f
  LEFT JOIN halls h ON h.root = f.root
  LEFT JOIN alone a ON a.root = f.root
  WHERE f.orders > 0
  GROUP BY f.exporter, f.destination
),
scored AS (
  SELECT
    t.exporter, t.destination, t.origin, t.orders, t.tpp, t.first_day, t.last_day, t.buyers, t.sole, t.quiet_days,
    {{base}} + least({{most_orders}}, 0.6 * ln(t.orders))
      + {{sole}} * (t.sole / CAST(t.buyers AS DOUBLE) - 0.5)
      + CASE WHEN t.quiet_days >= {{quiet_days}} THEN {{quiet}} ELSE 0.0 END
      + {{can_show_power}} * t.housed AS llr
  FROM turned t
  WHERE t.orders >= {{orders}} AND t.orders * 2 > t.all_controlled AND coalesce(t.tier, 2) >= 2
    AND t.last_day <= t.first_day + {{days}}
)
SELECT
  'X05' AS pattern,
  concat(h.exporter, '/', h.destination) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'seller' THEN l.exporter ELSE l.ultimate_consignee END) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.exporter, ' turned to controlled goods after ', CAST(coalesce(h.quiet_days, 0) AS STRING), ' days of other trade: ', CAST(h.orders AS STRING),
    ' orders to ', h.destination, ' for ', CAST(h.buyers AS STRING), ' buyers, ', CAST(h.sole AS STRING), ' of which buy from nobody else.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'orders' THEN CAST(h.orders AS STRING)
    WHEN 'buyers' THEN CAST(h.buyers AS STRING)
    WHEN 'sole_buyers' THEN CAST(h.sole AS STRING)
    ELSE CAST(coalesce(h.quiet_days, 0) AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.exporter = h.exporter AND l.destination = h.destination AND l.controlled
CROSS JOIN (VALUES ('seller'), ('buyer')) AS r (role)
CROSS JOIN (VALUES ('orders'), ('buyers'), ('sole_buyers'), ('quiet_days')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.exporter, h.destination, h.tpp, h.first_day, h.last_day, h.llr, h.quiet_days, h.orders, h.buyers, h.sole
