"""Indicators over time for charts: the size first, then its change, nothing across a break."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sme_stats.errors import NotAvailableError
from sme_stats.frame import codes, select
from sme_stats.indicators.registry import compute
from sme_stats.indicators.shares import size_level

if TYPE_CHECKING:
    from sme_stats.plotting.questions import Question

#: Indicators that need two years.
OVER_TIME = ("change", "growth-rate", "index")


def over_time(question: Question, cells: pd.DataFrame) -> pd.DataFrame:
    """Change, growth or index of one measure and size.

    Years on the far side of a break are left out, unless the question asks for them by name; of
    changes over several pairs of years those that span more than one.

    Raises
    ------
    BreakError
        If breaks leave nothing.
    NotAvailableError
        If no series has two years, or the base year.
    """
    measure = question.measure or "persons_employed"
    level = size_level(cells, question.size or "SME", measure)
    level = level[level["value"].notna() | level["upper"].notna()]
    options: dict[str, Any] = {}
    if question.indicator == "index":
        options["base"] = question.base or int(level["year"].min())
    out = compute(question.indicator, level, across_breaks="flag", **options)
    if question.across_breaks == "flag":
        return out
    across = out["flag"].astype(str).str.contains("b")
    if question.indicator == "index":  # a break before the base year is none since
        across &= out["year"] != options["base"]
    elif cells["year"].nunique() > 2:  # growth over five years beside that over one would mislead
        across |= out["year"] - out["base_year"] > 1
    kept = out[~across.to_numpy()]
    alone = question.indicator == "index" and (kept["year"] == options["base"]).all()
    if kept.empty or alone:
        compute(question.indicator, level, **options)  # says which break
    if kept.empty:
        raise NotAvailableError(f"no {question.indicator} of {measure} is at hand")
    return kept


def two_years(cells: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Cells of the year asked for and of the one it is compared with.

    The newest year, and for each place the year before that it has, unless the question names
    them.
    """
    year = question.year[0] if len(question.year) == 1 else int(cells["year"].max())
    before = sorted({int(y) for y in cells["year"] if y < year})
    since = question.since or question.base or (before[-1] if before else year)
    wanted = cells[cells["year"].isin([since, year])]
    if not {since, year} <= {int(y) for y in wanted["year"]} or since >= year:
        have = ", ".join(map(str, sorted({int(y) for y in cells["year"]})))
        table = ", ".join(codes(cells["dataset"]))
        raise NotAvailableError(
            f"{question.indicator} needs two years, and {table} has {have}; name them with year "
            f"and since (here {year} and {since})"
        )
    return select(wanted, year=[since, year])
