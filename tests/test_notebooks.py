"""Lessons, solutions and exercises as files: their form, their numbers, and how exercises come about.

That every cell still gives its stored output is nbval's job (`pytest -m notebook`).
"""

import itertools
import json
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
LESSONS, SOLUTIONS, EXERCISES = (
    sorted((ROOT / name).glob("[!h]*.ipynb" if name != "notebooks" else "*.ipynb"))
    for name in ("notebooks", "solutions", "exercises")
)
# What they are made of is tested in test_homework_course.py.
SHEETS = sorted(ROOT.glob("solutions/hw_*.ipynb")) + sorted(ROOT.glob("exercises/hw_*.ipynb"))
ALL = LESSONS + SOLUTIONS + EXERCISES + SHEETS
PARTS = ("Computing derivatives", "Networks", "Training", "Frameworks")
MAKE = ROOT / "solutions" / "make.py"
PLACES = re.compile(r"/(?:home|root|work|tmp|opt|Users)/|[A-Z]:\\\\|ipykernel_\d|0x[0-9a-f]{8,}")


def label(path):
    return f"{path.parent.name}/{path.name}"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell):
    return "".join(cell["source"])


def code_cells(path):
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]


def prose(path):
    return "\n\n".join(source(cell) for cell in read(path)["cells"] if cell["cell_type"] == "markdown")


def outputs(path, kind="text/plain"):
    """The outputs of one kind, by cell id."""
    return {
        cell["id"]: "".join(output["data"][kind])
        for cell in code_cells(path)
        for output in cell["outputs"]
        if kind in output.get("data", {})
    }


# ------------------------------------------------------------------------------------------------- the form


def lesson(name):
    return ROOT / "notebooks" / f"{name}.ipynb"


def test_every_solution_has_its_exercise_and_its_lesson():
    assert [path.name for path in EXERCISES] == [path.name for path in SOLUTIONS] and len(SOLUTIONS) >= 3
    for path in SOLUTIONS:
        named = read(path)["metadata"]["nnteach"]["lesson"]
        assert lesson(named).is_file() and path.name[:2] == named[:2], path.name


@pytest.mark.parametrize("path", LESSONS, ids=label)
def test_a_lesson_says_what_it_covers_and_where_it_stands(path):
    about = read(path)["metadata"]["nnteach"]
    assert about["covers"] and all(re.fullmatch(r"00[0-4]-(\d\d|1Q)", i) for i in about["covers"])
    assert all(re.fullmatch(r"E00[0-4]-\d{1,2}", i) for i in about.get("errata", ()))
    assert 15 <= about["minutes"] <= 60 and about["part"] in PARTS
    if path.name[:2].isdigit():
        assert about["order"] == int(path.name[:2])


def test_the_reading_order_is_one_order_and_the_parts_follow_each_other():
    about = [read(path)["metadata"]["nnteach"] for path in LESSONS]
    places = sorted((each["order"], PARTS.index(each["part"])) for each in about)
    orders, parts = zip(*places, strict=True)
    assert len(set(orders)) == len(orders) and list(parts) == sorted(parts)


@pytest.mark.parametrize("path", LESSONS, ids=label)
def test_the_next_lesson_is_named_by_its_title(path):
    """"Then lesson 7, *its title*": the number and the title belong together, for lessons that exist."""
    for number, title in re.findall(r"lesson (\d+), \*([^*]+)\*", prose(path)):
        for target in ROOT.glob(f"notebooks/{int(number):02d}_*.ipynb"):
            assert source(read(target)["cells"][0]).splitlines()[0] == f"# {number}. {title}"


@pytest.mark.parametrize("path", ALL, ids=label)
def test_a_notebook_has_one_title_and_it_comes_first(path):
    titles = re.findall(r"^# .*", prose(path), re.MULTILINE)
    assert len(titles) == 1 and source(read(path)["cells"][0]).startswith(titles[0])


