"""What player/python/pack.py packs, as data again; the player itself does it in js/inflate.js and js/unpack.js."""

import json
import re

from nnteach.player.python.pack import opened


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
    for step in data.get("steps", ()):
        step |= following()
    for key in ("whole", "ask"):
        for step in data.get("steps", ()):
            if found := following():
                step[key] = found
    return data


def unpacked(text: str) -> dict:
    """A packed message, or a packed level of one."""
    return apart(opened(text))


def message_of(page: str) -> dict:
    """The message in a page of its own."""
    return unpacked(re.search(r'<script type="text/plain" id="message" data-packed>(.*?)</script>', page)[1])
