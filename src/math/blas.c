/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/blas.h"

#include <dlfcn.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

enum { ROW_MAJOR = 101, AS_IS = 111, TRANSPOSED = 112 }; /* the numbers of cblas.h */
enum { UPPER = 121 };
enum { SERIAL, PTHREADS, OPENMP };                       /* what openblas_get_parallel gives */

typedef void (*Dgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k, double alpha,
                      const double *a, int stride_a, const double *b, int stride_b, double beta, double *c,
                      int stride_c);
typedef void (*Dsyrk)(int order, int part, int transpose, int n, int k, double alpha, const double *a, int stride_a,
                      double beta, double *c, int stride_c);
typedef void (*Dsyevd)(const char *job, const char *part, const int *n, double *a, const int *stride_a, double *values,
                       double *work, const int *work_size, int *whole, const int *whole_size, int *info,
                       size_t job_length, size_t part_length);

static struct {
  Dgemm dgemm;
  Dsyrk dsyrk;
  Dsyevd dsyevd; /* NULL: the library was built without LAPACK */
  void (*omp_set_num_threads)(int);
  char config[128], kernel[64];
  int parallel;
  Status status;
  Error error;
} blas;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_bool loaded;
static pthread_mutex_t serial = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool omp_told;

void blas_prepare(void)
{
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
}

/* ISO C does not let an object pointer become a function's; POSIX does, by way of its bytes. */
static void look_up(void *library, const char *name, void *function)
{
  void *found = dlsym(library, name);
  memcpy(function, &found, sizeof found);
}

/* What the library's variant needs around every call. */
static void enter(void)
{
  if (blas.parallel == OPENMP && !omp_told && blas.omp_set_num_threads) {
    blas.omp_set_num_threads(1); /* the setting belongs to the calling thread */
    omp_told = true;
  }
  if (blas.parallel == SERIAL) {
    pthread_mutex_lock(&serial);
  }
}

static void leave(void)
{
  if (blas.parallel == SERIAL) {
    pthread_mutex_unlock(&serial);
  }
}

static void run_dgemm(int ta, int tb, int m, int n, int k, double alpha, const double *a, int sa,
                      const double *b, int sb, double beta, double *c, int sc)
{
  enter();
  blas.dgemm(ROW_MAJOR, ta, tb, m, n, k, alpha, a, sa, b, sb, beta, c, sc);
  leave();
}

/* Whole numbers whose products and sums are exact, in sizes that reach a kernel's main loop and its edges. */
static bool product_is_right(void)
{
  enum { M = 37, N = 29, K = 43 };
  static double a[M * K], b[N * K], c[M * N];
  for (int i = 0; i < M * K; i++) {
    a[i] = i * 7 % 23 - 11;
  }
  for (int i = 0; i < N * K; i++) {
    b[i] = i * 5 % 19 - 9;
  }
  for (int i = 0; i < M * N; i++) {
    c[i] = i % 3;
  }
  run_dgemm(AS_IS, TRANSPOSED, M, N, K, 2, a, K, b, K, -1, c, N);
  for (int i = 0; i < M * N; i++) {
    double sum = 0;
    for (int l = 0; l < K; l++) {
      sum += a[i / N * K + l] * b[i % N * K + l];
    }
    if (c[i] != 2 * sum - i % 3) {
      return false;
    }
  }
  return true;
}

static Status missing(const char *reason)
{
  error_set(&blas.error, STATUS_STATE, "no-blas", _("OpenBLAS cannot be loaded: %s"), reason);
  return error_hint(&blas.error, _("install it, on Debian with: apt-get install libopenblas0-pthread"));
}

