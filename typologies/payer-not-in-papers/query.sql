-- A payer given by a name that no party bears counts only where the purchaser's name is known: else they may be one.
WITH named AS (
  SELECT lower(trim(name)) AS name, min(party_id) AS party_id, min(root) AS root, min(country) AS country, min(business) AS business
  FROM parties
  WHERE name IS NOT NULL
  GROUP BY lower(trim(name))
),
ordered AS (
  SELECT
    l.order_id, max(l.root) AS root, max(l.ultimate_consignee) AS consignee, max(l.destination) AS destination,
    max(coalesce(b.root, l.purchaser)) AS purchaser_root, max(coalesce(e.root, l.end_user)) AS end_user_root,
    max(coalesce(i.root, l.intermediate_consignee)) AS intermediate_root, max(coalesce(x.root, l.exporter)) AS exporter_root,
    min(l.day) AS day, max(l.purchaser) AS purchaser, max(b.name) AS purchaser_name, sum(l.tpp) AS tpp
  FROM (SELECT DISTINCT order_id FROM lines WHERE purchaser IS NOT NULL) AS m
  JOIN lines l ON l.order_id = m.order_id
  LEFT JOIN parties b ON b.party_id = l.purchaser
  LEFT JOIN parties e ON e.party_id = l.end_user
  LEFT JOIN parties i ON i.party_id = l.intermediate_consignee
  LEFT JOIN parties x ON x.party_id = l.exporter
  WHERE l.controlled
  GROUP BY l.order_id
),
pay AS (
  SELECT
    p.order_id, p.amount_usd, p.day,
    coalesce(a.party_id, n.party_id, p.payer) AS payer,
    coalesce(a.root, n.root, p.payer) AS payer_root,
    coalesce(p.payer_country, a.country, n.country) AS payer_country,
    lower(coalesce(a.business, n.business, '')) AS business,
    CASE WHEN a.party_id IS NOT NULL OR n.party_id IS NOT NULL THEN 1 ELSE 0 END AS known
  FROM (SELECT DISTINCT order_id FROM lines WHERE purchaser IS NOT NULL) AS m
  JOIN payments p ON p.order_id = m.order_id
  LEFT JOIN parties a ON a.party_id = p.payer
  LEFT JOIN named n ON n.name = lower(trim(p.payer))
  WHERE p.amount_usd > 0 AND p.payer IS NOT NULL
),
stake AS (
  SELECT owner_id, owned_id, max(percent) AS percent
  FROM stakes_all
  WHERE percent >= 10
  GROUP BY owner_id, owned_id
),
seen AS (
  SELECT
    o.root, o.destination, o.consignee, o.order_id, o.tpp, p.payer, p.payer_country, p.amount_usd, coalesce(p.day, o.day) AS day,
    CASE WHEN p.payer_root <> o.root AND p.payer_root <> coalesce(o.purchaser_root, '') AND p.payer_root <> coalesce(o.end_user_root, '')
      AND p.payer_root <> coalesce(o.intermediate_root, '') AND p.payer_root <> coalesce(o.exporter_root, '')
      AND s.percent IS NULL
      AND p.business NOT LIKE '%leas%' AND p.business NOT LIKE '%bank%' AND p.business NOT LIKE '%financ%'
      AND p.business NOT LIKE '%factoring%' AND p.business NOT LIKE '%insur%' AND p.business NOT LIKE '%credit%'
      THEN 1 ELSE 0 END AS odd
  FROM pay p
  JOIN ordered o ON o.order_id = p.order_id
  LEFT JOIN stake s ON s.owner_id = p.payer AND s.owned_id = o.consignee
  WHERE o.purchaser IS NOT NULL AND (p.known = 1 OR o.purchaser_name IS NOT NULL)
),
turned AS (
  SELECT
    root, destination, consignee, order_id, tpp, payer, payer_country, amount_usd, day, odd,
    row_number() OVER (PARTITION BY order_id, odd ORDER BY day, payer) AS turn
  FROM seen
),
by_root AS (
  SELECT
    t.root, t.destination, max(t.odd) AS odd,
    sum(CASE WHEN r.role = 'payer' THEN t.odd ELSE 0 END) AS times,
    sum(CASE WHEN r.role = 'payer' AND t.odd = 1 THEN t.amount_usd ELSE 0.0 END) AS odd_usd,
    sum(CASE WHEN r.role = 'payer' THEN t.amount_usd ELSE 0.0 END) AS usd,
    sum(CASE WHEN r.role = 'payer' AND t.odd = 1 AND t.turn = 1 THEN t.tpp ELSE 0 END) AS tpp,
    max(CASE WHEN t.odd = 1 AND t.payer_country <> t.destination THEN 1 ELSE 0 END) AS abroad,
    count(DISTINCT CASE WHEN t.odd = 1 THEN t.payer END) AS payers,
    min(CASE WHEN t.odd = 1 THEN t.day END) AS first_day,
    max(CASE WHEN t.odd = 1 THEN t.day END) AS last_day,
    array_agg(DISTINCT CASE r.role WHEN 'payer' THEN t.payer ELSE t.consignee END) FILTER (WHERE t.odd = 1) AS subjects,
    array_agg(DISTINCT t.order_id) FILTER (WHERE t.odd = 1) AS orders
  FROM (VALUES ('payer'), ('consignee')) AS r (role)
  CROSS JOIN turned t
  GROUP BY t.root, t.destination
),
peered AS (
  SELECT
    root, destination, odd, times, odd_usd, tpp, abroad, payers, first_day, last_day, subjects, orders,
    odd_usd / nullif(usd, 0.0) AS share,
    (sum(odd) OVER (PARTITION BY destination) - odd + {{prior_share}} * {{prior_units}})
      / CAST(count(*) OVER (PARTITION BY destination) - 1 + {{prior_units}} AS DOUBLE) AS peers
  FROM by_root
),
scored AS (
  SELECT
    root, destination, times, odd_usd, tpp, abroad, payers, first_day, last_day, subjects, orders, share, peers,
    {{base}} + least({{most_relative}}, ln({{evader_share}} / peers))
      + least({{most_repeat}}, 0.3 * ln(times))
      + CASE WHEN abroad = 1 THEN {{abroad}} ELSE 0.0 END
      + CASE WHEN share < 0.1 THEN {{minor}} ELSE 0.0 END AS llr
  FROM peered
  WHERE odd = 1
)
SELECT
  'T23' AS pattern,
  concat(h.root, '/', h.destination) AS key,
  h.subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.payers AS STRING), ' payers outside the papers paid $', CAST(CAST(round(h.odd_usd) AS BIGINT) AS STRING),
    ' for controlled goods of ', h.root, ' in ', h.destination, ', ', CAST(CAST(round(100 * h.share) AS BIGINT) AS STRING),
    ' % of the money; among others there ', CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING), ' % are paid so.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'payments' THEN CAST(h.times AS STRING)
    WHEN 'payers' THEN CAST(h.payers AS STRING)
    WHEN 'usd' THEN CAST(CAST(round(h.odd_usd) AS BIGINT) AS STRING)
    WHEN 'share_percent' THEN CAST(CAST(round(100 * h.share) AS BIGINT) AS STRING)
    WHEN 'from_abroad' THEN CAST(h.abroad AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('payments'), ('payers'), ('usd'), ('share_percent'), ('from_abroad'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.root, h.destination, h.subjects, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.times, h.payers, h.odd_usd, h.share, h.abroad, h.peers
