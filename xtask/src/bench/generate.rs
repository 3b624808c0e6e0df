//! Programs of any size, of small functions with the usual mix of statements, in Kiln and the same in C.
//!
//! A program consists of groups: a struct with methods, an enum, and functions over both, which call each other. `main`
//! reaches all of them, through functions that each call a hundred groups.

use std::fmt::Write;

/// Groups that one function calls.
const CHUNK: usize = 100;

/// A language to generate.
struct Language {
    /// One group; `@N` is its number, `@C` a small number that differs from group to group.
    group: &'static str,
    /// The head of a function that calls groups; `@N` is its number.
    chunk: &'static str,
    chunk_end: &'static str,
    call: &'static str,
    main: &'static str,
    main_call: &'static str,
    main_end: &'static str,
    head: &'static str,
}

const KILN: Language = Language {
    head: "fn abs(n: i32) -> i32 { if n < 0 { -n } else { n } }\n\n",
    group: "\
/// A place on a grid.
struct Point@N {
    x: i32,
    y: i32,

    fn norm(borrow self) -> i32 {
        abs(self.x) + abs(self.y)
    }

    fn shift(inout self, dx: i32, dy: i32) {
        self.x += dx;
        self.y += dy;
    }
}

/// What can be drawn.
enum Shape@N {
    Empty,
    Circle(i32),
    Rect { w: i32, h: i32 },
}

fn area@N(shape: Shape@N) -> i32 {
    match shape {
        Shape@N::Empty => 0,
        Shape@N::Circle(r) => 3 * r * r,
        Shape@N::Rect { w, h } => w * h,
    }
}

fn sum@N(n: i32) -> i32 {
    let mut total = 0;
    let mut i = 0;
    while i < n {
        if i % @C == 0 {
            total += i;
        } else {
            total -= 1;
        }
        i += 1;
    }
    total
}

fn largest@N(seed: i32) -> i32 {
    let values: [i32; 4] = [seed, seed + 1, seed + @C, 7];
    let mut best = values[0];
    for i in 1..4 {
        if values[i] > best && values[i] != 13 {
            best = values[i];
        }
    }
    best
}

fn run@N(seed: i32) -> i32 {
    let mut p = Point@N { x: seed, y: @C };
    p.shift(1, -2);
    let shape = if seed % 3 == 0 { Shape@N::Circle(seed % 10) } else { Shape@N::Rect { w: seed % 7, h: @C } };
    (area@N(shape) + sum@N(10) + largest@N(seed) + p.norm()) % 1000
}

",
    chunk: "fn chunk@N(seed: i32) -> i32 {\n    let mut total = seed;\n",
    call: "    total = run@N(total);\n",
    chunk_end: "    total\n}\n\n",
    main: "fn main() {\n    let mut total = 1;\n",
    main_call: "    total = chunk@N(total);\n",
    main_end: "    @dbg(total);\n}\n",
};

const C: Language = Language {
    head: "#include <stdint.h>\n#include <stdio.h>\n\nstatic int32_t abs_(int32_t n) { return n < 0 ? -n : n; }\n\n",
    group: "\
/* A place on a grid. */
struct Point@N {
    int32_t x;
    int32_t y;
};

static int32_t norm@N(const struct Point@N *self) {
    return abs_(self->x) + abs_(self->y);
}

static void shift@N(struct Point@N *self, int32_t dx, int32_t dy) {
    self->x += dx;
    self->y += dy;
}

/* What can be drawn. */
struct Shape@N {
    enum { Empty@N, Circle@N, Rect@N } tag;
    union {
        int32_t circle;
        struct { int32_t w, h; } rect;
    } as;
};

static int32_t area@N(struct Shape@N shape) {
    switch (shape.tag) {
    case Empty@N: return 0;
    case Circle@N: return 3 * shape.as.circle * shape.as.circle;
    case Rect@N: return shape.as.rect.w * shape.as.rect.h;
    }
    return 0;
}

static int32_t sum@N(int32_t n) {
    int32_t total = 0;
    int32_t i = 0;
    while (i < n) {
        if (i % @C == 0) {
            total += i;
        } else {
            total -= 1;
        }
        i += 1;
    }
    return total;
}

static int32_t largest@N(int32_t seed) {
    int32_t values[4] = {seed, seed + 1, seed + @C, 7};
    int32_t best = values[0];
    for (uint64_t i = 1; i < 4; i++) {
        if (values[i] > best && values[i] != 13) {
            best = values[i];
        }
    }
    return best;
}

static int32_t run@N(int32_t seed) {
    struct Point@N p = {seed, @C};
    shift@N(&p, 1, -2);
    struct Shape@N shape;
    if (seed % 3 == 0) { shape.tag = Circle@N; shape.as.circle = seed % 10; } else { shape.tag = Rect@N; shape.as.rect.w = seed % 7; shape.as.rect.h = @C; }
    return (area@N(shape) + sum@N(10) + largest@N(seed) + norm@N(&p)) % 1000;
}

",
    chunk: "static int32_t chunk@N(int32_t seed) {\n    int32_t total = seed;\n",
    call: "    total = run@N(total);\n",
    chunk_end: "    return total;\n}\n\n",
    main: "int main(void) {\n    int32_t total = 1;\n",
    main_call: "    total = chunk@N(total);\n",
    main_end: "    printf(\"%d\\n\", total);\n    return 0;\n}\n",
};

/// A Kiln program of about so many lines.
pub fn kiln(lines: usize) -> String {
    program(&KILN, groups(lines))
}

/// The C program that does what the Kiln program of so many lines does.
pub fn c(lines: usize) -> String {
    program(&C, groups(lines))
}

/// How many groups make so many lines of Kiln.
fn groups(lines: usize) -> usize {
    lines / (KILN.group.lines().count() + 1)
}

fn program(language: &Language, groups: usize) -> String {
    let mut text = String::from(language.head);
    for number in 0..groups {
        let small = 3 + number % 17;
        text.push_str(&language.group.replace("@N", &number.to_string()).replace("@C", &small.to_string()));
    }
    let numbered = |template: &str, number: usize| template.replace("@N", &number.to_string());
    let chunks = groups.div_ceil(CHUNK);
    for chunk in 0..chunks {
        text.push_str(&numbered(language.chunk, chunk));
        for number in chunk * CHUNK..groups.min((chunk + 1) * CHUNK) {
            text.push_str(&numbered(language.call, number));
        }
        text.push_str(language.chunk_end);
    }
    text.push_str(language.main);
    for chunk in 0..chunks {
        let _ = write!(text, "{}", numbered(language.main_call, chunk));
    }
    text.push_str(language.main_end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_have_the_size_that_was_asked_for() {
        for lines in [25_000, 100_000] {
            let found = kiln(lines).lines().count();
            assert!(found.abs_diff(lines) < lines / 50, "{found} lines instead of {lines}");
        }
        assert!(!kiln(1000).contains('@') || kiln(1000).matches('@').count() == 1, "only `@dbg` is left");
    }
}
