// All kernels of scores, chains and layers against plain loops: in reproducible mode bit for bit against the CPU's arithmetic
// in the CPU's order, in both modes against double (reference.h says how far apart they may be). On the CPU, from the root:
//
//   g++ -x c++ -std=c++17 -O2 -ffp-contract=off -mfma -Wall -Wno-unknown-pragmas -I gpu/src/main/cuda -I gpu/src/test/native
//       gpu/src/test/native/test_kernels.cpp -o test_kernels -pthread                    reproducible mode
//   … the same with -DFAST …                                                              fast mode
//   without -mfma where the processor has none (fmaf is libm's then, and slow); ARM takes neither
//   a library of all kernels:  the same options, -shared -fPIC, gpu/src/main/cuda/kernels.cu
//
// and on a card, an activation at a time (0 to 5):
//   nvcc -x cu -std=c++17 -O3 -arch=native -fmad=false -DACT=0 -I gpu/src/main/cuda -I gpu/src/test/native …/test_kernels.cpp
//   nvcc … -DFAST -ftz=true in the place of -fmad=false
//
// test_kernels [quick | speed]: quick leaves out the largest networks; speed, on a card, times the networks of the project's
// targets and nothing else. Exit status 1 if anything is not as it should be.
#include "dense.cu"
#include "layers.cu"
#include "noise.cu"
#include "score_chain.cu"
#include "shallow_chain.cu"

#include "chains.h"
#include "device.h"

#ifdef FAST
static const bool EXACT = false;
#else
static const bool EXACT = true;
#endif
static bool quick = false;

// ---- What was compared: how much, and how near its limit
struct Tally { std::string kernel; size_t numbers; double worst; };
static std::vector<Tally> tallies;
static void compare(const std::string& kernel, const Floats& got, const Floats& cpu, const std::vector<Value>& exact) {
  auto t = std::find_if(tallies.begin(), tallies.end(), [&](const Tally& e) { return e.kernel == kernel; });
  if (t == tallies.end()) t = tallies.insert(t, {kernel, 0, 0});
  for (size_t i = 0; i < got.size(); i++) {
    char what[200];
    if (EXACT && !same(got[i], cpu[i])) {
      std::snprintf(what, sizeof what, "%s: number %zu of %zu is %a but the CPU has %a", kernel.c_str(), i, got.size(), got[i], cpu[i]);
      broken(what);
      return;
    }
    double limit = 8 * std::sqrt(exact[i].variance) + 1e-37, error = std::fabs(got[i] - exact[i].x);
    if (!(error <= limit)) {
      std::snprintf(what, sizeof what, "%s: number %zu of %zu is %.9g, %.3g from %.9g, the limit is %.3g", kernel.c_str(), i, got.size(), got[i], error, exact[i].x, limit);
      broken(what);
      return;
    }
    t->worst = std::max(t->worst, error / limit);
  }
  t->numbers += got.size();
}

// ---- Scores and chains
typedef void (*ChainKernel)(CHAIN_ARGUMENTS);
static void runChain(const char* name, ChainKernel kernel, const Chain& c, int rows, int block, size_t shared, const Floats& cpuOut, const std::vector<Value>& exact) {
  Floats packed = c.net.packed();
  Array<float> params(packed), x(c.x), out(c.x.size()), factors(c.factors), extra(c.extra), bias0(c.bias0);
  Array<int> sizes(c.net.sizes);
  run(kernel, dim3((c.n + rows - 1) / rows), dim3(block), shared, params.data(), (int)packed.size(), sizes.data(), c.net.layers(),
      x.data(), out.data(), c.n, c.steps, factors.data(), c.extraCount ? extra.data() : nullptr, c.extraCount,
      c.table ? bias0.data() : nullptr, c.perRow, c.plain, (unsigned)c.key, (unsigned)(c.key >> 32), c.firstStep,
      (unsigned)c.sample, (unsigned)(c.sample >> 32), 64 * c.net.rows(), c.firstFactor, c.lastFactor);
  compare(name, out.read(), cpuOut, exact);
}

