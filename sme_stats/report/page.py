"""Write the report: content into the template, the template into one file."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from markupsafe import Markup

from sme_stats import __version__
from sme_stats.claims.files import read_claims
from sme_stats.claims.space import embedded
from sme_stats.errors import InputError
from sme_stats.places import data_dir
from sme_stats.plotting.workers import Progress, say_nothing
from sme_stats.report.texts import text as text_of


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
    content = build(statements, embedded(), progress or say_nothing)
    return write_whole(Path(out), render("statements.html", content))


def render(name: str, content: Mapping[str, object], lang: str = "en") -> str:
    """Fill a template; every text is escaped, and the template can reach nothing else.

    The page's policy lets only its own style and its own script through, known by their hashes.
    """
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    folder = Path(__file__).parent / "templates"
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["web"] = lambda url: str(url).lower().startswith(("https://", "http://"))
    environment.filters["code"] = _code
    assets: dict[str, object] = {}
    for kind, file in (("style", "page.css"), ("script", "page.js")):
        text = (folder / file).read_text(encoding="utf-8")
        # Ours, and the only text of a page that is not escaped.
        assets |= {kind: Markup(text), f"{kind}_hash": _hash(text)}  # noqa: S704
    shared = {"version": __version__, "lang": lang, "t": partial(text_of, lang), **assets}
    return environment.get_template(name).render(**(shared | dict(content)))


def _code(text: str) -> Markup:
    """Text with what stands between backticks as code, all of it escaped."""
    shown = [Markup("{}"), Markup("<code>{}</code>")]
    return Markup("").join(shown[n % 2].format(part) for n, part in enumerate(text.split("`")))


def _hash(text: str) -> str:
    """Source of a content security policy that lets one text through."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def make_folder(folder: Path) -> None:
    """Make the folder of a page, before the work for it where that is long."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write to {folder}: {error.strerror or error}") from None


def write_whole(path: Path, text: str) -> Path:
    """Write a file whole or not at all."""
    make_folder(path.parent)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from None
    return path
