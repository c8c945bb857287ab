"""Labels at random, of what breaks markup, LaTeX, DOT and terminals: in every file and every view they stay text.

Each test makes the same thing twice, with the label and with a plain word, and compares what it is built of.
"""

import csv
import html.parser
import io
import json
import re
import shutil
import struct
import xml.etree.ElementTree as ET
from collections import Counter

import numpy as np
import pytest
from browser import PLAYER, browser_page  # noqa: F401  (a fixture)
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_exports import compiled
from test_levels import message_at
from unpacking import message_of

import nnteach as nt
from nnteach.draw import draw
from nnteach.draw import layout as layout_module
from nnteach.export import save
from nnteach.nn.optimizers import Adam
from nnteach.player.python.page import document, notebook_output

MARKUP = [
    "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "<!--", "-->", "]]>", "</title>", "&#60;",
    '" onload="alert(1)', "' style='", "&lt;b&gt;", "<svg/onload=alert(1)>", "</svg>", "</tspan>", "${alert(1)}",
]  # fmt: skip
ADDRESSES = [
    "https://example.org/x.png", "javascript:alert(1)", "data:text/html,<b>", "//example.org", "www.example.org",
    "a@example.org", "![x](https://example.org)", "url(https://example.org)", "@import 'x'", "file:///etc/passwd",
]  # fmt: skip
CONTROLS = ["\0", "\a\b", "\x1b[31m", "\r\n", "\t", "\x7f", "\x85", "\u2028", "\ufffe", "\ud800", "\ufeff"]
DOT = ['"]; URL="javascript:alert(1)"; x=["', "\\N", "\\", "{a|b}", "|", "->", "<port>", ":e", "}", "/*", "#"]
LATEX = [
    "\\input{/etc/passwd}", "\\end{document}", "$", "$$", "%", "~^_&#{}", "\\write18{ls}", "^^5c", "[opt]", "\\(",
    "\\\\*",
]  # fmt: skip
LETTERS = [
    "🦔", "👩\u200d👩\u200d👧", "אבג", "\u202egnp.exe", "\u2066 \u2069", "漢字", "e\u0301", "\u200b", "αβ", "=1+1",
    "x" * 10_000,
]  # fmt: skip
PIECES = [*MARKUP, *ADDRESSES, *CONTROLS, *DOT, *LATEX, *LETTERS]

# A visible letter at the end, because a label of nothing but blanks is no label.
pieces = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), min_size=1, max_size=4)
labels = pieces.map(lambda some: "".join(some) + "w")
FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def expression(label):
    """The label on a leaf, on an inner node that is used twice, and on the result."""
    x, y = nt.variable(2.0, label), nt.variable(-3.0, "y")
    q = (x * y).named(label)
    return (q * q + x).named(label)


def network(label):
    """Two layers, every array under the label: a graph with all four levels."""
    rng = np.random.default_rng(0)
    X, T = nt.constant(rng.normal(size=(2, 2)), label), nt.constant(rng.normal(size=(2, 1)), label)
    W, b = nt.variable(rng.normal(size=(3, 2)), label), nt.variable(rng.normal(size=3), label)
    V, c = nt.variable(rng.normal(size=(1, 3)), label), nt.variable(rng.normal(size=1), label)
    return (((nt.tanh(X @ W.T + b).named(label) @ V.T + c).named(label) - T) ** 2).mean().named(label)


def crowd(names):
    """A graph with a leaf and a result under every name."""
    f = nt.variable(1.0, "start")
    for name in names:
        f = (f * nt.variable(0.5, name + "w")).named(name + "v")
    return f


def training_run(label, level="vector"):
    return nt.step(network(label), level=level, optimizer=Adam(0.1), iterations=2)


def built_of(svg):
    """Every element of a picture with the names of its attributes, counted."""
    return Counter((element.tag, *sorted(element.attrib)) for element in ET.fromstring(svg).iter())


class Tags(html.parser.HTMLParser):
    """Every tag of a page with the names of its attributes, in order."""

    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, *(name for name, _ in attributes)))

    def handle_endtag(self, tag):
        self.tags.append(("/", tag))


# ------------------------------------------------------------------------------------------------------------- files


@pytest.fixture
def written(tmp_path):
    """`written(root, ending)`: the bytes of an export."""

    def write(root, ending, step=None, **settings):
        save(nt.trace(root, **settings), tmp_path / f"f{ending}", step)
        return (tmp_path / f"f{ending}").read_bytes()

    return write


@FEW
@given(labels)
def test_a_picture_is_built_of_the_same_elements(written, label):
    for make in (expression, network):
        svg = written(make(label), ".svg").decode()
        assert built_of(svg) == built_of(written(make("w"), ".svg").decode())
        assert not any("href" in key or key.startswith("on") for e in ET.fromstring(svg).iter() for key in e.attrib)


@FEW
@given(labels)
@example("".join(MARKUP))
def test_a_page_has_the_same_tags_and_gives_the_label_back(label):
    player, plain = nt.step(expression(label)), nt.step(expression("w"))
    for write in (document, notebook_output):
        assert Tags(write(player.data)).tags == Tags(write(plain.data)).tags
    assert message_of(document(player.data))["nodes"] == player.data["nodes"]


@FEW
@given(labels)
def test_tex_has_the_same_commands(written, label):
    """Besides those that write a sign; what `\\input` and `^^5c` do is never done."""
    document = written(network(label), ".tex", optimizer=Adam(0.1)).decode()
    plain = written(network("w"), ".tex", optimizer=Adam(0.1)).decode()
    environments = re.compile(r"(?<!\\)\\(?:begin|end)\{\w+\*?\}")
    assert environments.findall(document) == environments.findall(plain)
    assert not re.search(r"\\(input|write|include|href|url|catcode|csname|def)\b|\^\^", document)
    comments = re.compile(r"(?<!\\)(?:\\\\)*%")
    assert len(comments.findall(document)) == len(comments.findall(plain))


