"""What nnteach/player/pack.py packs, as data again; the player's own way back is js/inflate.js and js/unpack.js."""

import base64
import json
import re
import zlib

_SIGNS = str.maketrans("vwxy", '"&<\\')


def inflated(text: str) -> str:
    """The text that `packed` was given."""
    return zlib.decompress(base64.a85decode(text.translate(_SIGNS))).decode()


def apart(text: str) -> dict:
    """The message that `joined` was given."""
    once, shapes, rows = (part.split("\n") for part in text.split("\n\n"))
    data, shapes, rows = json.loads(once[0]), shapes, iter(rows)

    def following():
        shape, *numbers = next(rows).split(" ")
        return json.loads(re.sub("~(.)", lambda place: numbers[ord(place[1]) - ord("a")], shapes[int(shape)]))

    for key in ("nodes", "edges", "steps"):
        if key in data:
            data[key] = [following() for _ in range(data[key])]
    for key in ("whole", "ask"):
        for step in data.get("steps", ()):
            if found := following():
                step[key] = found
    return data


def unpacked(text: str) -> dict:
    """A packed message, or a packed level of one."""
    return apart(inflated(text))
