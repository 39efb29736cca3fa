"""The lab's aggregate model and its peers in one run: lab.py (with `cargo build --release` done before; needs numpy, numba and mesa).

The same model is written again here, from docs/lab.md and the parameters and the law that `tollgate simulate` prints, in NumPy (all draws at once), Numba (one draw after
the other, compiled) and Mesa (an agent a country, single runs). Quantiles must agree before anything is timed.
"""
import csv
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import NormalDist

import numba
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
TOLLGATE = ROOT / "target/release/tollgate"
QUARTERS, YEARS = 24, 6
SCENARIO = 'title = "bench"\nquestion = "how fast"\nstudy = "advantage"\ndraws = {draws}\nseed = 5\n[[arm]]\npolicy = "diffusion"\n'
NAMES = []
Z95 = NormalDist().inv_cdf(0.95)


def number(text):
    return float(text.replace(",", ""))


def sampler(text):
    """Values of a distribution as --explain prints it, for shares between 0 and 1."""
    numbers = [number(found) for found in re.findall(r"-?[\d,]*\.?\d+", text.split("90 % in")[-1])]
    normal = np.vectorize(NormalDist().inv_cdf)
    if text.startswith("uniform"):
        low, high = numbers
        return lambda shares: low + shares * (high - low)
    if text.startswith("triangular"):
        low, mode, high = numbers
        turn = (mode - low) / (high - low)
        return lambda shares: np.where(shares < turn, low + np.sqrt(shares * (high - low) * (mode - low)), high - np.sqrt((1 - shares) * (high - low) * (high - mode)))
    if text.startswith("lognormal"):
        low, high = map(math.log, numbers)
        return lambda shares: np.exp(low + (high - low) * (0.5 + normal(shares) / (2 * Z95)))
    return lambda shares: np.full_like(shares, numbers[0])


def read_law(path):
    rows = list(csv.DictReader(open(path, encoding="utf-8")))
    tier2 = [row for row in rows if row["tier"] == "2"]
    countries = sorted({row["country"] for row in tier2}, key=[row["country"] for row in tier2].index)
    cell = {(row["country"], int(row["quarter"])): row for row in tier2}
    table = lambda column, made: np.array([[made(cell[country, quarter][column]) for country in countries] for quarter in range(QUARTERS)])
    grants = {"approval": 0.0, "case_by_case": 1.0, "denial": 2.0}
    third = {int(row["quarter"]): row for row in rows if row["tier"] == "3"}
    flags = np.array([[float(third[quarter]["lesser"] == "true"), float(third[quarter]["grant"] == "case_by_case")] for quarter in range(QUARTERS)])
    shares = np.array([float(cell[country, 0]["share"]) for country in countries])
    return shares, table("free", float), table("cap", float), table("grant", grants.get), table("validated", lambda text: float(text == "true")), flags


@numba.njit(cache=False, fastmath=False)
def below(limit, moment, middle, spread):
    if limit <= 0.0:
        return 0.0
    if math.isinf(limit):
        return 1.0
    return 0.5 * math.erfc(-((math.log(limit) - middle) / spread - moment * spread) / math.sqrt(2.0))


@numba.njit(cache=False, fastmath=False)
def one(p, shares, free, cap, grant, validated, flags):
    """H100e that reach tier 3 from abroad in 2027, and the ratio of stocks at the end of 2030."""
    (flow, growth, us, tier2, hyper, growth2, median, spread, g_app, g_case, networks, link, cost, reach, premium, appetite, penalty, c_shell, fronts, f_reach, c_front, rent, legal3, licensed3,
     dom, dom_growth, stock_us, stock_3, life, price, halving) = p
    step, dom_step, step2, price_step = growth ** 0.25, dom_growth ** 0.25, growth2 ** 0.25, 2.0 ** (-0.25 / halving)
    supply, domestic, wanted = flow / step ** 3, dom / dom_step ** 3, 1.0
    used = np.zeros(len(shares))
    home, third, received, smuggled = stock_us, stock_3, 0.0, 0.0
    middle = math.log(median)
    for quarter in range(QUARTERS):
        outside, inside = tier2 * wanted * supply, max(1.0 - us - tier2, 0.02) * 0.9 * supply
        served, most = inside, 0.0
        for country in range(len(shares)):
            limit = free[quarter, country]
            most = max(most, limit)
            rest = 1.0 - (hyper if validated[quarter, country] > 0.5 else 0.0)
            asked = rest * (1.0 - below(limit, 1.0, middle, spread))
            kind = grant[quarter, country]
            given = asked * (g_app if kind == 0.0 else (g_case if kind == 1.0 else 0.0))
            got = min(given * shares[country] * outside, max(cap[quarter, country] - used[country], 0.0))
            used[country] += got
            served += (1.0 - asked) * shares[country] * outside + got
        wants = supply / flow
        sated = min(received / (appetite * wants), 1.0)
        margin, loss, own = (premium - 1.0) * (1.0 - sated) * price, penalty * price, min(most, reach)
        gain = margin / (margin + loss)
        shells = min(max(link * 0.5 * ((gain - cost / own / (margin + loss)) / c_shell - 1.0), 0.0), 60.0) if own > 0.0 else 0.0
        caught = min(c_shell * (1.0 + shells / link), 0.95)
        front = min(max(gain / (c_front / 1000.0) * 0.5, 0.0), f_reach)
        f_caught = min(c_front / 1000.0 * front, 0.95)
        scale = max(wants, 0.2)
        by_shells, by_fronts = networks * scale * shells * own * 0.25, fronts * scale * front * 0.25
        arrived = by_shells * (1.0 - caught) + by_fronts * (1.0 - f_caught)
        lost = by_shells * caught + by_fronts * f_caught
        licensed = licensed3 * flags[quarter, 1]
        lawful = legal3 * flags[quarter, 0] + licensed
        received += 0.5 * (4.0 * (arrived + licensed) - received)
        kept = max(supply - served - arrived - lost - lawful, 0.0)
        home += kept - home * 0.25 / life
        third += arrived + lawful + domestic - third * 0.25 / life
        if quarter // 4 == 2:
            smuggled += arrived + lawful
        supply, domestic, wanted, price = supply * step, domestic * dom_step, wanted * step2, price * price_step
    return smuggled, home / third


