"""Why two articles are, or are not, one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from . import _retold
from ._retold import NEAR_THRESHOLD, STORY_THRESHOLD
from .table import Level


@dataclass(frozen=True, slots=True)
class Near:
    """What the near level says: the overlap of the shingles of the two."""

    score: float
    """0 to 1; near-duplicates from `threshold` on."""
    threshold: float
    jaccard: float
    """Shared shingles of all."""
    containment: float
    """Shared shingles of those of the shorter text."""
    shared: int
    """Number of shared shingles."""
    shingles: tuple[int, int]
    """Number of those of the shorter and of the longer text."""
    template: bool
    """Whether the two look like one template filled in twice, which keeps them from being near."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the story score."""

    part: str
    """Its name: ``words``, ``names``, ``numbers``, ``lead``, ``phrases``, ``template``, ``dates``
    or ``density``."""
    alike: float | None
    """How alike the two are in it, 0 to 1; None where that cannot be told."""
    adds: float
    """What it adds to the sum, or takes from it."""


@dataclass(frozen=True, slots=True)
class Story:
    """What the story level says."""

    score: float
    """Probability that the two tell one story; they do from `threshold` on."""
    threshold: float
    sum: float
    """What the parts add up to."""
    even: float
    """The sum of even odds, a score of 0.5."""
    parts: tuple[Part, ...]
    """The weightiest first."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What both articles hold, the weightiest first."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    words: tuple[str, ...]
    """Rare words."""
    lead: tuple[str, ...]
    """Names and rare words at the top of both."""


@dataclass(frozen=True, slots=True)
class Only:
    """What stands at the top of one article and nowhere in the other."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Names or numbers that differ in comparable places: a guess, on which no score depends."""

    a: str
    b: str
    kind: Literal["name", "number"]


@dataclass(frozen=True, slots=True)
class Place:
    """A passage in one of the texts."""

    text: str
    word: int
    """Number of its first word, from 0."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Four words or more that stand in both texts."""

    number: int
    """From 1, in the order of the first text; what one text says twice has one number."""
    words: int
    a: Place
    b: Place


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """What the levels say of two articles by themselves."""

    level: Level | None
    """The level at which the two belong together; None for two different articles."""
    verdict: str
    """The same in words."""
    how_sure: str | None
    """How sure that is, in a sentence; None of equal texts."""
    exact: bool
    """Whether the texts are the same but for case, spacing and punctuation."""
    near: Near
    story: Story
    shared: Shared
    only: tuple[Only, Only]
    contradictions: tuple[Contradiction, ...]
    passages: tuple[Passage, ...]
    _json: str = field(repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The object that ``retold compare --json`` writes."""
        found: dict[str, Any] = json.loads(self._json)
        return found

    def __repr__(self) -> str:
        return (
            f"<retold.Comparison level={self.level!r} near={self.near.score:.2f} "
            f"story={self.story.score:.2f}: {len(self.passages)} passages>"
        )

    def __str__(self) -> str:
        lines = [self.verdict + ".", *([self.how_sure] if self.how_sure else [])]
        lines += [
            f"near   {self.near.score:.2f} (from {self.near.threshold})",
            f"story  {self.story.score:.2f} (from {self.story.threshold})",
        ]
        lines += [f"  {part.part:<9}{part.adds:+.2f}" for part in self.story.parts]
        for what, found in [("names", self.shared.names), ("numbers", self.shared.numbers)]:
            if found:
                lines.append(f"{what} in both: {'; '.join(found)}")
        lines += [f"contradiction: {found.a} / {found.b}" for found in self.contradictions]
        lines += [f"[{found.number}] {found.a.text}" for found in self.passages]
        return "\n".join(lines)


def compare(
    a: str,
    b: str,
    *,
    titles: tuple[str | None, str | None] = (None, None),
    dates: tuple[str | date | None, str | date | None] = (None, None),
    near_threshold: float = NEAR_THRESHOLD,
    story_threshold: float = STORY_THRESHOLD,
) -> Comparison:
    """Compares two texts, with their titles and dates of publication where they are known.

    It looks at the two alone. `retold.cluster` also weighs what is around them, so its story score
    of the same pair may be another.

    >>> import retold
    >>> found = retold.compare(
    ...     "A fire in the old cannery at Port Halvard killed 2 watchmen, Marit Solberg said.",
    ...     "In the old cannery at Port Halvard flames killed 3 watchmen on Sunday night.",
    ... )
    >>> found.level, found.passages[0].a.text
    ('story', 'in the old cannery at Port Halvard')
    >>> found.contradictions[0].a, found.contradictions[0].b
    ('2 watchmen', '3 watchmen')

    Raises ValueError for a text without words and for a threshold out of its range.
    """
    days = [None if day is None else str(day) for day in dates]
    found, verdict, how_sure = _retold.compare(
        (a, titles[0], days[0]), (b, titles[1], days[1]), near_threshold, story_threshold
    )
    of = json.loads(found)
    story = of["story"]
    return Comparison(
        level=of["level"],
        verdict=verdict,
        how_sure=how_sure,
        exact=of["exact"],
        near=Near(**{**of["near"], "shingles": tuple(of["near"]["shingles"])}),
        story=Story(**{**story, "parts": tuple(Part(**part) for part in story["parts"])}),
        shared=Shared(**_tuples(of["shared"])),
        only=(Only(**_tuples(of["only"]["a"])), Only(**_tuples(of["only"]["b"]))),
        contradictions=tuple(Contradiction(**found) for found in of["contradictions"]),
        passages=tuple(
            Passage(found["number"], found["words"], Place(**found["a"]), Place(**found["b"]))
            for found in of["passages"]
        ),
        _json=found,
    )


def _tuples(lists: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(found) for name, found in lists.items()}
