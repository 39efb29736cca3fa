"""What a change costs: compare.py OLD NEW, two release programs of Tollgate, each measured in turn on the same files in the same run.

`OLD` and `NEW` are folders with `tollgate`, and with `examples/hammer` where the ledger is to be measured (`cargo build --release --package tollgate`,
`cargo build --release --package tollgate-ledger --examples`). Needs pyarrow, as in bench/peers. What is printed: the median time of each, and new to old.
"""
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pages

ROOT = Path(__file__).resolve().parent.parent
LINES, TIMES = 1_000_000, 5


def commands(folder):
    """Name, arguments of `tollgate`."""
    files = ["--orders", "orders.parquet", "--parties", "parties.csv"]
    return {
        "decide, Parquet": ["decide", *files, "--policy", "codified", "--out", "decisions.parquet"],
        "decide, JSON Lines of 100,000": ["decide", "--orders", "fewer.parquet", "--parties", "parties.csv", "--policy", "codified", "--out", "decisions.jsonl"],
        "replay": ["replay", *files, "--policy", "diffusion", "--against", "anthropic-2025", "--out", f"{folder}/replay"],
        "policy diff": ["policy", "diff", "diffusion", "anthropic-2025"],
    }


def seconds(program, words, folder):
    began = time.perf_counter()
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{program} {' '.join(words)}\n{done.stderr}")
    return time.perf_counter() - began


def line(name, old, new, unit, digits=2):
    print(f"{name:<34}{old:>12.{digits}f}{new:>12.{digits}f} {unit:<6}{new / old:>8.2f}", flush=True)


def operations(program, folder, number):
    return int(subprocess.run([program, f"sqlite:{folder}/ledger{number}.sqlite", "1000", "300000"], check=True, capture_output=True, text=True).stdout.split()[0])


def main():
    programs = [Path(word).resolve() for word in sys.argv[1:3]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, ROOT / "bench/orders.py", "100000", folder / "fewer.parquet"], check=True)
        subprocess.run([sys.executable, ROOT / "bench/orders.py", str(LINES), folder / "orders.parquet"], check=True)
        print(f"{'':<34}{'old':>12}{'new':>12}{'':<7}{'new/old':>8}")
        for command, words in commands(folder).items():
            taken = ([], [])
            for _ in range(TIMES):
                for which, program in enumerate(programs):
                    taken[which].append(seconds(program / "tollgate", words, folder))
            line(command, *map(statistics.median, taken), "s")
        if all((program / "examples/hammer").exists() for program in programs):
            rates = ([], [])
            for number in range(TIMES):
                for which, program in enumerate(programs):
                    rates[which].append(operations(program / "examples/hammer", folder, 2 * number + which))
            line("ledger, SQLite, 1,000 in flight", *map(statistics.median, rates), "ops/s", 0)
        old, new = (pages.measure(program / "tollgate") for program in programs)
        for page in old:
            line(f"page: {page}", old[page], new[page], "ms", 1)


main()
