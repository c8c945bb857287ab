"""What one step gives with a known mistake in it: the one source for homework, checks of functions, and predictions.

A wrong rule is a function (edge, slot) -> contribution. The edge has `g`, what arrives from above; `out` and
`inputs` of the node; `right`, what the right rule hands on; and `ruled(g, out, *inputs)`, the right rule on
other numbers. A wrong update is a function (θ, g, rate) -> new θ. The ids are those of the table of mistakes
(`homework/mistakes/catalogue.py`).
"""

WRONG_RULES = {
    "mul_not_swapped": lambda e, slot: e.g * e.inputs[slot],
    "minus_lost": lambda e, slot: -e.right,
    "quotient_sign": lambda e, slot: -e.right,
    "power_no_factor": lambda e, slot: e.right / (e.inputs[1] if len(e.inputs) > 1 else 2.0),
    "max_wrong": lambda e, slot: e.g - e.right,
    "upstream_missing": lambda e, slot: e.ruled(0.0 * e.g + 1.0, e.out, *e.inputs),
    "missing_inner": lambda e, slot: e.g,
    "hid_deriv_missing": lambda e, slot=0: e.g,
    "hid_deriv_at_z": lambda e, slot=0: e.ruled(e.g, e.inputs[0], *e.inputs),
    "hid_f_not_fprime": lambda e, slot=0: e.g * e.out,
}
WRONG_UPDATES = {
    "ascent": lambda theta, g, rate: theta + rate * g,
    "no_lr": lambda theta, g, rate: theta - g,
    "lr_twice": lambda theta, g, rate: theta - rate * rate * g,
    "step_only": lambda theta, g, rate: -rate * g,
}
