"""Backpropagation in plain NumPy, with mistakes planted by hand: independent of the library's own solving.

Every mistake is written here once more, as a student would make it: in the loop over the layers.
"""

import numpy as np

CORE = (
    "sign two half sum mean_twice out_deriv_missing out_deriv_double hid_deriv_missing hid_deriv_at_a relu_inverted "
    "W_noT err_not_delta in_z own_W softmax_diag p_only b_zero b_mean updated_W overwrite"
).split()
MORE = (
    "mean_outputs mean_each_layer loss_value abs target_swap target_row out_deriv_at_a out_deriv_at_z out_f_not_fprime "
    "softmax_offdiag_sign ce_only y_not_error log_base hid_deriv_at_z hid_f_not_fprime hid_deriv_double wrong_act "
    "tanh_no_square sigmoid_no_a relu_upstream deriv_wrong_layer wrong_W no_W dW_T in_x in_out missing_path "
    "fwd_transposed W_mean W_sum b_sum b_first b_all b_rowsum_dW bias_times_input first_sample last_sample F_nobias "
    "F_bias_sign F_noact R_missing R_double R_sign R_bias leaky_slope double_count sum_outputs bce_one_term"
).split()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


F = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "softplus": lambda z: np.log1p(np.exp(z)),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "identity": lambda z: z,
    "softmax": softmax,
}


def slope(name, z, a):
    """The derivative of an activation, from z and a as a student has them on paper."""
    return {
        "sigmoid": lambda: a * (1 - a),
        "tanh": lambda: 1 - a**2,
        "relu": lambda: (z > 0) * 1.0,
        "leaky_relu": lambda: np.where(z > 0, 1.0, 0.01),
        "identity": lambda: np.ones_like(z),
        "softplus": lambda: sigmoid(z),
    }[name]()


def backprop(net, given, *planted, slip=None):
    """Gradients of a network.

    Args:
        net: dict with layers, hidden, output, loss, batch, l2, skip, shared, learning_rate.
        given: X, T, W1, b1, …
        *planted: ids of the mistakes to make.
        slip: (name of a quantity, array) -> array, a slip of the pen anywhere.

    Returns:
        dW1, db1, …; None if a mistake cannot be made here or changes nothing.
    """
    has = set(planted).__contains__
    slip = slip or (lambda name, array: array)
    depth, n = len(net["layers"]) - 1, net["batch"]
    owner = [0] + [2 if net.get("shared") and 2 <= k < depth else k for k in range(1, depth + 1)]
    x, t = slip("X", given["X"]), slip("T", given["T"])
    if has("target_swap"):
        t = np.roll(t, -1, axis=1)
    if has("target_row"):
        t = np.roll(t, -1, axis=0)
    W = {k: slip(f"W{k}", given[f"W{owner[k]}"]) for k in range(1, depth + 1)}
    b = {k: slip(f"b{k}", given[f"b{owner[k]}"]) for k in range(1, depth + 1)}
    if has("fwd_transposed"):
        W = {k: w.T for k, w in W.items() if w.shape == w.T.shape} | {
            k: w for k, w in W.items() if w.shape != w.T.shape
        }
    h, z, a = {0: x}, {}, {}
    for k in range(1, depth + 1):
        z[k] = h[k - 1] @ W[k].T + (0 if has("F_nobias") else -b[k] if has("F_bias_sign") else b[k])
        z[k] = slip(f"z{k}", z[k])
        a[k] = F[net["output"] if k == depth else net["hidden"]](z[k])
        if has("F_noact") and k < depth:
            a[k] = z[k]
        h[k] = a[k] = slip(f"a{k}", a[k])
        if net.get("skip") and 1 < k < depth:
            h[k] = a[k] + h[k - 1]
    delta, error = output_delta(net, a[depth], z[depth], t, n, has)
    delta = slip(f"delta{depth}", delta)
    grads = {}
    incoming = 0.0  # what a skip connection brings down
    for k in range(depth, 0, -1):
        weights_and_biases(grads, net, k, owner[k], delta, h, z, a, W, x, n, has, slip)
        if k == 1:
            break
        back = through_weights(net, k, delta, error, W, h, n, has)
        if back is None:
            return None
        if net.get("skip") and k < depth:
            out = incoming
            back = back + out if not has("overwrite") else back if has("first path") else out
        incoming, error = back, back
        delta = slip(f"delta{k - 1}", through_activation(net, k - 1, back, z, a, has))
        if delta is None:
            return None
    for name, w in given.items():
        w = w.T if has("fwd_transposed") and name[0] == "W" and w.shape == w.T.shape else w
        if name[0] == "W" and net.get("l2"):
            factor = 0.0 if has("R_missing") else 2.0 if has("R_double") else -1.0 if has("R_sign") else 1.0
            grads[f"d{name}"] = grads[f"d{name}"] + factor * net["l2"] * w
        if name[0] == "b" and net.get("l2") and has("R_bias"):
            grads[f"d{name}"] = grads[f"d{name}"] + net["l2"] * w
    if has("dW_T"):
        grads = {name: g.T if name[1] == "W" else g for name, g in grads.items()}
    return grads


