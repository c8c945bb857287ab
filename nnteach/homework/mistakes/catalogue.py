"""The table of mistakes: what a student did, where to look, and how the solution changes by it.

Each line says in words what was done (it continues "this is exactly what you get if …") and where to look, without ever
giving the right number. Its changes are made to the task's own graph (`rerun.py`): a changed rule on some edges, a
changed forward function, other numbers read off the sheet, or a changed update step. Nothing here knows a solution.

To add a mistake, add a line in `network_mistakes.py` or `graph_mistakes.py`; the tests run over the table. The ids are
those of the research on homework checking; the first of a group of ties is the more likely one. `sites.py`,
`branches.py` and `updates.py` find the places in a graph.
"""

from .graph_mistakes import GRAPH, UPDATE, VALUES
from .mistake import Mistake as Mistake
from .network_mistakes import BIAS, HIDDEN, LOSS, OUTPUT, WEIGHTS

GROUPS = (LOSS, OUTPUT, HIDDEN, WEIGHTS, BIAS, GRAPH, VALUES, UPDATE)
MISTAKES = {mistake.id: mistake for group in GROUPS for mistake in group}

# Mistakes of the answers, not of the steps: `diagnose.py` recognises them by comparing stages.
OF_ANSWERS = {
    "swap_layers": ("hand in an answer under another answer's name", "which answer belongs to which name"),
    "unit_order": ("hand in the right numbers in another order", "the order of rows and columns"),
    "round_intermediate": ("round to one or two digits on the way",
            "the digits kept on the way: four are safe"),
}
