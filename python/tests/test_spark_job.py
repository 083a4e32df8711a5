"""A master and two workers, as processes on the loopback address, and the job on them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pyspark
import pytest
from pyspark.sql import SparkSession
from spark_support import QUICK, ROOT, Generated, Known, groups

SPARK = Path(pyspark.__file__).parent
JOB = ROOT / "python" / "retold" / "spark" / "job.py"
ARTICLES = 6000

#: Seconds that a job may take.
LONGEST = 400


class Cluster:
    """A master and two workers of one core each; each with its processes in a group of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        deploy = "org.apache.spark.deploy"
        self.processes = [self.start("master", f"{deploy}.master.Master", "--port", "0")]
        self.url = self.said("master", r"(spark://\S+:\d+)")
        for name in ("one", "two"):
            options = ["--cores", "1", "--memory", "2g", "--work-dir", str(folder / name), self.url]
            self.processes.append(self.start(name, f"{deploy}.worker.Worker", *options))
            self.said(name, "Successfully registered with master")

    def start(self, name: str, program: str, *options: str) -> subprocess.Popen[bytes]:
        host = ["--host", "127.0.0.1", "--webui-port", "0"]
        with open(self.folder / f"{name}.log", "wb") as log:
            command = [str(SPARK / "bin" / "spark-class"), program, *host, *options]
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def said(self, name: str, pattern: str) -> str:
        """Waits until a process has said something."""
        for _ in range(600):
            found = re.search(pattern, (self.folder / f"{name}.log").read_text())
            if found:
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"{name} never said {pattern}")

    def kill_a_worker(self) -> None:
        """The worker and its executors; their Pythons end with them."""
        os.killpg(self.processes[-1].pid, signal.SIGKILL)

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def dump(generated: Generated) -> Path:
    return generated(ARTICLES, "--bucket", "0.02")


@pytest.fixture(scope="module")
def expected(known: Known, dump: Path) -> list[str]:
    return known(dump)


def submit(master: str, folder: Path, *arguments: object) -> subprocess.Popen[bytes]:
    """The job, with what it says in a file."""
    settings = [
        "spark.ui.enabled=false",
        "spark.executor.memory=1g",
        f"spark.driver.extraJavaOptions={QUICK}",
        f"spark.executor.extraJavaOptions={QUICK}",
    ]
    conf = [part for setting in settings for part in ("--conf", setting)]
    command = [SPARK / "bin" / "spark-submit", "--master", master, *conf, JOB, *arguments]
    with open(folder / "job.log", "w") as log:
        return subprocess.Popen([str(part) for part in command], stdout=log, stderr=log)


def rows(folder: Path) -> list[str]:
    parts = sorted(folder.glob("part-*.json"))
    return groups(json.loads(line) for part in parts for line in part.open())


def test_the_job_on_a_cluster(
    cluster: Cluster, dump: Path, expected: list[str], tmp_path: Path
) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    options = ["--work-dir", work, "--output-format", "jsonl", "--partitions", 4]
    assert submit(cluster.url, tmp_path, dump, out, *options).wait(LONGEST) == 0
    assert rows(out) == expected
    assert f"{ARTICLES} read, {ARTICLES} articles, 0 skipped" in (tmp_path / "job.log").read_text()
    assert list(work.iterdir()) == []


@pytest.mark.parametrize("stage", ["sketches", "near-copies", "story-components"])
def test_a_worker_is_killed(
    cluster: Cluster,
    dump: Path,
    expected: list[str],
    tmp_path: Path,
    stage: str,
    request: pytest.FixtureRequest,
) -> None:
    """During signatures, during the joins, during components: the result is the same."""
    options = ["--work-dir", tmp_path / "work", "--output-format", "jsonl", "--partitions", 4]
    job = submit(cluster.url, tmp_path, dump, tmp_path / "out", *options)
    request.addfinalizer(job.kill)
    log = tmp_path / "job.log"
    while f"retold: {stage}\n" not in log.read_text():
        assert job.poll() is None, log.read_text()
        time.sleep(0.02)
    cluster.kill_a_worker()
    began = len(re.findall("^retold: ", log.read_text(), re.MULTILINE))
    assert job.wait(LONGEST) == 0, log.read_text()
    said = log.read_text()
    assert "Lost executor" in said
    assert re.findall("^retold: (.*)", said, re.MULTILINE)[began - 1] == stage
    assert rows(tmp_path / "out") == expected


def test_the_account_of_a_job(tmp_path: Path) -> None:
    lines = ['{"id": "a",\r"text": "The mayor of Arles left."}', "{", '{"text": "No id."}', "", "7"]
    (tmp_path / "dump" / "day").mkdir(parents=True)
    (tmp_path / "dump" / "one.jsonl").write_text("\n".join(lines))
    (tmp_path / "dump" / "day" / "two.jsonl").write_text('{"id": ""}')
    job = submit("local[2]", tmp_path, tmp_path / "dump", tmp_path / "out", "--match", "exact")
    assert job.wait(LONGEST) == 3
    said = (tmp_path / "job.log").read_text()
    assert "5 read, 1 articles, 4 skipped" in said
    reasons = {"not a JSON object": 2, "no id": 1, "no text field": 1}
    assert all(f'skipped: "{reason}": {count}' in said for reason, count in reasons.items())
    again = submit("local[2]", tmp_path, tmp_path / "dump", tmp_path / "out")
    assert again.wait(LONGEST) == 1
    assert "exists: name a folder that does not" in (tmp_path / "job.log").read_text()


def test_a_job_over_parquet(spark: SparkSession, tmp_path: Path) -> None:
    rows = [("a", "One text."), ("b", "one TEXT"), ("c", None)]
    df = spark.createDataFrame(rows, "name string, source string")
    df.write.parquet(str(tmp_path / "dump"))
    named = ["--id-field", "name", "--text-field", "source", "--match", "near"]
    job = submit("local[2]", tmp_path, tmp_path / "dump", tmp_path / "out", *named)
    assert job.wait(LONGEST) == 0
    got = spark.read.parquet(str(tmp_path / "out")).orderBy("id").collect()
    assert [(row["id"], row["near"], row["relation"]) for row in got] == [
        ("a", "a", "representative"),
        ("b", "a", "exact"),
    ]
