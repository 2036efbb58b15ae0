// A CUDA driver for tests: libcuda.so.1 whose one device is the CPU. It has the few calls that the
// Java code makes and is strict where a real driver is silent:
//   - work is queued and runs when somebody waits for it, so a buffer that is used again too early,
//     or read before it was waited for, shows as wrong numbers
//   - device memory is NaN until written and ends at a page that cannot be touched; every copy and
//     every pointer handed to a kernel is checked against the live allocations
//   - PTX is read for the names and parameter sizes of its entries, which must be those of the
//     kernels compiled for the CPU: stale PTX is refused
//   - every call that needs a context looks for it, those that give something back included
//   - it counts what is alive, and fails on request
// The kernels come from the libraries beside it, built of fake_kernels.cpp, one for each mode.
#include "fake_kernels.h"
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <dlfcn.h>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

typedef unsigned long long Ptr;
enum {
    OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, INVALID_DEVICE = 101, INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201, ECC_UNCORRECTABLE = 214, INVALID_PTX = 218, INVALID_HANDLE = 400, NOT_FOUND = 500,
    ILLEGAL_ADDRESS = 700, LAUNCH_OUT_OF_RESOURCES = 701, LAUNCH_FAILED = 719
};

struct Allocation { size_t size; char* base; size_t mapped; };
struct Library { const FakeKernel* kernels; int count; FakeActivation activation; };
struct Function { const FakeKernel* kernel; struct Module* module; int shared = 49152; };
struct Module { Library* library; int activation; std::map<std::string, Function> functions; };
struct Event { uint64_t at = 0; double time = 0; };

static std::recursive_mutex lock;
static bool started;
static char primary;
static thread_local std::vector<void*> contexts;               // a stack, as on the driver
static int retained, sticky, events, streams;
static std::map<Ptr, Allocation> device, pinned;
static std::map<Module*, bool> modules;
static size_t used, limit = 1ull << 30;
static long launches, copied;
static std::deque<std::function<int()>> queue;
static uint64_t queued, done;
static std::map<std::string, std::pair<int, int>> faults;   // call: how many to let pass, code

#define EXPORT extern "C" __attribute__((visibility("default")))
#define API EXPORT int
#define ENTER(name)                                      \
    std::lock_guard<std::recursive_mutex> guard(lock);   \
    if (int code = fault(name)) return code
#define ENTER_CONTEXT(name)                              \
    ENTER(name);                                         \
    if (!current()) return INVALID_CONTEXT
// gives something back, which a context that was killed does not keep from
#define ENTER_RELEASE()                                  \
    std::lock_guard<std::recursive_mutex> guard(lock);   \
    if (!current()) return INVALID_CONTEXT;              \
    flush(queued)

static bool current() { return !contexts.empty() && contexts.back() == &primary && retained; }
static bool kills(int code) { return code == ECC_UNCORRECTABLE || code == ILLEGAL_ADDRESS || code == LAUNCH_FAILED; }
static int fault(const char* call) {
    if (sticky && strcmp(call, "cuDevicePrimaryCtxRelease") && strcmp(call, "cuDevicePrimaryCtxReset") && strcmp(call, "cuInit")) return sticky;
    auto it = faults.find(call);
    if (it == faults.end() || it->second.first-- > 0) return OK;
    int code = it->second.second;
    faults.erase(it);
    if (kills(code)) sticky = code;
    return code;
}
static int number(const char* variable, int otherwise) { const char* e = getenv(variable); return e ? atoi(e) : otherwise; }
static bool inside(const std::map<Ptr, Allocation>& blocks, Ptr p, size_t n) {
    auto it = blocks.upper_bound(p);
    if (it == blocks.begin()) return false;
    --it;
    return p + n <= it->first + it->second.size;
}
static int flush(uint64_t upTo) {
    while (done < upTo) {
        auto work = std::move(queue.front());
        queue.pop_front();
        done++;
        int code = sticky ? sticky : work();
        if (code) { sticky = code; }
        if (sticky) { done += queue.size(); queue.clear(); return sticky; }
    }
    return sticky;
}
static void enqueue(std::function<int()> work) { queue.push_back(std::move(work)); queued++; }
static Allocation take(size_t n, Ptr* p) {
    size_t page = sysconf(_SC_PAGESIZE), room = (n + 255) / 256 * 256, mapped = (room + page - 1) / page * page + page;
    char* base = (char*)mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return {0, nullptr, 0};
    mprotect(base + mapped - page, page, PROT_NONE);
    *p = (Ptr)(base + mapped - page - room);
    memset((char*)*p, 0xff, room);
    return {n, base, mapped};
}
// false: something was written between the end of the block and that of its last 256 bytes
static bool giveBack(Ptr p, const Allocation& a) {
    bool clean = true;
    for (char* c = (char*)p + a.size; c < (char*)p + (a.size + 255) / 256 * 256; c++) clean &= *c == (char)0xff;
    munmap(a.base, a.mapped);
    return clean;
}

