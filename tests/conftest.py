"""Fixtures and rules for all tests. Helpers that are more than a fixture stand in modules beside this one."""

import os
import shutil

import pytest
from labserver import LabServer

from nnteach.cli.doctor import find_chromium

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]


def pytest_collection_modifyitems(items):
    """What opens a page, in JupyterLab or by itself, is a test with a browser."""
    for item in items:
        if item.get_closest_marker("lab") or {"chromium_path", "firefox"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
        if _asks_for_torch(item):
            item.add_marker("torch")


def _asks_for_torch(item):
    """Whether a test is skipped without PyTorch: by a mark, by its module, or by importorskip("torch") in its code."""
    if any("torch" in str(mark.kwargs.get("reason", "")).lower() for mark in item.iter_markers("skipif")):
        return True
    code = getattr(getattr(item, "function", None), "__code__", None)
    asks = code is not None and "importorskip" in code.co_names and "torch" in code.co_consts
    return asks or getattr(getattr(item, "module", None), "torch", None) is not None


# Nothing but the pages that a test opens: no updates, no reports, no safe browsing.
FIREFOX_OPTIONS = {"app.update.enabled": False, "browser.safebrowsing.malware.enabled": False,
                   "browser.safebrowsing.phishing.enabled": False, "browser.safebrowsing.downloads.enabled": False,
                   "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.enabled": False,
                   "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
                   "services.settings.server": "data:,#", "browser.region.network.url": "",
                   "extensions.update.enabled": False}


@pytest.fixture(scope="session")
def chromium_path():
    """The system's Chromium. Without one the test is skipped, unless NNTEACH_CHROMIUM promises one."""
    path = find_chromium()
    if promised := os.environ.get("NNTEACH_CHROMIUM"):
        assert path, f"NNTEACH_CHROMIUM names {promised}, which is no program"
    return path or pytest.skip("there is no Chromium on PATH")


@pytest.fixture(scope="module")
def chromium(chromium_path):
    """A running Chromium, new for every module: its event loop must be gone before notebooks are tested.

    With NNTEACH_BROWSER=firefox it is Firefox, in which the same tests can be tried.
    """
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)  # its own 5 s are short for a kernel on a busy machine
    with sync_playwright() as playwright:
        if os.environ.get("NNTEACH_BROWSER") == "firefox":
            browser = start_firefox(playwright)
        else:
            browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


def start_firefox(playwright):
    """The system's Firefox. Without one, or where Playwright does not get on with it, the test is skipped; it fails if
    NNTEACH_FIREFOX promises one. Firefox ESR 153 needs playwright==1.60.0: 1.65 sends a command it does not know."""
    promised = os.environ.get("NNTEACH_FIREFOX")
    without = pytest.fail if promised else pytest.skip
    path = promised or shutil.which("firefox-esr") or shutil.which("firefox") or pytest.skip("no Firefox is on PATH")
    try:
        browser = playwright.firefox.launch(channel="moz-firefox", executable_path=path,
                                            firefox_user_prefs=FIREFOX_OPTIONS)
        browser.new_page().close()
    except Exception as error:
        without(f"Playwright does not get on with this Firefox: {error}")
    return browser


@pytest.fixture(scope="module")
def firefox():
    """A running Firefox."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = start_firefox(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory):
    """`nnteach lab`, started once, with a home, settings and trust of its own."""
    with LabServer(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture
def lab(lab_server, chromium):
    """JupyterLab in Chromium: `lab.open(path)` gives a page, `lab.run_all(page)` runs its cells."""
    from labserver import Lab

    session = Lab(lab_server, chromium)
    yield session
    session.close()
    assert session.outside == [], "JupyterLab asked for something outside this machine"
