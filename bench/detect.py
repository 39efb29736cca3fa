"""Every typology in the process (DataFusion) against the same query in DuckDB, same tables, same run, two threads each.

    python3 bench/detect.py [BUSY]      BUSY multiplies the orders of each buyer (20: about a million lines; 400: about twenty million)

Needs duckdb (bench/peers/requirements.txt) and a release build. Prints seconds, findings of both and the ratio; then the whole run of `detect`.
"""
import json, os, re, resource, subprocess, sys, tempfile, time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
TOLLGATE = os.path.join(ROOT, "target/release/tollgate")
MEASURE = os.path.join(ROOT, "target/release/examples/measure_detect")


def world(folder, busy):
    text = open(os.path.join(ROOT, "scenarios/world.toml")).read().replace("busy = 1\n", f"busy = {busy}\n")
    open(os.path.join(folder, "own.toml"), "w").write(text)
    start = time.time()
    subprocess.run([TOLLGATE, "simulate", "own.toml", "--out", "w"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    print(f"world made in {time.time() - start:.1f} s")


def detect(folder):
    words = ["detect", "--policy", "diffusion", "--out", "alerts.jsonl", "--tables", "tables"]
    for table, file in (("orders", "orders.parquet"), ("parties", "parties.csv"), ("ownership", "ownership.csv"), ("payments", "payments.parquet"),
                        ("sites", "sites.csv"), ("serials", "serials.parquet"), ("inspections", "inspections.csv")):
        words += ["--" + table, "w/" + file]
    start = time.time()
    done = subprocess.Popen([TOLLGATE, *words], cwd=folder, stdout=subprocess.PIPE)
    done.stdout.read()
    _, status, usage = os.wait4(done.pid, 0)
    print(f"detect, all of it: {time.time() - start:.1f} s, {usage.ru_maxrss // 1024} MB, {sum(1 for _ in open(os.path.join(folder, 'alerts.jsonl')))} alerts")
    if status:
        raise SystemExit("detect failed")


def duck(folder, rows):
    import duckdb
    con = duckdb.connect()
    con.execute("SET threads = 2; SET memory_limit = '4GB'")
    for name in os.listdir(os.path.join(folder, "tables")):
        con.execute(f"CREATE VIEW {name[:-8]} AS SELECT * FROM read_parquet('{os.path.join(folder, 'tables', name)}')")
    for row in rows:
        start = time.time()
        try:
            row["duck_found"] = len(con.execute(row["sql"]).fetchall())
        except Exception as error:
            row["duck_found"] = None
            row["duck_error"] = str(error).splitlines()[0][:80]
        row["duck"] = time.time() - start


def main():
    busy = sys.argv[1] if len(sys.argv) > 1 else "20"
    with tempfile.TemporaryDirectory() as folder:
        world(folder, busy)
        detect(folder)
        done = subprocess.run([MEASURE, "tables", "2"], cwd=folder, check=True, capture_output=True, text=True)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        duck(folder, rows)
    print(f"{'':5} {'typology':26} {'ours s':>8} {'DuckDB s':>9} {'ratio':>6}  findings")
    for row in rows:
        peer = "-" if row["duck_found"] is None else f"{row['duck']:.2f}"
        ratio = "-" if row["duck_found"] is None else f"{row['seconds'] / max(row['duck'], 1e-3):.2f}"
        same = "" if row["duck_found"] in (None, row["found"]) else f", DuckDB {row['duck_found']}"
        print(f"{row['id']:5} {row['slug']:26} {row['seconds']:8.2f} {peer:>9} {ratio:>6}  {row['found']}{same}{' ' + row['duck_error'] if row['duck_found'] is None else ''}")
    both = [row for row in rows if row["duck_found"] is not None]
    print(f"all that both ran: ours {sum(row['seconds'] for row in both):.1f} s, DuckDB {sum(row['duck'] for row in both):.1f} s")


if __name__ == "__main__":
    main()
