WITH weighed AS (
  SELECT
    order_id, day, coalesce(exporter, root) AS exporter, item, quantity, coalesce(tpp, 0) AS tpp, gross_weight_kg AS kg,
    gross_weight_kg / quantity AS unit_kg, quantity * unit_mass_kg AS bare_kg, coalesce(packages, 0) AS packages,
    CASE WHEN lower(description) LIKE '%empty%' OR lower(description) LIKE '%nothing%' OR lower(description) LIKE '%no goods%'
      OR lower(description) LIKE '%no cargo%' THEN 1 ELSE 0 END AS empty
  FROM lines
  WHERE gross_weight_kg > 0 AND quantity > 0
),
usual AS (
  SELECT item, exporter, sum(unit_kg) AS unit_kg, count(*) AS times
  FROM weighed_by_line
  GROUP BY item, exporter
)
SELECT 1
