"""What `compare` gives."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path

import pytest
from articles import FIRE, FIRE_RETOLD, FIRE_SHOUTED, FIRE_TRIMMED, POOL

import retold


def test_each_level_has_its_verdict() -> None:
    for other, level, verdict in [
        (FIRE_SHOUTED, "exact", "The same text, but for case, spacing and punctuation"),
        (FIRE_TRIMMED, "near", "Near-duplicates: one is an edited copy of the other"),
        (FIRE_RETOLD, "story", "One story, told in other words"),
        (POOL, None, "Two different articles"),
    ]:
        found = retold.compare(FIRE, other)
        assert (found.level, found.verdict) == (level, verdict)
        assert found.exact == (level == "exact") == (found.how_sure is None)
        assert (found.near.score >= found.near.threshold) == (level in ("exact", "near"))
        assert (found.story.score >= found.story.threshold) == (level is not None)


def test_the_scores_are_taken_apart() -> None:
    found = retold.compare(FIRE, FIRE_TRIMMED)
    near = found.near
    smaller, larger = near.shingles
    assert near.jaccard == pytest.approx(near.shared / (smaller + larger - near.shared), abs=1e-4)
    assert near.containment == pytest.approx(near.shared / smaller, abs=1e-4)
    assert not near.template
    story = found.story
    assert {part.part for part in story.parts} >= {"words", "names", "lead", "phrases", "density"}
    assert sum(part.adds for part in story.parts) == pytest.approx(story.sum, abs=1e-3)
    weights = [abs(part.adds) for part in story.parts]
    assert weights == sorted(weights, reverse=True)


def test_passages_and_contradictions_have_their_words() -> None:
    found = retold.compare(
        "In the old cannery at Port Halvard 2 watchmen died, Marit Solberg said.",
        "Marit Solberg was asked: in the old cannery at Port Halvard 3 watchmen died.",
    )
    (passage,) = found.passages
    assert (passage.number, passage.words) == (1, 7)
    assert (passage.a.text, passage.a.word) == ("In the old cannery at Port Halvard", 0)
    assert (passage.b.text, passage.b.word) == ("in the old cannery at Port Halvard", 4)
    (contradiction,) = found.contradictions
    assert (contradiction.a, contradiction.b) == ("2 watchmen died", "3 watchmen died")
    assert contradiction.kind == "number"
    assert set(found.shared.names) == {"Port Halvard", "Marit Solberg"}
    assert "cannery" in found.shared.words
    apart = retold.compare(FIRE, POOL)
    assert "Marit Solberg" in apart.only[0].names
    assert apart.contradictions == ()


def test_titles_and_dates_count() -> None:
    plain = retold.compare(FIRE, FIRE_RETOLD)
    titles = ("Cannery fire at Port Halvard kills two", "Two guards die in Halvard cannery fire")
    assert retold.compare(FIRE, FIRE_RETOLD, titles=titles).story.sum != plain.story.sum
    days = (datetime.date(2026, 3, 1), "2026-03-20T10:00:00Z")
    dated = retold.compare(FIRE, FIRE_RETOLD, dates=days)
    assert dated.story.sum < plain.story.sum
    assert dated.to_dict()["a"]["date"] == "2026-03-01"


def test_thresholds_decide() -> None:
    score = retold.compare(FIRE, FIRE_TRIMMED).near.score
    assert retold.compare(FIRE, FIRE_TRIMMED, near_threshold=score + 0.01).level == "story"
    score = retold.compare(FIRE, FIRE_RETOLD).story.score
    assert retold.compare(FIRE, FIRE_RETOLD, story_threshold=score + 0.001).level is None


def test_the_dictionary_is_what_the_program_writes(program: Path, tmp_path: Path) -> None:
    for name, text in [("a", FIRE), ("b", FIRE_RETOLD)]:
        (tmp_path / name).write_text(text)
    command = [str(program), "compare", "--json", "a", "b"]
    written = subprocess.run(command, check=True, capture_output=True, cwd=tmp_path).stdout
    assert retold.compare(FIRE, FIRE_RETOLD).to_dict() == json.loads(written)


def test_it_says_what_it_is() -> None:
    found = retold.compare(FIRE, FIRE_RETOLD)
    assert repr(found).startswith("<retold.Comparison level='story' near=0.")
    lines = str(found).splitlines()
    assert lines[0] == "One story, told in other words."
    assert any(line.startswith("names in both: ") and "Halvard" in line for line in lines)
    assert str(retold.compare(FIRE, FIRE_SHOUTED)).splitlines()[1].startswith("near   1.00")
    assert found == retold.compare(FIRE, FIRE_RETOLD)
    assert found != retold.compare(FIRE, POOL)


def test_what_cannot_be_compared_says_why() -> None:
    with pytest.raises(ValueError, match="b: no words in the text"):
        retold.compare(FIRE, " ... ")
    with pytest.raises(ValueError, match="story_threshold is 0: it must be above 0"):
        retold.compare(FIRE, POOL, story_threshold=0)
    with pytest.raises(TypeError):
        retold.compare(FIRE, None)  # type: ignore[arg-type]
    assert retold.compare("\ud800 rain", "rain").exact
