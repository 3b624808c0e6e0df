// Recursive Fibonacci that counts its calls: seven million calls and writes through a parameter.
#include <inttypes.h>
#include <stdio.h>

#define N 32

static uint64_t fib(uint32_t n, uint64_t *calls) {
    *calls += 1;
    if (n < 2) {
        return n;
    }
    uint64_t left = fib(n - 1, calls);
    return left + fib(n - 2, calls);
}

static uint64_t work(void) {
    uint64_t calls = 0;
    uint64_t value = fib(N, &calls);
    return value * 10000000 + calls;
}

int main(void) {
    printf("%" PRIu64 "\n", work());
}
