"""Dropout by hand with a given mask, in training and at test time, inverted or classic (002-46)."""

from ....core.errors import GraphError, message
from ....support.similar_names import choose
from ..exercise import Exercise, Leaf
from ..procedure import Procedure, Slip, Step

FORMS = ("inverted", "classic")
PRINCIPLE = (
    "The mask decides who takes part, forward and backward alike. What comes out must be right on average, so either "
    "training scales up what is left (inverted) or the test scales everything down (classic)."
)


def dropout(form: str = "inverted", batch: int = 3, width: int = 4) -> Exercise:
    """Dropout with a given mask: forward, backward and at test time; form="inverted" or "classic"."""
    if form not in FORMS:
        raise GraphError(message('form="inverted" or form="classic"', repr(form), choose(form, FORMS)))
    shape = (int(batch), int(width))
    leaves = {"x": Leaf(shape, "input"), "mask": Leaf(shape, "binary"),
              "p": Leaf((), "drop"), "g": Leaf(shape, "input")}
    scaled = ("In training what is left is divided by 1 − p; at test time nothing is changed." if form == "inverted"
              else "In training nothing is scaled; at test time everything is multiplied by 1 − p.")
    return Exercise(
        f"dropout {form} {shape}",
        f"{form.capitalize()} dropout with a given mask",
        ("y", "y_test", "dx"),
        leaves,
        lambda given: Procedure(given, STEPS[form], SLIPS[form], PRINCIPLE, _lively),
        ("p is the probability that a unit is dropped; mask is 1 where it is kept.", scaled,
         "g is the gradient of the loss by y; dx is asked for training."),
    )


def _lively(v):
    return 0.3 < v.mask.mean() < 0.9 and v.mask.any(axis=0).all()


STEPS = {
    "inverted": (
        Step("y", lambda v: v.x * v.mask / (1 - v.p), "What is kept is scaled up.", "x ⊙ mask / (1 − p )",
             r"x \odot m / (1 - p)"),
        Step("y_test", lambda v: v.x, "At test time everybody takes part, as they are.", "x", "x"),
        Step("dx", lambda v: v.g * v.mask / (1 - v.p), "The same mask and the same scale, on the way back.",
             "g ⊙ mask / (1 − p )", r"g \odot m / (1 - p)", "gradient"),
    ),
    "classic": (
        Step("y", lambda v: v.x * v.mask, "What is dropped is 0.", "x ⊙ mask", r"x \odot m"),
        Step("y_test", lambda v: v.x * (1 - v.p), "At test time everybody takes part, scaled down.", "x (1 − p )",
             r"(1 - p) \, x"),
        Step("dx", lambda v: v.g * v.mask, "The same mask, on the way back.", "g ⊙ mask", r"g \odot m", "gradient"),
    ),
}
_EITHER = (
    Slip("drop_mask_inverted", "drop what the mask keeps, and keep what it drops", "what a 1 in the mask means",
         {"y": lambda v: v.x * (1 - v.mask) / (1 - v.p), "dx": lambda v: v.g * (1 - v.mask) / (1 - v.p)}),
    Slip("drop_dx_no_mask", "leave the mask out on the way back", "which units the gradient reaches",
         {"dx": lambda v: v.g / (1 - v.p)}),
    Slip("drop_dx_value", "multiply the gradient by x", "the derivative of x ⊙ mask by x",
         {"dx": lambda v: v.g * v.x * v.mask / (1 - v.p)}),
)
_UNSCALED = (
    _EITHER[0]._replace(steps={"y": lambda v: v.x * (1 - v.mask), "dx": lambda v: v.g * (1 - v.mask)}),
    _EITHER[1]._replace(steps={"dx": lambda v: v.g}),
    _EITHER[2]._replace(steps={"dx": lambda v: v.g * v.x * v.mask}),
)
SLIPS = {
    "inverted": (
        *_EITHER,
        Slip("drop_classic", "scale at test time instead of in training: classic dropout",
             "when inverted dropout scales",
             {"y": lambda v: v.x * v.mask, "y_test": lambda v: v.x * (1 - v.p), "dx": lambda v: v.g * v.mask},
             convention=True),
        Slip("drop_no_scale", "leave out the scale in training", "what keeps the average right",
             {"y": lambda v: v.x * v.mask, "dx": lambda v: v.g * v.mask}),
        Slip("drop_dx_no_scale", "leave out the scale on the way back only",
             "by what x was multiplied on the way forward",
             {"dx": lambda v: v.g * v.mask}),
        Slip("drop_by_p", "divide by p instead of 1 − p", "which share of the units is left",
             {"y": lambda v: v.x * v.mask / v.p, "dx": lambda v: v.g * v.mask / v.p}),
        Slip("drop_multiplied", "multiply by 1 − p instead of dividing", "must what is left grow or shrink?",
             {"y": lambda v: v.x * v.mask * (1 - v.p), "dx": lambda v: v.g * v.mask * (1 - v.p)}),
        Slip("drop_test_masked", "drop units at test time, too", "who takes part at test time",
             {"y_test": lambda v: v.x * v.mask / (1 - v.p)}),
        Slip("drop_test_scaled", "scale at test time, too", "how often the scale is needed",
             {"y_test": lambda v: v.x * (1 - v.p)}),
    ),
    "classic": (
        *_UNSCALED,
        Slip("drop_inverted", "scale in training instead of at test time: inverted dropout",
             "when classic dropout scales",
             {"y": lambda v: v.x * v.mask / (1 - v.p), "y_test": lambda v: v.x,
              "dx": lambda v: v.g * v.mask / (1 - v.p)},
             convention=True),
        Slip("drop_test_unscaled", "leave out the scale at test time", "what keeps the average right",
             {"y_test": lambda v: v.x}),
        Slip("drop_test_by_p", "multiply by p instead of 1 − p at test time", "which share of the units was there",
             {"y_test": lambda v: v.x * v.p}),
        Slip("drop_test_divided", "divide by 1 − p at test time", "must what comes out grow or shrink?",
             {"y_test": lambda v: v.x / (1 - v.p)}),
        Slip("drop_test_masked", "drop units at test time, too", "who takes part at test time",
             {"y_test": lambda v: v.x * v.mask}),
    ),
}
