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
  SELECT serial, item, day, other, concern
  FROM clash
  WHERE clash = 1
  UNION ALL
  SELECT serial, item, day, holder AS other, 1 AS concern
  FROM repair
  WHERE rma_country IN ('CN', 'HK', 'MO', 'RU', 'IR') AND country <> rma_country
),
owner AS (
  -- Whoever had it first.
  SELECT
    serial, item, day, other, concern, holder, max(reported_item) OVER (PARTITION BY serial) AS reported_item,
    dense_rank() OVER (PARTITION BY serial ORDER BY CASE WHEN holder IS NULL THEN 1 ELSE 0 END, event_day, holder) AS turn
  FROM (
    SELECT
      o.serial, o.item, o.day, o.other, o.concern, coalesce(t.operator, t.owner, s.party) AS holder, s.day AS event_day,
      CASE WHEN s.event IN ('installed', 'powered_on', 'seen') AND s.country IS NOT NULL THEN s.item END AS reported_item
    FROM odd o
    JOIN serials s ON s.serial = o.serial
    LEFT JOIN sites t ON t.site_id = s.site_id
  ) AS e
),
by_serial AS (
  SELECT
    serial, holder, greatest(max(item), max(reported_item)) AS item, max(CASE WHEN other <> holder THEN other END) AS other,
    max(concern) AS concern, min(day) AS first_day, max(day) AS last_day
  FROM owner
  WHERE turn = 1 AND holder IS NOT NULL
  GROUP BY serial, holder
),
hit AS (
  SELECT
    s.holder, max(s.item) AS item, sum(CASE WHEN r.role = 'holder' THEN 1 ELSE 0 END) AS clashes, max(s.concern) AS concern,
    sum(CASE WHEN r.role = 'holder' THEN coalesce(i.unit_tpp, 0.0) ELSE 0.0 END) AS tpp, min(s.first_day) AS first_day, max(s.last_day) AS last_day,
    array_agg(DISTINCT CASE r.role WHEN 'holder' THEN s.holder ELSE coalesce(s.other, s.holder) END) AS subjects
  FROM by_serial s
  LEFT JOIN items i ON i.item = s.item
  CROSS JOIN (VALUES ('holder'), ('other')) AS r (role)
  GROUP BY s.holder
),
reported AS (
  -- Everything that was reported, for the share that clashes. A day of eight digits before the holder's name gives whoever had it first, without sorting.
  SELECT
    min(CASE WHEN holder IS NOT NULL THEN concat(CAST(coalesce(day, 50000000) + 10000000 AS STRING), holder) END) AS first_holder,
    max(CASE WHEN told THEN item END) AS item, max(CASE WHEN told THEN 1 ELSE 0 END) AS told
  FROM (
    SELECT
      s.serial, s.item, s.day, coalesce(t.operator, t.owner, s.party) AS holder,
      s.event IN ('installed', 'powered_on', 'seen') AND s.country IS NOT NULL AS told
    FROM serials s
    LEFT JOIN sites t ON t.site_id = s.site_id
  ) AS e
  GROUP BY serial
),
by_holder AS (
  SELECT
    a.holder, greatest(a.item, h.item) AS item, a.serials, coalesce(h.clashes, 0) AS clashes, h.concern, h.tpp, h.first_day, h.last_day, h.subjects
  FROM (
    SELECT substr(first_holder, 9) AS holder, max(item) AS item, count(*) AS serials
    FROM reported
    WHERE told = 1 AND first_holder IS NOT NULL
    GROUP BY substr(first_holder, 9)
  ) AS a
  LEFT JOIN hit h ON h.holder = a.holder
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
