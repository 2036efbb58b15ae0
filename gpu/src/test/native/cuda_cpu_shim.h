// CUDA kernels on the CPU, for tests: one C++17 header without CUDA.
//
// The blocks of a grid run one after another, or on several host threads; the threads of a block are fibers, which change
// places at __syncthreads, __syncwarp and shuffles alone. What it notices, each with the block and thread:
//   - threads that wait at different barriers, or return while others wait, or after which others wait: a hang on a card
//   - a thread that waits for ever
//   - shared memory that is read before it is written: every block begins with NaN in all of it
//   - accesses beyond the end of shared memory, which ends at a page that cannot be read, and writes before its beginning
//   - accesses beyond global arrays, where the test has them from `cuda_cpu::Guarded`: the same page behind them
//   - a missing barrier: where the order of fibers decides, results differ between orders (`cuda_cpu::order`: 0 forwards,
//     1 backwards, any other number shuffles them anew at every barrier)
// What it cannot show: weak memory order, what warps do between barriers by luck, rounding of the special function unit,
// speed. The fast intrinsics are libm's functions here.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>
#if !defined(__x86_64__)
#include <ucontext.h>
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

#define __device__
#define __host__
#define __global__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)

struct uint2 { unsigned x, y; };
struct int2 { int x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct dim3 {
  unsigned x, y, z;
  dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};
static inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
static inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
static inline float2 make_float2(float x, float y) { return {x, y}; }
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)(((uint64_t)a * b) >> 32); }
static inline int __float_as_int(float x) { int i; std::memcpy(&i, &x, 4); return i; }
static inline unsigned __float_as_uint(float x) { unsigned i; std::memcpy(&i, &x, 4); return i; }
static inline float __int_as_float(int i) { float x; std::memcpy(&x, &i, 4); return x; }
static inline float __uint_as_float(unsigned i) { float x; std::memcpy(&x, &i, 4); return x; }
static inline float __fdividef(float a, float b) { return a / b; }
static inline float cuda_cpu_expf(float x) { return std::exp(x); }
static inline float cuda_cpu_logf(float x) { return std::log(x); }
// glibc declares functions of these names
#define __expf(x) cuda_cpu_expf(x)
#define __logf(x) cuda_cpu_logf(x)
template <class T> static inline T __ldg(const T* p) { return *p; }
static inline int min(int a, int b) { return a < b ? a : b; }
static inline int max(int a, int b) { return a > b ? a : b; }

namespace cuda_cpu {

// The most dynamic shared memory that a block of an H100 can have.
constexpr size_t MOST_SHARED = 232448;
constexpr size_t STACK = 64 * 1024;

// The order of the fibers of a block.
inline unsigned order = 0;

// An array that ends where a page begins that cannot be touched, filled with NaN.
class Guarded {
  char* pages_ = nullptr;
  size_t length_ = 0;
  size_t bytes_ = 0;

 public:
  Guarded() = default;
  explicit Guarded(size_t bytes) : bytes_(bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    length_ = (bytes + page - 1) / page * page + page;
    pages_ = (char*)mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages_ == MAP_FAILED) { std::perror("cuda_cpu: mmap"); std::abort(); }
    mprotect(pages_ + length_ - page, page, PROT_NONE);
    std::memset(pages_, 0xff, length_ - page);
  }
  Guarded(Guarded&& other) noexcept { *this = std::move(other); }
  Guarded& operator=(Guarded&& other) noexcept {
    std::swap(pages_, other.pages_); std::swap(length_, other.length_); std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Guarded() { if (pages_) munmap(pages_, length_); }
  // The last `bytes` before the page: aligned as far as their number is.
  void* data() const { return pages_ ? pages_ + length_ - (size_t)sysconf(_SC_PAGESIZE) - bytes_ : nullptr; }
  // Whether something was written before the beginning.
  bool underrun() const {
    for (char* p = pages_; p < (char*)data(); p++) if (*p != (char)0xff) return true;
    return false;
  }
  size_t size() const { return bytes_; }
};

struct Fiber {
  void* sp = nullptr;
  char* stack = nullptr;
  bool done = false;
  const char* file = nullptr;
  int line = 0;
  unsigned shuffles = 0;
  dim3 tid;
  void* asan = nullptr;
#if !defined(__x86_64__)
  ucontext_t context;
#endif
};
// Stacks are kept from one launch to the next, because fresh pages cost more than what runs on them.
class Stacks {
  std::mutex lock_;
  std::vector<char*> free_;