static void releaseAll() {
    for (auto& block : device) giveBack(block.first, block.second);
    for (auto& block : pinned) giveBack(block.first, block.second);
    for (auto& module : modules) delete module.first;
    device.clear(); pinned.clear(); modules.clear();
    used = 0; streams = events = 0;
}

// ---- for the tests ----
// How much memory the device has.
EXPORT void fake_memory(size_t bytes) { std::lock_guard<std::recursive_mutex> g(lock); limit = bytes; }
// Lets `pass` calls of that name succeed, then fails one with `code`; some codes kill the context for good.
EXPORT void fake_fail(const char* call, int pass, int code) { std::lock_guard<std::recursive_mutex> g(lock); faults[call] = {pass, code}; }
EXPORT void fake_reset() { std::lock_guard<std::recursive_mutex> g(lock); faults.clear(); sticky = 0; limit = 1ull << 30; }
// What is alive: 0 device blocks, 1 pinned blocks, 2 modules, 3 contexts, 4 events, 5 streams; counted: 6 launches, 7 bytes copied; 8 bytes used; 9 faults to come
EXPORT long fake_count(int what) {
    std::lock_guard<std::recursive_mutex> g(lock);
    switch (what) {
        case 0: return device.size(); case 1: return pinned.size(); case 2: return modules.size(); case 3: return retained;
        case 4: return events; case 5: return streams; case 6: return launches; case 7: return copied; case 8: return used; case 9: return faults.size();
        default: return -1;
    }
}

