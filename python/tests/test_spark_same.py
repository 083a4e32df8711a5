"""The clusters of the program, byte for byte, whatever the partitions."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from spark_support import ROOT, Generated, Known, groups

from retold.spark import Outcome, run

ECBPLUS = ROOT.parent / "shared" / "labelled" / "ecbplus" / "docs.jsonl"


def files(spark: SparkSession, folder: Path) -> DataFrame:
    """The texts of a folder, by their paths."""
    texts = [(str(path.relative_to(ROOT)), path.read_text()) for path in folder.iterdir()]
    return spark.createDataFrame(texts, "id string, text string")


def lines(spark: SparkSession, path: Path) -> DataFrame:
    return spark.read.text(str(path)).withColumnRenamed("value", "line")


def found(outcome: Outcome) -> list[str]:
    return groups(row.asDict() for row in outcome.assignments.collect())


@pytest.mark.parametrize(("match", "partitions"), [("exact", 2), ("near", 8), ("story", 1)])
def test_articles_of_the_project(
    spark: SparkSession, known: Known, match: str, partitions: int
) -> None:
    articles = ROOT / "data" / "articles"
    got = run(files(spark, articles), match=match, partitions=partitions)
    assert found(got) == known("data/articles", "--match", match)
    assert (got.read, got.skipped) == (60, {})


@pytest.mark.parametrize("partitions", [2, 20])
def test_generated_articles(
    spark: SparkSession, known: Known, generated: Generated, partitions: int
) -> None:
    """With copies, retellings, hosts with furniture, dates, and buckets over the cap."""
    dump = generated(3000, "--bucket", "0.1")
    got = run(lines(spark, dump), lines="line", partitions=partitions)
    assert found(got) == known(dump)
    assert got.trimmed > 0


def test_little_memory(spark: SparkSession, known: Known, generated: Generated) -> None:
    """Many blocks, and what steps hold in files."""
    dump = generated(3000)
    got = run(lines(spark, dump), lines="line", partitions=3, memory=1 << 20)
    assert found(got) == known(dump)


def test_other_thresholds(spark: SparkSession, known: Known, generated: Generated) -> None:
    dump = generated(1000)
    df = lines(spark, dump)
    got = run(df, lines="line", partitions=2, near_threshold=0.9, story_threshold=0.8)
    options = ["--near-threshold", "0.9", "--story-threshold", "0.8"]
    assert found(got) == known(dump, *options) != known(dump)


def test_ids_that_repeat_in_other_files(
    spark: SparkSession, known: Known, generated: Generated, tmp_path: Path
) -> None:
    """They are numbered in the order of the files."""
    dump = generated(300).read_text().splitlines()
    for name, some in (("a", dump), ("b", dump[:200]), ("c", dump[100:])):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(some))
    rows = spark.read.text(str(tmp_path)).select(
        F.col("value").alias("line"), F.input_file_name().alias("source")
    )
    got = run(rows, lines="line", partitions=2)
    assert found(got) == known(tmp_path)
    assert got.repeated_ids == 400


def test_a_window(spark: SparkSession, known: Known, generated: Generated) -> None:
    dump = generated(1000)
    got = run(lines(spark, dump), lines="line", partitions=2, window=1)
    assert found(got) == known(dump, "--window", "1") != known(dump)


def test_labelled_articles(spark: SparkSession, known: Known) -> None:
    if not ECBPLUS.exists():
        pytest.skip(f"no labelled articles at {ECBPLUS}")
    got = run(lines(spark, ECBPLUS), lines="line", partitions=2)
    assert found(got) == known(ECBPLUS)
