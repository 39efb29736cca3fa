WITH report AS (
  SELECT
    s.serial, s.day, max(s.item) AS item, min(s.country) AS low_country, max(s.country) AS high_country,
    min(coalesce(t.operator, t.owner, s.party)) AS low_holder, max(coalesce(t.operator, t.owner, s.party)) AS high_holder
  FROM (
    -- What was reported from one country only cannot clash.
    SELECT serial
    FROM serials
    WHERE event IN ('installed', 'powered_on', 'seen') AND country IS NOT NULL
    GROUP BY serial
    HAVING min(country) <> max(country)
  ) AS m
  JOIN serials s ON s.serial = m.serial
  LEFT JOIN sites t ON t.site_id = s.site_id
  WHERE s.event IN ('installed', 'powered_on', 'seen') AND s.country IS NOT NULL
  GROUP BY s.serial, s.day
),
ordered AS (
  SELECT
    serial, day, item, low_country, high_country, low_holder, high_holder,
    lag(day) OVER (PARTITION BY serial ORDER BY day) AS before_day,
    lag(low_country) OVER (PARTITION BY serial ORDER BY day) AS before_low,
    lag(high_country) OVER (PARTITION BY serial ORDER BY day) AS before_high,
    lag(low_holder) OVER (PARTITION BY serial ORDER BY day) AS before_holder
  FROM report
),
clash AS (
  SELECT
    serial, item, day,
    CASE WHEN low_holder <> high_holder THEN high_holder WHEN low_country IN ('CN', 'HK', 'MO', 'RU', 'IR') THEN low_holder
      ELSE coalesce(before_holder, low_holder) END AS other,
    CASE WHEN low_country <> high_country THEN 1
      WHEN day - before_day <= {{travel_days}} AND (low_country <> before_high OR high_country <> before_low) THEN 1
      WHEN high_country IN ('CN', 'HK', 'MO', 'RU', 'IR') AND before_low NOT IN ('CN', 'HK', 'MO', 'RU', 'IR') AND sent_on IS NULL THEN 1 ELSE 0 END AS clash,
    CASE WHEN low_country IN ('CN', 'HK', 'MO', 'RU', 'IR') OR high_country IN ('CN', 'HK', 'MO', 'RU', 'IR') THEN 1 ELSE 0 END AS concern
  FROM ordered
  LEFT JOIN (
    SELECT exporter AS sent_by, destination AS sent_to, min(day) AS sent_on
    FROM lines
    WHERE exporter IS NOT NULL
    GROUP BY exporter, destination
  ) AS onward ON sent_by = before_holder AND sent_to = high_country AND sent_on <= day
),
repair AS (
  SELECT
    s.serial, max(s.item) AS item, max(CASE WHEN s.event = 'rma' THEN s.day END) AS day,
    max(CASE WHEN s.event IN ('installed', 'powered_on') THEN coalesce(t.operator, t.owner, s.party) END) AS holder,
    max(CASE WHEN s.event IN ('installed', 'powered_on') THEN s.country END) AS country,
    max(CASE WHEN s.event = 'rma' THEN s.country END) AS rma_country
  FROM (SELECT DISTINCT serial FROM serials WHERE event = 'rma') AS m
  JOIN serials s ON s.serial = m.serial
  LEFT JOIN sites t ON t.site_id = s.site_id
  GROUP BY s.serial
),
odd AS (
  SELECT serial, item, day, other, clash, concern
  FROM clash
  UNION ALL
  -- Everything that was reported, for the share that clashes.
  SELECT serial, max(item) AS item, min(day) AS day, min(party) AS other, 0 AS clash, 0 AS concern
  FROM serials
  WHERE event IN ('installed', 'powered_on', 'seen') AND country IS NOT NULL
  GROUP BY serial
  UNION ALL
  SELECT serial, item, day, holder AS other, 1 AS clash, 1 AS concern
  FROM repair
  WHERE rma_country IN ('CN', 'HK', 'MO', 'RU', 'IR') AND country <> rma_country
),
owner AS (
  SELECT
    s.serial, coalesce(t.operator, t.owner, s.party) AS holder,
    row_number() OVER (PARTITION BY s.serial ORDER BY s.day, coalesce(t.operator, t.owner, s.party)) AS turn
  FROM serials s
  LEFT JOIN sites t ON t.site_id = s.site_id
  WHERE coalesce(t.operator, t.owner, s.party) IS NOT NULL
),
by_serial AS (
  SELECT
    o.serial, w.holder, max(o.item) AS item, max(CASE WHEN o.clash = 1 AND o.other <> w.holder THEN o.other END) AS other,
    max(o.clash) AS clash, max(o.clash * o.concern) AS concern,
    min(CASE WHEN o.clash = 1 THEN o.day END) AS first_day, max(CASE WHEN o.clash = 1 THEN o.day END) AS last_day
  FROM odd o
  JOIN owner w ON w.serial = o.serial AND w.turn = 1
  GROUP BY o.serial, w.holder
),
by_holder AS (
  SELECT
    s.holder AS holder, max(s.item) AS item, sum(CASE WHEN r.role = 'holder' THEN 1 ELSE 0 END) AS serials,
    sum(CASE WHEN r.role = 'holder' THEN s.clash ELSE 0 END) AS clashes, max(s.concern) AS concern,
    sum(CASE WHEN r.role = 'holder' AND s.clash = 1 THEN coalesce(i.unit_tpp, 0.0) ELSE 0.0 END) AS tpp,
    min(s.first_day) AS first_day, max(s.last_day) AS last_day,
    array_agg(DISTINCT CASE r.role WHEN 'holder' THEN s.holder ELSE coalesce(s.other, s.holder) END)
      FILTER (WHERE s.clash = 1) AS subjects
  FROM by_serial s
  LEFT JOIN items i ON i.item = s.item
  CROSS JOIN (VALUES ('holder'), ('other')) AS r (role)
  GROUP BY s.holder
),
peered AS (
  SELECT
    holder, item, serials, clashes, concern, tpp, first_day, last_day, subjects,
    least(0.49, (sum(clashes) OVER () - clashes + {{prior_share}} * {{prior_serials}})
      / CAST(sum(serials) OVER () - serials + {{prior_serials}} AS DOUBLE)) AS peers
  FROM by_holder
),
scored AS (
  SELECT
    holder, item, serials, clashes, concern, tpp, first_day, last_day, subjects, peers,
    {{base}} + least({{most_relative}}, clashes * ln({{evader_share}} / peers) + (serials - clashes) * ln((1 - {{evader_share}}) / (1 - peers)))
      + CASE WHEN concern = 1 THEN {{concern}} ELSE 0.0 END AS llr
  FROM peered
  WHERE clashes >= {{least_serials}}
)
SELECT
  'T36' AS pattern,
  h.holder AS key,
  h.subjects,
  array_agg(DISTINCT l.order_id) FILTER (WHERE l.order_id IS NOT NULL) AS orders,
  CAST(round(coalesce(h.tpp, 0.0)) AS BIGINT) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.clashes AS STRING), ' of ', CAST(h.serials AS STRING), ' serials of ', h.holder,
    ' were reported from two countries within {{travel_days}} days, later from a country of concern to which nothing was sent on, or for repair from a third; among others it is ',
    CAST(CAST(round(1000 * h.peers) AS BIGINT) AS STRING), ' in a thousand.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'serials' THEN CAST(h.serials AS STRING)
    WHEN 'serials_in_two_places' THEN CAST(h.clashes AS STRING)
    WHEN 'country_of_concern' THEN CAST(h.concern AS STRING)
    ELSE CAST(CAST(round(1000 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
LEFT JOIN lines l ON l.ultimate_consignee = h.holder AND l.item = h.item
CROSS JOIN (VALUES ('serials'), ('serials_in_two_places'), ('country_of_concern'), ('peers_permille')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.holder, h.subjects, h.tpp, h.first_day, h.last_day, h.llr, h.serials, h.clashes, h.concern, h.peers
