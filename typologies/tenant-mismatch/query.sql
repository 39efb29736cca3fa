WITH site AS (
  SELECT
    coalesce(p.root, t.operator, t.owner) AS root, t.site_id, coalesce(t.mw, 0.0) AS mw,
    CASE WHEN t.tenant_hq IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY', 'CU', 'VE', 'MM', 'AF', 'IQ', 'LB', 'LY', 'KH')
      THEN 1 ELSE 0 END AS concern,
    t.tenant_hq
  FROM sites t
  LEFT JOIN parties p ON p.party_id = coalesce(t.operator, t.owner)
),
operator AS (
  SELECT
    root, count(DISTINCT site_id) AS sites, sum(concern) AS leased, sum(mw) AS mw, sum(concern * mw) AS leased_mw,
    min(CASE WHEN concern = 1 THEN tenant_hq END) AS tenant_hq
  FROM site
  GROUP BY root
),
hit AS (
  SELECT
    root, sites, leased, tenant_hq,
    CASE WHEN mw > 0 THEN leased_mw / nullif(mw, 0.0) ELSE CAST(leased AS DOUBLE) / sites END AS share
  FROM operator
  WHERE leased > 0
)
SELECT
  'T48' AS pattern,
  h.root AS key,
  array_agg(DISTINCT l.ultimate_consignee) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  sum(CASE WHEN f.name = 'share_percent' THEN l.tpp ELSE 0 END) AS tpp,
  min(l.day) AS first_day,
  max(l.day) AS last_day,
  CAST({{base}} AS DOUBLE) AS llr,
  concat(CAST(CAST(round(100 * h.share) AS BIGINT) AS STRING), ' % of the site capacity of ', h.root, ' stands with a tenant from ', h.tenant_hq,
    '. This is lawful as far as is known.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'share_percent' THEN CAST(CAST(round(100 * h.share) AS BIGINT) AS STRING)
    WHEN 'tenant_hq' THEN h.tenant_hq
    ELSE CAST(h.sites AS STRING) END)) AS facts
FROM hit h
JOIN lines l ON l.root = h.root AND l.controlled
CROSS JOIN (VALUES ('share_percent'), ('tenant_hq'), ('sites')) AS f (name)
WHERE h.share > {{share}}
GROUP BY h.root, h.share, h.tenant_hq, h.sites
