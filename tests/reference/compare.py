"""Compares the reference's decisions with Tollgate's; prints what differs and exits with 1 if anything does."""
import csv
import sys


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return {(row["order_id"], row["line"]): row for row in csv.DictReader(file)}


def main():
    expected, actual = read(sys.argv[1]), read(sys.argv[2])
    wrong = []
    for key, want in expected.items():
        got = actual.get(key)
        if got is None:
            wrong.append(f"{key}: not decided")
            continue
        for field in ("eccn", "tpp", "outcome", "authorization", "review_policy"):
            if want[field] != got[field]:
                wrong.append(f"{key}: {field} expected {want[field]!r} actual {got[field]!r}")
        if (want["missing"] == "true") != bool(got["missing"]):
            wrong.append(f"{key}: missing expected {want['missing']} actual {got['missing']!r}")
    extra = len(set(actual) - set(expected))
    for line in wrong[:20]:
        print(line)
    print(f"{len(expected)} decisions compared, {len(wrong)} differences, {extra} extra")
    sys.exit(1 if wrong or extra else 0)


if __name__ == "__main__":
    main()
