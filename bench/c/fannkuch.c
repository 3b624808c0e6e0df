// Reversals of the front of every permutation of ten numbers: small arrays, unpredictable loops.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define N 10

static int64_t flips(const uint32_t order[N]) {
    uint32_t stack[N];
    memcpy(stack, order, sizeof stack);
    int64_t count = 0;
    while (stack[0] != 0) {
        uint32_t low = 0;
        uint32_t high = stack[0];
        while (low < high) {
            uint32_t item = stack[low];
            stack[low] = stack[high];
            stack[high] = item;
            low += 1;
            high -= 1;
        }
        count += 1;
    }
    return count;
}

static bool next(uint32_t order[N], uint32_t count[N]) {
    for (size_t last = 1; last < N; last++) {
        uint32_t first = order[0];
        for (size_t i = 0; i < last; i++) {
            order[i] = order[i + 1];
        }
        order[last] = first;
        if (count[last] > 0) {
            count[last] -= 1;
            return true;
        }
        count[last] = (uint32_t)last;
    }
    return false;
}

static int64_t work(void) {
    uint32_t order[N] = { 0 };
    uint32_t count[N] = { 0 };
    for (size_t i = 0; i < N; i++) {
        order[i] = (uint32_t)i;
        count[i] = (uint32_t)i;
    }
    int64_t checksum = 0;
    int64_t longest = 0;
    bool even = true;
    for (;;) {
        int64_t turns = flips(order);
        checksum += even ? turns : -turns;
        if (turns > longest) {
            longest = turns;
        }
        even = !even;
        if (!next(order, count)) {
            break;
        }
    }
    return checksum * 1000 + longest;
}

int main(void) {
    printf("%" PRId64 "\n", work());
}
