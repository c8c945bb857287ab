"""Are mistakes named that nobody made? Wrong answers of every kind that is easy to think of, and what is said of them.

    python tests/false_names.py [samples] [group …] [known]   # 10,000 over all groups; known: the table's own, too

Each wrong answer comes with full precision, so that it can be compared with what the named mistake gives: a name is
false unless it is the mistake that was planted, or one that has the same numbers on this very sheet. Kinds are written
here in plain NumPy (`planted.py`), without the library's own solving.
"""

import itertools
import sys
import time
import zlib

import numpy as np
import planted
from homework_acceptance import GROUPS, a_slip, net_of
from planted import CORE, MORE, backprop, three_digits

from nnteach.homework import homework
from nnteach.homework.exercises.course_set import COURSE
from nnteach.homework.grading.answers import read
from nnteach.homework.mistakes.catalogue import MISTAKES
from nnteach.homework.mistakes.hypotheses import attempt, flat, hypotheses

SAME = 1e-9
NETWORK_SHARE = 7  # of the wrong answers, to one on an exercise with few numbers
OTHER = {"relu": "tanh", "sigmoid": "tanh", "tanh": "sigmoid", "leaky_relu": "relu", "softplus": "relu"}


class Sheet:
    """A student's sheet, and what a kind of wrong answer needs to know of it.

    Attributes:
        right: the right answers by name, in full precision.
        backprop: see `planted.backprop`, with the numbers of the sheet; None for what is no such network.
    """

    def __init__(self, hw, net=None, neighbour=None):
        self.hw, self.net, self.neighbour = hw, net, neighbour
        self.right = {name: np.asarray(hw.truth[name], dtype=float) for name in hw.asked}
        self.layers = range(1, len(net["layers"])) if net else ()

    def backprop(self, *mistakes, given=None, slip=None, **changed):
        with np.errstate(all="ignore"):
            return backprop(self.net | changed, given or self.hw.given, *mistakes, slip=slip)


# ------------------------------------------------------------ kinds that work on the right answers of any exercise


def some_name(sheet, rng, least=1):
    names = [name for name, value in sheet.right.items() if value.size >= least]
    return str(rng.choice(names)) if names else None


def one_entry(function, count=1):
    """Some entries of one answer, changed."""

    def kind(sheet, rng):
        name = some_name(sheet, rng)
        array = sheet.right[name].copy()
        places = rng.choice(array.size, min(array.size, count), replace=False)
        flat_ = array.reshape(-1)
        for place in places:
            flat_[place] = function(flat_[place], rng, sheet)
        return sheet.right | {name: array}

    return kind


def one_answer(function):
    def kind(sheet, rng):
        name = some_name(sheet, rng)
        return sheet.right | {name: np.asarray(function(sheet.right[name], rng, sheet), dtype=float)}

    return kind


def every_answer(function):
    return lambda sheet, rng: {n: np.asarray(function(a, rng, sheet), dtype=float) for n, a in sheet.right.items()}


def odd_factor(rng):
    """A factor that no slip leads to, far from all that do."""
    while True:
        factor = float(rng.uniform(0.05, 6.0))
        special = [a / b for a in range(1, 13) for b in range(1, 13)] + [np.log(10), 1 / np.log(10)]
        if min(abs(factor / s - 1) for s in special) > 0.02:
            return factor


def digits_exchanged(x, rng, sheet):
    """0.123 written as 0.132."""
    text = f"{abs(x):.2e}"
    digits = [text[0], text[2], text[3]]
    digits[1], digits[2] = digits[2], digits[1]
    return np.sign(x) * float(f"{digits[0]}.{digits[1]}{digits[2]}{text[4:]}")


def another_digit(x, rng, sheet):
    """One of the three digits misread."""
    text = f"{abs(x):.2e}"
    digits, place = [text[0], text[2], text[3]], rng.integers(3)
    digits[place] = str(rng.integers(1, 10))
    return np.sign(x) * float(f"{digits[0]}.{digits[1]}{digits[2]}{text[4:]}")


def permuted(array, rng, sheet):
    return rng.permutation(array.reshape(-1)).reshape(array.shape)


def of_its_size(array, rng, sheet):
    return rng.normal(size=array.shape) * (np.sqrt(np.mean(array**2)) + 0.01)


