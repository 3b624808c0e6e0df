// Eratosthenes below a million: strided writes to an array of bools.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#define LIMIT 1000000

static uint64_t work(void) {
    bool composite[LIMIT] = { false };
    uint64_t count = 0;
    uint64_t sum = 0;
    for (size_t n = 2; n < LIMIT; n++) {
        if (composite[n]) {
            continue;
        }
        count += 1;
        uint64_t prime = n;
        sum += prime;
        size_t multiple = n * n;
        while (multiple < LIMIT) {
            composite[multiple] = true;
            multiple += n;
        }
    }
    return sum * 100000 + count;
}

int main(void) {
    printf("%" PRIu64 "\n", work());
}
