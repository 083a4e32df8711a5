"""What a run on Spark works with: steps over partitions, tables in a folder, sizes."""

from __future__ import annotations

import math
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from pyspark import Broadcast, TaskContext
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F

from .. import _retold
from . import files

#: Bytes of lists that a task holds at a time, at most: a quarter of what a step may use.
_GATHERED_SHARE = 4

#: Bytes that an article takes while a block is filed and searched.
_FILED = 1000

#: Rows of a batch that crosses from Spark to a step, at most.
_MOST_ROWS = 1 << 13

#: Forests that are merged into one.
_MERGED = 16


def native(df: DataFrame, name: str, **arguments: Any) -> DataFrame:
    """Runs a native step over each partition of a frame.

    Arguments that are broadcast are opened where they arrive; `None` for `partition` and
    `work_dir` stands for what these are there.
    """
    driver = _retold.__version__

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        step = _open(name, arguments, driver)
        for batch in batches:
            yield from step.push(batch)
        yield from step.finish()

    return df.mapInArrow(run, _retold.Step.schema(name))


def _open(name: str, arguments: dict[str, Any], driver: str) -> _retold.Step:
    if _retold.__version__ != driver:
        raise RuntimeError(
            f"retold is {driver} on the driver and {_retold.__version__} on this executor: "
            "send the driver's wheel along, or install it everywhere"
        )
    opened = {key: getattr(value, "value", value) for key, value in arguments.items()}
    if "partition" in opened:
        context = TaskContext.get()
        opened["partition"] = context.partitionId() if context else 0
    if "work_dir" in opened:
        opened["work_dir"] = _scratch()
    return _retold.Step(name, **opened)


def _scratch() -> str:
    """Where the engine has its own files on this machine: of a standalone cluster, of YARN."""
    for name in ("SPARK_LOCAL_DIRS", "LOCAL_DIRS"):
        folders = [folder for folder in os.environ.get(name, "").split(",") if folder]
        if folders:
            return folders[0]
    return tempfile.gettempdir()