def one_line(function):
    def changed(array, rng, sheet):
        array = array.copy()
        lines = array if array.ndim < 2 or rng.integers(2) else array.T
        if lines.ndim:
            i = rng.integers(len(lines))
            lines[i] = function(lines[i], rng)
            return array
        return function(array, rng)

    return changed


def another_place(sheet, rng):
    """An answer copied to another name of the same shape, which keeps its own."""
    pairs = [(a, b) for a in sheet.right for b in sheet.right
             if a != b and sheet.right[a].shape == sheet.right[b].shape]
    if not pairs:
        return None
    one, other = pairs[rng.integers(len(pairs))]
    return sheet.right | {one: sheet.right[other]}


def of_a_neighbour(sheet, rng):
    return {name: np.asarray(sheet.neighbour.truth[name], dtype=float) for name in sheet.right}


def zeros_in(names):
    return lambda sheet, rng: {n: a * (n not in names(sheet, rng)) for n, a in sheet.right.items()}


def in_a_layer(sheet, rng):
    chosen = str(rng.choice(list(sheet.layers or [1])))
    return {name for name in sheet.right if name.endswith(chosen)}


ON_ANSWERS = {
    "one number off by 5 %": one_entry(lambda x, rng, s: 1.05 * x),
    "one number off by 10 %": one_entry(lambda x, rng, s: 0.9 * x),
    "one number off by 30 %": one_entry(lambda x, rng, s: 1.3 * x),
    "one number, any factor": one_entry(lambda x, rng, s: x * rng.uniform(-3, 3)),
    "two numbers changed": one_entry(lambda x, rng, s: x * rng.uniform(-3, 3), 2),
    "several numbers changed": one_entry(lambda x, rng, s: x + rng.normal() * (abs(x) + 0.05), 4),
    "one number lost": one_entry(lambda x, rng, s: 0.0),
    "one sign lost": one_entry(lambda x, rng, s: -x),
    "two signs lost": one_entry(lambda x, rng, s: -x, 2),
    "the decimal point of one number": one_entry(lambda x, rng, s: x * rng.choice((10.0, 0.1))),
    "two digits exchanged": one_entry(digits_exchanged),
    "a digit misread": one_entry(another_digit),
    "another number of the sheet": one_entry(lambda x, rng, s: rng.choice(flat(s.right, s.right))),
    "an answer of random numbers": one_answer(of_its_size),
    "random numbers": every_answer(of_its_size),
    "an answer off by an odd factor": one_answer(lambda a, rng, s: a * odd_factor(rng)),
    "an answer in another order": one_answer(permuted),
    "everything in another order": every_answer(permuted),
    "an answer without signs": one_answer(lambda a, rng, s: abs(a)),
    "everything without signs": every_answer(lambda a, rng, s: abs(a)),
    "an answer squared": one_answer(lambda a, rng, s: a * a),
    "an answer plus a constant": one_answer(lambda a, rng, s: a + rng.normal() * 0.3),
    "everything with noise": every_answer(lambda a, rng, s: a * rng.normal(1, rng.uniform(0.02, 0.4), a.shape)),
    "one row or column times a factor": one_answer(one_line(lambda line, rng: line * odd_factor(rng))),
    "one row or column turned": one_answer(one_line(lambda line, rng: -line)),
    "one row or column zero": one_answer(one_line(lambda line, rng: 0.0 * line)),
    "one answer zero": one_answer(lambda a, rng, s: 0.0 * a),
    "a layer zero": zeros_in(in_a_layer),
    "all zero": every_answer(lambda a, rng, s: 0.0 * a),
    "all one": every_answer(lambda a, rng, s: 0.0 * a + 1.0),
    "an answer under another name, too": another_place,
    "the answers of a neighbour": of_a_neighbour,
}
def all_by_an_odd_factor(sheet, rng):
    factor = odd_factor(rng)
    return {name: factor * a for name, a in sheet.right.items()}


ON_ANSWERS["everything off by an odd factor"] = all_by_an_odd_factor

# --------------------------------------------------------------- kinds that happen on the way, through a network


def touching(chosen, function, times=1):
    """A `slip` that changes one quantity, by its name on paper."""
    return lambda name, array: function(np.array(array, dtype=float)) if name in chosen else array


def on_the_way(pick, function):
    """One quantity on the way changed; everything after it is computed well."""

    def kind(sheet, rng):
        chosen = pick(sheet, rng)
        seed = rng.integers(2**32)
        return sheet.backprop(slip=touching(chosen, lambda a: function(a, np.random.default_rng(seed), sheet)))

    return kind


