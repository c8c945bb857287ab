"""Print pip constraints that pin every direct dependency to the oldest version that pyproject.toml allows here.

    python tests/lowest.py > lowest.txt && pip install -c lowest.txt ".[lab,search,keras,test]"

What pyproject.toml promises is tried that way by .ci/run; PyTorch is left out, whose old builds bring other CUDAs.
"""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement

LEFT_OUT = {"torch", "nnteach"}
PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def constraints(text: str) -> list[str]:
    """The constraints, one a package; `text` is that of pyproject.toml."""
    project = tomllib.loads(text)["project"]
    lines = [*project["dependencies"], *(line for lines in project["optional-dependencies"].values() for line in lines)]
    found = {}
    for wanted in map(Requirement, lines):
        bound = next((each.version for each in wanted.specifier if each.operator == ">="), None)
        if wanted.name not in LEFT_OUT and (wanted.marker is None or wanted.marker.evaluate()):
            found.setdefault(wanted.name, bound)
            other = found[wanted.name]
            assert other == bound, f"{wanted.name} has two lower bounds: {other} and {bound}"
    return [f"{name}=={bound}" for name, bound in sorted(found.items()) if bound]


if __name__ == "__main__":
    print("\n".join(constraints(PYPROJECT.read_text(encoding="utf-8"))))
