/* Preloaded: every file lock fails with LOCK_ERRNO, as on a file system without locks. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>

static int answer(const char *name, int fd, int command, void *argument) {
  if (command == F_SETLK || command == F_SETLKW) {
    errno = atoi(getenv("LOCK_ERRNO"));
    return -1;
  }
  int (*real)(int, int, ...) = dlsym(RTLD_NEXT, name);
  return real(fd, command, argument);
}

#define REPLACE(name) \
  int name(int fd, int command, ...) { \
    va_list rest; \
    va_start(rest, command); \
    void *argument = va_arg(rest, void *); \
    va_end(rest); \
    return answer(#name, fd, command, argument); \
  }
REPLACE(fcntl)
REPLACE(fcntl64)
