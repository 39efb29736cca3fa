"""The small determination in zen-engine, cedar and OpenFisca-Core: peers.py CASES.

CASES is what `tollgate-bench --cases FILE` writes: tpp,area,dc,dest,hq,ytd,quantity,expected; whole numbers, `area` in hundredths of mm2,
`expected` 0 no license, 1 AIA, 2 LPP, 3 license with approval presumed, 4 with denial presumed. Every engine is compared with `expected` on all
cases before it is timed on one thread; differences are printed, not hidden.
"""
import csv
import json
import sys
import time
from importlib.metadata import version

KEYS = ["tpp", "area", "dc", "dest", "hq", "ytd", "quantity"]


def per_second(count, run):
    best = 0.0
    for _ in range(3):
        start, rounds = time.perf_counter(), 0
        while time.perf_counter() - start < 0.5:
            run()
            rounds += 1
        best = max(best, rounds * count / (time.perf_counter() - start))
    return best


def report(name, package, speed, differences, cases, note=""):
    print(f"  {name:<28} {speed:>12.0f}  ({package} {version(package)}; {differences} of {cases} cases decided otherwise{note})")


def zen(cases, expected):
    import zen as engine

    a = "(tpp >= 4800 or (tpp >= 1600 and area > 0 and tpp * 10000 >= 592 * area))"
    b = "((tpp >= 2400 and area > 0 and tpp * 10000 >= 160 * area) or (tpp >= 1600 and area > 0 and tpp * 10000 >= 320 * area))"
    tier = "(dest > hq ? dest : hq)"
    caught = f"(not (dc == 0 and tpp < 4800) and ({a} or {b}))"
    outcome = f"not {caught} ? 0 : ({tier} == 1 ? 1 : ({tier} == 3 ? 4 : (not {a} ? 0 : (ytd + quantity * tpp <= 26900000 ? 2 : 3))))"
    node = {"id": "e", "name": "outcome", "type": "expressionNode", "position": {"x": 0, "y": 0},
            "content": {"expressions": [{"id": "1", "key": "outcome", "value": outcome}]}}
    ends = [{"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 0, "y": 0}}]
    edges = [{"id": "1", "sourceId": "in", "targetId": "e", "type": "edge"}, {"id": "2", "sourceId": "e", "targetId": "out", "type": "edge"}]
    decision = engine.ZenEngine().create_decision(json.dumps({"nodes": [*ends, node], "edges": edges}))
    asked = cases[:5000]
    wrong = sum(int(decision.evaluate(case)["result"]["outcome"]) != want for case, want in zip(asked, expected))
    report("zen-engine, decision", "zen-engine", per_second(len(asked), lambda: [decision.evaluate(case) for case in asked]), wrong, len(asked))
    compiled = engine.compile_expression(outcome)
    wrong = sum(int(compiled.evaluate(case)) != want for case, want in zip(asked, expected))
    report("zen-engine, expression", "zen-engine", per_second(len(asked), lambda: [compiled.evaluate(case) for case in asked]), wrong, len(asked))


def cedar(cases, expected):
    import cedarpy

    at_least = lambda over: f"(context.area > 0 && context.tpp * 10000 >= {over} * context.area)"
    a = f"(context.tpp >= 4800 || (context.tpp >= 1600 && {at_least(592)}))"
    b = f"((context.tpp >= 2400 && {at_least(160)}) || (context.tpp >= 1600 && {at_least(320)}))"
    first, third = "(context.dest == 1 && context.hq == 1)", "(context.dest == 3 || context.hq == 3)"
    policies = f"""
        permit(principal, action, resource) when {{ context.dc == 0 && context.tpp < 4800 }};
        permit(principal, action, resource) when {{ !({a} || {b}) }};
        permit(principal, action, resource) when {{ {first} }};
        permit(principal, action, resource) when {{ !{third} && !{a} }};
        permit(principal, action, resource) when {{ !{third} && context.ytd + context.quantity * context.tpp <= 26900000 }};"""
    asked = [{"principal": 'Party::"p"', "action": 'Action::"export"', "resource": 'Item::"i"', "context": case} for case in cases[:5000]]
    ask = lambda: cedarpy.is_authorized_batch(asked, policies, [])
    wrong = sum(answer.allowed != (want <= 2) for answer, want in zip(ask(), expected))
    report("cedar, may it go or not", "cedarpy", per_second(len(asked), ask), wrong, len(asked), "; one bit of the outcome")


def openfisca(cases, expected):
    import numpy
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    line = build_entity(key="line", plural="lines", label="An order line", is_person=True)
    system = TaxBenefitSystem([line])
    for key in KEYS:
        system.add_variable(type(key, (Variable,), {"value_type": float, "entity": line, "definition_period": DateUnit.YEAR}))

    def formula(lines, period):
        tpp, area, dc, dest, hq, ytd, quantity = (lines(key, period) for key in KEYS)
        at_least = lambda over: (area > 0) * (tpp * 10000 >= over * area)
        a = (tpp >= 4800) + (tpp >= 1600) * at_least(592)
        b = ~a * ((tpp >= 2400) * at_least(160) + (tpp >= 1600) * at_least(320))
        out = ((dc == 0) * (tpp < 4800)) + ~(a + b)
        tier = numpy.maximum(dest, hq)
        limit = numpy.where(ytd + quantity * tpp <= 26900000, 2, 3)
        return numpy.select([out, tier == 1, tier == 3, b], [0, 1, 4, 0], default=limit)

    system.add_variable(type("outcome", (Variable,), {"value_type": int, "entity": line, "definition_period": DateUnit.YEAR, "formula": formula}))
    columns = {key: numpy.array([case[key] for case in cases], dtype=numpy.float32) for key in KEYS}

    def run():
        simulation = SimulationBuilder().build_default_simulation(system, count=len(cases))
        for key in KEYS:
            simulation.set_input(key, "2025", columns[key])
        return simulation.calculate("outcome", "2025")

    wrong = int((run() != numpy.array(expected)).sum())
    report("OpenFisca-Core, in bulk", "OpenFisca-Core", per_second(len(cases), run), wrong, len(cases), ": 32-bit floats at the limit")


if __name__ == "__main__":
    with open(sys.argv[1], newline="") as file:
        rows = [[int(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    lines = [dict(zip(KEYS, row)) for row in rows]
    wanted = [row[-1] for row in rows]
    for peer in (zen, cedar, openfisca):
        peer(lines, wanted)
