"""What a country's fact sheet says: key figures, structure, demography, trend, cells, claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from sme_stats import plotting
from sme_stats.claims.model import Claim
from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import Verdict, check_one
from sme_stats.errors import NotAvailableError, UsageError
from sme_stats.frame import codes, concat
from sme_stats.indicators.dynamism import survival_curve
from sme_stats.indicators.productivity import labour_productivity
from sme_stats.indicators.shares import without_employees
from sme_stats.loading import load, tables
from sme_stats.plotting import recipes, style
from sme_stats.plotting.recipes import Question
from sme_stats.plotting.words import SHARE, capital, is_aggregate, place, quantity, words
from sme_stats.report.chains import chain_of
from sme_stats.report.figures import Figure, Make, draw
from sme_stats.report.key_figures import (
    UNION,
    Wanted,
    find,
    frame_of,
    key_figures,
    name_of,
    newest,
)
from sme_stats.report.rows import Row, rows_of, say_number, say_span, tabulate
from sme_stats.report.texts import text
from sme_stats.sources import snapshot
from sme_stats.uncertainty.withheld import bounds

#: Tables whose cells a fact sheet is made of.
_TABLES = ("sbs_sc_ovw", "sbs_sc_sca_r2", "bd_size", "bd_9bd_sz_cl_r2")
_EMPLOYMENT = Wanted("share", "persons_employed", "0-249")
#: Cohort whose survival is drawn: born in 2015, the latest whose fifth year is published.
_COHORT = 2015


def countries() -> list[str]:
    """Countries that the tables at hand have cells of, in the EU's order.

    Examples
    --------
    >>> len(countries()), countries()[:3]
    (21, ['BE', 'BG', 'CZ'])
    """
    from sme_stats import codelists

    found = {g for name in _TABLES for g in codes(snapshot.whole(name)["geo"])}
    return [g for g in codelists.table("GEO") if g in found and not is_aggregate(g)]


def require_country(geo: str) -> str:
    """Eurostat's code of a country that has cells; names those that have.

    Raises
    ------
    UnknownNameError, UsageError, NotAvailableError
        If there is no such place, it is an aggregate, or the tables have no cell of it.
    """
    from sme_stats import codelists

    code = codelists.geo_code(geo)
    if is_aggregate(code):
        raise UsageError(f"{code} is not a country: a fact sheet compares one country with the EU")
    if code not in countries():
        raise NotAvailableError(
            f"the embedded tables have no cell of {code}; they have {', '.join(countries())}"
        )
    return code


def build_sheet(geo: str, lang: str, claims: Sequence[Claim], space: Space) -> dict[str, Any]:
    """Compute everything that a fact sheet shows.

    Parameters
    ----------
    geo : str
        Country.
    lang : {"en", "fr", "de"}
        Language of the page.
    claims : sequence of Claim
        The collection; those about the country are shown.
    space : Space
        Definition space of the tables.
    """
    where = place(geo, lang)
    return {
        "geo": geo, "place": where, "lead": _lead(space, geo, lang),
        "figures": key_figures(space, geo, lang),
        "structure": _try(partial(_structure, geo), "structure", lang),
        "trend": _try(_recipe("trend", Question(geo=(geo,))), "trend", lang),
        "employees": _try(partial(_employees, geo), "without-employees", lang),
        "births": _try(_recipe("births-deaths", Question(geo=(geo,))), "births-deaths", lang),
        "survival": _try(partial(_survival, geo), "survival", lang),
        "rated": ", ".join(place(g, lang) for g in _rated()),
        "productivity": _try(partial(_productivity, geo), "productivity", lang),
        "printed_here": _printed(geo, lang), "printed_union": _printed(UNION, lang),
        "withheld": _withheld(geo, lang), **_claims(geo, lang, claims, space),
    }  # fmt: skip


def _lead(space: Space, geo: str, lang: str) -> str:
    """The SME share of employment in a sentence, and the EU's beside it."""
    nace = "B-S_X_O_S94" if newest(space, _EMPLOYMENT, geo, "B-S_X_O_S94") else "B-N_S95_X_K"
    year = newest(space, _EMPLOYMENT, geo, nace)
    own = find(space, _EMPLOYMENT, geo, year, nace) if year else None
    if own is None or year is None:
        return text(lang, "structure_none", place=place(geo, lang))
    (row,) = rows_of(frame_of([own]), lang)
    where = place(geo, lang, inside=True)
    if row.known:
        said = text(lang, "lead_share", place=where, a=say_number(row), year=year)
    else:
        low, high = row.fmt.ends(row.lower, row.upper)
        said = text(lang, "lead_withheld", place=where, low=low, high=high, year=year)
    union = find(space, _EMPLOYMENT, UNION, year, nace)
    if union is None:
        return said
    (beside,) = rows_of(frame_of([union]), lang)
    return f"{said} " + text(lang, "lead_union", union=place(UNION, lang), a=say_number(beside),
                             year=year)  # fmt: skip


def _try(make: Any, name: str, lang: str) -> Figure | None:
    """Draw a figure, or None where the tables have no cells for it: the page then says so."""
    try:
        return draw(name, make, lang)
    except NotAvailableError:
        return None


def _recipe(chart: str, question: Question) -> Make:
    return lambda width, **options: recipes.draw(chart, question, width=width, **options)


