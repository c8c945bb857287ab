"""What went wrong: the catalogue of mistakes, where each can be made, and the search for the one that was."""

from ...support.deprecated import moved_names

# Names of version 0.1, when this was one module.
__getattr__ = moved_names(__name__, {
    "GROUPS": "nnteach.homework.mistakes.catalogue.GROUPS",
    "MISTAKES": "nnteach.homework.mistakes.catalogue.MISTAKES",
    "OF_ANSWERS": "nnteach.homework.mistakes.catalogue.OF_ANSWERS",
}, since="0.2")
