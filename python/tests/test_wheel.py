"""What the wheel carries beside the package."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_the_notices_come_along() -> None:
    wheel = distribution("retold")
    for name in ["LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY.md"]:
        text = wheel.read_text(f"licenses/{name}")
        assert text is not None, name
        assert text == (TOP / name).read_text()
