"""Files made from a trace: each carries the engine's numbers, survives any name, and is the same every time."""

import ast
import csv
import io
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.draw import Drawing, drawn
from nnteach.draw.losses import HEIGHT, WIDTH
from nnteach.export import ENDINGS, film, pages, save
from nnteach.export.curve import curve_at
from nnteach.export.names import COLUMNS, tidied
from nnteach.export.pages import page
from nnteach.export.tex import WIDEST, document
from nnteach.symbolic import latex_escape
from nnteach.trace.worked import to_markdown

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<img src=x onerror=alert(1)>", "</title><script>alert(1)</script>", "]]>", "<!--", "a\"b'c`d", "&lt;&#60;",
    "two\nlines\r\nand\ta tab", "\\N \\input{/etc/passwd}", "ends with \\", "$x^2$", "%s{0}", "{a|b}", "#1", "~^_&%$",
    '"]; URL="javascript:alert(1)"; x=["', "x" * 10_000, "x" * 9_999 + "y", " ", "🦔", "漢字" * 30, "e\u0301" * 50,
    "\u200b" * 500, "\u05d0\u05d1\u05d2", "safe\u202egnp.exe", "\u2069\u2066 isolates", "nul\0nul", "\ud800 alone",
    "\ufffe\uffff", "=1+1", "@SUM(A1)", "[opt]", "]", "*", "\\\\", "\\end{document}", "perché", "ŷ", "ð", "αβ", "2e5",
    "https://example.org/x", "www.example.org", "a@example.org", "-", "''",
]  # fmt: skip


@pytest.fixture
def first():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    return nt.trace(((x + y).named("q") * z).named("f"), learning_rate=0.1)


@pytest.fixture
def network():
    """Deck 000's network with its two layers, wider than a page."""
    W1, W2 = nt.variable([[0.15, 0.2], [0.25, 0.3]], "W1"), nt.variable([[0.4, 0.45], [0.5, 0.55]], "W2")
    x, t = nt.constant([0.5, 0.1], "x"), nt.constant([0.01, 0.99], "t")
    y = nt.sigmoid(W2 @ nt.sigmoid(W1 @ x + 0.35) + 0.6)
    return nt.trace(((y - t) ** 2).sum() * 0.5, notation="000", language="it")


def hostile_trace(names, **settings):
    """One graph that uses every name, for a leaf and for a result."""
    f = nt.variable(1.0, "start")
    for i, name in enumerate(names):
        f = (f * nt.variable(0.5 + i, name)).named(name) if i % 2 else f + nt.sigmoid(nt.variable(0.5, name))
    return nt.trace(f, **settings)


# -------------------------------------------------------------------------------------------- what can be written


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".html", ".steps.csv", *ENDINGS])
def test_the_player_writes_every_ending(first, tmp_path, ending, capsys):
    path = tmp_path / f"f{ending}"
    nt.step(first.root).save(path)
    starts = {".pdf": b"%PDF", ".png": b"\x89PNG", ".gif": b"GIF89a", ".svg": b"<svg", ".html": b"<!doctype html>",
              ".tex": b"\\documentclass", ".md": b"## f = (x + y)", ".csv": b"node,op", ".steps.csv": b"step,phase"}
    assert path.read_bytes().startswith(starts[ending])
    assert capsys.readouterr() == ("", "")


def test_the_ending_is_read_in_capitals_too(first, tmp_path):
    nt.step(first.root).save(tmp_path / "F.SVG", step=1)
    assert (tmp_path / "F.SVG").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("name", ["f.docx", "f", "f.jpg"])
