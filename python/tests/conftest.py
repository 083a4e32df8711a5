"""Options of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--program", type=Path, help="the program `retold`, to compare with")


@pytest.fixture
def program(request: pytest.FixtureRequest) -> Path:
    """The program; the test is skipped where it is not given."""
    path = request.config.getoption("--program")
    if path is None:
        pytest.skip("needs --program=../target/release/retold")
    return Path(path).resolve()