@pytest.mark.parametrize("path", ALL, ids=label)
def test_a_notebook_says_nothing_about_the_machine_it_ran_on(path):
    notebook = read(path)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert set(notebook["metadata"]) == {"kernelspec", "language_info", "nnteach"}
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    assert not PLACES.search(path.read_text(encoding="utf-8"))
    assert path.stat().st_size < 300_000


@pytest.mark.parametrize("path", ALL, ids=label)
def test_cells_have_names_of_their_own(path):
    ids = [cell["id"] for cell in read(path)["cells"]]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[a-z0-9-]{3,}", i) for i in ids)


@pytest.mark.parametrize("path", LESSONS + SOLUTIONS, ids=label)
def test_outputs_come_from_one_clean_run(path):
    cells = code_cells(path)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell["outputs"]:
            assert output["output_type"] != "error" and output.get("name") != "stderr", cell["id"]


@pytest.mark.parametrize("path", EXERCISES, ids=label)
def test_exercises_are_handed_out_empty(path):
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code_cells(path))


@pytest.mark.parametrize("path", LESSONS, ids=label)
def test_code_cells_are_short_and_come_after_a_sentence(path):
    lengths = [len(source(cell).splitlines()) for cell in code_cells(path)]
    assert statistics.median(lengths) <= 3 and np.percentile(lengths, 90) <= 10 and max(lengths) <= 12
    cells = read(path)["cells"]
    for before, cell in itertools.pairwise(cells):
        if cell["cell_type"] == "code":
            assert before["cell_type"] == "markdown", f"{cell['id']} has no sentence before it"
            assert max(map(len, source(cell).splitlines())) <= 100, f"{cell['id']} is too wide"