def quantity(*letters):
    return lambda sheet, rng: {f"{rng.choice(letters)}{rng.choice(list(sheet.layers))}"}


def the(*letters):
    return lambda sheet, rng: {f"{letter}{k}" for letter in letters for k in sheet.layers}


def of_one_layer(*letters):
    def pick(sheet, rng):
        k = rng.choice(list(sheet.layers))
        return {f"{letter}{k}" for letter in letters}

    return pick


def entry(function):
    def changed(a, rng, sheet):
        place = tuple(rng.integers(n) for n in a.shape)
        a[place] = function(a[place], rng)
        return a

    return changed


def wrong_axis(sheet, rng):
    """The softmax of the columns instead of the rows."""
    if sheet.net["output"] != "softmax":
        return None
    last = len(sheet.net["layers"]) - 1
    logits = {}

    def slip(name, array):
        if name == f"z{last}":
            logits["z"] = array
        if name == f"a{last}":
            e = np.exp(logits["z"] - logits["z"].max(axis=0))
            return e / e.sum(axis=0)
        return array

    return sheet.backprop(slip=slip)


def another_activation(sheet, rng):
    """Another activation in the hidden layers, forward and back."""
    if len(sheet.net["layers"]) < 3:
        return None
    return sheet.backprop(hidden=str(rng.choice([f for f in ("relu", "tanh", "sigmoid", "softplus")
                                                if f != sheet.net["hidden"]])))


def another_activation_forward(sheet, rng):
    """Another activation on the way forward only."""
    if len(sheet.net["layers"]) < 3:
        return None
    seen, last, f = {}, len(sheet.net["layers"]) - 1, planted.F[OTHER[sheet.net["hidden"]]]

    def slip(name, array):
        seen[name] = array
        if name[0] == "a" and name != f"a{last}":
            return f(seen[f"z{name[1:]}"])
        return array

    return sheet.backprop(slip=slip)


def another_output(sheet, rng):
    chosen = {"softmax": "sigmoid", "sigmoid": "tanh", "tanh": "sigmoid", "identity": "sigmoid"}[sheet.net["output"]]
    return sheet.backprop(output=chosen)


def only_in(letters, *mistakes):
    """A mistake in some of the formulas; all the others are right."""

    def kind(sheet, rng):
        wrong = sheet.backprop(str(rng.choice(mistakes)))
        chosen = {f"{letter}{k}" for letter in letters for k in [rng.choice(list(sheet.layers))]}
        return None if wrong is None else sheet.right | {n: wrong[n] for n in chosen if n in sheet.right}

    return kind


def penalty_in_one_layer(factor):
    def kind(sheet, rng):
        if not sheet.net.get("l2"):
            return None
        k = rng.choice(list(sheet.layers))
        return sheet.right | {f"dW{k}": sheet.right[f"dW{k}"] + factor * sheet.net["l2"] * sheet.hw.given[f"W{k}"]}

    return kind


def penalty(function):
    def kind(sheet, rng):
        if not sheet.net.get("l2"):
            return None
        more = {f"dW{k}": function(sheet.net["l2"], sheet.hw.given[f"W{k}"], sheet) for k in sheet.layers
                if f"W{k}" in sheet.hw.given}
        return {n: a + more.get(n, 0.0) for n, a in sheet.right.items()}

    return kind


def step(function):
    """The step, or the new weights, instead of the gradients."""

    def kind(sheet, rng):
        return {n: function(sheet.hw.given[n[1:]], sheet.hw.task.learning_rate, a) for n, a in sheet.right.items()}

    return kind


def a_given_number(function):
    """One number of the sheet misread."""

    def kind(sheet, rng):
        name = str(rng.choice(list(sheet.hw.given)))
        array = np.array(sheet.hw.given[name], dtype=float)
        place = tuple(rng.integers(n) for n in array.shape)
        array[place] = function(array[place], rng)
        return sheet.backprop(given=dict(sheet.hw.given) | {name: array})

    return kind


def mask_of_the_batch(sheet, rng):
    """The gates of one sample, for all of them."""
    if len(sheet.net["layers"]) < 3:
        return None
    return sheet.backprop(slip=touching({f"z{rng.choice(list(sheet.layers)[:-1])}"},
                                        lambda a: a * 0 + a[rng.integers(len(a))]))


