WITH listed AS (
  SELECT party_id, root, listed_day
  FROM parties
  WHERE listed = 'yes' AND listed_day IS NOT NULL
),
lost AS (
  SELECT
    d.party_id, d.root, d.listed_day, l.exporter, max(l.destination) AS destination,
    max(CASE WHEN l.day <= d.listed_day THEN l.day END) AS last_day,
    max(CASE WHEN l.day > d.listed_day + {{stop_days}} THEN 1 ELSE 0 END) AS goes_on,
    sum(CASE WHEN l.day > d.listed_day - {{within_days}} AND l.day <= d.listed_day
      THEN l.quantity * coalesce(l.unit_price_usd, l.list_price_usd, 0.0) ELSE 0.0 END) AS usd
  FROM listed d
  JOIN lines l ON l.ultimate_consignee = d.party_id AND l.day >= d.listed_day - {{before_days}}
  WHERE l.exporter IS NOT NULL
  GROUP BY d.party_id, d.root, d.listed_day, l.exporter
),
lost_all AS (
  SELECT
    party_id, root, listed_day, exporter, destination, usd,
    count(*) OVER (PARTITION BY party_id) AS sellers,
    max(goes_on) OVER (PARTITION BY party_id) AS goes_on,
    sum(usd) OVER (PARTITION BY party_id) AS all_usd
  FROM lost
  WHERE last_day IS NOT NULL
),
entry AS (
  SELECT ultimate_consignee AS party_id, max(root) AS root, min(day) AS began
  FROM lines
  GROUP BY ultimate_consignee
),
served AS (
  SELECT
    l.exporter, l.ultimate_consignee AS party_id, e.root, l.destination, e.began, max(l.tier) AS tier,
    max(CASE WHEN l.controlled THEN 1 ELSE 0 END) AS controlled,
    sum(l.quantity * coalesce(l.unit_price_usd, l.list_price_usd, 0.0)) AS usd, sum(CASE WHEN l.controlled THEN l.tpp ELSE 0 END) AS tpp,
    max(l.day) AS last_day
  FROM lines l
  JOIN entry e ON e.party_id = l.ultimate_consignee
  WHERE l.exporter IS NOT NULL AND l.day <= e.began + {{within_days}}
  GROUP BY l.exporter, l.ultimate_consignee, e.root, l.destination, e.began
),
matched AS (
  SELECT
    o.party_id AS listed_id, o.listed_day, o.exporter, o.sellers, o.goes_on, o.all_usd, s.party_id, s.tier, s.controlled, s.usd, s.tpp,
    s.began, s.last_day,
    CASE WHEN s.began > o.listed_day THEN 1 ELSE 0 END AS after,
    sum(CASE WHEN s.began <= o.listed_day THEN 1 ELSE 0 END) OVER (PARTITION BY o.party_id, o.exporter) / 2.0 AS usual
  FROM lost_all o
  JOIN served s ON s.exporter = o.exporter AND s.destination = o.destination AND s.root <> o.root AND s.party_id <> o.party_id
    AND s.began > o.listed_day - 2 * {{within_days}} AND s.began <= o.listed_day + {{within_days}}
),
pair AS (
  SELECT
    m.listed_id, m.listed_day, m.party_id, count(DISTINCT m.exporter) AS shared, max(m.sellers) AS sellers, max(m.goes_on) AS goes_on,
    max(m.all_usd) AS all_usd, max(m.tier) AS tier, max(m.controlled) AS controlled, sum(m.usd) AS usd, sum(m.tpp) AS tpp, min(m.usual) AS usual,
    min(m.began) AS first_day, max(m.last_day) AS last_day, min(m.exporter) AS exporter
  FROM matched m
  WHERE m.after = 1
  GROUP BY m.listed_id, m.listed_day, m.party_id
),
scored AS (
  SELECT
    listed_id, listed_day, party_id, exporter, shared, sellers, usual, usd, tpp, first_day, last_day,
    {{base}}
      + CASE WHEN shared >= {{overlap}} * sellers THEN {{overlap_llr}} ELSE 0.0 END
      + CASE WHEN goes_on = 0 THEN {{stopped}} ELSE 0.0 END
      + CASE WHEN controlled = 1 THEN {{controlled}} ELSE 0.0 END
      + CASE WHEN tier = 3 THEN {{concern}} ELSE 0.0 END
      + CASE WHEN all_usd > 0 AND usd >= 0.5 * all_usd THEN {{volume}} ELSE 0.0 END
      - ln(1 + usual) AS llr
  FROM pair
  WHERE shared >= {{overlap}} * sellers
)
SELECT
  'T19' AS pattern,
  concat(h.listed_id, '/', h.party_id) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'new' THEN h.party_id WHEN 'old' THEN h.listed_id ELSE h.exporter END) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.party_id, ' began to buy from ', CAST(h.shared AS STRING), ' of the ', CAST(h.sellers AS STRING), ' sellers of ', h.listed_id, ' ',
    CAST(h.first_day - h.listed_day AS STRING), ' days after that was listed.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'days_after' THEN CAST(h.first_day - h.listed_day AS STRING)
    WHEN 'sellers_shared' THEN CAST(h.shared AS STRING)
    WHEN 'sellers' THEN CAST(h.sellers AS STRING)
    WHEN 'usd' THEN CAST(CAST(round(h.usd) AS BIGINT) AS STRING)
    ELSE CAST(CAST(round(10 * h.usual) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.ultimate_consignee = h.party_id AND l.exporter = h.exporter
CROSS JOIN (VALUES ('new'), ('old'), ('seller')) AS r (role)
CROSS JOIN (VALUES ('days_after'), ('sellers_shared'), ('sellers'), ('usd'), ('usual_new_buyers_tenths')) AS f (name)
WHERE h.llr >= {{least}} AND l.day <= h.last_day
GROUP BY h.listed_id, h.party_id, h.exporter, h.tpp, h.first_day, h.last_day, h.llr, h.shared, h.sellers, h.listed_day, h.usd, h.usual