static void ask_library(void *library)
{
  char *(*config)(void);
  char *(*kernel)(void);
  int (*parallel)(void);
  void (*set_threads)(int);
  look_up(library, "openblas_get_config", &config);
  look_up(library, "openblas_get_corename", &kernel);
  look_up(library, "openblas_get_parallel", &parallel);
  look_up(library, "openblas_set_num_threads", &set_threads);
  look_up(RTLD_DEFAULT, "omp_set_num_threads", &blas.omp_set_num_threads);
  if (!blas.omp_set_num_threads) {
    look_up(library, "omp_set_num_threads", &blas.omp_set_num_threads);
  }
  if (config) {
    strncpy(blas.config, config(), sizeof blas.config - 1);
  }
  if (kernel) {
    strncpy(blas.kernel, kernel(), sizeof blas.kernel - 1);
  }
  blas.parallel = parallel ? parallel() : SERIAL; /* not said: the careful way */
  if (set_threads) {
    set_threads(1);
  }
}

static Status load(void)
{
  const char *other = getenv("ASSAY_OPENBLAS");
  if (!getenv("OPENBLAS_NUM_THREADS")) {
    blas_prepare();
  }
  void *library = dlopen(other && *other ? other : "libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    return missing(dlerror());
  }
  look_up(library, "cblas_dgemm", &blas.dgemm);
  if (!blas.dgemm) {
    return missing(_("it has no function cblas_dgemm"));
  }
  look_up(library, "cblas_dsyrk", &blas.dsyrk);
  look_up(library, "dsyevd_", &blas.dsyevd);
  ask_library(library);
  if (!product_is_right()) {
    error_set(&blas.error, STATUS_INTERNAL, "blas-wrong",
              _("OpenBLAS gives wrong products on this machine (kernel %s)"), blas.kernel);
    return error_hint(&blas.error, _("choose another kernel, for instance OPENBLAS_CORETYPE=Prescott"));
  }
  return STATUS_OK;
}

static void load_once(void)
{
  blas.status = load();
  atomic_store(&loaded, blas.status == STATUS_OK);
}

Status blas_open(Error *e)
{
  pthread_once(&once, load_once);
  if (blas.status != STATUS_OK && e && e->status == STATUS_OK) {
    *e = blas.error;
  }
  return blas.status;
}

static Status too_large(size_t side, Error *e)
{
  return error_set(e, STATUS_LIMIT, "matrix-too-large", _("a matrix side of %zu is beyond BLAS's numbers"), side);
}

Status blas_product(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, double alpha,
                    const double *a, size_t stride_a, const double *b, size_t stride_b, double beta,
                    double *c, size_t stride_c, Error *e)
{
  const Status status = blas_open(e);
  if (status != STATUS_OK) {
    return status;
  }
  const size_t sizes[] = {m, n, k, stride_a, stride_b, stride_c};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    if (sizes[i] > INT_MAX) {
      return too_large(sizes[i], e);
    }
  }
  run_dgemm(transpose_a ? TRANSPOSED : AS_IS, transpose_b ? TRANSPOSED : AS_IS, (int)m, (int)n, (int)k, alpha,
            a, (int)stride_a, b, (int)stride_b, beta, c, (int)stride_c);
  return STATUS_OK;
}

Status blas_gram(bool transpose, size_t n, size_t d, double alpha, const double *a, size_t stride_a, double beta,
                 double *c, size_t stride_c, Error *e)
{
  const size_t side = transpose ? n : d;
  Status status = blas_open(e);
  if (status != STATUS_OK || !blas.dsyrk) {
    return status != STATUS_OK ? status
                               : blas_product(!transpose, transpose, side, side, transpose ? d : n, alpha, a, stride_a,
                                              a, stride_a, beta, c, stride_c, e);
  }
  const size_t sizes[] = {n, d, stride_a, stride_c};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    if (sizes[i] > INT_MAX) {
      return too_large(sizes[i], e);
    }
  }
  enter();
  blas.dsyrk(ROW_MAJOR, UPPER, transpose ? AS_IS : TRANSPOSED, (int)side, (int)(transpose ? d : n), alpha, a,
             (int)stride_a, beta, c, (int)stride_c);
  leave();
  for (size_t i = 0; i < side; i++) {
    for (size_t j = 0; j < i; j++) {
      c[i * stride_c + j] = c[j * stride_c + i];
    }
  }
  return STATUS_OK;
}

