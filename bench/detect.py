"""Evasion looked for and history replayed: how long, how much memory, and each typology against the same question by hand for DuckDB and Polars.

    python3 bench/detect.py [BUSY]      BUSY multiplies the orders of each buyer (20: about a million lines; 200: about ten million)

One run, one machine, two threads each. Peers answer from the same derived tables (detect_peer.py, needs duckdb, polars and pyarrow: bench/peers/requirements.txt);
a typology is compared where the peer finds as many alerts as its query. Build first, with everything:

    cargo build --release -p tollgate -p tollgate-analysis --bins --example measure_detect
"""
import json, math, os, subprocess, sys, tempfile, time

BENCH = os.path.dirname(os.path.abspath(__file__))
RELEASE = os.path.join(BENCH, "..", "target", "release")
TOLLGATE = os.path.join(RELEASE, "tollgate")
FILES = [("orders", "orders.parquet"), ("parties", "parties.csv"), ("ownership", "ownership.csv"), ("payments", "payments.parquet"),
         ("sites", "sites.csv"), ("serials", "serials.parquet"), ("inspections", "inspections.csv")]


def timed(what, folder, *words):
    """Runs Tollgate; prints and answers seconds."""
    start = time.time()
    done = subprocess.Popen([TOLLGATE, *words], cwd=folder, stdout=subprocess.PIPE, text=True)
    said = done.stdout.read()
    _, status, usage = os.wait4(done.pid, 0)
    seconds = time.time() - start
    if status:
        raise SystemExit(f"{what} failed")
    print(f"{what}: {seconds:.1f} s, {usage.ru_utime + usage.ru_stime:.1f} CPU-seconds, {usage.ru_maxrss // 1024} MB; {said.splitlines()[0] if said else ''}", flush=True)
    return seconds


def world(folder, busy):
    text = open(os.path.join(BENCH, "../scenarios/world.toml")).read().replace("busy = 1\n", f"busy = {busy}\n")
    open(os.path.join(folder, "own.toml"), "w").write(text)
    timed("world", folder, "simulate", "own.toml", "--out", "w")


def whole(folder):
    """The whole of what a user runs."""
    import pyarrow.parquet
    lines = pyarrow.parquet.read_metadata(os.path.join(folder, "w/orders.parquet")).num_rows
    inputs = [word for table, file in FILES for word in ("--" + table, "w/" + file)]
    print(f"{lines:,} order lines")
    timed("detect", folder, "detect", *inputs, "--policy", "diffusion", "--out", "alerts.jsonl")
    timed("detect --since, the first time", folder, "detect", *inputs, "--policy", "diffusion", "--since", "left", "--out", "first.jsonl")
    timed("detect --since, nothing changed", folder, "detect", *inputs, "--policy", "diffusion", "--since", "left", "--out", "second.jsonl")
    text = open(os.path.join(folder, "w/inspections.csv")).read().splitlines()
    open(os.path.join(folder, "w/inspections.csv"), "w").write("\n".join(text[:-1]) + "\n")
    timed("detect --since, one visit less", folder, "detect", *inputs, "--policy", "diffusion", "--since", "left", "--out", "third.jsonl")
    same = [open(os.path.join(folder, name), "rb").read() for name in ("alerts.jsonl", "first.jsonl", "second.jsonl")]
    assert same[0] == same[1] == same[2]
    replay = timed("replay, two policies", folder, "replay", *inputs[:6], "--policy", "diffusion", "--against", "anthropic-2025", "--out", "replayed")
    print(f"replay: {lines / replay:,.0f} lines a second")
    timed("detect, no query but one", folder, "detect", *inputs, "--policy", "diffusion", "--only", "X01", "--tables", "tables", "--out", "one.jsonl")


def ratios(folder):
    tables = os.path.join(folder, "tables")
    done = subprocess.run([os.path.join(RELEASE, "examples/measure_detect"), tables, "2"], check=True, capture_output=True, text=True)
    ours = {row["slug"]: row for row in map(json.loads, done.stdout.splitlines())}
    out = os.path.join(folder, "peers.json")
    subprocess.run([sys.executable, os.path.join(BENCH, "detect_peer.py"), "--tables", tables, "--out", out], check=True, stdout=subprocess.DEVNULL)
    peers = json.load(open(out))["typologies"]
    print(f"{'typology':26} {'alerts':>6} {'ours s':>8} {'DuckDB s':>9} {'Polars s':>9} {'ratio':>6}")
    known, sums = [], [0.0, 0.0]
    for slug, own in sorted(ours.items()):
        found = {name: run for name, run in peers.get(slug, {}).items() if isinstance(run, dict) and run.get("alerts") == own["found"]}
        cells = [f"{found[name]['seconds']:9.2f}" if name in found else f"{'-':>9}" for name in ("duckdb", "polars")]
        ratio = "-"
        if found:
            best = min(run["seconds"] for run in found.values())
            known.append(own["seconds"] / best)
            sums = [sums[0] + own["seconds"], sums[1] + best]
            ratio = f"{known[-1]:.2f}"
        print(f"{slug:26} {own['found']:6} {own['seconds']:8.2f} {cells[0]} {cells[1]} {ratio:>6}")
    mean = math.exp(sum(map(math.log, known)) / len(known))
    print(f"{len(ours)} typologies in {sum(own['seconds'] for own in ours.values()):.1f} s; {len(known)} compared: ours {sums[0]:.1f} s, the faster peer of each {sums[1]:.1f} s;")
    print(f"ratio at most 1.0 for {sum(ratio <= 1 for ratio in known)} of them, geometric mean {mean:.2f}, largest {max(known):.1f}")


def main():
    busy = sys.argv[1] if len(sys.argv) > 1 else "20"
    with tempfile.TemporaryDirectory() as folder:
        world(folder, busy)
        whole(folder)
        ratios(folder)


if __name__ == "__main__":
    main()
