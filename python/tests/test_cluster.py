"""What `cluster` gives."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from articles import FIRE, FIRE_RETOLD, POOL, STORIES, many

import retold
from retold.table import Level

DATA = Path(__file__).parents[2] / "data"
COLUMNS = ["id", "row", "exact", "near", "story", "relation", "to", "score"]


LEVELS: tuple[Level, ...] = ("exact", "near", "story")


def partition(clusters: retold.Clusters, level: Level) -> set[frozenset[str]]:
    groups = clusters.groups(1, level)
    return {frozenset(clusters.ids[row] for row in group) for group in groups}


def test_groups_at_each_level() -> None:
    clusters = retold.cluster(STORIES)
    assert clusters.match == "story"
    assert clusters.groups() == clusters.groups(level="story")
    assert [sorted(group) for group in clusters.groups()] == [[0, 2, 3, 4]]
    assert [sorted(group) for group in clusters.groups(level="near")] == [[0, 3, 4]]
    assert [sorted(group) for group in clusters.groups(level="exact")] == [[0, 3]]
    assert len(clusters.groups(1)) == 2
    assert clusters.groups(5) == []
    # The one that stands for a group is first, and its label.
    first = clusters.groups()[0][0]
    assert clusters.labels == [first, 1, first, first, first]


def test_a_level_that_was_not_looked_for_repeats_the_one_before() -> None:
    near = retold.cluster(STORIES, match="near")
    assert near.match == "near"
    assert (
        near.groups() == near.groups(level="story") == retold.cluster(STORIES).groups(level="near")
    )
    exact = retold.cluster(STORIES, match="exact")
    assert exact.groups() == [[0, 3]]


def test_the_table_has_a_row_for_each_row_of_the_input() -> None:
    texts = [None, FIRE, " ... ", FIRE_RETOLD]
    clusters = retold.cluster(pa.table({"text": texts, "id": ["a", "b", "c", "d"]}))
    assert len(clusters) == 4
    table = clusters.to_arrow()
    assert table.column_names == COLUMNS
    rows = table.to_pylist()
    assert [row["row"] for row in rows] == [0, 1, 2, 3]
    assert [row["id"] for row in rows] == ["a", "b", "c", "d"]
    assert [rows[0][column] for column in COLUMNS[2:]] == [None] * 6
    retold_row = rows[3] if rows[3]["to"] else rows[1]
    assert retold_row["relation"] == "story"
    assert 0.5 < retold_row["score"] <= 1.0
    stands = rows[1] if retold_row is rows[3] else rows[3]
    assert retold_row["to"] == stands["id"] == retold_row["story"]
    assert (stands["relation"], stands["to"], stands["score"]) == ("representative", None, None)
    assert clusters.labels == [None, stands["row"], None, stands["row"]]
    assert clusters.skipped == [(0, "a", "no text"), (2, "c", "no words in the text")]
    assert clusters.skipped[0].reason == "no text"


def test_it_goes_into_any_frame() -> None:
    clusters = retold.cluster(STORIES)
    expected = clusters.to_arrow().to_pylist()
    assert pa.table(clusters).to_pylist() == expected
    assert pl.DataFrame(clusters).to_dicts() == clusters.to_polars().to_dicts() == expected
    frame = clusters.to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == COLUMNS
    assert list(frame["story"]) == [row["story"] for row in expected]
    assert pa.schema(clusters).names == COLUMNS
    assert pa.table(clusters, schema=pa.schema(clusters)).num_rows == len(clusters)


def test_a_long_table_comes_whole() -> None:
    texts = [f"Notice {number} of the harbour office" for number in range(70_000)]
    clusters = retold.cluster(texts, match="exact")
    table = clusters.to_arrow()
    assert table["row"].to_pylist() == list(range(70_000))
    assert table["id"].to_pylist() == clusters.ids == [str(row) for row in range(70_000)]
    assert table["story"].to_pylist() == [str(label) for label in clusters.labels]


def test_ids_that_repeat_are_kept_apart_and_counted() -> None:
    clusters = retold.cluster(
        pa.table({"id": ["x", "x", "y", "x"], "text": [POOL, FIRE, POOL, FIRE]})
    )
    assert clusters.repeated_ids == 2
    assert clusters.ids == ["x", "x#2", "y", "x#3"]
    assert sorted(sorted(group) for group in clusters.groups()) == [[0, 2], [1, 3]]
    assert retold.cluster(STORIES).repeated_ids == 0


def test_rows_without_an_id_go_by_their_number() -> None:
    texts = [FIRE, POOL, FIRE, POOL]
    clusters = retold.cluster(pa.table({"id": [None, "", "b", None], "text": texts}))
    assert clusters.ids == ["0", "1", "b", "3"]


def test_the_labelled_articles_are_grouped_as_labelled() -> None:
    with open(DATA / "labels.tsv", newline="") as file:
        gold = {row["id"]: row for row in csv.DictReader(file, delimiter="\t")}
    texts = [(DATA.parent / path).read_text(encoding="utf-8") for path in gold]
    clusters = retold.cluster(pa.table({"id": list(gold), "text": texts}))
    for level in LEVELS:
        groups: dict[str, set[str]] = {}
        for path, row in gold.items():
            groups.setdefault(row[level], set()).add(path)
        assert partition(clusters, level) == {frozenset(group) for group in groups.values()}, level


def test_the_rows_are_those_of_the_program(program: Path, tmp_path: Path) -> None:
    articles = [
        {"id": f"n{number * 7919 % 3000}", "text": text} for number, text in enumerate(many(3000))
    ]
    dump = tmp_path / "dump.jsonl"
    dump.write_text("".join(json.dumps(article) + "\n" for article in articles))
    for match in LEVELS:
        command = [str(program), "cluster", "-q", "--match", match, str(dump), "--assignments", "-"]
        lines = subprocess.run(
            command, check=True, capture_output=True, text=True
        ).stdout.splitlines()
        rows = {row.pop("id"): row for row in map(json.loads, lines)}
        found = retold.cluster(pa.Table.from_pylist(articles), match=match).to_arrow().to_pylist()
        assert len(rows) == len(found) == 3000
        for row in found:
            ours = {column: row[column] for column in COLUMNS[2:]}
            theirs = rows[row["id"]]
            theirs.pop("source")
            assert ours == theirs, (match, row["id"])


def test_options_decide() -> None:
    assert len(retold.cluster(STORIES, near_threshold=1.0).groups(level="near")[0]) == 2
    dated = pa.table({"text": [FIRE, FIRE_RETOLD], "date": ["2026-03-01", "2026-03-20"]})
    assert len(retold.cluster(dated, window=30).groups()) == 1
    assert retold.cluster(dated, window=3).groups() == []
    # Without the dates there is nothing to tell them apart by.
    assert len(retold.cluster(dated.select(["text"]), window=3).groups()) == 1


def test_threads_and_memory_change_nothing(tmp_path: Path) -> None:
    texts = many(4000)
    expected = retold.cluster(texts, threads=1).to_arrow()
    assert retold.cluster(texts, threads=3).to_arrow() == expected
    assert retold.cluster(texts, memory=1, work_dir=tmp_path).to_arrow() == expected
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"match": "topic"}, "no level \"topic\": there are 'exact', 'near' and 'story'"),
        ({"near_threshold": 2.0}, "near_threshold is 2: it must be above 0 and at most 1"),
        ({"story_threshold": float("nan")}, "story_threshold is NaN"),
        ({"threads": 0}, "threads is 0: it must be at least 1"),
        ({"window": -1}, "window is -1: it must be at least 0"),
        ({"window": 1 << 40}, "window is 1099511627776: it must be smaller"),
        ({"memory": 0}, "memory is 0: it must be at least 1"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        retold.cluster(STORIES, **options)


def test_a_work_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="name another with work_dir"):
        retold.cluster(many(4000), memory=1, work_dir=tmp_path / "nowhere")


def test_nothing_is_no_error() -> None:
    nothing: list[Any] = [
        [],
        iter(()),
        pa.table({"text": pa.array([], pa.string())}),
        pl.Series([], dtype=pl.String),
    ]
    for empty in nothing:
        clusters = retold.cluster(empty)
        assert (len(clusters), clusters.labels, clusters.groups(1)) == (0, [], [])
        assert clusters.to_arrow().num_rows == 0
        assert clusters.to_polars().columns == COLUMNS


def test_it_says_what_it_is() -> None:
    said = repr(retold.cluster([*STORIES, None]))
    assert said == "<retold.Clusters of 6 rows, match='story': 1 groups of 4, 1 skipped>"
