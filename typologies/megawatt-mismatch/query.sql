WITH received AS (
  SELECT root, day, chips, tdp_w, tpp, CASE WHEN end_use IS NOT NULL THEN chips ELSE 0 END AS used
  FROM lines
  WHERE controlled AND chips > 0 AND tdp_w > 0 AND coalesce(end_use, '') <> 'resale'
),
sent AS (
  SELECT p.root, l.day, -l.chips AS chips, l.tdp_w, -l.tpp AS tpp, 0 AS used
  FROM lines l
  JOIN parties p ON p.party_id = l.exporter
  WHERE l.controlled AND l.chips > 0 AND l.tdp_w > 0 AND p.root <> l.root
),
moved AS (
  SELECT root, day, chips, tdp_w, tpp, used FROM received
  UNION ALL
  SELECT root, day, chips, tdp_w, tpp, used FROM sent
),
held AS (
  SELECT
    m.root, sum(m.chips) AS chips, sum(m.tpp) AS tpp, sum(m.used) AS used, sum(m.chips * m.tdp_w) * {{facility_per_chip_watt}} / 1000000.0 AS needed_mw
  FROM law w
  CROSS JOIN moved m
  WHERE m.day > w.last_day - {{years_days}}
  GROUP BY m.root
),
declared AS (
  SELECT root, sum(data_center_mw) AS mw
  FROM parties
  WHERE data_center_mw > 0
  GROUP BY root
),
sited AS (
  SELECT
    coalesce(p.root, s.operator, s.owner) AS root,
    sum(CASE WHEN coalesce(s.commissioned_day, w.last_day) <= w.last_day + {{build_ahead_days}} THEN s.mw ELSE 0.0 END) AS mw,
    sum(CASE WHEN s.mw IS NULL THEN 1 ELSE 0 END) AS unknown
  FROM law w
  CROSS JOIN sites s
  LEFT JOIN parties p ON p.party_id = coalesce(s.operator, s.owner)
  GROUP BY coalesce(p.root, s.operator, s.owner)
),
unpowered AS (
  -- Who takes chips and shows no power at all: its share of the need cannot be told from that of the others.
  SELECT t.root, count(*) AS takers
  FROM (SELECT DISTINCT root, ultimate_consignee FROM lines WHERE controlled AND chips > 0) AS t
  LEFT JOIN parties p ON p.party_id = t.ultimate_consignee
  LEFT JOIN (SELECT DISTINCT coalesce(operator, owner) AS runs FROM sites) AS s ON s.runs = t.ultimate_consignee
  WHERE p.data_center_mw IS NULL AND s.runs IS NULL
  GROUP BY t.root
),
fed AS (
  SELECT h.root, h.chips, h.tpp, h.needed_mw,
    -- What stands counts before what is said; who says that it has more is believed in part.
    CASE WHEN s.mw > 0 THEN s.mw ELSE coalesce(d.mw, 0.0) END AS mw, CASE WHEN d.mw >= h.needed_mw AND s.mw > 0 THEN 1 ELSE 0 END AS says_more
  FROM held h
  LEFT JOIN declared d ON d.root = h.root
  LEFT JOIN sited s ON s.root = h.root
  LEFT JOIN parties b ON b.party_id = h.root
  LEFT JOIN unpowered u ON u.root = h.root
  WHERE h.chips > 0 AND coalesce(s.unknown, 0) = 0 AND coalesce(u.takers, 0) = 0
    -- A dealer's stock needs no power, unless the papers say that the goods are for use.
    AND (2 * h.used >= h.chips OR (lower(coalesce(b.business, '')) NOT LIKE '%distribut%' AND lower(coalesce(b.business, '')) NOT LIKE '%resale%'
    AND lower(coalesce(b.business, '')) NOT LIKE '%resell%' AND lower(coalesce(b.business, '')) NOT LIKE '%wholesale%'
    AND lower(coalesce(b.business, '')) NOT LIKE '%dealer%' AND lower(coalesce(b.business, '')) NOT LIKE '%export%'))
),
peered AS (
  SELECT
    root, chips, tpp, needed_mw, mw, says_more, needed_mw / mw AS ratio,
    (sum(CASE WHEN needed_mw > {{over}} * mw THEN 1 ELSE 0 END) OVER () - CASE WHEN needed_mw > {{over}} * mw THEN 1 ELSE 0 END
      + {{prior_share}} * {{prior_operators}}) / CAST(count(*) OVER () - 1 + {{prior_operators}} AS DOUBLE) AS peers
  FROM fed
  WHERE mw > 0
),
scored AS (
  SELECT
    root, chips, tpp, needed_mw, mw, ratio, peers,
    -- A little over is what spares, phases and rounding make; the further over, the less an honest operator's error explains it, as the square of the logarithm.
    -- Racks for half a megawatt are let in any town and stand in no table; a hall of two is a building.
    {{base}} + says_more * {{says_more}}
      + least(1.0, ln(ratio / {{over}}) / ln({{plain}} / {{over}})) * least({{most_relative}}, ln({{evader_share}} / peers))
      + {{slope}} * ln(ratio / {{over}}) + CASE WHEN ratio > {{absurd}} THEN {{absurd_slope}} * ln(ratio / {{absurd}}) ELSE 0.0 END
      + least(1.0, greatest(0.0, (needed_mw - mw - {{rack_mw}}) / ({{hall_mw}} - {{rack_mw}})))
        * least({{most_error}}, 0.5 * (ln(ratio) / {{error}}) * (ln(ratio) / {{error}})) AS llr
  FROM peered
  WHERE ratio > {{over}} AND chips >= {{least_chips}}
)
SELECT
  'T44' AS pattern,
  h.root AS key,
  array_agg(DISTINCT l.ultimate_consignee) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  CAST(round(coalesce(h.tpp, 0) * (1.0 - 1.0 / h.ratio)) AS BIGINT) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  h.llr,
  concat(h.root, ' holds ', CAST(h.chips AS STRING), ' accelerators, which need at least ', CAST(CAST(round(h.needed_mw) AS BIGINT) AS STRING),
    ' MW; it has ', CAST(CAST(round(h.mw) AS BIGINT) AS STRING), ' MW: ',
    CAST(CAST(round(100 * h.ratio) AS BIGINT) AS STRING), ' % of it.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'accelerators' THEN CAST(h.chips AS STRING)
    WHEN 'needed_kw' THEN CAST(CAST(round(1000 * h.needed_mw) AS BIGINT) AS STRING)
    WHEN 'known_kw' THEN CAST(CAST(round(1000 * h.mw) AS BIGINT) AS STRING)
    WHEN 'ratio_percent' THEN CAST(CAST(round(100 * h.ratio) AS BIGINT) AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.root = h.root AND l.controlled AND l.tdp_w > 0 AND coalesce(l.end_use, '') <> 'resale'
CROSS JOIN (VALUES ('accelerators'), ('needed_kw'), ('known_kw'), ('ratio_percent'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.root, h.chips, h.tpp, h.needed_mw, h.mw, h.ratio, h.peers, h.llr
