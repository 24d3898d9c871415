"""The chain of a verdict as a page shows it: what ``sme-stats check --explain`` prints."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from sme_stats.claims.documents.chain import explain
from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import Verdict


def chain_of(verdict: Verdict, space: Space) -> str:
    """Cells, formula, intervals, comparison and nearest definitions of a verdict, as text.

    The claims file is named without its folder: a page goes to readers who do not have it, and is
    the same whoever writes it.
    """
    claim = verdict.claim
    document = dataclasses.replace(claim.document, path=Path(claim.document.path).name)
    named = dataclasses.replace(claim, document=document)
    return explain(dataclasses.replace(verdict, claim=named), space)