def test_another_ending_is_refused_with_those_there_are(first, tmp_path, name):
    with pytest.raises(GraphError, match=r"a file ending in \.html, \.svg, .* or \.csv,\n  got '" + re.escape(name)):
        nt.step(first.root).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_step_that_cannot_be_shown_is_refused(first, tmp_path):
    player = nt.step(first.root)
    with pytest.raises(GraphError, match=r"expected no step.*\n.*step=2 for 'f.gif'"):
        player.save(tmp_path / "f.gif", step=2)
    with pytest.raises(GraphError, match="expected no step"):
        player.save(tmp_path / "f.html", step=2)
    with pytest.raises(GraphError, match="a step from 0 to 7"):
        player.save(tmp_path / "f.png", step=8)
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------------------ pictures of a step


def pieces(svg):
    """Of a picture: the boxes, and by node its class, value and gradient."""
    root = ET.fromstring(svg)
    nodes = root.findall(f".//{SVG}g[@data-node]")
    boxes = [tuple(n.find(f"{SVG}rect").get(key) for key in ("x", "y", "width", "height")) for n in nodes]
    texts = {n.get("data-node"): (n.get("class"), *("".join(n.find(f"{SVG}text[@class='{role}']").itertext())
                                                    for role in ("value", "gradient"))) for n in nodes}
    return boxes, texts


def test_pictures_of_all_steps_differ_in_texts_and_never_in_places(first, tmp_path):
    shown = []
    for k in range(len(first) + 1):
        Drawing(first).save(tmp_path / "f.svg", step=k)
        shown.append(pieces((tmp_path / "f.svg").read_text(encoding="utf-8")))
    assert all(boxes == shown[0][0] for boxes, _ in shown)
    assert [texts["q"] for _, texts in shown[:6]] == [
        ("todo", "·", "·"), ("now", "3", "·"), ("done", "3", "·"), ("todo", "3", "·"), ("now", "3", "−4"),
        ("done", "3", "−4")]  # fmt: skip
    assert shown[8][1]["x"] == ("now", "−1.6", "−4")
    assert pieces(Drawing(first).svg)[1]["x"] == ("done", "−1.6", "−4")


def test_a_chip_says_what_flowed_back_so_far(first, tmp_path):
    def chips(k):
        Drawing(first).save(tmp_path / "f.svg", step=k)
        edges = ET.parse(tmp_path / "f.svg").findall(f".//{SVG}g[@data-edge]")
        return {e.get("data-edge"): (e.get("class"), e.find(f".//{SVG}text[@class='number']").text) for e in edges}

    assert set(chips(2).values()) <= {("done forward", None), ("now forward", None)}
    assert chips(4)["q->f#0"] == ("now backward", "−4") and chips(4)["x->q#0"] == ("todo rest", None)
    assert chips(7)["q->f#0"] == ("done backward", "−4")


def test_raster_pictures_have_one_size(first, tmp_path):
    image = pytest.importorskip("PIL.Image")
    seen = set()
    for k in (0, 4, 9, None):
        save(first, tmp_path / "f.png", k)
        with image.open(tmp_path / "f.png") as picture:
            seen.add((picture.size, picture.tobytes()))
    assert len({size for size, _ in seen}) == 1 and len(seen) == 4


def test_captions_speak_the_readers_language(network):
    svg = Drawing(network).svg
    assert ">valore<" in svg and ">gradiente<" in svg and ">ORA<" in svg and "costante" in svg
    assert "Grafo computazionale di" in svg and ">value<" not in svg


# ------------------------------------------------------------------------------------------------ handout and film


