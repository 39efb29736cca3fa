WITH named AS (
  SELECT lower(trim(name)) AS name, min(party_id) AS party_id
  FROM parties
  WHERE name IS NOT NULL
  GROUP BY lower(trim(name))
),
pay AS (
  SELECT
    p.order_id, coalesce(a.party_id, n.party_id, lower(trim(p.payer))) AS payer, max(p.payer_country) AS payer_country, sum(p.amount_usd) AS usd
  FROM payments p
  LEFT JOIN parties a ON a.party_id = p.payer
  LEFT JOIN named n ON n.name = lower(trim(p.payer))
  WHERE p.payer IS NOT NULL AND p.order_id IS NOT NULL AND p.amount_usd > 0
  GROUP BY p.order_id, coalesce(a.party_id, n.party_id, lower(trim(p.payer)))
),
ordered AS (
  SELECT
    order_id, max(root) AS root, max(cluster) AS cluster, max(ultimate_consignee) AS consignee, max(destination) AS destination,
    max(exporter) AS exporter, max(purchaser) AS purchaser, min(year) AS year, min(day) AS day, sum(tpp) AS tpp
  FROM lines
  WHERE controlled AND tpp > 0
  GROUP BY order_id
),
dealt AS (
  SELECT
    p.payer, o.root, o.cluster, o.consignee, o.destination, o.exporter, o.year,
    max(p.payer_country) AS payer_country, sum(o.tpp) AS tpp, sum(p.usd) AS usd, min(o.day) AS first_day, max(o.day) AS last_day
  FROM pay p
  JOIN ordered o ON o.order_id = p.order_id
  GROUP BY p.payer, o.root, o.cluster, o.consignee, o.destination, o.exporter, o.year
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
  SELECT p.order_id, coalesce(a.party_id, n.party_id, lower(trim(p.payer))) AS payer
  FROM payments p
  LEFT JOIN parties a ON a.party_id = p.payer
  LEFT JOIN (
    SELECT lower(trim(name)) AS name, min(party_id) AS party_id FROM parties WHERE name IS NOT NULL GROUP BY lower(trim(name))
  ) AS n ON n.name = lower(trim(p.payer))
  WHERE p.payer IS NOT NULL AND p.order_id IS NOT NULL AND p.amount_usd > 0
) AS y ON y.payer = h.payer
JOIN lines l ON l.order_id = y.order_id AND l.controlled AND l.tpp > 0 AND l.root <> coalesce(b.root, h.payer) AND coalesce(l.exporter, '') <> h.payer
CROSS JOIN (VALUES ('payer'), ('consignee')) AS r (role)
CROSS JOIN (VALUES ('consignees'), ('countries'), ('largest_year_tpp'), ('joint_year_tpp')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.payer, h.tpp, h.first_day, h.last_day, h.llr, h.usd, h.consignees, h.countries, h.largest, h.most_tpp
