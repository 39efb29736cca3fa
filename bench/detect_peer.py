"""What DuckDB and Polars take for the questions that typologies/*/query.sql ask: detect_peer.py --tables DIR --out peers.json

Every query here is written by hand for its engine, with whatever that engine does best, over the derived tables of docs/design/typologies.md as Parquet
(`lines/*.parquet` or `lines.parquet`, `parties.parquet` and so on in DIR). An answer is key, subjects, orders, tpp, first_day, last_day and llr of each alert;
`why` and `facts` are left to the program, which makes them of the same few rows. Each query runs in a process of its own; seconds are those of the query alone, its
scan of the Parquet files included. The queries rely on one row for each order line, as the tables promise, and on the same day,
parties and places in all lines of an order; query.sql does not.

    detect_peer.py --make 1000000 --tables DIR [--host host.py]      makes tables; with a host, copies of the typologies' own fires/ are planted in them
    detect_peer.py --tables DIR --check [--reference datafusion]     compares with query.sql itself, in Python's datafusion or in DuckDB
    detect_peer.py --check --host host.py                            the same on each typology's fires/ and quiet/; host.py has derive(folder), giving Arrow tables

Needs duckdb, polars, pyarrow and numpy, and datafusion for --check; measured with 2.0.1, 2.1.0, 26.0.1, 2.5 and 55.0.0.
"""
import argparse
import importlib.util
import json
import math
import os
import re
import subprocess
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TYPOLOGIES = ROOT / "typologies"
TABLES = ["lines", "parties", "links", "ownership", "stakes_all", "payments", "sites", "serials", "inspections", "law", "items", "hs"]
FIELDS = ["key", "subjects", "orders", "tpp", "first_day", "last_day", "llr"]


def typology(slug):
    return tomllib.loads((TYPOLOGIES / slug / "typology.toml").read_text())


def rendered(sql, parameters, double=False):
    """A query with its parameters in it; `double` writes decimals so that DuckDB does not take them for DECIMAL."""
    def value(found):
        number = parameters[found[1]]
        return f"{number!r}e0" if double and isinstance(number, float) else f"{number!r}"
    return re.sub(r"\{\{(\w+)\}\}", value, sql)


def files(tables, name):
    folder = Path(tables) / name
    return str(folder / "*.parquet") if folder.is_dir() else str(folder) + ".parquet"


# What each typology asks, by hand for DuckDB. `{{name}}` is a parameter of its typology.toml, as in query.sql; `ctl` and `lpp` are the lines that are controlled,
# and those that count against License Exception LPP. Where the tables promise one row for each order line, no query looks for a second.
VIEWS = """
CREATE VIEW ctl AS FROM lines WHERE controlled;
CREATE VIEW lpp AS FROM lines WHERE tpp > 0
  AND ("authorization" = 'LPP' OR ("authorization" IS NULL AND controlled AND tier = 2 AND (decided = 'LPP' OR outcome = 'license_required')));
CREATE VIEW named AS SELECT lower(trim(name)) AS name, min(party_id) AS party_id, min(root) AS root, min(country) AS country, min(business) AS business
  FROM parties WHERE name IS NOT NULL GROUP BY ALL;
CREATE MACRO sides(x, y) AS list_distinct(list_concat(list(DISTINCT x), list(DISTINCT y)));
CREATE MACRO three_sides(x, y, z) AS list_distinct(list_concat(list(DISTINCT x), list(DISTINCT y), list(DISTINCT z)));
CREATE MACRO hubs(via) AS CASE WHEN length(coalesce(via, '')) = 0 THEN 0 ELSE length(via) - length(replace(via, ';', '')) + 1 END;
CREATE MACRO yes(x) AS CAST(coalesce(x, FALSE) AS INT);
CREATE MACRO place_of(address, city, country) AS concat('address ', lower(address), ', ', lower(coalesce(city, '')), ', ', coalesce(country, ''));
"""

DUCKDB = {}

DUCKDB["awakened-shell"] = """
WITH role AS (
  SELECT ultimate_consignee AS party_id, quarter_no, any_value(root) AS root, FALSE AS sells, min(day) AS began, max(day) AS ended,
    sum(quantity * coalesce(unit_price_usd, list_price_usd)) AS usd,
    coalesce(sum(chips) FILTER (controlled), 0) AS chips, coalesce(sum(tpp) FILTER (controlled), 0) AS tpp, 0 AS sold_chips, 0 AS sold_tpp
  FROM lines GROUP BY ALL
  UNION ALL
  SELECT exporter, quarter_no, NULL, TRUE, min(day), max(day), sum(quantity * coalesce(unit_price_usd, list_price_usd)),
    0, 0, coalesce(sum(chips) FILTER (controlled), 0), coalesce(sum(tpp) FILTER (controlled), 0)
  FROM lines WHERE exporter IS NOT NULL GROUP BY ALL
), quarterly AS MATERIALIZED (
  SELECT party_id, quarter_no, any_value(root) AS root, bool_or(sells) AS sells, min(began) AS began, max(ended) AS ended, sum(usd) AS usd,
    sum(chips) AS chips, sum(tpp) AS tpp, sum(sold_chips) AS sold_chips, sum(sold_tpp) AS sold_tpp
  FROM role GROUP BY ALL
), slept AS (
  SELECT party_id FROM quarterly QUALIFY began - lag(ended) OVER (PARTITION BY party_id ORDER BY quarter_no) >= {{asleep_days}}
  UNION SELECT party_id FROM parties WHERE contains(';' || flags, ';dormant')
), spaced AS (
  SELECT party_id, began, chips + sold_chips AS chips, began - lag(ended) OVER w AS asleep,
    max(usd) OVER past AS before_usd, coalesce(sum(chips + sold_chips) OVER past, 0) AS before_chips, max(usd) OVER year AS after_usd,
    sum(chips) OVER year AS after_chips, sum(sold_chips) OVER year AS after_sold, greatest(sum(tpp) OVER year, sum(sold_tpp) OVER year) AS tpp
  FROM quarterly SEMI JOIN slept USING (party_id)
  WINDOW w AS (PARTITION BY party_id ORDER BY quarter_no),
    past AS (PARTITION BY party_id ORDER BY quarter_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    year AS (PARTITION BY party_id ORDER BY quarter_no RANGE BETWEEN CURRENT ROW AND 3 FOLLOWING)
), woken AS (
  SELECT s.party_id, began, tpp, coalesce(asleep >= {{asleep_days}}, FALSE) AS gap, after_usd / nullif(before_usd, 0) AS growth,
    contains(';' || coalesce(p.flags, ''), ';dormant') AS flagged, coalesce(p.data_center_mw > 0, FALSE) AS powered
  FROM spaced s LEFT JOIN parties p USING (party_id)
  WHERE (asleep >= {{asleep_days}} AND after_chips >= {{least_chips}} AND before_chips < after_chips)
    OR (s.chips > 0 AND after_chips + after_sold >= {{least_chips}} AND before_chips = 0 AND contains(';' || coalesce(p.flags, ''), ';dormant'))
  QUALIFY row_number() OVER (PARTITION BY s.party_id ORDER BY began) = 1
), bought AS (
  SELECT party_id, any_value(root) AS root, bool_or(sells) AS sells, min(began) AS began, max(ended) AS ended, sum(chips) AS chips, sum(tpp) AS tpp
  FROM quarterly GROUP BY party_id HAVING any_value(root) IS NOT NULL QUALIFY count(*) OVER (PARTITION BY any_value(root)) = 1
), first_trade AS (
  SELECT b.*, p.website, p.directors, coalesce(p.data_center_mw > 0, FALSE) OR party_id IN (SELECT coalesce(operator, owner) FROM sites) AS powered
  FROM bought b JOIN parties p USING (party_id), (SELECT min(began) AS data_began, max(ended) AS data_ended FROM quarterly)
  WHERE b.root = party_id AND parent_id IS NULL AND NOT sells AND incorporated_day <= began - {{old_days}} AND began >= data_began + {{history_days}}
    AND chips >= {{first_chips}} AND ended < began + {{asleep_days}} AND NOT contains(';' || coalesce(flags, ''), ';dormant') AND ended <= data_ended - {{burst_days}}
), hit AS (
  SELECT party_id, began, tpp, {{base}} + CASE WHEN flagged THEN {{flagged}} ELSE 0e0 END
    + CASE WHEN gap AND growth >= {{growth}} THEN {{grown}} + least({{most_growth}}, 0.25e0 * ln(growth / {{growth}})) ELSE 0e0 END
    + CASE WHEN powered THEN {{can_show_power}} ELSE 0e0 END AS llr
  FROM woken WHERE llr >= {{least}}
  UNION ALL
  SELECT party_id, began, tpp, {{first_base}} + {{thin}} * (yes(website IS NULL) + yes(NOT contains(coalesce(directors, ''), ';')))
    + CASE WHEN ended <= began + {{burst_days}} THEN {{burst}} ELSE 0e0 END + CASE WHEN powered THEN {{can_show_power}} ELSE {{no_power}} END
    + least({{most_size}}, greatest(-{{most_size}}, ln(greatest(1, tpp) / lpp_cap / {{sizable}}))) AS llr
  FROM first_trade, law WHERE llr >= {{least}}
), trade AS (
  SELECT h.party_id, day, order_id FROM ctl JOIN hit h ON ultimate_consignee = h.party_id AND day BETWEEN began AND began + 365
  UNION ALL
  SELECT h.party_id, day, order_id FROM ctl JOIN hit h ON exporter = h.party_id AND day BETWEEN began AND began + 365
)
SELECT party_id AS key, [party_id] AS subjects, list(DISTINCT order_id) AS orders, any_value(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day,
  any_value(llr) AS llr
FROM trade JOIN hit USING (party_id) GROUP BY party_id
"""

DUCKDB["born-after-the-rule"] = """
WITH role AS (
  SELECT exporter AS party_id, TRUE AS sells, min(day) AS began, max(day) AS ended FROM ctl WHERE exporter IS NOT NULL GROUP BY ALL
  UNION ALL SELECT ultimate_consignee, FALSE, min(day), max(day) FROM ctl GROUP BY ALL
  UNION ALL SELECT purchaser, FALSE, min(day), max(day) FROM ctl WHERE purchaser <> ultimate_consignee GROUP BY ALL
), dealt AS MATERIALIZED (
  SELECT party_id, country, incorporated_day, data_center_mw, lower(business) AS business, bool_or(sells) AS sells, min(began) AS began, max(ended) AS ended
  FROM role JOIN parties USING (party_id) WHERE incorporated_day IS NOT NULL GROUP BY ALL
), early AS MATERIALIZED (
  SELECT party_id, incorporated_day FROM dealt, law WHERE incorporated_day >= control_day AND began <= incorporated_day + {{young_days}}
), first_year AS MATERIALIZED (
  SELECT party_id, order_id, day, chips, tpp FROM ctl JOIN early ON party_id = exporter AND day <= incorporated_day + 365
  UNION ALL SELECT party_id, order_id, day, chips, tpp FROM ctl JOIN early ON party_id = ultimate_consignee AND day <= incorporated_day + 365
  UNION ALL SELECT party_id, order_id, day, chips, tpp FROM ctl JOIN early ON party_id = purchaser AND purchaser <> ultimate_consignee AND day <= incorporated_day + 365
), aged AS (
  SELECT d.*, chips, tpp, yes(chips >= {{least_chips}}) AS young
  FROM dealt d LEFT JOIN (SELECT party_id, sum(chips) AS chips, sum(tpp) AS tpp FROM first_year GROUP BY ALL) USING (party_id)
), peered AS (
  SELECT *, (sum(young) OVER c - young + {{prior_share}} * {{prior_parties}}) / (count(*) OVER c - 1 + {{prior_parties}}) AS peers
  FROM aged WINDOW c AS (PARTITION BY country)
), hit AS (
  SELECT party_id, incorporated_day, tpp, {{base}} + least({{most_relative}}, ln({{evader_share}} / peers))
    + greatest(0e0, least({{most_size}}, 0.5e0 * ln(chips / {{typical_chips}})))
    + CASE WHEN began - incorporated_day <= {{very_young_days}} THEN {{very_young}} ELSE 0e0 END
    + CASE WHEN data_center_mw > 0 OR party_id IN (SELECT coalesce(operator, owner) FROM sites) THEN {{can_show_power}} ELSE {{no_power}} END
    + CASE WHEN sells OR began + {{silence_days}} > last_day THEN 0e0 WHEN ended <= began + {{burst_days}} THEN {{stops}} ELSE {{goes_on}} END
    + CASE WHEN regexp_matches(business, 'trad|export|import|resale|wholesale|broker|holding|consult') THEN {{trader}}
      WHEN regexp_matches(' ' || business || ' ', 'cloud|data cent|research|hosting|colocation|telecom|software| ai ') THEN {{in_the_trade}} ELSE 0e0 END AS llr
  FROM peered, law WHERE young = 1 AND llr >= {{least}}
)
SELECT party_id AS key, [party_id] AS subjects, list(DISTINCT order_id) AS orders, any_value(hit.tpp) AS tpp, min(day) AS first_day, max(day) AS last_day,
  any_value(llr) AS llr
FROM first_year JOIN hit USING (party_id) GROUP BY party_id
"""

DUCKDB["boxes"] = """
WITH sent AS MATERIALIZED (
  SELECT exporter AS party, item, day, min(ultimate_consignee) AS consignee
  FROM lines l SEMI JOIN (SELECT party AS exporter, item, day FROM serials WHERE event = 'shipped' AND site_id IS NULL) USING (exporter, item, day)
  GROUP BY ALL HAVING min(ultimate_consignee) = max(ultimate_consignee)
), sellers AS MATERIALIZED (
  SELECT DISTINCT exporter FROM lines WHERE exporter IS NOT NULL
), unit AS (
  SELECT serial, max(s.item) AS item, min(day) FILTER (event = 'shipped') AS shipped, min(day) FILTER (event IN ('installed', 'powered_on')) AS installed,
    count(day) FILTER (event = 'powered_on') > 0 AS powered, max(day) FILTER (event = 'seen') AS seen,
    coalesce(max(coalesce(site_id, party)) FILTER (event IN ('installed', 'powered_on')),
      max(coalesce(site_id, consignee, CASE WHEN exporter IS NULL THEN party END)) FILTER (event = 'shipped')) AS site
  FROM serials s LEFT JOIN sent USING (party, item, day) LEFT JOIN sellers ON exporter = party
  GROUP BY serial HAVING NOT coalesce(bool_or(event IN ('rma', 'retired')), FALSE) AND site IS NOT NULL
), lot AS (
  SELECT site, item, shipped, installed IS NOT NULL AS stands, powered, seen, min(installed) AS installed, count(*) AS n
  FROM unit GROUP BY ALL
), held AS (
  SELECT lot.*, coalesce(s.operator, s.owner, site) AS place, s.commissioned_day, coalesce(i.unit_tpp, 0) AS unit_tpp
  FROM lot LEFT JOIN sites s ON s.site_id = site LEFT JOIN items i ON i.item = lot.item
  WHERE coalesce(i.controlled, TRUE)
), placed AS (
  SELECT h.*, coalesce(h.commissioned_day, opened, first_installed) AS opened,
    2 * coalesce(sum(n) FILTER (powered) OVER (), 0) < sum(n) FILTER (stands) OVER () AS silent
  FROM held h LEFT JOIN (SELECT coalesce(operator, owner) AS place, min(commissioned_day) AS opened FROM sites GROUP BY ALL) USING (place)
    LEFT JOIN (SELECT place, min(installed) AS first_installed FROM held GROUP BY ALL) USING (place)
), due AS (
  SELECT placed.*, NOT (powered OR (stands AND silent) OR (opened IS NULL AND coalesce(seen, shipped) <= shipped + {{late_days}})) AS idle,
    NOT stands AND coalesce(seen > shipped + {{late_days}}, FALSE) AS seen_idle
  FROM placed, law WHERE greatest(shipped, opened) + {{late_days}} <= law.last_day
), by_place AS (
  SELECT place, max(item) AS item, sum(n) AS due, coalesce(sum(n) FILTER (idle), 0) AS idle, coalesce(sum(n) FILTER (seen_idle), 0) AS seen_idle,
    coalesce(sum(n) FILTER (stands), 0) AS reported, coalesce(sum(n * unit_tpp) FILTER (idle), 0) AS tpp, min(shipped) AS first_day, max(shipped) + {{late_days}} AS last_day
  FROM due GROUP BY place
), peered AS (
  SELECT *, least(0.59e0, (sum(idle) OVER () - idle + {{prior_share}} * {{prior_serials}}) / (sum(due) OVER () - due + {{prior_serials}})) AS peers,
    (sum(reported) OVER () - reported) / nullif(sum(due) OVER () - due, 0) AS others_report
  FROM by_place
), hit AS (
  SELECT *, {{base}}
    + least({{most_relative}}, {{together}} * (idle * ln({{evader_share}} / peers) + (due - idle) * ln((1 - {{evader_share}}) / (1 - peers))))
    + CASE WHEN seen_idle > 0 THEN {{seen_idle}} ELSE 0e0 END
    + CASE WHEN place IN (SELECT coalesce(s.operator, s.owner, v.site_id, party) FROM inspections v LEFT JOIN sites s USING (site_id)
      WHERE result IN ('unfavorable', 'incomplete')) THEN {{visit}} ELSE 0e0 END AS llr
  FROM peered
  WHERE due >= {{least_serials}} AND idle > {{share}} * due AND (reported > 0 OR seen_idle > 0 OR others_report >= {{others_report}})
)
SELECT place AS key, [place] AS subjects, list(DISTINCT l.order_id) FILTER (l.order_id IS NOT NULL) AS orders, round(any_value(h.tpp)) AS tpp,
  any_value(first_day) AS first_day, any_value(last_day) AS last_day, any_value(llr) AS llr
FROM hit h LEFT JOIN parties p ON p.party_id = place LEFT JOIN lines l ON l.root = coalesce(p.root, place) AND l.item = h.item WHERE llr >= {{least}} GROUP BY place
"""

DUCKDB["cap-split"] = """
WITH joint AS (
  SELECT cluster, year, sum(root_tpp) AS tpp
  FROM (SELECT cluster, root, year, sum(tpp) AS root_tpp FROM lpp GROUP BY ALL)
  GROUP BY ALL HAVING count(*) >= 2 AND sum(root_tpp) > (SELECT lpp_cap FROM law) AND max(root_tpp) <= (SELECT lpp_cap FROM law)
), tie AS (
  SELECT cluster, count(*) AS kinds, sum(weight) AS weight
  FROM (SELECT p.cluster, kind, max(weight) AS weight FROM links k JOIN parties p ON p.party_id = a JOIN parties q ON q.party_id = b
    WHERE p.cluster = q.cluster AND p.root <> q.root AND weight > 0 GROUP BY ALL)
  GROUP BY cluster HAVING (kinds >= {{kinds}} AND sum(weight) >= {{least_weight}}) OR sum(weight) >= {{one_strong_weight}}
), hit AS (
  SELECT cluster, year, tpp, {{base}} + 0.5e0 * least(weight, {{most_weight}}) + ln(tpp / lpp_cap) AS llr FROM joint JOIN tie USING (cluster), law
)
SELECT h.cluster || '/' || h.year AS key, list(DISTINCT ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders, any_value(h.tpp) AS tpp,
  min(day) AS first_day, max(day) AS last_day, any_value(llr) AS llr
FROM lpp l JOIN hit h USING (cluster, year) GROUP BY h.cluster, h.year
"""

DUCKDB["carry-lots"] = """
WITH lot AS (
  SELECT order_id, max(coalesce(purchaser, ultimate_consignee)) AS sponsor, min(day) AS day
  FROM ctl WHERE chips > 0 AND origin <> destination GROUP BY order_id HAVING sum(chips) <= {{most_chips}}
), small AS MATERIALIZED (
  FROM (SELECT *, count(*) OVER (PARTITION BY sponsor ORDER BY day RANGE BETWEEN {{window_back}} PRECEDING AND CURRENT ROW) AS lots FROM lot)
  QUALIFY max(lots) OVER (PARTITION BY sponsor) >= {{least_lots}}
), held AS (
  SELECT order_id, max(ultimate_consignee) AS consignee, max(exporter) AS exporter, max(tier) AS tier, sum(tpp) AS tpp,
    coalesce(bool_or(regexp_matches(lower(description), 'luggage|baggage|suitcase|hand[ -]carr|personal')), FALSE) AS baggage
  FROM ctl SEMI JOIN small USING (order_id) WHERE chips > 0 AND origin <> destination GROUP BY order_id
), kept AS MATERIALIZED (
  FROM small JOIN held USING (order_id) QUALIFY count(DISTINCT exporter) OVER (PARTITION BY sponsor) >= {{least_senders}}
), only_one AS (
  SELECT exporter FROM lines SEMI JOIN kept USING (exporter) GROUP BY exporter HAVING count(DISTINCT coalesce(purchaser, ultimate_consignee)) = 1
)
SELECT sponsor AS key, three_sides(sponsor, coalesce(k.exporter, sponsor), consignee) AS subjects, list(DISTINCT order_id) AS orders, sum(tpp) AS tpp,
  min(day) AS first_day, max(day) AS last_day,
  {{base}} + least({{most_senders}}, {{each_sender}} * count(DISTINCT k.exporter)) + CASE WHEN bool_or(baggage) THEN {{baggage}} ELSE 0e0 END
    + CASE WHEN max(tier) = 3 THEN {{concern}} ELSE 0e0 END
    + CASE WHEN 4 * count(DISTINCT o.exporter) >= 3 * count(DISTINCT k.exporter) THEN {{only_for_it}} ELSE 0e0 END AS llr
FROM kept k LEFT JOIN only_one o ON o.exporter = k.exporter GROUP BY sponsor HAVING llr >= {{least}}
"""

DUCKDB["claim-does-not-hold"] = """
WITH failing AS (
  SELECT root, list(DISTINCT ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day, count(*) AS failing
  FROM lines l WHERE "authorization" IS NOT NULL AND NOT claimed_ok AND l.tpp > 0
  GROUP BY root HAVING count(*) >= {{least_orders}} AND sum(l.tpp) >= {{least_tpp}}
), holding AS (
  SELECT root, count(*) AS holding FROM lines SEMI JOIN failing USING (root) WHERE "authorization" IS NOT NULL AND claimed_ok AND tpp > 0 GROUP BY root
)
SELECT root AS key, subjects, orders, tpp, first_day, last_day, {{base}} + least({{most}}, {{slope}} * (failing * ln({{evader_share}} / {{slip_share}})
  + coalesce(holding, 0) * ln((1 - {{evader_share}}) / (1 - {{slip_share}})))) AS llr
FROM failing LEFT JOIN holding USING (root) WHERE llr >= {{least}}
"""

DUCKDB["detour"] = """
WITH routed AS (
  SELECT order_id, coalesce(exporter, root) AS exporter, ultimate_consignee AS consignee, origin, destination, day, tpp, chips, hubs(via) AS hubs,
    coalesce(regexp_matches(via, '(^|;)(HK|MO|CN)(;|$)') AND destination NOT IN ('CN', 'HK', 'MO') AND origin NOT IN ('CN', 'HK', 'MO'), FALSE) AS concern
  FROM ctl WHERE origin <> destination
), lane AS (
  SELECT exporter, origin, destination, count(*) AS times, count(*) FILTER ((hubs >= 2 OR concern) AND chips >= {{least_chips}}) AS odd,
    bool_or(concern) AS concern, sum(tpp) FILTER ((hubs >= 2 OR concern) AND chips >= {{least_chips}}) AS tpp,
    min(day) FILTER (hubs >= 2 OR concern) AS first_day, max(day) FILTER (hubs >= 2 OR concern) AS last_day,
    min(consignee) FILTER (hubs >= 2 OR concern) AS consignee, list(DISTINCT order_id) FILTER (hubs >= 2 OR concern) AS orders
  FROM routed GROUP BY ALL
), peered AS (
  SELECT *, (sum(odd) OVER l - odd + {{prior_share}} * {{prior_lines}}) / (sum(times) OVER l - times + {{prior_lines}}) AS peers
  FROM lane WINDOW l AS (PARTITION BY origin, destination)
), leg AS (
  SELECT i.exporter, o.destination, o.exporter AS hub, i.order_id AS in_order, o.order_id AS out_order, i.day AS in_day, o.day AS out_day, o.tpp,
    1 + hubs(i.via) + hubs(o.via) AS hubs
  FROM ctl i JOIN ctl o ON o.exporter = i.ultimate_consignee AND o.item = i.item AND o.destination <> i.destination
    AND o.day BETWEEN i.day AND i.day + {{within_days}}
    AND o.quantity BETWEEN (1 - {{tolerance}}) * i.quantity AND (1 + {{tolerance}}) * i.quantity
  WHERE i.chips >= {{least_chips}} AND o.tier = 3 AND i.exporter IS NOT NULL AND coalesce(i.origin, '') <> o.destination
    AND o.ultimate_consignee <> i.exporter AND 1 + hubs(i.via) + hubs(o.via) >= 2
), scored AS (
  SELECT concat('lane/', exporter, '/', destination) AS key, list_distinct([exporter, consignee]) AS subjects, orders, tpp, first_day, last_day,
    {{base}} + least({{most_relative}}, ln({{evader_share}} / peers)) + CASE WHEN concern THEN {{concern_hub}} ELSE 0e0 END
      + least({{most_repeat}}, 0.2e0 * ln(nullif(odd, 0))) AS llr
  FROM peered WHERE odd > 0
  UNION ALL
  SELECT concat('chain/', hub, '/', destination), [hub], sides(in_order, out_order), sum(tpp), min(in_day), max(out_day),
    {{base}} + {{chain}} + {{each_hub}} * (max(hubs) - 1) + {{to_concern}} + least({{most_repeat}}, 0.2e0 * ln(count(DISTINCT out_order)))
  FROM leg GROUP BY hub, destination
)
FROM scored WHERE llr >= {{least}}
"""

DUCKDB["displacement"] = """
WITH rule AS (
  SELECT 'control day' AS event, 3 AS tier, control_day AS event_day FROM law UNION ALL SELECT 'effective day', 2, effective_day FROM law
), fallen AS (
  SELECT party_id AS event, listed_day AS event_day, exporter, destination, l.tier, chips, day <= listed_day AS before
  FROM lines l JOIN parties p ON ultimate_consignee = party_id AND day > listed_day - {{before_days}} AND day <= listed_day + {{after_days}}
  WHERE listed = 'yes' AND unit_tpp >= {{least_unit_tpp}}
  UNION ALL
  SELECT event, event_day, exporter, 'tier ' || l.tier, l.tier, chips, day <= event_day
  FROM lines l JOIN rule USING (tier) WHERE day > event_day - {{before_days}} AND day <= event_day + {{after_days}} AND unit_tpp >= {{least_unit_tpp}}
), lost AS (
  SELECT event, event_day, exporter, max(destination) AS from_country, max(tier) AS from_tier,
    coalesce(sum(chips) FILTER (before), 0) * {{after_days}} / {{before_days}} AS usual_chips, coalesce(sum(chips) FILTER (NOT before), 0) AS after_chips
  FROM fallen WHERE exporter IS NOT NULL GROUP BY ALL
  HAVING usual_chips >= {{least_chips}} AND after_chips <= {{fallen}} * usual_chips
), entry AS (
  SELECT root, min(day) AS began FROM lines GROUP BY root
), served AS (
  SELECT exporter, root, destination, began, max(tier) AS tier, max(day) AS last_day, sum(chips) AS chips, sum(coalesce(tpp, 0)) AS tpp
  FROM lines SEMI JOIN lost USING (exporter) JOIN entry USING (root)
  WHERE unit_tpp >= {{least_unit_tpp}} AND day <= began + {{after_days}} GROUP BY ALL
), by_country AS (
  SELECT event, event_day, exporter, from_tier, usual_chips, destination, sum(chips) FILTER (began > event_day) AS chips,
    sum(s.tpp) FILTER (began > event_day) AS tpp, count(*) FILTER (began <= event_day) AS usual_new_buyers,
    min(began) FILTER (began > event_day) AS first_day, max(last_day) FILTER (began > event_day) AS last_day
  FROM lost o JOIN served s USING (exporter)
  WHERE s.destination <> from_country AND began > event_day - {{after_days}} AND began <= event_day + {{after_days}}
    AND coalesce(s.tier, 0) <> CASE WHEN starts_with(from_country, 'tier ') THEN from_tier ELSE -1 END
  GROUP BY ALL
), hit AS (
  SELECT *, {{base}} + {{volume}} + least({{most_volume}}, 0.5e0 * ln(chips / ({{taken_up}} * usual_chips)))
    + CASE WHEN from_tier = 3 THEN {{concern}} ELSE 0e0 END - ln(1 + usual_new_buyers) AS llr
  FROM by_country WHERE chips >= {{taken_up}} * usual_chips AND chips >= {{least_chips}} AND llr >= {{least}}
)
SELECT concat(event, '/', exporter, '/', destination) AS key, sides(exporter, ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders,
  any_value(h.tpp) AS tpp, any_value(first_day) AS first_day, any_value(last_day) AS last_day, any_value(llr) AS llr
FROM lines l JOIN hit h USING (exporter, destination) WHERE unit_tpp >= {{least_unit_tpp}} AND day > event_day AND day <= last_day
GROUP BY event, exporter, destination
"""

DUCKDB["double-payment"] = """
WITH paid AS MATERIALIZED (
  SELECT order_id, coalesce(a.root, payer) AS payer_root, min(payer) AS payer, max(coalesce(payer_country, a.country)) AS payer_country,
    sum(amount_usd) AS usd, min(day) AS first_day, max(day) AS last_day
  FROM payments LEFT JOIN parties a ON party_id = payer
  WHERE order_id IS NOT NULL AND payer IS NOT NULL AND day IS NOT NULL AND amount_usd > 0
  GROUP BY ALL HAVING NOT coalesce(bool_or(regexp_matches(lower(a.business), 'bank|leas|insur|financ|factoring')), FALSE)
), twice AS (
  SELECT order_id FROM paid GROUP BY order_id HAVING count(*) >= 2
), ordered AS (
  SELECT order_id, max(ultimate_consignee) AS consignee, max(destination) AS destination, max(exporter) AS exporter, sum(tpp) AS tpp,
    sum(quantity * unit_price_usd) AS value_usd
  FROM lines SEMI JOIN twice USING (order_id) GROUP BY order_id
  HAVING sum(tpp) > 0 AND count(unit_price_usd) = count(*) AND sum(quantity * unit_price_usd) >= {{least_usd}}
)
SELECT order_id AS key, sides(payer, consignee) AS subjects, [order_id] AS orders, any_value(tpp) AS tpp, min(first_day) AS first_day,
  max(last_day) AS last_day, {{base}} + CASE WHEN bool_or(payer_country <> destination) THEN {{abroad}} ELSE 0e0 END
    + CASE WHEN bool_or(payer_country IN ('CN', 'HK', 'MO', 'RU') AND payer_country <> destination) THEN {{concern}} ELSE 0e0 END AS llr
FROM ordered JOIN paid USING (order_id) WHERE usd >= {{share}} * value_usd OR payer = exporter
GROUP BY order_id
HAVING count(DISTINCT payer) FILTER (payer IS DISTINCT FROM exporter) >= 2 AND NOT coalesce(bool_or(payer = exporter), FALSE)
  AND max(last_day) - min(first_day) <= {{within_days}} AND llr >= {{least}}
"""

