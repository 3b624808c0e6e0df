// SHA-256 of one MiB: rotations, wrapping additions, a table of constants.
#include <inttypes.h>
#include <stdio.h>

#define LENGTH 1048576

static const uint32_t ROUND_CONSTANTS[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate_right(uint32_t x, uint32_t n) {
    return x >> n | x << (32 - n);
}

static void compress(uint32_t state[8], const uint8_t message[LENGTH + 64], size_t start) {
    uint32_t w[64] = { 0 };
    for (size_t i = 0; i < 16; i++) {
        uint32_t b0 = message[start + 4 * i];
        uint32_t b1 = message[start + 4 * i + 1];
        uint32_t b2 = message[start + 4 * i + 2];
        uint32_t b3 = message[start + 4 * i + 3];
        w[i] = b0 << 24 | b1 << 16 | b2 << 8 | b3;
    }
    for (size_t i = 16; i < 64; i++) {
        uint32_t s0 = rotate_right(w[i - 15], 7) ^ rotate_right(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate_right(w[i - 2], 17) ^ rotate_right(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t a = state[0];
    uint32_t b = state[1];
    uint32_t c = state[2];
    uint32_t d = state[3];
    uint32_t e = state[4];
    uint32_t f = state[5];
    uint32_t g = state[6];
    uint32_t h = state[7];
    for (size_t i = 0; i < 64; i++) {
        uint32_t s1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        uint32_t choice = (e & f) ^ (~e & g);
        uint32_t t1 = h + s1 + choice + ROUND_CONSTANTS[i] + w[i];
        uint32_t s0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
        uint32_t t2 = s0 + majority;
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

static uint64_t work(void) {
    uint8_t message[LENGTH + 64] = { 0 };
    for (size_t i = 0; i < LENGTH; i++) {
        message[i] = (uint8_t)(i * 7 + i / 256);
    }
    // The message is a whole number of blocks, so the padding is a block of its own: a one bit, zeros, the length.
    message[LENGTH] = 0x80;
    size_t bits = (size_t)LENGTH * 8;
    message[LENGTH + 60] = (uint8_t)(bits >> 24);
    message[LENGTH + 61] = (uint8_t)(bits >> 16);
    message[LENGTH + 62] = (uint8_t)(bits >> 8);
    message[LENGTH + 63] = (uint8_t)bits;

    uint32_t state[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    size_t start = 0;
    while (start < LENGTH + 64) {
        compress(state, message, start);
        start += 64;
    }
    uint64_t high = state[0];
    uint64_t low = state[1];
    return high << 32 | low;
}

int main(void) {
    printf("%" PRIu64 "\n", work());
}
