"""The chain of a verdict as a page shows it: what ``sme-stats check --explain`` prints."""

from __future__ import annotations

from sme_stats.claims.documents.chain import explain
from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import Verdict


def chain_of(verdict: Verdict, space: Space) -> str:
    """Cells, formula, intervals, comparison and nearest definitions of a verdict, as text."""
    return explain(verdict, space)
