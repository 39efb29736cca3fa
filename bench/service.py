"""The service under load: service.py (with `cargo build --release` and wrk, Debian's package, done before).

`POST /v1/orders` with a reservation: the order is decided, recorded and set aside, durably. First the peak, by as many connections as help; then
the latency at half of it, where each connection waits between two requests. Client and server share the machine.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOLLGATE = ROOT / "target/release/tollgate"
PARTIES = 10_000
SECONDS = 10
CONNECTIONS = (16, 64, 256)

SCRIPT = """
local token, pause, run = os.getenv("TOKEN"), tonumber(os.getenv("PAUSE")), os.getenv("RUN")
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init() count = 0; math.randomseed(number + 1) end
function delay() return pause * (0.5 + math.random()) end
function request()
  count = count + 1
  local id = run .. "-" .. number .. "-" .. count
  local body = string.format('{"order":{"order_id":"%s","date":"2025-06-02","exporter":"us","ultimate_consignee":"p%d","origin":"US","destination":"SG","item":"NVIDIA H100 SXM","quantity":1,"end_use":"data_center"},"reserve":true}', id, math.random(10000))
  return wrk.format("POST", "/v1/orders", { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json", ["Idempotency-Key"] = id }, body)
end
if pause == 0 then delay = nil end
"""


def load(address, token, connections, pause, run):
    words = ["wrk", "-t", "2", "-c", str(connections), "-d", f"{SECONDS}s", "--latency", "-s", "load.lua", address]
    environment = {**os.environ, "TOKEN": token, "PAUSE": str(pause), "RUN": run}
    out = subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return rate, p99, int(refused[1]) if refused else 0


def main():
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed\n  mend: apt-get install wrk")
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else ROOT / "target") as folder:
        os.chdir(folder)
        Path("load.lua").write_text(SCRIPT)
        rows = "".join(f"p{number},Party {number} Compute Pte Ltd,SG,SG\n" for number in range(1, PARTIES + 1))
        Path("parties.csv").write_text("party_id,name,country,hq_country\nus,Example Export Inc.,US,US\n" + rows)
        token = subprocess.run([TOLLGATE, "token", "add", "--name", "load", "--role", "officer"], check=True, capture_output=True, text=True).stdout.strip()
        words = [TOLLGATE, "serve", "--listen", "127.0.0.1:0", "--policy", "diffusion", "--parties", "parties.csv", "--rate", "1000000", "--log", "off"]
        server = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        try:
            address = server.stderr.readline().split()[-1] + "/v1/orders"
            peaks = {}
            for connections in CONNECTIONS:
                rate, p99, refused = load(address, token, connections, 0, f"peak{connections}")
                peaks[connections] = rate
                print(f"{connections:4} connections  {rate:8.0f} orders/s  p99 {p99:7.1f} ms  {refused} refused")
            peak = max(peaks.values())
            rate, p99, refused = load(address, token, 64, 64 / (peak / 2) * 1000, "half")
            print(f"half of the peak  {rate:8.0f} orders/s  p99 {p99:7.1f} ms  {refused} refused (target: under 25 ms)")
        finally:
            server.terminate()
            start = time.monotonic()
            server.wait()
            print(f"ended in {time.monotonic() - start:.1f} s")
        subprocess.run([TOLLGATE, "audit", "verify"], check=True)


main()
