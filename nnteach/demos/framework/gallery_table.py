"""The list of all demos, as text and as a table."""

import html

from ...support.shown import Shown


class Gallery(Shown):
    """Demos with titles and slides."""

    def __init__(self, demos):
        self.demos = demos

    def __repr__(self):
        width = max(len(demo.name) for demo in self.demos)
        return "\n".join(
            f"nt.demos.{demo.name + '()':<{width + 2}}  {demo.title} [{demo.slides}]" for demo in self.demos)

    def _repr_html_(self):
        rows = "".join(
            f"<tr><td><code>nt.demos.{html.escape(demo.name)}()</code></td>"
            f"<td>{html.escape(demo.title)}</td><td>{html.escape(demo.slides)}</td></tr>" for demo in self.demos)
        return ("<table><thead><tr><th>demo</th><th>what it shows</th><th>slides</th></tr></thead>"
                f"<tbody>{rows}</tbody></table>")
