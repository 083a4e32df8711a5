"""Frames as they should not be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from retold.spark import Outcome, cluster, run


def frame(
    spark: SparkSession, rows: Sequence[tuple[Any, ...]], schema: str = "id string, text string"
) -> DataFrame:
    return spark.createDataFrame(list(rows), schema)


def rows(outcome: Outcome) -> list[dict[str, Any]]:
    return [row.asDict() for row in outcome.assignments.collect()]


def test_nulls_are_counted(spark: SparkSession) -> None:
    given = [("a", "The mayor of Arles left."), (None, "No id."), ("c", None), ("d", "?!")]
    got = run(frame(spark, given), partitions=2)
    assert [row["id"] for row in rows(got)] == ["a"]
    assert got.skipped == {"no id": 1, "no text field": 1, "no words in the text": 1}
    assert (got.read, got.articles) == (4, 1)


def test_an_empty_frame(spark: SparkSession) -> None:
    got = run(frame(spark, []), partitions=2)
    assert (got.read, got.skipped, rows(got)) == (0, {}, [])


def test_ids_that_repeat(spark: SparkSession) -> None:
    texts = ["One text of Arles.", "Another text of Arles.", "One text of Arles.", "A third one."]
    given = list(zip(["a", "a", "a", "a#2"], texts, strict=True))
    got = run(frame(spark, given), match="exact", partitions=2)
    assert [row["id"] for row in rows(got)] == ["a", "a#3", "a#4", "a#2"]
    assert got.repeated_ids == 2
    assert len({row["exact"] for row in rows(got)}) == 3


def test_numbers_are_ids(spark: SparkSession) -> None:
    got = run(frame(spark, [(7, "One."), (10, "One.")], "id bigint, text string"))
    assert [(row["id"], row["exact"]) for row in rows(got)] == [("10", "10"), ("7", "10")]


def test_columns_that_are_not_there(spark: SparkSession) -> None:
    df = frame(spark, [("a", "One.")], "id string, txt string")
    with pytest.raises(ValueError, match="no column 'text': did you mean 'txt'"):
        run(df)
    with pytest.raises(ValueError, match="no column 'headline'"):
        run(df, text="txt", title="headline")
    with pytest.raises(TypeError, match="strings are wanted"):
        run(df.withColumn("text", F.array("txt")))


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"match": "nearly"}, "must be one of exact, near, story"),
        ({"near_threshold": 0}, "near_threshold is 0"),
        ({"story_threshold": 1.5}, "story_threshold is 1.5"),
        ({"partitions": 0}, "at least 1"),
        ({"window": -1}, "at least 0"),
    ],
)
def test_options_that_make_no_sense(spark: SparkSession, option: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        run(frame(spark, [("a", "One.")]), **option)


def test_something_else_than_a_frame() -> None:
    with pytest.raises(TypeError, match="Spark DataFrame"):
        run(["a text"])  # type: ignore[arg-type]


def test_a_text_of_100_megabytes(spark: SparkSession) -> None:
    sentence = "The ferry to Selwyn ran aground on day number {} of the year. "
    long = frame(spark, [("a", sentence), ("b", sentence)]).select(
        "id", F.repeat("text", 100_000_000 // len(sentence)).alias("text")
    )
    got = run(long.union(frame(spark, [("c", "A short one.")])), partitions=2)
    assert [row["story"] for row in rows(got)] == ["a", "a", "c"]


def test_equal_texts(spark: SparkSession) -> None:
    """A million rows of one text, and one that stands apart."""
    same = spark.range(1_000_000).select(
        F.format_string("%07d", "id").alias("id"),
        F.lit("The council of Port Halvard builds a swimming hall beside the school.").alias(
            "text"
        ),
    )
    other = frame(spark, [("z", "Nothing of it happened here: beans, spinach, turnips.")])
    got = run(same.union(other), partitions=4)
    sizes = got.assignments.groupBy("story").count().orderBy("story").collect()
    assert [tuple(row) for row in sizes] == [("0000000", 1_000_000), ("z", 1)]


def test_the_session_of_the_caller_stays_as_it_is(spark: SparkSession) -> None:
    names = ["spark.sql.shuffle.partitions", "spark.sql.execution.arrow.maxRecordsPerBatch"]
    before = [spark.conf.get(name) for name in names]
    cluster(frame(spark, [("a", "One.")]), match="exact", partitions=3)
    assert [spark.conf.get(name) for name in names] == before
