"""PyTorch on the card that score4j is timed on: float32, TF32 off, each way of running it a result of its own.

    python3 torch_card.py --out torch.json                  on the card
    python3 torch_card.py --device cpu --small              only to see that it runs

Ways: `graph` replays a CUDA graph of the plain operations, `compile` is what torch.compile makes of them, replayed as a
graph too. Chains are graphs of 50 steps. The gradient is by double backward, as users write it, and with tangents written
out, which torch.compile can take. Medians of times by CUDA events; samples and parameters lie on the card.
"""

import math
import sys
import time

import cases

try:
    import torch
except ImportError:
    sys.exit("PyTorch is not installed: nothing was timed")

GIVEN = cases.arguments(__doc__)
CARD = GIVEN.device == "gpu"
if CARD and not torch.cuda.is_available():
    sys.exit("PyTorch finds no card: nothing was timed (--device cpu --small runs without)")
DEVICE = "cuda" if CARD else "cpu"
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.set_float32_matmul_precision("highest")
UNROLLED = 50
VERSION = torch.__version__.split("+")[0]


def network(name):
    layers = [(torch.tensor(w, device=DEVICE), torch.tensor(b, device=DEVICE)) for w, b in cases.parameters(name)]
    phi = torch.tanh if cases.activation(name) == "tanh" else torch.nn.functional.softplus
    return layers, phi


def score(layers, phi, x):
    for w, b in layers[:-1]:
        x = phi(torch.nn.functional.linear(x, w, b))
    return torch.nn.functional.linear(x, *layers[-1])


def once(run):
    """Milliseconds of one run."""
    if not CARD:
        begin = time.perf_counter()
        run()
        return 1000 * (time.perf_counter() - begin)
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    run()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end)


def times(run, repeat=GIVEN.repeat):
    for _ in range(3):
        run()
    return [once(run) for _ in range(repeat)]


def graph(run):
    """Replays what `run` asks of the card; on the processor just runs it."""
    if not CARD:
        return run
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            run()
    torch.cuda.current_stream().wait_stream(side)
    captured = torch.cuda.CUDAGraph()
    with torch.cuda.graph(captured):
        run()
    return captured.replay


def ways(function):
    """The function as it is and, where there is a compiler, compiled."""
    yield "graph" if CARD else "plain", function
    if CARD:
        yield "compile", torch.compile(function, dynamic=False)


def attempt(what, work):
    """A way that a version of PyTorch cannot go is a line, not the end."""
    try:
        work()
    except Exception as e:  # noqa: BLE001
        print(f"{what}: left out, {type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''}", flush=True)


@torch.no_grad()
def scores(results, name, rows):
    layers, phi = network(name)
    x = torch.tensor(cases.samples(name, rows), device=DEVICE)
    out = torch.empty(rows, layers[-1][1].numel(), device=DEVICE)
    for way, f in ways(lambda x: score(layers, phi, x)):

        def run():
            out.copy_(f(x))

        def timed():
            replay = graph(run)
            replay()
            if rows == 65_536:
                cases.check(f"mean of s², {name}", float((out.double() ** 2).mean()), cases.MEAN_SQUARE.get(name))
            results.score(f"torch {VERSION} {way}", name, rows, times(replay))

        attempt(f"score {way} {name}", timed)


@torch.no_grad()
def chains(results, name, rows, steps):
    layers, phi = network(name)
    start = torch.tensor(cases.samples(name, rows), device=DEVICE)
    unrolled = min(steps, UNROLLED)
    kick = math.sqrt(2 * cases.STEP_SIZE)
    for way, step in ways(lambda x: x + cases.STEP_SIZE * score(layers, phi, x) + kick * torch.randn_like(x)):

        def timed():
            x = start.clone()

            def some():
                y = x
                for _ in range(unrolled):
                    y = step(y)
                x.copy_(y)

            replay = graph(some)

            def run():
                x.copy_(start)
                for _ in range(steps // unrolled):
                    replay()

            millis = times(run, max(3, GIVEN.repeat // 4))
            if not torch.isfinite(x).all():
                sys.exit("a chain is not finite")
            results.chain(f"torch {VERSION} {way}", name, rows, steps, millis)

        attempt(f"chain {way} {name}", timed)


def double_backward(layers, phi, x):
    x = x.detach().requires_grad_()
    s = score(layers, phi, x)
    trace = 0
    for d in range(x.shape[1]):
        trace = trace + torch.autograd.grad(s[:, d].sum(), x, create_graph=True)[0][:, d]
    return (0.5 * (s * s).sum(1) + trace).mean()


def tangents(layers, phi, x):
    """Value and tangents side by side; φ′ of tanh and softplus from what is there."""
    value = x
    tangent = torch.eye(x.shape[1], device=x.device)[:, None, :].expand(-1, x.shape[0], -1)
    for w, b in layers[:-1]:
        z = torch.nn.functional.linear(value, w, b)
        value = phi(z)
        slope = 1 - value * value if phi is torch.tanh else torch.sigmoid(z)
        tangent = slope * torch.nn.functional.linear(tangent, w)
    s = torch.nn.functional.linear(value, *layers[-1])
    j = torch.nn.functional.linear(tangent, layers[-1][0])
    return (0.5 * (s * s).sum(1) + torch.diagonal(j, dim1=0, dim2=2).sum(1)).mean()


def gradients(results, name, rows):
    layers, phi = network(name)
    flat = [p.requires_grad_() for pair in layers for p in pair]
    x = torch.tensor(cases.samples(name, rows), device=DEVICE)
    few = torch.tensor(cases.samples(name, 512), device=DEVICE)
    plain = [("double backward, graph", double_backward), ("tangents, graph", tangents)]
    compiled = [("tangents, compile", torch.compile(tangents, dynamic=False))] if CARD else []
    for way, loss in plain + compiled:

        def timed():
            cases.check(f"loss, {way}", float(loss(layers, phi, few)), cases.LOSS_OF_512.get(name))

            def run():
                return torch.autograd.grad(loss(layers, phi, x), flat)

            results.gradient(f"torch {VERSION} {way}", name, rows, times(graph(run)))

        attempt(f"gradient {way} {name}", timed)


def main():
    where = torch.cuda.get_device_name() if CARD else "the processor"
    print(f"PyTorch {torch.__version__} on {where}, float32, TF32 off", flush=True)
    results = cases.Results()
    for case in cases.SCORES:
        scores(results, *case)
    for case in cases.GRADIENTS:
        gradients(results, *case)
    results.write(GIVEN.out)
    for case in cases.CHAINS:
        chains(results, *case)
        results.write(GIVEN.out)  # what is there if time runs out


if __name__ == "__main__":
    main()
