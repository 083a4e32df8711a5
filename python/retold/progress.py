"""How far a call has come."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a call has come."""

    stage: str
    """What is being done: ``read``, ``exact``, ``near``, ``story``, ``report``."""
    share: float | None
    """How much of the stage's time is over, 0 to 1, where that can be told."""
    articles: int
    """Articles: while reading those read so far, then all."""


_Show = Callable[[str, "float | None", int], object]


@contextmanager
def shown(progress: bool | Callable[[Progress], object] | None) -> Iterator[_Show | None]:
    """What the library is to call, for what the caller asked for."""
    if progress is None or progress is False:
        yield None
    elif progress is True:
        line = _Line(sys.stderr)
        try:
            yield line.show
        finally:
            line.end()
    elif callable(progress):
        yield lambda stage, share, articles: progress(Progress(stage, share, articles))
    else:
        raise TypeError(f"progress is True, False, None or callable, not {progress!r}")


class _Line:
    """One line that changes, and stays with the time it took."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._began = time.monotonic()
        self._width = 0
        self._articles = 0

    def show(self, stage: str, share: float | None, articles: int) -> None:
        self._articles = articles
        percent = "" if share is None else f"{share:5.0%}"
        self._write(f"{stage:6}  {articles:,} articles {percent}")

    def end(self) -> None:
        self._write(f"{self._articles:,} articles in {time.monotonic() - self._began:.1f} s")
        self._out.write("\n")

    def _write(self, line: str) -> None:
        self._out.write("\r" + line.ljust(self._width))
        self._out.flush()
        self._width = len(line)
