"""Make the notebooks of the exercises that are worked out by hand, solutions/hw_*.ipynb, from their table.

    python solutions/sheets.py && python docs/finish.py && python solutions/make.py --run solutions/hw_*.ipynb

What is asked stands in `nnteach/homework/exercises/course_set.py`; how it is solved, in plain NumPy and for
anybody's numbers, stands here. The tests run every solution on twenty students.
"""

import sys

from make import KERNEL, SOLUTIONS, to_text

from nnteach.homework import homework
from nnteach.homework.exercises.course_set import COURSE

SOLVED = {
    "product": """
        x, y, z = hw.given.values()
        dx = dy = z                  # a sum hands on what it gets
        dz = x + y                   # a product exchanges its factors
    """,
    "sum_times_difference": """
        x1, x2, x3 = hw.given.values()
        dy1, dy2 = x2 - x3, x1 + x2
        dx1, dx3 = dy1, -dy2
        dx2 = dy1 + dy2              # two paths lead from x2 to the result
    """,
    "gates": """
        x, y, z, w = hw.given.values()
        dx, dy = 2 * y, 2 * x
        dz, dw = (2, 0) if z > w else (0, 2)
    """,
    "sigmoid_neuron": """
        w0, x0, w1, x1, w2 = hw.given.values()
        f = 1 / (1 + np.exp(-(w0 * x0 + w1 * x1 + w2)))
        ds = f * (1 - f)
        dw0, dx0 = x0 * ds, w0 * ds
        dw1, dx1 = x1 * ds, w1 * ds
        dw2 = ds
    """,
    "relu_2_2_1": """
        X, T, W1, b1, W2, b2 = hw.given.values()
        z1 = X @ W1.T + b1
        a1 = np.maximum(z1, 0)
        delta2 = 2 * (a1 @ W2.T + b2 - T)
        dW2, db2 = delta2.T @ a1, delta2.sum(axis=0)
        delta1 = delta2 @ W2 * (z1 > 0)
        dW1, db1 = delta1.T @ X, delta1.sum(axis=0)
    """,
    "sigmoid_2_2_2": """
        X, T, W1, b1, W2, b2 = hw.given.values()
        a1 = 1 / (1 + np.exp(-(X @ W1.T + b1)))
        y = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
        delta2 = (y - T) * y * (1 - y)
        dW2, db2 = delta2.T @ a1, delta2.sum(axis=0)
        delta1 = delta2 @ W2 * a1 * (1 - a1)
        dW1, db1 = delta1.T @ X, delta1.sum(axis=0)
    """,
    "xor_forward": """
        X, T, W1, b1, W2, b2 = hw.given.values()
        z1 = X @ W1.T + b1
        a1 = np.maximum(z1, 0)
        y = a1 @ W2.T + b2
    """,
    "perceptron": """
        X, T, theta, alpha = hw.given.values()
        epochs = []
        for _ in range(3):
            errors = 0
            for x, t in zip(np.column_stack([np.ones(len(X)), X]), T):
                error = (theta @ x > 0) - t
                theta, errors = theta - alpha * error * x, errors + abs(error)
            epochs += [theta, errors]
        theta1, errors1, theta2, errors2, theta3, errors3 = epochs
    """,
    "boolean": """
        tables = {"0001": (-3, 2, 2), "0111": (-1, 2, 2), "1000": (1, -2, -2),
                  "1110": (3, -2, -2), "0010": (-1, 2, -2), "1101": (1, -2, 2)}
        theta = tables["".join(f"{t:.0f}" for t in hw.given["T"])]
    """,
    "softmax_delta": """
        X, T, W, b = hw.given.values()
        e = np.exp(X @ W.T + b)
        y = e / e.sum(axis=1, keepdims=True)
        delta1 = (y - T) / len(X)
    """,
    "softmax_jacobian": """
        z, g = hw.given.values()
        p = np.exp(z) / np.exp(z).sum()
        J = np.diag(p) - np.outer(p, p)
        dz = J @ g                   # J is symmetric
    """,
    "network_3_3_3": """
        X, T, W1, b1, W2, b2 = hw.given.values()
        z1 = X @ W1.T + b1
        a1 = np.maximum(z1, 0)
        e = np.exp(a1 @ W2.T + b2)
        delta2 = (e / e.sum(axis=1, keepdims=True) - T) / len(X)
        dW2, db2 = delta2.T @ a1, delta2.sum(axis=0)
        delta1 = delta2 @ W2 * (z1 > 0)
        dW1, db1 = delta1.T @ X, delta1.sum(axis=0)
    """,
    "regularised": """
        X, T, W1, b1, W2, b2 = hw.given.values()
        a1 = np.tanh(X @ W1.T + b1)
        e = np.exp(a1 @ W2.T + b2)
        delta2 = (e / e.sum(axis=1, keepdims=True) - T) / len(X)
        dW2, db2 = delta2.T @ a1 + 0.2 * W2, delta2.sum(axis=0)
        delta1 = delta2 @ W2 * (1 - a1 ** 2)
        dW1, db1 = delta1.T @ X + 0.2 * W1, delta1.sum(axis=0)
    """,
    "step_sgd": """
        w_new = hw.given["w"] - hw.given["rate"] * hw.given["g"]
    """,
    "step_momentum": """
        n = hw.given
        v_new = n["mu"] * n["v"] - n["rate"] * n["g"]
        w_new = n["w"] + v_new
    """,
    "step_nesterov": """
        n = hw.given
        ahead = n["w"] + n["mu"] * n["v"]
        g = n["c"] * ahead
        v_new = n["mu"] * n["v"] - n["rate"] * g
        w_new = n["w"] + v_new
    """,
    "step_adagrad": """
        n = hw.given
        G_new = n["G"] + n["g"] ** 2
        w_new = n["w"] - n["rate"] * n["g"] / np.sqrt(G_new)
    """,
    "step_rmsprop": """
        n = hw.given
        v_new = 0.9 * n["v"] + 0.1 * n["g"] ** 2
        w_new = n["w"] - n["rate"] * n["g"] / np.sqrt(v_new)
    """,
    "step_adadelta": """
        n = hw.given
        G_new = 0.9 * n["G"] + 0.1 * n["g"] ** 2
        change = np.sqrt(n["D"]) / np.sqrt(G_new) * n["g"]
        w_new = n["w"] - change
    """,
    "step_adam": """
        n = hw.given
        m_new = 0.9 * n["m"] + 0.1 * n["g"]
        v_new = 0.99 * n["v"] + 0.01 * n["g"] ** 2
        m_hat, v_hat = m_new / (1 - 0.9 ** 3), v_new / (1 - 0.99 ** 3)
        w_new = n["w"] - n["rate"] * m_hat / np.sqrt(v_hat)
    """,
    "step_adamw": """
        n = hw.given
        m_new = 0.9 * n["m"] + 0.1 * n["g"]
        v_new = 0.99 * n["v"] + 0.01 * n["g"] ** 2
        m_hat, v_hat = m_new / (1 - 0.9 ** 3), v_new / (1 - 0.99 ** 3)
        w_new = n["w"] - n["rate"] * (m_hat / np.sqrt(v_hat) + n["decay"] * n["w"])
    """,
    "gradient_check": """
        a, b, x, h = hw.given.values()
        plus, minus = (a * u ** 3 + b * u for u in (x + h, x - h))
        numeric, analytic = (plus - minus) / (2 * h), 3 * a * x ** 2 + b
        error = abs(numeric - analytic) / max(abs(numeric), abs(analytic))
    """,
    "batch_norm": """
        x, gamma, beta, g = hw.given.values()
        mu, var = x.mean(axis=0), x.var(axis=0)
        xhat = (x - mu) / np.sqrt(var)
        y = gamma * xhat + beta
        dgamma, dbeta = (g * xhat).sum(axis=0), g.sum(axis=0)
        d = g * gamma
        dx = (d - d.mean(axis=0) - xhat * (d * xhat).mean(axis=0)) / np.sqrt(var)
    """,
    "dropout": """
        x, mask, p, g = hw.given.values()
        y, y_test = x * mask / (1 - p), x
        dx = g * mask / (1 - p)
    """,
}

