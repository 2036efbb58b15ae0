"""What the libraries beside score4j are timed on: networks and samples by formula, and results as JMH writes them.

The numbers are those of score4j.bench.Workload, so that every library computes the same thing, and is checked on it:

    W_l[i] = (float32) ((2·U(100 + 2l, i) − 1)/√n_{l−1}),   b_l[i] with seed 101 + 2l,   x[i] = (float32) (4·U(1, i) − 2)

with U(seed, i) = (the i-th number of SplitMix64(seed) >>> 11)·2⁻⁵³.
"""

import argparse
import json
import statistics
import sys

try:
    import numpy as np
except ImportError:
    sys.exit("numpy is not installed: nothing was timed")

RING = "2-64-128-64-2"
SHALLOW = "1-1024-1"
STEP_SIZE = 0.001
# network, chains, steps
CHAINS = [(RING, 100_000, 1000), (RING, 10_000, 1000), (SHALLOW, 10_000, 1000)]
SCORES = [(RING, 65_536), (SHALLOW, 65_536), ("64-512-512-64", 65_536)]
GRADIENTS = [(RING, 65_536)]
# computed in float64: the mean of s² over 65,536 samples, and the exact-trace loss of 512
MEAN_SQUARE = {RING: 0.029262725112674685, "64-512-512-64": 0.17136634580066618}
LOSS_OF_512 = {RING: -0.05191064613586483}


def uniforms(seed, count):
    z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53


def activation(network):
    return "tanh" if network.startswith("2-") else "softplus"


def parameters(network):
    """Pairs of W [out, in] and b [out]."""
    sizes = [int(n) for n in network.split("-")]
    layers = []
    for l in range(1, len(sizes)):
        scale = 1 / np.sqrt(sizes[l - 1])
        w = (2 * uniforms(100 + 2 * l, sizes[l] * sizes[l - 1]) - 1) * scale
        b = (2 * uniforms(101 + 2 * l, sizes[l]) - 1) * scale
        layers.append((w.reshape(sizes[l], sizes[l - 1]).astype(np.float32), b.astype(np.float32)))
    return layers


def samples(network, rows):
    cols = int(network.split("-")[0])
    return (4 * uniforms(1, rows * cols) - 2).astype(np.float32).reshape(rows, cols)


def check(what, value, known):
    """Float32 against float64; a library that computes something else is not worth a number."""
    if known is not None and not abs(value - known) <= 3e-5 * (1 + abs(known)):
        sys.exit(f"{what} is {value} but must be {known}")


class Results:
    """Times of one library, printed as they come and written in the end."""

    def __init__(self):
        self.entries = []

    def add(self, method, backend, millis, **params):
        params = {k: str(v) for k, v in params.items()}
        entry = {
            "benchmark": f"score4j.bench.gpu.Backend{method}",
            "params": {"backend": backend, **params},
            "primaryMetric": {"score": statistics.median(millis), "scoreUnit": "ms/op", "rawData": [millis]},
        }
        self.entries.append(entry)
        print(f"{method:22} {backend:32} {statistics.median(millis):10.4f} ms  {params}", flush=True)

    def score(self, backend, network, batch, millis):
        self.add("ScoreBench.resident", backend, millis, network=network, batch=batch)

    def chain(self, backend, network, batch, steps, millis):
        self.add("ChainBench.resident", backend, millis, network=network, batch=batch, steps=steps)

    def gradient(self, backend, network, batch, millis):
        self.add("LossBench.gradient", backend, millis, network=network, objective="exact", batch=batch)

    def write(self, path):
        if path:
            with open(path, "w", encoding="utf-8") as file:
                json.dump(self.entries, file, indent=1)


def arguments(doc):
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--out", help="where the JSON goes")
    parser.add_argument("--device", default="gpu", choices=["gpu", "cpu"])
    parser.add_argument("--small", action="store_true", help="small sizes, to see that it runs")
    parser.add_argument("--repeat", type=int, default=20, help="repetitions whose median counts")
    given = parser.parse_args()
    if given.small:
        CHAINS[:] = [(n, 64, 10) for n, _, _ in CHAINS[1:]]
        SCORES[:] = [(n, 64) for n, _ in SCORES]
        GRADIENTS[:] = [(n, 64) for n, _ in GRADIENTS]
        given.repeat = 3
    return given
