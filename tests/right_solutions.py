"""Right solutions of the lessons' exercises, each written in other ways than the published one.

RIGHT: name of the exercise -> functions. They are what honest students write: loops, matrix products, other formulas
that are the same on the inputs that the exercise promises, nnteach's own engine, and answers in other containers.
"""

import itertools
import math
from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction

import numpy as np

import nnteach as nt


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_tanh(z):
    return 0.5 * (1 + np.tanh(np.asarray(z, dtype=float) / 2))


def stable(z):
    z = np.asarray(z, dtype=float)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


# --------------------------------------------------------------------------------------------- lessons 1 to 5


def descent_closed(a, b, c, start, rate):
    best, q = -b / (2 * a), 1 - 2 * a * rate
    return {"places": [best + (start - best) * q**k for k in range(5)]}


def descent_recursive(a, b, c, start, rate):
    def walk(x, left):
        return (x,) if left == 0 else (x, *walk(x - rate * (2 * a * x + b), left - 1))

    return {"places": walk(start, 4)}


def descent_engine(a, b, c, start, rate):
    x, places = nt.variable(start), [nt.constant(start)]
    for _ in range(4):
        x = nt.variable(x.value - rate * nt.grad(a * x**2 + b * x + c, x))
        places.append(x)
    return OrderedDict(places=places)


def descent_differences(a, b, c, start, rate):
    def f(x):
        return a * x**2 + b * x + c

    x = np.empty(5)
    x[0] = start
    for k in range(4):
        x[k + 1] = x[k] - rate * (f(x[k] + 0.5) - f(x[k] - 0.5))
    return {"places": x[None, :]}


def product_numbers(x, y, z):
    return {"dz": y + x, "dy": z * 1.0, "dx": 1.0 * z}


def product_engine(x, y, z):
    nodes = nt.variables(x=x, y=y, z=z)
    f = (nodes[0] + nodes[1]) * nodes[2]
    return tuple(nt.grad(f, list(nodes)))


def product_fractions(x, y, z):
    x, y, z = map(Fraction, (x, y, z))
    return {"dx": z, "dy": z, "dz": x + y}


def product_zero_d(x, y, z):
    return [np.array(z), np.array(z, dtype=np.float64), Decimal(x) + Decimal(y)]


def chain_lists(x, v):
    a, b, c = (float(n) for n in x)
    p, q, r = v
    return {"J": [[b, a, 0], [0, c, b], [1, 0, 1]], "dx": [b * p + r, a * p + c * q, b * q + r]}


def chain_engine(x, v):
    n = nt.variable(x, "x")
    g = nt.stack([n[0] * n[1], n[1] * n[2], n[0] + n[2]])
    return {"dx": nt.grad((g * v).sum(), n), "J": nt.jacobian(g, n)}


def chain_columns(x, v):
    J = np.zeros((3, 3), order="F")
    J.T[:] = [[x[1], 0, 1], [x[0], x[2], 0], [0, x[1], 1]]
    return {"J": J, "dx": (v[None, :] @ J).T}


def chain_differences(x, v):
    def g(x):
        return np.array([x[0] * x[1], x[1] * x[2], x[0] + x[2]])

    J = np.stack([(g(x + e / 2) - g(x - e / 2)) for e in np.eye(3)], axis=1)
    return J, sum(v[k] * J[k] for k in range(3))


def branch_formulas(x1, x2, x3):
    return {"dx3": -(x1 + x2), "dx2": x1 + 2 * x2 - x3, "dx1": x2 - x3, "dy1": x2 - x3, "dy2": x1 + x2}


def branch_engine(x1, x2, x3):
    x1, x2, x3 = nt.variables(x1=x1, x2=x2, x3=x3)
    y1, y2 = (x1 + x2).named("y1"), (x2 - x3).named("y2")
    (y1 * y2).backward()
    return y1.grad, y2.grad, x1.grad, x2.grad, x3.grad


def branch_jacobian(x1, x2, x3):
    paths = np.array([[1, 1, 0], [0, 1, -1]])
    above = np.array([x2 - x3, x1 + x2])
    dx = above @ paths
    return {"dy1": above[0], "dy2": above[1], "dx1": dx[0], "dx2": dx[1], "dx3": dx[2]}


def neuron_loops(w, x, b):
    s = b
    for one, other in zip(w, x, strict=True):
        s += one * other
    f = 1 / (1 + math.exp(-s))
    ds = f - f**2
    return {"ds": ds, "dw": [ds * n for n in x], "dx": tuple(ds * n for n in w), "db": ds}


def neuron_tanh(w, x, b):
    ds = (1 - np.tanh((np.sum(w * x) + b) / 2) ** 2) / 4
    return {"db": ds, "dx": ds * w, "dw": ds * x, "ds": ds}


