// What a program for a bare 32-bit RISC-V is linked with to run under an emulator of Linux: the start, output, the end, and a
// heap that only grows.
typedef unsigned long size_t;

static long call(long number, long a, long b, long c) {
  register long r0 __asm__("a0") = a, r1 __asm__("a1") = b, r2 __asm__("a2") = c, n __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(r0) : "r"(r1), "r"(r2), "r"(n) : "memory");
  return r0;
}

long write(int file, const void *bytes, size_t count) { return call(64, file, (long)bytes, (long)count); }

__attribute__((noreturn)) void exit(int status) {
  for (;;) call(94, status, 0, 0);
}

static char heap[16 << 20] __attribute__((aligned(16)));
static size_t used;

void *malloc(size_t count) {
  size_t at = used + 16;
  if (count > sizeof heap - at) return 0;
  *(size_t *)(heap + used) = count;
  used = (at + count + 15) & ~(size_t)15;
  return heap + at;
}

void free(void *memory) { (void)memory; }

void *realloc(void *memory, size_t count) {
  char *fresh = malloc(count);
  size_t old = memory ? *(size_t *)((char *)memory - 16) : 0;
  for (size_t at = 0; fresh && at < old && at < count; at++) fresh[at] = ((char *)memory)[at];
  return fresh;
}

double fmod(double a, double b) {
  if (b < 0) b = -b;
  int negative = a < 0;
  if (negative) a = -a;
  if (!(a - a == 0) || !(b == b) || b == 0) return (a * b) / (a * b);
  while (a >= b) {
    double part = b;
    while (a - part >= part) part += part;
    a -= part;
  }
  return negative ? -a : a;
}

float fmodf(float a, float b) { return (float)fmod(a, b); }

// From 2^52 on there are no fractions.
static const double whole_from = 4503599627370496.0;

static int is_whole(double x) { return !(x < whole_from && x > -whole_from); }

double trunc(double x) {
  if (is_whole(x)) return x;
  double size = __builtin_fabs(x), near = size + whole_from - whole_from;
  return __builtin_copysign(near > size ? near - 1 : near, x);
}

double floor(double x) {
  double whole = trunc(x);
  return whole > x ? whole - 1 : whole;
}

double ceil(double x) {
  double whole = trunc(x);
  return whole < x ? __builtin_copysign(whole + 1, x) : whole;
}

double round(double x) {
  double whole = trunc(x), rest = __builtin_fabs(x - whole);
  return is_whole(x) || rest < 0.5 ? whole : whole + __builtin_copysign(1, x);
}

float truncf(float x) { return (float)trunc(x); }
float floorf(float x) { return (float)floor(x); }
float ceilf(float x) { return (float)ceil(x); }
float roundf(float x) { return (float)round(x); }

int main(int count, char **arguments);

// The number of arguments is the first word on the stack.
void begin(long *stack) { exit(main((int)stack[0], (char **)(stack + 1))); }

__asm__(".globl _start\n_start:\n  .option push\n  .option norelax\n  lla gp, __global_pointer$\n  .option pop\n"
        "  mv a0, sp\n  andi sp, sp, -16\n  call begin\n");
