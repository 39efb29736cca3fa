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
scored AS (
  SELECT
    p.party_id, p.root, p.parent_id, coalesce(p.hq_country, p.country) AS seat, h.percent, h.depth, h.owners, h.owner_id,
    CAST(CASE WHEN h.percent >= {{half}} THEN {{at_half}} WHEN h.percent >= {{near}} THEN {{at_near}} ELSE {{at_some}} END
      + CASE WHEN h.depth >= 2 THEN {{chain}} ELSE 0.0 END
      + CASE WHEN h.owners >= 2 THEN {{several}} ELSE 0.0 END
      -- Who names its parent in its own papers hides nothing.
      + CASE WHEN p.parent_id = h.owner_id THEN {{named_parent}} ELSE 0.0 END AS DOUBLE) AS llr
  FROM held h
  JOIN parties p ON p.party_id = h.owned_id
  LEFT JOIN seat s ON s.country = coalesce(p.hq_country, p.country)
  WHERE h.percent >= {{some}} AND coalesce(p.tier, 2) < 3 AND coalesce(s.tier, 2) < 3
),
took AS (
  SELECT ultimate_consignee AS party_id, order_id, min(day) AS day, max(tpp) AS tpp
  FROM lines
  WHERE controlled
  GROUP BY ultimate_consignee, order_id
)
SELECT
  'X02' AS pattern,
  h.party_id AS key,
  array_agg(DISTINCT CASE r.role WHEN 'owner' THEN h.owner_id ELSE h.party_id END) AS subjects,
  array_agg(DISTINCT t.order_id) AS orders,
  CAST(sum(CASE WHEN r.role = 'owner' AND f.name = 'owner' THEN coalesce(t.tpp, 0) ELSE 0 END) AS BIGINT) AS tpp,
  min(t.day) AS first_day,
  max(t.day) AS last_day,
  h.llr,
  concat(h.party_id, ', seated in ', coalesce(h.seat, 'an unknown country'), ' by its papers, is held to ',
    CAST(CAST(round(h.percent) AS BIGINT) AS STRING), ' % from Macau or Country Group D:5, by ', CAST(h.owners AS STRING), ' owners such as ', h.owner_id, '.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'owner' THEN h.owner_id
    WHEN 'percent' THEN CAST(CAST(round(h.percent) AS BIGINT) AS STRING)
    WHEN 'owners' THEN CAST(h.owners AS STRING)
    ELSE CAST(h.depth AS STRING) END)) AS facts
FROM scored h
JOIN took t ON t.party_id = h.party_id
CROSS JOIN (VALUES ('owner'), ('owned')) AS r (role)
CROSS JOIN (VALUES ('owner'), ('percent'), ('owners'), ('depth')) AS f (name)
GROUP BY h.party_id, h.owner_id, h.percent, h.owners, h.depth, h.seat, h.llr
