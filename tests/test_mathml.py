"""Every formula that is shown is valid: on the site, in the player, in Firefox, and as LaTeX."""

import re
import shutil
import subprocess

import build
import firefox
import mathml
import nbformat
import prose
import pytest
from samples import SAMPLES

from nnteach import nn, trace
from nnteach.core import ops
from nnteach.core.graph import variable
from nnteach.core.primitive import PRIMITIVES
from nnteach.symbolic import formula, latex_escape
from nnteach.trace.step_text import tell

CALLS = [(name, number) for name in PRIMITIVES for number in range(len(SAMPLES[name]))]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    build.build(folder, pictures=False)
    return folder


def test_every_formula_of_the_site_is_valid(site):
    found, count = [], 0
    for page in sorted(site.rglob("*.html")):
        for markup in mathml.formulas(page.read_text(encoding="utf-8")):
            count += 1
            found += [f"{page.name}: {problem}: {markup[:200]}" for problem in mathml.problems(markup)]
    assert count > 500 and found == []


@pytest.mark.parametrize("written", [
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^\top", r"\begin{pmatrix} 1 \end{pmatrix}^2_1",
    r"\begin{bmatrix} a \\ b \end{bmatrix}_{ij} x", r"\frac{\begin{pmatrix} 1 \\ 2 \end{pmatrix}^\top x}{2}",
    r"\begin{vmatrix} \begin{pmatrix} 1 \end{pmatrix}^2 \end{vmatrix}^{3}", r"\left(1 - y\right)^2", r"\sqrt{1 + x}^2",
    r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}", r"\begin{array}{lr} 1 & 2 \end{array}^\top",
    r"\sum_{\mathrm{axis\ 1}} x", r"\mathrel{+}= 1", r"{W_{1}^\top}^2", r"\overline{x}^2", r"\hat{m}_1^2",
])
@pytest.mark.parametrize("display", ["inline", "block"])
def test_latex_becomes_valid_mathml(written, display):
    assert mathml.problems(prose.math(written, display)) == []


@pytest.mark.parametrize("wrong", [
    "<math><msup><mi>a</mi></msup></math>", "<math><mfrac><mn>1</mn><mn>2</mn><mn>3</mn></mfrac></math>",
    "<math><mtable><mtd><mn>1</mn></mtd></mtable></math>", "<math><mfenced><mi>a</mi></mfenced></math>",
    "<math><mi>a</mi>b</math>", "<math><msubsup><mi>a</mi><mi>b</mi></msubsup></math>", r"<math><mi>\foo</mi></math>",
    '<math><mtable columnalign="left"><mtr><mtd/></mtr></mtable></math>', "<math><mi>a</math>",
])
def test_what_is_wrong_is_found(wrong):
    assert mathml.problems(wrong)


def check(symbol, numbers):
    tree = mathml.written(["math", "", formula.math(symbol, numbers)])
    assert mathml.problems(tree) == [], tree


def check_story(story):
    if story.because is not None:
        check(story.because, False)
    for line in story.lines:
        check(line.symbol, line.numbers)
        if line.left is not None:
            check(line.left, False)


@pytest.mark.parametrize("name, number", CALLS)
def test_every_formula_of_the_player_is_valid(name, number):
    sample = SAMPLES[name][number]
    out = PRIMITIVES[name](*sample.nodes(), **sample.static)
    told = trace(ops.sum(out) if out.shape else out)
    for k in range(1, len(told) + 1):
        check_story(tell(told, k))


@pytest.mark.parametrize("name", list(nn.optimizers.OPTIMIZERS))
def test_every_formula_of_an_optimizer_is_valid(name):
    w = variable([[1.0, -2.0], [0.5, 3.0]], "W1")
    run = trace(ops.sum(w * w).named("L"), optimizer=nn.optimizers.OPTIMIZERS[name](), iterations=2)
    for k in range(1, len(run) + 1):
        check_story(tell(run, k))


# -------------------------------------------------------------------------------------------------------- as LaTeX


def sources():
    """Every formula that stands between dollar signs in a lesson, an exercise, a solution or a page of the docs."""
    for folder in ("notebooks", "exercises", "solutions"):
        for path in sorted((build.ROOT / folder).glob("*.ipynb")):
            for cell in nbformat.read(path, as_version=4).cells:
                texts = [cell.source] if cell.cell_type == "markdown" else [
                    output.data["text/markdown"] for output in cell.get("outputs", [])
                    if "text/markdown" in output.get("data", {})]
                yield from ((path.name, text) for text in texts)
    for path in sorted((build.ROOT / "docs").glob("*.md")):
        yield path.name, path.read_text(encoding="utf-8")


def formulas():
    for name, text in sources():
        text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)
        for block, inline in re.findall(r"\$\$(.+?)\$\$|(?<![\\\w$])\$(?![\s$])([^$\n]+?)(?<![\s\\])\$(?![\w$])", text,
                                        flags=re.S):
            yield name, (block or inline).strip()


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
def test_every_formula_of_the_course_compiles(tmp_path):
    distinct = dict.fromkeys(written for _, written in formulas())
    assert len(distinct) > 300
    lines = [r"\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}",
             *(f"${latex_escape.math(' '.join(written.split()))}$\\par" for written in distinct), r"\end{document}"]
    (tmp_path / "all.tex").write_text("\n".join(lines), encoding="utf-8")
    ran = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-no-shell-escape", "all.tex"], cwd=tmp_path,
                         capture_output=True, text=True, encoding="latin-1", timeout=300)
    errors = [line for line in ran.stdout.splitlines() if line.startswith("!")]
    places = {int(n) for n in re.findall(r"^l\.(\d+) ", ran.stdout, flags=re.M)}
    assert errors == [], [lines[n - 1] for n in sorted(places)][:5]


# ------------------------------------------------------------------------------------------------------- in Firefox


@pytest.mark.browser
@pytest.mark.skipif(not firefox.PROGRAM, reason="Firefox is not installed")
def test_firefox_says_nothing_about_a_formula(site, tmp_path):
    (tmp_path / "wrong.html").write_text("<!doctype html><math><msup><mi>a</mi></msup></math>", encoding="utf-8")
    with firefox.console() as browser:
        assert browser.open((tmp_path / "wrong.html").as_uri())  # it would say something
        for name in ("07_sigmoid_net", "08_matrix_form", "16_activations"):
            assert browser.open((site / "lessons" / f"{name}.html").as_uri()) == []
            assert browser.run("document.querySelectorAll('math').length") > 3
