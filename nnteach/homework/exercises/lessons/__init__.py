"""The exercises of the lessons. To add one, write it in a file here and into that file's `EXERCISES`.

Its notebook, with the text and the function that solves it, stands in `solutions/` under the same name; the tests run
over this table: every mistake must fail and be named, and the notebook's solution must pass, for twenty students each.
"""

from . import derivatives, losses, networks, regularising, scalars, schedules, training, units

MODULES = (scalars, networks, derivatives, units, losses, training, schedules, regularising)
LESSONS = {made.sheet.removeprefix("lesson "): made for module in MODULES for made in module.EXERCISES}
