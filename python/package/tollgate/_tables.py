"""Tables as they come to a function, as files that the program reads."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Union

import pyarrow as pa
import pyarrow.parquet as pq

from ._program import TollgateError

TableLike = Union[str, "os.PathLike[str]", pa.Table, Any]
"""A path or address, or a table: of pyarrow, pandas, Polars or DuckDB, or anything else with `__arrow_c_stream__`; or a list of dicts."""


def _as_table(value: Any, name: str) -> pa.Table:
    if isinstance(value, pa.Table):
        return value
    if isinstance(value, pa.RecordBatch):
        return pa.Table.from_batches([value])
    if hasattr(value, "__arrow_c_stream__"):
        return pa.table(value)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) and all(isinstance(row, Mapping) for row in value):
        keys = list(dict.fromkeys(key for row in value for key in row))
        return pa.table({key: [row.get(key) for row in value] for key in keys})
    for method in ("arrow", "to_arrow", "fetch_arrow_table"):
        if hasattr(value, method):
            made = getattr(value, method)()
            return made.read_all() if isinstance(made, pa.RecordBatchReader) else made
    raise TollgateError(
        f"`{name}` is a {type(value).__name__}, which is no table",
        mend="give a path, a table of pyarrow, pandas, Polars or DuckDB, or a list of dicts",
    )


def _index_of(value: Any) -> Any:
    """The frame with its index as columns, where it has one that says something."""
    names = getattr(getattr(value, "index", None), "names", None)
    if names is None or not hasattr(value, "reset_index"):
        return value
    return value.reset_index() if any(name is not None for name in names) else value


def _column(array: pa.ChunkedArray, column: str, name: str) -> pa.ChunkedArray:
    """A column in a type that the program reads; refused where that would change a value."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.cast(kind.value_type)
        kind = array.type
    if pa.types.is_null(kind):
        return array.cast(pa.string())
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return array.cast(pa.string())
    if pa.types.is_timestamp(kind) or pa.types.is_date64(kind):
        days = array.cast(pa.date32())
        if not days.cast(kind).equals(array):
            raise TollgateError(
                f"column `{column}` of `{name}` holds times of day, and only days are read", mend="make it dates: which day a time belongs to is yours to say"
            )
        return days
    if pa.types.is_floating(kind):
        whole = array.filter(array.is_valid())
        try:
            return array.cast(pa.int64()) if len(whole) == 0 or whole.cast(pa.int64()).cast(kind).equals(whole) else array
        except pa.ArrowInvalid:
            return array
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_nested(kind):
        raise TollgateError(f"column `{column}` of `{name}` is of type {kind}, which no table of Tollgate has", mend="make it text, numbers or dates")
    return array


def _refuse_twice(columns: Sequence[str], name: str) -> None:
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise TollgateError(f"`{name}` has the column `{twice[0]}` twice", mend="keep one of them: which one is meant is not to be guessed")


def write_table(value: TableLike, name: str, folder: Path) -> str:
    """The path of a table: as given, or of a Parquet file with it in `folder`."""
    if isinstance(value, (str, os.PathLike)):
        path = os.fspath(value)
        if not re.match(r"[a-z0-9]+://", path) and not Path(path).exists():
            raise TollgateError(f"there is no file {path}, which `{name}` names", mend="give a path that exists, or a table", place=path)
        # An argument that begins with a hyphen would be an option.
        return path if re.match(r"[a-z0-9]+://", path) else str(Path(path).resolve())
    columns = getattr(value, "columns", None)
    names = [str(column) for column in columns] if columns is not None and not isinstance(value, (pa.Table, pa.RecordBatch)) else []
    _refuse_twice(names, name)
    table = _as_table(_index_of(value), name)
    _refuse_twice(table.column_names, name)
    table = pa.table({column: _column(table.column(column), column, name) for column in table.column_names})
    path = folder / f"{name}.parquet"
    pq.write_table(table, path)
    return str(path)
