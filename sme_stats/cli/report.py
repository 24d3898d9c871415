"""``report``."""

from __future__ import annotations

import click

from sme_stats.cli.output import source_option, to_json
from sme_stats.cli.progress import steps


@click.command()
@click.option("--out", default="output/report.html", show_default=True, type=click.Path())
@click.option(
    "--claims", multiple=True, type=click.Path(), help="Claims file or folder; repeatable."
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
@source_option
def report(out: str, claims: tuple[str, ...], form: str, source: str) -> None:
    """Write the report page: statements, verdicts, charts, tables, notes, in one file.

    \b
    Example:
      sme-stats report --out output/report.html
    """
    from sme_stats.cli.claims import only_snapshot
    from sme_stats.report.page import write_report

    only_snapshot(source)
    with steps("report") as progress:
        path = write_report(out, claims, progress)
    click.echo(to_json({"written": str(path)}) if form == "json" else f"written: {path}")
