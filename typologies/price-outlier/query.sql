WITH binned AS (
  SELECT item, quarter_no, CAST(round(100 * ln(unit_price_usd)) AS INT) AS bin, count(*) AS n
  FROM lines
  WHERE unit_price_usd > 0 AND unit_tpp > 0
  GROUP BY item, quarter_no, CAST(round(100 * ln(unit_price_usd)) AS INT)
),
ranked AS (
  SELECT
    item, quarter_no, bin,
    sum(n) OVER (PARTITION BY item, quarter_no ORDER BY bin ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS so_far,
    sum(n) OVER (PARTITION BY item, quarter_no) AS total
  FROM binned
),
usual AS (
  SELECT
    item, quarter_no, max(total) AS total,
    min(CASE WHEN 4 * so_far >= total THEN bin END) / 100.0 AS low,
    min(CASE WHEN 2 * so_far >= total THEN bin END) / 100.0 AS middle,
    min(CASE WHEN 4 * so_far >= 3 * total THEN bin END) / 100.0 AS high
  FROM ranked
  GROUP BY item, quarter_no
),
own AS (
  SELECT item, quarter_no, root, count(*) AS n
  FROM lines
  WHERE unit_price_usd > 0 AND unit_tpp > 0
  GROUP BY item, quarter_no, root
),
judged AS (
  SELECT
    l.root, l.order_id, l.day, l.exporter, l.ultimate_consignee, coalesce(l.tpp, 0) AS tpp, l.quantity * l.unit_price_usd AS usd,
    u.total - o.n AS others,
    ln(l.unit_price_usd) - CAST(u.middle AS DOUBLE) AS off,
    greatest({{least_sigma}}, CAST(u.high - u.low AS DOUBLE) / 1.349) AS sigma,
    ln(l.unit_price_usd / l.list_price_usd) AS off_list,
    CASE WHEN l.kind IN ('server', 'rack', 'board') THEN ln({{system_ratio}}) ELSE ln({{least_ratio}}) END AS allowed,
    lower(coalesce(l.description, '')) AS described
  FROM usual u
  JOIN own o ON o.item = u.item AND o.quarter_no = u.quarter_no
  JOIN lines l ON l.item = o.item AND l.quarter_no = o.quarter_no AND l.root = o.root
  WHERE l.unit_price_usd > 0 AND l.unit_tpp > 0
),
marked AS (
  SELECT
    root, order_id, day, exporter, ultimate_consignee, tpp, usd, others, off, off_list,
    CASE
      WHEN others >= {{least_peers}} AND off > {{deviations}} * sigma AND off > ln({{least_ratio}}) THEN 'over'
      WHEN others >= {{least_peers}} AND off < -{{deviations}} * sigma AND off < -ln({{least_ratio}})
        AND described NOT LIKE '%used%' AND described NOT LIKE '%refurb%' AND described NOT LIKE '%second%hand%' THEN 'under'
      WHEN others < {{least_peers}} AND off_list > allowed THEN 'list'
      ELSE 'plain' END AS mark
  FROM judged
),
priced AS (
  SELECT root, count(*) AS n
  FROM lines
  WHERE unit_price_usd > 0 AND unit_tpp > 0
  GROUP BY root
),
by_root AS (
  SELECT
    m.root, max(o.n) AS priced, sum(CASE WHEN r.role = 'seller' THEN 1 ELSE 0 END) AS odd,
    max(CASE WHEN m.mark = 'over' THEN 1 ELSE 0 END) AS over, max(CASE WHEN m.mark = 'under' THEN 1 ELSE 0 END) AS under,
    max(CASE WHEN m.mark = 'list' THEN 1 ELSE 0 END) AS list,
    max(CASE WHEN m.mark IN ('over', 'under') THEN abs(m.off) WHEN m.mark = 'list' THEN m.off_list ELSE 0.0 END) AS off,
    sum(CASE WHEN r.role = 'buyer' THEN 0 ELSE m.tpp END) AS tpp,
    sum(CASE WHEN r.role = 'buyer' THEN 0.0 ELSE m.usd END) AS usd,
    min(m.day) AS first_day, max(m.day) AS last_day,
    array_agg(DISTINCT CASE r.role WHEN 'seller' THEN coalesce(m.exporter, m.ultimate_consignee) ELSE m.ultimate_consignee END) AS subjects,
    array_agg(DISTINCT m.order_id) AS orders
  FROM marked m
  JOIN priced o ON o.root = m.root
  CROSS JOIN (VALUES ('seller'), ('buyer')) AS r (role)
  WHERE m.mark <> 'plain'
  GROUP BY m.root
),
scored AS (
  SELECT
    root, odd, priced, over, under, off, tpp, usd, first_day, last_day, subjects, orders,
    {{base}} + greatest(CASE WHEN over = 1 OR list = 1 THEN {{over}} ELSE 0.0 END, CASE WHEN under = 1 THEN {{under}} ELSE 0.0 END)
      + CASE WHEN over = 0 AND under = 0 THEN {{no_peers}} ELSE 0.0 END
      + least({{most_slope}}, {{slope}} * (off - 0.26)) + least(0.6, 0.2 * ln(odd))
      -- Age and use take half of a price, or two thirds; nobody sells at a tenth.
      + CASE WHEN under = 1 THEN greatest(0.0, least({{most_absurd}}, {{absurd_slope}} * (off - {{absurd}}))) ELSE 0.0 END AS llr
  FROM by_root
  WHERE odd >= {{least_share}} * priced AND usd >= {{least_usd}}
)
SELECT
  'T27' AS pattern,
  h.root AS key,
  h.subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.root, ' paid a price up to ', CAST(CAST(round(100 * exp(h.off) - 100) AS BIGINT) AS STRING), ' % off what is usual in ',
    CAST(h.odd AS STRING), ' of ', CAST(h.priced AS STRING), ' priced lines, worth $',
    CAST(CAST(round(h.usd) AS BIGINT) AS STRING), '.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'lines_off' THEN CAST(h.odd AS STRING)
    WHEN 'lines_priced' THEN CAST(h.priced AS STRING)
    WHEN 'off_percent' THEN CAST(CAST(round(100 * exp(h.off) - 100) AS BIGINT) AS STRING)
    WHEN 'over' THEN CAST(h.over AS STRING)
    ELSE CAST(h.under AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('lines_off'), ('lines_priced'), ('off_percent'), ('over'), ('under')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.root, h.subjects, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.odd, h.priced, h.off, h.over, h.under, h.usd
