"""Whether an opened model has the framework's numbers: the proof that is made every time one is opened.

The framework runs its own forward and backward on the same inputs. Its output, loss and gradients must be ours up
to rounding, or the model is refused with both numbers. So whatever a table of layers does not know (a hook, a
method that was replaced, a setting) is found here at the latest.
"""

import random
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from ..core.autodiff import gradients
from ..core.errors import message, shape_text
from ..core.graph import Node, ordered
from .build import BridgeError

RELATIVE = {"float64": 1e-10, "float32": 1e-5}
"""Differences within this share of the largest entry are rounding, and are not looked into."""
FINER = {"float64": np.longdouble, "float32": np.float64}
NOISE = {"float64": 1000, "float32": 300}
"""Units of rounding of the largest gradient that are left in others, as of a bias before a normalisation: exactly 0."""
AS_MUCH = 30
"""A framework may lose this many times what our own arithmetic loses in the same precision …"""
AT_MOST = {"float64": (1e-6, 1e-11), "float32": (1e-2, 1e-6)}
"""… but no more than this share of the largest number, or this much: beyond, it is no rounding but another case."""
FINDING_IT = "To find the place, open the model with fewer layers"


@contextmanager
def untouched():
    """Whatever runs inside draws no random number of the student's, and says nothing that is ours to say."""
    numpy, python = np.random.get_state(), random.getstate()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the student hears them from a call of the model
            yield
    finally:
        np.random.set_state(numpy)
        random.setstate(python)


@dataclass
class Opened:
    """Our graph of a model; `parameters` are named as the framework names them."""

    loss: Node
    pred: Node
    parameters: dict[str, Node] = field(default_factory=dict)

    def gradients(self) -> dict[str, np.ndarray]:
        """Those of the variables; zeros where nothing flows."""
        nodes = {name: node for name, node in self.parameters.items() if node.kind == "input"}
        if not self.loss.active:
            return {name: np.zeros(node.shape) for name, node in nodes.items()}
        return dict(zip(nodes, map(np.asarray, gradients(self.loss, list(nodes.values()))), strict=True))

    def slope(self) -> np.ndarray:
        """∂loss/∂pred: where the framework's backward starts if the loss is one of nnteach's."""
        return np.asarray(gradients(self.loss, [self.pred])[0]) if self.loss.active else np.zeros(self.pred.shape)


@dataclass
class Theirs:
    """What the framework computes.

    Attributes:
        pred: the model's output.
        loss: a number; None if the loss is one of nnteach's.
        gradients: of its parameters, in our layout; None: the backend has no backward that can be called here.
        precision: the lowest on the way, float32 or float64.
    """

    pred: np.ndarray
    loss: float | None
    gradients: dict[str, np.ndarray] | None
    precision: str


@dataclass
class Difference:
    """A number of ours and the framework's, which are not the same; or two shapes, as text."""

    what: str
    ours: float | str
    theirs: float | str
    at: str = ""


def same(ours: Opened, theirs: Theirs) -> bool:
    """Whether all numbers agree at first sight."""
    return not _different(_numbers(ours), theirs, {})


def compare(framework: str, ours: Opened, theirs: Theirs, again, reasons, rounded=None):
    """Refuse a model whose numbers are not the framework's.

    Args:
        framework: its name.
        again: `again(dtype)` builds our graph in another precision; asked only where something differs, to see
            how many digits this computation loses.
        reasons: called if the model is refused; gives sentences about what may be behind it.
        rounded: builds our graph with constants such as a slope of 0.3 rounded to float32, as some frameworks
            have them; None: this one does not round.

    Raises:
        BridgeError: with both numbers.
    """
    mine = _numbers(ours)
    if not _different(mine, theirs, {}):
        return
    allowed = _lost(ours, mine, theirs.precision, again)
    if rounded is not None:
        other = _distance(mine, _numbers(rounded()))
        allowed = {name: allowed.get(name, 0.0) + 4 * size for name, size in other.items()}
    if found := _different(mine, theirs, allowed):
        slopes_alone = all("gradient" in difference.what for difference in found)
        raise _refusal(framework, found, [*reasons(), *(_kinks(framework, ours.loss) if slopes_alone else ())])


def _numbers(opened) -> dict[str, np.ndarray]:
    """Everything that is compared, by its name in a sentence."""
    found = {"the loss": np.asarray(opened.loss.value), "the output": np.asarray(opened.pred.value)}
    return found | {f"the gradient of {name}": array for name, array in opened.gradients().items()}


