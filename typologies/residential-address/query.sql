WITH placed AS (
  SELECT
    party_id, country, address, data_center_mw, incorporated_day,
    CASE
      WHEN a LIKE '%p.o. box%' OR a LIKE '%po box%' OR a LIKE '%p o box%' OR a LIKE '%mailbox%' OR a LIKE '%mail box%' OR a LIKE '% pmb %'
        OR a LIKE '% c/o %' THEN 'mailbox'
      WHEN a LIKE '%virtual office%' OR a LIKE '%co-working%' OR a LIKE '%coworking%' OR a LIKE '%serviced office%' OR a LIKE '%executive cent%'
        OR a LIKE '%executive suite%' OR a LIKE '%business cent%' OR a LIKE '%regus%' OR a LIKE '%wework%' OR a LIKE '%hot desk%' THEN 'serviced'
      WHEN a LIKE '% apt %' OR a LIKE '% apt. %' OR a LIKE '% apartment%' OR a LIKE '% flat %' OR a LIKE '%residence%' OR a LIKE '%residential%'
        OR a LIKE '%condominium%' OR a LIKE '% villa %' OR a LIKE '%dormitory%' THEN 'home'
      WHEN a LIKE '% suite %' OR a LIKE '% ste %' OR a LIKE '% ste. %' THEN 'suite'
      ELSE 'plain' END AS class
  FROM (
    SELECT party_id, country, address, data_center_mw, incorporated_day, concat(' ', replace(replace(lower(address), ',', ' '), '#', ' '), ' ') AS a
    FROM parties
    WHERE address IS NOT NULL
  ) AS p
),
peered AS (
  SELECT
    p.party_id, p.country, p.address, p.class, p.data_center_mw, p.incorporated_day,
    (sum(CASE WHEN p.class = 'plain' THEN 0 ELSE 1 END) OVER (PARTITION BY p.country) - CASE WHEN p.class = 'plain' THEN 0 ELSE 1 END
      + {{prior_share}} * {{prior_parties}}) / CAST(count(*) OVER (PARTITION BY p.country) - 1 + {{prior_parties}} AS DOUBLE) AS peers
  FROM placed p
  JOIN (
    SELECT purchaser AS party_id FROM lines WHERE controlled
    UNION
    SELECT ultimate_consignee AS party_id FROM lines WHERE controlled
    UNION
    SELECT end_user AS party_id FROM lines WHERE controlled
    UNION
    SELECT exporter AS party_id FROM lines WHERE controlled
  ) AS a ON a.party_id = p.party_id
),
odd AS (
  SELECT
    party_id, address, class, incorporated_day, peers,
    {{base}}
      + CASE class WHEN 'home' THEN {{home}} WHEN 'mailbox' THEN {{mailbox}} WHEN 'serviced' THEN {{serviced}} ELSE {{suite}} END
      + greatest(0.0, least({{most_relative}}, ln({{evader_share}} / peers)) - 0.6)
      + CASE WHEN data_center_mw > 0 THEN {{can_show_power}} ELSE 0.0 END AS llr
  FROM peered
  WHERE class <> 'plain'
),
took AS (
  SELECT purchaser AS party_id, order_id, day, chips, tpp FROM lines WHERE controlled
  UNION ALL
  SELECT ultimate_consignee AS party_id, order_id, day, chips, tpp FROM lines WHERE controlled
  UNION ALL
  SELECT end_user AS party_id, order_id, day, chips, tpp FROM lines WHERE controlled
  UNION ALL
  SELECT exporter AS party_id, order_id, day, chips, tpp FROM lines WHERE controlled
),
by_order AS (
  -- Only of those whom many chips could bring over the threshold.
  SELECT
    o.party_id, t.order_id, max(o.address) AS address, max(o.class) AS class, max(o.incorporated_day) AS incorporated_day, max(o.peers) AS peers,
    max(o.llr) AS llr, min(t.day) AS day, max(t.chips) AS chips, max(t.tpp) AS tpp
  FROM odd o
  JOIN took t ON t.party_id = o.party_id
  WHERE o.llr + {{most_size}} >= {{least}} - 0.001
  GROUP BY o.party_id, t.order_id
),
by_party AS (
  SELECT
    party_id, max(address) AS address, max(class) AS class, max(incorporated_day) AS incorporated_day, max(peers) AS peers, max(llr) AS llr,
    sum(chips) AS chips, max(chips) AS largest, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day, array_agg(order_id) AS orders
  FROM by_order
  GROUP BY party_id
),
scored AS (
  SELECT
    party_id, address, class, chips, tpp, first_day, last_day, orders, peers,
    llr + greatest(0.0, least({{most_size}}, 0.2 * ln(chips / 16.0)))
      + CASE WHEN first_day - incorporated_day > {{old_days}} THEN {{old}} ELSE 0.0 END AS llr
  FROM by_party
  WHERE largest >= {{least_chips}}
)
SELECT
  'T14' AS pattern,
  h.party_id AS key,
  array_agg(DISTINCT h.party_id) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.party_id, ' takes part in controlled orders of ', CAST(h.chips AS STRING), ' chips from a ', h.class,
    ' address (', h.address, ').') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'address_class' THEN h.class
    WHEN 'chips' THEN CAST(h.chips AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('address_class'), ('chips'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.party_id, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.chips, h.class, h.address, h.peers