def batch_mean_mask(sheet, rng):
    if len(sheet.net["layers"]) < 3:
        return None
    mean = rng.integers(2)
    return sheet.backprop(slip=touching({f"delta{k}" for k in list(sheet.layers)[:-1]},
                                        lambda d: d * (d.mean(axis=0) > 0) if mean else d.mean(axis=0) + 0 * d))


def a_sample(letters):
    """One sample for some of the gradients, the sum for the others."""

    def kind(sheet, rng):
        wrong = sheet.backprop(str(rng.choice(("first_sample", "last_sample"))))
        return {n: wrong[n] if n[:2] in letters else a for n, a in sheet.right.items()}

    return kind


def dropped_sample(sheet, rng):
    """One sample forgotten in everything."""
    i = rng.integers(sheet.net["batch"])
    given = dict(sheet.hw.given) | {n: np.delete(sheet.hw.given[n], i, axis=0) for n in ("X", "T")}
    n = sheet.net["batch"]
    scale = (n - 1) / n if rng.integers(2) else 1.0
    found = sheet.backprop(given=given, batch=n - 1)
    if sheet.net.get("l2") or found is None:
        return None
    return {name: scale * a for name, a in found.items()}


def mixed(sheet, rng):
    """Some answers with one mistake and some with another."""
    one, other = (sheet.backprop(str(m)) for m in rng.choice(CORE[:10], 2, replace=False))
    if one is None or other is None:
        return None
    return {n: (one if rng.integers(2) else other)[n] for n in sheet.right}


ON_THE_WAY = {
    "a slip of the pen on the way": lambda s, rng: s.backprop(slip=a_slip(rng)),
    "one number of z": on_the_way(quantity("z"), entry(lambda x, rng: x + rng.normal())),
    "one number of a": on_the_way(quantity("a"), entry(lambda x, rng: x * rng.uniform(0, 3))),
    "one number of δ": on_the_way(quantity("delta"), entry(lambda x, rng: x * rng.uniform(-2, 3))),
    "one sign of δ": on_the_way(quantity("delta"), entry(lambda x, rng: -x)),
    "one sign of z": on_the_way(quantity("z"), entry(lambda x, rng: -x)),
    "softmax over the wrong axis": wrong_axis,
    "another activation": another_activation,
    "another activation, forward only": another_activation_forward,
    "another output activation": another_output,
    "wrong sign in one dW": on_the_way(quantity("dW"), lambda a, rng, s: -a),
    "wrong sign in one db": on_the_way(quantity("db"), lambda a, rng, s: -a),
    "wrong sign in every dW": on_the_way(the("dW"), lambda a, rng, s: -a),
    "wrong sign in every db": on_the_way(the("db"), lambda a, rng, s: -a),
    "wrong sign in one layer": on_the_way(of_one_layer("dW", "db"), lambda a, rng, s: -a),
    "wrong sign from one δ on": on_the_way(quantity("delta"), lambda a, rng, s: -a),
    "the mean left out in one layer": on_the_way(of_one_layer("dW", "db"), lambda a, rng, s: a * s.net["batch"]),
    "the mean left out of one dW": on_the_way(quantity("dW"), lambda a, rng, s: a * s.net["batch"]),
    "the mean left out of one db": on_the_way(quantity("db"), lambda a, rng, s: a * s.net["batch"]),
    "the mean left out of one δ": on_the_way(quantity("delta"), lambda a, rng, s: a * s.net["batch"]),
    "the mean twice in one layer": on_the_way(of_one_layer("dW", "db"), lambda a, rng, s: a / s.net["batch"]),
    "twice as much in one layer": on_the_way(of_one_layer("dW", "db"), lambda a, rng, s: 2 * a),
    "half as much in one dW": on_the_way(quantity("dW"), lambda a, rng, s: a / 2),
    "half as much in one δ": on_the_way(quantity("delta"), lambda a, rng, s: a / 2),
    "the data part transposed, in one layer": on_the_way(
        quantity("dW"), lambda a, rng, s: a.T if a.shape == a.T.shape else a),
    "the data part transposed": on_the_way(the("dW"), lambda a, rng, s: a.T if a.shape == a.T.shape else a),
    "the columns of dW exchanged": on_the_way(quantity("dW"), lambda a, rng, s: a[:, ::-1]),
    "dW from one sample, db summed": a_sample(("dW",)),
    "db from one sample, dW summed": a_sample(("db",)),
    "a sample left out": dropped_sample,
    "the gates of one sample for all": mask_of_the_batch,
    "gates or means of the batch": batch_mean_mask,
    "dW without a slope, db with it": only_in(("dW",), "out_deriv_missing", "hid_deriv_missing"),
    "db without a slope, dW with it": only_in(("db",), "out_deriv_missing", "hid_deriv_missing"),
    "a mistake in one dW only": only_in(("dW",), *CORE),
    "a mistake in one db only": only_in(("db",), *CORE),
    "a mistake in one layer only": only_in(("dW", "db"), *CORE, *MORE),
    "two mistakes, mixed": mixed,
    "no penalty in one layer": penalty_in_one_layer(-1.0),
    "the penalty twice in one layer": penalty_in_one_layer(1.0),
    "the penalty subtracted in one layer": penalty_in_one_layer(-2.0),
    "the penalty divided by n": penalty(lambda l2, W, s: l2 * W * (1 / s.net["batch"] - 1)),
    "the penalty |W|": penalty(lambda l2, W, s: l2 * (np.sign(W) - W)),
    "the penalty W²": penalty(lambda l2, W, s: l2 * (W * W - W)),
    "another λ": penalty(lambda l2, W, s: (0.77 - l2) * W),
    "the penalty without W": penalty(lambda l2, W, s: l2 * (1 - W)),
    "the step": step(lambda W, rate, g: -rate * g),
    "the step without its sign": step(lambda W, rate, g: rate * g),
    "the new weights": step(lambda W, rate, g: W - rate * g),
    "the new weights, uphill": step(lambda W, rate, g: W + rate * g),
    "the new weights without a rate": step(lambda W, rate, g: W - g),
    "the weights themselves": step(lambda W, rate, g: W),
    "a given number misread": a_given_number(lambda x, rng: x + rng.choice((-0.1, 0.1, 0.5))),
    "a given number with the wrong sign": a_given_number(lambda x, rng: -x if x else 1.0),
    "a given number, ten times": a_given_number(lambda x, rng: 10 * x if x else 1.0),
    "the rows of X moved": lambda s, rng: s.backprop(given=dict(s.hw.given) | {"X": np.roll(s.hw.given["X"], 1, 0)}),
    "the activation squared": on_the_way(the("a"), lambda a, rng, s: a * a),
    "δ with the wrong target": lambda s, rng: s.backprop(
        given=dict(s.hw.given) | {"T": rng.permutation(s.hw.given["T"])}),
    "one weight frozen at zero": a_given_number(lambda x, rng: 0.0),
}
KNOWN = {mistake: (lambda m: lambda sheet, rng: sheet.backprop(m))(mistake) for mistake in CORE + MORE
         if mistake not in ("double_count",)}


