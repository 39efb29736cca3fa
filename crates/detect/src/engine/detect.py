"""Runs typologies on Apache Spark: every table is counted, every query is run to its end, and the findings appear whole or not at all.

    python3 driver.py JOB.json

JOB.json: {"master": "spark://host:port", "tables": DIR, "rows": {table: rows}, "queries": [{"id", "sql"}], "out": FILE, "partitions": N, "seconds": N,
"memory": "2g"}
The folder must lie where every worker can read it. Exit status 0 where all of it ran; else the reason is on standard error and there is no FILE.
"""
import json, math, os, sys, threading

from cluster import fail, session, written

FIELDS = ["pattern", "key", "subjects", "orders", "tpp", "first_day", "last_day", "llr", "why", "facts"]


class Late(Exception):
    """A query whose time is over."""


def answer(spark, query, seconds):
    """The rows of a query, in a session of its own with the tables of this one."""
    alone = spark.newSession()
    for table in spark.catalog.listTables():
        alone.read.parquet(PATHS[table.name]).createOrReplaceTempView(table.name)
    late = threading.Event()
    def end():
        late.set()
        spark.sparkContext.cancelAllJobs()
    clock = threading.Timer(seconds, end)
    clock.start()
    try:
        return alone.sql(query["sql"]).collect()
    except Exception as error:
        if late.is_set():
            raise Late(f"took more than {seconds} seconds") from error
        raise
    finally:
        clock.cancel()


PATHS = {}


def finite(number):
    """What JSON can hold: neither infinity nor what is no number."""
    return number if number is not None and math.isfinite(number) else None


def main():
    from pyspark.errors import AnalysisException
    job = json.load(open(sys.argv[1], encoding="utf-8"))
    spark = session(job, "tollgate detect")
    spark.sparkContext.setLogLevel("ERROR")
    filled = {}
    for table, rows in sorted(job["rows"].items()):
        PATHS[table] = os.path.join(job["tables"], table + ".parquet")
        frame = spark.read.parquet(PATHS[table])
        frame.createOrReplaceTempView(table)
        counts = spark.sql("SELECT count(*)" + "".join(f", count(`{name}`)" for name in frame.columns) + f" FROM {table}").collect()[0]
        if counts[0] != rows:
            fail(f"{table} has {counts[0]} rows on the cluster, and {rows} were written")
        filled[table] = dict(rows=counts[0], columns=dict(zip(frame.columns, list(counts)[1:])))
    lines = []
    for query in job["queries"]:
        print(f"cluster: {query['id']}", file=sys.stderr, flush=True)
        try:
            found = answer(spark, query, job.get("seconds", 3600))
        except AnalysisException as error:
            # The query is wrong: it is named, and the others stand. Whatever else fails is the cluster's, and nothing stands.
            lines.append(json.dumps(dict(failed=query["id"], what=str(error).splitlines()[0])))
            continue
        except Late as error:
            lines.append(json.dumps(dict(failed=query["id"], what=str(error))))
            continue
        except Exception as error:
            fail(f"{query['id']}: {str(error).splitlines()[0]}")
        if found and list(found[0].asDict()) != FIELDS:
            lines.append(json.dumps(dict(failed=query["id"], what=f"returns the columns {', '.join(found[0].asDict())}")))
            continue
        for row in found:
            lines.append(json.dumps(dict(row.asDict(), pattern=query["id"], llr=finite(row["llr"])), ensure_ascii=False))
    # What was read must still be what it was when the last query has run.
    for table, counts in filled.items():
        again = spark.table(table).count()
        if again != counts["rows"]:
            fail(f"{table} had {counts['rows']} rows and has {again} now")
    spark.stop()
    written(job["out"], [json.dumps(dict(filled=filled)), *lines])


if __name__ == "__main__":
    main()
