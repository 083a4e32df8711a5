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
from articles import STORIES, enough

import retold

LONG = enough()


def test_other_threads_go_on() -> None:
    """The longest time that another thread waits is a small part of the call."""
    table, long_table = pa.table({"text": LONG}), pa.table({"text": LONG * 4})
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
from articles import enough

call = getattr(retold, sys.argv[1])
table = pa.table({"text": enough() * (8 if call is retold.sign else 1)})
began = time.monotonic()
call(table)
print(time.monotonic() - began, flush=True)
began = time.monotonic()
try:
    call(table)
    print("done")
except KeyboardInterrupt:
    print(time.monotonic() - began)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal as a terminal does")
@pytest.mark.parametrize(("call", "after"), [("cluster", 0.1), ("cluster", 0.5), ("sign", 0.2)])
def test_ctrl_c_ends_the_call(call: str, after: float) -> None:
    """No Python code runs in the call, so nothing else heeds the signal before it is over."""
    command = [sys.executable, "-c", SCRIPT, call]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent
    ) as run:
        assert run.stdout is not None
        whole = float(run.stdout.readline())
        time.sleep(after * whole)
        run.send_signal(signal.SIGINT)
        ended = float(run.stdout.read())
    assert run.returncode == 0
    assert whole > 0.5, "too short to tell"
    assert ended < (after + 0.3) * whole, (ended, whole)