@pytest.mark.slow
def test_the_handout_has_one_page_a_step(first, tmp_path):
    save(first, tmp_path / "f.pdf")
    data = (tmp_path / "f.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", data)) == len(first) + 1 == 11
    save(first, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == data and b"CreationDate" not in data
    save(first, tmp_path / "one.pdf", step=4)
    assert len(re.findall(rb"/Type /Page\b", (tmp_path / "one.pdf").read_bytes())) == 1


def texts_of(figure):
    return [text.get_text() for text in figure.texts]


def test_a_page_says_what_the_player_says(first):
    texts = texts_of(page(Drawing(first), 4))
    assert texts == [
        "f = q · z", "step 4 of 10 · backward", "f hands its gradient to q", "$f = q \\cdot z$",
        r"$\frac{\partial f}{\partial q} = z = -4$",
        r"$\frac{\partial f}{\partial q} \;{+}{=}\; \frac{\partial f}{\partial f} \cdot "
        r"\frac{\partial f}{\partial q} = 1 \cdot \left(-4\right) = -4$",
        "ledger of q: 0 + (−4) = −4", "A mul gate switches: each input gets the gradient times the other input.",
        "q gets minus 4: the gradient of f, 1, times minus 4, because f changes minus 4 times as fast as q.",
    ]  # fmt: skip
    assert texts_of(page(Drawing(first), 0))[2:] == ["x, y and z are given; nothing is computed yet",
                                                     "We know x, y and z. The first step computes q."]


def test_what_matplotlib_cannot_set_stands_as_text(network):
    texts = texts_of(page(Drawing(network), 1))
    assert "passo 1 di" in texts[1]
    assert "u1 = W1 @ x = [[0.15, 0.2], [0.25, 0.3]] @ [0.5, 0.1] = [0.095, 0.155]" in texts


def test_nothing_on_a_page_leaves_it_or_stands_on_something_else(first, network):
    for t in (first, network):
        for k in range(0, len(t) + 1, 4):
            figure = page(Drawing(t), k)
            renderer = FigureCanvasAgg(figure).get_renderer()
            boxes = [text.get_window_extent(renderer) for text in figure.texts]
            assert all(0 < b.x0 and b.x1 < figure.bbox.x1 and 0 < b.y0 and b.y1 < figure.bbox.y1 for b in boxes)
            assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
            pictures = [axes.get_window_extent(renderer) for axes in figure.axes]
            assert not any(a.overlaps(b) for a in pictures for b in boxes)


def test_a_wide_picture_is_a_strip_and_a_part_near_the_step(network):
    figure = page(Drawing(network), 3)
    strip, part = figure.axes
    left, right = part.get_xlim()
    layout = Drawing(network).layout
    now = layout.boxes[next(i for i, node in enumerate(drawn(network)) if node is network.steps[2].node)]
    assert strip.get_xlim() == (0, layout.width) and right - left < layout.width
    assert left < now.middle[0] < right


def test_the_film_has_one_frame_a_step(first, tmp_path):
    image = pytest.importorskip("PIL.Image")
    save(first, tmp_path / "f.gif")
    with image.open(tmp_path / "f.gif") as film:
        assert film.n_frames == len(first) + 1 and film.info["loop"] == 0
        durations = []
        for k in range(film.n_frames):
            film.seek(k)
            durations.append(film.info["duration"])
    assert min(durations) >= 1500 and durations[-1] == 4000 and durations[4] > durations[2]
    save(first, tmp_path / "again.gif")
    assert (tmp_path / "again.gif").read_bytes() == (tmp_path / "f.gif").read_bytes()


# ---------------------------------------------------------------------------------------------- the loss curve


@pytest.fixture
def run():
    (w,) = nt.variables(w=2.0)
    return nt.trace(((w * 3).named("y") ** 2).named("L"), optimizer=nt.nn.optimizers.Adam(0.5), iterations=3)


def told_losses(run, k):
    return [one.get("data-loss") for one in curve_at(run, k).findall(f"{SVG}g[@data-loss]")]


def test_a_loss_is_in_the_curve_from_the_step_on_that_computes_it(run):
    for number, (k, _) in enumerate(run.losses, start=1):
        assert told_losses(run, k - 1) == [str(i) for i in range(1, number)]
        assert told_losses(run, k) == [str(i) for i in range(1, number + 1)]


@pytest.mark.parametrize("step, known", [(0, 0), (12, 2), (None, 3)])
def test_pictures_of_a_training_run_have_its_curve(run, tmp_path, step, known):
    save(run, tmp_path / "f.svg", step)
    root = ET.parse(tmp_path / "f.svg").getroot()
    assert len(root.findall(f".//{SVG}g[@data-loss]")) == known
    assert len(root.findall(f".//{SVG}g[@data-node]")) == len(drawn(run))
    [curve] = root.findall(f"{SVG}svg")
    width, height = (float(number) for number in root.get("viewBox").split()[2:])
    assert float(curve.get("x")) + float(curve.get("width")) <= width
    assert float(curve.get("y")) + float(curve.get("height")) == height


def test_raster_pictures_of_a_training_run_have_its_curve(run, first, tmp_path):
    image = pytest.importorskip("PIL.Image")
    save(run, tmp_path / "f.png", 12)
    Drawing(run).save(tmp_path / "g.png", 12)
    with image.open(tmp_path / "f.png") as whole, image.open(tmp_path / "g.png") as picture:
        assert whole.height == picture.height + 2 * HEIGHT
        below = whole.convert("RGB").crop((0, picture.height, *whole.size))
        assert (0, 103, 165) in {colour for _, colour in below.getcolors(100_000)}
    save(run, tmp_path / "f.pdf", 12)
    assert len(re.findall(rb"/Type /Page\b", (tmp_path / "f.pdf").read_bytes())) == 1


@pytest.mark.slow
def test_pages_and_frames_of_a_training_run_have_its_curve(run, tmp_path):
    def numbers(k):
        curves = [axes for axes in page(Drawing(run), k).axes if axes.get_xlim() == (0, WIDTH)]
        return [text.get_text() for axes in curves for text in axes.texts]

    assert numbers(0) == ["loss", "iteration", "1", "2", "3"]
    assert [text for text in numbers(len(run)) if "." in text or text == "36"][:1] == ["36"]
    for k in range(len(run) - 3, len(run) + 1):
        figure = page(Drawing(run), k)
        renderer = FigureCanvasAgg(figure).get_renderer()
        boxes = [text.get_window_extent(renderer) for text in figure.texts]
        pictures = [axes.get_window_extent(renderer) for axes in figure.axes]
        assert all(0 < b.x0 and b.x1 < figure.bbox.x1 and 0 < b.y0 and b.y1 < figure.bbox.y1 for b in boxes)
        assert not any(a.overlaps(b) for a in pictures for b in boxes)
    image = pytest.importorskip("PIL.Image")
    save(run, tmp_path / "f.gif")
    with image.open(tmp_path / "f.gif") as film:
        assert film.n_frames == len(run) + 1


@pytest.mark.slow
def test_a_long_handout_and_a_film_show_how_far_they_are(run, tmp_path, monkeypatch):
    seen = []
    for module in (film, pages):
        monkeypatch.setattr(module, "progress", lambda steps, total, unit: seen.append((total, unit)) or steps)
    save(run, tmp_path / "f.pdf")
    save(run, tmp_path / "f.gif")
    assert seen == [(len(run) + 1, "page"), (len(run) + 1, "frame")]


# ------------------------------------------------------------------------------------------------------------ tables


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_has_every_number_in_full(network, tmp_path):
    save(network, tmp_path / "f.csv")
    table = {row["node"]: row for row in rows(tmp_path / "f.csv")}
    assert "" not in table and table["x"]["gradient"] == "" and table["x"]["operation"] == "constant"
    end = network.state_at(len(network))
    for name, row in table.items():
        np.testing.assert_array_equal(np.array(ast.literal_eval(row["value"])), end.nodes[name].value)
        if row["gradient"]:
            np.testing.assert_array_equal(np.array(ast.literal_eval(row["gradient"])), end.nodes[name].grad)
    assert table["W1"]["value"] == "[[0.15, 0.2], [0.25, 0.3]]"


def test_the_table_of_a_step(first, tmp_path):
    save(first, tmp_path / "f.csv", step=1)
    assert {row["node"]: (row["value"], row["gradient"]) for row in rows(tmp_path / "f.csv")} == {
        "x": ("-2.0", ""), "y": ("5.0", ""), "z": ("-4.0", ""), "q": ("3.0", ""), "f": ("", "")}  # fmt: skip


def test_the_table_of_all_steps(first, tmp_path):
    save(first, tmp_path / "f.steps.csv")
    table = rows(tmp_path / "f.steps.csv")
    assert [row["total"] for row in table] == [repr(step.total) for step in first]
    assert table[5] == {"step": "6", "phase": "backward", "kind": "contribution", "node": "x", "edge": "x->q#0",
                        "upstream": "-4.0", "local": "1.0", "contribution": "-4.0", "before": "", "total": "-4.0"}


# ------------------------------------------------------------------------------------------------------------- LaTeX


def test_the_document_has_the_graph_and_the_solution(first):
    tex = document(first)
    assert tex.count(r"\draw[backward, rounded corners") == 5 and tex.count("Stealth") == 4
    assert r"\section*{f = (x + y) \ensuremath{\cdot} z, step by step}" in tex and tex.isascii()
    assert r"\begin{enumerate}\setcounter{enumi}{2}" in tex  # steps are counted on, as in the player
    assert tex.count(r"\begin{") == tex.count(r"\end{")


def test_the_document_of_a_step_shows_that_step(first):
    tex = document(first, step=1)
    assert tex.count("line width=2.4bp, fill=forward!8") == 1 and tex.count("Stealth") == 2


def test_a_graph_that_no_page_can_hold_is_not_drawn():
    f = nt.variable(1.0, "x")
    for _ in range(160):
        f = nt.sin(f)
    assert "tikzpicture" not in document(nt.trace(f)) and "161 nodes: too many" in document(nt.trace(f))


def test_a_picture_wider_than_the_longest_length_of_tex_is_not_drawn():
    """TeX stops with "Dimension too large" there."""
    f = nt.variable(1.0, "x")
    for i in range(80):
        f = (f * f).named(f"a result with a long name, number {i}")
    t = nt.trace(f)
    assert Drawing(t).layout.width > WIDEST and "tikzpicture" not in document(t)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("x^2 & 50%", r"x\textasciicircum{}2 \& 50\%"),
        ("−4 · ∂f", r"\ensuremath{-}4 \ensuremath{\cdot} \ensuremath{\partial}f"),
        ("perché", "perché"),
        ("[a]\n#", r"{[}a{]} \#"),
        ("🦔\u200b\0", r"\texttt{U+1F994} "),
        ("σ(Λ)", r"\ensuremath{\sigma}(\ensuremath{\Lambda})"),
        ("\ud800", r"\texttt{U+D800}"),
    ],
)
def test_prose(text, expected):
    assert latex_escape.prose(text) == expected


