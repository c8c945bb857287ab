"""The acceptance table of the homework engine, on students that were not used in development.

    python tests/homework_acceptance.py [students per group] [core all slips right pairs compared]

Mistakes are planted by `planted.py`, plain NumPy that shares no code with the library's own solving. Answers
are handed in at three significant digits, the full gradient unless it says otherwise.
"""

import sys
import time

import numpy as np
import planted
from planted import CORE, MORE, backprop, three_digits

from nnteach.homework import homework
from nnteach.homework.grading.answers import read
from nnteach.homework.mistakes.hypotheses import catalogue

GROUPS = {
    "3-3-3 relu, softmax": {"layers": [3, 3, 3]},
    "3-3-3 sigmoid, sigmoid": {"layers": [3, 3, 3], "hidden": "sigmoid", "output": "sigmoid"},
    "depth 1": {"layers": [3, 3], "output": "sigmoid"},
    "depth 3": {"layers": [3, 3, 3, 3], "hidden": "sigmoid", "output": "sigmoid"},
    "depth 4": {"layers": [3, 3, 3, 3, 3], "hidden": "tanh", "output": "softmax"},
    "tanh": {"layers": [3, 3, 3], "hidden": "tanh", "output": "tanh"},
    "leaky ReLU": {"layers": [3, 3, 3], "hidden": "leaky_relu", "output": "identity"},
    "softplus": {"layers": [3, 3, 3], "hidden": "softplus", "output": "sigmoid"},
    "squared error": {"layers": [3, 3, 3], "hidden": "tanh", "output": "sigmoid", "loss": "squared_error"},
    "mse": {"layers": [3, 3, 3], "hidden": "sigmoid", "output": "tanh", "loss": "mse"},
    "binary cross-entropy": {
        "layers": [3, 3, 3],
        "hidden": "tanh",
        "output": "sigmoid",
        "loss": "binary_cross_entropy",
    },
    "penalty": {"layers": [3, 3, 3], "hidden": "sigmoid", "output": "softmax", "l2": 0.3},
    "4-3-3, batch 5": {"layers": [4, 3, 3], "hidden": "relu", "output": "softmax", "batch": 5},
    "skip connection": {"layers": [3, 3, 3, 3], "hidden": "tanh", "output": "softmax", "skip": True},
    "shared weights": {"layers": [3, 3, 3, 3, 3], "hidden": "sigmoid", "output": "softmax", "shared": True},
}
DEFAULT = {"hidden": "relu", "output": "softmax", "batch": 4, "learning_rate": 0.5}
SEEDS = "unseen 7"


class Tally(dict):
    """Counts by name, and a share of them in words."""

    def add(self, *names):
        for name in names:
            self[name] = self.get(name, 0) + 1

    def share(self, name, of="n"):
        return f"{100 * self.get(name, 0) / self[of]:.1f} %" if self.get(of) else "–"


def net_of(description):
    net = DEFAULT | description
    return net | {
        "loss": net.get("loss") or ("cross_entropy" if net["output"] == "softmax" else "half_squared_error")
    }


def students(group, count):
    return [f"{SEEDS} {group} {i}" for i in range(count)]


def handed_in(grads, hw):
    return {name: three_digits(grads[name]) for name in hw.asked}


def shows(grads, right, hw):
    """Whether a planted mistake changes anything at three digits."""
    return any(not np.array_equal(three_digits(grads[n]), three_digits(right[n])) for n in hw.asked)


def applies(hw, right, net, ids):
    """The mistakes that can be made in a homework, with the gradients they lead to."""
    for mistake in ids:
        if mistake == "overwrite" and not (net.get("skip") or net.get("shared")):
            continue
        if mistake == "double_count" or (mistake == "err_not_delta" and net.get("skip")):
            continue  # not written out by hand in planted.py
        if mistake in ("softmax_diag", "softmax_offdiag_sign", "p_only") and net["output"] != "softmax":
            continue
        if mistake == "bce_one_term" and net["loss"] != "binary_cross_entropy":
            continue
        if mistake == "sum_outputs" and net["loss"] != "mse":
            continue
        with np.errstate(all="ignore"):
            grads = backprop(net, hw.given, mistake)
        if grads is not None and shows(grads, right, hw):
            yield mistake, grads


