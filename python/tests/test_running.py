"""Long calls: other threads, progress, Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest
from articles import STORIES, many

import retold

LONG = many(12_000)


def test_other_threads_go_on() -> None:
    """The longest time that another thread waits is a small part of the call."""
    table, long_table = pa.table({"text": LONG}), pa.table({"text": LONG * 8})
    longest, stop = 0.0, threading.Event()

    def tick() -> None:
        nonlocal longest
        before = time.perf_counter()
        while not stop.is_set():
            time.sleep(0.001)
            now = time.perf_counter()
            longest, before = max(longest, now - before), now

    for call in (lambda: retold.cluster(table), lambda: retold.sign(long_table)):
        longest = 0.0
        stop.clear()
        thread = threading.Thread(target=tick)
        thread.start()
        began = time.perf_counter()
        call()
        took = time.perf_counter() - began
        stop.set()
        thread.join()
        assert took > 0.2, "too short to tell"
        assert longest < took / 3, (longest, took)


def test_progress_is_told_stage_by_stage() -> None:
    told: list[retold.Progress] = []
    threads = set()

    def show(progress: retold.Progress) -> None:
        threads.add(threading.get_ident())
        told.append(progress)

    retold.cluster(LONG, progress=show)
    stages = list(dict.fromkeys(progress.stage for progress in told))
    assert stages == ["read", "exact", "near", "story", "report"]
    assert threads == {threading.get_ident()}
    assert all(progress.share is not None and 0 <= progress.share <= 1 for progress in told)
    assert [progress.articles for progress in told if progress.stage == "story"][-1] == len(LONG)
    read = [progress.articles for progress in told if progress.stage == "read"]
    assert read == sorted(read)
    assert len(told) > 6, "more than once a stage"


def test_the_share_that_is_read_is_told_where_there_is_a_length() -> None:
    shares: list[float | None] = []
    retold.cluster(iter(STORIES), progress=lambda progress: shares.append(progress.share))
    assert shares[0] is None


def test_what_the_function_raises_ends_the_call() -> None:
    def show(progress: retold.Progress) -> None:
        if progress.stage == "near":
            raise LookupError("enough")

    began = time.perf_counter()
    with pytest.raises(LookupError, match="enough"):
        retold.cluster(LONG, progress=show)
    ended = time.perf_counter() - began
    retold.cluster(LONG)
    assert ended < time.perf_counter() - began - ended


def test_a_line_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    retold.cluster(STORIES, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("\rread    5 articles  100%\rexact   5 articles")
    assert err.splitlines()[-1].strip().startswith("5 articles in 0.")
    assert err.endswith("\n")
    retold.cluster(STORIES, progress=False)
    assert capsys.readouterr() == ("", "")
    with pytest.raises(TypeError, match="progress is True, False, None or callable, not 'yes'"):
        retold.cluster(STORIES, progress="yes")  # type: ignore[arg-type]


SCRIPT = """
import sys, time
import pyarrow as pa
import retold
from articles import many

def show(progress):
    if progress.stage == sys.argv[1]:
        print(progress.stage, flush=True)

table = pa.table({"text": many(3000) * 40, "id": list(range(120_000))})
began = time.monotonic()
try:
    if sys.argv[1] == "sign":
        print("sign", flush=True)
        for _ in range(1000):
            retold.sign(table)
    else:
        retold.cluster(table, progress=show)
except KeyboardInterrupt:
    print("interrupted", flush=True)
else:
    print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal as a terminal does")
@pytest.mark.parametrize("stage", ["read", "near", "story", "sign"])
def test_ctrl_c_ends_the_call(stage: str) -> None:
    command = [sys.executable, "-c", SCRIPT, stage]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline().strip() == stage
        run.send_signal(signal.SIGINT)
        asked = time.monotonic()
        assert run.stdout.read().splitlines()[-1] == "interrupted"
        assert time.monotonic() - asked < 10
    assert run.returncode == 0
