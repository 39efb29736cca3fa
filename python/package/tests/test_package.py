"""The package over the bundled example, and over tables as notebooks have them."""

from __future__ import annotations

import csv
import datetime
import os
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tollgate

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples/orders"
TABLES = {"parties": EXAMPLE / "parties.csv", "ownership": EXAMPLE / "ownership.csv", "items": EXAMPLE / "items.csv", "lists": EXAMPLE / "list.csv"}


def rows() -> list[dict[str, object]]:
    line = {"order_id": "one", "line": 1, "date": datetime.date(2025, 6, 2), "ultimate_consignee": "hall", "origin": "US", "destination": "MY",
            "item": "H100 SXM5 80GB", "quantity": 8, "end_use": "data_center"}  # fmt: skip
    return [line, {**line, "order_id": "two", "destination": "CN"}]


PARTIES = [{"party_id": "hall", "name": "Hall of the South", "country": "MY", "hq_country": "MY"}]


def outcomes(orders: object, **options: object) -> list[str]:
    return tollgate.decide(orders, parties=PARTIES, policy="diffusion", **options).table.column("outcome").to_pylist()  # type: ignore[arg-type]


def test_figures_are_those_of_the_command_line(tmp_path: Path) -> None:
    decided = tollgate.decide(EXAMPLE / "orders.csv", policy="diffusion", **TABLES)
    out = tmp_path / "decisions.parquet"
    words = ["decide", "--orders", EXAMPLE / "orders.csv", "--policy", "diffusion", "--out", out]
    for name, path in TABLES.items():
        words += [f"--{name}", path]
    subprocess.run([tollgate.find_program(), *words], check=True, capture_output=True)
    assert decided.table.equals(pq.read_table(out))
    assert sum(decided.outcomes.values()) == len(decided) == 126


def test_tables_of_every_library_decide_alike() -> None:
    import duckdb
    import pandas
    import polars

    expected = outcomes(rows())
    assert expected[1] == "license_required"
    table = arrow_table = pa.Table.from_pylist(rows())
    frame = pandas.DataFrame(rows())
    for orders in (table, frame, polars.from_arrow(table), duckdb.sql("select * from arrow_table"), table.to_batches()[0], frame.astype({"item": "category"})):
        assert outcomes(orders) == expected, type(orders)
    assert outcomes(frame.assign(date=pandas.to_datetime(frame["date"]))) == expected
    assert outcomes(frame.assign(quantity=[8.0, 8.0])) == expected, "whole numbers that pandas made floats"
    assert outcomes(frame.set_index("order_id")) == expected


def test_what_is_not_understood_is_never_passed_over() -> None:
    with pytest.warns(tollgate.TollgateWarning, match="`color`"):
        tollgate.decide([{**rows()[0], "color": "red"}], parties=PARTIES)
    with pytest.raises(tollgate.TollgateError, match="^the table `orders`, column `end_usr`"):
        tollgate.decide([{**rows()[0], "end_usr": "Somebody"}], parties=PARTIES)
    half = tollgate.decide([{**rows()[0], "quantity": 1.5}], parties=PARTIES)
    assert half.outcomes == {"needs_information": 1}
    assert outcomes([{**rows()[0], "end_use": "?!"}]) == ["needs_information"]
    with pytest.raises(tollgate.TollgateError, match="times of day"):
        outcomes([{**rows()[0], "date": datetime.datetime(2025, 6, 2, 23, 30)}])
    with pytest.raises(tollgate.TollgateError, match="nested|list<|struct|type"):
        outcomes([{**rows()[0], "item": ["H100"]}])
    with pytest.raises(tollgate.TollgateError, match="is no table"):
        outcomes(7)
    with pytest.raises(tollgate.TollgateError, match="no file"):
        outcomes("no-such-file.csv")


def test_a_column_given_twice_is_refused() -> None:
    import pandas

    frame = pandas.DataFrame(rows())
    frame.insert(1, "item", frame["item"], allow_duplicates=True)
    with pytest.raises(tollgate.TollgateError, match="`item` twice"):
        outcomes(frame)


