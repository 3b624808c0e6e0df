// A loop of nine integer operations, each depending on the one before.
#include <inttypes.h>
#include <stdio.h>

#define TURNS 10000000

static uint64_t work(void) {
    uint64_t s = 1;
    for (uint64_t i = 0; i < TURNS; i++) {
        s = (s * 31 + (i ^ (s >> 3))) % 1000003;
    }
    return s;
}

int main(void) {
    printf("%" PRIu64 "\n", work());
}
