// Escape times of the Mandelbrot set: a tight loop of double arithmetic with two ways out.
#include <inttypes.h>
#include <stdio.h>

#define SIZE 2000
#define LIMIT 50

static uint32_t escape(double cr, double ci) {
    double zr = 0.0;
    double zi = 0.0;
    uint32_t turns = 0;
    while (turns < LIMIT) {
        double rr = zr * zr;
        double ii = zi * zi;
        if (rr + ii > 4.0) {
            break;
        }
        zi = 2.0 * zr * zi + ci;
        zr = rr - ii + cr;
        turns += 1;
    }
    return turns;
}

static uint64_t work(void) {
    double size = (double)SIZE;
    uint64_t sum = 0;
    for (uint32_t row = 0; row < SIZE; row++) {
        double y = (double)row;
        for (uint32_t column = 0; column < SIZE; column++) {
            double x = (double)column;
            uint64_t turns = escape(2.0 * x / size - 1.5, 2.0 * y / size - 1.0);
            sum += turns;
        }
    }
    return sum;
}

int main(void) {
    printf("%" PRIu64 "\n", work());
}
