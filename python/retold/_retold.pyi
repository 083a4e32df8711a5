"""The library of retold: the package around it says what each function does."""

from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any, final

from .table import Level, Texts

__all__ = [
    "FILE_CAP",
    "HASH_VERSION",
    "MINIMA",
    "MOST_TERMS",
    "NEAR_IN_MEMORY",
    "NEAR_THRESHOLD",
    "STORY_THRESHOLD",
    "Clusters",
    "Error",
    "Signatures",
    "Step",
    "__version__",
    "check_thresholds",
    "cluster",
    "compare",
    "least_held",
    "sign",
]

__version__: str
HASH_VERSION: int
MINIMA: int
FILE_CAP: int
MOST_TERMS: int
NEAR_IN_MEMORY: int
NEAR_THRESHOLD: float
STORY_THRESHOLD: float

class Error(Exception): ...

@final
class Clusters:
    @property
    def level(self) -> Level: ...
    @property
    def repeated_ids(self) -> int: ...
    def __len__(self) -> int: ...
    def ids(self) -> list[str]: ...
    def labels(self) -> list[int | None]: ...
    def groups(self, min_size: int, level: str) -> list[list[int]]: ...
    def skipped(self) -> list[tuple[int, str, str]]: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...

@final
class Signatures:
    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...

def cluster(
    articles: Texts,
    level: str,
    *,
    text: str | None,
    id: str | None,
    title: str | None,
    url: str | None,
    date: str | None,
    near_threshold: float,
    story_threshold: float,
    window: int | None,
    threads: int | None,
    memory: int | None,
    work_dir: str | PathLike[str] | None,
    progress: Callable[[str, float | None, int], object] | None,
) -> Clusters: ...
def sign(texts: Texts, text: str | None, threads: int | None) -> Signatures: ...
def compare(
    a: tuple[str, str | None, str | None],
    b: tuple[str, str | None, str | None],
    near_threshold: float,
    story_threshold: float,
) -> tuple[str, str, str | None]: ...

@final
class Step:
    """A step of a run on Spark, for the rows of one partition."""

    def __new__(
        cls,
        name: str,
        *,
        partition: int | None = None,
        fields: Sequence[str] | None = None,
        articles: int | None = None,
        near_threshold: float | None = None,
        story_threshold: float | None = None,
        window: int | None = None,
        counts: Sequence[bytes] | None = None,
        blocks: tuple[int, int] | None = None,
        memory: int | None = None,
        work_dir: str | None = None,
    ) -> Step: ...
    @staticmethod
    def schema(name: str) -> str: ...
    def push(self, batch: object) -> list[Any]: ...
    def finish(self) -> list[Any]: ...

def check_thresholds(near_threshold: float, story_threshold: float) -> None: ...
def least_held(held_by: Sequence[int]) -> int: ...
