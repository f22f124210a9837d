/* A disk whose commit costs one millisecond, always: preloaded into a Postgres whose files are in memory. */
#include <time.h>

int fdatasync(int file)
{
    struct timespec millisecond = {0, 1000000};
    (void)file;
    nanosleep(&millisecond, 0);
    return 0;
}
