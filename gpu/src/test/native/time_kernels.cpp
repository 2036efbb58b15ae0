// Times of the kernels alone, between CUDA events, for the networks that the benchmarks have; an activation and mode at a time.
//
//   nvcc -x cu -std=c++17 -O3 -arch=native -fmad=false -DACT=0 -I gpu/src/main/cuda -I gpu/src/test/native …/time_kernels.cpp
//   nvcc … -DFAST -ftz=true in the place of -fmad=false          ACT: 0 tanh (the ring's network), 2 softplus (the others)
//
// time_kernels [file.json [small]]: writes what it prints as JMH would, so that `benchmarks.jar card` lays it beside other
// results; `small` makes everything small. Median of 20 after 3. On the CPU (g++ as in test_kernels.cpp) it only shows that
// the launches are right, and the times are the shim's.
#include "kernels.cu"

#include "device.h"
#include "reference.h"

#ifndef __CUDACC__
#include <chrono>
static float milliseconds;
#endif
#ifdef FAST
static const char* const MODE = ", fast";
#else
static const char* const MODE = "";
#endif

static std::string json;
static void write(const std::string& method, const std::string& kernel, const std::string& params, Floats times) {
  std::string raw;
  for (float t : times) raw += (raw.empty() ? "" : ", ") + std::to_string(t);
  std::sort(times.begin(), times.end());
  float median = times[times.size() / 2];
  std::printf("%-20s %-32s %10.4f ms  %s\n", method.c_str(), (kernel + MODE).c_str(), median, params.c_str());
  json += (json.empty() ? "[\n" : ",\n") + std::string("{\"benchmark\": \"score4j.bench.gpu.Backend") + method + "\", \"params\": {\"backend\": \"" +
          kernel + MODE + "\", " + params + "}, \"primaryMetric\": {\"score\": " + std::to_string(median) + ", \"scoreUnit\": \"ms/op\", \"rawData\": [[" + raw + "]]}}";
}

// What launches, a few times; times of several kernels add up.
static float total;
template <class... P, class... A> static void timed(void (*kernel)(P...), dim3 grid, dim3 block, size_t shared, A... a) {
#ifndef __CUDACC__
  auto begin = std::chrono::steady_clock::now();
#endif
  run(kernel, grid, block, shared, a...);
#ifndef __CUDACC__
  milliseconds = std::chrono::duration<float, std::milli>(std::chrono::steady_clock::now() - begin).count();
#endif
  total += milliseconds;
}
static bool small = false;
template <class F> static Floats times(F work) {
  Floats t;
  for (int i = 0; i < (small ? 2 : 23); i++) {
    total = 0;
    work();
    if (small || i >= 3) t.push_back(total);
  }
  return t;
}

static uint64_t seed = 1;
static float uniform(float most) {
  seed = seed * 6364136223846793005ull + 1442695040888963407ull;
  return most * ((float)(int32_t)(seed >> 32) * 0x1p-31f);
}
static Floats uniforms(size_t n, float most) {
  Floats v(n);
  for (float& x : v) x = uniform(most);
  return v;
}
static Net network(std::vector<int> sizes) {
  Net net{sizes, {{}}, {{}}};
  for (size_t l = 1; l < sizes.size(); l++) {
    net.w.push_back(uniforms((size_t)sizes[l] * sizes[l - 1], 1 / std::sqrt((float)sizes[l - 1])));
    net.b.push_back(uniforms(sizes[l], 1 / std::sqrt((float)sizes[l - 1])));
  }
  return net;
}
static std::string text(const Net& net, int n) {
  std::string s;
  for (int size : net.sizes) s += (s.empty() ? "\"network\": \"" : "-") + std::to_string(size);
  return s + "\", \"batch\": \"" + std::to_string(n) + "\"";
}
static size_t most() {
  int bytes = 232448;
#ifdef __CUDACC__
  CHECK(cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0));
#endif
  return (size_t)bytes;
}

typedef void (*ChainKernel)(CHAIN_ARGUMENTS);
static void chain(const char* name, ChainKernel kernel, int rows, size_t shared, const Net& net, int n, int steps) {
  running = name;
  if (shared > most()) { std::printf("%s: left out, %zu bytes of shared memory\n", name, shared); return; }
  const int d = net.dim();
  Floats packed = net.packed(), factors{1, 0.001f, 0.0447f, 1, 0, 1};
  Array<float> params(packed), x(uniforms((size_t)n * d, 2)), out((size_t)n * d), rowsOfFactors(factors);
  Array<int> sizes(net.sizes);
  Floats t = times([&] {
    timed(kernel, dim3((n + rows - 1) / rows), dim3(128), shared, params.data(), (int)packed.size(), sizes.data(), net.layers(), x.data(),
          out.data(), n, steps, rowsOfFactors.data(), nullptr, 0, nullptr, 0, 1, 1u, 2u, 0u, 0u, 0u, 64 * net.rows(), 0, 0);
  });
  if (!std::isfinite(out.read()[0])) broken("a score or chain is not finite");
  if (steps == 0) write("ScoreBench.resident", name, text(net, n), t);
  else write("ChainBench.resident", name, text(net, n) + ", \"steps\": \"" + std::to_string(steps) + "\"", t);
}

