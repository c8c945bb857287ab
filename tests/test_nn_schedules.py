"""Schedules: known values, PyTorch's, and what has to hold for all of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMMON

from nnteach.nn.schedules import (
    Constant,
    Cosine,
    Exponential,
    InverseTime,
    Linear,
    OneCycle,
    Plateau,
    Step,
    Triangular,
    WarmRestarts,
)


@pytest.mark.parametrize(
    "schedule, rates",
    [
        (Constant(0.3), [0.3] * 4),
        (Step(1.0, every=2), [1, 1, 0.1, 0.1, 0.01]),
        (Exponential(1.0, 0.5), [1, 0.5, 0.25, 0.125]),
        (InverseTime(1.0, 1.0), [1, 1 / 2, 1 / 3, 1 / 4]),
        (Linear(1.0, 0.2, 4), [1, 0.8, 0.6, 0.4, 0.2, 0.2]),
        (Cosine(1.0, 4), [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 0, 0]),
        (
            WarmRestarts(1.0, first=2, stretch=2),
            [1, 0.5, 1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 1],
        ),
        (Triangular(0.0, 1.0, half=2), [0, 0.5, 1, 0.5, 0, 0.5]),
        (OneCycle(1.0, 11, share_up=3 / 11, start_div=10, end_div=100), [0.1, 0.55, 1.0]),
    ],
    ids=lambda x: type(x).__name__,
)
def test_known_values(schedule, rates):
    assert [schedule(step) for step in range(len(rates))] == pytest.approx(rates)


AGAINST_TORCH = [
    (Step(0.1, 7, 0.5), "StepLR", {"step_size": 7, "gamma": 0.5}),
    (Exponential(0.1, 0.9), "ExponentialLR", {"gamma": 0.9}),
    (Linear(0.1, 0.02, 30), "LinearLR", {"start_factor": 1.0, "end_factor": 0.2, "total_iters": 30}),
    (Cosine(0.1, 50, 0.01), "CosineAnnealingLR", {"T_max": 50, "eta_min": 0.01}),
    (WarmRestarts(0.1, 5, 2, 0.01), "CosineAnnealingWarmRestarts", {"T_0": 5, "T_mult": 2, "eta_min": 0.01}),
    (
        Triangular(0.01, 0.1, 8),
        "CyclicLR",
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 8, "cycle_momentum": False},
    ),
    (OneCycle(0.1, 50), "OneCycleLR", {"max_lr": 0.1, "total_steps": 50, "cycle_momentum": False}),
    (
        OneCycle(0.1, 50, 0.5, 4, 10),
        "OneCycleLR",
        {
            "max_lr": 0.1,
            "total_steps": 50,
            "pct_start": 0.5,
            "div_factor": 4,
            "final_div_factor": 10,
            "cycle_momentum": False,
        },
    ),
]


def torch_optimizer(torch):
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)


@pytest.mark.parametrize("ours, name, settings", AGAINST_TORCH, ids=lambda x: str(x)[:40])
def test_fifty_steps_are_those_of_pytorch(ours, name, settings):
    torch = pytest.importorskip("torch")
    optimizer = torch_optimizer(torch)
    theirs = getattr(torch.optim.lr_scheduler, name)(optimizer, **settings)
    rates = []
    for _ in range(50):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()  # PyTorch warns if there is none before the schedule's
        if len(rates) < 50:
            theirs.step()
    assert [ours(step) for step in range(50)] == pytest.approx(rates, abs=1e-9)


LOSSES = [
    1.0,
    0.8,
    0.81,
    0.79999,
    0.9,
    0.85,
    0.7,
    0.7,
    0.7,
    0.7,
    0.7,
    0.7,
    0.7,
    0.65,
    0.9,
    0.9,
    0.9,
    0.9,
    0.9,
    0.9,
    0.9,
]


@pytest.mark.parametrize("patience, cooldown", [(0, 0), (2, 0), (1, 3)])
def test_plateau_is_pytorchs(patience, cooldown):
    torch = pytest.importorskip("torch")
    optimizer = torch_optimizer(torch)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=patience, cooldown=cooldown, eps=0)
    ours = Plateau(0.1, patience=patience, cooldown=cooldown)
    for loss in LOSSES:
        theirs.step(loss)
        ours = ours.seen(loss)
        assert ours.rate == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)


def test_plateau_divides_by_ten_after_its_patience_and_is_pure():
    """002-32: ÷10 on a plateau."""
    start = Plateau(1.0, patience=2, lowest=0.05)
    rates, now = [], start
    for loss in [3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]:
        now = now.seen(loss)
        rates.append(now(0))
    assert rates == pytest.approx([1, 1, 1, 1, 0.1, 0.1, 0.1, 0.05])
    assert start == Plateau(1.0, patience=2, lowest=0.05)


@COMMON
@given(highest=st.floats(1e-4, 10), steps=st.integers(10, 200), step=st.integers(0, 500))
def test_rates_stay_in_their_range(highest, steps, step):
    slack = highest * 1e-9
    for schedule in (
        Cosine(highest, steps),
        Linear(highest, 0.0, steps),
        WarmRestarts(highest, steps, 2),
        Triangular(0.0, highest, steps),
        OneCycle(highest, steps),
    ):
        assert -slack <= schedule(step) <= highest + slack


@COMMON
@given(first=st.integers(1, 10), stretch=st.integers(1, 3), runs=st.integers(0, 4))
def test_warm_restarts_start_again_at_the_top(first, stretch, runs):
    begin = first * sum(stretch**i for i in range(runs))
    assert WarmRestarts(0.3, first, stretch)(begin) == 0.3
