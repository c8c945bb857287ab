"""An evaluator of what is shown, independent of the package: formulas as text or LaTeX are read and computed.

    value("(−3) · 2")                                 -6.0
    value("W @ x", {"W": …, "x": …})                  the product, by NumPy
    value(latex_to_text(r"\\frac{1}{2}"))             0.5

Text means what NumPy means: a list is an array of one axis. LaTeX shows matrices only; with `matrices=True` a list of
lists is a matrix, rows and columns are told apart, and what does not fit raises NotTrue, unless the step tells of
broadcasting.
"""

import re
from typing import NamedTuple

import numpy as np

SIGNS = (" = ", " += ", " ← ")


class NotTrue(AssertionError):
    """A formula that means nothing, or not what stands beside it."""


class NotShown(Exception):
    """A formula with an array that is given by its shape only."""


class Called(NamedTuple):
    """What a function may need to know besides its inputs."""

    setting: str
    inner: str
    like: object
    matrices: bool


def chain(line: str) -> tuple[list[str], list[str]]:
    """The parts of a line a = b = c, and the signs between them."""
    parts, signs, depth, begin, at = [], [], 0, 0, 0
    while at < len(line):
        depth += (line[at] in "([") - (line[at] in ")]")
        sign = next((s for s in SIGNS if depth == 0 and line.startswith(s, at)), None)
        if sign:
            parts.append(line[begin:at])
            signs.append(sign.strip())
            at = begin = at + len(sign)
        else:
            at += 1
    return [*parts, line[begin:]], signs


def value(text: str, names=None, like=None, matrices=False, exact=True):
    """What a formula comes to.

    Args:
        text: the formula.
        names: name -> number or array.
        like: an array with the shape of the result, for `reshape` and `spread`, which do not write it.
        matrices: whether rows and columns are told apart, as in LaTeX.
        exact: False moves every number that may be rounded to four digits within its rounding.
    """
    try:
        return _read(Reader(text, names or {}, like, matrices, exact))
    except ValueError:  # sums of rows as a column beside a matrix
        return _read(Reader(text, names or {}, like, matrices, exact, keeps=True))


def _read(reader):
    found = reader.sum()
    if reader.rest:
        raise NotTrue(f"{reader.rest!r} is left")
    return found


def agrees(text: str, expected, names=None, **how) -> bool:
    """Whether a formula comes to a number, to the digits that the numbers in it have."""
    found = np.asarray(value(text, names, like=expected, **how), float)
    expected = as_shown(expected, how.get("matrices", False), found)
    kept = "axis" in text and np.squeeze(found).shape == np.squeeze(expected).shape  # keepdims is not written
    if found.shape != expected.shape and not found.size == expected.size == 1 and not kept:
        raise NotTrue(f"{text!r} has shape {found.shape}, not {expected.shape}")
    if _near(found, expected, np.zeros(found.shape)):
        return True  # as it nearly always is; what rounding allows beyond that takes twelve more readings
    with np.errstate(all="ignore"):
        moved = [np.asarray(value(text, names, like=expected, **how, exact=False), float) for _ in range(12)]
        slack = np.max([np.abs(one - found) for one in moved], axis=0)
    return _near(found, expected, np.where(np.isfinite(slack), slack, 0.0))


def _near(found, expected, slack) -> bool:
    """Whether every number is the expected one, to four digits and twice the slack."""
    found, expected, slack = (np.reshape(x, -1) for x in (found, expected, slack))
    with np.errstate(all="ignore"):
        near = np.abs(found - expected) <= 2 * slack + 5.1e-4 * np.abs(expected) + 1e-12
    return bool(np.all(near | (found == expected) | (np.isnan(found) & np.isnan(expected))))


def as_shown(expected, matrices, found):
    """An array as LaTeX shows it: one of one axis as the row or column that the formula comes to."""
    expected = np.asarray(expected, float)
    if matrices and expected.ndim == 1 and found.ndim == 2:
        return expected.reshape(found.shape) if 1 in found.shape and found.size == expected.size else expected
    return expected


# --------------------------------------------------------------------------------------------------- functions


