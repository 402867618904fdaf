/* What CUDA's runtime, cuBLAS and cuDNN give to a provider that goes on only with it; all else returns success. Memory is the host's. */
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int handle;

/* What all of the libraries count together, in the file that the environment names. */
struct counts { long held, launches, copies, uploaded, downloaded; };
static struct counts unseen, *counts = &unseen;

__attribute__((constructor)) static void open_counts(void) {
  const char *path = getenv("STAND_IN_COUNTS");
  int file = path ? open(path, O_RDWR | O_CREAT, 0600) : -1;
  if (file < 0) return;
  void *shared = ftruncate(file, sizeof(struct counts)) ? MAP_FAILED
    : mmap(0, sizeof(struct counts), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (shared != MAP_FAILED) counts = shared;
  close(file);
}

static void note(long bytes) { __sync_add_and_fetch(&counts->held, bytes); }

/* A call that starts work on the card. */
int stand_in_launch(void) { __sync_add_and_fetch(&counts->launches, 1); return 0; }

#ifdef CUDART
/* The beginning of cudaDeviceProp as CUDA 13 lays it out. */
struct properties {
  char name[256], uuid[16], luid[8];
  unsigned luidDeviceNodeMask;
  size_t totalGlobalMem, sharedMemPerBlock;
  int regsPerBlock, warpSize;
  size_t memPitch;
  int maxThreadsPerBlock, maxThreadsDim[3], maxGridSize[3];
  size_t totalConstMem;
  int major, minor;
  size_t textureAlignment, texturePitchAlignment;
  int multiProcessorCount;
};

int cudaGetDeviceProperties(struct properties *it, int device) {
  memset(it, 0, 744);
  strcpy(it->name, "stand-in");
  it->totalGlobalMem = 80ull << 30;
  it->sharedMemPerBlock = 48 << 10;
  it->regsPerBlock = 1 << 16;
  it->warpSize = 32;
  it->maxThreadsPerBlock = it->maxThreadsDim[0] = it->maxThreadsDim[1] = 1024;
  it->maxThreadsDim[2] = 64;
  it->maxGridSize[0] = 0x7fffffff;
  it->maxGridSize[1] = it->maxGridSize[2] = 65535;
  it->major = 9;
  it->multiProcessorCount = 132;
  return 0;
}
/* By the numbers of cudaDeviceAttr. */
int cudaDeviceGetAttribute(int *value, int attribute, int device) {
  switch (attribute) {
    case 1: *value = 1024; break;   /* threads of a block */
    case 8: *value = 48 << 10; break;   /* shared memory of a block */
    case 10: *value = 32; break;    /* threads of a warp */
    case 16: *value = 132; break;   /* multiprocessors */
    case 39: *value = 2048; break;  /* threads of a multiprocessor */
    case 75: *value = 9; break;     /* compute capability 9.0 */
    case 76: *value = 0; break;
    case 81: *value = 228 << 10; break; /* shared memory of a multiprocessor */
    case 97: *value = 227 << 10; break; /* shared memory of a block that asks for it */
    default: *value = 1;
  }
  return 0;
}
int cudaGetDeviceCount(int *count) { *count = 1; return 0; }
int cudaGetDevice(int *device) { *device = 0; return 0; }
int cudaRuntimeGetVersion(int *version) { *version = 13000; return 0; }
int cudaDriverGetVersion(int *version) { *version = 13000; return 0; }
int cudaMemGetInfo(size_t *unused, size_t *total) { *unused = 79ull << 30; *total = 80ull << 30; return 0; }

static int take(void **memory, size_t bytes) { return posix_memalign(memory, 256, bytes ? bytes : 1) ? 2 : 0; }
int cudaMalloc(void **memory, size_t bytes) {
  int error = take(memory, bytes);
  if (!error) note(malloc_usable_size(*memory));
  return error;
}
int cudaFree(void *memory) {
  if (memory) note(-(long)malloc_usable_size(memory));
  free(memory);
  return 0;
}
int cudaMallocFromPoolAsync(void **memory, size_t bytes, void *pool, void *stream) { return cudaMalloc(memory, bytes); }
int cudaFreeAsync(void *memory, void *stream) { return cudaFree(memory); }
int cudaMallocHost(void **memory, size_t bytes) { return take(memory, bytes); }
int cudaHostAlloc(void **memory, size_t bytes, unsigned flags) { return take(memory, bytes); }
int cudaFreeHost(void *memory) { free(memory); return 0; }
/* Nothing is computed, so what comes back (kind 2) is zeros: a shape is read so, and memory that was used before would be no shape. */
int cudaMemcpy(void *to, const void *from, size_t bytes, int kind) {
  if (kind == 1 || kind == 2) __sync_add_and_fetch(&counts->copies, 1);
  if (kind == 1) __sync_add_and_fetch(&counts->uploaded, bytes);
  if (kind == 2) __sync_add_and_fetch(&counts->downloaded, bytes);
  if (kind == 2) memset(to, 0, bytes);
  else memcpy(to, from, bytes);
  return 0;
}
int cudaMemcpyAsync(void *to, const void *from, size_t bytes, int kind, void *stream) { return cudaMemcpy(to, from, bytes, kind); }
int cudaMemset(void *to, int value, size_t bytes) { memset(to, value, bytes); return 0; }
int cudaMemsetAsync(void *to, int value, size_t bytes, void *stream) { memset(to, value, bytes); return 0; }
int cudaMemPoolGetAttribute(void *pool, int attribute, void *value) { *(size_t *)value = 0; return 0; }

int cudaStreamCreate(void **stream) { *stream = &handle; return 0; }
int cudaStreamCreateWithFlags(void **stream, unsigned flags) { *stream = &handle; return 0; }
int cudaStreamIsCapturing(void *stream, int *status) { *status = 0; return 0; }
int cudaEventCreate(void **event) { *event = &handle; return 0; }
int cudaEventCreateWithFlags(void **event, unsigned flags) { *event = &handle; return 0; }
int cudaEventElapsedTime(float *milliseconds, void *from, void *to) { *milliseconds = 1; return 0; }
int cudaLaunchHostFunc(void *stream, void (*run)(void *), void *data) { run(data); return 0; }
int cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks) { *blocks = 1; return 0; }
int cudaFuncGetAttributes(char *attributes) {
  memset(attributes, 0, 128);
  *(int *)(attributes + 24) = 1024; /* maxThreadsPerBlock */
  return 0;
}
static int nothing(void) { return 0; }
int cudaGetDriverEntryPointByVersion(const char *name, void **entry, unsigned version, unsigned long long flags, int *status) {
  *entry = nothing;
  if (status) *status = 0;
  return 0;
}
const char *cudaGetErrorString(int error) { return "stand-in"; }
const char *cudaGetErrorName(int error) { return "stand-in"; }
void **__cudaRegisterFatBinary(void *binary) { static void *registered; return &registered; }
int __cudaPopCallConfiguration(unsigned *grid, unsigned *block, size_t *shared, void **stream) {
  for (int i = 0; i < 3; i++) grid[i] = block[i] = 1;
  *shared = 0;
  *stream = 0;
  return 0;
}
int __cudaGetKernel(void **kernel, const void *function) { *kernel = (void *)function; return 0; }
#endif