 public:
  char* take() {
    std::lock_guard<std::mutex> guard(lock_);
    if (free_.empty()) return (char*)std::aligned_alloc(64, STACK);
    char* stack = free_.back();
    free_.pop_back();
    return stack;
  }
  void give(char* stack) {
    std::lock_guard<std::mutex> guard(lock_);
    free_.push_back(stack);
  }
  ~Stacks() { for (char* stack : free_) std::free(stack); }
};
inline Stacks stacks;
struct Warp { int waiting = 0; uint64_t meetings = 0; uint64_t slot[2][32]; };
struct Block {
  dim3 threadIdx, blockIdx, blockDim, gridDim;
  float4* shared = nullptr;
  std::vector<Fiber> fiber;
  std::vector<Warp> warp;
  std::vector<int> order;
  int live = 0, waiting = 0, current = 0;
  uint64_t barriers = 0;
  bool progress = false;
  std::string error;
  Fiber host;
  void (*body)(void*) = nullptr;
  void* argument = nullptr;
};
// one pointer, so that a library that is loaded late may have it in the static block
#if defined(__GNUC__) && defined(__linux__)
inline thread_local Block* block __attribute__((tls_model("initial-exec"))) = nullptr;
#else
inline thread_local Block* block = nullptr;
#endif

#if defined(__x86_64__)
extern "C" void cuda_cpu_switch(void** save, void* load);
asm(R"(.text
.weak cuda_cpu_switch
.type cuda_cpu_switch,@function
cuda_cpu_switch:
    push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15
    mov %rsp, (%rdi); mov %rsi, %rsp
    pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp
    ret
)");
#endif
inline void jump(Fiber& from, Fiber& to) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(from.done ? nullptr : &from.asan, to.stack, to.stack ? STACK : 0);
#endif
#if defined(__x86_64__)
  cuda_cpu_switch(&from.sp, to.sp);
#else
  swapcontext(&from.context, &to.context);
#endif
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(from.asan, nullptr, nullptr);
#endif
}
inline void leave() { Block* b = block; jump(b->fiber[b->current], b->host); }
// Ends the launch: the host goes on and no fiber of the block does.
[[noreturn]] inline void fail(const std::string& what) {
  Block* b = block;
  char where[160];
  std::snprintf(where, sizeof where, " (block %u,%u,%u thread %u,%u)", b->blockIdx.x, b->blockIdx.y, b->blockIdx.z,
                b->threadIdx.x, b->threadIdx.y);
  b->error = what + where;
  for (;;) leave();
}
inline void entry() {
  Block* b = block;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, (const void**)&b->host.stack, nullptr);
  b->host.stack = nullptr;
