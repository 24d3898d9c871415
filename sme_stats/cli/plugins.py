"""``plugins``."""

from __future__ import annotations

import click
import pandas as pd

from sme_stats.cli.output import format_option, print_frame


@click.command()
@format_option
def plugins(form: str) -> None:
    """List the datasets, indicators and charts that other installed packages add.

    Each is imported to see whether it works: a plugin is code that runs with your rights.

    \b
    Example:
      sme-stats plugins
    """
    from sme_stats.catalogue import entries
    from sme_stats.indicators.registry import INDICATORS
    from sme_stats.plotting.added import CHARTS

    states = [*entries().states(), *INDICATORS.states(), *CHARTS.states()]
    if not states and form == "text":
        click.echo("no installed package adds anything")
        return
    print_frame(
        pd.DataFrame(
            [
                {"adds": p.group.rpartition(".")[2].removesuffix("s"), "name": p.name,
                 "package": p.package, "version": p.version, "problem": problem}
                for p, problem in states
            ],
            columns=["adds", "name", "package", "version", "problem"],
        ),
        form,
    )  # fmt: skip
