"""Fixtures and rules for all tests. Helpers that are more than a fixture stand in modules beside this one."""

import os

import pytest
from labserver import LabServer

from nnteach.doctor import find_chromium

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
        if item.get_closest_marker("lab") or "chromium_path" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium_path():
    """The system's Chromium. Without one the test is skipped, unless NNTEACH_CHROMIUM promises one."""
    path = find_chromium()
    if promised := os.environ.get("NNTEACH_CHROMIUM"):
        assert path, f"NNTEACH_CHROMIUM names {promised}, which is no program"
    return path or pytest.skip("there is no Chromium on PATH")


@pytest.fixture(scope="module")
def chromium(chromium_path):
    """A running Chromium, new for every module: its event loop must be gone before notebooks are tested."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)  # its own 5 s are short for a kernel on a busy machine
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_OPTIONS)
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
