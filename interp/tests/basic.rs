//! Control flow, calls, aggregates, memory: programs that run to their end.

mod common;

use common::World;

#[test]
fn recursion() {
    let mut world = World::new(
        "fn fib(_1: u32, inout _2: u64) -> u32 {
         bb0:
             _3: u64 = add.checked _2, 1_u64
             _2 = _3
             _4: bool = lt _1, 2_u32
             branch _4, bb1, bb2
         bb1:
             _0 = _1
             return
         bb2:
             _5: u32 = sub.checked _1, 1_u32
             _6: u32 = call fib(_5, &_2)
             _7: u32 = sub.checked _1, 2_u32
             _8: u32 = call fib(_7, &_2)
             _0 = add.checked _6, _8
             return
         }
         fn main(_1: u32) -> u64 {
         bb0:
             let mut _2: u64 = 0_u64
             _3: u32 = call fib(_1, &_2)
             _0 = _2
             return
         }",
    );
    assert_eq!(world.int("main", &[10]), 177);
}
