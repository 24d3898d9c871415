"""check(): does a printed number hold under the definition it is printed with?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sme_stats import codelists
from sme_stats.claims.blocks import Evidence
from sme_stats.claims.evidence import best, compare, independent, printed_units, suits, units_fit
from sme_stats.claims.model import Claim
from sme_stats.claims.printed import Reading
from sme_stats.claims.space import Space, embedded
from sme_stats.claims.standing import Earlier, earlier_states, say_standing, standing


@dataclass(frozen=True)
class Verdict:
    """What the data say of a claim.

    Attributes
    ----------
    claim : Claim
    verdict : str
        ``holds``, ``refuted``, ``undecided`` or ``unavailable``, for the first reading.
    reading : str
        The reading under which number and data agree: ``rounded`` when it is the ordinary one or
        none does, else ``truncated`` or ``trailing zero not meant``.
    readings : tuple of (Reading, str)
        Every reading with its own verdict.
    evidence : Evidence or None
        What it was compared with.
    note : str
        In words, one or two sentences.
    partial : Verdict or None
        The same claim on the member states at hand, where the aggregate itself is not.
    earlier : tuple of Earlier
        What earlier vintages at hand say, the oldest first.
    """

    claim: Claim
    verdict: str
    reading: str
    readings: tuple[tuple[Reading, str], ...]
    evidence: Evidence | None
    note: str
    partial: Verdict | None = field(default=None)
    earlier: tuple[Earlier, ...] = ()

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the one that the claims file expects."""
        return self.verdict == self.claim.expect

    @property
    def provisional(self) -> bool:
        """Whether a cell that it rests on is provisional: the verdict may change with the next."""
        return self.evidence is not None and "p" in self.evidence.flag

    @property
    def standing(self) -> str:
        """``revised``, ``wrong`` or empty: see `sme_stats.claims.standing.standing`."""
        return standing(self.verdict, self.earlier)

    def record(self) -> dict[str, Any]:
        """Fields of ``check --format json``; None where there is nothing to say."""
        claim, found = self.claim, self.evidence
        return {
            "id": claim.id, "document": claim.document.title, "quote": claim.quote,
            "printed": claim.printed.text, "printed_lower": _finite(claim.printed.lower),
            "printed_upper": _finite(claim.printed.upper), "verdict": self.verdict,
            "expected": claim.expect, "as_expected": self.as_expected,
            "statistic": claim.statistic, "measure": claim.measure, "size": claim.size,
            "value": _finite(found.value) if found else None,
            "lower": _finite(found.lower) if found else None,
            "upper": _finite(found.upper) if found else None,
            "ends": (found.ends or None) if found else None,
            "unit": found.unit if found else None, "dataset": found.dataset if found else None,
            "vintage": found.vintage if found else None, "geo": claim.geo,
            "year": found.year if found else claim.year,
            "population": found.nace if found else None,
            "flag": found.flag if found else None, "source": found.source if found else None,
            "how": found.how if found else None, "reading": self.reading,
            "readings": [_reading_record(r, v) for r, v in self.readings],
            "note": self.note, "provisional": self.provisional, "standing": self.standing or None,
            "earlier": [state.record() for state in self.earlier],
            "partial": self.partial.summary() if self.partial else None,
        }  # fmt: skip

    def summary(self) -> dict[str, Any]:
        """The few fields that a partial aggregate adds."""
        found = self.evidence
        return {
            "geo": found.geo if found else None, "members": found.members if found else None,
            "value": _finite(found.value) if found else None,
            "lower": _finite(found.lower) if found else None,
            "upper": _finite(found.upper) if found else None,
            "ends": (found.ends or None) if found else None,
            "verdict": self.verdict, "reading": self.reading,
            "dataset": found.dataset if found else None, "year": found.year if found else None,
        }  # fmt: skip


def _reading_record(reading: Reading, verdict: str) -> dict[str, Any]:
    ends = {"lower": _finite(reading.lower), "upper": _finite(reading.upper)}
    return {"reading": reading.name, **ends, "verdict": verdict}


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def check(claims: Claim | Iterable[Claim], space: Space | None = None) -> list[Verdict]:
    """Check claims against the tables at hand.

    A claim *holds* if every value that the data allow lies in the printed interval, is *refuted*
    if none does, *undecided* if some do, and *unavailable* if the data say nothing. Cells of a
    table come before figures of releases, a later release before an earlier one; a release never
    proves a claim that quotes it.

    Parameters
    ----------
    claims : Claim or iterable of Claim
        What to check.
    space : Space, optional
        Definition space to check against; by default that of the embedded snapshot.

    Returns
    -------
    list of Verdict
        One a claim, in their order.

    Examples
    --------
    >>> from sme_stats.claims.files import read_claims
    >>> from sme_stats.places import data_dir
    >>> for verdict in check(read_claims(data_dir() / "claims" / "press-2023.toml")):
    ...     print(verdict.claim.printed.text, verdict.verdict, "-", verdict.reading)
    58% refuted - rounded
    25 million refuted - rounded
    0.1% refuted - truncated
    60% unavailable - rounded
    7 of 10 refuted - rounded
    """
    claims = [claims] if isinstance(claims, Claim) else claims
    space = space or embedded()
    return [check_one(claim, space) for claim in claims]


