// The product of two matrices in flat arrays.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define N 400
#define AREA (N * N)
#define ROUNDS 8

static void multiply(const double a[AREA], const double b[AREA], double c[AREA]) {
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            c[i * N + j] = 0.0;
        }
        for (size_t k = 0; k < N; k++) {
            double factor = a[i * N + k];
            for (size_t j = 0; j < N; j++) {
                c[i * N + j] += factor * b[k * N + j];
            }
        }
    }
}

static uint64_t work(void) {
    double a[AREA] = { 0.0 };
    double b[AREA] = { 0.0 };
    double c[AREA] = { 0.0 };
    for (size_t i = 0; i < AREA; i++) {
        double x = (double)(i % 1000);
        a[i] = x / 1000.0;
        b[i] = 1.0 - x / 2000.0;
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        multiply(a, b, c);
        multiply(c, b, a);
    }
    double sum = 0.0;
    for (size_t i = 0; i < AREA; i++) {
        sum += a[i];
    }
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    return bits;
}

int main(void) {
    printf("%" PRIu64 "\n", work());
}