// ---- the driver ----
API cuInit(unsigned flags) {
    ENTER("cuInit");
    if (int code = number("FAKE_CUDA_INIT", OK)) return code;
    started = !flags;
    return flags ? INVALID_VALUE : OK;
}
API cuDriverGetVersion(int* v) { if (int code = number("FAKE_CUDA_VERSION_ERROR", OK)) return code; *v = number("FAKE_CUDA_VERSION", 13000); return OK; }
API cuGetErrorName(int e, const char** s) { static thread_local char b[32]; snprintf(b, sizeof b, "FAKE_ERROR_%d", e); *s = b; return OK; }
API cuGetErrorString(int e, const char** s) { return cuGetErrorName(e, s); }
API cuDeviceGetCount(int* n) { if (int code = number("FAKE_CUDA_COUNT_ERROR", OK)) return code; if (!started) return NOT_INITIALIZED; *n = number("FAKE_CUDA_DEVICES", 1); return OK; }
API cuDeviceGet(int* d, int i) { if (!started) return NOT_INITIALIZED; if (i) return INVALID_DEVICE; *d = 0; return OK; }
API cuDeviceGetName(char* s, int n, int) { snprintf(s, n, "CPU in the place of a card"); return OK; }
API cuDeviceTotalMem_v2(size_t* n, int) { *n = limit; return OK; }
API cuDeviceGetAttribute(int* v, int a, int) {
    switch (a) {
        case 1: *v = 1024; break;                                   // threads of a block
        case 8: *v = 49152; break;                                  // shared memory of a block
        case 10: *v = 32; break;                                    // threads of a warp
        case 16: *v = number("FAKE_CUDA_MULTIPROCESSORS", 2); break;
        case 75: *v = number("FAKE_CUDA_CAPABILITY", 90) / 10; break;
        case 76: *v = number("FAKE_CUDA_CAPABILITY", 90) % 10; break;
        case 81: *v = number("FAKE_CUDA_SHARED", 232448) + 1024; break;  // shared memory of a multiprocessor
        case 97: *v = number("FAKE_CUDA_SHARED", 232448); break;    // the most a block may ask for
        default: *v = 0;
    }
    return OK;
}
API cuDevicePrimaryCtxRetain(void** c, int) { ENTER("cuDevicePrimaryCtxRetain"); retained++; *c = &primary; return OK; }
API cuDevicePrimaryCtxRelease_v2(int) {
    ENTER("cuDevicePrimaryCtxRelease");
    if (!retained) return INVALID_CONTEXT;
    if (!--retained) {                                              // what the context owned goes with it
        queue.clear(); done = queued;
        if (sticky) releaseAll();                                   // else what is left was forgotten, for tests to see
        sticky = 0;
    }
    return OK;
}
API cuCtxPushCurrent_v2(void* c) { ENTER("cuCtxPushCurrent"); contexts.push_back(c); return OK; }
API cuCtxPopCurrent_v2(void** c) {
    if (contexts.empty()) return INVALID_CONTEXT;
    *c = contexts.back();
    contexts.pop_back();
    return OK;
}
API cuCtxSynchronize() { ENTER_CONTEXT("cuCtxSynchronize"); return flush(queued); }
API cuMemGetInfo_v2(size_t* f, size_t* t) { ENTER_CONTEXT("cuMemGetInfo"); *t = limit; *f = limit > used ? limit - used : 0; return OK; }
API cuMemAlloc_v2(Ptr* p, size_t n) {
    ENTER_CONTEXT("cuMemAlloc");
    if (!n) return INVALID_VALUE;
    if (used + n > limit) return OUT_OF_MEMORY;
    Allocation a = take(n, p);
    if (!a.base) return OUT_OF_MEMORY;
    device[*p] = a; used += n;
    return OK;
}
API cuMemFree_v2(Ptr p) {
    ENTER_RELEASE();
    auto it = device.find(p);
    if (it == device.end()) return INVALID_VALUE;
    used -= it->second.size;
    bool clean = giveBack(p, it->second);
    device.erase(it);
    if (!clean) { fprintf(stderr, "fake_cuda: something was written past the end of a block\n"); return ILLEGAL_ADDRESS; }
    return sticky;
}
API cuMemHostAlloc(void** p, size_t n, unsigned) {
    ENTER_CONTEXT("cuMemHostAlloc");
    Ptr at;
    Allocation a = take(n, &at);
    if (!a.base) return OUT_OF_MEMORY;
    pinned[at] = a; *p = (void*)at;
    return OK;
}
API cuMemFreeHost(void* p) {
    ENTER_RELEASE();
    auto it = pinned.find((Ptr)p);
    if (it == pinned.end()) return INVALID_VALUE;
    bool clean = giveBack((Ptr)p, it->second);
    pinned.erase(it);
    return clean ? sticky : ILLEGAL_ADDRESS;
}
API cuMemcpyHtoDAsync_v2(Ptr d, const void* s, size_t n, void*) {
    ENTER_CONTEXT("cuMemcpyHtoDAsync");
    if (!inside(device, d, n) || !inside(pinned, (Ptr)s, n)) return INVALID_VALUE;
    enqueue([=] { memcpy((void*)d, s, n); return OK; });
    copied += n;
    return OK;
}
API cuMemcpyDtoHAsync_v2(void* d, Ptr s, size_t n, void*) {
    ENTER_CONTEXT("cuMemcpyDtoHAsync");
    if (!inside(pinned, (Ptr)d, n) || !inside(device, s, n)) return INVALID_VALUE;
    enqueue([=] { memcpy(d, (void*)s, n); return OK; });
    copied += n;
    return OK;
}
API cuMemcpyDtoDAsync_v2(Ptr d, Ptr s, size_t n, void*) {
    ENTER_CONTEXT("cuMemcpyDtoDAsync");
    if (!inside(device, d, n) || !inside(device, s, n)) return INVALID_VALUE;
    enqueue([=] { memmove((void*)d, (void*)s, n); return OK; });
    return OK;
}
API cuMemsetD8Async(Ptr d, unsigned char v, size_t n, void*) {
    ENTER_CONTEXT("cuMemsetD8Async");
    if (!inside(device, d, n)) return INVALID_VALUE;
    enqueue([=] { memset((void*)d, v, n); return OK; });
    return OK;
}

