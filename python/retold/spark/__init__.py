"""The clusters of `retold cluster`, made by Apache Spark: for more articles than one machine holds."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .. import _retold
from . import levels
from .tables import Tables

__all__ = ["Outcome", "cluster", "run"]

_COLUMNS = ("id", "source", "exact", "near", "story", "relation", "to", "score")


@dataclass(frozen=True)
class Outcome:
    """The result of a run."""

    #: A row for each article: id, source, exact, near, story, relation, to, score.
    assignments: DataFrame
    #: Rows of the input.
    read: int
    #: Rows that are no articles, by reason.
    skipped: dict[str, int]
    #: Articles whose id was taken and who were given another.
    repeated_ids: int
    #: Articles that were compared without a part of their text: furniture of their site.
    trimmed: int

    @property
    def articles(self) -> int:
        return self.read - sum(self.skipped.values())


def cluster(df: DataFrame, **options) -> DataFrame:
    """A row for each article of a frame: id, source, exact, near, story, relation, to, score.

    Takes the options of `run`.
    """
    return run(df, **options).assignments


def run(
    df: DataFrame,
    *,
    id: str = "id",
    text: str = "text",
    title: str | None = None,
    url: str | None = None,
    date: str | None = None,
    source: str | None = None,
    match: str = "story",
    near_threshold: float = 0.6,
    story_threshold: float = 0.5,
    window: int | None = None,
    partitions: int | None = None,
    memory: int = 1 << 29,
    work_dir: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Outcome:
    _retold.check_thresholds(near_threshold, story_threshold)
    named = {"id": id, "text": text, "title": title, "url": url, "date": date, "source": source}
    columns = [
        F.col(f"`{name}`").cast("string").alias(part) for part, name in named.items() if name
    ]
    spark = df.sparkSession.newSession()
    partitions = partitions or spark.sparkContext.defaultParallelism
    settings = {
        "spark.sql.shuffle.partitions": str(partitions),
        "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
        "spark.sql.execution.arrow.useLargeVarTypes": "true",
    }
    for key, value in settings.items():
        spark.conf.set(key, value)
    folder = work_dir or tempfile.mkdtemp(prefix="retold-")
    tables = Tables(spark, folder, partitions, memory, progress or (lambda _: None))
    sketches = levels.read(tables, df.select(columns))
    counts = {row["skipped"]: row["count"] for row in sketches.groupBy("skipped").count().collect()}
    articles, repeated_ids = levels.number(tables, sketches)
    near_members = stories = None
    trimmed = 0
    if match != "exact":
        standing = levels.standing(tables, sketches, articles)
        near_members = levels.near(tables, "near", standing, near_threshold)
        standing, trimmed = levels.without_furniture(tables, standing, near_members)
        if trimmed:
            near_members = levels.near(tables, "trimmed", standing, near_threshold)
        if match == "story":
            stories = levels.story(tables, standing, near_members, story_threshold, window)
    rows = levels.assignments(tables, articles, near_members, stories)
    result = tables.write("assignments", rows)
    read = sum(counts.values())
    counts.pop(None, None)
    return Outcome(result.select(*_COLUMNS), read, counts, repeated_ids, trimmed)
