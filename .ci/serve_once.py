"""Run the README's first command as it stands there, ask the server that it starts for the course, and stop it.

    python3 .ci/serve_once.py 'python3 -m venv .venv && … && .venv/bin/nnteach lab'
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

PATIENCE = 900
"""Seconds, with the installation."""


def main(command: str) -> int:
    """Run it, without a browser to open; 0 if the course page was served."""
    with tempfile.TemporaryFile("w+") as said:
        server = subprocess.Popen(
            ["bash", "-c", command], stdout=said, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            start_new_session=True, env=os.environ | {"BROWSER": "true"})
        try:
            return ask(server, said)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def ask(server, said) -> int:
    """Wait for the address, and fetch what is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        said.seek(0)
        if found := re.search(r"http://(?:127\.0\.0\.1|localhost):\d+/\S*", said.read()):
            with urllib.request.urlopen(found[0], timeout=60) as page:
                print(f"served: {page.status} {len(page.read())} bytes")
            return 0
        time.sleep(1)
    said.seek(0)
    print(said.read(), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
