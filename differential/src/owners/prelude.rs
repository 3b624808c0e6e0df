//! What every program with owners begins with.

/// `Log` is where owners say that they are made and dropped: by number, positive and negative. It is reached by a raw pointer, so
/// that destructors reach it. It also decides for the program: the number of the next owner stands for chance.
pub const PRELUDE: &str = r#"
const hash_map = @import("std/hash_map");
const hash_set = @import("std/hash_set");
const deque = @import("std/deque");
const own = @import("std/own");
const mem = @import("std/mem");
const fmt = @import("std/fmt");
const hash = @import("std/hash");
const meta = @import("std/meta");
const TypeKind = meta::TypeKind;
@copy
struct Log { next: i32, live: i32, digest: u64, shown: bool }
fn add(log: ptr mut Log, value: u64) {
    checked {
        let mut l = @ptr_read(log);
        l.digest = (l.digest ^ value).wrapping_mul(1099511628211).rotate_left(7);
        @ptr_write(log, l);
    }
}
fn say(log: ptr mut Log, value: u64) {
    if checked { @ptr_read(log) }.shown { @dbg((value,)); }
    add(log, value);
}
fn count(log: ptr mut Log, id: i32, change: i32) {
    let mut l = checked { @ptr_read(log) };
    if l.shown { @dbg(id); }
    l.live += change;
    checked { @ptr_write(log, l); }
    add(log, @wrap(id));
}
fn next(log: ptr mut Log) -> i32 {
    let mut l = checked { @ptr_read(log) };
    l.next += 1;
    checked { @ptr_write(log, l); }
    l.next
}
fn chance(log: ptr mut Log, k: i32) -> bool { (checked { @ptr_read(log) }.next * 7 + k * 5) % 3 != 0 }
fn below(log: ptr mut Log, len: usize) -> usize {
    let at: usize = @cast(checked { @ptr_read(log) }.next);
    if len == 0 { 0 } else { at % len }
}
fn risky(log: ptr mut Log, k: i32) -> bool {
    let l = checked { @ptr_read(log) };
    l.shown && (l.next * 11 + k * 7) % 13 == 0
}
struct File {
    id: i32,
    log: ptr mut Log,
    drop fn(self) { count(self.log, -self.id, -1); }
    pub fn clone(borrow self) -> Self { open(self.log) }
    pub fn eq(borrow self, borrow other: Self) -> bool { self.id == other.id }
    pub fn hash(borrow self, inout hasher: hash::Hasher) { hasher.add(@wrap(self.id)); }
}
fn open(log: ptr mut Log) -> File {
    let id = next(log);
    count(log, id, 1);
    File { id, log }
}
@handle
struct Shared {
    file: File,
    pub fn handle(borrow self) -> Self { Self { file: open(self.file.log) } }
    pub fn clone(borrow self) -> Self { self.handle() }
}
linear struct Token { file: File, n: i32 }
fn token(log: ptr mut Log) -> Token { Token { file: open(log), n: 5 } }
fn spend(t: Token) { let Token { file, .. } = t; close(file); }
enum List {
    End,
    Item(File, own::Own(List)),
    fn sum(borrow self) -> u64 {
        match self {
            Self::End => 1,
            Self::Item(file, rest) => rest[0].sum().wrapping_mul(31) ^ @wrap(file.id),
        }
    }
    pub fn clone(borrow self) -> Self {
        match self {
            Self::End => Self::End,
            Self::Item(file, rest) => Self::Item(file.clone(), rest.clone()),
        }
    }
}
fn list(log: ptr mut Log, n: i32) -> List {
    if n == 0 { List::End } else { List::Item(open(log), own::Own(List)::new(list(log, n - 1))) }
}
fn tail(l: List) -> List {
    match l {
        List::Item(_, rest) => rest.into(),
        List::End => List::End,
    }
}
fn text_sum(borrow text: str) -> u64 {
    let mut sum: u64 = 7;
    for i in 0..text.len() { sum = sum.wrapping_mul(31) ^ @wrap(text.byte(i)); }
    sum
}
fn shape(comptime T: type) -> u64 {
    let mut sum: u64 = text_sum(@type_name(T));
    comptime if @type_kind(T) == TypeKind::Enum {
        comptime for v in @variants(T) {
            sum = sum.wrapping_mul(31) ^ text_sum(v.name) ^ shape(v.payload) ^ @wrap(v.discriminant);
        }
    } else if @type_kind(T) == TypeKind::Struct || @type_kind(T) == TypeKind::Tuple {
        comptime for f in @fields(T) {
            sum = sum.wrapping_mul(31) ^ text_sum(f.name) ^ text_sum(@type_name(f.ty)) ^ @size_of(f.ty) ^ @wrap(f.offset * 7);
        }
    }
    sum ^ @size_of(T)
}
fn tally(comptime T: type, borrow x: T) -> u64 {
    const KIND = @type_kind(T);
    let mut sum: u64 = text_sum(@type_name(T));
    comptime if KIND == TypeKind::Int {
        sum ^= @wrap(x);
    } else if @has_method(T, "freeze") {
        sum ^= @cast(x.len());
    } else if KIND == TypeKind::Struct || KIND == TypeKind::Tuple {
        comptime for f in @fields(T) { sum = sum.wrapping_mul(31) ^ tally(f.ty, @field(x, f.name)); }
    } else if KIND == TypeKind::Array {
        for e in x { sum = sum.wrapping_mul(31) ^ tally(@elem(T), e); }
    }
    sum
}
fn refresh(comptime T: type, inout to: T, from: T) {
    comptime for f in @fields(T) { @field(to, f.name) = @field(from, f.name); }
}
fn exchange(comptime T: type, inout a: T, inout b: T) {
    comptime for f in @fields(T) { mem::swap(inout @field(a, f.name), inout @field(b, f.name)); }
}
fn size(count: usize) -> usize {
    let mut all = Vec(String)::new();
    for _ in 0..count { all.push(String::from("x").repeat(count)); }
    all.len()
}
const N0: usize = size(0);
const N1: usize = size(1);
const N2: usize = size(2);
const N3: usize = size(3);
fn steps(comptime n: usize, log: ptr mut Log) -> u64 {
    let row = [n; n];
    let mut sum: u64 = 1;
    comptime for i in 0..n {
        let _f = open(log);
        sum = sum.wrapping_mul(31) ^ @wrap(row[i] + i);
    }
    comptime match n { 0 => 7, 1 => sum, _ => sum ^ 5 }
}
fn close(_f: File) {}
fn put(comptime T: type, value: T, inout place: T) { place = value; }
fn beside(comptime T: type, borrow a: T, b: T) -> u64 { tally(T, a) ^ tally(T, b) }
fn give(comptime T: type, value: T) -> T { value }
fn either(comptime T: type, a: T, b: T, first: bool) -> T { if first { a } else { b } }
fn has_some(comptime T: type, borrow value: Option(T)) -> bool {
    match value { Option(T)::Some(_) => true, Option(T)::None => false }
}
"#;