DUCKDB["foreign-payer"] = """
WITH who AS MATERIALIZED (
  SELECT payer, coalesce(a.party_id, n.party_id, payer) AS party_id, coalesce(a.root, n.root, payer) AS root, coalesce(a.country, n.country) AS country,
    split_part(lower(trim(coalesce(a.name, payer))), ' ', 1) AS word
  FROM (SELECT DISTINCT payer FROM payments WHERE payer IS NOT NULL) LEFT JOIN parties a ON a.party_id = payer LEFT JOIN named n ON n.name = lower(trim(payer))
), pay AS MATERIALIZED (
  SELECT order_id, payee, amount_usd, day, payer AS written, w.party_id AS payer, w.root AS payer_root, coalesce(payer_country, w.country) AS payer_country, word
  FROM payments p JOIN who w USING (payer)
  WHERE amount_usd > 0 AND coalesce(payer_country, w.country) IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY')
), paid AS (
  SELECT order_id, payee, amount_usd FROM payments
  WHERE amount_usd > 0 AND payer IS NOT NULL AND (payer_country IS NOT NULL OR payer IN (SELECT payer FROM who WHERE country IS NOT NULL))
), ordered AS (
  SELECT order_id, max(l.root) AS root, max(destination) AS destination, max(coalesce(b.root, purchaser)) AS purchaser_root, max(coalesce(e.root, end_user)) AS end_user_root,
    max(c.country) AS consignee_country, split_part(lower(trim(max(c.name))), ' ', 1) AS consignee_word, split_part(lower(trim(max(b.name))), ' ', 1) AS purchaser_word,
    min(day) AS day, sum(tpp) AS tpp
  FROM ctl l SEMI JOIN pay USING (order_id) LEFT JOIN parties c ON c.party_id = ultimate_consignee LEFT JOIN parties b ON b.party_id = purchaser
  LEFT JOIN parties e ON e.party_id = end_user
  GROUP BY order_id
), seller AS MATERIALIZED (
  SELECT exporter, min(day) AS day, sum(tpp) AS tpp, bool_or(destination IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY')) AS there
  FROM ctl SEMI JOIN (SELECT payee AS exporter FROM payments WHERE order_id IS NULL) USING (exporter) GROUP BY exporter
), seen AS (
  SELECT 'order' AS kind, root AS unit, coalesce(destination, 'any') AS market, written, payer, amount_usd, coalesce(p.day, o.day) AS day, order_id, tpp,
    length(word) >= 4 AND (coalesce(word = consignee_word, FALSE) OR coalesce(word = purchaser_word, FALSE)) AS namesake
  FROM pay p JOIN ordered o USING (order_id)
  WHERE payer_country <> destination AND payer_country <> coalesce(consignee_country, destination) AND payer_root <> root
    AND payer_root <> coalesce(purchaser_root, '') AND payer_root <> coalesce(end_user_root, '')
  UNION ALL
  SELECT 'seller', exporter, 'any', written, payer, amount_usd, coalesce(p.day, s.day), NULL, tpp, FALSE
  FROM pay p JOIN seller s ON exporter = payee LEFT JOIN parties x ON x.party_id = exporter
  WHERE p.order_id IS NULL AND NOT there AND payer_root <> coalesce(x.root, exporter) AND payer_country <> coalesce(x.country, '')
), odd AS MATERIALIZED (
  SELECT kind, unit, market, bool_and(namesake) AS namesake, sum(times) AS times, sum(usd) AS odd_usd, sum(tpp) AS tpp, min(first_day) AS first_day, max(last_day) AS last_day,
    min(one) AS one, max(other) AS other, min(one_written) AS one_written, max(other_written) AS other_written
  FROM (SELECT kind, unit, market, order_id, bool_and(namesake) AS namesake, count(*) AS times, sum(amount_usd) AS usd, max(tpp) AS tpp, min(day) AS first_day,
      max(day) AS last_day, min(payer) AS one, max(payer) AS other, min(written) AS one_written, max(written) AS other_written FROM seen GROUP BY ALL)
  GROUP BY kind, unit, market
), money AS (
  SELECT 'order' AS kind, root AS unit, coalesce(destination, 'any') AS market, sum(amount_usd) AS usd
  FROM (SELECT DISTINCT order_id, root, destination FROM ctl WHERE root IN (SELECT unit FROM odd)) JOIN paid USING (order_id) GROUP BY ALL
  UNION ALL
  SELECT 'seller', exporter, 'any', sum(amount_usd) FROM paid JOIN seller ON exporter = payee WHERE order_id IS NULL GROUP BY ALL
), everybody AS (
  SELECT DISTINCT 'order' AS kind, root AS unit, coalesce(destination, 'any') AS market
  FROM ctl SEMI JOIN paid USING (order_id) WHERE coalesce(destination, 'any') IN (SELECT market FROM odd)
  UNION ALL
  SELECT DISTINCT 'seller', exporter, 'any' FROM paid JOIN seller ON exporter = payee WHERE order_id IS NULL
), peered AS (
  SELECT kind, unit, market, odd.* EXCLUDE (kind, unit, market), odd_usd / nullif(usd, 0) AS share,
    (count(times) OVER m - 1 + {{prior_share}} * {{prior_units}}) / (count(*) OVER m - 1 + {{prior_units}}) AS peers
  FROM everybody LEFT JOIN money USING (kind, unit, market) LEFT JOIN odd USING (kind, unit, market) WINDOW m AS (PARTITION BY kind, market) QUALIFY times > 0
), hit AS (
  SELECT *, {{base}} + least({{most_relative}}, ln({{evader_share}} / peers)) + least({{most_repeat}}, 0.4e0 * ln(times))
      + CASE WHEN share >= 0.5e0 THEN {{major}} WHEN share < 0.1e0 THEN {{minor}} ELSE 0e0 END
      + CASE WHEN namesake THEN {{namesake}} ELSE 0e0 END + CASE WHEN kind = 'seller' THEN {{unlinked}} ELSE 0e0 END AS llr
  FROM peered WHERE llr >= {{least}}
)
SELECT concat(h.kind, '/', unit, '/', market) AS key, list_distinct([any_value(one), any_value(other)] || list(DISTINCT coalesce(ultimate_consignee, unit))) AS subjects,
  list(DISTINCT y.order_id) FILTER (y.order_id IS NOT NULL) AS orders, any_value(h.tpp) AS tpp, any_value(first_day) AS first_day, any_value(last_day) AS last_day,
  any_value(llr) AS llr
FROM hit h LEFT JOIN ctl l ON root = unit AND destination = market LEFT JOIN payments y ON y.order_id = l.order_id AND payer IN (one_written, other_written)
WHERE h.kind = 'seller' OR y.order_id IS NOT NULL GROUP BY h.kind, unit, market
"""

DUCKDB["forwarder-as-end-user"] = """
WITH kind AS (
  SELECT party_id, coalesce(data_center_mw > 0, FALSE) AS powered, ' ' || lower(coalesce(business, '')) || ' ' AS b,
    CASE WHEN regexp_matches(b, 'freight|forwarder|forwarding|logistic|shipping|cargo|courier|warehous|customs broker|transport') THEN 'carrier'
      WHEN regexp_matches(b, '^ trading|general trad|trading house|trading compan|import and export|import-export|import export|brokerage')
        AND NOT regexp_matches(b, 'comput|server') THEN 'trading'
      ELSE 'other' END AS kind,
    business IS NOT NULL AND NOT regexp_matches(b, 'freight|forward|logistic|warehous|trading') AS plain
  FROM parties
), taken AS (
  SELECT order_id, ultimate_consignee AS party_id, max(destination) AS destination, min(day) AS day, sum(tpp) AS tpp, sum(chips) AS chips,
    coalesce(bool_or(ultimate_consignee = freight_forwarder), FALSE) AS own, any_value(coalesce(k.kind, 'other')) AS kind,
    coalesce(any_value(k.powered), FALSE) AS powered,
    NOT coalesce(bool_or(end_user <> ultimate_consignee AND (u.powered OR u.plain)), FALSE) AND (any_value(coalesce(k.kind, 'other')) <> 'other' OR own) AS odd
  FROM ctl LEFT JOIN kind k ON k.party_id = ultimate_consignee LEFT JOIN kind u ON u.party_id = end_user
  GROUP BY order_id, ultimate_consignee
), by_party AS (
  SELECT party_id, destination, count(*) AS taken, count(*) FILTER (odd) AS odd, max(kind) AS kind, coalesce(bool_or(own AND odd), FALSE) AS own,
    bool_or(powered) AS powered, sum(tpp) FILTER (odd) AS tpp, sum(chips) FILTER (odd) AS chips, min(day) FILTER (odd) AS first_day,
    max(day) FILTER (odd) AS last_day, list(DISTINCT order_id) FILTER (odd) AS orders
  FROM taken GROUP BY ALL
), peered AS MATERIALIZED (
  SELECT *, (sum(odd) OVER d - odd + {{prior_share}} * {{prior_orders}}) / (sum(taken) OVER d - taken + {{prior_orders}}) AS peers
  FROM by_party WINDOW d AS (PARTITION BY destination) QUALIFY odd > 0 AND chips >= {{least_chips}}
), forwarded AS (
  SELECT freight_forwarder AS party_id, count(DISTINCT order_id) AS times
  FROM lines WHERE freight_forwarder <> ultimate_consignee AND freight_forwarder IN (SELECT party_id FROM peered) GROUP BY ALL
)
SELECT party_id || '/' || destination AS key, [party_id] AS subjects, orders, tpp, first_day, last_day,
  {{base}} + CASE kind WHEN 'carrier' THEN {{carrier}} WHEN 'trading' THEN {{trading}} ELSE 0e0 END + CASE WHEN own THEN {{own_forwarder}} ELSE 0e0 END
    + greatest(0e0, least({{most_relative}}, ln({{evader_share}} / peers)) - 0.8e0)
    + CASE WHEN 9 * odd <= coalesce(times, 0) THEN {{mostly_forwards}} ELSE 0e0 END + CASE WHEN powered THEN {{can_show_power}} ELSE 0e0 END
    + least({{most_repeat}}, 0.3e0 * ln(odd)) AS llr
FROM peered LEFT JOIN forwarded USING (party_id) WHERE llr >= {{least}}
"""

DUCKDB["heir-of-a-listed-party"] = """
WITH tie AS (
  SELECT a AS one, b AS other, kind, weight FROM links UNION ALL SELECT b, a, kind, weight FROM links
), heir AS (
  SELECT p.party_id, d.party_id AS listed_id, any_value(d.listed_day) AS listed_day, any_value(p.incorporated_day) AS born, sum(weight) AS weight
  FROM tie JOIN parties d ON d.party_id = other JOIN parties p ON p.party_id = one
  WHERE d.listed = 'yes' AND p.listed <> 'yes' AND p.root <> d.root AND kind <> 'name' AND weight > 0
    AND p.incorporated_day >= d.listed_day - {{before_days}}
  GROUP BY p.party_id, d.party_id
), took AS (
  SELECT ultimate_consignee AS party_id, order_id, min(day) AS day, coalesce(max(tpp), 0) AS tpp
  FROM ctl WHERE ultimate_consignee IN (SELECT party_id FROM heir) GROUP BY ALL
)
SELECT party_id || '/' || listed_id AS key, [party_id, listed_id] AS subjects, list(DISTINCT order_id) AS orders, sum(tpp) AS tpp, min(day) AS first_day,
  max(day) AS last_day, {{base}} + least({{most_ties}}, {{each_nat}} * any_value(weight))
    + CASE WHEN any_value(born) >= any_value(listed_day) THEN {{born_after}} ELSE 0e0 END AS llr
FROM heir JOIN took USING (party_id) GROUP BY party_id, listed_id
"""

DUCKDB["hidden-headquarters"] = """
WITH seat AS (
  SELECT country, max(tier) AS tier FROM parties WHERE country IS NOT NULL GROUP BY country
), held AS (
  SELECT owned_id, sum(percent) AS percent, max(depth) AS depth, count(*) AS owners, min(owner_id) AS owner_id
  FROM stakes_all s JOIN parties o ON o.party_id = owner_id LEFT JOIN seat h ON h.country = o.hq_country
  WHERE owner_id NOT IN (SELECT owned_id FROM ownership WHERE owned_id IS NOT NULL) AND owner_id <> owned_id AND (o.tier = 3 OR h.tier = 3)
  GROUP BY owned_id HAVING sum(percent) >= {{some}}
), hit AS (
  SELECT party_id, owner_id, CASE WHEN percent >= {{half}} THEN {{at_half}} WHEN percent >= {{near}} THEN {{at_near}} ELSE {{at_some}} END
    + CASE WHEN depth >= 2 THEN {{chain}} ELSE 0e0 END + CASE WHEN owners >= 2 THEN {{several}} ELSE 0e0 END AS llr
  FROM held JOIN parties p ON party_id = owned_id LEFT JOIN seat s ON s.country = coalesce(p.hq_country, p.country)
  WHERE coalesce(p.tier, 2) < 3 AND coalesce(s.tier, 2) < 3
), took AS (
  SELECT ultimate_consignee AS party_id, order_id, min(day) AS day, coalesce(max(tpp), 0) AS tpp
  FROM ctl WHERE ultimate_consignee IN (SELECT party_id FROM hit) GROUP BY ALL
)
SELECT party_id AS key, list_distinct([party_id, any_value(owner_id)]) AS subjects, list(DISTINCT order_id) AS orders, sum(tpp) AS tpp,
  min(day) AS first_day, max(day) AS last_day, any_value(llr) AS llr
FROM hit JOIN took USING (party_id) GROUP BY party_id
"""

DUCKDB["hub-in-out"] = """
WITH outbound AS MATERIALIZED (
  SELECT order_id, exporter AS hub, item, destination, min(day) AS day, sum(quantity) AS quantity, sum(tpp) AS tpp, max(ultimate_consignee) AS consignee, max(tier) AS tier
  FROM ctl WHERE exporter IS NOT NULL GROUP BY ALL
), part AS (
  SELECT order_id, item, destination, day, quantity, chips, end_use, ultimate_consignee, end_user, exporter,
    unnest([ultimate_consignee, CASE WHEN purchaser <> ultimate_consignee THEN purchaser END]) AS hub
  FROM ctl
), inbound AS (
  SELECT order_id, hub, hub = ultimate_consignee AS own, item, destination, min(day) AS day, sum(quantity) AS quantity, sum(chips) AS chips,
    max(end_use) AS end_use, max(ultimate_consignee) AS consignee, max(end_user) AS end_user, max(exporter) AS source
  FROM part WHERE hub IN (SELECT hub FROM outbound) GROUP BY ALL
), counted AS (
  SELECT *, count(*) OVER (PARTITION BY hub) AS received FROM inbound
), installs AS (
  SELECT DISTINCT coalesce(party, operator, owner) AS hub, item FROM serials s LEFT JOIN sites t USING (site_id)
  WHERE event IN ('installed', 'powered_on') AND serial IS NOT NULL
), pair AS (
  SELECT i.hub, i.order_id AS in_order, o.order_id AS out_order, received, i.item, i.day AS in_day, o.day AS out_day, o.tpp, o.consignee,
    coalesce(o.tier, 2) AS tier, coalesce(i.end_use <> 'resale', FALSE) AS own_use
  FROM counted i JOIN outbound o ON o.hub = i.hub AND o.item = i.item AND o.destination <> i.destination
    AND o.day BETWEEN i.day AND i.day + {{within_days}}
    AND o.quantity BETWEEN (1 - {{tolerance}}) * i.quantity AND (1 + {{tolerance}}) * i.quantity
  WHERE i.chips >= {{least_chips}} AND o.consignee <> coalesce(i.end_user, '') AND o.consignee <> coalesce(i.source, '')
    AND (i.consignee = i.hub OR o.consignee <> i.consignee) AND (coalesce(i.end_use, '') <> 'resale' OR o.tier = 3)
  QUALIFY row_number() OVER (PARTITION BY o.order_id, i.hub, i.item ORDER BY i.day DESC, i.order_id) = 1
)
SELECT hub AS key, sides(hub, consignee) AS subjects, sides(in_order, out_order) AS orders, sum(tpp) AS tpp, min(in_day) AS first_day, max(out_day) AS last_day,
  {{base}} + CASE WHEN min(out_day - in_day) <= {{quick_days}} THEN {{quick}} ELSE 0e0 END + CASE WHEN bool_or(own_use) THEN {{own_use}} ELSE 0e0 END
    + CASE WHEN max(tier) = 3 THEN {{to_concern}} ELSE 0e0 END
    + CASE WHEN 2 * count(DISTINCT in_order) >= max(received) THEN {{all_of_it}} ELSE 0e0 END
    + CASE WHEN count(n.hub) = count(*) THEN {{installed}} ELSE 0e0 END
    + least({{most_repeat}}, 0.4e0 * ln(count(DISTINCT out_order))) AS llr
FROM pair p LEFT JOIN installs n USING (hub, item)
GROUP BY hub HAVING (count(DISTINCT in_order) >= {{least_share}} * max(received) OR max(tier) = 3) AND llr >= {{least}}
"""

DUCKDB["lpp-breach-by-parent"] = """
WITH hit AS (
  SELECT root, year, sum(tpp) AS tpp FROM lpp GROUP BY ALL HAVING sum(tpp) > (SELECT lpp_cap FROM law)
)
SELECT l.root || '/' || l.year AS key, list(DISTINCT ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders, any_value(h.tpp) AS tpp,
  min(day) AS first_day, max(day) AS last_day,
  {{base}} + ln(any_value(h.tpp) / (SELECT lpp_cap FROM law)) + CASE WHEN count(DISTINCT exporter) >= 2 THEN {{several_exporters}} ELSE 0e0 END
    + CASE WHEN count(DISTINCT ultimate_consignee) >= 2 THEN {{several_consignees}} ELSE 0e0 END AS llr
FROM lpp l JOIN hit h USING (root, year) GROUP BY l.root, l.year
"""

DUCKDB["market-bunching"] = """
WITH sold AS (
  FROM ctl WHERE tpp > 0 AND coalesce(tier, 2) = 2 AND coalesce("authorization", 'LPP') IN ('LPP', 'NLR')
), shipment AS (
  SELECT order_id, max(exporter) AS exporter, max(destination) AS destination, min(day) AS day, min(year) AS year, min(quarter_no) AS quarter_no,
    sum(tpp) AS tpp, sum(chips) % 8 = 0 AS eights
  FROM sold GROUP BY order_id HAVING min(day) >= (SELECT announced_day FROM law)
), sized AS (
  SELECT shipment.*, t.threshold, tpp / t.tpp_at AS size
  FROM shipment, (SELECT 'notice floor' AS threshold, notice_floor AS tpp_at FROM law UNION ALL SELECT 'LPP limit', lpp_cap FROM law) t
  WHERE tpp / t.tpp_at >= {{low}} AND tpp / t.tpp_at < {{high}}
), unit AS (
  SELECT threshold, level, CASE level WHEN 'exporter' THEN exporter ELSE destination END AS name, CASE level WHEN 'exporter' THEN year ELSE quarter_no END AS period,
    eights, count(*) AS near, count(*) FILTER (size >= {{band}} AND size < 1) AS in_band, count(*) FILTER (size >= 1 AND size < 1.25e0) AS above,
    coalesce(sum(tpp) FILTER (size >= {{band}} AND size < 1), 0) AS tpp, min(day) AS first_day, max(day) AS last_day
  FROM sized, (VALUES ('exporter'), ('country')) g (level) GROUP BY ALL HAVING name IS NOT NULL
), peered AS (
  SELECT *, least(0.84e0, (sum(in_band) OVER r - in_band + {{prior_share}} * {{prior_shipments}}) / (sum(near) OVER r - near + {{prior_shipments}})) AS peers
  FROM unit WINDOW r AS (PARTITION BY threshold, level, eights)
), hit AS (
  SELECT threshold, level, name, period, sum(tpp) AS tpp, min(first_day) AS first_day, max(last_day) AS last_day,
    {{base}} + least({{most}}, sum(in_band * ln({{evader_share}} / peers) + (near - in_band) * ln((1 - {{evader_share}}) / (1 - peers)))) AS llr
  FROM peered GROUP BY ALL
  HAVING llr >= {{least}} AND sum(in_band) >= {{least_in_band}} AND sum(in_band) >= {{times_above}} * (sum(above) + 1)
), deal AS (
  SELECT threshold, level, name, period, h.tpp, first_day, last_day, llr, l.exporter, ultimate_consignee, order_id
  FROM sold l JOIN hit h ON level = 'exporter' AND name = l.exporter AND period = l.year
  UNION ALL
  SELECT threshold, level, name, period, h.tpp, first_day, last_day, llr, l.exporter, ultimate_consignee, order_id
  FROM sold l JOIN hit h ON level = 'country' AND name = l.destination AND period = l.quarter_no
)
SELECT concat(threshold, '/', level, '/', name, '/', period) AS key, sides(coalesce(exporter, ultimate_consignee), ultimate_consignee) AS subjects,
  list(DISTINCT order_id) AS orders, any_value(tpp) AS tpp, any_value(first_day) AS first_day, any_value(last_day) AS last_day, any_value(llr) AS llr
FROM deal GROUP BY threshold, level, name, period
"""

DUCKDB["mass-balance"] = """
WITH by_pair AS (
  SELECT item, coalesce(exporter, root) AS seller, ln(sum(gross_weight_kg) / sum(quantity)) AS log_kg, ln(1e0 + sum(quantity)) AS worth
  FROM lines WHERE gross_weight_kg > 0 AND quantity > 0 GROUP BY ALL
), peered AS (
  SELECT item, seller, CASE WHEN count(*) OVER i - 1 >= {{least_peers}} THEN
    exp((sum(log_kg * worth) OVER i - log_kg * worth) / nullif(sum(worth) OVER i - worth, 0)) END AS unit_kg
  FROM by_pair WINDOW i AS (PARTITION BY item)
), judged AS (
  SELECT seller, order_id, day, coalesce(tpp, 0) AS tpp, gross_weight_kg AS kg, quantity * unit_kg AS usual_kg,
    lower(description) AS d, coalesce(contains(d, 'empty') OR contains(d, 'nothing to') OR contains(d, 'no goods') OR contains(d, 'no cargo'), FALSE) AS empty,
    coalesce((kg < {{peers_light}} * usual_kg AND usual_kg - kg > {{least_kg}})
      OR (kg > {{peers_heavy}} * usual_kg AND kg - usual_kg > {{least_kg}}), FALSE) AS off_peers,
    coalesce(kg / nullif(usual_kg, 0) BETWEEN 2.1e0 AND 2.3e0, FALSE) AS pounds
  FROM lines l JOIN peered p ON p.item = l.item AND p.seller = coalesce(l.exporter, l.root) WHERE gross_weight_kg > 0
)
SELECT seller AS key, [seller] AS subjects, list(DISTINCT order_id) AS orders, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day,
  {{base}} + CASE WHEN bool_or(empty) THEN {{empty}} ELSE 0e0 END
    + CASE WHEN bool_or(off_peers) THEN {{off_peers}} ELSE 0e0 END + CASE WHEN bool_and(pounds) THEN {{pounds}} ELSE 0e0 END
    + least({{most_repeat}}, 0.3e0 * ln(count(*))) AS llr
FROM judged WHERE empty OR off_peers GROUP BY seller HAVING llr >= {{least}}
"""

DUCKDB["megawatt-mismatch"] = """
WITH moved AS (
  SELECT root, sum(chips) AS chips, sum(tpp) AS tpp, sum(chips * tdp_w) AS watts
  FROM ctl, law WHERE chips > 0 AND tdp_w > 0 AND coalesce(end_use, '') <> 'resale' AND day > law.last_day - {{years_days}} GROUP BY ALL
  UNION ALL
  SELECT p.root, -sum(chips), -sum(tpp), -sum(chips * tdp_w)
  FROM ctl l JOIN parties p ON party_id = exporter, law WHERE chips > 0 AND tdp_w > 0 AND p.root <> l.root AND day > law.last_day - {{years_days}} GROUP BY ALL
), held AS (
  SELECT root, sum(chips) AS chips, sum(tpp) AS tpp, sum(watts) * {{facility_per_chip_watt}} / 1e6 AS needed_mw FROM moved GROUP BY root HAVING sum(chips) > 0
), declared AS (
  SELECT root, sum(data_center_mw) AS mw FROM parties WHERE data_center_mw > 0 GROUP BY root
), sited AS (
  SELECT coalesce(root, operator, owner) AS root, bool_or(mw IS NULL) AS unknown,
    sum(mw) FILTER (coalesce(commissioned_day, last_day) <= last_day + {{build_ahead_days}}) AS mw
  FROM sites s LEFT JOIN parties ON party_id = coalesce(operator, owner), law GROUP BY ALL
), unpowered AS (
  SELECT DISTINCT t.root
  FROM (SELECT DISTINCT root, ultimate_consignee AS party_id FROM ctl WHERE chips > 0) t LEFT JOIN parties p USING (party_id)
  ANTI JOIN sites s ON coalesce(s.operator, s.owner) = t.party_id
  WHERE p.data_center_mw IS NULL
), fed AS (
  SELECT h.*, greatest(coalesce(d.mw, 0), coalesce(s.mw, 0)) AS has_mw, needed_mw / nullif(has_mw, 0) AS ratio, yes(needed_mw > {{over}} * has_mw) AS odd
  FROM held h LEFT JOIN declared d USING (root) LEFT JOIN sited s USING (root) LEFT JOIN parties b ON b.party_id = h.root ANTI JOIN unpowered u ON u.root = h.root
  WHERE NOT coalesce(unknown, FALSE) AND NOT regexp_matches(lower(coalesce(b.business, '')), 'distribut|resale|resell|wholesale|dealer|export')
), hit AS (
  SELECT *, {{base}} + least({{most_relative}}, ln({{evader_share}} / ((sum(odd) OVER () - odd + {{prior_share}} * {{prior_operators}})
    / (count(*) OVER () - 1 + {{prior_operators}})))) + {{slope}} * ln(ratio / {{over}}) AS llr
  FROM fed WHERE has_mw > 0 QUALIFY ratio > {{over}} AND chips >= {{least_chips}} AND llr >= {{least}}
)
SELECT root AS key, list(DISTINCT ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders,
  CAST(round(coalesce(any_value(h.tpp), 0) * (1e0 - 1e0 / any_value(ratio))) AS BIGINT) AS tpp, min(day) AS first_day, max(day) AS last_day, any_value(llr) AS llr
FROM ctl l JOIN hit h USING (root) WHERE tdp_w > 0 AND coalesce(end_use, '') <> 'resale' GROUP BY root
"""

DUCKDB["misdescription"] = """
WITH word AS (
  SELECT description, item, ' ' || lower(description) || ' ' AS d, regexp_matches(d, 'empty|nothing') AS none,
    regexp_matches(d, 'adapter|adaptor|contactor|power suppl|transformer|cable| fan|heat sink|lamp|toy| tea |garment|cloth|shoe|textile|furniture| food|fruit'
      '|ceramic|plastic|auto part|car part|monitor|keyboard|printer|book|household|personal|luggage|scrap|waste|gift')
      AND NOT regexp_matches(d, 'gpu|graphic|accelerator|server') AS wrong,
    contains(d, 'sample') AS sample,
    regexp_matches(d, 'gpu|graphic|video|accelerator|processor|processing unit|server|chip|integrated circuit| ic |semiconductor| card|nvidia|hgx|dgx|tensor'
      '|data processing|supercomput|workstation|rack|100|200|300|4090|5090|memory|converter|weights') AS plain,
    regexp_matches(d, 'part|component|goods|electronic|equipment|accessor|cargo|merchandise|hardware|device|machine|unmarked|misc|spare|used|module|unit'
      '|product|item') AS vague
  FROM (SELECT DISTINCT description, item FROM lines WHERE description IS NOT NULL AND (controlled OR kind IN ('ic', 'board', 'server', 'rack')))
  WHERE NOT contains(lower(description), lower(item))
), heading AS (
  SELECT item, hs_code, NOT contains(';' || replace(hs_codes, '.', ''), ';' || substr(replace(hs_code, '.', ''), 1, 4)) AS wrong_heading
  FROM (SELECT DISTINCT item, hs_code FROM lines WHERE length(hs_code) >= 4) JOIN items USING (item) WHERE hs_codes IS NOT NULL
), classed AS (
  SELECT coalesce(exporter, root) AS exporter, order_id, day, tpp, coalesce(wrong_heading, FALSE) AND NOT none AS heading,
    coalesce(gross_weight_kg > 0 AND quantity * unit_price_usd / nullif(gross_weight_kg, 0) > 50 * usd_per_kg_p50, FALSE) AS dear,
    CASE WHEN none THEN 'none' WHEN wrong THEN 'wrong' WHEN sample THEN CASE WHEN quantity >= {{sample_units}} THEN 'sample' ELSE 'plain' END WHEN plain THEN 'plain'
      WHEN vague AND controlled AND chips >= {{least_chips}} THEN 'vague' ELSE 'plain' END AS class,
    class IN ('wrong', 'vague', 'sample') AS odd_words
  FROM lines l JOIN word w ON w.description = l.description AND w.item = l.item LEFT JOIN heading g ON g.item = l.item AND g.hs_code = l.hs_code
  LEFT JOIN hs h ON h.hs_code = l.hs_code
  WHERE controlled OR kind IN ('ic', 'board', 'server', 'rack')
), by_exporter AS (
  SELECT exporter, count(*) AS described, count(*) FILTER (class = 'wrong') AS wrong, count(*) FILTER (class = 'vague') AS vague,
    count(*) FILTER (class = 'sample') AS sample, bool_or(heading) AS heading, coalesce(bool_or(dear) FILTER (odd_words), FALSE) AS dear,
    count(*) FILTER (odd_words OR heading) AS odd, sum(tpp) FILTER (odd_words OR heading) AS tpp, min(day) FILTER (odd_words OR heading) AS first_day,
    max(day) FILTER (odd_words OR heading) AS last_day, list(DISTINCT order_id) FILTER (odd_words OR heading) AS orders
  FROM classed GROUP BY exporter
), peered AS (
  SELECT *, (sum(wrong) OVER () - wrong + {{prior_wrong}} * {{prior_lines}}) / (sum(described) OVER () - described + {{prior_lines}}) AS peers_wrong,
    (sum(vague) OVER () - vague + {{prior_vague}} * {{prior_lines}}) / (sum(described) OVER () - described + {{prior_lines}}) AS peers_vague
  FROM by_exporter
)
SELECT exporter AS key, [exporter] AS subjects, orders, coalesce(tpp, 0) AS tpp, first_day, last_day,
  {{base}} + greatest(CASE WHEN wrong > 0 THEN least({{most_wrong}}, ln({{evader_share}} / peers_wrong)) ELSE 0e0 END,
      CASE WHEN sample > 0 THEN {{sample}} ELSE 0e0 END, CASE WHEN vague > 0 THEN least({{most_vague}}, ln({{evader_share}} / peers_vague)) ELSE 0e0 END)
    + CASE WHEN heading THEN {{heading}} ELSE 0e0 END + CASE WHEN dear THEN {{dear}} ELSE 0e0 END
    + least({{most_repeat}}, 0.3e0 * ln(nullif(odd, 0))) + least(0e0, ln(nullif(3e0 * odd / described, 0))) AS llr
FROM peered WHERE odd > 0 AND llr >= {{least}}
"""

DUCKDB["money-ring"] = """
WITH pay AS MATERIALIZED (
  FROM (SELECT payer, payee, amount_usd, day, order_id FROM payments WHERE amount_usd >= {{least_usd}}
    QUALIFY count(*) OVER (PARTITION BY payer) <= {{hub}})
  WHERE payer <> payee
), two AS (
  SELECT a.payer AS p1, b.payer AS p2, b.payee AS p3, a.day AS d1, b.day AS d2, a.amount_usd AS usd, a.order_id AS o1, b.order_id AS o2
  FROM pay a JOIN pay b ON b.payer = a.payee AND b.day BETWEEN a.day AND a.day + {{within_days}}
    AND b.amount_usd BETWEEN (1 - {{tolerance}}) * a.amount_usd AND (1 + {{tolerance}}) * a.amount_usd
  WHERE b.payee <> a.payer
), three_hops AS (
  SELECT two.*, c.payee AS p4, c.day AS d3, c.order_id AS o3
  FROM two JOIN pay c ON c.payer = p3 AND c.day BETWEEN d2 AND d1 + {{within_days}} AND c.amount_usd BETWEEN (1 - {{tolerance}}) * usd AND (1 + {{tolerance}}) * usd
  WHERE c.payee <> p2
), ring AS (
  SELECT least(p1, p2, p3) || '>' || greatest(p1, p2, p3) AS ring, 3 AS hops, d1 AS first_day, d3 AS last_day, usd, [p1, p2, p3] AS who, [o1, o2, o3] AS orders
  FROM three_hops WHERE p4 = p1
  UNION ALL
  SELECT least(p1, p2, p3, p4) || '>' || greatest(p1, p2, p3, p4), 4, d1, d.day, usd, [p1, p2, p3, p4], [o1, o2, o3, d.order_id]
  FROM three_hops JOIN pay d ON d.payer = p4 AND d.payee = p1 AND d.day BETWEEN d3 AND d1 + {{within_days}}
    AND d.amount_usd BETWEEN (1 - {{tolerance}}) * usd AND (1 + {{tolerance}}) * usd
  WHERE p4 <> p1
), by_ring AS (
  SELECT ring, min(hops) AS hops, count(DISTINCT first_day) AS times, max(usd) AS usd, min(first_day) AS first_day, max(last_day) AS last_day,
    list_distinct(flatten(list(who))) AS subjects, list_distinct(flatten(list(orders))) AS orders
  FROM ring GROUP BY ring
), seat AS (
  SELECT ring, unnest(subjects) AS party_id FROM by_ring
), taken AS (
  SELECT ultimate_consignee AS party_id, sum(tpp) AS tpp FROM ctl WHERE ultimate_consignee IN (SELECT party_id FROM seat) GROUP BY ALL
), dealt AS (
  SELECT party_id FROM taken
  UNION SELECT exporter FROM ctl WHERE exporter IN (SELECT party_id FROM seat)
  UNION SELECT purchaser FROM ctl WHERE purchaser IN (SELECT party_id FROM seat)
), known AS (
  SELECT ring, count(DISTINCT coalesce(root, s.party_id)) AS groups, max(coalesce(tpp, 0)) AS tpp, count(d.party_id) AS trades
  FROM seat s LEFT JOIN parties p USING (party_id) LEFT JOIN taken t USING (party_id) LEFT JOIN dealt d USING (party_id) GROUP BY ring
)
SELECT ring AS key, subjects, CASE WHEN len(orders) > 0 THEN orders END AS orders, tpp, first_day, last_day,
  {{base}} + CASE WHEN hops = 4 THEN {{four}} ELSE 0e0 END + CASE WHEN times >= 2 THEN {{twice}} ELSE 0e0 END + least(0.8e0, 0.2e0 * ln(usd / {{least_usd}})) AS llr
FROM by_ring JOIN known USING (ring) WHERE trades > 0 AND groups >= 3 AND llr >= {{least}}
"""

