"""784-100-10 with sigmoid, cross-entropy, Adam 1e-3 and minibatches of 100 (004-32) on MNIST, in three engines.

    NNTEACH_DATA=folder python tests/benchmarks/mnist.py --epochs 30 --rounds 10

The engines take turns, one epoch each, in one process and with one thread each; a ratio is taken within a
round, and the median over the rounds is printed, so that what disturbs the machine disturbs all. After the
rounds ours goes on alone. All work in float32, shuffle anew in every epoch and leave evaluation out of the
time. PyTorch runs as its tutorials write it, Keras through `model.fit`; what is not installed is left out.
The results are in MNIST.md.
"""

import argparse
import os
import time
from importlib.util import find_spec
from statistics import median, quantiles

HIDDEN, CLASSES, BATCH, RATE = 100, 10, 100, 1e-3
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def nnteach_epochs(images):
    """One `fit` of many epochs, which hands over after each; yields the test accuracy."""
    from nnteach import nn
    from nnteach.nn.metrics import accuracy

    X, T, X_test, T_test = images
    network = nn.MLP([X.shape[1], HIDDEN, CLASSES], "sigmoid", dtype=X.dtype, rng=0)
    trainer = nn.Trainer(network, "cross_entropy", nn.optimizers.Adam(RATE), rng=0)
    X, T = trainer.prepare(X, T)
    while True:
        for rows in nn.batches.shuffled(len(X), BATCH, trainer.rng):
            trainer.step(X[rows], T[rows])
        yield lambda: accuracy(network.predict(X_test), T_test)


def torch_epochs(images):
    """The loop of PyTorch's tutorials, on tensors that lie in memory."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    X, T, X_test, T_test = map(torch.as_tensor, images)
    net = torch.nn.Sequential(
        torch.nn.Linear(X.shape[1], HIDDEN), torch.nn.Sigmoid(), torch.nn.Linear(HIDDEN, CLASSES)
    )
    loss, optimizer = torch.nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), RATE)
    while True:
        for rows in torch.randperm(len(X)).split(BATCH):
            optimizer.zero_grad()
            loss(net(X[rows]), T[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            yield lambda: float((net(X_test).argmax(1) == T_test).float().mean())


def keras_epochs(images):
    """`fit` on TensorFlow, an epoch at a time."""
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    import keras

    keras.utils.set_random_seed(0)
    X, T, X_test, T_test = images
    net = keras.Sequential([keras.layers.Dense(HIDDEN, "sigmoid"), keras.layers.Dense(CLASSES)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(keras.optimizers.Adam(RATE), loss, metrics=["accuracy"])
    while True:
        net.fit(X, T, batch_size=BATCH, epochs=1, verbose=0)
        yield lambda: net.evaluate(X_test, T_test, batch_size=1000, verbose=0)[1]


ENGINES = {"nnteach": nnteach_epochs, "PyTorch": torch_epochs, "Keras": keras_epochs}
MODULES = {"nnteach": "nnteach", "PyTorch": "torch", "Keras": "tensorflow"}


def read(folder):
    """Training and test images as rows of numbers in [0, 1], float32, and their class numbers."""
    from nnteach.data import mnist

    found = mnist(folder, download=False)
    X, X_test = (x.reshape(len(x), -1).astype("float32") / 255 for x in (found.x_train, found.x_test))
    return X, found.y_train, X_test, found.y_test


def timed(engine):
    """Seconds of one more epoch, and what tells the test accuracy after it."""
    start = time.perf_counter()
    accuracy = next(engine)
    return time.perf_counter() - start, accuracy


def measure(engines, epochs, rounds, stop_at):
    """Run the epochs, everybody in turn for the first rounds; prints a line per round.

    Returns:
        Name -> seconds per epoch, and the best test accuracy of ours.
    """
    seconds, best = {name: [] for name in engines}, 0.0
    for epoch in range(1, epochs + 1):
        line = []
        for name in engines if epoch <= rounds else ["nnteach"]:
            spent, accuracy = timed(engines[name])
            seconds[name].append(spent)
            line.append(f"{name} {spent:6.2f} s {accuracy():.4f}")
            best = max(best, accuracy()) if name == "nnteach" else best
        print(f"epoch {epoch:2}  " + "   ".join(line), flush=True)
        if best >= stop_at:
            break
    return seconds, best


def report(seconds, best):
    """The table: how many times as long as ours the others' epochs take, median and quartiles."""
    print(f"best test accuracy of nnteach: {best:.4f}")
    print(f"median epoch of nnteach: {median(seconds['nnteach']):.2f} s")
    for name in list(seconds)[1:]:
        ratios = [other / ours for other, ours in zip(seconds[name], seconds["nnteach"], strict=False)][1:]  # warm
        if len(ratios) > 1:
            low, _, high = quantiles(ratios, n=4, method="inclusive")
            print(f"{name} / nnteach: {median(ratios):.2f} (quartiles {low:.2f} to {high:.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="folder of MNIST; otherwise where nnteach looks: $NNTEACH_DATA, caches")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=10, help="epochs in which the others take turns")
    parser.add_argument("--stop-at", type=float, default=2.0, help="test accuracy at which to stop")
    parser.add_argument("--only", nargs="*", default=list(ENGINES), choices=list(ENGINES), help="engines to run")
    options = parser.parse_args()
    images = read(options.data)
    chosen = ["nnteach"] + [name for name in options.only if name != "nnteach" and find_spec(MODULES[name])]
    engines = {name: ENGINES[name](images) for name in chosen}
    report(*measure(engines, options.epochs, options.rounds, options.stop_at))


if __name__ == "__main__":
    for variable in THREADS:  # before NumPy is loaded
        os.environ.setdefault(variable, "1")
    main()
