"""``plot``."""

from __future__ import annotations

from typing import Any

import click

from sme_stats.cli.output import chosen, filters, source_option, to_json, vintage_option

CHARTS = (
    "size-structure", "ranking", "trend", "one-person", "births-deaths", "claim", "definition-map",
)  # fmt: skip


@click.command()
@click.argument("chart")
@click.option("--size", default="SME", show_default=True)
@click.option("--measure", default="persons_employed", show_default=True)
@click.option("--indicator", default="size-share", show_default=True, help="For ranking, trend.")
@click.option("--dataset", default="", help="Table; by default the indicator's own.")
@click.option("--claim", "claim_file", type=click.Path(), help="Claims file, for its charts.")
@click.option("--id", "claim_id", help="Which claim of the file.")
@click.option("--no-partial", is_flag=True, help="Leave the partial aggregate out.")
@click.option("--lang", type=click.Choice(("en", "fr", "de")), default="en", show_default=True)
@click.option("--width", type=float, help="Inches.")
@click.option("--out", default="", help="Where to write, without suffix; default figures/CHART.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
@filters
@source_option
@vintage_option
def plot(chart: str, size: str, measure: str, indicator: str, dataset: str, claim_file: str | None,
         claim_id: str | None, no_partial: bool, lang: str, width: float | None, out: str,
         form: str, geo: tuple[str, ...], year: tuple[str, ...], nace: tuple[str, ...],
         source: str, vintage: str | None) -> None:  # fmt: skip
    """Draw a chart: SVG, PNG, its data as CSV and its alt text.

    \b
    Charts: size-structure, ranking, trend, one-person, births-deaths, claim, definition-map, and
    those that other packages add (sme-stats plugins).
    \b
    Examples:
      sme-stats plot ranking --measure persons_employed --year 2023 --out figures/sme-share
      sme-stats plot trend --geo DE,IT
      sme-stats plot ranking --indicator birth-rate --year 2023
      sme-stats plot claim --claim data/claims/press-2023.toml --id large
      sme-stats plot definition-map --claim data/claims/press-2023.toml --id employment-share
    """
    options: dict[str, Any] = {"lang": lang} | ({"width": width} if width else {})
    if chart.replace("_", "-") in ("claim", "definition-map"):
        drawn = _claim(chart, claim_file, claim_id, options)
    else:
        from sme_stats.plotting.recipes import Question, draw

        if nace:
            raise click.UsageError("charts are of a table's whole population so far: drop --nace")
        asked = chosen(geo, year, nace)
        question = Question(
            geo=tuple(asked["geo"] or ()), year=tuple(asked["year"] or ()), measure=measure,
            size=size, indicator=indicator, dataset=dataset, add_partial=not no_partial,
            source=source, vintage=vintage or "",
        )  # fmt: skip
        drawn = draw(chart, question, **options)
    written = [str(path) for path in drawn.save(out or f"figures/{chart}")]
    if form == "json":
        click.echo(to_json({"title": drawn.title, "alt": drawn.alt, "written": written}))
        return
    click.echo(drawn.title)
    for path in written:
        click.echo(f"  {path}")


def _claim(chart: str, file: str | None, claim_id: str | None, options: dict[str, Any]) -> Any:
    from sme_stats.claims.files import read_claims
    from sme_stats.claims.points import map_of
    from sme_stats.claims.space import Space
    from sme_stats.claims.verdicts import check
    from sme_stats.errors import UnknownNameError
    from sme_stats.loading import tables
    from sme_stats.plotting import claim_against_data, definition_map

    if not file:
        raise click.UsageError(f"chart {chart} needs --claim FILE")
    claims = read_claims(file)
    wanted = [c for c in claims if claim_id in (None, c.id)]
    if not wanted:
        raise UnknownNameError(f"claim in {file}", claim_id, [c.id for c in claims])
    space = Space(tables())
    if chart == "claim":
        return claim_against_data(check(wanted[0], space)[0].record(), **options)
    return definition_map(map_of(wanted[0], space), **options)
