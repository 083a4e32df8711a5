"""Which articles belong together."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import NamedTuple

from . import _retold
from ._retold import NEAR_THRESHOLD, STORY_THRESHOLD
from .progress import Progress, shown
from .table import Level, Table, Texts, taken


class Skipped(NamedTuple):
    """A row that holds nothing to compare."""

    row: int
    """Its number, from 0."""
    id: str
    """Its id."""
    reason: str
    """Why: ``no text``, or ``no words in the text``."""


class Clusters(Table):
    """The groups of all articles, with a row for each row of the input, in the same order.

    As a table it has these columns; in a row that was skipped all but the first two are null:

    - ``id``: the article's, ``ID#2`` and so on where an id repeats, or the number of its row;
    - ``row``: the number of its row, from 0;
    - ``exact``, ``near``, ``story``: the id of the article that stands for its group at the level;
      its own where it is alone. Levels beyond `match` repeat the one before;
    - ``relation``: why it is in its group: ``representative``, ``exact``, ``near`` or ``story``;
    - ``to``, ``score``: the id of the article it was matched with, and the score, 0 to 1.
    """

    __slots__ = ()

    _native: _retold.Clusters

    def __init__(self, native: _retold.Clusters) -> None:
        self._native = native

    @property
    def match(self) -> Level:
        """The deepest level that was looked for."""
        return self._native.level

    @property
    def ids(self) -> list[str]:
        """For each row the id of its article."""
        return self._native.ids()

    @property
    def labels(self) -> list[int | None]:
        """For each row the number of the row that stands for its group; None where it was skipped.

        >>> import retold
        >>> retold.cluster(["The gate is shut.", "", "The GATE is shut!"]).labels
        [0, None, 0]
        """
        return self._native.labels()

    @property
    def skipped(self) -> list[Skipped]:
        """The rows that hold nothing to compare."""
        return [Skipped(*skipped) for skipped in self._native.skipped()]

    @property
    def repeated_ids(self) -> int:
        """Number of articles whose id was taken, so that they were given another."""
        return self._native.repeated_ids

    def groups(self, min_size: int = 2, level: Level | None = None) -> list[list[int]]:
        """The groups of `min_size` rows and more at `level` (that of `match`), the largest first.

        Each is a list of row numbers, that of the article which stands for it first.
        """
        return self._native.groups(max(min_size, 0), level or self.match)

    def __repr__(self) -> str:
        groups = self.groups()
        return (
            f"<retold.Clusters of {len(self):,} rows, match={self.match!r}: "
            f"{len(groups):,} groups of {sum(map(len, groups)):,}, {len(self.skipped):,} skipped>"
        )


def cluster(
    articles: Texts,
    *,
    match: Level = "story",
    text: str | None = None,
    id: str | None = None,
    title: str | None = None,
    url: str | None = None,
    date: str | None = None,
    near_threshold: float = NEAR_THRESHOLD,
    story_threshold: float = STORY_THRESHOLD,
    window: int | None = None,
    threads: int | None = None,
    memory: int | None = None,
    work_dir: str | PathLike[str] | None = None,
    progress: bool | Callable[[Progress], object] | None = None,
) -> Clusters:
    """Groups the articles that tell the same story.

    `articles` is a table (of pandas, Polars, pyarrow, DuckDB: anything with Arrow's PyCapsule
    interface), a column of texts, or any iterable of strings. It is read once, batch by batch.

    `text`, `id`, `title`, `url` and `date` name the columns of a table; those of these very names
    need no naming, and all but the text may be missing. Ids are strings or whole numbers, dates
    strings, dates or timestamps. An article without an id goes by the number of its row, from 0.
    Give titles and dates where you have them: the story level looks at both.

    - `match`: how deep articles are matched, ``exact``, ``near`` or ``story``;
    - `near_threshold`: least score of two near-duplicates, above 0, at most 1;
    - `story_threshold`: how strictly stories are cut, above 0, at most 1: higher is stricter;
    - `window`: articles whose dates are more days apart than this are not compared for a story;
    - `threads`: how many work; by default one a core;
    - `memory`: bytes to use, about, by default half of the machine's; the result takes the id and
      some 50 bytes of each article besides. What does not fit is written to `work_dir`, by default
      the system's folder for temporary files;
    - `progress`: True for a line on standard error, or a function that is given a `Progress` some
      twenty times a second, in the calling thread.

    The same articles and options give the same groups and scores, on any machine and any number of
    threads, and those of the program ``retold cluster`` on the same input.

    >>> import retold
    >>> clusters = retold.cluster([
    ...     "A fire in the old cannery at Port Halvard killed two watchmen, Marit Solberg said.",
    ...     "Two guards died when flames swept the Halvard cannery, said police chief Solberg.",
    ...     "The council of Port Halvard decided to build a swimming hall beside the school.",
    ... ])
    >>> clusters.groups()
    [[0, 1]]

    Raises ValueError for an option or a column that does not fit, TypeError for what is no table
    and no text, OSError where the work folder fails, and `retold.Error` for the rest.
    """
    with shown(progress) as show:
        native = _retold.cluster(
            taken(articles),
            match,
            text=text,
            id=id,
            title=title,
            url=url,
            date=date,
            near_threshold=near_threshold,
            story_threshold=story_threshold,
            window=window,
            threads=threads,
            memory=memory,
            work_dir=work_dir,
            progress=show,
        )
    return Clusters(native)
