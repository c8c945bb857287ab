"""Batch normalisation by hand, forward and backward, in the steps of Ioffe and Szegedy's paper (002-48)."""

import numpy as np

from ..exercise import Exercise, Leaf
from ..procedure import Procedure, Slip, Step

PRINCIPLE = (
    "Every column is normalised by itself, over the samples. On the way back x̂ depends on x three times: directly, "
    "through the variance and through the mean; the three gradients add up."
)


def batch_norm(batch: int = 4, width: int = 2) -> Exercise:
    """Batch normalisation, forward and backward."""
    shape = (int(batch), int(width))
    leaves = {"x": Leaf(shape, "input"), "gamma": Leaf(shape[1:], "number"), "beta": Leaf(shape[1:], "bias"),
              "g": Leaf(shape, "input")}
    return Exercise(
        f"batch_norm {shape}",
        "Batch normalisation, forward and backward",
        ("mu", "var", "xhat", "y", "dgamma", "dbeta", "dx"),
        leaves,
        lambda given: Procedure(given, STEPS, SLIPS, PRINCIPLE, lambda v: np.all(v.var > 0.1)),
        (
            "Each row of x is a sample, each column a channel; g is the gradient of the loss by y.",
            f"The variance is the mean square distance, divided by the number of samples, {shape[0]}. ε is 0.",
            "xhat = (x − mu) / √var and y = gamma ⊙ xhat + beta.",
        ),
    )


def _n(v):
    return len(v.x)


def _centred(v):
    return v.x - v.mu


