WITH role AS (
  SELECT exporter AS party_id, day, chips, tpp, 1 AS sells FROM lines WHERE controlled AND exporter IS NOT NULL
  UNION ALL
  SELECT ultimate_consignee AS party_id, day, chips, tpp, 0 AS sells FROM lines WHERE controlled
  UNION ALL
  SELECT purchaser AS party_id, day, chips, tpp, 0 AS sells FROM lines WHERE controlled AND purchaser <> ultimate_consignee
),
dealt AS (
  SELECT
    r.party_id, min(r.day) AS began, max(r.day) AS ended, max(r.sells) AS sells,
    sum(CASE WHEN r.day <= p.incorporated_day + 365 THEN r.chips ELSE 0 END) AS chips,
    sum(CASE WHEN r.day <= p.incorporated_day + 365 THEN r.tpp ELSE 0 END) AS tpp
  FROM role r
  JOIN parties p ON p.party_id = r.party_id
  WHERE p.incorporated_day IS NOT NULL
  GROUP BY r.party_id
),
halls AS (
  SELECT DISTINCT coalesce(operator, owner) AS holder FROM sites
),
trade AS (
  -- What a party is said to do is read once for each, not for each of its lines.
  SELECT
    d.party_id, p.country, p.incorporated_day, d.began, d.ended, d.sells, d.chips, d.tpp,
    CASE WHEN p.data_center_mw > 0 OR h.holder IS NOT NULL THEN 1 ELSE 0 END AS powered,
    CASE WHEN p.root <> p.party_id AND g.incorporated_day <= p.incorporated_day - {{old_days}} AND g.tier < 3 THEN 1 ELSE 0 END AS of_old_group,
    CASE WHEN lower(p.business) LIKE '%cloud%' OR lower(p.business) LIKE '%data cent%' OR lower(p.business) LIKE '%research%'
      OR lower(p.business) LIKE '%hosting%' OR lower(p.business) LIKE '%colocation%' OR lower(p.business) LIKE '%telecom%'
      OR lower(p.business) LIKE '%software%' OR concat(' ', lower(p.business), ' ') LIKE '% ai %' THEN 1 ELSE 0 END AS in_the_trade,
    CASE WHEN lower(p.business) LIKE '%trad%' OR lower(p.business) LIKE '%export%' OR lower(p.business) LIKE '%import%'
      OR lower(p.business) LIKE '%resale%' OR lower(p.business) LIKE '%wholesale%' OR lower(p.business) LIKE '%broker%'
      OR lower(p.business) LIKE '%holding%' OR lower(p.business) LIKE '%consult%' THEN 1 ELSE 0 END AS trader
  FROM dealt d
  JOIN parties p ON p.party_id = d.party_id
  LEFT JOIN parties g ON g.party_id = p.root
  LEFT JOIN halls h ON h.holder = d.party_id
),
aged AS (
  SELECT
    t.party_id, t.country, t.incorporated_day, t.began, t.chips, t.tpp, t.powered, t.of_old_group, t.in_the_trade, t.trader,
    CASE WHEN t.sells = 1 OR t.began + {{silence_days}} > w.last_day THEN 0 WHEN t.ended <= t.began + {{burst_days}} THEN 1 ELSE -1 END AS stops,
    CASE WHEN t.incorporated_day >= w.control_day AND t.began >= t.incorporated_day AND t.began <= t.incorporated_day + {{young_days}} AND t.chips >= {{least_chips}}
      THEN 1 ELSE 0 END AS young
  FROM law w
  CROSS JOIN trade t
),
peered AS (
  SELECT
    party_id, country, incorporated_day, began, chips, tpp, powered, of_old_group, in_the_trade, trader, stops, young,
    (sum(young) OVER (PARTITION BY country) - young + {{prior_share}} * {{prior_parties}})
      / CAST(count(*) OVER (PARTITION BY country) - 1 + {{prior_parties}} AS DOUBLE) AS peers
  FROM aged
),
scored AS (
  SELECT
    party_id, incorporated_day, began, chips, tpp, powered, peers, began - incorporated_day AS age,
    {{base}} + least({{most_relative}}, ln({{evader_share}} / peers))
      + greatest(0.0, least({{most_size}}, 0.5 * ln(chips / CAST({{typical_chips}} AS DOUBLE))))
      + CASE WHEN began - incorporated_day <= {{very_young_days}} THEN {{very_young}} ELSE 0.0 END
      + CASE WHEN powered = 1 THEN {{can_show_power}} ELSE {{no_power}} END
      + CASE WHEN of_old_group = 1 THEN {{of_old_group}} ELSE 0.0 END
      + CASE stops WHEN 1 THEN {{stops}} WHEN -1 THEN {{goes_on}} ELSE 0.0 END
      + CASE WHEN in_the_trade = 1 AND trader = 0 THEN {{in_the_trade}} ELSE 0.0 END
      + CASE WHEN trader = 1 THEN {{trader}} ELSE 0.0 END AS llr
  FROM peered
  WHERE young = 1
)
SELECT
  'T10' AS pattern,
  h.party_id AS key,
  array_agg(DISTINCT h.party_id) AS subjects,
  array_agg(DISTINCT r.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  min(r.day) AS first_day,
  max(r.day) AS last_day,
  h.llr,
  concat(h.party_id, ' was formed after the controls and traded controlled items at the age of ', CAST(h.age AS STRING), ' days, ',
    CAST(h.chips AS STRING), ' chips in its first year; among others of its country ',
    CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING), ' % are that young.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'age_days' THEN CAST(h.age AS STRING)
    WHEN 'chips_first_year' THEN CAST(h.chips AS STRING)
    WHEN 'incorporated_day' THEN CAST(h.incorporated_day AS STRING)
    WHEN 'power_shown' THEN CAST(h.powered AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN (
  SELECT exporter AS party_id, day, order_id FROM lines WHERE controlled AND exporter IS NOT NULL
  UNION ALL
  SELECT ultimate_consignee AS party_id, day, order_id FROM lines WHERE controlled
  UNION ALL
  SELECT purchaser AS party_id, day, order_id FROM lines WHERE controlled AND purchaser <> ultimate_consignee
) r ON r.party_id = h.party_id
CROSS JOIN (VALUES ('age_days'), ('chips_first_year'), ('incorporated_day'), ('power_shown'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}} AND r.day <= h.incorporated_day + 365
GROUP BY h.party_id, h.tpp, h.llr, h.age, h.chips, h.incorporated_day, h.powered, h.peers
