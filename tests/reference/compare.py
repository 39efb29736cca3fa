"""Compares the reference's decisions with Tollgate's; prints what differs and exits with 1 if anything does.

The reference tries every value of an unknown fact, and Tollgate settles an ECCN by its rule's truth. Where an item falls under `.z` whichever of `.a` and
`.b` it is, the reference settles it and Tollgate leaves it open. That is counted apart and shown, and may be one decision in a thousand at the most.
"""
import csv
import sys


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return {(row["order_id"], row["line"]): row for row in csv.DictReader(file)}


def main():
    expected, actual = read(sys.argv[1]), read(sys.argv[2])
    wrong, left_open = [], []
    for key, want in expected.items():
        got = actual.get(key)
        if got is None:
            wrong.append(f"{key}: not decided")
            continue
        for field in ("eccn", "tpp", "outcome", "authorization", "review_policy"):
            if field == "eccn" and want[field].endswith(".z") and got[field] == "":
                left_open.append(f"{key}: eccn expected {want[field]!r}, left open")
            elif want[field] != got[field]:
                wrong.append(f"{key}: {field} expected {want[field]!r} actual {got[field]!r}")
        if (want["missing"] == "true") != bool(got["missing"]):
            wrong.append(f"{key}: missing expected {want['missing']} actual {got['missing']!r}")
    extra = len(set(actual) - set(expected))
    if len(left_open) * 1000 > len(expected):
        wrong += left_open
    for line in left_open:
        print(line)
    for line in wrong[:20]:
        print(line)
    print(f"{len(expected)} decisions compared, {len(wrong)} differences, {extra} extra")
    sys.exit(1 if wrong or extra else 0)


if __name__ == "__main__":
    main()
