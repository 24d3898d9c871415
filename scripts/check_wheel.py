"""Build the wheel, install it into an empty environment outside the checkout, use it there."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Exit 0 when the installed wheel checks the press statements and writes the report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", name, ROOT])
        wheel = next(folder.glob("*.whl"))
        # The dependencies are those of this environment, so that only the wheel itself is tried.
        venv.create(folder / "env", with_pip=True, system_site_packages=False)
        python = folder / "env" / "bin" / "python"
        _run([python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel])
        site = next((folder / "env" / "lib").glob("python*/site-packages"))
        (site / "dependencies.pth").write_text(f"{_site_packages()}\n", encoding="utf-8")
        where = _run([python, "-c", "import sme_stats; print(sme_stats.__file__)"], folder).strip()
        if not where.startswith(str(folder.resolve())) and not where.startswith(name):
            print(f"error: the wheel was not used, but {where}")
            return 1
        claims = "from sme_stats.places import data_dir; print(data_dir() / 'claims')"
        path = _run([python, "-c", claims], folder).strip()
        _run([python, "-m", "sme_stats", "check", path], folder)
        _run([python, "-m", "sme_stats", "report", "--out", folder / "report.html"], folder)
        print(f"{wheel.name}: installed outside the checkout, checks and reports")
    return 0


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