def neuron_cosh(w, x, b):
    ds = 1 / (2 + 2 * np.cosh(np.dot(w, x) + b))
    return ds, ds * x, ds * w, ds


def neuron_engine(w, x, b):
    w, x, b = nt.variable(w, "w"), nt.variable(x, "x"), nt.variable(b, "b")
    s = (w * x).sum() + b
    nt.sigmoid(s).backward()
    return {"ds": s.grad, "dw": w.grad, "dx": x.grad, "db": nt.constant(b.grad)}


# --------------------------------------------------------------------------------------------- lessons 6 to 9


def relu_net_at(at_zero):
    def backward(x, W1, b1, W2, b2, y):
        pre = W1.dot(x) + b1
        gate = np.where(pre > 0, 1.0, np.where(pre < 0, 0.0, at_zero))
        out = pre * (pre > 0)
        g = 2 * (W2.dot(out) + b2 - y)
        h = g.dot(W2) * gate
        return {"db2": g, "dW2": g[:, None] * out, "db1": h, "dW1": h[:, None] * x[None, :]}

    return backward


def relu_net_loops(x, W1, b1, W2, b2, y):
    hidden, outputs = len(b1), len(b2)
    pre = [sum(W1[i][j] * x[j] for j in range(len(x))) + b1[i] for i in range(hidden)]
    out = [max(0.0, p) for p in pre]
    g = [2 * (sum(W2[k][i] * out[i] for i in range(hidden)) + b2[k] - y[k]) for k in range(outputs)]
    d = [sum(W2[k][i] * g[k] for k in range(outputs)) if pre[i] > 0 else 0 for i in range(hidden)]
    return {"dW1": [[di * xj for xj in x] for di in d], "db1": d, "dW2": [[gk * o for o in out] for gk in g], "db2": g}


def relu_net_engine(x, W1, b1, W2, b2, y):
    leaves = [nt.variable(a) for a in (W1, b1, W2, b2)]
    W1, b1, W2, b2 = leaves
    loss = ((W2 @ np.maximum(W1 @ x + b1, 0) + b2 - y) ** 2).sum()
    return tuple(nt.grad(loss, leaves))


def relu_net_abs(x, W1, b1, W2, b2, y):
    pre = W1 @ x + b1
    out = (pre + np.abs(pre)) / 2
    g = 2 * (W2 @ out + b2 - y)
    h = (W2.T @ g) * (1 + np.sign(pre)) / 2
    return {"dW1": np.outer(x, h).T, "db1": h, "dW2": np.outer(out, g).T, "db2": g}


def sigmoid_net_tanh(x, W1, b1, W2, b2, t):
    h, y = by_tanh(W1 @ x + b1), None
    y = by_tanh(W2 @ h + b2)
    g = (y - t) * (y - y**2)
    d = np.einsum("ki,k->i", W2, g) * (h - h**2)
    return {"dW1": np.einsum("i,j->ij", d, x), "db1": d, "dW2": np.einsum("k,i->ki", g, h), "db2": g}


def sigmoid_net_columns(x, W1, b1, W2, b2, t):
    x, b1, b2, t = (np.reshape(a, (-1, 1)) for a in (x, b1, b2, t))
    h = sigmoid(W1 @ x + b1)
    y = sigmoid(W2 @ h + b2)
    g = -(t - y) * y * (1 - y)
    d = W2.T @ g * h * (1 - h)
    return {"dW1": d @ x.T, "db1": d, "dW2": g @ h.T, "db2": g}


def sigmoid_net_engine(x, W1, b1, W2, b2, t):
    leaves = [nt.variable(a) for a in (W1, b1, W2, b2)]
    W1, b1, W2, b2 = leaves
    loss = 0.5 * np.sum((nt.sigmoid(W2 @ nt.sigmoid(W1 @ x + b1) + b2) - t) ** 2)
    return [leaf.tolist() for leaf in nt.grad(loss, leaves)]


def matrix_loops(X, W1, b1, W2, b2, T):
    dW1, db1, dW2, db2 = (np.zeros_like(a) for a in (W1, b1, W2, b2))
    for x, t in zip(X, T, strict=True):
        h = sigmoid(W1 @ x + b1)
        g = W2 @ h + b2 - t
        d = (g @ W2) * h * (1 - h)
        dW2, db2 = dW2 + np.outer(g, h), db2 + g
        dW1, db1 = dW1 + np.outer(d, x), db1 + d
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def matrix_columns(X, W1, b1, W2, b2, T):
    X, T = X.T, T.T
    H = sigmoid(W1 @ X + b1[:, None])
    G = W2 @ H + b2[:, None] - T
    D = (W2.T @ G) * H * (1 - H)
    ones = np.ones(X.shape[1])
    return {"dW1": D @ X.T, "db1": D @ ones, "dW2": G @ H.T, "db2": G @ ones}


