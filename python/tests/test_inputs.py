"""What may be handed over, and what may not."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from articles import FIRE, FIRE_RETOLD, POOL, STORIES

import retold

TEXTS: list[str | None] = [*STORIES, None, "?"]
LABELS = retold.cluster(TEXTS).labels


def record_batches(columns: dict[str, list[Any]]) -> pa.RecordBatchReader:
    """The rows one by one."""
    table = pa.table(columns)
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=1))


COLUMNS: dict[str, Callable[[], object]] = {
    "list": lambda: TEXTS,
    "tuple": lambda: tuple(TEXTS),
    "iterator": lambda: iter(TEXTS),
    "numpy": lambda: np.array(TEXTS, dtype=object),
    "pandas": lambda: pd.Series(TEXTS),
    "pandas of Arrow": lambda: pd.Series(TEXTS, dtype=pd.ArrowDtype(pa.string())),
    "pandas strings": lambda: pd.Series(TEXTS, dtype="string", index=list("gfedcba")),
    "pandas categories": lambda: pd.Series(TEXTS, dtype="category"),
    "polars": lambda: pl.Series(TEXTS),
    "polars categories": lambda: pl.Series(TEXTS, dtype=pl.Categorical),
    "pyarrow": lambda: pa.array(TEXTS),
    "pyarrow large": lambda: pa.array(TEXTS, pa.large_string()),
    "pyarrow views": lambda: pa.array(TEXTS, pa.string_view()),
    "pyarrow bytes": lambda: pa.array(TEXTS, pa.binary()),
    "pyarrow large bytes": lambda: pa.array(TEXTS, pa.large_binary()),
    "pyarrow views of bytes": lambda: pa.array(TEXTS, pa.binary_view()),
    "pyarrow dictionary": lambda: pa.array(TEXTS).dictionary_encode(),
    "pyarrow slice": lambda: pa.array(["none", *TEXTS, "none"]).slice(1, len(TEXTS)),
    "pyarrow chunks": lambda: pa.chunked_array([TEXTS[:2], [], TEXTS[2:]]),
}

TABLES: dict[str, Callable[[dict[str, list[Any]]], object]] = {
    "pandas": pd.DataFrame,
    "pandas with an index": lambda columns: pd.DataFrame(columns, index=list("gfedcba")),
    "polars": pl.DataFrame,
    "pyarrow": pa.table,
    "pyarrow batch": pa.record_batch,
    "pyarrow batches": record_batches,
    "pyarrow slice": lambda columns: pa.concat_tables([pa.table(columns)] * 2).slice(len(TEXTS)),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_of_texts(kind: str) -> None:
    assert retold.cluster(COLUMNS[kind]()).labels == LABELS  # type: ignore[arg-type]
    signed = retold.sign(COLUMNS[kind]())  # type: ignore[arg-type]
    assert signed.to_arrow() == retold.sign(TEXTS).to_arrow()


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("name", ["text", "body"])
def test_tables(kind: str, name: str) -> None:
    ids = list(range(10, 17))
    table = TABLES[kind]({"id": ids, "noise": [0.5] * 7, name: TEXTS})
    clusters = retold.cluster(table, text=name)  # type: ignore[arg-type]
    assert clusters.labels == LABELS
    assert clusters.ids == [str(number) for number in ids]


@pytest.mark.parametrize(
    "ids",
    [
        pa.array([7, 8], pa.int8()),
        pa.array([7, 8], pa.uint64()),
        pa.array(["7", "8"], pa.string_view()),
        pa.array(["7", "8"]).dictionary_encode(),
        pa.array([b"7", b"8"]),
    ],
)
def test_ids_are_strings_or_whole_numbers(ids: pa.Array) -> None:
    clusters = retold.cluster(pa.table({"text": [FIRE, POOL], "id": ids}))
    assert clusters.ids == ["7", "8"]


def day(number: int) -> datetime.datetime:
    return datetime.datetime(2026, 3, number, 23, 30, tzinfo=datetime.timezone.utc)


@pytest.mark.parametrize(
    "kind",
    [
        pa.date32(),
        pa.date64(),
        pa.timestamp("s"),
        pa.timestamp("ns"),
        pa.timestamp("us", "UTC"),
        None,
    ],
)
def test_dates_are_strings_dates_or_timestamps(kind: pa.DataType | None) -> None:
    for apart, groups in [(2, 1), (9, 0)]:
        days = [day(1), day(1 + apart)]
        dates = (
            pa.array([str(one) for one in days])
            if kind is None
            else pa.array(days).cast(kind, safe=False)
        )
        table = pa.table({"text": [FIRE, FIRE_RETOLD], "date": dates})
        assert len(retold.cluster(table, window=3).groups()) == groups, (apart, dates)


def test_pandas_and_polars_dates() -> None:
    columns = {"text": [FIRE, FIRE_RETOLD], "published": [day(1), day(10)]}
    for frame in (pd.DataFrame(columns), pl.DataFrame(columns)):
        assert len(retold.cluster(frame).groups()) == 1
        assert retold.cluster(frame, date="published", window=3).groups() == []


def test_titles_count() -> None:
    titles = ["Cannery fire at Port Halvard kills two", "Two guards die in Halvard cannery fire"]
    table = pa.table({"text": [FIRE, FIRE_RETOLD], "title": titles})
    with_titles, without = (
        retold.cluster(one).to_arrow()["score"].to_pylist() for one in (table, table.drop("title"))
    )
    assert with_titles != without


def test_a_null_in_place_of_a_row_is_skipped() -> None:
    rows = pl.Series([{"text": FIRE}, None, {"text": FIRE_RETOLD}])
    clusters = retold.cluster(rows)
    assert clusters.labels[1] is None
    assert clusters.skipped == [(1, "1", "no text")]


def test_what_is_no_utf8_is_replaced_and_lone_surrogates_are_too() -> None:
    broken = FIRE.encode() + b" \xff\xfe"
    assert retold.cluster(pa.array([broken, FIRE.encode()])).groups(level="exact") == [[0, 1]]
    assert retold.cluster([FIRE + " \ud800", FIRE]).groups(level="exact") == [[0, 1]]
    # Not even Arrow's own strings are believed.
    unsound = pa.Array.from_buffers(pa.string(), 2, pa.array([broken, FIRE.encode()]).buffers())
    assert retold.cluster(unsound).groups(level="exact") == [[0, 1]]


def test_an_array_that_is_not_sound_is_an_error() -> None:
    offsets = pa.py_buffer(struct.pack("<3i", 0, 5, 2))
    unsound = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"abcdefgh")])
    for call in (retold.cluster, retold.sign):
        with pytest.raises(retold.Error, match=r"[Oo]ffset"):
            call(unsound)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (FIRE, "a table, a column or a list of texts, not str"),
        (FIRE.encode(), "not bytes"),
        ({"text": [FIRE]}, "not dict"),
        (None, "not NoneType"),
        (7, "not int"),
        ([FIRE, 7], "article 1 is not a str but int"),
        ([{"text": FIRE}], "article 0 is not a str but dict: make a table of them"),
        (pa.array([1, 2]), "the column holds Int64, where strings are wanted"),
        (pd.Series([1.5, 2.5]), "the column holds Float64"),
        (pa.table({"text": [1]}), 'the column "text" holds Int64, where strings are wanted'),
        (pa.table({"text": [FIRE], "id": [0.5]}), "strings or whole numbers are wanted"),
        (pa.table({"text": [FIRE], "date": [[1]]}), "strings, dates or timestamps are wanted"),
    ],
)
def test_what_is_no_articles_is_a_type_error(given: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        retold.cluster(given)


@pytest.mark.parametrize(
    ("columns", "names", "message"),
    [
        (["body", "id"], {}, r'no column "text"; columns there are: body, id \(text= names it\)'),
        (
            ["texts"],
            {},
            r'no column "text"; columns there are: texts \(did you mean text="texts"\?\)',
        ),
        (["text", "headline"], {"title": "headlin"}, r'did you mean title="headline"\?'),
        ([], {}, "columns there are: none"),
    ],
)
def test_a_column_that_is_missing_is_named(
    columns: list[str], names: dict[str, str], message: str
) -> None:
    table = pa.table({column: ["a"] for column in columns})
    with pytest.raises(ValueError, match=message):
        retold.cluster(table, **names)  # type: ignore[arg-type]


def test_a_list_has_no_columns_to_name() -> None:
    for column in (STORIES, pa.array(STORIES)):
        with pytest.raises(ValueError, match='id names the column "key"'):
            retold.cluster(column, id="key")


def test_what_fails_while_it_is_read_says_so() -> None:
    def texts() -> Iterator[str]:
        yield FIRE
        raise LookupError("the shelf is empty")

    with pytest.raises(LookupError, match="the shelf is empty"):
        retold.cluster(texts())

    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"text": [FIRE]})
        raise LookupError("the shelf is empty")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"text": pa.string()}), batches())
    with pytest.raises(retold.Error, match="the shelf is empty"):
        retold.cluster(reader)


def test_no_more_is_held_than_is_needed() -> None:
    """Texts are taken while others are worked on, and let go."""
    alive = 0
    most = 0

    class Text(str):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def texts() -> Iterator[str]:
        nonlocal alive, most
        for number in range(20_000):
            alive += 1
            most = max(most, alive)
            yield Text(f"Notice {number} of the harbour office")

    assert len(retold.cluster(texts(), match="exact")) == 20_000
    assert most < 10
