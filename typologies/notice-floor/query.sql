WITH received AS (
  SELECT
    l.order_id, l.root, l.day, l.year, l.tpp,
    CASE WHEN l.kind IN ('server', 'board', 'rack') AND l.quantity % {{pack_units}} = 0 THEN 1 ELSE 0 END AS packed
  FROM lines l
  JOIN law w ON l.day >= w.announced_day
  WHERE l.tpp > 0
    AND (l.authorization = 'LPP'
      OR (l.authorization IS NULL AND l.controlled AND l.tier = 2 AND (l.decided = 'LPP' OR l.outcome = 'license_required')))
),
shipment AS (
  SELECT order_id, root, min(day) AS day, min(year) AS year, sum(tpp) AS tpp, min(packed) AS packed
  FROM received
  GROUP BY order_id, root
),
alike AS (
  -- Parts of one size are one decision, and not as many coincidences: n of them tell as much as 1 + ln n.
  SELECT root, year, tpp, (1.0 + ln(count(*))) / CAST(count(*) AS DOUBLE) AS worth
  FROM shipment
  GROUP BY root, year, tpp
),
banded AS (
  SELECT
    s.root, s.day, s.year, s.tpp, w.notice_floor AS notice_floor,
    CASE WHEN s.tpp >= {{band}} * w.notice_floor AND s.tpp < w.notice_floor
      THEN a.worth * CASE WHEN s.packed = 1 THEN {{pack_worth}} ELSE 1.0 END ELSE 0.0 END AS in_band,
    CASE WHEN s.tpp >= {{band}} * w.notice_floor AND s.tpp < w.notice_floor THEN 1 ELSE 0 END AS counted,
    CASE WHEN s.tpp >= {{band}} * w.notice_floor AND s.tpp < {{near_high}} * w.notice_floor THEN 1 ELSE 0 END AS near,
    CASE WHEN s.tpp >= w.notice_floor THEN 1 ELSE 0 END AS over,
    CASE WHEN s.tpp < w.notice_floor THEN 1 ELSE 0 END AS under
  FROM law w
  CROSS JOIN shipment s
  JOIN alike a ON a.root = s.root AND a.year = s.year AND a.tpp = s.tpp
),
moving AS (
  SELECT
    root, day, year, tpp, notice_floor, in_band, counted, near, over,
    sum(counted) OVER (PARTITION BY root ORDER BY day RANGE BETWEEN {{window_back}} PRECEDING AND CURRENT ROW) AS in_window,
    sum(tpp * under) OVER (PARTITION BY root ORDER BY day RANGE BETWEEN {{split_back}} PRECEDING AND CURRENT ROW) AS week_tpp,
    sum(under) OVER (PARTITION BY root ORDER BY day RANGE BETWEEN {{split_back}} PRECEDING AND CURRENT ROW) AS week_lots
  FROM banded
),
by_root AS (
  SELECT
    root, year, sum(tpp) AS tpp, sum(in_band) AS in_band, sum(counted) AS counted, sum(near) AS near, sum(over) AS over,
    max(in_window) AS in_window,
    max(CASE WHEN week_lots >= {{split_lots}} AND week_tpp >= notice_floor THEN 1 ELSE 0 END) AS split,
    sum(CASE WHEN week_lots >= 2 AND week_tpp >= notice_floor THEN 1 ELSE 0 END) AS pairs
  FROM moving
  GROUP BY root, year
),
peered AS (
  SELECT
    root, year, tpp, in_band, counted, near, over, in_window, split, pairs,
    (sum(counted) OVER (PARTITION BY year) - counted + {{prior_share}} * {{prior_shipments}})
      / CAST(sum(near) OVER (PARTITION BY year) - near + {{prior_shipments}} AS DOUBLE) AS peers
  FROM by_root
),
scored AS (
  SELECT
    root, year, tpp, counted, near, over, in_window, split, pairs, least(peers, 0.89) AS peers,
    {{base}} + in_band * ln({{evader_share}} / least(peers, 0.89)) + (near - counted) * ln((1 - {{evader_share}}) / (1 - least(peers, 0.89)))
      + CASE WHEN split = 1 AND over = 0 THEN {{split_llr}} ELSE 0.0 END
      + CASE WHEN over = 0 THEN least({{most_pairs}}, pairs * {{pair_llr}}) ELSE 0.0 END AS llr
  FROM peered
  WHERE in_window >= {{in_window}} OR ((split = 1 OR pairs >= 2) AND over = 0)
)
SELECT
  'T05' AS pattern,
  concat(h.root, '/', CAST(h.year AS STRING)) AS key,
  array_agg(DISTINCT l.ultimate_consignee) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  h.llr,
  CASE WHEN h.counted = 0
    THEN concat(h.root, ' took lots in ', CAST(h.year AS STRING), ' that each lie under the notice floor and together, within a week, above it, ',
      CAST(h.pairs AS STRING), CASE WHEN h.pairs = 1 THEN ' time;' ELSE ' times;' END, ' none was just under it, and none above it.')
    ELSE concat(h.root, ' took ', CAST(h.counted AS STRING), ' of ', CAST(h.near AS STRING), ' shipments of about the notice floor just under it in ',
    CAST(h.year AS STRING), ', ', CAST(h.in_window AS STRING), ' of them within {{window_back}} days of each other; among others the share is ',
    CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING), ' %.') END AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'in_band' THEN CAST(h.counted AS STRING)
    WHEN 'about_the_floor' THEN CAST(h.near AS STRING)
    WHEN 'over_the_floor' THEN CAST(h.over AS STRING)
    WHEN 'most_in_window' THEN CAST(h.in_window AS STRING)
    WHEN 'split_week' THEN CAST(h.split AS STRING)
    WHEN 'split_pairs' THEN CAST(h.pairs AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.root = h.root AND l.year = h.year AND l.tpp > 0
  AND (l.authorization = 'LPP'
    OR (l.authorization IS NULL AND l.controlled AND l.tier = 2 AND (l.decided = 'LPP' OR l.outcome = 'license_required')))
CROSS JOIN (VALUES ('in_band'), ('about_the_floor'), ('over_the_floor'), ('most_in_window'), ('split_week'), ('split_pairs'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.root, h.year, h.tpp, h.counted, h.near, h.over, h.in_window, h.split, h.pairs, h.peers, h.llr
