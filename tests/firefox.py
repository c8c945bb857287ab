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


class Console:
    """A headless Firefox that is told to open pages, and what it reports."""

    def __init__(self, socket):
        self._socket, self._count, self.messages = socket, 0, []
        self._call("session.new", capabilities={})
        self._call("session.subscribe", events=["log.entryAdded"])
        self._context = self._call("browsingContext.create", type="tab")["context"]  # the first may still be loading

    def _call(self, method, **params):
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("method") == "log.entryAdded":
                self.messages.append(answer["params"]["text"])
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                return answer["result"]

    def open(self, url: str) -> list[str]:
        """Open a page and wait until it is complete; what was reported of it."""
        self.messages.clear()
        go = {"context": self._context, "url": url, "wait": "complete"}
        try:
            self._call("browsingContext.navigate", **go)
        except RuntimeError as trouble:
            if "NS_BINDING_ABORTED" not in str(trouble):  # the empty page that the tab began with came in between
                raise
            self._call("browsingContext.navigate", **go)
        self.run("document.body.getBoundingClientRect().height")  # laid out, hence its formulas, too
        return list(self.messages)

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
            socket = websocket.create_connection(f"{address}/session", timeout=60, suppress_origin=True)
            yield Console(socket)
            socket.close()
        finally:
            process.terminate()
            process.wait(timeout=30)
            process.stderr.close()