DUCKDB["near-cap-years"] = """
WITH held AS (
  FROM lines WHERE tpp > 0 AND ("authorization" = 'LPP' OR ("authorization" IS NULL AND controlled AND tier = 2 AND decided = 'LPP'))
), total AS (
  SELECT root, year, sum(tpp) AS tpp FROM held GROUP BY ALL
), filled AS (
  SELECT root, year, total.tpp, total.tpp / lpp_cap AS fill, yes(total.tpp >= {{band}} * lpp_cap AND total.tpp <= lpp_cap) AS in_band FROM total, law
), peered AS MATERIALIZED (
  SELECT *, sum(in_band) OVER () - sum(in_band) OVER (PARTITION BY root) AS others_in_band, count(*) OVER () - count(*) OVER (PARTITION BY root) AS others,
    year - row_number() OVER (PARTITION BY root, in_band ORDER BY year) AS island
  FROM filled QUALIFY in_band = 1
), sellers AS (
  SELECT root, year, count(DISTINCT exporter) AS exporters FROM held SEMI JOIN peered USING (root, year) GROUP BY ALL
), hit AS (
  SELECT root, min(year) AS from_year, max(year) AS to_year, sum(tpp) AS tpp, {{base}} + count(*) * ln({{share_of_evaders}} / least({{share_of_evaders}},
      (max(others_in_band) + {{prior_share}} * {{prior_years}}) / (max(others) + {{prior_years}})))
    + CASE WHEN max(exporters) >= {{many_exporters}} THEN {{many_exporters_llr}} ELSE 0e0 END AS llr
  FROM peered JOIN sellers USING (root, year) GROUP BY root, island
  HAVING (count(*) >= 2 OR (max(fill) >= {{brim}} AND max(exporters) >= {{many_exporters}})) AND llr >= {{least}}
)
SELECT root || '/' || from_year AS key, list(DISTINCT ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders, any_value(h.tpp) AS tpp,
  min(day) AS first_day, max(day) AS last_day, any_value(llr) AS llr
FROM held l JOIN hit h USING (root) WHERE year BETWEEN from_year AND to_year GROUP BY root, from_year
"""

DUCKDB["near-listed"] = """
WITH stake AS (
  SELECT owned_id, max(percent) AS percent, min(depth) AS depth, min(owner_id) AS owner_id
  FROM stakes_all JOIN parties o ON party_id = owner_id WHERE listed = 'yes' AND percent >= 10 AND owner_id <> owned_id GROUP BY owned_id
), traced AS (
  SELECT max(coalesce(s.party, operator, owner)) FILTER (event = 'shipped') AS holder, max(p.party_id) FILTER (event <> 'shipped' AND listed = 'yes') AS listed_holder
  FROM serials s LEFT JOIN sites t USING (site_id) LEFT JOIN parties p ON p.party_id = coalesce(s.party, operator, owner) GROUP BY serial
), goods AS (
  SELECT holder, min(listed_holder) AS listed_holder FROM traced WHERE holder <> listed_holder GROUP BY holder
), near AS MATERIALIZED (
  SELECT party_id, listed, listed_day, coalesce(owner_id, listed_holder, party_id) AS source,
    {{base}} + CASE WHEN percent >= 50 THEN {{majority}} WHEN percent >= 25 THEN {{quarter}} WHEN percent >= 10 THEN {{tenth}} ELSE 0e0 END
      + CASE WHEN depth >= 2 THEN {{indirect}} ELSE 0e0 END + CASE WHEN holder IS NOT NULL THEN {{goods}} ELSE 0e0 END
      + CASE WHEN near_listed >= {{near_name_score}} THEN {{near_name}} ELSE 0e0 END + CASE WHEN near_listed >= {{sure_name_score}} THEN {{sure_name}} ELSE 0e0 END AS llr
  FROM parties LEFT JOIN stake ON owned_id = party_id LEFT JOIN goods ON holder = party_id
  WHERE (percent >= 10 OR holder IS NOT NULL OR near_listed >= {{near_name_score}}) AND llr >= {{least}}
), goods_lines AS (
  FROM lines WHERE unit_tpp > 0 OR unit_tpp IS NULL
), took AS (
  SELECT purchaser AS party_id, order_id, day, tpp FROM goods_lines WHERE purchaser IN (SELECT party_id FROM near)
  UNION ALL SELECT intermediate_consignee, order_id, day, tpp FROM goods_lines WHERE intermediate_consignee IN (SELECT party_id FROM near)
  UNION ALL SELECT ultimate_consignee, order_id, day, tpp FROM goods_lines WHERE ultimate_consignee IN (SELECT party_id FROM near)
  UNION ALL SELECT end_user, order_id, day, tpp FROM goods_lines WHERE end_user IN (SELECT party_id FROM near)
), by_order AS (
  SELECT party_id, order_id, min(day) AS day, coalesce(max(tpp), 0) AS tpp FROM took GROUP BY ALL
)
SELECT party_id AS key, list_distinct([party_id, any_value(source)]) AS subjects, list(DISTINCT order_id) AS orders, sum(tpp) AS tpp, min(day) AS first_day,
  max(day) AS last_day, any_value(llr) AS llr
FROM near JOIN by_order USING (party_id) WHERE listed <> 'yes' OR day < listed_day GROUP BY party_id
"""

DUCKDB["new-corridor"] = """
WITH corridor AS (
  SELECT origin, destination, quarter_no, count(DISTINCT order_id) AS n FROM ctl WHERE exporter IS NOT NULL AND origin <> destination GROUP BY ALL
), country AS (
  SELECT origin, destination, quarter_no, sum(n) OVER now AS all_recent, sum(n) OVER past AS all_past, min(quarter_no) OVER (PARTITION BY origin) AS origin_began,
    sum(n) OVER lane AS past
  FROM corridor
  WINDOW now AS (PARTITION BY origin ORDER BY quarter_no RANGE BETWEEN 1 PRECEDING AND CURRENT ROW),
    past AS (PARTITION BY origin ORDER BY quarter_no RANGE BETWEEN 5 PRECEDING AND 2 PRECEDING),
    lane AS (PARTITION BY origin, destination ORDER BY quarter_no RANGE BETWEEN 5 PRECEDING AND 2 PRECEDING)
), fresh AS MATERIALIZED (
  SELECT origin, destination, quarter_no, all_recent, all_past FROM country WHERE past IS NULL AND all_past >= {{least_past}} AND origin_began <= quarter_no - 4
), first_lines AS MATERIALIZED (
  FROM ctl l SEMI JOIN fresh f ON f.origin = l.origin AND f.destination = l.destination WHERE exporter IS NOT NULL
), entry AS (
  SELECT exporter, min(day) AS began FROM lines WHERE exporter IN (SELECT exporter FROM first_lines) GROUP BY exporter
), arrival AS (
  SELECT root, min(day) AS began FROM lines WHERE root IN (SELECT root FROM first_lines) GROUP BY root
), sent AS (
  SELECT order_id, origin, destination, quarter_no, sum(tpp) AS tpp
  FROM first_lines l JOIN entry e USING (exporter) JOIN arrival a USING (root) GROUP BY ALL
  HAVING bool_or(day - e.began <= {{new_days}} AND day - a.began <= {{new_days}})
), hit AS (
  SELECT f.*, count(*) AS recent, sum(tpp) AS tpp, all_recent * 0.5e0 / (all_past + {{prior_orders}}) AS expected
  FROM fresh f JOIN sent s ON s.origin = f.origin AND s.destination = f.destination AND s.quarter_no BETWEEN f.quarter_no - 1 AND f.quarter_no
  GROUP BY ALL HAVING count(*) >= {{least_orders}}
), scored AS (
  SELECT *, {{base}} + least({{most}}, recent * ln(recent / expected) - (recent - expected)) AS llr
  FROM (FROM hit QUALIFY row_number() OVER (PARTITION BY origin, destination ORDER BY recent DESC, quarter_no) = 1) WHERE recent > expected
)
SELECT concat(h.origin, '/', h.destination, '/', h.quarter_no) AS key, sides(exporter, ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders,
  any_value(h.tpp) AS tpp, min(day) AS first_day, max(day) AS last_day, any_value(llr) AS llr
FROM first_lines l JOIN scored h ON l.origin = h.origin AND l.destination = h.destination AND l.quarter_no BETWEEN h.quarter_no - 1 AND h.quarter_no
WHERE llr >= {{least}} GROUP BY h.origin, h.destination, h.quarter_no
"""

DUCKDB["no-presence"] = """
WITH bought AS (
  SELECT ultimate_consignee AS party_id, sum(chips) AS chips, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day FROM ctl GROUP BY ALL
), mailed AS (
  SELECT bought.*, country, website, data_center_mw, yes(lower(email_domain) IN ('gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com',
    'yahoo.com', 'ymail.com', 'aol.com', 'icloud.com', 'me.com', 'gmx.com', 'gmx.net', 'gmx.de', 'web.de', 'mail.com', 'zoho.com', 'proton.me', 'protonmail.com',
    'tutanota.com', 'qq.com', '163.com', '126.com', 'yeah.net', 'sina.com', 'sina.cn', 'sohu.com', 'foxmail.com', 'aliyun.com', '139.com', 'mail.ru', 'yandex.ru',
    'yandex.com', 'rambler.ru', 'inbox.ru', 'bk.ru', 'naver.com', 'daum.net', 'rediffmail.com', 'yahoo.co.in', 'yahoo.co.uk', 'yahoo.co.jp', 'yahoo.com.sg',
    'yahoo.com.my', 'hotmail.co.uk')) AS free
  FROM bought JOIN parties USING (party_id) WHERE email_domain IS NOT NULL
), hit AS (
  SELECT *, {{base}} + least({{most_relative}}, ln({{evader_share}} / ((sum(free) OVER c - free + {{prior_share}} * {{prior_parties}})
      / (count(*) OVER c - 1 + {{prior_parties}})))) + greatest(0e0, least({{most_size}}, 0.3e0 * ln(nullif(chips, 0) / {{typical_chips}})))
    + CASE WHEN website IS NOT NULL THEN {{has_website}} ELSE 0e0 END + CASE WHEN data_center_mw > 0 THEN {{can_show_power}} ELSE 0e0 END AS llr
  FROM mailed WINDOW c AS (PARTITION BY country) QUALIFY free = 1 AND chips >= {{least_chips}} AND llr >= {{least}}
)
SELECT party_id AS key, [party_id] AS subjects, list(DISTINCT order_id) AS orders, any_value(h.tpp) AS tpp, any_value(first_day) AS first_day,
  any_value(last_day) AS last_day, any_value(llr) AS llr
FROM ctl l JOIN hit h ON party_id = ultimate_consignee GROUP BY party_id
"""

DUCKDB["notice-floor"] = """
WITH shipment AS (
  SELECT order_id, root, min(day) AS day, min(year) AS year, sum(tpp)::BIGINT AS tpp,
    coalesce(bool_and(kind IN ('server', 'board', 'rack') AND quantity % {{pack_units}} = 0), FALSE) AS packed
  FROM lpp WHERE day >= (SELECT announced_day FROM law) GROUP BY ALL
), banded AS MATERIALIZED (
  SELECT root, day, year, tpp, packed, tpp >= notice_floor AS over, yes(tpp >= {{band}} * notice_floor AND NOT over) AS counted,
    tpp >= {{band}} * notice_floor AND tpp < {{near_high}} * notice_floor AS near
  FROM (FROM shipment, (SELECT notice_floor FROM law))
), moving AS (
  SELECT root, year, sum(counted) OVER (r RANGE BETWEEN {{window_back}} PRECEDING AND CURRENT ROW) AS in_window,
    sum(tpp) FILTER (NOT over) OVER week AS week_tpp, count(*) FILTER (NOT over) OVER week AS week_lots
  FROM banded WINDOW r AS (PARTITION BY root ORDER BY day), week AS (PARTITION BY root ORDER BY day RANGE BETWEEN {{split_back}} PRECEDING AND CURRENT ROW)
), crowd AS (
  SELECT root, year, max(in_window) AS in_window, bool_or(week_lots >= {{split_lots}} AND week_tpp >= notice_floor) AS split,
    count(*) FILTER (week_lots >= 2 AND week_tpp >= notice_floor) AS pairs
  FROM moving, law GROUP BY ALL
), by_root AS (
  SELECT root, year, sum(tpp) AS tpp, sum(CASE WHEN counted = 0 THEN 0e0 WHEN packed THEN {{pack_worth}} ELSE 1e0 END) AS in_band, sum(counted) AS counted,
    count(*) FILTER (near) AS near, bool_or(over) AS over
  FROM banded GROUP BY ALL
), peered AS (
  SELECT *, least(0.89e0, (sum(counted) OVER y - counted + {{prior_share}} * {{prior_shipments}}) / (sum(near) OVER y - near + {{prior_shipments}})) AS peers
  FROM by_root WINDOW y AS (PARTITION BY year)
), hit AS (
  SELECT root, year, tpp, {{base}} + in_band * ln({{evader_share}} / peers) + (near - counted) * ln((1 - {{evader_share}}) / (1 - peers))
      + CASE WHEN over THEN 0e0 ELSE CASE WHEN split THEN {{split_llr}} ELSE 0e0 END + least({{most_pairs}}, pairs * {{pair_llr}}) END AS llr
  FROM peered JOIN crowd USING (root, year) WHERE (in_window >= {{in_window}} OR ((split OR pairs >= 2) AND NOT over)) AND llr >= {{least}}
)
SELECT root || '/' || year AS key, list(DISTINCT ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders, any_value(h.tpp) AS tpp,
  min(day) AS first_day, max(day) AS last_day, any_value(llr) AS llr
FROM lpp l JOIN hit h USING (root, year) GROUP BY root, year
"""

DUCKDB["odd-terms"] = """
WITH termed AS (
  SELECT order_id, payee, payer_country, amount_usd, day, ' ' || lower(terms) || ' ' AS t,
    (contains(t, ' cash') AND NOT regexp_matches(t, 'cash in advance|cash against doc')) OR regexp_matches(t, 'crypto|bitcoin|usdt|tether|stablecoin| btc ') AS coins,
    coins OR (NOT regexp_matches(t, 'half|part|deposit|install|balance|30|50|20 ') AND regexp_matches(t, 'in advance|prepaid|prepay|pre-pay|advance payment|up front')) AS odd
  FROM payments WHERE terms IS NOT NULL AND amount_usd > 0 AND day IS NOT NULL AND order_id IS NOT NULL
), ordered AS (
  SELECT order_id, max(root) AS root, max(ultimate_consignee) AS consignee, max(destination) AS destination, max(exporter) AS exporter, sum(tpp) AS tpp
  FROM ctl SEMI JOIN termed USING (order_id) GROUP BY order_id
), by_buyer AS (
  SELECT root, coalesce(exporter, payee) AS seller, coalesce(sum(amount_usd) FILTER (odd), 0) AS odd_usd, bool_or(coins) AS coins,
    coalesce(bool_or(odd AND payer_country <> destination), FALSE) AS abroad, max(tpp) FILTER (odd) AS tpp, min(day) FILTER (odd) AS first_day,
    max(day) FILTER (odd) AS last_day, list(DISTINCT consignee) FILTER (odd) AS subjects, list(DISTINCT order_id) FILTER (odd) AS orders
  FROM termed JOIN ordered USING (order_id) GROUP BY ALL
)
SELECT root || '/' || coalesce(seller, '') AS key, subjects, orders, coalesce(tpp, 0) AS tpp, first_day, last_day,
  {{base}} + CASE WHEN coins THEN {{coins}} ELSE {{advance}} END + least({{most_relative}}, ln({{evader_share}} / ((count(*) FILTER (odd_usd > 0) OVER s
    - yes(odd_usd > 0) + {{prior_share}} * {{prior_buyers}}) / (count(*) OVER s - 1 + {{prior_buyers}})))) + CASE WHEN abroad THEN {{abroad}} ELSE 0e0 END AS llr
FROM by_buyer WINDOW s AS (PARTITION BY seller) QUALIFY odd_usd >= {{least_usd}} AND llr >= {{least}}
"""

DUCKDB["owner-payout"] = """
WITH payout AS (
  SELECT coalesce(a.party_id, n.party_id, payer) AS party_id, payee, day, amount_usd
  FROM payments p LEFT JOIN parties a ON a.party_id = payer LEFT JOIN named n ON n.name = lower(trim(payer))
  WHERE amount_usd > 0 AND day IS NOT NULL AND payer IS NOT NULL
    AND regexp_matches(lower(terms), 'dividend|bonus|distribution to|shareholder loan|director.*loan|profit share|payout|withdrawal')
), yearly AS (
  SELECT party_id, day, payee, sum(amount_usd) OVER y AS year_usd, count(*) OVER y AS times,
    coalesce(sum(amount_usd) OVER (PARTITION BY party_id ORDER BY day RANGE BETWEEN 729 PRECEDING AND 365 PRECEDING), 0) AS before_usd
  FROM payout WINDOW y AS (PARTITION BY party_id ORDER BY day RANGE BETWEEN 364 PRECEDING AND CURRENT ROW)
), peak AS MATERIALIZED (
  FROM yearly QUALIFY row_number() OVER (PARTITION BY party_id ORDER BY year_usd DESC, day) = 1 AND year_usd >= {{least_usd}}
), trade AS (
  SELECT exporter AS party_id, order_id, day, tpp, quantity * unit_price_usd AS sold, 0e0 AS bought, TRUE AS sells
  FROM ctl WHERE exporter IN (SELECT party_id FROM peak)
  UNION ALL
  SELECT coalesce(purchaser, ultimate_consignee), order_id, day, 0, 0e0, quantity * unit_price_usd, FALSE
  FROM ctl WHERE coalesce(purchaser, ultimate_consignee) IN (SELECT party_id FROM peak)
), judged AS (
  SELECT party_id, k.day, any_value(payee) AS payee, any_value(year_usd) AS usd, any_value(times) AS times, any_value(before_usd) AS before_usd,
    sum(sold) AS sold, sum(bought) AS bought, count(*) = count(sold + bought) AND sum(bought) > 0 AND sum(sold) > sum(bought) AS margin_known,
    sum(tpp) AS tpp, min(t.day) AS first_day, list(DISTINCT order_id) FILTER (sells) AS orders
  FROM peak k JOIN trade t USING (party_id) WHERE t.day BETWEEN k.day - 365 - {{near_days}} AND k.day
  GROUP BY ALL HAVING bool_or(sells AND t.day >= k.day - {{near_days}}) AND sum(sold) > 0
), shared AS (
  SELECT *, CASE WHEN margin_known THEN usd / ((sold - bought) * {{share}}) ELSE usd / (sold * {{of_turnover}}) END AS excess FROM judged
)
SELECT party_id || '/' || day AS key, list_distinct([party_id, payee]) AS subjects, orders, tpp, first_day, day AS last_day,
  {{base}} + CASE WHEN margin_known THEN 0.8e0 ELSE 0.5e0 END + least({{most_share}}, 0.5e0 * ln(excess)) + CASE WHEN times >= 2 THEN {{repeated}} ELSE 0e0 END
    + CASE WHEN 2 * before_usd >= usd THEN {{before}} ELSE 0e0 END AS llr
FROM shared WHERE excess > 1 AND llr >= {{least}}
"""

DUCKDB["ownership-fog"] = """
WITH held AS (
  SELECT owner_id, owned_id FROM ownership WHERE until_day IS NULL AND percent >= {{circle_percent}} AND owner_id <> owned_id
), circle AS (
  SELECT x.owned_id AS party_id FROM held x JOIN held y ON y.owned_id = x.owner_id AND y.owner_id = x.owned_id
  UNION
  SELECT x.owned_id FROM held x JOIN held y ON y.owned_id = x.owner_id JOIN held z ON z.owned_id = y.owner_id AND z.owner_id = x.owned_id
), chain AS (
  SELECT owned_id AS party_id, max(depth) AS depth FROM stakes_all WHERE percent >= 10 AND owner_id <> owned_id GROUP BY ALL
), fog AS (
  SELECT party_id, {{base}} + CASE WHEN c.party_id IS NOT NULL THEN {{circle}} ELSE 0e0 END + CASE WHEN depth >= {{deep}} THEN {{deep_llr}} ELSE 0e0 END AS llr
  FROM parties p LEFT JOIN circle c USING (party_id) LEFT JOIN chain n USING (party_id)
  WHERE (c.party_id IS NOT NULL OR depth >= {{deep}}) AND llr >= {{least}}
)
SELECT party_id AS key, [party_id] AS subjects, list(DISTINCT order_id) AS orders, coalesce(sum(tpp), 0) AS tpp, min(day) AS first_day, max(day) AS last_day,
  any_value(llr) AS llr
FROM ctl JOIN fog ON party_id = ultimate_consignee GROUP BY party_id HAVING sum(chips) >= {{least_chips}}
"""

DUCKDB["parts-out-after-visit"] = """
WITH visit AS MATERIALIZED (
  SELECT DISTINCT coalesce(p.root, operator, owner, v.party) AS root, day AS visit_day
  FROM inspections v LEFT JOIN sites t USING (site_id) LEFT JOIN parties p ON p.party_id = coalesce(operator, owner, v.party)
), outbound AS (
  SELECT coalesce(p.root, exporter) AS root, order_id, l.root AS consignee_root, ultimate_consignee, item, day, quantity, coalesce(tpp, 0) AS tpp, l.tier, description
  FROM lines l LEFT JOIN parties p ON party_id = exporter
  WHERE exporter IS NOT NULL AND destination <> coalesce(origin, '')
    AND (controlled OR (substr(hs_code, 1, 4) IN ('8471', '8473', '8542') AND kind IN ('ic', 'board', 'server', 'rack')))
), near AS MATERIALIZED (
  SELECT v.*, o.* EXCLUDE (root), day > visit_day AS after
  FROM outbound o JOIN visit v USING (root)
  WHERE day BETWEEN visit_day - {{before_days}} AND visit_day + {{within_days}} AND consignee_root <> root
), paired AS MATERIALIZED (
  SELECT row_number() OVER () AS id, * FROM near WHERE NOT regexp_matches(lower(coalesce(description, '')), 'repair|rma|return|warranty')
), received AS (
  SELECT l.root, item, coalesce(p.root, exporter, '') AS source, min(day) AS day
  FROM ctl l LEFT JOIN parties p ON party_id = exporter WHERE coalesce(end_use, '') <> 'resale' AND l.root IN (SELECT root FROM paired) GROUP BY ALL
), matched AS (
  SELECT any_value(d.root) AS root, any_value(visit_day) AS visit_day, any_value(order_id) AS order_id, any_value(ultimate_consignee) AS consignee,
    any_value(d.day) AS day, any_value(quantity) AS quantity, any_value(tpp) AS tpp, any_value(tier) AS tier, any_value(after) AS after,
    bool_or(r.item = d.item AND r.day <= visit_day) AS same_item
  FROM paired d JOIN received r USING (root) GROUP BY id HAVING NOT bool_or(coalesce(source = consignee_root, FALSE)) AND bool_or(r.day <= visit_day)
), by_visit AS (
  SELECT root, visit_day, sum(quantity) FILTER (after) AS units, coalesce(sum(quantity) FILTER (NOT after), 0) AS units_before, sum(tpp) FILTER (after) AS tpp,
    coalesce(bool_or(after AND tier = 3), FALSE) AS concern, coalesce(bool_or(after AND same_item), FALSE) AS same_item, min(day) FILTER (after) AS first_day,
    max(day) FILTER (after) AS last_day, list_append(list(DISTINCT consignee) FILTER (after), root) AS subjects, list(DISTINCT order_id) FILTER (after) AS orders
  FROM matched GROUP BY root, visit_day
)
SELECT root || '/' || visit_day AS key, list_distinct(subjects) AS subjects, orders, tpp, first_day, last_day,
  {{base}} + CASE WHEN units_before = 0 THEN {{new}}
      ELSE least({{most_relative}}, 0.5e0 * ln(units * {{before_days}} / ({{within_days}} * greatest(units_before, 1)))) END
    + CASE WHEN concern THEN {{concern}} ELSE 0e0 END + CASE WHEN same_item THEN {{same_item}} ELSE 0e0 END AS llr
FROM by_visit WHERE units >= {{least_units}} AND llr >= {{least}}
"""

DUCKDB["pass-through-money"] = """
WITH side AS (
  SELECT 'in' AS side, payee AS who, payer AS other, amount_usd, day, payer_country, order_id FROM payments WHERE amount_usd > 0 AND day IS NOT NULL AND payer IS NOT NULL AND payee IS NOT NULL
  UNION ALL
  SELECT 'out', payer, payee, amount_usd, day, payer_country, order_id FROM payments WHERE amount_usd > 0 AND day IS NOT NULL AND payer IS NOT NULL AND payee IS NOT NULL
), known AS (
  SELECT side.*, coalesce(a.party_id, n.party_id, lower(trim(who))) AS party_id
  FROM side LEFT JOIN parties a ON a.party_id = who LEFT JOIN named n ON n.name = lower(trim(who))
), flow AS MATERIALIZED (
  SELECT party_id, sum(amount_usd) FILTER (side = 'in') AS usd_in, sum(amount_usd) FILTER (side = 'out') AS usd_out, count(*) FILTER (side = 'in') AS times_in,
    sum(amount_usd * day) FILTER (side = 'out') / usd_out - sum(amount_usd * day) FILTER (side = 'in') / usd_in AS rest,
    coalesce(bool_or(side = 'in' AND payer_country IN ('CN', 'HK', 'MO', 'RU')), FALSE) AS concern, min(day) AS first_day, max(day) AS last_day
  FROM known GROUP BY party_id
  HAVING usd_in >= {{least_usd}} AND usd_out > 0 AND times_in >= {{least_times}} AND count(*) FILTER (side = 'out') >= {{least_times}}
    AND usd_out / usd_in BETWEEN {{low}} AND {{high}} AND rest BETWEEN 0 AND {{rest_days}}
), through AS MATERIALIZED (
  FROM known SEMI JOIN flow USING (party_id)
), seller AS (
  SELECT DISTINCT exporter FROM ctl WHERE exporter IN (SELECT other FROM through)
), ordered AS (
  SELECT order_id, sum(tpp) AS tpp FROM ctl WHERE order_id IN (SELECT order_id FROM through) GROUP BY order_id
), goods AS (
  SELECT party_id, coalesce(bool_or(side = 'out' AND exporter IS NOT NULL), FALSE) AS to_seller, coalesce(sum(tpp) FILTER (side = 'out'), 0) AS tpp,
    list(DISTINCT k.order_id) FILTER (k.order_id IS NOT NULL) AS orders
  FROM through k LEFT JOIN seller ON exporter = other LEFT JOIN ordered o ON o.order_id = k.order_id
  GROUP BY party_id HAVING count(o.order_id) > 0 OR count(exporter) > 0
), dealer AS (
  SELECT exporter AS party_id FROM lines WHERE exporter IN (SELECT party_id FROM flow)
  UNION SELECT purchaser FROM lines WHERE purchaser IN (SELECT party_id FROM flow)
  UNION SELECT ultimate_consignee FROM lines WHERE ultimate_consignee IN (SELECT party_id FROM flow)
)
SELECT party_id AS key, [party_id] AS subjects, orders, tpp, first_day, last_day,
  {{base}} + CASE WHEN rest <= {{quick_days}} THEN {{quick}} ELSE 0e0 END + CASE WHEN concern THEN {{concern}} ELSE 0e0 END
    + CASE WHEN to_seller THEN {{to_seller}} ELSE 0e0 END + CASE WHEN d.party_id IS NOT NULL THEN {{deals}} ELSE 0e0 END + least(0.6e0, 0.3e0 * ln(times_in / 2)) AS llr
FROM flow JOIN goods USING (party_id) LEFT JOIN dealer d USING (party_id) LEFT JOIN parties p USING (party_id)
WHERE NOT regexp_matches(lower(coalesce(business, '')), 'bank|escrow|payment|treasury|distribut|financ') AND llr >= {{least}}
"""

DUCKDB["payer-not-in-papers"] = """
WITH pay AS MATERIALIZED (
  SELECT order_id, amount_usd, day, coalesce(a.party_id, n.party_id, payer) AS payer, coalesce(a.root, n.root, payer) AS payer_root,
    coalesce(payer_country, a.country, n.country) AS payer_country, lower(coalesce(a.business, n.business, '')) AS business,
    coalesce(a.party_id, n.party_id) IS NOT NULL AS known
  FROM payments LEFT JOIN parties a ON a.party_id = payer LEFT JOIN named n ON n.name = lower(trim(payer))
  WHERE amount_usd > 0 AND payer IS NOT NULL AND order_id IS NOT NULL
), ordered AS (
  SELECT order_id, max(l.root) AS root, max(ultimate_consignee) AS consignee, max(destination) AS destination, min(day) AS day, max(b.name) AS purchaser_name, sum(tpp) AS tpp,
    [max(l.root), max(coalesce(b.root, purchaser)), max(coalesce(e.root, end_user)), max(coalesce(i.root, intermediate_consignee)), max(coalesce(x.root, exporter))] AS inside
  FROM ctl l SEMI JOIN pay USING (order_id) LEFT JOIN parties b ON b.party_id = purchaser LEFT JOIN parties e ON e.party_id = end_user
  LEFT JOIN parties i ON i.party_id = intermediate_consignee LEFT JOIN parties x ON x.party_id = exporter
  GROUP BY order_id HAVING max(purchaser) IS NOT NULL
), seen AS (
  SELECT root, destination, consignee, o.order_id, tpp, payer, payer_country, amount_usd, coalesce(p.day, o.day) AS day,
    coalesce(NOT list_contains(inside, payer_root), FALSE) AND s.owner_id IS NULL AND NOT regexp_matches(business, 'leas|bank|financ|factoring|insur|credit') AS odd
  FROM pay p JOIN ordered o USING (order_id)
  LEFT JOIN (SELECT DISTINCT owner_id, owned_id FROM stakes_all WHERE percent >= 10) s ON s.owner_id = p.payer AND s.owned_id = consignee
  WHERE known OR purchaser_name IS NOT NULL
), by_root AS (
  SELECT root, destination, yes(bool_or(odd)) AS odd, count(*) FILTER (odd) AS times, sum(amount_usd) FILTER (odd) AS odd_usd, sum(amount_usd) AS usd,
    coalesce(bool_or(odd AND payer_country <> destination), FALSE) AS abroad, min(day) FILTER (odd) AS first_day, max(day) FILTER (odd) AS last_day,
    list_distinct(list_concat(list(DISTINCT payer) FILTER (odd), list(DISTINCT consignee) FILTER (odd))) AS subjects, list(DISTINCT order_id) FILTER (odd) AS orders
  FROM seen GROUP BY ALL
), worth AS (
  SELECT root, destination, sum(tpp) AS tpp FROM (SELECT root, destination, order_id, max(tpp) AS tpp FROM seen WHERE odd GROUP BY ALL) GROUP BY ALL
), peered AS (
  SELECT *, (sum(odd) OVER d - odd + {{prior_share}} * {{prior_units}}) / (count(*) OVER d - 1 + {{prior_units}}) AS peers
  FROM by_root WINDOW d AS (PARTITION BY destination) QUALIFY odd = 1
)
SELECT root || '/' || destination AS key, subjects, orders, tpp, first_day, last_day,
  {{base}} + least({{most_relative}}, ln({{evader_share}} / peers)) + least({{most_repeat}}, 0.3e0 * ln(times)) + CASE WHEN abroad THEN {{abroad}} ELSE 0e0 END
    + CASE WHEN odd_usd / nullif(usd, 0) < 0.1e0 THEN {{minor}} ELSE 0e0 END AS llr
FROM peered JOIN worth USING (root, destination) WHERE llr >= {{least}}
"""

