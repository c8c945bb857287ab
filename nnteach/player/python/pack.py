"""The message on its way into a page: what its parts have in common is written once, and all of it is compressed.

Steps, nodes and edges are alike but for their numbers. So each is a row of numbers, and the shape that they go into:

    "u~a gets ~b"          a shape, ~a … ~z its places
    17 3 −0.25 …           a row: the shape's index, and the numbers in order

`unpack.js` puts them back together. Nothing about the message has to be known for that; a part that is like no other
is a shape of its own. The same message always gives the same text.
"""

import base64
import itertools
import json
import re
import zlib

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ESCAPED = re.compile("[<\ud800-\udfff]")
_PLACES = "abcdefghijklmnopqrstuvwxyz"
_FIRST = ("phase", "node")
"""What is needed of all steps at once; the rest of each is a row of its own, which is read when that step is shown."""
_APART = ("whole", "ask")
"""Two more rows: these parts are often absent, and differ where the rest is alike."""

# The signs of Ascii85 that would not be safe in HTML or JSON, and what stands for them; unpack.js turns them back.
_UNSAFE, _INSTEAD = '"&<\\', "vwxy"


def joined(data: dict) -> str:
    """The message as text: one line of JSON for all that is there once, then the shapes, then the rows.

    Args:
        data: the message, as README.md in this folder describes it, or some parts of it.

    Returns:
        Three parts with an empty line between them. In the first, the number of nodes, edges and steps stands in their
        place; the rows are those of all nodes, edges and steps (phase and node), then of every step the rest, then
        `whole`, then `ask`.
    """
    steps = data.get("steps", [])
    lists = {key: data[key] for key in ("nodes", "edges", "steps") if key in data}
    counts = {key: len(parts) for key, parts in lists.items()}
    if steps:
        lists["steps"] = [{key: step[key] for key in _FIRST} for step in steps]
    rest = [{key: value for key, value in step.items() if key not in _FIRST + _APART} for step in steps]
    apart = [[step.get(key) for step in steps] for key in _APART]
    shapes: dict[str, int] = {}
    rows = [_row(part, shapes) for part in itertools.chain(*lists.values(), rest, *apart)]
    once = _json(data | counts)
    return "\n\n".join((once, "\n".join(shapes), "\n".join(rows)))


def _row(part, shapes):
    numbers: list[str] = []

    def place(found):
        number = found[0]
        if number not in numbers:
            if len(numbers) == len(_PLACES):
                return number
            numbers.append(number)
        return "~" + _PLACES[numbers.index(number)]

    # In JSON a "~" stands in strings alone, where it can be written otherwise too.
    shape = _NUMBER.sub(place, _json(part).replace("~", r"\u007e"))
    return " ".join((str(shapes.setdefault(shape, len(shapes))), *numbers))


def _json(data):
    """JSON in one line that cannot end the script element it stands in, nor holds anything that UTF-8 cannot."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def packed(text: str) -> str:
    """A text, deflated, in base 85: ready to stand in an element, an attribute or a JSON file."""
    return base64.a85encode(zlib.compress(text.encode(), 9)).decode("ascii").translate(str.maketrans(_UNSAFE, _INSTEAD))


def opened(text: str) -> str:
    """The text that was packed."""
    return zlib.decompress(base64.a85decode(text.translate(str.maketrans(_INSTEAD, _UNSAFE)))).decode()
