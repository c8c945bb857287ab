"""Files made from a trace: the ending says what kind.

| ending | what |
|---|---|
| .svg .png | the picture, in its final state or at a step; of a training run with its loss curve, as in .pdf and .gif |
| .pdf | a handout with one page a step; with `step`, the picture |
| .gif | a film of all steps |
| .tex | a document that compiles: the graph in TikZ and the worked solution |
| .md | the worked solution in Markdown |
| .csv | every node with value and gradient in full; `name.steps.csv` every step |
"""

from pathlib import Path

from ..core.errors import GraphError, message
from ..draw import Drawing
from ..support import atomic
from ..trace.trace import Trace
from .names import tidied

PICTURES = (".svg", ".png", ".pdf")
ENDINGS = (*PICTURES, ".gif", ".tex", ".md", ".csv")
_WITH_A_STEP = (*PICTURES, ".tex", ".csv")


def save(trace: Trace, path, step: int | None = None) -> None:
    """Write a trace to a file.

    Args:
        trace: what is written, in its own language and notation.
        path: a path that ends in one of ENDINGS.
        step: the step to show, where the file shows one moment; the final state if not given.

    Raises:
        GraphError: for another ending, or a step that does not exist.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in (".html", *ENDINGS):
        known = f".html, {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        raise GraphError(message(f"a file ending in {known}", repr(path.name)))
    if step is not None:
        if kind not in _WITH_A_STEP:
            raise GraphError(message("no step, because this file shows them all", f"step={step} for {path.name!r}",
                                     f"A single step can be saved as {', '.join(_WITH_A_STEP)}"))
        trace.state_at(step)  # refuses a step that does not exist
    _WRITERS.get(kind, _write_text)(trace, path, step)


def _write_picture(trace, path, step):
    if path.suffix.lower() == ".pdf" and step is None:
        from .pages import write_handout
        write_handout(tidied(trace), path)
    elif trace.starts:
        from .curve import save_with_curve
        save_with_curve(trace, path, step)
    else:
        Drawing(trace).save(path, step)


def _write_film(trace, path, step):
    from .film import write_film
    write_film(tidied(trace), path)


def _write_text(trace, path, step):
    atomic.write_text(path, _text(trace, path, step))


def _text(trace, path, step):
    if path.suffix.lower() == ".md":
        return tidied(trace).to_markdown()
    if path.suffix.lower() == ".tex":
        from .tex import document
        return document(tidied(trace), step)
    from .tables import nodes_csv, steps_csv
    return steps_csv(trace) if path.suffixes[-2:-1] == [".steps"] else nodes_csv(trace, step)


_WRITERS = {**dict.fromkeys(PICTURES, _write_picture), ".gif": _write_film}
