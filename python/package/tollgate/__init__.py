"""Tollgate in Python: decides, screens, watches and simulates, with what the command line program writes.

Tables go in as paths, or as tables of pyarrow, pandas, Polars or DuckDB; results hold a `pyarrow.Table`.
Options have the names of the program's own. What the program does not understand becomes a `TollgateWarning`, or a `TollgateError` that says how to mend it.
It informs; it is not legal advice.
"""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Union

import pyarrow as pa
import pyarrow.parquet as pq

from ._program import VERSION as __version__
from ._program import Output, TollgateError, TollgateWarning, find_program, run
from ._results import Decisions, Records, Result, Summary
from ._tables import TableLike, write_table

Day = Union[str, datetime.date]
"""A day: a date, or text of the form YYYY-MM-DD."""

__all__ = [
    "Day", "Decisions", "Records", "Result", "Summary", "TableLike", "TollgateError", "TollgateWarning", "__version__", "ask", "check", "classify", "decide",
    "detect", "explain", "find_program", "intake", "policies", "policy_diff", "replay", "screen", "simulate",
]  # fmt: skip


def _text(value: str, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TollgateError(f"`{name}` is {value!r}, which is no text", mend=f"give `{name}` as text")
    if "\0" in value:
        raise TollgateError(f"`{name}` holds a NUL character", mend="take it out")
    return value


def _day(value: Day, name: str) -> str:
    if isinstance(value, datetime.datetime) or not isinstance(value, (str, datetime.date)):
        raise TollgateError(f"`{name}` is {value!r}, which is no day", mend="give a datetime.date, or text of the form YYYY-MM-DD")
    return value if isinstance(value, str) else value.isoformat()


def _whole(value: int, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TollgateError(f"`{name}` is {value!r}, which is no whole number", mend="give an int")
    return str(value)


def _paths(value: str | Path | Sequence[str | Path], folder: Path) -> list[str]:
    paths = [value] if isinstance(value, (str, Path)) else list(value)
    return [write_table(path, "lists", folder) for path in paths]


class _Words:
    """The arguments of a run, and the folder in which its tables stand."""

    def __init__(self, folder: Path, *command: str) -> None:
        self.folder, self.words = folder, list(command)

    def tables(self, **tables: TableLike | None) -> _Words:
        for name, value in tables.items():
            if value is not None:
                self.words += [f"--{name}", write_table(value, name, self.folder)]
        return self

    def lists(self, lists: str | Path | Sequence[str | Path] | None, threshold: int | None = None) -> _Words:
        if lists is not None:
            for path in _paths(lists, self.folder):
                self.words += ["--lists", path]
        if threshold is not None:
            self.words += ["--threshold", _whole(threshold, "threshold")]
        return self

    def policy(self, policy: str, known_on: Day | None = None, strict: bool = False) -> _Words:
        self.words += [f"--policy={_text(policy, 'policy')}"]
        if known_on is not None:
            self.words += ["--known-on", _day(known_on, "known_on")]
        if strict:
            self.words += ["--strict"]
        return self


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tollgate-")


def _json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _flat(records: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Objects as a table; what is a list or an object in them is its JSON."""
    keys = list(dict.fromkeys(key for record in records for key in record))
    nested = {key for record in records for key, value in record.items() if isinstance(value, (list, dict))}
    columns: dict[str, list[Any]] = {}
    for key in keys:
        values = [record.get(key) for record in records]
        columns[key] = [None if value is None else json.dumps(value, ensure_ascii=False) for value in values] if key in nested else values
    return pa.table(columns)


def decide(
    orders: TableLike,
    *,
    parties: TableLike | None = None,
    ownership: TableLike | None = None,
    items: TableLike | None = None,
    licenses: TableLike | None = None,
    clearances: TableLike | None = None,
    lists: str | Path | Sequence[str | Path] | None = None,
    threshold: int | None = None,
    policy: str = "ear",
    known_on: Day | None = None,
    strict: bool = False,
) -> Decisions:
    """Decides every order line, with the allocations kept in order of date.

    The tables have the columns of docs/tables.md. Returns one row a line in the columns of docs/decision-record.md: `outcome`, `authorization`, `tpp`
    (total processing performance, in TPP), `missing` and the certificate among them. Raises TollgateError for input that cannot be used.
    """
    with _scratch() as name:
        folder = Path(name)
        words = _Words(folder, "decide").tables(orders=orders, parties=parties, ownership=ownership, items=items, licenses=licenses, clearances=clearances)
        out = folder / "decisions.parquet"
        done = run([*words.lists(lists, threshold).policy(policy, known_on, strict).words, "--out", str(out)])
        return Decisions(pq.read_table(out), done.messages)


def explain(
    orders: TableLike,
    order: str,
    *,
    line: int | None = None,
    parties: TableLike | None = None,
    ownership: TableLike | None = None,
    items: TableLike | None = None,
    licenses: TableLike | None = None,
    clearances: TableLike | None = None,
    lists: str | Path | Sequence[str | Path] | None = None,
    threshold: int | None = None,
    policy: str = "ear",
    known_on: Day | None = None,
) -> str:
    """The argument of a decision as a person reads it, every step with its citation. `order` is the order's id; all its lines where `line` is None."""
    with _scratch() as name:
        words = _Words(Path(name), "explain").tables(
            orders=orders, parties=parties, ownership=ownership, items=items, licenses=licenses, clearances=clearances
        )
        words.words += [f"--order={_text(order, 'order')}"] + ([] if line is None else ["--line", _whole(line, "line")])
        return run(words.lists(lists, threshold).policy(policy, known_on).words).text


def check(
    orders: TableLike,
    *,
    parties: TableLike | None = None,
    ownership: TableLike | None = None,
    items: TableLike | None = None,
    licenses: TableLike | None = None,
    clearances: TableLike | None = None,
    payments: TableLike | None = None,
    sites: TableLike | None = None,
    serials: TableLike | None = None,
    inspections: TableLike | None = None,
    lists: str | Path | Sequence[str | Path] | None = None,
    threshold: int | None = None,
    policy: str = "ear",
    known_on: Day | None = None,
    strict: bool = False,
) -> Summary:
    """Decides every order, keeps the allocations, looks for evasion: the main job. `files` holds decisions.csv, missing.csv, alerts.jsonl, report.html and the rest."""
    with _scratch() as name:
        folder = Path(name)
        words = _Words(folder, "check").tables(
            orders=orders, parties=parties, ownership=ownership, items=items, licenses=licenses, clearances=clearances,
            payments=payments, sites=sites, serials=serials, inspections=inspections,
        )  # fmt: skip
        words.lists(lists, threshold).policy(policy, known_on, strict)
        return _summary(words.words, folder / "out")


def _summary(words: Sequence[str], out: Path) -> Summary:
    done = run([*words, "--out", str(out), "--format", "json"])
    files = {str(path.relative_to(out)): path.read_text(encoding="utf-8") for path in sorted(out.rglob("*")) if path.is_file() and path.suffix != ".parquet"}
    return Summary(json.loads(done.text), files, done.messages)


def replay(
    orders: TableLike,
    *,
    policy: str,
    against: str,
    parties: TableLike | None = None,
    ownership: TableLike | None = None,
    items: TableLike | None = None,
    licenses: TableLike | None = None,
    lists: str | Path | Sequence[str | Path] | None = None,
    known_on: Day | None = None,
) -> Summary:
    """Decides history under two policies: `summary` counts what would have been decided otherwise, `files["diff.jsonl"]` has each such line."""
    with _scratch() as name:
        folder = Path(name)
        words = _Words(folder, "replay").tables(orders=orders, parties=parties, ownership=ownership, items=items, licenses=licenses)
        words.lists(lists).policy(policy, known_on).words.append(f"--against={_text(against, 'against')}")
        return _summary(words.words, folder / "out")


def detect(
    orders: TableLike,
    *,
    parties: TableLike | None = None,
    ownership: TableLike | None = None,
    items: TableLike | None = None,
    payments: TableLike | None = None,
    sites: TableLike | None = None,
    serials: TableLike | None = None,
    inspections: TableLike | None = None,
    lists: str | Path | Sequence[str | Path] | None = None,
    typologies: str | Path | None = None,
    only: Sequence[str] = (),
    policy: str = "ear",
    known_on: Day | None = None,
) -> Records:
    """Looks for evasion across orders, parties and time. `records` are the alerts, the likeliest first; `table` has a row each."""
    with _scratch() as name:
        folder = Path(name)
        words = _Words(folder, "detect").tables(
            orders=orders, parties=parties, ownership=ownership, items=items, payments=payments, sites=sites, serials=serials, inspections=inspections
        )
        words.lists(lists).policy(policy, known_on).tables(typologies=typologies)
        for which in only:
            words.words.append(f"--only={_text(which, 'only')}")
        out = folder / "alerts.jsonl"
        done = run([*words.words, "--out", str(out)])
        alerts = _json_lines(out)
        return Records(_flat(alerts), done.messages, alerts)


def classify(names: str | Sequence[str], *, items: TableLike | None = None, policy: str = "ear", date: Day | None = None) -> Records:
    """TPP, performance density and ECCN of items by name, and why. A name that is not known, or that may mean several items, raises TollgateError."""
    with _scratch() as name:
        words = _Words(Path(name), "classify").tables(items=items).policy(policy).words + ["--format", "json"]
        if date is not None:
            words += ["--date", _day(date, "date")]
        asked = [names] if isinstance(names, str) else list(names)
        if not asked:
            raise TollgateError("there is no name to classify", mend="give one or more names of items")
        done = run([*words, "--", *(_text(item, "names") for item in asked)])
        found = json.loads(done.text)["items"]
        return Records(_flat(found), done.messages, found)


def screen(
    *,
    lists: str | Path | Sequence[str | Path],
    name: str | None = None,
    country: str | None = None,
    parties: TableLike | None = None,
    ownership: TableLike | None = None,
    clearances: TableLike | None = None,
    threshold: int | None = None,
    date: Day | None = None,
) -> Records:
    """Holds a name, or a table of parties, against screening lists. `records` has an object for each party, with its matches and what each is worth (of 10,000)."""
    if (name is None) == (parties is None):
        raise TollgateError("`screen` needs a name or a table of parties, and not both", mend="give `name` or `parties`")
    with _scratch() as scratch:
        words = _Words(Path(scratch), "screen").tables(parties=parties, ownership=ownership, clearances=clearances).lists(lists, threshold).words
        if name is not None:
            words.append(f"--name={_text(name, 'name')}")
        if country is not None:
            words.append(f"--country={_text(country, 'country')}")
        if date is not None:
            words += ["--date", _day(date, "date")]
        done = run([*words, "--format", "json"])
        found = [json.loads(line) for line in done.text.splitlines() if line]
        return Records(_flat(found), done.messages, found)


def ask(text: str, *, lists: str | Path | Sequence[str | Path] | None = None, policy: str = "ear", date: Day | None = None) -> Summary:
    """Answers a question in one line, such as "8 H100 SXM to Acme, Singapore for training": what was understood, and the decisions. What is not understood raises."""
    with _scratch() as name:
        words = _Words(Path(name), "ask").lists(lists).policy(policy).words + ["--json"]
        if date is not None:
            words += ["--date", _day(date, "date")]
        done = run([*words, "--", _text(text, "text")])
        return Summary(json.loads(done.text), {}, done.messages)


def policies() -> dict[str, str]:
    """The policies that come with the program, by name, with what each is."""
    known = json.loads(run(["policy", "list", "--format", "json"]).text)["policies"]
    return {policy["policy"]: policy["title"] for policy in known}


def policy_diff(first: str, second: str, *, date: Day | None = None, known_on: Day | None = None) -> Summary:
    """Where two policies decide otherwise, by span of days: how many regions of facts, up to 100 of each kind, and the paragraphs that make the difference."""
    words = ["policy", "diff", "--format", "json", "--all"]
    for option, day in (("--date", date), ("--known-on", known_on)):
        if day is not None:
            words += [option, _day(day, option.strip("-"))]
    done: Output = run([*words, "--", _text(first, "first"), _text(second, "second")])
    return Summary(json.loads(done.text), {}, done.messages)


def simulate(scenario: str | Path, *, runs: int | None = None, seed: int | None = None, threads: int | None = None) -> Summary:
    """Studies a policy in worlds that have not happened. `scenario` is a file, or the name of one that comes with the program (threshold, agreements, ...).

    `summary` holds the answers; `files` has results.json, the CSV of each figure, and report.html. The same seed gives the same bytes.
    """
    with _scratch() as name:
        words = ["simulate"]
        for option, value in (("runs", runs), ("seed", seed), ("threads", threads)):
            if value is not None:
                words += [f"--{option}", _whole(value, option)]
        return _summary([*words, _text(str(scenario), "scenario")], Path(name) / "out")


def intake(files: str | Path | Sequence[str | Path], out: str | Path, *, mapping: str | Path | None = None, decimal: str | None = None, dates: str | None = None) -> Summary:
    """Reads spreadsheets and exports as they come into orders.csv, parties.csv and items.csv in the folder `out`, which the other functions take."""
    paths = [files] if isinstance(files, (str, Path)) else list(files)
    words = ["intake", "--out", str(Path(out).resolve()), "--format", "json"]
    for option, value in (("map", mapping), ("decimal", decimal), ("dates", dates)):
        if value is not None:
            words.append(f"--{option}={value}")
    with _scratch() as name:
        done = run([*words, "--", *(write_table(path, "files", Path(name)) for path in paths)])
    return Summary(json.loads(done.text), {}, done.messages)
