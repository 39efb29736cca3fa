"""What the drivers on Apache Spark share."""
import os, sys


def fail(what):
    print(f"cluster: {what}", file=sys.stderr, flush=True)
    raise SystemExit(3)


def session(job, name):
    from pyspark.sql import SparkSession
    one = (SparkSession.builder.master(job["master"]).appName(name)
           .config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
           .config("spark.sql.shuffle.partitions", str(job.get("partitions", 4)))
           .config("spark.executor.memory", job.get("memory", "1g")).config("spark.sql.ansi.enabled", "false")
           # A query asks the tables that were written and nothing else: no file by its path, no table of another, no variable of the machine.
           .config("spark.sql.runSQLOnFiles", "false").config("spark.sql.catalogImplementation", "in-memory").config("spark.sql.variable.substitute", "false")
           .config("spark.task.maxFailures", "8").config("spark.sql.session.timeZone", "UTC")
           .config("spark.driver.host", job.get("driver", "127.0.0.1")).config("spark.driver.bindAddress", job.get("driver", "127.0.0.1")))
    return one.getOrCreate()


def written(path, lines):
    """Lines to a file, which appears whole."""
    partial = path + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