@pytest.mark.parametrize("path", LESSONS, ids=label)
def test_a_lesson_has_its_parts_in_order(path):
    text = prose(path)
    parts = [
        "After this lesson you can",
        "minutes",
        "**The question.**",
        "redict",
        "**Question 1.**",
        "**Question 2.**",
        "worked solution",
        "## What we saw",
        "**Next.**",
        "> **In the slides.**",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places and places == sorted(places), dict(zip(parts, places, strict=True))
    assert 3 <= len(re.findall(r"^## \d", text, re.MULTILINE)) <= 8
    assert len([cell for cell in code_cells(path) if "reveal(" in source(cell)]) >= 3


@pytest.mark.parametrize("path", LESSONS, ids=label)
def test_a_guess_stands_before_what_it_is_compared_with(path):
    order = [cell["id"] for cell in code_cells(path)]
    for cell in code_cells(path):
        if "-guess" in cell["id"]:
            reveal = cell["id"].replace("guess", "reveal")
            assert order.index(cell["id"]) < order.index(reveal)
            assert "None" in source(cell) and "no prediction yet" in outputs(path)[reveal]


@pytest.mark.parametrize("path", LESSONS, ids=label)
def test_a_lesson_holds_a_player_that_works_without_a_kernel(path):
    assert any('class="nnteach-output"' in text for text in outputs(path, "text/html").values())


@pytest.mark.parametrize("path", LESSONS, ids=label)
def test_exercises_named_in_a_lesson_exist(path):
    named = re.findall(r"`(exercises/[^`]*)`", prose(path))
    assert all((ROOT / name).is_file() for name in named)
    # Framework lessons have no exercise sheet of their own: what they train is not checked by numbers.
    assert named or read(path)["metadata"]["nnteach"].get("part") == "Frameworks"


# ---------------------------------------------------------------------------------------------- the numbers

# Catalogue of the slides, 2A.1, checked there with PyTorch and central differences: (as printed, as solved).
SIGMOID_NET = {
    "s1": ((0.100, 0.130), (0.095, 0.155)),
    "a1": ((0.45, 0.48), (0.445, 0.505)),
    "h1": ((0.6106392339, 0.6177478748), (0.6094497836, 0.6236336283)),
    "s2": ((0.5531296310, 0.6450809481), (0.5244150462, 0.6477233874)),
    "a2": ((1.1531296310, 1.2450809481), (1.1244150462, 1.2477233874)),
    "y": ((0.7600820925, 0.7764471884), (0.7548067435, 0.7769055199)),
    "e": ((0.7500820925, -0.2135528116), (0.7448067435, -0.2130944801)),
    "L": ((0.3041139744,), (0.3000731713,)),
    "σ′(a2)": ((0.1823573052, 0.1735769520), (0.1850735234, 0.1733233331)),
    "∇y": ((0.7500820925, -0.2135528116), (0.7448067435, -0.2130944801)),
    "∇a2": ((0.1367829490, -0.0370678461), (0.1378440083, -0.0369342456)),
    "∇b2": ((0.1367829490, -0.0370678461), (0.1378440083, -0.0369342456)),
    "∇W2": (
        (0.0835250352, 0.0844973761, -0.0226350812, -0.0228985832),
        (0.0840090010, 0.0859641590, -0.0225095680, -0.0230334376),
    ),
    "∇h1": ((0.0361792565, 0.0480041591), (0.0366704805, 0.0417159687)),
    "σ′(a1)": ((0.2377589599, 0.2361354380), (0.2380207449, 0.2347147260)),
    "∇a1": ((0.0086019424, 0.0113354831), (0.0087283351, 0.0097913522)),
    "∇b1": ((0.0086019424, 0.0113354831), (0.0087283351, 0.0097913522)),
    "∇W1": (
        (0.0043009712, 0.0008601942, 0.0056677416, 0.0011335483),
        (0.0043641675, 0.0008728335, 0.0048956761, 0.0009791352),
    ),
    "∇x": ((0.0035573880, 0.0055511305), (0.0037570883, 0.0046830727)),
    "L after 0.1": ((0.3005555053,), (0.2964575541,)),
    "L after 0.5": ((0.2861520239,), (0.2818332273,)),
}


def test_the_sigmoid_lesson_shows_every_number_of_both_readings_to_ten_digits():
    tables = "\n".join(outputs(lesson("07_sigmoid_net"), "text/markdown").values())
    shown = {
        name.strip(): (first, second)
        for name, first, second in re.findall(r"^\|([^|]+)\|([^|]+)\|([^|]+)\|$", tables, re.M)
    }
    for name, readings in SIGMOID_NET.items():
        for text, expected in zip(shown[name], readings, strict=True):
            assert text.strip().split(", ") == [f"{value:.10f}" for value in expected], name


def test_the_relu_lesson_shows_the_numbers_of_the_slide():
    shown = outputs(lesson("06_relu_net"))
    assert re.findall(r"it is (\S+)", shown["forward-reveal"]) == ["5", "−8", "5", "0", "−4", "81"]
    assert re.findall(r"it is (\S+)", shown["w5-reveal"]) == ["−18", "−90"]
    assert re.findall(r"it is (\S+)", shown["w1-reveal"]) == ["36", "36", "72"]
    assert re.findall(r"it is (\S+)", shown["update-reveal"]) == ["−1.91", "−0.072"]
    assert shown["helped-check"] == "(68.474963, 65.925306)"
    assert shown["sleeping-reveal"].endswith("it is w3, w4, b2, w6")


def test_the_lesson_on_x_plus_y_times_z_shows_the_numbers_of_the_slide():
    shown = outputs(lesson("02_x_plus_y_times_z"))
    assert re.findall(r"it is (\S+)", shown["forward-reveal"]) == ["3", "−12"]
    assert re.findall(r"it is (\S+)", shown["gradient-reveal"]) == ["−4", "−4", "−4", "3"]


def product():
    x, y, z = -2, 5, -4
    q = x + y
    return [x, y, z, q, q * z, 0.01, 0.1, z * 0.01, q * 0.01, 3, -1, 2]


def relu_net():
    x, W1, b1 = np.array([2, 1]), np.array([[0, 2], [-4, -1]]), np.array([3, 1])
    W2, b3, y = np.array([-2, 0]), 6, 5
    pre = W1 @ x + b1
    out = np.maximum(pre, 0)
    pred = W2 @ out + b3
    g = 2 * (pred - y)
    g1 = W2 * g * (pre > 0)
    rate = 1e-3
    stepped = (
        np.maximum((W1 - rate * np.outer(g1, x)) @ x + b1 - rate * g1, 0) @ (W2 - rate * g * out)
        + b3
        - rate * g
    )
    return [
        *x,
        *W1.ravel(),
        *b1,
        *W2,
        b3,
        y,
        *pre,
        *out,
        pred,
        (pred - y) ** 2,
        g,
        *(g * out),
        *np.outer(g1, x).ravel(),
        10,
        rate * 90,
        rate * 72,
        -2 + rate * 90,
        -2.00,
        (stepped - y) ** 2,
        90,
    ]


def sigmoid_net():
    given = [0.5, 0.1, 0.15, 0.25, 0.2, 0.3, 0.4, 0.5, 0.55, 0.45, 0.35, 0.6, 0.01, 0.99, 0.05]
    on_the_slide = [0.095, 0.155, 0.5244, 0.6478, 0.6094, 0.6236]
    wrong = np.array([[0.4, 0.5], [0.5, 0.55]]) @ [0.6094, 0.6236]
    x, t, b1, b2 = np.array([0.5, 0.1]), np.array([0.01, 0.99]), 0.35, 0.6
    W1, W2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
    s = lambda a: 1 / (1 + np.exp(-a))  # noqa: E731
    h = s(W1 @ x + b1)
    y = s(W2 @ h + b2)
    g = (y - t) * y * (1 - y)
    copied, right = W2 @ g * s(h) * (1 - s(h)), W2.T @ g * h * (1 - h)
    printed = 0.5 * np.sum(
        (s(np.array([[0.4, 0.5], [0.5, 0.55]]) @ s(np.array([[0.15, 0.25], [0.2, 0.3]]) @ x + b1) + b2) - t)
        ** 2
    )
    return [
        *given,
        *on_the_slide,
        *wrong,
        *(W2 @ h),
        *(W2 @ h + b2),
        *y,
        *(100 * (copied / right - 1)),
        0.5 * np.sum((y - t) ** 2),
        printed,
        0.29,
        2,
        0,
        1,
    ]


@pytest.mark.parametrize(
    "name, computed",
    [("02_x_plus_y_times_z", product), ("06_relu_net", relu_net), ("07_sigmoid_net", sigmoid_net)],
)
def test_every_decimal_number_in_the_prose_is_computed_here(name, computed):
    """Each number with a decimal point is one of those computed above, to the digits it is quoted with."""
    known = [abs(float(value)) for value in computed()]
    for word in re.findall(r"(?<![\w.])\d+\.\d+(?![\w.])", prose(lesson(name))):
        places = len(word.split(".")[1])
        assert any(abs(value - float(word)) <= 0.5000001 * 10**-places for value in known), (
            f"{word} in {name}"
        )


SHOWN = [path for path in LESSONS if path.name[:2] in {"01", "03", "04", "05", "08", "09", "10", "11", "12"}]


@pytest.mark.parametrize("path", SHOWN, ids=label)
def test_every_decimal_number_in_the_prose_is_shown_by_a_cell(path):
    """Numbers with a decimal point stand in a cell or its output; the box may quote what a slide prints."""
    text = prose(path).split("> **In the slides.**")[0]
    shown = [source(cell) for cell in code_cells(path)] + list(outputs(path).values())
    known = [float(word) for word in re.findall(r"\d+\.\d*(?:e-?\d+)?", "\n".join(shown).replace("−", "-"))]
    for word in re.findall(r"(?<![\w.])\d+\.\d+(?![\w.])", text):
        places = len(word.split(".")[1])
        assert any(abs(value - float(word)) <= 0.5000001 * 10**-places for value in known), word


# -------------------------------------------------------------------------- exercises follow from solutions


def make(*arguments, script=MAKE):
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, timeout=60)


