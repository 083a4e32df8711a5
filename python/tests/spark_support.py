"""Rows of the program and of Spark, to be compared byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Runs of a minute never earn what the second compiler of Java costs.
QUICK = "-XX:TieredStopAtLevel=1"

#: Columns of a row that say which articles belong together.
_GROUPS = ("id", "exact", "near", "story", "relation", "to", "score")

#: The groups that the program finds in an input, with options.
Known = Callable[..., list[str]]

#: A dump of so many articles, with options of the generator.
Generated = Callable[..., Path]


def groups(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """Rows as bytes, without their sources."""
    return [json.dumps({name: row[name] for name in _GROUPS}) for row in rows]


def groups_of_program(program: Path, path: Path | str, out: Path, *options: str) -> list[str]:
    command = [program, "cluster", "-q", "-o", os.devnull, "--assignments", out, *options, path]
    done = subprocess.run(command, cwd=ROOT)
    assert done.returncode in (0, 3)
    return groups(json.loads(line) for line in out.read_text().splitlines())
