"""The course in a real JupyterLab: what a student sees who typed `nnteach lab`."""

import pytest

pytestmark = [pytest.mark.lab, pytest.mark.slow]


def test_cells_run_and_their_output_is_shown(lab):
    page = lab.open(
        lab.write("tiny.ipynb", "6 * 7", "import nnteach as nt\nx, = nt.variables(x=3)\n(x * x).value")
    )

    outputs = lab.run_all(page)

    assert [cell[0]["data"]["text/plain"] for cell in outputs] == ["42", "9.0"]
    assert "42" in page.locator(".jp-OutputArea-output").first.inner_text()
    assert page.locator(".Toastify__toast").count() == 0  # no news, no question about updates


def test_a_failing_cell_is_a_failure(lab):
    page = lab.open(lab.write("failing.ipynb", "1 / 0"))

    with pytest.raises(AssertionError, match="cell 0: ZeroDivisionError"):
        lab.run_all(page)
