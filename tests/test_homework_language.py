"""What a check says in Italian: the same keys, the same places for names, no English left."""

import string

import pytest

from nnteach.core.errors import GraphError
from nnteach.homework.exercises.topics import SLIPS
from nnteach.homework.homework import homework
from nnteach.homework.mistakes import hypotheses as table
from nnteach.homework.mistakes.catalogue import MISTAKES, OF_ANSWERS
from nnteach.homework.mistakes.mistake import Mistake
from nnteach.homework.mistakes.network_mistakes import every_top
from nnteach.homework.mistakes.wording import TRANSLATED, words
from nnteach.i18n.check_phrases import CATALOGUES, ENGLISH, ITALIAN, phrase
from nnteach.i18n.mistakes_it import MISTAKES_IT


def places(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_all_languages_have_the_same_keys_and_places():
    for language in CATALOGUES.values():
        assert language.keys() == ENGLISH.keys()
        assert all(places(language[key]) == places(ENGLISH[key]) for key in ENGLISH)


def test_every_mistake_has_italian_words():
    assert set(MISTAKES_IT) == {*MISTAKES, *OF_ANSWERS, *SLIPS}
    for mistake in MISTAKES_IT:
        did, look = words(mistake, "it")
        assert did and look and (did, look) != words(mistake) and not did.endswith(".")
        assert look.endswith("?") == words(mistake)[1].endswith("?") or look[0].islower()


def test_a_new_mistake_may_come_without_italian_words(monkeypatch):
    """Whoever adds one writes English first; an Italian check must not raise for it."""
    triple = Mistake("triple", "take everything three times", "the factor in front",
                     every_top(lambda e: 3.0 * e.right))
    monkeypatch.setitem(MISTAKES, "triple", triple)
    monkeypatch.setattr(table, "_KNOWN", {})
    hw = homework("backprop", layers=[3, 3, 3], student="A17", language="it")
    r = hw.check({name: 3 * hw.truth[name] for name in hw.asked})
    assert r.mistakes == ("triple",) and "esattamente" in r.message and "take everything three times" in r.message
    assert "the factor in front" in hw.hint(2)


@pytest.mark.parametrize("mistake", sorted({*MISTAKES, *OF_ANSWERS, *SLIPS}))
def test_every_mistake_may_lack_its_translation(mistake, monkeypatch):
    monkeypatch.delitem(TRANSLATED["it"], mistake, raising=False)
    assert words(mistake, "it") == words(mistake)


@pytest.mark.parametrize("key", ENGLISH)
def test_every_phrase_may_lack_its_translation(key, monkeypatch):
    monkeypatch.setitem(CATALOGUES, "it", {k: said for k, said in ITALIAN.items() if k != key})
    names = dict.fromkeys(places(ENGLISH[key]), "x")
    assert phrase(key, "it", **names) == phrase(key, **names)


def test_a_whole_check_in_a_language_with_nothing_in_it(monkeypatch):
    monkeypatch.setitem(CATALOGUES, "it", {})
    monkeypatch.setitem(TRANSLATED, "it", {})
    said = []
    for language in CATALOGUES:
        hw = homework("sigmoid_2_2_2", student="A17", language=language)
        wrong = hw.check({name: -hw.truth[name] for name in hw.asked})
        said.append((wrong.message, hw.show(), [hw.hint(i) for i in (1, 2, 3, 4)], hw.check().message))
        gate = homework("boolean", gate="and", language=language).check(theta=[1.5, 1, 1])
        said[-1] += (gate.message,)
    assert said[0] == said[1]


def test_the_same_verdict_in_another_language():
    said = {}
    for language in CATALOGUES:
        hw = homework("backprop", layers=[3, 3, 3], student="A17", language=language)
        r = hw.check({name: -hw.truth[name] for name in hw.asked})
        assert r.mistakes == ("sign",) and r.verdict == "wrong"
        said[language] = r.message
    assert "This is exactly what you get if you take t − y" in said["en"]
    assert "esattamente ciò che si ottiene se si prende t − y" in said["it"] and "you" not in said["it"]
    assert ITALIAN["wrong"] in said["it"]


def test_weights_of_a_gate_in_italian():
    r = homework("boolean", gate="and", language="it").check(theta=[1.5, 1, 1])
    assert r.mistakes == ("bool_bias_sign",) and "il segno opposto" in r.message


def test_an_unknown_language_is_refused():
    with pytest.raises(GraphError, match="en, it"):
        homework("backprop", language="xx")


def test_sheet_and_hints_in_italian():
    hw = homework("sigmoid_2_2_2", student="A17", language="it")
    assert "### Dati" in hw.show() and "### Da consegnare" in hw.show() and "Hand in" not in hw.show()
    assert hw.hint(4).startswith("Con altri numeri") and "strato per strato" in hw.hint(1)
    hw.check({name: -hw.truth[name] for name in hw.asked})
    assert hw.hint(2).startswith("Cominciare da ") and "rispetto a che cosa" in hw.hint(2)