def _different(mine, theirs, allowed) -> list[Difference]:
    """All differences beyond rounding, the loss first."""
    other = {"the output": theirs.pred} | ({} if theirs.loss is None else {"the loss": np.asarray(theirs.loss)})
    if theirs.gradients is not None:
        other |= {f"the gradient of {name}": array for name, array in theirs.gradients.items()}
    slopes = [0.0, *(np.abs(array).max(initial=0.0) for name, array in other.items() if "gradient" in name)]
    eps = np.finfo(theirs.precision).eps
    noise = NOISE[theirs.precision] * eps * np.nanmax(slopes)
    found = []
    for name in {**mine, **other}:
        if name not in other and (theirs.gradients is None or "gradient" not in name):
            continue
        ours, reference = (side.get(name, np.zeros(())) for side in (mine, other))
        share, least = AT_MOST[theirs.precision]
        most = max(share * max(slopes if "gradient" in name else [np.abs(reference).max(initial=0)]), least)
        floor = min(allowed.get(name, 0.0), most) + (noise if "gradient" in name else 0.0) + eps**2
        difference = _compared(name, ours, reference, RELATIVE[theirs.precision], floor)
        found += [] if difference is None else [difference]
    return found


def _compared(name, ours, theirs, relative, floor) -> Difference | None:
    """The entry where the two are furthest apart, if that is further than rounding."""
    if ours.shape != theirs.shape and ours.ndim and theirs.ndim:
        return Difference(name, shape_text(ours.shape), shape_text(theirs.shape))
    ours, theirs = np.broadcast_arrays(np.asarray(ours, np.longdouble), np.asarray(theirs, np.longdouble))
    with np.errstate(invalid="ignore"):
        apart = np.where((ours == theirs) | (np.isnan(ours) & np.isnan(theirs)), 0, np.abs(ours - theirs))
    apart = np.where(np.isnan(apart), np.inf, apart)
    finite = np.abs(theirs[np.isfinite(theirs)]).max(initial=0)
    if not apart.size or apart.max() <= relative * finite + floor:
        return None
    place = np.unravel_index(apart.argmax(), apart.shape)
    at = f" at [{', '.join(map(str, place))}]" if place else ""
    return Difference(name, float(ours[place]), float(theirs[place]), at)


def _lost(ours, mine, precision, again) -> dict[str, float]:
    """How far our own numbers are from the same in a finer precision, times what a framework may lose more."""
    if ours.pred.dtype != precision:
        mine = _numbers(again(np.dtype(precision)))
    scale, other = 1.0, FINER[precision]
    if np.finfo(other).eps >= np.finfo(precision).eps:  # a machine without longer floats: float32 loses 2²⁹ as much
        scale, other = float(np.finfo(np.float64).eps / np.finfo(np.float32).eps), np.float32
    distance = _distance(mine, _numbers(again(np.dtype(other))))
    return {name: AS_MUCH * scale * size for name, size in distance.items()}


def _distance(some, others) -> dict[str, float]:
    with np.errstate(invalid="ignore"):
        far = {name: np.abs(np.asarray(array, np.longdouble) - others[name]) for name, array in some.items()}
    return {name: float(apart[np.isfinite(apart)].max(initial=0)) for name, apart in far.items()}


def _kinks(framework, loss) -> list[str]:
    """Where the graph sits at a kink, up to rounding: the values are the same, the slope is a convention."""
    names = dict.fromkeys(node.primitive.name for node in ordered(loss) if node.active and _at_kink(node))
    said = f"{', '.join(names)} is taken exactly at a kink, where the slope is a convention, or {framework} rounds"
    return [f"{said} to the other side: move X, y or the weights a little."] if names else []


def _at_kink(node) -> bool:
    if node.primitive is None or node.primitive.kink is None:
        return False
    inputs = [np.asarray(parent.value) for parent in node.parents]
    away = np.min(np.abs(node.primitive.kink(*inputs, **node.static)), initial=np.inf)
    largest = max(np.max(np.abs(array), initial=0) for array in inputs)
    return bool(away <= 100 * np.finfo(node.dtype).eps * largest)


def _refusal(framework, found, reasons) -> BridgeError:
    first = found[0]
    theirs, ours = _written(first.theirs, first.ours)
    told = f"{theirs} for {first.what}{first.at}"
    others = [difference.what for difference in found[1:]]
    more = f" (also different: {', '.join(others[:3])}{', …' if len(others) > 3 else ''})" if others else ""
    return BridgeError(
        message(
            f"{framework}'s own numbers, {told}",
            f"{ours} from the graph that nnteach reads from the model{more}",
            " ".join(reasons) or f"What the model does besides its layers cannot be seen from outside. {FINDING_IT}",
        )
    )


def _written(*numbers) -> list[str]:
    """Both numbers with as many digits as it takes to see that they differ."""
    if any(isinstance(each, str) for each in numbers):
        return [f"the shape {each}" for each in numbers]
    for digits in range(5, 18):
        texts = [f"{each:.{digits}g}" for each in numbers]
        if len(set(texts)) > 1:
            break
    return texts