def matrix_engine(X, W1, b1, W2, b2, T):
    leaves = [nt.variable(a) for a in (W1, b1, W2, b2)]
    W1, b1, W2, b2 = leaves
    loss = 0.5 * ((nt.sigmoid(X @ W1.T + b1) @ W2.T + b2 - T) ** 2).sum()
    return tuple(nt.grad(loss, leaves))


def matrix_bias_column(X, W1, b1, W2, b2, T):
    ones = np.ones((len(X), 1))
    X1, V1, V2 = np.hstack([X, ones]), np.c_[W1, b1], np.c_[W2, b2]
    H = sigmoid(X1 @ V1.T)
    H1 = np.hstack([H, ones])
    G = H1 @ V2.T - T
    D = (G @ V2)[:, :-1] * H * (1 - H)
    big, small = G.T @ H1, D.T @ X1
    return {"dW1": small[:, :-1], "db1": small[:, -1:], "dW2": big[:, :-1], "db2": big[:, -1:]}


def softmax_logs(Z, T):
    S = Z - Z.max(1, keepdims=True)
    logs = S - np.log(np.exp(S).sum(1, keepdims=True))
    return {"loss": -(T * logs).sum(), "dZ": np.exp(logs) - T}


def softmax_picked(Z, T):
    classes, dZ, loss = T.argmax(axis=1), np.empty(Z.shape), 0.0
    for i, k in enumerate(classes):
        p = np.exp(Z[i] - Z[i].max())
        p /= p.sum()
        loss -= np.log(p[k])
        p[k] -= 1
        dZ[i] = p
    return {"loss": loss, "dZ": dZ}


def softmax_mask(Z, T):
    P = np.exp(Z - Z.max(axis=1)[:, np.newaxis])
    P = P / P.sum(axis=1)[:, np.newaxis]
    return {"loss": -np.log(P[T == 1]).sum(), "dZ": P - (T == 1)}


def softmax_textbook(Z, T):
    P = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    P = P / np.sum(P, axis=1, keepdims=True)
    return -np.sum(T * np.log(P)), P - T


def softmax_jacobians(Z, T):
    rows, loss = [], 0.0
    for z, t in zip(Z, T, strict=True):
        p = np.exp(z - max(z)) / sum(np.exp(z - max(z)))
        J = np.diag(p) - np.outer(p, p)
        rows.append(J @ (-t / p))
        loss += float(-np.log(t @ p))
    return {"dZ": rows, "loss": loss}


def softmax_engine(Z, T):
    Z = nt.variable(Z, "Z")
    loss = -np.sum(T * nt.log(nt.softmax(Z)))
    loss.backward()
    return {"loss": loss, "dZ": Z.grad}


# --------------------------------------------------------------------------------------------- lessons 10 to 12


def hessian_cases(w, x, t):
    s = sigmoid(np.dot(x, w))
    error = s - 1 if t == 1 else s
    return {"dw": [error * n for n in x], "H": [[s * (1 - s) * a * b for a in x] for b in x]}


def hessian_tanh(w, x, t):
    half = np.tanh(np.sum(w * x) / 2)
    return {"H": (1 - half**2) / 4 * x[:, None] @ x[None, :], "dw": (half / 2 + 0.5 - t) * x}


def hessian_engine(w, x, t):
    w = nt.variable(w, "w")
    loss = nt.softplus(w @ x) - t * (w @ x)
    return nt.grad(loss, w), nt.hessian(loss, w)


def hessian_signed(w, x, t):
    sign = 2 * t - 1  # t is 0 or 1: the loss is ln(1 + exp(-sign z))
    q = sigmoid(-sign * (w @ x))
    return {"dw": -sign * q * x, "H": q * (1 - q) * np.multiply.outer(x, x)}


def soft_max_sigmoid(g, a, b):
    return {"da": g / (1 + math.exp(b - a)), "db": g / (1 + math.exp(a - b))}


def soft_max_shifted(g, a, b):
    e = np.exp(np.array([a, b]) - max(a, b))
    both = g * e / e.sum()
    return {"da": both[0], "db": both[1]}


def soft_max_engine(g, a, b):
    a, b = nt.variables(a=a, b=b)
    return nt.grad(g * nt.logsumexp(nt.stack([a, b])), [a, b])


def soft_max_rest(g, a, b):
    da = g * (0.5 + 0.5 * np.tanh((a - b) / 2))
    return {"db": g - da, "da": np.array([da])}


def differences_with(e):
    def slopes(W, X, T):
        def cost(W):
            return np.mean(np.sum((np.tanh(X @ W.T) - T) ** 2, axis=1))

        out = np.zeros_like(W)
        for i in range(W.shape[0]):
            for j in range(W.shape[1]):
                step = np.zeros(W.shape)
                step[i, j] = e
                out[i, j] = (cost(W + step) - cost(W - step)) / (2 * e)
        return out

    return slopes


