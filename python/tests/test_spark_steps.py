"""Native steps by themselves."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

import retold
from retold._retold import Step


def batch(**columns: Any) -> Any:
    return pa.record_batch(columns)


def long(*numbers: int) -> Any:
    return pa.array(numbers, pa.int64())


def test_rows_that_come_unsorted_are_refused() -> None:
    """Some engines drop a sort before a native step, and would find nothing."""
    step = Step("buckets")
    brief = pa.array([b"\0" * 64] * 2, pa.binary())
    with pytest.raises(retold.Error, match="unsorted"):
        step.push(batch(bucket=long(2, 1), article=long(1, 2), brief=brief))


def test_a_pair_without_its_articles_is_refused() -> None:
    step = Step("copies", near_threshold=0.6)
    row = batch(
        task=long(0), kind=long(1), a=long(1), b=long(2), list=pa.array([None], pa.binary())
    )
    with pytest.raises(retold.Error, match="article 1 is in a pair"):
        step.push(row)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_strings_of_all_kinds(kind: Any) -> None:
    step = Step("sketch", partition=0)
    texts = {"id": pa.array(["a"], kind), "text": pa.array(["The mayor left."], kind)}
    [out] = step.push(pa.record_batch(texts))
    assert out["words"].to_pylist() == [3]
    assert out["skipped"].to_pylist() == [None]


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.binary_view()])
def test_bytes_of_all_kinds(kind: Any) -> None:
    [sketch] = Step("sketch", partition=0).push(
        batch(id=pa.array(["a"]), text=pa.array(["One two"]))
    )
    bands = Step("bands")
    [out] = bands.push(batch(article=long(5), signature=sketch["signature"].cast(kind)))
    assert out.num_rows == 32 and set(out["article"].to_pylist()) == {5}


def test_what_a_step_needs_is_said() -> None:
    with pytest.raises(ValueError, match='no step "sort"'):
        Step("sort")
    with pytest.raises(ValueError, match='needs to be told "near_threshold"'):
        Step("copies")
    with pytest.raises(ValueError, match='no column "text"'):
        Step("sketch", partition=0).push(batch(id=pa.array(["a"])))
    with pytest.raises(TypeError, match="text holds Int64, where strings are wanted"):
        Step("sketch", partition=0).push(batch(id=pa.array(["a"]), text=long(1)))


def test_forests_of_parts_are_the_forest_of_all() -> None:
    edges = [(5, 6), (0, 3), (2, 3), (6, 9), (1, 8), (3, 5)]

    def forest(edges: list[tuple[int, int]]) -> list[tuple[int, int]]:
        step = Step("forest")
        step.push(batch(a=long(*(a for a, _ in edges)), b=long(*(b for _, b in edges))))
        return [
            pair for out in step.finish() for pair in zip(*out.to_pydict().values(), strict=True)
        ]

    merged = forest(forest(edges[:3]) + forest(edges[3:]))
    assert merged == forest(edges) == [(0, 2), (0, 3), (0, 5), (0, 6), (0, 9), (1, 8)]
