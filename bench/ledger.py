"""The ledger's speed and its peers' in one run: ledger.py (with `cargo build --release --examples` done before).

Everything is durable: SQLite with synchronous=FULL, PostgreSQL with synchronous_commit=on. The peers are the same invariant as plain SQL: a
conditional UPDATE of the account and an INSERT of the operation, in a transaction for each operation.
"""
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HAMMER = ROOT / "target/release/examples/hammer"


def hammer(*words):
    out = subprocess.run([HAMMER, *map(str, words)], check=True, capture_output=True, text=True).stdout
    return int(out.split()[0]), out.strip()


def together(url, servers):
    """Operations a second of several processes on one database."""
    words = [[HAMMER, url, "250", "100000", "--name", f"s{number}"] for number in range(servers)]
    running = [subprocess.Popen(word, stdout=subprocess.PIPE, text=True) for word in words]
    return sum(int(process.communicate()[0].split()[0]) for process in running)


def flushes(folder):
    path = os.path.join(folder, "flush")
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < 1:
        os.write(descriptor, b"x" * 4096)
        os.fdatasync(descriptor)
        count += 1
    os.close(descriptor)
    return count


def plain_sqlite(path):
    """Operations a second, one transaction each, one client: SQLite has one writer."""
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("""PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
        CREATE TABLE account (id INTEGER PRIMARY KEY, used INTEGER NOT NULL, lim INTEGER NOT NULL);
        CREATE TABLE operation (id TEXT PRIMARY KEY, account INTEGER NOT NULL, amount INTEGER NOT NULL);""")
    database.executemany("INSERT INTO account VALUES (?, 0, 1 << 49)", ((number,) for number in range(10000)))
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < 5:
        database.execute("BEGIN IMMEDIATE")
        changed = database.execute("UPDATE account SET used = used + 1000 WHERE id = ? AND used + 1000 <= lim", (count % 10000,)).rowcount
        assert changed == 1
        database.execute("INSERT INTO operation VALUES (?, ?, 1000)", (f"r{count}", count % 10000))
        database.execute("COMMIT")
        count += 1
    return count / (time.perf_counter() - start)


class Cluster:
    def __init__(self, folder):
        self.folder = folder
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            sys.exit("no PostgreSQL is installed\n  mend: apt-get install postgresql")
        self.bin = found[-1].parent
        self.as_user = ["setpriv", "--reuid=nobody", "--clear-groups"] if os.getuid() == 0 else []
        if self.as_user:
            shutil.chown(folder, "nobody")
        self.run("initdb", "--auth=trust", "--username=tollgate", "--pgdata", f"{folder}/data")
        self.run("pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-w", "-o", f"-c listen_addresses='' -c unix_socket_directories='{folder}'", "start")

    def run(self, program, *words):
        return subprocess.run([*self.as_user, self.bin / program, *words], check=True, capture_output=True, text=True, cwd=self.folder).stdout

    def stop(self):
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")


def plain_postgres(cluster, hot):
    cluster.run("psql", "-h", cluster.folder, "-U", "tollgate", "-q", "-c", """DROP TABLE IF EXISTS account, operation;
        CREATE TABLE account (id int PRIMARY KEY, used bigint NOT NULL, lim bigint NOT NULL);
        CREATE TABLE operation (id bigserial PRIMARY KEY, account int NOT NULL, amount bigint NOT NULL);
        INSERT INTO account SELECT number, 0, 1::bigint << 49 FROM generate_series(0, 9999) number;""", "postgres")
    script = os.path.join(cluster.folder, "script.sql")
    account = "0" if hot else "random(0, 9999)"
    with open(script, "w", encoding="utf-8") as file:
        file.write(f"\\set account {account}\nBEGIN;\nUPDATE account SET used = used + 1000 WHERE id = :account AND used + 1000 <= lim;\n"
                   "INSERT INTO operation (account, amount) VALUES (:account, 1000);\nCOMMIT;\n")
    os.chmod(script, 0o644)
    out = cluster.run("pgbench", "-h", cluster.folder, "-U", "tollgate", "-n", "-M", "prepared", "-c", "64", "-j", "2", "-T", "8", "-f", script, "postgres")
    return float(re.search(r"tps = ([0-9.]+)", out).group(1))


def main():
    with tempfile.TemporaryDirectory() as folder:
        print(f"flushes to disk: {flushes(folder)} a second")
        ours, text = hammer(f"sqlite:{folder}/a.sqlite", 1000, 1_000_000)
        print(f"SQLite, Tollgate: {text}")
        print(f"SQLite, Tollgate, signing a checkpoint every second: {hammer(f'sqlite:{folder}/c.sqlite', 1000, 1_000_000, '--checkpoints', f'{folder}/signed')[1]}", flush=True)
        plain = plain_sqlite(f"{folder}/plain.sqlite")
        print(f"SQLite, a transaction for each operation: {plain:.0f} a second; Tollgate {ours / plain:.0f}x")
        print(f"SQLite, Tollgate, a lone client: {hammer(f'sqlite:{folder}/b.sqlite', 1, 2000)[1]}")
        for holders in (10_000, 1_000_000, 10_000_000):
            print(f"in memory, growth: {hammer('memory', 1000, 1_000_000, '--holders', holders)[1]}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        cluster = Cluster(folder)
        try:
            url = f"postgres:host={folder} user=tollgate dbname=postgres"
            ours, text = hammer(url, 1000, 400_000)
            print(f"PostgreSQL, Tollgate: {text}")
            signed = hammer(url, 1000, 400_000, "--name", "signed", "--checkpoints", f"{folder}/signed")[1]
            print(f"PostgreSQL, Tollgate, signing a checkpoint every second: {signed}", flush=True)
            print(f"PostgreSQL, Tollgate, 4 servers on one count, 250 in flight at each: {together(url, 4)} a second", flush=True)
            plain = plain_postgres(cluster, False)
            print(f"PostgreSQL, a transaction for each operation, 64 clients: {plain:.0f} a second; Tollgate {ours / plain:.0f}x")
            ours, text = hammer(url, 1000, 400_000, "--holders", 1, "--name", "hot")
            print(f"PostgreSQL, Tollgate, one hot consignee: {text}")
            plain = plain_postgres(cluster, True)
            print(f"PostgreSQL, a transaction for each operation, one hot consignee, 64 clients: {plain:.0f} a second; Tollgate {ours / plain:.0f}x")
        finally:
            cluster.stop()


main()
