"""``report``."""

from __future__ import annotations

from pathlib import Path

import click

from sme_stats.cli.output import source_option, to_json
from sme_stats.cli.progress import Steps, steps


@click.command()
@click.option("--out", type=click.Path(), help="File, or folder with --all; under output/ else.")
@click.option("--geo", help="Write the fact sheet of one country instead.")
@click.option("--all", "everyone", is_flag=True, help="Write all countries, with an index page.")
@click.option("--lang", multiple=True, help="en, fr or de, of fact sheets; repeatable with --all.")
@click.option(
    "--claims", multiple=True, type=click.Path(), help="Claims file or folder; repeatable."
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes; by default one a core.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
@source_option
def report(
    out: str | None, geo: str | None, everyone: bool, lang: tuple[str, ...],
    claims: tuple[str, ...], workers: int | None, form: str, source: str,
) -> None:  # fmt: skip
    """Write a page: statements with verdicts, or fact sheets of countries. One file each.

    A page asks nothing of any server and works without JavaScript.

    \b
    Examples:
      sme-stats report --out output/report.html
      sme-stats report --geo DE --lang de
      sme-stats report --all --lang en --lang fr --lang de --out output/countries
    """
    from sme_stats.cli.claims import only_snapshot

    only_snapshot(source)
    langs = tuple(code for one in lang for code in one.split(","))
    _check(geo, everyone, langs)
    with steps("report") as progress:
        paths = _written(out, geo, everyone, langs, claims, workers, progress)
    if form == "json":
        click.echo(to_json({"written": str(paths[0]) if not everyone else [*map(str, paths)]}))
    elif everyone:
        click.echo(f"written: {len(paths)} pages; start at {paths[0]}")
    else:
        click.echo(f"written: {paths[0]}")


def _check(geo: str | None, everyone: bool, langs: tuple[str, ...]) -> None:
    if geo and everyone:
        raise click.UsageError("--geo and --all: give one of them")
    if langs and not geo and not everyone:
        raise click.UsageError(
            "--lang is of fact sheets, --geo or --all; the page of statements is in English"
        )
    if geo and len(langs) > 1:
        raise click.UsageError("--geo writes one page, so give one --lang, or write --all")


def _written(
    out: str | None, geo: str | None, everyone: bool, langs: tuple[str, ...],
    claims: tuple[str, ...], workers: int | None, progress: Steps,
) -> list[Path]:  # fmt: skip
    from sme_stats.report import page, sheets

    if everyone:
        langs = langs or ("en",)
        folder = out or "output/countries"
        return sheets.write_sheets(folder, langs, claims, workers=workers, progress=progress)
    if geo:
        return [sheets.write_sheet(geo, out, langs[0] if langs else "en", claims)]
    return [page.write_report(out or "output/report.html", claims, progress)]
