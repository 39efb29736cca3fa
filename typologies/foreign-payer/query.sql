WITH named AS (
  SELECT lower(trim(name)) AS name, min(party_id) AS party_id, min(root) AS root, min(country) AS country
  FROM parties
  WHERE name IS NOT NULL
  GROUP BY lower(trim(name))
),
pay AS (
  -- Payments out of countries of concern: few, and only they can be odd.
  SELECT
    p.order_id, p.payee, p.amount_usd, p.day, p.payer AS written,
    coalesce(a.party_id, n.party_id, p.payer) AS payer,
    coalesce(a.root, n.root, p.payer) AS payer_root,
    coalesce(p.payer_country, a.country, n.country) AS payer_country, coalesce(a.name, p.payer) AS payer_name
  FROM payments p
  LEFT JOIN parties a ON a.party_id = p.payer
  LEFT JOIN named n ON n.name = lower(trim(p.payer))
  WHERE p.amount_usd > 0 AND p.payer IS NOT NULL AND (p.payer_country IS NULL OR p.payer_country IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY'))
    AND coalesce(p.payer_country, a.country, n.country) IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY')
),
ordered AS (
  SELECT
    l.order_id, max(l.root) AS root, max(l.ultimate_consignee) AS consignee, max(l.destination) AS destination,
    max(coalesce(b.root, l.purchaser)) AS purchaser_root, max(coalesce(e.root, l.end_user)) AS end_user_root,
    max(c.country) AS consignee_country, max(c.name) AS consignee_name, max(b.name) AS purchaser_name, min(l.day) AS day, sum(l.tpp) AS tpp
  FROM (
    SELECT DISTINCT q.order_id
    FROM payments q
    WHERE q.payer_country IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY')
      OR (q.payer_country IS NULL AND (q.payer IN (SELECT party_id FROM parties WHERE country IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY'))
        OR lower(trim(q.payer)) IN (SELECT lower(trim(name)) FROM parties WHERE country IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY'))))
  ) AS m
  JOIN lines l ON l.order_id = m.order_id
  LEFT JOIN parties c ON c.party_id = l.ultimate_consignee
  LEFT JOIN parties b ON b.party_id = l.purchaser
  LEFT JOIN parties e ON e.party_id = l.end_user
  WHERE l.controlled
  GROUP BY l.order_id
),
seller AS (
  SELECT
    exporter, min(day) AS day, sum(tpp) AS tpp,
    sum(CASE WHEN destination IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY') THEN 1 ELSE 0 END) AS there
  FROM lines
  WHERE controlled AND exporter IS NOT NULL
  GROUP BY exporter
),
placed AS (
  SELECT
    CASE WHEN o.order_id IS NOT NULL THEN 'order' ELSE 'seller' END AS kind,
    coalesce(o.root, s.exporter) AS unit, coalesce(o.destination, 'any') AS market,
    p.payer, p.written, p.payer_country, p.amount_usd,
    dense_rank() OVER (PARTITION BY p.payer ORDER BY coalesce(o.destination, 'any')) AS place_no, coalesce(p.day, o.day, s.day) AS day, o.order_id, coalesce(o.tpp, s.tpp) AS tpp,
    CASE WHEN length(split_part(lower(trim(p.payer_name)), ' ', 1)) >= 4
      AND split_part(lower(trim(p.payer_name)), ' ', 1)
        IN (split_part(lower(trim(o.consignee_name)), ' ', 1), split_part(lower(trim(o.purchaser_name)), ' ', 1)) THEN 1 ELSE 0 END AS namesake
  FROM pay p
  LEFT JOIN ordered o ON o.order_id = p.order_id
  LEFT JOIN seller s ON s.exporter = CASE WHEN p.order_id IS NULL THEN p.payee END
  LEFT JOIN parties x ON x.party_id = s.exporter
  WHERE (o.order_id IS NOT NULL AND p.payer_country <> o.destination
      AND p.payer_country <> coalesce(o.consignee_country, o.destination) AND p.payer_root <> o.root
      AND p.payer_root <> coalesce(o.purchaser_root, '') AND p.payer_root <> coalesce(o.end_user_root, ''))
    OR (o.order_id IS NULL AND s.there = 0 AND p.payer_root <> coalesce(x.root, s.exporter) AND p.payer_country <> coalesce(x.country, ''))
),
seen AS (
  -- For buyers of how many countries a payer pays: a bank, a payment house or a treasury does for many, a front for few.
  SELECT
    kind, unit, market, payer, written, payer_country, amount_usd, day, order_id, tpp, namesake,
    max(place_no) OVER (PARTITION BY payer) AS places
  FROM placed
),
by_order AS (
  SELECT
    kind, unit, market, order_id, min(namesake) AS namesake, min(places) AS places, count(*) AS times, sum(amount_usd) AS odd_usd, max(tpp) AS tpp,
    min(day) AS first_day, max(day) AS last_day, min(payer_country) AS payer_country, min(payer) AS one_payer, max(payer) AS other_payer,
    min(written) AS one_written, max(written) AS other_written
  FROM seen
  GROUP BY kind, unit, market, order_id
),
odd AS (
  SELECT
    kind, unit, market, min(namesake) AS namesake, min(places) AS places, sum(times) AS times, sum(odd_usd) AS odd_usd, sum(tpp) AS tpp,
    min(first_day) AS first_day, max(last_day) AS last_day, min(payer_country) AS payer_country,
    min(one_payer) AS one_payer, max(other_payer) AS other_payer,
    min(one_written) AS one_written, max(other_written) AS other_written
  FROM by_order
  GROUP BY kind, unit, market
),
money AS (
  -- With how much those who may be odd are paid in all; the sellers among them are counted too.
  SELECT 'order' AS kind, o.root AS unit, o.destination AS market, sum(q.amount_usd) AS usd, CAST(NULL AS BIGINT) AS units
  FROM (
    SELECT l.order_id, max(l.root) AS root, max(l.destination) AS destination
    FROM (
      SELECT DISTINCT x.root
      FROM payments q
      JOIN lines x ON x.order_id = q.order_id
      WHERE q.payer_country IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY')
        OR (q.payer_country IS NULL AND (q.payer IN (SELECT party_id FROM parties WHERE country IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY'))
          OR lower(trim(q.payer)) IN (SELECT lower(trim(name)) FROM parties WHERE country IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY'))))
    ) AS r
    JOIN lines l ON l.root = r.root
    WHERE l.controlled
    GROUP BY l.order_id
  ) AS o
  JOIN payments q ON q.order_id = o.order_id
  WHERE q.amount_usd > 0 AND q.payer IS NOT NULL
    AND (q.payer_country IS NOT NULL OR q.payer IN (SELECT party_id FROM parties WHERE country IS NOT NULL)
      OR lower(trim(q.payer)) IN (SELECT lower(trim(name)) FROM parties WHERE country IS NOT NULL))
  GROUP BY o.root, o.destination
  UNION ALL
  SELECT 'seller' AS kind, q.payee AS unit, 'any' AS market, sum(q.amount_usd) AS usd, count(*) OVER () AS units
  FROM (SELECT DISTINCT exporter FROM lines WHERE controlled) AS s
  JOIN payments q ON q.payee = s.exporter
  WHERE q.order_id IS NULL AND q.amount_usd > 0 AND q.payer IS NOT NULL
    AND (q.payer_country IS NOT NULL OR q.payer IN (SELECT party_id FROM parties WHERE country IS NOT NULL)
      OR lower(trim(q.payer)) IN (SELECT lower(trim(name)) FROM parties WHERE country IS NOT NULL))
  GROUP BY q.payee
),
everybody AS (
  -- How many are paid for in each market.
  SELECT u.market, count(*) AS units
  FROM (
    SELECT DISTINCT l.root, l.destination AS market
    FROM lines l
    WHERE l.controlled AND l.order_id IN (
      SELECT q.order_id
      FROM payments q
      WHERE q.amount_usd > 0 AND q.payer IS NOT NULL
        AND (q.payer_country IS NOT NULL OR q.payer IN (SELECT party_id FROM parties WHERE country IS NOT NULL)
          OR lower(trim(q.payer)) IN (SELECT lower(trim(name)) FROM parties WHERE country IS NOT NULL))
    )
  ) AS u
  GROUP BY u.market
),
peered AS (
  SELECT
    o.kind, o.unit, o.market, o.namesake, o.places, o.times, o.odd_usd, o.tpp, o.first_day, o.last_day, o.payer_country,
    o.one_payer, o.other_payer, o.one_written, o.other_written, o.odd_usd / nullif(m.usd, 0.0) AS share,
    (count(*) OVER (PARTITION BY o.kind, o.market) - 1 + {{prior_share}} * {{prior_units}})
      / CAST(coalesce(m.units, e.units) - 1 + {{prior_units}} AS DOUBLE) AS peers
  FROM odd o
  JOIN money m ON m.kind = o.kind AND m.unit = o.unit AND m.market = o.market
  LEFT JOIN everybody e ON e.market = o.market
),
scored AS (
  SELECT
    kind, unit, market, times, odd_usd, tpp, first_day, last_day, payer_country, one_payer, other_payer, one_written, other_written, share, peers,
    {{base}} + least({{most_relative}}, ln({{evader_share}} / peers))
      + least({{most_repeat}}, 0.4 * ln(times))
      + CASE WHEN share >= 0.5 THEN {{major}} WHEN share < 0.1 THEN {{minor}} ELSE 0.0 END
      + CASE WHEN namesake = 1 THEN {{namesake}} ELSE 0.0 END
      + CASE WHEN places >= {{many_places}} THEN {{pays_for_many}} ELSE 0.0 END
      + CASE WHEN kind = 'seller' THEN {{unlinked}} ELSE 0.0 END AS llr
  FROM peered
)
SELECT
  'T22' AS pattern,
  concat(h.kind, '/', h.unit, '/', h.market) AS key,
  array_agg(DISTINCT CASE r.role WHEN 'one' THEN h.one_payer WHEN 'other' THEN h.other_payer ELSE coalesce(l.ultimate_consignee, h.unit) END) AS subjects,
  array_agg(DISTINCT y.order_id) FILTER (WHERE y.order_id IS NOT NULL) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.times AS STRING), ' payments of $', CAST(CAST(round(h.odd_usd) AS BIGINT) AS STRING), ' from ', h.payer_country,
    CASE h.kind WHEN 'order' THEN concat(' for controlled goods of ', h.unit, ' in ', h.market)
      ELSE concat(' to ', h.unit, ', which ships nothing there') END,
    ', ', CAST(CAST(round(100 * h.share) AS BIGINT) AS STRING), ' % of the money; among others ',
    CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING), ' % are paid so.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'payments' THEN CAST(h.times AS STRING)
    WHEN 'usd' THEN CAST(CAST(round(h.odd_usd) AS BIGINT) AS STRING)
    WHEN 'share_percent' THEN CAST(CAST(round(100 * h.share) AS BIGINT) AS STRING)
    WHEN 'payer_country' THEN h.payer_country
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
LEFT JOIN lines l ON l.controlled AND l.root = h.unit AND l.destination = h.market
LEFT JOIN payments y ON y.order_id = l.order_id AND (y.payer = h.one_written OR y.payer = h.other_written)
CROSS JOIN (VALUES ('one'), ('other'), ('buyer')) AS r (role)
CROSS JOIN (VALUES ('payments'), ('usd'), ('share_percent'), ('payer_country'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}} AND (h.kind = 'seller' OR y.order_id IS NOT NULL)
GROUP BY h.kind, h.unit, h.market, h.tpp, h.first_day, h.last_day, h.llr, h.times, h.odd_usd, h.share, h.peers, h.payer_country
