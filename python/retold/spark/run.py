"""A run on Spark, from a frame of articles to a frame of assignments."""

from __future__ import annotations

import atexit
import difflib
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, BinaryType, MapType, StructType

from .. import _retold
from . import levels
from .tables import Tables, native

_LEVELS = ("exact", "near", "story")
_COLUMNS = ("id", "source", "exact", "near", "story", "relation", "to", "score")

#: Rows of a batch that crosses from Spark to a step: texts are of any length, so few at first.
_ROWS_OF_TEXT = 256
_MOST_ROWS = 2048

#: Bytes of a batch at most, in rows of the longest list: Arrow ends at 2 GiB.
_BATCH = 1 << 28

#: Bytes that a native step may hold before it goes on in files.
_MEMORY = 512 << 20


@dataclass(frozen=True)
class Outcome:
    """The result of a run. Rows that were read are articles, or skipped: nothing is lost."""

    #: A row for each article, in the order of the ids: id, source, exact, near, story, relation,
    #: to, score. It reads files in the work folder.
    assignments: DataFrame
    #: Rows of the input.
    read: int
    #: Rows that are no articles, by reason.
    skipped: dict[str, int]
    #: Articles whose id was taken and who were given another: `ID#2` and so on.
    repeated_ids: int
    #: Articles that were compared without a part of their text: furniture of their site.
    trimmed: int

    @property
    def articles(self) -> int:
        """Rows that are articles."""
        return self.read - sum(self.skipped.values())


def cluster(df: DataFrame, **options: object) -> DataFrame:
    """Finds the articles of a frame that belong together; takes the options of `run`.

    Returns a row for each article, in the order of the ids: `id`, `source`; `exact`, `near`,
    `story`, the ids of the representatives of its groups; `relation`, `to`, `score`. `run` also
    tells what was read and what was skipped.
    """
    return run(df, **options).assignments  # type: ignore[arg-type]