DUCKDB["phantom-shipment"] = """
WITH paid AS MATERIALIZED (
  SELECT order_id, payer, payee, max(payer_country) AS payer_country, sum(amount_usd) AS usd, min(day) FILTER (day IS NOT NULL) AS day
  FROM payments WHERE order_id IS NOT NULL AND payer IS NOT NULL AND payee IS NOT NULL AND amount_usd > 0 AND day IS NOT NULL GROUP BY ALL
), shipped AS (
  SELECT DISTINCT order_id FROM lines SEMI JOIN paid USING (order_id)
), unshipped AS MATERIALIZED (
  FROM paid ANTI JOIN shipped USING (order_id)
), back AS (
  SELECT order_id, payer, sum(amount_usd) AS usd FROM payments SEMI JOIN unshipped USING (order_id) WHERE payer IS NOT NULL AND amount_usd > 0 GROUP BY ALL
), phantom AS (
  SELECT u.payer, count(*) AS phantom, sum(u.usd) AS usd, max(payer_country) AS payer_country, max(payee) AS payee, min(day) AS first_day, max(day) AS last_day,
    list(DISTINCT u.order_id) AS orders
  FROM unshipped u LEFT JOIN back b ON b.order_id = u.order_id AND b.payer = payee, law
  WHERE u.usd >= {{least_usd}} AND day + {{late_days}} <= law.last_day AND coalesce(b.usd, 0) < 0.9e0 * u.usd GROUP BY u.payer
), by_payer AS (
  SELECT payer, count(*) AS payments, count(s.order_id) AS shipped FROM paid LEFT JOIN shipped s USING (order_id) GROUP BY payer
), peered AS (
  SELECT *, (sum(payments - shipped) OVER () - (payments - shipped) + {{prior_share}} * {{prior_payments}}) / (sum(payments) OVER () - payments + {{prior_payments}}) AS peers
  FROM by_payer
)
SELECT payer AS key, list_distinct([payer, payee]) AS subjects, orders, 0 AS tpp, first_day, last_day,
  {{base}} + least({{most_relative}}, ln({{evader_share}} / peers)) + least({{most_size}}, 0.2e0 * ln(usd / {{least_usd}}))
    + CASE WHEN payer_country IN ('CN', 'HK', 'MO', 'RU') THEN {{concern}} ELSE 0e0 END AS llr
FROM peered JOIN phantom USING (payer) WHERE shipped > 0 AND llr >= {{least}}
"""

DUCKDB["pre-date-burst"] = """
WITH windowed AS (
  SELECT root, max(coalesce(tier, 2)) AS tier, min(day) AS began, any_value(announced_day) AS announced_day, any_value(effective_day) AS effective_day,
    any_value(lpp_cap) AS lpp_cap, any_value(last_day - effective_day) AS after_days, any_value(effective_day - announced_day + 1) AS days,
    coalesce(sum(chips) FILTER (day >= announced_day - {{past_days}} AND day < announced_day), 0) AS past_chips,
    coalesce(sum(chips) FILTER (day BETWEEN announced_day AND effective_day), 0) AS in_chips,
    coalesce(sum(tpp) FILTER (day BETWEEN announced_day AND effective_day), 0) AS in_tpp,
    coalesce(sum(chips) FILTER (day > effective_day - {{last_days}} AND day <= effective_day), 0) AS last_chips,
    coalesce(sum(chips) FILTER (day > effective_day), 0) AS after_chips,
    coalesce(sum(chips) FILTER (day BETWEEN announced_day - 365 AND effective_day - 365), 0) AS season_chips,
    coalesce(sum(chips) FILTER (day > effective_day - 365 - {{last_days}} AND day <= effective_day - 365), 0) AS last_season_chips
  FROM ctl, law WHERE chips > 0 GROUP BY root
), paced AS (
  SELECT *, (past_chips + {{prior_chips}}) / {{past_days}} AS past_pace, in_chips / days AS in_pace, last_chips / {{last_days}} AS last_pace,
    in_pace / greatest(past_pace, season_chips / days) AS in_ratio, last_pace / greatest(past_pace, last_season_chips / {{last_days}}) AS last_ratio,
    greatest(in_ratio, last_ratio) AS ratio, after_chips / greatest(after_days, 1) / greatest(in_pace, last_pace) AS goes_on,
    greatest(1e0, (sum(in_chips) FILTER (tier = 1) OVER () / days + {{free_chips}} / {{past_days}})
      / ((sum(past_chips) FILTER (tier = 1) OVER () + {{free_chips}}) / {{past_days}})) AS free_growth
  FROM windowed
  QUALIFY tier = 2 AND in_chips >= {{least_chips}} AND began <= announced_day - {{known_days}} AND ratio >= {{ratio}} AND ratio / free_growth >= {{ratio}} / 2
), taken AS (
  SELECT root, list(DISTINCT ultimate_consignee) FILTER (day >= announced_day) AS subjects, list(DISTINCT order_id) FILTER (day >= announced_day) AS orders,
    min(day) FILTER (day >= announced_day) AS first_day, max(day) AS last_day, count(DISTINCT order_id) FILTER (chips > 0 AND day < announced_day) AS past_orders,
    count(DISTINCT order_id) FILTER (chips > 0 AND day >= announced_day) AS in_orders,
    count(DISTINCT order_id) FILTER (chips > 0 AND day > effective_day - {{last_days}}) AS last_orders
  FROM ctl SEMI JOIN paced USING (root), law WHERE day BETWEEN announced_day - {{past_days}} AND effective_day GROUP BY root
), judged AS (
  SELECT *, CASE WHEN last_ratio > in_ratio THEN last_orders ELSE in_orders END AS seen,
    past_orders * CASE WHEN last_ratio > in_ratio THEN {{last_days}} ELSE days END / {{past_days}} AS expected
  FROM paced JOIN taken USING (root) WHERE past_orders >= {{least_before}} AND in_orders >= {{least_in}}
)
SELECT root || '/' || effective_day AS key, subjects, orders, in_tpp AS tpp, first_day, last_day,
  {{base}} + least({{most_surprise}}, CASE WHEN seen > expected THEN seen * ln(seen / expected) - (seen - expected) ELSE 0e0 END)
    + least({{most_ratio}}, {{ratio_slope}} * ln(ratio / free_growth))
    + CASE WHEN after_days < {{after_days}} THEN 0e0 WHEN goes_on <= {{silent}} THEN {{stops}} WHEN goes_on >= {{steady}} THEN {{continues}} ELSE 0e0 END
    + least({{most_size}}, greatest(-{{most_size}}, ln(greatest(in_tpp, 1) / lpp_cap / {{sizable}}))) AS llr
FROM judged WHERE llr >= {{least}}
"""

DUCKDB["price-outlier"] = """
WITH usual AS (
  SELECT item, quarter_no, count(*) AS total, quantile_disc(CAST(round(100 * ln(unit_price_usd)) AS INT), [0.25, 0.5, 0.75]) AS q,
    q[2] / 100 AS middle, greatest({{least_sigma}}, (q[3] - q[1]) / 100 / 1.349e0) AS sigma
  FROM lines WHERE unit_price_usd > 0 AND unit_tpp > 0 GROUP BY ALL
), off AS MATERIALIZED (
  SELECT root, order_id, item, quarter_no, day, exporter, ultimate_consignee, coalesce(tpp, 0) AS tpp, quantity * unit_price_usd AS usd, total, sigma,
    ln(unit_price_usd) - middle AS off, ln(unit_price_usd / list_price_usd) AS off_list,
    coalesce(off_list > CASE WHEN kind IN ('server', 'rack', 'board') THEN ln({{system_ratio}}) ELSE ln({{least_ratio}}) END, FALSE) AS dear,
    coalesce(regexp_matches(lower(description), 'used|refurb|second.*hand'), FALSE) AS used
  FROM lines JOIN usual USING (item, quarter_no)
  WHERE unit_price_usd > 0 AND unit_tpp > 0 AND (abs(off) > greatest({{deviations}} * sigma, ln({{least_ratio}})) OR (dear AND total < 1000000))
), own AS (
  SELECT item, quarter_no, root, count(*) AS n FROM lines SEMI JOIN off USING (item, quarter_no, root) WHERE unit_price_usd > 0 AND unit_tpp > 0 GROUP BY ALL
), marked AS (
  SELECT off.*, CASE WHEN total - n >= {{least_peers}} AND off > {{deviations}} * sigma AND off > ln({{least_ratio}}) THEN 'over'
    WHEN total - n >= {{least_peers}} AND off < -{{deviations}} * sigma AND off < -ln({{least_ratio}}) AND NOT used THEN 'under'
    WHEN total - n < {{least_peers}} AND dear THEN 'list' END AS mark
  FROM off JOIN own USING (item, quarter_no, root)
), by_root AS MATERIALIZED (
  SELECT root, count(*) AS odd, bool_or(mark IN ('over', 'list')) AS over_or_list, bool_or(mark = 'over') AS over, bool_or(mark = 'under') AS under,
    max(CASE mark WHEN 'list' THEN off_list ELSE abs(off) END) AS off, sum(tpp) AS tpp, sum(usd) AS usd, min(day) AS first_day, max(day) AS last_day,
    sides(coalesce(exporter, ultimate_consignee), ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders
  FROM marked WHERE mark IS NOT NULL GROUP BY root HAVING sum(usd) >= {{least_usd}}
), priced AS (
  SELECT root, count(*) AS priced FROM lines SEMI JOIN by_root USING (root) WHERE unit_price_usd > 0 AND unit_tpp > 0 GROUP BY root
)
SELECT root AS key, subjects, orders, tpp, first_day, last_day,
  {{base}} + greatest(CASE WHEN over_or_list THEN {{over}} ELSE 0e0 END, CASE WHEN under THEN {{under}} ELSE 0e0 END)
    + CASE WHEN NOT over AND NOT under THEN {{no_peers}} ELSE 0e0 END + least({{most_slope}}, {{slope}} * (off - 0.26e0)) + least(0.6e0, 0.2e0 * ln(odd)) AS llr
FROM by_root JOIN priced USING (root) WHERE odd >= {{least_share}} * priced AND llr >= {{least}}
"""

DUCKDB["residential-address"] = """
WITH placed AS (
  SELECT party_id, country, data_center_mw, incorporated_day, ' ' || replace(replace(lower(address), ',', ' '), '#', ' ') || ' ' AS a,
    CASE WHEN regexp_matches(a, 'p\\.o\\. box|po box|p o box|mailbox|mail box| pmb | c/o ') THEN {{mailbox}}
      WHEN regexp_matches(a, 'virtual office|co-working|coworking|serviced office|executive cent|executive suite|business cent|regus|wework|hot desk') THEN {{serviced}}
      WHEN regexp_matches(a, ' apt | apt\\. | apartment| flat |residence|residential|condominium| villa |dormitory') THEN {{home}}
      WHEN regexp_matches(a, ' suite | ste | ste\\. ') THEN {{suite}} END AS class
  FROM parties WHERE address IS NOT NULL
), active AS (
  SELECT purchaser AS party_id FROM ctl UNION SELECT ultimate_consignee FROM ctl UNION SELECT end_user FROM ctl UNION SELECT exporter FROM ctl
), peered AS MATERIALIZED (
  SELECT *, (count(class) OVER c - count(class) OVER (PARTITION BY party_id) + {{prior_share}} * {{prior_parties}}) / (count(*) OVER c - 1 + {{prior_parties}}) AS peers
  FROM placed SEMI JOIN active USING (party_id) WINDOW c AS (PARTITION BY country) QUALIFY class IS NOT NULL
), took AS (
  SELECT purchaser AS party_id, order_id, day, chips, tpp FROM ctl WHERE purchaser IN (SELECT party_id FROM peered)
  UNION ALL SELECT ultimate_consignee, order_id, day, chips, tpp FROM ctl WHERE ultimate_consignee IN (SELECT party_id FROM peered)
  UNION ALL SELECT end_user, order_id, day, chips, tpp FROM ctl WHERE end_user IN (SELECT party_id FROM peered)
  UNION ALL SELECT exporter, order_id, day, chips, tpp FROM ctl WHERE exporter IN (SELECT party_id FROM peered)
), by_order AS (
  SELECT party_id, order_id, min(day) AS day, max(chips) AS chips, max(tpp) AS tpp FROM took GROUP BY ALL
), by_party AS (
  SELECT party_id, sum(chips) AS chips, coalesce(sum(tpp), 0) AS tpp, min(day) AS first_day, max(day) AS last_day, list(DISTINCT order_id) AS orders
  FROM by_order GROUP BY ALL HAVING max(chips) >= {{least_chips}}
)
SELECT party_id AS key, [party_id] AS subjects, orders, tpp, first_day, last_day,
  {{base}} + class + greatest(0e0, least({{most_relative}}, ln({{evader_share}} / peers)) - 0.6e0) + greatest(0e0, least({{most_size}}, 0.2e0 * ln(chips / 16)))
    + CASE WHEN data_center_mw > 0 THEN {{can_show_power}} ELSE 0e0 END + CASE WHEN first_day - incorporated_day > {{old_days}} THEN {{old}} ELSE 0e0 END AS llr
FROM by_party JOIN peered USING (party_id) WHERE llr >= {{least}}
"""

DUCKDB["retry-after-refusal"] = """
WITH refused AS MATERIALIZED (
  SELECT party AS party_id, any_value(coalesce(p.root, party)) AS root, any_value(p.cluster) AS cluster, min(day) AS refused_day
  FROM inspections LEFT JOIN parties p ON party_id = party WHERE party IS NOT NULL AND result = 'unfavorable' GROUP BY party
), asked AS MATERIALIZED (
  SELECT party_id, r.root, r.cluster, refused_day, order_id, item, max(exporter) AS exporter, max(end_user) AS end_user, bool_or(controlled) AS controlled,
    sum(quantity) AS quantity
  FROM lines JOIN refused r ON party_id = ultimate_consignee AND day BETWEEN refused_day - {{before_days}} AND refused_day GROUP BY ALL
), newcomer AS (
  SELECT root, min(day) AS began FROM lines GROUP BY root
), late AS (
  FROM newcomer WHERE EXISTS (FROM (SELECT DISTINCT refused_day FROM asked) WHERE began > refused_day AND began <= refused_day + {{within_days}})
), ordered AS (
  SELECT l.root, began, order_id, item, max(cluster) AS cluster, max(ultimate_consignee) AS consignee, max(exporter) AS exporter, max(end_user) AS end_user,
    min(day) AS day, sum(quantity) AS quantity, sum(chips) AS chips, sum(tpp) AS tpp, bool_or(controlled) AS controlled
  FROM lines l JOIN late USING (root) WHERE day <= began + {{within_days}} AND item IN (SELECT item FROM asked) GROUP BY ALL
), tie AS (
  SELECT a, b, sum(weight) AS weight FROM links GROUP BY ALL
), repeated AS (
  SELECT party_id AS refused, o.consignee, refused_day, a.order_id AS old_order, o.order_id AS new_order, o.item, o.day, tpp, chips,
    o.quantity BETWEEN 0.98e0 * a.quantity AND 1.02e0 * a.quantity AS same_quantity, o.exporter = a.exporter AS same_seller,
    CASE WHEN o.cluster = a.cluster THEN 2e0 ELSE 0e0 END + coalesce(weight, 0) AS weight, a.controlled AND o.controlled AS controlled
  FROM asked a JOIN ordered o ON o.item = a.item AND o.root <> a.root AND began > refused_day AND began <= refused_day + {{within_days}}
    AND o.day <= refused_day + {{within_days}} AND o.quantity BETWEEN (1 - {{tolerance}}) * a.quantity AND (1 + {{tolerance}}) * a.quantity
  LEFT JOIN tie ON tie.a = least(party_id, o.consignee) AND tie.b = greatest(party_id, o.consignee)
  WHERE coalesce(o.end_user <> a.end_user, TRUE)
)
SELECT refused || '/' || consignee AS key, sides(refused, consignee) AS subjects, sides(old_order, new_order) AS orders, coalesce(max(tpp), 0) AS tpp,
  refused_day AS first_day, max(day) AS last_day,
  {{base}} + CASE WHEN max(weight) > 0 THEN least({{most_linked}}, 0.5e0 * max(weight)) ELSE {{unlinked}} END + CASE WHEN bool_or(same_quantity) THEN {{same_quantity}} ELSE 0e0 END
    + CASE WHEN count(DISTINCT item) >= 2 THEN {{two_items}} ELSE 0e0 END + CASE WHEN bool_or(same_seller) THEN {{same_seller}} ELSE 0e0 END AS llr
FROM repeated GROUP BY refused, consignee, refused_day
HAVING bool_or(controlled) AND max(chips) >= {{least_chips}} AND llr >= {{least}}
  AND (max(weight) > 0 OR (bool_or(same_seller) AND bool_or(same_quantity) AND count(DISTINCT item) >= 2))
"""

DUCKDB["serial-director"] = """
WITH seat AS (
  SELECT a AS party_id, value AS director, b AS other FROM links WHERE kind = 'director' AND degree <= {{most_firms}}
  UNION ALL SELECT b, value, a FROM links WHERE kind = 'director' AND degree <= {{most_firms}}
), rated AS (
  SELECT party_id, regexp_matches(';' || lower(coalesce(flags, '')), 'struck.off|dissolved|liquidat|deregistered|;closed|bankrupt|insolven') AS closed FROM parties
), record AS (
  SELECT s.party_id, director, count(DISTINCT other) AS others, count(DISTINCT other) FILTER (closed) AS shut
  FROM seat s JOIN rated c ON c.party_id = other GROUP BY ALL HAVING shut >= {{least_closed}} AND shut >= {{share}} * others
), rate AS (
  SELECT count(*) AS firms, count(*) FILTER (regexp_matches(lower(flags), 'struck|dissolved|liquidat|deregistered')) AS closed FROM parties
), bought AS (
  SELECT ultimate_consignee AS party_id, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day, list(DISTINCT order_id) AS orders
  FROM ctl WHERE ultimate_consignee IN (SELECT party_id FROM record) GROUP BY ALL HAVING sum(chips) >= {{least_chips}}
)
SELECT party_id || '/' || director AS key, [party_id] AS subjects, orders, coalesce(tpp, 0) AS tpp, first_day, last_day,
  {{base}} + greatest(0e0, least({{most_relative}}, ln(shut / others / ((greatest(0, closed - shut) + {{prior_share}} * {{prior_firms}}) / (firms - others + {{prior_firms}})))))
    + {{slope}} * ln(shut / {{least_closed}}) AS llr
FROM record JOIN bought USING (party_id), rate WHERE llr >= {{least}}
"""

DUCKDB["serial-in-two-places"] = """
WITH known AS (
  SELECT serial, item, event, s.country, day, coalesce(operator, owner, party) AS holder FROM serials s LEFT JOIN sites t USING (site_id)
), report AS (
  SELECT serial, day, max(item) AS item, min(country) AS low, max(country) AS high, min(holder) AS low_holder, max(holder) AS high_holder
  FROM known WHERE event IN ('installed', 'powered_on', 'seen') AND country IS NOT NULL GROUP BY ALL
), spaced AS MATERIALIZED (
  SELECT *, day - lag(day) OVER w AS since, lag(low) OVER w AS before_low, lag(high) OVER w AS before_high, lag(low_holder) OVER w AS before_holder
  FROM report WINDOW w AS (PARTITION BY serial ORDER BY day)
), onward AS (
  SELECT exporter, destination, min(day) AS sent_on FROM lines
  SEMI JOIN spaced ON before_holder = exporter AND high = destination AND high IN ('CN', 'HK', 'MO', 'RU', 'IR') GROUP BY ALL
), clash AS (
  SELECT serial, item, day,
    CASE WHEN low_holder <> high_holder THEN high_holder WHEN low IN ('CN', 'HK', 'MO', 'RU', 'IR') THEN low_holder ELSE coalesce(before_holder, low_holder) END AS other,
    coalesce(low <> high, FALSE) OR coalesce(since <= {{travel_days}} AND (low <> before_high OR high <> before_low), FALSE)
      OR coalesce(high IN ('CN', 'HK', 'MO', 'RU', 'IR') AND before_low NOT IN ('CN', 'HK', 'MO', 'RU', 'IR') AND sent_on IS NULL, FALSE) AS clash,
    low IN ('CN', 'HK', 'MO', 'RU', 'IR') OR high IN ('CN', 'HK', 'MO', 'RU', 'IR') AS concern
  FROM spaced LEFT JOIN onward ON exporter = before_holder AND destination = high AND sent_on <= day
), repair AS (
  SELECT serial, max(item) AS item, max(day) FILTER (event = 'rma') AS day, max(holder) FILTER (event IN ('installed', 'powered_on')) AS other,
    max(country) FILTER (event IN ('installed', 'powered_on')) AS country, max(country) FILTER (event = 'rma') AS rma_country
  FROM known GROUP BY serial HAVING rma_country IN ('CN', 'HK', 'MO', 'RU', 'IR') AND country <> rma_country
), odd AS (
  FROM clash UNION ALL SELECT serial, item, day, other, TRUE, TRUE FROM repair
), owner AS (
  SELECT serial, min_by(holder, (day, holder)) AS holder FROM known WHERE holder IS NOT NULL GROUP BY serial
), by_serial AS (
  SELECT serial, holder, max(item) AS item, max(other) FILTER (clash AND other <> holder) AS other, bool_or(clash) AS clash,
    coalesce(bool_or(clash AND concern), FALSE) AS concern, min(day) FILTER (clash) AS first_day, max(day) FILTER (clash) AS last_day
  FROM odd JOIN owner USING (serial) GROUP BY ALL
), by_holder AS (
  SELECT holder, max(s.item) AS item, count(*) AS serials, count(*) FILTER (clash) AS clashes, bool_or(concern) AS concern,
    round(coalesce(sum(unit_tpp) FILTER (clash), 0)) AS tpp, min(first_day) AS first_day, max(last_day) AS last_day,
    list_distinct(list_append(list(DISTINCT coalesce(other, holder)) FILTER (clash), holder)) AS subjects
  FROM by_serial s LEFT JOIN items i USING (item) GROUP BY holder
), hit AS (
  SELECT *, least(0.49e0, (sum(clashes) OVER () - clashes + {{prior_share}} * {{prior_serials}}) / (sum(serials) OVER () - serials + {{prior_serials}})) AS peers,
    {{base}} + least({{most_relative}}, clashes * ln({{evader_share}} / peers) + (serials - clashes) * ln((1 - {{evader_share}}) / (1 - peers)))
      + CASE WHEN concern THEN {{concern}} ELSE 0e0 END AS llr
  FROM by_holder QUALIFY clashes >= {{least_serials}} AND llr >= {{least}}
)
SELECT holder AS key, any_value(subjects) AS subjects, list(DISTINCT order_id) FILTER (order_id IS NOT NULL) AS orders, any_value(h.tpp) AS tpp,
  any_value(first_day) AS first_day, any_value(last_day) AS last_day, any_value(llr) AS llr
FROM hit h LEFT JOIN lines l ON ultimate_consignee = holder AND l.item = h.item GROUP BY holder
"""

DUCKDB["shared-identifiers"] = """
WITH pair AS MATERIALIZED (
  SELECT a, b, count(*) AS kinds, sum(weight) AS weight FROM (SELECT a, b, kind, max(weight) AS weight FROM links WHERE weight > 0 GROUP BY ALL)
  GROUP BY ALL HAVING kinds >= {{kinds}} AND sum(weight) >= {{least_weight}}
), bought AS (
  SELECT ultimate_consignee AS party_id, max(root) AS root, max(cluster) AS cluster, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day
  FROM ctl WHERE ultimate_consignee IN (SELECT a FROM pair UNION SELECT b FROM pair) GROUP BY ALL
), couple AS (
  SELECT CASE WHEN x.cluster = y.cluster THEN x.cluster ELSE a || '+' || b END AS ring, weight, unnest([x, y]) AS party
  FROM pair JOIN bought x ON x.party_id = a JOIN bought y ON y.party_id = b WHERE x.root <> y.root
), keyed AS (
  SELECT ring, party.party_id AS party_id, max(weight) AS weight, max(party.tpp) AS tpp, min(party.first_day) AS first_day, max(party.last_day) AS last_day
  FROM couple GROUP BY ALL
), ring AS (
  SELECT ring, list(party_id) AS subjects, sum(tpp) AS tpp, min(first_day) AS first_day, max(last_day) AS last_day,
    {{base}} + {{slope}} * least(max(weight), {{most_weight}}) + least({{most_members}}, 0.4e0 * ln(count(*) / 2))
      + CASE WHEN max(first_day) <= min(last_day) + 365 THEN {{same_time}} ELSE 0e0 END AS llr
  FROM keyed GROUP BY ring HAVING llr >= {{least}}
), member AS (
  SELECT *, unnest(subjects) AS party_id FROM ring
)
SELECT ring AS key, any_value(subjects) AS subjects, list(DISTINCT order_id) AS orders, any_value(m.tpp) AS tpp, any_value(first_day) AS first_day,
  any_value(last_day) AS last_day, any_value(llr) AS llr
FROM ctl JOIN member m ON party_id = ultimate_consignee GROUP BY ring
"""

DUCKDB["short-count"] = """
WITH visit AS (
  SELECT coalesce(operator, owner, party) AS holder, day, max(units_seen) AS seen, bool_or(result = 'favorable') AS favorable
  FROM inspections LEFT JOIN sites USING (site_id) WHERE units_seen IS NOT NULL AND day IS NOT NULL GROUP BY ALL
), hall AS (
  SELECT coalesce(operator, owner) AS holder, count(*) AS sites FROM sites GROUP BY ALL
), received AS MATERIALIZED (
  SELECT ultimate_consignee AS holder, order_id, l.day, quantity, tpp, coalesce(end_use, '') <> 'resale' AS kept
  FROM ctl l SEMI JOIN visit ON holder = ultimate_consignee
), sold AS (
  SELECT exporter AS holder, min(day) AS began FROM ctl SEMI JOIN visit ON holder = exporter GROUP BY ALL
), counted AS (
  SELECT holder, v.day, seen, any_value(favorable) AS favorable, coalesce(any_value(sites), 1) AS halls, sum(quantity) AS units, sum(tpp) AS tpp, min(r.day) AS first_day,
    seen * halls / sum(quantity) AS share
  FROM visit v JOIN received r USING (holder) LEFT JOIN hall USING (holder) LEFT JOIN sold USING (holder)
  WHERE kept AND r.day <= v.day - {{installed_after}} AND (began IS NULL OR began > v.day)
  GROUP BY holder, v.day, seen HAVING units >= {{least_units}} QUALIFY row_number() OVER (PARTITION BY holder ORDER BY v.day DESC) = 1
), hit AS (
  SELECT *, {{base}} + least({{most}}, {{slope}} * ln({{usual}} / greatest(share, 0.05e0)))
    + CASE WHEN favorable THEN {{favorable}} ELSE 0e0 END + CASE WHEN halls > 1 THEN {{other_halls}} ELSE 0e0 END AS llr
  FROM counted WHERE share < {{usual}} AND llr >= {{least}}
)
SELECT concat(holder, '/', h.day) AS key, [holder] AS subjects, list(DISTINCT order_id) AS orders, round(any_value(h.tpp) * (1 - any_value(share))) AS tpp,
  any_value(first_day) AS first_day, h.day AS last_day, any_value(llr) AS llr
FROM hit h JOIN received r USING (holder) WHERE r.day <= h.day - {{installed_after}} GROUP BY holder, h.day
"""

DUCKDB["staged-inspection"] = """
WITH report AS (
  SELECT serial, item, s.country, s.day, coalesce(site_id, party) AS place, coalesce(operator, owner, party) AS holder,
    coalesce(p.root, operator, owner, party) AS root, coalesce(p.tier, 2) AS tier
  FROM serials s LEFT JOIN sites t USING (site_id) LEFT JOIN parties p ON p.party_id = coalesce(operator, owner, party)
  WHERE event IN ('seen', 'installed', 'powered_on')
), visit AS (
  SELECT DISTINCT coalesce(site_id, party) AS place, day AS visit_day, coalesce(operator, owner, party) AS holder, t.country AS site_country
  FROM inspections v LEFT JOIN sites t USING (site_id)
), shown AS (
  SELECT DISTINCT place, visit_day, serial, item, country, v.holder, coalesce(site_country, country) AS place_country
  FROM visit v JOIN report r USING (place) WHERE day BETWEEN visit_day - {{shown_days}} AND visit_day + {{visit_days}}
), moved AS (
  SELECT h.place, visit_day, h.serial, h.item, h.holder, h.country, coalesce(p.root, h.holder) AS home,
    coalesce(l.place, l.serial) <> h.place AS elsewhere, l.country <> place_country AS abroad,
    coalesce(bool_or(elsewhere AND (abroad OR l.root <> coalesce(p.root, h.holder))), FALSE) AS moved, coalesce(bool_or(elsewhere AND abroad), FALSE) AS abroad_,
    coalesce(bool_or(elsewhere AND abroad AND (l.tier = 3 OR l.country IN ('CN', 'HK', 'MO', 'RU'))), FALSE) AS concern,
    max(l.day) FILTER (elsewhere) AS last_day, min(l.holder) FILTER (elsewhere AND (abroad OR l.root <> coalesce(p.root, h.holder))) AS new_holder
  FROM shown h LEFT JOIN parties p ON p.party_id = h.holder LEFT JOIN report l ON l.serial = h.serial AND l.day BETWEEN visit_day AND visit_day + {{within_days}}
  GROUP BY h.place, visit_day, h.serial, h.item, h.holder, h.country, coalesce(p.root, h.holder), elsewhere, abroad
), unit AS (
  SELECT place, visit_day, serial, item, holder, country, home, bool_or(moved) AS moved, bool_or(abroad_) AS abroad, bool_or(concern) AS concern,
    max(last_day) AS last_day, min(new_holder) AS new_holder
  FROM moved GROUP BY ALL
), by_visit AS (
  SELECT place, visit_day, home AS root, count(DISTINCT serial) AS shown, count(DISTINCT serial) FILTER (moved) AS moved, bool_or(abroad) AS abroad,
    bool_or(concern) AS concern, max(last_day) AS last_day, round(coalesce(sum(unit_tpp) FILTER (moved), 0)) AS tpp, max(u.item) AS item,
    sides(coalesce(holder, place), coalesce(new_holder, holder, place)) AS subjects
  FROM unit u LEFT JOIN items i USING (item) GROUP BY ALL HAVING moved >= {{least_moved}} AND moved > {{share}} * shown
), hit AS (
  SELECT *, {{base}} + least({{most_moved}}, 0.4e0 * ln(moved)) + CASE WHEN abroad THEN {{abroad}} ELSE 0e0 END + CASE WHEN concern THEN {{to_concern}} ELSE 0e0 END
    + CASE WHEN count(*) OVER (PARTITION BY place) >= 2 THEN {{again}} ELSE 0e0 END AS llr
  FROM by_visit QUALIFY llr >= {{least}}
)
SELECT h.place || '/' || visit_day AS key, any_value(subjects) AS subjects, list(DISTINCT order_id) FILTER (order_id IS NOT NULL) AS orders, any_value(h.tpp) AS tpp,
  visit_day AS first_day, any_value(last_day) AS last_day, any_value(llr) AS llr
FROM hit h LEFT JOIN lines l ON l.root = h.root AND l.item = h.item AND day <= visit_day GROUP BY h.place, h.root, visit_day
"""

DUCKDB["straw-fan-in"] = """
WITH arrival AS (
  SELECT 'party ' || coalesce(freight_forwarder, intermediate_consignee) AS place, root, min(day) AS day, sum(tpp) AS tpp
  FROM ctl WHERE coalesce(freight_forwarder, intermediate_consignee) IS NOT NULL GROUP BY ALL
  UNION ALL
  SELECT place_of(address, city, country) AS place, l.root, min(day), sum(l.tpp)
  FROM (SELECT ultimate_consignee, root, min(day) AS day, sum(tpp) AS tpp FROM ctl GROUP BY ALL) l JOIN parties p ON party_id = ultimate_consignee
  WHERE city IS NOT NULL OR contains(address, ',') GROUP BY ALL
), placed AS (
  SELECT place, root, a.day, tpp, yes(a.day - n.began <= {{new_within}}) AS fresh, min(a.day) OVER (PARTITION BY place) AS place_began
  FROM arrival a JOIN (SELECT root, min(day) AS began FROM ctl GROUP BY root) n USING (root)
), moving AS (
  SELECT place, day, place_began, count(*) OVER w AS buyers, sum(fresh) OVER w AS fresh, sum(tpp) OVER w AS tpp,
    count(*) OVER (PARTITION BY place ORDER BY day) - count(*) OVER w AS before, count(*) OVER (PARTITION BY place) AS ever
  FROM placed WINDOW w AS (PARTITION BY place ORDER BY day RANGE BETWEEN {{window_back}} PRECEDING AND CURRENT ROW)
), burst AS (
  FROM moving WHERE fresh >= {{least_buyers}} AND before * 2 <= buyers QUALIFY row_number() OVER (PARTITION BY place ORDER BY fresh DESC, day, buyers DESC) = 1
), hit AS (
  SELECT place, day, tpp, greatest({{least_expected}}, 30 * before / greatest(30, day - place_began)) AS expected,
    {{base}} + least({{most}}, fresh * ln(fresh / expected) - (fresh - expected)) - ln(ever / (buyers + before)) AS llr
  FROM burst WHERE day - {{window_back}} >= (SELECT min(day) FROM lines) + {{warm_up}} AND llr >= {{least}}
), seen AS (
  SELECT h.place, h.tpp, llr, order_id, l.day, ultimate_consignee, freight_forwarder, intermediate_consignee
  FROM ctl l JOIN hit h ON h.place = 'party ' || coalesce(freight_forwarder, intermediate_consignee) AND l.day BETWEEN h.day - {{window_back}} AND h.day
  UNION ALL
  SELECT place, h.tpp, llr, order_id, l.day, ultimate_consignee, freight_forwarder, intermediate_consignee
  FROM ctl l JOIN (SELECT hit.*, party_id FROM hit JOIN parties p ON place = place_of(address, city, country)) h
    ON party_id = ultimate_consignee AND l.day BETWEEN h.day - {{window_back}} AND h.day
)
SELECT place AS key, sides(coalesce(freight_forwarder, intermediate_consignee, ultimate_consignee), ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders,
  coalesce(any_value(tpp), 0) AS tpp, min(day) AS first_day, max(day) AS last_day, any_value(llr) AS llr
FROM seen GROUP BY place
"""

