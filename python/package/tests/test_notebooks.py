"""The notebooks of docs/notebooks, executed: each prints what stands in it. TOLLGATE_NOTEBOOKS=write puts what they print now into them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[3] / "docs/notebooks"


def printed(notebook: Any) -> list[list[str]]:
    """The text that each code cell shows. What a cell prints may arrive in several pieces, as the kernel flushes: pieces of one stream that follow each other are one text."""
    return [joined(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]


def joined(outputs: list[Any]) -> list[str]:
    """The texts of a cell's outputs, consecutive pieces of one stream joined."""
    texts: list[str] = []
    last = None
    for output in outputs:
        stream = output.get("name") if output.output_type == "stream" else None
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        if stream is not None and stream == last:
            texts[-1] += text
        else:
            texts.append(text)
        last = stream
    return texts


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