/* LAPACK hangs on some matrices with NaN. */
static Status check_finite(const double *a, size_t n, Error *e)
{
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(a[i])) {
      return error_set(e, STATUS_DATA, "not-finite", _("a matrix holds a number that is not finite"));
    }
  }
  return STATUS_OK;
}

/* A symmetric matrix is the same by rows and columns, and LAPACK's columns of vectors are our rows. */
static Status run_eigen(int n, double *a, bool vectors, double *values, Error *e)
{
  const char *const job = vectors ? "V" : "N";
  int ask = -1, info = 0, whole_size = 0;
  double size = 0;
  Status status = STATUS_OK;
  enter();
  blas.dsyevd(job, "L", &n, a, &n, values, &size, &ask, &whole_size, &ask, &info, 1, 1);
  leave();
  double *work = size < INT_MAX ? mem_alloc((size_t)size, sizeof *work) : NULL;
  int *whole = mem_alloc((size_t)whole_size, sizeof *whole);
  if (!work || !whole) {
    TRY(error_memory(e, (size_t)size * sizeof *work, _("eigenvalues")));
  }
  const int work_size = (int)size;
  enter();
  blas.dsyevd(job, "L", &n, a, &n, values, work, &work_size, whole, &whole_size, &info, 1, 1);
  leave();
  if (info != 0) {
    TRY(error_set(e, STATUS_INTERNAL, "no-eigenvalues", _("eigenvalues did not converge (LAPACK says %d)"), info));
  }
done:
  mem_free(work);
  mem_free(whole);
  return status;
}

Status blas_eigen(size_t n, double *a, bool vectors, double *values, Error *e)
{
  Status status;
  TRY(blas_open(e));
  TRY(!blas.dsyevd ? error_set(e, STATUS_STATE, "no-blas", _("this OpenBLAS was built without LAPACK")) : STATUS_OK);
  TRY(n > INT_MAX / 4 ? too_large(n, e) : STATUS_OK);
  TRY(check_finite(a, n * n, e));
  status = n > 0 ? run_eigen((int)n, a, vectors, values, e) : STATUS_OK;
done:
  return status;
}

/* Prescott is what OpenBLAS takes for a machine that it does not know. */
static bool kernel_is_slow(void)
{
#if defined(__x86_64__)
  __builtin_cpu_init();
  return strcasecmp(blas.kernel, "Prescott") == 0 && __builtin_cpu_supports("avx2");
#else
  return false;
#endif
}

void blas_kernel(Text *out)
{
  if (atomic_load(&loaded)) {
    const char *version = strncmp(blas.config, "OpenBLAS ", 9) == 0 ? blas.config + 9 : blas.config;
    text_printf(out, "%s-", blas.kernel[0] ? blas.kernel : "unknown");
    text_add(out, version, strcspn(version, " "));
  }
}

void blas_describe(Text *out)
{
  static const char *const models[] = {
    N_("serial, calls take turns"), N_("pthreads, held to one thread"), N_("OpenMP, held to one thread")};
  const Status status = blas_open(NULL);
  if (status != STATUS_OK) {
    text_puts(out, blas.error.what);
    return;
  }
  const char *version = strncmp(blas.config, "OpenBLAS ", 9) == 0 ? blas.config + 9 : blas.config;
  const int model = blas.parallel >= SERIAL && blas.parallel <= OPENMP ? blas.parallel : SERIAL;
  text_puts(out, "OpenBLAS ");
  text_add(out, version, strcspn(version, " "));
  text_printf(out, _(", kernel %1$s, %2$s"), blas.kernel[0] ? blas.kernel : _("unknown"), _(models[model]));
  if (kernel_is_slow()) {
    text_puts(out, _("\nOpenBLAS does not know this processor: OPENBLAS_CORETYPE=Haswell in the environment "
                     "is faster"));
  }
}
