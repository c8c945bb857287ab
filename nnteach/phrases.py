"""Every sentence the player and the worked solutions say, by key: one catalogue per language.

To add a language, add a dictionary with the same keys; a test compares them. Names and numbers are put in by
`str.format`, which never reads them as templates themselves.
"""

ENGLISH = {
    # what is happening
    "now.start": "{inputs} are given; nothing is computed yet",
    "now.start.one": "{inputs} is given; nothing is computed yet",
    "now.evaluate": "{node} is computed",
    "now.seed": "the way back begins at {node}",
    "now.contribution": "{node} hands its gradient to {parent}",
    "now.unbroadcast": "the copies of {parent} are added up",
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
    "say.evaluate": "{node} is {operation}: {numbers} is {result}.",
    "say.evaluate.array": "{node} is {operation}.",
    "say.seed": "We start at the end: {node} grows by one when {node} grows by one, so its gradient is one.",
    "say.unchanged": "{parent} gets {contribution}: {node} passes its gradient, {upstream}, on unchanged, "
                     "because {node} grows by one when {parent} grows by one.",
    "say.turned": "{parent} gets {contribution}: {node} passes its gradient, {upstream}, on with the sign turned, "
                  "because {node} falls by one when {parent} grows by one.",
    "say.blocked": "{parent} gets nothing through {node}, because {node} does not change when {parent} changes.",
    "say.scaled": "{parent} gets {contribution}: the gradient of {node}, {upstream}, times {local}, "
                  "because {node} changes {local} times as fast as {parent}.",
    "say.array": "{parent} gets the gradient of {node}, entry by entry times the local derivative.",
    "say.product": "{parent} gets {formula}.",
    "gradient.of": "the gradient of {node}",
    "say.through": "{parent} gets {formula}.",
    "say.total": "Together with the {before} already there that makes {total}.",
    "say.total.array": "It is added to what is already there.",
    "say.unbroadcast": "{parent} was used several times in one operation, so the gradients of its copies are added: {total}.",
    "say.unbroadcast.array": "{parent} was used several times in one operation, so the gradients of its copies are added.",
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
    "remark.relu.kink": "Exactly at the kink the slope is a convention; here it is {local}.",
    "remark.saturated": "{node} is saturated: its slope is only {local}, and the gradient almost vanishes here.",
    "remark.matmul": "Shapes decide the order: the result must have the shape of {parent}, {shape}.",
    "remark.sum": "A sum hands the same gradient to every entry.",
    "remark.mean": "A mean hands every entry an equal share of the gradient.",
    "remark.branch": "{parent} is used more than once: at branches gradients add.",
    "remark.unbroadcast": "What was copied on the way forward is added up on the way back.",
    "remark.update": "The gradient points uphill, so the step goes the other way.",
    # kinds and pictures
    "input": "input",
    "constant": "constant",
    "value": "value",
    "gradient": "gradient",
    "summary": "Computational graph of {title}. {values}.",
    "summary.node": "{node} = {operation}: value {value}, gradient {gradient}",
    "summary.leaf": "{node}: value {value}, gradient {gradient}",
    "unknown": "not known yet",
    # the toolbar
    "start": "start", "forward": "forward", "backward": "backward", "update": "update", "done": "done",
    "first": "First step", "previous": "Step back", "play": "Play", "pause": "Pause", "next": "Step forth",
    "last": "Last step", "step": "step {k} of {n}", "help": "Keys and help", "table": "Table of all values",
    "theme": "Light or dark", "fullscreen": "Projector (full screen)", "now": "NOW",
    "operation": "operation", "name": "name", "state": "state",
}

CATALOGUES = {"en": ENGLISH}

_SPOKEN = {"−": "minus ", "·": " times ", "+": " plus ", "/": " divided by ", "@": " times ", "^": " to the power ",
           "²": " squared", "³": " cubed", "ᵀ": " transposed", "σ": "sigma of ", "∂": "d ", "=": " is "}


def phrase(key: str, language: str = "en", **words) -> str:
    """The text for a key, with names and numbers put in."""
    return CATALOGUES[language][key].format(**words)


def spoken(formula: str) -> str:
    """A formula as it is read aloud: "(−4) · 1" as "minus 4 times 1"."""
    aloud = "".join(_SPOKEN.get(c, c) for c in formula)
    return " ".join(aloud.replace("(", " ").replace(")", " ").split())
