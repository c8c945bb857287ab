"""The player: step forth and back through a trace, in a notebook, in a saved one without a kernel, or in a file."""

from .player import Player as Player
from .player import step as step
