WITH bought AS (
  SELECT
    ultimate_consignee AS party_id, sum(chips) AS chips, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day
  FROM lines
  WHERE controlled
  GROUP BY ultimate_consignee
),
mailed AS (
  SELECT
    b.party_id, p.country, p.email_domain, b.chips, b.tpp, b.first_day, b.last_day,
    CASE WHEN p.website IS NOT NULL THEN 1 ELSE 0 END AS website, CASE WHEN p.data_center_mw > 0 THEN 1 ELSE 0 END AS powered,
    CASE WHEN lower(p.email_domain) IN ('gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'yahoo.com', 'ymail.com',
      'aol.com', 'icloud.com', 'me.com', 'gmx.com', 'gmx.net', 'gmx.de', 'web.de', 'mail.com', 'zoho.com', 'proton.me', 'protonmail.com',
      'tutanota.com', 'qq.com', '163.com', '126.com', 'yeah.net', 'sina.com', 'sina.cn', 'sohu.com', 'foxmail.com', 'aliyun.com', '139.com',
      'mail.ru', 'yandex.ru', 'yandex.com', 'rambler.ru', 'inbox.ru', 'bk.ru', 'naver.com', 'daum.net', 'rediffmail.com', 'yahoo.co.in',
      'yahoo.co.uk', 'yahoo.co.jp', 'yahoo.com.sg', 'yahoo.com.my', 'hotmail.co.uk') THEN 1 ELSE 0 END AS free
  FROM bought b
  JOIN parties p ON p.party_id = b.party_id
  WHERE p.email_domain IS NOT NULL
),
peered AS (
  SELECT
    party_id, email_domain, chips, tpp, first_day, last_day, website, powered, free,
    (sum(free) OVER (PARTITION BY country) - free + {{prior_share}} * {{prior_parties}})
      / CAST(count(*) OVER (PARTITION BY country) - 1 + {{prior_parties}} AS DOUBLE) AS peers
  FROM mailed
),
scored AS (
  SELECT
    party_id, email_domain, chips, tpp, first_day, last_day, website, peers,
    {{base}} + least({{most_relative}}, ln({{evader_share}} / peers))
      + greatest(0.0, least({{most_size}}, 0.3 * ln(chips / CAST({{typical_chips}} AS DOUBLE))))
      + CASE WHEN website = 1 THEN {{has_website}} ELSE 0.0 END
      + CASE WHEN powered = 1 THEN {{can_show_power}} ELSE 0.0 END AS llr
  FROM peered
  WHERE free = 1 AND chips >= {{least_chips}}
)
SELECT
  'T15' AS pattern,
  h.party_id AS key,
  array_agg(DISTINCT h.party_id) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.party_id, ' bought ', CAST(h.chips AS STRING), ' controlled chips from a mailbox at ', h.email_domain, '; of its country''s other buyers ',
    CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING), ' % use such a service.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'email_domain' THEN h.email_domain
    WHEN 'chips' THEN CAST(h.chips AS STRING)
    WHEN 'website' THEN CAST(h.website AS STRING)
    ELSE CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
JOIN lines l ON l.ultimate_consignee = h.party_id AND l.controlled
CROSS JOIN (VALUES ('email_domain'), ('chips'), ('website'), ('peers_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.party_id, h.tpp, h.first_day, h.last_day, h.llr, h.chips, h.email_domain, h.website, h.peers
