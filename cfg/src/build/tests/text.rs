//! What small functions become, construct by construct.

use super::dsl::{ADD, Dsl, REM, World, assert_text};
use kiln_air::BinOp;
use kiln_types::{Ownership, TypeId};

#[test]
fn gcd() {
    let mut world = World::new();
    let mut f = Dsl::new(&mut world, "gcd", TypeId::U32);
    let (a, b) = (f.param("a", TypeId::U32), f.param("b", TypeId::U32));
    let (left, zero) = (f.get(b), f.int(TypeId::U32, 0));
    let cond = f.bin(BinOp::Eq, left, zero);
    let then = f.get(a);
    let (first, left, right) = (f.get(b), f.get(a), f.get(b));
    let rest = f.bin(REM, left, right);
    let again = f.call("gcd", TypeId::U32, &[first, rest]);
    let root = f.if_(cond, then, Some(again));
    assert_text(
        &f.text(root),
        "fn gcd(_1: u32, _2: u32) -> u32 {
            debug _1 a, _2 b
        bb0:
            _3: bool = eq _2, 0_u32
            branch _3, bb1, bb2
        bb1:
            _0 = _1
            return
        bb2:
            _4: u32 = rem.checked _1, _2             // panics: division by zero
            _0 = call gcd(_2, _4)
            return
        }",
    );
}
