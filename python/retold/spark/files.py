"""Files where Spark has its tables: on a disk, in HDFS, in a bucket."""

from __future__ import annotations

from typing import Any

from pyspark.sql import SparkSession


def _opened(spark: SparkSession, path: str) -> tuple[Any, Any]:
    """The file system of a path, and the path in it: Spark has no way of its own to either."""
    context = spark.sparkContext
    jvm: Any = context._jvm
    file = jvm.org.apache.hadoop.fs.Path(path)
    return file.getFileSystem(context._jsc.hadoopConfiguration()), file


def exists(spark: SparkSession, path: str) -> bool:
    """Whether there is a file or a folder."""
    system, file = _opened(spark, path)
    return bool(system.exists(file))


def remove(spark: SparkSession, path: str) -> None:
    """Removes a file, or a folder with all that is in it."""
    system, file = _opened(spark, path)
    system.delete(file, True)


def move(spark: SparkSession, path: str, to: str) -> None:
    """Gives a folder another name."""
    system, file = _opened(spark, path)
    if not system.rename(file, _opened(spark, to)[1]):
        raise OSError(f"{path} could not be moved to {to}")


def head(spark: SparkSession, path: str, length: int) -> bytes:
    """The first bytes of a file."""
    system, file = _opened(spark, path)
    stream = system.open(file)
    try:
        read = (stream.read() for _ in range(length))
        return bytes(byte for byte in read if byte >= 0)
    finally:
        stream.close()
