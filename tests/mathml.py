"""What is wrong with a formula in MathML: elements, numbers of children and attributes, by MathML Core."""

import html
import re
import xml.etree.ElementTree as ET

# Element -> how many children it must have; None: any number.
CORE = {
    "math": None, "mrow": None, "mi": 0, "mn": 0, "mo": 0, "mtext": 0, "ms": 0, "mspace": 0, "mfrac": 2, "msqrt": None,
    "mroot": 2, "mstyle": None, "merror": None, "mpadded": None, "mphantom": None, "msub": 2, "msup": 2, "msubsup": 3,
    "munder": 2, "mover": 2, "munderover": 3, "mmultiscripts": None, "mtable": None, "mtr": None, "mtd": None,
    "semantics": None, "annotation": 0,
}
INSIDE = {"mtr": "mtable", "mtd": "mtr"}
ONLY = {"mtable": "mtr", "mtr": "mtd"}
ATTRIBUTES = {"display", "displaystyle", "scriptlevel", "mathvariant", "mathcolor", "mathbackground", "mathsize", "dir",
              "form", "fence", "separator", "lspace", "rspace", "stretchy", "symmetric", "minsize", "maxsize",
              "largeop", "movablelimits", "accent", "accentunder", "linethickness", "width", "height", "depth",
              "voffset", "columnspan", "rowspan", "encoding", "class", "id", "style", "alttext"}


def formulas(page: str) -> list[str]:
    """The formulas of a page of HTML."""
    return re.findall(r"<math\b.*?</math>", page, flags=re.S)


def problems(markup: str) -> list[str]:
    """What is wrong with a formula; nothing, if it is right."""
    try:
        root = ET.fromstring(markup.replace("&nbsp;", " "))
    except ET.ParseError as trouble:
        return [f"no XML: {trouble}"]
    return list(_problems(root, None))


def _problems(element, parent):
    tag = element.tag.rpartition("}")[2]
    inside = [child.tag.rpartition("}")[2] for child in element]
    if tag not in CORE:
        yield f"<{tag}> is not in MathML Core"
    elif CORE[tag] is not None and len(inside) != CORE[tag]:
        yield f"<{tag}> with {len(inside)} children instead of {CORE[tag]}"
    if tag in INSIDE and parent != INSIDE[tag]:
        yield f"<{tag}> in <{parent}>"
    if tag in ONLY and set(inside) - {ONLY[tag]}:
        yield f"<{tag}> with {inside}"
    yield from (f"{name} of <{tag}>" for name in element.attrib if name not in ATTRIBUTES)
    if "\\" in (element.text or ""):
        yield f"a command that was not understood: {element.text}"
    if tag not in ("mi", "mn", "mo", "mtext", "ms", "annotation") and (element.text or "").strip():
        yield f"bare text in <{tag}>"
    for child in element:
        yield from _problems(child, tag)
        if (child.tail or "").strip():
            yield f"bare text in <{tag}>"


def written(tree: list) -> str:
    """A formula as `formula.math` gives it, [tag, role, child, …], as MathML."""
    tag, role, *children = tree
    inside = "".join(html.escape(child) if isinstance(child, str) else written(child) for child in children)
    coloured = f' class="nn-{role}"' if role else ""
    return f"<{tag}{coloured}>{inside}</{tag}>"
