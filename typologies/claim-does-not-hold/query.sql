WITH claim AS (
  -- A validated end user of either kind whose limit or building is in dispute claims in the open, and a wrong box where the goods could go anyway gains nothing.
  SELECT
    l.order_id, l.root, l.ultimate_consignee AS consignee, coalesce(l.purchaser, l.ultimate_consignee) AS purchaser, l.authorization, l.day, l.tpp, CASE WHEN l.claimed_ok THEN 0 ELSE 1 END AS fails, l.tier
  FROM lines l
  LEFT JOIN parties r ON r.party_id = l.root
  LEFT JOIN parties c ON c.party_id = l.ultimate_consignee
  WHERE l.authorization IS NOT NULL AND l.claimed_ok IS NOT NULL AND l.tpp > 0
    AND (l.claimed_ok OR l.authorization <> 'VEU' OR (coalesce(r.flags, '') NOT LIKE '%veu%' AND coalesce(c.flags, '') NOT LIKE '%veu%'))
    AND (l.claimed_ok OR l.authorization NOT IN ('ACA', 'NAC') OR l.decided IS NULL)
),
by_root AS (
  SELECT
    root, count(*) AS claims, sum(fails) AS failing, sum(CASE WHEN fails = 1 THEN tpp ELSE 0 END) AS tpp,
    min(CASE WHEN fails = 1 THEN day END) AS first_day, max(CASE WHEN fails = 1 THEN day END) AS last_day,
    max(CASE WHEN fails = 1 THEN authorization END) AS authorization, max(tier) AS tier
  FROM claim
  GROUP BY root
),
peered AS (
  -- Where a whole trade misreads the law, a wrong claim tells little.
  SELECT
    root, claims, failing, tpp, first_day, last_day, authorization,
    least({{evader_share}} * 0.9, greatest({{slip_share}},
      (sum(failing) OVER (PARTITION BY tier) - failing + {{slip_share}} * {{prior_claims}})
        / CAST(sum(claims) OVER (PARTITION BY tier) - claims + {{prior_claims}} AS DOUBLE))) AS peers
  FROM by_root
),
scored AS (
  SELECT
    root, claims, failing, tpp, first_day, last_day, authorization,
    {{base}} + least({{most}}, {{slope}} * (failing * ln({{evader_share}} / peers)
      + (claims - failing) * ln((1 - {{evader_share}}) / (1 - peers)))) AS llr
  FROM peered
  WHERE failing >= {{least_orders}} AND tpp >= {{least_tpp}}
)
SELECT
  'X01' AS pattern,
  h.root AS key,
  array_agg(DISTINCT CASE r.role WHEN 'consignee' THEN c.consignee WHEN 'purchaser' THEN c.purchaser ELSE h.root END) AS subjects,
  array_agg(DISTINCT c.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.failing AS STRING), ' of ', CAST(h.claims AS STRING), ' authorizations that were claimed for ', h.root,
    ' do not hold (for instance ', h.authorization, '), ', CAST(h.tpp AS STRING), ' TPP in all.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'claims' THEN CAST(h.claims AS STRING)
    WHEN 'failing' THEN CAST(h.failing AS STRING)
    ELSE h.authorization END)) AS facts
FROM scored h
JOIN claim c ON c.root = h.root AND c.fails = 1
CROSS JOIN (VALUES ('consignee'), ('purchaser'), ('root')) AS r (role)
CROSS JOIN (VALUES ('claims'), ('failing'), ('for_instance')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.root, h.tpp, h.first_day, h.last_day, h.llr, h.failing, h.claims, h.authorization
