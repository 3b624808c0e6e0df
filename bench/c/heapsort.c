// Heapsort of 100,000 integers: data-dependent jumps over an array.
#include <inttypes.h>
#include <stdio.h>

#define N 100000

static void sift_down(uint32_t items[N], size_t start, size_t end) {
    size_t parent = start;
    for (;;) {
        size_t child = 2 * parent + 1;
        if (child >= end) {
            return;
        }
        if (child + 1 < end && items[child] < items[child + 1]) {
            child += 1;
        }
        if (items[parent] >= items[child]) {
            return;
        }
        uint32_t item = items[parent];
        items[parent] = items[child];
        items[child] = item;
        parent = child;
    }
}

static void heapsort(uint32_t items[N]) {
    size_t start = N / 2;
    while (start > 0) {
        start -= 1;
        sift_down(items, start, N);
    }
    size_t end = N;
    while (end > 1) {
        end -= 1;
        uint32_t item = items[0];
        items[0] = items[end];
        items[end] = item;
        sift_down(items, 0, end);
    }
}

static uint64_t work(void) {
    uint32_t items[N] = { 0 };
    uint32_t seed = 12345;
    for (size_t i = 0; i < N; i++) {
        seed = seed * 1664525 + 1013904223;
        items[i] = seed >> 4;
    }
    heapsort(items);
    uint64_t sum = 0;
    for (size_t i = 0; i < N; i++) {
        uint64_t item = items[i];
        uint64_t place = i;
        sum = sum * 31 + (item ^ place);
    }
    return sum;
}

int main(void) {
    printf("%" PRIu64 "\n", work());
}