def _structure(geo: str, width: float, **options: Any) -> Any:
    """Structure in the latest year of the table that has the country, old or new."""
    for dataset in ("sbs_sc_ovw", "sbs_sc_sca_r2"):
        cells = snapshot.whole(dataset)
        years = cells.loc[cells["geo"] == geo, "year"]
        if len(years):
            question = Question(geo=(geo,), year=(int(years.max()),), dataset=dataset)
            return recipes.draw("size-structure", question, width=width, **options)
    raise NotAvailableError(f"no table at hand has a size structure of {geo}")


def _employees(geo: str, width: float, **options: Any) -> Any:
    """Enterprises without employees over the years of both tables, the narrow population first."""
    parts = []
    for dataset in ("bd_9bd_sz_cl_r2", "bd_size"):
        cells = snapshot.whole(dataset)
        own = (cells["geo"] == geo) & (cells["nace"] != "B-S_X_K642")
        own &= cells["measure"] == "active_enterprises"
        if own.any():
            parts.append(without_employees(cells[own]))
    if not parts:
        raise NotAvailableError(f"no table at hand has active enterprises of {geo}")
    return plotting.trend(concat(parts), width=width, **options)


def _rated() -> list[str]:
    """Countries with birth rates in the embedded cells."""
    cells = snapshot.whole("bd_size")
    return [g for g in codes(cells.loc[cells["measure"] == "birth_rate", "geo"]) if g != UNION]


def _survival(geo: str, width: float, **options: Any) -> Any:
    cells = snapshot.whole("bd_9bd_sz_cl_r2")
    if geo not in codes(cells.loc[cells["measure"] == "survival", "geo"]):
        raise NotAvailableError(f"no survival rate of {geo} is at hand")
    chosen = cells[cells["geo"].isin([geo, UNION]) & (cells["nace"] == "B-N_X_K642")]
    chosen = chosen[chosen["size"] == "TOTAL"]
    return plotting.survival_curves(survival_curve(chosen, _COHORT), width=width, **options)


def _productivity(geo: str, width: float, **options: Any) -> Any:
    """Labour productivity over years, where value added is at hand; never from turnover."""
    cells = load("sbs_sc_ovw", source="snapshot")
    cells = cells[cells["geo"] == geo]
    if "value_added" not in codes(cells["measure"]):
        raise NotAvailableError(f"no value added of {geo} is at hand")
    found = labour_productivity(cells)
    return plotting.trend(found[found["size"] == "TOTAL"], width=width, **options)


def _printed(geo: str, lang: str) -> tuple[list[str], list[list[tuple[str, str]]]] | None:
    """Value added as releases printed it for Eurostat's populations, latest year of each."""
    cells = snapshot.whole("releases")
    own = cells["geo"] == geo
    own &= cells["measure"].isin(["value_added", "value_added" + SHARE])
    own &= cells["nace"].isin(["B-S_X_O_S94", "B-N_S95_X_K"])
    if not own.any():
        return None
    rows = cells[own]
    return tabulate(rows[rows["year"] == rows["year"].max()], lang)


def _withheld(geo: str, lang: str) -> list[dict[str, object]]:
    """Every withheld cell of the country with what bounds it."""
    out = []
    for frame in tables(*_TABLES):
        cells = frame[frame["geo"] == geo]
        if not (cells["conf"] != "").any():
            continue
        hidden = bounds(cells)
        hidden = hidden[hidden["conf"] != ""].sort_values(
            ["year", "measure", "size"], ascending=[False, True, True]
        )
        out += [
            _cell(record, row, lang)
            for record, row in zip(hidden.to_dict("records"), rows_of(hidden, lang), strict=True)
        ]
    return out


def _cell(record: dict[Any, Any], row: Row, lang: str) -> dict[str, object]:
    what = capital(quantity(str(record["measure"]), str(record["size"]), lang))
    return {"what": what, "year": row.year, "known": say_span(row), "lower": f"{row.lower:.10g}",
            "source": str(record["dataset"])}  # fmt: skip


def _claims(geo: str, lang: str, claims: Sequence[Claim], space: Space) -> dict[str, Any]:
    verdicts = [check_one(claim, space) for claim in claims if claim.geo == geo]
    named = words(lang)["verdict"]
    counts = Counter(named[v.verdict] for v in verdicts)
    return {
        "statements": [_statement(v, lang, space) for v in verdicts],
        "counts": ", ".join(f"{name} {n}" for name, n in counts.items()),
    }


def _statement(verdict: Verdict, lang: str, space: Space) -> dict[str, Any]:
    claim, found = verdict.claim, verdict.evidence
    said = ""
    if found:
        wanted = Wanted(found.statistic, found.measure, found.size,
                        found.age if found.age.startswith("Y") else "")  # fmt: skip
        (row,) = rows_of(frame_of([found]), lang)
        said = f"{name_of(wanted, lang)}, {found.year}: {say_number(row)} ({found.dataset})"
    return {
        "quote": claim.quote or claim.printed.text, "printed": claim.printed.text,
        "document": claim.document.title, "url": claim.document.url,
        "published": claim.document.published, "verdict": verdict.verdict,
        "word": words(lang)["verdict"][verdict.verdict], "mark": style.SIGNS[verdict.verdict],
        "said": said, "note": "" if found else verdict.note, "chain": chain_of(verdict, space),
    }  # fmt: skip
