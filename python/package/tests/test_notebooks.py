"""The notebooks of docs/notebooks, executed: each prints what stands in it. TOLLGATE_NOTEBOOKS=write puts what they print now into them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[3] / "docs/notebooks"


def printed(notebook: Any) -> list[str]:
    """The text that each output shows."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_prints_what_stands_in_it(path: Path) -> None:
    stored = nbformat.read(path, as_version=4)
    executed = nbformat.from_dict(stored)
    NotebookClient(executed, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
    for cell in executed.cells:
        cell.metadata.pop("execution", None)
    if os.environ.get("TOLLGATE_NOTEBOOKS") == "write":
        nbformat.write(executed, path)
        return
    assert printed(executed) == printed(nbformat.read(path, as_version=4))


def test_there_are_notebooks() -> None:
    assert len(list(FOLDER.glob("*.ipynb"))) >= 5
