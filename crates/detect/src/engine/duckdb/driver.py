"""Asks DuckDB for the engine `duckdb`: a process of its own, which reads the tables that it is named and nothing else.

    python3 -I driver.py JOB.json

JOB.json: {"tables": {name: FILE}, "threads": N, "memory": BYTES, "spill": DIR}
On standard input a question a line: {"sql", "seconds"} or {"count": TABLE, "columns": [...]}.
On standard output, a line each: first {"ready": VERSION} or {"unusable": WHAT}; for a question {"row": {...}} for each row of its answer and {"end": ROWS},
or {"failed": WHAT, "kind": "query" | "late" | "memory" | "room"}; for a count {"rows": N, "columns": [N, ...]}.
"""
import decimal, json, math, signal, sys, threading

FIELDS = ["pattern", "key", "subjects", "orders", "tpp", "first_day", "last_day", "llr", "why", "facts"]
# Beyond what queries may hold: the interpreter, the library itself, and what it maps and does not touch.
BESIDE_QUERIES = 6 << 30


class Refused(Exception):
    """A question that is not answered, with what is wrong and of which kind."""

    def __init__(self, what, kind):
        super().__init__(what)
        self.kind = kind


def say(value):
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def bound_memory(limit):
    """A bound by the system, should the engine's own not hold."""
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (limit + BESIDE_QUERIES, limit + BESIDE_QUERIES))
    except (ImportError, ValueError, OSError):
        pass


def text(value):
    return "'" + value.replace("'", "''") + "'"


def connect(job, threads):
    """A database in memory with the tables in it, and with no way out of it."""
    import duckdb
    connection = duckdb.connect(":memory:", config={"threads": threads, "memory_limit": f"{job['memory']}B"})
    paths = ", ".join(text(path) for path in job["tables"].values())
    for setting in (
        f"temp_directory = {text(job['spill'])}",
        "preserve_insertion_order = false",
        # As the engine in the process has it.
        "integer_division = true",
        "default_null_order = 'nulls_last_on_asc_first_on_desc'",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        f"allowed_paths = [{paths}]",
    ):
        connection.execute("SET " + setting)
    for name, path in sorted(job["tables"].items()):
        connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({text(path)})')
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def plain(value):
    """What JSON can hold: neither infinity nor what is no number."""
    if isinstance(value, decimal.Decimal):
        value = float(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def ask(connection, question, limit):
    """The lines of an answer. Raises what DuckDB raises, or `Refused`."""
    import duckdb
    statements = connection.extract_statements(question["sql"])
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise Refused("is no single SELECT", "query")
    late = threading.Event()

    def end():
        late.set()
        connection.interrupt()

    clock = threading.Timer(question["seconds"], end)
    clock.daemon = True
    clock.start()
    try:
        answer = connection.execute(question["sql"])
        names = [column[0] for column in answer.description]
        if names != FIELDS:
            raise Refused(f"returns the columns {', '.join(names)}", "query")
        rows, size = [], 0
        while True:
            batch = answer.fetchmany(4096)
            if not batch:
                return rows
            for row in batch:
                line = json.dumps({"row": {name: plain(value) for name, value in zip(names, row)}}, ensure_ascii=False)
                size += len(line)
                rows.append(line)
            if size > limit:
                raise Refused(f"finds more than {limit} bytes", "query")
    except Exception as error:
        if late.is_set():
            raise Refused(f"took more than {question['seconds']} seconds", "late") from error
        raise
    finally:
        clock.cancel()


def kind_of(error):
    import duckdb
    what = str(error)
    if "No space left" in what or "max_temp_directory_size" in what or "could not write" in what.lower():
        return "room"
    return "memory" if isinstance(error, (duckdb.OutOfMemoryException, MemoryError)) else "query"


def first_line(error):
    what = str(error).strip().splitlines()
    return what[0] if what else type(error).__name__


def answer(job, connection, question):
    """Answers a question; one that does not fit into memory is asked again by one thread, which holds a part of what many hold."""
    try:
        return ask(connection, question, job["memory"])
    except Refused:
        raise
    except Exception as error:
        if kind_of(error) != "memory":
            raise
    alone = connect(job, 1)
    try:
        return ask(alone, question, job["memory"])
    finally:
        alone.close()


def count(connection, question):
    columns = "".join(f', count("{column}")' for column in question["columns"])
    found = connection.execute(f'SELECT count(*){columns} FROM "{question["count"]}"').fetchone()
    say({"rows": found[0], "columns": list(found[1:])})


def main():
    # Ctrl-C is the program's: it ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    try:
        import duckdb
        bound_memory(job["memory"])
        connection = connect(job, job["threads"])
    except ImportError as error:
        say({"unusable": f"has no duckdb: {error}"})
        return
    except Exception as error:
        say({"unusable": first_line(error)})
        return
    say({"ready": duckdb.__version__})
    sys.stdout.buffer.flush()
    for line in sys.stdin.buffer:
        question = json.loads(line)
        try:
            if "count" in question:
                count(connection, question)
            else:
                rows = answer(job, connection, question)
                for row in rows:
                    sys.stdout.buffer.write(row.encode("utf-8", "replace") + b"\n")
                say({"end": len(rows)})
        except Refused as error:
            say({"failed": str(error), "kind": error.kind})
        except Exception as error:
            say({"failed": first_line(error), "kind": kind_of(error)})
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
