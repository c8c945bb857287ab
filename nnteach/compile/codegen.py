"""From a list of NumPy calls to Python source with reused buffers, and from the source to a function.

Four kinds of names stand in the source: a0, a1, … are the arguments, b0, b1, … buffers, allocated once and
written over in every replay, c0, c1, … constants, r0, r1, … new results. Functions are called by NumPy's
name, or f0, f1, … What the student called things stands in comments only.

A buffer is handed on as soon as nobody reads it any more: to the call that reads it last, if that works entry
by entry, or else to a later result of the same shape and precision. Arguments are never written to.
"""

import functools
import itertools
import math
import operator
import re

import numpy as np

from .program import REDUCTIONS, Program, Result, is_elementwise, results_in

_INFIX = {operator.add: "+", operator.sub: "-", operator.mul: "*"}
_METHODS = {
    function: function.__name__ for function in (np.reshape, np.swapaxes, np.transpose, np.clip, np.copy)
}

MOST_OF_A_NAME = 60
"""Characters of it in a comment."""


class Source:
    """The source of a program, and the objects that its names stand for.

    Args:
        program: the calls; its first output is the value, the others are gradients.
        backward_from: the serial number of the first node of the backward pass.
        copy: whether outputs are new arrays in every replay; if not, they lie in buffers, too.

    Attributes:
        text: the source, to be read.
    """

    def __init__(self, program: Program, backward_from: int, copy: bool = True):
        self._copy, self._returned = copy, set(results_in(program.outputs))
        self._namespace: dict = {"__builtins__": {"float": float}}
        self._names = {argument: f"a{i}" for i, argument in enumerate(program.arguments)}
        self._numbered: dict = {}  # id of a constant or function -> its name, and itself: it keeps its id
        self._new = itertools.count()
        self._free: dict = {}  # (shape, dtype, order) -> names of the buffers that nobody reads any more
        self._memory, self._last_use = _lifetimes(program)
        lines, title = [f"def replay({', '.join(self._names.values())}):", "    # forward"], "    # backward"
        for time, call in enumerate(program.calls):
            if title and call.node.serial >= backward_from:
                lines.append(title)
                title = None
            lines.append(f"    {self._line(time, call):<56}  # {_comment(call.node)}")
        value, *gradients = map(self._output, program.outputs)
        lines.append(f"    return {value}, ({''.join(g + ', ' for g in gradients)})")
        self.text = "\n".join(lines) + "\n"

    def function(self):
        """The source as a function."""
        # The one exec of the package, and it runs no text of a user's: every line is composed below from
        # numbered names, names of NumPy's functions and the repr of numbers. A student's names reach comments
        # only, stripped to letters.
        exec(compile(self.text, "<nnteach.compile>", "exec"), self._namespace)  # noqa: S102
        replay = self._namespace["replay"]
        # The eager run at trace time has said what there was to say; a warning from here would point at no line of
        # the student's. With plain floats alone NumPy is hardly ever asked.
        works_on_arrays = any(isinstance(thing, np.ufunc | np.ndarray) for thing in self._namespace.values())
        return np.errstate(all="ignore")(replay) if works_on_arrays else replay

    # ------------------------------------------------------------------------------------ what is written

    def _line(self, time, call):
        if _writes_out(call) and not (self._copy and call in self._returned):
            self._names[call] = self._buffer(time, call)
            return self._expression(call, out=self._names[call])
        self._names[call] = f"r{time}"
        line = f"r{time} = {self._expression(call)}"
        self._release(self._ended(time, call))
        return line

    def _expression(self, call, out=None):
        function = call.function
        first, *others = map(self._text, call.inputs)
        if function is operator.getitem:
            return f"{first}[{self._index(call.inputs[1])}]"
        if function in _INFIX:
            return f"{first} {_INFIX[function]} {others[0]}"
        if function is np.swapaxes and call.ndim == 2:
            return f"{first}.T"
        settings = {**call.settings}
        if function in _METHODS and isinstance(getattr(call.inputs[0], "value", None), np.ndarray):
            name = f"{first}.{_METHODS[function]}"
        else:
            name, others = self._called(function, settings), [first, *others]
        words = [f"{word}={self._text(setting)}" for word, setting in settings.items()]
        return f"{name}({', '.join([*others, *words, *([f'out={out}'] if out else [])])})"

    def _called(self, function, settings):
        """The name by which a function is called; one that is not NumPy's is bound to its settings."""
        if function is float:
            return "float"
        if function in REDUCTIONS:
            return f"{self._called(function.__self__, settings)}.reduce"
        name = getattr(function, "__name__", "")
        if getattr(np, name, None) is function:
            self._namespace[name] = function
            return name
        bound = functools.partial(function, **settings) if settings else function
        settings.clear()
        return self._number("f", bound)

    def _text(self, x):
        """An input, as it stands in the source."""
        if isinstance(x, Result):
            return self._names[x]
        if isinstance(x, tuple | list):
            return f"({''.join(self._text(part) + ', ' for part in x)})"
        if x is None or type(x) in (bool, int) or (type(x) is float and math.isfinite(x)):
            return repr(x)
        return self._number("c", x)

    def _index(self, index):
        if isinstance(index, slice):
            bounds = ["" if x is None else self._text(x) for x in (index.start, index.stop, index.step)]
            return ":".join(bounds if bounds[2] else bounds[:2])
        if isinstance(index, tuple) and index:
            return ", ".join(map(self._index, index))
        if isinstance(index, list):
            return self._text(np.array(index))
        return "..." if index is Ellipsis else self._text(index)

    def _number(self, letter, thing):
        name, _ = self._numbered.setdefault(id(thing), (f"{letter}{len(self._numbered)}", thing))
        if name not in self._namespace:
            self._namespace[name] = thing.copy() if isinstance(thing, np.ndarray) else thing
        return name

    def _output(self, result):
        """An output; memory that the next replay writes over, or that is somebody else's, is copied."""
        name = self._text(result)
        if not self._copy or not isinstance(getattr(result, "value", result), np.ndarray):
            return name
        if isinstance(result, Result) and result in self._returned & self._memory[result]:
            self._returned.remove(result)  # given away once; an output that is returned twice is two arrays
            return name
        return f"{name}.copy()"

    # ----------------------------------------------------------------------------------- where it is kept

    def _buffer(self, time, call):
        """The buffer to write a result into: one that this call reads last, a free one, or a new one."""
        kind, ended = _kind(call), self._ended(time, call)
        inputs = [*results_in(call.inputs)]
        for x in ended if is_elementwise(call.function) else ():
            viewed = any(x in self._memory[y] for y in inputs if y is not x)  # which might read what is new
            if _kind(x) == kind and not viewed:
                self._release([y for y in ended if y is not x])  # by identity: == on a Result is a call
                return self._names[x]
        free = self._free.get(kind)
        name = free.pop() if free else f"b{next(self._new)}"
        if name not in self._namespace:
            shape, dtype, order = kind
            self._namespace[name] = np.empty(shape, dtype, order)
        self._release(ended)
        return name

    def _ended(self, time, call):
        """The memory that this call is the last to read."""
        memory = dict.fromkeys(x for y in results_in(call.inputs) for x in self._memory[y])
        return [x for x in memory if self._last_use[x] == time]

    def _release(self, ended):
        for x in ended:
            if self._names[x].startswith("b"):
                self._free.setdefault(_kind(x), []).append(self._names[x])


