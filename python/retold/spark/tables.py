"""What a run on Spark works with: steps over partitions, tables in a folder, sizes."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from pyspark import TaskContext
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .. import _retold
from . import files

#: Bytes of lists that a task holds at a time, at most: a quarter of what a step may use.
_GATHERED_SHARE = 4

#: Articles in a block that is filed: 500 bytes each while it is searched.
_FILED = 250_000

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
        opened["work_dir"] = tempfile.gettempdir()
    return _retold.Step(name, **opened)


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
    written: list[str] = field(default_factory=list)

    def write(self, name: str, df: DataFrame) -> DataFrame:
        """Writes a table, and reads it again."""
        self.tell(name)
        self.spark.sparkContext.setJobDescription(f"retold: {name}")
        path = f"{self.folder}/{name}"
        self.written.append(name)
        df.write.mode("overwrite").parquet(path)
        return self.spark.read.schema(df.schema).parquet(path)

    def remove_all(self) -> None:
        """Removes the folder of the run."""
        files.remove(self.spark, self.folder)

    def remove_all_but(self, kept: str) -> None:
        """Removes all tables but one."""
        for name in self.written:
            if name != kept:
                files.remove(self.spark, f"{self.folder}/{name}")

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
        filed = max(1, math.ceil(articles / _FILED))
        return filed, max(1, math.ceil(self.partitions / filed))

    def components(self, name: str, edges: DataFrame) -> DataFrame:
        """The component of each article that is in any of the edges `a`, `b`: article, root.

        Every partition keeps a spanning forest of its edges, and forests are merged, some at a
        time, until one is left: a round for every factor of sixteen in the partitions. The last
        task holds 24 bytes for each article that has an edge.
        """
        forest = native(edges.select("a", "b"), "forest")
        left = self.partitions
        while left > _MERGED:
            left = math.ceil(left / _MERGED)
            merged = native(forest.repartition(left, "a"), "forest")
            forest = self.write(f"{name}-forest-{left}", merged)
        return self.write(f"{name}-components", native(forest.repartition(1), "components"))
