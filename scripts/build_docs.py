"""Build the documentation into output/docs without network; every warning is an error.

``python scripts/build_docs.py [OUT]``. The pages of docs/, the documents of the project, and what
is generated from the code (indicators, datasets, breaks, functions) are put together in a
temporary folder; then links, anchors and assets of what was built are checked.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from docs_reference import reference

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("GLOSSARY", "ARCHITECTURE", "CONTRIBUTING", "SECURITY", "RELEASING", "CHANGELOG")
_ASSETS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href",
           "video": "src", "audio": "src", "object": "data", "embed": "src"}  # fmt: skip
#: Elements of `link` that only name another page.
_NO_ASSET = {
    "canonical",
    "prev",
    "next",
    "search",
    "index",
    "author",
    "copyright",
    "help",
    "genindex",
}
_ELSEWHERE = re.compile(r"^(?:[a-z]+:)?//", re.I)


def main(out: Path | None = None) -> int:
    """Build, check, and say what is wrong."""
    out = out or ROOT / "output" / "docs"
    with tempfile.TemporaryDirectory() as folder:
        source = assemble(Path(folder) / "source")
        shutil.rmtree(out, ignore_errors=True)
        said = build(source, out, Path(folder) / "doctrees")
    wrong = [*said, *check(out)]
    pages = len(list(out.rglob("*.html")))
    print("\n".join(wrong) or f"{pages} pages in {out}, no dead link, nothing from elsewhere")
    return 1 if wrong else 0


def assemble(source: Path) -> Path:
    """Put pages, documents and what is generated into one folder."""
    shutil.copytree(ROOT / "docs", source)
    for name in DOCUMENTS:
        shutil.copy(ROOT / f"{name}.md", source)
    for name, text in reference().items():
        page = source / name
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8")
    return source


def build(source: Path, out: Path, doctrees: Path) -> list[str]:
    """Run Sphinx; give its warnings, which there should be none of."""
    from sphinx.application import Sphinx

    said, warned = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said):
        app = Sphinx(
            str(source), str(source), str(out), str(doctrees), "html",
            confoverrides={"exclude_patterns": ["generated"]}, status=said, warning=warned,
        )  # fmt: skip
        app.build()
    shutil.rmtree(out / ".doctrees", ignore_errors=True)
    return [line.replace(str(source), "docs") for line in warned.getvalue().splitlines() if line]


class _Page(HTMLParser):
    """Identifiers, links and assets of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.assets: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Sort what an element refers to."""
        given = {k: v or "" for k, v in attrs}
        self.ids |= {given[k] for k in ("id", "name") if k in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        named = set(given.get("rel", "").split()) & _NO_ASSET
        if tag in _ASSETS and _ASSETS[tag] in given and not (tag == "link" and named):
            self.assets.append(given[_ASSETS[tag]])
        self.assets += [part.split()[0] for part in given.get("srcset", "").split(",") if part]
        self.assets += re.findall(r"url\(['\"]?([^'\")]+)", given.get("style", ""))


def check(out: Path) -> list[str]:
    """Dead links and anchors, and assets that are missing or lie elsewhere."""
    pages = {p: _Page(p.read_text(encoding="utf-8")) for p in sorted(out.rglob("*.html"))}
    wrong = []
    for path, page in pages.items():
        name = path.relative_to(out)
        wrong += [f"{name}: asset from elsewhere: {a}" for a in page.assets if _ELSEWHERE.match(a)]
        for link in dict.fromkeys([*page.links, *page.assets]):
            if problem := _dead(link, path, pages):
                wrong.append(f"{name}: {problem}")
    for style in sorted(out.rglob("*.css")):
        text = style.read_text(encoding="utf-8")
        asked = re.findall(r"url\(\s*['\"]?([^'\")\s]+)|@import\s+['\"]([^'\"]+)", text)
        wrong += [f"{style.relative_to(out)}: asset from elsewhere: {a or b}"
                  for a, b in asked if _ELSEWHERE.match(a or b)]  # fmt: skip
    return wrong


def _dead(link: str, path: Path, pages: dict[Path, _Page]) -> str:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
        return ""
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return f"dead link {link}"
    anchor = unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].ids:
        return f"dead anchor {link}"
    return ""


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
