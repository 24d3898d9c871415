"""``figures``."""

from __future__ import annotations

import click

from sme_stats.cli.charts import FILES
from sme_stats.cli.output import to_json
from sme_stats.cli.progress import steps


@click.command()
@click.argument("file", type=click.Path())
@click.option("--out", default="figures", show_default=True, type=click.Path())
@click.option("--check", is_flag=True, help="Only say which committed figures are stale; exit 1.")
@click.option("--files", default=",".join(FILES), show_default=True, help="Which files to write.")
@click.option("--workers", type=int, help="Processes; by default one a core.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
def figures(file: str, out: str, check: bool, files: str, workers: int | None, form: str) -> int:
    """Draw every figure that a document declares, or check that they are fresh.

    \b
    Examples:
      sme-stats figures figures.toml --out figures
      sme-stats figures figures.toml --out figures --check
    """
    from sme_stats.plotting.declared import check_figures, draw_figures, read_figures

    declared = read_figures(file)
    with steps("figures") as progress:
        if check:
            said = check_figures(declared, out, workers, progress)
        else:
            wanted = [name.strip() for name in files.split(",")]
            said = [str(p) for p in draw_figures(declared, out, workers, wanted, progress)]
    if form == "json":
        click.echo(to_json({"figures": len(declared), "stale" if check else "written": said}))
    else:
        for line in said:
            click.echo(line)
        left = f"{len(said)} stale" if check else f"{len(said)} files"
        click.echo(f"{len(declared)} figures, {left}")
    return 1 if check and said else 0