DUCKDB["successor-after-listing"] = """
WITH lost AS (
  SELECT p.party_id, p.root, listed_day, exporter, max(destination) AS destination, bool_or(day > listed_day + {{stop_days}}) AS goes_on,
    coalesce(sum(quantity * coalesce(unit_price_usd, list_price_usd, 0)) FILTER (day > listed_day - {{within_days}} AND day <= listed_day), 0) AS usd
  FROM lines l JOIN parties p ON party_id = ultimate_consignee AND day >= listed_day - {{before_days}}
  WHERE listed = 'yes' AND exporter IS NOT NULL GROUP BY ALL HAVING bool_or(day <= listed_day)
), lost_all AS MATERIALIZED (
  SELECT party_id, root, listed_day, exporter, destination, count(*) OVER p AS sellers, bool_or(goes_on) OVER p AS goes_on, sum(usd) OVER p AS all_usd
  FROM lost WINDOW p AS (PARTITION BY party_id)
), entry AS (
  SELECT ultimate_consignee AS party_id, max(root) AS root, min(day) AS began FROM lines GROUP BY ALL
), served AS (
  SELECT exporter, party_id, e.root, destination, began, max(tier) AS tier, bool_or(controlled) AS controlled,
    sum(quantity * coalesce(unit_price_usd, list_price_usd, 0)) AS usd, coalesce(sum(tpp) FILTER (controlled), 0) AS tpp, max(day) AS last_day
  FROM lines l SEMI JOIN lost_all o ON o.exporter = l.exporter AND o.destination = l.destination JOIN entry e ON party_id = ultimate_consignee
  WHERE day <= began + {{within_days}} GROUP BY ALL
), matched AS (
  SELECT o.party_id AS listed_id, listed_day, exporter, sellers, goes_on, all_usd, s.party_id, tier, controlled, usd, tpp, began, last_day,
    count(*) FILTER (began <= listed_day) OVER (PARTITION BY o.party_id, exporter) / 2 AS usual
  FROM lost_all o JOIN served s USING (exporter, destination)
  WHERE s.root <> o.root AND s.party_id <> o.party_id AND began > listed_day - 2 * {{within_days}} AND began <= listed_day + {{within_days}}
  QUALIFY began > listed_day
), hit AS (
  SELECT listed_id, party_id, min(exporter) AS exporter, sum(tpp) AS tpp, min(began) AS first_day, max(last_day) AS last_day,
    {{base}} + {{overlap_llr}} + CASE WHEN NOT bool_or(goes_on) THEN {{stopped}} ELSE 0e0 END + CASE WHEN bool_or(controlled) THEN {{controlled}} ELSE 0e0 END
      + CASE WHEN max(tier) = 3 THEN {{concern}} ELSE 0e0 END + CASE WHEN max(all_usd) > 0 AND sum(usd) >= 0.5e0 * max(all_usd) THEN {{volume}} ELSE 0e0 END
      - ln(1 + min(usual)) AS llr
  FROM matched GROUP BY listed_id, listed_day, party_id HAVING count(DISTINCT exporter) >= {{overlap}} * max(sellers) AND llr >= {{least}}
)
SELECT listed_id || '/' || party_id AS key, list_distinct([party_id, listed_id, any_value(h.exporter)]) AS subjects, list(DISTINCT order_id) AS orders,
  any_value(h.tpp) AS tpp, any_value(first_day) AS first_day, any_value(last_day) AS last_day, any_value(llr) AS llr
FROM lines l JOIN hit h ON ultimate_consignee = party_id AND l.exporter = h.exporter AND day <= last_day GROUP BY listed_id, party_id
"""

DUCKDB["sudden-stop"] = """
WITH visit AS MATERIALIZED (
  SELECT coalesce(p.root, operator, owner, v.party) AS root, day AS visit_day, bool_or(result IN ('unfavorable', 'incomplete')) AS bad,
    bool_and(coalesce(result = 'favorable', FALSE)) AS good
  FROM inspections v LEFT JOIN sites t USING (site_id) LEFT JOIN parties p ON p.party_id = coalesce(operator, owner, v.party) GROUP BY ALL
), spaced AS (
  SELECT root, day, coalesce(lead(day) OVER w, (SELECT last_day FROM law)) AS next_day, lead(day) OVER w IS NULL AS for_good, count(*) OVER past AS recent,
    sum(tpp) OVER past AS tpp, min(day) OVER (PARTITION BY root) AS began
  FROM (SELECT root, day, sum(tpp) AS tpp FROM ctl WHERE root IN (SELECT root FROM visit) GROUP BY ALL)
  WINDOW w AS (PARTITION BY root ORDER BY day), past AS (PARTITION BY root ORDER BY day RANGE BETWEEN {{past_days}} PRECEDING AND CURRENT ROW)
), stop AS (
  SELECT s.*, visit_day, bad, good, next_day - day AS gap, recent / least({{past_days}}, greatest(90, day - began)) AS pace
  FROM spaced s JOIN visit v USING (root)
  WHERE day BETWEEN visit_day - 30 AND visit_day + {{within_days}} AND next_day > visit_day AND recent >= {{least_orders}} AND next_day - day >= {{least_gap}}
  QUALIFY row_number() OVER (PARTITION BY root ORDER BY next_day - day DESC, visit_day DESC) = 1
), daily AS (
  SELECT day, count(*) AS n FROM (SELECT DISTINCT day, root FROM ctl WHERE root IS NOT NULL) GROUP BY day
), market AS (
  SELECT s.*, coalesce(sum(n) FILTER (o.day > s.day), 0) AS others_in_gap, coalesce(sum(n) FILTER (o.day <= s.day), 0) AS before
  FROM stop s LEFT JOIN daily o ON o.day >= s.day - {{past_days}} AND o.day < next_day GROUP BY ALL
), hit AS (
  SELECT *, gap * pace * least(1e0, (others_in_gap + 0.5e0) * {{past_days}} / (gap * (before - recent + 0.5e0))) AS missed,
    {{base}} + least({{most}}, missed) + CASE WHEN bad THEN {{not_favorable}} WHEN good THEN {{favorable}} ELSE 0e0 END AS llr
  FROM market WHERE (NOT for_good OR others_in_gap >= {{goes_on}}) AND missed >= {{least_missed}} AND llr >= {{least}}
)
SELECT root || '/' || visit_day AS key, list(DISTINCT ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders, coalesce(any_value(h.tpp), 0) AS tpp,
  any_value(visit_day) AS first_day, any_value(next_day) AS last_day, any_value(llr) AS llr
FROM ctl l JOIN hit h USING (root) WHERE l.day > h.day - {{past_days}} AND l.day <= h.day GROUP BY root, visit_day
"""

DUCKDB["tenant-mismatch"] = """
WITH operator AS (
  SELECT coalesce(root, operator, owner) AS root,
    coalesce(tenant_hq IN ('CN', 'HK', 'MO', 'RU', 'BY', 'IR', 'KP', 'SY', 'CU', 'VE', 'MM', 'AF', 'IQ', 'LB', 'LY', 'KH'), FALSE) AS concern, coalesce(mw, 0) AS mw, site_id
  FROM sites LEFT JOIN parties ON party_id = coalesce(operator, owner)
), hit AS (
  SELECT root FROM operator GROUP BY root
  HAVING CASE WHEN sum(mw) > 0 THEN sum(mw) FILTER (concern) / nullif(sum(mw), 0) ELSE count(*) FILTER (concern) / count(DISTINCT site_id) END > {{share}}
)
SELECT root AS key, list(DISTINCT ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day,
  {{base}} AS llr
FROM ctl JOIN hit USING (root) GROUP BY root
"""

DUCKDB["tier-shopping"] = """
WITH pay AS MATERIALIZED (
  SELECT order_id, coalesce(a.party_id, n.party_id, lower(trim(payer))) AS payer, max(payer_country) AS payer_country, sum(amount_usd) AS usd
  FROM payments LEFT JOIN parties a ON a.party_id = payer LEFT JOIN named n ON n.name = lower(trim(payer))
  WHERE payer IS NOT NULL AND order_id IS NOT NULL AND amount_usd > 0 GROUP BY ALL
), ordered AS (
  SELECT order_id, max(root) AS root, max(cluster) AS cluster, max(ultimate_consignee) AS consignee, max(destination) AS destination, max(exporter) AS exporter,
    min(year) AS year, min(day) AS day, sum(tpp) AS tpp
  FROM ctl SEMI JOIN pay USING (order_id) WHERE tpp > 0 GROUP BY order_id
), paid AS (
  SELECT payer, coalesce(payer_country, b.country) AS payer_country, order_id, o.root, o.cluster, consignee, destination, day, tpp,
    sum(tpp) OVER (PARTITION BY payer, o.root, year) AS year_tpp, sum(tpp) OVER (PARTITION BY payer, year) AS payer_tpp
  FROM pay p JOIN ordered o USING (order_id) LEFT JOIN parties b ON b.party_id = payer
  WHERE coalesce(b.root, payer) <> o.root AND payer <> coalesce(exporter, '')
    AND NOT regexp_matches(lower(coalesce(business, '')), 'leas|bank|financ|factoring|insur|credit|distribut')
)
SELECT payer AS key, sides(payer, consignee) AS subjects, list(DISTINCT order_id) AS orders, sum(tpp) AS tpp, min(day) AS first_day, max(day) AS last_day,
  {{base}} + least({{most_countries}}, {{each_country}} * (count(DISTINCT destination) - 2)) + CASE WHEN count(DISTINCT cluster) < count(DISTINCT root) THEN {{linked}} ELSE 0e0 END
    + CASE WHEN max(payer_tpp) > (SELECT lpp_cap FROM law) THEN {{over_limit}} ELSE 0e0 END
    + CASE WHEN max(payer_country) IN ('CN', 'HK', 'MO', 'RU') THEN {{concern}} ELSE 0e0 END AS llr
FROM paid GROUP BY payer
HAVING count(DISTINCT root) >= {{consignees}} AND count(DISTINCT destination) >= {{countries}} AND max(year_tpp) <= (SELECT lpp_cap FROM law) AND llr >= {{least}}
"""

DUCKDB["tpp-shaving"] = """
WITH weak AS (
  SELECT order_id, day, coalesce(exporter, root) AS exporter, root, item, quantity, unit_price_usd AS usd, list_price_usd AS list_usd, description
  FROM lines WHERE NOT controlled AND kind IN ('ic', 'board', 'server', 'rack') AND (unit_price_usd > 0 OR unit_price_usd IS NULL)
), priced AS (
  SELECT item, exporter, sum(ln(usd)) AS logs, count(usd) AS n FROM weak GROUP BY ALL
), others AS (
  SELECT item, exporter, exp((sum(logs) OVER i - logs) / nullif(sum(n) OVER i - n, 0)) AS others_usd
  FROM (SELECT item, exporter, n, coalesce(logs, 0) AS logs FROM priced) WINDOW i AS (PARTITION BY item)
), word AS (
  SELECT description, item FROM (
    SELECT description, item, ' ' || replace(replace(lower(description), '-', ' '), ',', ' ') || ' ' AS d, lower(item) AS i
    FROM (SELECT DISTINCT description, item FROM weak WHERE description IS NOT NULL))
  WHERE NOT contains(d, ' for ') AND NOT contains(d, 'compatible') AND (
    list_bool_or([contains(d, m) AND NOT contains(i, trim(m)) FOR m IN ['h100', 'h200', 'h800', 'a100', 'a800', ' b100', 'b200', 'b300', 'mi300', 'mi325', 'mi350', 'mi355', 'l40s']])
    OR (contains(d, 'rtx 4090 ') AND NOT contains(d, '4090 d ') AND NOT ends_with(i, '4090'))
    OR (contains(d, 'rtx 5090 ') AND NOT contains(d, '5090 d ') AND NOT ends_with(i, '5090')))
), odd AS (
  SELECT w.*, n.item IS NOT NULL AS named,
    coalesce(usd >= {{least_usd}} AND usd > {{price_times}} * coalesce(others_usd, list_usd) AND usd > {{price_times}} * coalesce(list_usd, 0), FALSE) AS dear
  FROM weak w LEFT JOIN word n ON n.description = w.description AND n.item = w.item LEFT JOIN others o ON o.item = w.item AND o.exporter = w.exporter
)
SELECT exporter AS key, sides(exporter, root) AS subjects, list(DISTINCT order_id) AS orders, CAST(round(sum(quantity) * 4800e0) AS BIGINT) AS tpp, min(day) AS first_day,
  max(day) AS last_day, {{base}} + CASE WHEN bool_or(named) THEN {{named}} + CASE WHEN max(usd) >= {{least_usd}} THEN {{not_cheap}} ELSE 0e0 END ELSE 0e0 END
    + CASE WHEN bool_or(dear) THEN {{dear}} ELSE 0e0 END + least({{most_repeat}}, 0.3e0 * ln(count(DISTINCT order_id))) AS llr
FROM odd WHERE named OR dear GROUP BY exporter HAVING llr >= {{least}}
"""

DUCKDB["turned-exporter"] = """
WITH dealt AS MATERIALIZED (
  SELECT exporter, destination, root, count(*) AS mine, min(day) AS began, min(day) FILTER (controlled) AS turned_on,
    sum(tpp) FILTER (controlled AND destination <> origin) AS tpp, max(tier) FILTER (controlled AND destination <> origin) AS tier,
    min(day) FILTER (controlled AND destination <> origin) AS first_day, max(day) FILTER (controlled AND destination <> origin) AS last_day
  FROM lines WHERE exporter IS NOT NULL GROUP BY ALL
), turned AS MATERIALIZED (
  SELECT exporter, destination, sum(tpp) AS tpp, min(first_day) AS first_day, max(last_day) AS last_day, count(*) AS buyers,
    count(*) FILTER (mine = of_root) AS sole, any_value(quiet) AS quiet
  FROM dealt JOIN (SELECT root, sum(mine) AS of_root FROM dealt GROUP BY ALL) USING (root)
    JOIN (SELECT exporter, min(turned_on) - min(began) AS quiet FROM dealt GROUP BY ALL) USING (exporter)
  WHERE first_day IS NOT NULL
  GROUP BY ALL HAVING coalesce(max(tier), 2) >= 2 AND max(last_day) <= min(first_day) + {{days}}
), line AS MATERIALIZED (
  SELECT exporter, destination, root, order_id, ultimate_consignee, destination <> origin AS abroad FROM ctl SEMI JOIN turned USING (exporter)
), hall AS (
  SELECT root FROM parties WHERE data_center_mw > 0 UNION SELECT root FROM parties WHERE party_id IN (SELECT coalesce(operator, owner) FROM sites)
), counted AS (
  SELECT exporter, destination, count(DISTINCT order_id) AS orders, count(DISTINCT order_id) FILTER (root IN (FROM hall)) AS housed
  FROM line WHERE abroad GROUP BY ALL
), hit AS (
  SELECT t.*, {{base}} + least({{most_orders}}, 0.6e0 * ln(orders)) + {{sole}} * (sole / buyers - 0.5e0)
    + CASE WHEN quiet >= {{quiet_days}} THEN {{quiet}} ELSE 0e0 END + {{can_show_power}} * (housed / orders) AS llr
  FROM turned t JOIN counted USING (exporter, destination) JOIN (SELECT exporter, count(DISTINCT order_id) AS all_controlled FROM line GROUP BY ALL) USING (exporter)
  WHERE orders >= {{orders}} AND orders * 2 > all_controlled AND llr >= {{least}}
)
SELECT concat(exporter, '/', destination) AS key, sides(exporter, ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders, any_value(h.tpp) AS tpp,
  any_value(first_day) AS first_day, any_value(last_day) AS last_day, any_value(llr) AS llr
FROM line JOIN hit h USING (exporter, destination) GROUP BY exporter, destination
"""

DUCKDB["wrong-trade"] = """
WITH odd AS MATERIALIZED (
  SELECT party_id, data_center_mw, ' ' || lower(business) || ' ' AS b,
    CASE WHEN regexp_matches(b, 'real estate|realty|property|pharma|consumer|garment|textile|apparel|fashion|clothing|food|beverage|restaurant|catering|fish|agricult|farm'
        '|furniture|toy|cosmetic|beauty|jewel|travel|touris|hotel|hospitality|lifestyle|construction|building material|cleaning|timber|mining|metal|wedding|sport|household'
        '|paper|plastic|flower|supplement|medicine|tobacco|wine') THEN {{far}}
      WHEN regexp_matches(b, 'bank|insur|automot|car maker|game|gaming|hospital |machinery|energy|retail|film|media') THEN {{near}} END AS distance
  FROM parties WHERE distance IS NOT NULL AND NOT regexp_matches(b, 'comput|cloud|data cent|hosting|telecom|server|semiconductor|software| it | ai |artificial intel|electronic|internet'
    '|research|universit|educat|technolog')
), took AS (
  SELECT purchaser AS party_id, 1 AS role, order_id, day, tpp, quantity * coalesce(unit_price_usd, list_price_usd) AS usd, end_use = 'resale' AS sells
  FROM ctl WHERE purchaser IN (SELECT party_id FROM odd)
  UNION ALL SELECT ultimate_consignee, 2, order_id, day, tpp, quantity * coalesce(unit_price_usd, list_price_usd), end_use = 'resale'
  FROM ctl WHERE ultimate_consignee IN (SELECT party_id FROM odd)
  UNION ALL SELECT end_user, 3, order_id, day, tpp, quantity * coalesce(unit_price_usd, list_price_usd), end_use = 'resale'
  FROM ctl WHERE end_user IN (SELECT party_id FROM odd)
  UNION ALL SELECT exporter, 4, order_id, day, tpp, quantity * coalesce(unit_price_usd, list_price_usd), TRUE
  FROM ctl WHERE exporter IN (SELECT party_id FROM odd)
), by_role AS (
  SELECT party_id, order_id, min(day) AS day, sum(tpp) AS tpp, sum(usd) AS usd, bool_or(sells) AS sells FROM took GROUP BY party_id, order_id, role HAVING sum(usd) >= {{least_usd}}
), by_order AS (
  SELECT party_id, order_id, min(day) AS day, max(tpp) AS tpp, max(usd) AS usd, bool_or(sells) AS sells FROM by_role GROUP BY ALL
)
SELECT party_id AS key, [party_id] AS subjects, list(DISTINCT order_id) AS orders, coalesce(sum(tpp), 0) AS tpp, min(day) AS first_day, max(day) AS last_day,
  {{base}} + max(distance) + least({{most_size}}, 0.25e0 * ln(sum(usd) / {{least_usd}})) + CASE WHEN bool_or(sells) THEN {{seller}} ELSE 0e0 END
    + CASE WHEN max(data_center_mw) > 0 THEN {{can_show_power}} ELSE 0e0 END AS llr
FROM by_order JOIN odd USING (party_id) GROUP BY party_id HAVING (max(distance) > {{near}} OR bool_or(sells)) AND llr >= {{least}}
"""

DUCKDB["year-straddle"] = """
WITH yearly AS (
  SELECT root, year, max(destination) AS destination, sum(tpp) AS tpp, coalesce(sum(tpp) FILTER (dayofyear(DATE '1970-01-01' + day) > 334), 0) AS december,
    coalesce(sum(tpp) FILTER (dayofyear(DATE '1970-01-01' + day) <= 31), 0) AS january
  FROM lpp GROUP BY ALL
), straddle AS (
  SELECT root, year, destination, tpp, january, lag(tpp) OVER w AS before_tpp, lag(december) OVER w AS december
  FROM yearly WINDOW w AS (PARTITION BY root ORDER BY year) QUALIFY lag(year) OVER w = year - 1
), peered AS (
  SELECT *, december + january AS both_tpp, both_tpp / (tpp + before_tpp) AS share,
    (sum(december + january) OVER d - (december + january) + {{prior_share}} * lpp_cap) / (sum(tpp + before_tpp) OVER d - (tpp + before_tpp) + lpp_cap) AS peers, lpp_cap
  FROM straddle, (SELECT lpp_cap FROM law) WINDOW d AS (PARTITION BY destination, year)
), hit AS (
  SELECT *, {{base}} + least({{most_relative}}, ln(share / peers)) AS llr
  FROM peered WHERE both_tpp > lpp_cap AND tpp <= lpp_cap AND before_tpp <= lpp_cap AND december > 0 AND january > 0 AND llr >= {{least}}
)
SELECT root || '/' || h.year AS key, list(DISTINCT ultimate_consignee) AS subjects, list(DISTINCT order_id) AS orders, any_value(both_tpp) AS tpp, min(day) AS first_day,
  max(day) AS last_day, any_value(llr) AS llr
FROM lpp l JOIN hit h USING (root) WHERE l.year BETWEEN h.year - 1 AND h.year GROUP BY root, h.year
"""
# The same for Polars, lazy, in its streaming engine.
POLARS = {}


def peer(slug):
    def put(function):
        POLARS[slug] = function
        return function
    return put


class Columns:
    def __getattr__(self, name):
        import polars
        return polars.col(name)


c = Columns()


def lpp(t, license_required=True):
    counts = (c.decided == "LPP") | (c.outcome == "license_required") if license_required else c.decided == "LPP"
    return t["lines"].filter((c.tpp > 0) & ((c.authorization == "LPP") | (c.authorization.is_null() & c.controlled & (c.tier == 2) & counts)))


def unique(column):
    return column.drop_nulls().unique()


def when(condition, value, otherwise=0.0):
    import polars
    return polars.when(condition).then(value).otherwise(otherwise)


def log(value):
    import polars
    return polars.lit(math.log(value)) if isinstance(value, (int, float)) else value.log()


def least(limit, value):
    import polars
    return polars.min_horizontal(polars.lit(float(limit)), value)


def most(limit, value):
    import polars
    return polars.max_horizontal(polars.lit(float(limit)), value)


def key(*columns):
    import polars
    return polars.concat_str([column.cast(polars.String) for column in columns], separator="/")


def both(one, other):
    return one.drop_nulls().unique().append(other.drop_nulls().unique()).unique()


def has(column, words):
    """Whether a text holds one of the words; not where there is none."""
    return column.str.to_lowercase().str.contains(words).fill_null(False)


@peer("lpp-breach-by-parent")
def _(t, p):
    lines = lpp(t).select("root", "year", "tpp", "exporter", "ultimate_consignee", "order_id", "day")
    hit = lines.group_by("root", "year").agg(total=c.tpp.sum()).join(t["law"].select("lpp_cap"), how="cross").filter(c.total > c.lpp_cap)
    return lines.join(hit, on=["root", "year"]).group_by("root", "year").agg(
        subjects=unique(c.ultimate_consignee), orders=unique(c.order_id), tpp=c.total.first(), first_day=c.day.min(), last_day=c.day.max(), fill=(c.total / c.lpp_cap).first(),
        exporters=unique(c.exporter).len()).with_columns(
        key=key(c.root, c.year),
        llr=p["base"] + c.fill.log() + when(c.exporters >= 2, p["several_exporters"]) + when(c.subjects.list.len() >= 2, p["several_consignees"]))


@peer("cap-split")
def _(t, p):
    lines = lpp(t).select("cluster", "root", "year", "tpp", "ultimate_consignee", "order_id", "day")
    joint = lines.group_by("cluster", "root", "year").agg(c.tpp.sum()).group_by("cluster", "year").agg(members=c.tpp.len(), total=c.tpp.sum(), largest=c.tpp.max())
    who = t["parties"].select("party_id", "cluster", "root")
    tie = t["links"].filter(c.weight > 0).join(who, left_on="a", right_on="party_id").join(who, left_on=["b", "cluster"], right_on=["party_id", "cluster"]).filter(
        c.root != c.root_right).group_by("cluster", "kind").agg(c.weight.max()).group_by("cluster").agg(kinds=c.kind.len(), weight=c.weight.sum()).filter(
        ((c.kinds >= p["kinds"]) & (c.weight >= p["least_weight"])) | (c.weight >= p["one_strong_weight"]))
    hit = joint.filter(c.members >= 2).join(tie, on="cluster").join(t["law"].select("lpp_cap"), how="cross").filter((c.total > c.lpp_cap) & (c.largest <= c.lpp_cap)).with_columns(
        llr=p["base"] + 0.5 * least(p["most_weight"], c.weight) + (c.total / c.lpp_cap).log())
    return lines.join(hit, on=["cluster", "year"]).group_by("cluster", "year").agg(
        subjects=unique(c.ultimate_consignee), orders=unique(c.order_id), tpp=c.total.first(), first_day=c.day.min(), last_day=c.day.max(), llr=c.llr.first()).with_columns(
        key=key(c.cluster, c.year))


@peer("near-cap-years")
def _(t, p):
    import polars as pl
    lines = lpp(t, False).select("root", "year", "tpp", "exporter", "ultimate_consignee", "order_id", "day")
    total = lines.group_by("root", "year").agg(total=c.tpp.sum(), exporters=unique(c.exporter).len()).join(t["law"].select("lpp_cap"), how="cross").with_columns(
        in_band=((c.total >= p["band"] * c.lpp_cap) & (c.total <= c.lpp_cap)).cast(pl.Int64))
    hit = total.with_columns(others_in=c.in_band.sum() - c.in_band.sum().over("root"), others=pl.len() - pl.len().over("root")).filter(c.in_band == 1).with_columns(
        island=c.year - c.year.rank("ordinal").over("root").cast(pl.Int32)).group_by("root", "island").agg(
        from_year=c.year.min(), to_year=c.year.max(), years=pl.len(), sum=c.total.sum(), exporters=c.exporters.max(), fill=(c.total / c.lpp_cap).max(),
        peers=(c.others_in.max() + p["prior_share"] * p["prior_years"]) / (c.others.max() + p["prior_years"])).filter(
        (c.years >= 2) | ((c.fill >= p["brim"]) & (c.exporters >= p["many_exporters"]))).with_columns(
        llr=p["base"] + c.years * (log(p["share_of_evaders"]) - least(p["share_of_evaders"], c.peers).log()) + when(c.exporters >= p["many_exporters"], p["many_exporters_llr"])).filter(
        c.llr >= p["least"])
    return lines.join(hit, on="root").filter(c.year.is_between(c.from_year, c.to_year)).group_by("root", "from_year").agg(
        subjects=unique(c.ultimate_consignee), orders=unique(c.order_id), tpp=c.sum.first(), first_day=c.day.min(), last_day=c.day.max(), llr=c.llr.first()).with_columns(
        key=key(c.root, c.from_year))


@peer("year-straddle")
def _(t, p):
    import polars as pl
    lines = lpp(t).select("root", "year", "tpp", "destination", "ultimate_consignee", "order_id", "day")
    place = c.day.cast(pl.Date).dt.ordinal_day()
    hit = lines.group_by("root", "year").agg(
        destination=c.destination.max(), total=c.tpp.sum(), december=c.tpp.filter(place > 334).sum(), january=c.tpp.filter(place <= 31).sum()).sort("root", "year").with_columns(
        before_year=c.year.shift(1).over("root"), before=c.total.shift(1).over("root"), december=c.december.shift(1).over("root")).filter(c.before_year == c.year - 1).with_columns(
        straddle=c.december + c.january).join(t["law"].select("lpp_cap"), how="cross").with_columns(
        others_straddle=c.straddle.sum().over("destination", "year") - c.straddle, others=(c.total + c.before).sum().over("destination", "year") - c.total - c.before).filter(
        (c.straddle > c.lpp_cap) & (c.total <= c.lpp_cap) & (c.before <= c.lpp_cap) & (c.december > 0) & (c.january > 0)).with_columns(
        llr=p["base"] + least(p["most_relative"], (c.straddle / (c.total + c.before) / ((c.others_straddle + p["prior_share"] * c.lpp_cap) / (c.others + c.lpp_cap))).log())).filter(
        c.llr >= p["least"]).select("root", "straddle", "llr", to_year="year")
    return lines.join(hit, on="root").filter(c.year.is_between(c.to_year - 1, c.to_year)).group_by("root", "to_year").agg(
        subjects=unique(c.ultimate_consignee), orders=unique(c.order_id), tpp=c.straddle.first(), first_day=c.day.min(), last_day=c.day.max(), llr=c.llr.first()).with_columns(
        key=key(c.root, c.to_year))


@peer("notice-floor")
def _(t, p):
    import polars as pl
    lines = lpp(t).select("root", "year", "tpp", "kind", "quantity", "ultimate_consignee", "order_id", "day")
    floor = c.notice_floor
    shipment = lines.join(t["law"].select("announced_day", "notice_floor"), how="cross").filter(c.day >= c.announced_day).with_columns(
        packed=(c.kind.is_in(["server", "board", "rack"]) & (c.quantity % p["pack_units"] == 0)).fill_null(False)).group_by("order_id", "root").agg(
        c.day.min(), c.year.min(), c.tpp.sum(), c.packed.all(), floor.first())
    banded = shipment.with_columns(over=c.tpp >= floor, counted=((c.tpp >= p["band"] * floor) & (c.tpp < floor)).cast(pl.Int64),
                                   near=((c.tpp >= p["band"] * floor) & (c.tpp < p["near_high"] * floor)).cast(pl.Int64)).sort("root", "day")
    under, window = (~c.over).cast(pl.Int64), f"{p['split_back'] + 1}i"
    by_root = banded.with_columns(
        in_window=c.counted.rolling_sum_by("day", f"{p['window_back'] + 1}i").over("root"), week_tpp=(c.tpp * under).rolling_sum_by("day", window).over("root"),
        week_lots=under.rolling_sum_by("day", window).over("root")).with_columns(
        in_band=c.counted * when(c.packed, p["pack_worth"], 1.0), split=(c.week_lots >= p["split_lots"]) & (c.week_tpp >= floor),
        pairs=(c.week_lots >= 2) & (c.week_tpp >= floor)).group_by("root", "year").agg(
        c.in_band.sum(), c.counted.sum(), c.near.sum(), c.in_window.max(), c.split.any(), c.pairs.sum(), c.over.any(), sum=c.tpp.sum())
    peers = least(0.89, (c.counted.sum().over("year") - c.counted + p["prior_share"] * p["prior_shipments"]) / (c.near.sum().over("year") - c.near + p["prior_shipments"]))
    hit = by_root.with_columns(peers=peers).filter((c.in_window >= p["in_window"]) | ((c.split | (c.pairs >= 2)) & ~c.over)).with_columns(
        llr=p["base"] + c.in_band * (log(p["evader_share"]) - c.peers.log()) + (c.near - c.counted) * (log(1 - p["evader_share"]) - (1 - c.peers).log())
        + when(c.over, 0.0, when(c.split, p["split_llr"]) + least(p["most_pairs"], c.pairs * p["pair_llr"]))).filter(c.llr >= p["least"]).select("root", "year", "sum", "llr")
    return lines.join(hit, on=["root", "year"]).group_by("root", "year").agg(
        subjects=unique(c.ultimate_consignee), orders=unique(c.order_id), tpp=c.sum.first(), first_day=c.day.min(), last_day=c.day.max(), llr=c.llr.first()).with_columns(
        key=key(c.root, c.year))


@peer("claim-does-not-hold")
def _(t, p):
    claims = t["lines"].filter(c.authorization.is_not_null() & (c.tpp > 0))
    failing = claims.filter(~c.claimed_ok).group_by("root").agg(
        failing=c.order_id.len(), subjects=unique(c.ultimate_consignee), orders=unique(c.order_id), tpp=c.tpp.sum(), first_day=c.day.min(), last_day=c.day.max()).filter(
        (c.failing >= p["least_orders"]) & (c.tpp >= p["least_tpp"]))
    holding = claims.filter(c.claimed_ok).group_by("root").agg(holding=c.tpp.len())
    evader, slip = p["evader_share"], p["slip_share"]
    return failing.join(holding, on="root", how="left").with_columns(key=c.root, llr=p["base"] + least(p["most"], p["slope"] * (
        c.failing * math.log(evader / slip) + c.holding.fill_null(0) * math.log((1 - evader) / (1 - slip))))).filter(c.llr >= p["least"])