def _axes(setting):
    if setting == "no axis":
        return ()
    found = re.fullmatch(r"ax[ei]s ([\d, ]+)", setting)
    return tuple(int(axis) for axis in found[1].split(",")) if found else None


def _along(reduce):
    def function(called, x):
        kept = called.matrices and called.setting
        return reduce(x, axis=_axes(called.setting), keepdims=True) if kept else reduce(x, axis=_axes(called.setting))
    return function


def _extreme(entrywise, reduce):
    def function(called, *inputs):
        return _along(reduce)(called, *inputs) if len(inputs) == 1 else _broadcast(called, entrywise, *inputs)
    return function


def _broadcast(called, function, *inputs):
    return function(*(same_shape(inputs) if called.matrices else inputs))


def _softmax(called, x):
    axis = (_axes(called.setting) or (-1,))[0]
    if called.matrices and np.ndim(x) == 2 and x.shape[1] == 1 and not called.setting:
        axis = 0  # a list of scores, standing upright
    powers = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _logsumexp(called, x):
    axis = (_axes(called.setting) or (-1,))[0]
    if called.matrices and np.ndim(x) == 2 and x.shape[1] == 1 and not called.setting:
        axis = 0
    top = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top,
                      axis=() if called.matrices else axis)


def _crossentropy(called, p, t):
    with np.errstate(all="ignore"):
        costs = np.where(t == 0, 0.0, -t * np.log(p))
        if called.inner == "σ":
            return costs + np.where(t == 1, 0.0, -(1 - t) * np.log(1 - p))
    axis = 0 if called.matrices and np.ndim(p) == 2 and p.shape[1] == 1 else -1
    return np.sum(costs, axis=axis, keepdims=called.matrices)


def _spread(called, x):
    axes, shape = _axes(called.setting), np.shape(called.like)
    if axes and np.ndim(x) < len(shape):
        x = np.expand_dims(x, axes)
    return np.broadcast_to(x, shape)


def _index(setting):
    """An index as NumPy takes it."""
    depth, parts, word = 0, [], ""
    for c in setting + ",":
        depth += (c == "[") - (c == "]")
        if c == "," and depth == 0:
            parts.append(word.strip())
            word = ""
        else:
            word += c
    return tuple(map(_part_of_index, parts))


def _part_of_index(part):
    part = part.replace("−", "-")
    if part == "…":
        return Ellipsis
    if part == "None":
        return None
    if part in ("True", "False"):
        return part == "True"
    if part.startswith("["):
        inner = part[1:-1].split(",")
        return np.array([x.strip() == "True" for x in inner] if "e" in part else [int(x) for x in inner])
    if ":" in part:
        return slice(*(int(end) if end else None for end in part.split(":")))
    return int(part)


def _scatter(called, x):
    out = np.zeros(np.shape(called.like))
    np.add.at(out, _index(called.setting), x)
    return out


def _elementwise(function):
    return lambda called, *inputs: _broadcast(called, function, *inputs)


def _leaky(x, slope):
    return np.where(x > 0, x, slope * x)


FUNCTIONS = {
    "σ": _elementwise(lambda x: 1 / (1 + np.exp(-x))), "ln": _elementwise(np.log), "sin": _elementwise(np.sin),
    "cos": _elementwise(np.cos), "tanh": _elementwise(np.tanh), "sign": _elementwise(np.sign),
    "ReLU": _elementwise(lambda x: np.maximum(x, 0)), "LeakyReLU": _elementwise(_leaky),
    "ELU": lambda called, x: np.where(x > 0, x, float(called.setting or 1) * np.expm1(np.minimum(x, 0))),
    "softplus": _elementwise(lambda x: np.logaddexp(0, x)), "clip": _elementwise(np.clip),
    "where": lambda called, c, a, b: _broadcast(called, lambda c, a, b: np.where(c != 0, a, b), c, a, b),
    "max": _extreme(np.maximum, np.max), "min": _extreme(np.minimum, np.min), "mean": _along(np.mean),
    "softmax": _softmax, "logsumexp": _logsumexp, "crossentropy": _crossentropy, "spread": _spread,
    "logsoftmax": lambda called, x: np.log(_softmax(called, x)), "scatter": _scatter,
    "reshape": lambda called, x: np.reshape(x, np.shape(called.like)), "stop": lambda called, x: x,
    "diag": lambda called, x: np.diag(x), "transpose": lambda called, x: np.transpose(x, _axes(called.setting)),
}


