"""The levels of a run on Spark, each from tables to tables."""

from __future__ import annotations

from collections.abc import Callable

from pyspark import Broadcast
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .. import _retold
from .tables import Tables, native


def _null(kind: str) -> Column:
    return F.lit(None).cast(kind)


def _kind(kind: int) -> Column:
    return F.lit(kind).cast("long").alias("kind")


def account(sketches: DataFrame) -> tuple[dict[str | None, int], int, int]:
    """The rows that were read, by why they are no articles (`None`: they are); those whose text was
    cut; and the bytes of the longest list."""
    longest = F.max(F.length("list")).alias("longest")
    counts = F.count("*").alias("rows"), F.sum("cut").alias("cut"), longest
    rows = sketches.groupBy("skipped").agg(*counts).collect()
    cut, most = ([row[name] or 0 for row in rows] for name in ("cut", "longest"))
    return {row["skipped"]: row["rows"] for row in rows}, sum(cut), max(most, default=0)


def number(tables: Tables, sketches: DataFrame) -> tuple[DataFrame, int]:
    """Articles numbered in the order of their ids, with names that differ, and the first of their
    exact copies: article, row, name, source, exact; and how many were renamed."""
    columns = ["row", "id", "source", "digest", "fields"]
    keys = sketches.where("skipped is null").select(columns)
    # By the id alone, so that all articles of one come together.
    ranges = keys.repartitionByRange(tables.partitions, "id")
    placed = tables.write(
        "places",
        native(ranges.sortWithinPartitions("id", "source", "fields"), "number", partition=None),
    )
    first, firsts = 0, []
    for row in placed.groupBy("partition").count().orderBy("partition").collect():
        firsts.append((row["partition"], first))
        first += row["count"]
    if first >= 1 << 32:
        raise ValueError(f"more than {(1 << 32) - 1} articles in one run: split the input")
    begins = tables.rows(["partition", "first"], firsts)
    numbered = placed.join(F.broadcast(begins), "partition").withColumn(
        "article", F.col("first") + F.col("place")
    )
    repeated = numbered.where("repeat > 0")
    renamed = repeated.count()
    if renamed:
        names = tables.write("names", _names(tables, numbered, repeated))
        numbered = numbered.join(names, "article", "left")
    else:
        numbered = numbered.withColumn("name", _null("string"))
    copies = (
        numbered.groupBy("digest")
        .agg(F.min("article").alias("exact"), F.count("*").alias("copies"))
        .where("copies > 1")
        .drop("copies")
    )
    articles = numbered.join(copies, "digest", "left").select(
        "article",
        "row",
        F.coalesce("name", "id").alias("name"),
        "source",
        F.coalesce("exact", "article").alias("exact"),
    )
    return tables.write("articles", articles), renamed


def _names(tables: Tables, numbered: DataFrame, repeated: DataFrame) -> DataFrame:
    """Names for articles whose id another one before them has: article, name."""
    bases = repeated.select(F.col("id").alias("base")).distinct()
    taken = native(numbered.select("id"), "numbered").join(bases, "base", "left_semi")
    rows = taken.select("base", "taken", _null("long").alias("article")).union(
        repeated.select("id", _null("long"), "article")
    )
    order = (F.col("base"), F.col("taken").isNull(), F.col("taken"), F.col("article"))
    return native(tables.together(rows, "base", *order), "name_apart")


def standing(tables: Tables, sketches: DataFrame, articles: DataFrame) -> DataFrame:
    """Those that stand for their exact copies: article, host, day, words, list, signature."""
    firsts = articles.where("article = exact").select("article", "row")
    columns = ["row", "host", "day", "words", "list", "signature"]
    return tables.write("standing", firsts.join(sketches.select(columns), "row").drop("row"))


