WITH addressed AS (
  -- An address in plain letters, whatever stands between them.
  SELECT
    site_id, coalesce(country, '') AS country, coalesce(operator, owner) AS runs, owner, mw,
    concat(coalesce(country, ''), '/', replace(replace(replace(replace(replace(replace(lower(coalesce(address, site_id)), ' ', ''), ',', ''), '.', ''), '-', ''), '#', ''), '/', ''))
      AS place
  FROM sites
  WHERE coalesce(operator, owner) IS NOT NULL
),
placed AS (
  -- Whose halls a firm runs its machines in: the owner's that its entry names, or where none is named that of its neighbors at the same address.
  SELECT
    site_id, runs, mw,
    concat(CASE WHEN owner <> runs THEN owner ELSE coalesce(max(CASE WHEN owner <> runs THEN owner END) OVER (PARTITION BY place), runs) END, '/', country) AS hall,
    CASE WHEN owner <> runs THEN owner ELSE coalesce(max(CASE WHEN owner <> runs THEN owner END) OVER (PARTITION BY place), runs) END AS landlord
  FROM addressed
),
hall AS (
  -- Their figure is that of whoever lets them: the parts of tenants add up to no hall.
  SELECT
    p.hall, count(DISTINCT coalesce(q.root, p.runs)) AS firms, p.landlord, sum(CASE WHEN p.runs = p.landlord THEN p.mw END) AS mw,
    sum(CASE WHEN p.runs = p.landlord THEN 0.0 ELSE coalesce(p.mw, 0.0) END) AS claimed_mw
  FROM placed p
  LEFT JOIN parties q ON q.party_id = p.runs
  GROUP BY p.hall, p.landlord
  HAVING count(DISTINCT coalesce(q.root, p.runs)) > {{tenants}} AND count(DISTINCT coalesce(q.root, p.runs)) <= {{most_firms}} AND count(CASE WHEN p.runs = p.landlord AND p.mw IS NULL THEN 1 END) = 0
),
took AS (
  SELECT ultimate_consignee AS party_id, sum(chips) AS chips, sum(chips * tdp_w) * {{facility_per_chip_watt}} / 1000000.0 AS needed_mw, sum(tpp) AS tpp,
    min(day) AS first_day, max(day) AS last_day
  FROM lines
  WHERE controlled AND chips > 0 AND tdp_w > 0 AND coalesce(end_use, '') <> 'resale'
  GROUP BY ultimate_consignee
),
runs_at AS (
  SELECT hall, runs FROM placed GROUP BY hall, runs
),
elsewhere AS (
  -- Who runs other halls as well needs not all of its power here.
  SELECT runs, count(DISTINCT hall) AS halls FROM placed GROUP BY runs
),
judged AS (
  SELECT
    h.hall, h.firms, h.mw, h.claimed_mw, h.landlord,
    sum(coalesce(t.needed_mw, 0.0) / e.halls) AS needed_mw, sum(coalesce(t.chips, 0)) AS chips, sum(coalesce(t.tpp, 0)) AS tpp,
    count(t.party_id) AS takers, min(t.first_day) AS first_day, max(t.last_day) AS last_day
  FROM hall h
  JOIN runs_at a ON a.hall = h.hall
  JOIN elsewhere e ON e.runs = a.runs
  LEFT JOIN took t ON t.party_id = a.runs
  GROUP BY h.hall, h.firms, h.mw, h.claimed_mw, h.landlord
),
scored AS (
  SELECT
    hall, firms, mw, claimed_mw, needed_mw, chips, tpp, takers, landlord, first_day, last_day,
    {{base}} + least({{most}}, {{slope}} * ln(needed_mw / ({{over}} * mw))) + CASE WHEN claimed_mw > mw THEN {{claims}} ELSE 0.0 END AS llr
  FROM judged
  WHERE takers >= {{tenants}} AND chips >= {{least_chips}} AND mw > 0
    AND needed_mw > {{over}} * mw
)
SELECT
  'X13' AS pattern,
  h.hall AS key,
  array_agg(DISTINCT CASE r.role WHEN 'landlord' THEN h.landlord ELSE a.runs END) AS subjects,
  array_agg(DISTINCT l.order_id) FILTER (WHERE l.order_id IS NOT NULL) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.takers AS STRING), ' firms that took ', CAST(h.chips AS STRING), ' controlled chips run them in the halls of ', h.landlord, ', which have ',
    CAST(CAST(round(1000 * h.mw) AS BIGINT) AS STRING), ' kW; they claim ', CAST(CAST(round(1000 * h.claimed_mw) AS BIGINT) AS STRING),
    ' kW there, and their chips draw ', CAST(CAST(round(1000 * h.needed_mw) AS BIGINT) AS STRING), ' kW at a low estimate.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'firms' THEN CAST(h.firms AS STRING)
    WHEN 'chips' THEN CAST(h.chips AS STRING)
    WHEN 'hall_kw' THEN CAST(CAST(round(1000 * h.mw) AS BIGINT) AS STRING)
    WHEN 'claimed_kw' THEN CAST(CAST(round(1000 * h.claimed_mw) AS BIGINT) AS STRING)
    ELSE CAST(CAST(round(1000 * h.needed_mw) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN runs_at a ON a.hall = h.hall
LEFT JOIN lines l ON l.ultimate_consignee = a.runs AND l.controlled
CROSS JOIN (VALUES ('landlord'), ('tenant')) AS r (role)
CROSS JOIN (VALUES ('firms'), ('chips'), ('hall_kw'), ('claimed_kw'), ('needed_kw')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.hall, h.firms, h.landlord, h.mw, h.claimed_mw, h.needed_mw, h.chips, h.tpp, h.takers, h.first_day, h.last_day, h.llr
