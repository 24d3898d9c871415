"""Build ``data/snapshot`` from source CSVs.

Usage::

    python scripts/build_snapshot.py SOURCE_DIR [--out data/snapshot]

``SOURCE_DIR`` holds one CSV a dataflow (``sbs_sc_ovw.csv`` …) with the columns dataset, indicator,
nace_r2, size, age, geo, year, value, flag, conf, source, codes as Eurostat's, and ``releases.csv``
of the same shape for figures printed in releases. Written are:

* ``<dataflow>.csv`` in Eurostat's SDMX-CSV 1.0 layout, so the parser of live answers reads it.
  ``LAST UPDATE`` is filled only where the source states the table's last update.
* ``releases.csv``: rounded figures with unit, last printed digit and the release they come from.
* ``manifest.toml``: vintage, coverage in words, row count, sha256, licence, attribution.

A cell that stands twice, or twice with different values, stops the build; nothing is written then.
Nothing is imputed, repaired or reordered by value: known inconsistencies of the source stay.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE_COLUMNS = (
    "dataset", "indicator", "nace_r2", "size", "age", "geo", "year", "value", "flag", "conf",
    "source",
)  # fmt: skip
RELEASE_COLUMNS = (
    "dataset", "indicator", "measure", "statistic", "unit", "nace_r2", "size", "geo", "year",
    "value", "half_digit", "flag", "release",
)  # fmt: skip


class BuildError(Exception):
    """The sources cannot become a snapshot."""


def main(argv: list[str] | None = None) -> int:
    """Build everything in memory first, then write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--out", type=Path, default=HERE.parent / "data" / "snapshot")
    args = parser.parse_args(argv)
    about = tomllib.loads((HERE / "snapshot_sources.toml").read_text(encoding="utf-8"))
    try:
        files = build(args.source, about)
    except (BuildError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    args.out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (args.out / name).write_text(text, encoding="utf-8", newline="")
        print(f"{args.out / name}: {text.count(chr(10)) - 1} rows")
    return 0


def build(source: Path, about: dict) -> dict[str, str]:
    """Make the text of every file of the snapshot."""
    files = {}
    for dataset, entry in about["dataflow"].items():
        rows = read_rows(source / f"{dataset}.csv", dataset)
        files[f"{dataset}.csv"] = sdmx_csv(dataset, entry, rows)
    releases = read_rows(source / "releases.csv", None) + about["release_figure"]
    files["releases.csv"] = release_csv(releases, about)
    files["releases.toml"] = release_toml(about)
    files["manifest.toml"] = manifest(files, about)
    return files


def read_rows(path: Path, dataset: str | None) -> list[dict[str, str]]:
    """Read one source CSV; refuse a missing column or another table's row."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [c for c in SOURCE_COLUMNS if c not in (reader.fieldnames or [])]
        if missing:
            raise BuildError(f"{path.name} lacks the column {', '.join(missing)}")
        rows = list(reader)
    for line, row in enumerate(rows, start=2):
        if dataset and row["dataset"] != dataset:
            raise BuildError(f"{path.name} line {line} belongs to {row['dataset']}, not {dataset}")
    return rows


def sdmx_csv(dataset: str, entry: dict, rows: list[dict[str, str]]) -> str:
    """Write one dataflow as SDMX-CSV 1.0, cells sorted by key; refuse doubles and conflicts."""
    dims = entry["dimensions"]
    cells: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line, row in enumerate(rows, start=2):
        key = (*(_code(dim, row) for dim in dims), row["year"])
        rest = (_update(row["source"], entry), row["value"], row["flag"], row["conf"])
        if key in cells:
            kind = "stands twice" if cells[key] == rest else "conflicts with an earlier row"
            raise BuildError(f"{dataset}.csv line {line}: the cell {'.'.join(key)} {kind}")
        if not row["value"] and not row["conf"]:
            raise BuildError(f"{dataset}.csv line {line}: the cell {'.'.join(key)} says nothing")
        cells[key] = rest
    flow = f"ESTAT:{dataset.upper()}(1.0)"
    head = ["DATAFLOW", "LAST UPDATE", *dims, "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS"]
    lines = [",".join(head)]
    for key in sorted(cells):
        update, *rest = cells[key]
        lines.append(",".join([flow, update, *key, *rest]))
    return "\n".join(lines) + "\n"


def _code(dim: str, row: dict[str, str]) -> str:
    if dim == "freq":
        return "A"
    if dim == "age":
        return row["age"] or "TOTAL"
    column = {"indic_sbs": "indicator", "indic_sb": "indicator", "size_emp": "size",
              "sizeclas": "size"}.get(dim, dim)  # fmt: skip
    return row[column]


def _update(source: str, entry: dict) -> str:
    """LAST UPDATE of a row, only where its source states it or dates the extraction."""
    for fragment, update in entry.get("last_update", {}).items():
        if fragment in source:
            return update
    return ""


def release_csv(rows: list[dict[str, str]], about: dict) -> str:
    """Write the rounded figures with their unit, precision and release."""
    names = {entry["source"]: name for name, entry in about["release"].items()}
    seen: dict[tuple[str, ...], str] = {}
    lines = [",".join(RELEASE_COLUMNS)]
    shares = _share_digits(rows)
    for row in rows:
        release = names.get(row["source"])
        if release is None:
            raise BuildError(f"no release is described for the source {row['source']!r}")
        indicator, _, share = row["indicator"].partition(":")
        measure, unit = _variable(indicator, row["dataset"], about)
        printed = about["release"][release].get("printed", "rounded")
        half = shares[row["source"]] if share else half_digit(row["value"], unit, printed)
        dataset, nace = about["rename"].get(row["dataset"], row["dataset"]), row["nace_r2"]
        record = [
            dataset, _quote(indicator), measure, "share" if share else "level",
            "PC" if share else unit, _quote(about["rename"].get(nace, nace)),
            _quote(about["rename"].get(row["size"], row["size"])),
            row["geo"], row["year"], row["value"], half, row["flag"], release,
        ]  # fmt: skip
        key = (*record[:9], release)
        if key in seen:
            kind = "stands twice" if seen[key] == row["value"] else "conflicts with an earlier row"
            raise BuildError(f"releases.csv: the figure {'.'.join(key)} {kind}")
        seen[key] = row["value"]
        lines.append(",".join(record))
    return "\n".join([lines[0], *sorted(lines[1:])]) + "\n"


def half_digit(value: str, unit: str, printed: str = "rounded") -> str:
    """Half of the last printed digit, read off the trailing zeros: the wider where ambiguous.

    A count printed to the last unit is exact: 54219 enterprises are no others. A table printed
    in full means its trailing zeros; one printed to 5 is known to 2.5.
    """
    if printed == "to 5" and unit == "NR":
        return "2.5"
    if printed in ("in full", "to 5") and "." not in value:
        return "0" if unit == "NR" else "0.5"
    whole, _, decimals = value.partition(".")
    if decimals:
        return f"{0.5 * 10 ** -len(decimals):.{len(decimals) + 1}f}"
    zeros = len(whole) - len(whole.rstrip("0"))
    if zeros == 0:
        return "0" if unit == "NR" else "0.5"
    return str(5 * 10 ** (zeros - 1))


def _share_digits(rows: list[dict[str, str]]) -> dict[str, str]:
    """Precision of the shares of each release: it prints all to the same digit."""
    digits: dict[str, int] = {}
    for row in rows:
        if ":SHARE_PC" in row["indicator"]:
            decimals = len(row["value"].partition(".")[2])
            digits[row["source"]] = max(decimals, digits.get(row["source"], 0))
    return {s: f"{0.5 * 10**-d:.{d + 1}f}" if d else "0.5" for s, d in digits.items()}


def _variable(indicator: str, dataset: str, about: dict) -> tuple[str, str]:
    own = about["variable_bd"] if dataset.startswith("bd_") else {}
    try:
        measure, unit = own.get(indicator) or about["variable"][indicator]
    except KeyError:
        raise BuildError(f"no measure and unit are given for the variable {indicator!r}") from None
    return measure, unit


def release_toml(about: dict) -> str:
    """Describe the releases that the figures name."""
    lines = ["# Releases, articles and national tables that releases.csv names.", ""]
    for name, entry in about["release"].items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {_toml(entry[key])}" for key in entry if key != "source"]
        lines.append("")
    return "\n".join(lines)


def manifest(files: dict[str, str], about: dict) -> str:
    """Write what each file is: vintage, coverage, rows, sha256, licence, attribution."""
    lines = ["# Written by scripts/build_snapshot.py; do not edit by hand.", ""]
    for key in ("licence", "licence_url", "attribution"):
        lines.append(f"{key} = {_toml(about[key])}")
    for name in sorted(f for f in files if f.endswith(".csv")):
        dataset = name.removesuffix(".csv")
        entry = about["dataflow"].get(dataset, about["releases"])
        digest = hashlib.sha256(files[name].encode()).hexdigest()
        lines += ["", f"[{dataset}]", f"file = {_toml(name)}"]
        lines += [f"{k} = {_toml(entry[k])}" for k in ("vintage", "vintage_basis", "coverage")]
        lines += [f"not_covered = {_toml(entry['not_covered'])}"]
        lines += [f"rows = {files[name].count(chr(10)) - 1}", f'sha256 = "{digest}"']
        lines += [f"sources = {_toml(entry['sources'])}"]
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    return f'"{text}"' if "," in text else text


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    escaped = re.sub(r'(["\\])', r"\\\1", str(value))
    return f'"{escaped}"'


if __name__ == "__main__":
    sys.exit(main())
