"""Whether a function is still as it was handed out, and what a function prints while it is checked."""

import dis
import io

from .guard import safely

IDLE = ("RESUME", "NOP", "CACHE", "LOAD_", "RETURN_", "COPY_FREE_VARS", "MAKE_CELL", "POP_TOP", "PUSH_NULL", "BUILD_",
        "COPY", "NOT_TAKEN")
MOST_PRINTED = 2_000


def is_stub(function) -> bool:
    """Whether a function does nothing: its body is `pass`, `...` or a text, or it returns what is there already."""
    return safely(False, _is_idle, function)


def _is_idle(function):
    code = getattr(function, "__code__", None)
    return code is not None and all(step.opname.startswith(IDLE) for step in dis.get_instructions(code))


class Printed(io.TextIOBase):
    """What a function prints: in the first case it is passed on, cut if it is long, in the others it is dropped."""

    def __init__(self, stream):
        self.stream, self.left, self.dropped = stream, MOST_PRINTED, False

    def write(self, text) -> int:
        text = str(text)
        if text[: self.left]:
            safely(None, self.stream.write, text[: self.left])
        self.dropped = self.dropped or len(text) > self.left
        self.left = max(0, self.left - len(text))
        return len(text)

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        safely(None, self.stream.flush)

    def close(self) -> None:
        """Nothing: what a student closes is open again for the next cell."""

    def stop(self) -> None:
        """Pass on nothing more."""
        self.left = 0