def near(tables: Tables, name: str, articles: DataFrame, threshold: float) -> DataFrame:
    """Near groups: article, representative, to, score, for all but representatives."""
    bands = native(articles.select("article", "signature"), "bands")
    buckets = tables.together(bands, "bucket", "bucket", "article")
    agreeing = tables.write(f"{name}-agreeing", native(buckets, "buckets"), lists=False)
    lists = articles.select("article", "list")
    copies = tables.write(
        f"{name}-copies",
        native(tables.gathered(agreeing, lists), "copies", near_threshold=threshold),
    )
    components = tables.components(name, copies)
    rooted = copies.join(components.withColumnRenamed("article", "a"), "a")
    large = (
        rooted.groupBy("root").count().where(F.col("count") > _retold.NEAR_IN_MEMORY).select("root")
    )
    nothing = [_null("long").alias(column) for column in ("b", "shared", "of_a", "of_b")]
    member: list[Column] = [F.col("root"), _kind(0), F.col("article").alias("a"), nothing[0]]
    rows = (
        components.join(large, "root", "left_anti")
        .join(lists, "article")
        .select(*member, F.col("list"), *nothing[1:])
        .union(
            components.join(large, "root", "left_semi").select(
                *member, _null("binary").alias("list"), *nothing[1:]
            )
        )
        .union(rooted.select("root", _kind(1), "a", "b", _null("binary"), "shared", "of_a", "of_b"))
    )
    groups = native(
        tables.together(rows, "root", "root", "kind", "a", "b"),
        "near_groups",
        near_threshold=threshold,
        memory=tables.memory,
        work_dir=None,
    )
    return tables.write(f"{name}-groups", groups)


def without_furniture(
    tables: Tables, articles: DataFrame, members: DataFrame
) -> tuple[DataFrame, int]:
    """The articles without what their sites print around them, and of how many that is less."""
    of = members.select("article", F.col("representative").alias("near"))
    grouped = articles.join(of, "article", "left").withColumn("near", F.coalesce("near", "article"))
    hosts = grouped.where("host != 0").groupBy("host").agg(F.countDistinct("near").alias("groups"))
    passages = native(grouped.join(hosts, "host", "left"), "passages")
    bound = {"memory": tables.memory, "work_dir": None}
    sorted_passages = tables.together(passages, "key", "key", "article")
    repeated = tables.write("repeated", native(sorted_passages, "repeated", **bound))
    if repeated.isEmpty():
        return articles, 0
    own = (
        repeated.groupBy("article")
        .agg(F.sum("words").alias("repeated"))
        .join(articles.select("article", F.col("words").alias("all")), "article")
    )
    carriers = tables.together(repeated.join(own, "article"), "key", "key", "article")
    pieces = tables.write("pieces", native(carriers, "furniture", **bound), lists=False)
    furnished = articles.join(pieces.select("article").distinct(), "article", "left_semi")
    rows = pieces.select(
        "article", _kind(0), "key", _null("long").alias("host"), _null("binary").alias("list")
    ).union(furnished.select("article", _kind(1), _null("long"), "host", "list"))
    left = native(tables.together(rows, "article", "article", "kind"), "strip")
    stripped = tables.write("stripped", left)
    trimmed = stripped.count()
    if not trimmed:
        return articles, 0
    facts = articles.drop("list", "signature")
    whole = articles.join(stripped.select("article"), "article", "left_anti")
    both = whole.unionByName(facts.join(stripped, "article"))
    return tables.write("standing-trimmed", both), trimmed


def story(
    tables: Tables,
    articles: DataFrame,
    near_members: DataFrame,
    threshold: float,
    window: int | None,
) -> DataFrame:
    """Stories of the articles that speak for their near groups: as `near` gives groups."""
    speaking = tables.write(
        "speaking",
        articles.select("article", "day", "list").join(
            near_members.select("article"), "article", "left_anti"
        ),
    )
    n = speaking.count()
    weights = _packed(tables, "held", speaking.select("list"), "terms", _kept_terms)
    profiles = tables.write("profiles", native(speaking, "profiles", articles=n, counts=weights))
    useful = _packed(tables, "useful", profiles.select("keys"), "key_terms", _useful_terms)
    keys = native(
        profiles.select("article", "day", "keys"),
        "files",
        counts=useful,
        blocks=tables.file_blocks(n),
    )
    found = native(
        tables.together(keys, "task", "task", "kind", "article"),
        "search",
        window=window,
        memory=tables.memory,
        work_dir=None,
    )
    best = native(tables.together(found, "article", "article"), "best")
    candidates = tables.write("candidates", best)
    lists = profiles.select("article", F.col("profile").alias("list"))
    compared = tables.write("compared", native(tables.gathered(candidates, lists), "compare"))
    alike = compared.where("b is null").select("a", "alike")
    density = native(tables.together(alike, "a", "a"), "density", articles=n)
    around = tables.write("density", density, lists=False)
    pairs = compared.where("b is not null").select("a", "b", "bits")
    for end in ("a", "b"):
        of_end = around.select(F.col("article").alias(end), F.col("around").alias(f"around_{end}"))
        pairs = pairs.join(of_end, end)
    counting = tables.write("counting", native(pairs, "counting"), lists=False)
    lists = speaking.select("article", "list")
    gathered = tables.gathered(counting, lists, ("bits", "density"))
    edges = tables.write("edges", native(gathered, "edges"))
    components = tables.components("story", edges)
    rooted = edges.join(components.withColumnRenamed("article", "a"), "a")
    rows = components.select(
        "root",
        _kind(0),
        F.col("article").alias("a"),
        _null("long").alias("b"),
        _null("double").alias("score"),
    ).union(rooted.select("root", _kind(1), "a", "b", "score"))
    groups = native(
        tables.together(rows, "root", "root", "kind", "a", "b"),
        "story_groups",
        story_threshold=threshold,
        articles=n,
        memory=tables.memory,
        work_dir=None,
    )
    return tables.write("story-groups", groups)


