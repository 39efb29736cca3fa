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
took AS (
  SELECT l.order_id, l.day, l.chips, l.tpp,
    CASE r.role WHEN 'purchaser' THEN l.purchaser WHEN 'consignee' THEN l.ultimate_consignee WHEN 'end_user' THEN l.end_user
      ELSE l.exporter END AS party_id
  FROM (VALUES ('purchaser'), ('consignee'), ('end_user'), ('exporter')) AS r (role)
  CROSS JOIN lines l
  WHERE l.controlled
),
by_order AS (
  SELECT party_id, order_id, min(day) AS day, max(chips) AS chips, max(tpp) AS tpp
  FROM took
  WHERE party_id IS NOT NULL
  GROUP BY party_id, order_id
),
by_party AS (
  SELECT
    p.party_id, p.country, p.address, p.class, p.data_center_mw, p.incorporated_day, sum(o.chips) AS chips,
    max(o.chips) AS largest, sum(o.tpp) AS tpp, min(o.day) AS first_day, max(o.day) AS last_day,
    array_agg(DISTINCT o.order_id) FILTER (WHERE p.class <> 'plain') AS orders
  FROM placed p
  JOIN by_order o ON o.party_id = p.party_id
  GROUP BY p.party_id, p.country, p.address, p.class, p.data_center_mw, p.incorporated_day
),
peered AS (
  SELECT
    party_id, country, address, class, data_center_mw, incorporated_day, chips, largest, tpp, first_day, last_day, orders,
    (sum(CASE WHEN class = 'plain' THEN 0 ELSE 1 END) OVER (PARTITION BY country) - CASE WHEN class = 'plain' THEN 0 ELSE 1 END
      + {{prior_share}} * {{prior_parties}}) / CAST(count(*) OVER (PARTITION BY country) - 1 + {{prior_parties}} AS DOUBLE) AS peers
  FROM by_party
),
scored AS (
  SELECT
    party_id, address, class, chips, tpp, first_day, last_day, orders, peers,
    {{base}}
      + CASE class WHEN 'home' THEN {{home}} WHEN 'mailbox' THEN {{mailbox}} WHEN 'serviced' THEN {{serviced}} ELSE {{suite}} END
      + greatest(0.0, least({{most_relative}}, ln({{evader_share}} / peers)) - 0.6)
      + greatest(0.0, least({{most_size}}, 0.2 * ln(chips / 16.0)))
      + CASE WHEN data_center_mw > 0 THEN {{can_show_power}} ELSE 0.0 END
      + CASE WHEN first_day - incorporated_day > {{old_days}} THEN {{old}} ELSE 0.0 END AS llr
  FROM peered
  WHERE class <> 'plain' AND largest >= {{least_chips}}
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
