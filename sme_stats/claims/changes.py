"""Claims about a change between two years."""

from __future__ import annotations

import dataclasses
import math

from sme_stats import catalogue
from sme_stats.claims.blocks import Evidence
from sme_stats.claims.evidence import best, independent, suits
from sme_stats.claims.model import Claim
from sme_stats.claims.space import Space
from sme_stats.flags import union


def find_change(claim: Claim, space: Space) -> tuple[Evidence | None, str]:
    """Change from the base year to the year, or the reason why there is none.

    What is printed in percentage points is the change of a share, what is printed in percent the
    growth of a level, anything else its difference. The two years must be of one table and
    vintage, and no break may lie between them.
    """
    of = _statistic(claim)
    years = space.years(of, claim.measure, claim.size, claim.geo, claim.of)
    year = claim.year if claim.year is not None else (years[0] if years else 0)
    base = claim.base_year if claim.base_year is not None else year - 1
    pairs = [
        (now, before)
        for now in _numbers(claim, space, year)
        for before in _numbers(claim, space, base)
        if (now.dataset, now.nace, now.source) == (before.dataset, before.nace, before.source)
        and now.vintage == before.vintage and now.how == before.how
    ]  # fmt: skip
    if not pairs:
        what = f"{claim.measure} of size {claim.size} in {claim.geo}"
        return None, f"no table at hand has {what} for both {base} and {year}"
    now = best([pair[0] for pair in pairs])
    if now is None:
        return None, "nothing suits"
    before = next(b for n, b in pairs if _table(n) == _table(now))
    if reason := _break_between(claim, space, now, before):
        return None, f"a break lies between {base} and {year} ({reason}): two definitions"
    if claim.printed.kind != "percent":
        return _difference(now, before), ""
    if not before.lower > 0:
        return None, f"{base} may be nothing, and nothing grows from it"
    return _growth(now, before), ""


def _statistic(claim: Claim) -> str:
    return "share" if claim.printed.kind == "points" else "level"


def _table(found: Evidence) -> tuple[str, str, str, str]:
    return found.dataset, found.vintage, found.nace, found.source


def _numbers(claim: Claim, space: Space, year: int) -> list[Evidence]:
    found = space.find(
        _statistic(claim), claim.measure, claim.size, claim.geo, year, of=claim.of
    )  # fmt: skip
    return independent(claim, [e for e in found if suits(claim, e)])


def _break_between(claim: Claim, space: Space, now: Evidence, before: Evidence) -> str:
    for year in range(before.year + 1, now.year + 1):
        cells = space.find("level", claim.measure, claim.size, claim.geo, year)
        same = [e for e in cells if (e.dataset, e.nace) == (now.dataset, now.nace)]
        if any("b" in e.flag for e in same):
            return f"the cell of {year} carries the flag b"
    flow = catalogue.entries().get(now.dataset)
    for broke in flow.breaks if flow else ():
        if broke.geo in ("*", now.geo) and before.year < broke.year <= now.year:
            return broke.why
    return ""


def _difference(now: Evidence, before: Evidence) -> Evidence:
    return dataclasses.replace(
        _change(now, before), value=now.value - before.value, lower=now.lower - before.upper,
        upper=now.upper - before.lower, how=f"{now.year} less {before.year}",
        unit="PP" if now.unit == "PC" else now.unit,
    )  # fmt: skip


def _growth(now: Evidence, before: Evidence) -> Evidence:
    value = 100 * (now.value / before.value - 1) if before.value else math.nan
    return dataclasses.replace(
        _change(now, before), value=value, lower=100 * (now.lower / before.upper - 1),
        upper=100 * (now.upper / before.lower - 1), unit="PC",
        how=f"growth from {before.year} to {now.year}",
    )  # fmt: skip


def _change(now: Evidence, before: Evidence) -> Evidence:
    return dataclasses.replace(
        now, statistic="change", flag=union([now.flag, before.flag]),
        conf="C" if now.conf or before.conf else "", base_year=before.year,
    )  # fmt: skip