def check_one(claim: Claim, space: Space) -> Verdict:
    """Check one claim."""
    if claim.undecidable:
        return _unavailable(claim, claim.undecidable)
    if claim.statistic == "change":
        from sme_stats.claims.changes import find_change

        found, reason = find_change(claim, space)
        return _judge(claim, found, space) if found else _unavailable(claim, reason)
    year, candidates = _candidates(claim, space)
    if year is None:
        return _unavailable(claim, _why_not(claim, space), _partial(claim, space, claim.year))
    found = best(candidates)
    if found is None:
        return _unavailable(claim, _why_not(claim, space), _partial(claim, space, year))
    return _judge(claim, found, space)


def _candidates(claim: Claim, space: Space) -> tuple[int | None, list[Evidence]]:
    """Evidence that suits the claim in its year, or in the latest year that has any."""
    if claim.year is not None:
        return claim.year, _in_year(claim, space, claim.year)
    for year in space.years(claim.statistic, claim.measure, claim.size, claim.geo, claim.of):
        if found := _in_year(claim, space, year):
            return year, found
    return None, []


def _in_year(claim: Claim, space: Space, year: int) -> list[Evidence]:
    found = _found(claim, space, year)
    return independent(claim, [e for e in found if suits(claim, e)])


def _found(claim: Claim, space: Space, year: int) -> list[Evidence]:
    return space.find(
        claim.statistic, claim.measure, claim.size, claim.geo, year, claim.age, claim.of
    )


def _judge(claim: Claim, found: Evidence, space: Space) -> Verdict:
    if not units_fit(claim.printed, found.unit):
        return _unavailable(
            claim, f"{claim.printed.text!r} is not in the unit of the data "
            f"({codelists.label('UNIT', found.unit)}); nothing is converted",
        )  # fmt: skip
    lower, upper = printed_units(claim.printed, found)
    attained = found.conf != ""
    readings = tuple((r, compare(lower, upper, r, attained)) for r in claim.printed.readings)
    verdict = readings[0][1]
    agreeing = [r.name for r, v in readings if v == "holds"]
    reading = agreeing[0] if agreeing else readings[0][0].name
    earlier = earlier_states(claim, found, space)
    if verdict == "holds" and space.earlier is None:
        earlier = ()  # that a release was revised matters where the number does not hold
    note = _note(claim, found, verdict, reading)
    said = say_standing(verdict, earlier)
    if said and (said.startswith("revised") or space.earlier):
        note += f"; {said}"
    return Verdict(claim, verdict, reading, readings, found, note, None, earlier)


def _note(claim: Claim, found: Evidence, verdict: str, reading: str) -> str:
    from sme_stats.claims.words import say_evidence

    text = say_evidence(found)
    if verdict != "holds" and reading != claim.printed.readings[0].name:
        ends = next(r for r in claim.printed.readings if r.name == reading)
        text += f"; {verdict} as rounded, holds as {reading} [{ends.lower:g}, {ends.upper:g})"
    if "p" in found.flag:
        text += "; provisional"
    return text


def _unavailable(claim: Claim, reason: str, partial: Verdict | None = None) -> Verdict:
    readings = tuple((r, "unavailable") for r in claim.printed.readings)
    if partial and partial.evidence:
        reason += f"; over {partial.evidence.geo}, a partial aggregate: {partial.note}"
    return Verdict(claim, "unavailable", readings[0][0].name, readings, None, reason, partial)


def _partial(claim: Claim, space: Space, year: int | None) -> Verdict | None:
    """Judge the claim on the member states at hand, called what they are."""
    if claim.geo not in codelists.aggregates() or year is None or claim.statistic == "rate":
        return None
    found = space.find_partial(
        claim.statistic, claim.measure, claim.size, claim.geo, year, claim.of
    )
    chosen = best([e for e in found if suits(claim, e)])
    return _judge(claim, chosen, space) if chosen else None


def _why_not(claim: Claim, space: Space) -> str:
    """Why nothing was found, and what there is."""
    of = "" if claim.of == "TOTAL" else f" in all of {claim.of}"
    what = f"{claim.statistic} of {claim.measure}, size {claim.size}{of}, in {claim.geo}"
    years: list[int] = []
    for year in space.years(claim.statistic, claim.measure, claim.size, claim.geo, claim.of):
        found = _found(claim, space, year)
        suiting = [e for e in found if suits(claim, e)]
        if year == claim.year and suiting:
            own = ", ".join(sorted({e.source for e in suiting if e.source in claim.own_sources}))
            return f"the only figure at hand is the claim's own source ({own})"
        if year == claim.year and found:
            others = ", ".join(sorted({e.nace for e in found}))
            return f"the tables have the {what} {year} only for another population ({others})"
        years += [year] if suiting else []
    nothing = f"the tables at hand have no {what}"
    if years:
        return f"{nothing} for {claim.year}, only for {', '.join(map(str, sorted(years)))}"
    return nothing


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """0 when every verdict is the expected one, else 1."""
    return 0 if all(v.as_expected for v in verdicts) else 1
