-- A street without a town is no place: "1 Main Street" stands everywhere.
WITH visit AS (
  SELECT l.root, l.day, l.tpp, concat('party ', coalesce(l.freight_forwarder, l.intermediate_consignee)) AS place
  FROM lines l
  WHERE l.controlled AND coalesce(l.freight_forwarder, l.intermediate_consignee) IS NOT NULL
  UNION ALL
  SELECT l.root, l.day, l.tpp, concat('address ', lower(p.address), ', ', lower(coalesce(p.city, '')), ', ', coalesce(p.country, '')) AS place
  FROM lines l
  JOIN parties p ON p.party_id = l.ultimate_consignee
  WHERE l.controlled AND (p.city IS NOT NULL OR p.address LIKE '%,%')
),
arrival AS (
  SELECT place, root, min(day) AS day, sum(tpp) AS tpp
  FROM visit
  GROUP BY place, root
),
novelty AS (
  SELECT root, min(day) AS began
  FROM lines
  WHERE controlled
  GROUP BY root
),
placed AS (
  SELECT
    a.place, a.root, a.day, a.tpp,
    CASE WHEN a.day - n.began <= {{new_within}} THEN 1 ELSE 0 END AS fresh,
    min(a.day) OVER (PARTITION BY a.place) AS place_began
  FROM arrival a
  JOIN novelty n ON n.root = a.root
),
moving AS (
  SELECT
    place, root, day, place_began,
    count(*) OVER (PARTITION BY place ORDER BY day RANGE BETWEEN {{window_back}} PRECEDING AND CURRENT ROW) AS buyers,
    sum(fresh) OVER (PARTITION BY place ORDER BY day RANGE BETWEEN {{window_back}} PRECEDING AND CURRENT ROW) AS fresh,
    sum(tpp) OVER (PARTITION BY place ORDER BY day RANGE BETWEEN {{window_back}} PRECEDING AND CURRENT ROW) AS tpp,
    count(*) OVER (PARTITION BY place ORDER BY day RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
      - count(*) OVER (PARTITION BY place ORDER BY day RANGE BETWEEN {{window_back}} PRECEDING AND CURRENT ROW) AS before,
    count(*) OVER (PARTITION BY place) AS ever
  FROM placed
),
burst AS (
  SELECT
    place, day, buyers, fresh, tpp, before, ever, place_began,
    greatest({{least_expected}}, 30 * before / CAST(greatest(30, day - place_began) AS DOUBLE)) AS expected,
    row_number() OVER (PARTITION BY place ORDER BY fresh DESC, day, buyers DESC) AS turn
  FROM moving
  WHERE fresh >= {{least_buyers}} AND before * 2 <= buyers
),
scored AS (
  SELECT
    b.place, b.day, b.buyers, b.fresh, b.tpp, b.before, b.ever,
    {{base}} + least({{most}}, b.fresh * ln(b.fresh / b.expected) - (b.fresh - b.expected)) - ln(b.ever / CAST(b.buyers + b.before AS DOUBLE)) AS llr
  FROM burst b
  CROSS JOIN (SELECT min(day) AS day FROM lines) AS s
  WHERE b.turn = 1 AND b.day - {{window_back}} >= s.day + {{warm_up}}
)
SELECT
  'T26' AS pattern,
  h.place AS key,
  array_agg(DISTINCT CASE r.role WHEN 'place' THEN coalesce(l.freight_forwarder, l.intermediate_consignee, l.ultimate_consignee)
    ELSE l.ultimate_consignee END) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  h.llr,
  concat(CAST(h.fresh AS STRING), ' unrelated buyers, new to controlled goods, came to ', h.place, ' within 30 days; ',
    CAST(h.before AS STRING), ' had come in all the time before.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'buyers' THEN CAST(h.buyers AS STRING)
    WHEN 'new_buyers' THEN CAST(h.fresh AS STRING)
    WHEN 'buyers_before' THEN CAST(h.before AS STRING)
    ELSE CAST(h.ever AS STRING) END)) AS facts
FROM scored h
JOIN (
  SELECT
    l.order_id, l.day, l.ultimate_consignee, l.freight_forwarder, l.intermediate_consignee,
    CASE k.kind WHEN 'party' THEN concat('party ', coalesce(l.freight_forwarder, l.intermediate_consignee))
      ELSE concat('address ', lower(p.address), ', ', lower(coalesce(p.city, '')), ', ', coalesce(p.country, '')) END AS place
  FROM lines l
  LEFT JOIN parties p ON p.party_id = l.ultimate_consignee
  CROSS JOIN (VALUES ('party'), ('address')) AS k (kind)
  WHERE l.controlled
) l ON l.place = h.place
CROSS JOIN (VALUES ('place'), ('buyer')) AS r (role)
CROSS JOIN (VALUES ('buyers'), ('new_buyers'), ('buyers_before'), ('buyers_ever')) AS f (name)
WHERE h.llr >= {{least}} AND l.day >= h.day - {{window_back}} AND l.day <= h.day
GROUP BY h.place, h.tpp, h.llr, h.buyers, h.fresh, h.before, h.ever
