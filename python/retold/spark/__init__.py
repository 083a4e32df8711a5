"""The clusters of `retold cluster`, made by Apache Spark: for more articles than one machine holds.

>>> import retold.spark
>>> rows = retold.spark.cluster(articles, work_dir="s3a://bucket/tmp")  # doctest: +SKIP

Spark reads, shuffles, joins and tries again; every decision is made by the same code as on one
machine, and the clusters are the same, whatever the partitions and whichever workers are lost.
ARCHITECTURE.md has the stages, and what each of them shuffles.
"""

from .run import Outcome, cluster, run

__all__ = ["Outcome", "cluster", "run"]
