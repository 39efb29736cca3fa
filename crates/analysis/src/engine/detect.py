"""Runs typologies on Apache Spark: every table is counted, every query is run to its end, and the findings appear whole or not at all.

    python3 detect.py JOB.json

JOB.json: {"master": "spark://host:port", "tables": DIR, "rows": {table: rows}, "queries": [{"id", "sql"}], "out": FILE, "partitions": N, "memory": "2g"}
The folder must lie where every worker can read it. Exit status 0 where all of it ran; else the reason is on standard error and there is no FILE.
"""
import json, os, sys

FIELDS = ["pattern", "key", "subjects", "orders", "tpp", "first_day", "last_day", "llr", "why", "facts"]


def fail(what):
    print(f"cluster: {what}", file=sys.stderr, flush=True)
    raise SystemExit(3)


def session(job):
    from pyspark.sql import SparkSession
    one = (SparkSession.builder.master(job["master"]).appName("tollgate detect")
           .config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
           .config("spark.sql.shuffle.partitions", str(job.get("partitions", 4)))
           .config("spark.executor.memory", job.get("memory", "1g")).config("spark.sql.ansi.enabled", "false")
           .config("spark.task.maxFailures", "8").config("spark.sql.session.timeZone", "UTC")
           .config("spark.driver.host", job.get("driver", "127.0.0.1")).config("spark.driver.bindAddress", job.get("driver", "127.0.0.1")))
    return one.getOrCreate()


def main():
    job = json.load(open(sys.argv[1], encoding="utf-8"))
    spark = session(job)
    spark.sparkContext.setLogLevel("ERROR")
    filled = {}
    for table, rows in sorted(job["rows"].items()):
        frame = spark.read.parquet(os.path.join(job["tables"], table + ".parquet"))
        frame.createOrReplaceTempView(table)
        counts = spark.sql("SELECT count(*)" + "".join(f", count(`{name}`)" for name in frame.columns) + f" FROM {table}").collect()[0]
        if counts[0] != rows:
            fail(f"{table} has {counts[0]} rows on the cluster, and {rows} were written")
        filled[table] = dict(rows=counts[0], columns=dict(zip(frame.columns, list(counts)[1:])))
    lines = []
    for query in job["queries"]:
        print(f"cluster: {query['id']}", file=sys.stderr, flush=True)
        try:
            found = spark.sql(query["sql"]).collect()
        except Exception as error:
            fail(f"{query['id']}: {str(error).splitlines()[0]}")
        for row in found:
            own = row.asDict()
            if list(own) != FIELDS:
                fail(f"{query['id']} returns {list(own)}")
            lines.append(json.dumps(own, ensure_ascii=False))
    # What was read must still be what it was when the last query has run.
    for table, own in filled.items():
        again = spark.table(table).count()
        if again != own["rows"]:
            fail(f"{table} had {own['rows']} rows and has {again} now")
    spark.stop()
    partial = job["out"] + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        file.write(json.dumps(dict(filled=filled)) + "\n")
        file.writelines(line + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, job["out"])


if __name__ == "__main__":
    main()
