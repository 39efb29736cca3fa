WITH ring AS (
  -- The fourth payment of a circle of three is its first again.
  SELECT
    a.payer AS p1, b.payer AS p2, c.payer AS p3, CASE WHEN c.payee <> a.payer THEN d.payer END AS p4, a.day AS first_day,
    CASE WHEN c.payee <> a.payer THEN d.day ELSE c.day END AS last_day, a.amount_usd AS usd,
    a.order_id AS o1, b.order_id AS o2, c.order_id AS o3, CASE WHEN c.payee <> a.payer THEN d.order_id END AS o4
  FROM (SELECT DISTINCT payee FROM payments WHERE amount_usd >= {{least_usd}}) z
  JOIN (SELECT payer FROM payments WHERE amount_usd >= {{least_usd}} GROUP BY payer HAVING count(*) <= {{hub}}) w ON w.payer = z.payee
  JOIN payments a ON a.payer = w.payer
  JOIN (SELECT payer FROM payments WHERE amount_usd >= {{least_usd}} GROUP BY payer HAVING count(*) <= {{hub}}) x ON x.payer = a.payee
  JOIN payments b
    ON b.payer = x.payer AND b.day >= a.day AND b.day <= a.day + {{within_days}}
    AND b.amount_usd >= (1 - {{tolerance}}) * a.amount_usd AND b.amount_usd <= (1 + {{tolerance}}) * a.amount_usd
  JOIN (SELECT payer FROM payments WHERE amount_usd >= {{least_usd}} GROUP BY payer HAVING count(*) <= {{hub}}) y ON y.payer = b.payee
  JOIN payments c
    ON c.payer = y.payer AND c.day >= b.day AND c.day <= a.day + {{within_days}}
    AND c.amount_usd >= (1 - {{tolerance}}) * a.amount_usd AND c.amount_usd <= (1 + {{tolerance}}) * a.amount_usd
  JOIN (SELECT payer FROM payments WHERE amount_usd >= {{least_usd}} GROUP BY payer HAVING count(*) <= {{hub}}) v ON v.payer = c.payee
  JOIN payments d
    ON d.payer = v.payer AND ((c.payee = a.payer AND d.payee = a.payee AND d.day = a.day AND d.amount_usd = a.amount_usd)
      OR (c.payee <> a.payer AND d.payee = a.payer AND d.day >= c.day AND d.day <= a.day + {{within_days}}
        AND d.amount_usd >= (1 - {{tolerance}}) * a.amount_usd AND d.amount_usd <= (1 + {{tolerance}}) * a.amount_usd))
  WHERE a.amount_usd >= {{least_usd}} AND b.amount_usd >= {{least_usd}} AND c.amount_usd >= {{least_usd}} AND d.amount_usd >= {{least_usd}}
    AND a.payer <> a.payee AND b.payer <> b.payee AND b.payee <> a.payer AND c.payee <> b.payer AND c.payee <> c.payer
),
seat AS (
  SELECT
    concat(least(g.p1, g.p2, g.p3, coalesce(g.p4, g.p1)), '>', greatest(g.p1, g.p2, g.p3, coalesce(g.p4, g.p1))) AS ring,
    CASE WHEN g.p4 IS NULL THEN 3 ELSE 4 END AS hops, g.first_day, g.last_day, g.usd, s.seat,
    CASE s.seat WHEN 1 THEN g.p1 WHEN 2 THEN g.p2 WHEN 3 THEN g.p3 ELSE coalesce(g.p4, g.p1) END AS who,
    CASE s.seat WHEN 1 THEN g.o1 WHEN 2 THEN g.o2 WHEN 3 THEN g.o3 ELSE g.o4 END AS order_id
  FROM (VALUES (1), (2), (3), (4)) AS s (seat)
  CROSS JOIN ring g
),
trader AS (
  SELECT party_id, max(root) AS root, sum(tpp) AS tpp
  FROM (
    SELECT ultimate_consignee AS party_id, root, tpp FROM lines WHERE controlled
    UNION ALL
    SELECT exporter AS party_id, CAST(NULL AS STRING) AS root, 0 AS tpp FROM lines WHERE controlled AND exporter IS NOT NULL
    UNION ALL
    SELECT purchaser AS party_id, CAST(NULL AS STRING) AS root, 0 AS tpp FROM lines WHERE controlled AND purchaser IS NOT NULL
  ) AS t
  GROUP BY party_id
),
by_ring AS (
  SELECT
    s.ring, min(s.hops) AS hops, count(DISTINCT s.first_day) AS times, max(s.usd) AS usd, min(s.first_day) AS first_day, max(s.last_day) AS last_day,
    count(DISTINCT coalesce(p.root, s.who)) AS groups, max(CASE WHEN t.party_id IS NOT NULL THEN 1 ELSE 0 END) AS trades,
    max(coalesce(t.tpp, 0)) AS tpp,
    array_agg(DISTINCT s.who) AS subjects,
    array_agg(DISTINCT s.order_id) FILTER (WHERE s.order_id IS NOT NULL) AS orders
  FROM seat s
  LEFT JOIN parties p ON p.party_id = s.who
  LEFT JOIN trader t ON t.party_id = s.who
  GROUP BY s.ring
),
scored AS (
  SELECT
    ring, hops, times, usd, first_day, last_day, tpp, subjects, orders,
    CAST({{base}} + CASE WHEN hops = 4 THEN {{four}} ELSE 0.0 END + CASE WHEN times >= 2 THEN {{twice}} ELSE 0.0 END AS DOUBLE)
      + least(0.8, 0.2 * ln(usd / {{least_usd}})) AS llr
  FROM by_ring
  WHERE trades = 1 AND groups >= 3
)
SELECT
  'T25' AS pattern,
  h.ring AS key,
  h.subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat('About $', CAST(CAST(round(h.usd) AS BIGINT) AS STRING), ' came back to its sender over ', CAST(h.hops AS STRING), ' hops within ',
    CAST(h.last_day - h.first_day AS STRING), ' days, ', CAST(h.times AS STRING), ' times.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'hops' THEN CAST(h.hops AS STRING)
    WHEN 'usd' THEN CAST(CAST(round(h.usd) AS BIGINT) AS STRING)
    WHEN 'times' THEN CAST(h.times AS STRING)
    ELSE CAST(h.last_day - h.first_day AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('hops'), ('usd'), ('times'), ('days')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.ring, h.subjects, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.hops, h.usd, h.times
