"""Kills a job at seeded moments, and goes on with it.

    python benches/killed/run.py PROGRAM DUMP WORK_DIR [MOMENTS [SEED]]

The job runs undisturbed without checkpoints and with them, which also tells how long its stages
take: one moment lies in each of them, the others anywhere. It is then killed (SIGKILL) so long
after the stage of a moment has begun, and resumed. Of each: the seconds of work that the rest took,
whether the bytes are the same, and what was saved by then, with mebibytes.
"""

from __future__ import annotations

import hashlib
import json
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

PROGRAM, DUMP, WORK = sys.argv[1:4]
MOMENTS = int(sys.argv[4]) if len(sys.argv) > 4 else 20
SEED = int(sys.argv[5]) if len(sys.argv) > 5 else 1

OUTPUTS = [Path(WORK, name) for name in ("clusters.jsonl", "rows.csv")]
JOB = Path(WORK, "retold-job")


def command(*options: str) -> list[str]:
    clusters, rows = map(str, OUTPUTS)
    return [PROGRAM, "cluster", DUMP, "-o", clusters, "--assignments", rows, *options]


def cpu() -> float:
    """Seconds of work of all runs that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def written() -> dict[str, str]:
    """The digests of the outputs that are there, which are removed."""
    digests = {}
    for path in filter(Path.exists, OUTPUTS):
        with path.open("rb") as file:
            digests[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
        path.unlink()
    return digests


def undisturbed(*options: str) -> tuple[float, dict[str, str], list[tuple[float, str]]]:
    """Seconds, digests, and when each stage began."""
    began = time.monotonic()
    run = subprocess.Popen(
        command("--progress", "json", *options), stderr=subprocess.PIPE, text=True
    )
    stages: list[tuple[float, str]] = []
    for line in run.stderr or []:
        if line.startswith("{"):
            stage = json.loads(line)["stage"]
            if not stages or stages[-1][1] != stage:
                stages.append((time.monotonic() - began, stage))
    if run.wait() != 0:
        sys.exit(f"the job failed: {run.returncode}")
    return time.monotonic() - began, written(), stages


def moments(seconds: float, stages: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Moments at random, as seconds since a stage began: one in each, the others anywhere."""
    numbers = random.Random(SEED)
    ends = [began for began, _ in stages[1:]] + [seconds]
    spans = [(began, end) for (began, _), end in zip(stages, ends, strict=True)]
    some = [numbers.uniform(*span) for span in spans]
    some += [numbers.uniform(0, seconds) for _ in range(MOMENTS - len(some))]
    return [
        next((moment - began, stage) for began, stage in stages[::-1] if began <= moment)
        for moment in sorted(some)
    ]


def killed(after: float, stage: str) -> bool:
    """Begins the job and kills it; whether it was still at work."""
    job = command("--progress", "json", "--work-dir", WORK)
    run = subprocess.Popen(job, stderr=subprocess.PIPE, text=True)
    for line in run.stderr or []:
        if line.startswith("{") and json.loads(line)["stage"] == stage:
            break
    time.sleep(after)
    run.kill()
    return run.wait() == -signal.SIGKILL


plain, expected, _ = undisturbed()
work = cpu()
seconds, kept, stages = undisturbed("--work-dir", WORK)
print(
    f"undisturbed {plain:.1f} s ({work:.1f} s of work), with checkpoints {seconds:.1f} s "
    f"({cpu() - work:.1f} s of work), same bytes: {kept == expected}"
)
print("stages from", ", ".join(f"{stage} {began:.1f}" for began, stage in stages), flush=True)
wrong = int(kept != expected)
for after, stage in moments(seconds, stages):
    attempts = 0
    while not killed(after, stage):
        # Times drift: it was done, and is killed earlier in the stage.
        if written() != expected or (attempts := attempts + 1) > 20:
            sys.exit(f"it could not be killed in stage {stage}")
        after /= 2
    # Of an output there is all or nothing.
    wrong += not written().items() <= expected.items()
    files = sorted(path.name for path in JOB.iterdir()) if JOB.exists() else []
    names = [name for name in files if name not in ("lock", "terms")]
    saved = [f"{name} {(JOB / name).stat().st_size >> 20}" for name in names]
    before = cpu()
    code = subprocess.run(command("-q", "--work-dir", WORK, "--resume")).returncode
    work, same = cpu() - before, code == 0 and written() == expected
    wrong += code != 0 or not same or JOB.exists()
    print(
        f"killed {after:4.1f} s after {stage} began, the rest {work:5.1f} s of work, "
        f"exit {code}, same {same}; saved: {', '.join(saved)}",
        flush=True,
    )
print("all the same" if not wrong else f"{wrong} wrong")
sys.exit(wrong > 0)
