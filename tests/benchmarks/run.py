"""All benchmarks, one table: python tests/benchmarks/run.py [--rounds N] [--growth growth.svg]

Every engine runs in a process of its own, with Python's garbage collector as it is by default. The processes
take turns: in each round each runs for a fraction of a second while the others wait. A ratio is taken within a
round, and the table shows the median over the rounds, with the quartiles: what disturbs the machine for a while
disturbs both sides. The numerical libraries get one thread: several that wait for each other on a busy machine
take a hundred times as long as a small network (`--threads 0` leaves the number to them, for an idle machine).
Engines that are not installed are left out: pip install "nnteach[bench]".
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import time

import growth
import networks
import scalars

NETWORKS = (((2, 16, 16, 2), 100), ((784, 100, 10), 32), ((784, 300, 100, 10), 128))
DEEP = 100_000
SECONDS = 0.3  # of work in each turn

# title -> (engines by name, their arguments, (engine, other, goal): `other` takes `goal` times as long as
# `engine`)
BENCHMARKS = {
    "moons, 100 points, 2-16-16-1, single numbers": (
        scalars.MOONS,
        (),
        (("nnteach eager", "micrograd", 5.0), ("nnteach compiled", "micrograd", 500.0)),
    ),
    f"chain of {DEEP:,}": (
        scalars.CHAIN,
        (DEEP,),
        (
            ("nnteach eager", "PyTorch", 1.0),
            ("nnteach eager", "autograd", 1.0),
            ("nnteach eager", "MyGrad", 1.0),
        ),
    ),
}
for number, (sizes, batch) in enumerate(NETWORKS):
    BENCHMARKS[f"{'-'.join(map(str, sizes))}, batch {batch}"] = (
        networks.ENGINES,
        (sizes, batch),
        (
            ("nnteach compiled", "NumPy by hand", 1 / 1.1),
            ("nnteach compiled", "PyTorch", 1.0),
            ("nnteach compiled", "PyTorch, functional", 1.0),
            ("nnteach compiled", "MyGrad", 1.0),
            ("nnteach compiled", "autograd", 1.0),
            ("nnteach eager", "autograd", 1.0),
            *(
                [("nnteach eager", "PyTorch", 1.0), ("nnteach eager", "PyTorch, functional", None)]
                if number == 0
                else []
            ),
        ),
    )


def worker(pipe, make, arguments):
    """In a process of its own: prepare, send the first losses, then run a turn whenever asked and time it."""
    try:
        step = make(*arguments)
    except ImportError as error:
        pipe.send(error.name)
        return
    pipe.send([step() for _ in range(3)])
    start = time.perf_counter()
    step()
    steps = max(1, round(SECONDS / (time.perf_counter() - start)))
    while pipe.recv() == "go":
        start = time.perf_counter()
        for _ in range(steps):
            step()
        pipe.send((time.perf_counter() - start) / steps)


class Engine:
    """A worker process and what is said with it."""

    def __init__(self, name, make, arguments):
        self.name = name
        self._pipe, other = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=worker, args=(other, make, arguments), daemon=True
        )
        self._process.start()
        other.close()
        self.losses = self._pipe.recv()

    def turn(self):
        """Seconds for one step."""
        self._pipe.send("go")
        return self._pipe.recv()

    def stop(self):
        self._pipe.send("stop")
        self._process.join()


def started(engines, arguments):
    """The engines that are installed; all must compute the same losses."""
    running = []
    for name, make in engines.items():
        engine = Engine(name, make, arguments)
        if isinstance(engine.losses, str):
            print(f"({name} is left out: no module {engine.losses})", file=sys.stderr)
            continue
        running.append(engine)
        expected = running[0].losses
        if any(abs(a - b) > 1e-4 * abs(b) for a, b in zip(engine.losses, expected, strict=True)):
            raise SystemExit(f"{name} computes {engine.losses}, {running[0].name} {expected}")
    return running


def measured(engines, arguments, rounds):
    """Seconds per step in every round, by engine."""
    running = started(engines, arguments)
    try:
        for engine in running:
            engine.turn()  # warm up
        turns = [{engine.name: engine.turn() for engine in running} for _ in range(rounds)]
    finally:
        for engine in running:
            engine.stop()
    return {engine.name: [turn[engine.name] for turn in turns] for engine in running}


def rows(title, times, comparisons):
    """A line of the table for each comparison."""
    for engine, other, goal in comparisons:
        if engine in times and other in times:
            ratios = sorted(b / a for a, b in zip(times[engine], times[other], strict=True))
            low, median, high = statistics.quantiles(ratios, n=4)
            wanted = f"≥ {goal:.2f}" if goal else ""
            verdict = "" if goal is None else "yes" if median >= goal else "NO"
            yield (
                f"| {title} | {engine} | {other} | {milliseconds(times[engine])} | {milliseconds(times[other])} "
                f"| {median:.2f} ({low:.2f} … {high:.2f}) | {wanted} | {verdict} |"
            )


def milliseconds(times):
    return f"{1000 * statistics.median(times):.3g} ms"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="turns of every engine")
    parser.add_argument("--only", default="", help="run the benchmarks whose title contains this")
    parser.add_argument("--threads", type=int, default=1, help="of the numerical libraries; 0: as they choose")
    parser.add_argument("--growth", metavar="FILE", help="measure growth, too, and plot it here")
    options = parser.parse_args()
    if options.rounds < 2:
        parser.error(f"argument --rounds: expected 2 or more, for quartiles; got {options.rounds}")
    if options.threads:  # processes yet to be started will see it
        os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), str(options.threads)))
    print("| benchmark | engine | compared with | engine | other | times faster (quartiles) | goal | met |")
    print("|---|---|---|---|---|---|---|---|")
    for title, (engines, arguments, comparisons) in BENCHMARKS.items():
        if options.only in title:
            for row in rows(title, measured(engines, arguments, options.rounds), comparisons):
                print(row, flush=True)
    if options.growth:
        results = growth.measure()
        growth.plot(results, options.growth)
        for (graph, phase), (counts, amounts) in results.items():
            k = growth.exponent(counts, amounts)
            met = "yes" if k <= 1.1 else "NO"
            print(f"| growth, 10² … 10⁵ nodes | {graph} | {phase} | | | exponent {k:.2f} | ≤ 1.10 | {met} |")


if __name__ == "__main__":
    main()
