// Values, tangents, forms and gradients of both ways, by tiles and by layers, against plain loops in double precision.
// Compiled as test_kernels.cpp is, for the CPU or a card.
//
//   test_jets [word]     the cases whose names contain the word
//   test_jets speed      on a card: milliseconds of each kernel, of 65,536 rows, the last of three runs
//
// What must hold, u = 2⁻²⁴:
//   F          reproducible: the bits of float loops in the CPU's order
//   all        |error| ≤ LIMIT·u·√variance, where the variance takes rounding errors as independent (jets.h). Of a few
//              million independent normal numbers none is beyond 6 deviations; errors of φ are not independent.
//   all        the same bits for every order of fibers, and whether or not the batch has other rows before it (forms, F)
#include "jet_pack.cu"
#include "dense.cu"
#include "jet_forward.cu"
#include "jet_layers.cu"
#include "gradient.cu"
#include "gradient_layers.cu"
#include "reduce.cu"
#include "jet_host.h"

static double worst[4];                            // of F, forms, gradients, losses: error / (u·deviation)
#ifdef FAST
static const bool EXACT = false;
static const double LIMIT = 120;
#else
static const bool EXACT = true;
static const double LIMIT = 16;
#endif

static void compare(const char* what, int kind, const Floats& got, const Doubles& want, const Doubles& scale) {
  for (size_t i = 0; i < want.size(); i++) {
    double e = std::fabs(got[i] - want[i]) / (std::ldexp(1.0, -24) * std::sqrt(scale[i]) + 1e-30);
    if (e > worst[kind]) worst[kind] = e;
    if (!(e <= LIMIT)) {
      char text[160];
      std::snprintf(text, sizeof text, "%s[%zu] is %.9g, not %.9g: %.3g deviations", what, i, got[i], want[i], e);
      broken(text);
      return;
    }
  }
}

static bool same(const Floats& a, const Floats& b) { return a.size() == b.size() && (a.empty() || !std::memcmp(a.data(), b.data(), a.size() * 4)); }

static void check(const Problem& p, const Result& r) {
  const int K = p.c.tangents();
  compare("F", 0, r.F, p.F, p.Fs);
  if (p.c.trace && K > 0) {
    Doubles q(p.c.n), qs(p.c.n);
    for (int i = 0; i < p.c.n; i++)
      for (int k = 0; k < K; k++) { q[i] += p.q[(size_t)i * K + k]; qs[i] += p.qs[(size_t)i * K + k]; }
    compare("trace", 1, r.forms, q, qs);
  } else {
    compare("form", 1, r.forms, p.q, p.qs);
  }
  compare("gradient", 2, r.gradient, p.gradient, p.gradients);
  compare("implicit gradient", 2, r.implicit, p.implicit, p.implicits);
  double e = std::fabs(r.loss - p.loss) / (std::ldexp(1.0, -24) * std::sqrt(p.losses) + 1e-30);
  worst[3] = std::max(worst[3], e);
  if (!(e <= LIMIT)) broken("loss " + std::to_string(r.loss) + ", not " + std::to_string(p.loss));
  if (EXACT && !same(r.F, floatScore(p))) broken("F has not the bits of the CPU's order");
}