def test_errors_say_what_and_how_to_mend_it() -> None:
    with pytest.raises(tollgate.TollgateError) as caught:
        tollgate.decide(rows(), policy="no-such-policy")
    assert caught.value.status == 2 and "no-such-policy" in caught.value.what and "ear" in caught.value.mend
    with pytest.raises(tollgate.TollgateError, match="no day"):
        tollgate.decide(rows(), known_on=7)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        tollgate.decide(rows(), end_use="gaming")  # type: ignore[call-arg]
    with pytest.raises(tollgate.TollgateError):
        tollgate.decide(rows(), policy="--strict")


def test_names_are_classified_and_screened() -> None:
    found = tollgate.classify(["H100 SXM", "RTX 4090"], date="2026-01-02")
    assert [record["item"] for record in found.records][0] == "H100 SXM5 80GB"
    with pytest.raises(tollgate.TollgateError, match="no item"):
        tollgate.classify("lobster")
    match = tollgate.screen(lists=EXAMPLE / "list.csv", name="Huawei")
    assert match.records[0]["matches"][0]["entry"] == "EL-1"
    with pytest.raises(tollgate.TollgateError, match="not both"):
        tollgate.screen(lists=EXAMPLE / "list.csv")


def test_questions_policies_and_arguments() -> None:
    answer = tollgate.ask("8 H100 SXM to Hall of the South, Malaysia for training", date="2025-06-02", policy="diffusion")
    assert answer.summary["understood"]["destination"] == "MY"
    with pytest.raises(tollgate.TollgateError, match="not understood"):
        tollgate.ask("something for somebody")
    policies = tollgate.policies()
    # The longest name is among them, and nothing that is none.
    assert {"ear", "codified", "diffusion", "no-chips-for-ccp"} <= set(policies) and "law" not in policies
    assert tollgate.policy_diff("ear", "codified", date="2025-06-01").summary["first"] == "ear"
    argument = tollgate.explain(rows(), "two", parties=PARTIES, policy="diffusion")
    assert "15 CFR" in argument


def test_replay_watch_and_simulate() -> None:
    both = tollgate.replay(EXAMPLE / "orders.csv", parties=TABLES["parties"], items=TABLES["items"], policy="diffusion", against="ear")
    assert both.summary["against"] == "ear" and "diff.jsonl" in both.files
    alerts = tollgate.detect(EXAMPLE / "orders.csv", policy="diffusion", **TABLES)
    assert alerts.records and alerts.records[0]["score"] >= alerts.records[-1]["score"]
    first, second = (tollgate.simulate("threshold", runs=20, seed=5, threads=threads) for threads in (1, 2))
    assert first.summary == second.summary and first.files["results.json"] == second.files["results.json"]


def test_a_notebook_shows_text_as_text() -> None:
    order = {**rows()[0], "order_id": "<script>alert(1)</script>"}
    decided = tollgate.decide([order], parties=PARTIES)
    assert "<script>" not in decided._repr_html_() and "&lt;script&gt;" in decided._repr_html_()
    assert "not legal advice" in decided._repr_html_()
    assert repr(decided).startswith("<Decisions: 1 line decided")


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tollgate.decide(rows(), parties=PARTIES)
    with pytest.raises(tollgate.TollgateError):
        tollgate.decide(rows(), policy="none")
    assert list(tmp_path.iterdir()) == []


def test_a_program_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "tollgate"
    other.write_text("#!/bin/sh\necho tollgate 9.9.9\n")
    other.chmod(0o755)
    monkeypatch.setenv("TOLLGATE_PROGRAM", str(other))
    with pytest.raises(tollgate.TollgateError, match="9.9.9"):
        tollgate.policies()
    monkeypatch.setenv("TOLLGATE_PROGRAM", str(tmp_path / "none"))
    with pytest.raises(tollgate.TollgateError, match="is no file"):
        tollgate.policies()
