"""How frames and results look in a notebook: in words, with units, flags and a source line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sme_stats.claims.search import Reconciliation
from sme_stats.claims.verdicts import Verdict
from sme_stats.claims.words import say_evidence
from sme_stats.errors import UsageError
from sme_stats.plotting import notes, style
from sme_stats.plotting.words import say, words
from sme_stats.report.page import render
from sme_stats.report.rows import flag_key, population_key, tabulate
from sme_stats.report.texts import text

_NEEDED = ("value", "unit", "geo", "year", "measure")


@dataclass(frozen=True)
class View:
    """A result as notebooks show it; in a terminal, as text.

    Attributes
    ----------
    html, plain : str
        The two forms; every text in ``html`` is escaped.
    """

    html: str
    plain: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        """The plain form."""
        return self.plain


def view(result: object, rows: int = 20, lang: str = "en") -> View:
    """Show a frame or a result in words: labels, numbers with units and intervals, flags, source.

    The frame itself stays a plain pandas frame; this is only a look at it.

    Parameters
    ----------
    result : pandas.DataFrame, Verdict, sequence of Verdict, or Reconciliation
        An observation frame, what `check` or `reconcile` gives; any other frame is shown as it is.
    rows : int
        Most rows to show; how many there are is said.
    lang : {"en", "fr", "de"}
        Language of labels and numbers.

    Returns
    -------
    View
        Notebooks draw it as a table; its source line has tables and vintages, and says so where
        the data are synthetic. A withheld cell is called that and shows its interval.

    Raises
    ------
    UsageError
        If it is none of these.
    UnknownNameError
        If there is no such language.

    Examples
    --------
    >>> from sme_stats import load, size_share
    >>> shares = size_share(load("sbs_sc_ovw", geo=["DE", "PT"], year=2021), "SME", "turnover")
    >>> print(str(view(shares)).replace("\\xa0", " "))
    Place    | Year | Figure                | Value    | Interval     | Flag | Status | Source
    Germany  | 2021 | SME share of turnover | 37.7 %   |              |      |        | \
sbs_sc_ovw (vintage 2026-11)
    Portugal | 2021 | SME share of turnover | withheld | 44.0–100.0 % | b    | C      | \
sbs_sc_ovw (vintage 2026-11)
    """
    if isinstance(result, pd.DataFrame):
        seen = set(_NEEDED) <= set(result.columns)
        return _observations(result, rows, lang) if seen else _plain(result, rows, lang)
    if isinstance(result, Verdict):
        return _verdicts([result], rows, lang)
    if isinstance(result, Reconciliation):
        return _reconciliation(result, rows, lang)
    if isinstance(result, Sequence) and all(isinstance(r, Verdict) for r in result) and result:
        return _verdicts(list(result), rows, lang)
    raise UsageError(
        f"view shows a frame, a verdict or several, or a reconciliation, not "
        f"{type(result).__name__}; pass what load(), an indicator, check() or reconcile() gives"
    )


def _observations(frame: pd.DataFrame, rows: int, lang: str) -> View:
    head = frame.head(rows)
    headings, cells = tabulate(head, lang)
    units = dict.fromkeys(notes.unit_name(str(u), lang) for u in head["unit"].unique())
    feet = [text(lang, "view_unit", units=", ".join(units)), flag_key(head, lang),
            population_key(head, lang), _source(head, lang)]  # fmt: skip
    return _view(headings, [[c for c, _ in row] for row in cells], feet, len(frame), lang)


def _source(frame: pd.DataFrame, lang: str) -> str:
    """Tables with vintages; a synthetic table, or one's own, is no table of Eurostat's."""
    if "dataset" not in frame.columns or "vintage" not in frame.columns:
        return ""
    named = {str(code).lower() for name in ("dataset", "vintage") for code in frame[name].unique()}
    if any("synthetic" in code for code in named):
        return text(lang, "view_synthetic")
    if any(code.startswith("register_") for code in named):
        return text(lang, "view_register")
    return notes.source(frame, lang)


def _plain(frame: pd.DataFrame, rows: int, lang: str) -> View:
    """A frame that is no observation frame, as it is."""
    head = frame.head(rows).astype(object)
    cells = head.where(head.notna(), "").astype(str).to_numpy().tolist()
    return _view([str(c) for c in frame.columns], cells, [], len(frame), lang)


def _verdicts(verdicts: Sequence[Verdict], rows: int, lang: str) -> View:
    named = words(lang)["verdict"]
    cells = [
        [v.claim.printed.text, f"{style.SIGNS[v.verdict]} {named[v.verdict]}", v.note]
        for v in verdicts[:rows]
    ]
    headings = [say(lang, "claim_printed"), text(lang, "view_verdict"), say(lang, "claim_data")]
    titles = dict.fromkeys(v.claim.document.title for v in verdicts)
    return _view(headings, cells, ["; ".join(titles)], len(verdicts), lang)


def _reconciliation(found: Reconciliation, rows: int, lang: str) -> View:
    cells = [
        [say_evidence(d.evidence), ", ".join(d.changed) or "–", f"{d.distance:.2f}"]
        for d in found.definitions[:rows]
    ]
    headings = [text(lang, "view_holds_as"), text(lang, "view_changed"),
                text(lang, "view_distance")]  # fmt: skip
    return _view(headings, cells, [], len(found.definitions), lang)


def _view(
    headings: Sequence[str], cells: Sequence[Sequence[str]], feet: Iterable[str], n: int, lang: str
) -> View:
    shown = text(lang, "view_shown", some=len(cells), all=n) if len(cells) < n else ""
    kept = [foot for foot in (shown, *feet) if foot]
    numeric = {text(lang, "column_value"), text(lang, "column_span"), text(lang, "column_year")}
    content: Mapping[str, Any] = {
        "headings": headings, "rows": cells, "feet": kept, "numeric": numeric
    }  # fmt: skip
    return View(render("view.html", content, lang), _aligned(headings, cells))


def _aligned(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    columns = list(zip(headings, *cells, strict=True))
    wide = [max(len(cell) for cell in column) for column in columns]
    lines = [
        " | ".join(cell.ljust(n) for cell, n in zip(row, wide, strict=True)).rstrip()
        for row in [headings, *cells]
    ]
    return "\n".join(lines)
