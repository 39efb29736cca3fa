WITH taken AS (
  SELECT order_id, root, min(day) AS day, sum(chips) AS chips, sum(tpp) AS tpp, max(tier) AS tier
  FROM lines
  WHERE controlled AND chips > 0
  GROUP BY order_id, root
),
windowed AS (
  SELECT
    t.root, max(coalesce(t.tier, 2)) AS tier, min(t.day) AS began, min(w.announced_day) AS announced_day, min(w.effective_day) AS effective_day,
    sum(CASE WHEN t.day >= w.announced_day - {{past_days}} AND t.day < w.announced_day THEN t.chips ELSE 0 END) AS past_chips,
    sum(CASE WHEN t.day >= w.announced_day - {{past_days}} AND t.day < w.announced_day THEN 1 ELSE 0 END) AS past_orders,
    sum(CASE WHEN t.day >= w.announced_day AND t.day <= w.effective_day THEN t.chips ELSE 0 END) AS in_chips,
    sum(CASE WHEN t.day >= w.announced_day AND t.day <= w.effective_day THEN 1 ELSE 0 END) AS in_orders,
    sum(CASE WHEN t.day >= w.announced_day AND t.day <= w.effective_day THEN t.tpp ELSE 0 END) AS in_tpp,
    sum(CASE WHEN t.day > w.effective_day - {{last_days}} AND t.day <= w.effective_day THEN t.chips ELSE 0 END) AS last_chips,
    sum(CASE WHEN t.day > w.effective_day - {{last_days}} AND t.day <= w.effective_day THEN 1 ELSE 0 END) AS last_orders,
    sum(CASE WHEN t.day > w.effective_day THEN t.chips ELSE 0 END) AS after_chips,
    max(w.last_day - w.effective_day) AS after_days, max(w.lpp_cap) AS lpp_cap,
    sum(CASE WHEN t.day >= w.announced_day - 365 AND t.day <= w.effective_day - 365 THEN t.chips ELSE 0 END) AS season_chips,
    sum(CASE WHEN t.day > w.effective_day - 365 - {{last_days}} AND t.day <= w.effective_day - 365 THEN t.chips ELSE 0 END) AS last_season_chips,
    max(w.effective_day - w.announced_day + 1) AS days
  FROM law w
  CROSS JOIN taken t
  GROUP BY t.root
),
paced AS (
  SELECT
    root, tier, began, announced_day, effective_day, past_orders, in_chips, in_orders, in_tpp, last_chips, last_orders, days,
    after_chips, after_days, in_tpp / CAST(lpp_cap AS DOUBLE) AS caps,
    (past_chips + {{prior_chips}}) / CAST({{past_days}} AS DOUBLE) AS past_pace,
    in_chips / CAST(days AS DOUBLE) AS in_pace,
    last_chips / CAST({{last_days}} AS DOUBLE) AS last_pace,
    greatest((past_chips + {{prior_chips}}) / CAST({{past_days}} AS DOUBLE), season_chips / CAST(days AS DOUBLE)) AS usual_in,
    greatest((past_chips + {{prior_chips}}) / CAST({{past_days}} AS DOUBLE), last_season_chips / CAST({{last_days}} AS DOUBLE)) AS usual_last,
    (sum(CASE WHEN tier = 1 THEN past_chips ELSE 0 END) OVER () + {{free_chips}}) / CAST({{past_days}} AS DOUBLE) AS free_past,
    sum(CASE WHEN tier = 1 THEN in_chips ELSE 0 END) OVER () / CAST(max(days) OVER () AS DOUBLE)
      + {{free_chips}} / CAST({{past_days}} AS DOUBLE) AS free_in
  FROM windowed
),
judged AS (
  SELECT
    root, announced_day, effective_day, past_orders, in_chips, in_orders, in_tpp, last_chips, last_orders, days,
    after_days, caps, after_chips / CAST(greatest(after_days, 1) AS DOUBLE) / greatest(in_pace, last_pace) AS goes_on,
    greatest(1.0, coalesce(free_in / nullif(free_past, 0.0), 1.0)) AS free_growth,
    greatest(in_pace / usual_in, last_pace / usual_last) AS ratio,
    CASE WHEN last_pace / usual_last > in_pace / usual_in THEN last_orders ELSE in_orders END AS seen,
    CASE WHEN last_pace / usual_last > in_pace / usual_in THEN past_orders * {{last_days}} / CAST({{past_days}} AS DOUBLE)
      ELSE past_orders * days / CAST({{past_days}} AS DOUBLE) END AS expected
  FROM paced
  WHERE tier = 2 AND past_pace > 0 AND past_orders >= {{least_before}} AND in_orders >= {{least_in}}
    AND began <= announced_day - {{known_days}} AND in_chips >= {{least_chips}}
),
scored AS (
  SELECT
    root, announced_day, effective_day, past_orders, in_chips, in_orders, in_tpp, last_chips, free_growth, ratio,
    {{base}}
      + least({{most_surprise}}, CASE WHEN seen > expected THEN seen * ln(seen / expected) - (seen - expected) ELSE 0.0 END)
      + least({{most_ratio}}, {{ratio_slope}} * ln(ratio / free_growth))
      + CASE WHEN after_days < {{after_days}} OR goes_on IS NULL THEN 0.0 WHEN goes_on <= {{silent}} THEN {{stops}}
        WHEN goes_on >= {{steady}} THEN {{continues}} ELSE 0.0 END
      + least({{most_size}}, greatest(-1.0 * {{most_size}}, ln(caps / {{sizable}}))) AS llr
  FROM judged
  WHERE ratio >= {{ratio}} AND ratio / free_growth >= {{ratio}} / 2
)
SELECT
  'T51' AS pattern,
  concat(h.root, '/', CAST(h.effective_day AS STRING)) AS key,
  array_agg(DISTINCT l.ultimate_consignee) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.in_tpp, 0) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  h.llr,
  concat(h.root, ' took ', CAST(h.in_chips AS STRING), ' accelerators in ', CAST(h.in_orders AS STRING),
    ' orders between announcement and effective date, at up to ', CAST(CAST(round(100 * h.ratio) AS BIGINT) AS STRING),
    ' % of its usual pace; buyers in unlimited countries bought at ', 
    CAST(CAST(round(100 * h.free_growth) AS BIGINT) AS STRING), ' % of theirs.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'accelerators' THEN CAST(h.in_chips AS STRING)
    WHEN 'accelerators_last_days' THEN CAST(h.last_chips AS STRING)
    WHEN 'orders_before' THEN CAST(h.past_orders AS STRING)
    WHEN 'pace_percent' THEN CAST(CAST(round(100 * h.ratio) AS BIGINT) AS STRING)
    ELSE CAST(CAST(round(100 * h.free_growth) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.root = h.root AND l.day >= h.announced_day AND l.day <= h.effective_day AND l.controlled
CROSS JOIN (VALUES ('accelerators'), ('accelerators_last_days'), ('orders_before'), ('pace_percent'), ('unlimited_pace_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.root, h.effective_day, h.in_tpp, h.llr, h.in_chips, h.in_orders, h.last_chips, h.past_orders, h.ratio, h.free_growth
