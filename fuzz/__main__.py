"""Fuzz every reader: ``python -m fuzz [--times N] [target …]``; exit 1 on a finding.

The corpus in the repository is read and never written; inputs that open new ways are kept for
the run only. A finding is written to output/fuzz with the command that repeats it.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fuzz.targets import MOST_BYTES, ROOT, RUNS, TARGETS

FOLDER = ROOT / "fuzz"
FOUND = ROOT / "output" / "fuzz"
#: Seconds after which one input counts as a hang, and after which a target is ended.
HANG, MOST_SECONDS = 10, 1_800
#: In CI at least so many executions in all.
LEAST = 200_000


def main(arguments: list[str]) -> int:
    """Run the targets, two at a time, and print executions, coverage and findings."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], metavar="target")
    parser.add_argument("--times", type=float, default=1.0, help="this many ordinary runs")
    parser.add_argument("--seed", type=int, default=20260310)
    parser.add_argument("--keep", type=Path, help="folder for the inputs that open new ways")
    asked = parser.parse_args(arguments)
    if importlib.util.find_spec("atheris") is None:
        print(f"fuzz: skipped: atheris is not installed; is there a wheel for {sys.version[:6]}?")
        return 0
    FOUND.mkdir(parents=True, exist_ok=True)
    names = asked.targets or list(TARGETS)
    print(f"{'target':<10}{'executions':>12}{'seconds':>9}{'edges':>8}{'inputs':>8}", flush=True)
    with ThreadPoolExecutor(2) as pool:
        rows = pool.map(lambda n: run(n, int(RUNS[n] * asked.times), asked.seed, asked.keep), names)
        totals = [(_line(*row), row[1], row[-1])[1:] for row in rows]
    count, failed = sum(done for done, _ in totals), [text for _, text in totals if text]
    print(f"{'in all':<10}{count:>12,}", *failed, sep="\n")
    if count < LEAST and not asked.targets and asked.times >= 1 and not failed:
        print(f"error: fewer than {LEAST:,} executions")
        return 1
    return 1 if failed else 0


def _line(name: str, runs: int, seconds: float, edges: int, inputs: int, failure: str) -> None:
    sign = "  FINDING" if failure else ""
    print(f"{name:<10}{runs:>12,}{seconds:>9.0f}{edges:>8}{inputs:>8}{sign}", flush=True)


def run(
    name: str, runs: int, seed: int, keep: Path | None
) -> tuple[str, int, float, int, int, str]:
    """Run one target; what is last is empty, or says what was found and how to repeat it."""
    start = time.monotonic()
    tokens = FOLDER / "tokens" / f"{name}.dict"
    with tempfile.TemporaryDirectory() as room:
        new = keep / name if keep else Path(room) / "new"
        new.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable, "-m", "fuzz.one", name, str(new.resolve()),
            str(FOLDER / "corpus" / name), f"-runs={runs}", f"-seed={seed}", f"-timeout={HANG}",
            f"-max_len={MOST_BYTES.get(name, 600)}", "-rss_limit_mb=3000", "-print_final_stats=1",
            "-use_value_profile=0", f"-max_total_time={MOST_SECONDS}",
            f"-artifact_prefix={FOUND}/{name}-",
            *([f"-dict={tokens}"] if tokens.exists() else []),
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=room, capture_output=True, text=True, errors="replace", check=False,
            env=_environment(),
        )  # fmt: skip
        inputs = sum(1 for _ in new.iterdir())
    said = done.stdout + done.stderr
    counts = [
        int(n) for n in re.findall(r"number_of_executed_units: (\d+)|^#(\d+)", said) for n in n if n
    ]
    edges = [int(n) for n in re.findall(r"cov: (\d+)", said)]
    failure = "" if done.returncode == 0 else _failure(name, said)
    seconds = time.monotonic() - start
    return name, max(counts, default=0), seconds, max(edges, default=0), inputs, failure


def _environment() -> dict[str, str]:
    import os

    # Threads of numpy's and Arrow's pools only disturb a fuzzer that counts edges.
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return os.environ | single | {"PYTHONPATH": str(ROOT), "SME_STATS_OFFLINE": "1"}


def _failure(name: str, said: str) -> str:
    where = re.findall(r"Test unit written to (\S+)", said)
    tail = said.split("=== Uncaught Python exception: ===")[-1].strip().splitlines()[:25]
    again = shlex.join([Path(sys.executable).name, "-m", "fuzz.one", name, *where[-1:]])
    return "\n".join([f"\n--- {name}: {again}", *tail])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