def planted_once(count, ids, groups=GROUPS, worst=None):
    print(f"{'group':24}{'planted':>8}{'named':>9}{'exactly':>9}{'top 3':>9}{'called right':>14}{'median ms':>11}")
    total, times = Tally(), []
    for group, description in groups.items():
        tally, net = Tally(), net_of(description)
        for student in students(group, count):
            hw = homework("backprop", student=student, **description)
            right = backprop(net, hw.given)
            known = catalogue(hw.exercise)
            for mistake, grads in applies(hw, right, net, ids):
                begun = time.process_time()
                r = hw.check(handed_in(grads, hw))
                times.append(time.process_time() - begun)
                tied = [i for i in r.mistakes if known.tied(i, mistake)]
                tally.add("n", *(["right"] if r.ok else []))
                tally.add(*(["named"] if tied and len(tied) == len(r.mistakes) else []))
                tally.add(
                    *(["exactly"] if tied and len(tied) == len(r.mistakes) and r.certainty == "exactly" else [])
                )
                tally.add(*(["among"] if tied else []))
                if not tied and worst is not None:
                    worst.append((group, student, mistake, r.verdict, r.mistakes))
        print(
            f"{group:24}{tally['n']:8}{tally.share('named'):>9}{tally.share('exactly'):>9}{tally.share('among'):>9}"
            f"{tally.get('right', 0):14}{1e3 * np.median(times[-tally['n'] :]):11.1f}",
            flush=True,
        )
        for name, value in tally.items():
            total[name] = total.get(name, 0) + value
    print(
        f"{'all':24}{total['n']:8}{total.share('named'):>9}{total.share('exactly'):>9}{total.share('among'):>9}"
        f"{total.get('right', 0):14}{1e3 * np.median(times):11.1f}"
    )
    return total


def expressions(count):
    cases = (
        (
            "sum_times_difference",
            planted.product_of_sums,
            ("mul_not_swapped", "minus_lost", "upstream_missing", "overwrite", "overwrite first", "seed_not_one"),
        ),
        (
            "sigmoid_neuron",
            planted.neuron,
            (
                "mul_not_swapped",
                "minus_lost",
                "quotient_sign",
                "quotient_no_square",
                "exp_as_x",
                "exp_as_power",
                "seed_not_one",
            ),
        ),
    )
    for name, by_hand, ids in cases:
        tally = Tally()
        for student in students(name, count):
            hw = homework(name, student=student)
            known = catalogue(hw.exercise)
            for mistake in ids:
                r = hw.check(handed_in(by_hand(**hw.given, planted=mistake), hw))
                tied = [i for i in r.mistakes if known.tied(i, mistake.split()[0])]
                tally.add(
                    "n",
                    *(["named"] if tied and len(tied) == len(r.mistakes) else []),
                    *(["among"] if tied else []),
                    *(["exactly"] if tied and r.certainty == "exactly" else []),
                    *(["right"] if r.ok else []),
                )
        print(
            f"{name:24}{tally['n']:8}{tally.share('named'):>9}{tally.share('exactly'):>9}{tally.share('among'):>9}"
            f"{tally.get('right', 0):14}"
        )


# ---------------------------------------------------------------------------------------------------- slips


def a_slip(rng):
    """A slip of the pen in one number: the sign, a factor of 10, a digit, a lost or misread number."""
    chosen = rng.choice(
        ["X", "W1", "W2", "b1", "b2", "z1", "a1", "z2", "delta2", "delta1", "dW1", "dW2", "db1", "db2"]
    )
    kind = rng.integers(5)

    def slip(name, array):
        if name != chosen:
            return array
        array = np.array(array, dtype=float)
        place = tuple(rng.integers(n) for n in array.shape)
        x = array[place]
        array[place] = (
            -x,
            10 * x,
            x + rng.choice((-1, 1)) * 10.0 ** np.floor(np.log10(abs(x) + 1e-9)),
            0.0,
            rng.normal() * (abs(x) + 0.1),
        )[kind]
        return array

    return slip