# ----------------------------------------------------------------------------------------- is the name true?


def is_false(sheet, wrong, result, kind="") -> bool:
    """Whether a name was given that is not what was done, nor the same on this sheet."""
    if not result.mistakes:
        return False
    if kind in MISTAKES and kind in result.mistakes:
        return False
    return not any(_leads_to(sheet, ids, wrong, result) for ids in (result.candidates or [result.mistakes]))


def _leads_to(sheet, ids, wrong, result):
    """Whether mistakes give these very numbers here, in full precision."""
    names = list(sheet.right)
    mine = flat(wrong, names)
    if ids == ("unit_order",):
        return all(np.allclose(np.sort(wrong[n], axis=None), np.sort(sheet.right[n], axis=None), atol=1e-9)
                   for n in names)
    if ids == ("swap_layers",):
        off = [n for n in names if not np.allclose(wrong[n], sheet.right[n])]
        return len(off) > 1 and sorted(map(_key, (wrong[n] for n in off))) == sorted(
            map(_key, (sheet.right[n] for n in off)))
    if any(i not in {h.id for h in sheet.hypotheses} for i in ids):
        return False
    one = [h for h in sheet.hypotheses if h.id == ids[0]]
    if len(ids) == 1:
        rows = (attempt(sheet.hw.task, h.change, update=False) for h in one)
    else:
        two = [h for h in sheet.hypotheses if h.id == ids[1]]
        rows = (attempt(sheet.hw.task, *order, update=False)
                for a in one for b in two for order in ((a.change, b.change), (b.change, a.change)))
    scale = np.max(np.abs(mine), initial=SAME)
    return any(row is not None and flat(row, names).shape == mine.shape
               and np.allclose(flat(row, names), mine, rtol=1e-7, atol=SAME * scale) for row in rows)


def _key(array):
    return tuple(np.round(np.ravel(array), 9))