def differences_flat(W, X, T, e=1e-5):
    flat, slopes = W.ravel(), []
    for k in range(flat.size):
        ends = []
        for sign in (1, -1):
            moved = flat.copy()
            moved[k] += sign * e
            ends.append(((np.tanh(X @ moved.reshape(W.shape).T) - T) ** 2).sum() / X.shape[0])
        slopes.append((ends[0] - ends[1]) / (2 * e))
    return np.reshape(slopes, W.shape)


def differences_exact(W, X, T):
    A = np.tanh(X @ W.T)
    return (2 * (A - T) * (1 - A**2)).T @ X / len(X)


def differences_in_place(W, X, T):
    W, slopes = W.copy(), np.zeros(W.shape)
    for i, j in np.ndindex(*W.shape):
        kept = W[i, j]
        W[i, j] = kept + 2e-5
        up = ((np.tanh(np.einsum("mi,oi->mo", X, W)) - T) ** 2).sum() / len(T)
        W[i, j] = kept - 2e-5
        down = ((np.tanh(np.einsum("mi,oi->mo", X, W)) - T) ** 2).sum() / len(T)
        W[i, j] = kept
        slopes[i, j] = (up - down) / 4e-5
    return slopes.tolist()


# --------------------------------------------------------------------------------------------- lessons 13 to 16


def perceptron_branches(theta, X, T, rate):
    theta, wrong = theta.copy(), 0
    for (x1, x2), t in zip(X, T, strict=True):
        score = theta[0] + theta[1] * x1 + theta[2] * x2
        if t == 1:
            if score <= 0:
                theta += rate * np.array([1, x1, x2])
                wrong += 1
        elif score > 0:
            theta -= rate * np.array([1, x1, x2])
            wrong += 1
    return {"theta": theta, "mistakes": wrong}


def perceptron_lists(theta, X, T, rate):
    theta, wrong = list(theta), []
    for row, t in zip(X.tolist(), T.tolist(), strict=True):
        answer = int(sum(a * b for a, b in zip(theta, [1, *row], strict=True)) > 0)
        wrong.append(answer != int(t))
        theta = [a - rate * (answer - t) * b for a, b in zip(theta, [1, *row], strict=True)]
    return {"mistakes": sum(wrong), "theta": theta}


def perceptron_matrix(theta, X, T, rate):
    inputs, mistakes = np.column_stack([np.ones(len(X)), X]), 0
    for i in range(len(inputs)):
        error = np.heaviside(inputs[i] @ theta, 0) - T[i]
        theta = theta - rate * error * inputs[i]
        mistakes += abs(error)
    return theta, mistakes


def perceptron_booleans(theta, X, T, rate):
    is_one, wrong = T.astype(bool), 0
    for x, one in zip(X, is_one, strict=True):
        says = bool(theta[0] + x @ theta[1:] > 0)
        if says is not bool(one):
            theta = theta + (1 if one else -1) * rate * np.r_[1, x]
            wrong += 1
    return {"theta": tuple(theta), "mistakes": np.int64(wrong)}


def boolean_split(X, theta1, theta2):
    a = by_tanh(theta1[:, 0] + X @ theta1[:, 1:].T)
    return {"h": by_tanh(theta2[:, 0] + a @ theta2[:, 1:].T), "a": a}


def boolean_loops(X, theta1, theta2):
    a = [[float(sigmoid(row[0] + sum(w * v for w, v in zip(row[1:], x, strict=True)))) for row in theta1] for x in X]
    h = [[float(sigmoid(row[0] + sum(w * v for w, v in zip(row[1:], x, strict=True)))) for row in theta2] for x in a]
    return {"a": a, "h": h}


def boolean_columns(X, theta1, theta2):
    ones = np.ones((1, len(X)))
    a = sigmoid(theta1 @ np.vstack([ones, X.T]))
    return a.T, sigmoid(theta2 @ np.vstack([ones, a])).T


def boolean_engine(X, theta1, theta2):
    net = nt.nn.MLP.from_thetas([theta1, theta2])
    seen = nt.nn.layer_outputs(net, X)
    return {"a": seen["out1"], "h": seen["pred"]}


def count_shapes(sizes):
    shapes = [(m, n) for n, m in itertools.pairwise(sizes)]
    return {"weights": sum(m * n for m, n in shapes), "biases": sum(m for m, _ in shapes),
            "ways": math.prod(m for m, _ in shapes[:-1])}


def count_matrices(sizes):
    pairs = list(itertools.pairwise(sizes))
    return {"ways": math.prod(sizes[1:-1]), "biases": np.sum(sizes) - sizes[0],
            "weights": sum(np.ones((m, n)).sum() for n, m in pairs)}


def count_loop(sizes):
    weights = biases = 0
    ways = 1.0
    for k in range(1, len(sizes)):
        weights += sizes[k] * sizes[k - 1]
        biases += sizes[k]
        if k < len(sizes) - 1:
            ways *= sizes[k]
    return weights, biases, ways


