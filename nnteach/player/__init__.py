"""The player: step forth and back through a trace, in a notebook, in a saved one without a kernel, or in a file."""

from .python.player import Player as Player
from .python.player import step as step