@peer("awakened-shell")
def _(t, p):
    import polars as pl
    usd, control = c.quantity * pl.coalesce(c.unit_price_usd, c.list_price_usd), c.controlled.fill_null(False)
    def role(column, taken):
        nothing = pl.lit(0, pl.Int64)
        return t["lines"].filter(pl.col(column).is_not_null()).select(
            "quarter_no", "day", "root", party_id=column, usd=usd, chips=when(control, c.chips, 0), tpp=when(control, c.tpp, 0)).group_by("quarter_no", "party_id").agg(
            began=c.day.min(), ended=c.day.max(), usd=c.usd.sum(), known=c.usd.count(), chips=c.chips.sum(), tpp=c.tpp.sum(), root=c.root.first()).with_columns(
            root=c.root if taken else pl.lit(None, pl.String), sells=pl.lit(not taken), chips=c.chips if taken else nothing, tpp=c.tpp if taken else nothing,
            sold=nothing if taken else c.chips, sold_tpp=nothing if taken else c.tpp)
    quarterly = pl.concat([role("ultimate_consignee", True), role("exporter", False)]).group_by("party_id", "quarter_no").agg(
        c.root.max(), c.sells.any(), c.began.min(), c.ended.max(), c.usd.sum(), c.known.sum(), c.chips.sum(), c.tpp.sum(), c.sold.sum(), c.sold_tpp.sum()).with_columns(
        usd=when(c.known > 0, c.usd, None)).sort("party_id", "quarter_no").cache()
    after = quarterly.rolling("quarter_no", period="4i", offset="-1i", closed="right", group_by="party_id").agg(
        after_usd=c.usd.max(), after_chips=c.chips.sum(), after_sold=c.sold.sum(), after_tpp=pl.max_horizontal(c.tpp.sum(), c.sold_tpp.sum()))
    parties = t["parties"].select("party_id", "parent_id", "incorporated_day", "website", "directors", "data_center_mw",
                                  dormant=(";" + c.flags.fill_null("")).str.contains(";dormant", literal=True))
    woken = quarterly.with_columns(
        asleep=c.began - c.ended.shift(1).over("party_id"), before_usd=c.usd.cum_max().forward_fill().shift(1).over("party_id"),
        before_chips=(c.chips + c.sold).cum_sum().shift(1).over("party_id").fill_null(0)).join(after, on=["party_id", "quarter_no"]).join(parties, on="party_id", how="left").filter(
        ((c.asleep >= p["asleep_days"]) & (c.after_chips >= p["least_chips"]) & (c.before_chips < c.after_chips))
        | ((c.chips + c.sold > 0) & (c.after_chips + c.after_sold >= p["least_chips"]) & (c.before_chips == 0) & c.dormant)).sort("party_id", "began").unique("party_id", keep="first")
    growth = c.after_usd / when(c.before_usd != 0, c.before_usd, None)
    woken = woken.with_columns(llr=p["base"] + when(c.dormant.fill_null(False), p["flagged"]) + when(
        (c.asleep >= p["asleep_days"]) & (growth >= p["growth"]), p["grown"] + least(p["most_growth"], 0.25 * (growth / p["growth"]).log()))
        + when(c.data_center_mw > 0, p["can_show_power"]))
    halls = t["sites"].select(party_id=pl.coalesce(c.operator, c.owner), hall=True).unique()
    first = quarterly.group_by("party_id").agg(c.root.max(), c.sells.any(), c.began.min(), c.ended.max(), c.chips.sum(), after_tpp=c.tpp.sum()).filter(c.root.is_not_null()).filter(
        pl.len().over("root") == 1).filter((c.root == c.party_id) & ~c.sells & (c.chips >= p["first_chips"]) & (c.ended < c.began + p["asleep_days"])).join(
        parties.filter(c.parent_id.is_null() & ~c.dormant), on="party_id").join(halls, on="party_id", how="left").join(t["law"].select("lpp_cap"), how="cross").join(
        t["lines"].select(data_began=c.day.min(), data_ended=c.day.max()), how="cross").filter(
        (c.incorporated_day <= c.began - p["old_days"]) & (c.began >= c.data_began + p["history_days"]) & (c.ended <= c.data_ended - p["burst_days"])).with_columns(
        llr=p["first_base"] + p["thin"] * (c.website.is_null().cast(pl.Int64) + (~c.directors.fill_null("").str.contains(";", literal=True)).cast(pl.Int64))
        + when(c.ended <= c.began + p["burst_days"], p["burst"]) + when((c.data_center_mw > 0).fill_null(False) | c.hall.is_not_null(), p["can_show_power"], p["no_power"])
        + least(p["most_size"], most(-p["most_size"], (c.after_tpp / c.lpp_cap / p["sizable"]).log())))
    hit = pl.concat([found.filter(c.llr >= p["least"]).select("party_id", "began", "after_tpp", "llr") for found in (woken, first)])
    trade = [t["lines"].filter(c.controlled).select("order_id", "day", party_id=column).join(hit, on="party_id").filter(c.day.is_between(c.began, c.began + 365))
             for column in ("ultimate_consignee", "exporter")]
    return pl.concat(trade).group_by(key="party_id").agg(orders=unique(c.order_id), tpp=c.after_tpp.first(), first_day=c.day.min(), last_day=c.day.max(), llr=c.llr.first()).with_columns(
        subjects=pl.concat_list(c.key))


@peer("price-outlier")
def _(t, p):
    import polars as pl
    lines = t["lines"].filter((c.unit_price_usd > 0) & (c.unit_tpp > 0))
    cell = ["item", "quarter_no"]
    bins = (100 * c.unit_price_usd.log()).round(0, mode="half_away_from_zero")
    usual = lines.group_by(cell).agg(total=pl.len(), **{name: bins.quantile(share, "equiprobable") / 100 for name, share in (("low", 0.25), ("middle", 0.5), ("high", 0.75))}).with_columns(
        sigma=most(p["least_sigma"], (c.high - c.low) / 1.349))
    dear = (c.off_list > when(c.kind.is_in(["server", "rack", "board"]), math.log(p["system_ratio"]), math.log(p["least_ratio"]))).fill_null(False)
    far = most(math.log(p["least_ratio"]), p["deviations"] * c.sigma)
    off = lines.join(usual, on=cell).with_columns(off=c.unit_price_usd.log() - c.middle, off_list=(c.unit_price_usd / c.list_price_usd).log()).with_columns(dear=dear).filter(
        (c.off.abs() > far) | c.dear).select(
        *cell, "root", "order_id", "day", "exporter", "ultimate_consignee", "off", "off_list", "dear", "total", far=far, tpp=c.tpp.fill_null(0), usd=c.quantity * c.unit_price_usd,
        used=has(c.description, "used|refurb|second.*hand"))
    own = lines.select(*cell, "root").join(off.select(*cell, "root").unique(), on=[*cell, "root"], how="semi").group_by(*cell, "root").agg(own=pl.len())
    others = c.total.cast(pl.Int64) - c.own
    mark = pl.when((others >= p["least_peers"]) & (c.off > c.far)).then(pl.lit("over")).when((others >= p["least_peers"]) & (c.off < -c.far) & ~c.used).then(pl.lit("under")).when(
        (others < p["least_peers"]) & c.dear).then(pl.lit("list"))
    by_root = off.join(own, on=[*cell, "root"]).with_columns(mark=mark).filter(c.mark.is_not_null()).group_by("root").agg(
        odd=pl.len(), over=(c.mark == "over").any(), under=(c.mark == "under").any(), list=(c.mark == "list").any(), off=when(c.mark == "list", c.off_list, c.off.abs()).max(),
        tpp=c.tpp.sum(), usd=c.usd.sum(), first_day=c.day.min(), last_day=c.day.max(), subjects=both(pl.coalesce(c.exporter, c.ultimate_consignee), c.ultimate_consignee),
        orders=unique(c.order_id)).filter(c.usd >= p["least_usd"])
    priced = lines.select("root").join(by_root.select("root"), on="root", how="semi").group_by("root").agg(priced=pl.len())
    return by_root.join(priced, on="root").filter(c.odd >= p["least_share"] * c.priced).with_columns(
        key=c.root, llr=p["base"] + pl.max_horizontal(when(c.over | c.list, p["over"]), when(c.under, p["under"])) + when(~c.over & ~c.under, p["no_peers"])
        + least(p["most_slope"], p["slope"] * (c.off - 0.26)) + least(0.6, 0.2 * c.odd.log())).filter(c.llr >= p["least"])


@peer("no-presence")
def _(t, p):
    import polars as pl
    free = """gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com gmx.com gmx.net gmx.de web.de mail.com zoho.com proton.me
        protonmail.com tutanota.com qq.com 163.com 126.com yeah.net sina.com sina.cn sohu.com foxmail.com aliyun.com 139.com mail.ru yandex.ru yandex.com rambler.ru inbox.ru bk.ru
        naver.com daum.net rediffmail.com yahoo.co.in yahoo.co.uk yahoo.co.jp yahoo.com.sg yahoo.com.my hotmail.co.uk""".split()
    lines = t["lines"].filter(c.controlled)
    hit = lines.group_by(party_id="ultimate_consignee").agg(c.chips.sum(), total=c.tpp.sum(), first_day=c.day.min(), last_day=c.day.max()).join(
        t["parties"].filter(c.email_domain.is_not_null()).select("party_id", "country", "website", "data_center_mw", free=c.email_domain.str.to_lowercase().is_in(free).cast(pl.Int64)),
        on="party_id").with_columns(
        peers=(c.free.sum().over("country") - c.free + p["prior_share"] * p["prior_parties"]) / (pl.len().over("country").cast(pl.Int64) - 1 + p["prior_parties"])).filter(
        (c.free == 1) & (c.chips >= p["least_chips"])).with_columns(
        llr=p["base"] + least(p["most_relative"], log(p["evader_share"]) - c.peers.log()) + most(0, least(p["most_size"], 0.3 * (c.chips / p["typical_chips"]).log()))
        + when(c.website.is_not_null(), p["has_website"]) + when(c.data_center_mw > 0, p["can_show_power"])).filter(c.llr >= p["least"])
    return lines.select("order_id", party_id="ultimate_consignee").join(hit, on="party_id").group_by(key="party_id").agg(
        orders=unique(c.order_id), tpp=c.total.first(), first_day=c.first_day.first(), last_day=c.last_day.first(), llr=c.llr.first()).with_columns(subjects=pl.concat_list(c.key))


@peer("mass-balance")
def _(t, p):
    import polars as pl
    lines = t["lines"].filter(c.gross_weight_kg > 0).select("item", "order_id", "day", "quantity", "description", seller=pl.coalesce(c.exporter, c.root),
                                                            tpp=c.tpp.fill_null(0), kg=c.gross_weight_kg)
    value = c.log_kg * c.worth
    peered = lines.filter(c.quantity > 0).group_by("item", "seller").agg(log_kg=(c.kg.sum() / c.quantity.sum()).log(), worth=(1.0 + c.quantity.sum()).log()).with_columns(
        others=pl.len().over("item").cast(pl.Int64) - 1, rest=c.worth.sum().over("item") - c.worth, sum=value.sum().over("item") - value).select(
        "item", "seller", unit_kg=when((c.others >= p["least_peers"]) & (c.rest != 0), (c.sum / c.rest).exp(), None))
    usual = c.quantity * c.unit_kg
    judged = lines.join(peered, on=["item", "seller"]).with_columns(
        empty=has(c.description, "empty|nothing to|no goods|no cargo"),
        off_peers=(((c.kg < p["peers_light"] * usual) & (usual - c.kg > p["least_kg"])) | ((c.kg > p["peers_heavy"] * usual) & (c.kg - usual > p["least_kg"]))).fill_null(False),
        pounds=(c.kg / usual).is_between(2.1, 2.3).fill_null(False)).filter(c.empty | c.off_peers)
    return judged.group_by(key="seller").agg(
        orders=unique(c.order_id), tpp=c.tpp.sum(), first_day=c.day.min(), last_day=c.day.max(), times=pl.len(), empty=c.empty.any(),
        off_peers=c.off_peers.any(), pounds=c.pounds.all()).with_columns(
        subjects=pl.concat_list(c.key), llr=p["base"] + when(c.empty, p["empty"]) + when(c.off_peers, p["off_peers"])
        + when(c.pounds, p["pounds"]) + least(p["most_repeat"], 0.3 * c.times.log())).filter(c.llr >= p["least"])


@peer("misdescription")
def _(t, p):
    import polars as pl
    lines = t["lines"].filter(c.description.is_not_null() & (c.controlled | c.kind.is_in(["ic", "board", "server", "rack"])))
    d = " " + c.description.str.to_lowercase() + " "
    word = lines.select("description", "item").unique().filter(~c.description.str.to_lowercase().str.contains(c.item.str.to_lowercase(), literal=True)).with_columns(
        none=d.str.contains("empty|nothing"),
        wrong=d.str.contains("adapter|adaptor|contactor|power suppl|transformer|cable| fan|heat sink|lamp|toy| tea |garment|cloth|shoe|textile|furniture| food|fruit"
                             "|ceramic|plastic|auto part|car part|monitor|keyboard|printer|book|household|personal|luggage|scrap|waste|gift")
        & ~d.str.contains("gpu|graphic|accelerator|server"), sample=d.str.contains("sample"),
        plain=d.str.contains("gpu|graphic|video|accelerator|processor|processing unit|server|chip|integrated circuit| ic |semiconductor| card|nvidia|hgx|dgx|tensor"
                             "|data processing|supercomput|workstation|rack|100|200|300|4090|5090|memory|converter|weights"),
        vague=d.str.contains("part|component|goods|electronic|equipment|accessor|cargo|merchandise|hardware|device|machine|unmarked|misc|spare|used|module|unit|product|item"))
    heading = t["lines"].filter(c.hs_code.str.len_chars() >= 4).select("item", "hs_code").unique().join(t["items"].filter(c.hs_codes.is_not_null()).select("item", "hs_codes"), on="item").select(
        "item", "hs_code", wrong_heading=~(";" + c.hs_codes.str.replace_all(".", "", literal=True)).str.contains(
            ";" + c.hs_code.str.replace_all(".", "", literal=True).str.slice(0, 4), literal=True))
    name = (pl.when(c.none).then(pl.lit("none")).when(c.wrong).then(pl.lit("wrong")).when(c.sample).then(when(c.quantity >= p["sample_units"], pl.lit("sample"), pl.lit("plain")))
            .when(c.plain).then(pl.lit("plain")).when(c.vague & c.controlled.fill_null(False) & (c.chips >= p["least_chips"])).then(pl.lit("vague")).otherwise(pl.lit("plain")))
    classed = lines.join(word, on=["description", "item"]).join(heading, on=["item", "hs_code"], how="left").join(t["hs"].select("hs_code", "usd_per_kg_p50"), on="hs_code", how="left").select(
        "order_id", "day", "tpp", exporter=pl.coalesce(c.exporter, c.root), heading=c.wrong_heading.fill_null(False) & ~c.none, name=name,
        dear=((c.gross_weight_kg > 0) & (c.quantity * c.unit_price_usd / c.gross_weight_kg > 50 * c.usd_per_kg_p50)).fill_null(False)).with_columns(
        odd=c.name.is_in(["wrong", "vague", "sample"]))
    bad = c.odd | c.heading
    by_exporter = classed.group_by(key="exporter").agg(
        described=pl.len(), wrong=(c.name == "wrong").sum(), vague=(c.name == "vague").sum(), sample=(c.name == "sample").sum(), heading=c.heading.any(), dear=(c.dear & c.odd).any(),
        odd=bad.sum(), tpp=c.tpp.filter(bad).sum(), first_day=c.day.filter(bad).min(), last_day=c.day.filter(bad).max(), orders=unique(c.order_id.filter(bad))).with_columns(
        pl.col("described", "wrong", "vague", "odd").cast(pl.Int64))
    rest = c.described.sum() - c.described + p["prior_lines"]
    return by_exporter.with_columns(
        peers_wrong=(c.wrong.sum() - c.wrong + p["prior_wrong"] * p["prior_lines"]) / rest, peers_vague=(c.vague.sum() - c.vague + p["prior_vague"] * p["prior_lines"]) / rest).filter(
        c.odd > 0).with_columns(
        subjects=pl.concat_list(c.key), llr=p["base"] + pl.max_horizontal(
            when(c.wrong > 0, least(p["most_wrong"], log(p["evader_share"]) - c.peers_wrong.log())), when(c.sample > 0, p["sample"]),
            when(c.vague > 0, least(p["most_vague"], log(p["evader_share"]) - c.peers_vague.log()))) + when(c.heading, p["heading"]) + when(c.dear, p["dear"])
        + least(p["most_repeat"], 0.3 * c.odd.log()) + least(0, (3.0 * c.odd / c.described).log())).filter(c.llr >= p["least"])


@peer("straw-fan-in")
def _(t, p):
    import polars as pl
    lines = t["lines"].filter(c.controlled)
    hand = pl.coalesce(c.freight_forwarder, c.intermediate_consignee)
    where = t["parties"].select("party_id", "city", "address", street=pl.concat_str(
        [pl.lit("address "), c.address.str.to_lowercase().fill_null(""), pl.lit(", "), c.city.str.to_lowercase().fill_null(""), pl.lit(", "), c.country.fill_null("")]))
    arrival = pl.concat([
        lines.filter(hand.is_not_null()).group_by("root", place="party " + hand).agg(c.day.min(), c.tpp.sum()).select("place", "root", "day", "tpp"),
        lines.group_by("root", party_id="ultimate_consignee").agg(c.day.min(), c.tpp.sum()).join(
            where.filter(c.city.is_not_null() | c.address.str.contains(",", literal=True)), on="party_id").group_by("root", place="street").agg(c.day.min(), c.tpp.sum()).select("place", "root", "day", "tpp")])
    placed = arrival.join(lines.group_by("root").agg(began=c.day.min()), on="root").select(
        "place", "day", "tpp", fresh=(c.day - c.began <= p["new_within"]).cast(pl.Int64), one=pl.lit(1, pl.Int64)).sort("place", "day")
    window = f"{p['window_back'] + 1}i"
    moving = placed.with_columns(
        buyers=c.one.rolling_sum_by("day", window).over("place"), fresh=c.fresh.rolling_sum_by("day", window).over("place"), tpp=c.tpp.rolling_sum_by("day", window).over("place"),
        so_far=c.one.rolling_sum_by("day", "100000i").over("place"), ever=pl.len().over("place"), place_began=c.day.min().over("place")).with_columns(before=c.so_far - c.buyers)
    burst = moving.filter((c.fresh >= p["least_buyers"]) & (c.before * 2 <= c.buyers)).sort("place", "fresh", "day", "buyers", descending=[False, True, False, True]).unique(
        "place", keep="first")
    expected = most(p["least_expected"], 30 * c.before / most(30, c.day - c.place_began))
    hit = burst.join(t["lines"].select(start=c.day.min()), how="cross").filter(c.day - p["window_back"] >= c.start + p["warm_up"]).with_columns(
        llr=p["base"] + least(p["most"], c.fresh * (c.fresh / expected).log() - (c.fresh - expected)) - (c.ever / (c.buyers + c.before)).log()).filter(
        c.llr >= p["least"]).select("place", "llr", at="day", total="tpp")
    seen = lines.select("order_id", "day", "ultimate_consignee", hand=hand)
    came = pl.concat([seen.with_columns(place="party " + c.hand).join(hit, on="place"),
                      seen.join(where.join(hit, left_on="street", right_on="place").select("llr", "at", "total", place="street", ultimate_consignee="party_id"),
                                on="ultimate_consignee").select("order_id", "day", "ultimate_consignee", "hand", "place", "llr", "at", "total")], how="vertical_relaxed")
    return came.filter(c.day.is_between(c.at - p["window_back"], c.at)).group_by(key="place").agg(
        subjects=both(pl.coalesce(c.hand, c.ultimate_consignee), c.ultimate_consignee), orders=unique(c.order_id), tpp=c.total.first().fill_null(0), first_day=c.day.min(),
        last_day=c.day.max(), llr=c.llr.first())


@peer("hub-in-out")
def _(t, p):
    import polars as pl
    lines = t["lines"].filter(c.controlled)
    outbound = lines.filter(c.exporter.is_not_null()).group_by("order_id", "item", "destination", hub="exporter").agg(
        day=c.day.min(), quantity=c.quantity.sum(), tpp=c.tpp.sum(), consignee=c.ultimate_consignee.max(), tier=c.tier.max())
    part = pl.concat([lines.with_columns(hub=c.ultimate_consignee, role=0), lines.filter(c.purchaser != c.ultimate_consignee).with_columns(hub=c.purchaser, role=1)])
    inbound = part.join(outbound.select("hub").unique(), on="hub", how="semi").group_by("order_id", "role", "hub", "item", "destination").agg(
        day=c.day.min(), quantity=c.quantity.sum(), chips=c.chips.sum(), end_use=c.end_use.max(), consignee=c.ultimate_consignee.max(), end_user=c.end_user.max(),
        source=c.exporter.max()).with_columns(received=pl.len().over("hub"))
    installs = t["serials"].filter(c.event.is_in(["installed", "powered_on"])).join(t["sites"].select("site_id", "operator", "owner"), on="site_id", how="left").select(
        "item", hub=pl.coalesce(c.party, c.operator, c.owner)).unique().with_columns(installed=True)
    pair = inbound.filter(c.chips >= p["least_chips"]).join(outbound, on=["hub", "item"], suffix="_out").filter(
        (c.destination != c.destination_out) & c.day_out.is_between(c.day, c.day + p["within_days"])
        & c.quantity_out.is_between((1 - p["tolerance"]) * c.quantity, (1 + p["tolerance"]) * c.quantity)
        & (c.consignee_out != c.end_user.fill_null("")) & (c.consignee_out != c.source.fill_null("")) & ((c.consignee == c.hub) | (c.consignee_out != c.consignee))
        & ((c.end_use.fill_null("") != "resale") | (c.tier == 3))).sort(["day", "order_id"], descending=[True, False]).unique(
        ["order_id_out", "hub", "item"], keep="first", maintain_order=True).join(installs, on=["hub", "item"], how="left")
    return pair.group_by(key="hub").agg(
        subjects=both(c.hub, c.consignee_out), orders=both(c.order_id, c.order_id_out), tpp=c.tpp.sum(), first_day=c.day.min(), last_day=c.day_out.max(),
        quickest=(c.day_out - c.day).min(), own_use=(c.end_use != "resale").fill_null(False).any(), tier=c.tier.fill_null(2).max(), matched=c.order_id.n_unique(),
        gone=c.order_id_out.n_unique(), received=c.received.max(), installed=c.installed.is_not_null().all()).filter(
        (c.matched >= p["least_share"] * c.received) | (c.tier == 3)).with_columns(
        llr=p["base"] + when(c.quickest <= p["quick_days"], p["quick"]) + when(c.own_use, p["own_use"]) + when(c.tier == 3, p["to_concern"])
        + when(2 * c.matched >= c.received, p["all_of_it"]) + when(c.installed, p["installed"]) + least(p["most_repeat"], 0.4 * c.gone.log())).filter(c.llr >= p["least"])


@peer("money-ring")
def _(t, p):
    import polars as pl
    low, high, within = 1 - p["tolerance"], 1 + p["tolerance"], p["within_days"]
    pay = t["payments"].filter(c.amount_usd >= p["least_usd"]).select("payer", "payee", "amount_usd", "day", "order_id").filter(
        (pl.len().over("payer") <= p["hub"]) & c.payer.is_not_null()).filter(c.payer != c.payee)
    two = pay.rename({"payer": "p1", "payee": "p2", "amount_usd": "usd", "day": "d1", "order_id": "o1"}).join(
        pay.rename({"payer": "p2", "payee": "p3", "day": "d2", "order_id": "o2"}), on="p2").filter(
        c.d2.is_between(c.d1, c.d1 + within) & c.amount_usd.is_between(low * c.usd, high * c.usd) & (c.p3 != c.p1)).drop("amount_usd")
    hops = two.join(pay.rename({"payer": "p3", "payee": "p4", "day": "d3", "order_id": "o3"}), on="p3").filter(
        c.d3.is_between(c.d2, c.d1 + within) & c.amount_usd.is_between(low * c.usd, high * c.usd) & (c.p4 != c.p2)).drop("amount_usd")
    close = hops.filter(c.p4 != c.p1).join(pay.rename({"payer": "p4", "payee": "p5", "day": "d4", "order_id": "o4"}), left_on=["p4", "p1"], right_on=["p4", "p5"]).filter(
        c.d4.is_between(c.d3, c.d1 + within) & c.amount_usd.is_between(low * c.usd, high * c.usd)).drop("amount_usd")
    def ring(frame, count):
        who = [pl.col(f"p{place}") for place in range(1, count + 1)]
        return frame.select(ring=pl.min_horizontal(who) + ">" + pl.max_horizontal(who), hops=pl.lit(count), first_day="d1", last_day=f"d{count}", usd="usd", who=pl.concat_list(who),
                            numbers=pl.concat_list([pl.col(f"o{place}") for place in range(1, count + 1)]))
    by_ring = pl.concat([ring(hops.filter(c.p4 == c.p1), 3), ring(close, 4)]).group_by("ring").agg(
        c.hops.min(), times=c.first_day.n_unique(), usd=c.usd.max(), first_day=c.first_day.min(), last_day=c.last_day.max(), subjects=c.who.explode().unique(),
        orders=unique(c.numbers.explode()))
    seat = by_ring.select("ring", party_id="subjects").explode("party_id")
    lines = t["lines"].filter(c.controlled)
    who = seat.select("party_id").unique()
    taken = lines.select("tpp", party_id="ultimate_consignee").join(who, on="party_id", how="semi").group_by("party_id").agg(c.tpp.sum())
    dealt = pl.concat([taken.select("party_id")] + [lines.select(party_id=column).join(who, on="party_id", how="semi") for column in ("exporter", "purchaser")]).unique().with_columns(
        deals=True)
    known = seat.join(t["parties"].select("party_id", "root"), on="party_id", how="left").join(taken, on="party_id", how="left").join(dealt, on="party_id", how="left").group_by(
        "ring").agg(groups=pl.coalesce(c.root, c.party_id).n_unique(), tpp=c.tpp.max().fill_null(0), trades=c.deals.any())
    return by_ring.join(known, on="ring").filter(c.trades & (c.groups >= 3)).with_columns(
        key=c.ring, llr=p["base"] + when(c.hops == 4, p["four"]) + when(c.times >= 2, p["twice"]) + least(0.8, 0.2 * (c.usd / p["least_usd"]).log())).filter(c.llr >= p["least"])


@peer("phantom-shipment")
def _(t, p):
    import polars as pl
    paid = t["payments"].filter(c.order_id.is_not_null() & c.payer.is_not_null() & c.payee.is_not_null() & (c.amount_usd > 0) & c.day.is_not_null()).group_by(
        "order_id", "payer", "payee").agg(c.payer_country.max(), usd=c.amount_usd.sum(), day=c.day.min())
    shipped = t["lines"].select("order_id").join(paid.select("order_id").unique(), on="order_id", how="semi").unique().with_columns(shipped=pl.lit(1, pl.Int64))
    judged = paid.join(shipped, on="order_id", how="left").with_columns(c.shipped.fill_null(0))
    gone = judged.filter(c.shipped == 0)
    back = t["payments"].filter(c.payer.is_not_null() & (c.amount_usd > 0)).join(gone.select("order_id").unique(), on="order_id", how="semi").group_by("order_id", "payer").agg(
        back=c.amount_usd.sum())
    phantom = gone.join(back, left_on=["order_id", "payee"], right_on=["order_id", "payer"], how="left").join(t["law"].select(end="last_day"), how="cross").filter(
        (c.usd >= p["least_usd"]) & (c.day + p["late_days"] <= c.end) & (c.back.fill_null(0) < 0.9 * c.usd)).group_by("payer").agg(
        c.usd.sum(), c.payer_country.max(), c.payee.max(), first_day=c.day.min(), last_day=c.day.max(), orders=unique(c.order_id))
    lost = c.payments - c.shipped
    return judged.group_by("payer").agg(payments=pl.len().cast(pl.Int64), shipped=c.shipped.sum()).with_columns(
        peers=(lost.sum() - lost + p["prior_share"] * p["prior_payments"]) / (c.payments.sum() - c.payments + p["prior_payments"])).join(phantom, on="payer").filter(
        c.shipped > 0).with_columns(
        key=c.payer, subjects=pl.concat_list(c.payer, c.payee).list.unique(), tpp=pl.lit(0, pl.Int64),
        llr=p["base"] + least(p["most_relative"], log(p["evader_share"]) - c.peers.log()) + least(p["most_size"], 0.2 * (c.usd / p["least_usd"]).log())
        + when(c.payer_country.is_in(["CN", "HK", "MO", "RU"]), p["concern"])).filter(c.llr >= p["least"])


@peer("pre-date-burst")
def _(t, p):
    import polars as pl
    past, last, a, e = c.past, c.last, c.announced_day, c.effective_day
    law = t["law"].select("announced_day", "effective_day", "lpp_cap", data_ended="last_day", past=pl.lit(p["past_days"]), last=pl.lit(p["last_days"]))
    lines = t["lines"].filter(c.controlled).select("root", "day", "order_id", "ultimate_consignee", "chips", "tpp", "tier").join(law, how="cross")
    part = lambda condition: when(condition, c.chips, 0)
    windowed = lines.filter(c.chips > 0).select(
        "root", "day", tier=c.tier.fill_null(2), past_chips=part((c.day >= a - past) & (c.day < a)), in_chips=part(c.day.is_between(a, e)), in_tpp=when(c.day.is_between(a, e), c.tpp, 0),
        last_chips=part((c.day > e - last) & (c.day <= e)), after_chips=part(c.day > e), season=part(c.day.is_between(a - 365, e - 365)),
        last_season=part((c.day > e - 365 - last) & (c.day <= e - 365))).group_by("root").agg(
        c.tier.max(), c.past_chips.sum(), c.in_chips.sum(), c.in_tpp.sum(), c.last_chips.sum(), c.after_chips.sum(), c.season.sum(), c.last_season.sum(), began=c.day.min())
    usual, free = (c.past_chips + p["prior_chips"]) / past, lambda chips: chips.filter(c.tier == 1).sum()
    paced = windowed.join(law, how="cross").with_columns(days=e - a + 1, after_days=c.data_ended - e, in_pace=c.in_chips / (e - a + 1), last_pace=c.last_chips / last).with_columns(
        free_growth=most(1, (free(c.in_chips) / c.days + p["free_chips"] / past) / ((free(c.past_chips) + p["free_chips"]) / past)),
        in_ratio=c.in_pace / pl.max_horizontal(usual, c.season / c.days), last_ratio=c.last_pace / pl.max_horizontal(usual, c.last_season / last),
        goes_on=c.after_chips / most(1, c.after_days) / pl.max_horizontal(c.in_pace, c.last_pace)).with_columns(ratio=pl.max_horizontal(c.in_ratio, c.last_ratio)).filter(
        (c.tier == 2) & (c.in_chips >= p["least_chips"]) & (c.began <= a - p["known_days"]) & (c.ratio >= p["ratio"]) & (c.ratio / c.free_growth >= p["ratio"] / 2))
    orders = lambda condition: c.order_id.filter((c.chips > 0) & condition).n_unique()
    taken = lines.filter((c.day >= a - past) & (c.day <= e)).join(paced, on="root", how="semi").group_by("root").agg(
        subjects=unique(c.ultimate_consignee.filter(c.day >= a)), orders=unique(c.order_id.filter(c.day >= a)), first_day=c.day.filter(c.day >= a).min(), last_day=c.day.max(),
        past_orders=orders(c.day < a), in_orders=orders(c.day >= a), last_orders=orders(c.day > e - last))
    late = c.last_ratio > c.in_ratio
    return paced.join(taken, on="root").filter((c.past_orders >= p["least_before"]) & (c.in_orders >= p["least_in"])).with_columns(
        seen=when(late, c.last_orders, c.in_orders), expected=c.past_orders * when(late, last, c.days) / past).with_columns(
        key=key(c.root, e), tpp=c.in_tpp, llr=p["base"] + least(p["most_surprise"], when(c.seen > c.expected, c.seen * (c.seen / c.expected).log() - (c.seen - c.expected)))
        + least(p["most_ratio"], p["ratio_slope"] * (c.ratio / c.free_growth).log())
        + when(c.after_days < p["after_days"], 0.0, when(c.goes_on <= p["silent"], p["stops"], when(c.goes_on >= p["steady"], p["continues"])))
        + least(p["most_size"], most(-p["most_size"], (c.in_tpp / c.lpp_cap / p["sizable"]).log()))).filter(c.llr >= p["least"])


