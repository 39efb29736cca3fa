#!/usr/bin/env python3
"""Score alerts against a labelled world.

    score_alerts.py --truth truth.jsonl --alerts alerts.jsonl [--budget 1.5] [--list]

Prints one JSON object. Standard library only.

Definitions
  order        Alerts are taken by `score`, highest first; equal scores keep the order of the file. An alert without a score counts as 0.
  budget       The first ceil(budget x number of schemes) alerts. Everything is measured inside the budget unless its name says `all`.
  match        An alert matches a scheme when it names one of the scheme's guilty parties among its `subjects` or one of its guilty
               orders among its `orders`, AND more than half of its distinct subjects are guilty in that scheme or innocents of that
               scheme. An alert without subjects is judged by its orders: more than half must be guilty orders of the scheme.
               The typology need not agree; see `right_family`. An alert may match several schemes.
  recall       Schemes matched by some alert in the budget / schemes. Several alerts on one scheme count once.
  recall_right_family  As recall, but the alert's `typology` must be the scheme's `family` or among `also_acceptable`.
  precision    Alerts in the budget that match some scheme / alerts in the budget. Several alerts on one scheme all count as matches.
  precision_new  Of the alerts in the budget, those that are the first to match some scheme / alerts in the budget.
  brier        Mean of (score - match)^2, over all alerts and inside the budget; `brier_base` is that of always saying the mean rate.
  reliability  For each tenth of the score: alerts, mean score, share that match; over all alerts. `ece` is the mean absolute gap,
               weighted by alerts.
  false        Alerts in the budget that match nothing, by `pattern`, by `typology`, and by the kind of honest twin they fall on
               (an alert falls on a twin when it names one of the twin's parties or orders; else `other`).
  missed       Schemes not matched in the budget, by kind; `found_below_budget` are those that some later alert matches.
Intervals are Wilson's, 95 %.
"""
import argparse
import collections
import json
import math
import sys


