"""A hundred declared figures in every format, in parallel: every chart in every language."""

from __future__ import annotations

import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def declarations(count: int) -> list:
    """The figures of the documentation again and again, each time in another language."""
    from dataclasses import replace

    from sme_stats.plotting.declared import read_figures

    own = read_figures(ROOT / "docs" / "figures.toml")
    langs = ("en", "fr", "de")
    return [
        replace(f, id=f"f{n}", drawing=f.drawing | {"lang": langs[n // len(own) % 3]})
        for n, f in enumerate(islice(cycle(own), count))
    ]


def ratios() -> list[dict]:
    """Seconds for a hundred figures."""
    from sme_stats.plotting.declared import draw_figures

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        written = draw_figures(declarations(100), folder)
        seconds = time.perf_counter() - start
    assert len(written) == 500
    return [{"name": "100 figures in 5 formats, s", "value": seconds, "target": 40.0,
             "better": "lower"}]  # fmt: skip


if __name__ == "__main__":
    for row in ratios():
        print(f"{row['name']:<60}{row['value']:>9.2f}  target {row['target']}")
