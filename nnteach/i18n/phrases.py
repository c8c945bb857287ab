"""Every sentence the player and the worked solutions say, by key: one catalogue per language.

To add a language, write a dictionary with the same keys in a file like `phrases_it.py` and enter it in CATALOGUES; a
test compares keys and placeholders. Names and numbers are put in by `str.format`, which never reads them as templates
themselves. The language is always an argument; nothing here is switched for everybody.
"""

import re
from collections.abc import Mapping

from ..core.errors import GraphError, message
from .phrases_it import ITALIAN

ENGLISH = {
    # what is happening
    "now.start": "{inputs} are given; nothing is computed yet",
    "now.start.one": "{inputs} is given; nothing is computed yet",
    "now.zero": "iteration {k} of {n} begins: all gradients are zero",
    "now.evaluate": "{node} is computed",
    "now.seed": "the way back begins at {node}",
    "now.contribution": "{node} hands its gradient to {parent}",
    "now.gathered": "all {count} contributions to {parent} are in",
    "now.unbroadcast": "the copies of {parent} are added up",
    "now.reshaped": "the gradient takes the shape of {parent}",
    "now.update": "{node} takes a step downhill",
    # captions of the lines
    "because": "because",
    "rule": "rule",
    "local": "local",
    "numbers": "numbers",
    "result": "result",
    "ledger": "ledger of {parent}",
    # sentences, as a lecturer says them
    "say.start": "We know {inputs}. The first step computes {first}.",
    "say.start.transposed": "We know {inputs}. First {turned} is written with its rows as columns, "
                            "as the product needs it.",
    "say.evaluate": "{node} is {operation}: {numbers} is {result}.",
    "say.evaluate.array": "{node} is {operation}.",
    "say.seed": "We start at the end: {node} grows by one when {node} grows by one, so its gradient is one.",
    "say.unchanged": "{parent} gets {contribution}: {node} passes its gradient, {upstream}, on unchanged, "
                     "because {node} grows as fast as {parent}.",
    "say.turned": "{parent} gets {contribution}: {node} passes its gradient, {upstream}, on with the sign turned, "
                  "because {node} falls as fast as {parent} grows.",
    "say.blocked": "{parent} gets nothing through {node}: the slope there is zero.",
    "say.scaled": "{parent} gets {contribution}: the gradient of {node}, {upstream}, times {local}, "
                  "because {node} changes {local} times as fast as {parent}.",
    "say.array": "{parent} gets the gradient of {node}, entry by entry times the local derivative.",
    "say.product": "{parent} gets {formula}.",
    "gradient.of": "the gradient of {node}",
    "say.through": "{parent} gets {formula}.",
    "say.transposed": "{node} is {turned} with its rows as columns.",
    "say.turned.back": "{parent} gets the gradient of {node} with its rows as columns.",
    # what must be said for a line to be true
    "note.list": "{name} has one axis and acts as a row: it is repeated in all {count} rows (broadcasting).",
    "note.row": "The row {name} is repeated in all {count} rows (broadcasting).",
    "note.column": "The column {name} is repeated in all {count} columns (broadcasting).",
    "note.repeated": "{name} of shape {shape} is repeated to fit the shape {to} (broadcasting).",
    "note.pairs": "So every entry of one meets every entry of the other, and the result has the shape {shape}.",
    "note.number": "{name} is one number, used for every entry.",
    "note.rows": "This is done row by row.",
    "note.xlogy": "Here 0 · ln 0 counts as 0.",
    "note.stack": "Each matrix or vector of the stack is multiplied on its own.",
    "note.every": "The derivative is the same for every entry.",
    "note.fit": "Where the shapes differ, the smaller array is repeated to fit (broadcasting).",
    "say.total": "Together with the {before} already there that makes {total}.",
    "say.total.array": "It is added to what is already there.",
    "say.gathered": "{parent} has {count} contributions, {listed}. Together that makes {total}.",
    "say.gathered.array": "{parent} has {count} contributions, from {givers}. Its gradient is their sum.",
    "say.unbroadcast": "{parent} was used several times in one operation, "
                       "so the gradients of its copies are added: {total}.",
    "say.unbroadcast.array": "{parent} was used several times in one operation, "
                             "so the gradients of its copies are added.",
    "say.reshaped": "{parent} was used once, in another shape: its gradient keeps its numbers and takes the shape "
                    "of {parent}.",
    "say.zero": "Iteration {k} of {n}: all gradients are set to zero, and the forward pass begins.",
    "say.trained": "{node} becomes {total}: from {before}, a step of {optimizer} with learning rate {rate}, "
                   "where the gradient is {gradient}.",
    "say.trained.array": "{node} takes a step of {optimizer}, with learning rate {rate}.",
    "say.update": "{node} becomes {total}: {before} minus the learning rate {rate} times its gradient {gradient}.",
    "say.update.array": "{node} takes a step against its gradient, with learning rate {rate}.",
    # remarks: the patterns worth a name
    "remark.add": "An add gate distributes: both inputs get the whole gradient.",
    "remark.subtract": "A minus gate distributes too, with the sign turned for what is taken away.",
    "remark.multiply": "A mul gate switches: each input gets the gradient times the other input.",
    "remark.square": "Both factors are the same node, so its derivative counts it twice.",
    "remark.maximum": "A max gate routes: the larger input gets the whole gradient, the other nothing.",
    "remark.minimum": "A min gate routes: the smaller input gets the whole gradient, the other nothing.",
    "remark.relu.open": "The gate is open: above zero a ReLU passes the gradient on as it is.",
    "remark.relu.closed": "The gate is closed: below zero a ReLU is flat and passes nothing on.",
    "remark.kink": "Exactly at the kink the slope is a convention: from the left it is {left}, from the right {right}; "
                   "here {taken} is taken.",
    "remark.kink.some": "{count} of {size} entries sit exactly at a kink, where the slope is a convention: "
                        "from the left it is {left}, from the right {right}; here {taken} is taken.",
    "remark.kink.shared": "{count} entries tie. Who gets the gradient is a convention: here they share it equally.",
    "remark.jump": "Exactly at the jump the value is a convention; here {taken} is taken.",
    "remark.jump.some": "{count} of {size} entries sit exactly at a jump, where the value is a convention; "
                        "here {taken} is taken.",
    "remark.saturated": "{node} is saturated: its slope is only {local}, and the gradient almost vanishes here.",
    "remark.relu.some": "{count} of {size} gates are closed: below zero a ReLU is flat and passes nothing on.",
    "remark.dead": "Dead for these samples: column {units}. Its gates are closed for every one of them, "
                   "so it learns nothing.",
    "remark.saturated.some": "{count} of {size} entries of {node} are saturated: their slope is below {limit}.",
    "remark.vanishing": "The gradient vanishes: the largest entry that {parent} gets is {largest}.",
    "remark.matmul": "Shapes decide the order: the result must have the shape of {parent}, {shape}.",
    "remark.sum": "A sum hands the same gradient to every entry.",
    "remark.mean": "A mean hands every entry an equal share of the gradient.",
    "remark.branch": "{parent} is used more than once: at branches gradients add.",
    "remark.unbroadcast": "What was copied on the way forward is added up on the way back.",
    "remark.reshaped": "A gradient always has the shape of what it belongs to.",
    "remark.zero": "Without this, the new gradients would be added to those of the last iteration.",
    "remark.trained": "What the optimizer remembers is updated first; the step is made with that.",
    "remark.loss.fell": "The loss has fallen from {before} to {now}.",
    "remark.loss.rose": "The loss has risen from {before} to {now}.",
    "remark.loss.stayed": "The loss has stayed at {now}; before it was {before}.",
    "remark.update": "The gradient points uphill, so the step goes the other way.",
    # kinds and pictures
    "input": "input",
    "constant": "constant",
    "value": "value",
    "gradient": "gradient",
    "summary": "Computational graph of {title}. {values}.",
    "summary.node": "{node} = {operation}: value {value}, gradient {gradient}",
    "summary.leaf": "{node}: value {value}, gradient {gradient}",
    "summary.more": "… {count} more",
    "unknown": "not known yet",
    "list.and": " and ",
    "list.more": "{count} more",
    "formula.more": "… and {count} more",
    # the worked solution
    "worked.title": "{title}, step by step",
    "worked.forward": "Forward: the values",
    "worked.backward": "Backward: the gradients",
    "worked.update": "Update",
    "worked.results": "Results",
    "worked.node": "node",
    # formulas as they are read aloud; in pictures and formulas numbers keep the decimal point in every language
    "spoken.decimal": ".", "spoken.e": " times ten to the power ",
    "spoken.−": "minus ", "spoken.·": " times ", "spoken.+": " plus ", "spoken./": " divided by ",
    "spoken.@": " times ", "spoken.Σ": " the sum of ",
    "spoken.^": " to the power ", "spoken.²": " squared", "spoken.³": " cubed", "spoken.ᵀ": " transposed",
    "spoken.σ": "sigma of ", "spoken.∂": "d ", "spoken.=": " is ",
    # the page and its toolbar
    "language": "en",
    "noscript": "To step through it, open this page in a browser of 2023 or later that runs JavaScript.",
    "start": "start", "forward": "forward", "backward": "backward", "update": "update", "done": "done",
    "first": "First step", "previous": "Step back", "play": "Play", "pause": "Pause", "next": "Step forth",
    "last": "Last step", "step": "step {k} of {n}", "help": "Keys and help", "table": "Table of all values",
    "theme": "Light or dark", "fullscreen": "Projector (full screen)", "now": "NOW",
    "operation": "operation", "name": "name", "state": "state",
    "todo": "to do", "nextPhase": "Next phase", "previousPhase": "Phase before", "blank": "Blank the screen",
    "close": "Back to the picture", "steps": "Steps", "auto": "automatic", "light": "light", "dark": "dark",
    "panel": "Rule, numbers and result", "inputs": "Change a number", "player": "Player",
    "nodes": "Click a node, or press Enter on it, to go to its forward step; once more for its backward step.",
    "speed": "Play: steps a second",
    "expected": "{name} must be a number such as −2 or 0,5, but “{typed}” is none.",
    "damaged": "The picture could not be read. Run the cell again.",
    # levels, questions and what may have gone wrong; "slip.…" continues "This is exactly what you get if …"
    "levels": "Levels of detail", "scalar": "scalar", "vector": "vector", "neuron": "neuron",
    "loss": "loss", "neurons.sample": "{name}, sample 1 of {samples}",
    "neurons.legend": "In a circle: the activation, below it δ, the gradient of the pre-activation. "
                      "On a line: the weight, below it its gradient.",
    "thousands": ",", "fold.operations": "… {count} operations", "fold.operation": "… {count} operation",
    "fold.legend": "Boxes marked … stand for {count} operations in all; their numbers are those of the whole graph.",
    "fold.inside": "To look inside, step through an intermediate result, a node of yours: nt.step(node).",
    "heat.legend": "Cells: the stronger, the larger. Full and blue: positive. With a slit, orange: negative.",
    "heat.sampled": "Of a large array up to {count} × {count} numbers are shown, evenly picked.",
    "expression": "", "start.how": "→ or its button goes one step on; ? lists all keys.",
    "predict": "Predict before each step", "yours": "Your prediction", "commit": "Check", "skip": "Show me",
    "or": "or only the sign:", "negative": "negative", "zero": "zero", "positive": "positive",
    "right": "Right: {answer}.", "wrong": "Not {typed}.", "again": "One more try.",
    "revealed": "You said {typed}; it is {answer}.",
    "exactly": "This is exactly what you get if {slip}.", "coarse": "Close. Give at least three digits.",
    "download": "Download my predictions (JSON)",
    "ask.value": "What is the value of {parent}?",
    "ask.gradient": "What is the gradient of {parent}?",
    "ask.contribution": "How much does {node} hand to {parent}?",
    "ask.total": "The gradient of {parent} is {before} so far. What is it with what {node} hands to it?",
    "ask.weight": "What is {parent} after its step with learning rate {rate}?",
    "sign.value": "Is the value of {parent} positive, negative or zero?",
    "sign.gradient": "Is the gradient of {parent} positive, negative or zero?",
    "sign.contribution": "Is what {node} hands to {parent} positive, negative or zero?",
    "sign.total": "The gradient of {parent} is {before} so far. With what {node} hands to it, "
                  "is it positive, negative or zero?",
    "sign.weight": "Is {parent} positive, negative or zero after its step with learning rate {rate}?",
    "signed": "This sign is what you get if {slip}.",
    "order.evaluate": "Which node can be computed next? Choose it here or in the picture.",
    "order.seed": "At which node does the way back begin? Choose it here or in the picture.",
    "order.root": "The way back begins at {other}: before it only one gradient is known, that of the result itself.",
    "order.contribution": "Which node can hand its gradient on next? Choose it here or in the picture.",
    "order.given": "{node} is given: there is nothing to compute.", "order.computed": "{node} is computed already.",
    "order.waits": "{node} needs {other}, which is not computed yet.",
    "order.leaf": "{node} has no inputs that it could hand its gradient to.",
    "order.handed": "{node} has handed its gradient on already.",
    "order.incomplete": "{node} still waits for what {other} hands to it: its gradient is not complete.",
    "order.constant": "{node} depends on constants only: it gets no gradient.",
    "also": "{answer} comes first here; {typed} could come next just as well.",
    "memory": "memory", "iteration": "iteration {k} of {n}", "losses": "Loss after each iteration",
    "nextIteration": "Next iteration", "previousIteration": "Iteration before",
    "worked.iteration": "Iteration {k}", "worked.losses": "The loss",
    "curve": "Loss curve. {values}", "curve.point": "iteration {k}: {loss}", "curve.axis": "iteration",
    "grain": "Steps: one per edge or one per node", "edge": "one per edge", "node": "one per node",
    "cellAfter": "How a cell of a matrix is computed: the next",
    "cellBefore": "How a cell is computed: the one before", "cell": "cell {cell}", "layer": "layers",
    "fold": "Open or close a layer", "layer.number": "layer {k}", "layer.normalised": "normalised",
    "overview": "Overview: click to look there",
    "slip.product": "you multiply instead",
    "slip.difference": "you subtract instead of adding",
    "slip.order": "you take the two in the wrong order",
    "slip.sum": "you add instead",
    "slip.sign": "you turn the sign round",
    "slip.doubled": "you double instead of squaring",
    "slip.exponent": "you multiply by the exponent instead of raising to it",
    "slip.half": "you halve instead of taking the root",
    "slip.log10": "you take the logarithm to the base 10",
    "slip.gate": "you forget the gate of the ReLU: below zero it lets nothing through",
    "slip.absolute": "you drop the sign: a ReLU gives 0 below zero",
    "slip.slope": "you take the slope instead of the value",
    "slip.exponent_sign": "you take e^z instead of e^(−z)",
    "slip.other": "you take the other one of the two",
    "slip.average": "you divide by the number of entries: a sum does not",
    "slip.not_divided": "you forget to divide by the number of entries",
    "slip.minus": "you forget the minus sign of what is taken away or divided by",
    "slip.own": "you multiply by the value of {parent} itself instead of the other factor",
    "slip.not_inverted": "you multiply by the divisor instead of dividing by it",
    "slip.two": "you forget the factor 2 of the square",
    "slip.factor": "you forget the exponent as a factor",
    "slip.like_a_power": "you differentiate the exponential function as if it were a power",
    "slip.unsigned": "you forget that the slope of an absolute value has the sign of its input",
    "slip.routed": "you send the gradient to the wrong input: only the chosen one gets it",
    "slip.input": "you put the input into the formula for the slope, where the output belongs",
    "slip.function": "you multiply by {node} itself instead of its slope",
    "slip.upstream": "you leave out the gradient of {node} and take the local derivative alone",
    "slip.unchanged": "you pass the gradient of {node} on unchanged, without the local derivative",
    "slip.added": "you add the local derivative to the gradient of {node} instead of multiplying",
    "slip.overwritten": "you overwrite what was there: at branches gradients add",
    "slip.not_added": "you leave out the new contribution: at branches gradients add",
    "slip.uphill": "you go uphill: the step goes against the gradient",
    "slip.rate": "you forget the learning rate",
    "slip.rate_twice": "you multiply by the learning rate twice",
    "slip.slope_missing": "you take the learning rate alone, without the gradient",
    "slip.plain": "you take the plain step of gradient descent, without what the optimizer remembers",
    "slip.change": "you give the change alone, without the old value",
    "slip.itself": "you take the value of {node}: the way back begins with how fast {node} changes with itself",
    "slip.nothing": "you begin with nothing: {node} grows by one when {node} grows by one",
}

