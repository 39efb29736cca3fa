"""Sobol's indices in SALib, to hold crates/lab/src/sensitivity against: sobol_peer.py [SAMPLES].

Needs SALib (and the numpy it brings) in the Python it runs under; measured with SALib 1.6.0. For Ishigami's function and Sobol's G it prints each index,
its 95 percent interval and what is exact; then how long SAMPLES (8,192) x 20 parameters take with a numpy model, by parts. SALib's model runs on
all points in one call, without a function call for each: only sampling and analysis compare with Tollgate's time less its model's.
"""
import sys
import time
from importlib.metadata import version

import numpy as np
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as sampling

RESAMPLES = 200
SEED = 1
G8 = np.array([0, 1, 4.5, 9, 99, 99, 99, 99], dtype=float)
G20 = np.array([0, 0.5, 1, 2, 4.5, 9] + [99] * 14, dtype=float)


def ishigami(points):
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_exact():
    fourth = np.pi**4
    one, two, both = 0.5 * (1 + 0.1 * fourth / 5) ** 2, 49 / 8, 0.01 * fourth**2 * 8 / 225
    return np.array([one, two, 0]) / (one + two + both), np.array([one + both, two, both]) / (one + two + both)


def g(a):
    return lambda points: np.prod((np.abs(4 * points - 2) + a) / (1 + a), axis=1)


def g_exact(a):
    parts = 1 / 3 / (1 + a) ** 2
    whole = np.prod(1 + parts)
    return parts / (whole - 1), parts * whole / (1 + parts) / (whole - 1)


def analyze(model, dimensions, samples):
    """SALib's result and the seconds for sampling, model and analysis."""
    problem = {"num_vars": dimensions, "names": [f"x{place}" for place in range(dimensions)], "bounds": [[0, 1]] * dimensions}
    times = [time.perf_counter()]
    points = sampling.sample(problem, samples, calc_second_order=False, seed=SEED)
    times.append(time.perf_counter())
    results = model(points)
    times.append(time.perf_counter())
    found = analysis.analyze(problem, results, calc_second_order=False, num_resamples=RESAMPLES, conf_level=0.95, seed=SEED)
    times.append(time.perf_counter())
    return found, np.diff(times)


def show(name, model, exact, samples):
    print(f"{name}, {samples:,} samples")
    found, _ = analyze(model, len(exact[0]), samples)
    for order, key, known in [("first", "S1", exact[0]), ("total", "ST", exact[1])]:
        for place, (value, half, true) in enumerate(zip(found[key], found[f"{key}_conf"], known)):
            print(f"  x{place} {order} {value:8.4f}  {value - half:8.4f} to {value + half:8.4f}  exact {true:7.4f}")


def main():
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 8192
    print(f"SALib {version('SALib')}, numpy {np.__version__}, {RESAMPLES} resamples")
    show("Ishigami (7, 0.1)", ishigami, ishigami_exact(), samples)
    show("Sobol's G (0, 1, 4.5, 9, 99, 99, 99, 99)", g(G8), g_exact(G8), samples)
    best = min((analyze(g(G20), len(G20), samples)[1] for _ in range(3)), key=sum)
    print(f"{samples:,} x {len(G20)} parameters ({samples * (len(G20) + 2):,} runs), the best of three:")
    for part, seconds in zip(["sampling", "model", "analysis"], best):
        print(f"  {part:9} {seconds:7.3f} s")
    print(f"  {'all':9} {sum(best):7.3f} s")


if __name__ == "__main__":
    main()