@dataclass
class Tables:
    """The tables of a run, each written before it is read: a restart point for Spark, which then
    repeats no more than one stage when a worker is lost."""

    spark: SparkSession
    #: Where all workers and the driver reach it.
    folder: str
    #: Partitions of a shuffle.
    partitions: int
    #: Bytes that a native step may hold before it writes to a temporary folder of its machine.
    memory: int
    tell: Callable[[str], None]
    #: Rows of a batch that holds lists: Arrow ends at 2 GiB.
    rows_of_lists: int = 1
    written: list[str] = field(default_factory=list)
    sent: list[Broadcast[list[bytes]]] = field(default_factory=list)

    def write(self, name: str, df: DataFrame, lists: bool = True) -> DataFrame:
        """Writes a table, and reads it again. `lists`: whether steps on the way to it are given
        lists, of which the longest says how many rows fit in a batch."""
        self.tell(name)
        self.spark.sparkContext.setJobDescription(f"retold: {name}")
        rows = min(self.rows_of_lists, _MOST_ROWS) if lists else _MOST_ROWS
        self.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(rows))
        path = f"{self.folder}/{name}"
        self.written.append(name)
        given = Observation()
        counted = df.observe(given, F.count(F.lit(1)).alias("rows"))
        counted.write.mode("overwrite").parquet(path)
        table = self.spark.read.schema(df.schema).parquet(path)
        # What workers wrote where no one else looks would be missing without a word.
        found, wanted = table.count(), given.get["rows"]
        if found != wanted:
            raise RuntimeError(
                f"{path}: {wanted} rows were written, and {found} are there: name a work_dir "
                "that the driver and all workers reach"
            )
        return table

    def rows(self, columns: Sequence[str], rows: Sequence[Sequence[int]]) -> DataFrame:
        """A small table of whole numbers. By way of SQL: a frame made of Python's values would make
        this session the one that callers find."""
        values = ", ".join(f"struct({', '.join(f'{of}L' for of in row)})" for row in rows)
        kind = ", ".join(f"`{name}`: bigint" for name in columns)
        table = f"cast(array({values}) as array<struct<{kind}>>)"
        return self.spark.sql(f"select inline({table})")

    def broadcast(self, chunks: list[bytes]) -> Broadcast[list[bytes]]:
        """Sends chunks to all workers, until the run ends."""
        self.sent.append(self.spark.sparkContext.broadcast(chunks))
        return self.sent[-1]

    def close(self, kept: str | None) -> None:
        """Removes all tables, or all but one. Where that fails the run has not."""
        # None is what it takes for no description.
        self.spark.sparkContext.setLocalProperty("spark.job.description", None)  # type: ignore[arg-type]
        try:
            while self.sent:
                self.sent.pop().destroy()
            if kept is None:
                files.remove(self.spark, self.folder)
            for name in self.written if kept else []:
                if name != kept:
                    files.remove(self.spark, f"{self.folder}/{name}")
        except Exception as error:
            warnings.warn(f"{self.folder} could not be removed: {error}", stacklevel=2)

    def together(self, df: DataFrame, by: str, *order: str | Any) -> DataFrame:
        """The rows of each value of `by` in one partition, which is sorted."""
        return df.repartition(self.partitions, by).sortWithinPartitions(*order)

    def gathered(self, pairs: DataFrame, lists: DataFrame, extra: Sequence[str] = ()) -> DataFrame:
        """Pairs `a`, `b` with the lists of both ends: see `gathered.rs`. `lists`: article, list."""
        blocks = self._blocks(lists)
        low, high = (end(F.col("a") % blocks, F.col("b") % blocks) for end in (F.least, F.greatest))
        pairs = pairs.withColumn("task", F.shiftright(high * (high + 1), 1) + low)
        ends = F.explode(F.array("a", "b")).alias("article")
        needed = pairs.select("task", ends).distinct().join(lists, "article")
        nothing = F.lit(None)
        rows = needed.select(
            "task",
            F.lit(0).cast("long").alias("kind"),
            F.col("article").alias("a"),
            nothing.cast("long").alias("b"),
            "list",
            *(nothing.cast(pairs.schema[name].dataType).alias(name) for name in extra),
        ).union(
            pairs.select(
                "task",
                F.lit(1).cast("long").alias("kind"),
                "a",
                "b",
                nothing.cast("binary").alias("list"),
                *extra,
            )
        )
        return self.together(rows, "task", "task", "kind", "a", "b")

    def _blocks(self, lists: DataFrame) -> int:
        """Blocks of articles, so that there is a task for each partition, and two blocks fit."""
        row = lists.select(F.sum(F.length("list"))).first()
        bytes_of_all = (row[0] if row else 0) or 0
        fitting = math.ceil(2 * bytes_of_all * _GATHERED_SHARE / self.memory)
        busy = math.ceil((math.sqrt(8 * self.partitions + 1) - 1) / 2)
        return max(1, fitting, busy)

    def file_blocks(self, articles: int) -> tuple[int, int]:
        """Blocks that are filed, and blocks that ask."""
        filed = max(1, math.ceil(articles * _FILED / self.memory))
        return filed, max(1, math.ceil(self.partitions / filed))

    def components(self, name: str, edges: DataFrame) -> DataFrame:
        """The component of each article that is in any of the edges `a`, `b`: article, root.

        Every partition keeps a spanning forest of its edges, and forests are merged, some at a
        time, until one is left: a round for every factor of sixteen in the partitions. The last
        task holds some 60 bytes for each article that has an edge.
        """
        forest = native(edges.select("a", "b"), "forest")
        left = self.partitions
        while left > _MERGED:
            left = math.ceil(left / _MERGED)
            merged = native(forest.repartition(left, "a"), "forest")
            forest = self.write(f"{name}-forest-{left}", merged, lists=False)
        last = native(forest.repartition(1), "components")
        return self.write(f"{name}-components", last, lists=False)
