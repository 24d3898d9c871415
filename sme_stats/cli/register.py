"""``tabulate`` and ``generate``."""

from __future__ import annotations

from pathlib import Path

import click
import pandas as pd

from sme_stats.cli.output import format_option, print_frame
from sme_stats.cli.progress import steps

TABLES = ("sbs", "bd", "hg", "all")


@click.command()
@click.argument("path", type=click.Path())
@click.option("--engine", default="duckdb", show_default=True,
              help="duckdb, polars, pandas, dask or spark.")  # fmt: skip
@click.option("--scheduler", default="", help="Address of a Dask scheduler, or Spark master.")
@click.option("--table", type=click.Choice(TABLES), default="all", show_default=True)
@click.option("--column", "columns", multiple=True, help="Name here=name there: firm_id=siren.")
@click.option("--problems", default="refuse", show_default=True,
              help="refuse, or leave-out enterprises whose records break the schema.")  # fmt: skip
@click.option("--round-headcounts", is_flag=True, help="Round persons and employees, halves up.")
@click.option("--whole", is_flag=True, help="The register holds its countries' whole population.")
@click.option("--vintage", default="", help="Vintage of the cells.")
@click.option("--memory", default="3GB", show_default=True, help="What DuckDB may use.")
@click.option("--protect", is_flag=True, help="Withhold what would disclose an enterprise.")
@click.option("--fewest", default=3, show_default=True, help="… cells of fewer enterprises.")
@click.option("--dominance", default=85.0, show_default=True,
              help="… of which the largest has more than this, in percent.")  # fmt: skip
@click.option("--percent", default=10.0, show_default=True,
              help="… that let the largest be known within this, in percent.")  # fmt: skip
@click.option("--out", type=click.Path(), help="Write a .csv or .parquet file instead.")
@format_option
def tabulate(path: str, engine: str, scheduler: str, table: str, columns: tuple[str, ...],
             problems: str, round_headcounts: bool, whole: bool, vintage: str, memory: str,
             protect: bool, fewest: int, dominance: float, percent: float, out: str | None,
             form: str) -> None:  # fmt: skip
    """Make the tables that Eurostat publishes from a register of firm-level records.

    PATH is a Parquet or CSV file, or a folder of either; one row an enterprise and year.

    \b
    Examples:
      sme-stats tabulate register/ --table sbs --format csv
      sme-stats tabulate register/ --protect --percent 15 --out cells.parquet
      sme-stats tabulate register/ --engine dask --scheduler tcp://127.0.0.1:8786
    """
    from sme_stats import register

    if out and Path(out).suffix not in (".csv", ".parquet"):
        raise click.UsageError(f"--out {out}: the name ends in .csv or .parquet")
    tables = register.tabulate(
        path, engine, scheduler, _columns(columns), problems, round_headcounts, whole, vintage,
        memory, register.Protection(fewest, dominance, percent) if protect else None,
    )  # fmt: skip
    frame = tables.frame() if table == "all" else getattr(tables, table)
    for problem in tables.problems:
        click.echo(f"left out: {problem}", err=True)
    if out:
        _write(frame, Path(out))
        click.echo(f"{tables.summary()} {len(frame):,} cells in {out}")
        return
    print_frame(frame, form, tables.summary())


def _columns(pairs: tuple[str, ...]) -> dict[str, str]:
    given = dict(pair.partition("=")[::2] for pair in pairs)
    if not all(ours and theirs for ours, theirs in given.items()):
        raise click.UsageError("--column: write name here=name there, such as firm_id=siren")
    return given


def _write(frame: pd.DataFrame, path: Path) -> None:
    beside = path.with_name(f".{path.name}.part")
    try:
        if path.suffix == ".csv":
            frame.to_csv(beside, index=False)
        else:
            frame.to_parquet(beside, index=False)
        beside.replace(path)
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror}") from None


@click.command()
@click.argument("path", type=click.Path())
@click.option("--firm-years", type=int, default=1_000_000, show_default=True, help="Rows, about.")
@click.option("--years", default="2012-2023", show_default=True)
@click.option("--geo", multiple=True, help="Country, comma or repeated; by default all there are.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--like", type=int, default=2023, show_default=True, help="Year of the cells.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
def generate(
    path: str, firm_years: int, years: str, geo: tuple[str, ...], seed: int, like: int, form: str
) -> None:
    """Write a synthetic register: sizes, births and deaths as published, the rest made up.

    \b
    Examples:
      sme-stats generate register --firm-years 100000 --geo DE,FR --seed 7
      sme-stats tabulate register --table sbs
    """
    from sme_stats import register
    from sme_stats.cli.output import chosen, to_json

    wanted = chosen(geo, (years,), ())
    span = wanted["year"]
    with steps("register") as progress:
        made = register.generate(
            path, firm_years, (span[0], span[-1]), wanted["geo"], seed, like, progress
        )
    if form == "json":
        fields = ("rows", "enterprises", "files", "geo", "label")
        click.echo(to_json({"path": str(made.path), **{f: getattr(made, f) for f in fields}}))
        return
    click.echo(
        f"{made.path}: {made.rows:,} firm-years of {made.enterprises:,} enterprises in "
        f"{made.files} files; {made.label}"
    )
