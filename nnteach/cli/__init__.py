"""The command line."""

from ..support.deprecated import moved_names
from .commands import main as main

# Names of version 0.1, when this was one module.
__getattr__ = moved_names(__name__, {
    "lab": "nnteach.cli.commands.lab",
    "show": "nnteach.cli.commands.show",
    "homework": "nnteach.cli.commands.homework",
    "grade": "nnteach.cli.commands.grade",
    "search": "nnteach.cli.commands.search",
    "COMMANDS": "nnteach.cli.commands.COMMANDS",
}, since="0.2")