def output_delta(net, y, z, t, n, has):
    """δ of the output, and the gradient by y before the activation's derivative."""
    loss, k = net["loss"], y.shape[1]
    if loss in ("cross_entropy", "binary_cross_entropy"):
        delta = (y - t) / n
        if has("out_deriv_double"):
            delta = delta * y * (1 - y)
        if has("softmax_diag"):
            delta = -t * (1 - y) / n
        if has("softmax_offdiag_sign"):
            delta = np.where(t > 0, y - 1, -y) / n
        if has("p_only"):
            delta = y / n
        if has("ce_only"):
            delta = -t / y / n if loss == "cross_entropy" else (y - t) / (y * (1 - y)) / n
        if has("log_base"):
            delta = delta / np.log(10)
        if has("bce_one_term"):
            delta = -t * (1 - y) / n
        if has("abs"):
            delta = abs(delta)
        error = delta
    else:
        error = {"half_squared_error": 1.0, "squared_error": 2.0, "mse": 2.0 / k}[loss] * (y - t) / n
        if has("abs"):
            error = abs(error)
        if has("loss_value"):
            error = {"half_squared_error": 0.5, "squared_error": 1.0, "mse": 1.0 / k}[loss] * (y - t) ** 2 / n
        if has("y_not_error"):
            error = {"half_squared_error": 1.0, "squared_error": 2.0, "mse": 2.0 / k}[loss] * y / n
        f = net["output"]
        s = slope(f, z, y)
        if has("out_deriv_missing"):
            s = np.ones_like(z)
        if has("out_deriv_at_a"):
            s = slope(f, y, F[f](y))
        if has("out_deriv_at_z"):
            s = slope(f, z, z)
        if has("out_f_not_fprime") and f != "identity":
            s = y
        delta = error * s
    factor = 1.0
    for name, value in (
        ("sign", -1),
        ("two", 2),
        ("half", 0.5),
        ("sum", n),
        ("mean_twice", 1 / n),
        ("mean_outputs", 1 / k),
        ("sum_outputs", k),
    ):
        if has(name):
            factor *= value
    return factor * delta, factor * error


def weights_and_biases(grads, net, k, owner, delta, h, z, a, W, x, n, has, slip):
    rows = delta
    source = h[k - 1]
    if has("in_z") and k > 1:
        source = z[k - 1]
    if has("in_x") and k > 1 and x.shape == source.shape:
        source = x
    if has("in_out") and a[k].shape == source.shape:
        source = a[k]
    if has("first_sample"):
        rows, source = delta[:1], source[:1]
    elif has("last_sample"):
        rows, source = delta[-1:], source[-1:]
    dW = rows.T @ source
    if has("own_W"):
        dW = delta.sum(axis=0)[:, None] * W[k]
    db = rows.sum(axis=0)
    db = 0 * db if has("b_zero") else db / n if has("b_mean") else db * n if has("b_sum") else db
    if has("b_first"):
        db = delta[0]
    if has("b_all"):
        db = np.full_like(db, delta.sum())
    if has("b_rowsum_dW"):
        db = dW.sum(axis=1)
    if has("bias_times_input") and source.shape == delta.shape:
        db = (delta * source).sum(axis=0)
    dW = dW / n if has("W_mean") else dW * n if has("W_sum") else dW
    for name, value in ((f"dW{owner}", slip(f"dW{k}", dW)), (f"db{owner}", slip(f"db{k}", db))):
        if name in grads and has("overwrite") and net.get("shared"):
            grads[name] = grads[name] if has("first path") else value
        else:
            grads[name] = grads.get(name, 0) + value


