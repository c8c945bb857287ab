"""Looking something up by name, with a message that lists the names there are."""

import difflib

from ..core.errors import GraphError, message


def look_up(what: str, table: dict, name):
    """An entry of a table; anything that is not a text is taken as the thing itself.

    Args:
        what: what the table holds, for the message: "activation", "loss".
        table: name -> entry.
        name: a name, or a function of the caller's own, which is returned as it is.

    Raises:
        GraphError: if there is no such name; the message offers the nearest one.
    """
    if not isinstance(name, str):
        return name
    if name in table:
        return table[name]
    near = difflib.get_close_matches(name, table, n=1)
    advice = f"Did you mean {near[0]!r}?" if near else "A function of your own is welcome, too"
    raise GraphError(message(f"a name of {what}: {', '.join(table)}", repr(name), advice))
