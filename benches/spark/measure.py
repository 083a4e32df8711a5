"""What a run on Spark costs, stage by stage, beside the program on the same dump.

    python benches/spark/measure.py DUMP.jsonl PROGRAM [near|story]

Spark runs here, on two cores. Of each stage: seconds from its beginning to the next one's, and
bytes shuffled and written for each article. Of the Python workers: the largest resident set.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ["PYSPARK_PYTHON"] = sys.executable

from pyspark.sql import SparkSession
from retold.spark import run


def largest_worker(stop: threading.Event) -> list[int]:
    """Watches the Python workers until it is stopped; the largest resident set so far, in kB."""
    largest = [0]

    def watch() -> None:
        while not stop.wait(0.2):
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    if b"pyspark.daemon" in (process / "cmdline").read_bytes():
                        status = (process / "status").read_text()
                        resident = status.partition("VmHWM:")[2].split()
                        largest[0] = max(largest[0], int(resident[0]))
                except (OSError, IndexError):
                    pass

    threading.Thread(target=watch, daemon=True).start()
    return largest


def bytes_of_stages(log: Path) -> dict[str, tuple[int, int]]:
    """Bytes shuffled and written for each stage of a run, from Spark's log of events."""
    stages: dict[int, str] = {}
    found: dict[str, tuple[int, int]] = {}
    for line in log.open():
        event = json.loads(line)
        if event["Event"] == "SparkListenerJobStart":
            name = event.get("Properties", {}).get("spark.job.description", "")
            stages |= dict.fromkeys(event["Stage IDs"], name.removeprefix("retold: "))
        elif event["Event"] == "SparkListenerTaskEnd" and "Task Metrics" in event:
            metrics = event["Task Metrics"]
            shuffled = metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
            written = metrics["Output Metrics"]["Bytes Written"]
            name = stages.get(event["Stage ID"], "")
            before = found.get(name, (0, 0))
            found[name] = (before[0] + shuffled, before[1] + written)
    return found


def main(dump: str, program: str, match: str = "story") -> None:
    command = [program, "cluster", "-q", "--match", match, "-o", os.devnull]
    start = time.perf_counter()
    subprocess.run([*command, dump], check=True)
    alone = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.memory", "4g")
            .config("spark.eventLog.enabled", "true")
            .config("spark.eventLog.rolling.enabled", "false")
            .config("spark.eventLog.compress", "false")
            .config("spark.eventLog.dir", f"file://{folder}")
            .getOrCreate()
        )
        spark.sparkContext.setLogLevel("ERROR")
        stop = threading.Event()
        largest = largest_worker(stop)
        began: list[tuple[str, float]] = []
        lines = spark.read.text(dump).withColumnRenamed("value", "line").repartition(8)
        start = time.perf_counter()
        outcome = run(
            lines,
            lines="line",
            match=match,
            partitions=8,
            progress=lambda stage: began.append((stage, time.perf_counter())),
        )
        end = time.perf_counter()
        stop.set()
        spark.stop()
        [log] = Path(folder).iterdir()
        costs = bytes_of_stages(log)
    print("stage,seconds,shuffled,written")
    for (stage, at), (_, until) in zip(began, [*began[1:], ("", end)], strict=True):
        shuffled, written = (cost / outcome.articles for cost in costs.get(stage, (0, 0)))
        print(f"{stage},{until - at:.1f},{shuffled:.0f},{written:.0f}")
    took = end - start
    print(f"{outcome.articles} articles, {alone:.1f} s alone, {took:.1f} s on Spark", end=", ")
    print(f"ratio {took / alone:.1f}, largest Python worker {largest[0] >> 10} MiB")


if __name__ == "__main__":
    main(*sys.argv[1:])
