"""The clusters of the program, byte for byte, whatever the partitions."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT, groups

import retold.spark

ECBPLUS = ROOT.parent / "shared" / "labelled" / "ecbplus" / "docs.jsonl"


def files(spark, folder: Path):
    """The texts of a folder, by their paths."""
    texts = [(str(path.relative_to(ROOT)), path.read_text()) for path in folder.iterdir()]
    return spark.createDataFrame(texts, "id string, text string")


def lines(spark, path: Path):
    return spark.read.text(str(path)).withColumnRenamed("value", "line")


def rows(outcome) -> list[str]:
    return groups([row.asDict() for row in outcome.assignments.collect()])


@pytest.mark.parametrize(("match", "partitions"), [("exact", 2), ("near", 8), ("story", 1)])
def test_articles_of_the_project(spark, program, match, partitions):
    articles = ROOT / "data" / "articles"
    got = retold.spark.run(files(spark, articles), match=match, partitions=partitions)
    assert rows(got) == groups(program("data/articles", match))
    assert (got.read, got.skipped) == (60, {})


@pytest.mark.parametrize("partitions", [2, 8])
def test_generated_articles(spark, program, generated, partitions):
    """With copies, retellings, hosts with furniture, dates, and buckets over the cap."""
    dump = generated(3000, "--bucket", "0.1")
    got = retold.spark.run(lines(spark, dump), lines="line", partitions=partitions)
    assert rows(got) == groups(program(dump))
    assert got.trimmed > 0


def test_a_window(spark, program, generated):
    dump = generated(1000)
    got = retold.spark.run(lines(spark, dump), lines="line", partitions=2, window=1)
    assert rows(got) == groups(program(dump, "story", "--window", "1"))
    assert groups(program(dump, "story", "--window", "1")) != groups(program(dump))


def test_labelled_articles(spark, program):
    if not ECBPLUS.exists():
        pytest.skip(f"no labelled articles at {ECBPLUS}")
    got = retold.spark.run(lines(spark, ECBPLUS), lines="line", partitions=2)
    assert rows(got) == groups(program(ECBPLUS))