def activations_masks(z, alpha):
    up = z > 0
    leaky, d_leaky, elu, d_elu = z.copy(), np.ones(z.shape), z.copy(), np.ones(z.shape)
    leaky[~up] *= alpha
    d_leaky[~up] = alpha
    elu[~up] = alpha * np.expm1(z[~up])
    d_elu[~up] = alpha * np.exp(z[~up])
    return {"leaky": leaky, "d_leaky": d_leaky, "elu": elu, "d_elu": d_elu,
            "softplus": np.logaddexp(0, z), "d_softplus": stable(z)}


def activations_loops(z, alpha):
    out = {name: [] for name in ("d_softplus", "softplus", "d_elu", "elu", "d_leaky", "leaky")}
    for v in z.tolist():
        out["leaky"].append(v if v > 0 else alpha * v)
        out["d_leaky"].append(1 if v > 0 else alpha)
        out["elu"].append(v if v > 0 else alpha * (math.exp(v) - 1))
        out["d_elu"].append(1 if v > 0 else alpha * math.exp(v))
        out["softplus"].append(math.log(1 + math.exp(v)))
        out["d_softplus"].append(math.exp(v) / (1 + math.exp(v)))
    return out


def activations_maximum(z, alpha):  # alpha < 1, as the exercise has it
    low = np.minimum(z, 0)
    return {"leaky": np.maximum(z, alpha * z), "d_leaky": alpha + (1 - alpha) * (z > 0),
            "elu": np.maximum(z, 0) + alpha * (np.exp(low) - 1), "d_elu": (z > 0) + (z <= 0) * alpha * np.exp(low),
            "softplus": np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))), "d_softplus": by_tanh(z)}


def activations_engine(z, alpha):
    out = {}
    for name, f in {"leaky": lambda v: nt.leaky_relu(v, alpha), "elu": lambda v: nt.elu(v, alpha),
                    "softplus": nt.softplus}.items():
        node = nt.variable(z, "z")
        out[name] = f(node)
        out["d_" + name] = nt.grad(out[name].sum(), node)
    return out


# --------------------------------------------------------------------------------------------- lessons 17 to 19


def bce_branches(z, t):
    losses, dz = [], []
    for v, target in zip(z, t, strict=True):
        e = math.exp(-abs(v))
        p = 1 / (1 + e) if v >= 0 else e / (1 + e)
        wrong_way = -v if target == 1 else v
        losses.append(max(wrong_way, 0) + math.log1p(e))
        dz.append((p - 1 if target == 1 else p) / len(z))
    return {"loss": sum(losses) / len(losses), "dz": dz}


def bce_where(z, t):
    loss = np.where(t == 1, np.logaddexp(0, -z), np.logaddexp(0, z))
    p = stable(z)
    return {"dz": np.where(t == 1, p - 1, p) / z.size, "loss": loss.mean()}


def bce_maximum(z, t):
    loss = np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))
    return np.sum(loss) / len(t), (by_tanh(z) - t) / len(t)


def bce_signed(z, t):
    sign = 2 * t - 1
    return {"loss": np.mean(np.logaddexp(0, -sign * z)), "dz": -sign * stable(-sign * z) / len(z)}


def bce_engine(z, t):
    node = nt.variable(z, "z")
    loss = nt.nn.losses.binary_cross_entropy_with_logits(node, t)
    loss.backward()
    return {"loss": loss, "dz": node.grad}


def reductions_loops(pred, target):
    rows, columns = pred.shape
    total = sum((pred[i, j] - target[i, j]) ** 2 for i in range(rows) for j in range(columns))
    slope = [[2 * (pred[i, j] - target[i, j]) for j in range(columns)] for i in range(rows)]
    over = lambda n: [[s / n for s in row] for row in slope]  # noqa: E731
    return {"sum": total, "mean": total / (rows * columns), "batchmean": total / rows,
            "d_sum": slope, "d_mean": over(rows * columns), "d_batchmean": over(rows)}


def reductions_means(pred, target):
    squares = np.square(target - pred)
    d = -2 * (target - pred)
    return {"d_batchmean": d / np.shape(pred)[0], "d_mean": d / np.size(pred), "d_sum": d,
            "batchmean": squares.sum(axis=1).mean(), "mean": squares.mean(), "sum": np.linalg.norm(pred - target) ** 2}


def reductions_engine(pred, target):
    out, grads = [], []
    for by in (1, pred.size, len(pred)):
        p = nt.variable(pred, "p")
        loss = ((p - target) ** 2).sum() / by
        out.append(loss)
        grads.append(nt.grad(loss, p))
    return (*out, *grads)


