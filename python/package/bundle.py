"""Puts the command line program into the wheel: TOLLGATE_PROGRAM=target/release/tollgate python -m build --wheel."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Bundle(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the program that TOLLGATE_PROGRAM names, for the platform on which the wheel is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        program = os.environ.get("TOLLGATE_PROGRAM")
        if not program or not Path(program).is_file():
            raise SystemExit("set TOLLGATE_PROGRAM to the program that the wheel is to carry, such as target/release/tollgate")
        name = "tollgate.exe" if program.endswith(".exe") else "tollgate"
        build_data["force_include"][str(Path(program).resolve())] = f"tollgate/program/{name}"
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
