WITH named AS (
  SELECT lower(trim(name)) AS name, min(party_id) AS party_id
  FROM parties
  WHERE name IS NOT NULL
  GROUP BY lower(trim(name))
),
who AS (
  SELECT w.payer AS written, coalesce(a.party_id, n.party_id, lower(trim(w.payer))) AS payer
  FROM (SELECT DISTINCT payer FROM payments WHERE payer IS NOT NULL AND order_id IS NOT NULL AND amount_usd > 0) AS w
  LEFT JOIN parties a ON a.party_id = w.payer
  LEFT JOIN named n ON n.name = lower(trim(w.payer))
),
pay AS (
  -- Only of orders that somebody else paid than the group of the consignee.
  SELECT p.order_id, w.payer, max(p.payer_country) AS payer_country, sum(p.amount_usd) AS usd
  FROM (
    SELECT DISTINCT q.order_id
    FROM (
      SELECT f.payer, coalesce(b.root, f.party_id) AS root
      FROM (
        SELECT d.payer, coalesce(a.party_id, n.party_id, lower(trim(d.payer))) AS party_id
        FROM (SELECT DISTINCT payer FROM payments WHERE payer IS NOT NULL) AS d
        LEFT JOIN parties a ON a.party_id = d.payer
        LEFT JOIN (
          SELECT lower(trim(name)) AS name, min(party_id) AS party_id FROM parties WHERE name IS NOT NULL GROUP BY lower(trim(name))
        ) AS n ON n.name = lower(trim(d.payer))
      ) AS f
      LEFT JOIN parties b ON b.party_id = f.party_id
    ) AS g
    JOIN payments q ON q.payer = g.payer
    JOIN lines l ON l.order_id = q.order_id AND l.root <> g.root
    WHERE q.amount_usd > 0 AND l.controlled AND l.tpp > 0
  ) AS m
  JOIN payments p ON p.order_id = m.order_id
  JOIN who w ON w.written = p.payer
  WHERE p.amount_usd > 0
  GROUP BY p.order_id, w.payer
),
ordered AS (
  SELECT
    p.order_id, p.payer, max(p.payer_country) AS payer_country, max(p.usd) AS usd, max(l.root) AS root, max(l.cluster) AS cluster,
    max(l.ultimate_consignee) AS consignee, max(l.destination) AS destination, max(l.exporter) AS exporter, min(l.year) AS year, min(l.day) AS day,
    sum(l.tpp) AS tpp
  FROM pay p
  JOIN lines l ON l.order_id = p.order_id
  WHERE l.controlled AND l.tpp > 0
  GROUP BY p.order_id, p.payer
),
dealt AS (
  SELECT
    o.payer, o.root, o.cluster, o.consignee, o.destination, o.exporter, o.year,
    max(o.payer_country) AS payer_country, sum(o.tpp) AS tpp, sum(o.usd) AS usd, min(o.day) AS first_day, max(o.day) AS last_day
  FROM ordered o
  GROUP BY o.payer, o.root, o.cluster, o.consignee, o.destination, o.exporter, o.year
),
paid AS (
  SELECT
    p.payer, coalesce(p.payer_country, b.country) AS payer_country, p.root, p.cluster, p.consignee, p.destination,
    p.tpp, p.usd, p.first_day, p.last_day,
    sum(p.tpp) OVER (PARTITION BY p.payer, p.root, p.year) AS year_tpp,
    sum(p.tpp) OVER (PARTITION BY p.payer, p.year) AS payer_tpp
  FROM dealt p
  LEFT JOIN parties b ON b.party_id = p.payer
  WHERE coalesce(b.root, p.payer) <> p.root AND p.payer <> coalesce(p.exporter, '')
    AND lower(coalesce(b.business, '')) NOT LIKE '%leas%' AND lower(coalesce(b.business, '')) NOT LIKE '%bank%'
    AND lower(coalesce(b.business, '')) NOT LIKE '%financ%' AND lower(coalesce(b.business, '')) NOT LIKE '%factoring%'
    AND lower(coalesce(b.business, '')) NOT LIKE '%insur%' AND lower(coalesce(b.business, '')) NOT LIKE '%credit%'
    AND lower(coalesce(b.business, '')) NOT LIKE '%distribut%'
),
hit AS (
  SELECT
    d.payer, max(d.payer_country) AS payer_country, count(DISTINCT d.root) AS consignees, count(DISTINCT d.destination) AS countries,
    count(DISTINCT d.cluster) AS clusters, max(d.year_tpp) AS largest, max(d.payer_tpp) AS most_tpp, max(w.lpp_cap) AS cap,
    sum(d.tpp) AS tpp, sum(d.usd) AS usd, min(d.first_day) AS first_day, max(d.last_day) AS last_day
  FROM law w
  CROSS JOIN paid d
  GROUP BY d.payer
  HAVING count(DISTINCT d.root) >= {{consignees}} AND count(DISTINCT d.destination) >= {{countries}} AND max(d.year_tpp) <= max(w.lpp_cap)
),
scored AS (
  SELECT
    payer, payer_country, consignees, countries, largest, most_tpp, cap, tpp, usd, first_day, last_day,
    {{base}} + least({{most_countries}}, {{each_country}} * (countries - 2))
      + CASE WHEN clusters < consignees THEN {{linked}} ELSE 0.0 END
      + CASE WHEN most_tpp > cap THEN {{over_limit}} ELSE 0.0 END
      + CASE WHEN payer_country IN ('CN', 'HK', 'MO', 'RU') THEN {{concern}} ELSE 0.0 END
      + CASE WHEN payer LIKE '%leasing%' OR payer LIKE '%bank%' OR payer LIKE '%finance%' OR payer LIKE '%factoring%' THEN {{financier}} ELSE 0.0 END AS llr
  FROM hit
)
SELECT
  'T09' AS pattern,
  h.payer AS key,
  array_agg(DISTINCT CASE r.role WHEN 'payer' THEN h.payer ELSE l.ultimate_consignee END) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  CAST(h.llr AS DOUBLE) AS llr,
  concat(h.payer, ' paid $', CAST(CAST(round(h.usd) AS BIGINT) AS STRING), ' for ', CAST(h.consignees AS STRING), ' separate consignees in ',
    CAST(h.countries AS STRING), ' countries, none of them over ', CAST(h.largest AS STRING), ' TPP in a year.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'consignees' THEN CAST(h.consignees AS STRING)
    WHEN 'countries' THEN CAST(h.countries AS STRING)
    WHEN 'largest_year_tpp' THEN CAST(h.largest AS STRING)
    ELSE CAST(h.most_tpp AS STRING) END)) AS facts
