"""The peak memory of a chain of 1,000,000 nodes, run forward and backward: python tests/benchmarks/memory.py

The nodes are operations; each has a constant of its own, so the graph holds twice as many. The process is fresh,
and its peak is what the operating system saw (`ru_maxrss`), less what it was before the first node.
"""

import argparse
import resource
import sys


def peak():
    """The largest resident set of this process so far, in bytes; Linux counts kibibytes, macOS bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--depth", type=int, default=1_000_000)
    depth = parser.parse_args().depth
    import nnteach as nt

    before = peak()
    x = y = nt.variable(1.0)
    for _ in range(depth):
        y = y * 1.0000001
    forward = peak()
    y.backward()
    done = peak()
    print(f"chain of {depth:,} operations: {forward - before:,} bytes after forward, {done - before:,} after backward")
    print(f"{(done - before) / depth:.0f} bytes per operation; dx = {x.grad:.6f}")


if __name__ == "__main__":
    main()
