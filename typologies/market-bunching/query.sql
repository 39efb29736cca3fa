WITH shipment AS (
  SELECT
    order_id, max(exporter) AS exporter, max(destination) AS destination, min(day) AS day, min(year) AS year, min(quarter_no) AS quarter_no,
    sum(tpp) AS tpp, CASE WHEN sum(chips) % 8 = 0 THEN 'eights' ELSE 'others' END AS residue
  FROM lines
  WHERE controlled AND tpp > 0 AND coalesce(tier, 2) = 2 AND coalesce(authorization, 'LPP') IN ('LPP', 'NLR')
  GROUP BY order_id
),
sized AS (
  SELECT
    t.name AS threshold, s.order_id, s.exporter, s.destination, s.day, s.year, s.quarter_no, s.tpp, s.residue,
    CAST(s.tpp AS DOUBLE) / CASE t.name WHEN 'notice floor' THEN w.notice_floor ELSE w.lpp_cap END AS size
  FROM law w
  CROSS JOIN (VALUES ('notice floor'), ('LPP limit')) AS t (name)
  CROSS JOIN shipment s
  WHERE s.day >= w.announced_day
),
unit AS (
  SELECT
    s.threshold, g.level, CASE g.level WHEN 'exporter' THEN s.exporter ELSE s.destination END AS name,
    CASE g.level WHEN 'exporter' THEN s.year ELSE s.quarter_no END AS period, s.residue,
    count(*) AS near,
    sum(CASE WHEN s.size >= {{band}} AND s.size < 1 THEN 1 ELSE 0 END) AS in_band,
    sum(CASE WHEN s.size >= 1 AND s.size < 1.25 THEN 1 ELSE 0 END) AS above,
    sum(CASE WHEN s.size >= {{band}} AND s.size < 1 THEN s.tpp ELSE 0 END) AS tpp,
    min(s.day) AS first_day, max(s.day) AS last_day
  FROM (VALUES ('exporter'), ('country')) AS g (level)
  CROSS JOIN sized s
  WHERE s.size >= {{low}} AND s.size < {{high}}
  GROUP BY s.threshold, g.level, CASE g.level WHEN 'exporter' THEN s.exporter ELSE s.destination END,
    CASE g.level WHEN 'exporter' THEN s.year ELSE s.quarter_no END, s.residue
),
peered AS (
  SELECT
    threshold, level, name, period, near, in_band, above, tpp, first_day, last_day,
    least(0.84, (sum(in_band) OVER (PARTITION BY threshold, level, residue) - in_band + {{prior_share}} * {{prior_shipments}})
      / CAST(sum(near) OVER (PARTITION BY threshold, level, residue) - near + {{prior_shipments}} AS DOUBLE)) AS peers
  FROM unit
  WHERE name IS NOT NULL
),
scored AS (
  SELECT
    threshold, level, name, period, sum(near) AS near, sum(in_band) AS in_band, sum(above) AS above, sum(tpp) AS tpp,
    min(first_day) AS first_day, max(last_day) AS last_day, sum(peers * near) / sum(near) AS peers,
    {{base}} + least({{most}}, sum(in_band * ln({{evader_share}} / peers) + (near - in_band) * ln((1 - {{evader_share}}) / (1 - peers)))) AS llr
  FROM peered
  GROUP BY threshold, level, name, period
)
SELECT
  'T06' AS pattern,
  concat(h.threshold, '/', h.level, '/', h.name, '/', CAST(h.period AS STRING)) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'seller' THEN coalesce(l.exporter, l.ultimate_consignee) ELSE l.ultimate_consignee END) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.in_band AS STRING), ' of ', CAST(h.near AS STRING), ' shipments of ', h.level, ' ', h.name, ' of about the ', h.threshold,
    ' lie just under it and ', CAST(h.above AS STRING), ' just over it; elsewhere ', CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING),
    ' % lie under.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'under' THEN CAST(h.in_band AS STRING)
    WHEN 'just_over' THEN CAST(h.above AS STRING)
    WHEN 'about_the_threshold' THEN CAST(h.near AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM law w
CROSS JOIN scored h
JOIN (
  SELECT
    o.order_id, o.exporter, o.ultimate_consignee, o.tpp, o.day, g.level, CASE g.level WHEN 'exporter' THEN o.exporter ELSE o.destination END AS name,
    CASE g.level WHEN 'exporter' THEN o.year ELSE o.quarter_no END AS period
  FROM (VALUES ('exporter'), ('country')) AS g (level)
  CROSS JOIN (
    SELECT
      order_id, max(exporter) AS exporter, max(destination) AS destination, max(ultimate_consignee) AS ultimate_consignee, min(day) AS day,
      min(year) AS year, min(quarter_no) AS quarter_no, sum(tpp) AS tpp
    FROM lines
    WHERE controlled AND tpp > 0 AND coalesce(tier, 2) = 2 AND coalesce(authorization, 'LPP') IN ('LPP', 'NLR')
    GROUP BY order_id
  ) AS o
) AS l ON l.level = h.level AND l.name = h.name AND l.period = h.period
CROSS JOIN (VALUES ('seller'), ('buyer')) AS r (role)
CROSS JOIN (VALUES ('under'), ('just_over'), ('about_the_threshold'), ('peers_percent')) AS f (name)
WHERE l.day >= w.announced_day AND l.tpp >= {{band}} * CASE h.threshold WHEN 'notice floor' THEN w.notice_floor ELSE w.lpp_cap END
  AND l.tpp < CASE h.threshold WHEN 'notice floor' THEN w.notice_floor ELSE w.lpp_cap END
  AND h.llr >= {{least}} AND h.in_band >= {{least_in_band}} AND h.in_band >= {{times_above}} * (h.above + 1)
GROUP BY h.threshold, h.level, h.name, h.period, h.tpp, h.first_day, h.last_day, h.llr, h.in_band, h.near, h.above, h.peers