def _times(a, b):
    """A product, where 0 · ln 0 is 0 if the step says so."""
    product = np.multiply(a, b)
    return np.where((np.asarray(a) == 0) & np.isneginf(b), 0.0, product)[()] if ZERO_LN_ZERO[0] else product


def same_shape(inputs):
    """Arrays of one shape, or a number with an array; rows and columns do not mix."""
    shapes = {np.shape(x) for x in inputs if np.size(x) > 1}
    if len(shapes) > 1:
        raise NotTrue(f"shapes {' and '.join(map(str, shapes))}: entry by entry?")
    return inputs


# ----------------------------------------------------------------------------------------------------- reading

NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e−?\d+)?|∞|nan")
CONSTANTS = {"∞": np.inf, "nan": np.nan}
COMPARISONS = {" > ": np.greater, " ≥ ": np.greater_equal, " = ": np.equal, " ≠ ": np.not_equal,
               " ∧ ": np.logical_and, " ∨ ": np.logical_or}
ZERO_LN_ZERO = [False]
BROADCAST = [False]  # whether the step told of broadcasting, so that shapes may differ


class Reader:
    """Reads a formula from left to right and computes as it goes."""

    def __init__(self, text, names, like, matrices, exact, keeps=False):
        self.keeps = keeps or matrices
        # Zeros at the end are not written. Where numbers are compared, short ones are taken for exact.
        self.rounded = 3 if any(sign in text for sign in COMPARISONS) or "max" in text or "min" in text else 1
        self.rest, self.names, self.like, self.matrices, self.exact = text, names, like, matrices, exact
        self.by_length = sorted(names, key=len, reverse=True)

    def take(self, *signs):
        for sign in signs:
            if self.rest.startswith(sign):
                self.rest = self.rest[len(sign):]
                return sign
        return None

    def need(self, sign):
        if not self.take(sign):
            raise NotTrue(f"{sign!r} expected before {self.rest!r}")

    def sum(self):
        found = self.product()
        while sign := self.take(" + ", " − "):
            found = self.entrywise(np.add if sign == " + " else np.subtract, found, self.product())
        return found

    def product(self):
        if self.take("−"):
            return -self.product()
        if self.take("¬"):
            self.take(" ")
            return np.asarray(np.logical_not(self.power()), float)[()]
        if self.take("Σ"):
            return self.total()
        found = self.power()
        while sign := self.take(" · ", " ⊙ ", " / ", " @ "):
            with np.errstate(all="ignore"):
                found = self.multiplied(sign.strip(), found, self.total() if self.take("Σ") else self.power())
        return found

    def total(self):
        setting = ""
        if self.take("["):
            setting, _, self.rest = self.rest.partition("]")
        self.need(" ")
        return _along(np.sum)(Called(setting, "", self.like, self.keeps), self.product())

    def multiplied(self, sign, a, b):
        if sign == "@":
            return self.matmul(a, b)
        if sign == "⊙" and not (np.ndim(a) and np.ndim(b)):
            raise NotTrue("⊙ of a number")
        return self.entrywise(np.divide if sign == "/" else _times, a, b)

    def matmul(self, a, b):
        if self.matrices and np.ndim(a) == np.ndim(b) == 2 and a.shape[1] != b.shape[0]:
            raise NotTrue(f"a product of {a.shape} and {b.shape}")
        if np.ndim(a) == 0 or np.ndim(b) == 0:
            return a * b  # 1 × 1
        if not self.matrices and np.ndim(a) == 1 and np.ndim(b) == 2 and np.shape(b)[0] == 1:
            return np.outer(a, b)  # a column times a row: a @ bᵀ
        return np.matmul(a, b)

    def entrywise(self, function, a, b):
        if self.matrices and not BROADCAST[0]:
            same_shape((a, b))
        with np.errstate(all="ignore"):
            return function(a, b)

    def power(self):
        base = self.atom()
        while True:
            if self.take("²"):
                base = base * base
            elif self.take("³"):
                base = base * base * base
            elif self.take("ᵀ"):
                base = np.asarray(base)[None, :] if np.ndim(base) == 1 else np.swapaxes(base, -1, -2)
            elif self.take("^"):
                with np.errstate(all="ignore"):
                    exponent = self.atom()
                    base = self.entrywise(np.power, np.asarray(base, float), exponent)
            elif self.rest.startswith("[") and np.ndim(base):
                base = self.indexed(base)
            else:
                return base

    def indexed(self, base):
        setting, self.rest = _until_closed(self.rest[1:], "[", "]")
        self.need("]")
        if setting == "…":
            raise NotShown("an index that is too long to be written")
        return base[_index(setting)]

    def atom(self):
        name = self.name()
        if name is not None:
            return name
        if self.take("array "):
            raise NotShown("an array by its shape")
        if self.rest.startswith("e^") :
            self.rest = self.rest[1:]
            return np.e
        if found := NUMBER.match(self.rest):
            self.rest = self.rest[found.end():]
            return self.number(found[0])
        if self.take("("):
            found = self.sum()
            self.need(")")
            return found
        if self.take("√"):
            with np.errstate(all="ignore"):
                return np.sqrt(self.atom())
        if self.take("|"):
            found = np.abs(self.sum())
            self.need("|")
            return found
        if self.take("−"):
            return -self.atom()
        return self.bracket() if self.take("[") else self.call()

    def name(self):
        for name in self.by_length:
            if self.rest.startswith(name) and not re.match(r"[0-9A-Za-z_(]", self.rest[len(name):]):
                self.rest = self.rest[len(name):]
                return self.names[name]
        return None

    def number(self, written):
        found = CONSTANTS.get(written)
        if found is not None:
            return found
        found = float(written.replace("−", "-"))
        digits = len(written.partition("e")[0].replace(".", "").lstrip("0"))
        if not self.exact and digits >= self.rounded and found:
            found += np.random.uniform(-0.5, 0.5) * 10.0 ** (np.floor(np.log10(abs(found))) - 3)
        return found

    def bracket(self):
        """A list, arrays one after the other, or whether something holds."""
        parts, marks = [self.sum()], []
        while mark := self.take(", ", "; ", *COMPARISONS):
            if mark == "; " and self.rest.startswith("axis"):
                setting, _, self.rest = self.rest.partition("]")
                return np.concatenate(parts, axis=_axes(setting)[0])
            parts.append(self.sum())
            marks.append(mark)
        self.need("]")
        if marks and marks[0] in COMPARISONS:
            return np.asarray(self.entrywise(COMPARISONS[marks[0]], *parts), float)[()]
        if "; " in marks:
            return np.concatenate(parts)
        found = np.array(parts)
        return found

    def call(self):
        found = re.match(r"(\w+)\(", self.rest)
        if not found or found[1] not in FUNCTIONS:
            raise NotTrue(f"what is {self.rest[:40]!r}?")
        self.rest = self.rest[found.end():]
        inner = re.match(r"(\w+)\(", self.rest)
        inputs, setting = [self.sum()], ""
        while mark := self.take(", ", "; "):
            if mark == "; ":
                setting, self.rest = self.setting()
                break
            inputs.append(self.sum())
        self.need(")")
        called = Called(setting, inner[1] if inner else "", self.like, self.matrices and not BROADCAST[0])
        with np.errstate(all="ignore"):
            return FUNCTIONS[found[1]](called, *inputs)

    def setting(self):
        return _until_closed(self.rest, "([", ")]")


