"""Audit the locked dependencies with pip-audit, and never call an audit what saw nothing.

pip-audit itself ends well, with "no known vulnerabilities", when the advisory database knows none
of the packages it was asked for, as on a mirror without advisories.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Exit 0 when all are audited and clean, 1 on a vulnerability, 3 when it could not be seen."""
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", "-r", ROOT / "requirements-dev.lock",
         "--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        print(f"audit: not done: {done.stderr.strip().splitlines()[-1:] or 'no answer'}")
        return 3
    return judge(answer)


def judge(answer: dict[str, Any]) -> int:
    """Say how many were audited and what was found."""
    every = answer["dependencies"]
    seen = [one for one in every if "skip_reason" not in one]
    bad = [f"{o['name']} {o['version']}: {v['id']}" for o in seen for v in o.get("vulns", [])]
    print(f"audit: {len(seen)} of {len(every)} audited, {len(bad)} vulnerabilities", *bad, sep="\n")
    if len(seen) < len(every):
        print("audit: not done: the advisory database does not answer for the others")
    return 1 if bad else 3 if len(seen) < len(every) else 0


if __name__ == "__main__":
    sys.exit(main())
