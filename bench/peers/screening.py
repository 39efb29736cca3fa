"""Names against the Consolidated Screening List in rapidfuzz and nomenklatura: screening.py MEASURED [SCREENING-FOLDER].

MEASURED is what `cargo run --release -p tollgate-screening --example measure` printed in the same run; ratios are to its median. One thread.
For each engine: milliseconds a query (median, 99th percentile) and the share of perturbed names found at the score that one in a hundred of
real companies reaches.
"""
import csv
import json
import os
import random
import re
import sys
import time

from rapidfuzz import fuzz, process, utils

CANDIDATES = 50


def names(folder):
    texts, entries = [], []
    with open(f"{folder}/lists/csl_2022.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for text in [row["name"], *row["alt_names"].split(";")]:
                if text.strip():
                    texts.append(text.strip())
                    entries.append(int(row["entity_number"]))
    return texts, entries


def lines(folder, name):
    with open(f"{folder}/benchmark/{name}", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def rapid(scorer, texts, entries):
    prepared = [utils.default_process(text) for text in texts]

    def ask(query):
        found = process.extract(utils.default_process(query), prepared, scorer=scorer, processor=None, limit=10)
        return [(score, entries[place]) for _, score, place in found]

    return ask


def logic(texts, entries):
    from followthemoney import model
    from nomenklatura.matching import LogicV2
    from nomenklatura.matching.types import ScoringConfig

    prepared = [utils.default_process(text) for text in texts]
    config = ScoringConfig.defaults()

    def entity(text, number):
        return model.get_proxy({"id": str(number), "schema": "LegalEntity", "properties": {"name": [text]}})

    listed = {}
    asked_before = iter(range(10**9))

    def ask(query):
        found = process.extract(utils.default_process(query), prepared, scorer=fuzz.token_sort_ratio, processor=None, limit=CANDIDATES)
        # It remembers an entity's names by its id.
        asked = entity(query, f"q{next(asked_before)}")
        scores = []
        for _, _, place in found:
            if place not in listed:
                listed[place] = entity(texts[place], f"l{place}")
            scores.append((LogicV2.compare(asked, listed[place], config).score, entries[place]))
        return sorted(scores, key=lambda score: -score[0])

    return ask


def measure(name, ask, queries, negatives, own):
    times, points = [], []
    for query in queries:
        start = time.perf_counter()
        found = ask(query["name"])
        times.append((time.perf_counter() - start) * 1000)
        points.append(max((score for score, entry in found if entry in query["expected"]), default=0))
    alerts = sorted((max((score for score, _ in ask(negative)), default=0) for negative in negatives), reverse=True)
    threshold = alerts[len(alerts) // 100]
    recall = sum(score > threshold for score in points) / len(points)
    times.sort()
    median, last = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"  {name:<44} p50 {median:8.2f} ms  p99 {last:8.2f} ms  {median / own:6.0f}x Tollgate's median   recall at 1% alerts {recall:.3f} ({len(queries)} queries)", flush=True)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    own = float(re.search(r"a query: p50 ([0-9.]+) ms", text).group(1))
    folder = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.environ.get("TOLLGATE_DATA", "../shared/data"), "screening")
    texts, entries = names(folder)
    queries = lines(folder, "queries.jsonl")
    for query in queries:
        expected = query["expected"]
        query["expected"] = {int(number) for number in (expected if isinstance(expected, list) else [expected])}
    random.Random(7).shuffle(queries)
    negatives = [line["name"] for line in lines(folder, "gleif_neg.jsonl")]
    print(f"{len(texts)} names; Tollgate's median {own} ms")
    few = queries[:300]
    measure("rapidfuzz token_sort_ratio, all names", rapid(fuzz.token_sort_ratio, texts, entries), few, negatives, own)
    measure("rapidfuzz WRatio, all names", rapid(fuzz.WRatio, texts, entries), few, negatives, own)
    measure(f"nomenklatura logic-v2 behind {CANDIDATES} candidates", logic(texts, entries), few, negatives, own)


main()
