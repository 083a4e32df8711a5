"""A run on Spark, from a frame of articles to a frame of assignments."""

from __future__ import annotations

import atexit
import difflib
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ByteType,
    CharType,
    DataType,
    DateType,
    IntegerType,
    LongType,
    NullType,
    ShortType,
    StringType,
    TimestampNTZType,
    TimestampType,
    VarcharType,
)

from .. import _retold
from . import levels
from .tables import Tables, native

_LEVELS = ("exact", "near", "story")
_COLUMNS = ("id", "source", "exact", "near", "story", "relation", "to", "score")

#: Rows of a batch of texts: they are of any length, so few.
_ROWS_OF_TEXT = 64

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
    #: Articles whose text was cut at 16 MiB.
    cut: int
    #: Articles whose id was taken and who were given another: `ID#2` and so on.
    repeated_ids: int
    #: Articles that were compared without a part of their text: furniture of their site.
    trimmed: int

    #: The files behind the assignments, and who can remove them.
    _tables: Tables = field(repr=False)

    @property
    def articles(self) -> int:
        """Rows that are articles."""
        return self.read - sum(self.skipped.values())

    def remove(self) -> None:
        """Removes the files behind the assignments, once these are not needed any more."""
        self._tables.close(None)


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

    Texts are cut at 16 MiB, and counted; of over 64 MiB they are skipped: as in files. Articles of
    one id are told apart by their sources, and where these are the same by what they hold.

    Raises `ValueError` for options and columns that make no sense, `TypeError` for what holds no
    strings. Nothing but counts, and those of terms, comes to the driver.
    """
    _check(df, match, near_threshold, story_threshold, window, partitions, memory)
    articles = _columns(df, id, text, title, url, date, source, lines)
    context = df.sparkSession.sparkContext
    partitions = partitions or context.defaultParallelism
    spark = df.sparkSession.newSession()
    # As many partitions as were asked for; strings with 64-bit offsets, since a text may be long.
    for name, value in {
        **_of_file_systems(df.sparkSession),
        "spark.sql.shuffle.partitions": str(partitions),
        "spark.sql.execution.arrow.useLargeVarTypes": "true",
        "spark.sql.files.ignoreCorruptFiles": "false",
        "spark.sql.files.ignoreMissingFiles": "false",
    }.items():
        spark.conf.set(name, value)
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
        tables.close(None)
        raise
    tables.close("assignments")
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
    by_reason, cut, longest = levels.account(sketches)
    tables.rows_of_lists = max(1, _BATCH // max(1, longest))
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
    return Outcome(in_order, total, skipped, cut, repeated_ids, trimmed, tables)


def _check(
    df: DataFrame,
    match: str,
    near_threshold: float,
    story_threshold: float,
    window: int | None,
    partitions: int | None,
    memory: int,
) -> None:
    if not isinstance(df, DataFrame) or not hasattr(df, "_jdf"):
        raise TypeError(f"a DataFrame of Spark (not of Connect) is expected, not {type(df)}")
    if match not in _LEVELS:
        raise ValueError(f"match is {match!r}: it must be one of {', '.join(_LEVELS)}")
    _retold.check_thresholds(near_threshold, story_threshold)
    for name, value, least, most in (
        ("window", window, 0, (1 << 32) - 1),
        ("partitions", partitions, 1, 1 << 20),
        ("memory", memory, 1, 1 << 62),
    ):
        if value is not None and not least <= value <= most:
            raise ValueError(f"{name} is {value}: it must be from {least} to {most}")


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
            if df.columns.count(part) != 1 or not _fits(df, part, part):
                continue
            name = part
        elif df.columns.count(name) > 1:
            raise ValueError(f"there are several columns {name!r}: rename all but one")
        elif name not in df.columns:
            near = difflib.get_close_matches(name, df.columns, n=1)
            meant = f"did you mean {near[0]!r}? " if near else ""
            raise ValueError(
                f"there is no column {name!r}: {meant}there are {', '.join(map(repr, df.columns))}"
            )
        elif not _fits(df, part, name):
            kind = df.schema[name].dataType.simpleString()
            raise TypeError(f"column {name!r} holds {kind}, where {_WANTED[part][0]} are wanted")
        column = "`" + name.replace("`", "``") + "`"
        if isinstance(df.schema[name].dataType, TimestampType):
            # The day in UTC, whatever the zone of a session: as one machine has it.
            days = f"cast(floor(unix_micros({column}) / 86400000000) as int)"
            chosen.append(F.expr(f"date_add(date'1970-01-01', {days})").cast("string").alias(part))
        else:
            chosen.append(F.col(column).cast("string").alias(part))
    return df.select(chosen)


_NUMBERS = (ByteType, ShortType, IntegerType, LongType)
_DATES = (DateType, TimestampType, TimestampNTZType)

#: What each column may hold beside strings, in words and as types.
_WANTED: dict[str, tuple[str, tuple[type[DataType], ...]]] = {
    "id": ("strings or whole numbers", _NUMBERS),
    "date": ("strings, dates or timestamps", _DATES),
    **dict.fromkeys(("text", "title", "url", "source", "line"), ("strings", ())),
}


def _fits(df: DataFrame, part: str, name: str) -> bool:
    kinds = (StringType, VarcharType, CharType, NullType, *_WANTED[part][1])
    return isinstance(df.schema[name].dataType, kinds)


def _of_file_systems(spark: SparkSession) -> dict[str, str]:
    """What a caller's session says of file systems: keys to a bucket, say."""
    settings = {row["key"]: row["value"] for row in spark.sql("SET").collect()}
    ours = ("fs.", "spark.hadoop.", "spark.fs.")
    return {name: value for name, value in settings.items() if name.startswith(ours)}


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