static void runLayers(const Chain& c, const Floats& cpuOut, const std::vector<Value>& exact) {
  const int d = c.net.dim(), ld = pad(c.n, 4), L = c.net.layers();
  Floats packed = c.net.packed();
  Array<float> params(packed), x(c.x), out(c.x.size()), factors(c.factors), extra(c.extra);
  for (int k = 0; k == 0 || k < c.steps; k++) {
    const float* f = factors.data() + 6 * c.row(k, 0);
    const float* e = c.extraCount ? extra.data() + (size_t)c.row(k, 0) * c.extraCount : nullptr;
    Array<float> first((size_t)c.net.sizes[0] * ld);
    std::vector<Array<float>*> a{&first};
    run(assemble, dim3((ld + 31) / 32 * ((d + 31) / 32)), dim3(256), 4224, x.data(), f, e, c.extraCount, c.perRow, first.data(), c.n, d, ld);
    size_t at = 0;
    for (int l = 1; l <= L; l++) {
      int in = c.net.sizes[l - 1], w = c.net.sizes[l];
      const float* weights = params.data() + at;
      const float* bias = weights + c.net.weights(l);
      a.push_back(new Array<float>((size_t)w * ld));
      if (c.net.narrow(l)) run(dense_narrow, dim3((ld + 127) / 128, w), dim3(128), 0, weights, bias, a[l - 1]->data(), a[l]->data(), in, ld, ld);
      else run(dense, dim3((w + 127) / 128, (ld + 127) / 128), dim3(256), 32768, weights, bias, a[l - 1]->data(), a[l]->data(), in, w, ld, ld, l < L);
      at += c.net.weights(l) + pad(w, 4);
    }
    dim3 grid((c.n + 31) / 32 * ((d + 31) / 32));
    if (c.steps == 0) run(finish, grid, dim3(256), 4224, a[L]->data(), x.data(), f, c.perRow, c.plain, out.data(), c.n, d, ld);
    else run(step, grid, dim3(256), 4224, a[L]->data(), x.data(), f, c.plain, (unsigned)c.key, (unsigned)(c.key >> 32),
             c.firstStep + (unsigned)k, (unsigned)c.sample, (unsigned)(c.sample >> 32), c.n, d, ld);
    for (int l = 1; l <= L; l++) delete a[l];
  }
  compare("layers", (c.steps == 0 ? out : x).read(), cpuOut, exact);
}

// Every kernel that takes the network, in every order of fibers. `samples`: the CPU would use SampleJet.
static void check(const Chain& c, bool samples) {
#ifdef __CUDACC__
  if (c.kind != ACT) return;
#else
  ACT = c.kind;
#endif
  const int d = c.net.dim();
  running = text(c.net.sizes) + " " + ACTIVATION[c.kind] + " n=" + std::to_string(c.n) + " steps=" + std::to_string(c.steps) +
            " extra=" + std::to_string(c.extraCount) + (c.perRow ? " perRow" : "") + (c.plain ? " plain" : "") + (c.table ? " table" : "");
  Floats cpuOut;
  std::vector<Value> exact;
  expected(c, samples, cpuOut, exact);
  int outputs = 0;
  for (size_t l = 1; l < c.net.sizes.size(); l++) outputs = std::max(outputs, c.net.sizes[l]);
  size_t block = 4 * (64 * (size_t)c.net.rows() + pad(65 * d, 4)), weights = 4 * c.net.packed().size();
  for (unsigned order : ORDERS) {
    useOrder(order);
    if (samples) {
      static const ChainKernel KERNEL[] = {shallow_chain_1, shallow_chain_2, shallow_chain_3, shallow_chain_4};
      runChain(("shallow_chain_" + std::to_string(d)).c_str(), KERNEL[d - 1], c, 128, 128, 4 * ((size_t)c.net.sizes[1] * pad(2 * d + 1, 4) + 4), cpuOut, exact);
      if (d == 1) runChain("shallow_chain_units", shallow_chain_units, c, 16, 128, 18384, cpuOut, exact);
    } else {
      if (outputs <= 128 && block + weights <= 232448) runChain("score_chain_s", score_chain_s, c, 64, 128, block + weights, cpuOut, exact);
      if (outputs <= 128) runChain("score_chain_g", score_chain_g, c, 64, 128, block, cpuOut, exact);
      if (outputs <= 256) runChain("score_chain_w", score_chain_w, c, 64, 256, block, cpuOut, exact);
      if (!c.table) runLayers(c, cpuOut, exact);
    }
  }
}

