"""What several tests need: the program, dumps, and Spark within this process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from spark_support import QUICK, ROOT, Generated, Known, groups_of_program

# Workers run this very Python, whatever `python3` is here.
os.environ["PYSPARK_PYTHON"] = sys.executable
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the program and of the generator of articles, both built."""
    command = ["cargo", "build", "--quiet", "--bin", "retold", "--example", "generate"]
    subprocess.run(command, cwd=ROOT, check=True)
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    metadata = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    return Path(json.loads(metadata)["target_directory"]) / "debug"


@pytest.fixture
def program(built: Path) -> Path:
    """The program `retold`."""
    return built / "retold"


@pytest.fixture(scope="session")
def known(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Known:
    """The groups that the program finds in an input."""

    def groups(path: Path | str, *options: str) -> list[str]:
        out = tmp_path_factory.mktemp("program") / "rows.jsonl"
        return groups_of_program(built / "retold", path, out, *options)

    return groups


@pytest.fixture(scope="session")
def generated(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """A dump of so many generated articles."""

    def dump(articles: int, *options: str) -> Path:
        folder = tmp_path_factory.mktemp("generated")
        generate = built / "examples" / "generate"
        subprocess.run([generate, str(articles), folder, *options], check=True)
        return folder / "articles.jsonl"

    return dump


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "3g")
        .config("spark.driver.extraJavaOptions", QUICK)
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