@FEW
@given(labels)
def test_markdown_has_no_markup_no_link_and_the_same_lines(written, label):
    solution = written(network(label), ".md", optimizer=Adam(0.1)).decode()
    plain = written(network("w"), ".md", optimizer=Adam(0.1)).decode()
    assert not re.search("<[a-zA-Z/!?]", solution)
    outside_formulas = re.sub(r"\$(\\.|[^$\\])*\$", "", solution)
    assert not re.search(r"\]\(|https?://|www\.|\w@\w", outside_formulas) and "$" not in outside_formulas
    assert [line[:2] for line in solution.split("\n")] == [line[:2] for line in plain.split("\n")]


@FEW
@given(labels)
def test_tables_have_the_same_cells_and_none_is_a_formula(written, label):
    for ending in (".csv", ".steps.csv"):
        texts = (written(expression(one), ending).decode() for one in (label, "w"))
        rows, plain = (list(csv.reader(io.StringIO(text, newline=""))) for text in texts)
        assert [len(row) for row in rows] == [len(row) for row in plain]
        assert not [cell for row in rows for cell in row if re.match(r"[=+@\t\r]|-(?![\d.])", cell)]


@FEW
@given(labels)
def test_graphviz_finds_the_same_nodes_and_edges(label):
    def found(root):
        answer = json.loads(layout_module._run_wasm(draw(root).dot))
        everything = answer["objects"] + answer["edges"]
        assert not any(key in thing for thing in everything for key in ("URL", "href", "tooltip"))
        return [thing["name"] for thing in answer["objects"]], [edge["id"] for edge in answer["edges"]]

    assert found(expression(label)) == found(expression("w"))


@pytest.mark.slow
def test_a_pdf_links_and_runs_nothing(written, capsys):
    picture = written(crowd(PIECES[::3]), ".pdf", step=1)
    handout = written(expression(r'"]; URL="javascript:alert(1)" \input{x}'), ".pdf")
    for data in (picture, handout):
        assert not re.search(rb"/(URI|JavaScript|JS|Launch|OpenAction|Annot|EmbeddedFile)\b", data)
    assert len(re.findall(rb"/Type /Page\b", handout)) == len(nt.trace(expression("w"))) + 1
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_a_png_holds_pixels_and_no_text(written, capsys):
    data, at, chunks = written(crowd(PIECES[1::3]), ".png"), 8, set()
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        chunks.add(kind)
        at += size + 12
    assert chunks <= {b"IHDR", b"pHYs", b"IDAT", b"IEND"}
    assert capsys.readouterr() == ("", "")


@pytest.mark.slow
def test_the_solution_of_a_training_run_compiles_under_every_kind_of_label(tmp_path):
    pdflatex = shutil.which("pdflatex") or pytest.skip("there is no pdflatex on PATH")
    save(nt.trace(crowd(PIECES), optimizer=Adam(0.1)), tmp_path / "run.tex")
    compiled(pdflatex, (tmp_path / "run.tex").read_text(encoding="utf-8"), tmp_path)


# ------------------------------------------------------------------------------------------------------------- views


@pytest.mark.slow
@settings(FEW, max_examples=4)
@given(labels)
def test_every_picture_of_a_training_run_is_built_of_the_same_elements(label):
    """At all levels, and the loss curve: before any browser has cleaned anything."""
    data, plain = training_run(label).data, training_run("w").data
    assert built_of(data["curve"]) == built_of(plain["curve"])
    for level in ("vector", "scalar", "neuron", "layer"):
        assert built_of(message_at(data, level)["picture"]) == built_of(message_at(plain, level)["picture"])


# Formulas are left out: a long label is set in other parts than a letter, but in no others than FORMULA.
ELEMENTS = """all => all.filter(one => !one.parentElement.closest('math'))
    .map(one => [one.tagName,
        ...[...one.attributes].map(a => a.name).filter(name => name !== 'tabindex').sort()].join(' '))"""
# What could load something, or lead somewhere.
LOADING = "a[href]:not([href^='blob:']), [src], iframe, object, embed, form[action], image, use, script:not([type])"

FORMULA = "mrow mi mn mo mtext mfrac msup msub msubsup msqrt mtable mtr mtd mover".split()

WALK = [("Home",), ("ArrowRight",) * 4, ("End", "ArrowLeft", "t"), ("t", "Home", "p", "ArrowRight"), ("Escape", "p")]


def walked(shown):
    """What the page is built of: at every level at the start, on the way, in the table and in a question."""
    seen = []
    for key, level in enumerate(("scalar", "vector", "neuron", "layer"), 1):
        shown.press(str(key))
        shown.page.wait_for_selector(f"{PLAYER}[data-level={level}]")
        for keys in WALK:
            for key in keys:
                shown.press(key)
            built = Counter(shown.page.locator("body *").evaluate_all(ELEMENTS))
            seen += [(level, *keys, *one) for one in sorted(built.items())]
        assert shown.page.locator(f"{PLAYER} :is({LOADING}), math :not({', '.join(FORMULA)})").count() == 0
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("some", [MARKUP + ADDRESSES, CONTROLS + LETTERS, DOT + LATEX], ids=["html", "letters", "code"])
def test_every_view_is_built_of_the_same_elements_in_a_browser(browser_page, some):  # noqa: F811
    label = "".join(some)
    shown, plain = (browser_page(document(training_run(one).data)) for one in (label, "w"))
    shown.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    assert set(walked(shown)) ^ set(walked(plain)) == set()
