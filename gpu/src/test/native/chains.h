// Scores and chains to test the kernels with: what they are given, drawn at random, and what has to come out.
#pragma once
#include "reference.h"

// ---- Random numbers of the test's own
static uint64_t seed = 1;
static uint32_t word() { seed = seed * 6364136223846793005ull + 1442695040888963407ull; return (uint32_t)(seed >> 32); }
static int below(int n) { return (int)(word() % (uint32_t)n); }
static float uniform(float most) { return most * ((float)(int32_t)word() * 0x1p-31f); }
template <size_t N> static int pick(const int (&v)[N]) { return v[below((int)N)]; }

static Net network(std::vector<int> sizes) {
  Net net{sizes, {{}}, {{}}};
  for (size_t l = 1; l < sizes.size(); l++) {
    // of variance 1/n, so that activations are neither tiny nor saturated
    Floats w((size_t)sizes[l] * sizes[l - 1]), b(sizes[l]);
    for (float& v : w) v = uniform(std::sqrt(3.0f / sizes[l - 1]));
    for (float& v : b) v = uniform(0.3f);
    net.w.push_back(w);
    net.b.push_back(b);
  }
  return net;
}
static std::string text(const std::vector<int>& sizes) {
  std::string s;
  for (int n : sizes) s += (s.empty() ? "" : "-") + std::to_string(n);
  return s;
}

// ---- Scores and chains
struct Chain {
  Net net;
  int kind, n, steps, extraCount;
  bool perRow, plain, table;
  int firstFactor, lastFactor;
  Floats x, factors, extra, bias0;
  uint64_t key, sample;
  uint32_t firstStep;
  int row(int k, int r) const { return perRow ? r : std::min(firstFactor + k, lastFactor); }
};

static void expected(const Chain& c, bool samples, Floats& cpuOut, std::vector<Value>& exactOut) {
  const int d = c.net.dim();
  cpuOut.clear();
  exactOut.clear();
  for (int r = 0; r < c.n; r++) {
    Floats state(&c.x[(size_t)r * d], &c.x[(size_t)r * d] + d);
    std::vector<Value> exact;
    for (float v : state) exact.push_back({v, 0});
    for (int k = 0; k == 0 || k < c.steps; k++) {
      const float* f = &c.factors[6 * (size_t)c.row(k, r)];
      Net net = c.net;
      Floats in;
      std::vector<Value> exactIn;
      for (int i = 0; i < d; i++) {
        in.push_back(f[3] * state[i]);
        double v = f[3] * exact[i].x;
        exactIn.push_back({v, (double)f[3] * f[3] * exact[i].variance + U * U * v * v});
      }
      if (c.table) {
        int w1 = net.sizes[1], stride = pad(w1, 4);
        for (int o = 0; o < w1; o++) {
          net.b[1][o] = c.bias0[(size_t)c.row(k, r) * stride + o];
          for (int i = 0; i < d; i++) net.w[1][(size_t)o * d + i] = c.net.w[1][(size_t)o * c.net.sizes[0] + i];
        }
        net.sizes[0] = d;
      } else {
        for (int e = 0; e < c.extraCount; e++) {
          in.push_back(c.extra[(size_t)c.row(k, r) * c.extraCount + e]);
          exactIn.push_back({in.back(), 0});
        }
      }
      Floats F = samples ? cpu::sampleJet(net, c.kind, in) : cpu::unitJet(net, c.kind, in);
      std::vector<Value> exactF = exactScore(net, c.kind, exactIn);
      cpu::Address at{c.key, c.firstStep + (uint32_t)k, c.sample + (uint64_t)r};
      for (int i = 0; i < d; i++) {
        float a = f[4] * state[i], b = f[5] * F[i];
        float s = c.plain ? F[i] : a + b;
        double xs = f[4] * exact[i].x, Fs = f[5] * exactF[i].x;
        Value S = exactF[i];
        if (!c.plain) {
          // the errors of x and of F are not independent, so their deviations add
          double deviation = std::fabs(f[4]) * std::sqrt(exact[i].variance) + std::fabs(f[5]) * std::sqrt(exactF[i].variance);
          double size = std::fabs(xs) + std::fabs(Fs);
          S = {xs + Fs, deviation * deviation + U * U * size * size};
        }
        if (c.steps > 0) {
          float z = f[2] == 0 ? 0.0f : cpu::normal(at, i);
          double Z = f[2] == 0 ? 0.0 : exactNormal(at, i);
          float kept = f[0] * state[i];
          s = fmaf(f[2], z, fmaf(f[1], s, kept));
          double deviation = std::fabs(f[0]) * std::sqrt(exact[i].variance) + std::fabs(f[1]) * std::sqrt(S.variance);
          double size = std::fabs(f[0] * exact[i].x) + std::fabs(f[1] * S.x) + std::fabs(f[2] * Z), noise = f[2] * 8e-7;
          S = {f[0] * exact[i].x + f[1] * S.x + f[2] * Z, deviation * deviation + U * U * size * size + noise * noise};
        }
        state[i] = s;
        exact[i] = S;
      }
    }
    cpuOut.insert(cpuOut.end(), state.begin(), state.end());
    exactOut.insert(exactOut.end(), exact.begin(), exact.end());
  }
}

static Chain chain(std::vector<int> sizes, int kind, int n, int steps, bool perRow, bool plain, bool table, int factors) {
  int d = sizes.back();
  Chain c{network(sizes), kind, n, steps, sizes[0] - d, perRow && steps == 0, plain, table && !(perRow && steps == 0) && sizes.size() > 2, 0, 0, {}, {}, {}, {}, 0, 0, 0};
  c.key = 0x9E3779B97F4A7C15ull * word();
  c.sample = 0xFFFFFFE0u;  // the low word overflows within a block
  c.firstStep = word();
  for (int i = 0; i < n * d; i++) c.x.push_back(uniform(2));
  int rows = c.perRow ? n : factors;
  c.firstFactor = c.perRow ? 0 : factors > 1;
  c.lastFactor = rows - 1;
  for (int r = 0; r < rows; r++) {
    float kick = r % 3 == 2 ? 0.0f : 0.3f + uniform(0.2f);
    c.factors.insert(c.factors.end(), {1 + uniform(0.1f), uniform(0.2f), kick, plain ? 1.0f : 1 + uniform(0.5f), plain ? NAN : uniform(1), plain ? NAN : 1 + uniform(0.5f)});
    for (int e = 0; e < c.extraCount; e++) c.extra.push_back(uniform(1));
    if (sizes.size() > 2)
      for (int o = 0; o < pad(sizes[1], 4); o++) c.bias0.push_back(o < sizes[1] ? uniform(0.3f) : 0.0f);
  }
  if (c.extraCount == 0) c.table = c.table && below(2);
  return c;
}
