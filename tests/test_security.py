"""What SECURITY.md promises of the package's own code, and the lock file of development."""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")

#: Calls that run text as code, unpickle, or open a shell.
BUILT_IN = {"eval", "exec", "compile", "__import__"}
CALLS = {
    *((name,) for name in BUILT_IN), ("read_pickle",), ("to_pickle",), ("os", "system"),
    ("os", "popen"), ("Environment",),  # Jinja's own, without the sandbox
}  # fmt: skip
KEYWORDS = {("shell", True), ("verify", False), ("allow_pickle", True)}
MODULES = {
    "pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "xml.sax", "xml.dom",
    "lxml", "telnetlib", "ftplib", "urllib.request", "http.client", "xmlrpc",
}  # fmt: skip
#: ElementTree expands entities; each module that has it is named with what keeps it harmless.
ELEMENT_TREE = {
    "sources/answers.py": "refuses a document type before it parses",
    "claims/outputs.py": "writes only",
}


def wrongs(text: str, name: str = "x.py") -> list[str]:
    """Every use of what is forbidden, with its line."""
    found = []
    for node in ast.walk(ast.parse(text)):
        said = _called(node) if isinstance(node, ast.Call) else []
        said += [f"imports {module}" for module in _imported(node) if _is_forbidden(module, name)]
        found += [f"{name}:{getattr(node, 'lineno', 0)} {what}" for what in said]
    return found


def _called(node: ast.Call) -> list[str]:
    parts = ast.unparse(node.func).split(".")
    found = [f"calls {parts[-1]}" for words in CALLS if parts[-len(words) :] == list(words)]
    if len(parts) > 1 and parts[-1] == "compile":
        found = []  # re.compile
    keywords = {(word.arg, getattr(word.value, "value", None)) for word in node.keywords}
    return found + [f"says {word}={value}" for word, value in keywords & KEYWORDS]


def _is_forbidden(module: str, name: str) -> bool:
    if module.startswith("xml.etree"):
        return name not in ELEMENT_TREE
    return any(module == m or module.startswith(f"{m}.") for m in MODULES)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def test_the_package_runs_no_text_as_code_and_unpickles_nothing():
    files = sorted((ROOT / "sme_stats").rglob("*.py"))
    assert len(files) > 100
    found = []
    for file in files:
        name = file.relative_to(ROOT / "sme_stats").as_posix()
        found += wrongs(file.read_text(encoding="utf-8"), name)
    assert found == []


@pytest.mark.parametrize(
    "text",
    ["eval('1')", "import pickle", "from yaml import load", "exec(x)", "pd.read_pickle(p)",
     "run(x, shell=True)", "get(url, verify=False)", "from xml.etree import ElementTree",
     "jinja2.Environment()", "np.load(p, allow_pickle=True)", "os.system('ls')",
     "from urllib.request import urlopen"],
)  # fmt: skip
def test_the_search_finds_what_it_looks_for(text):
    assert wrongs(text)


def test_the_linter_looks_too_and_nothing_of_the_package_is_excused():
    lint = PROJECT["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    assert set(lint["ignore"]) & {"S102", "S301", "S307", "S314", "S506", "S602"} == set()
    assert not any("sme_stats" in pattern for pattern in lint["per-file-ignores"])


def test_the_lock_has_every_dependency_of_the_project_with_hashes():
    locked = _locked()
    extras = PROJECT["project"]["optional-dependencies"]
    asked = [*PROJECT["project"]["dependencies"], *(r for rs in extras.values() for r in rs)]
    asked += PROJECT["build-system"]["requires"]
    for requirement in map(Requirement, asked):
        name = requirement.name.lower().replace("_", "-")
        if name == PROJECT["project"]["name"]:
            continue  # one extra that takes in others
        assert name in locked, f"{name} is not locked: make lock"
        for version, _ in locked[name]:
            assert requirement.specifier.contains(version), f"{name} {version}: make lock"
    assert all(hashes for pins in locked.values() for _, hashes in pins)


def test_the_lock_names_no_host():
    assert "://" not in LOCK
    assert not re.search(r"^\s*-(i|-index|-extra|-find|-trusted)", LOCK, re.M)


def _locked() -> dict[str, list[tuple[str, list[str]]]]:
    """Name to (version, hashes); a name stands twice where versions differ by Python."""
    pins: dict[str, list[tuple[str, list[str]]]] = {}
    for entry in re.split(r"\n(?=[a-zA-Z0-9])", LOCK):
        match = re.match(r"([A-Za-z0-9_.-]+)==([^\s;\\]+)", entry)
        if match:
            hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)
            pins.setdefault(match[1].lower().replace("_", "-"), []).append((match[2], hashes))
    return pins


@pytest.mark.parametrize(
    ("answer", "said", "code"),
    [
        ({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, "1 of 1 audited", 0),
        ({"dependencies": [{"name": "a", "skip_reason": "not found"}]}, "0 of 1 audited", 3),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1"}]}]}, "X-1", 1),
    ],
)
def test_an_audit_that_saw_nothing_says_so(answer, said, code, capsys):
    spec = importlib.util.spec_from_file_location("audit", ROOT / "scripts" / "audit.py")
    audit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(audit)
    assert audit.judge(answer) == code
    assert said in capsys.readouterr().out
