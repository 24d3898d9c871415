"""Write the report: content into the template, the template into one file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from sme_stats.claims.files import read_claims
from sme_stats.claims.space import Space
from sme_stats.errors import InputError
from sme_stats.loading import tables
from sme_stats.places import data_dir

#: Told of each step: name, how many are done, how many there are.
Progress = Callable[[str, int, int], None]


def write_report(
    out: str | Path = "output/report.html",
    claims: Sequence[str | Path] = (),
    progress: Progress | None = None,
) -> Path:
    """Write the report page.

    Parameters
    ----------
    out : str or pathlib.Path
        File to write; its folder is made. Written whole or not at all.
    claims : sequence of str or pathlib.Path
        Claims files or folders; by default the embedded statements of the 2023 press article.
    progress : callable, optional
        Called before each step with its name, the number done and the number of steps.

    Returns
    -------
    pathlib.Path
        The file written. It asks nothing of any server: styles and charts are inside.

    Raises
    ------
    ClaimError
        If a claims file has a mistake; nothing is written.
    InputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = tempfile.mkdtemp()
    >>> page = write_report(pathlib.Path(folder) / "report.html")  # doctest: +SKIP
    """
    from sme_stats.report.content import build

    statements = read_claims(*(claims or [data_dir() / "claims" / "press-2023.toml"]))
    content = build(statements, Space(tables()), progress or _silent)
    return write_whole(Path(out), render(content))


def render(content: dict[str, object]) -> str:
    """Fill the template; every text is escaped, and the template can reach nothing else."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    return environment.get_template("page.html").render(**content)


def write_whole(path: Path, text: str) -> Path:
    """Write a file whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def _silent(step: str, done: int, total: int) -> None:
    """Say nothing."""
