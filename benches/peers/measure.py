"""Runs retold and its peers on a dump and prints a table: measure.py RETOLD DUMP FOLDER."""

import csv
import os
import subprocess
import sys
import time
from collections import defaultdict
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

import numpy

from peers import THRESHOLD, shingles, texts

ROUNDS = 3


def true_pairs(dump):
    """All pairs with a Jaccard similarity of at least THRESHOLD, exactly.

    Of two sets that are so alike, less than half of either can be missing in the other. So if each keeps
    that part of its shingles and one more, the rarest first, the two share one of the kept (prefix filter).
    """
    number_of = defaultdict(lambda: len(number_of))
    sets = []
    for text in texts(dump):
        sets.append(numpy.array(sorted({number_of[s] for s in shingles(text)}), dtype=numpy.int64))
    holders = numpy.bincount(numpy.concatenate(sets), minlength=len(number_of))
    del number_of
    files = defaultdict(list)
    for number, members in enumerate(sets):
        kept = len(members) - int(numpy.ceil(THRESHOLD * len(members))) + 1
        rarest = members[numpy.argsort(holders[members], kind="stable")[:kept]]
        for shingle in rarest[holders[rarest] > 1].tolist():
            files[shingle].append(number)
    candidates = {pair for file in files.values() for pair in combinations(file, 2)}
    return {pair for pair in candidates if jaccard(sets[pair[0]], sets[pair[1]]) >= THRESHOLD}


def jaccard(a, b):
    shared = len(numpy.intersect1d(a, b, assume_unique=True))
    return shared / (len(a) + len(b) - shared) if shared else 0.0


def measured(command):
    """Seconds of CPU and by the clock that a command takes."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command} failed: {process.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - started


def answered(path):
    with open(path, encoding="ascii") as lines:
        return {tuple(map(int, line.split())) for line in lines}


def in_one_group(path):
    groups = defaultdict(list)
    with open(path, newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            groups[row["near"]].append(int(row["source"].rpartition("#")[2]) - 1)
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


def main():
    retold, dump, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    pairs, rows = folder / "pairs.tsv", folder / "rows.csv"
    peers = str(Path(__file__).with_name("peers.py"))
    cluster = [retold, "cluster", "-q", "--match", "near", "--assignments", str(rows), "-o"]
    cluster += [str(folder / "clusters.jsonl")]
    runs = {"`wc -w`": (["wc", "-w", dump], None)}
    runs["retold"] = ([*cluster, dump], lambda: in_one_group(rows))
    runs[f"retold, `--near-threshold {THRESHOLD}`"] = (
        [*cluster, "--near-threshold", str(THRESHOLD), dump],
        lambda: in_one_group(rows),
    )
    for peer in ["gaoya", "rensa", "datasketch"]:
        command = [sys.executable, "-B", peers, peer, dump, str(pairs)]
        runs[f"{peer} {version(peer)}"] = (command, lambda: answered(pairs))

    truth = true_pairs(dump)
    times, found = defaultdict(list), {}
    for _ in range(ROUNDS):
        for name, (command, pairs_of) in runs.items():
            times[name].append(measured(command))
            if pairs_of:
                found[name] = pairs_of()
    print_table(dump, truth, times, found)


def print_table(dump, truth, times, found):
    sizes = [len(text.encode()) for text in texts(dump)]
    print(f"{len(sizes):,} articles, {sum(sizes) / 1e6:.0f} MB of text; {len(truth):,} pairs with")
    print(f"a Jaccard similarity of at least {THRESHOLD}; means of {ROUNDS} rounds, {os.cpu_count()} cores.")
    print()
    print("| | CPU s | wall s | `wc -w` = 1 | MB/s per core | recall | precision |")
    print("|---|---|---|---|---|---|---|")
    means = {name: [sum(part) / ROUNDS for part in zip(*took)] for name, took in times.items()}
    for name, (cpu, wall) in means.items():
        cells = [name, f"{cpu:.2f}", f"{wall:.2f}", f"{cpu / means['`wc -w`'][0]:.1f}"]
        cells.append(f"{sum(sizes) / 1e6 / cpu:.1f}")
        if name in found:
            right = len(found[name] & truth)
            cells += [f"{right / len(truth):.4f}", f"{right / len(found[name]):.4f}"]
        else:
            cells += ["", ""]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
