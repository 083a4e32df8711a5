"""The clusters of a dump, as a job of Spark: `spark-submit job.py INPUT OUTPUT`.

INPUT: JSON Lines (a file, a folder, or a pattern; packed as Spark reads it) or Parquet, wherever
Spark reads files. OUTPUT: a folder that does not exist yet; a row for each article goes there.
The account of what was read goes to standard error. Exit codes are those of `retold`: 0 done, 1
failed, 2 usage, 3 done, but some records could not be read.
"""

from __future__ import annotations

import argparse
import json
import sys

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from retold.spark import Outcome, files, run

#: Reasons that are a fault of the input's form, as on one machine.
_DAMAGE = {"not a JSON object", "record too long", "cut off or damaged"}


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    spark = SparkSession.builder.appName(f"retold {options.input}").getOrCreate()
    parts = ("id", "text", "title", "url", "date")
    named = {part: getattr(options, f"{part}_field") for part in parts}
    try:
        kind = options.format or ("parquet" if _is_parquet(spark, options.input) else "jsonl")
        # Asked before hours of work, not behind them.
        if files.exists(spark, options.output):
            raise ValueError(f"{options.output} exists: name a folder that does not")
        df = _lines(spark, options.input) if kind == "jsonl" else _rows(spark, options.input)
        outcome = run(
            df,
            **named,
            source="source",
            lines="line" if kind == "jsonl" else None,
            match=options.match,
            near_threshold=options.near_threshold,
            story_threshold=options.story_threshold,
            window=options.window,
            partitions=options.partitions,
            memory=options.memory << 20,
            work_dir=options.work_dir,
            progress=None
            if options.quiet
            else lambda stage: print(f"retold: {stage}", file=sys.stderr),
        )
        writer = outcome.assignments.write
        (writer.json if options.output_format == "jsonl" else writer.parquet)(options.output)
    except Exception as error:
        print(f"retold: {error}", file=sys.stderr)
        return 1
    _tell(outcome)
    return 3 if _DAMAGE & outcome.skipped.keys() else 0


def _lines(spark: SparkSession, path: str) -> DataFrame:
    return spark.read.text(path).select(
        F.col("value").alias("line"), F.input_file_name().alias("source")
    )


def _rows(spark: SparkSession, path: str) -> DataFrame:
    return spark.read.parquet(path).withColumn("source", F.input_file_name())


def _is_parquet(spark: SparkSession, path: str) -> bool:
    """Whether the first file of the input is Parquet, by its first bytes."""
    first = spark.read.format("binaryFile").load(path).select("path").first()
    if first is None:
        return False
    return files.head(spark, first["path"], 4) == b"PAR1"


def _tell(outcome: Outcome) -> None:
    skipped = sum(outcome.skipped.values())
    print(
        f"retold: {outcome.read} read, {outcome.articles} articles, {skipped} skipped"
        f", {outcome.repeated_ids} ids repeated, {outcome.trimmed} articles trimmed",
        file=sys.stderr,
    )
    for reason, count in sorted(outcome.skipped.items()):
        print(f"retold: skipped: {json.dumps(reason)}: {count}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="job.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("input", metavar="INPUT")
    parser.add_argument("output", metavar="OUTPUT")
    parser.add_argument(
        "--format", choices=["jsonl", "parquet"], help="default: by the first bytes"
    )
    parser.add_argument("--output-format", choices=["jsonl", "parquet"], default="parquet")
    parser.add_argument("--match", choices=["exact", "near", "story"], default="story")
    parser.add_argument("--near-threshold", type=float, default=0.6)
    parser.add_argument("--story-threshold", type=float, default=0.5)
    parser.add_argument("--window", type=int, metavar="DAYS")
    parser.add_argument("--id-field", default="id")
    parser.add_argument("--text-field", default="text")
    for part in ("title", "url", "date"):
        parser.add_argument(f"--{part}-field", help=f"default: {part}")
    parser.add_argument("--partitions", type=int, help="of a shuffle; default: one a core")
    parser.add_argument("--memory", type=int, default=512, metavar="MIB", help="of a task")
    parser.add_argument("--work-dir", help="a folder that the driver and all workers reach")
    parser.add_argument("-q", "--quiet", action="store_true", help="no line for each stage")
    return parser


if __name__ == "__main__":
    sys.exit(main())