#ifdef CUBLAS
int cublasCreate_v2(void **context) { *context = &handle; return 0; }
int cublasGetMathMode(void *context, int *mode) { *mode = 0; return 0; }
#endif

#ifdef CUBLASLT
int cublasLtCreate(void **context) { *context = &handle; return 0; }
/* One algorithm is found, whatever is asked. */
int cublasLtMatmulAlgoGetHeuristic(void *context, void *operation, void *a, void *b, void *c, void *d, void *preference, int asked,
                                   void *results, int *found) {
  memset(results, 0, 96);
  *found = 1;
  return 0;
}
#endif

#ifdef CUDNN
size_t cudnnGetVersion(void) { return 92100; }
size_t cudnnGetCudartVersion(void) { return 13000; }
const char *cudnnGetErrorString(int error) { return "stand-in"; }
void cudnnGetLastErrorString(char *message, size_t length) { if (length) message[0] = 0; }
int cudnnCreate(void **context) { *context = &handle; return 0; }
int cudnnBackendCreateDescriptor(int type, void **descriptor) { *descriptor = &handle; return 0; }
/* One element of each attribute; 15 is a descriptor (CUDNN_TYPE_BACKEND_DESCRIPTOR), which stays as it is. */
int cudnnBackendGetAttribute(void *descriptor, int name, int type, long long asked, long long *count, void *elements) {
  if (count) *count = 1;
  if (elements && asked > 0 && type != 15) memset(elements, 0, 4);
  return 0;
}
#endif