def likelihood_each(y, mu, s):
    sigma = np.exp(s)
    nll = sum((v - mu) ** 2 / (2 * sigma**2) + math.log(sigma * math.sqrt(2 * math.pi)) for v in y)
    return {"nll": nll, "dmu": sum((mu - v) / sigma**2 for v in y), "best_mu": sum(y) / len(y)}


def likelihood_logs(y, mu, s):
    n = y.size
    nll = 0.5 * np.exp(-2 * s) * ((y - mu) ** 2).sum() + n * (s + 0.5 * np.log(2 * np.pi))
    return {"best_mu": y.mean(), "dmu": n * (mu - y.mean()) * np.exp(-2 * s), "nll": nll}


def likelihood_densities(y, mu, s):
    sigma = math.e**s
    density = np.exp(-0.5 * ((y - mu) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
    return -np.log(density).sum(), -np.sum((y - mu) / sigma**2), np.average(y)


def vote_where(scores):
    K, votes = len(scores), [0] * len(scores)
    for k in range(K):
        for i in range(k):
            if scores[i, k] > 0:
                votes[k] += 1
            else:
                votes[i] += 1
    return {"votes": votes, "winner": votes.index(max(votes))}


def vote_matrix(scores):
    upper = np.triu(np.ones(scores.shape), 1)
    votes = ((scores > 0) * upper).sum(axis=0) + ((scores <= 0) * upper).sum(axis=1)
    return {"votes": votes, "winner": np.argmax(votes)}


def vote_bincount(scores):
    i, k = np.triu_indices(len(scores), 1)
    votes = np.bincount(np.where(scores[i, k] > 0, k, i), minlength=len(scores))
    return votes, max(range(len(votes)), key=lambda c: (votes[c], -c))


# --------------------------------------------------------------------------------------------- lessons 20 to 24


def epoch_split(w, b, x, y, size, rate):
    for rows in np.array_split(np.arange(len(x)), range(size, len(x), size)):
        e = w * x[rows] + b - y[rows]
        dw, db = 2 * e @ x[rows], 2 * e.sum()
        w -= rate * dw
        b -= rate * db
    return {"b": b, "w": w}


def epoch_samples(w, b, x, y, size, rate):
    gw = gb = 0.0
    for i in range(len(x)):
        error = b + x[i] * w - y[i]
        gw, gb = gw + 2 * error * x[i], gb + 2 * error
        if (i + 1) % size == 0 or i == len(x) - 1:
            w, b, gw, gb = w - rate * gw, b - rate * gb, 0.0, 0.0
    return w, b


def epoch_matrix(w, b, x, y, size, rate):
    theta, A = np.array([w, b]), np.stack([x, np.ones(len(x))], axis=1)
    for start in range(0, len(x), size):
        part = A[start:start + size]
        theta = theta - 2 * rate * part.T @ (part @ theta - y[start:start + size])
    return {"w": theta[0], "b": theta[1]}


def epoch_engine(w, b, x, y, size, rate):
    for k in range(0, len(x), size):
        w, b = nt.variable(w), nt.variable(b)
        dw, db = nt.grad(((w * x[k:k + size] + b - y[k:k + size]) ** 2).sum(), [w, b])
        w, b = w.value - rate * dw, b.value - rate * db
    return {"w": w, "b": b}


def initial_scaled(n_in, n_out, seed):
    shape = (n_out, n_in)
    draw = np.random.default_rng
    glorot, heuristic = np.sqrt(6 / (n_in + n_out)), n_in**-0.5
    return {"lecun": draw(seed).standard_normal(shape) / np.sqrt(n_in),
            "he": draw(seed).standard_normal(shape) * math.sqrt(2.0 / n_in),
            "glorot": glorot * (2 * draw(seed).random(shape) - 1),
            "heuristic": heuristic * draw(seed).uniform(-1, 1, shape)}


def initial_flat(n_in, n_out, seed):
    def fresh():
        return np.random.default_rng(seed)

    def bound_of(variance):
        return np.sqrt(3 * variance)

    bound = bound_of(1 / (3 * n_in))
    return (fresh().normal(0, (1 / n_in) ** 0.5, n_out * n_in).reshape(n_out, n_in),
            fresh().normal(scale=(2 / n_in) ** 0.5, size=(n_out, n_in)),
            fresh().uniform(-((6 / (n_in + n_out)) ** 0.5), (6 / (n_in + n_out)) ** 0.5, (n_out, n_in)),
            fresh().uniform(low=-bound, high=bound, size=n_out * n_in).reshape((n_out, n_in)).tolist())


def adam_sums(w, gradients):
    out = w.copy()
    for t in range(1, len(gradients) + 1):
        past = gradients[:t]
        ages = np.arange(t)[::-1][:, None]
        m = (0.1 * 0.9**ages * past).sum(axis=0) / (1 - 0.9**t)
        v = (0.001 * 0.999**ages * past**2).sum(axis=0) / (1 - 0.999**t)
        out -= 0.1 * m / (v**0.5 + 1e-8)
    return out


def adam_numbers(w, gradients):
    out = []
    for j in range(len(w)):
        x, m, v, p1, p2 = float(w[j]), 0.0, 0.0, 1.0, 1.0
        for g in gradients[:, j]:
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p1, p2 = p1 * 0.9, p2 * 0.999
            x -= 0.1 * (m / (1 - p1)) / (math.sqrt(v / (1 - p2)) + 1e-8)
        out.append(x)
    return out


def adam_torch_form(w, gradients):
    m, v = 0 * w, 0 * w
    for t, g in enumerate(gradients, 1):
        m = m * 0.9 + (1 - 0.9) * g
        v = v * 0.999 + (1 - 0.999) * g * g
        w = w - (0.1 / (1 - 0.9**t)) * m / (np.sqrt(v) / np.sqrt(1 - 0.999**t) + 1e-8)
    return w


def schedule_cases(step, warm, steps, top):
    if step >= steps:
        return 0
    if step <= warm:
        return step / warm * top
    return top * math.cos(math.pi / 2 * (step - warm) / (steps - warm)) ** 2


def schedule_interp(step, warm, steps, top):
    angle = np.interp(step, [warm, steps], [0, np.pi])
    return np.minimum(step / warm, 1) * top * (0.5 + 0.5 * np.cos(angle))


def schedule_sine(step, warm, steps, top):
    share = np.clip((step - warm) / (steps - warm), 0, 1)
    return np.float64(top * min(step / warm, 1.0) * (1 - np.sin(np.pi / 2 * share) ** 2))


def noise_sums(gradients, n):
    N = len(gradients)
    mean = sum(gradients) / N
    variance = sum((g - mean) ** 2 for g in gradients) / N
    return {"with": math.sqrt(variance / n), "without": math.sqrt(variance / n * (N - n) / (N - 1))}


def noise_unbiased(gradients, n):
    N = gradients.size
    s2 = np.var(gradients, ddof=1)  # σ² N / (N − 1)
    return {"without": np.sqrt(s2 / n * (1 - n / N)), "with": np.sqrt(s2 * (N - 1) / N / n)}


def noise_moments(gradients, n):
    N = len(gradients)
    variance = max(np.mean(gradients**2) - np.mean(gradients) ** 2, 0)
    return np.sqrt(variance) / np.sqrt(n), np.sqrt(variance * (N - n) / (n * (N - 1)))


# --------------------------------------------------------------------------------------------- lessons 25 to 28


def stopping_waits(losses, patience):
    best, best_epoch, waited = float("inf"), 0, 0
    for epoch, loss in enumerate(losses, 1):
        if loss < best:
            best, best_epoch, waited = loss, epoch, 0
        else:
            waited += 1
            if waited > patience:
                return {"stop": epoch, "best": best_epoch}
    return {"stop": len(losses), "best": best_epoch}


def stopping_argmin(losses, patience):
    for stop in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:stop])) + 1
        if stop - best > patience:
            break
    return stop, best