@peer("successor-after-listing")
def _(t, p):
    import polars as pl
    usd = c.quantity * pl.coalesce(c.unit_price_usd, c.list_price_usd, pl.lit(0.0))
    lines = t["lines"].filter(c.exporter.is_not_null()).select("exporter", "destination", "tier", "day", "order_id", "controlled", "tpp", party_id="ultimate_consignee", usd=usd)
    lost = lines.join(t["parties"].filter((c.listed == "yes") & c.listed_day.is_not_null()).select("party_id", "root", "listed_day"), on="party_id").filter(
        c.day >= c.listed_day - p["before_days"]).group_by("party_id", "root", "listed_day", "exporter").agg(
        c.destination.max(), goes_on=(c.day > c.listed_day + p["stop_days"]).any(), before=(c.day <= c.listed_day).any(),
        usd=c.usd.filter((c.day > c.listed_day - p["within_days"]) & (c.day <= c.listed_day)).sum()).filter(c.before).with_columns(
        sellers=pl.len().over("party_id"), goes_on=c.goes_on.any().over("party_id"), all_usd=c.usd.sum().over("party_id")).drop("before", "usd").rename(
        {"party_id": "listed_id", "root": "listed_root"})
    entry = t["lines"].group_by(party_id="ultimate_consignee").agg(c.root.max(), began=c.day.min())
    served = lines.join(lost.select("exporter", "destination").unique(), on=["exporter", "destination"], how="semi").join(entry, on="party_id").filter(
        c.day <= c.began + p["within_days"]).group_by("exporter", "destination", "party_id", "root", "began").agg(
        c.tier.max(), c.controlled.fill_null(False).any(), c.usd.sum(), c.day.max(), tpp=c.tpp.filter(c.controlled.fill_null(False)).sum())
    hit = lost.join(served, on=["exporter", "destination"]).filter(
        (c.root != c.listed_root) & (c.party_id != c.listed_id) & (c.began > c.listed_day - 2 * p["within_days"]) & (c.began <= c.listed_day + p["within_days"])).with_columns(
        usual=(c.began <= c.listed_day).sum().over("listed_id", "exporter") / 2).filter(c.began > c.listed_day).group_by("listed_id", "listed_day", "party_id").agg(
        shared=c.exporter.n_unique(), sellers=c.sellers.max(), goes_on=c.goes_on.any(), all_usd=c.all_usd.max(), tier=c.tier.max(), controlled=c.controlled.any(), usd=c.usd.sum(),
        total=c.tpp.sum(), usual=c.usual.min(), first_day=c.began.min(), last_day=c.day.max(), exporter=c.exporter.min()).filter(c.shared >= p["overlap"] * c.sellers).with_columns(
        llr=p["base"] + p["overlap_llr"] + when(~c.goes_on, p["stopped"]) + when(c.controlled, p["controlled"]) + when(c.tier == 3, p["concern"])
        + when((c.all_usd > 0) & (c.usd >= 0.5 * c.all_usd), p["volume"]) - (1 + c.usual).log()).filter(c.llr >= p["least"]).select(
        "listed_id", "party_id", "exporter", "total", "first_day", "last_day", "llr")
    return lines.select("party_id", "exporter", "day", "order_id").join(hit, on=["party_id", "exporter"]).filter(c.day <= c.last_day).group_by("listed_id", "party_id").agg(
        c.exporter.first(), orders=unique(c.order_id), tpp=c.total.first(), first_day=c.first_day.first(), last_day=c.last_day.first(), llr=c.llr.first()).with_columns(
        key=key(c.listed_id, c.party_id), subjects=pl.concat_list(c.listed_id, c.party_id, c.exporter).list.unique())


@peer("carry-lots")
def _(t, p):
    import polars as pl
    sponsor = pl.coalesce(c.purchaser, c.ultimate_consignee)
    small = t["lines"].filter(c.controlled & (c.chips > 0) & (c.origin != c.destination)).group_by("order_id").agg(
        sponsor=sponsor.max(), consignee=c.ultimate_consignee.max(), exporter=c.exporter.max(), tier=c.tier.max(), day=c.day.min(), chips=c.chips.sum(), tpp=c.tpp.sum(),
        baggage=has(c.description, "luggage|baggage|suitcase|hand[ -]carr|personal").any()).filter(c.chips <= p["most_chips"]).sort("sponsor", "day").with_columns(
        lots=c.chips.gt(0).cast(pl.Int64).rolling_sum_by("day", f"{p['window_back'] + 1}i").over("sponsor"))
    busy = small.group_by("sponsor").agg(most=c.lots.max(), senders=unique(c.exporter).len()).filter((c.most >= p["least_lots"]) & (c.senders >= p["least_senders"]))
    kept = small.join(busy, on="sponsor")
    single = t["lines"].select("exporter", to=sponsor).join(kept.select("exporter").drop_nulls().unique(), on="exporter", how="semi").group_by("exporter").agg(served=c.to.n_unique()).filter(
        c.served == 1)
    return kept.join(single, on="exporter", how="left").group_by(key="sponsor").agg(
        senders=c.senders.first(), only=unique(c.exporter.filter(c.served == 1)).len(), baggage=c.baggage.any(), tier=c.tier.max(), tpp=c.tpp.sum(), first_day=c.day.min(),
        last_day=c.day.max(), orders=unique(c.order_id), subjects=both(pl.coalesce(c.exporter, c.sponsor), c.consignee)).with_columns(
        subjects=pl.concat_list(c.key, c.subjects).list.unique(),
        llr=p["base"] + least(p["most_senders"], p["each_sender"] * c.senders) + when(c.baggage, p["baggage"]) + when(c.tier == 3, p["concern"])
        + when(4 * c.only >= 3 * c.senders, p["only_for_it"])).filter(c.llr >= p["least"])


@peer("tier-shopping")
def _(t, p):
    import polars as pl
    known = t["parties"].select("party_id", "root", "country", business=c.business.str.to_lowercase().fill_null(""))
    named = t["parties"].filter(c.name.is_not_null()).group_by(name=c.name.str.strip_chars(" ").str.to_lowercase()).agg(by_name=c.party_id.min())
    pay = t["payments"].filter(c.payer.is_not_null() & c.order_id.is_not_null() & (c.amount_usd > 0)).with_columns(name=c.payer.str.strip_chars(" ").str.to_lowercase()).join(
        known.select(payer="party_id", by_id="party_id"), on="payer", how="left").join(named, on="name", how="left").group_by(
        "order_id", payer=pl.coalesce(c.by_id, c.by_name, c.name)).agg(c.payer_country.max())
    ordered = t["lines"].filter(c.controlled & (c.tpp > 0)).join(pay.select("order_id").unique(), on="order_id", how="semi").group_by("order_id").agg(
        root=c.root.max(), cluster=c.cluster.max(), consignee=c.ultimate_consignee.max(), destination=c.destination.max(), exporter=c.exporter.max(), year=c.year.min(),
        day=c.day.min(), tpp=c.tpp.sum())
    paid = pay.join(ordered, on="order_id").join(known.rename({"party_id": "payer", "root": "payer_root"}), on="payer", how="left").filter(
        (pl.coalesce(c.payer_root, c.payer) != c.root) & (c.payer != c.exporter.fill_null("")) & ~c.business.fill_null("").str.contains(
            "leas|bank|financ|factoring|insur|credit|distribut")).with_columns(
        year_tpp=c.tpp.sum().over("payer", "root", "year"), payer_tpp=c.tpp.sum().over("payer", "year"), payer_country=pl.coalesce(c.payer_country, c.country))
    return paid.group_by(key="payer").agg(
        roots=c.root.n_unique(), countries=c.destination.n_unique(), clusters=c.cluster.n_unique(), largest=c.year_tpp.max(), most_tpp=c.payer_tpp.max(), country=c.payer_country.max(),
        consignees=unique(c.consignee), orders=unique(c.order_id), tpp=c.tpp.sum(), first_day=c.day.min(), last_day=c.day.max()).join(t["law"].select("lpp_cap"), how="cross").filter(
        (c.roots >= p["consignees"]) & (c.countries >= p["countries"]) & (c.largest <= c.lpp_cap)).with_columns(
        subjects=pl.concat_list(c.key, c.consignees).list.unique(),
        llr=p["base"] + least(p["most_countries"], p["each_country"] * (c.countries.cast(pl.Int64) - 2)) + when(c.clusters < c.roots, p["linked"])
        + when(c.most_tpp > c.lpp_cap, p["over_limit"]) + when(c.country.is_in(["CN", "HK", "MO", "RU"]), p["concern"])).filter(c.llr >= p["least"])


@peer("born-after-the-rule")
def _(t, p):
    import polars as pl
    lines = t["lines"].filter(c.controlled)
    roles = [lines.filter(c.purchaser != c.ultimate_consignee if column == "purchaser" else pl.col(column).is_not_null()).select(
        "order_id", "day", "chips", "tpp", party_id=column, sells=pl.lit(column == "exporter")) for column in ("exporter", "ultimate_consignee", "purchaser")]
    dealt = pl.concat([role.group_by("party_id").agg(c.sells.first(), began=c.day.min(), ended=c.day.max()) for role in roles]).group_by("party_id").agg(
        c.sells.any(), c.began.min(), c.ended.max()).join(
        t["parties"].filter(c.incorporated_day.is_not_null()).select("party_id", "country", "incorporated_day", "data_center_mw", "business"), on="party_id").join(
        t["law"].select("control_day", data_ended="last_day"), how="cross").cache()
    early = dealt.filter((c.incorporated_day >= c.control_day) & (c.began <= c.incorporated_day + p["young_days"])).select("party_id", "incorporated_day")
    first_year = pl.concat([role.join(early, on="party_id").filter(c.day <= c.incorporated_day + 365) for role in roles])
    young, prior, halls = c.young, p["prior_share"] * p["prior_parties"], t["sites"].select(party_id=pl.coalesce(c.operator, c.owner), hall=True).unique()
    hit = dealt.join(first_year.group_by("party_id").agg(c.chips.sum(), c.tpp.sum()), on="party_id", how="left").with_columns(
        young=(c.chips >= p["least_chips"]).fill_null(False).cast(pl.Int64)).with_columns(
        peers=(young.sum().over("country") - young + prior) / (young.len().over("country").cast(pl.Int64) - 1 + p["prior_parties"])).filter(young == 1).join(
        halls, on="party_id", how="left").with_columns(
        llr=p["base"] + least(p["most_relative"], log(p["evader_share"]) - c.peers.log()) + most(0, least(p["most_size"], 0.5 * (c.chips / p["typical_chips"]).log()))
        + when(c.began - c.incorporated_day <= p["very_young_days"], p["very_young"])
        + when((c.data_center_mw > 0).fill_null(False) | c.hall.is_not_null(), p["can_show_power"], p["no_power"])
        + when(c.sells | (c.began + p["silence_days"] > c.data_ended), 0.0, when(c.ended <= c.began + p["burst_days"], p["stops"], p["goes_on"]))
        + when(has(c.business, "trad|export|import|resale|wholesale|broker|holding|consult"), p["trader"],
               when(has(" " + c.business + " ", "cloud|data cent|research|hosting|colocation|telecom|software| ai "), p["in_the_trade"]))).filter(
        c.llr >= p["least"]).select("party_id", "llr", sum="tpp")
    return first_year.join(hit, on="party_id").group_by(key="party_id").agg(
        orders=unique(c.order_id), tpp=c.sum.first(), first_day=c.day.min(), last_day=c.day.max(), llr=c.llr.first()).with_columns(subjects=pl.concat_list(c.key))


@peer("boxes")
def _(t, p):
    import polars as pl
    holder, late = pl.coalesce(c.operator, c.owner), p["late_days"]
    shipped, stands, where = c.event == "shipped", c.event.is_in(["installed", "powered_on"]), ["party", "item", "day"]
    sent = t["lines"].select("item", "day", "ultimate_consignee", party="exporter").join(t["serials"].filter(shipped & c.site_id.is_null()).select(where), on=where, how="semi").group_by(
        where).agg(consignee=c.ultimate_consignee.min(), other=c.ultimate_consignee.max()).filter(c.consignee == c.other).drop("other")
    sellers = t["lines"].select(party="exporter", sells=True).unique()
    unit = t["serials"].join(sent, on=where, how="left").join(sellers, on="party", how="left").select(
        "serial", "item", shipped=when(shipped, c.day, None), installed=when(stands, c.day, None), powered=(c.event == "powered_on") & c.day.is_not_null(),
        seen=when(c.event == "seen", c.day, None), gone=c.event.is_in(["rma", "retired"]), stood=when(stands, pl.coalesce(c.site_id, c.party), None),
        addressed=when(shipped, pl.coalesce(c.site_id, c.consignee, when(c.sells.is_null(), c.party, None)), None)).group_by("serial").agg(
        c.item.max(), c.shipped.min(), c.installed.min(), c.powered.any(), c.seen.max(), c.gone.any(), c.stood.max(), c.addressed.max()).select(
        "item", "shipped", "installed", "powered", "seen", "gone", site_id=pl.coalesce(c.stood, c.addressed)).filter(c.site_id.is_not_null() & ~c.gone)
    held = unit.join(t["sites"].select("site_id", "commissioned_day", holder=holder), on="site_id", how="left").join(
        t["items"].select("item", "controlled", "unit_tpp"), on="item", how="left").filter(c.controlled.fill_null(True)).with_columns(
        place=pl.coalesce(c.holder, c.site_id))
    due = held.join(t["sites"].group_by(place=holder).agg(opened=c.commissioned_day.min()), on="place", how="left").join(t["law"].select("last_day"), how="cross").with_columns(
        opened=pl.coalesce(c.commissioned_day, c.opened, c.installed.min().over("place")), silent=2 * c.powered.sum() < c.installed.count()).filter(
        pl.max_horizontal(c.shipped, c.opened) + late <= c.last_day).with_columns(
        idle=~(c.powered | (c.installed.is_not_null() & c.silent) | (c.opened.is_null() & (pl.coalesce(c.seen, c.shipped) <= c.shipped + late).fill_null(False))),
        seen_idle=c.installed.is_null() & (c.seen > c.shipped + late).fill_null(False))
    by_place = due.with_columns(reported=c.installed.is_not_null(), idle_tpp=when(c.idle, c.unit_tpp.fill_null(0.0))).group_by("place").agg(
        c.item.max(), c.idle.sum(), c.seen_idle.sum(), c.reported.sum(), due=c.idle.len(), sum=c.idle_tpp.sum(), first_day=c.shipped.min(), last_day=c.shipped.max() + late).with_columns(
        c.idle.cast(pl.Int64), c.due.cast(pl.Int64), c.reported.cast(pl.Int64))
    rest = c.due.sum() - c.due
    visited = t["inspections"].filter(c.result.is_in(["unfavorable", "incomplete"])).join(t["sites"].select("site_id", holder=holder), on="site_id", how="left").select(
        place=pl.coalesce(c.holder, c.site_id, c.party), visited=True).unique()
    evader = p["evader_share"]
    hit = by_place.with_columns(peers=least(0.59, (c.idle.sum() - c.idle + p["prior_share"] * p["prior_serials"]) / (rest + p["prior_serials"])),
                                others_report=(c.reported.sum() - c.reported) / when(rest > 0, rest, None)).filter(
        (c.due >= p["least_serials"]) & (c.idle > p["share"] * c.due) & ((c.reported > 0) | (c.seen_idle > 0) | (c.others_report >= p["others_report"]).fill_null(False))).join(
        visited, on="place", how="left").with_columns(
        llr=p["base"] + least(p["most_relative"], p["together"] * (
            c.idle * (log(evader) - c.peers.log()) + (c.due - c.idle) * (log(1 - evader) - (1 - c.peers).log())))
        + when(c.seen_idle > 0, p["seen_idle"]) + when(c.visited.is_not_null(), p["visit"])).filter(c.llr >= p["least"]).join(
        t["parties"].select("root", place="party_id"), on="place", how="left").with_columns(root=pl.coalesce(c.root, c.place))
    orders = t["lines"].select("root", "item", "order_id").join(hit.select("root", "item"), on=["root", "item"], how="semi").group_by("root", "item").agg(orders=unique(c.order_id))
    return hit.join(orders, on=["root", "item"], how="left").with_columns(key=c.place, subjects=pl.concat_list(c.place), tpp=c.sum.round(0, mode="half_away_from_zero"))


@peer("foreign-payer")
def _(t, p):
    import polars as pl
    lines, concern = t["lines"].filter(c.controlled), ["CN", "HK", "MO", "RU", "BY", "IR", "KP", "SY"]
    plain = lambda column: column.str.strip_chars(" ").str.to_lowercase()
    word = lambda column: plain(column).str.split(" ").list.first()
    parties = t["parties"].select("party_id", "name", "root", "country")
    named = parties.filter(c.name.is_not_null()).group_by(plain=plain(c.name)).agg(named=c.party_id.min(), named_root=c.root.min(), named_country=c.country.min())
    payments = t["payments"].filter((c.amount_usd > 0) & c.payer.is_not_null())
    who = payments.select("payer").unique().join(parties.with_columns(known=c.party_id), left_on="payer", right_on="party_id", how="left").with_columns(plain=plain(c.payer)).join(
        named, on="plain", how="left").select("payer", id=pl.coalesce(c.known, c.named, c.payer), payer_root=pl.coalesce(c.root, c.named_root, c.payer),
        country=pl.coalesce(c.country, c.named_country), word=word(pl.coalesce(c.name, c.payer))).cache()
    paid = payments.join(who, on="payer").with_columns(payer_country=pl.coalesce(c.payer_country, c.country)).filter(c.payer_country.is_not_null()).cache()
    pay = paid.filter(c.payer_country.is_in(concern)).select("order_id", "payee", "amount_usd", "id", "payer_root", "payer_country", "word", paid_on="day", written="payer").cache()
    ordered = lines.select("order_id", "day", "tpp", "root", "destination", "ultimate_consignee", "purchaser", "end_user").join(pay, on="order_id", how="semi").join(
        parties.select("party_id", of="country", to=c.name), left_on="ultimate_consignee", right_on="party_id", how="left").join(
        parties.select("party_id", for_root="root", by=c.name), left_on="purchaser", right_on="party_id", how="left").join(
        parties.select("party_id", user_root="root"), left_on="end_user", right_on="party_id", how="left").group_by("order_id").agg(
        c.day.min(), c.tpp.sum(), c.root.max(), c.destination.max(), c.of.max(), c.to.max(), c.by.max(), pl.coalesce(c.for_root, c.purchaser).max(),
        pl.coalesce(c.user_root, c.end_user).max())
    payee = payments.filter(c.order_id.is_null()).select(exporter="payee").unique()
    seller = lines.select("exporter", "day", "tpp", there=c.destination.is_in(concern)).join(payee, on="exporter", how="semi").group_by("exporter").agg(
        c.day.min(), c.tpp.sum(), c.there.any()).cache()
    to_order = pay.join(ordered, on="order_id").filter(
        (c.payer_country != c.destination) & (c.payer_country != pl.coalesce(c.of, c.destination)) & (c.payer_root != c.root) & (c.payer_root != c.for_root.fill_null(""))
        & (c.payer_root != c.user_root.fill_null(""))).select(
        "written", "id", "amount_usd", "order_id", "tpp", kind=pl.lit("order"), unit=c.root, market=c.destination.fill_null("any"), day=pl.coalesce(c.paid_on, c.day),
        namesake=(c.word.str.len_chars() >= 4) & ((c.word == word(c.to)).fill_null(False) | (c.word == word(c.by)).fill_null(False)))
    to_seller = pay.filter(c.order_id.is_null()).join(seller, left_on="payee", right_on="exporter").join(
        parties.select("party_id", "root", "country"), left_on="payee", right_on="party_id", how="left").filter(
        ~c.there & (c.payer_root != pl.coalesce(c.root, c.payee)) & (c.payer_country != c.country.fill_null(""))).select(
        "written", "id", "amount_usd", "order_id", "tpp", kind=pl.lit("seller"), unit=c.payee, market=pl.lit("any"), day=pl.coalesce(c.paid_on, c.day), namesake=pl.lit(False))
    unit = ["kind", "unit", "market"]
    odd = pl.concat([to_order, to_seller]).group_by(*unit, "order_id").agg(
        c.namesake.all(), c.tpp.max(), times=c.written.len(), odd_usd=c.amount_usd.sum(), first_day=c.day.min(), last_day=c.day.max(), one=c.id.min(), other=c.id.max(),
        one_written=c.written.min(), other_written=c.written.max()).group_by(unit).agg(
        c.namesake.all(), c.tpp.sum(), c.times.sum(), c.odd_usd.sum(), c.first_day.min(), c.last_day.max(), c.one.min(), c.other.max(), c.one_written.min(), c.other_written.max()).cache()
    market = c.destination.fill_null("any")
    there = lines.select("order_id", unit="root", market=market, kind=pl.lit("order"))
    to_sellers = paid.filter(c.order_id.is_null()).join(seller, left_on="payee", right_on="exporter", how="semi").group_by(
        kind=pl.lit("seller"), unit="payee", market=pl.lit("any")).agg(usd=c.amount_usd.sum())
    everybody = pl.concat([there.join(odd, on=["kind", "market"], how="semi").join(paid, on="order_id", how="semi").select(unit).unique(), to_sellers.select(unit)])
    to_odd = there.join(odd, on=unit, how="semi").unique("order_id").join(paid.select("order_id", "amount_usd"), on="order_id").group_by(unit).agg(usd=c.amount_usd.sum())
    money = pl.concat([to_odd, to_sellers])
    same = everybody.group_by("kind", "market").agg(all=c.unit.len()).join(odd.group_by("kind", "market").agg(others=c.unit.len()), on=["kind", "market"])
    share = c.odd_usd / when(c.usd != 0, c.usd, None)
    peers = (c.others.cast(pl.Int64) - 1 + p["prior_share"] * p["prior_units"]) / (c.all.cast(pl.Int64) - 1 + p["prior_units"])
    hit = odd.join(money, on=unit).join(same, on=["kind", "market"]).with_columns(
        llr=p["base"] + least(p["most_relative"], log(p["evader_share"]) - peers.log()) + least(p["most_repeat"], 0.4 * c.times.log())
        + when(share >= 0.5, p["major"], when(share < 0.1, p["minor"])) + when(c.namesake, p["namesake"]) + when(c.kind == "seller", p["unlinked"])).filter(c.llr >= p["least"]).cache()
    matched = lines.select("order_id", "ultimate_consignee", unit="root", market="destination", kind=pl.lit("order")).join(hit.select(*unit, "one_written", "other_written"), on=unit).join(
        t["payments"].select("order_id", "payer"), on="order_id").filter((c.payer == c.one_written) | (c.payer == c.other_written)).group_by(unit).agg(
        orders=unique(c.order_id), consignees=unique(pl.coalesce(c.ultimate_consignee, c.unit)))
    return hit.join(matched, on=unit, how="left").filter((c.kind == "seller") | c.orders.is_not_null()).with_columns(
        key=key(c.kind, c.unit, c.market), subjects=pl.concat_list(c.one, c.other, pl.coalesce(c.consignees, pl.concat_list(c.unit))).list.unique())


@peer("short-count")
def _(t, p):
    import polars as pl
    holder, lines = pl.coalesce(c.operator, c.owner), t["lines"].filter(c.controlled)
    visit = t["inspections"].filter(c.units_seen.is_not_null() & c.day.is_not_null()).join(t["sites"].select("site_id", holder=holder), on="site_id", how="left").group_by(
        "day", holder=pl.coalesce(c.holder, c.party)).agg(seen=c.units_seen.max(), favorable=(c.result == "favorable").any())
    halls = t["sites"].group_by(holder=holder).agg(sites=c.site_id.len())
    received = lines.select("order_id", "quantity", "tpp", holder="ultimate_consignee", on="day", kept=c.end_use.fill_null("") != "resale").join(
        visit.rename({"day": "last_day"}), on="holder").filter(c.on <= c.last_day - p["installed_after"])
    sold = lines.select("day", holder="exporter").join(visit, on="holder", how="semi").group_by("holder").agg(began=c.day.min())
    hit = received.filter(c.kept).group_by("holder", "last_day").agg(c.seen.first(), c.favorable.first(), units=c.quantity.sum(), sum=c.tpp.sum(), first_day=c.on.min()).join(
        sold, on="holder", how="left").filter((c.units >= p["least_units"]) & (c.began.is_null() | (c.began > c.last_day))).sort("last_day").unique("holder", keep="last").join(
        halls, on="holder", how="left").with_columns(share=c.seen * c.sites.fill_null(1) / c.units).filter(c.share < p["usual"]).with_columns(
        llr=p["base"] + least(p["most"], p["slope"] * (log(p["usual"]) - most(0.05, c.share).log())) + when(c.favorable, p["favorable"]) + when(c.sites > 1, p["other_halls"])).filter(
        c.llr >= p["least"])
    return received.select("holder", "last_day", "order_id").join(hit, on=["holder", "last_day"]).group_by("holder", "last_day").agg(
        c.first_day.first(), c.llr.first(), orders=unique(c.order_id), tpp=(c.sum * (1 - c.share)).first().round(0, mode="half_away_from_zero")).with_columns(
        key=key(c.holder, c.last_day), subjects=pl.concat_list(c.holder))


@peer("turned-exporter")
def _(t, p):
    import polars as pl
    sale = ["exporter", "destination"]
    control, abroad = c.controlled.fill_null(False), (c.controlled & (c.destination != c.origin)).fill_null(False)
    dealt = t["lines"].filter(c.exporter.is_not_null()).select(
        "exporter", "destination", "root", "day", tier=when(abroad, c.tier, None), tpp=when(abroad, c.tpp, 0), turned_on=when(control, c.day, None), on=when(abroad, c.day, None)).group_by(
        *sale, "root").agg(c.tpp.sum(), c.tier.max(), c.turned_on.min(), mine=c.day.len(), began=c.day.min(), first_day=c.on.min(), last_day=c.on.max()).cache()
    turned = dealt.join(dealt.group_by("root").agg(of_root=c.mine.sum()), on="root").filter(c.first_day.is_not_null()).group_by(sale).agg(
        c.first_day.min(), c.last_day.max(), c.tier.max(), sum=c.tpp.sum(), buyers=c.mine.len(), sole=(c.mine == c.of_root).sum()).filter(
        (c.tier.fill_null(2) >= 2) & (c.last_day <= c.first_day + p["days"])).join(
        dealt.group_by("exporter").agg(quiet=c.turned_on.min() - c.began.min()), on="exporter").cache()
    halls = t["sites"].select(party_id=pl.coalesce(c.operator, c.owner), hall=True).unique()
    powered = t["parties"].select("party_id", "root", "data_center_mw").join(halls, on="party_id", how="left").filter(
        (c.data_center_mw > 0).fill_null(False) | c.hall.is_not_null()).select("root", powered=True).unique()
    lines = t["lines"].filter(c.controlled).select(*sale, "root", "order_id", "ultimate_consignee", abroad=abroad).join(turned, on="exporter", how="semi").cache()
    counted = lines.filter(c.abroad).join(powered, on="root", how="left").group_by(sale).agg(
        orders=c.order_id.n_unique(), housed=c.order_id.filter(c.powered.is_not_null()).n_unique())
    hit = turned.join(counted, on=sale).join(lines.group_by("exporter").agg(all=c.order_id.n_unique()), on="exporter").filter(
        (c.orders >= p["orders"]) & (c.orders * 2 > c.all)).with_columns(
        llr=p["base"] + least(p["most_orders"], 0.6 * c.orders.log()) + p["sole"] * (c.sole / c.buyers - 0.5) + when(c.quiet >= p["quiet_days"], p["quiet"])
        + p["can_show_power"] * c.housed / c.orders).filter(c.llr >= p["least"])
    return lines.join(hit.select(*sale, "sum", "first_day", "last_day", "llr"), on=sale).group_by(sale).agg(
        c.first_day.first(), c.last_day.first(), c.llr.first(), subjects=both(c.exporter, c.ultimate_consignee), orders=unique(c.order_id), tpp=c.sum.first()).with_columns(
        key=key(*[pl.col(column) for column in sale]))


# Tables at any size. Sizes of firms follow a power law, buyers enter over time, most trade is honest; what is odd is rare and mostly goes with the firm, as it does
# in life. Lines are written a row group at a time, so memory stays flat.
START, END, ANNOUNCED, EFFECTIVE, CONTROL = 18628, 20634, 20103, 20223, 19272  # 2021-01-01 to 2026-06-30, 2025-01-15, 2025-05-15, 2022-10-07
CHUNK, FILE = 250_000, 2_500_000
TIER1 = {"US": 20, "TW": 6, "JP": 5, "KR": 4, "DE": 5, "GB": 5, "NL": 3, "FR": 3, "CA": 3, "AU": 2, "SE": 1}
TIER2 = {"SG": 6, "MY": 5, "AE": 4, "IN": 6, "TH": 2, "VN": 2, "ID": 2, "PL": 1, "IL": 2, "SA": 2, "TR": 2, "KZ": 1, "MX": 2, "BR": 2, "CH": 1}
TIER3 = {"CN": 5, "HK": 3, "MO": 0.1, "RU": 0.7, "KH": 0.3, "MM": 0.1}
COUNTRIES = [*TIER1, *TIER2, *TIER3]
BASE = {"director": 3.0, "address": 2.0, "phone": 3.5, "email": 4.0, "domain": 2.5, "payer": 3.0, "name": 2.0, "registry": 5.0}


def schemas():
    import pyarrow as pa
    I, L, F, S, B = pa.int32(), pa.int64(), pa.float64(), pa.string(), pa.bool_()
    return {name: pa.schema(list(columns.items())) for name, columns in {
        "lines": dict(order_id=S, line=L, day=I, year=I, quarter_no=I, activity=S, exporter=S, purchaser=S, intermediate_consignee=S, ultimate_consignee=S, end_user=S,
                      freight_forwarder=S, origin=S, destination=S, via=S, item=S, kind=S, controlled=B, eccn=S, quantity=L, unit_tpp=F, tpp=L, chips=L, tdp_w=F,
                      unit_price_usd=F, list_price_usd=F, hs_code=S, description=S, gross_weight_kg=F, packages=L, end_use=S, authorization=S, outcome=S,
                      decided=S, claimed_ok=B, tier=I, root=S, cluster=S),
        "parties": dict(party_id=S, name=S, country=S, hq_country=S, parent_id=S, root=S, cluster=S, incorporated_day=I, business=S, address=S, city=S, phone=S, email=S,
                        email_domain=S, website=S, registry_id=S, directors=S, data_center_mw=F, flags=S, tier=I, listed=S, listed_day=I, near_listed=I),
        "links": dict(a=S, b=S, kind=S, value=S, degree=L, weight=F),
        "ownership": dict(owner_id=S, owned_id=S, percent=F, from_day=I, until_day=I),
        "stakes_all": dict(owner_id=S, owned_id=S, percent=F, depth=I),
        "payments": dict(payment_id=S, order_id=S, payer=S, payee=S, payer_country=S, amount_usd=F, day=I, terms=S),
        "sites": dict(site_id=S, owner=S, operator=S, country=S, address=S, mw=F, commissioned_day=I, tenant_hq=S),
        "serials": dict(serial=S, item=S, event=S, party=S, site_id=S, country=S, day=I),
        "inspections": dict(site_id=S, party=S, day=I, notice_days=I, units_seen=L, result=S),
        "law": dict(lpp_cap=L, notice_floor=L, announced_day=I, effective_day=I, control_day=I, last_day=I),
        "items": dict(item=S, kind=S, unit_tpp=F, chips=L, controlled=B, list_price_usd=F, tdp_w=F, hs_codes=S),
        "hs": dict(hs_code=S, usd_per_kg_p50=F, usd_per_kg_p99=F)}.items()}


def catalog():
    """Items of law/catalog, and some that are no chips; a weight each."""
    import csv
    number = lambda text: float(text) if text else None
    items, chips = [], {}
    for row in csv.DictReader(open(ROOT / "law/catalog/chips.csv", newline="")):
        tpp, die, price = number(row["tpp"]), number(row["die_area_mm2"]), number(row["price_usd"])
        controlled = None if tpp is None else tpp >= 4800 or bool(die and tpp >= 1600 and tpp / die >= 5.92)
        chips[row["item"]] = (tpp, controlled, number(row["tdp_w"]))
        items.append((row["item"], "ic", tpp, 1, controlled, price, number(row["tdp_w"]), 1.4, 2.0 if controlled else 4.0))
    for row in csv.DictReader(open(ROOT / "law/catalog/systems.csv", newline="")):
        tpp, controlled, tdp = chips.get(row["accelerator"], (None, None, None))
        count = int(row["accelerators"])
        items.append((row["item"], row["kind"], tpp and tpp * count, count, controlled, number(row["price_usd"]), tdp, 12.0 * count, 1.5))
    for name, price, mass in (("Network switch", 9000.0, 11.0), ("Storage shelf", 14000.0, 40.0), ("Optical transceiver", 700.0, 0.1), ("Workstation", 4000.0, 14.0)):
        items.append((name, None, None, 0, False, price, None, mass, 120.0))
    return items


