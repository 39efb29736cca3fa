WITH kind AS (
  SELECT
    party_id,
    CASE WHEN b LIKE '%freight%' OR b LIKE '%forwarder%' OR b LIKE '%forwarding%' OR b LIKE '%logistic%' OR b LIKE '%shipping%'
        OR b LIKE '%cargo%' OR b LIKE '%courier%' OR b LIKE '%warehous%' OR b LIKE '%customs broker%' OR b LIKE '%transport%'
      THEN 'carrier'
      WHEN (b LIKE ' trading%' OR b LIKE '%general trad%' OR b LIKE '%trading house%' OR b LIKE '%trading compan%' OR b LIKE '%import and export%'
        OR b LIKE '%import-export%' OR b LIKE '%import export%' OR b LIKE '%brokerage%') AND b NOT LIKE '%comput%' AND b NOT LIKE '%server%' THEN 'trading'
      ELSE 'other' END AS kind
  FROM (SELECT party_id, concat(' ', lower(coalesce(business, '')), ' ') AS b FROM parties) AS p
),
who AS (
  -- Nobody else's order can be odd.
  SELECT party_id, coalesce(max(kind), 'other') AS kind
  FROM (
    SELECT party_id, kind FROM kind WHERE kind <> 'other'
    UNION ALL
    SELECT DISTINCT ultimate_consignee AS party_id, CAST(NULL AS STRING) AS kind FROM lines WHERE controlled AND ultimate_consignee = freight_forwarder
  ) AS c
  GROUP BY party_id
),
taken AS (
  SELECT
    l.order_id, w.party_id, w.kind, max(l.destination) AS destination, min(l.day) AS day, sum(l.tpp) AS tpp, sum(l.chips) AS chips,
    max(CASE WHEN l.ultimate_consignee = l.freight_forwarder THEN 1 ELSE 0 END) AS own_forwarder,
    max(CASE WHEN l.end_user <> l.ultimate_consignee THEN coalesce(b.uses, 0) ELSE 0 END) AS has_user
  FROM who w
  JOIN lines l ON l.ultimate_consignee = w.party_id
  LEFT JOIN (
    SELECT
      party_id,
      CASE WHEN data_center_mw > 0 OR (lower(business) NOT LIKE '%freight%' AND lower(business) NOT LIKE '%forward%'
        AND lower(business) NOT LIKE '%logistic%' AND lower(business) NOT LIKE '%warehous%' AND lower(business) NOT LIKE '%trading%') THEN 1 ELSE 0 END AS uses
    FROM parties
  ) AS b ON b.party_id = l.end_user
  -- What goes to a country without limits needs no false consignee there.
  WHERE l.controlled AND l.tier > 1
  GROUP BY l.order_id, w.party_id, w.kind
),
judged AS (
  SELECT
    order_id, party_id, kind, destination, day, tpp, chips, own_forwarder,
    CASE WHEN has_user = 0 AND (kind <> 'other' OR own_forwarder = 1) THEN 1 ELSE 0 END AS odd
  FROM taken
),
by_party AS (
  SELECT
    party_id, destination, kind, count(*) AS orders_taken, sum(odd) AS odd, max(own_forwarder * odd) AS own_forwarder,
    sum(CASE WHEN odd = 1 THEN tpp ELSE 0 END) AS tpp, sum(CASE WHEN odd = 1 THEN chips ELSE 0 END) AS chips,
    min(CASE WHEN odd = 1 THEN day END) AS first_day, max(CASE WHEN odd = 1 THEN day END) AS last_day,
    array_agg(DISTINCT order_id) FILTER (WHERE odd = 1) AS orders
  FROM judged
  GROUP BY party_id, destination, kind
),
peered AS (
  SELECT
    p.party_id, p.destination, p.odd, p.kind, p.own_forwarder, p.tpp, p.chips, p.first_day, p.last_day, p.orders,
    CASE WHEN y.data_center_mw > 0 THEN 1 ELSE 0 END AS powered,
    (sum(p.odd) OVER (PARTITION BY p.destination) - p.odd + {{prior_share}} * {{prior_orders}})
      / CAST(d.orders_taken - p.orders_taken + {{prior_orders}} AS DOUBLE) AS peers
  FROM by_party p
  JOIN (
    SELECT destination, count(*) AS orders_taken
    FROM (SELECT max(destination) AS destination FROM lines WHERE controlled GROUP BY order_id, ultimate_consignee) AS o
    GROUP BY destination
  ) AS d ON coalesce(d.destination, '') = coalesce(p.destination, '')
  LEFT JOIN parties y ON y.party_id = p.party_id
),
sold AS (
  -- Whoever sells goods on is a dealer whose takers are in the rows: others look at where they go.
  SELECT exporter AS party_id, sum(chips) AS chips, max(coalesce(tier, 2)) AS tier
  FROM lines
  WHERE controlled AND exporter IS NOT NULL AND exporter <> ultimate_consignee
  GROUP BY exporter
),
forwarded AS (
  SELECT l.freight_forwarder AS party_id, count(DISTINCT l.order_id) AS times
  FROM (SELECT DISTINCT ultimate_consignee FROM lines WHERE controlled) AS m
  JOIN lines l ON l.freight_forwarder = m.ultimate_consignee
  WHERE l.freight_forwarder <> l.ultimate_consignee
  GROUP BY l.freight_forwarder
),
scored AS (
  SELECT
    p.party_id, p.destination, p.odd, p.kind, p.tpp, p.chips, p.first_day, p.last_day, p.orders, p.peers, coalesce(f.times, 0) AS forwarded,
    {{base}}
      + CASE p.kind WHEN 'carrier' THEN {{carrier}} WHEN 'trading' THEN {{trading}} ELSE 0.0 END
      + CASE WHEN p.own_forwarder = 1 THEN {{own_forwarder}} ELSE 0.0 END
      + greatest(0.0, least({{most_relative}}, ln({{evader_share}} / p.peers)) - 0.8)
      + CASE WHEN 9 * p.odd <= coalesce(f.times, 0) THEN {{mostly_forwards}} ELSE 0.0 END
      + CASE WHEN p.powered = 1 THEN {{can_show_power}} ELSE 0.0 END
      + CASE WHEN s.tier < 3 AND 2 * s.chips >= p.chips THEN {{sells_on}} ELSE 0.0 END
      + least({{most_repeat}}, 0.3 * ln(p.odd)) AS llr
  FROM peered p
  LEFT JOIN sold s ON s.party_id = p.party_id
  LEFT JOIN forwarded f ON f.party_id = p.party_id
  WHERE p.odd > 0 AND p.chips >= {{least_chips}}
)
SELECT
  'T38' AS pattern,
  concat(h.party_id, '/', h.destination) AS key,
  array_agg(DISTINCT h.party_id) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.party_id, ' (', h.kind, ') is ultimate consignee of ', CAST(h.odd AS STRING), ' controlled orders with ', CAST(h.chips AS STRING),
    ' chips in ', h.destination, ' and no user behind it is known; it forwarded ', CAST(h.forwarded AS STRING), ' orders for others.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'kind' THEN h.kind
    WHEN 'orders' THEN CAST(h.odd AS STRING)
    WHEN 'chips' THEN CAST(h.chips AS STRING)
    WHEN 'forwarded_for_others' THEN CAST(h.forwarded AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('kind'), ('orders'), ('chips'), ('forwarded_for_others'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.party_id, h.destination, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.kind, h.odd, h.chips, h.forwarded, h.peers
