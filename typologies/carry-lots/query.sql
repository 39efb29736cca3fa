WITH lot AS (
  SELECT
    order_id, max(coalesce(purchaser, ultimate_consignee)) AS sponsor, max(ultimate_consignee) AS consignee, max(exporter) AS exporter,
    max(destination) AS destination, max(tier) AS tier, min(day) AS day, sum(chips) AS chips, sum(tpp) AS tpp,
    max(CASE WHEN lower(description) LIKE '%luggage%' OR lower(description) LIKE '%baggage%' OR lower(description) LIKE '%suitcase%'
      OR lower(description) LIKE '%hand carr%' OR lower(description) LIKE '%hand-carr%' OR lower(description) LIKE '%personal%'
      THEN 1 ELSE 0 END) AS baggage
  FROM lines
  WHERE controlled AND chips > 0 AND origin <> destination
  GROUP BY order_id
),
sender AS (
  SELECT exporter, count(DISTINCT coalesce(purchaser, ultimate_consignee)) AS served
  FROM lines
  WHERE exporter IS NOT NULL
  GROUP BY exporter
),
small AS (
  SELECT
    l.sponsor, l.order_id, l.consignee, l.exporter, l.tier, l.day, l.chips, l.tpp, l.baggage, coalesce(s.served, 1) AS served,
    count(*) OVER (PARTITION BY l.sponsor ORDER BY l.day RANGE BETWEEN {{window_back}} PRECEDING AND CURRENT ROW) AS lots,
    max(l.day) OVER (PARTITION BY l.sponsor) AS last_lot
  FROM lot l
  LEFT JOIN sender s ON s.exporter = l.exporter
  WHERE l.chips <= {{most_chips}}
),
by_sponsor AS (
  SELECT
    s.sponsor, max(s.lots) AS lots, count(DISTINCT s.exporter) AS senders, count(DISTINCT CASE WHEN s.served = 1 THEN s.exporter END) AS only_here,
    max(s.baggage) AS baggage, max(CASE WHEN s.tier = 3 THEN 1 ELSE 0 END) AS concern,
    sum(s.chips) AS chips, sum(s.tpp) AS tpp,
    min(s.day) AS first_day, max(s.day) AS last_day
  FROM small s
  GROUP BY s.sponsor
),
scored AS (
  SELECT
    sponsor, lots, senders, only_here, baggage, chips, tpp, first_day, last_day,
    CAST({{base}} + least({{most_senders}}, {{each_sender}} * senders)
      + CASE WHEN baggage = 1 THEN {{baggage}} ELSE 0.0 END
      + CASE WHEN concern = 1 THEN {{concern}} ELSE 0.0 END
      + CASE WHEN 4 * only_here >= 3 * senders THEN {{only_for_it}} ELSE 0.0 END AS DOUBLE) AS llr
  FROM by_sponsor
  WHERE lots >= {{least_lots}} AND senders >= {{least_senders}}
)
SELECT
  'T37' AS pattern,
  h.sponsor AS key,
  array_agg(DISTINCT CASE r.role WHEN 'sponsor' THEN h.sponsor WHEN 'sender' THEN coalesce(l.exporter, h.sponsor) ELSE l.consignee END) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.sponsor, ' had up to ', CAST(h.lots AS STRING), ' lots of at most {{most_chips}} accelerators within 30 days from ',
    CAST(h.senders AS STRING),    ' senders, ', CAST(h.only_here AS STRING), ' of whom send to nobody else.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'lots_in_window' THEN CAST(h.lots AS STRING)
    WHEN 'senders' THEN CAST(h.senders AS STRING)
    WHEN 'senders_only_here' THEN CAST(h.only_here AS STRING)
    WHEN 'chips' THEN CAST(h.chips AS STRING)
    ELSE CAST(h.baggage AS STRING) END)) AS facts
FROM scored h
JOIN (
  SELECT order_id, max(coalesce(purchaser, ultimate_consignee)) AS sponsor, max(ultimate_consignee) AS consignee, max(exporter) AS exporter
  FROM lines
  WHERE controlled AND chips > 0 AND origin <> destination
  GROUP BY order_id
  HAVING sum(chips) <= {{most_chips}}
) AS l ON l.sponsor = h.sponsor
CROSS JOIN (VALUES ('sponsor'), ('sender'), ('consignee')) AS r (role)
CROSS JOIN (VALUES ('lots_in_window'), ('senders'), ('senders_only_here'), ('chips'), ('baggage')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.sponsor, h.tpp, h.first_day, h.last_day, h.llr, h.lots, h.senders, h.only_here, h.chips, h.baggage
