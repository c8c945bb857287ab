"""What Firefox says of a page in its console: the browser itself, spoken to in WebDriver BiDi over its own socket."""

import contextlib
import json
import re
import shutil
import subprocess
import tempfile

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
PREFERENCES = """user_pref("app.update.enabled", false);
user_pref("browser.safebrowsing.downloads.remote.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.push.connection.enabled", false);
user_pref("extensions.systemAddon.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.dns.disablePrefetch", true);
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("services.settings.server", "");
user_pref("toolkit.telemetry.enabled", false);
"""  # nothing of its own is fetched: what is not on this machine goes to a port where nobody listens

# Before a page begins: its formulas have no place until this style sheet is taken away.
NO_FORMULAS = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("math { display: none !important }");
    document.adoptedStyleSheets = [sheet];
}"""

# Messages arrive when they will; so a formula that is wrong is put in after all others, and its message is the last.
LAST = """(() => {
    const made = (name, ...parts) => {
        const element = document.createElementNS("http://www.w3.org/1998/Math/MathML", name);
        element.append(...parts);
        return element;
    };
    document.body.append(made("math", made("mroot", made("mi", "a"))));
    document.body.getBoundingClientRect();
})()"""


class Console:
    """A headless Firefox that is told to open pages, and what it reports."""

    def __init__(self, socket):
        self._socket, self._count, self.messages = socket, 0, []
        self._call("session.new", capabilities={})
        self._call("session.subscribe", events=["log.entryAdded"])
        self._call("script.addPreloadScript", functionDeclaration=NO_FORMULAS)
        self._context = self._call("browsingContext.create", type="tab")["context"]  # the first may still be loading

    def _call(self, method, **params):
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            answer = self._hear(json.loads(self._socket.recv()))
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                return answer["result"]

    def _hear(self, answer):
        if answer.get("method") == "log.entryAdded":
            self.messages.append(answer["params"]["text"])
        return answer

    def open(self, url: str) -> list[str]:
        """Open a page and wait until it is complete; what is reported of its formulas, laid out whole.

        A page that arrives in pieces may be laid out before a formula has all its parts, and Firefox then complains of
        a formula that is right. So none is laid out before everything is there.
        """
        self.messages.clear()
        go = {"context": self._context, "url": url, "wait": "complete"}
        try:
            self._call("browsingContext.navigate", **go)
        except RuntimeError as trouble:
            if "NS_BINDING_ABORTED" not in str(trouble):  # the empty page that the tab began with came in between
                raise
            self._call("browsingContext.navigate", **go)
        self.run("document.adoptedStyleSheets = []; document.body.getBoundingClientRect().height")
        self.run(LAST)
        while not any("<mroot/>" in told for told in self.messages):  # in the order in which they were laid out
            self._hear(json.loads(self._socket.recv()))
        return self.messages[:-1]

    def run(self, expression: str):
        """The value of an expression of JavaScript on the page."""
        found = self._call("script.evaluate", expression=expression, awaitPromise=True,
                           target={"context": self._context})
        return found.get("result", {}).get("value")


@contextlib.contextmanager
def console():
    """A Firefox with an empty profile of its own; ended afterwards."""
    import websocket

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        with open(f"{profile}/user.js", "w", encoding="utf-8") as preferences:
            preferences.write(PREFERENCES)
        process = subprocess.Popen([PROGRAM, "--headless", "--no-remote", "--profile", profile,
                                    "--remote-debugging-port", "0"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            listening = re.compile(r"WebDriver BiDi listening on (\S+)")
            address = next(found[1] for line in process.stderr if (found := listening.search(line)))
            connect = websocket.create_connection(f"{address}/session", timeout=60, suppress_origin=True)
            with contextlib.closing(connect) as socket:
                yield Console(socket)
        finally:
            process.terminate()
            process.wait(timeout=30)
            process.stderr.close()
