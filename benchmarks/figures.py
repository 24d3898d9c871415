"""A hundred declared figures in every format, in parallel."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path


def ratios() -> list[dict]:
    """Seconds for a hundred figures."""
    from sme_stats.plotting.declared import draw_figures, read_figures

    charts = ["ranking", "one-person", "size-structure", "trend"]
    langs = ["en", "fr", "de"]
    tables = [
        f'[[figure]]\nid = "f{n}"\nchart = "{charts[n % 4]}"\nlang = "{langs[n % 3]}"\n'
        for n in range(100)
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.toml"
        file.write_text("\n".join(tables), encoding="utf-8")
        start = time.perf_counter()
        written = draw_figures(read_figures(file), folder)
        seconds = time.perf_counter() - start
    assert len(written) == 500
    return [{"name": "100 figures in 5 formats, s", "value": seconds, "target": 40.0,
             "better": "lower"}]  # fmt: skip


if __name__ == "__main__":
    for row in ratios():
        print(f"{row['name']:<60}{row['value']:>9.2f}  target {row['target']}")
