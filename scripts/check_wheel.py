"""Build the sdist and from it the wheel, install that outside the checkout, and use it there.

With ``--dependencies`` pip fetches the dependencies too, as for a stranger, and the sdist is
installed as well; by default they are those of this environment, so that only what is built here is
tried and no network is needed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What an installed package must bring along besides its code.
NEEDED = ("sme_stats/py.typed", "sme_stats/_data/claims/press-2023.toml", "LICENSE")


def main() -> int:
    """Exit 0 when what was built, installed, checks the press statements and writes the report."""
    fetch = "--dependencies" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        # Without a choice, `build` makes the wheel from the sdist, so that it tries both.
        _run([sys.executable, "-m", "build", "--no-isolation", "--outdir", name, ROOT])
        found = [next(Path(name).glob(end)) for end in ("*.whl", *["*.tar.gz"] * fetch)]
        with ThreadPoolExecutor() as pool:
            for said in pool.map(lambda built: _check(built, Path(name), fetch), found):
                print(said)
    return 0


def _check(built: Path, room: Path, fetch: bool) -> str:
    folder = room / f"of-{built.suffix[1:]}"
    if built.suffix == ".whl":
        names = zipfile.ZipFile(built).namelist()
        missing = [n for n in NEEDED if not any(name.endswith(n) for name in names)]
        if missing:
            sys.exit(f"error: {built.name} lacks {', '.join(missing)}")
    python = _environment(folder, built, fetch)
    where = _run([python, "-c", "import sme_stats; print(sme_stats.__file__)"], folder).strip()
    if not Path(where).resolve().is_relative_to(folder.resolve()):
        sys.exit(f"error: {built.name} was not used, but {where}")
    claims = "from sme_stats.places import data_dir; print(data_dir() / 'claims')"
    path = _run([python, "-c", claims], folder).strip()
    _run([python, "-m", "sme_stats", "check", path], folder)
    command = python.with_name("sme-stats")
    _run([command, "report", "--out", folder / "report.html"], folder)
    page = (folder / "report.html").read_text(encoding="utf-8")
    if "</html>" not in page or page.count("<img") < 3:
        sys.exit(f"error: the report of {built.name} is not whole")
    return f"{built.name}: installed outside the checkout, checks and reports"


def _environment(folder: Path, built: Path, fetch: bool) -> Path:
    """An environment with what was built in it; its Python."""
    venv.create(folder / "env", with_pip=False, system_site_packages=False)
    python = folder / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
    if fetch:
        _run([*pip, built])
        return python
    site = next((folder / "env" / "lib").glob("python*/site-packages"))
    (site / "dependencies.pth").write_text(f"{_site_packages()}\n", encoding="utf-8")
    _run([*pip, "--no-deps", "--no-index", "--force-reinstall", built])
    return python


def _site_packages() -> str:
    return next(p for p in sys.path if p.endswith("site-packages"))


def _run(command: list[object], cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"error: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
