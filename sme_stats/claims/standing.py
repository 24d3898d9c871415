"""What earlier vintages say of a claim: *revised* data are told apart from a *wrong* number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sme_stats.claims.blocks import Evidence
from sme_stats.claims.evidence import best, printed_units, suits, units_fit
from sme_stats.claims.model import Claim

if TYPE_CHECKING:
    from sme_stats.claims.space import Space


@dataclass(frozen=True)
class Earlier:
    """One earlier vintage of the number that a claim is about, and its verdict."""

    evidence: Evidence
    verdict: str

    def record(self) -> dict[str, Any]:
        """Fields of ``earlier`` in ``check --format json``."""
        found = self.evidence
        return {
            "vintage": found.vintage, "source": found.source or None,
            "value": _finite(found.value), "lower": _finite(found.lower),
            "upper": _finite(found.upper), "unit": found.unit, "verdict": self.verdict,
        }  # fmt: skip


def earlier_states(claim: Claim, found: Evidence, space: Space) -> tuple[Earlier, ...]:
    """Verdicts under every earlier vintage of the same number at hand, the oldest first.

    Releases that a later vintage supersedes count, the claim's own source too: it cannot prove the
    claim, but it shows what was published when the claim was printed.
    """
    spaces = [space, *([space.earlier] if space.earlier else [])]
    cells = [e for s in spaces for e in _same_number(claim, found, s)]
    past = [e for e in cells if e.vintage < found.vintage and units_fit(claim.printed, e.unit)]
    chosen = [
        best([e for e in past if e.vintage == vintage])
        for vintage in sorted({e.vintage for e in past})
    ]
    return tuple(Earlier(e, _verdict(claim, e)) for e in chosen if e is not None)


def _same_number(claim: Claim, found: Evidence, space: Space) -> list[Evidence]:
    if claim.statistic == "change":
        return []
    cells = space.find(
        claim.statistic, claim.measure, claim.size, claim.geo, found.year, claim.age, claim.of
    )
    return [e for e in cells if suits(claim, e) and e.nace == found.nace]


def _verdict(claim: Claim, found: Evidence) -> str:
    from sme_stats.claims.evidence import compare

    lower, upper = printed_units(claim.printed, found)
    return compare(lower, upper, claim.printed.readings[0], found.conf != "")


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def standing(verdict: str, earlier: Sequence[Earlier]) -> str:
    """Whether the data moved under a number or it never was right.

    Returns
    -------
    str
        ``revised`` where an earlier vintage gives another verdict, of holds and refuted; ``wrong``
        where every vintage at hand, two or more, refutes it; else empty.

    Examples
    --------
    >>> standing("refuted", []), standing("holds", [])
    ('', '')
    """
    opposite = {"holds": "refuted", "refuted": "holds"}.get(verdict)
    if any(e.verdict == opposite for e in earlier):
        return "revised"
    if verdict == "refuted" and earlier and all(e.verdict == "refuted" for e in earlier):
        return "wrong"
    return ""


def say_standing(verdict: str, earlier: Sequence[Earlier]) -> str:
    """Say it in words; empty where there is nothing to say."""
    from sme_stats.claims.words import say_range

    said = standing(verdict, earlier)
    if not said:
        return ""
    against = [e for e in earlier if (e.verdict == verdict) == (said == "wrong")]
    found = against[-1].evidence
    number = say_range(found.lower, found.value, found.upper, found.unit)
    release = f", release {found.source}" if found.source else ""
    verb = {"holds": "held", "refuted": "was refuted"}[against[-1].verdict]
    if said == "wrong":
        verb = "was refuted, too,"
    return f"{said}: it {verb} by the vintage {found.vintage} ({number}{release})"