def test_letters_in_a_formula():
    assert latex_escape.math(r"\mathrm{è} ≥ 🦔") == r"\mathrm{\text{è}} \ensuremath{\ge} \text{\texttt{U+1F994}}"


@pytest.fixture(scope="session")
def pdflatex():
    return shutil.which("pdflatex") or pytest.skip("there is no pdflatex on PATH")


def compiled(pdflatex, tex, folder):
    """Compile a document; any error of TeX's makes the test fail with its log."""
    (folder / "f.tex").write_text(tex, encoding="utf-8")
    command = [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "f.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, log[-3000:]
    return log


@pytest.mark.slow
@pytest.mark.parametrize("step", [None, 4])
def test_the_document_compiles(first, pdflatex, tmp_path, step):
    save(first, tmp_path / "g.tex", step)
    log = compiled(pdflatex, (tmp_path / "g.tex").read_text(encoding="utf-8"), tmp_path)
    assert "Output written on f.pdf" in log and "Overfull" not in log


@pytest.mark.slow
def test_a_wide_network_in_italian_compiles(network, pdflatex, tmp_path):
    assert "Output written" in compiled(pdflatex, document(tidied(network)), tmp_path)


@pytest.mark.slow
def test_a_document_with_every_hostile_name_compiles(pdflatex, tmp_path):
    t = hostile_trace(HOSTILE, learning_rate=0.1)
    save(t, tmp_path / "g.tex")
    compiled(pdflatex, (tmp_path / "g.tex").read_text(encoding="utf-8"), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("make", [
    lambda x, W: nt.softmax(W @ x).sum() + nt.norm(x), lambda x, W: nt.logsumexp(W * x) * np.abs(x[0]) ** 3,
    lambda x, W: np.where(x > 0.5, x, -x).sum() / nt.maximum(x[0], x[1]) + np.sqrt(x[0]),
    lambda x, W: nt.stack([x[0], x[1]]).mean() * 1e-9 + W.T.reshape(4)[2] * 1e12,
])  # fmt: skip
def test_formulas_of_many_kinds_compile(pdflatex, tmp_path, make):
    f = make(nt.variable([0.25, 0.75], "x"), nt.variable([[1.0, 2.0], [3.0, 4.0]], "W"))
    compiled(pdflatex, document(nt.trace(f, learning_rate=0.1)), tmp_path)


# ------------------------------------------------------------------------------------------------------------- names


def test_names_in_a_document_are_short_distinct_and_of_one_line():
    t = hostile_trace(HOSTILE)
    names = list(tidied(t).names.values())
    assert len(set(names)) == len(names) == len(t.nodes)
    assert all(len(name) <= 4 * COLUMNS + 10 and not re.search("[\0-\x1f\x7f\ud800]", name) for name in names)
    assert next(iter(t.names.values())) == "start" and "x" * 10_000 in t.names.values()
    assert list(tidied(t).state_at(3).nodes) == names


def test_a_trace_with_plain_names_is_left_alone(first):
    assert tidied(first) is first


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_any_name_in_every_text(name, tmp_path):
    t = hostile_trace([name, "b", name], learning_rate=0.1)
    for ending in (".md", ".tex", ".csv", ".steps.csv", ".svg"):
        save(t, tmp_path / f"f{ending}")
    markdown = (tmp_path / "f.md").read_text(encoding="utf-8")
    assert not re.search("<[a-zA-Z/!?]", markdown)
    outside_formulas = re.sub(r"\$(\\.|[^$\\])*\$", "", markdown)
    assert not re.search(r"\]\(|https?://|www\.|\w@\w", outside_formulas) and "$" not in outside_formulas
    tex = (tmp_path / "f.tex").read_text(encoding="utf-8")
    assert tex.count(r"\begin{document}") == tex.count(r"\end{document}") == 1 and r"\input" not in tex
    for file in ("f.csv", "f.steps.csv"):
        cells = [cell for row in csv.reader(io.StringIO((tmp_path / file).read_text(encoding="utf-8"), newline=""))
                 for cell in row]
        assert not [cell for cell in cells if re.match(r"[=+@\t\r]|-(?![\d.])", cell)]
    svg = ET.parse(tmp_path / "f.svg").getroot()
    assert {e.tag.removeprefix(SVG) for e in svg.iter()} <= {
        "svg", "title", "desc", "style", "rect", "g", "path", "text", "tspan"}  # fmt: skip


@pytest.mark.slow
def test_every_name_at_once_in_drawn_files(tmp_path, capsys):
    """No letter without a font is a crash or a warning (warnings are errors here)."""
    t = hostile_trace(HOSTILE[::3])
    save(t, tmp_path / "f.png")
    drawing = Drawing(tidied(t))
    assert texts_of(page(drawing, 1))[0]
    few = hostile_trace(["$x^2$ 🦔\u05d0", "x" * 10_000])
    for ending in (".pdf", ".gif"):
        save(few, tmp_path / f"f{ending}")
    assert capsys.readouterr() == ("", "")


def test_markdown_of_plain_names_is_as_it_was(first):
    assert to_markdown(first) == first.to_markdown() and "| q | x + y | 3 | −4 |" in first.to_markdown()