@numba.njit(parallel=True)
def many(points, shares, free, cap, grant, validated, flags):
    out = np.empty((len(points), 2))
    for row in numba.prange(len(points)):
        out[row] = one(points[row], shares, free, cap, grant, validated, flags)
    return out


def in_numpy(points, shares, free, cap, grant, validated, flags):
    """The same, all draws at once."""
    (flow, growth, us, tier2, hyper, growth2, median, spread, g_app, g_case, networks, link, cost, reach, premium, appetite, penalty, c_shell, fronts, f_reach, c_front, rent, legal3, licensed3,
     dom, dom_growth, stock_us, stock_3, life, price, halving) = points.T
    price = price.copy()
    step, dom_step, step2, price_step = growth ** 0.25, dom_growth ** 0.25, growth2 ** 0.25, 2.0 ** (-0.25 / halving)
    supply, domestic, wanted = flow / step ** 3, dom / dom_step ** 3, np.ones_like(flow)
    used = np.zeros((len(points), len(shares)))
    home, third, received, smuggled = stock_us.copy(), stock_3.copy(), np.zeros_like(flow), np.zeros_like(flow)
    erfc = np.vectorize(math.erfc)
    small = {}
    for limit in np.unique(free):
        if limit <= 0 or math.isinf(limit):
            small[limit] = np.full_like(flow, float(limit > 0))
        else:
            small[limit] = 0.5 * erfc(-((math.log(limit) - np.log(median)) / spread - spread) / math.sqrt(2.0))
    for quarter in range(QUARTERS):
        outside, inside = tier2 * wanted * supply, np.maximum(1.0 - us - tier2, 0.02) * 0.9 * supply
        below_limit = np.stack([small[limit] for limit in free[quarter]], axis=1)
        asked = (1.0 - hyper[:, None] * validated[quarter]) * (1.0 - below_limit)
        share = np.where(grant[quarter] == 0, g_app[:, None], np.where(grant[quarter] == 1, g_case[:, None], 0.0))
        demand = shares * outside[:, None]
        got = np.minimum(asked * share * demand, np.maximum(cap[quarter] - used, 0.0))
        used += got
        served = inside + ((1.0 - asked) * demand + got).sum(axis=1)
        wants = supply / flow
        sated = np.minimum(received / (appetite * wants), 1.0)
        margin, loss, own = (premium - 1.0) * (1.0 - sated) * price, penalty * price, np.minimum(free[quarter].max(), reach)
        gain = margin / (margin + loss)
        shells = np.clip(link * 0.5 * ((gain - cost / own / (margin + loss)) / c_shell - 1.0), 0.0, 60.0)
        caught = np.minimum(c_shell * (1.0 + shells / link), 0.95)
        front = np.clip(gain / (c_front / 1000.0) * 0.5, 0.0, f_reach)
        f_caught = np.minimum(c_front / 1000.0 * front, 0.95)
        scale = np.maximum(wants, 0.2)
        by_shells, by_fronts = networks * scale * shells * own * 0.25, fronts * scale * front * 0.25
        arrived = by_shells * (1.0 - caught) + by_fronts * (1.0 - f_caught)
        lost = by_shells * caught + by_fronts * f_caught
        licensed = licensed3 * flags[quarter, 1]
        lawful = legal3 * flags[quarter, 0] + licensed
        received = received + 0.5 * (4.0 * (arrived + licensed) - received)
        kept = np.maximum(supply - served - arrived - lost - lawful, 0.0)
        home = home + kept - home * 0.25 / life
        third = third + arrived + lawful + domestic - third * 0.25 / life
        if quarter // 4 == 2:
            smuggled = smuggled + arrived + lawful
        supply, domestic, wanted, price = supply * step, domestic * dom_step, wanted * step2, price * price_step
    return np.stack([smuggled, home / third], axis=1)


