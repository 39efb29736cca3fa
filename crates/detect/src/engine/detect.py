"""Runs typologies on Apache Spark: every table is counted, every query is run to its end, and the findings appear whole or not at all.

    python3 driver.py JOB.json

JOB.json: {"master": "spark://host:port", "tables": DIR, "rows": {table: rows}, "queries": [{"id", "sql"}], "out": FILE, "partitions": N, "memory": "2g"}
The folder must lie where every worker can read it. Exit status 0 where all of it ran; else the reason is on standard error and there is no FILE.
"""
import json, os, sys

from cluster import fail, session, written

FIELDS = ["pattern", "key", "subjects", "orders", "tpp", "first_day", "last_day", "llr", "why", "facts"]


def main():
    job = json.load(open(sys.argv[1], encoding="utf-8"))
    spark = session(job, "tollgate detect")
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
    written(job["out"], [json.dumps(dict(filled=filled)), *lines])


if __name__ == "__main__":
    main()
