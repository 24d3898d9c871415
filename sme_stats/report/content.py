"""What the report says: statements with verdicts, charts with their data, notes."""

from __future__ import annotations

from collections.abc import Sequence

from sme_stats import catalogue
from sme_stats.claims.model import Claim
from sme_stats.claims.search import Reconciliation, reconcile, weights_table
from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import Verdict, check_one
from sme_stats.claims.words import say_evidence, say_number, say_place
from sme_stats.plotting.style import SIGNS
from sme_stats.plotting.workers import Progress
from sme_stats.report.chains import chain_of
from sme_stats.report.figures import CHARTS, Figure, claim_figure, draw
from sme_stats.sources import snapshot
from sme_stats.uncertainty.coherence import class_sums


def build(claims: Sequence[Claim], space: Space, progress: Progress) -> dict[str, object]:
    """Compute everything that the page shows.

    Parameters
    ----------
    claims : sequence of Claim
        Statements to judge.
    space : Space
        Definition space of the tables.
    progress : callable
        Told of each step.

    Returns
    -------
    dict
        Names of the template to their content.
    """
    steps = len(claims) + len(CHARTS) + 1
    statements = []
    for number, claim in enumerate(claims):
        progress(f"statement {claim.id}", number, steps)
        statements.append(_statement(claim, space))
    figures: list[Figure] = []
    for number, (name, make) in enumerate(CHARTS.items(), start=len(claims)):
        progress(f"chart {name}", number, steps)
        figures.append(draw(name, make))
    progress("notes", steps - 1, steps)
    content = {
        "document": claims[0].document, "statements": statements,
        "counts": _counts(statements), "figures": figures, "sums": _sums(), "tables": _tables(),
        "releases": list(snapshot.releases().values()), "attribution": snapshot.attribution(),
        "weights": weights_table(),
    }  # fmt: skip
    progress("done", steps, steps)
    return content


def _counts(statements: list[dict[str, object]]) -> dict[str, int]:
    verdicts = [str(s["verdict"]) for s in statements]
    return {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}


def _statement(claim: Claim, space: Space) -> dict[str, object]:
    verdict = check_one(claim, space)
    found = reconcile(claim, space, most=3)
    return {
        "id": claim.id, "quote": claim.quote or claim.printed.text, "printed": claim.printed.text,
        "verdict": verdict.verdict, "mark": SIGNS[verdict.verdict], "note": verdict.note,
        "expected": claim.expect, "as_expected": verdict.as_expected, "why": claim.why,
        "readings": _readings(verdict), "partial": _partial(verdict), "holds_as": _holds_as(found),
        "history": _history(found), "by_chance": f"{100 * found.by_chance:.1f}",
        "hits": found.hits, "searched": found.searched, "nearest": _nearest(found),
        "figure": claim_figure(verdict.record()), "chain": chain_of(verdict, space),
    }  # fmt: skip


def _readings(verdict: Verdict) -> list[dict[str, object]]:
    unit = verdict.evidence.unit if verdict.evidence else ""
    if not unit:
        unit = "PC" if verdict.claim.printed.kind == "percent" else "NR"
    return [
        {"name": r.name, "lower": _end(r.lower, unit), "upper": _end(r.upper, unit), "verdict": v}
        for r, v in verdict.readings
    ]


def _end(number: float, unit: str) -> str:
    """End of a printed interval with no more digits than it has."""
    if unit in ("PC", "PP"):
        return f"{number:.10g}"
    return say_number(number, unit)


def _partial(verdict: Verdict) -> dict[str, object] | None:
    partial = verdict.partial
    if partial is None or partial.evidence is None:
        return None
    members = [say_place(code) for code in partial.evidence.members.split("+")]
    return {"verdict": partial.verdict, "note": partial.note, "members": members}


def _holds_as(found: Reconciliation) -> list[dict[str, object]]:
    return [
        {
            "text": say_evidence(d.evidence), "reading": d.reading, "how": d.evidence.how,
            "changed": ", ".join(d.changed) or "nothing", "years": ", ".join(map(str, d.years)),
            "distance": f"{d.distance:.2f}",
        }
        for d in found.definitions
    ]  # fmt: skip


def _history(found: Reconciliation) -> str:
    """In which years the claim's own definition held, and since when it does not."""
    held = [f"{e.year} ({e.geo})" for e, verdict in found.own if verdict == "holds"]
    not_held = [e.year for e, verdict in found.own if verdict == "refuted"]
    if not held:
        years = ", ".join(str(e.year) for e, _ in found.own)
        none = f"Under its own definition it holds in none of the years at hand ({years})."
        return none if years else ""
    last = max(e.year for e, verdict in found.own if verdict == "holds")
    since = [year for year in not_held if year > last]
    text = f"Under its own definition it held in {', '.join(held)}"
    return text + (f", and in no year at hand since {min(since)}." if since else ".")


def _nearest(found: Reconciliation) -> str:
    return say_evidence(found.nearest) if found.nearest else ""


def _sums() -> list[dict[str, object]]:
    """Groups of the snapshot whose classes do not add up, weightiest first."""
    rows = []
    for dataset in snapshot.manifest():
        if dataset == "releases":
            continue
        sums = class_sums(snapshot.whole(dataset))
        wanted = sums[(sums["geo"] == "EU27_2020") | ~sums["rounding"].astype(bool)]
        for record in wanted.to_dict("records"):
            rows.append({
                "dataset": dataset, "place": say_place(str(record["geo"])), "year": record["year"],
                "measure": str(record["measure"]).replace("_", " "),
                "value": f"{record['value']:.10g}", "of": f"{record['total']:.10g}",
                "gap": f"{record['value']:+,.2f}".removesuffix(".00"),
                "total": say_number(float(record["total"]), str(record["unit"])),
                "rounding": "rounding explains it" if record["rounding"] else "not rounding",
            })  # fmt: skip
    return rows


def _tables() -> list[dict[str, object]]:
    return [
        {
            "dataset": part.dataset, "title": catalogue.find(part.dataset).title,
            "vintage": part.vintage, "basis": part.vintage_basis, "coverage": part.coverage,
            "not_covered": part.not_covered, "rows": f"{part.rows:,}", "sha256": part.sha256,
        }
        for part in snapshot.manifest().values()
    ]  # fmt: skip
