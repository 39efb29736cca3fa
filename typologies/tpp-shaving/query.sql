WITH weak AS (
  SELECT
    order_id, day, coalesce(exporter, root) AS exporter, root, item, quantity, unit_price_usd AS usd, list_price_usd AS list_usd, description,
    concat(' ', replace(replace(lower(description), '-', ' '), ',', ' '), ' ') AS d, lower(item) AS i,
    sum(ln(unit_price_usd)) OVER (PARTITION BY item) - sum(ln(unit_price_usd)) OVER (PARTITION BY item, coalesce(exporter, root)) AS others_log,
    count(unit_price_usd) OVER (PARTITION BY item) - count(unit_price_usd) OVER (PARTITION BY item, coalesce(exporter, root)) AS others
  FROM lines
  WHERE controlled = FALSE AND kind IN ('ic', 'board', 'server', 'rack') AND (unit_price_usd > 0 OR unit_price_usd IS NULL)
),
judged AS (
  SELECT
    order_id, day, exporter, root, item, quantity, usd, description,
    CASE WHEN d NOT LIKE '% for %' AND d NOT LIKE '%compatible%' AND (
        (d LIKE '%h100%' AND i NOT LIKE '%h100%') OR (d LIKE '%h200%' AND i NOT LIKE '%h200%') OR (d LIKE '%h800%' AND i NOT LIKE '%h800%')
        OR (d LIKE '%a100%' AND i NOT LIKE '%a100%') OR (d LIKE '%a800%' AND i NOT LIKE '%a800%') OR (d LIKE '% b100%' AND i NOT LIKE '%b100%')
        OR (d LIKE '%b200%' AND i NOT LIKE '%b200%') OR (d LIKE '%b300%' AND i NOT LIKE '%b300%') OR (d LIKE '%mi300%' AND i NOT LIKE '%mi300%')
        OR (d LIKE '%mi325%' AND i NOT LIKE '%mi325%') OR (d LIKE '%mi350%' AND i NOT LIKE '%mi350%') OR (d LIKE '%mi355%' AND i NOT LIKE '%mi355%')
        OR (d LIKE '%l40s%' AND i NOT LIKE '%l40s%') OR (d LIKE '%rtx 4090 %' AND d NOT LIKE '%4090 d %' AND i NOT LIKE '%4090')
        OR (d LIKE '%rtx 5090 %' AND d NOT LIKE '%5090 d %' AND i NOT LIKE '%5090')) THEN 1 ELSE 0 END AS named,
    CASE WHEN usd >= {{least_usd}} AND usd > {{price_times}} * coalesce(CASE WHEN others > 0 THEN exp(others_log / others) END, list_usd)
      AND usd > {{price_times}} * coalesce(list_usd, 0.0) THEN 1 ELSE 0 END AS dear,
    coalesce(list_usd, CASE WHEN others > 0 THEN exp(others_log / others) END) AS usual_usd
  FROM weak
),
by_exporter AS (
  SELECT
    j.exporter, count(DISTINCT j.order_id) AS times, max(j.named) AS named, max(j.dear) AS dear,
    max(CASE WHEN j.usd >= {{least_usd}} THEN 1 ELSE 0 END) AS not_cheap, sum(CASE WHEN r.role = 'seller' THEN j.quantity ELSE 0 END) AS units,
    max(j.usd) AS usd, min(j.usual_usd) AS usual_usd, min(j.item) AS item, min(j.day) AS first_day, max(j.day) AS last_day,
    array_agg(DISTINCT CASE r.role WHEN 'seller' THEN j.exporter ELSE j.root END) AS subjects,
    array_agg(DISTINCT j.order_id) AS orders
  FROM (VALUES ('seller'), ('buyer')) AS r (role)
  CROSS JOIN judged j
  WHERE j.named = 1 OR j.dear = 1
  GROUP BY j.exporter
),
scored AS (
  SELECT
    exporter, times, named, dear, units, coalesce(usd, 0.0) AS usd, coalesce(usual_usd, 0.0) AS usual_usd, item,
    first_day, last_day, subjects, orders,
    {{base}} + CASE WHEN named = 1 THEN {{named}} + CASE WHEN not_cheap = 1 THEN {{not_cheap}} ELSE 0.0 END ELSE 0.0 END
      + CASE WHEN dear = 1 THEN {{dear}} ELSE 0.0 END
      + least({{most_repeat}}, 0.3 * ln(times)) AS llr
  FROM by_exporter
)
SELECT
  'T07' AS pattern,
  h.exporter AS key,
  h.subjects,
  h.orders,
  CAST(round(h.units * 4800.0) AS BIGINT) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.exporter, ' declared ', CAST(h.units AS STRING), ' units as ', h.item, ' or the like, ',
    CASE WHEN h.named = 1 THEN 'with a controlled model in the description' ELSE 'at the price of a stronger model' END,
    CASE WHEN h.usd > 0 THEN concat(', for up to $', CAST(CAST(round(h.usd) AS BIGINT) AS STRING), ' a unit.') ELSE '.' END) AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'units' THEN CAST(h.units AS STRING)
    WHEN 'declared_item' THEN h.item
    WHEN 'model_named' THEN CAST(h.named AS STRING)
    WHEN 'dear' THEN CAST(h.dear AS STRING)
    WHEN 'unit_usd' THEN CAST(CAST(round(h.usd) AS BIGINT) AS STRING)
    ELSE CAST(CAST(round(h.usual_usd) AS BIGINT) AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('units'), ('declared_item'), ('model_named'), ('dear'), ('unit_usd'), ('usual_usd')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.exporter, h.subjects, h.orders, h.first_day, h.last_day, h.llr, h.units, h.item, h.named, h.dear, h.usd, h.usual_usd
