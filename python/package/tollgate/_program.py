"""Finds and runs the command line program."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

VERSION = "0.1.0"
"""The version of this package, which must be the program's."""


class TollgateError(Exception):
    """What the program cannot use, or could not do.

    `what` is what is wrong, `mend` how to put it right, `place` the file and its line, row or column where the program
    names one, `messages` all that it said, and `status` its exit status: 2 for arguments and input that cannot be used.
    """

    def __init__(self, what: str, *, mend: str = "", place: str = "", messages: Sequence[str] = (), status: int = 2) -> None:
        super().__init__(f"{what}\n  mend: {mend}" if mend else what)
        self.what, self.mend, self.place, self.messages, self.status = what, mend, place, list(messages), status


class TollgateWarning(UserWarning):
    """What the program could not read and did not use, or what it took for something else; it never widens permission."""


@dataclass
class Output:
    """What a run of the program left."""

    text: str
    """What it printed."""
    messages: list[str] = field(default_factory=list)
    """What it said beside it, a warning or remark each."""
    status: int = 0
    """Its exit status: 0, or 1 where `fail_on` found something."""


def find_program() -> Path:
    """The program: TOLLGATE_PROGRAM, else the one in this package, else the one on the path."""
    named = os.environ.get("TOLLGATE_PROGRAM")
    if named:
        if not Path(named).is_file():
            raise TollgateError(f"TOLLGATE_PROGRAM names {named}, which is no file", mend="set it to the program, or unset it")
        return Path(named)
    folder = Path(__file__).parent / "program"
    for name in ("tollgate", "tollgate.exe"):
        if (folder / name).is_file():
            return folder / name
    # The `tollgate` on the path may be this package's own, which would call itself.
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        found = shutil.which("tollgate", path=entry)
        if found and b"_program" not in Path(found).read_bytes()[:4096]:
            return Path(found)
    raise TollgateError("there is no program `tollgate`", mend="install a wheel of this platform, or set TOLLGATE_PROGRAM to the program")


@lru_cache(maxsize=8)
def _check_version(program: Path, changed: float) -> None:
    del changed
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if said.rpartition(" ")[2] != VERSION:
        raise TollgateError(f"{program} is version {said or 'unknown'}, and this package is {VERSION}", mend="install both of one version")


def _messages(text: str) -> list[str]:
    """The warnings, errors and remarks of standard error, each with its mend."""
    messages: list[str] = []
    # A table that was given as such stands in a file of ours, whose name says nothing to who gave it.
    text = re.sub(r"\S*[/\\]tollgate-[a-z0-9_]+[/\\](\w+)\.parquet", r"the table `\1`", text)
    for line in text.replace("\r", "\n").split("\n"):
        if not line.strip():
            continue
        if line.startswith("  ") and messages:
            messages[-1] += "\n" + line
        else:
            messages.append(line)
    return messages


def _error(messages: Sequence[str], status: int, text: str) -> TollgateError:
    """`text` is what was printed, where what is wrong with each of several things stands."""
    if any("see above" in message or "questions above" in message for message in messages):
        messages = [*messages, *_messages(text)]
        return TollgateError("\n".join(messages), messages=messages, status=status)
    wrong = [message for message in messages if message.startswith("error")] or list(messages) or [f"the program ended with status {status}"]
    first = wrong[0].removeprefix("error: ")
    what, _, mend = first.partition("\n  mend: ")
    place = re.match(r"([^\s:]+\.[A-Za-z0-9]+(?:, row \d+)?(?:, column `[^`]+`)?(?::\d+)?)", what)
    more = f" (and {len(wrong) - 1} more: see `messages`)" if len(wrong) > 1 else ""
    return TollgateError(what + more, mend=mend, place=place[1] if place else "", messages=messages, status=status)


def run(words: Sequence[str], *, statuses: Sequence[int] = (0,), folder: Path | None = None) -> Output:
    """Runs the program with arguments, and returns what it printed; raises where it ends with another status than these.

    What it says beside its output becomes warnings. A KeyboardInterrupt ends it first, so that nothing is left half-written.
    """
    program = find_program()
    _check_version(program, program.stat().st_mtime)
    process = subprocess.Popen(
        [program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", cwd=folder
    )
    try:
        text, said = process.communicate()
    except BaseException:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        raise
    messages = _messages(said)
    if process.returncode not in statuses:
        raise _error(messages, process.returncode, text)
    for message in messages:
        warnings.warn(message.removeprefix("warning: "), TollgateWarning, stacklevel=4)
    return Output(text, messages, process.returncode)


def main() -> None:
    """The command line, as it is."""
    program = str(find_program())
    if os.name == "posix":
        os.execv(program, ["tollgate", *sys.argv[1:]])
    raise SystemExit(subprocess.call([program, *sys.argv[1:]]))
