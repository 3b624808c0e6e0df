// Dot products of 32-bit integers, summed up in 64 bits: vectorises where nothing has to be checked.
#include <inttypes.h>
#include <stdio.h>

#define N 4096
#define ROUNDS 200000

static int64_t dot(const int32_t a[N], const int32_t b[N]) {
    int64_t sum = 0;
    for (size_t i = 0; i < N; i++) {
        int64_t x = a[i];
        int64_t y = b[i];
        sum += x * y;
    }
    return sum;
}

static int64_t work(void) {
    int32_t a[N] = { 0 };
    int32_t b[N] = { 0 };
    for (size_t i = 0; i < N; i++) {
        a[i] = (int32_t)(i % 100);
        b[i] = (int32_t)(i % 37);
    }
    int64_t total = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        a[round % N] = (int32_t)(round % 90);
        total += dot(a, b) % 1000;
    }
    return total;
}

int main(void) {
    printf("%" PRId64 "\n", work());
}
