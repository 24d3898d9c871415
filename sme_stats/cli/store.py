"""``fetch``, ``vintages``, ``diff`` and ``lock``: the local store."""

from __future__ import annotations

import click
import pandas as pd

from sme_stats.cli.output import format_option, print_frame
from sme_stats.sources import keeping


@click.command()
@click.argument("datasets", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every dataflow of the catalogue.")
@format_option
def fetch(datasets: tuple[str, ...], everything: bool, form: str) -> None:
    """Download whole tables from Eurostat into the local store.

    A table that is there in its newest vintage is not downloaded again; one that changes on the
    way or arrives short is not kept.

    \b
    Examples:
      sme-stats fetch sbs_sc_ovw bd_size
      sme-stats fetch --all
    """
    if not datasets and not everything:
        raise click.UsageError("name a dataset, for example `sme-stats fetch sbs_sc_ovw`, or --all")
    print_frame(keeping.fetch(*datasets, everything=everything), form)


@click.command()
@click.argument("dataset", required=False, default="")
@format_option
def vintages(dataset: str, form: str) -> None:
    """List the vintages at hand, those of the embedded snapshot included.

    \b
    Examples:
      sme-stats vintages
      sme-stats vintages sbs_sc_ovw --format json
    """
    print_frame(keeping.vintages(dataset), form)


@click.command()
@click.argument("dataset")
@click.argument("before", required=False)
@click.argument("after", required=False)
@click.option(
    "--most", type=click.IntRange(1), default=50, show_default=True, help="Cells in text."
)
@format_option
def diff(dataset: str, before: str | None, after: str | None, most: int, form: str) -> None:
    """Compare two stored vintages of a table, the largest change first; by default the last two.

    \b
    Examples:
      sme-stats diff sbs_sc_ovw
      sme-stats diff sbs_sc_ovw 2025-10-13 2026-03-10 --format csv
    """
    found = keeping.diff(dataset, before, after)
    shown = found.head(most) if form in ("text", "markdown") else found
    if form == "text":
        counts = found["kind"].value_counts()
        click.echo(", ".join(f"{n} {kind}" for kind, n in counts.items()) or "no difference")
    if len(shown) or form != "text":
        print_frame(shown, form)


@click.command()
@click.argument("datasets", nargs=-1)
@click.option("--file", "path", default="sme-stats.lock", show_default=True, help="The lock file.")
@click.option("--check", is_flag=True, help="Check the store against the file instead.")
@format_option
def lock(datasets: tuple[str, ...], path: str, check: bool, form: str) -> None:
    """Write which stored vintages an analysis rests on, with the sha256 of their cells.

    \b
    Examples:
      sme-stats lock sbs_sc_ovw bd_size@2026-01-20
      sme-stats lock --check
    """
    pins = keeping.lock(path, *datasets, check=check)
    print_frame(pd.DataFrame([vars(pin) for pin in pins]), form)
