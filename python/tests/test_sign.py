"""What `sign` gives."""

from __future__ import annotations

import hashlib

import polars as pl
import pyarrow as pa
import pytest
from articles import FIRE, FIRE_SHOUTED, FIRE_TRIMMED, POOL

import retold

TEXTS = [
    FIRE,
    None,
    FIRE_SHOUTED,
    "...",
    FIRE_TRIMMED,
    POOL,
    "日本国政府は本日、新しい橋を開いた。",
]


def agreement(a: list[int], b: list[int]) -> float:
    return sum(x == y for x, y in zip(a, b, strict=True)) / retold.MINIMA


def test_a_row_for_each_text() -> None:
    signed = retold.sign(TEXTS)
    assert len(signed) == 7
    assert repr(signed) == "<retold.Signatures of 7 texts>"
    table = signed.to_arrow()
    assert table.schema.field("digest").type == pa.binary(16)
    assert table.schema.field("signature").type == pa.list_(
        pa.field("item", pa.uint16(), False), 64
    )
    assert retold.MINIMA == 64
    empty = [row for row, digest in enumerate(table["digest"].to_pylist()) if digest is None]
    assert empty == [1, 3]
    assert [row for row, of in enumerate(table["signature"].to_pylist()) if of is None] == [1, 3]
    frame = signed.to_polars()
    assert frame["digest"].to_list() == table["digest"].to_pylist()
    assert frame["signature"].dtype == pl.Array(pl.UInt16, 64)
    assert signed.to_pandas()["digest"][0] == table["digest"][0].as_py()


def test_digests_tell_the_same_text_and_signatures_a_similar_one() -> None:
    table = retold.sign(TEXTS).to_arrow()
    digests = table["digest"].to_pylist()
    signatures = table["signature"].to_pylist()
    assert digests[0] == digests[2]
    assert len({digests[0], digests[4], digests[5], digests[6]}) == 4
    assert signatures[0] == signatures[2]
    jaccard = retold.compare(FIRE, FIRE_TRIMMED).near.jaccard
    assert agreement(signatures[0], signatures[4]) == pytest.approx(jaccard, abs=4 * 0.063)
    assert agreement(signatures[0], signatures[5]) < 0.15


def test_they_are_frozen() -> None:
    """They may be stored, so they never change under one `HASH_VERSION`."""
    assert retold.HASH_VERSION == 3
    table = retold.sign([text for text in TEXTS if text]).to_arrow()
    held = hashlib.sha256()
    for digest, signature in zip(
        table["digest"].to_pylist(), table["signature"].to_pylist(), strict=True
    ):
        if digest is not None:
            held.update(digest)
            held.update(b"".join(number.to_bytes(2, "little") for number in signature))
    assert held.hexdigest() == "1648facaf4b6713a98bdfc233c6a92a85f7456a869d7bd0159bb649587784c34"


def test_many_are_signed_in_order_on_any_number_of_threads() -> None:
    texts = [f"Notice {number} of the harbour office" for number in range(70_000)]
    signed = retold.sign(texts, threads=1).to_arrow()
    assert signed.num_rows == 70_000
    assert signed == retold.sign(iter(texts), threads=3).to_arrow()
    assert len(set(signed["digest"].to_pylist())) == 70_000
    assert (
        signed.slice(69_000, 1).to_pylist()
        == retold.sign(texts[69_000:69_001]).to_arrow().to_pylist()
    )


def test_the_column_is_named() -> None:
    table = pa.table({"id": [1], "body": [FIRE]})
    assert retold.sign(table, text="body").to_arrow() == retold.sign([FIRE]).to_arrow()
    with pytest.raises(ValueError, match='no column "text"; columns there are: id, body'):
        retold.sign(table)
    with pytest.raises(ValueError, match="threads is 0"):
        retold.sign([FIRE], threads=0)
    with pytest.raises(TypeError, match="article 0 is not a str but int"):
        retold.sign([1])  # type: ignore[list-item]


def test_nothing_is_no_error() -> None:
    assert retold.sign([]).to_arrow().num_rows == 0
