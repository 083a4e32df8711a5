"""The clusters of a dump, as a job of Spark: `spark-submit job.py INPUT OUTPUT`.

INPUT: JSON Lines (a file, a folder with all below it, or a pattern; packed as Spark reads it) or
Parquet, wherever Spark reads files. Spark passes over files whose names begin with `_` or `.`.
OUTPUT: a folder that does not exist yet; it appears whole or not at all, with a row for each
article. The account of what was read goes to standard error. Exit codes are those of `retold`: 0
done, 1 failed, 2 usage, 3 done, but some records could not be read, or nothing was there.
"""

from __future__ import annotations

import argparse
import json
import sys
import uuid

from pyspark.sql import DataFrame, DataFrameReader, SparkSession
from pyspark.sql import functions as F

from retold.spark import Outcome, files, run

#: Reasons that are a fault of the input's form, as on one machine; and ids, which it would make.
_DAMAGE = {"not a JSON object", "record too long", "cut off or damaged", "no id"}

#: The column of the file that a row was read from: one that no dump has.
_FILE = "retold read this row from"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    spark = SparkSession.builder.appName(f"retold {options.input}").getOrCreate()
    try:
        # Asked before hours of work, not behind them.
        if files.exists(spark, options.output):
            raise FileExistsError(f"{options.output} exists: name a folder that does not")
        outcome = _run(spark, options)
        try:
            _write(spark, outcome, options)
        finally:
            outcome.remove()
    except Exception as error:
        print(f"retold: {error}", file=sys.stderr)
        return 2 if isinstance(error, (ValueError, TypeError)) else 1
    _tell(outcome)
    return 3 if _DAMAGE & outcome.skipped.keys() or not outcome.read else 0


def _run(spark: SparkSession, options: argparse.Namespace) -> Outcome:
    kind = options.format or ("parquet" if _is_parquet(spark, options.input) else "jsonl")
    parts = ("id", "text", "title", "url", "date")
    return run(
        _lines(spark, options.input) if kind == "jsonl" else _rows(spark, options.input),
        **{part: getattr(options, f"{part}_field") for part in parts},
        source=_FILE,
        lines="line" if kind == "jsonl" else None,
        match=options.match,
        near_threshold=options.near_threshold,
        story_threshold=options.story_threshold,
        window=options.window,
        partitions=options.partitions,
        memory=options.memory << 20,
        work_dir=options.work_dir,
        progress=_say if not options.quiet else None,
    )


def _say(stage: str) -> None:
    print(f"retold: {stage}", file=sys.stderr, flush=True)


def _write(spark: SparkSession, outcome: Outcome, options: argparse.Namespace) -> None:
    partial = f"{options.output.rstrip('/')}.partial-{uuid.uuid4().hex}"
    try:
        if options.output_format == "jsonl":
            outcome.assignments.write.json(partial, ignoreNullFields=False)
        else:
            outcome.assignments.write.parquet(partial)
        files.move(spark, partial, options.output)
    except BaseException:
        files.remove(spark, partial)
        raise


def _below(spark: SparkSession) -> DataFrameReader:
    return spark.read.option("recursiveFileLookup", "true")


def _lines(spark: SparkSession, path: str) -> DataFrame:
    # Elsewhere in a line a carriage return is a space of JSON.
    lines = _below(spark).text(path, lineSep="\n")
    return lines.select(F.col("value").alias("line"), F.input_file_name().alias(_FILE))


def _rows(spark: SparkSession, path: str) -> DataFrame:
    return _below(spark).parquet(path).withColumn(_FILE, F.input_file_name())


def _is_parquet(spark: SparkSession, path: str) -> bool:
    """Whether the first file of the input is Parquet, by its first bytes."""
    first = _below(spark).format("binaryFile").load(path).select("path").first()
    return first is not None and files.head(spark, first["path"], 4) == b"PAR1"


def _tell(outcome: Outcome) -> None:
    skipped = sum(outcome.skipped.values())
    print(
        f"retold: {outcome.read} read, {outcome.articles} articles, {skipped} skipped, "
        f"{outcome.cut} cut, {outcome.repeated_ids} ids repeated, {outcome.trimmed} trimmed",
        file=sys.stderr,
    )
    for reason, count in sorted(outcome.skipped.items()):
        print(f"retold: skipped: {json.dumps(reason)}: {count}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="job.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("input", metavar="INPUT")
    add("output", metavar="OUTPUT")
    add("--format", choices=["jsonl", "parquet"], help="default: by the first bytes")
    add("--output-format", choices=["jsonl", "parquet"], default="parquet")
    add("--match", choices=["exact", "near", "story"], default="story")
    add("--near-threshold", type=float, default=0.6)
    add("--story-threshold", type=float, default=0.5)
    add("--window", type=int, metavar="DAYS")
    add("--id-field", default="id")
    add("--text-field", default="text")
    for part in ("title", "url", "date"):
        add(f"--{part}-field", help=f"default: {part}")
    add("--partitions", type=int, help="of a shuffle; default: one a core")
    add("--memory", type=int, default=512, metavar="MIB", help="of a task")
    add("--work-dir", help="a folder that the driver and all workers reach")
    add("-q", "--quiet", action="store_true", help="no line for each stage")
    return parser


if __name__ == "__main__":
    sys.exit(main())
