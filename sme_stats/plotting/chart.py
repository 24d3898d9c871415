"""A drawn chart: its axes, words and data, and the files it writes, the same bytes every time."""

from __future__ import annotations

import hashlib
import html
import io
import os
import re
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sme_stats.errors import InputError, UnknownNameError
from sme_stats.plotting import style
from sme_stats.plotting.fonts import without_layout
from sme_stats.plotting.layout import root
from sme_stats.plotting.words import say

#: Saving swaps settings of the process for a moment; two threads must not do so at once.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Chart:
    """A chart that was drawn.

    Attributes
    ----------
    axes : matplotlib.axes.Axes
    title, subtitle, note : str
        The finding; measure, unit and year; source, flags and what is withheld.
    alt : str
        What the chart shows, for who cannot see it.
    data : pandas.DataFrame
        The rows drawn, in the order drawn.
    lang : str

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.plotting import ranking
    >>> from sme_stats.indicators.shares import size_share
    >>> chart = ranking(size_share(load("sbs_sc_ovw", year=2023), "SME", "persons_employed"))
    >>> chart.title.replace("\\xa0", " ")
    'The SME share of persons employed is highest in Greece (83.0 %) and lowest in France (53.8 %)'
    """

    axes: Axes
    title: str
    subtitle: str
    note: str
    alt: str
    data: pd.DataFrame
    lang: str = "en"

    def __post_init__(self) -> None:
        """Say first of all, to who cannot see the note, that data are synthetic."""
        datasets = self.data["dataset"].astype(str) if "dataset" in self.data.columns else ()
        if any(code.startswith("synthetic_") for code in set(datasets)):
            object.__setattr__(self, "alt", f"{say(self.lang, 'synthetic')} {self.alt}")

    @property
    def figure(self) -> Figure:
        """Figure that the axes is in."""
        return root(self.axes)

    def svg(self) -> str:
        """Draw as SVG: text as text, alt text inside, identifiers unique to this chart."""
        salt = hashlib.sha256((self.title + self.alt).encode()).hexdigest()[:12]
        raw = self._draw("svg", {"svg.hashsalt": salt}, {
            "Date": None, "Creator": None, "Format": None, "Type": None,
        }).decode("utf-8")  # fmt: skip
        return _described(_prefixed(raw, f"c{salt}-"), self.title, self.alt, self.lang)

    def png(self) -> bytes:
        """Draw as PNG with the alt text in its metadata, and no date or version."""
        told = {"Software": None, "Title": self.title, "Description": self.alt}
        return self._draw("png", {}, told)

    def pdf(self) -> bytes:
        """Draw as PDF with title and alt text in its metadata, and no date or version."""
        told = {"Creator": None, "Producer": None, "CreationDate": None, "Title": self.title,
                "Subject": self.alt}  # fmt: skip
        return self._draw("pdf", {"pdf.fonttype": 42}, told)

    def csv(self) -> str:
        """Rows drawn, as CSV; numbers read back as the same numbers."""
        return self.data.to_csv(index=False, lineterminator="\n")

    def save(
        self, stem: str | os.PathLike[str], formats: Sequence[str] = ("svg", "png", "csv", "txt")
    ) -> list[Path]:
        """Write the chart, its data and its alt text.

        Parameters
        ----------
        stem : str or path
            Path without an ending; folders are made.
        formats : sequence of str
            Of ``svg``, ``pdf``, ``png``, ``csv`` (the data) and ``txt`` (the alt text).

        Returns
        -------
        list of pathlib.Path
            In the order of `formats`. A file is there whole or not at all.

        Raises
        ------
        UnknownNameError
            If a format is none of these.
        InputError
            If the folder cannot be written to.
        """
        ways: dict[str, Callable[[], bytes]] = {
            "svg": lambda: self.svg().encode("utf-8"), "png": self.png, "pdf": self.pdf,
            "csv": lambda: self.csv().encode("utf-8"),
            "txt": lambda: (self.alt + "\n").encode("utf-8"),
        }  # fmt: skip
        wanted = [formats] if isinstance(formats, str) else list(formats)
        for name in wanted:
            if name not in ways:
                raise UnknownNameError("format of a chart", name, ways)
        drawn = [(Path(f"{os.fspath(stem)}.{name}"), ways[name]()) for name in wanted]
        for path, content in drawn:
            _write(path, content)
        return [path for path, _ in drawn]

    def _draw(self, kind: str, more: dict[str, Any], told: dict[str, Any]) -> bytes:
        out = io.BytesIO()
        settings: Any = {**style.SAVING, **more}
        with _ONE_AT_A_TIME, matplotlib.rc_context(settings), without_layout():
            self.figure.savefig(out, format=kind, dpi=style.PNG_DPI, metadata=told)
        return out.getvalue()


def _write(path: Path, content: bytes) -> None:
    """Write beside the place and move there: nobody ever reads half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror or error}; name a folder you may write to"
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error


def _prefixed(svg: str, prefix: str) -> str:
    """Make identifiers unique, so that many charts can stand in one page."""
    svg = re.sub(r'(\bid=")', rf"\1{prefix}", svg)
    svg = re.sub(r'(href="#)', rf"\1{prefix}", svg)
    return re.sub(r"(url\(#)", rf"\1{prefix}", svg)


def _described(svg: str, title: str, alt: str, lang: str) -> str:
    """Put title and alt text where screen readers look, and name fonts to fall back on."""
    svg = svg.replace(f"'{style.FONT}'", style.FALLBACK)
    head = f"<title>{html.escape(title)}</title>\n <desc>{html.escape(alt)}</desc>"
    opened = f'<svg role="img" lang="{lang}" '
    svg = svg.replace("<svg ", opened, 1)
    return re.sub(r"(<svg [^>]*>)", lambda m: f"{m.group(1)}\n {head}", svg, count=1)
