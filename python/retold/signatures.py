"""What the exact and the near level compare, to be stored."""

from __future__ import annotations

from . import _retold
from ._retold import MINIMA as MINIMA
from .table import Table, Texts, taken


class Signatures(Table):
    """The digest and the signature of each text, with a row for each row of the input.

    As a table it has these columns, both null where a text is missing or has no words:

    - ``digest``: 16 bytes, little-endian. Texts of one digest are the same but for case, spacing
      and punctuation;
    - ``signature``: `MINIMA` numbers of 16 bits. The share of places in which two signatures agree
      estimates the Jaccard similarity of the texts' shingles (three words, or five characters of a
      script without spaces), with a standard error of at most 0.063.
    """

    __slots__ = ()

    _native: _retold.Signatures

    def __init__(self, native: _retold.Signatures) -> None:
        self._native = native

    def __repr__(self) -> str:
        return f"<retold.Signatures of {len(self):,} texts>"


def sign(texts: Texts, *, text: str | None = None, threads: int | None = None) -> Signatures:
    """The digests and signatures of texts, given as `cluster` takes them.

    They are the same on every machine and in every release with the same `HASH_VERSION`: store that
    number beside them, and never compare signatures of two versions.

    >>> import retold
    >>> table = retold.sign(["Rain fell on Oslo.", "RAIN fell - on Oslo", "?"]).to_arrow()
    >>> rain, shout, nothing = table["digest"].to_pylist()
    >>> rain == shout, len(rain), nothing
    (True, 16, None)
    """
    return Signatures(_retold.sign(taken(texts), text, threads))
