"""Finds the articles that tell the same story twice."""

from ._retold import __version__

__all__ = ["__version__"]
