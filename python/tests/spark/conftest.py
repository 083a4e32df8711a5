"""Spark as users have it: within this process, and as a cluster of processes on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

#: Columns of a row that say which articles belong together.
GROUPS = ("id", "exact", "near", "story", "relation", "to", "score")

#: Runs of a minute never earn what the second compiler costs.
QUICK = "-XX:TieredStopAtLevel=1"

# Workers run this very Python, whatever `python3` is here.
os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the program and of the generator, both built."""
    command = ["cargo", "build", "--quiet", "--bin", "retold", "--example", "generate"]
    subprocess.run(command, cwd=ROOT, check=True)
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return Path(metadata["target_directory"]) / "debug"


Rows = list[dict[str, object]]


@pytest.fixture(scope="session")
def program(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Rows]:
    """The rows that the program writes of an input, at a level."""

    def rows(path: Path | str, match: str = "story", *options: str) -> Rows:
        out = tmp_path_factory.mktemp("program") / "rows.jsonl"
        command = [built / "retold", "cluster", "-q", "--match", match, "-o", os.devnull]
        run = subprocess.run([*command, "--assignments", out, *options, path], cwd=ROOT)
        assert run.returncode in (0, 3)
        return [json.loads(line) for line in out.read_text().splitlines()]

    return rows


@pytest.fixture(scope="session")
def generated(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A dump of so many generated articles."""

    def dump(articles: int, *options: str) -> Path:
        folder = tmp_path_factory.mktemp("generated")
        generate = built / "examples" / "generate"
        subprocess.run([generate, str(articles), folder, *options], check=True)
        return folder / "articles.jsonl"

    return dump


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:  # noqa: F821
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "3g")
        .config("spark.driver.extraJavaOptions", QUICK)
        .config("spark.sql.warehouse.dir", os.devnull)
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def groups(rows: Rows) -> list[str]:
    """Rows as bytes would have them, without their sources."""
    return [json.dumps({name: row[name] for name in GROUPS}) for row in rows]
