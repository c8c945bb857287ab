"""Mistakes in the answers, in the update step and in the penalty: written like `sites.py`."""

import inspect

from ..exercises.rerun import Change
from .sites import all_and_each


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


def instead(function):
    """Something else in the place of the gradients: (θ, its gradient, learning rate) -> what is handed in."""

    def changes(task):
        if task.learning_rate is None or not task.is_network:
            return
        names = [name for name in task.given if f"d{name}" in task.stages]
        layers = list(dict.fromkeys(name[1:] for name in names))
        several = {f"layer {k}": [f"W{k}", f"b{k}"] for k in layers} if len(layers) > 1 else {}
        for label, chosen in {"": names, **several}.items():

            def change(answers, task, chosen=tuple(chosen)):
                new = {f"d{n}": function(task.given[n], answers[f"d{n}"], task.learning_rate) for n in chosen}
                return answers | new

            yield Change(after=change, where=label, rare=True)

    return changes


def penalties(function):
    """Where the weights receive the penalty's gradient: all of them, or those of one layer."""

    def changes(task):
        edges = [
            (n, slot)
            for n in task.find("penalty")
            for slot, p in enumerate(n.parents)
            if p.kind == "input" and n.primitive.vjps[slot] is not None
        ]
        if edges:
            yield Change(edges=dict.fromkeys(edges, function))
        names = list(dict.fromkeys(n.parents[slot].name for n, slot in edges))
        for name in names if len(names) > 1 else ():
            chosen = [(n, slot) for n, slot in edges if n.parents[slot].name == name]
            yield Change(edges=dict.fromkeys(chosen, function), where=f"layer {name[1:]}", rare=True)

    return changes
