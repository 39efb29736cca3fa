"""The pages on 1,000,000 order lines and 200,000 parties: pages.py (with `cargo build --release` done before; pyarrow as in bench/peers).

Each page is asked for one after the other over one connection, as its reader does, at places that differ; client and server share the machine.
What is printed: the median and the 95th percentile of the time from request to last byte, and the largest answer.
"""
import http.client
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOLLGATE = ROOT / "target/release/tollgate"
LINES, PARTIES, CASES, TIMES = 1_000_000, 200_000, 5_000, 200
PASSWORD = "a long password of mine"
chosen = random.Random(7)


def alerts(path):
    families = ["structuring", "shell_company", "transshipment", "payment", "capacity_mismatch"]
    with open(path, "w") as file:
        for number in range(CASES):
            orders = [f"o{chosen.randrange(LINES)}" for _ in range(12)]
            subjects = [f"p{chosen.randrange(PARTIES)}" for _ in range(4)]
            evidence = [{"pattern": f"T{which:02}", "key": subjects[0], "weight": 1.5, "why": "A sentence about it.", "facts": ["lines=12"]} for which in range(1, 6)]
            file.write(json.dumps({"alert_id": f"A{number}", "case": f"C{number}", "typology": families[number % 5], "pattern": "T01", "subjects": subjects, "orders": orders, "score": chosen.random(),
                                   "tpp": chosen.randrange(10**9), "first": "2024-01-01", "last": "2025-01-01", "why": "A sentence about it.", "evidence": evidence}) + "\n")


def pages():
    def any_order():
        return f"o{chosen.randrange(LINES)}"

    def any_party():
        return f"p{chosen.randrange(PARTIES)}"

    form = {"item": "NVIDIA H100 SXM", "destination": "MY", "date": "2025-06-02", "end_use": "data_center"}
    return {
        "today": lambda: "/",
        "today, another policy": lambda: f"/?policy=ear&date=2024-0{chosen.randrange(1, 10)}-01",
        "decide": lambda: "/decide?" + urllib.parse.urlencode({**form, "quantity": chosen.randrange(1, 5000), "ultimate_consignee": any_party()}),
        "orders": lambda: f"/orders?from={50 * chosen.randrange(200)}",
        "orders, largest": lambda: f"/orders?sort=largest&from={50 * chosen.randrange(200)}",
        "orders, filtered": lambda: f"/orders?outcome=license_required&destination={chosen.choice(['CN', 'SG', 'AE'])}&sort={chosen.choice(['newest', 'largest', 'oldest'])}",
        "orders, searched": lambda: f"/orders?q={any_party()}",
        "order": lambda: f"/orders/{any_order()}/1",
        "party": lambda: f"/parties/{any_party()}",
        "party, by name": lambda: f"/parties?q=party+{chosen.randrange(PARTIES)}",
        "search": lambda: f"/search?q=o{chosen.randrange(LINES)}",
        "search, by party": lambda: f"/search?q=p{chosen.randrange(PARTIES)}",
        "map": lambda: "/map",
        "parties completed": lambda: f"/parties.json?q=p{chosen.randrange(1000)}",
        "allocations": lambda: "/allocations",
        "cases": lambda: f"/cases?from={50 * chosen.randrange(CASES // 50)}",
        "case": lambda: f"/cases/C{chosen.randrange(CASES)}",
        "law": lambda: f"/law?date=2025-0{chosen.randrange(1, 10)}-01",
        "law, two policies": lambda: f"/law?policy=codified&against=ear&date=2025-0{chosen.randrange(1, 10)}-20",
        "lab, first answer": lambda: f"/lab?set=1&threshold={50 * chosen.randrange(100)}&budget={1 + chosen.randrange(16) / 4}",
    }


def served(program, folder, name):
    log = open(folder / "serve.log", "w+")
    words = [program, "serve", "--listen", "127.0.0.1:0", "--policy", "diffusion", "--rate", "1000000", "--log", "off", "--orders", "orders.parquet", "--parties", "parties.csv", "--alerts", "alerts.jsonl"]
    began = time.monotonic()
    process = subprocess.Popen(words, cwd=folder, stderr=log)
    while True:
        found = re.search(r"listening on http://(\S+)", (folder / "serve.log").read_text())
        if found:
            print(f"{name}: ready after {time.monotonic() - began:.1f} s")
            return process, found[1]
        if process.poll() is not None:
            sys.exit((folder / "serve.log").read_text())
        time.sleep(0.1)


def measure(program, report=lambda page, median, most, largest: None):
    """The median time of each page in milliseconds, by its name; `report` hears of each as it is measured."""
    chosen.seed(7)
    medians = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, ROOT / "bench/orders.py", str(LINES), folder / "orders.parquet", str(PARTIES)], check=True)
        alerts(folder / "alerts.jsonl")
        subprocess.run([program, "user", "add", "--name", "ana", "--role", "officer"], cwd=folder, input=PASSWORD + "\n", text=True, check=True, capture_output=True)
        process, address = served(program, folder, f"{LINES:,} lines, {PARTIES:,} parties, {CASES:,} cases")
        try:
            connection = http.client.HTTPConnection(address)
            connection.request("POST", "/login", urllib.parse.urlencode({"name": "ana", "password": PASSWORD, "next": "/"}), {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            answer.read()
            cookie = answer.getheader("set-cookie").split(";")[0]
            for page, address_of in pages().items():
                taken, largest = [], 0
                for _ in range(TIMES):
                    path = address_of()
                    began = time.perf_counter()
                    connection.request("GET", path, headers={"Cookie": cookie})
                    answer = connection.getresponse()
                    largest = max(largest, len(answer.read()))
                    taken.append(1000 * (time.perf_counter() - began))
                    assert answer.status == 200, (path, answer.status)
                taken.sort()
                medians[page] = taken[TIMES // 2]
                report(page, taken[TIMES // 2], taken[TIMES * 95 // 100], largest)
        finally:
            process.terminate()
            process.wait()
    return medians


def main():
    print(f"{'page':<24}{'median ms':>10}{'p95 ms':>9}{'largest kB':>12}")
    measure(TOLLGATE, lambda page, median, most, largest: print(f"{page:<24}{median:>10.1f}{most:>9.1f}{largest / 1000:>12.1f}", flush=True))


if __name__ == "__main__":
    main()
