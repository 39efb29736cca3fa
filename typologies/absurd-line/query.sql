WITH usual AS (
  SELECT
    item, sum(ln(gross_weight_kg / quantity)) AS log_kg, count(*) AS times,
    sqrt(greatest(0.0, avg(ln(gross_weight_kg / quantity) * ln(gross_weight_kg / quantity)) - avg(ln(gross_weight_kg / quantity)) * avg(ln(gross_weight_kg / quantity)))) AS spread
  FROM lines
  WHERE gross_weight_kg > 0 AND quantity >= {{least_units}}
  GROUP BY item
),
of_buyer AS (
  SELECT item, ultimate_consignee, sum(ln(gross_weight_kg / quantity)) AS log_kg, count(*) AS times
  FROM lines
  WHERE gross_weight_kg > 0 AND quantity >= {{least_units}}
  GROUP BY item, ultimate_consignee
),
peers AS (
  -- What a unit weighs with everybody else: no buyer is its own measure.
  SELECT b.item, b.ultimate_consignee, exp((u.log_kg - b.log_kg) / CAST(u.times - b.times AS DOUBLE)) AS unit_kg, u.spread
  FROM of_buyer b
  JOIN usual u ON u.item = b.item
  WHERE u.times - b.times >= {{least_lines}}
),
judged AS (
  SELECT
    l.order_id, l.day, l.ultimate_consignee AS consignee, l.exporter, coalesce(l.tpp, 0) AS tpp, l.gross_weight_kg AS kg, l.quantity * p.unit_kg AS usual_kg, l.hs_code,
    CASE WHEN length(l.hs_code) >= 4 AND substr(l.hs_code, 1, 2) NOT IN ('84', '85', '90', '98', '99') THEN 1 ELSE 0 END AS chapter,
    CASE WHEN l.quantity >= {{least_units}} AND abs(l.gross_weight_kg - l.quantity * p.unit_kg) > {{least_kg}}
        AND (l.gross_weight_kg < {{light}} * l.quantity * p.unit_kg OR l.gross_weight_kg > {{heavy}} * l.quantity * p.unit_kg)
        AND abs(ln(l.gross_weight_kg / (l.quantity * p.unit_kg))) > {{spreads}} * p.spread
      THEN 1 ELSE 0 END AS off
  FROM lines l
  LEFT JOIN peers p ON p.item = l.item AND p.ultimate_consignee = l.ultimate_consignee
  WHERE l.controlled
),
by_buyer AS (
  SELECT
    consignee, count(*) AS all_lines, sum(chapter) AS chapters, sum(off) AS off, sum(CASE WHEN chapter + off > 0 THEN 1 ELSE 0 END) AS odd,
    sum(CASE WHEN chapter + off > 0 THEN tpp ELSE 0 END) AS tpp, min(CASE WHEN chapter + off > 0 THEN day END) AS first_day,
    max(CASE WHEN chapter + off > 0 THEN day END) AS last_day, sum(CASE WHEN off = 1 THEN kg ELSE 0.0 END) AS kg,
    sum(CASE WHEN off = 1 THEN usual_kg ELSE 0.0 END) AS usual_kg, min(CASE WHEN chapter = 1 THEN hs_code END) AS hs_code
  FROM judged
  GROUP BY consignee
),
scored AS (
  SELECT
    consignee, all_lines, chapters, off, odd, tpp, first_day, last_day, kg, usual_kg, hs_code,
    {{base}} + CASE WHEN chapters > 0 THEN {{chapter}} ELSE 0.0 END + CASE WHEN off > 0 THEN {{weight}} ELSE 0.0 END
      + least({{most_repeat}}, {{each}} * (odd - 1)) + {{share_slope}} * ln(odd / CAST(all_lines AS DOUBLE)) AS llr
  FROM by_buyer
  WHERE odd > 0
)
SELECT
  'X18' AS pattern,
  h.consignee AS key,
  array_agg(DISTINCT h.consignee) AS subjects,
  array_agg(DISTINCT j.order_id) AS orders,
  CAST(h.tpp AS BIGINT) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.odd AS STRING), ' of ', CAST(h.all_lines AS STRING), ' controlled lines for ', h.consignee, ' are declared as what they cannot be:',
    CASE WHEN h.chapters > 0 THEN concat(' ', CAST(h.chapters AS STRING), ' under a chapter of the tariff that holds no machines (for instance ', h.hs_code, ')') ELSE '' END,
    CASE WHEN h.chapters > 0 AND h.off > 0 THEN ',' ELSE '' END,
    CASE WHEN h.off > 0 THEN concat(' ', CAST(h.off AS STRING), ' of ', CAST(CAST(round(h.kg) AS BIGINT) AS STRING), ' kg where others need ',
      CAST(CAST(round(h.usual_kg) AS BIGINT) AS STRING), ' kg') ELSE '' END, '.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'lines' THEN CAST(h.all_lines AS STRING)
    WHEN 'wrong_chapter' THEN CAST(h.chapters AS STRING)
    ELSE CAST(h.off AS STRING) END)) AS facts
FROM scored h
JOIN judged j ON j.consignee = h.consignee AND j.chapter + j.off > 0
CROSS JOIN (VALUES ('lines'), ('wrong_chapter'), ('wrong_weight')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.consignee, h.all_lines, h.chapters, h.off, h.odd, h.tpp, h.first_day, h.last_day, h.kg, h.usual_kg, h.hs_code, h.llr