static Library* library(bool fast) {
    static Library* loaded[2];
    if (!loaded[fast]) {
        Dl_info here;
        dladdr((void*)library, &here);
        std::string folder(here.dli_fname);
        folder.erase(folder.rfind('/') + 1);
        std::string file = folder + (fast ? "libkernels-fast.so" : "libkernels-reproducible.so");
        void* l = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!l) { fprintf(stderr, "fake_cuda: %s\n", dlerror()); return nullptr; }
        auto* made = new Library();
        made->kernels = ((FakeKernels)dlsym(l, "fake_kernels"))(&made->count);
        made->activation = (FakeActivation)dlsym(l, "fake_activation");
        loaded[fast] = made;
    }
    return loaded[fast];
}
// What stands after `key` in the comments with which a PTX file begins, or null.
static const char* stamp(const char* image, const char* key) {
    const char* end = strstr(image, ".version ");
    const char* at = strstr(image, key);
    return at && end && at < end ? at + strlen(key) : nullptr;
}
API cuModuleLoadDataEx(void** m, const void* data, unsigned, int*, void**) {
    ENTER_CONTEXT("cuModuleLoadDataEx");
    const char* image = (const char*)data;
    if (!strstr(image, ".version ") || !strstr(image, ".target sm_")) return INVALID_IMAGE;
    const char* activation = stamp(image, "-DACT=");
    if (!activation) { fprintf(stderr, "fake_cuda: the PTX does not say its activation\n"); return INVALID_IMAGE; }
    int which = atoi(activation);
    Library* kernels = library(stamp(image, "-DFAST") != nullptr);
    if (!kernels) return INVALID_IMAGE;
    auto* module = new Module{kernels, which, {}};
    for (const char* p = image; (p = strstr(p, ".visible .entry ")) != nullptr;) {
        p += 16;
        const char* e = strchr(p, '(');
        const char* close = strchr(p, ')');
        std::string name(p, e);
        std::vector<size_t> sizes;
        for (const char* q = strstr(e, ".param ."); q && q < close; q = strstr(q + 1, ".param .")) sizes.push_back(atoi(strpbrk(q + 8, "0123456789")) / 8);
        const FakeKernel* found = nullptr;
        for (int i = 0; i < kernels->count; i++) if (name == kernels->kernels[i].name) found = &kernels->kernels[i];
        if (!found || found->count != (int)sizes.size() || !std::equal(sizes.begin(), sizes.end(), found->sizes)) {
            fprintf(stderr, "fake_cuda: the PTX entry %s is not that of the source: stale PTX?\n", name.c_str());
            delete module;
            return INVALID_PTX;
        }
        module->functions[name] = {found, module};
    }
    if ((int)module->functions.size() != kernels->count) {
        fprintf(stderr, "fake_cuda: the PTX lacks kernels of the source: stale PTX?\n");
        delete module;
        return INVALID_PTX;
    }
    modules[module] = true;
    *m = module;
    return OK;
}
API cuModuleUnload(void* m) {
    ENTER_RELEASE();
    if (!modules.erase((Module*)m)) return INVALID_HANDLE;
    delete (Module*)m;
    return sticky;
}
API cuModuleGetFunction(void** f, void* m, const char* name) {
    ENTER_CONTEXT("cuModuleGetFunction");
    auto& all = ((Module*)m)->functions;
    auto it = all.find(name);
    if (it == all.end()) return NOT_FOUND;
    *f = &it->second;
    return OK;
}
API cuFuncSetAttribute(void* f, int a, int v) {
    ENTER_CONTEXT("cuFuncSetAttribute");
    if (a == 8) {
        if (v > number("FAKE_CUDA_SHARED", 232448)) return INVALID_VALUE;
        ((Function*)f)->shared = v;
    }
    return OK;
}
API cuOccupancyMaxActiveBlocksPerMultiprocessor(int* n, void*, int, size_t) { ENTER_CONTEXT("cuOccupancy"); *n = 1; return OK; }
API cuLaunchKernel(void* f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void*, void** params, void** extra) {
    ENTER_CONTEXT("cuLaunchKernel");
    auto* function = (Function*)f;
    const FakeKernel* k = function->kernel;
    if (!params || extra || !gx || !gy || !gz || gy > 65535 || gz > 65535 || !bx || !by || !bz || bx * by * bz > 1024) return INVALID_VALUE;
    if ((int)shared > function->shared) return INVALID_VALUE;
    std::vector<std::vector<char>> values;                          // as they are now
    for (int i = 0; i < k->count; i++) {
        values.emplace_back((char*)params[i], (char*)params[i] + k->sizes[i]);
        Ptr p;
        if (k->sizes[i] == 8 && (memcpy(&p, params[i], 8), p) && !inside(device, p, 1)) {
            fprintf(stderr, "fake_cuda: argument %d of %s points nowhere\n", i, k->name);
            return INVALID_VALUE;
        }
    }
    Library* l = function->module->library;
    int activation = function->module->activation;
    launches++;
    enqueue([=]() mutable {
        std::vector<void*> at;
        for (auto& value : values) at.push_back(value.data());
        unsigned grid[3] = {gx, gy, gz}, block[3] = {bx, by, bz};
        l->activation(activation);
        const char* error = k->run(at.data(), grid, block, shared);
        if (!error) return (int)OK;
        fprintf(stderr, "fake_cuda: %s: %s\n", k->name, error);
        return (int)LAUNCH_FAILED;
    });
    return OK;
}
API cuStreamCreate(void** s, unsigned) { ENTER_CONTEXT("cuStreamCreate"); *s = new char; streams++; return OK; }
API cuStreamDestroy_v2(void* s) { ENTER_RELEASE(); delete (char*)s; streams--; return sticky; }
API cuStreamSynchronize(void*) { ENTER_CONTEXT("cuStreamSynchronize"); return flush(queued); }
API cuEventCreate(void** e, unsigned) { ENTER_CONTEXT("cuEventCreate"); *e = new Event; events++; return OK; }
API cuEventDestroy_v2(void* e) { ENTER_RELEASE(); delete (Event*)e; events--; return sticky; }
API cuEventRecord(void* e, void*) {
    ENTER_CONTEXT("cuEventRecord");
    auto* event = (Event*)e;
    enqueue([=] { timespec t; clock_gettime(CLOCK_MONOTONIC, &t); event->time = t.tv_sec * 1e3 + t.tv_nsec / 1e6; return OK; });
    event->at = queued;
    return OK;
}
API cuEventSynchronize(void* e) { ENTER_CONTEXT("cuEventSynchronize"); return flush(((Event*)e)->at); }
API cuEventElapsedTime(float* ms, void* a, void* b) { ENTER_CONTEXT("cuEventElapsedTime"); *ms = (float)(((Event*)b)->time - ((Event*)a)->time); return OK; }
