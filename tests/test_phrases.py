"""The catalogues of phrases: every language says everything, and every text is said in the language asked for."""

import re
import string

import pytest
from unpacking import message_of

import nnteach as nt
from nnteach.core.errors import GraphError
from nnteach.i18n.phrases import CATALOGUES, ENGLISH, phrase, spoken, words
from nnteach.player.python.script import script
from nnteach.trace.step_text import tell, tell_start

LANGUAGES = [language for language in CATALOGUES if language != "en"]


def placeholders(text):
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


@pytest.fixture
def network():
    """A graph whose story uses most phrases: a branch, a relu, a sigmoid, a product of matrices, an update."""
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    W, v = nt.variable([[0.5, -0.25], [1.5, 2.0]], "W"), nt.variable([0.5, -1.0], "v")
    return nt.sigmoid(x + y) * z - nt.relu(z) + x**2 / y + nt.tanh(W @ v + y).sum()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_phrase(language):
    assert sorted(CATALOGUES[language]) == sorted(ENGLISH)


@pytest.mark.parametrize("key", ENGLISH)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_asks_for_the_same_words_in_every_language(language, key):
    assert placeholders(CATALOGUES[language][key]) == placeholders(ENGLISH[key])
    assert bool(CATALOGUES[language][key].strip()) == bool(ENGLISH[key].strip())


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_a_phrase_is_the_same_in_two_languages(language):
    same = [key for key in ENGLISH if CATALOGUES[language][key] == ENGLISH[key] and re.search("[a-z]{4}", ENGLISH[key])]
    assert set(same) <= {"zero", "loss"}


def test_every_word_the_player_asks_for_has_a_phrase():
    """The script has no texts of its own: what it calls words.name or fill(words.name, …) stands in the catalogue."""
    asked = set(re.findall(r"\bwords\.(\w+)", script()))
    assert len(asked) > 20 and asked <= words("it").keys()
    assert words("it").keys() == words().keys() and not any("." in key for key in words())


def test_a_language_that_is_not_known_is_named_with_those_that_are():
    with pytest.raises(GraphError, match="expected a language among en, it,\n  got 'de'"):
        nt.trace(nt.variable(1.0, "x") * 2.0, language="de")
    with pytest.raises(GraphError, match="got 'IT'"):
        nt.trace(nt.variable(1.0, "x") * 2.0).to_text("IT")


def test_what_a_language_lacks_is_said_in_english(monkeypatch):
    monkeypatch.delitem(CATALOGUES["it"], "now.start")
    assert phrase("now.start", "it", inputs="x and y") == "x and y are given; nothing is computed yet"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_may_lack_anything(language, monkeypatch):
    monkeypatch.setitem(CATALOGUES, language, {})
    for key in ENGLISH:
        names = dict.fromkeys(placeholders(ENGLISH[key]), "x")
        assert phrase(key, language, **names) == phrase(key, **names)
    assert words(language) == words("en") and spoken("−2.5e−5", language) == spoken("−2.5e−5", "en")
    told = nt.trace(nt.variable(2.0, "x") * 3.0, language=language)
    assert told.to_text() == nt.trace(nt.variable(2.0, "x") * 3.0).to_text()


def test_names_are_never_read_as_templates():
    assert phrase("now.evaluate", "it", node="{parent} {0}") == "si calcola {parent} {0}"


@pytest.mark.parametrize(
    "language, formula, aloud",
    [
        ("en", "(−4.5) · σ(x)²", "minus 4.5 times sigma of x squared"),
        ("it", "(−4.5) · σ(x)²", "meno 4,5 per sigma di x al quadrato"),
        ("en", "−2.5e−5 + w1e2", "minus 2.5 times ten to the power minus 5 plus w1e2"),
        ("it", "−2.5e−5", "meno 2,5 per dieci alla meno 5"),
    ],
)
def test_a_formula_read_aloud(language, formula, aloud):
    assert spoken(formula, language) == aloud


def test_the_italian_story(network):
    """Looked at by eye once; here: no English word is left, and numbers read aloud have a comma."""
    t = nt.trace(network, learning_rate=0.5, language="it")
    told = [tell(t, k) for k in range(1, len(t) + 1)]
    text = " ".join([*tell_start(t), *(f"{s.now} {s.say} {s.remark}" for s in told)])
    english = re.findall(r"\b(the|gets|minus|is|and|times|gradient|because|step|of|passes)\b", text)
    assert english == []
    assert not re.search(r"\d\.\d", text) and re.search(r"\d,\d", text)
    assert tell_start(t)[1] == "Conosciamo x, y, z, W e v. Il primo passo calcola u1."
    assert told[0].say == "u1 è x più y: meno 2 più 5 fa 3."


def test_formulas_keep_the_point_in_every_language(network):
    english, italian = nt.trace(network).to_text(), nt.trace(network, language="it").to_text()
    assert re.findall(r"[−\d.]+\d", english) == re.findall(r"[−\d.]+\d", italian)


def test_the_page_says_its_language_so_that_it_is_read_aloud_in_it(network):
    page = nt.step(network, language="it").to_html()
    assert '<html lang="it">' in page and "Per seguire i passi" in page
    assert message_of(page)["steps"][0]["now"] == "si calcola u1"
    assert '<html lang="en">' in nt.step(network).to_html()


def test_a_worked_solution_in_italian(network):
    t = nt.trace(network, learning_rate=0.1)
    text = t.to_markdown(language="it")
    for heading in ("passo per passo", "### In avanti: i valori", "### All'indietro: i gradienti", "### Aggiornamento",
                    "### Risultati", "| nodo | operazione | valore | gradiente |", "| x | ingresso |"):
        assert heading in text
    assert t.to_latex("it").count(r"\subsection*") == 3 and "In avanti" in t.to_text("it")
    assert t.to_markdown() == nt.trace(network, learning_rate=0.1, language="en").to_markdown()
    assert nt.trace(network, learning_rate=0.1, language="it").to_markdown() == text


def test_two_languages_at_once_do_not_disturb_each_other(network):
    italian, english = nt.trace(network, language="it"), nt.trace(network)
    assert tell(italian, 1).now == "si calcola u1" and tell(english, 1).now == "u1 is computed"
