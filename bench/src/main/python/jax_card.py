"""JAX on the card that score4j is timed on: float32 with precision "highest", which is TF32 off.

    python3 jax_card.py --out jax.json                  on the card
    python3 jax_card.py --device cpu --small            only to see that it runs

Everything is one jit: chains are a jax.lax.scan with the generator `rbg`, which is the fast one, and the gradient is
jax.grad of a loss whose trace is made of jax.jvp. Medians over repetitions; JAX has no events, so short functions are
asked for many times before the last is waited for. Samples and parameters lie on the card.
"""

import os
import sys
import time

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

import cases

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    sys.exit("JAX is not installed: nothing was timed")

GIVEN = cases.arguments(__doc__)
if GIVEN.device == "cpu":
    jax.config.update("jax_platforms", "cpu")
elif jax.default_backend() != "gpu":
    sys.exit("JAX finds no card: nothing was timed (--device cpu --small runs without)")
jax.config.update("jax_default_matmul_precision", "highest")
jax.config.update("jax_default_prng_impl", "rbg")
VERSION = f"jax {jax.__version__}"


def network(name):
    layers = [(jnp.asarray(w), jnp.asarray(b)) for w, b in cases.parameters(name)]
    return layers, jnp.tanh if cases.activation(name) == "tanh" else jax.nn.softplus


def score(layers, phi, x):
    for w, b in layers[:-1]:
        x = phi(x @ w.T + b)
    w, b = layers[-1]
    return x @ w.T + b


def times(run, repeat=GIVEN.repeat, together=1):
    for _ in range(3):
        jax.block_until_ready(run())
    millis = []
    for _ in range(repeat):
        begin = time.perf_counter()
        for _ in range(together):
            last = run()
        jax.block_until_ready(last)
        millis.append(1000 * (time.perf_counter() - begin) / together)
    return millis


def scores(results, name, rows):
    layers, phi = network(name)
    x = jnp.asarray(cases.samples(name, rows))
    f = jax.jit(lambda layers, x: score(layers, phi, x))
    if rows == 65_536:
        cases.check(f"mean of s², {name}", float((f(layers, x) ** 2).mean()), cases.MEAN_SQUARE.get(name))
    results.score(VERSION, name, rows, times(lambda: f(layers, x), together=50))


def chains(results, name, rows, steps):
    layers, phi = network(name)
    x = jnp.asarray(cases.samples(name, rows))

    @jax.jit
    def chain(layers, x, key):
        def step(x, key):
            noise = jax.random.normal(key, x.shape)
            return x + cases.STEP_SIZE * score(layers, phi, x) + (2 * cases.STEP_SIZE) ** 0.5 * noise, None

        return jax.lax.scan(step, x, jax.random.split(key, steps))[0]

    key = jax.random.key(1)
    if not jnp.isfinite(chain(layers, x, key)).all():
        sys.exit("a chain is not finite")
    results.chain(VERSION, name, rows, steps, times(lambda: chain(layers, x, key), max(3, GIVEN.repeat // 4)))


def gradients(results, name, rows):
    layers, phi = network(name)

    def loss(layers, x):
        s, trace = score(layers, phi, x), 0
        for d in range(x.shape[1]):
            direction = jnp.zeros_like(x).at[:, d].set(1)
            trace += jax.jvp(lambda x: score(layers, phi, x), (x,), (direction,))[1][:, d]
        return (0.5 * (s * s).sum(1) + trace).mean()

    few = jnp.asarray(cases.samples(name, 512))
    cases.check("loss", float(jax.jit(loss)(layers, few)), cases.LOSS_OF_512.get(name))
    x = jnp.asarray(cases.samples(name, rows))
    f = jax.jit(jax.value_and_grad(loss))
    results.gradient(VERSION, name, rows, times(lambda: f(layers, x), together=10))


def main():
    print(f"JAX {jax.__version__} on {jax.devices()[0]}, float32, TF32 off", flush=True)
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
