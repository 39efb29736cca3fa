-- Day of the year from the day number: 1 January of a year by the Gregorian rule.
WITH received AS (
  SELECT
    root, destination, year, tpp,
    day - CAST(365 * (year - 1970) + floor((year - 1969) / 4.0) - floor((year - 1901) / 100.0)
      + floor((year - 1601) / 400.0) AS INT) AS day_of_year
  FROM lines
  WHERE tpp > 0
    AND (authorization = 'LPP'
      OR (authorization IS NULL AND controlled AND tier = 2 AND (decided = 'LPP' OR outcome = 'license_required')))
),
yearly AS (
  SELECT
    root, year, max(destination) AS destination, sum(tpp) AS tpp,
    sum(CASE WHEN day_of_year >= 334 THEN tpp ELSE 0 END) AS december,
    sum(CASE WHEN day_of_year <= 30 THEN tpp ELSE 0 END) AS january
  FROM received
  GROUP BY root, year
),
joined AS (
  SELECT
    root, year, destination, tpp, january,
    lag(year) OVER (PARTITION BY root ORDER BY year) AS before_year,
    lag(tpp) OVER (PARTITION BY root ORDER BY year) AS before_tpp,
    lag(december) OVER (PARTITION BY root ORDER BY year) AS december
  FROM yearly
),
straddle AS (
  SELECT
    root, year, destination, tpp, before_tpp, december, january, december + january AS straddle_tpp,
    sum(december + january) OVER (PARTITION BY destination, year) - (december + january) AS others_straddle,
    sum(tpp + before_tpp) OVER (PARTITION BY destination, year) - (tpp + before_tpp) AS others_tpp
  FROM joined
  WHERE before_year = year - 1
),
hit AS (
  SELECT
    s.root, s.year, s.december, s.january, s.straddle_tpp, w.lpp_cap AS cap,
    CAST(s.straddle_tpp AS DOUBLE) / (s.tpp + s.before_tpp) AS share,
    (s.others_straddle + {{prior_share}} * w.lpp_cap) / CAST(s.others_tpp + w.lpp_cap AS DOUBLE) AS peers
  FROM straddle s
  JOIN law w ON s.straddle_tpp > w.lpp_cap AND s.tpp <= w.lpp_cap AND s.before_tpp <= w.lpp_cap
  WHERE s.december > 0 AND s.january > 0
)
SELECT
  'T04' AS pattern,
  concat(h.root, '/', CAST(h.year AS STRING)) AS key,
  array_agg(DISTINCT l.ultimate_consignee) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.straddle_tpp, 0) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  {{base}} + least({{most_relative}}, ln(h.share / h.peers)) AS llr,
  concat(h.root, ' received ', CAST(h.december AS STRING), ' TPP in December and ', CAST(h.january AS STRING),
    ' TPP in January ', CAST(h.year AS STRING), ', together more than one limit of ', CAST(h.cap AS STRING), ' TPP; ',
    CAST(CAST(round(100 * h.share) AS BIGINT) AS STRING), ' % of its two years, against ',
    CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING), ' % among others there.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'december_tpp' THEN CAST(h.december AS STRING)
    WHEN 'january_tpp' THEN CAST(h.january AS STRING)
    WHEN 'share_percent' THEN CAST(CAST(round(100 * h.share) AS BIGINT) AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM hit h
JOIN lines l ON l.root = h.root AND l.year >= h.year - 1 AND l.year <= h.year AND l.tpp > 0
  AND (l.authorization = 'LPP'
    OR (l.authorization IS NULL AND l.controlled AND l.tier = 2 AND (l.decided = 'LPP' OR l.outcome = 'license_required')))
CROSS JOIN (VALUES ('december_tpp'), ('january_tpp'), ('share_percent'), ('peers_share_percent')) AS f (name)
WHERE {{base}} + least({{most_relative}}, ln(h.share / h.peers)) >= {{least}}
GROUP BY h.root, h.year, h.december, h.january, h.straddle_tpp, h.cap, h.share, h.peers
