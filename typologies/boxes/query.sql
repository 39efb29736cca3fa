-- Days count from the opening of a site: its own date, or the first installation there. Where neither is known, only what a visitor saw counts.
-- A shipping event names the seller in some data and the addressee in others; of a seller, the order line of that day says where the goods went.
WITH sent AS (
  -- Where a seller's goods of one day went, if all of them went to one consignee; only of days that a shipping event names.
  SELECT m.party, m.item, m.day, min(l.ultimate_consignee) AS consignee
  FROM (
    SELECT DISTINCT s.party, s.item, s.day
    FROM (SELECT DISTINCT exporter FROM lines) AS e
    JOIN serials s ON s.party = e.exporter
    WHERE s.event = 'shipped' AND s.site_id IS NULL
  ) AS m
  JOIN lines l ON l.exporter = m.party AND l.item = m.item AND l.day = m.day
  GROUP BY m.party, m.item, m.day
  HAVING min(l.ultimate_consignee) = max(l.ultimate_consignee)
),
sellers AS (
  SELECT DISTINCT exporter FROM lines WHERE exporter IS NOT NULL
),
unit AS (
  SELECT
    s.serial, max(s.item) AS item,
    min(CASE WHEN s.event = 'shipped' THEN s.day END) AS shipped,
    min(CASE WHEN s.event IN ('installed', 'powered_on') THEN s.day END) AS installed,
    max(CASE WHEN s.event = 'powered_on' AND s.day IS NOT NULL THEN 1 ELSE 0 END) AS powered,
    max(CASE WHEN s.event = 'seen' THEN s.day END) AS seen,
    max(CASE WHEN s.event IN ('rma', 'retired') THEN 1 ELSE 0 END) AS gone,
    max(CASE WHEN s.event IN ('installed', 'powered_on') THEN coalesce(s.site_id, s.party) END) AS stood,
    max(CASE WHEN s.event = 'shipped' THEN coalesce(s.site_id, t.consignee, CASE WHEN e.exporter IS NULL THEN s.party END) END) AS addressed
  FROM serials s
  LEFT JOIN sent t ON t.party = s.party AND t.item = s.item AND t.day = s.day
  LEFT JOIN sellers e ON e.exporter = s.party
  GROUP BY s.serial
),
lot AS (
  SELECT
    coalesce(stood, addressed) AS site, item, shipped, seen, powered, CASE WHEN installed IS NULL THEN 0 ELSE 1 END AS stands, min(installed) AS installed, count(*) AS n
  FROM unit
  WHERE gone = 0 AND coalesce(stood, addressed) IS NOT NULL
  GROUP BY coalesce(stood, addressed), item, shipped, seen, powered, CASE WHEN installed IS NULL THEN 0 ELSE 1 END
),
opening AS (
  SELECT coalesce(operator, owner) AS holder, min(commissioned_day) AS opened
  FROM sites
  GROUP BY coalesce(operator, owner)
),
held AS (
  SELECT
    u.item, u.shipped, u.seen, u.powered, u.stands, u.installed, u.n, s.commissioned_day, coalesce(s.operator, s.owner, u.site) AS place
  FROM lot u
  LEFT JOIN sites s ON s.site_id = u.site
),
placed AS (
  SELECT
    u.place, u.item, u.shipped, u.seen, u.powered, u.stands, u.n, coalesce(i.unit_tpp, 0.0) AS unit_tpp,
    coalesce(u.commissioned_day, o.opened, min(u.installed) OVER (PARTITION BY u.place)) AS opened,
    sum(u.powered * u.n) OVER () AS all_powered,
    sum(u.stands * u.n) OVER () AS all_installed
  FROM held u
  LEFT JOIN opening o ON o.holder = u.place
  LEFT JOIN items i ON i.item = u.item
  WHERE coalesce(i.controlled, TRUE)
),
due AS (
  SELECT
    u.place, u.item, u.shipped, u.stands, u.n, u.unit_tpp,
    CASE WHEN u.powered = 1 THEN 0
      WHEN u.stands = 1 AND 2 * u.all_powered < u.all_installed THEN 0
      WHEN u.opened IS NULL AND coalesce(u.seen, u.shipped) <= u.shipped + {{late_days}} THEN 0 ELSE 1 END AS idle,
    CASE WHEN u.stands = 0 AND u.seen > u.shipped + {{late_days}} THEN 1 ELSE 0 END AS seen_idle
  FROM law w
  CROSS JOIN placed u
  WHERE greatest(u.shipped, coalesce(u.opened, u.shipped)) + {{late_days}} <= w.last_day
),
by_place AS (
  SELECT
    place, max(item) AS item, sum(n) AS due, sum(idle * n) AS idle, sum(seen_idle * n) AS seen_idle, sum(stands * n) AS reported,
    sum(idle * n * unit_tpp) AS tpp, min(shipped) AS first_day, CAST(max(shipped) + {{late_days}} AS INT) AS last_day
  FROM due
  GROUP BY place
),
peered AS (
  SELECT
    place, item, due, idle, seen_idle, reported, tpp, first_day, last_day,
    (sum(idle) OVER () - idle + {{prior_share}} * {{prior_serials}}) / CAST(sum(due) OVER () - due + {{prior_serials}} AS DOUBLE) AS peers,
    (sum(reported) OVER () - reported) / nullif(CAST(sum(due) OVER () - due AS DOUBLE), 0.0) AS others_report
  FROM by_place
),
visit AS (
  SELECT coalesce(s.operator, s.owner, v.site_id, v.party) AS place, count(*) AS times
  FROM inspections v
  LEFT JOIN sites s ON s.site_id = v.site_id
  WHERE v.result IN ('unfavorable', 'incomplete')
  GROUP BY coalesce(s.operator, s.owner, v.site_id, v.party)
),
scored AS (
  SELECT
    p.place, p.item, p.due, p.idle, p.seen_idle, p.tpp, p.first_day, p.last_day, p.peers, coalesce(v.times, 0) AS visits,
    {{base}}
      + least({{most_relative}}, {{together}} * (p.idle * ln({{evader_share}} / least(p.peers, 0.59))
        + (p.due - p.idle) * ln((1 - {{evader_share}}) / (1 - least(p.peers, 0.59)))))
      + CASE WHEN p.seen_idle > 0 THEN {{seen_idle}} ELSE 0.0 END
      + CASE WHEN v.times > 0 THEN {{visit}} ELSE 0.0 END AS llr
  FROM peered p
  LEFT JOIN visit v ON v.place = p.place
  WHERE p.due >= {{least_serials}} AND p.idle > {{share}} * p.due
    AND (p.reported > 0 OR p.seen_idle > 0 OR p.others_report >= {{others_report}})
)
SELECT
  'T45' AS pattern,
  h.place AS key,
  array_agg(DISTINCT h.place) AS subjects,
  array_agg(DISTINCT l.order_id) FILTER (WHERE l.order_id IS NOT NULL) AS orders,
  CAST(round(coalesce(h.tpp, 0.0)) AS BIGINT) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.idle AS STRING), ' of ', CAST(h.due AS STRING), ' serials shipped to ', h.place,
    ' more than {{late_days}} days ago never came into use; ', CAST(h.seen_idle AS STRING), ' of them were seen there so. Elsewhere it is ',
    CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING), ' %.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'serials_due' THEN CAST(h.due AS STRING)
    WHEN 'serials_idle' THEN CAST(h.idle AS STRING)
    WHEN 'seen_idle' THEN CAST(h.seen_idle AS STRING)
    WHEN 'visits_not_favorable' THEN CAST(h.visits AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
LEFT JOIN parties p ON p.party_id = h.place
LEFT JOIN lines l ON l.root = coalesce(p.root, h.place) AND l.item = h.item
CROSS JOIN (VALUES ('serials_due'), ('serials_idle'), ('seen_idle'), ('visits_not_favorable'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.place, h.tpp, h.first_day, h.last_day, h.llr, h.idle, h.due, h.seen_idle, h.visits, h.peers
