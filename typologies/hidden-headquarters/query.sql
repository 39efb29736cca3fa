WITH seat AS (
  SELECT country, max(tier) AS tier
  FROM parties
  WHERE country IS NOT NULL
  GROUP BY country
),
held AS (
  SELECT s.owned_id, sum(s.percent) AS percent, max(s.depth) AS depth, count(*) AS owners, min(s.owner_id) AS owner_id
  FROM stakes_all s
  JOIN parties o ON o.party_id = s.owner_id
  LEFT JOIN seat h ON h.country = o.hq_country
  LEFT JOIN (SELECT owned_id AS above, count(*) AS times FROM ownership GROUP BY owned_id) AS u ON u.above = s.owner_id
  WHERE u.above IS NULL AND s.owner_id <> s.owned_id AND (o.tier = 3 OR h.tier = 3)
  GROUP BY s.owned_id
),
sold AS (
  -- Stakes that ended around the time of the first order; whether buyer and former owner still share a telephone, a director or the like.
  SELECT m.owned_id, m.owner_id, m.percent, m.until_day, min(l.day) AS began
  FROM (
    SELECT o.owned_id, o.owner_id, max(o.percent) AS percent, max(o.until_day) AS until_day
    FROM ownership o
    JOIN parties p ON p.party_id = o.owner_id
    LEFT JOIN seat h ON h.country = p.hq_country
    WHERE p.tier = 3 OR h.tier = 3
    GROUP BY o.owned_id, o.owner_id
    HAVING sum(CASE WHEN o.until_day IS NULL THEN 1 ELSE 0 END) = 0 AND max(o.percent) >= {{half}}
  ) AS m
  JOIN lines l ON l.ultimate_consignee = m.owned_id
  WHERE l.controlled
  GROUP BY m.owned_id, m.owner_id, m.percent, m.until_day
  HAVING m.until_day >= min(l.day) - {{sold_before_days}} AND m.until_day <= min(l.day) + {{sold_after_days}}
),
scored AS (
  SELECT
    p.party_id, p.party_id AS key, p.root, p.parent_id, coalesce(p.hq_country, p.country) AS seat, h.percent, h.depth, h.owners, h.owner_id,
    CAST(NULL AS INT) AS until_day, CAST(NULL AS INT) AS began, 0 AS tied,
    CAST(CASE WHEN h.percent >= {{half}} THEN {{at_half}} WHEN h.percent >= {{near}} THEN {{at_near}} ELSE {{at_some}} END
      + CASE WHEN h.depth >= 2 THEN {{chain}} ELSE 0.0 END
      + CASE WHEN h.owners >= 2 THEN {{several}} ELSE 0.0 END
      -- Who names its parent in its own papers hides nothing.
      + CASE WHEN p.parent_id = h.owner_id THEN {{named_parent}} ELSE 0.0 END AS DOUBLE) AS llr
  FROM held h
  JOIN parties p ON p.party_id = h.owned_id
  LEFT JOIN seat s ON s.country = coalesce(p.hq_country, p.country)
  WHERE h.percent >= {{some}} AND coalesce(p.tier, 2) < 3 AND coalesce(s.tier, 2) < 3
  UNION ALL
  SELECT
    p.party_id, concat(p.party_id, '/', x.owner_id) AS key, p.root, p.parent_id, coalesce(p.hq_country, p.country) AS seat, x.percent, 1 AS depth,
    CAST(1 AS BIGINT) AS owners, x.owner_id, x.until_day, x.began, CASE WHEN k.weight >= {{tie}} THEN 1 ELSE 0 END AS tied,
    CAST({{sold}} + CASE WHEN k.weight >= {{tie}} THEN {{still_tied}} ELSE 0.0 END AS DOUBLE) AS llr
  FROM sold x
  JOIN parties p ON p.party_id = x.owned_id
  LEFT JOIN seat s ON s.country = coalesce(p.hq_country, p.country)
  LEFT JOIN (
    SELECT a, b, sum(weight) AS weight
    FROM links
    WHERE kind <> 'payer'
    GROUP BY a, b
  ) AS k ON k.a = least(x.owner_id, x.owned_id) AND k.b = greatest(x.owner_id, x.owned_id)
  WHERE coalesce(p.tier, 2) < 3 AND coalesce(s.tier, 2) < 3
),
behind AS (
  -- All by whom it is held so: owners from there, and those whom they hold themselves.
  SELECT s.owned_id AS party_id, s.owner_id AS who
  FROM stakes_all s
  JOIN parties o ON o.party_id = s.owner_id
  LEFT JOIN seat h ON h.country = o.hq_country
  LEFT JOIN (
    SELECT t.owned_id, max(t.percent) AS percent
    FROM stakes_all t
    JOIN parties q ON q.party_id = t.owner_id
    LEFT JOIN seat g ON g.country = q.hq_country
    WHERE q.tier = 3 OR g.tier = 3
    GROUP BY t.owned_id
  ) AS u ON u.owned_id = s.owner_id
  WHERE s.owner_id <> s.owned_id AND s.percent >= {{named_percent}} AND (o.tier = 3 OR h.tier = 3 OR u.percent >= {{some}})
),
took AS (
  SELECT ultimate_consignee AS party_id, order_id, min(day) AS day, max(tpp) AS tpp
  FROM lines
  WHERE controlled
  GROUP BY ultimate_consignee, order_id
)
SELECT
  'X02' AS pattern,
  h.key,
  array_agg(DISTINCT CASE r.role WHEN 'owner' THEN h.owner_id WHEN 'owned' THEN h.party_id WHEN 'behind' THEN b.who END) FILTER (WHERE r.role <> 'behind' OR b.who IS NOT NULL) AS subjects,
  array_agg(DISTINCT t.order_id) AS orders,
  CAST(sum(CASE WHEN r.role = 'owner' AND f.name = 'owner' THEN coalesce(t.tpp, 0) ELSE 0 END) AS BIGINT) AS tpp,
  min(t.day) AS first_day,
  max(t.day) AS last_day,
  h.llr,
  concat(h.party_id, ', seated in ', coalesce(h.seat, 'an unknown country'), CASE WHEN h.until_day IS NULL
      THEN concat(' by its papers, is held to ', CAST(CAST(round(h.percent) AS BIGINT) AS STRING),
        ' % from Macau or Country Group D:5, by ', CASE WHEN h.owners = 1 THEN h.owner_id ELSE concat(CAST(h.owners AS STRING), ' owners such as ', h.owner_id) END, '.')
      ELSE concat(' by its papers, was held to ', CAST(CAST(round(h.percent) AS BIGINT) AS STRING), ' % from Macau or Country Group D:5, by ', h.owner_id,
        CASE WHEN h.until_day < h.began
          THEN concat(', until ', CAST(h.began - h.until_day AS STRING), ' days before its first controlled goods')
          ELSE concat(', until ', CAST(h.until_day - h.began AS STRING), ' days after its first controlled goods') END,
        CASE WHEN h.tied = 1 THEN '; the two still share contacts.' ELSE '.' END) END) AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'owner' THEN h.owner_id
    WHEN 'percent' THEN CAST(CAST(round(h.percent) AS BIGINT) AS STRING)
    WHEN 'owners' THEN CAST(h.owners AS STRING)
    ELSE CAST(h.depth AS STRING) END)) AS facts
FROM scored h
JOIN took t ON t.party_id = h.party_id
CROSS JOIN (VALUES ('owner'), ('owned'), ('behind')) AS r (role)
LEFT JOIN behind b ON b.party_id = h.party_id AND r.role = 'behind'
CROSS JOIN (VALUES ('owner'), ('percent'), ('owners'), ('depth')) AS f (name)
GROUP BY h.party_id, h.key, h.owner_id, h.percent, h.owners, h.depth, h.seat, h.until_day, h.began, h.tied, h.llr
