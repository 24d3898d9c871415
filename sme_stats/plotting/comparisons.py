"""Comparisons of places for charts: what may be asked, and the comparison itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from sme_stats.errors import UnknownNameError, UsageError
from sme_stats.frame import codes, select
from sme_stats.indicators.registry import COMPARISONS, EVERYWHERE, compute, divide, find
from sme_stats.plotting.questions import Question, cells_of

#: What an indicator's result is compared with where nothing else is named.
_WHOLE = "EU27_2020"
#: Charts that take options of an indicator; the others know what they draw.
_TAKING = (*EVERYWHERE, "convergence")
#: Options that a question has a place of its own for.
_OWN = ("size", "measure", "age", "base", "across_breaks")


def settle(chart: str, question: Question, own: bool = True) -> Question:
    """Check what a chart is asked to draw, every option where it belongs.

    Parameters
    ----------
    chart : str
        Name of the chart.
    question : Question
        As asked.
    own : bool
        Whether the chart is one of ours; a plugin's draws any indicator, and compares nothing.

    Raises
    ------
    UsageError
        If the chart would show something else of the indicator or the comparison, or nothing.
    UnknownNameError
        If there is no such indicator, comparison or option.
    """
    indicator, then = find(question.indicator), question.then
    if indicator.name in COMPARISONS:
        raise UsageError(
            f"{indicator.name} compares an indicator's results: name the indicator that it is of, "
            f"such as size-share, and then={indicator.name}; drawn by "
            f"{', '.join(indicator.charts)}"
        )
    if chart in EVERYWHERE and chart not in indicator.charts:
        raise UsageError(
            f"{chart} does not draw {question.indicator}; it is drawn by "
            f"{', '.join(indicator.charts)}"
        )
    if then and then not in COMPARISONS:
        raise UnknownNameError("comparison", then, COMPARISONS)
    if then and chart not in COMPARISONS[then].charts:
        raise UsageError(
            f"{chart} does not draw {then}; it is drawn by {', '.join(COMPARISONS[then].charts)}"
        )
    if chart == "survival-curves" and set(question.option) == {"cohort"}:
        return replace(question, year=(_year("cohort", question.option["cohort"]),), option={})
    if question.option and own and chart not in _TAKING:
        raise UsageError(
            f"{chart} takes no option {next(iter(question.option))!r}; charts that do are "
            f"{', '.join(_TAKING)}"
        )
    return _placed(replace(question, indicator=indicator.name))


def _placed(question: Question) -> Question:
    """Options that the question has a place for go there."""
    kept, later = divide(question.indicator, question.then, question.option)
    there = {key: kept.pop(key) for key in _OWN if key in kept}
    ways = ("refuse", "flag")
    if there.get("across_breaks", "flag") not in ways:
        raise UnknownNameError("way across breaks", there["across_breaks"], ways)
    if question.then == "convergence":
        if "start" in later:
            there["since"] = _year("start", later.pop("start"))
        if "end" in later:
            there["year"] = (_year("end", later.pop("end")),)
    return replace(question, **there, option=kept | later)


def _year(name: str, given: object) -> int:
    if not isinstance(given, int):
        raise UsageError(f"{name} = {given!r} is not a year such as 2023")
    return given


def beside(question: Question, geo: Sequence[str]) -> tuple[str, ...]:
    """Places with the reference among them; none is the same as all."""
    reference = str(question.option.get("reference", _WHOLE))
    if question.then != "distance" or not geo or reference in geo:
        return tuple(geo)
    return (*geo, reference)


def compared(question: Question, frame: pd.DataFrame) -> pd.DataFrame:
    """Differences from a reference, where they are asked for.

    The reference is the one named, else the EU, else the partial aggregate of the member states at
    hand, which says so wherever it is named.
    """
    if question.then != "distance":
        return frame
    option = {k: v for k, v in question.option.items() if k in COMPARISONS["distance"].takes}
    present = codes(frame["geo"])
    partial = [geo for geo in present if geo.startswith(f"{_WHOLE}[")]
    if "reference" not in option and _WHOLE not in present and partial:
        option["reference"] = partial[0]
    return compute("distance", frame, **option)


def alike(question: Question) -> pd.DataFrame:
    """Places nearest in structure to one, of all that the table has or of those asked for."""
    if question.indicator not in ("size-share", "size-structure"):
        raise UsageError(
            f"peers are alike in size structure, not in {question.indicator}; ask of size-structure"
        )
    if question.size:
        raise UsageError("peers compares every size class; leave the size out")
    cells = cells_of(question, find("size-structure").dataset, one_year=True)
    if question.geo and "geo" in question.option:
        cells = select(cells, geo=[*question.geo, str(question.option["geo"])])
    measure = question.measure or "persons_employed"
    structure = compute("size-structure", cells, measure=measure)
    return compute("peers", structure, **question.option)
