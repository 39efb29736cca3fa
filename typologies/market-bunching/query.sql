WITH near AS (
  -- Few shipments are about a threshold (here one part in a hundred more, for rounding): of all others only the sum is needed.
  SELECT l.order_id
  FROM law w
  CROSS JOIN lines l
  WHERE l.controlled AND l.tpp > 0 AND coalesce(l.tier, 2) = 2 AND coalesce(l.authorization, 'LPP') IN ('LPP', 'NLR')
  GROUP BY l.order_id
  HAVING sum(l.tpp) >= 0.99 * {{low}} * least(max(w.notice_floor), max(w.lpp_cap))
    AND sum(l.tpp) <= 1.01 * {{high}} * greatest(max(w.notice_floor), max(w.lpp_cap))
),
shipment AS (
  SELECT
    n.order_id, max(l.exporter) AS exporter, max(l.destination) AS destination, max(l.ultimate_consignee) AS consignee, min(l.day) AS day,
    min(l.year) AS year, min(l.quarter_no) AS quarter_no, sum(l.tpp) AS tpp, CASE WHEN sum(l.chips) % 8 = 0 THEN 'eights' ELSE 'others' END AS residue
  FROM near n
  JOIN lines l ON l.order_id = n.order_id
  WHERE l.controlled AND l.tpp > 0 AND coalesce(l.tier, 2) = 2 AND coalesce(l.authorization, 'LPP') IN ('LPP', 'NLR')
  GROUP BY n.order_id
),
sized AS (
  SELECT
    t.name AS threshold, g.level, CASE g.level WHEN 'exporter' THEN s.exporter ELSE s.destination END AS name,
    CASE g.level WHEN 'exporter' THEN s.year ELSE s.quarter_no END AS period, s.order_id, s.exporter, s.consignee, s.day, s.tpp, s.residue,
    CAST(s.tpp AS DOUBLE) / CASE t.name WHEN 'notice floor' THEN w.notice_floor ELSE w.lpp_cap END AS size
  FROM law w
  CROSS JOIN (VALUES ('notice floor'), ('LPP limit')) AS t (name)
  CROSS JOIN (VALUES ('exporter'), ('country')) AS g (level)
  CROSS JOIN shipment s
  WHERE s.day >= w.announced_day
),
unit AS (
  SELECT
    threshold, level, name, period, residue, order_id, exporter, consignee, day, tpp,
    CASE WHEN size >= {{band}} AND size < 1 THEN 1 ELSE 0 END AS in_band, CASE WHEN size >= 1 AND size < 1.25 THEN 1 ELSE 0 END AS above
  FROM sized
  WHERE size >= {{low}} AND size < {{high}} AND name IS NOT NULL
),
peered AS (
  SELECT
    threshold, level, name, period, order_id, exporter, consignee, day, tpp, in_band, above,
    least(0.84, (sum(in_band) OVER (PARTITION BY threshold, level, residue)
        - sum(in_band) OVER (PARTITION BY threshold, level, residue, name, period) + {{prior_share}} * {{prior_shipments}})
      / CAST(count(*) OVER (PARTITION BY threshold, level, residue)
        - count(*) OVER (PARTITION BY threshold, level, residue, name, period) + {{prior_shipments}} AS DOUBLE)) AS peers
  FROM unit
),
scored AS (
  -- Each shipment with the sums of its unit.
  SELECT
    threshold, level, name, period, order_id, exporter, consignee, in_band AS under,
    count(*) OVER (PARTITION BY threshold, level, name, period) AS near,
    sum(in_band) OVER (PARTITION BY threshold, level, name, period) AS in_band,
    sum(above) OVER (PARTITION BY threshold, level, name, period) AS above,
    sum(in_band * tpp) OVER (PARTITION BY threshold, level, name, period) AS tpp,
    min(day) OVER (PARTITION BY threshold, level, name, period) AS first_day,
    max(day) OVER (PARTITION BY threshold, level, name, period) AS last_day,
    avg(peers) OVER (PARTITION BY threshold, level, name, period) AS peers,
    {{base}} + least({{most}}, sum(CASE WHEN in_band = 1 THEN ln({{evader_share}} / peers) ELSE ln((1 - {{evader_share}}) / (1 - peers)) END)
      OVER (PARTITION BY threshold, level, name, period)) AS llr
  FROM peered
)
SELECT
  'T06' AS pattern,
  concat(h.threshold, '/', h.level, '/', h.name, '/', CAST(h.period AS STRING)) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'seller' THEN coalesce(h.exporter, h.consignee) ELSE h.consignee END) AS subjects,
  array_agg(DISTINCT h.order_id) AS orders,
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
FROM scored h
CROSS JOIN (VALUES ('seller'), ('buyer')) AS r (role)
CROSS JOIN (VALUES ('under'), ('just_over'), ('about_the_threshold'), ('peers_percent')) AS f (name)
WHERE h.under = 1 AND h.llr >= {{least}} AND h.in_band >= {{least_in_band}} AND h.in_band >= {{times_above}} * (h.above + 1)
GROUP BY h.threshold, h.level, h.name, h.period, h.tpp, h.first_day, h.last_day, h.llr, h.in_band, h.near, h.above, h.peers