static void chains() {
  static const int D[] = {1, 2, 3, 4, 5, 7, 17}, N[] = {1, 63, 64, 65}, STEPS[] = {0, 1, 5}, EXTRA[] = {0, 1, 3};
  static const int WIDTH[] = {1, 3, 16, 17, 128, 129, 256};
  // what it is for, with every activation
  for (int kind = 0; kind < ACTIVATIONS; kind++) {
    check(chain({2, 64, 128, 64, 2}, kind, 65, 2, false, true, false, 2), false);
    check(chain({5, 17, 3, 2}, kind, 65, 5, false, false, false, 3), false);
    check(chain({1, 257, 1}, kind, 17, 5, false, false, false, 4), true);
  }
  // every D with every depth, the rest drawn
  for (int round = 0; round < (quick ? 1 : 3); round++)
    for (int d : D)
      for (int depth = 1; depth <= 4; depth++) {
        int extra = pick(EXTRA), cost = 0;
        std::vector<int> sizes{d + extra};
        for (int l = 1; l < depth; l++) {
          int w = WIDTH[(round + d + 2 * l + below(2) * 3) % 7];
          if (quick && w > 129) w = 17;
          sizes.push_back(w);
        }
        sizes.push_back(d);
        for (size_t l = 1; l < sizes.size(); l++) cost += sizes[l] * sizes[l - 1];
        int n = N[below(4)], steps = STEPS[below(3)];
        if (cost > 40000) { steps = std::min(steps, 1); n = round == 0 && !quick ? n : 1 + below(3); }
        check(chain(sizes, below(ACTIVATIONS), n, steps, below(2), below(3) == 0, below(3) == 0, 1 + below(4)), false);
      }
  // widths by themselves, each of which has its own way of being beyond a half
  for (int w : WIDTH)
    if (!quick || w < 130) check(chain({7, w, w, 5}, below(ACTIVATIONS), 33, 1, false, false, false, 1), false);
  // many inputs, and many coordinates
  check(chain({300, 20, 130}, TANH, 33, 0, true, false, false, 1), false);
  check(chain({70, 9, 70}, SILU, 40, 2, false, false, false, 2), false);
  // one hidden layer between few coordinates
  static const int HIDDEN[] = {1, 3, 15, 16}, UNITS[] = {1, 3, 17, 128, 255, 256, 600}, ROWS[] = {1, 15, 16, 17, 127, 129};
  for (int d = 2; d <= 4; d++)
    for (int h : HIDDEN) check(chain({d, h, d}, below(ACTIVATIONS), pick(ROWS), STEPS[below(3)], below(2), below(2), false, 1 + below(4)), true);
  for (int h : UNITS)
    for (int steps : {0, 5, 19}) check(chain({1, h, 1}, below(ACTIVATIONS), h > 500 ? 17 : pick(ROWS), steps, below(2), below(2), false, 1 + below(9)), true);
}

// Sums that are −0 or vanish: paddings must not turn them.
static void zeros() {
  for (int kind : {TANH, RELU, SILU})
    for (float tiny : {0.0f, 1e-25f})
      for (std::vector<int> sizes : {std::vector<int>{2, 3, 17, 2}, {5, 17, 3, 5}, {3, 3}, {17, 17}, {1, 16, 1}, {2, 5, 2}}) {
        Chain c = chain(sizes, kind, 37, 0, false, true, false, 1);
        for (float& v : c.x) v = below(2) ? tiny : -tiny;
        for (int l = 1; l <= c.net.layers(); l++) {
          for (float& v : c.net.w[l]) v = below(4) ? -tiny : tiny;
          for (float& v : c.net.b[l]) v = -0.0f;
        }
        check(c, false);
        if (sizes.size() == 3 && sizes[0] == sizes[2] && sizes[0] <= 4) check(c, true);
      }
}

// Terms below the smallest float, all negative: the CPU adds zeros up to 16 terms, after which −0 is left where there are none.
static void minusZeros() {
  for (std::vector<int> sizes : {std::vector<int>{17, 2}, {16, 4}, {2, 3, 31, 2}, {5, 32, 3}, {4, 33, 4}, {130, 1}}) {
    Chain c = chain(sizes, SILU, 5, 0, false, true, false, 1);
    for (float& v : c.x) v = 1e-25f;
    for (float& v : c.extra) v = 1e-25f;
    for (int l = 1; l <= c.net.layers(); l++) {
      for (float& v : c.net.w[l]) v = -1e-25f;
      for (float& v : c.net.b[l]) v = l < c.net.layers() ? 1e-25f : -0.0f;
    }
    check(c, false);
  }
}