def _kind(x):
    by_column = x.value.flags.fnc  # and not, as a vector, by row as well
    return x.shape, x.value.dtype, "F" if by_column else "C"


def _writes_out(call):
    """Whether a call can write into an array it is given."""
    able = isinstance(call.function, np.ufunc) or call.function in (*REDUCTIONS, np.clip)
    return able and isinstance(call.value, np.ndarray)


def _lifetimes(program):
    """For every result the memory it may lie in, and for all memory when it is last read.

    Memory goes by the result that it was made for. A view, and whatever a function called whole returns, may
    lie in the memory of any of its inputs.
    """
    memory: dict = {argument: frozenset() for argument in program.arguments}
    last_use: dict = {}
    for time, call in enumerate(program.calls):
        memories = [memory[x] for x in results_in(call.inputs)]
        last_use.update((m, time) for lies_in in memories for m in lies_in)
        if not isinstance(call.value, np.ndarray):
            memory[call] = frozenset()
        elif _writes_out(call) or call.function in (np.where, np.concatenate, np.copy):
            memory[call] = frozenset([call])
        else:
            memory[call] = frozenset().union(*memories)
    last_use.update((m, math.inf) for x in results_in(program.outputs) for m in memory[x])
    return memory, last_use


def _comment(node):
    made = f"{node.name[:MOST_OF_A_NAME]} = {node.primitive.name}" if node.name else node.primitive.name
    return re.sub(r"[^\w .,=\[\]]", "", made)
