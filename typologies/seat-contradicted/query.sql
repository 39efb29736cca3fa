WITH seated AS (
  -- Telephones as digits with the code of a country; what does not begin with one is none.
  SELECT
    party_id, root, country, hq_country, tier, email_domain, website,
    CASE WHEN digits LIKE '+%' THEN substr(digits, 2, 2) WHEN digits LIKE '00%' THEN substr(digits, 3, 2) END AS two,
    CASE WHEN digits LIKE '+%' THEN substr(digits, 2, 3) WHEN digits LIKE '00%' THEN substr(digits, 3, 3) END AS three
  FROM (
    SELECT
      party_id, root, country, hq_country, tier, email_domain, website,
      replace(replace(replace(replace(replace(coalesce(phone, ''), ' ', ''), '-', ''), '(', ''), ')', ''), '.', '') AS digits
    FROM parties
    WHERE country IS NOT NULL
  ) AS p
),
usual AS (
  -- How the telephones of a country begin, learned from the parties themselves.
  SELECT c.country, c.code, c.times
  FROM (
    SELECT country, code, count(*) AS times
    FROM (SELECT country, two AS code FROM seated WHERE two IS NOT NULL UNION ALL SELECT country, three AS code FROM seated WHERE three IS NOT NULL) AS u
    GROUP BY country, code
  ) AS c
  JOIN (SELECT country, count(*) AS phones FROM seated WHERE two IS NOT NULL GROUP BY country) AS n ON n.country = c.country
  WHERE n.phones >= {{least_phones}} AND c.times >= {{usual_share}} * n.phones
),
abroad AS (
  SELECT u.code, min(u.country) AS country
  FROM usual u
  JOIN (SELECT country, max(tier) AS tier FROM seated GROUP BY country) AS t ON t.country = u.country
  WHERE t.tier = 3
  GROUP BY u.code
),
house AS (
  SELECT email_domain, count(*) AS users
  FROM seated
  WHERE email_domain IS NOT NULL
  GROUP BY email_domain
  HAVING count(*) >= {{least_users}} AND sum(CASE WHEN tier = 3 THEN 1.0 ELSE 0.0 END) >= {{house_share}} * count(*)
),
concern AS (
  SELECT lower(country) AS ending FROM seated WHERE tier = 3 GROUP BY lower(country)
),
pair AS (
  SELECT a, b, sum(weight) AS weight, count(DISTINCT kind) AS kinds
  FROM (
    SELECT a, b, CASE WHEN kind = 'domain' THEN 'email' ELSE kind END AS kind, max(weight) AS weight
    FROM links
    WHERE kind <> 'payer' AND weight > 0
    GROUP BY a, b, CASE WHEN kind = 'domain' THEN 'email' ELSE kind END
  ) AS k
  GROUP BY a, b
),
tie AS (
  SELECT party_id, other, weight, kinds, row_number() OVER (PARTITION BY party_id ORDER BY weight DESC, other) AS turn
  FROM (
    SELECT m.party_id, m.other, m.weight, m.kinds
    FROM (SELECT a AS party_id, b AS other, weight, kinds FROM pair UNION ALL SELECT b AS party_id, a AS other, weight, kinds FROM pair) AS m
    JOIN seated s ON s.party_id = m.party_id
    JOIN seated o ON o.party_id = m.other
    WHERE m.weight >= {{least_tie}} AND coalesce(s.tier, 2) < 3 AND o.tier = 3 AND o.root <> s.root
  ) AS n
),
took AS (
  SELECT ultimate_consignee AS party_id, sum(coalesce(tpp, 0)) AS tpp, min(day) AS first_day, max(day) AS last_day, array_agg(DISTINCT order_id) AS orders
  FROM lines
  WHERE controlled
  GROUP BY ultimate_consignee
),
marked AS (
  SELECT
    t.party_id, s.country, t.tpp, t.first_day, t.last_day, t.orders, k.other, coalesce(k.weight, 0.0) AS tie, coalesce(k.kinds, 0) AS kinds,
    CASE WHEN y.country <> s.country AND w2.code IS NULL AND w3.code IS NULL THEN 1 ELSE 0 END AS phone, y.country AS phone_country,
    CASE WHEN h.email_domain IS NOT NULL THEN 1 ELSE 0 END AS house,
    CASE WHEN c.ending IS NOT NULL THEN 1 ELSE 0 END AS website,
    CASE WHEN g.tier = 3 THEN 1 ELSE 0 END AS named
  FROM took t
  JOIN seated s ON s.party_id = t.party_id
  LEFT JOIN abroad y2 ON y2.code = s.two
  LEFT JOIN abroad y ON y.code = CASE WHEN y2.code IS NOT NULL THEN s.two ELSE s.three END
  LEFT JOIN usual w2 ON w2.country = s.country AND w2.code = s.two
  LEFT JOIN usual w3 ON w3.country = s.country AND w3.code = s.three
  LEFT JOIN house h ON h.email_domain = s.email_domain
  LEFT JOIN concern c ON c.ending = substr(lower(coalesce(s.website, '')), length(coalesce(s.website, '')) - 1, 2)
    AND substr(coalesce(s.website, ''), length(coalesce(s.website, '')) - 2, 1) = '.'
  LEFT JOIN tie k ON k.party_id = t.party_id AND k.turn = 1
  LEFT JOIN (SELECT country, max(tier) AS tier FROM seated GROUP BY country) AS g ON g.country = s.hq_country
  WHERE coalesce(s.tier, 2) < 3
),
peered AS (
  SELECT
    party_id, country, tpp, first_day, last_day, orders, other, tie, kinds, phone, phone_country, house, website, named,
    (sum(CASE WHEN phone + house + website > 0 OR other IS NOT NULL THEN 1 ELSE 0 END) OVER (PARTITION BY country)
        - CASE WHEN phone + house + website > 0 OR other IS NOT NULL THEN 1 ELSE 0 END + {{prior_share}} * {{prior_buyers}})
      / CAST(count(*) OVER (PARTITION BY country) - 1 + {{prior_buyers}} AS DOUBLE) AS peers
  FROM marked
),
scored AS (
  SELECT
    party_id, country, tpp, first_day, last_day, orders, other, tie, phone, phone_country, house, website, peers,
    {{base}} + phone * {{phone}} + house * {{house}} + website * {{website}} + least({{most_tie}}, {{tie_slope}} * tie)
      + CASE WHEN phone + house + website + CASE WHEN other IS NULL THEN 0 ELSE 1 END + CASE WHEN kinds >= 2 THEN 1 ELSE 0 END >= 2 THEN {{several}} ELSE {{alone}} END
      + greatest({{least_relative}}, least({{most_relative}}, 0.5 * ln({{evader_share}} / peers))) + named * {{named}} AS llr
  FROM peered
  WHERE phone + house + website > 0 OR other IS NOT NULL
)
SELECT
  'X14' AS pattern,
  h.party_id AS key,
  array_agg(DISTINCT CASE r.role WHEN 'buyer' THEN h.party_id ELSE coalesce(h.other, h.party_id) END) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  CAST(h.llr AS DOUBLE) AS llr,
  concat(h.party_id, ' gives ', h.country, ' as its seat;', CASE WHEN h.phone = 1 THEN concat(' its telephone begins like those of ', h.phone_country, ';') ELSE '' END,
    CASE WHEN h.house = 1 THEN ' its mail is with a house that firms of Macau or Country Group D:5 use;' ELSE '' END,
    CASE WHEN h.website = 1 THEN ' its web site is under a domain of such a country;' ELSE '' END,
    CASE WHEN h.other IS NULL THEN '' ELSE concat(' it shares contacts with ', h.other, ', which sits there;') END,
    ' among other buyers of ', h.country, ' ', CAST(CAST(round(100 * h.peers) AS BIGINT) AS STRING), ' % show any of this.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'telephone' THEN CAST(h.phone AS STRING)
    WHEN 'mail' THEN CAST(h.house AS STRING)
    WHEN 'web_site' THEN CAST(h.website AS STRING)
    WHEN 'shares_with' THEN coalesce(h.other, 'none')
    ELSE CAST(CAST(round(100 * h.tie) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('buyer'), ('other')) AS r (role)
CROSS JOIN (VALUES ('telephone'), ('mail'), ('web_site'), ('shares_with'), ('tie_percent')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.party_id, h.country, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.phone, h.phone_country, h.house, h.website, h.other, h.tie, h.peers
