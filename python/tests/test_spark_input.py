"""Frames as they should not be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
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
    given.append(("", "An empty id is none."))
    got = run(frame(spark, given), partitions=2)
    assert [row["id"] for row in rows(got)] == ["a"]
    assert got.skipped == {"no id": 2, "no text field": 1, "no words in the text": 1}
    assert (got.read, got.articles) == (5, 1)


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
    with pytest.raises(ValueError, match="several columns 'txt'"):
        run(df.select("id", "txt", "txt"), text="txt")
    with pytest.raises(TypeError, match="'id' holds double, where strings or whole numbers"):
        run(df.select(F.lit(1.5).alias("id"), F.col("txt").alias("text")))
    with pytest.raises(TypeError, match="strings are wanted"):
        run(df.withColumn("text", F.array("txt")))


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"match": "nearly"}, "must be one of exact, near, story"),
        ({"near_threshold": 0}, "near_threshold is 0"),
        ({"story_threshold": 1.5}, "story_threshold is 1.5"),
        ({"partitions": 0}, "from 1 to"),
        ({"window": -1}, "from 0 to 4294967295"),
        ({"window": 1 << 40}, "from 0 to 4294967295"),
    ],
)
def test_options_that_make_no_sense(spark: SparkSession, option: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        run(frame(spark, [("a", "One.")]), **option)


def test_something_else_than_a_frame() -> None:
    with pytest.raises(TypeError, match="DataFrame of Spark"):
        run(["a text"])  # type: ignore[arg-type]


def test_long_texts(spark: SparkSession) -> None:
    """Two that are cut at 16 MiB, behind which they differ, and one of 100 MB."""
    sentence = "The ferry to Selwyn ran aground on a day of the year. "
    long = F.repeat(F.lit(sentence), (20 << 20) // len(sentence))
    longer = F.repeat(F.lit(sentence), 100_000_000 // len(sentence))
    given = frame(spark, [(id, f"The end {id}.") for id in "abcd"]).select(
        "id",
        F.when(F.col("id") < "c", F.concat(long, "text"))
        .when(F.col("id") == "c", longer)
        .otherwise(F.col("text"))
        .alias("text"),
    )
    got = run(given, partitions=2)
    assert [(row["id"], row["exact"]) for row in rows(got)] == [("a", "a"), ("b", "a"), ("d", "d")]
    assert (got.cut, got.skipped) == (2, {"record too long": 1})


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
    names = [
        "spark.sql.shuffle.partitions",
        "spark.sql.execution.arrow.maxRecordsPerBatch",
        "spark.sql.execution.arrow.useLargeVarTypes",
    ]
    before = [spark.conf.get(name) for name in names]
    cluster(frame(spark, [("a", "One.")]), match="exact", partitions=3)
    assert [spark.conf.get(name) for name in names] == before
    active = SparkSession.getActiveSession()
    assert active is not None and active.conf.get(names[0]) == before[0]
    assert spark.sparkContext.getLocalProperty("spark.job.description") is None


def test_days_are_those_of_utc(spark: SparkSession) -> None:
    """Two retellings half a day apart, and a window of none."""
    texts = [
        "A fire in the old cannery at Port Halvard killed two watchmen, Marit Solberg said.",
        "Two guards died when flames swept the Halvard cannery, said police chief Solberg.",
    ]
    times = ["2024-01-02 02:00:00", "2024-01-02 20:00:00"]
    given = frame(
        spark, list(zip("ab", texts, times, strict=True)), "id string, text string, date string"
    )
    given = given.withColumn("date", F.to_timestamp(F.concat("date", F.lit("+00:00"))))
    zone = str(spark.conf.get("spark.sql.session.timeZone"))
    for other in ("America/Los_Angeles", "Asia/Tokyo"):
        spark.conf.set("spark.sql.session.timeZone", other)
        found = [row["story"] for row in rows(run(given, partitions=1, window=0))]
        assert found[0] == found[1]
    spark.conf.set("spark.sql.session.timeZone", zone)


def test_a_work_folder_that_is_not_shared(spark: SparkSession, tmp_path: Path) -> None:
    """What a worker wrote and nobody else sees is missed at once."""

    def lose(stage: str) -> None:
        if stage == "articles":
            for part in tmp_path.glob("retold-*/places/part-*"):
                part.unlink()

    with pytest.raises(Exception, match="places"):
        run(frame(spark, [("a", "One.")]), work_dir=str(tmp_path), progress=lose)
    assert list(tmp_path.iterdir()) == []