def test_exercises_are_in_step_with_their_solutions():
    done = make("--check")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def copy(tmp_path):
    for name in ("exercises", "solutions", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_making_the_exercises_again_gives_the_same_bytes(copy):
    for path in (copy / "exercises").glob("*.ipynb"):
        path.unlink()
    assert make(script=copy / "solutions" / "make.py").returncode == 0
    for path in EXERCISES:
        assert (copy / "exercises" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("damage", ["changed", "missing", "left over"])
def test_an_exercise_out_of_step_is_found(copy, damage):
    target = copy / "exercises" / EXERCISES[0].name
    if damage == "changed":
        target.write_text(
            target.read_text(encoding="utf-8").replace("About 10", "About 11"), encoding="utf-8"
        )
    elif damage == "missing":
        target.unlink()
    else:
        (copy / "solutions" / target.name).unlink()
    done = make("--check", script=copy / "solutions" / "make.py")
    assert done.returncode == 1 and target.name in done.stderr


@pytest.mark.parametrize("marks", ["# solution", "# end solution", "# solution\n# solution\n# end solution"])
def test_marks_without_a_partner_are_refused(copy, marks):
    path = copy / "solutions" / SOLUTIONS[0].name
    notebook = read(path)
    next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")["source"] = marks.splitlines(
        keepends=True
    )
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done = make("--check", script=copy / "solutions" / "make.py")
    assert done.returncode == 1 and ("expected" in done.stderr or "has no" in done.stderr)


@pytest.mark.parametrize("path", SOLUTIONS, ids=label)
def test_nothing_of_the_solution_is_in_the_exercise(path):
    exercise = (ROOT / "exercises" / path.name).read_text(encoding="utf-8")
    inside = [
        part
        for cell in code_cells(path)
        for part in re.findall(r"# solution\n(.*?)# end solution", source(cell), re.DOTALL)
    ]
    assert inside, "the solution has no marks"
    for line in inside[0].splitlines():
        # A bracket alone is no part of a solution, and the file is full of them.
        assert not re.search(r"\w", line) or json.dumps(line, ensure_ascii=False)[1:-1] not in exercise
    assert "solution(" not in exercise and '"solution"' not in exercise and "Markdown(" not in exercise
    assert "NotImplementedError" in exercise


@pytest.mark.parametrize("path", SOLUTIONS, ids=label)
def test_a_solution_passes_its_own_check(path):
    assert outputs(path)["check"] == "✓ Right in all 20 cases"


@pytest.fixture(scope="module")
def kernel():
    """One for all exercises: to start a new one takes longer than to run what is in it."""
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    client = nbclient.NotebookClient(nbformat.v4.new_notebook(), timeout=120, kernel_name="python3")
    with client.setup_kernel():
        yield client


@pytest.mark.notebook
@pytest.mark.parametrize("path", EXERCISES, ids=label)
def test_an_exercise_that_nobody_touched_runs_to_its_end(kernel, path):
    nbformat = pytest.importorskip("nbformat")
    notebook = kernel.nb = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell("%reset -f", id="reset"))  # none of the last names
    for index, cell in enumerate(notebook.cells):
        kernel.execute_cell(cell, index)
    check = next(cell for cell in notebook.cells if cell.id == "check")
    assert check.outputs[0].data["text/plain"] == "○ Not attempted yet. Fill it in and run this cell again."
    assert not [
        out for cell in notebook.cells for out in cell.get("outputs", ()) if out.get("name") == "stderr"
    ]
