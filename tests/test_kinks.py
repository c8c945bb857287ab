"""At a kink, a tie or a jump the story says which slope or value was taken, and that it is a convention."""

import numpy as np
import pytest

import nnteach as nt
from nnteach.core import ops
from nnteach.core.kinks import at_kink, slope_convention
from nnteach.core.primitive import PRIMITIVES
from nnteach.i18n.phrases import phrase
from nnteach.trace.step_text import Words, tell

AT = {  # inputs exactly at a kink, and for every slot with a rule (slope from the left, from the right, taken)
    "absolute": ((0.0,), {0: (-1, 1, 0)}),
    "relu": ((0.0,), {0: (0, 1, 0)}),
    "leaky_relu": ((0.0, 0.25), {0: (0.25, 1, 0.25)}),
    "maximum": ((2.0, 2.0), {0: (0, 1, 1), 1: (0, 1, 0)}),
    "minimum": ((2.0, 2.0), {0: (1, 0, 1), 1: (1, 0, 0)}),
    "clip": ((1.0, 1.0, 3.0), {0: (0, 1, 1), 1: (0, 1, 0)}),
    "elu": ((0.0,), {0: (0.5, 1, 0.5)}),
}
STATIC = {"elu": {"alpha": 0.5}}
JUMPS = {"sign": ((0.0,), 0), "step": ((0.0,), 0), "greater": ((2.0, 2.0), 0), "greater_equal": ((2.0, 2.0), 1)}
TIES = {"max": ([3.0, 1.0, 3.0],), "min": ([1.0, 1.0, 3.0],)}
EDGES = [(name, slot) for name, (_, slots) in AT.items() for slot in slots]
SENTENCE = {"en": "is a convention", "it": "è una convenzione"}


def remarks(root, kind, language, node):
    trace = nt.trace(root, language=language)
    return {s.slot: tell(trace, k).remark or "" for k, s in enumerate(trace, 1) if s.kind == kind and s.node is node}


def test_every_declared_kink_has_its_case_here():
    assert {name for name, p in PRIMITIVES.items() if p.kink} == {*AT, *JUMPS, *TIES}


@pytest.mark.parametrize("language", SENTENCE)
@pytest.mark.parametrize(("name", "slot"), EDGES)
def test_the_slope_taken_is_told(name, slot, language):
    inputs, slots = AT[name]
    node = PRIMITIVES[name](*map(nt.variable, inputs), **STATIC.get(name, {}))
    told = remarks(node, "contribution", language, node)[slot]
    left, right, taken = (Words(language, {}).number(float(slope)) for slope in slots[slot])
    assert SENTENCE[language] in told
    assert told.startswith(phrase("remark.kink", language, left=left, right=right, taken=taken))


@pytest.mark.parametrize("language", SENTENCE)
@pytest.mark.parametrize("name", JUMPS)
def test_the_value_taken_at_a_jump_is_told(name, language):
    inputs, value = JUMPS[name]
    x = nt.variable(inputs[0])
    node = PRIMITIVES[name](x, *inputs[1:])
    told = remarks(x * 2 + ops.where(node, 1.0, 0.0), "evaluate", language, node)[None]
    assert SENTENCE[language] in told
    assert told == phrase("remark.jump", language, taken=str(value))


@pytest.mark.parametrize("language", SENTENCE)
@pytest.mark.parametrize("name", TIES)
def test_entries_that_tie_are_told_to_share(name, language):
    node = PRIMITIVES[name](nt.variable(*TIES[name]))
    assert SENTENCE[language] in remarks(node, "contribution", language, node)[0]


@pytest.mark.parametrize(("name", "slot"), EDGES)
def test_beside_the_kink_nothing_is_told(name, slot):
    inputs = list(AT[name][0])
    inputs[0] += 0.125
    node = PRIMITIVES[name](*map(nt.variable, inputs), **STATIC.get(name, {}))
    assert not np.any(at_kink(node))
    assert SENTENCE["en"] not in remarks(node, "contribution", "en", node).get(slot, "")


def test_in_an_array_the_entries_are_counted():
    x = nt.variable(np.array([0.0, -1.0, 0.0, 2.0]))
    y = nt.relu(x)
    told = remarks(y.sum(), "contribution", "en", y)[0]
    assert told.startswith("2 of 4 entries sit exactly at a kink") and "here 0 is taken" in told


def test_a_branch_is_told_besides_the_convention():
    x = nt.variable(0.0)
    y = nt.relu(x)
    told = remarks(y + x * 3, "contribution", "en", y)[0]
    assert "is a convention" in told and "at branches gradients add" in told


def test_the_convention_is_the_parameter():
    node = ops.relu(nt.variable(0.0), at_zero=0.5)
    [step] = [s for s in nt.trace(node) if s.slot == 0]
    assert slope_convention(step).taken == (0.5,)
