WITH fallen AS (
  SELECT
    p.party_id AS event, p.listed_day AS event_day, l.exporter, l.destination, l.tier, l.chips,
    CASE WHEN l.day <= p.listed_day THEN 1 ELSE 0 END AS before
  FROM parties p
  JOIN lines l ON l.ultimate_consignee = p.party_id AND l.day > p.listed_day - {{before_days}} AND l.day <= p.listed_day + {{after_days}}
  WHERE p.listed = 'yes' AND l.unit_tpp >= {{least_unit_tpp}}
  UNION ALL
  SELECT
    e.event, e.day AS event_day, l.exporter, concat('tier ', CAST(e.tier AS STRING)) AS destination, l.tier, l.chips,
    CASE WHEN l.day <= e.day THEN 1 ELSE 0 END AS before
  FROM (
    SELECT
      k.event, CASE k.event WHEN 'control day' THEN 3 ELSE 2 END AS tier,
      CASE k.event WHEN 'control day' THEN w.control_day ELSE w.effective_day END AS day
    FROM (VALUES ('control day'), ('effective day')) AS k (event)
    CROSS JOIN law w
  ) AS e
  JOIN lines l ON l.tier = e.tier AND l.day > e.day - {{before_days}} AND l.day <= e.day + {{after_days}}
  WHERE l.unit_tpp >= {{least_unit_tpp}}
),
lost AS (
  SELECT
    event, event_day, exporter, max(destination) AS destination, max(tier) AS tier,
    sum(CASE WHEN before = 1 THEN chips ELSE 0 END) * {{after_days}} / CAST({{before_days}} AS DOUBLE) AS usual_chips,
    sum(CASE WHEN before = 0 THEN chips ELSE 0 END) AS after_chips
  FROM fallen
  WHERE exporter IS NOT NULL
  GROUP BY event, event_day, exporter
),
entry AS (
  SELECT root, min(day) AS began
  FROM lines
  GROUP BY root
),
served AS (
  SELECT
    l.exporter, l.root, l.destination, e.began, max(l.tier) AS tier, max(l.ultimate_consignee) AS consignee, max(l.day) AS last_day,
    sum(l.chips) AS chips, sum(coalesce(l.tpp, 0)) AS tpp
  FROM lines l
  JOIN entry e ON e.root = l.root
  WHERE l.exporter IS NOT NULL AND l.unit_tpp >= {{least_unit_tpp}} AND l.day <= e.began + {{after_days}}
  GROUP BY l.exporter, l.root, l.destination, e.began
),
matched AS (
  SELECT
    o.event, o.event_day, o.exporter, o.destination AS from_country, o.tier AS from_tier, o.usual_chips, o.after_chips,
    s.destination, s.consignee, s.began, s.last_day, s.chips, s.tpp,
    CASE WHEN s.began > o.event_day THEN 1 ELSE 0 END AS after
  FROM lost o
  JOIN served s ON s.exporter = o.exporter AND s.destination <> o.destination
    AND s.began > o.event_day - {{after_days}} AND s.began <= o.event_day + {{after_days}}
  WHERE o.usual_chips >= {{least_chips}} AND o.after_chips <= {{fallen}} * o.usual_chips
    AND coalesce(s.tier, 0) <> CASE WHEN o.destination LIKE 'tier %' THEN o.tier ELSE -1 END
),
by_country AS (
  SELECT
    event, event_day, exporter, from_country, from_tier, usual_chips, after_chips, destination,
    sum(CASE WHEN after = 1 THEN chips ELSE 0 END) AS chips, sum(CASE WHEN after = 1 THEN tpp ELSE 0 END) AS tpp,
    sum(after) AS new_buyers, sum(1 - after) AS usual_new_buyers,
    min(CASE WHEN after = 1 THEN began END) AS first_day, max(CASE WHEN after = 1 THEN last_day END) AS last_day
  FROM matched
  GROUP BY event, event_day, exporter, from_country, from_tier, usual_chips, after_chips, destination
),
scored AS (
  SELECT
    event, event_day, exporter, from_country, usual_chips, after_chips, destination, chips, tpp, new_buyers, usual_new_buyers, first_day, last_day,
    {{base}} + {{volume}} + least({{most_volume}}, 0.5 * ln(chips / ({{taken_up}} * usual_chips)))
      + CASE WHEN from_tier = 3 THEN {{concern}} ELSE 0.0 END - ln(1.0 + usual_new_buyers) AS llr
  FROM by_country
  WHERE chips >= {{taken_up}} * usual_chips AND chips >= {{least_chips}}
)
SELECT
  'T52' AS pattern,
  concat(h.event, '/', h.exporter, '/', h.destination) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'seller' THEN h.exporter ELSE l.ultimate_consignee END) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.new_buyers AS STRING), ' new buyers in ', h.destination, ' took ', CAST(h.chips AS STRING), ' accelerators from ', h.exporter,
    ' within {{after_days}} days of ', h.event, ', when its deliveries to ', h.from_country, ' fell from ',
    CAST(CAST(round(h.usual_chips) AS BIGINT) AS STRING), ' to ', CAST(h.after_chips AS STRING), ' in as many days.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'event' THEN h.event
    WHEN 'new_buyers' THEN CAST(h.new_buyers AS STRING)
    WHEN 'new_buyers_before' THEN CAST(h.usual_new_buyers AS STRING)
    WHEN 'accelerators' THEN CAST(h.chips AS STRING)
    ELSE CAST(CAST(round(h.usual_chips) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.exporter = h.exporter AND l.destination = h.destination AND l.unit_tpp >= {{least_unit_tpp}}
  AND l.day > h.event_day AND l.day <= h.last_day
CROSS JOIN (VALUES ('seller'), ('buyer')) AS r (role)
CROSS JOIN (VALUES ('event'), ('new_buyers'), ('new_buyers_before'), ('accelerators'), ('fallen_accelerators')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.event, h.exporter, h.destination, h.tpp, h.first_day, h.last_day, h.llr, h.new_buyers, h.chips, h.from_country, h.usual_chips,
  h.after_chips, h.usual_new_buyers
