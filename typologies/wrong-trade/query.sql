WITH odd AS (
  SELECT
    party_id, business, data_center_mw,
    CASE WHEN b LIKE '%real estate%' OR b LIKE '%realty%' OR b LIKE '%property%' OR b LIKE '%pharma%' OR b LIKE '%consumer%'
      OR b LIKE '%garment%' OR b LIKE '%textile%' OR b LIKE '%apparel%' OR b LIKE '%fashion%' OR b LIKE '%clothing%' OR b LIKE '%food%'
      OR b LIKE '%beverage%' OR b LIKE '%restaurant%' OR b LIKE '%catering%' OR b LIKE '%fish%' OR b LIKE '%agricult%' OR b LIKE '%farm%'
      OR b LIKE '%furniture%' OR b LIKE '%toy%' OR b LIKE '%cosmetic%' OR b LIKE '%beauty%' OR b LIKE '%jewel%' OR b LIKE '%travel%'
      OR b LIKE '%touris%' OR b LIKE '%hotel%' OR b LIKE '%hospitality%' OR b LIKE '%lifestyle%' OR b LIKE '%construction%'
      OR b LIKE '%building material%' OR b LIKE '%cleaning%' OR b LIKE '%timber%' OR b LIKE '%mining%' OR b LIKE '%metal%'
      OR b LIKE '%wedding%' OR b LIKE '%sport%' OR b LIKE '%household%' OR b LIKE '%paper%' OR b LIKE '%plastic%' OR b LIKE '%flower%'
      OR b LIKE '%supplement%' OR b LIKE '%medicine%' OR b LIKE '%tobacco%' OR b LIKE '%wine%' THEN {{far}}
    ELSE {{near}} END AS distance
  FROM (
    SELECT party_id, business, data_center_mw, concat(' ', lower(business), ' ') AS b
    FROM parties
    WHERE business IS NOT NULL
  ) AS p
  WHERE (b LIKE '%real estate%' OR b LIKE '%realty%' OR b LIKE '%property%' OR b LIKE '%pharma%' OR b LIKE '%consumer%'
      OR b LIKE '%garment%' OR b LIKE '%textile%' OR b LIKE '%apparel%' OR b LIKE '%fashion%' OR b LIKE '%clothing%' OR b LIKE '%food%'
      OR b LIKE '%beverage%' OR b LIKE '%restaurant%' OR b LIKE '%catering%' OR b LIKE '%fish%' OR b LIKE '%agricult%' OR b LIKE '%farm%'
      OR b LIKE '%furniture%' OR b LIKE '%toy%' OR b LIKE '%cosmetic%' OR b LIKE '%beauty%' OR b LIKE '%jewel%' OR b LIKE '%travel%'
      OR b LIKE '%touris%' OR b LIKE '%hotel%' OR b LIKE '%hospitality%' OR b LIKE '%lifestyle%' OR b LIKE '%construction%'
      OR b LIKE '%building material%' OR b LIKE '%cleaning%' OR b LIKE '%timber%' OR b LIKE '%mining%' OR b LIKE '%metal%'
      OR b LIKE '%wedding%' OR b LIKE '%sport%' OR b LIKE '%household%' OR b LIKE '%paper%' OR b LIKE '%plastic%' OR b LIKE '%flower%'
      OR b LIKE '%supplement%' OR b LIKE '%medicine%' OR b LIKE '%tobacco%' OR b LIKE '%wine%'
      OR b LIKE '%bank%' OR b LIKE '%insur%' OR b LIKE '%automot%' OR b LIKE '%car maker%' OR b LIKE '%game%' OR b LIKE '%gaming%'
      OR b LIKE '%hospital %' OR b LIKE '%machinery%' OR b LIKE '%energy%' OR b LIKE '%retail%' OR b LIKE '%film%' OR b LIKE '%media%')
    AND b NOT LIKE '%comput%' AND b NOT LIKE '%cloud%' AND b NOT LIKE '%data cent%' AND b NOT LIKE '%hosting%' AND b NOT LIKE '%telecom%'
    AND b NOT LIKE '%server%' AND b NOT LIKE '%semiconductor%' AND b NOT LIKE '%software%' AND b NOT LIKE '% it %' AND b NOT LIKE '% ai %'
    AND b NOT LIKE '%artificial intel%' AND b NOT LIKE '%electronic%' AND b NOT LIKE '%internet%' AND b NOT LIKE '%research%'
    AND b NOT LIKE '%universit%' AND b NOT LIKE '%educat%' AND b NOT LIKE '%technolog%'
),
took AS (
  SELECT
    l.order_id, l.day, l.tpp, r.role,
    CASE r.role WHEN 'purchaser' THEN l.purchaser WHEN 'consignee' THEN l.ultimate_consignee WHEN 'end_user' THEN l.end_user
      ELSE l.exporter END AS party_id,
    l.quantity * coalesce(l.unit_price_usd, l.list_price_usd) AS usd,
    CASE WHEN r.role = 'exporter' OR l.end_use = 'resale' THEN 1 ELSE 0 END AS sells
  FROM (VALUES ('purchaser'), ('consignee'), ('end_user'), ('exporter')) AS r (role)
  CROSS JOIN lines l
  WHERE l.controlled
),
by_order AS (
  SELECT party_id, order_id, role, min(day) AS day, sum(tpp) AS tpp, sum(usd) AS usd, max(sells) AS sells
  FROM took
  WHERE party_id IS NOT NULL
  GROUP BY party_id, order_id, role
),
hit AS (
  SELECT
    o.party_id, o.business, o.distance, o.data_center_mw, t.order_id, min(t.day) AS day, max(t.tpp) AS tpp, max(t.usd) AS usd, max(t.sells) AS sells
  FROM by_order t
  JOIN odd o ON o.party_id = t.party_id
  WHERE t.usd >= {{least_usd}}
  GROUP BY o.party_id, o.business, o.distance, o.data_center_mw, t.order_id
),
scored AS (
  SELECT
    party_id, business, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day,
    array_agg(DISTINCT order_id) AS orders, count(*) AS taken, CAST(round(sum(usd)) AS BIGINT) AS usd, max(sells) AS sells,
    {{base}} + max(distance) + least({{most_size}}, 0.25 * ln(sum(usd) / {{least_usd}}))
      + CASE WHEN max(sells) = 1 THEN {{seller}} ELSE 0.0 END
      + CASE WHEN max(data_center_mw) > 0 THEN {{can_show_power}} ELSE 0.0 END AS llr
  FROM hit
  GROUP BY party_id, business
  HAVING max(distance) > {{near}} OR max(sells) = 1
)
SELECT
  'T12' AS pattern,
  h.party_id AS key,
  array_agg(DISTINCT h.party_id) AS subjects,
  h.orders,
  coalesce(h.tpp, 0) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(h.party_id, ', whose business is ', h.business, ', took part in ', CAST(h.taken AS STRING), ' controlled orders worth $',
    CAST(h.usd AS STRING), '.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'business' THEN h.business
    WHEN 'usd' THEN CAST(h.usd AS STRING)
    WHEN 'orders' THEN CAST(h.taken AS STRING)
    ELSE CAST(h.sells AS STRING) END)) AS facts
FROM scored h
CROSS JOIN (VALUES ('business'), ('usd'), ('orders'), ('sells_onward')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.party_id, h.orders, h.tpp, h.first_day, h.last_day, h.llr, h.business, h.taken, h.usd, h.sells
