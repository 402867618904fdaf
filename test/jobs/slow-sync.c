/* Preloaded: every sync of a file takes SYNC_MILLISECONDS longer, and says so where it holds up the main thread. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int delayed(const char *name, int fd) {
  const char *milliseconds = getenv("SYNC_MILLISECONDS");
  if (milliseconds) {
    static const char words[] = "a sync on the main thread\n";
    if (syscall(SYS_gettid) == getpid()) (void)!write(STDERR_FILENO, words, strlen(words));
    usleep(1000 * atoi(milliseconds));
  }
  int (*real)(int) = dlsym(RTLD_NEXT, name);
  return real(fd);
}

int fsync(int fd) { return delayed("fsync", fd); }
int fdatasync(int fd) { return delayed("fdatasync", fd); }
