WITH worded AS (
  SELECT
    l.order_id, l.day, coalesce(l.exporter, l.root) AS exporter, l.quantity, l.chips, l.tpp, l.controlled,
    concat(' ', lower(coalesce(l.description, '')), ' ') AS d,
    CASE WHEN i.hs_codes IS NOT NULL AND length(l.hs_code) >= 4
        AND concat(';', replace(i.hs_codes, '.', '')) NOT LIKE concat('%;', substr(replace(l.hs_code, '.', ''), 1, 4), '%')
      THEN 1 ELSE 0 END AS wrong_heading,
    -- The first two digits are the chapter, the same in every country: goods of another are another trade altogether.
    CASE WHEN i.hs_codes IS NOT NULL AND length(l.hs_code) >= 4
        AND concat(';', replace(i.hs_codes, '.', '')) NOT LIKE concat('%;', substr(replace(l.hs_code, '.', ''), 1, 2), '%')
        AND substr(l.hs_code, 1, 2) NOT IN ('84', '85', '98', '99')
      THEN 1 ELSE 0 END AS wrong_chapter,
    CASE WHEN l.gross_weight_kg > 0 AND l.quantity * l.unit_price_usd / l.gross_weight_kg > 50 * h.usd_per_kg_p50 THEN 1 ELSE 0 END AS dear
  FROM lines l
  LEFT JOIN items i ON i.item = l.item
  LEFT JOIN hs h ON h.hs_code = l.hs_code
  WHERE (l.controlled OR l.kind IN ('ic', 'board', 'server', 'rack'))
    AND ((l.description IS NOT NULL AND replace(lower(l.description), lower(l.item), '') = lower(l.description))
      OR (length(l.hs_code) >= 4 AND substr(l.hs_code, 1, 2) NOT IN ('84', '85', '98', '99')))
),
word AS (
  -- The same words are read once, on however many lines they stand.
  SELECT
    d,
    CASE
      WHEN d LIKE '%empty%' OR d LIKE '%nothing%' THEN 'none'
      WHEN (d LIKE '%adapter%' OR d LIKE '%adaptor%' OR d LIKE '%contactor%' OR d LIKE '%power suppl%' OR d LIKE '%transformer%' OR d LIKE '%cable%'
        OR d LIKE '% fan%' OR d LIKE '%heat sink%' OR d LIKE '%lamp%' OR d LIKE '%toy%' OR d LIKE '% tea %' OR d LIKE '%garment%'
        OR d LIKE '%cloth%' OR d LIKE '%shoe%' OR d LIKE '%textile%' OR d LIKE '%furniture%' OR d LIKE '% food%' OR d LIKE '%fruit%'
        OR d LIKE '%ceramic%' OR d LIKE '%plastic%' OR d LIKE '%auto part%' OR d LIKE '%car part%' OR d LIKE '%monitor%'
        OR d LIKE '%keyboard%' OR d LIKE '%printer%' OR d LIKE '%book%' OR d LIKE '%household%' OR d LIKE '%personal%'
        OR d LIKE '%luggage%' OR d LIKE '%scrap%' OR d LIKE '%waste%' OR d LIKE '%gift%')
        AND d NOT LIKE '%gpu%' AND d NOT LIKE '%graphic%' AND d NOT LIKE '%accelerator%' AND d NOT LIKE '%server%' THEN 'wrong'
      WHEN d LIKE '%sample%' THEN 'sample'
      WHEN d LIKE '%gpu%' OR d LIKE '%graphic%' OR d LIKE '%video%' OR d LIKE '%accelerator%' OR d LIKE '%processor%'
        OR d LIKE '%processing unit%' OR d LIKE '%server%' OR d LIKE '%chip%' OR d LIKE '%integrated circuit%' OR d LIKE '% ic %'
        OR d LIKE '%semiconductor%' OR d LIKE '% card%' OR d LIKE '%nvidia%' OR d LIKE '%hgx%' OR d LIKE '%dgx%' OR d LIKE '%tensor%'
        OR d LIKE '%data processing%' OR d LIKE '%supercomput%' OR d LIKE '%workstation%' OR d LIKE '%rack%' OR d LIKE '%100%'
        OR d LIKE '%200%' OR d LIKE '%300%' OR d LIKE '%4090%' OR d LIKE '%5090%' OR d LIKE '%memory%' OR d LIKE '%converter%'
        OR d LIKE '%weights%' THEN 'plain'
      WHEN d LIKE '%part%' OR d LIKE '%component%' OR d LIKE '%goods%' OR d LIKE '%electronic%'
        OR d LIKE '%equipment%' OR d LIKE '%accessor%' OR d LIKE '%cargo%' OR d LIKE '%merchandise%' OR d LIKE '%hardware%'
        OR d LIKE '%device%' OR d LIKE '%machine%' OR d LIKE '%unmarked%' OR d LIKE '%misc%' OR d LIKE '%spare%' OR d LIKE '%used%'
        OR d LIKE '%module%' OR d LIKE '%unit%' OR d LIKE '%product%' OR d LIKE '%item%' THEN 'vague'
      ELSE 'plain' END AS said
  FROM (SELECT DISTINCT concat(' ', lower(description), ' ') AS d FROM lines WHERE description IS NOT NULL) AS own
),
classed AS (
  SELECT
    l.order_id, l.day, l.exporter, l.quantity, l.tpp, l.d, l.wrong_heading, l.wrong_chapter, l.dear, l.controlled,
    CASE w.said
      WHEN 'sample' THEN CASE WHEN l.quantity >= {{sample_units}} THEN 'sample' ELSE 'plain' END
      WHEN 'vague' THEN CASE WHEN l.controlled AND l.chips >= {{least_chips}} THEN 'vague' ELSE 'plain' END
      ELSE coalesce(w.said, 'plain') END AS class
  FROM worded l
  LEFT JOIN word w ON w.d = l.d
),
by_exporter AS (
  SELECT
    exporter, count(*) AS described,
    sum(CASE WHEN class = 'wrong' THEN 1 ELSE 0 END) AS wrong,
    sum(CASE WHEN class = 'vague' THEN 1 ELSE 0 END) AS vague,
    sum(CASE WHEN class = 'sample' THEN 1 ELSE 0 END) AS sample,
    sum(CASE WHEN wrong_heading = 1 AND class <> 'none' THEN 1 ELSE 0 END) AS heading,
    sum(CASE WHEN class <> 'none' THEN wrong_chapter ELSE 0 END) AS chapter,
    max(CASE WHEN class IN ('wrong', 'vague', 'sample') THEN dear ELSE 0 END) AS dear,
    sum(CASE WHEN class IN ('wrong', 'vague', 'sample') OR (wrong_heading = 1 AND class <> 'none') THEN 1 ELSE 0 END) AS odd,
    sum(CASE WHEN class IN ('wrong', 'vague', 'sample') OR (wrong_heading = 1 AND class <> 'none') THEN tpp ELSE 0 END) AS tpp,
    min(CASE WHEN class IN ('wrong', 'vague', 'sample') OR (wrong_heading = 1 AND class <> 'none') THEN day END) AS first_day,
    max(CASE WHEN class IN ('wrong', 'vague', 'sample') OR (wrong_heading = 1 AND class <> 'none') THEN day END) AS last_day,
    min(CASE WHEN class IN ('wrong', 'vague', 'sample') OR (wrong_heading = 1 AND class <> 'none') THEN trim(d) END) AS words,
    array_agg(DISTINCT order_id) FILTER (WHERE class IN ('wrong', 'vague', 'sample') OR (wrong_heading = 1 AND class <> 'none')) AS orders
  FROM classed
  GROUP BY exporter
),
peered AS (
  SELECT
    exporter, described, wrong, vague, sample, heading, chapter, dear, odd, tpp, first_day, last_day, words, orders,
    (sum(wrong) OVER () - wrong + {{prior_wrong}} * {{prior_lines}})
      / CAST(sum(described) OVER () - described + {{prior_lines}} AS DOUBLE) AS peers_wrong,
    (sum(vague) OVER () - vague + {{prior_vague}} * {{prior_lines}})
      / CAST(sum(described) OVER () - described + {{prior_lines}} AS DOUBLE) AS peers_vague,
    (sum(heading) OVER () - heading + {{prior_wrong}} * {{prior_lines}})
      / CAST(sum(described) OVER () - described + {{prior_lines}} AS DOUBLE) AS peers_heading
  FROM by_exporter
),
scored AS (
  SELECT
    exporter, described, wrong, vague, sample, heading, chapter, dear, odd, coalesce(tpp, 0) AS tpp, first_day, last_day, words, orders,
    peers_wrong, peers_vague,
    {{base}}
      + greatest(
        CASE WHEN wrong > 0 THEN least({{most_wrong}}, ln({{evader_share}} / peers_wrong)) ELSE 0.0 END,
        CASE WHEN sample > 0 THEN {{sample}} ELSE 0.0 END,
        -- How much likelier the vague and the clear lines are at an evader's share than at the peers'; where the peers are as vague, it says nothing.
        CASE WHEN vague > 0 AND peers_vague < {{evader_share}} THEN least({{most_vague}}, vague * ln({{evader_share}} / peers_vague)
          + (described - vague) * ln((1.0 - {{evader_share}}) / (1.0 - peers_vague))) ELSE 0.0 END,
        CASE WHEN chapter > 0 THEN {{chapter}} ELSE 0.0 END)
      + CASE WHEN heading > 0 THEN greatest(0.0, least({{heading}},
        ln((heading + peers_heading * {{prior_lines}}) / CAST(described + {{prior_lines}} AS DOUBLE) / peers_heading))) ELSE 0.0 END
      + CASE WHEN dear = 1 THEN {{dear}} ELSE 0.0 END
      + least({{most_repeat}}, 0.3 * ln(odd))
      + CASE WHEN chapter > 0 THEN 0.0 ELSE least(0.0, ln(3 * odd / CAST(described AS DOUBLE))) END AS llr
  FROM peered
  WHERE odd > 0
)
SELECT
  'T30' AS pattern,
  h.exporter AS key,
  array_agg(DISTINCT h.exporter) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.exporter, ' described ', CAST(h.odd AS STRING), ' of ', CAST(h.described AS STRING), 
    ' lines of chips or accelerators as something else, vaguely or under a foreign heading',
    CASE WHEN h.words IS NULL OR h.words = '' THEN '' ELSE concat(' (for instance "', h.words, '")') END,
    CASE WHEN h.chapter > 0 THEN concat('; ', CAST(h.chapter AS STRING), ' under a chapter of the tariff that holds no machines.') ELSE '.' END) AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'wrong' THEN CAST(h.wrong AS STRING)
    WHEN 'samples' THEN CAST(h.sample AS STRING)
    WHEN 'vague' THEN CAST(h.vague AS STRING)
    WHEN 'foreign_heading' THEN CAST(h.heading AS STRING)
    WHEN 'lines' THEN CAST(h.described AS STRING)
    WHEN 'peers_wrong_permille' THEN CAST(CAST(round(1000 * h.peers_wrong) AS BIGINT) AS STRING)
    ELSE CAST(CAST(round(1000 * h.peers_vague) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('wrong'), ('samples'), ('vague'), ('foreign_heading'), ('lines'), ('peers_wrong_permille'),
  ('peers_vague_permille')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.exporter, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.odd, h.described,
  h.words, h.wrong, h.sample, h.vague, h.heading, h.chapter, h.peers_wrong, h.peers_vague
