"""A notebook as HTML: its prose, its code in colours, and what it gave when it was last run."""

import html
import re

import prose

# The most telling form of an output first.
FORMS = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain")
COLOURS_OF_A_TERMINAL = re.compile(r"\x1b\[[0-9;]*m")


def to_html(cells: list[dict]) -> str:
    """All cells; each is a section whose id is the cell's, so that a page can point to it."""
    return "\n".join(_section(cell) for cell in cells if not _is_hidden(cell))


def _section(cell):
    kind = ' class="prose"' if cell["cell_type"] == "markdown" else ""
    return f'<section id="{cell["id"]}"{kind}>\n{_cell(cell)}</section>'


def _cell(cell):
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return prose.to_html(source)
    if cell["cell_type"] != "code":
        return ""
    return prose.highlighted(source, "python") + "".join(map(_output, cell["outputs"]))


def _is_hidden(cell):
    return "colab" in cell["metadata"].get("tags", ())


def _output(output):
    if output["output_type"] == "stream":
        return _plain("".join(output["text"]))
    data = output.get("data", {})
    form = next((form for form in FORMS if form in data), None)
    return f'<div class="output">{_form(form, "".join(data[form]))}</div>\n' if form else ""


def _form(form, text):
    if form == "text/html":
        text = prose.without_empty_headings(text)
        return prose.scrolled(text) if text.lstrip().startswith("<table") else text
    if form == "image/svg+xml":
        return text
    if form == "image/png":
        return f'<img alt="A picture made by the code above" src="data:image/png;base64,{text.strip()}">'
    return prose.to_html(text) if form == "text/markdown" else _plain(text)


def _plain(text):
    shown = html.escape(COLOURS_OF_A_TERMINAL.sub("", text).rstrip())
    return f'<pre class="plain" tabindex="0" role="group" aria-label="Output">{shown}</pre>\n'
