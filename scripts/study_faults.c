/* A file system that refuses locks, and a clock that is wrong, for one process:
 *
 *     cc -shared -fPIC -o study_faults.so scripts/study_faults.c -ldl
 *     LD_PRELOAD=./study_faults.so dalenet study work …
 *
 * DALENET_NO_LOCKS=1: flock fails with ENOLCK, hard links with EPERM. The clock is up to
 * DALENET_CLOCK_SECONDS wrong, before or after, by the process number. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int flock(int file, int operation) {
    if (!getenv("DALENET_NO_LOCKS")) {
        int (*real)(int, int) = dlsym(RTLD_NEXT, "flock");
        return real(file, operation);
    }
    errno = ENOLCK;
    return -1;
}

int linkat(int from, const char *old, int to, const char *new, int flags) {
    if (!getenv("DALENET_NO_LOCKS")) {
        int (*real)(int, const char *, int, const char *, int) = dlsym(RTLD_NEXT, "linkat");
        return real(from, old, to, new, flags);
    }
    errno = EPERM;
    return -1;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    const char *seconds = getenv("DALENET_CLOCK_SECONDS");
    if (clock == CLOCK_REALTIME && seconds) {
        long range = atol(seconds);
        time->tv_sec += range ? getpid() * 7919L % (2 * range + 1) - range : 0;
    }
    return result;
}
