"""Typologies and a replay on Apache Spark as workers are added, beside the same in the process.

    python3 bench/cluster.py [BUSY] [WORKERS]     BUSY multiplies the orders of each buyer (20: about a million lines); WORKERS are added one by one (2)

Run it with a Python that has pyspark, pandas and the wheel of python/ (target/spark/bin/python, which `cargo xtask test` makes), after a release build. Master and
workers are processes of this machine, each worker with one core and 2 GB: beyond its cores, what is added is only the cost of adding.
"""
import os, subprocess, sys, tempfile, time

from detect import FILES, TOLLGATE, world


def spark(folder, workers):
    """A master and so many workers; answers its address and the processes."""
    import pyspark
    home = os.path.dirname(pyspark.__file__)
    env = dict(os.environ, SPARK_HOME=home, PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_DIRS=os.path.join(folder, "local"))
    running = []

    def start(*words):
        log = open(os.path.join(folder, f"spark-{workers}-{len(running)}.log"), "w")
        running.append(subprocess.Popen([os.path.join(home, "bin/spark-class"), *words], env=env, stdout=log, stderr=log))

    start("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "7177", "--webui-port", "0")
    time.sleep(4)
    for worker in range(workers):
        start("org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "2g", "--webui-port", "0",
              "--work-dir", os.path.join(folder, f"work-{worker}"), "spark://127.0.0.1:7177")
    time.sleep(6)
    return "spark://127.0.0.1:7177", running


def timed(what, folder, *words):
    start = time.time()
    subprocess.run([TOLLGATE, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(f"{what}: {time.time() - start:.1f} s", flush=True)


def main():
    busy, most = (int(word) for word in (sys.argv[1:] + ["20", "2"][len(sys.argv) - 1:])[:2])
    with tempfile.TemporaryDirectory() as folder:
        world(folder, busy)
        inputs = [word for table, file in FILES for word in ("--" + table, "w/" + file)]
        replay = ["replay", *inputs[:6], "--policy", "diffusion", "--against", "anthropic-2025"]
        detect = ["detect", *inputs, "--policy", "diffusion"]
        timed("replay, in the process", folder, *replay, "--out", "here")
        timed("detect, in the process", folder, *detect, "--out", "here.jsonl")
        for workers in range(1, most + 1):
            url, running = spark(folder, workers)
            try:
                on = ["--cluster", url, "--python", sys.executable, "--partitions", str(2 * workers)]
                timed(f"replay, {workers} workers", folder, *replay, *on, "--out", "there")
                timed(f"detect, {workers} workers", folder, *detect, *on, "--out", "there.jsonl")
            finally:
                for process in reversed(running):
                    process.kill()
                    process.wait()
            read = lambda name: open(os.path.join(folder, name), "rb").read()
            assert read("here/summary.json") == read("there/summary.json") and read("here.jsonl") == read("there.jsonl")


if __name__ == "__main__":
    main()
