"""The public face: every name of the contract is there, documented, and what is loaded later is found all the same."""

import subprocess
import sys

import pytest

import nnteach as nt

CONTRACT = """variable variables constant grad jacobian hessian vjp jvp check_gradients backward_steps trace scalars
compile primitive draw step nn homework check from_keras from_torch data search recompute no_grad stop_gradient paths
explain_code simplify find_nan to_json from_json norm stack one_hot where clip exp log sqrt sin cos tanh sigmoid relu
leaky_relu elu softplus softmax log_softmax logsumexp maximum minimum square""".split()


@pytest.mark.parametrize("name", CONTRACT)
def test_every_name_is_there_and_documented(name):
    thing = getattr(nt, name)
    assert callable(thing) or type(thing).__name__ == "module"
    assert thing.__doc__ and name in dir(nt)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'grads'"):
        nt.grads  # noqa: B018


def test_packages_can_be_called_whatever_was_imported_before():
    program = ("import nnteach.homework.check, nnteach.search, nnteach as nt; "
               "print(callable(nt.homework), callable(nt.search))")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
