"""Checking claims: many in one process, the published ones as a command, a large space scanned."""

from __future__ import annotations

import multiprocessing
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

CLAIMS = Path(__file__).resolve().parent.parent / "data" / "claims"
MANY = 10_000
#: Cells of the synthetic table, and the sizes whose shares in its groups are ten million.
CELLS, SIZES = 20_000_000, ("0-249", "GE250", "0-9")


def ratios() -> list[dict]:
    """Ratios with their targets; every part in a process of its own."""
    many = _apart(_check_many)
    command = [sys.executable, "-m", "sme_stats", "check", str(CLAIMS)]
    published = median(_seconds(command) for _ in range(3))
    shares, seconds, gigabytes = _apart(_scan)
    rows = [
        (f"check of {MANY:,} different claims, s", many, 5.0),
        ("sme-stats check data/claims, s", published, 2.0),
        (f"scan of {shares:,} shares, s", seconds, 5.0),
        ("the same, peak memory over the table itself, GB", gigabytes, 1.5),
    ]
    return [{"name": n, "value": v, "target": t, "better": "lower"} for n, v, t in rows]


def _apart(work):
    """Run in a fresh process, so that neither caches nor memory of another part count."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work)


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def many_claims(number: int) -> list:
    """Claims over measures, sizes, places and years, each printed a little otherwise."""
    from itertools import cycle, islice, product

    from sme_stats.claims.documents.marks import Mark, Piece, Scan, to_claims

    measures = ("enterprises", "persons_employed", "turnover", "employees")
    sizes = ("SME", "0-9", "10-49", "50-249", "250+", "10-249", "0-49")
    geos = ("EU27_2020", "DE", "FR", "IT", "ES", "PL", "PT", "AT", "SE", "BE")
    years = ("2008", "2012", "2015", "2018", "2021", "2022", "2023", "latest")
    axes = product(measures, sizes, geos, years)
    names = ("measure", "size", "geo", "year")
    marks = [
        Mark(dict(zip(names, fields, strict=True)), n, (Piece(0, 0, f"{n % 1000 / 10} %"),))
        for n, fields in enumerate(islice(cycle(axes), number), start=1)
    ]
    return to_claims(Scan(marks), "many.md")


def _check_many() -> float:
    from sme_stats.claims.verdicts import check

    start = time.perf_counter()
    verdicts = check(many_claims(MANY))
    seconds = time.perf_counter() - start
    assert len(verdicts) == MANY
    return seconds


def _scan() -> tuple[int, float, float]:
    """Look for one printed number among all shares of a table of twenty million cells."""
    from benchmarks.analysis import large_table
    from sme_stats.claims.distance import Weights
    from sme_stats.claims.scan import scan
    from sme_stats.claims.search import reconcile
    from sme_stats.claims.space import Space
    from sme_stats.loading import tables

    (claim,) = many_claims(1)
    reconcile(claim, Space(tables()))  # imports and codelists are warm
    frame = large_table(CELLS)
    before = _peak()
    start = time.perf_counter()
    blocks = [block for block in Space([frame]).blocks("share") if block.of == "TOTAL"]
    columns = ((block, size) for block in blocks for size in SIZES)
    found = scan(claim, columns, Weights()).searched
    return found, time.perf_counter() - start, _peak() - before


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    for row in ratios():
        print(f"{row['name']:<60}{row['value']:>9.2f}  target {row['target']}")