def slips(count, rng):
    tally = Tally()
    for group in ("3-3-3 relu, softmax", "3-3-3 sigmoid, sigmoid", "tanh", "squared error"):
        net = net_of(GROUPS[group])
        made = [homework("backprop", student=s, **GROUPS[group]) for s in students(f"slips {group}", 20)]
        for i in range(count // 4):
            hw = made[i % len(made)]
            right, grads = backprop(net, hw.given), backprop(net, hw.given, slip=a_slip(rng))
            if not shows(grads, right, hw):
                continue
            answers = handed_in(grads, hw)
            if all(np.all(read(answers[n]).agrees(right[n])) for n in hw.asked):
                tally.add("within a unit")  # of the third digit: right by the rule
                continue
            r = hw.check(answers)
            tally.add("n", *([r.certainty] if r.mistakes else []), *(["accepted"] if r.ok else []))
            name = max(answers, key=lambda n: float(np.any(answers[n] != three_digits(right[n]))))
            few = hw.check({name: [[float(f"{x:.1e}") for x in row] for row in np.atleast_2d(answers[name])]})
            tally.add("few", *([f"few {few.certainty}"] if few.mistakes else []))
    print(
        f'slips that are no known mistake: {tally["n"]} '
        f'(and {tally.get("within a unit", 0)} within one unit of the third digit); '
        f'named "exactly" {tally.share("exactly")}, "looks" {tally.share("looks")}; '
        f'accepted as rounding {tally.share("accepted")}; '
        f'one array at two digits: "exactly" {tally.share("few exactly", "few")}'
    )


# ----------------------------------------------------------------------------------------- right answers

FORMS = {
    "in full": lambda a: a,
    "three digits": three_digits,
    "float32": lambda a: np.asarray(a, dtype=np.float32),
    "cut off after three": lambda a: np.reshape([float(f"{_cut(x):.6g}") for x in np.ravel(a)], np.shape(a)),
    "lists": lambda a: np.asarray(a).tolist(),
    "four digits": lambda a: np.reshape([float(f"{x:.3e}") for x in np.ravel(a)], np.shape(a)),
    "text with a comma": lambda a: [[f"{x:.2e}".replace(".", ",") for x in row] for row in np.atleast_2d(a)],
    "tuples": lambda a: tuple(map(tuple, np.atleast_2d(a).tolist())),
    "float32 at three digits": lambda a: np.asarray(three_digits(a), dtype=np.float32),
    "objects of NumPy": lambda a: [[np.float64(x) for x in row] for row in np.atleast_2d(a)],
}


def _cut(x):
    exponent = np.floor(np.log10(abs(x))) if x else 0
    return np.trunc(x / 10.0 ** (exponent - 2)) * 10.0 ** (exponent - 2)


def keeping(digits):
    """Round every quantity on the way to some significant digits."""
    return lambda name, array: np.reshape([float(f"{x:.{digits - 1}e}") for x in np.ravel(array)], np.shape(array))


def right_answers(count):
    tally, verdicts = Tally(), Tally()
    per = max(1, count // (len(GROUPS) * (len(FORMS) + 1)))
    for group, description in GROUPS.items():
        net = net_of(description)
        for student in students(f"right {group}", per):
            hw = homework("backprop", student=student, **description)
            grads = backprop(net, hw.given)
            rounded, coarse = (backprop(net, hw.given, slip=keeping(digits)) for digits in (4, 3))
            for form, write in [*FORMS.items(), ("four digits on the way", None)]:
                answers = {n: write(grads[n]) if write else three_digits(rounded[n]) for n in hw.asked}
                r = hw.check(answers)
                tally.add("n", *([] if r.ok else ["wrong"]))
                verdicts.add(f"{form}: {r.verdict}")
            r = hw.check({n: three_digits(coarse[n]) for n in hw.asked})
            verdicts.add(f"only three digits on the way: {r.verdict}" + ", close" * ("close" in r.message))
    print(f"right answers: {tally['n']} in {len(FORMS) + 1} forms; called wrong: {tally.get('wrong', 0)}")
    for line in sorted(verdicts):
        if not line.endswith(" correct"):
            print(f"    {line} {verdicts[line]}")


def two_at_once(count, rng):
    tally, times = Tally(), []
    pool = [m for m in CORE if m not in ("overwrite", "softmax_diag", "p_only")] + [
        "F_nobias",
        "b_first",
        "no_W",
        "in_x",
        "dW_T",
    ]
    for group in ("3-3-3 relu, softmax", "3-3-3 sigmoid, sigmoid"):
        net = net_of(GROUPS[group])
        for student in students(f"pairs {group}", count):
            hw = homework("backprop", student=student, **GROUPS[group])
            right, known = backprop(net, hw.given), catalogue(hw.exercise)
            singles = dict(applies(hw, right, net, pool))
            for _ in range(10):
                one, other = rng.choice(list(singles), 2, replace=False)
                grads = backprop(net, hw.given, one, other)
                same = [m for m in (one, other) if all(np.allclose(grads[n], singles[m][n]) for n in grads)]
                if same or not shows(grads, right, hw):
                    continue  # one hides the other
                begun = time.process_time()
                r = hw.check(handed_in(grads, hw))
                times.append(time.process_time() - begun)
                seen = [m for m in (one, other) if any(known.tied(i, m) for i in r.mistakes)]
                tally.add(
                    "n",
                    *(["both"] if len(seen) == 2 else []),
                    *(["one"] if seen else []),
                    *(["right"] if r.ok else []),
                )
    print(
        f"two at once: {tally['n']}; both named {tally.share('both')}, at least one {tally.share('one')}, called right "
        f"{tally.get('right', 0)}; median {1e3 * np.median(times):.0f} ms, slowest {1e3 * max(times):.0f} ms"
    )


# ------------------------------------------------------------------------------- what other systems would say

RULES = {  # the comparison each makes by default, as its source has it (research of homework checking, section 1a)
    "Kaggle learntools, EqualityCheckProblem": lambda a, b: np.array_equal(a, b),
    "PrairieLearn, relabs 1e-2, 1e-8": lambda a, b: np.all(np.abs(a - b) <= 1e-8 + 1e-2 * np.abs(b)),
    "nbgrader AUTOTEST, round(x, 2)": lambda a, b: np.array_equal(np.round(a, 2), np.round(b, 2)),
    "np.allclose": np.allclose,
}


def compared(count):
    """The same answers, three digits, through the default comparisons of other systems."""
    for what in ("gradient", "weights after one step"):
        right_ok, wrong_ok, n, m, named, ours = Tally(), Tally(), 0, 0, 0, [0, 0]
        for group in ("3-3-3 relu, softmax", "3-3-3 sigmoid, sigmoid", "tanh", "squared error"):
            net = net_of(GROUPS[group])
            for student in students(f"compared {group}", count):
                hw = homework("backprop", student=student, **GROUPS[group])
                right = backprop(net, hw.given)
                tried = [("", right), *applies(hw, right, net, CORE + MORE)]
                for mistake, grads in tried:
                    n, m = n + (not mistake), m + bool(mistake)
                    new = {k: hw.given[k[1:]] - 0.05 * g for k, g in grads.items()} if what != "gradient" else grads
                    true = (
                        {k: hw.given[k[1:]] - 0.05 * g for k, g in right.items()} if what != "gradient" else right
                    )
                    for rule, same in RULES.items():
                        if all(same(three_digits(new[k]), true[k]) for k in hw.asked):
                            (wrong_ok if mistake else right_ok).add(rule)
                    if what == "gradient":
                        r = hw.check(handed_in(grads, hw))
                        ours[bool(mistake)] += r.ok
                        named += bool(mistake) and mistake in r.mistakes
        print(f"{what + ', three digits':42}{'right accepted':>16}{'wrong accepted':>16}{'mistake named':>16}")
        for rule in RULES:
            print(
                f"{rule:42}{100 * right_ok.get(rule, 0) / n:14.1f} %"
                f"{100 * wrong_ok.get(rule, 0) / m:14.1f} %{'0.0 %':>16}"
            )
        if what == "gradient":
            print(f"{'nnteach':42}{100 * ours[0] / n:14.1f} %{100 * ours[1] / m:14.1f} %{100 * named / m:14.1f} %")


def core(count, rng):
    """The 20 core mistakes, planted one at a time."""
    worst = []
    planted_once(count, CORE, worst=worst)
    expressions(count)
    tell(worst)


def every(count, rng):
    """All mistakes that planted.py writes out, planted one at a time."""
    worst = []
    planted_once(count, CORE + MORE, worst=worst)
    tell(worst)


def tell(worst):
    for line in worst[:40]:
        print("    not named:", *line)


PARTS = {
    "core": core,
    "all": every,
    "slips": lambda count, rng: slips(200 * count, rng),
    "right": lambda count, rng: right_answers(1000 * count),
    "pairs": two_at_once,
    "compared": lambda count, rng: compared(count),
}


def main(count=10, *parts):
    for part in parts or PARTS:
        print(f"\n{part}: {PARTS[part].__doc__ or ''}", flush=True)
        PARTS[part](count, np.random.default_rng(20261121))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10, *sys.argv[2:])
