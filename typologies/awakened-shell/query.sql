WITH role AS (
  SELECT
    ultimate_consignee AS party_id, quarter_no, day, quantity * coalesce(unit_price_usd, list_price_usd) AS usd,
    CASE WHEN controlled THEN chips ELSE 0 END AS chips, CASE WHEN controlled THEN tpp ELSE 0 END AS tpp,
    0 AS sold_chips, 0 AS sold_tpp
  FROM lines
  UNION ALL
  SELECT
    exporter AS party_id, quarter_no, day, quantity * coalesce(unit_price_usd, list_price_usd) AS usd,
    0 AS chips, 0 AS tpp,
    CASE WHEN controlled THEN chips ELSE 0 END AS sold_chips, CASE WHEN controlled THEN tpp ELSE 0 END AS sold_tpp
  FROM lines
  WHERE exporter IS NOT NULL
),
quarterly AS (
  SELECT
    party_id, quarter_no, min(day) AS began, max(day) AS ended, sum(usd) AS usd,
    sum(chips) AS chips, sum(tpp) AS tpp, sum(sold_chips) AS sold_chips, sum(sold_tpp) AS sold_tpp
  FROM role
  GROUP BY party_id, quarter_no
),
spaced AS (
  SELECT
    party_id, quarter_no, began, chips + sold_chips AS chips,
    lag(ended) OVER (PARTITION BY party_id ORDER BY quarter_no) AS before_day,
    max(usd) OVER (PARTITION BY party_id ORDER BY quarter_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_usd,
    sum(chips + sold_chips) OVER (PARTITION BY party_id ORDER BY quarter_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_chips,
    max(usd) OVER (PARTITION BY party_id ORDER BY quarter_no RANGE BETWEEN CURRENT ROW AND 3 FOLLOWING) AS after_usd,
    sum(chips) OVER (PARTITION BY party_id ORDER BY quarter_no RANGE BETWEEN CURRENT ROW AND 3 FOLLOWING) AS after_chips,
    sum(sold_chips) OVER (PARTITION BY party_id ORDER BY quarter_no RANGE BETWEEN CURRENT ROW AND 3 FOLLOWING) AS after_sold_chips,
    greatest(sum(tpp) OVER (PARTITION BY party_id ORDER BY quarter_no RANGE BETWEEN CURRENT ROW AND 3 FOLLOWING),
      sum(sold_tpp) OVER (PARTITION BY party_id ORDER BY quarter_no RANGE BETWEEN CURRENT ROW AND 3 FOLLOWING)) AS after_tpp
  FROM quarterly
),
woken AS (
  SELECT
    s.party_id, s.began, greatest(s.after_chips, s.after_sold_chips) AS chips, s.after_tpp AS tpp, s.began - s.before_day AS asleep,
    s.after_usd / nullif(s.before_usd, 0) AS growth,
    CASE WHEN concat(';', coalesce(p.flags, ''), ';') LIKE '%;dormant%' THEN 1 ELSE 0 END AS flagged,
    CASE WHEN p.data_center_mw > 0 THEN 1 ELSE 0 END AS powered,
    CASE WHEN s.began - s.before_day >= {{asleep_days}} THEN 1 ELSE 0 END AS gap,
    row_number() OVER (PARTITION BY s.party_id ORDER BY s.began) AS turn
  FROM spaced s
  LEFT JOIN parties p ON p.party_id = s.party_id
  WHERE (s.began - s.before_day >= {{asleep_days}} AND s.after_chips >= {{least_chips}} AND coalesce(s.before_chips, 0) < s.after_chips)
    OR (s.chips > 0 AND s.after_chips + s.after_sold_chips >= {{least_chips}} AND coalesce(s.before_chips, 0) = 0
      AND concat(';', coalesce(p.flags, ''), ';') LIKE '%;dormant%')
),
bought AS (
  SELECT
    l.root, min(l.day) AS began, max(l.day) AS ended,
    sum(CASE WHEN l.controlled THEN l.chips ELSE 0 END) AS chips, sum(CASE WHEN l.controlled THEN l.tpp ELSE 0 END) AS tpp,
    max(coalesce(l.tier, 2)) AS tier, min(coalesce(l.tier, 2)) AS least_tier, max(l.ultimate_consignee) AS party_id, count(DISTINCT l.ultimate_consignee) AS consignees
  FROM lines l
  GROUP BY l.root
),
history AS (
  SELECT min(day) AS data_began, max(day) AS data_ended FROM lines
),
sold AS (
  SELECT DISTINCT exporter FROM lines WHERE exporter IS NOT NULL
),
halls AS (
  SELECT DISTINCT coalesce(operator, owner) AS holder FROM sites
),
first_trade AS (
  -- An old company whose first trade of any kind is a large lot of accelerators, taken at once, with nowhere to put them.
  SELECT
    b.party_id, b.began, b.chips, b.tpp, CAST(b.began - p.incorporated_day AS INT) AS asleep, 0 AS flagged,
    CASE WHEN p.data_center_mw > 0 OR h.holder IS NOT NULL THEN 1 ELSE 0 END AS powered,
    b.tpp / CAST(w.lpp_cap AS DOUBLE) AS caps,
    CASE WHEN b.ended <= b.began + {{burst_days}} THEN 1 ELSE 0 END AS burst,
    CASE WHEN p.website IS NULL THEN 1 ELSE 0 END + CASE WHEN p.directors IS NULL OR p.directors NOT LIKE '%;%' THEN 1 ELSE 0 END AS thin
  FROM bought b
  JOIN parties p ON p.party_id = b.party_id
  CROSS JOIN law w
  CROSS JOIN history y
  LEFT JOIN sold s ON s.exporter = b.party_id
  LEFT JOIN halls h ON h.holder = b.party_id
  -- Nobody needs an old shell where goods go without limit, or where every one needs a license.
  WHERE b.tier = 2 AND b.least_tier = 2 AND b.consignees = 1 AND b.root = b.party_id AND p.parent_id IS NULL AND s.exporter IS NULL
    AND p.incorporated_day <= b.began - {{old_days}} AND b.began >= y.data_began + {{history_days}} AND b.chips >= {{first_chips}}
    AND b.ended < b.began + {{asleep_days}} AND concat(';', coalesce(p.flags, ''), ';') NOT LIKE '%;dormant%'
    AND b.ended <= y.data_ended - {{burst_days}}
),
scored AS (
  SELECT
    party_id, began, chips, tpp, coalesce(asleep, 0) AS asleep, flagged, powered, coalesce(growth, 0.0) AS growth,
    {{base}} + CASE WHEN flagged = 1 THEN {{flagged}} ELSE 0.0 END
      + CASE WHEN gap = 1 AND growth >= {{growth}}
        THEN {{grown}} + least({{most_growth}}, 0.25 * ln(growth / {{growth}})) ELSE 0.0 END
      + CASE WHEN powered = 1 THEN {{can_show_power}} ELSE 0.0 END AS llr
  FROM woken
  WHERE turn = 1
  UNION ALL
  SELECT
    f.party_id, f.began, f.chips, f.tpp, f.asleep, f.flagged, f.powered, 0.0 AS growth,
    {{first_base}} + {{thin}} * f.thin + CASE WHEN f.burst = 1 THEN {{burst}} ELSE 0.0 END
      + CASE WHEN f.powered = 1 THEN {{can_show_power}} ELSE {{no_power}} END
      + least({{most_size}}, greatest(-1.0 * {{most_size}}, ln(f.caps / {{sizable}}))) AS llr
  FROM first_trade f
)
SELECT
  'T11' AS pattern,
  h.party_id AS key,
  array_agg(DISTINCT h.party_id) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  h.llr,
  CASE WHEN h.growth > 0.0 OR h.flagged = 1
    THEN concat(h.party_id, ' traded ', CAST(h.chips AS STRING), ' controlled chips within a year of waking after ', CAST(h.asleep AS STRING),
      ' days without trade; the largest quarter is ', CAST(CAST(round(h.growth) AS BIGINT) AS STRING), ' times the largest before.')
    ELSE concat(h.party_id, ', founded ', CAST(h.asleep AS STRING), ' days before and never seen to trade, took ', CAST(h.chips AS STRING),
      ' controlled chips as its first goods.') END AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'asleep_days' THEN CAST(h.asleep AS STRING)
    WHEN 'flagged_dormant' THEN CAST(h.flagged AS STRING)
    WHEN 'growth' THEN CAST(CAST(round(h.growth) AS BIGINT) AS STRING)
    ELSE CAST(h.chips AS STRING) END)) AS facts
FROM scored h
JOIN (
  SELECT ultimate_consignee AS party_id, day, order_id FROM lines WHERE controlled
  UNION ALL
  SELECT exporter AS party_id, day, order_id FROM lines WHERE controlled AND exporter IS NOT NULL
) l ON l.party_id = h.party_id
CROSS JOIN (VALUES ('asleep_days'), ('flagged_dormant'), ('growth'), ('chips')) AS f (name)
WHERE h.llr >= {{least}} AND l.day >= h.began AND l.day <= h.began + 365
GROUP BY h.party_id, h.tpp, h.llr, h.chips, h.asleep, h.growth, h.flagged