def make(options):
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq
    random = np.random.default_rng(options.seed)
    lines, folder = options.make, Path(options.tables)
    (folder / "lines").mkdir(parents=True, exist_ok=True)
    kinds = schemas()

    def text(pool, places, known=None):
        """Strings of a pool by their places; NULL where not known."""
        mask = None if known is None else ~known
        return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32), mask=mask), pool).dictionary_decode()

    def plain(values, known=None, kind=None):
        return pa.array(values, mask=None if known is None else ~known, type=kind)

    def pick(values, weights, size):
        weights = np.array(weights, dtype=float)
        return random.choice(len(values), size, p=weights / weights.sum())

    def table(name, columns):
        return pa.table([columns[field.name].cast(field.type) if hasattr(columns[field.name], "cast") else pa.array(columns[field.name], field.type) for field in kinds[name]],
                        schema=kinds[name])

    planted = plant(options, kinds) if options.host else {}

    def save(name, tables):
        with pq.ParquetWriter(folder / f"{name}.parquet", kinds[name], compression="zstd") as writer:
            for part in [*tables, planted.get(name)]:
                if part is not None and part.num_rows:
                    writer.write_table(part, row_group_size=CHUNK)

    # parties
    count = max(2000, lines // 100)
    sellers, carriers = max(40, count // 40), max(20, count // 200)
    first = sellers + carriers
    buyers = count - first
    index = np.arange(count)
    ids = pa.array([f"P{place:07d}" for place in range(count)])
    weights = [*TIER1.values(), *TIER2.values(), *TIER3.values()]
    country = pick(COUNTRIES, weights, count)
    country[:first] = pick(COUNTRIES, [*(3 * weight for weight in TIER1.values()), *TIER2.values(), *(0.3 * weight for weight in TIER3.values())], first)
    tier = np.array([1] * len(TIER1) + [2] * len(TIER2) + [3] * len(TIER3))[country]
    heads = first + 10 * random.integers(0, max(1, buyers // 10), count)
    child = (index >= first) & ((index - first) % 10 != 0) & (random.random(count) < 0.15)
    root = np.where(child, heads, index)
    cluster = root.copy()
    tied = (root == index) & (index > first + 50) & (random.random(count) < 0.02)
    cluster[tied] = index[tied] - random.integers(1, 40, tied.sum())
    cluster = np.where(tied, root[cluster], cluster)
    cluster = cluster[root]
    trades = ["cloud computing", "data center operator", "research institute", "software", "electronics distribution", "computer resale", "university", "telecom", "hosting",
              "general trading", "real estate", "garments", "bank", "automotive", "consulting", "holding company", "retail", "leasing", "logistics services", None]
    trade = pick(trades, [12, 8, 6, 10, 8, 6, 6, 5, 4, 1.2, 0.5, 0.5, 1.5, 2, 2, 1.5, 1.5, 0.7, 0.5, 8], count)
    trade[:sellers] = pick(trades[4:6], [2, 1], sellers) + 4
    trade[sellers:first] = 18
    odd_place = random.random(count)
    style = np.select([odd_place < 0.006, odd_place < 0.01, odd_place < 0.016, odd_place < 0.03], ["Apartment {0}, {1} Residence", "PO Box {0}", "{1} Business Centre, desk {0}",
                                                                                               "Suite {0}, {1} Tower"], "{0} {1} Road")
    streets = ["Harbour", "Palm", "Station", "Science Park", "Mill", "Queen", "Garden", "Airport"]
    address = [form.format(place % 9973, streets[place % 8]) for place, form in enumerate(style)]
    free = random.random(count) < 0.015
    domain = [("gmail.com", "outlook.com", "qq.com")[place % 3] if free[place] else f"firm{place}.example" for place in range(count)]
    flag = random.random(count)
    listed = (flag < 0.001) & (index >= first)
    listed_day = random.integers(START + 400, END - 100, count)
    flags = [f"entity_list:{day}" if is_listed else "dormant" if mark < 0.003 else "struck_off" if mark < 0.012 else None for is_listed, mark, day in zip(listed, flag, listed_day)]
    born = np.where(random.random(count) < 0.02, random.integers(CONTROL, END - 60, count), random.integers(4000, CONTROL, count))
    powered = (index >= first) & (random.random(count) < 0.2)
    score = np.where(random.random(count) < 0.0008, random.integers(9400, 9990, count), random.integers(2500, 8600, count))
    save("parties", [table("parties", dict(
        party_id=ids, name=[f"Firm {place} {streets[place % 8]} Ltd" for place in range(count)], country=text(pa.array(COUNTRIES), country),
        hq_country=text(pa.array(COUNTRIES), country[root]), parent_id=text(ids, root, child), root=text(ids, root), cluster=text(ids, cluster),
        incorporated_day=plain(born, random.random(count) < 0.9), business=[trades[place] for place in trade], address=plain(np.array(address), random.random(count) < 0.97),
        city=[f"{COUNTRIES[at]} city {place % 7}" for place, at in enumerate(country)], phone=[f"+{place:011d}" for place in range(count)],
        email=[f"info@{name}" for name in domain], email_domain=domain, website=[None if place % 4 == 0 or free[place] else f"www.{domain[place]}" for place in range(count)],
        registry_id=[f"R{place}" for place in range(count)], directors=[f"Director {place // 2}" for place in range(count)],
        data_center_mw=plain(np.exp(random.normal(2, 1, count)), powered), flags=flags, tier=tier, listed=np.where(listed, "yes", "no").tolist(),
        listed_day=plain(listed_day, listed), near_listed=score))])

    # what binds parties
    pairs = count // 5
    one = random.integers(first, count, pairs)
    other = np.minimum(count - 1, one + random.integers(1, 40, pairs))
    twice = random.random(pairs) < 0.03
    one, other = np.concatenate([one, one[twice], index[tied]]), np.concatenate([other, other[twice], cluster[index[tied]]])
    one, other = np.minimum(one, other), np.maximum(one, other)
    kept = one < other
    one, other = one[kept], other[kept]
    names = list(BASE)
    kind = pick(names, [3, 8, 2, 1, 2, 1, 2, 0.2], len(one))
    degree = 2 + np.floor(random.exponential(3, len(one))).astype(int)
    save("links", [table("links", dict(a=text(ids, one), b=text(ids, other), kind=[names[place] for place in kind], value=[f"v{place // 3}" for place in range(len(one))],
                                       degree=degree, weight=np.maximum(0.0, np.array([BASE[name] for name in names])[kind] - np.log(degree / 2))))])
    minor = count // 10
    owner, owned = random.integers(first, count, minor), random.integers(first, count, minor)
    share = np.round(random.uniform(1, 60, minor), 1)
    kids = index[child]
    ended = np.concatenate([np.zeros(len(kids), bool), random.random(minor) < 0.2])
    save("ownership", [table("ownership", dict(owner_id=text(ids, np.concatenate([root[kids], owner])), owned_id=text(ids, np.concatenate([kids, owned])),
                                               percent=np.concatenate([np.full(len(kids), 100.0), share]), from_day=np.full(len(ended), 15000),
                                               until_day=plain(np.full(len(ended), 19000), ended)))])
    far = count // 15
    save("stakes_all", [table("stakes_all", dict(
        owner_id=text(ids, np.concatenate([root[kids], owner, random.integers(first, count, far)])), owned_id=text(ids, np.concatenate([kids, owned, random.integers(first, count, far)])),
        percent=np.concatenate([np.full(len(kids), 100.0), share, random.uniform(0.1, 30, far)]),
        depth=np.concatenate([np.ones(len(kids) + minor, int), 2 + np.minimum(6, np.floor(random.exponential(1, far)).astype(int))])))])
    sited = index[(index >= first) & (index % 12 == 0)]
    tenants = pick([None, "US", "CN", "SG"], [70, 15, 2, 13], len(sited))
    site_ids = pa.array([f"S{place:07d}" for place in range(count)])
    save("sites", [table("sites", dict(site_id=text(site_ids, sited), owner=text(ids, sited), operator=text(ids, sited), country=text(pa.array(COUNTRIES), country[sited]),
                                       address=[f"{place} Data Park" for place in sited], mw=np.exp(random.normal(3, 1, len(sited))),
                                       commissioned_day=plain(random.integers(15000, END, len(sited)), random.random(len(sited)) < 0.8),
                                       tenant_hq=[(None, "US", "CN", "SG")[place] for place in tenants]))])
    visits = count // 60
    seen = random.choice(sited, visits)
    at_site = random.random(visits) < 0.6
    results = ["favorable", "unfavorable", "incomplete"]
    save("inspections", [table("inspections", dict(site_id=text(site_ids, seen, at_site), party=text(ids, seen, ~at_site), day=random.integers(START + 200, END, visits),
                                                   notice_days=random.integers(0, 30, visits), units_seen=random.integers(0, 400, visits),
                                                   result=[results[place] for place in pick(results, [88, 7, 5], visits)]))])

    # items and law
    items = catalog()
    save("items", [table("items", dict(zip(kinds["items"].names, [*zip(*[(*item[:7], {"ic": "847330;854231;847180", "board": "847330;847180;847150", "server": "847150;847180",
                                                                                     "rack": "847150;847180"}.get(item[1])) for item in items])])))])
    codes = ["847330", "847180", "847150", "851762", "610910"]
    save("hs", [table("hs", dict(hs_code=codes, usd_per_kg_p50=[2500.0, 2500.0, 1200.0, 400.0, 20.0], usd_per_kg_p99=[20000.0] * 5))])
    law = dict(lpp_cap=[26_900_000], notice_floor=[3_200_000], announced_day=[ANNOUNCED], effective_day=[EFFECTIVE], control_day=[CONTROL], last_day=[END])
    pq.write_table(table("law", law), folder / "law.parquet")
    field = lambda place: np.array([np.nan if item[place] is None else float(item[place]) for item in items])
    item_tpp, item_chips, item_price, item_tdp, item_mass, item_weight = (field(place) for place in (2, 3, 5, 6, 7, 8))
    item_cut = np.cumsum(item_weight) / item_weight.sum()
    item_known = np.array([item[4] is not None for item in items])
    item_control = np.array([bool(item[4]) for item in items])
    item_names, item_kinds = pa.array([item[0] for item in items]), ["ic", "board", "server", "rack"]
    item_kind = np.array([item_kinds.index(item[1]) if item[1] in item_kinds else -1 for item in items])
    item_code = np.where(item_kind < 0, 3, np.where(item_kind == 0, 0, np.where(item_kind == 1, 1, 2)))
    forms = ["{0}", "{0}, new, {1} pcs", "Accelerator card {0} lot {1}", "GPU server part {1}", "Data processing unit {1}", "Graphics card lot {1}"]
    wording = pa.array([form.format(item[0], lot) for item in items for form in forms for lot in range(20)]
                       + ["Computer parts", "Electronic components", "Spare parts", "Plastic toys", "Power adapter", "Hand carried in personal luggage", "Samples", "H100 80GB card"])
    words = len(items) * len(forms) * 20
    days = [time.gmtime(86400 * day) for day in range(END + 1)]
    year_of = np.array([day.tm_year for day in days])
    quarter_of = np.array([4 * day.tm_year + (day.tm_mon - 1) // 3 for day in days])
    lands, hub_pool = pa.array(COUNTRIES), pa.array(["SG", "AE", "NL", "HK", "SG;AE", "TW;SG", "HK;TH"])
    uses, activities = pa.array(["data_center", "research", "resale", "office"]), pa.array(["export", "reexport", "transfer"])
    claims, outcomes, exceptions = pa.array(["LPP", "NLR", "D1234567", "ACA"]), pa.array(["no_license", "license_required", "exception"]), pa.array(["LPP", "ACA"])
    terms = pa.array(["net 30", "letter of credit", "30 % deposit, balance on delivery", "cash in advance, in advance", "prepaid", "USDT", "annual dividend", "shareholder loan"])

    payments = pq.ParquetWriter(folder / "payments.parquet", kinds["payments"], compression="zstd")
    writer, written, files_made, orders, paid, units = None, 0, 0, 0, 0, []
    while written < lines:
        size = min(CHUNK, lines - written)
        # orders
        many = pick([1, 2, 3], [70, 20, 10], size) + 1
        ends = np.cumsum(many)
        many = many[: np.searchsorted(ends, size) + 1]
        order = np.repeat(np.arange(len(many)), many)[:size]
        line = np.arange(size) - np.searchsorted(order, order) + 1
        total = len(many)
        part = (written + size * np.arange(total) / total) / lines
        day = np.minimum(END, START + ((END - START + 1) * part**0.8).astype(int))
        seller = np.floor(sellers * random.random(total) ** 2).astype(int)
        taker = first + np.floor(buyers * (0.4 + 0.6 * part) * random.random(total) ** 2).astype(int)
        dealer = random.random(total) < 0.02
        taker = np.where(dealer, 3 * np.floor(sellers / 3 * random.random(total)).astype(int), taker)
        sold = random.random(total) > 0.03
        asks = random.random(total)
        buyer = np.where(asks < 0.75, taker, np.where(asks < 0.93, root[taker], random.integers(first, count, total)))
        between = random.integers(first, count, total)
        user = np.where(random.random(total) < 0.9, taker, random.integers(first, count, total))
        carrier = sellers + np.floor(carriers * random.random(total) ** 2).astype(int)
        carrier = np.where((taker % 701 == 0), taker, carrier)
        way = pick(range(7), [30, 20, 15, 5, 1, 1, 0.5], total)
        by_way = (random.random(total) < 0.08) | (seller % 307 == 0) & (random.random(total) < 0.5)
        use = pick(range(4), [4, 2, 1, 2], total)
        known = [random.random(total) < chance for chance in (0.92, 0.08, 0.35, 0.6, 0.5)]
        # lines
        item = np.searchsorted(item_cut, random.random(size) * 0.999999)
        control = item_control[item]
        quantity = np.maximum(1, np.floor(np.exp(random.normal(2.0, 1.3, size)) / np.maximum(1, item_chips[item]) ** 0.5)).astype(int)
        tpp = item_tpp[item] * quantity
        has_tpp = ~np.isnan(tpp)
        who, to = taker[order], tier[taker[order]]
        price = item_price[item] * np.exp(random.normal(0, 0.06, size)) * np.where(who % 211 == 0, 1.7, np.where(who % 499 == 0, 0.5, 1))
        priced = ~np.isnan(price) & (random.random(size) < 0.75)
        weight = quantity * item_mass[item] * 1.25 * np.exp(random.normal(0, 0.07, size)) * np.where((seller[order] % 97 == 5) & (random.random(size) < 0.1), 0.3, 1)
        wording_at = (item * len(forms) + pick(range(6), [3, 3, 2, 1, 1, 1], size)) * 20 + random.integers(0, 20, size)
        wording_at = np.where((seller[order] % 53 == 3) & (random.random(size) < 0.1), words + random.integers(0, 7, size), wording_at)
        wording_at = np.where((seller[order] % 101 == 7) & (random.random(size) < 0.02) & ~control, words + 7, wording_at)
        code = np.where((seller[order] % 89 == 4) & (random.random(size) < 0.02), 4, item_code[item])
        claim = np.where(control & (to == 2), pick(range(4), [3, 1, 4, 0.5], size), np.where(control, 1 + pick(range(2), [1, 1], size), 1))
        claimed = random.random(size) < np.where(control, 0.7, 0.5)
        outcome = np.where(control, pick(range(3), [2, 1, 2], size), 0)
        excepted = control & (to == 2) & (random.random(size) < 0.5)
        ok = random.random(size) > np.where(root[who] % 97 == 0, 0.3, 0.0003)
        numbers = pa.array([f"O{place:09d}" for place in range(orders, orders + total)])
        on = day[order]
        got = table("lines", dict(
            order_id=text(numbers, order), line=line, day=on, year=year_of[on], quarter_no=quarter_of[on], activity=text(activities, np.where(sold, np.where(asks < 0.1, 1, 0), 2)[order]),
            exporter=text(ids, seller[order], sold[order]), purchaser=text(ids, buyer[order], known[0][order]), intermediate_consignee=text(ids, between[order], known[1][order]),
            ultimate_consignee=text(ids, who), end_user=text(ids, user[order], known[2][order]), freight_forwarder=text(ids, carrier[order], known[3][order]),
            origin=text(lands, country[seller[order]], sold[order]), destination=text(lands, country[who]), via=text(hub_pool, way[order], by_way[order]), item=text(item_names, item),
            kind=text(pa.array(item_kinds), np.maximum(0, item_kind[item]), item_kind[item] >= 0), controlled=plain(control, item_known[item]),
            eccn=text(pa.array(["3A090.a", "EAR99"]), np.where(control, 0, 1)), quantity=quantity, unit_tpp=plain(item_tpp[item], has_tpp),
            tpp=plain(np.round(np.nan_to_num(tpp)).astype(np.int64), has_tpp), chips=(quantity * item_chips[item]).astype(np.int64),
            tdp_w=plain(item_tdp[item], ~np.isnan(item_tdp[item])), unit_price_usd=plain(price, priced),
            list_price_usd=plain(item_price[item], ~np.isnan(item_price[item])), hs_code=text(pa.array(codes), code, random.random(size) < 0.9),
            description=text(wording, wording_at, random.random(size) < 0.85), gross_weight_kg=plain(weight, random.random(size) < 0.6), packages=1 + quantity // 10,
            end_use=text(uses, use[order], known[4][order]), authorization=text(claims, claim, claimed), outcome=text(outcomes, outcome),
            decided=text(exceptions, np.where(random.random(size) < 0.9, 0, 1), excepted), claimed_ok=plain(ok, claimed & (random.random(size) < 0.95)), tier=to,
            root=text(ids, root[who]), cluster=text(ids, cluster[who])))
        if writer is None:
            writer = pq.ParquetWriter(folder / "lines" / f"part-{files_made:04d}.parquet", kinds["lines"], compression="zstd")
        writer.write_table(got, row_group_size=CHUNK)
        written += size
        if written // FILE > files_made or written == lines:
            writer.close()
            writer, files_made = None, files_made + 1
        # payments
        usd = np.bincount(order, weights=np.where(priced, price * quantity, 0), minlength=total)
        pays = np.flatnonzero((usd > 0) & sold & (random.random(total) < 0.4))
        pays = np.concatenate([pays, pays[random.random(len(pays)) < 0.25]])
        more = len(pays)
        chance = random.random(more)
        payer = np.where(chance < 0.93, np.where(known[0][pays], buyer[pays], taker[pays]), np.where(chance < 0.99, root[taker[pays]], random.integers(first, count, more)))
        for_what = np.where((payer % 61 == 0) & (random.random(more) < 0.3), 3 + pick(range(3), [2, 2, 1], more), pick(range(3), [5, 2, 3], more))
        lost = (payer % 499 == 0) & (random.random(more) < 0.05)
        to_owner = (payer % 151 == 0) & (random.random(more) < 0.1)
        lots = [f"M{place:09d}" for place in range(paid, paid + more)]
        payments.write_table(table("payments", dict(
            payment_id=lots, order_id=pa.array([None if off else f"Z{place}" if gone else number for off, gone, place, number in
                                                zip(to_owner, lost, pays, text(numbers, pays, random.random(more) < 0.97).to_pylist())]),
            payer=text(ids, payer), payee=text(ids, np.where(to_owner, root[payer], seller[pays])), payer_country=text(lands, country[payer], random.random(more) < 0.9),
            amount_usd=usd[pays] * np.where(random.random(more) < 0.7, 1.0, 0.5), day=day[pays] + random.integers(-10, 60, more),
            terms=text(terms, np.where(to_owner, 6 + pays % 2, for_what), random.random(more) < 0.7))))
        orders, paid = orders + total, paid + more
        # serials of some controlled lines
        some = np.flatnonzero(control & (random.random(size) < 0.06))
        units.append(np.stack([item[some], who[some], on[some]]))
    if planted.get("payments") is not None:
        payments.write_table(planted["payments"])
    payments.close()
    if planted.get("lines") is not None:
        pq.write_table(planted["lines"], folder / "lines" / "planted.parquet", compression="zstd")

    thing, holder, sent = np.repeat(np.concatenate(units, axis=1), 6, axis=1)
    serial = np.arange(len(thing))
    late = random.random(len(thing)) < np.where(holder % 83 == 0, 0.6, 0.05)
    rows = [(serial, np.zeros(len(thing), int), sent)]
    for event, chance, wait in ((1, 0.85, 30), (2, 0.5, 50), (3, 0.1, 200), (4, 0.01, 300), (5, 0.01, 400)):
        picked = np.flatnonzero((random.random(len(thing)) < chance) & (~late if event in (1, 2) else True))
        rows.append((picked, np.full(len(picked), event), sent[picked] + wait + random.integers(0, 25, len(picked))))
    who, event, on = (np.concatenate([row[place] for row in rows]) for place in range(3))
    kept = on <= END
    who, event, on = who[kept], event[kept], on[kept]
    names = [f"N{place:09d}" for place in range(len(thing))]
    at = holder[who]
    sitting = (at % 12 == 0) & (at >= first)
    elsewhere = (random.random(len(who)) < 0.0005) & (event > 0)
    save("serials", [table("serials", dict(serial=text(pa.array(names), who), item=text(item_names, thing[who]), event=text(pa.array(
        ["shipped", "installed", "powered_on", "seen", "rma", "retired"]), event), party=text(ids, at, ~sitting), site_id=text(site_ids, at, sitting),
        country=text(lands, np.where(elsewhere, COUNTRIES.index("HK"), country[at])), day=on))])
    size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
    print(f"{lines:,} lines, {orders:,} orders, {paid:,} payments, {len(who):,} events of serials, {count:,} parties; {size / 1e9:.2f} GB; peak {peak():.1f} GB")


def plant(options, kinds):
    """Copies of each typology's fires/, with names of their own."""
    import pyarrow as pa
    derive, rows = host(options.host), {name: [] for name in TABLES}
    people = {"exporter", "purchaser", "intermediate_consignee", "ultimate_consignee", "end_user", "freight_forwarder", "root", "cluster", "party_id", "parent_id", "a", "b",
              "owner_id", "owned_id", "owner", "operator", "party", "order_id", "payment_id", "site_id", "serial"}
    known_items = {item[0] for item in catalog()}
    for place, slug in enumerate(sorted(DUCKDB)):
        if not (TYPOLOGIES / slug / "fires").is_dir():
            continue
        world = {name: table.to_pylist() for name, table in derive(str(TYPOLOGIES / slug / "fires")).items()}
        ids = {row["party_id"] for row in world["parties"]} | {row[column] for row in world["lines"] for column in ("exporter", "purchaser", "ultimate_consignee", "end_user")}
        rows["items"] += [row for row in world["items"] if row["item"] not in known_items and not any(row["item"] == old["item"] for old in rows["items"])]
        for copy in range(max(3, options.make // 400_000)):
            prefix = f"X{place:02d}-{copy}-"
            for name in TABLES:
                if name in ("law", "items", "hs"):
                    continue
                for old in world[name]:
                    row = {key: prefix + value if key in people and value is not None else value for key, value in old.items()}
                    if name == "payments":
                        row.update({key: prefix + old[key] if old[key] in ids else f"{old[key]} {prefix}" for key in ("payer", "payee") if old[key] is not None})
                    if name == "parties":
                        row.update({key: f"{row[key]} {prefix}" for key in ("name", "directors", "phone", "registry_id") if row[key]})
                        row["address"] = row["address"] and f"{prefix} {row['address']}"
                    if name == "links":
                        row["value"] += prefix
                    if slug == "new-corridor":
                        row.update({key: f"{row[key]}{copy}" for key in ("origin", "destination") if key in row})
                    if name == "lines" and row["controlled"] is None and row["quantity"]:
                        row.update(controlled=True, chips=row["quantity"], tpp=15824 * row["quantity"], unit_tpp=15824.0)
                    if name == "lines" and row["authorization"]:
                        row["claimed_ok"] = slug != "claim-does-not-hold"
                    rows[name].append(row)
    return {name: pa.Table.from_pylist(rows[name], schema=kinds[name]) for name in TABLES if rows[name]}


def duck(threads, memory, tables=None, arrow=None):
    import duckdb
    connection = duckdb.connect(config={"threads": threads, "memory_limit": memory, "preserve_insertion_order": False})
    if tables:
        spill = Path(tables) / "spill"
        connection.execute(f"SET temp_directory = '{spill}'")
    for name in TABLES:
        if tables:
            connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{files(tables, name)}')")
        else:
            connection.register(name, arrow[name])
    connection.execute(VIEWS)
    return connection


def by_duckdb(slug, connection):
    return connection.sql(f"SELECT {', '.join(FIELDS)} FROM (" + rendered(DUCKDB[slug], typology(slug)["parameters"], True) + ")").to_arrow_table()


def by_polars(slug, scans):
    return POLARS[slug](scans, typology(slug)["parameters"]).select(FIELDS).collect(engine="streaming").to_arrow()


def by_query(slug, context):
    """query.sql itself."""
    sql = rendered((TYPOLOGIES / slug / "query.sql").read_text(), typology(slug)["parameters"])
    if type(context).__name__ == "SessionContext":
        return context.sql(sql).to_arrow_table()
    return context.sql(re.sub(r"(?<![\w.])(\d+\.\d+)(?!\w)", r"\1e0", sql)).to_arrow_table()


def datafusion(threads, tables=None, arrow=None):
    import datafusion
    import pyarrow
    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(threads))
    for name in TABLES:
        if tables:
            path = Path(tables) / name
            context.register_parquet(name, str(path) + "/" if path.is_dir() else str(path) + ".parquet")
        else:
            table = arrow[name]
            context.register_record_batches(name, [table.to_batches() or [pyarrow.RecordBatch.from_pylist([], schema=table.schema)]])
    return context


def scanned(tables=None, arrow=None):
    import polars
    if tables:
        return {name: polars.scan_parquet(files(tables, name)) for name in TABLES}
    return {name: polars.from_arrow(arrow[name]).lazy() for name in TABLES}


def normal(table):
    rows = []
    for row in table.select(FIELDS).to_pylist():
        rows.append({"key": row["key"], "subjects": sorted(row["subjects"] or []), "orders": sorted(row["orders"] or []), "tpp": int(row["tpp"] or 0),
                     "first_day": row["first_day"], "last_day": row["last_day"], "llr": float(row["llr"])})
    return sorted(rows, key=lambda row: (row["key"], row["tpp"], row["llr"]))


def differences(peer, reference):
    """What is not the same, in words; nothing where all is."""
    keys, known = Counter(row["key"] for row in peer), Counter(row["key"] for row in reference)
    if keys != known:
        return f"{len(peer)} alerts against {len(reference)}: only here {list(keys - known)[:4]}, only there {list(known - keys)[:4]}"
    for field in FIELDS[1:]:
        odd = [(one["key"], one[field], other[field]) for one, other in zip(peer, reference)
               if (abs(one[field] - other[field]) > 1e-6 * max(1, abs(other[field])) if field == "llr" else one[field] != other[field])]
        if odd:
            return f"{field} of {len(odd)} alerts, for instance {str(odd[0])[:300]}"
    return ""


def peak():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1e6 if "VmHWM" in status else math.nan


def child(engine, slug, options):
    """One query in this process: seconds of each run, alerts, TPP and peak of memory in GB; as JSON on standard output."""
    if engine == "polars":
        scans = scanned(options.tables)
        run = lambda: by_polars(slug, scans)
    elif engine == "duckdb":
        connection = duck(options.threads, options.memory, options.tables)
        run = lambda: by_duckdb(slug, connection)
    elif engine == "query.sql in duckdb":
        connection = duck(options.threads, options.memory, options.tables)
        run = lambda: by_query(slug, connection)
    else:
        context = datafusion(options.threads, options.tables)
        run = lambda: by_query(slug, context)
    seconds, cpu = [], []
    for _ in range(options.repeat):
        began, spent = time.perf_counter(), time.process_time()
        table = run()
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - spent)
    if options.rows:
        import pyarrow.parquet
        pyarrow.parquet.write_table(table.select(FIELDS), options.rows)
    tpp = sum(int(value or 0) for value in table["tpp"].to_pylist())
    print(json.dumps({"seconds": round(min(seconds), 4), "runs": [round(value, 4) for value in seconds], "cpu_seconds": round(min(cpu), 4), "alerts": table.num_rows, "tpp": tpp, "peak_gb": round(peak(), 2)}))


def measured(engine, slug, options, rows=None):
    command = [sys.executable, __file__, "--child", engine, "--only", slug, "--tables", options.tables, "--threads", str(options.threads),
               "--memory", options.memory, "--repeat", str(options.repeat)] + (["--rows", str(rows)] if rows else [])
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=options.timeout,
                              env={**os.environ, "POLARS_MAX_THREADS": str(options.threads), "RAYON_NUM_THREADS": str(options.threads)})
    except subprocess.TimeoutExpired:
        return {"error": f"more than {options.timeout} s"}
    if done.returncode:
        return {"error": f"exit {done.returncode}: " + (done.stderr.strip().split("\n")[-1][:300])}
    return json.loads(done.stdout.strip().split("\n")[-1])


def benchmark(slugs, options):
    import pyarrow.parquet
    from importlib.metadata import version
    scratch = Path(options.tables)
    reference = {"datafusion": "query.sql in datafusion", "duckdb": "query.sql in duckdb"}[options.reference]
    print(f"{'typology':26}{'alerts':>8}{'TPP':>16}{'DuckDB s':>10}{'CPU s':>8}{'GB':>6}{'Polars s':>10}{'CPU s':>8}{'GB':>6}" + (f"{reference + ' s':>28}  same" if options.check else ""))
    found, bad = {}, 0
    for slug in slugs:
        engines = [engine for engine in ("duckdb", "polars") if engine in options.engines and (engine == "duckdb" or slug in POLARS)]
        answers = {}
        result = found[slug] = {"id": typology(slug)["id"]}
        for engine in engines + ([reference] if options.check else []):
            rows = scratch / f"answer-{engine.split()[-1]}{len(engine)}.parquet" if options.check else None
            result[engine] = measured(engine, slug, options, rows)
            if rows and "error" not in result[engine]:
                answers[engine] = normal(pyarrow.parquet.read_table(rows))
                rows.unlink()
        same = ""
        for engine in engines if options.check else []:
            what = differences(answers[engine], answers[reference]) if engine in answers and reference in answers else "no answer"
            if what:
                bad += 1
                same += f" {engine}: {what}"
        if options.check:
            result["differs"] = same.strip()
        counts = {(result[engine].get("alerts"), result[engine].get("tpp")) for engine in engines if "error" not in result[engine]}
        if len(counts) > 1:
            same += f" counts {counts}"
        first = next(iter(counts), (-1, 0))
        cell = lambda engine, name, width, digits: f"{result[engine][name]:{width}.{digits}f}" if name in result.get(engine, {}) else " " * (width - 1) + ("!" if engine in result else "-")
        print(f"{slug:26}{first[0]:8}{first[1]:16}{cell('duckdb', 'seconds', 10, 3)}{cell('duckdb', 'cpu_seconds', 8, 1)}{cell('duckdb', 'peak_gb', 6, 1)}"
              + f"{cell('polars', 'seconds', 10, 3)}{cell('polars', 'cpu_seconds', 8, 1)}{cell('polars', 'peak_gb', 6, 1)}"
              + (f"{cell(reference, 'seconds', 28, 3)}  {same.strip() or 'yes'}" if options.check else same), flush=True)
        for engine in result:
            if isinstance(result[engine], dict) and "error" in result[engine]:
                print(f"    {engine}: {result[engine]['error']}", flush=True)
        if options.out:
            setup = {"tables": options.tables, "threads": options.threads, "memory": options.memory, "repeat": options.repeat,
                     "versions": {name: version(name) for name in ("duckdb", "polars")}, "lines": pyarrow.parquet.ParquetDataset(str(scratch / "lines") if (scratch / "lines").is_dir()
                     else str(scratch / "lines.parquet")).fragments and sum(fragment.metadata.num_rows for fragment in
                     pyarrow.parquet.ParquetDataset(str(scratch / "lines") if (scratch / "lines").is_dir() else str(scratch / "lines.parquet")).fragments)}
            Path(options.out).write_text(json.dumps({"setup": setup, "typologies": found}, indent=1) + "\n")
    for engine in ("duckdb", "polars"):
        known = [result[engine]["seconds"] for result in found.values() if "seconds" in result.get(engine, {})]
        if known:
            print(f"{engine}: {len(known)} typologies in {sum(known):.1f} s")
    return bad


def host(path):
    spec = importlib.util.spec_from_file_location("host", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.derive


def check_worlds(slugs, options):
    derive, bad = host(options.host), 0
    for slug in slugs:
        for world in ("fires", "quiet"):
            arrow = derive(str(TYPOLOGIES / slug / world))
            context = datafusion(1, arrow=arrow) if options.reference == "datafusion" else duck(1, "1GB", arrow=arrow)
            reference = normal(by_query(slug, context))
            words = [f"{len(reference)} alerts"]
            for engine, run in (("duckdb", lambda: by_duckdb(slug, duck(1, "1GB", arrow=arrow))), ("polars", lambda: by_polars(slug, scanned(arrow=arrow)))):
                if engine in options.engines and (engine == "duckdb" or slug in POLARS):
                    try:
                        what = differences(normal(run()), reference)
                    except Exception as error:
                        what = repr(error)[:1200]
                    bad += bool(what)
                    words.append(f"{engine} {what or 'the same'}")
            print(f"{slug:26}{world:6} {', '.join(words)}", flush=True)
    print("bad", bad)
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tables")
    parser.add_argument("--make", type=int, metavar="LINES")
    parser.add_argument("--host", help="a Python file with derive(folder)")
    parser.add_argument("--only", help="slugs, with commas")
    parser.add_argument("--engines", default="duckdb,polars")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="3.5GB", help="of DuckDB; Polars has no limit")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=900)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--reference", choices=["datafusion", "duckdb"], default="datafusion")
    parser.add_argument("--out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--rows", help=argparse.SUPPRESS)
    options = parser.parse_args()
    slugs = options.only.split(",") if options.only else sorted(DUCKDB)
    if options.child:
        return child(options.child, slugs[0], options)
    if options.make:
        return make(options)
    if options.check and not options.tables:
        return check_worlds(slugs, options) and 1
    missing = {path.parent.name for path in TYPOLOGIES.glob("*/query.sql")} - set(DUCKDB)
    if missing:
        print("no peer yet for", ", ".join(sorted(missing)))
    return benchmark(slugs, options) and 1


if __name__ == "__main__":
    sys.exit(main())