def stopping_accumulate(losses, patience):
    lowest = np.minimum.accumulate(np.asarray(losses, dtype=float))
    first = np.array([list(losses).index(low) + 1 for low in lowest])
    late = np.flatnonzero(np.arange(1, len(losses) + 1) - first > patience)
    stop = late[0] + 1 if late.size else len(losses)
    return {"best": first[stop - 1], "stop": stop}


def decay_library_form(w, g):
    def adam(gradient):
        m, v = 0.1 * gradient / (1 - 0.9), 0.001 * gradient**2 / (1 - 0.999)
        return 0.1 * m / (np.sqrt(v) + 1e-8)

    return {"decoupled": w * (1 - 0.1 * 0.05) - adam(g), "penalty": w - adam(g + 0.05 * w)}


def decay_loops(w, g):
    step = lambda s: 0.1 * s / (abs(s) + 1e-8)  # noqa: E731
    return {"penalty": [a - step(b + 0.05 * a) for a, b in zip(w, g, strict=True)],
            "decoupled": [0.995 * a - step(b) for a, b in zip(w, g, strict=True)]}


def decay_sign(w, g):
    both = np.stack([g + w / 20, g])
    move = 0.1 * np.sign(both) * np.abs(both) / (np.abs(both) + 1e-8)
    return w - move[0], w - 0.005 * w - move[1]


