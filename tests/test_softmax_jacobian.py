"""The softmax Jacobian as an object: the engine's numbers, the lecture's formula, tables that are safe to show."""

import numpy as np
import pytest

import nnteach as nt

A = np.array([1.0, -0.5, 2.0])
G = np.array([0.5, -1.0, 2.0])


@pytest.fixture
def J():
    return nt.softmax_jacobian(A)


def test_the_numbers_are_those_of_the_formula_and_of_finite_differences(J):
    h = np.exp(A) / np.exp(A).sum()
    np.testing.assert_allclose(J.matrix, h[:, None] * (np.eye(3) - h), rtol=1e-13, atol=1e-16)

    def softmax(a):
        return np.exp(a) / np.exp(a).sum()

    differences = [(softmax(A + e) - softmax(A - e)) / 2e-5 for e in 1e-5 * np.eye(3)]
    np.testing.assert_allclose(J.matrix, np.transpose(differences), atol=1e-9)


def test_rows_and_columns_sum_to_zero(J):
    np.testing.assert_allclose(J.matrix.sum(axis=0), 0, atol=1e-15)
    np.testing.assert_allclose(J.matrix.sum(axis=1), 0, atol=1e-15)


def test_diagonal_and_other_entries_have_their_formula(J):
    assert J.entry(1, 1).text() == "h_1 · (1 − h_1)"
    assert J.entry(1, 2).text() == "h_1 · (0 − h_2)"
    assert J.entry(2, 2).latex() == r"h_{2} \cdot \left(1 - h_{2}\right)"
    assert "msub" in str(J.entry(1, 2).math())


@pytest.mark.parametrize("place", [(i, j) for i in (1, 2, 3) for j in (1, 2, 3)])
def test_the_formula_of_an_entry_computes_its_value(J, place):
    entry = J.entry(*place)
    left, right = (x.value for x in entry.symbol.inputs)
    assert left * right == pytest.approx(entry.value, rel=1e-13)
    assert entry.text(numbers=True) != entry.text()


def test_the_product_is_the_transpose_times_g(J):
    rows = J.product(G)
    np.testing.assert_allclose([row.value for row in rows], J.matrix.T @ G, rtol=1e-12)
    assert nt.formula.text(rows[1].symbol) == "g_1 · ∂h_1/∂a_2 + g_2 · ∂h_2/∂a_2 + g_3 · ∂h_3/∂a_2"


def test_the_diagonal_is_told_apart_without_colour(J):
    shown, written = J._repr_html_(), J._repr_markdown_()
    assert shown.count("<strong>◆") == 3 and written.count("◆ **") == 3
    assert "color:" not in shown.replace("currentColor", "")


def test_names_are_no_markup():
    shown = nt.softmax_jacobian(nt.variable(A, "<img src=x onerror=alert(1)>"))._repr_html_()
    assert "<img" not in shown and "&lt;img" in shown


@pytest.mark.parametrize("wrong", [3.0, np.ones((2, 3)), []])
def test_anything_but_a_vector_is_refused(wrong):
    with pytest.raises(nt.errors.ShapeError, match="vector"):
        nt.softmax_jacobian(wrong)


def test_a_wrong_gradient_or_index_is_refused(J):
    with pytest.raises(nt.errors.ShapeError, match="upstream gradient"):
        J.product([1.0, 2.0])
    with pytest.raises(nt.errors.ShapeError, match="from 1 to 3"):
        J.entry(0, 1)