def rows(path):
    with open(path, encoding="utf-8") as f:
        for n, line in enumerate(f, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError as e:
                    sys.exit(f"score_alerts.py: {path}, line {n}: not JSON ({e.msg}); write one object a line")


def wilson(k, n, z=1.959964):
    if n == 0:
        return None
    p, d = k / n, 1 + z * z / n
    m, h = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [round((m - h) / d, 4), round((m + h) / d, 4)]


def ratio(k, n):
    return round(k / n, 4) if n else None


def evaluate(truth, alerts, budget_factor=1.5):
    schemes = [t for t in truth if t.get("scheme")]
    twins = [t for t in truth if t.get("twin")]
    by_party, by_order, twin_party, twin_order = (collections.defaultdict(set) for _ in range(4))
    for i, s in enumerate(schemes):
        s["_g"], s["_o"] = set(s["guilty_parties"]), set(s["guilty_orders"])
        s["_near"] = s["_g"] | set(s.get("innocents", []))
        for p in s["_g"]:
            by_party[p].add(i)
        for o in s["_o"]:
            by_order[o].add(i)
    for t in twins:
        for p in t["parties"]:
            twin_party[p].add(t["kind"])
        for o in t["orders"]:
            twin_order[o].add(t["kind"])
    alerts = sorted(alerts, key=lambda a: -float(a.get("score") or 0))
    budget = math.ceil(budget_factor * len(schemes))
    for a in alerts:
        subjects, orders = set(a.get("subjects") or []), set(a.get("orders") or [])
        touched = set().union(*(by_party.get(p, ()) for p in subjects), *(by_order.get(o, ()) for o in orders))
        a["_touch"] = touched
        a["_m"] = {i for i in touched if (2 * len(subjects & schemes[i]["_near"]) > len(subjects) if subjects else 2 * len(orders & schemes[i]["_o"]) > len(orders))}
    head = alerts[:budget]

    def found(xs, family=False):
        return {i for a in xs for i in a["_m"] if not family or a.get("typology") == schemes[i]["family"] or a.get("typology") in schemes[i].get("also_acceptable", [])}

    def share(got, key):
        n, k = collections.Counter(s.get(key, "?") for s in schemes), collections.Counter(schemes[i].get(key, "?") for i in got)
        return {x: {"found": k[x], "of": n[x], "recall": ratio(k[x], n[x])} for x in sorted(n)}

    def brier(xs):
        if not xs:
            return None, None
        y = [1.0 if a["_m"] else 0.0 for a in xs]
        m = sum(y) / len(y)
        return round(sum((min(1, max(0, float(a.get("score") or 0))) - t) ** 2 for a, t in zip(xs, y)) / len(y), 4), round(m * (1 - m), 4)

    got, fam, everything = found(head), found(head, True), found(alerts)
    good = sum(1 for a in head if a["_m"])
    new, seen = 0, set()
    for a in head:
        if a["_m"] - seen:
            new += 1
        seen |= a["_m"]
    bins, table, gap = collections.defaultdict(list), [], 0.0
    for a in alerts:
        bins[min(9, int(10 * min(1, max(0, float(a.get("score") or 0)))))].append(a)
    for b in range(10):
        xs = bins.get(b, [])
        if xs:
            ms, mt = sum(float(a.get("score") or 0) for a in xs) / len(xs), sum(1 for a in xs if a["_m"]) / len(xs)
            gap += abs(ms - mt) * len(xs)
            table.append({"score": f"{b / 10:.1f}-{(b + 1) / 10:.1f}", "alerts": len(xs), "mean_score": round(ms, 4), "matched": round(mt, 4)})
        else:
            table.append({"score": f"{b / 10:.1f}-{(b + 1) / 10:.1f}", "alerts": 0, "mean_score": None, "matched": None})
    false = [a for a in head if not a["_m"]]

    def on_twin(a):
        k = set().union(*(twin_party.get(p, ()) for p in a.get("subjects") or []), *(twin_order.get(o, ()) for o in a.get("orders") or []))
        return sorted(k)[0] if k else "touches a scheme, majority honest" if a["_touch"] else "other"

    count = lambda xs: dict(collections.Counter(xs).most_common())
    missed = [i for i in range(len(schemes)) if i not in got]
    b_all, base_all = brier(alerts)
    b_head, base_head = brier(head)
    by_pattern = collections.defaultdict(lambda: [0, 0])
    for a in head:
        k = str(a.get("pattern") or a.get("typology"))
        by_pattern[k][0] += 1
        by_pattern[k][1] += bool(a["_m"])
    return {
        "schemes": len(schemes), "twins": len(twins), "alerts": len(alerts), "budget": budget, "alerts_in_budget": len(head),
        "recall": ratio(len(got), len(schemes)), "recall_95": wilson(len(got), len(schemes)), "recall_right_family": ratio(len(fam), len(schemes)), "recall_all_alerts": ratio(len(everything), len(schemes)),
        "precision": ratio(good, len(head)), "precision_95": wilson(good, len(head)), "precision_new": ratio(new, len(head)), "precision_all_alerts": ratio(sum(1 for a in alerts if a["_m"]), len(alerts)),
        "right_family": ratio(sum(1 for a in head if any(a.get("typology") == schemes[i]["family"] or a.get("typology") in schemes[i].get("also_acceptable", []) for i in a["_m"])), good),
        "brier_all": b_all, "brier_base_all": base_all, "brier_budget": b_head, "brier_base_budget": base_head, "ece_all": ratio(gap, len(alerts)),
        "recall_by_kind": share(got, "kind"), "recall_by_habit": share(got, "habit"), "reliability": table,
        "by_pattern": {k: {"alerts": n, "matched": m, "precision": ratio(m, n)} for k, (n, m) in sorted(by_pattern.items(), key=lambda x: -x[1][0])},
        "false": {"alerts": len(false), "by_pattern": count(str(a.get("pattern")) for a in false), "by_typology": count(str(a.get("typology")) for a in false), "by_twin_kind": count(on_twin(a) for a in false)},
        "missed": {"schemes": len(missed), "by_kind": count(schemes[i]["kind"] for i in missed), "by_habit": count(schemes[i].get("habit", "?") for i in missed), "found_below_budget": sum(1 for i in missed if i in everything)},
        "_false": [a.get("alert_id") for a in false], "_missed": [schemes[i]["scheme"] for i in missed],
    }


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--truth", required=True)
    ap.add_argument("--alerts", required=True)
    ap.add_argument("--budget", type=float, default=1.5, help="alerts for each scheme")
    ap.add_argument("--list", action="store_true", help="name the false alerts and the missed schemes one by one")
    a = ap.parse_args()
    if a.budget <= 0:
        sys.exit("score_alerts.py: --budget must be above 0")
    out = evaluate(list(rows(a.truth)), list(rows(a.alerts)), a.budget)
    f, m = out.pop("_false"), out.pop("_missed")
    if a.list:
        out["false"]["alert_ids"], out["missed"]["scheme_ids"] = f, m
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