// ---- φ, φ′, φ″: a grid through all floats, and where anything changes
static void activationCurves() {
  Floats z;
  for (uint64_t i = 0; i < 1ull << 32; i += 65521) z.push_back(real((uint32_t)i));
  for (float edge : {0.0f, 1.0f, 9.01f, 40.0f, 86.0f, 88.0f, 100.0f, 104.0f, 1e-38f, 1e-45f, 3e38f, INFINITY, NAN})
    for (float v : {edge, -edge, std::nextafter(edge, 0.0f), -std::nextafter(edge, 0.0f), std::nextafter(edge, 1e30f), -std::nextafter(edge, 1e30f)}) z.push_back(v);
  int n = (int)z.size();
  for (int kind = 0; kind < ACTIVATIONS; kind++) {
#ifdef __CUDACC__
    if (kind != ACT) continue;
#else
    ACT = kind;
#endif
    running = std::string("activation ") + ACTIVATION[kind];
    useOrder(0);
    Array<float> in(z), a(n), d1(n), d2(n);
    run(activations, dim3((n + 127) / 128), dim3(128), 0, in.data(), a.data(), d1.data(), d2.data(), n);
    Floats got[] = {a.read(), d1.read(), d2.read()};
    double worst[3] = {};
    for (int i = 0; i < n; i++) {
      float want[3];
      want[0] = cpu::activate(kind, z[i], &want[1], &want[2]);
      double exact[3];
      exact[0] = exactActivation(kind, z[i], &exact[1], &exact[2]);
      for (int o = 0; o < 3; o++) {
        char what[160];
        if (EXACT && !same(got[o][i], want[o])) {
          std::snprintf(what, sizeof what, "derivative %d at %a is %a but the CPU has %a", o, z[i], got[o][i], want[o]);
          broken(what);
        }
        // beyond, the fast functions promise nothing; a derivative of relu at 0 is a convention
        if (!(std::fabs(z[i]) <= 80) || (kind == RELU && z[i] == 0)) continue;
        double error = std::fabs(got[o][i] - exact[o]), limit = activationError(kind, o, z[i], exact[o]) + 2e-38;
        worst[o] = std::max(worst[o], error);
        if (!(error <= limit)) {
          std::snprintf(what, sizeof what, "derivative %d at %.9g is %.9g, %.3g from %.9g, the limit is %.3g", o, z[i], got[o][i], error, exact[o], limit);
          broken(what);
        }
      }
    }
    std::printf("%-8s %d arguments, largest errors of value, slope, curvature: %.2e %.2e %.2e\n", ACTIVATION[kind], n, worst[0], worst[1], worst[2]);
  }
}