PARAMETERS = ("supply.flow_2025q4 supply.growth share.united_states share.tier2 tier2.hyperscale_share tier2.growth_beyond_supply tier2.buyer_median tier2.buyer_spread license.grant_approval "
              "license.grant_case_by_case smuggle.networks smuggle.link_scale smuggle.shell_cost smuggle.shell_reach smuggle.premium smuggle.appetite smuggle.penalty detect.shell front.count front.reach "
              "detect.front_per_thousand tier3.rent_share tier3.legal_flow tier3.licensed_flow tier3.domestic_flow_2025q4 tier3.domestic_growth stock.united_states_2024 stock.tier3_2024 life.years "
              "price.h100e_2025 price.halving_years").split()


def mesa_runs(point, law):
    """Single runs a second with an agent a country; each agent keeps its country's count, the model does the rest as `one` does."""
    import mesa

    class Country(mesa.Agent):
        def __init__(self, model, place):
            super().__init__(model)
            self.place, self.used = place, 0.0

        def step(self):
            shares, free, cap, grant, validated, _ = law
            quarter = self.model.quarter
            limit, kind = free[quarter, self.place], grant[quarter, self.place]
            asked = (1.0 - self.model.hyper * validated[quarter, self.place]) * (1.0 - below.py_func(limit, 1.0, self.model.middle, self.model.spread))
            given = asked * (self.model.approval if kind == 0 else 0.0) * shares[self.place] * self.model.outside
            self.used += min(given, max(cap[quarter, self.place] - self.used, 0.0))

    class World(mesa.Model):
        def __init__(self):
            super().__init__()
            self.hyper, self.middle, self.spread, self.approval = point[4], math.log(point[6]), point[7], point[8]
            for place in range(len(law[0])):
                Country(self, place)

        def run(self):
            for self.quarter in range(QUARTERS):
                self.outside = point[3] * point[0] * point[1] ** ((self.quarter - 3) / 4)
                self.agents.do("step")

    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < 3:
        World().run()
        count += 1
    return count / (time.perf_counter() - start)


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        scenario = folder / "bench.toml"
        run = lambda *words: subprocess.run([TOLLGATE, "simulate", scenario, *words], check=True, capture_output=True, text=True).stdout
        scenario.write_text(SCENARIO.format(draws=200_000))
        given = {row["name"]: row["value"] for row in json.loads(run("--explain", "--format", "json"))}
        run("--out", folder / "out")
        law = read_law(folder / "out/law.csv")
        generator = np.random.default_rng(7)
        made = lambda count: np.stack([sampler(given[name])(generator.uniform(1e-9, 1 - 1e-9, count)) for name in PARAMETERS], axis=1)
        points = made(200_000)
        compiled, plain = many(points, *law), in_numpy(points[:20_000], *law)
        assert np.allclose(compiled[:20_000], plain, rtol=1e-9), "NumPy and Numba differ"
        ours = {}
        for name, row in (("leaked", "figures-2027"), ("ratio", "figures-2030")):
            text = list(csv.reader(open(folder / f"out/{row}.csv", encoding="utf-8")))[1][3 if name == "leaked" else 1]
            ours[name] = [number(found) for found in re.findall(r"[\d,]*\.?\d+", text)]
        for name, column in (("leaked", 0), ("ratio", 1)):
            p5, p50, p95 = np.quantile(compiled[:, column], [0.05, 0.5, 0.95])
            middle, low, high = ours[name]
            print(f"{name}: Tollgate {middle:g} ({low:g} to {high:g}), here {p50:g} ({p5:g} to {p95:g})")
            assert all(abs(one / other - 1) < 0.03 for one, other in ((low, p5), (middle, p50), (high, p95))), "quantiles differ by more than sampling does"
        draws = 4_000_000
        scenario.write_text(SCENARIO.format(draws=draws))
        times = []
        for threads in ("1", "2"):
            start = time.perf_counter()
            run("--threads", threads, "--out", folder / f"out{threads}")
            times.append(time.perf_counter() - start)
        scenario.write_text(SCENARIO.format(draws=1))
        start = time.perf_counter()
        run("--out", folder / "none")
        fixed = time.perf_counter() - start
        speeds = {f"Tollgate, {threads} thread{'s' if threads > 1 else ''}, all outputs and their distributions": draws / (seconds - fixed) for threads, seconds in zip((1, 2), times)}
        for threads in (1, 2):
            numba.set_num_threads(threads)
            start = time.perf_counter()
            many(points, *law)
            speeds[f"Numba, {threads} thread{'s' if threads > 1 else ''}, two outputs, draws made before"] = len(points) / (time.perf_counter() - start)
        start = time.perf_counter()
        in_numpy(points[:50_000], *law)
        speeds["NumPy, two outputs, draws made before"] = 50_000 / (time.perf_counter() - start)
        speeds["Mesa, honest demand alone"] = mesa_runs(points[0], law)
        base = next(iter(speeds.values()))
        for name, speed in speeds.items():
            print(f"{name:70} {speed:12,.0f} draws/s   Tollgate on one thread is {base / speed:.2g} times as fast")
        print(f"once for each study (law, indices, tornado, boxes): {fixed:.2f} s")


main()