CATALOGUES = {"en": ENGLISH, "it": ITALIAN}


def catalogue(language: str = "en") -> Mapping[str, str]:
    """All phrases of a language."""
    if language not in CATALOGUES:
        raise GraphError(message(f"a language among {', '.join(CATALOGUES)}", repr(language)))
    return CATALOGUES[language]


def phrase(key: str, language: str = "en", **words) -> str:
    """The text for a key, with names and numbers put in; in English where a language lacks it."""
    return catalogue(language).get(key, ENGLISH[key]).format(**words)


def words(language: str = "en") -> dict[str, str]:
    """The single words of the toolbar and the table, for the player to fill in itself."""
    return {key: catalogue(language).get(key, word) for key, word in ENGLISH.items() if "." not in key}


def spoken(formula: str, language: str = "en") -> str:
    """A formula as it is read aloud: "(−4) · 1" as "minus 4 times 1"."""
    all_words = {**ENGLISH, **catalogue(language)}
    said = {key.removeprefix("spoken."): word for key, word in all_words.items() if key.startswith("spoken.")}
    aloud = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)e(?=−?\d)", rf"\1{said.pop('e')}", formula)  # 2e−5
    aloud = re.sub(r"(?<=\d)\.(?=\d)", said.pop("decimal"), aloud)
    aloud = "".join(said.get(c, c) for c in aloud)
    return " ".join(aloud.replace("(", " ").replace(")", " ").split())
