WITH shown AS (
  SELECT DISTINCT
    coalesce(v.site_id, v.party) AS place, v.day AS visit_day, s.serial, s.item, s.country,
    coalesce(t.operator, t.owner, v.party) AS holder, coalesce(t.country, s.country) AS place_country
  FROM inspections v
  LEFT JOIN sites t ON t.site_id = v.site_id
  JOIN serials s ON coalesce(s.site_id, s.party) = coalesce(v.site_id, v.party)
    AND s.day >= v.day - {{shown_days}} AND s.day <= v.day + {{visit_days}}
  WHERE s.event IN ('seen', 'installed', 'powered_on')
),
later AS (
  SELECT
    s.serial, s.day, s.country, coalesce(t.operator, t.owner, s.party) AS holder, coalesce(p.root, t.operator, t.owner, s.party) AS root,
    coalesce(s.site_id, s.party) AS place, coalesce(p.tier, 2) AS tier
  FROM serials s
  LEFT JOIN sites t ON t.site_id = s.site_id
  LEFT JOIN parties p ON p.party_id = coalesce(t.operator, t.owner, s.party)
  WHERE s.event IN ('seen', 'installed', 'powered_on')
),
moved AS (
  SELECT
    h.place, h.visit_day, h.serial, h.item, h.holder, h.country, coalesce(p.root, h.holder) AS root,
    max(CASE WHEN coalesce(l.place, l.serial) <> h.place AND (l.country <> h.place_country OR l.root <> coalesce(p.root, h.holder)) THEN 1 ELSE 0 END) AS moved,
    max(CASE WHEN coalesce(l.place, l.serial) <> h.place AND l.country <> h.place_country THEN 1 ELSE 0 END) AS abroad,
    max(CASE WHEN coalesce(l.place, l.serial) <> h.place AND l.country <> h.place_country AND (l.tier = 3 OR l.country IN ('CN', 'HK', 'MO', 'RU'))
      THEN 1 ELSE 0 END) AS concern,
    max(CASE WHEN coalesce(l.place, l.serial) <> h.place THEN l.day END) AS last_day,
    min(CASE WHEN coalesce(l.place, l.serial) <> h.place AND (l.country <> h.place_country OR l.root <> coalesce(p.root, h.holder)) THEN l.holder END) AS new_holder
  FROM shown h
  LEFT JOIN parties p ON p.party_id = h.holder
  LEFT JOIN later l ON l.serial = h.serial AND l.day >= h.visit_day AND l.day <= h.visit_day + {{within_days}}
  GROUP BY h.place, h.visit_day, h.serial, h.item, h.holder, h.country, coalesce(p.root, h.holder)
),
by_visit AS (
  SELECT
    m.place, m.visit_day, m.root, count(DISTINCT m.serial) AS shown, count(DISTINCT CASE WHEN m.moved = 1 THEN m.serial END) AS moved,
    max(m.abroad) AS abroad, max(m.concern) AS concern, max(m.last_day) AS last_day,
    sum(CASE WHEN m.moved = 1 AND r.role = 'shown' THEN coalesce(i.unit_tpp, 0.0) ELSE 0.0 END) AS tpp, max(m.item) AS item,
    array_agg(DISTINCT CASE r.role WHEN 'shown' THEN coalesce(m.holder, m.place) ELSE coalesce(m.new_holder, m.holder, m.place) END) AS subjects
  FROM moved m
  LEFT JOIN items i ON i.item = m.item
  CROSS JOIN (VALUES ('shown'), ('moved')) AS r (role)
  GROUP BY m.place, m.visit_day, m.root
),
scored AS (
  SELECT
    place, visit_day, root, shown, moved, abroad, concern, last_day, tpp, item, subjects,
    {{base}} + least({{most_moved}}, 0.4 * ln(moved))
      + CASE WHEN abroad = 1 THEN {{abroad}} ELSE 0.0 END
      + CASE WHEN concern = 1 THEN {{to_concern}} ELSE 0.0 END
      + CASE WHEN count(*) OVER (PARTITION BY place) >= 2 THEN {{again}} ELSE 0.0 END AS llr
  FROM by_visit
  WHERE moved >= {{least_moved}} AND moved > {{share}} * shown
)
SELECT
  'T46' AS pattern,
  concat(h.place, '/', CAST(h.visit_day AS STRING)) AS key,
  h.subjects,
  array_agg(DISTINCT l.order_id) FILTER (WHERE l.order_id IS NOT NULL) AS orders,
  CAST(round(coalesce(h.tpp, 0.0)) AS BIGINT) AS tpp,
  h.visit_day AS first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.moved AS STRING), ' of ', CAST(h.shown AS STRING), ' serials shown at ', h.place,
    ' turned up elsewhere within {{within_days}} days of the inspection', CASE WHEN h.abroad = 1 THEN ', abroad.' ELSE '.' END) AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'serials_shown' THEN CAST(h.shown AS STRING)
    WHEN 'serials_moved' THEN CAST(h.moved AS STRING)
    WHEN 'abroad' THEN CAST(h.abroad AS STRING)
    ELSE CAST(h.concern AS STRING) END)) AS facts
FROM scored h
LEFT JOIN lines l ON l.root = h.root AND l.item = h.item AND l.day <= h.visit_day
CROSS JOIN (VALUES ('serials_shown'), ('serials_moved'), ('abroad'), ('to_country_of_concern')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.place, h.visit_day, h.subjects, h.tpp, h.last_day, h.llr, h.shown, h.moved, h.abroad, h.concern