def run(
    df: DataFrame,
    *,
    id: str = "id",
    text: str = "text",
    title: str | None = None,
    url: str | None = None,
    date: str | None = None,
    source: str | None = None,
    lines: str | None = None,
    match: str = "story",
    near_threshold: float = 0.6,
    story_threshold: float = 0.5,
    window: int | None = None,
    partitions: int | None = None,
    memory: int = _MEMORY,
    work_dir: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Outcome:
    """Finds the articles of a frame that belong together, and tells what was read.

    `id`, `text`: columns of strings (an id may be a number); rows where one is null are skipped,
    and counted. `title`, `url`, `date`, `source`: columns of what else is known; those of these
    names are used where they are there. `lines`: a column of lines of JSON Lines instead; the
    names are then those of fields, and `source` that of a column.

    `match`, `near_threshold`, `story_threshold`, `window`: as in `retold cluster`.

    `partitions`: of a shuffle; by default one a core. `memory`: bytes that a task holds before it
    writes to a temporary folder of its machine. `work_dir`: a folder that the driver and all
    workers reach, for some five times the bytes of the texts; a run has a folder of its own in it,
    and leaves its result there. May be left out where Spark runs on this machine alone.

    `progress` is called with the name of each stage as it begins.

    Raises `ValueError` for options and columns that make no sense, `TypeError` for what holds no
    strings. Nothing but counts, and those of
    terms, comes to the driver.
    """
    _check(df, match, near_threshold, story_threshold, window, partitions, memory)
    articles = _columns(df, id, text, title, url, date, source, lines)
    context = df.sparkSession.sparkContext
    partitions = partitions or context.defaultParallelism
    spark = df.sparkSession.newSession()
    # As many partitions as were asked for; strings with 64-bit offsets, since a text may be long.
    spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
    spark.conf.set("spark.sql.execution.arrow.useLargeVarTypes", "true")
    folder = f"{_work_dir(spark, work_dir)}/retold-{uuid.uuid4().hex}"
    tables = Tables(spark, folder, partitions, memory, progress or (lambda _: None))
    try:
        outcome = _run(
            tables,
            articles,
            lines is not None,
            [text, id, title or "title", url or "url", date or "date"],
            match,
            near_threshold,
            story_threshold,
            window,
        )
    except BaseException:
        tables.remove_all()
        raise
    tables.remove_all_but("assignments")
    return outcome


def _run(
    tables: Tables,
    df: DataFrame,
    lines: bool,
    fields: list[str],
    match: str,
    near_threshold: float,
    story_threshold: float,
    window: int | None,
) -> Outcome:
    with _few_rows(df.sparkSession):
        if lines:
            read = native(df, "sketch_lines", partition=None, fields=fields)
        else:
            read = native(df, "sketch", partition=None)
        sketches = tables.write("sketches", read)
    by_reason, longest = levels.account(sketches)
    rows = max(1, min(_MOST_ROWS, _BATCH // max(1, longest)))
    tables.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(rows))
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
    result = tables.write(
        "assignments", levels.assignments(tables, articles, near_members, stories)
    )
    skipped = {reason: count for reason, count in by_reason.items() if reason is not None}
    total = sum(by_reason.values())
    # Sorted as it is read: Spark reads the files of a table in no order of theirs.
    in_order = result.orderBy("article").select(*_COLUMNS)
    return Outcome(in_order, total, skipped, repeated_ids, trimmed)


def _check(
    df: DataFrame,
    match: str,
    near_threshold: float,
    story_threshold: float,
    window: int | None,
    partitions: int | None,
    memory: int,
) -> None:
    if not isinstance(df, DataFrame):
        raise TypeError(f"a Spark DataFrame is expected, not {type(df).__name__}")
    if match not in _LEVELS:
        raise ValueError(f"match is {match!r}: it must be one of {', '.join(_LEVELS)}")
    _retold.check_thresholds(near_threshold, story_threshold)
    for name, value, least in (
        ("window", window, 0),
        ("partitions", partitions, 1),
        ("memory", memory, 1),
    ):
        if value is not None and value < least:
            raise ValueError(f"{name} is {value}: it must be at least {least}")


def _columns(
    df: DataFrame,
    id: str,
    text: str,
    title: str | None,
    url: str | None,
    date: str | None,
    source: str | None,
    lines: str | None,
) -> DataFrame:
    """The columns that a step reads, by the names that it knows."""
    named: dict[str, str | None]
    if lines is not None:
        named = {"line": lines}
    else:
        named = {"id": id, "text": text, "title": title, "url": url, "date": date}
    named["source"] = source
    chosen = []
    for part, name in named.items():
        if name is None:
            name = part if part in df.columns else None
        elif name not in df.columns:
            near = difflib.get_close_matches(name, df.columns, n=1)
            meant = f"did you mean {near[0]!r}? " if near else ""
            raise ValueError(
                f"there is no column {name!r}: {meant}there are {', '.join(map(repr, df.columns))}"
            )
        if name is None:
            continue
        column = F.col("`" + name.replace("`", "``") + "`")
        kind = df.schema[name].dataType
        if isinstance(kind, (ArrayType, BinaryType, MapType, StructType)):
            raise TypeError(
                f"column {name!r} holds {kind.simpleString()}, where strings are wanted"
            )
        chosen.append(column.cast("string").alias(part))
    return df.select(chosen)


def _work_dir(spark: SparkSession, work_dir: str | None) -> str:
    if work_dir is not None:
        return work_dir.rstrip("/")
    if not str(spark.sparkContext.master).startswith("local"):
        raise ValueError("name a work_dir that the driver and all workers reach")
    folder = tempfile.mkdtemp(prefix="retold-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return f"file://{folder}"


@contextmanager
def _few_rows(spark: SparkSession) -> Iterator[None]:
    """Batches of few rows while the session of a caller reads texts of unknown length."""
    settings = {
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(_ROWS_OF_TEXT),
        "spark.sql.execution.arrow.useLargeVarTypes": "true",
    }
    before = {name: spark.conf.get(name, None) for name in settings}
    for name, value in settings.items():
        spark.conf.set(name, value)
    try:
        yield
    finally:
        for name, previous in before.items():
            if previous is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, previous)