static void layers(const Net& net, int n) {
  running = "layers";
  const int d = net.dim(), ld = pad(n, 4), L = net.layers();
  Array<float> params(net.packed()), x(uniforms((size_t)n * d, 2)), out((size_t)n * d), factors(Floats{1, 0, 0, 1, 0, 1});
  int widest = 0;
  for (int s : net.sizes) widest = std::max(widest, s);
  Array<float> a((size_t)widest * ld), b((size_t)widest * ld);
  Floats t = times([&] {
    timed(assemble, dim3((ld + 31) / 32 * ((d + 31) / 32)), dim3(256), 4224, x.data(), factors.data(), nullptr, 0, 0, a.data(), n, d, ld);
    float *from = a.data(), *to = b.data();
    size_t at = 0;
    for (int l = 1; l <= L; l++) {
      int in = net.sizes[l - 1], w = net.sizes[l];
      timed(dense, dim3((w + 127) / 128, (ld + 127) / 128), dim3(256), 32768, params.data() + at, params.data() + at + net.weights(l), from,
            to, in, w, ld, ld, l < L);
      std::swap(from, to);
      at += net.weights(l) + pad(w, 4);
    }
    timed(finish, dim3((n + 31) / 32 * ((d + 31) / 32)), dim3(256), 4224, from, x.data(), factors.data(), 0, 1, out.data(), n, d, ld);
  });
  if (!std::isfinite(out.read()[0])) broken("a score is not finite");
  write("ScoreBench.resident", "kernels layer by layer", text(net, n), t);
}

static void gradient(const Net& net, int n, int sampleOrder) {
  running = "gradient";
  const int d = net.dim(), L = net.layers(), blocks = std::min((n + jet_particles(d) - 1) / jet_particles(d), (int)JET_BLOCKS);
  Floats flat;
  size_t packedSize = 0, rows = 0, hidden = 0;
  for (int l = 1; l <= L; l++) {
    flat.insert(flat.end(), net.w[l].begin(), net.w[l].end());
    flat.insert(flat.end(), net.b[l].begin(), net.b[l].end());
    packedSize += (size_t)(net.sizes[l - 1] + 1) * pad(net.sizes[l], 4) + (size_t)net.sizes[l] * pad(net.sizes[l - 1], 4);
    rows = std::max(rows, (size_t)(l == 1 ? net.sizes[0] + 1 : pad(net.sizes[l - 1], 4)));
    if (l < L) hidden += pad(net.sizes[l], 4);
  }
  const size_t shared = 4 * 68 * (rows + pad(d, 4) + hidden);
  if (shared > most()) { std::printf("jet_gradient: left out, %zu bytes of shared memory\n", shared); return; }
  const int count = (int)flat.size();
  Array<float> parameters(flat), packed(packedSize), x(uniforms((size_t)n * d, 2)), partials((size_t)blocks * count), out(count);
  Array<double> losses(blocks);
  Array<int> sizes(net.sizes);
  Floats t = times([&] {
    timed(jet_pack, dim3(256), dim3(256), 0, packed.data(), parameters.data(), sizes.data(), L);
    timed(jet_gradient, dim3(blocks), dim3(128), shared, packed.data(), sizes.data(), L, x.data(), n, nullptr, d, 1, nullptr, nullptr, 1.0f,
          sampleOrder, partials.data(), count, losses.data());
    timed(reduce, dim3((count + 31) / 32), dim3(256), 1024, partials.data(), count, blocks, 1.0f / n, 0, out.data());
  });
  if (!std::isfinite(out.read()[0])) broken("a gradient is not finite");
  write("LossBench.gradient", "kernels", text(net, n) + ", \"objective\": \"exact\"", t);
}

int main(int argc, char** argv) {
  small = argc > 2 && std::string(argv[2]) == "small";
  const int batch = small ? 65 : 65536, many = small ? 65 : 100000, some = small ? 33 : 10000, steps = small ? 3 : 1000;
  catchFaults();
#ifndef __CUDACC__
  for (int kind : {TANH, SOFTPLUS}) {
    ACT = kind;
#else
  { const int kind = ACT;
#endif
    if (kind == TANH) {
      Net ring = network({2, 64, 128, 64, 2});
      size_t block = 4 * (64 * 128 + 132), weights = 4 * ring.packed().size();
      chain("kernel score_chain_s", score_chain_s, 64, block + weights, ring, batch, 0);
      chain("kernel score_chain_g", score_chain_g, 64, block, ring, batch, 0);
      for (int n : {many, some}) {
        chain("kernel score_chain_s", score_chain_s, 64, block + weights, ring, n, steps);
        chain("kernel score_chain_g", score_chain_g, 64, block, ring, n, steps);
      }
      gradient(ring, batch, 0);
    } else {
      Net shallow = network({1, 1024, 1});
      for (int n : {batch, some}) {
        chain("kernel shallow_chain_1", shallow_chain_1, 128, 4 * (1024 * 4 + 4), shallow, n, n == batch ? 0 : steps);
        chain("kernel shallow_chain_units", shallow_chain_units, 16, 18384, shallow, n, n == batch ? 0 : steps);
      }
      layers(network({64, 512, 512, 64}), small ? 65 : 65536);
    }
  }
  if (argc > 1) {
    FILE* file = std::fopen(argv[1], "w");
    if (!file) { std::printf("%s cannot be written\n", argv[1]); return 2; }
    std::fprintf(file, "%s\n]\n", json.c_str());
    std::fclose(file);
  }
  return failures != 0;
}
