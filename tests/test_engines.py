"""Every pair of engines in both orders, each in a process of its own: a clash ends a process without a word."""

import itertools
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

ENGINES = [name for name in ("tensorflow", "torch", "jax", "keras") if find_spec(name)]
PAIRS = list(itertools.permutations(ENGINES, 2))
WORK = {  # what loads the rest of an engine: torch._dynamo with PyTorch's optimizers
    "tensorflow": "import tensorflow as tf; print(float((tf.ones(2) * 2).numpy().sum()))",
    "torch": """
import torch, torch._dynamo
layer = torch.nn.Linear(2, 1)
optimizer = torch.optim.Adam(layer.parameters())
layer(torch.ones(1, 2)).sum().backward()
optimizer.step()
import nnteach as nt
print(nt.from_torch(layer, [[1.0, 2.0]], [[1.0]]).value)
""",
    "jax": "import jax; print(jax.grad(lambda x: x * x)(3.0))",
    "keras": """
import keras, nnteach as nt
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
print(nt.from_keras(model, [[1.0, 2.0]], [[1.0]], loss="mse").value)
""",
}
NEEDS = {"tensorflow": "tensorflow", "torch": "torch", "keras": "keras"}

pytestmark = [pytest.mark.slow, pytest.mark.torch,
              pytest.mark.skipif(len(ENGINES) < 2, reason="fewer than two engines are installed")]


def python(program, **environment):
    """A program in a process of its own, with a plain environment: as a student's kernel has it."""
    plain = {name: value for name, value in os.environ.items()
             if name not in ("TF_CPP_MIN_LOG_LEVEL", "KERAS_BACKEND", "TF_ENABLE_ONEDNN_OPTS")}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=280,
                          env=plain | environment)


def said(done):
    return f"status {done.returncode}\n{done.stdout}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=map("-".join, PAIRS))
def test_two_engines_that_a_lesson_needs_get_on_and_say_nothing(first, second):
    needs = [f"nt.needs({NEEDS[name]!r})" for name in (first, second) if name in NEEDS]
    done = python("\n".join(["import nnteach as nt", *needs, WORK[first], WORK[second]]))
    assert done.returncode == 0, said(done)
    # What an engine says of itself later is its own affair; while it is loaded, nothing of it reaches the notebook.
    assert "absl::InitializeLog" not in done.stderr and "cudart_stub" not in done.stderr, said(done)


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=map("-".join, PAIRS))
def test_a_student_who_imports_them_in_any_order_gets_numbers_or_a_sentence(first, second):
    """Without `needs`: our part then begins with from_torch or from_keras, which must not end the process."""
    plain = {"torch": """
import torch, nnteach as nt
try:
    print(nt.from_torch(torch.nn.Linear(2, 1), [[1.0, 2.0]], [[1.0]]).value)
except ImportError as error:
    assert "Restart the kernel" in str(error) and "triton" in str(error)
"""}
    done = python(f"{WORK[first]}\n{plain.get(second, WORK[second])}")
    assert done.returncode == 0, said(done)


@pytest.mark.skipif(not {"tensorflow", "torch"} <= set(ENGINES) or not find_spec("triton"),
                    reason="PyTorch's build here has no triton, with which TensorFlow clashes")
def test_the_clash_is_refused_in_words_and_the_advice_works():
    refused = python("import tensorflow, torch, nnteach as nt\n"
                     "try:\n    nt.needs('torch')\nexcept nt.frameworks.engines.EngineClash as e:\n    print(e)")
    assert refused.returncode == 0 and "TensorFlow" in refused.stdout, said(refused)
    advised = python(f"import triton\nimport tensorflow, torch, nnteach as nt\nnt.needs('torch')\n{WORK['torch']}")
    assert advised.returncode == 0, said(advised)


@pytest.mark.parametrize("line, kept", [
    (b"E0000 00:00:1795999034.21 16157 cuda_platform.cc:52] failed call to cuInit\n", True),
    (b"I0000 00:00:1795999034.21 16157 cudart_stub.cc:31] Could not find cuda drivers\n", False),
    (b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n", False),
    (b"Traceback (most recent call last):\n", True),
])
def test_only_the_noise_of_loading_is_kept_away(line, kept, capfd):
    from nnteach.frameworks.engines import _without_noise

    with _without_noise():
        os.write(2, line)
    assert (line.decode() in capfd.readouterr().err) == kept


@pytest.mark.skipif("torch" not in ENGINES, reason="PyTorch is not installed")
def test_a_module_that_is_forbidden_is_not_loaded():
    """`sys.modules["tensorflow"] = None` is how a process says that it does without."""
    program = "import sys; sys.modules['tensorflow'] = None\nimport nnteach as nt; nt.needs('torch')\n"
    done = python(program + WORK["torch"])
    assert done.returncode == 0 and "CUDA initialization" not in done.stderr, said(done)
