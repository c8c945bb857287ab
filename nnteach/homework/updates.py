"""Mistakes in the answers, in the update step and in the penalty: written like `slips.py`."""

import inspect

from .resolve import Change
from .slips import all_and_each


def after(function, penalised=False):
    """A change of the gradients when all is computed, layer by layer."""
    takes_task = len(inspect.signature(function).parameters) > 2

    def changes(task):
        layers = [int(name[1:]) for name in task.given if name.startswith("W")] if task.is_network else []
        if penalised and not task.l2:
            layers = []
        for chosen in all_and_each(layers):

            def change(answers, task, chosen=tuple(chosen)):
                for k in chosen:
                    answers = answers | (function(answers, k, task) if takes_task else function(answers, k))
                return answers

            yield Change(after=change, where=f"layer {chosen[0]}" if len(chosen) < len(layers) else "")

    return changes


def step(function):
    """Another update step."""

    def changes(task):
        if task.learning_rate is not None:
            yield Change(step=function)

    return changes


def penalties(function):
    """Where the weights receive the penalty's gradient."""

    def changes(task):
        edges = [
            (n, slot)
            for n in task.find("penalty")
            for slot, p in enumerate(n.parents)
            if p.kind == "input" and n.primitive.vjps[slot] is not None
        ]
        if edges:
            yield Change(edges=dict.fromkeys(edges, function))

    return changes