STEPS = (
    Step("mu", lambda v: v.x.mean(axis=0), "The mean of every column.", "the column means of x",
         r"\tfrac{1}{n} \sum_i x_i"),
    Step("var", lambda v: (_centred(v) ** 2).mean(axis=0), "The mean square distance from the mean.",
         "the column means of ( x − mu )²", r"\tfrac{1}{n} \sum_i (x_i - \mu)^2"),
    Step("xhat", lambda v: _centred(v) / np.sqrt(v.var), "Centred, and divided by the standard deviation.",
         "( x − mu ) / √ var", r"(x - \mu) / \sqrt{\sigma^2}"),
    Step("y", lambda v: v.gamma * v.xhat + v.beta, "Scaled and shifted.", "gamma ⊙ xhat + beta",
         r"\gamma \odot \hat x + \beta"),
    Step("dgamma", lambda v: (v.g * v.xhat).sum(axis=0), "γ multiplies x̂ in every sample; the gradients add up.",
         "the column sums of g ⊙ xhat", r"\sum_i g_i \odot \hat x_i", "gradient"),
    Step("dbeta", lambda v: v.g.sum(axis=0), "β is added in every sample; the gradients add up.",
         "the column sums of g", r"\sum_i g_i", "gradient"),
    Step("dxhat", lambda v: v.g * v.gamma, "Back through the scaling.", "g ⊙ gamma", r"g \odot \gamma", "gradient"),
    Step("dvar", lambda v: -0.5 * (v.dxhat * _centred(v)).sum(axis=0) / v.var**1.5,
         "The variance divides in every sample; the gradients add up.",
         "− ½ the column sums of dxhat ⊙ ( x − mu ) / var ^(3/2)",
         r"-\tfrac12 \sum_i \hat\delta_i (x_i - \mu) (\sigma^2)^{-3/2}", "gradient"),
    Step("dmu", lambda v: -v.dxhat.sum(axis=0) / np.sqrt(v.var),
         "The mean is subtracted in every sample; through the variance it gets nothing, since Σ (x − μ) = 0.",
         "− the column sums of dxhat / √ var", r"-\sum_i \hat\delta_i / \sqrt{\sigma^2}", "gradient"),
    Step("dx", lambda v: v.dxhat / np.sqrt(v.var) + v.dvar * 2 * _centred(v) / _n(v) + v.dmu / _n(v),
         "The three ways from x to x̂ add up: directly, through the variance, and through the mean.",
         "dxhat / √ var + dvar · 2 ( x − mu ) / n + dmu / n",
         r"\hat\delta / \sqrt{\sigma^2} + \delta_{\sigma^2} \, 2 (x - \mu) / n + \delta_\mu / n", "gradient"),
)
_direct = {"dx": lambda v: v.dxhat / np.sqrt(v.var)}
SLIPS = (
    Slip("bn_var_n1", "divide the variance by n − 1", "the variance: by what is the sum divided?",
         {"var": lambda v: (_centred(v) ** 2).sum(axis=0) / (_n(v) - 1)}, convention=True),
    Slip("bn_var_root", "take the standard deviation for the variance", "the variance: is there a root in it?",
         {"var": lambda v: np.sqrt((_centred(v) ** 2).mean(axis=0))}),
    Slip("bn_var_raw", "take the mean of x² for the variance, without subtracting the mean",
         "the variance: the distance from what is squared?", {"var": lambda v: (v.x**2).mean(axis=0)}),
    Slip("bn_no_root", "divide by the variance instead of its root", "by what x − μ is divided",
         {"xhat": lambda v: _centred(v) / v.var}),
    Slip("bn_no_mean", "leave out the mean in x̂", "the numerator of x̂", {"xhat": lambda v: v.x / np.sqrt(v.var)}),
    Slip("bn_no_beta", "leave out β", "y: what is added?", {"y": lambda v: v.gamma * v.xhat}),
    Slip("bn_gamma_beta", "exchange γ and β", "y: which of the two multiplies?",
         {"y": lambda v: v.beta * v.xhat + v.gamma}),
    Slip("bn_dgamma_x", "multiply by x instead of x̂ for dgamma", "by what γ is multiplied on the way forward",
         {"dgamma": lambda v: (v.g * v.x).sum(axis=0)}),
    Slip("bn_dgamma_y", "multiply by y instead of x̂ for dgamma", "by what γ is multiplied on the way forward",
         {"dgamma": lambda v: (v.g * v.y).sum(axis=0)}),
    Slip("bn_mean_over_batch", "average dgamma and dbeta over the samples instead of adding them up",
         "dgamma and dbeta: how do the samples' gradients come together?",
         {"dgamma": lambda v: (v.g * v.xhat).mean(axis=0), "dbeta": lambda v: v.g.mean(axis=0)}),
    Slip("bn_no_gamma", "forget γ on the way back", "the step from y back to x̂", {"dxhat": lambda v: v.g}),
    Slip("bn_constants", "treat the mean and the variance as constants",
         "on how many ways x̂ depends on x", _direct),
    Slip("bn_no_dvar", "leave out the way through the variance", "on how many ways x̂ depends on x",
         {"dx": lambda v: v.dxhat / np.sqrt(v.var) + v.dmu / _n(v)}),
    Slip("bn_no_dmu", "leave out the way through the mean", "on how many ways x̂ depends on x",
         {"dx": lambda v: v.dxhat / np.sqrt(v.var) + v.dvar * 2 * _centred(v) / _n(v)}),
    Slip("bn_dvar_sign", "lose the minus sign of the derivative by the variance",
         "the sign of the derivative of 1/√v",
         {"dvar": lambda v: 0.5 * (v.dxhat * _centred(v)).sum(axis=0) / v.var**1.5}),
    Slip("bn_dvar_half", "forget the ½ in the derivative by the variance", "the exponent of 1/√v, as a factor",
         {"dvar": lambda v: -(v.dxhat * _centred(v)).sum(axis=0) / v.var**1.5}),
    Slip("bn_dmu_not_shared", "give every sample the whole gradient of the mean instead of its share",
         "how much one sample moves the mean",
         {"dx": lambda v: v.dxhat / np.sqrt(v.var) + v.dvar * 2 * _centred(v) / _n(v) + v.dmu}),
)
