"""The import table: training, server and genrescope -> model; static fetches over HTTP; nothing imports tests."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

import pytest

from tests.support import REPOSITORY

MAY_IMPORT = {
    "model": {"model"},
    "server": {"server", "model"},
    "training": {"training", "model"},
    "genrescope": {"genrescope", "model"},
}
OPTIONAL = {"mutagen"}  # the GPL's: used where the user has it, and never required
OURS = {*MAY_IMPORT, "tests", "static", "tools"}


def imported_modules(source: str, package: str) -> Iterator[str]:
    """Names of all modules that a Python source imports, also inside functions and by importlib."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module, _, 0):
                yield module or ""
            case ast.ImportFrom(module, _, level):
                parent = package.split(".")[: len(package.split(".")) - level + 1]
                yield ".".join([*parent, module or ""])
            case ast.Call(ast.Attribute(attr="import_module"), [ast.Constant(name), *_]):
                yield str(name)
            case ast.Call(ast.Name("import_module" | "__import__"), [ast.Constant(name), *_]):
                yield str(name)


def python_violations(path: PurePosixPath, source: str) -> list[str]:
    """Imports of a file, named by its path in the repository, that the table does not allow."""
    part = path.parts[0]
    package = ".".join(path.parent.parts)
    tops = {name.split(".")[0] for name in imported_modules(source, package)}
    return [f"{path} imports {top}" for top in sorted((tops & OURS) - MAY_IMPORT[part])]


SPECIFIER = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*|\bexport\s*\*\s*from\s*)(["'])(?P<name>[^"'\n]+)\1""")
SVG = r"http://www\.w3\.org/2000/svg"  # a name, no address
ADDRESS = re.compile(rf"""["'`](?!{SVG}["'`])(?:https?:)?//[^"'`\s]+""")


def javascript_violations(path: PurePosixPath, source: str) -> list[str]:
    """Modules of a file that lie outside of static/, and addresses of other origins."""
    code = re.sub(r"/\*.*?\*/|^\s*//.*$", "", source, flags=re.DOTALL | re.MULTILINE)
    found = []
    for specifier in (match["name"] for match in SPECIFIER.finditer(code)):
        if not specifier.startswith(("./", "../")) or not _inside(path.parent / specifier, "static"):
            found.append(f"{path} imports {specifier}")
    return found + [f"{path} names {match.group()}" for match in ADDRESS.finditer(code)]


def _inside(path: PurePosixPath, folder: str) -> bool:
    parts: list[str] = []
    for part in path.parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return parts[:1] == [folder]


def relative(path: Path) -> PurePosixPath:
    return PurePosixPath(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_python_imports_one_way(part: str) -> None:
    sources = sorted((REPOSITORY / part).rglob("*.py"))
    assert sources
    assert [line for path in sources for line in python_violations(relative(path), path.read_text())] == []


def test_page_imports_only_its_own_files() -> None:
    sources = [path for path in sorted((REPOSITORY / "static").rglob("*.*js")) if "vendor" not in path.parts]
    assert sources
    assert [line for path in sources for line in javascript_violations(relative(path), path.read_text())] == []


def test_every_package_that_is_imported_is_required_by_name() -> None:
    """What is only there because another package needs it may be gone tomorrow; what is not listed, today."""
    sources = [path for part in (*MAY_IMPORT, "tests") for path in (REPOSITORY / part).rglob("*.py")]
    tops = {name.split(".")[0] for path in sources for name in imported_modules(path.read_text(), "x.y")}
    providers = packages_distributions()
    unknown = tops - OURS - OPTIONAL - set(sys.stdlib_module_names) - {"x"}
    missing = [top for top in sorted(unknown) if not required().intersection(map(normal, providers.get(top, [top])))]
    assert missing == []
    assert required().isdisjoint(OPTIONAL)


def required() -> set[str]:
    """Names of the packages in the requirements files."""
    lines = [line for path in REPOSITORY.glob("requirements*.txt") for line in path.read_text().splitlines()]
    return {normal(line.split("==")[0]) for line in lines if "==" in line}


def normal(name: str) -> str:
    return name.lower().replace("_", "-")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("server/app.py", "import training"),
        ("server/app.py", "def f():\n    from training.export import export_model"),
        ("server/app.py", "from ..training import prepare"),
        ("server/app.py", "import importlib\nimportlib.import_module('training.split')"),
        ("model/network.py", "from server.settings import Settings"),
        ("model/network.py", "import numpy, training.loop"),
        ("training/train.py", "import server.app as app"),
        ("training/train.py", "from tests.support import make_audio"),
        ("server/app.py", "import tests"),
        ("genrescope/tag.py", "from server.csv_text import csv_line"),
    ],
)
def test_a_violation_in_python_is_found(path: str, source: str) -> None:
    assert len(python_violations(PurePosixPath(path), source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("static/app.js", 'import { x } from "../model/features.js";'),
        ("static/ui/chart.js", 'import "../../server/x.js";'),
        ("static/app.js", 'import * as tf from "@tensorflow/tfjs";'),
        ("static/app.js", "const chart = await import('https.js');"),
        ("static/app.js", 'export * from "/static/x.js";'),
        ("static/app.js", 'fetch("https://example.org/x.json")'),
        ("static/app.js", "fetch(`//example.org/x.json`)"),
    ],
)
def test_a_violation_in_the_page_is_found(path: str, source: str) -> None:
    assert len(javascript_violations(PurePosixPath(path), source)) == 1


def test_what_the_table_allows_is_not_found() -> None:
    server = "from __future__ import annotations\nimport numpy\nfrom model.audio import open_audio\nfrom . import body"
    assert python_violations(PurePosixPath("server/app.py"), server) == []
    page = '// see "https://example.org"\nimport { x } from "../contract.js";\nfetch("model/contract.json");'
    assert javascript_violations(PurePosixPath("static/ui/chart.js"), page) == []
