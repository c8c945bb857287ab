"""Teaching demos: pictures with controls that a lecturer projects, one file each.

    nt.demos.parabola()                           # in a notebook: move the controls
    nt.demos.parabola(learning_rate=1.02)         # beginning there
    nt.demos.parabola.figure(learning_rate=1.02)  # the plain form: a matplotlib Figure
    nt.demos.gallery()                            # all of them, with the slides they belong to

To add a demo, write a module in `collection/` with `DEMO = Demo(...)` (see `framework/demo.py`), and add its line to
DEMOS.
"""

# Loaded when first asked for: name of the demo -> the module it is in.
DEMOS = {
    "parabola": "descent_on_parabola",
    "surfaces": "descent_on_surfaces",
    "cubic_fit": "fit_of_cubic",
    "optimizer_race": "optimizer_race_on_surfaces",
    "learning_rates": "rate_gallery",
    "schedules": "schedule_gallery",
    "minibatch_noise": "batch_noise",
    "gradient_checking": "epsilon_sweep",
    "xor_starts": "xor_nonconvexity",
    "loss_curves": "loss_monitoring",
    "path_explosion": "path_growth",
    "hidden_maps": "maps_of_hidden_units",
    "activations": "activation_gallery",
    "symmetry": "symmetry_breaking",
    "initialisation": "initial_statistics",
    "why_relu": "linear_collapse",
    "overfitting": "under_and_overfitting",
    "early_stopping": "stopping_early",
    "penalties": "weight_penalties",
    "dropout": "dropout_masks",
    "normalisation": "normalisation_axes",
    "playground": "playground",
    "history": "timeline",
}


def __getattr__(name):
    if name not in DEMOS:
        raise AttributeError(f"module {__name__!r} has no demo {name!r}; there are {', '.join(DEMOS)}")
    import importlib

    demo = globals()[name] = importlib.import_module(f".collection.{DEMOS[name]}", __name__).DEMO
    return demo


def __dir__():
    return sorted({*globals(), *DEMOS})


def gallery():
    """All demos with their titles and the slides they belong to; shows itself as a table."""
    from .framework.gallery_table import Gallery

    return Gallery([__getattr__(name) for name in DEMOS])
