"""``get``, ``datasets`` and ``show``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click
import pandas as pd

from sme_stats import loading
from sme_stats.cli.output import (
    chosen,
    filters,
    format_option,
    more_options,
    pairs,
    print_frame,
    source_option,
    to_json,
    vintage_option,
)
from sme_stats.frame import codes, select
from sme_stats.indicators.registry import INDICATORS, compute, divide, find


class _Names(click.Command):
    """A command whose help lists the indicators."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List indicators with their first line."""
        with formatter.section("Indicators"):
            formatter.write_dl([(name, i.summary) for name, i in INDICATORS.items()])


@click.command(cls=_Names)
@click.argument("indicator")
@click.option("--size", help="Class, range or name: SME, 250+, 10-249, zero-employees.")
@click.option("--measure", help="enterprises, persons_employed, turnover, …; by default all.")
@click.option("--dataset", help="Table; by default the indicator's newest.")
@more_options
@click.option("--sharp/--no-sharp", default=None, help="Ends of withheld rows by linear programs "
              "over the cells around them: of all rows, or of none.  [default: of rows with up to "
              "1,000 unknown cells]")  # fmt: skip
@filters
@format_option
@source_option
@vintage_option
def get(indicator: str, size: str | None, measure: str | None, dataset: str | None,
        options: tuple[str, ...], sharp: bool | None, then: str | None,
        geo: tuple[str, ...], year: tuple[str, ...],
        nace: tuple[str, ...], form: str, source: str, vintage: str | None) -> None:  # fmt: skip
    """Compute an indicator.

    A row that rests on withheld cells has no value but an interval, from all sections and places
    of the table at hand, whichever are asked for; "ends" says whether it could be narrower.

    \b
    Examples:
      sme-stats get size-share --size SME --measure persons_employed --geo DE,FR --year 2023
      sme-stats get birth-rate --geo EU27_2020 --format json
      sme-stats get survival-curve --geo EU27_2020 -o cohort=2015
      sme-stats get size-share --measure persons_employed --year 2023 --then rank
      sme-stats get size-share --geo DE --source store --vintage 2026-03-10
    """
    entry = find(indicator)
    table = dataset or entry.dataset
    if not table:
        raise click.UsageError(
            f"{indicator} compares an indicator's results: get size-share … --then {indicator}"
        )
    where = chosen(geo, year, nace)
    cells = loading.load(table, source, vintage, **where)
    if measure and "measure" not in entry.takes:
        cells, measure = select(cells, f"the chosen {table}", measure=measure), None
    given, later = divide(indicator, then or "", pairs(options))
    asked = {"size": size, "measure": measure, "sharp": sharp}
    given |= {name: value for name, value in asked.items() if value is not None}
    result = compute(indicator, cells, **given)
    if "sharp" in entry.takes and loading.at_hand(table, source, vintage):
        result = around(result, where, partial(loading.load, table, source, vintage),
                        partial(compute, indicator, **given))  # fmt: skip
    if then:
        result = compute(then, result, **later)
    print_frame(result, form, f"{entry.summary} Source: Eurostat, {table}.")


def around(
    result: pd.DataFrame, where: dict[str, Any], load: Callable[..., pd.DataFrame],
    compute: Callable[[pd.DataFrame], pd.DataFrame],
) -> pd.DataFrame:  # fmt: skip
    """The chosen rows computed among the cells around them, where that bounds withheld ones.

    Sections add up to their aggregate, member states to the EU: what is left out of the choice
    can say something of what is in it, and `check` looks at all of it too.
    """
    if not ((where["geo"] or where["nace"]) and (result["conf"].astype(str) != "").any()):
        return result
    from sme_stats.claims.vintages import activities_of

    cells = load(year=where["year"])
    kept = activities_of([]) | set(codes(result["nace"]))
    wide = compute(cells[cells["nace"].isin(kept)])
    same = wide["geo"].isin(codes(result["geo"])) & wide["nace"].isin(codes(result["nace"]))
    return wide[same].reset_index(drop=True)


@click.command()
@click.argument("dataset")
@filters
@click.option("--all", "everything", is_flag=True, help="Also what rounding explains.")
@format_option
@source_option
@vintage_option
def audit(dataset: str, geo: tuple[str, ...], year: tuple[str, ...], nace: tuple[str, ...],
          everything: bool, form: str, source: str, vintage: str | None) -> None:  # fmt: skip
    """Find cells that contradict each other or jump without a flag, weightiest first.

    \b
    Example:
      sme-stats audit sbs_sc_ovw --geo SI
    """
    from sme_stats.uncertainty.audit import audit as examine

    findings = examine(loading.load(dataset, source, vintage, **chosen(geo, year, nace)))
    rounding = findings["rounding"].astype(bool)
    shown = findings if everything else findings[~rounding]
    title = f"{len(findings)} findings, {int(rounding.sum())} explained by rounding"
    print_frame(shown, form, title)


@click.command()
@click.option("--search", default="", help="Words that code and title together contain.")
@format_option
@source_option
def datasets(search: str, form: str, source: str) -> None:
    """List the dataflows that can be loaded, and where their cells would come from.

    With --source live Eurostat's whole table of contents, else the catalogue and the store.

    \b
    Examples:
      sme-stats datasets --search demography
      sme-stats datasets --source live --search "enterprises size class"
    """
    frame = loading.datasets(search, source)
    if form in ("text", "markdown"):
        shown = ("dataset", "title", "type", "years", "rows", "source", "vintage")
        frame = frame[[name for name in shown if name in frame.columns]]
    print_frame(frame, form)


@click.command()
@click.argument("dataset")
@click.option("--lang", type=click.Choice(("en", "fr", "de")), default="en", help="Of labels.")
@format_option
@source_option
@vintage_option
def show(dataset: str, lang: str, form: str, source: str, vintage: str | None) -> None:
    """Show what a table holds: dimensions, codes in use, years, units, breaks, vintage.

    \b
    Examples:
      sme-stats show sbs_sc_ovw
      sme-stats show bd_hg --source live --lang fr
    """
    record = loading.show(dataset, source=source, lang=lang, vintage=vintage)
    if form == "json":
        click.echo(to_json(record))
        return
    rows = [
        {"dimension": name, "code": code, "label": label}
        for name, labels in record["dimensions"].items()
        for code, label in labels.items()
    ]
    if form != "text":
        print_frame(pd.DataFrame(rows), form)
        return
    _print_record(record)


def _print_record(record: dict[str, Any]) -> None:
    for key, value in record.items():
        if key in ("dimensions", "breaks") or value is None or value in ("", [], {}):
            continue  # what the structure alone does not tell is left out
        text = ", ".join(map(str, value)) if isinstance(value, list | dict) else str(value)
        click.echo(click.wrap_text(f"{key}: {text}", 96, "", "    "))
    for broke in record["breaks"]:
        place = "everywhere" if broke["geo"] == "*" else broke["geo"]
        click.echo(f"break: {place} {broke['year']}: {broke['why']}")
    for name, labels in record["dimensions"].items():
        click.echo(f"{name}:")
        for code, label in labels.items():
            click.echo(f"    {code:<20}{label}")
