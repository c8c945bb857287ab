"""Tuples, lists and dicts in each other, walked with a stack of our own: what a user nests has any depth, or no end."""

from .errors import GraphError, message

MOST_NESTED = 100
"""NumPy's arrays have at most 64 axes, so nothing that becomes one is nested deeper."""


def parts_of(x, kinds=(tuple, list, dict)):
    """What is in a container: the values of a dict; None of anything else."""
    if not isinstance(x, kinds):
        return None
    return list(x.values()) if isinstance(x, dict) else list(x)


def leaves(x, kinds=(tuple, list, dict)):
    """All that is in containers and is none itself, in order."""
    waiting = [(x, 0)]
    while waiting:
        one, depth = waiting.pop()
        parts = parts_of(one, kinds)
        if parts is None:
            yield one
        else:
            waiting += [(part, _deeper(depth)) for part in reversed(parts)]


def mapped(x, change, kinds=(tuple, list, dict), build=None):
    """The same containers with every leaf changed; `build` is given a container and its new parts.

    Raises:
        GraphError: if they are nested deeper than MOST_NESTED, such as a list that holds itself.
    """
    made, waiting = [], [(x, 0, False)]
    while waiting:
        one, depth, is_ready = waiting.pop()
        parts = parts_of(one, kinds)
        if parts is None:
            made.append(change(one))
        elif is_ready:
            first = len(made) - len(parts)
            made[first:] = [(build or _rebuilt)(one, made[first:])]
        else:
            waiting.append((one, depth, True))
            waiting += [(part, _deeper(depth), False) for part in reversed(parts)]
    return made[0]


def _rebuilt(container, parts):
    if isinstance(container, dict):
        return dict(zip(container, parts, strict=True))
    if hasattr(container, "_fields"):  # a tuple with names
        return type(container)(*parts)
    return tuple(parts) if isinstance(container, tuple) else parts


def _deeper(depth):
    if depth == MOST_NESTED:
        raise GraphError(message(f"lists nested at most {MOST_NESTED} deep", "deeper ones, or a list that holds itself",
                                 "An array has at most 64 axes"))
    return depth + 1
