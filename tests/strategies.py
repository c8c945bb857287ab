"""Random expressions for property tests: programs that run on arrays, on Nodes and on tensors alike."""

import os
from dataclasses import dataclass

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

import nnteach as nt

# The same examples on every run in CI, new ones at home.
COMMON = settings(max_examples=40, deadline=None, derandomize=bool(os.environ.get("CI")))

# Nothing here grows fast, and nothing but `maximum` and `absolute` has a kink. `lib` is numpy, or torch.
OPERATIONS = {
    "add": lambda lib, a, b: a + b,
    "subtract": lambda lib, a, b: 2.0 - a - b,
    "multiply": lambda lib, a, b: a * lib.sin(b),
    "divide": lambda lib, a, b: a / (1.0 + b * b),
    "power": lambda lib, a: (a * a + 0.5) ** 1.5 / (a * a + 1.0),
    "tanh": lambda lib, a: lib.tanh(a),
    "exp": lambda lib, a: lib.exp(-a * a),
    "log": lambda lib, a: lib.log(2.0 + lib.sin(a)),
    "sqrt": lambda lib, a: lib.sqrt(1.0 + a * a),
    "square": lambda lib, a: lib.cos(a) ** 2,
    "absolute": lambda lib, a: lib.abs(a),
    "maximum": lambda lib, a, b: lib.maximum(a, b),
}
OPERANDS = {name: function.__code__.co_argcount - 1 for name, function in OPERATIONS.items()}
KINKED = ("absolute", "maximum")


@dataclass(frozen=True)
class Program:
    """Values to start from, and lines such as ("multiply", (0, 2)): an operation on earlier values."""

    leaves: tuple
    lines: tuple

    def values(self, leaves, lib=np):
        values = list(leaves)
        for name, operands in self.lines:
            values.append(OPERATIONS[name](lib, *(values[i] for i in operands)))
        return values

    def run(self, leaves, lib=np):
        """One number: the sum of everything that nothing else has used."""
        used = {i for _, operands in self.lines for i in operands}
        values = self.values(leaves, lib)
        return sum(lib.sum(v) for i, v in enumerate(values) if i not in used)

    def graph(self):
        """The program on Nodes: the variables, and the result."""
        variables = [nt.variable(x) for x in self.leaves]
        return variables, self.run(variables)

    def distance_to_kink(self):
        values = self.values(self.leaves)
        gaps = [
            values[o[0]] - (values[o[1]] if len(o) > 1 else 0.0) for name, o in self.lines if name in KINKED
        ]
        return min((float(np.min(np.abs(gap))) for gap in gaps), default=np.inf)


def leaves():
    """A number or a small array, entries between −2 and 2 on a grid, so that failures are easy to read."""
    entry = st.integers(-16, 16).map(lambda n: n / 8 + 0.01)
    shape = st.sampled_from([(), (), (3,), (2, 1), (2, 3)])
    return shape.flatmap(
        lambda s: st.lists(entry, min_size=int(np.prod(s)), max_size=int(np.prod(s))).map(
            lambda entries: np.reshape(entries, s)[()]
        )
    )


@st.composite
def programs(draw, operations=tuple(OPERATIONS), max_lines=7):
    """A random program; values are used again freely, so its graph has shared nodes and parallel edges."""
    start = draw(st.lists(leaves(), min_size=1, max_size=3))
    lines = []
    for count in range(draw(st.integers(1, max_lines))):
        name = draw(st.sampled_from(operations))
        operand = st.integers(0, len(start) + count - 1)
        lines.append((name, tuple(draw(operand) for _ in range(OPERANDS[name]))))
    return Program(tuple(start), tuple(lines))


smooth_programs = programs(tuple(name for name in OPERATIONS if name not in KINKED))
hostile_names = st.one_of(
    st.text(min_size=1, max_size=20),
    st.sampled_from(
        [
            "<img src=x onerror=alert(1)>",
            "a\"b'c",
            "two\nlines",
            "{0}",
            "{",
            "}{",
            "\\",
            "\\frac{",
            "%s",
            "$x$",
            "ا\u202eب",
            "\x00",
            "->",
            "x->q#0",
            "]]>",
            "&amp;",
            "|",
            "#",
            "_^~",
            "n" * 10_000,
        ]
    ),
)