def through_weights(net, k, delta, error, W, h, n, has):
    """From δ of layer k to the gradient by the output of layer k − 1."""
    weights = W[k]
    if has("W_noT"):
        if weights.shape[0] != weights.shape[1]:
            return None
        return delta @ weights.T
    if has("wrong_W"):
        others = [j for j in W if j != k and W[j].shape == weights.shape]
        if not others or k != len(W):
            return delta @ weights
        return delta @ W[others[0]]
    if has("no_W"):
        return np.repeat(delta.sum(axis=1, keepdims=True), weights.shape[1], axis=1)
    if has("err_not_delta"):
        return error @ weights
    if has("missing_path"):
        return delta[:, :1] @ weights[:1] if k == len(W) else delta @ weights
    if has("updated_W"):
        return delta @ (weights - net["learning_rate"] * (delta.T @ h[k - 1] + net.get("l2", 0.0) * weights))
    back = delta @ weights
    return back / n if has("mean_each_layer") else back


def through_activation(net, k, back, z, a, has):
    f = net["hidden"]
    s = slope(f, z[k], a[k])
    if has("F_noact") or has("hid_deriv_missing"):
        s = np.ones_like(s)
    if has("hid_deriv_at_a"):
        s = slope(f, a[k], F[f](a[k]))
    if has("hid_deriv_at_z"):
        s = slope(f, z[k], z[k])
    if has("hid_f_not_fprime"):
        s = a[k]
    if has("hid_deriv_double"):
        s = s * s
    if has("wrong_act"):
        s = {"sigmoid": 1 - a[k] ** 2, "tanh": a[k] * (1 - a[k])}.get(f, s)
    if (has("tanh_no_square") and f == "tanh") or (has("sigmoid_no_a") and f == "sigmoid"):
        s = 1 - a[k]
    if has("relu_inverted") and f == "relu":
        s = (z[k] <= 0) * 1.0
    if has("relu_upstream") and f == "relu":
        s = (back > 0) * 1.0
    if has("leaky_slope") and f == "leaky_relu":
        s = (z[k] > 0) * 1.0
    if has("deriv_wrong_layer") and z[k + 1].shape == z[k].shape:
        s = slope(f, z[k + 1], F[f](z[k + 1]))
    return back * s


def three_digits(array):
    """Numbers as they are written down, to three significant digits."""
    return np.reshape([float(f"{x:.2e}") for x in np.ravel(array)], np.shape(array))


# ------------------------------------------------------------------------------------- expressions, by hand


def product_of_sums(x1, x2, x3, planted=None):
    """(x1 + x2)(x2 − x3), differentiated by hand (000-17, 002)."""
    y1, y2 = x1 + x2, x2 - x3
    d1, d2 = (y1, y2) if planted == "mul_not_swapped" else (y2, y1)
    minus = 1.0 if planted == "minus_lost" else -1.0
    if planted == "upstream_missing":
        return {"dx1": 1.0, "dx2": 2.0, "dx3": -1.0}
    paths = {"overwrite": d2, "overwrite first": d1}
    seed = y1 * y2 if planted == "seed_not_one" else 1.0
    return {"dx1": seed * d1, "dx2": seed * paths.get(planted, d1 + d2), "dx3": seed * minus * d2}


def neuron(w0, x0, w1, x1, w2, planted=None):
    """1 / (1 + e^−s) with s = w0 x0 + w1 x1 + w2, gate by gate (002)."""
    s = w0 * x0 + w1 * x1 + w2
    e = np.exp(-s)
    denominator = 1 + e
    back = -1 / denominator**2
    if planted == "quotient_sign":
        back = -back
    if planted == "quotient_no_square":
        back = -1 / denominator
    if planted == "seed_not_one":
        back = back / denominator
    back *= {"exp_as_x": -s, "exp_as_power": -s * np.exp(-s - 1), "missing_inner": 1.0}.get(planted, e)
    if planted == "missing_inner":
        back = e * 1.0
    back *= 1.0 if planted == "minus_lost" else -1.0
    pairs = (w0, x0, w1, x1) if planted == "mul_not_swapped" else (x0, w0, x1, w1)
    return dict(zip(("dw0", "dx0", "dw1", "dx1"), (back * p for p in pairs), strict=True)) | {"dw2": back}
