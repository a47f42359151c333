"""What is in the image, as CycloneDX 1.6 (ECMA-424): `sbom.py DEBIAN_LIST... -- VENV > sbom.json`.

DEBIAN_LIST: lines of "package version architecture", as `dpkg-query -W` writes them. Of the environment a package is
listed when any of its files is still there: slim-packages.sh leaves of some only their names. Needs nothing but Python;
the same folders give the same bytes.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from urllib.parse import quote

Component = dict[str, object]


def main(arguments: Sequence[str]) -> None:
    """Writes the list to standard output."""
    lists, venv = arguments[: arguments.index("--")], Path(arguments[-1])
    found = [python(), *of_environment(venv), *(one for path in lists for one in of_debian(Path(path)))]
    components = {str(component["bom-ref"]): component for component in found}  # packages in two lists once
    bom = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "container", "bom-ref": "genrescope", "name": "genrescope"}},
        "components": [components[ref] for ref in sorted(components)],
    }
    json.dump(bom, sys.stdout, indent=1, ensure_ascii=False)
    print()


def python() -> Component:
    """The interpreter, which the official image brings as no package."""
    version = platform.python_version()
    return component("python", version, f"pkg:generic/python@{version}", licence="PSF-2.0", kind="platform")


def of_environment(venv: Path) -> Iterator[Component]:
    """The Python packages that are there."""
    (packages,) = venv.glob("lib/python3*/site-packages")
    for distribution in distributions(path=[str(packages)]):
        if is_there(distribution):
            name, version = distribution.name.lower().replace("_", "-"), distribution.version
            yield component(name, version, f"pkg:pypi/{name}@{quote(version)}", licence=licence_of(distribution))


def is_there(distribution: Distribution) -> bool:
    """Whether it is more than its own description."""
    files = distribution.files or []
    return any(file.suffix in (".py", ".so") and Path(str(file.locate())).exists() for file in files)


def licence_of(distribution: Distribution) -> str:
    """As its author writes it; "" where that is not short, such as the licence's whole text."""
    metadata = distribution.metadata
    classified = [value.rpartition(" :: ")[2] for value in metadata.get_all("Classifier", []) if "License ::" in value]
    said = metadata.get("License-Expression") or metadata.get("License") or " OR ".join(classified)
    return said if len(said) < 100 and "\n" not in said else ""


def of_debian(path: Path) -> Iterator[Component]:
    """The packages of a list. Their licences stand in the packages' own copyright files."""
    for line in path.read_text().splitlines():
        name, version, architecture = line.split()
        yield component(name, version, f"pkg:deb/debian/{name}@{quote(version)}?arch={architecture}&distro=bookworm")


def component(name: str, version: str, purl: str, *, licence: str = "", kind: str = "library") -> Component:
    """One thing, in CycloneDX's words."""
    licences = {"licenses": [{"license": {"name": licence}}]} if licence else {}
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl, **licences}


if __name__ == "__main__":
    main(sys.argv[1:])