// The reference by central differences, error h²/6·|f‴| + 2⁻⁵³·|f|/h ≈ 1e-9.
static void checkReference() {
  Case c{{3, 4, 5, 2}, 2, 3, 0, false, true, true};
  for (c.act = 0; c.act < 5; c.act++) {
    Problem p = problem(c, 5);
    Doubles theta(p.flat.begin(), p.flat.end());
    auto loss = [&](const Doubles& t, bool implicit) {
      double s = 0, F[2], Fs[2], q[3], qs[3];
      for (int r = 0; r < c.n; r++) {
        reference(p, t, r, false, F, Fs, q, qs, nullptr, nullptr);
        for (int d = 0; d < 2; d++) s += implicit ? F[d] * F[d] / 2 : p.scoreBar[r * 2 + d] * F[d];
        for (int k = 0; k < 3; k++) s += (implicit ? p.weight : p.formsBar[r * 3 + k]) * q[k];
      }
      return s;
    };
    const double h = 1e-5;
    for (size_t i = 0; i < theta.size(); i++)
      for (int implicit = 0; implicit < 2; implicit++) {
        Doubles t = theta;
        t[i] += h; double up = loss(t, implicit);
        t[i] -= 2 * h; double down = loss(t, implicit), g = implicit ? p.implicit[i] : p.gradient[i];
        if (!(std::fabs((up - down) / (2 * h) - g) < 1e-8 * (1 + std::fabs(g)))) broken(std::string("the reference with ") + ACTIVATION[c.act]);
      }
    // forms by differences of F
    for (int r = 0; r < c.n; r++)
      for (int k = 0; k < 3; k++) {
        Problem up = p, down = p;
        double F[2][2], s[2], q[3], qs[3], sum = 0;
        const float e = 1.0f / 1024;
        for (int d = 0; d < 2; d++) {
          up.x[r * 3 + d] += e * p.v[(r * 3 + k) * 2 + d];
          down.x[r * 3 + d] -= e * p.v[(r * 3 + k) * 2 + d];
        }
        reference(up, theta, r, false, F[0], s, q, qs, nullptr, nullptr);
        reference(down, theta, r, false, F[1], s, q, qs, nullptr, nullptr);
        for (int d = 0; d < 2; d++) sum += p.v[(r * 3 + k) * 2 + d] * (F[0][d] - F[1][d]) / (2 * e);
        // x is a float, rounded by 2⁻²⁴ of about 1 in a step of 2⁻¹⁰
        if (!(std::fabs(sum - p.q[r * 3 + k]) < 1e-3 * (1 + std::fabs(sum)))) broken("the reference's forms");
      }
  }
}

#ifdef __CUDACC__
static void speed() {
  for (const Case& c : {Case{{2, 64, 128, 64, 2}, 65536, -1, ACT, true, true, true}, Case{{2, 64, 128, 64, 2}, 65536, 0, ACT, false, true, true},
                        Case{{16, 128, 128, 16}, 65536, 1, ACT, false, true, true}, Case{{64, 512, 512, 64}, 65536, 1, ACT, false, false, true},
                        Case{{1, 1024, 1}, 65536, -1, ACT, true, false, true}}) {
    Problem p = problem(c, 1, false);
    for (int way = 0; way < 2; way++) {
      if (!(way == 0 ? c.tiles : c.layers)) continue;
      Host host(p);
      host.most = JET_BLOCKS;
      for (int i = 0; i < 3; i++) {
        spent.clear();
        way == 0 ? host.tiles() : host.layers();
      }
      // forward, gradient and implicit gradient: by layers the forward pass twice
      std::printf("%s %s:", c.name().c_str(), way == 0 ? "by tiles" : "by layers");
      for (auto& e : spent) std::printf(" %s %.3f", e.first.c_str(), e.first == "jet_forward" ? e.second : e.second / 2);
      std::printf("\n");
    }
  }
}
#endif