def _until_closed(text, opening, closing):
    """What stands before the bracket that closes, and the rest."""
    depth = 0
    for at, c in enumerate(text):
        depth += (c in opening) - (c in closing)
        if depth < 0:
            return text[:at], text[at:]
    raise NotTrue(f"a bracket that is not closed: {text!r}")


# ------------------------------------------------------------------------------------------------------- LaTeX

_PLAIN = {r"\cdot": "·", r"\odot": "⊙", r"\leftarrow": "←", r"\infty": "∞", r"\sum": "Σ", r"\top": "⊤", r"\ge": "≥",
          r"\partial": "∂", r"\nabla": "∇", r"\ldots": "…", r"\ln": "ln", r"\max": "max", r"\min": "min",
          r"\sin": "sin", r"\cos": "cos", r"\tanh": "tanh", r"\lvert": "|", r"\rvert": "|",
          r"\times": "×", r"\ne": "≠", r"\land": "∧", r"\lor": "∨", r"\lnot": "¬"}
_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ",
          "lambda": "λ", "mu": "μ", "rho": "ρ", "sigma": "σ", "omega": "ω", "Delta": "Δ", "Theta": "Θ"}


def latex_to_text(tex: str) -> str:
    """LaTeX, as the package writes it, in the text form."""
    out, tex = _group(tex.replace(r"\mathrel{+}=", "+="), "")
    if tex:
        raise NotTrue(f"{tex!r} is left")
    return re.sub(r"(?<=[(\[|√^]) | (?=[)\]|])", "", re.sub(r" +", " ", out)).strip()


