WITH took AS (
  SELECT ultimate_consignee AS dealer, max(root) AS root, sum(chips) AS chips, min(day) AS first_day
  FROM lines
  WHERE controlled AND chips > 0
  GROUP BY ultimate_consignee
),
gave AS (
  SELECT exporter AS dealer, ultimate_consignee AS collector, max(root) AS collector_root, max(tier) AS tier, sum(chips) AS chips, sum(tpp) AS tpp,
    count(*) AS times, min(day) AS first_day, max(day) AS last_day
  FROM lines
  WHERE controlled AND chips > 0 AND exporter IS NOT NULL AND exporter <> ultimate_consignee
  GROUP BY exporter, ultimate_consignee
),
whole AS (
  SELECT
    dealer, collector, collector_root, tier, chips, tpp, first_day, last_day, sum(chips) OVER (PARTITION BY dealer) AS all_chips,
    sum(times) OVER (PARTITION BY dealer) AS all_times
  FROM gave
),
passed AS (
  SELECT w.dealer, w.collector, w.collector_root, t.root, w.tier, w.chips, w.tpp, t.chips AS took, t.first_day, w.last_day
  FROM whole w
  JOIN took t ON t.dealer = w.dealer
  WHERE w.chips >= {{one_hand}} * w.all_chips AND w.all_times <= {{seller_lines}} AND w.all_chips >= {{passed}} * t.chips
    AND w.all_chips <= {{most_passed}} * t.chips AND w.chips >= {{least_chips}} AND t.first_day <= w.first_day AND t.root <> w.collector_root
),
fan AS (
  SELECT
    collector, max(tier) AS tier, count(DISTINCT root) AS dealers, sum(chips) AS chips, sum(took) AS took, sum(tpp) AS tpp, min(first_day) AS first_day,
    max(last_day) AS last_day
  FROM passed
  GROUP BY collector
  HAVING count(DISTINCT root) >= 2 AND count(DISTINCT root) <= {{most_dealers}}
),
scored AS (
  SELECT
    collector, dealers, chips, took, tpp, first_day, last_day,
    CAST({{base}} + CASE WHEN last_day - first_day <= {{quick_days}} THEN {{quick}} ELSE 0.0 END
      + CASE WHEN tier = 3 THEN {{to_concern}} ELSE 0.0 END AS DOUBLE) + least({{most_each}}, {{each}} * (dealers - 2)) AS llr
  FROM fan
)
SELECT
  'X16' AS pattern,
  h.collector AS key,
  array_agg(DISTINCT CASE r.role WHEN 'collector' THEN h.collector ELSE p.dealer END) AS subjects,
  array_agg(DISTINCT l.order_id) AS orders,
  CAST(h.tpp AS BIGINT) AS tpp,
  h.first_day,
  h.last_day,
  h.llr,
  concat(CAST(h.dealers AS STRING), ' buyers of different groups took ', CAST(h.took AS STRING), ' controlled chips and sent ', CAST(h.chips AS STRING),
    ' of them on to ', h.collector, ', and hardly any to others.') AS why,
  array_agg(DISTINCT concat(f.name, '=', CASE f.name
    WHEN 'dealers' THEN CAST(h.dealers AS STRING)
    WHEN 'chips_taken' THEN CAST(h.took AS STRING)
    ELSE CAST(h.chips AS STRING) END)) AS facts
FROM scored h
JOIN passed p ON p.collector = h.collector
JOIN lines l ON l.controlled AND l.exporter = p.dealer AND l.ultimate_consignee = h.collector
CROSS JOIN (VALUES ('collector'), ('dealer')) AS r (role)
CROSS JOIN (VALUES ('dealers'), ('chips_taken'), ('chips_passed')) AS f (name)
WHERE h.llr >= {{least}}
GROUP BY h.collector, h.dealers, h.chips, h.took, h.tpp, h.first_day, h.last_day, h.llr
