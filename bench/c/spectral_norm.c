// The spectral norm of an infinite matrix, cut off: conversions and divisions.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define N 2000
#define ROUNDS 10

static double element(size_t i, size_t j) {
    double denominator = (double)((i + j) * (i + j + 1) / 2 + i + 1);
    return 1.0 / denominator;
}

static void multiply(const double v[N], double out[N]) {
    for (size_t i = 0; i < N; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < N; j++) {
            sum += element(i, j) * v[j];
        }
        out[i] = sum;
    }
}

static void multiply_transposed(const double v[N], double out[N]) {
    for (size_t i = 0; i < N; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < N; j++) {
            sum += element(j, i) * v[j];
        }
        out[i] = sum;
    }
}

static void multiply_both(const double v[N], double out[N]) {
    double between[N] = { 0.0 };
    multiply(v, between);
    multiply_transposed(between, out);
}

static uint64_t work(void) {
    double u[N];
    double v[N] = { 0.0 };
    for (size_t i = 0; i < N; i++) {
        u[i] = 1.0;
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        multiply_both(u, v);
        multiply_both(v, u);
    }
    double uv = 0.0;
    double vv = 0.0;
    for (size_t i = 0; i < N; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    double result = sqrt(uv / vv);
    uint64_t bits;
    memcpy(&bits, &result, sizeof bits);
    return bits;
}

int main(void) {
    printf("%" PRIu64 "\n", work());
}
