"""Finds the articles that tell the same story twice.

`cluster` groups articles at three levels, each inside the next: ``exact``, the same text but for
case, spacing and punctuation; ``near``, edited copies; ``story``, the same event told in other
words. `compare` says why two articles are, or are not, one. `sign` gives what the first two levels
compare, to be stored.
"""

from ._retold import HASH_VERSION, Error, __version__
from .clusters import Clusters, Skipped, cluster
from .comparison import Comparison, compare
from .progress import Progress
from .signatures import MINIMA, Signatures, sign

__all__ = [
    "HASH_VERSION",
    "MINIMA",
    "Clusters",
    "Comparison",
    "Error",
    "Progress",
    "Signatures",
    "Skipped",
    "__version__",
    "cluster",
    "compare",
    "sign",
]
