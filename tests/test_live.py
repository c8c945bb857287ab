"""The player linked to Python: what Python does on its own, and the widget in a real JupyterLab."""

import pytest

import nnteach as nt

LIVE = """import nnteach as nt
x, y, z = nt.variables(x=-2, y=5, z=-4)
player = nt.step(((x + y).named("q") * z).named("f")).live()
player"""


HEARD = """def heard(change):
    last = change["new"][-1]
    player.trouble = f"Python heard {last['said']}: {last['verdict']}"
player.observe(heard, "attempts")
player.step = 5"""


def live_player():
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    return nt.step(((x + y).named("q") * z).named("f")).live()


def value(player, name):
    node = next(one for one in player.data["nodes"] if one["name"] == name)
    return player.data["texts"][node["timeline"][-1][2]][0]


def test_a_change_computes_everything_again():
    player = live_player()
    player.change = {"name": "x", "text": "0.5", "serial": 1}
    assert value(player, "f") == "-22.0"
    player.change = {"name": "y", "text": "-1", "serial": 2}
    assert value(player, "f") == "2.0"
    assert player.values == {"x": 0.5, "y": -1.0}
    assert {"name": "x", "value": 0.5} in player.data["inputs"]


def test_a_change_that_cannot_be_computed_leaves_everything_as_it_was():
    from nnteach.player.python.live import live_player

    def compute(values):
        if values.get("x") == 0:
            raise ZeroDivisionError("x must not be 0, because 1 is divided by it.")
        return {"inputs": [{"name": "x", "value": values.get("x", float("inf"))}]}

    player = live_player(compute)
    assert player.data["inputs"] == [{"name": "x", "value": "inf"}]
    player.change = {"name": "x", "text": "0", "serial": 1}
    assert player.trouble == "x must not be 0, because 1 is divided by it."
    assert player.values == {} and player.data["inputs"][0]["value"] == "inf"
    player.change = {"name": "x", "text": "2", "serial": 2}
    assert player.trouble == "" and player.data["inputs"][0]["value"] == 2.0


@pytest.mark.lab
@pytest.mark.slow
def test_the_widget_in_jupyterlab(lab):
    from playwright.sync_api import expect

    page = lab.open(lab.write("live.ipynb", LIVE, HEARD))
    lab.run_all(page)
    root = page.locator("[data-nnteach-player]")
    expect(root).to_have_attribute("data-step", "5")  # set by the second cell, maybe after the player was drawn

    # Keys step, and JupyterLab does not see them: x would cut the cell, d d delete it.
    page.locator("[data-node=q]").focus()
    for key in ("ArrowRight", "ArrowRight", "x", "d", "d", "ArrowLeft"):
        page.keyboard.press(key)
    assert root.get_attribute("data-step") == "6"
    assert page.locator(".jp-CodeCell").count() == 2

    # A prediction reaches Python, which here says it again.
    for key in ("ArrowLeft", "p", "ArrowRight", "-", "4", "Enter"):
        page.keyboard.press(key)
    page.locator(".nn-inputs [role=alert]", has_text="Python heard -4: right").wait_for()
    assert root.get_attribute("data-step") == "6"
    page.keyboard.press("p")

    field = page.locator("[data-input=x]")
    field.fill("abc")
    field.press("Enter")
    assert "“abc” is none" in page.locator(".nn-inputs [role=alert]").inner_text()
    field.fill("0,5")
    field.press("Enter")
    page.wait_for_function("() => document.querySelector('[data-node=f]').dataset.value === '-22.0'")
    assert root.get_attribute("data-step") == "6"
    assert page.locator(".nn-inputs [role=alert]").count() == 0


@pytest.mark.lab
@pytest.mark.slow
def test_a_live_player_is_there_when_the_notebook_is_opened_again(lab):
    """While the kernel lives the widget is seen and the stored player is not; without it, the other way round."""
    from playwright.sync_api import expect

    path = lab.write("reopened.ipynb", LIVE, "nt.demos.parabola()")
    page = lab.open(path)
    lab.run_all(page)
    expect(page.locator("[data-nnteach-player]")).to_be_visible()
    expect(page.locator(".nnteach-demo")).to_be_visible()
    for kept in page.locator(".nnteach-kept, .nnteach-still").all():
        expect(kept).to_be_hidden()
    lab.save(page)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.close()

    page = lab.open(path)
    player = page.locator(".nnteach-kept iframe").content_frame.locator("[data-nnteach-player]")
    player.wait_for()
    player.press("End")
    expect(player).to_have_attribute("data-phase", "done")
    expect(page.locator(".nnteach-still img")).to_be_visible()
    assert "Error displaying widget" not in page.locator(".jp-Notebook").inner_text()
    lab.run_all(page)  # and alive again
    expect(page.locator("[data-nnteach-player]")).to_be_visible()
    expect(page.locator(".nnteach-kept")).to_be_hidden()


@pytest.mark.lab
@pytest.mark.slow
def test_a_cell_that_is_run_again_in_jupyterlab_keeps_one_player(lab):
    page = lab.open(lab.write("again.ipynb", LIVE, "from ipywidgets.widgets.widget import _instances\nlen(_instances)"))
    for _ in range(4):
        outputs = lab.run_all(page)
    count = outputs[1][0]["data"]["text/plain"]
    assert int(count) <= 4  # a player and its layout, and what ipywidgets itself may need
    assert page.locator("[data-nnteach-player]").count() == 1
