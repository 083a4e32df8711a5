"""Finds near-duplicates with one of the peers: peers.py PEER DUMP PAIRS.

Each takes the set of word 3-grams of each text, makes 128 minima of it, and asks for Jaccard similarity
of at least 0.5, through its own index with its own checks. The pairs that it answers with are written
as line numbers, the smaller first.
"""

import json
import re
import sys

THRESHOLD = 0.5
MINIMA = 128


def texts(dump):
    with open(dump, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def shingles(text):
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[at : at + 3]) for at in range(len(words) - 2)}


def datasketch(dump):
    """MinHashLSH chooses its bands for the threshold (25 of 5 rows); candidates are the answer."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=MINIMA)
    sets = ([shingle.encode() for shingle in shingles(text)] for text in texts(dump))
    for number, sketch in enumerate(MinHash.generator(sets, num_perm=MINIMA)):
        yield from ((other, number) for other in index.query(sketch))
        index.insert(number, sketch)


def rensa(dump):
    """R-MinHash, 32 bands of 4 rows, and its own check of candidates by their sketches."""
    from rensa import RMinHash, RMinHashLSH

    sets = (shingles(text) for text in texts(dump))
    sketches = RMinHash.from_token_sets(sets, num_perm=MINIMA, seed=42)
    index = RMinHashLSH(threshold=THRESHOLD, num_perm=MINIMA, num_bands=32)
    index.insert_many(sketches)
    for number, found in enumerate(index.query_all(sketches)):
        for other in found:
            if other < number and index.is_similar(sketches[other], sketches[number]):
                yield other, number


def gaoya(dump):
    """All in Rust, on all cores: 42 bands of 3 rows, and a check of candidates by their sketches."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, THRESHOLD, 42, 3, None, "word", True, (3, 3), "smallvec")
    documents = list(texts(dump))
    index.par_bulk_insert_docs(list(range(len(documents))), documents)
    for number, found in enumerate(index.par_bulk_query(documents)):
        yield from ((other, number) for other in found if other < number)


if __name__ == "__main__":
    peer, dump, pairs = sys.argv[1:]
    with open(pairs, "w", encoding="ascii") as out:
        for a, b in {"datasketch": datasketch, "rensa": rensa, "gaoya": gaoya}[peer](dump):
            out.write(f"{a}\t{b}\n")