YOURS = """Write your name between the quotation marks. The numbers are yours: the same name has the same ones, on every
machine."""
ANSWERS = (
    "**Your turn.** Work it out on paper, or step by step in cells of your own. "
    "Then put your answers in the place of\n"
    "`None`, with three significant digits at least. "
    "A number is written `0.082`, a row `[1, 2]`, a table `[[1, 2], [3, 4]]`."
)
CHECK = "Is it right? If not, the check says which answer to look at first, and often what you did."
HINT = (
    "Stuck? Hint 1 tells the principle, 2 where to look, 3 the formula, 4 the same step with other numbers. Take away\n"
    "the `#` and run the cell."
)
WORKED = "**The worked solution**, with these numbers."


def main() -> int:
    """Write the notebooks; stored outputs are made by make.py."""
    for key in COURSE:
        (SOLUTIONS / f"hw_{key}.ipynb").write_text(to_text(notebook(key)), encoding="utf-8")
    return 0


def notebook(key: str) -> dict:
    """The notebook of one exercise, with its solution in it."""
    entry = COURSE[key]
    settings = "".join(f", {name}={value!r}" for name, value in entry.settings.items())
    asked = homework(entry.name, **entry.settings).asked
    lesson = int(entry.lesson[:2])
    given = f'name = "Ada"\nhw = nt.homework("{entry.name}"{settings},\n                 student=name)\nhw.show()'
    cells = [
        _cell("title", f"# {entry.title}\n\nTo lesson {lesson}. About {entry.minutes} minutes.\n\n{entry.aim}"),
        _cell("yours-told", YOURS),
        _cell("yours", f"import numpy as np\nimport nnteach as nt\n\n{given}", "code"),
        _cell("answers-told", ANSWERS),
        _cell("answers", _answers(key, asked), "code"),
        _cell("check-told", CHECK),
        _cell("check", f"hw.check({', '.join(f'{name}={name}' for name in asked)})", "code"),
        _cell("hint-told", HINT),
        _cell("hint", "# hw.hint(1)", "code"),
        _cell("worked", WORKED, tags=["solution"]),
        _cell("worked-solution", "hw.solution()", "code", tags=["solution"]),
    ]
    metadata = KERNEL | {"nnteach": {"lesson": entry.lesson, "exercise": key}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _answers(key, asked):
    solved = "\n".join(line[8:] for line in SOLVED[key].strip("\n").splitlines()).rstrip()
    return "\n".join([*(f"{name} = None" for name in asked), "# solution", solved, "# end solution"])


def _cell(name, source, kind="markdown", tags=()):
    cell = {"cell_type": kind, "id": name, "metadata": {"tags": list(tags)} if tags else {}}
    cell["source"] = source.splitlines(keepends=True)
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


if __name__ == "__main__":
    sys.exit(main())