FROM scored h
LEFT JOIN parties b ON b.party_id = h.payer
JOIN (
  SELECT d.payer AS written, coalesce(a.party_id, n.party_id, lower(trim(d.payer))) AS payer
  FROM (SELECT DISTINCT payer FROM payments WHERE payer IS NOT NULL) AS d
  LEFT JOIN parties a ON a.party_id = d.payer
  LEFT JOIN (
    SELECT lower(trim(name)) AS name, min(party_id) AS party_id FROM parties WHERE name IS NOT NULL GROUP BY lower(trim(name))
  ) AS n ON n.name = lower(trim(d.payer))
) AS w ON w.payer = h.payer
JOIN payments y ON y.payer = w.written AND y.amount_usd > 0
JOIN lines l ON l.order_id = y.order_id AND l.controlled AND l.tpp > 0 AND l.root <> coalesce(b.root, h.payer) AND coalesce(l.exporter, '') <> h.payer
CROSS JOIN (VALUES ('payer'), ('consignee')) AS r (role)
CROSS JOIN (VALUES ('consignees'), ('countries'), ('largest_year_tpp'), ('joint_year_tpp')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.payer, h.tpp, h.first_day, h.last_day, h.llr, h.usd, h.consignees, h.countries, h.largest, h.most_tpp
