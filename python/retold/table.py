"""What goes in as a table, and what comes out as one."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Level: TypeAlias = Literal["exact", "near", "story"]
"""How deep articles are matched; each level contains the ones before it."""


class ArrowStream(Protocol):
    """A table or a column by Arrow's PyCapsule interface: of pandas, Polars, pyarrow and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(Protocol):
    """The same in one piece."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> object: ...


Texts: TypeAlias = "ArrowStream | ArrowArray | Iterable[str | None]"
"""Articles: a table, a column of texts, or texts one after another."""


class _Native(Protocol):
    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...


class Table:
    """A result with a row for each row of the input, in the same order.

    It goes wherever Arrow's PyCapsule interface is understood: ``polars.DataFrame(table)``,
    ``pyarrow.table(table)``, ``duckdb.sql("from table")``. It is made part by part as it is taken.
    """

    __slots__ = ("_native",)

    _native: _Native

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._native)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The rows as an Arrow C stream."""
        return self._native.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        """The columns as an Arrow C schema."""
        return self._native.__arrow_c_schema__()

    def to_arrow(self) -> pyarrow.Table:
        """The rows as a table of pyarrow, which has to be installed."""
        import pyarrow

        return pyarrow.table(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame of pandas, which has to be installed, as pyarrow has."""
        frame: pandas.DataFrame = self.to_arrow().to_pandas()
        return frame

    def to_polars(self) -> polars.DataFrame:
        """The rows as a data frame of Polars, which has to be installed."""
        import polars

        return polars.DataFrame(self)


def taken(articles: Texts) -> Texts:
    """What is handed over, as the library takes it: a Series of pandas 2 does not export itself."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(articles, pandas.Series):
        return articles
    import pyarrow

    column: Texts = pyarrow.Array.from_pandas(articles)
    return column