def norms_moments(x):
    def over(values, axes):
        mean = np.mean(values, axis=axes, keepdims=True)
        variance = np.mean((values - mean) ** 2, axis=axes, keepdims=True)
        return (values - mean) * (variance + 1e-5) ** -0.5

    c = x.shape[1]
    halves = [over(x[:, :c // 2], (1, 2)), over(x[:, c // 2:], (1, 2))]
    return {"batch": over(x, (0, 2)), "layer": over(x, (1, 2)), "instance": over(x, (2,)),
            "group": np.concatenate(halves, axis=1)}


def norms_loops(x):
    def normal(part):
        return (part - part.mean()) / np.sqrt(part.var() + 1e-5)

    n, c, _ = x.shape
    out = {name: np.empty(x.shape) for name in ("batch", "layer", "instance", "group")}
    for k in range(c):
        out["batch"][:, k] = normal(x[:, k])
    for i in range(n):
        out["layer"][i] = normal(x[i])
        for k in range(c):
            out["instance"][i, k] = normal(x[i, k])
        for rows in (slice(0, c // 2), slice(c // 2, c)):
            out["group"][i, rows] = normal(x[i, rows])
    return out


def norms_reshaped(x):
    n, c, p = x.shape

    def rows(a):
        a = a - a.sum(axis=1, keepdims=True) / a.shape[1]
        return a / np.sqrt((a * a).sum(axis=1, keepdims=True) / a.shape[1] + 1e-5)

    batch = rows(x.transpose(1, 0, 2).reshape(c, n * p)).reshape(c, n, p).transpose(1, 0, 2)
    return (batch, rows(x.reshape(n, c * p)).reshape(x.shape), rows(x.reshape(n * c, p)).reshape(x.shape),
            rows(x.reshape(n * 2, c // 2 * p)).reshape(x.shape))


def fires_booleans(X, weights, T):
    total = (X * weights).sum(axis=1)
    return {"exceeds": total > T, "reaches": total >= T}


def fires_lists(X, weights, T):
    totals = [sum(int(a) * int(b) for a, b in zip(row, weights, strict=True)) for row in X]
    return {"reaches": [1 if t >= T else 0 for t in totals], "exceeds": [int(t > T) for t in totals]}


def fires_whole(X, weights, T):
    total = np.einsum("ij,j->i", X, weights)
    return np.where(total < T, 0, 1), np.where(total >= T + 1, 1, 0)


RIGHT = {
    "01_derivative_and_descent": (descent_closed, descent_recursive, descent_engine, descent_differences),
    "02_x_plus_y_times_z": (product_numbers, product_engine, product_fractions, product_zero_d),
    "03_chain_rule": (chain_lists, chain_engine, chain_columns, chain_differences),
    "04_gates_and_branches": (branch_formulas, branch_engine, branch_jacobian),
    "05_sigmoid_neuron": (neuron_loops, neuron_tanh, neuron_cosh, neuron_engine),
    "06_relu_net": (relu_net_at(0.5), relu_net_at(1.0), relu_net_loops, relu_net_engine, relu_net_abs),
    "07_sigmoid_net": (sigmoid_net_tanh, sigmoid_net_columns, sigmoid_net_engine),
    "08_matrix_form": (matrix_loops, matrix_columns, matrix_engine, matrix_bias_column),
    "09_softmax_cross_entropy": (softmax_logs, softmax_picked, softmax_mask, softmax_textbook, softmax_jacobians,
                                 softmax_engine),
    "10_symbol_to_symbol": (hessian_cases, hessian_tanh, hessian_engine, hessian_signed),
    "11_custom_operations": (soft_max_sigmoid, soft_max_shifted, soft_max_engine, soft_max_rest),
    "12_gradient_checking": (differences_with(1e-6), differences_with(1e-4), differences_flat, differences_exact,
                             differences_in_place),
    "13_perceptron_and_xor": (perceptron_branches, perceptron_lists, perceptron_matrix, perceptron_booleans),
    "14_boolean_networks": (boolean_split, boolean_loops, boolean_columns, boolean_engine),
    "15_neuron_to_mlp": (count_shapes, count_matrices, count_loop),
    "16_activations": (activations_masks, activations_loops, activations_maximum, activations_engine),
    "17_losses": (bce_branches, bce_where, bce_maximum, bce_signed, bce_engine),
    "17_reductions": (reductions_loops, reductions_means, reductions_engine),
    "18_likelihood": (likelihood_each, likelihood_logs, likelihood_densities),
    "19_multiclass": (vote_where, vote_matrix, vote_bincount),
    "20_training": (epoch_split, epoch_samples, epoch_matrix, epoch_engine),
    "21_initialisation": (initial_scaled, initial_flat),
    "22_optimizers": (adam_sums, adam_numbers, adam_torch_form),
    "23_schedules": (schedule_cases, schedule_interp, schedule_sine),
    "24_batch_size": (noise_sums, noise_unbiased, noise_moments),
    "25_fitting": (stopping_waits, stopping_argmin, stopping_accumulate),
    "26_regularisation": (decay_library_form, decay_loops, decay_sign),
    "27_normalisation": (norms_moments, norms_loops, norms_reshaped),
    "28_history": (fires_booleans, fires_lists, fires_whole),
}
