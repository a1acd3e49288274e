/* The input as a file, for loaders that take a path. */
#pragma once
#include "tests/fuzz/fuzz.h"
#include <fcntl.h>
#include <unistd.h>

static char fuzz_folder[] = "/tmp/nqs-fuzz.XXXXXX", fuzz_path[sizeof fuzz_folder + 64];

static inline void fuzz_file_end(void)
{
    unlink(fuzz_path);
    rmdir(fuzz_folder);
}

static inline const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    if (!fuzz_path[0]) {
        HOLDS(mkdtemp(fuzz_folder));
        snprintf(fuzz_path, sizeof fuzz_path, "%s/%s", fuzz_folder, name);
        atexit(fuzz_file_end);
    }
    int fd = open(fuzz_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    HOLDS(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
    return fuzz_path;
}