def _packed(
    tables: Tables,
    name: str,
    df: DataFrame,
    step: str,
    keep: Callable[[DataFrame], DataFrame],
) -> Broadcast[list[bytes]]:
    """How many articles hold each term, of those that `keep` keeps, sent to all workers."""
    counts = native(df, step).groupBy("term").agg(F.sum("held").alias("held"))
    kept = keep(tables.write(name, counts.where("held > 1")))
    # As `pack` parts them: a chunk comes whole to one task.
    chunked = kept.withColumn("chunk", F.shiftright("term", 22))
    packed = native(tables.together(chunked, "chunk", "term"), "pack")
    rows = packed.orderBy("chunk").collect()
    return tables.broadcast([bytes(row["counts"]) for row in rows])


def _useful_terms(counts: DataFrame) -> DataFrame:
    return counts.where(F.col("held") <= _retold.FILE_CAP)


def _kept_terms(counts: DataFrame) -> DataFrame:
    if counts.count() <= _retold.MOST_TERMS:
        return counts
    last = (1 << 16) - 1
    held_by = [0] * (last + 1)
    for row in counts.groupBy(F.least("held", F.lit(last)).alias("held")).count().collect():
        held_by[row["held"]] = row["count"]
    return counts.where(F.col("held") >= _retold.least_held(held_by))


def assignments(
    tables: Tables, articles: DataFrame, near_members: DataFrame | None, stories: DataFrame | None
) -> DataFrame:
    """A row for each article: article, id, source, exact, near, story, relation, to, score."""

    def of(members: DataFrame | None, key: str, name: str) -> DataFrame:
        if members is None:
            members = tables.rows(["article", "representative", "to", "score"], [])
        return members.select(
            F.col("article").alias(key),
            F.col("representative").alias(name),
            F.col("to").alias(f"{name}_to"),
            F.col("score").alias(f"{name}_score"),
        )

    rows = (
        articles.join(of(near_members, "exact", "near"), "exact", "left")
        .withColumn("near", F.coalesce("near", "exact"))
        .withColumn("story_of", F.col("near"))
        .join(of(stories, "story_of", "story"), "story_of", "left")
        .withColumn("story", F.coalesce("story", "near"))
    )
    is_story = (F.col("article") == F.col("near")) & F.col("story_to").isNotNull()
    is_near = (F.col("article") == F.col("exact")) & F.col("near_to").isNotNull()
    is_exact = F.col("article") != F.col("exact")

    def chosen(story: Column, near: Column, exact: Column, other: Column) -> Column:
        return F.when(is_story, story).when(is_near, near).when(is_exact, exact).otherwise(other)

    relations = [F.lit(name) for name in ("story", "near", "exact", "representative")]
    rows = rows.select(
        "article",
        F.col("name").alias("id"),
        "source",
        "exact",
        "near",
        "story",
        chosen(*relations).alias("relation"),
        chosen(F.col("story_to"), F.col("near_to"), F.col("exact"), _null("long")).alias("to"),
        chosen(F.col("story_score"), F.col("near_score"), F.lit(1.0), _null("double")).alias(
            "score"
        ),
    )
    rows = tables.write("numbered", rows)
    alone = ["exact", "near", "story"]
    is_alone = " and ".join(f"article = {name}" for name in alone)
    single = rows.where(is_alone)
    is_matched = F.col("to").isNotNull()
    named = rows.where(f"not ({is_alone})").unionByName(single.where(is_matched))
    single = single.where(~is_matched).select(
        "article",
        "id",
        "source",
        *(F.col("id").alias(name) for name in alone),
        "relation",
        _null("string").alias("to"),
        "score",
    )
    ids = rows.select(F.col("article").alias("number"), F.col("id").alias("name"))
    for name in (*alone, "to"):
        own = ids.withColumnRenamed("number", name)
        named = named.join(own, name, "left").drop(name).withColumnRenamed("name", name)
    return single.unionByName(named)
