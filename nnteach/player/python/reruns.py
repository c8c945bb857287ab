"""Widgets of a cell that is run again: nobody sees them any more, so they are closed.

ipywidgets holds every widget until it is closed. A cell that is run a hundred times would leave a hundred players,
each with its message, in the kernel and in the browser.
"""

from contextlib import contextmanager

_runs = []  # of cells that made widgets: their names, which run it was, and the widgets


@contextmanager
def of_this_run():
    """Widgets made in this block belong to the run of the cell that is running; those of its earlier runs are closed.

    Two widgets that one run makes, as in a loop, stand side by side. Outside of IPython there are no cells, and nothing
    is closed.
    """
    from ipywidgets.widgets import widget

    known = set(widget._instances)
    yield
    names, run = _cell()
    if not names:
        return
    for earlier in [one for one in _runs if one[1] != run and one[0] & names]:
        _runs.remove(earlier)
        for each in earlier[2]:
            each.close()
    made = [each for key, each in list(widget._instances.items()) if key not in known]
    _runs.append((names, run, made))


class _Watch:
    """Which cell runs, as IPython tells it."""

    def __init__(self, shell):
        self.shell, self.run = shell, 0
        parent = shell.get_parent() if hasattr(shell, "get_parent") else {}  # a kernel's shell: the message that asked
        self.names = _names((parent or {}).get("metadata", {}).get("cellId"), (shell.user_ns.get("In") or [""])[-1])
        shell.events.register("pre_run_cell", self)

    def __call__(self, info):
        self.run, self.names = self.run + 1, _names(info.cell_id, info.raw_cell)


_watches: dict = {}


def _cell():
    """What the running cell is known by, and a number for this run of it."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return frozenset(), 0
    if shell not in _watches:
        _watches[shell] = _Watch(shell)
    watch = _watches[shell]
    return watch.names, (id(watch), watch.run)


def _names(identity, source):
    """A cell is known by its id, or, where the front end sends none, by its source."""
    return frozenset([identity] if identity else [("source", source)] if source else [])
