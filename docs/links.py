"""Every link of a built site: does the page exist, and the place in it?"""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """The ids of a page, and what it points to."""

    def __init__(self):
        super().__init__()
        self.ids: set[str] = set()
        self.targets: list[tuple[str, bool]] = []  # an address, and whether it is a link to follow

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.ids.add(value)
            elif name in ("href", "src") and value is not None:
                self.targets.append((value, tag == "a"))


def broken(folder: Path) -> list[str]:
    """What leads nowhere in the pages of a folder, and what is loaded from elsewhere."""
    pages = {path.resolve(): read(path) for path in sorted(folder.rglob("*.html"))}
    return [f"{path.relative_to(folder.resolve())}: {target} {problem}"
            for path, page in pages.items() for target, is_link in page.targets
            if (problem := _problem(path, target, is_link, pages))]


def read(path: Path) -> _Page:
    """A page, parsed."""
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _problem(path, target, is_link, pages):
    address = urlsplit(target)
    if address.scheme:
        # A reader may follow a link elsewhere; the page itself may not load anything from there.
        return "" if is_link or address.scheme == "data" else "is loaded from elsewhere"
    file = (path.parent / unquote(address.path)).resolve() if address.path else path
    if not file.is_file():
        return "does not exist"
    if address.fragment and file in pages and unquote(address.fragment) not in pages[file].ids:
        return "names a place that is not there"
    return ""
