"""What type checkers see is what there is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import retold

PACKAGE = Path(__file__).parents[1]


def run(*command: str, folder: Path = PACKAGE) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_and_its_tests_are_typed() -> None:
    run("mypy", "--strict", "-p", "retold")
    run("mypy", "--strict", "tests")


def test_the_stubs_are_those_of_the_module(tmp_path: Path) -> None:
    run("mypy.stubtest", "retold._retold", folder=tmp_path)


def test_what_is_named_is_there() -> None:
    assert (PACKAGE / "retold" / "py.typed").exists()
    for name in retold.__all__:
        assert getattr(retold, name) is not None