# --------------------------------------------------------------------------------------------------- running


def sheets(count, groups=None):
    """(group, sheets, kinds): the fifteen networks, and the other exercises of the course."""
    made = {name: ("backprop", description) for name, description in GROUPS.items()}
    made |= {f"hw {key}": (entry.name, dict(entry.settings)) for key, entry in COURSE.items() if key != "boolean"}
    made |= {text: (text, {}) for text in EXPRESSIONS}
    for group, (name, description) in made.items():
        if groups and group not in groups:
            continue
        students = [homework(name, student=f"no name {group} {i}", **description) for i in range(count + 1)]
        net = net_of(description) if group in GROUPS else None
        yield group, [Sheet(a, net, b) for a, b in itertools.pairwise(students)]


EXPRESSIONS = ("(x + y) * z", "exp(x * y)", "sin(x ** 2)", "x * x", "a + a", "b = a + a; y = b * b",
               "(a + b) * (a - b)", "x * y + x", "sigmoid(w * x + b)", "(w * x + b) ** 2", "tanh(w * x) * v + x",
               "x / y - y", "log(x) / y", "max(x + 1, y) / z")


def kinds_of(sheet, known=False):
    """The kinds of wrong answers that there are on a sheet."""
    if sheet.net is None:
        return ON_ANSWERS
    return ON_ANSWERS | ON_THE_WAY | (KNOWN if known else {})


def wrong_answers(sheet, kind, rng):
    """A wrong answer in full precision; None if the kind does not show here."""
    try:
        wrong = kinds_of(sheet, known=True)[kind](sheet, rng)
    except (ValueError, KeyError, IndexError):
        return None
    if wrong is None or any(not np.all(np.isfinite(wrong[n])) for n in sheet.right):
        return None
    wrong = {n: np.asarray(wrong[n], dtype=float) for n in sheet.right}
    if all(np.all(read(three_digits(wrong[n])).agrees(sheet.right[n])) for n in sheet.right):
        return None
    return wrong


def run(samples=10000, groups=None, students=6, known=False, out=print):
    """Try wrong answers of every kind in turn; returns (tried, false names as lines)."""
    made = list(sheets(students, groups))
    weights = {group: NETWORK_SHARE if group in GROUPS else 1 for group, _ in made}
    share = {group: round(samples * weight / sum(weights.values())) for group, weight in weights.items()}
    tally, lines = {}, []
    for group, papers in made:
        rng = np.random.default_rng(zlib.crc32(group.encode()))
        count, turn, kinds = 0, 0, [*kinds_of(papers[0], known)]
        rng.shuffle(kinds)
        while count < share[group] and turn < 20 * share[group] + 100:
            kind, sheet = kinds[turn % len(kinds)], papers[(turn // len(kinds)) % len(papers)]
            turn += 1
            wrong = wrong_answers(sheet, kind, rng)
            if wrong is None:
                continue
            result = sheet.hw.check({n: three_digits(a) for n, a in wrong.items()})
            count += 1
            row = tally.setdefault(kind, [0, 0, 0, 0])
            if not hasattr(sheet, "hypotheses"):
                sheet.hypotheses = hypotheses(sheet.hw.task)
            false = is_false(sheet, wrong, result, kind)
            for i, true in enumerate((True, bool(result.mistakes), false, result.ok)):
                row[i] += bool(true)
            if false:
                lines.append(f"{group} | {sheet.hw.student} | {kind} | {result.mistakes} | {result.certainty}")
                out(f"    FALSE {lines[-1]}")
            elif result.ok:
                out(f"    called right: {group} | {sheet.hw.student} | {kind}")
    total = np.sum(list(tally.values()), axis=0)
    out()
    out(f"{'kind':44}{'tried':>7}{'named':>7}{'false':>7}{'right':>7}")
    for kind in sorted(tally, key=str):
        out(f"{kind:44}" + "".join(f"{n:7}" for n in tally[kind]))
    out(f"{'all':44}" + "".join(f"{n:7}" for n in total))
    return int(total[0]), lines


if __name__ == "__main__":
    numbers_ = [int(a) for a in sys.argv[1:] if a.isdigit()]
    begun = time.process_time()
    run(numbers_[0] if numbers_ else 10000, [a for a in sys.argv[1:] if not a.isdigit() and a != "known"] or None,
        known="known" in sys.argv)
    print(f"{time.process_time() - begun:.0f} s of the processor")