int main(int argc, char** argv) {
  catchFaults();
#ifdef __CUDACC__
  if (argc > 1 && std::string(argv[1]) == "speed") { speed(); return 0; }
#endif
  const bool T = true, N = false;
  std::vector<Case> cases = {
      // sizes, n, K (−1: unit vectors), activation, trace, by tiles, by layers
      {{2, 64, 128, 64, 2}, 65, -1, 0, T, T, T},
      {{2, 64, 128, 64, 2}, 7, -1, 1, N, T, N},
      {{1, 1, 1}, 64, -1, 1, N, T, T},
      {{1, 17, 1}, 200, -1, 2, T, T, T},
      {{1, 128, 1}, 65, 0, 3, N, T, T},
      {{2, 16, 2}, 200, -1, 3, T, T, T},
      {{3, 3, 3}, 65, 3, 4, N, T, T},
      {{2, 17, 3, 2}, 64, 1, 4, N, T, T},
      {{5, 2}, 65, 3, 0, N, T, T},
      {{2, 2}, 65, -1, 0, T, T, T},
      {{7, 16, 5}, 64, 3, 2, N, T, T},
      {{5, 128, 17, 5}, 65, -1, 1, N, T, T},
      {{9, 33, 5}, 7, 0, 0, N, T, T},
      {{17, 16, 17}, 7, -1, 3, T, T, T},
      {{19, 65, 17}, 200, 1, 0, N, T, T},
      {{70, 17, 70}, 7, -1, 4, N, T, T},
      {{70, 3, 70}, 1, 1, 5, N, T, T},
      {{2, 68, 2}, 5, 35, 2, T, T, N},
      {{4, 128, 128, 1}, 64, 1, 3, N, T, N},
      {{2, 129, 2}, 65, -1, 0, T, N, T},
      {{3, 200, 129, 1}, 7, 3, 4, N, N, T},
      {{2, 200, 16, 2}, 200, 1, 2, N, N, T},
      {{130, 5, 129}, 7, 1, 1, N, N, T},
      {{1, 200, 1}, 64, -1, 2, T, N, T},
      {{2, 3, 16, 3, 2}, 129, 3, 5, N, T, T},
      {{2, 1, 2}, 200, 0, 4, N, T, T},
      {{6, 5, 4, 3}, 700, 1, 0, N, T, T},
      // the CPU adds zeros up to 16 terms, after which −0 is left where there are none to add
      {{17, 2}, 5, 1, 0, N, T, T, T},
      {{16, 4}, 5, 1, 0, N, T, T, T},
      {{2, 3, 31, 2}, 5, -1, 0, N, T, T, T},
      {{5, 32, 3}, 5, 0, 5, N, T, T, T},
      {{4, 33, 4}, 5, 2, 3, N, T, T, T},
      {{2, 130, 1}, 5, 1, 3, N, N, T, T},
      {{2, 16, 2}, 5, -1, 0, N, T, T, T},
  };
  running = "the reference";
  checkReference();
#ifdef __CUDACC__
  for (Case& c : cases) c.act = ACT;
#endif
  unsigned seed = 1;
  for (const Case& c : cases) {
    seed++;
    if (argc > 1 && c.name().find(argv[1]) == std::string::npos) continue;
#ifndef __CUDACC__
    score4j_activation = c.act;
#endif
    running = c.name();
    Problem p = problem(c, seed);
    Result kept[2];
    for (unsigned order : ORDERS) {
      if (order != ORDERS[0] && !EXACT) continue;  // one mode shows a missing barrier
      useOrder(order);
      for (int way = 0; way < 2; way++) {
        if (!(way == 0 ? c.tiles : c.layers)) continue;
        running = c.name() + (way == 0 ? " by tiles" : " by layers") + ", order " + std::to_string(order);
        Host host(p);
        Result r = way == 0 ? host.tiles() : host.layers();
        check(p, r);
        if (order == ORDERS[0]) kept[way] = r;
        else if (!same(r.F, kept[way].F) || !same(r.forms, kept[way].forms) || !same(r.gradient, kept[way].gradient)
                 || !same(r.implicit, kept[way].implicit) || r.loss != kept[way].loss)
          broken("the order of fibers shows");
      }
    }
    useOrder(0);
    running = c.name();
    // the same rows without those before them
    if (c.n > 1 && c.tiles) {
      Problem half = p;
      int from = c.n / 3;
      half.c.n -= from;
      half.x.erase(half.x.begin(), half.x.begin() + (size_t)from * c.sizes[0]);
      if (c.K > 0) half.v.erase(half.v.begin(), half.v.begin() + (size_t)from * c.tangents() * c.dim());
      Result r = Host(half).tiles();
      Floats F(kept[0].F.begin() + (size_t)from * c.dim(), kept[0].F.end());
      Floats q(kept[0].forms.begin() + (size_t)from * (c.trace ? c.tangents() > 0 : c.tangents()), kept[0].forms.end());
      if (!same(r.F, F) || !same(r.forms, q)) broken("a row depends on the rows before it");
    }
  }
  std::printf("jets: F within %.2f, forms %.2f, gradients %.2f, losses %.2f deviations (limit %.0f); %d failures\n", worst[0], worst[1], worst[2], worst[3],
              LIMIT, failures);
  return failures != 0;
}
