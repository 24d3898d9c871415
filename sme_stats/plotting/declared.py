"""Figures that a document declares: drawn all at once, and checked for staleness.

A file of figures is TOML: ``[defaults]`` and one ``[[figure]]`` each with ``id``, ``chart``,
the fields of a question (``geo``, ``year``, ``nace``, ``measure``, ``size``, ``indicator``,
``dataset``, ``base``, ``since``, ``age``, ``across_breaks``, ``then``, ``option``, ``claim``,
``claim_id``) and those of the drawing (``lang``, ``width``, ``title``, ``order``, ``labels``). The
path of a claims file counts from the file of figures; ``option`` is a table, such as
``{ reference = "DE" }``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sme_stats.errors import DataError, InputError, NotAvailableError, SmeStatsError, nearest
from sme_stats.plotting.recipes import RECIPES, Question, draw, drawable
from sme_stats.plotting.stale import moved
from sme_stats.plotting.workers import Progress, run_each

FORMATS = ("svg", "pdf", "png", "csv", "txt")
_QUESTION = (
    "geo", "year", "nace", "measure", "size", "indicator", "dataset", "claim", "claim_id",
    "add_partial", "base", "since", "age", "across_breaks", "then", "option",
)  # fmt: skip
_DRAWING = ("lang", "width", "title", "order", "labels")


@dataclass(frozen=True)
class Declared:
    """One declared figure."""

    id: str
    chart: str
    question: Question
    drawing: dict[str, Any] = field(default_factory=dict)


def read_figures(path: str | Path) -> list[Declared]:
    """Read a file of figures.

    Parameters
    ----------
    path : str or pathlib.Path
        TOML file.

    Returns
    -------
    list of Declared
        In the order of the file.

    Raises
    ------
    InputError
        If the file cannot be read, or a figure has an unknown key, chart or value: names the file,
        the figure and what is valid.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "figures.toml"
    >>> _ = file.write_text('[[figure]]\\nid = "a"\\nchart = "rankin"\\n')
    >>> read_figures(file)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    sme_stats.errors.InputError: ...figures.toml: figure 'a': unknown chart 'rankin'; did you mean \
ranking?
    """
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not TOML: {error}") from None
    defaults, tables = raw.get("defaults", {}), raw.get("figure", [])
    figures = [_declare(str(path), defaults | fields, n) for n, fields in enumerate(tables, 1)]
    if not figures:
        raise InputError(f"{path} declares no [[figure]]")
    doubled = {f.id for f in figures if sum(o.id == f.id for o in figures) > 1}
    if doubled:
        raise InputError(f"{path}: the id {sorted(doubled)[0]!r} stands twice")
    return figures


def _declare(path: str, fields: dict[str, Any], number: int) -> Declared:
    where = f"{path}: figure {fields.get('id', number)!r}"
    known = ("id", "chart", *_QUESTION, *_DRAWING)
    for key in fields:
        if key not in known:
            raise InputError(f"{where}: unknown key {key!r}; {nearest(key, known)}")
    name, chart = str(fields.get("id", "")), str(fields.get("chart", ""))
    if not name or any(c in name for c in "/\\") or name.startswith("."):
        raise InputError(f"{where}: id is a file name without folders, such as 'sme-share'")
    chart = chart.replace("_", "-")
    if chart not in RECIPES and chart not in drawable():
        raise InputError(f"{where}: unknown chart {chart!r}; {nearest(chart, drawable(), 10)}")
    asked = {k: fields[k] for k in _QUESTION if k in fields}
    for key, kind in (("geo", str), ("nace", str), ("year", int)):
        if key in asked:
            given = asked[key] if isinstance(asked[key], list) else [asked[key]]
            if not all(isinstance(v, kind) for v in given):
                raise InputError(f"{where}: {key} is {kind.__name__} or a list of them")
            asked[key] = tuple(given)
    if not isinstance(asked.get("option", {}), dict):
        raise InputError(f'{where}: option is a table, such as {{ reference = "DE" }}')
    if asked.get("claim"):
        asked["claim"] = str(Path(path).parent / str(asked["claim"]))
    return Declared(name, chart, Question(**asked), {k: fields[k] for k in _DRAWING if k in fields})


def draw_figures(
    figures: Sequence[Declared],
    out: str | Path,
    workers: int | None = None,
    formats: Sequence[str] = FORMATS,
    progress: Progress | None = None,
) -> list[Path]:
    """Draw every figure, in parallel processes.

    Parameters
    ----------
    figures : sequence of Declared
        What to draw.
    out : str or pathlib.Path
        Folder to write to; ``<id>.svg`` and the other formats.
    workers : int, optional
        Processes; by default one a core.
    formats : sequence of str
        Of ``svg``, ``pdf``, ``png``, ``csv`` and ``txt`` (the alt text).
    progress : callable, optional
        Told of each figure when it is done.

    Returns
    -------
    list of pathlib.Path
        Files written, in the order of the figures. The same data give the same bytes.

    Raises
    ------
    SmeStatsError
        The first figure's mistake, with its id; the others are drawn all the same.
    """
    jobs = [(figure, str(out), tuple(formats)) for figure in figures]
    written = run_each(_write_one, jobs, [f.id for f in figures], workers, progress)
    return [Path(path) for paths in written for path in paths]


def check_figures(
    figures: Sequence[Declared],
    out: str | Path,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[str]:
    """Say which committed figures are stale, and which cell moved.

    Parameters
    ----------
    figures, out, workers, progress : object
        As for `draw_figures`.

    Returns
    -------
    list of str
        One line a stale or missing figure; empty where all are fresh.
    """
    jobs = [(figure, str(out)) for figure in figures]
    said = run_each(_check_one, jobs, [f.id for f in figures], workers, progress)
    return [line for lines in said for line in lines]


def _write_one(figure: Declared, out: str, formats: tuple[str, ...]) -> list[str]:
    chart = _drawn(figure)
    return [str(path) for path in chart.save(Path(out) / figure.id, formats)]


def _drawn(figure: Declared) -> Any:
    try:
        return draw(figure.chart, figure.question, **figure.drawing)
    except SmeStatsError as error:
        # Of a class that travels between processes: one message, nothing else.
        kind = NotAvailableError if isinstance(error, DataError) else InputError
        raise kind(f"figure {figure.id}: {error}") from None


def _check_one(figure: Declared, out: str) -> list[str]:
    chart = _drawn(figure)
    paths = {name: Path(out) / f"{figure.id}.{name}" for name in ("csv", "svg", "txt")}
    for path in paths.values():
        if not path.is_file():
            return [f"{figure.id}: {path} is missing; draw it"]
    kept = {name: path.read_text(encoding="utf-8") for name, path in paths.items()}
    if kept["csv"] != chart.csv():
        return [f"{figure.id}: stale, {moved(kept['csv'], chart.csv())}"]
    if kept["svg"] != chart.svg() or kept["txt"] != chart.alt + "\n":
        return [f"{figure.id}: stale, its data are the same but the drawing differs"]
    return []
