// A hash map with open addressing in three arrays: multiplicative hashing, linear probing, cache misses.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#define SLOTS 65536
#define KEYS 40000
#define ROUNDS 500

typedef struct {
    uint64_t keys[SLOTS];
    uint64_t values[SLOTS];
    bool used[SLOTS];
} Map;

// The slot of a key: where it is, or where it would go.
static size_t slot_of(const Map *map, uint64_t key) {
    size_t slot = (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 48);
    while (map->used[slot] && map->keys[slot] != key) {
        slot = (slot + 1) % SLOTS;
    }
    return slot;
}

static void insert(Map *map, uint64_t key, uint64_t value) {
    size_t slot = slot_of(map, key);
    map->keys[slot] = key;
    map->values[slot] = value;
    map->used[slot] = true;
}

static uint64_t get(const Map *map, uint64_t key) {
    size_t slot = slot_of(map, key);
    return map->used[slot] ? map->values[slot] : 0;
}

static uint64_t work(void) {
    Map map = { { 0 }, { 0 }, { false } };
    uint64_t sum = 0;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        for (uint64_t i = 0; i < KEYS; i++) {
            insert(&map, i * 7 + 1, i + round);
        }
        for (uint64_t i = 0; i < 2 * KEYS; i++) {
            sum += get(&map, i * 7 + 1);
        }
    }
    return sum;
}

int main(void) {
    printf("%" PRIu64 "\n", work());
}