#endif
  b->body(b->argument);
  b = block;
  Fiber& f = b->fiber[b->current];
  if (b->waiting) fail("a thread returned while others wait at __syncthreads");
  if (b->warp[b->current / 32].waiting) fail("a thread returned while others of its warp wait");
  f.done = true;
  b->live--;
  b->progress = true;
  for (;;) jump(f, b->host);
}
inline std::string name(const Fiber& f) {
  const char* slash = f.file ? std::strrchr(f.file, '/') : nullptr;
  return std::string(slash ? slash + 1 : f.file ? f.file : "?") + ":" + std::to_string(f.line);
}
inline void sync_block(const char* file, int line) {
  Block* b = block;
  Fiber& f = b->fiber[b->current];
  f.file = file;
  f.line = line;
  if (b->live != (int)b->fiber.size()) fail("__syncthreads after a thread of the block returned");
  if (++b->waiting < b->live) {
    for (uint64_t g = b->barriers; g == b->barriers;) leave();
    return;
  }
  for (Fiber& g : b->fiber)
    if (g.line != line || std::strcmp(g.file, file) != 0) fail("threads wait at different __syncthreads: " + name(g) + " and " + name(f));
  b->waiting = 0;
  b->barriers++;
  b->progress = true;
}
inline void sync_warp(unsigned mask) {
  Block* b = block;
  Warp& w = b->warp[b->current / 32];
  if (mask != 0xffffffffu) fail("a warp's mask is not full");
  if (++w.waiting < 32) {
    for (uint64_t g = w.meetings; g == w.meetings;) leave();
    return;
  }
  w.waiting = 0;
  w.meetings++;
  b->progress = true;
}
template <class T> inline T shuffle(unsigned mask, T value, int source) {
  static_assert(sizeof(T) <= 8, "a shuffle moves 8 bytes at most");
  Block* b = block;
  Warp& w = b->warp[b->current / 32];
  // two places in turn: a lane that is ahead by one shuffle does not overwrite what another has yet to read
  uint64_t* slot = w.slot[b->fiber[b->current].shuffles++ & 1];
  std::memcpy(&slot[b->current & 31], &value, sizeof value);
  sync_warp(mask);
  std::memcpy(&value, &slot[source & 31], sizeof value);
  return value;
}
inline int lane() { return block->current & 31; }
inline void shuffled(std::vector<int>& v, uint64_t& r) {
  for (int i = (int)v.size() - 1; i > 0; i--) {
    r = r * 6364136223846793005ull + 1442695040888963407ull;
    std::swap(v[i], v[(r >> 33) % (uint64_t)(i + 1)]);
  }
}
inline void run_block(Block& b, dim3 grid, dim3 dim, dim3 index, const Guarded& shared) {
  int n = (int)(dim.x * dim.y * dim.z);
  b.gridDim = grid; b.blockDim = dim; b.blockIdx = index;
  b.shared = (float4*)shared.data();
  std::memset((void*)b.shared, 0xff, shared.size());
  block = &b;
  b.fiber.resize(n);
  b.warp.assign(n / 32, Warp{});
  b.live = n; b.waiting = 0; b.barriers = 0;
  b.order.resize(n);
  for (int i = 0; i < n; i++) b.order[i] = order == 1 ? n - 1 - i : i;
  uint64_t random = order + 0x9E3779B97F4A7C15ull * (index.x + 1);
  for (int i = 0; i < n; i++) {
    Fiber& f = b.fiber[i];
    if (!f.stack) f.stack = stacks.take();
    f.done = false; f.line = 0; f.file = nullptr; f.shuffles = 0; f.asan = nullptr;
    f.tid = dim3((unsigned)i % dim.x, (unsigned)i / dim.x % dim.y, (unsigned)i / dim.x / dim.y);
#if defined(__x86_64__)
    void** sp = (void**)(f.stack + STACK - 64);  // at entry rsp is 8 mod 16, as after a call
    *--sp = nullptr;
    *--sp = (void*)entry;
    for (int k = 0; k < 6; k++) *--sp = nullptr;
    f.sp = sp;
#else
    getcontext(&f.context);
    f.context.uc_stack.ss_sp = f.stack;
    f.context.uc_stack.ss_size = STACK;
    makecontext(&f.context, entry, 0);
#endif
  }
  uint64_t shuffledAt = ~0ull;
  while (b.live) {
    if (order > 1 && shuffledAt != b.barriers) { shuffled(b.order, random); shuffledAt = b.barriers; }
    b.progress = false;
    for (int i : b.order) {
      if (b.fiber[i].done) continue;
      b.current = i;
      b.threadIdx = b.fiber[i].tid;
      jump(b.host, b.fiber[i]);
      if (!b.error.empty()) return;
    }
    if (!b.progress) {
      b.error = "deadlock: no thread can go on; thread 0 waits at " + name(b.fiber[0]);
      return;
    }
  }
  if (shared.underrun()) b.error = "something was written before the beginning of shared memory";
}
// Runs kernel(arguments...) over the grid on so many host threads. What went wrong, or nothing.
template <class... P>
std::string launch(void (*kernel)(P...), dim3 grid, dim3 dim, size_t sharedBytes, unsigned workers, std::tuple<P...> arguments) {
  uint64_t total = (uint64_t)grid.x * grid.y * grid.z, threads = (uint64_t)dim.x * dim.y * dim.z;
  if (!total || grid.y > 65535 || grid.z > 65535) return "a grid of " + std::to_string(total) + " blocks";
  if (!threads || threads > 1024 || threads % 32) return "a block of " + std::to_string(threads) + " threads";
  if (sharedBytes > MOST_SHARED) return std::to_string(sharedBytes) + " bytes of shared memory";
  auto call = std::make_pair(kernel, arguments);
  std::atomic<uint64_t> next{0};
  std::mutex lock;
  std::string error;
  auto work = [&] {
    Block b;
    // whole float4s, so that the array can end at its guard
    Guarded shared((sharedBytes + 15) / 16 * 16);
    b.argument = &call;
    b.body = [](void* p) { auto& c = *(decltype(call)*)p; std::apply(c.first, c.second); };
    for (uint64_t i; (i = next++) < total && b.error.empty();)
      run_block(b, grid, dim, dim3((unsigned)(i % grid.x), (unsigned)(i / grid.x % grid.y), (unsigned)(i / grid.x / grid.y)), shared);
    block = nullptr;
    for (Fiber& f : b.fiber) stacks.give(f.stack);
    if (!b.error.empty()) {
      std::lock_guard<std::mutex> guard(lock);
      if (error.empty()) error = b.error;
      next = total;
    }
  };
  std::vector<std::thread> pool;
  for (unsigned i = 1; i < workers; i++) pool.emplace_back(work);
  work();
  for (std::thread& t : pool) t.join();
  return error;
}
}  // namespace cuda_cpu

#define threadIdx (cuda_cpu::block->threadIdx)
#define blockIdx (cuda_cpu::block->blockIdx)
#define blockDim (cuda_cpu::block->blockDim)
#define gridDim (cuda_cpu::block->gridDim)
#define dynamic_smem (cuda_cpu::block->shared)
#define __syncthreads() cuda_cpu::sync_block(__FILE__, __LINE__)
#define __syncwarp() cuda_cpu::sync_warp(0xffffffffu)
#define __shfl_sync(mask, value, source) cuda_cpu::shuffle(mask, value, source)
#define __shfl_xor_sync(mask, value, bits) cuda_cpu::shuffle(mask, value, cuda_cpu::lane() ^ (bits))
#define __shfl_down_sync(mask, value, by) cuda_cpu::shuffle(mask, value, cuda_cpu::lane() + (by) > 31 ? cuda_cpu::lane() : cuda_cpu::lane() + (by))