def _group(tex, until):
    """Everything up to the end of a group."""
    out = ""
    while tex and not (until and tex.startswith(until)):
        piece, tex = _piece(tex, out)
        out = piece if piece.startswith("\0") else out + piece
        out = out.removeprefix("\0")
    return out, tex[len(until):] if until else tex


def _braced(tex):
    tex = tex.lstrip()
    return _group(tex[1:], "}") if tex.startswith("{") else _piece(tex, "")


def _piece(tex, before):
    if tex.startswith("{"):
        return _group(tex[1:], "}")
    if tex.startswith("^"):
        inner, rest = _braced(tex[1:])
        if inner.strip() == "⊤":
            return "ᵀ", rest
        if inner in ("2", "3"):
            return {"2": "²", "3": "³"}[inner], rest
        return f"^({inner})" if not re.fullmatch(r"\w+", inner) else f"^{inner}", rest
    if tex.startswith("_"):
        inner, rest = _braced(tex[1:])
        return (f"[{inner}]" if before.endswith("Σ") else inner), rest
    if tex.startswith("-"):
        spaced = before.endswith(" ") and tex.startswith("- ")
        return ("− " if spaced else "−"), tex[2:] if spaced else tex[1:]
    if tex[0] != "\\":
        return tex[0], tex[1:]
    return _command(tex, before)


def _command(tex, before):
    if tex.startswith("\\,"):
        return " @ ", tex[2:]
    if tex[1] in "{}%#&_$ ":
        return tex[1], tex[2:]
    word = re.match(r"\\[A-Za-z]+", tex)[0]
    rest = tex[len(word):]
    if word in (r"\left", r"\right"):
        return rest[0], rest[1:]
    if word == r"\frac":
        over, rest = _braced(rest)
        under, rest = _braced(rest)
        if over.startswith("∂") and under.startswith("∂"):
            return f"∂{over[1:].strip()}/∂{under[1:].strip()}", rest
        return f"(({over}) / ({under}))", rest
    if word == r"\sqrt":
        inner, rest = _braced(rest)
        return f"√({inner})", rest
    if word == r"\hat":
        inner, rest = _braced(rest)
        return f"{inner}\u0302", rest
    if word in (r"\mathrm", r"\operatorname", r"\text", r"\mathbf"):
        return _braced(rest)
    if word == r"\begin":
        return _matrix(rest)
    if word[1:] in _GREEK:
        return _GREEK[word[1:]], rest.removeprefix(" ")
    if word not in _PLAIN:
        raise NotTrue(f"the command {word}")
    return _PLAIN[word], rest


def _matrix(tex):
    name = re.match(r"\{(\w+)\}", tex)[1]
    body, _, rest = tex[len(name) + 2:].partition(rf"\end{{{name}}}")
    rows = [[latex_to_text(cell) for cell in row.split("&")] for row in body.split(r"\\")]
    return "[" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "]", rest
