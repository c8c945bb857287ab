"""The player as a page: one HTML file that needs no network, and the output of a notebook cell that holds one."""

import html
import re
from pathlib import Path

from ...draw.diagram import clean_text
from ...draw.style import image_source, style_sheet
from ...i18n.phrases import words
from .pack import joined, opened, packed
from .script import plain, script

STYLE = Path(__file__).parents[1] / "player.css"
SMALLEST_HEIGHT, LARGEST_HEIGHT = 420, 720
HEIGHT_WITH_LEDGER = 600
ROOM_FOR_BARS, ROOM_FOR_CURVE = 190, 150
"""Heights in px. ROOM_FOR_BARS is for toolbar and sentence; a panel with a ledger needs more than the least."""

PAUSE = 200  # ms between two players of a notebook that are not near to the window

# Nothing may be loaded from anywhere: what the page needs is in it.
POLICY = ("default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
          "font-src data:; base-uri 'none'; form-action 'none'")

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
html, body, main, #player {{ height: 100%; margin: 0; }}
h1 {{ position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }}
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<div id="player"></div>
</main>
<noscript><p>{summary}</p><p>{noscript}</p></noscript>
<script type="text/plain" id="message"{packed}>{message}</script>
<script type="module">
{script}
const root = document.getElementById("player");
const show = (text) => {{
  const player = mount(root, unpack(text), {{ wholePage: true, theme: document.documentElement.dataset.theme }});
  addEventListener("message", ({{ source, data }}) => source === parent && data?.theme && player.follow(data.theme));
}};
const say = () => root.append(\
...new DOMParser().parseFromString(document.querySelector("noscript").textContent, "text/html").body.children);
const {{ textContent, dataset }} = document.getElementById("message");
if ("packed" in dataset) inflate(textContent).then(show, say);
else show(textContent);
</script>
</body>
</html>
"""

# Placed into the page by the notebook's script, which reads the picture back from the image.
_PICTURE_MARK = "@picture@"

# The script looks for every output that is still a picture instead of for itself: `document.currentScript` is
# not to be relied on where a notebook inserts outputs, and so it does not matter whose script runs first.
_UPGRADE = r"""
for (const box of document.querySelectorAll(".nnteach-output:not([data-ready])")) {
  box.setAttribute("data-ready", "");
  const image = box.querySelector("img");
  const height = Math.min(box.dataset.height, box.closest(".reveal") ? 480 : Infinity);
  box.style.minHeight = height + "px";  // so that nothing below it moves
  let frame;
  const show = async () => {
    if (frame) return;
    frame = document.createElement("iframe");
    const page = await inflate(box.querySelector("script[data-page]").textContent);
    const picture = decodeURIComponent(image.getAttribute("src").replace(/^[^,]*,/, ""));
    frame.title = image.alt;
    frame.style.cssText = "display:block;width:100%;border:0;height:" + height + "px";
    frame.setAttribute("sandbox", "allow-scripts allow-downloads");
    frame.setAttribute("allow", "fullscreen *");
    frame.allowFullscreen = true;
    frame.srcdoc = page.replace("<html ", '<html data-theme="' + themeAround() + '" ')
      .replace('"@picture@"', () => JSON.stringify(picture).replaceAll("<", "\\u003c"));
    tellFrame(frame);
    box.append(frame);
    image.style.display = "none";
    box.style.minHeight = "";  // slides and lectures show it lower
  };
  // What is near to the window comes at once, all else one after the other.
  const near = (seen) => seen.some((entry) => entry.isIntersecting) && start();
  const observer = new IntersectionObserver(near, { rootMargin: "50%" });
  const start = () => {
    observer.disconnect();
    show().catch(() => {});  // whatever is missing here, the picture stays
  };
  observer.observe(box);
  const now = performance.now();
  window.nnteachTurn = Math.max(window.nnteachTurn ?? 0, now) + @pause@;
  setTimeout(start, window.nnteachTurn - now);
}
""".replace("@pause@", str(PAUSE))


def document(data: dict, title: str | None = None) -> str:
    """The player as one self-contained HTML page that works from a file and asks nothing of the network.

    Args:
        data: the message, as README.md in this folder describes it.
        title: the title of the page; that of the message if not given.

    Returns:
        The source of the page.
    """
    return _page(data, packed(joined(_sent(data))), " data-packed", title)


def notebook_output(data: dict, png_alt: str | None = None) -> str:
    """What a notebook cell shows: the static picture, and a script that turns it into the player.

    The picture is all that an untrusted notebook, or a viewer without scripts, needs. The player gets a frame of
    its own, so that neither its style nor its keys meet those of the notebook. The same message always gives the
    same bytes.

    Args:
        data: the message, as README.md in this folder describes it.
        png_alt: the picture in words; the summary of the message if not given.

    Returns:
        HTML of one `<div class="nnteach-output">`.
    """
    page = _page(data, joined({**_sent(data), "picture": _PICTURE_MARK}))
    return (f'<div class="nnteach-output" data-height="{frame_height(data)}" style="overflow-x:auto">'
            f'<img alt="{_text(png_alt or data["summary"])}" src="{image_source(data["picture"])}"'
            f' style="max-width:none">'
            f'<script type="text/plain" data-page>{packed(page)}</script>'
            f"<script>{{{plain('inflate', 'around')}{_UPGRADE}}}</script></div>")


def _page(data, message, attribute="", title=None):
    said = words() | data.get("words", {})
    return _PAGE.format(
        language=_text(said["language"]), noscript=_text(said["noscript"]), policy=POLICY,
        title=_text(title or data["title"]),
        summary=_text(data["summary"]), style=style_sheet(STYLE), script=script(), packed=attribute, message=message)


def _sent(data):
    """What the script needs of a message: a page has no link to Python, hence no inputs; its summary stands beside.

    The levels and folds are opened, because they are packed better with all the rest.
    """
    levels = {name: opened(level) for name, level in data.get("levels", {}).items()}
    folds = {"folds": opened(data["folds"])} if "folds" in data else {}
    return {**data, "inputs": [], "summary": "", "levels": levels, **folds}


def frame_height(data: dict) -> int:
    """Height in px of the player in a notebook: that of its picture and bars, and enough for its panel."""
    found = re.search(r'<svg\b[^>]*?\bheight="([\d.]+)', data["picture"])
    height = int(float(found[1])) + ROOM_FOR_BARS if found else 0
    height += ROOM_FOR_CURVE * ("curve" in data)
    least = HEIGHT_WITH_LEDGER if any(step["ledger"] for step in data["steps"]) else SMALLEST_HEIGHT
    return min(max(height, least), LARGEST_HEIGHT)


def _text(text):
    return html.escape(clean_text(text))
