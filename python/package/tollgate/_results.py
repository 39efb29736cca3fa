"""What the functions return."""

from __future__ import annotations

import html
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

SHOWN = 20
"""Rows that a notebook shows of a table."""

NOTICE = "It informs; it is not legal advice."


def _cell(value: object) -> str:
    return "" if value is None else html.escape(str(value))


def _html(rows: list[dict[str, Any]], columns: list[str], total: int, head: str) -> str:
    cells = "".join(f"<th>{html.escape(column)}</th>" for column in columns)
    lines = "".join("<tr>" + "".join(f"<td>{_cell(row.get(column))}</td>" for column in columns) + "</tr>" for row in rows)
    more = f"<p>{total - len(rows):,} more rows</p>" if total > len(rows) else ""
    return f"<div class='tollgate'><p>{html.escape(head)}</p><table><thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>{more}<p>{NOTICE}</p></div>"


@dataclass
class Result:
    """A table that the program wrote, and what it said beside it."""

    table: pa.Table
    """The rows, a column each of what the command writes."""
    warnings: list[str] = field(default_factory=list)
    """What was not read, or taken for something else."""

    def to_pandas(self) -> Any:
        """The table as a pandas data frame."""
        return self.table.to_pandas()

    def to_polars(self) -> Any:
        """The table as a Polars data frame."""
        import polars

        return polars.from_arrow(self.table)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def headline(self) -> str:
        """One sentence on what it holds."""
        return f"{len(self):,} rows"

    @property
    def columns_shown(self) -> list[str]:
        """The columns that a notebook shows."""
        return list(self.table.column_names)

    def __repr__(self) -> str:
        warned = f", {len(self.warnings)} warnings" if self.warnings else ""
        return f"<{type(self).__name__}: {self.headline}{warned}>"

    def _repr_html_(self) -> str:
        return _html(self.table.slice(0, SHOWN).to_pylist(), self.columns_shown, len(self), self.headline)


@dataclass(repr=False)
class Decisions(Result):
    """Decided order lines, in the columns of docs/decision-record.md."""

    @property
    def outcomes(self) -> dict[str, int]:
        """How many lines have each outcome, by its name."""
        return dict(sorted(Counter(self.table.column("outcome").to_pylist()).items()))

    @property
    def headline(self) -> str:
        counts = ", ".join(f"{count:,} {outcome.replace('_', ' ')}" for outcome, count in self.outcomes.items())
        return f"{len(self):,} {'line' if len(self) == 1 else 'lines'} decided: {counts}"

    @property
    def columns_shown(self) -> list[str]:
        wanted = ["order_id", "line", "item", "quantity", "ultimate_consignee", "destination", "outcome", "authorization", "review_policy", "missing", "tpp"]
        return [column for column in wanted if column in self.table.column_names]


@dataclass(repr=False)
class Records(Result):
    """Rows that are whole JSON objects, such as decisions with their argument, or alerts."""

    records: list[dict[str, Any]] = field(default_factory=list)
    """The objects as the program wrote them."""


@dataclass
class Summary:
    """What a run of many draws or lines comes to: the program's own summary, and where its files are."""

    summary: dict[str, Any]
    """The facts, as the program prints them for a machine."""
    files: dict[str, str] = field(default_factory=dict)
    """The text of each file that the program wrote, by name; HTML and JSON among them."""
    warnings: list[str] = field(default_factory=list)
    """What was not read, or taken for something else."""

    def __repr__(self) -> str:
        return f"<Summary: {', '.join(self.summary)}>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(json.dumps(self.summary, indent=2)[:20_000])}</pre><p>{NOTICE}</p>"
