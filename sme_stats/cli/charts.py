"""``plot``."""

from __future__ import annotations

from typing import Any

import click

from sme_stats.cli.output import (
    chosen,
    filters,
    more_options,
    pairs,
    source_option,
    to_json,
    vintage_option,
)

#: Charts in the order that the help lists them.
CHARTS = {
    "size-structure": "stacked bars of size classes: measures of one place, or places",
    "ranking": "countries by any indicator, with intervals",
    "tile-map": "the same on a map of equal tiles",
    "heat-map": "size classes across; countries, or activities of one country, down",
    "trend": "an indicator over years, breaks drawn",
    "small-multiples": "the same, a panel a country, or an activity of one country",
    "slope": "an indicator in two years",
    "one-person": "share of enterprises without employees",
    "births-deaths": "birth and death rate of one place",
    "survival-curves": "survival by years after birth; --year is the year of birth",
    "lorenz-curve": "concentration of persons employed over enterprises",
    "waffle": "1,000 enterprises by size class",
    "productivity-gap": "value added per person, SMEs against large enterprises",
    "revisions": "the same figure in every vintage of its table",
    "contributions": "what each size class adds to growth; rows are years of one place, or places",
    "shift-share": "why the SME share moved: within sectors, or by their weights",
    "convergence": "growth of each country against where it started, from --since to --year",
    "claim": "a printed number against the data",
    "definition-map": "the definitions near a claim, and which give its number",
}
FILES = ("svg", "pdf", "png", "csv", "txt")


class _Charts(click.Command):
    """A command whose help lists the charts."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List charts with what they show."""
        with formatter.section("Charts"):
            formatter.write_dl([*CHARTS.items(), ("…", "others that sme-stats plugins lists")])


@click.command(cls=_Charts)
@click.argument("chart")
@click.option("--size", default="", help="Class, range or name; by default SME.")
@click.option("--measure", default="", help="By default persons_employed, or the chart's own.")
@click.option("--indicator", default="size-share", show_default=True,
              help="For ranking, tile-map, trend, small-multiples, slope.")  # fmt: skip
@more_options
@click.option("--since", type=int, default=0, help="Year that a change is counted from.")
@click.option("--base", type=int, default=0, help="Base year of an index.")
@click.option("--age", default="", help="Age of survival, Y1 to Y5.")
@click.option("--across-breaks", is_flag=True, help="Draw changes across breaks too, flagged b.")
@click.option("--dataset", default="", help="Table; by default the indicator's own.")
@click.option("--claim", "claim_file", type=click.Path(), help="Claims file, for its charts.")
@click.option("--id", "claim_id", help="Which claim of the file.")
@click.option("--no-partial", is_flag=True, help="Leave the partial aggregate out.")
@click.option("--lang", type=click.Choice(("en", "fr", "de")), default="en", show_default=True)
@click.option("--order", type=click.Choice(("value", "protocol")), default="value",
              show_default=True, help="Countries by value, or in protocol order.")  # fmt: skip
@click.option("--labels", type=click.Choice(("names", "codes")), default="names",
              show_default=True, help="Countries by name or by code.")  # fmt: skip
@click.option("--title", help="Instead of the finding that the data give.")
@click.option("--width", type=float, help="Inches.")
@click.option("--out", default="", help="Where to write, without suffix; default figures/CHART.")
@click.option("--files", default=",".join(FILES), show_default=True, help="Which files to write.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
@filters
@source_option
@vintage_option
def plot(chart: str, size: str, measure: str, indicator: str, options: tuple[str, ...],
         then: str | None, since: int, base: int, age: str, across_breaks: bool, dataset: str,
         claim_file: str | None, claim_id: str | None, no_partial: bool, lang: str, order: str,
         labels: str, title: str | None, width: float | None, out: str, files: str, form: str,
         geo: tuple[str, ...], year: tuple[str, ...], nace: tuple[str, ...], source: str,
         vintage: str | None) -> None:  # fmt: skip
    """Draw a chart: SVG, PDF, PNG, its data as CSV and its alt text.

    \b
    Examples:
      sme-stats plot ranking --measure persons_employed --year 2023 --out figures/sme-share
      sme-stats plot trend --geo DE,IT
      sme-stats plot trend --indicator index --measure enterprises --geo DE,IT --base 2021
      sme-stats plot ranking --indicator growth-rate --year 2023 --since 2021
      sme-stats plot ranking --year 2023 --then distance -o reference=DE
      sme-stats plot ranking --measure turnover --year 2023 --then peers -o geo=SK
      sme-stats plot tile-map --indicator birth-rate --year 2023 --lang de
      sme-stats plot slope --year 2021,2024 --labels codes
      sme-stats plot productivity-gap --dataset istat_sbs --nace C
      sme-stats plot revisions --size large --year 2023 --files svg,csv
      sme-stats plot claim --claim data/claims/press-2023.toml --id large
      sme-stats plot definition-map --claim data/claims/press-2023.toml --id employment-share
    """
    from sme_stats.plotting.recipes import Question, draw

    asked = chosen(geo, year, nace)
    question = Question(
        geo=tuple(asked["geo"] or ()), year=tuple(asked["year"] or ()),
        nace=tuple(asked["nace"] or ()), measure=measure, size=size, indicator=indicator,
        dataset=dataset, claim=claim_file or "", claim_id=claim_id or "",
        add_partial=not no_partial, source=source, vintage=vintage or "", since=since, base=base,
        age=age, across_breaks="flag" if across_breaks else "", then=then or "",
        option=pairs(options),
    )  # fmt: skip
    drawing: dict[str, Any] = {"lang": lang}
    # A plugin's chart need not know the options that are left as they are.
    given = {"order": order, "labels": labels, "width": width, "title": title}
    drawing |= {k: v for k, v in given.items() if v not in (None, "value", "names")}
    drawn = draw(chart, question, **drawing)
    wanted = [name.strip() for name in files.split(",")]
    written = [str(path) for path in drawn.save(out or f"figures/{chart}", wanted)]
    if form == "json":
        click.echo(to_json({"title": drawn.title, "alt": drawn.alt, "written": written}))
        return
    click.echo(drawn.title)
    for path in written:
        click.echo(f"  {path}")
