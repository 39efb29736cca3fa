"""Replays order lines under two policies on Apache Spark, by the kernels of the wheel tollgate_kernels: what turns on no count is settled on the workers,
the rest is put in order of date and counted by one of them. Rows are counted before and after each step; results appear whole or not at all.

    python3 driver.py JOB.json

JOB.json: {"master": "spark://host:port", "spec": JSON of the kernels, "orders": Parquet, "out": DIR, "partitions": N}
"""
import json, os, sys

from cluster import fail, session, written


def kernel(spec, step):
    """A step over batches of Arrow; law and tables are read once by each task."""
    def run(batches):
        import tollgate_kernels
        replay = tollgate_kernels.Replay(spec)
        for batch in batches:
            yield getattr(replay, step)(batch)
    return run


def orders(spark, job):
    frame = spark.read.parquet(job["orders"])
    columns = [name for name in frame.columns if not name.startswith("tg_")]
    if "line" in columns and frame.filter("line > 1").limit(1).count():
        fail("orders of several lines are replayed in the process only: leave out --cluster")
    twice = frame.groupBy("order_id").count().filter("count > 1").limit(1).collect()
    if twice:
        fail(f"order {twice[0][0]} stands twice")
    return frame.selectExpr(*[f"`{name}`" for name in columns], "_metadata.file_path AS tg_file", "_metadata.row_index AS tg_row")


def decided(frame, job):
    """Every line with what it comes to under both policies."""
    from pyspark import StorageLevel
    from pyspark.sql.types import IntegerType, LongType, StringType, StructField, StructType
    added = dict(tg_before=IntegerType(), tg_after=IntegerType(), tg_change=StringType(), tg_tpp=LongType(), tg_price=LongType(), tg_diff=StringType())
    schema = StructType(frame.schema.fields + [StructField(name, kind, True) for name, kind in added.items()])
    rows = frame.count()
    settled = frame.mapInArrow(kernel(job["spec"], "settle"), schema).persist(StorageLevel.DISK_ONLY)
    if settled.count() != rows:
        fail(f"{rows} lines were read and {settled.count()} came back from the workers")
    known = "tg_before IS NOT NULL AND tg_after IS NOT NULL"
    left = settled.filter(f"NOT ({known})")
    counted = (left.repartition(1).sortWithinPartitions("date", "tg_file", "tg_row")
               .mapInArrow(kernel(job["spec"], "count"), schema).persist(StorageLevel.DISK_ONLY))
    if counted.count() != left.count() or counted.filter(f"NOT ({known})").count():
        fail(f"{left.count()} lines were to be counted and {counted.filter(known).count()} were")
    print(f"cluster: {rows} lines, of which {left.count()} were counted in order", file=sys.stderr, flush=True)
    return rows, settled.filter(known).unionByName(counted)


SUMS = """count(*) AS lines, cast(coalesce(sum(cast(tg_tpp AS DECIMAL(38,0))), 0) AS STRING) AS tpp,
    cast(coalesce(sum(cast(tg_price AS DECIMAL(19,0)) * cast(quantity AS DECIMAL(19,0))), 0) AS STRING) AS cents"""


def main():
    job = json.load(open(sys.argv[1], encoding="utf-8"))
    spark = session(job, "tollgate replay")
    spark.sparkContext.setLogLevel("ERROR")
    try:
        rows, lines = decided(orders(spark, job), job)
        lines.createOrReplaceTempView("replayed")
        total = spark.sql(f"SELECT {SUMS}, cast(min(date) AS STRING) AS first, cast(max(date) AS STRING) AS last FROM replayed").collect()[0].asDict()
        groups = spark.sql(f"""SELECT tg_change AS change, destination AS country, substring(cast(date AS STRING), 1, 7) AS month,
            ultimate_consignee AS consignee, {SUMS} FROM replayed WHERE tg_change IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4""")
        diff = spark.sql("SELECT tg_diff FROM replayed WHERE tg_change IS NOT NULL ORDER BY date, tg_file, tg_row")
        written(os.path.join(job["out"], "groups.jsonl"), (json.dumps(row.asDict(), ensure_ascii=False) for row in groups.toLocalIterator()))
        written(os.path.join(job["out"], "diff.jsonl"), (row[0].rstrip("\n") for row in diff.toLocalIterator()))
        if total["lines"] != rows:
            fail(f"{rows} lines were read and {total['lines']} summed up")
        written(os.path.join(job["out"], "totals.json"), [json.dumps(total)])
    except Exception as error:
        messages = [line.strip() for line in str(error).splitlines() if "Error" in line or "mend:" in line]
        fail("; ".join(messages[-2:]) or str(error).splitlines()[0])
    spark.stop()


if __name__ == "__main__":
    main()