// ---- Random words and normals
static void noise() {
  running = "noise";
  // published with the generator (Random123's kat_vectors): counter and key all zeros, all ones, and digits of π
  static const uint32_t KNOWN[][10] = {
      {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
      {~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
      {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
  for (auto& k : KNOWN) {
    uint32_t c[4] = {k[0], k[1], k[2], k[3]};
    cpu::philox(c, k[4], k[5]);
    if (std::memcmp(c, k + 6, sizeof c) != 0) broken("the test's own Philox is not Philox");
  }
  for (unsigned order : ORDERS) {
    useOrder(order);
    for (int n : {1, 127, 129}) {
      Array<unsigned> out(4 * (size_t)n);
      run(philox_words, dim3((n + 127) / 128), dim3(128), 0, out.data(), n, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u);
      std::vector<unsigned> got = out.read();
      for (int i = 0; i < n; i++) {
        uint32_t c[4] = {(uint32_t)i, 0x85a308d3, 0x13198a2e, 0x03707344};
        cpu::philox(c, 0xa4093822, 0x299f31d0);
        if (std::memcmp(c, &got[4 * (size_t)i], sizeof c) != 0) { broken("words differ"); break; }
      }
    }
    for (int d : {1, 2, 3, 4, 5, 17}) {
      int n = 131;
      Array<float> out((size_t)n * d);
      run(normals, dim3((n + 127) / 128 * ((d + 3) / 4)), dim3(128), 0, out.data(), n, d, 7u, 9u, 77u, 0xFFFFFFF0u, 3u);
      Floats got = out.read();
      double worst = 0;
      for (int i = 0; i < n * d; i++) {
        cpu::Address at{9ull << 32 | 7, 77, (3ull << 32 | 0xFFFFFFF0u) + (uint64_t)(i / d)};
        if (!same(got[i], cpu::normal(at, i % d))) { broken("normals differ"); break; }  // in both modes
        worst = std::max(worst, std::fabs(got[i] - exactNormal(at, i % d)));
      }
      if (!(worst <= 8e-7)) broken("normals are further than 8e-7 from exact arithmetic");
    }
  }
}

#ifdef __CUDACC__
// ---- Times on a card: the median of 7 launches after 2
static void time(const char* name, ChainKernel kernel, std::vector<int> sizes, int n, int steps, int rows, int block, size_t shared) {
  Chain c = chain(sizes, ACT, n, steps, false, true, false, 1);
  running = name;
  c.factors = {1, 0.01f, 0.1f, 1, 0, 1};
  Floats packed = c.net.packed();
  Array<float> params(packed), x(c.x), out(c.x.size()), factors(c.factors);
  Array<int> sizesOnCard(sizes);
  std::vector<float> times;
  for (int i = 0; i < 9; i++) {
    run(kernel, dim3((n + rows - 1) / rows), dim3(block), shared, params.data(), (int)packed.size(), sizesOnCard.data(), c.net.layers(), x.data(),
        out.data(), n, steps, factors.data(), nullptr, 0, nullptr, 0, 1, 7u, 9u, 0u, 0u, 0u, 64 * c.net.rows(), 0, 0);
    if (i > 1) times.push_back(milliseconds);
  }
  std::sort(times.begin(), times.end());
  for (float v : out.read()) if (!std::isfinite(v)) { broken("not finite"); break; }
  std::printf("%-13s %-20s n=%-7d steps=%-5d %9.3f ms\n", text(sizes).c_str(), name, n, steps, times[times.size() / 2]);
}
static void speed() {
  std::vector<int> deep{2, 64, 128, 64, 2}, wide{1, 1024, 1}, small{2, 16, 2};
  size_t block = 4 * (64 * 128 + 132), weights = 4 * network(deep).packed().size();
  for (int n : {1000, 10000, 65536, 100000, 1000000})
    for (int steps : {0, 100}) {
      time("score_chain_s", score_chain_s, deep, n, steps, 64, 128, block + weights);
      time("score_chain_g", score_chain_g, deep, n, steps, 64, 128, block);
      time("score_chain_w", score_chain_w, deep, n, steps, 64, 256, block);
      time("shallow_chain_1", shallow_chain_1, wide, n, steps, 128, 128, 4 * (1024 * 4 + 4));
      time("shallow_chain_units", shallow_chain_units, wide, n, steps, 16, 128, 18384);
      time("shallow_chain_2", shallow_chain_2, small, n, steps, 128, 128, 4 * (16 * 8 + 4));
    }
  time("score_chain_s", score_chain_s, deep, 100000, 1000, 64, 128, block + weights);
  time("shallow_chain_units", shallow_chain_units, wide, 10000, 1000, 16, 128, 18384);
  time("shallow_chain_1", shallow_chain_1, wide, 10000, 1000, 128, 128, 4 * (1024 * 4 + 4));
}
#endif

int main(int argc, char** argv) {
  quick = argc > 1 && std::string(argv[1]) == "quick";
  catchFaults();
#ifdef __CUDACC__
  if (argc > 1 && std::string(argv[1]) == "speed") {
    speed();
    return failures != 0;
  }
#endif
  noise();
  activationCurves();
  zeros();
  minusZeros();
  chains();
  for (const Tally& t : tallies) std::printf("%-20s %8zu numbers, largest error %.3f of its limit%s\n", t.kernel.c_str(), t.numbers, t.worst, EXACT ? ", and bit for bit" : "");
  std::printf("%d failures\n", failures);
  return failures != 0;
}
