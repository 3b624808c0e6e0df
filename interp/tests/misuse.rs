//! Every misuse of memory is found, with the place of the access and the places of the allocation.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod common;

use common::World;
use kiln_interp::{AllocationSort, FaultKind, MemoryFault, Trap, TrapKind};
use kiln_types::{StaticData, TypeId};

/// Runs `main` of a body that fails; the fault, and the instruction (see `common`) that it is at.
fn fault(text: &str) -> (MemoryFault, u32) {
    fault_on(text, "x86_64-unknown-linux-gnu")
}

fn fault_on(text: &str, target: &str) -> (MemoryFault, u32) {
    let mut world = World::empty(target);
    world.add(text);
    match world.run("main", &[]) {
        Err(trap) => match *trap {
            Trap { kind: TrapKind::Memory(fault), span, .. } => (*fault, span.range.start),
            other => panic!("{other:?}"),
        },
        Ok(_) => panic!("it does not fail"),
    }
}

/// Where the allocation of a fault was made and freed.
fn places(fault: &MemoryFault) -> (Option<u32>, Option<u32>) {
    let allocation = fault.allocation.expect("the allocation is known");
    (allocation.made.map(|span| span.range.start), allocation.freed.map(|span| span.range.start))
}

#[test]
fn out_of_bounds() {
    for (index, access) in [(4, "_3: i32 = use (*_2)"), (4, "(*_2) = 1_i32")] {
        let (fault, at) = fault(&format!(
            "fn main() {{
             bb0:
                 _1: ptr mut i32 = alloc({index}_usize)
                 _2: ptr mut i32 = ptr_offset(_1, {index}_isize)
                 {access}
                 return
             }}"
        ));
        assert_eq!((fault.kind, fault.offset, fault.size, at), (FaultKind::OutOfBounds, 16, 4, 2));
        assert_eq!(places(&fault), (Some(0), None));
        assert_eq!(fault.allocation.unwrap().sort, AllocationSort::Heap);
    }
}

#[test]
fn a_pointer_leaves_its_allocation() {
    for offset in ["-1", "5", "9223372036854775807"] {
        let (fault, at) = fault(&format!(
            "fn main() {{
             bb0:
                 _1: ptr mut i32 = alloc(4_usize)
                 _2: ptr mut i32 = ptr_offset(_1, {offset}_isize)
                 return
             }}"
        ));
        assert_eq!((fault.kind, at), (FaultKind::OutOfBounds, 1));
    }
}

#[test]
fn one_allocation_does_not_reach_into_another() {
    let (fault, _) = fault(
        "fn main() {
             let mut _1: [u8; 16]
             let mut _2: [u8; 16]
         bb0:
             _1 = repeat 1_u8
             _2 = repeat 2_u8
             _3: ptr mut [u8; 16] = address_of _1
             _4: ptr mut [u8; 16] = address_of _2
             _5: ptr mut u8 = bit_cast _3
             _6: ptr mut u8 = ptr_offset(_5, 16_isize)
             _7: u8 = use (*_6)
             return
         }",
    );
    assert_eq!((fault.kind, fault.offset), (FaultKind::OutOfBounds, 16));
    assert!(matches!(fault.allocation.unwrap().sort, AllocationSort::Local(_, local) if local.0 == 1));
    assert_eq!(places(&fault), (Some(1_000_001), None));
}

#[test]
fn use_after_free() {
    let (fault, at) = fault(
        "fn main() {
         bb0:
             _1: ptr mut i32 = alloc(4_usize)
             (*_1) = 1_i32
             _2: () = free(_1, 4_usize)
             _3: ptr mut i32 = alloc(4_usize)
             _4: i32 = use (*_1)
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::UseAfterFree, 4));
    assert_eq!(places(&fault), (Some(0), Some(2)));
}

#[test]
fn use_after_free_is_still_explained_after_a_million_allocations() {
    let (fault, at) = fault(
        "fn main() {
             let mut _3: u32
         bb0:
             _1: ptr mut i32 = alloc(4_usize)
             _2: () = free(_1, 4_usize)
             _3 = 0_u32
             jump bb1
         bb1:
             _4: ptr mut i32 = alloc(4_usize)
             _5: () = free(_4, 4_usize)
             _3 = add _3, 1_u32
             _6: bool = lt _3, 1000_u32
             branch _6, bb1, bb2
         bb2:
             _7: i32 = use (*_1)
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::UseAfterFree, 2000));
    assert_eq!(places(&fault), (Some(0), Some(1)));
}

#[test]
fn freed_twice() {
    let (fault, at) = fault(
        "fn main() {
         bb0:
             _1: ptr mut i32 = alloc(4_usize)
             _2: () = free(_1, 4_usize)
             _3: () = free(_1, 4_usize)
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::DoubleFree, 2));
    assert_eq!(places(&fault), (Some(0), Some(1)));
}

#[test]
fn realloc_frees() {
    let (fault, at) = fault(
        "fn main() {
         bb0:
             _1: ptr mut i32 = alloc(4_usize)
             _2: ptr mut i32 = realloc(_1, 4_usize, 8_usize)
             _3: i32 = use (*_1)
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::UseAfterFree, 2));
    assert_eq!(places(&fault), (Some(0), Some(1)));
}

#[test]
fn freed_otherwise_than_allocated() {
    for (pointer, count, kind) in [
        ("_1", 3, FaultKind::FreeMismatch),
        ("_2", 4, FaultKind::FreeMismatch),
        ("_4", 1, FaultKind::FreeOfOther),
        ("0x0 as ptr mut i32", 1, FaultKind::Null),
        ("0x40 as ptr mut i32", 1, FaultKind::NoAllocation),
        ("0x7fff00000000 as ptr mut i32", 1, FaultKind::NoAllocation),
    ] {
        let (fault, at) = fault(&format!(
            "fn main() {{
                 let mut _3: i32
             bb0:
                 _1: ptr mut i32 = alloc(4_usize)
                 _2: ptr mut i32 = ptr_offset(_1, 1_isize)
                 _3 = 1_i32
                 _4: ptr mut i32 = address_of _3
                 _5: () = free({pointer}, {count}_usize)
                 return
             }}"
        ));
        assert_eq!((fault.kind, at), (kind, 4), "{pointer}");
    }
}

#[test]
fn a_frame_is_gone() {
    let (fault, at) = fault(
        "fn escape() -> ptr mut i32 {
             let mut _1: i32
         bb0:
             _1 = 1_i32
             _0 = address_of _1
             return
         }
         fn main() {
         bb0:
             _1: ptr mut i32 = call escape()
             _2: i32 = use (*_1)
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::Dangling, 1));
    assert!(
        matches!(fault.allocation.unwrap().sort, AllocationSort::Local(func, local) if func.0 == 0 && local.0 == 1)
    );
    assert_eq!(places(&fault), (Some(1_000_001), None));
}

#[test]
fn a_scope_is_gone() {
    let (fault, at) = fault(
        "fn main() {
             let mut _1: i32
         bb0:
             storage_live _1
             _1 = 1_i32
             _2: ptr mut i32 = address_of _1
             storage_dead _1
             _3: i32 = use (*_2)
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::Dangling, 4));
}

#[test]
fn the_next_turn_of_a_loop_has_another_local() {
    let (fault, at) = fault(
        "fn main() {
             let mut _1: i32
             let mut _2: ptr mut i32
         bb0:
             _2 = 0x0 as ptr mut i32
             jump bb1
         bb1:
             storage_live _1
             _1 = 1_i32
             _3: bool = eq _2, 0x0 as ptr mut i32
             branch _3, bb2, bb3
         bb2:
             _2 = address_of _1
             storage_dead _1
             jump bb1
         bb3:
             _4: i32 = use (*_2)
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::Dangling, 3000));
}

#[test]
fn uninitialised() {
    let (fault, at) = fault(
        "fn main() {
         bb0:
             _1: ptr mut (u8, u32) = alloc(2_usize)
             (*_1).0 = 1_u8
             _2: u32 = use (*_1).1
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::Uninitialised, 2));
    assert_eq!(places(&fault), (Some(0), None));
}

#[test]
fn padding_is_uninitialised_and_stays_so_in_copies() {
    let (fault, at) = fault(
        "fn main() {
             let mut _1: (u8, u32)
             let mut _2: (u8, u32)
         bb0:
             _1.0 = 1_u8
             _1.1 = 2_u32
             _2 = _1
             _3: ptr mut (u8, u32) = address_of _2
             _4: ptr mut u8 = bit_cast _3
             _5: ptr mut u8 = ptr_offset(_4, 1_isize)
             _6: u8 = use (*_5)
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::Uninitialised, 6));
}

#[test]
fn memory_of_an_earlier_frame_is_uninitialised() {
    let (fault, _) = fault(
        "fn fill() {
             let mut _1: [u64; 4]
         bb0:
             _1 = repeat 7_u64
             _2: ptr mut [u64; 4] = address_of _1
             return
         }
         fn look() -> u64 {
             let mut _1: [u64; 4]
         bb0:
             _2: ptr mut [u64; 4] = address_of _1
             _0 = use (*_2)[1_usize]
             return
         }
         fn main() {
         bb0:
             call fill()
             _1: u64 = call look()
             return
         }",
    );
    assert_eq!(fault.kind, FaultKind::Uninitialised);
}

#[test]
fn misaligned() {
    for (ty, offset) in [("u16", 1), ("u32", 2), ("u64", 4)] {
        let (fault, at) = fault(&format!(
            "fn main() {{
             bb0:
                 _1: ptr mut u8 = alloc(64_usize)
                 _2: ptr mut u8 = ptr_offset(_1, {offset}_isize)
                 _3: ptr mut {ty} = bit_cast _2
                 (*_3) = 1_{ty}
                 return
             }}"
        ));
        assert_eq!((fault.kind, at), (FaultKind::Misaligned, 3));
    }
}

#[test]
fn a_local_of_bytes_is_not_aligned_for_more() {
    let (fault, _) = fault(
        "fn main() {
             let mut _1: [u8; 16]
         bb0:
             _1 = repeat 0_u8
             _2: ptr mut [u8; 16] = address_of _1
             _3: ptr mut u32 = bit_cast _2
             _4: u32 = use (*_3)
             return
         }",
    );
    assert_eq!(fault.kind, FaultKind::Misaligned);
}

#[test]
fn alignment_is_that_of_the_target() {
    let text = "fn main() {
                bb0:
                    _1: ptr mut u8 = alloc(64_usize)
                    _2: ptr mut u8 = ptr_offset(_1, 4_isize)
                    _3: ptr mut u64 = bit_cast _2
                    (*_3) = 1_u64
                    return
                }";
    assert_eq!(fault_on(text, "armv7-unknown-linux-gnueabihf").0.kind, FaultKind::Misaligned);
    let mut world = World::empty("i686-unknown-linux-gnu");
    world.add(text);
    assert!(world.run("main", &[]).is_ok());
}

#[test]
fn pointers_are_no_numbers() {
    let text = |read: &str| {
        format!(
            "fn main() {{
                 let mut _1: ptr const i32
             bb0:
                 _2: ptr mut i32 = alloc(1_usize)
                 _1 = _2
                 _3: ptr const ptr const i32 = address_of _1
                 _4: ptr const {read} = bit_cast _3
                 _5: {read} = use (*_4)
                 return
             }}"
        )
    };
    for read in ["u8", "u32"] {
        for target in ["x86_64-unknown-linux-gnu", "i686-unknown-linux-gnu"] {
            assert_eq!(fault_on(&text(read), target).0.kind, FaultKind::PointerAsNumber, "{read} {target}");
        }
    }
}

#[test]
fn numbers_are_no_pointers() {
    let (fault, at) = fault(
        "fn main() {
             let mut _1: usize
         bb0:
             _2: ptr mut i32 = alloc(1_usize)
             _1 = 68719476736_usize
             _3: ptr mut usize = address_of _1
             _4: ptr mut ptr mut i32 = bit_cast _3
             _5: ptr mut i32 = use (*_4)
             _6: i32 = use (*_5)
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::NoAllocation, 5));
    assert_eq!(fault.offset, 68_719_476_736);
}

#[test]
fn half_a_pointer_is_no_pointer() {
    let (fault, _) = fault(
        "fn main() {
             let mut _1: ptr mut i32
         bb0:
             _2: ptr mut i32 = alloc(1_usize)
             _1 = _2
             _3: ptr mut ptr mut i32 = address_of _1
             _4: ptr mut u8 = bit_cast _3
             (*_4) = 0_u8
             _5: ptr mut i32 = use (*_3)
             return
         }",
    );
    assert_eq!(fault.kind, FaultKind::NumberAsPointer);
}

#[test]
fn addresses_are_unknown_at_comptime() {
    let (fault, at) = fault(
        "fn main() {
         bb0:
             _1: ptr mut i32 = alloc(1_usize)
             _2: usize = ptr_to_int _1
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::AddressAtComptime, 1));
    let mut world = World::new(
        "fn main(_1: usize) -> usize {
         bb0:
             _2: ptr mut i32 = int_to_ptr _1
             _0 = ptr_to_int _2
             return
         }",
    );
    for address in [0, 4096, 0x7fff_1234_5678_9abc] {
        assert_eq!(world.int("main", &[address]), address);
    }
}

#[test]
fn null() {
    let (fault, at) = fault(
        "fn main() {
         bb0:
             _1: ptr mut i32 = 0x0 as ptr mut i32
             (*_1) = 1_i32
             return
         }",
    );
    assert_eq!((fault.kind, at), (FaultKind::Null, 1));
}

#[test]
fn constants_are_not_written() {
    let mut world = World::empty("x86_64-unknown-linux-gnu");
    let ty = world.pool.array(TypeId::I32, 2);
    world.statics.add(StaticData { ty, bytes: [0; 8].into(), align: 4, relocs: Box::default() });
    world.add(
        "fn set(inout _1: [i32; 2]) {
         bb0:
             _1[0_usize] = 5_i32
             return
         }
         fn main() {
             let mut _1: ptr mut [i32; 2]
         bb0:
             _1 = &s0+0 as ptr mut [i32; 2]
             call set(&(*_1))
             return
         }",
    );
    let trap = world.run("main", &[]).map(|_| ()).unwrap_err();
    let TrapKind::Memory(fault) = trap.kind else { panic!("{trap:?}") };
    assert_eq!(trap.frames.len(), 2);
    assert_eq!(fault.kind, FaultKind::WriteToConstant);
    assert_eq!(fault.allocation.unwrap().sort, AllocationSort::Constant);
}

#[test]
fn functions_are_no_data() {
    let (fault, _) = fault(
        "fn main() {
         bb0:
             _1: fn() = fn main as fn()
             _2: ptr const i32 = bit_cast _1
             _3: i32 = use (*_2)
             return
         }",
    );
    assert_eq!(fault.kind, FaultKind::FunctionAsData);
}

#[test]
fn data_is_no_function() {
    for (pointer, kind) in [("_1", FaultKind::DataAsFunction), ("0x0 as ptr mut i32", FaultKind::Null)] {
        let (fault, at) = fault(&format!(
            "fn main() {{
             bb0:
                 _1: ptr mut i32 = alloc(1_usize)
                 _2: fn() = bit_cast {pointer}
                 call_ptr _2()
                 return
             }}"
        ));
        assert_eq!((fault.kind, at), (kind, 2));
    }
}

#[test]
fn values_that_do_not_exist() {
    for (ty, value) in [("bool", "2_u8"), ("bool", "255_u8")] {
        let (fault, _) = fault(&format!(
            "fn main() {{
                 let mut _1: u8
             bb0:
                 _1 = {value}
                 _2: ptr mut u8 = address_of _1
                 _3: ptr mut {ty} = bit_cast _2
                 _4: {ty} = use (*_3)
                 return
             }}"
        ));
        assert_eq!(fault.kind, FaultKind::InvalidValue);
    }
    let (fault, _) = fault(
        "fn main() {
             let mut _1: u32
         bb0:
             _1 = 55296_u32
             _2: ptr mut u32 = address_of _1
             _3: ptr mut char = bit_cast _2
             _4: char = use (*_3)
             return
         }",
    );
    assert_eq!(fault.kind, FaultKind::InvalidValue);
}

#[test]
fn the_order_of_unrelated_pointers() {
    for (op, a, b, is_fault) in [
        ("lt", "_1", "_2", true),
        ("eq", "_1", "_2", false),
        ("eq", "_3", "_2", true),
        ("eq", "_2", "_3", true),
        ("lt", "_1", "_3", false),
        ("eq", "_1", "0x0 as ptr mut i32", false),
    ] {
        let mut world = World::new(&format!(
            "fn main() -> bool {{
             bb0:
                 _1: ptr mut i32 = alloc(2_usize)
                 _2: ptr mut i32 = alloc(2_usize)
                 _3: ptr mut i32 = ptr_offset(_1, 2_isize)
                 _0 = {op} {a}, {b}
                 return
             }}"
        ));
        let result = world.run("main", &[]);
        match result {
            Err(trap) if is_fault => assert!(
                matches!(trap.kind, TrapKind::Memory(fault) if fault.kind == FaultKind::UnrelatedPointers),
                "{op} {a} {b}"
            ),
            Ok(_) if !is_fault => {}
            other => panic!("{op} {a} {b}: {:?}", other.map(|_| ())),
        }
    }
}

#[test]
fn an_allocation_of_nothing() {
    let mut world = World::new(
        "fn main() -> bool {
         bb0:
             _1: ptr mut u64 = alloc(0_usize)
             _2: ptr mut u64 = ptr_offset(_1, 0_isize)
             _3: () = copy_memory(_1, _2, 0_usize)
             _4: ptr mut u64 = realloc(_1, 0_usize, 2_usize)
             (*_4) = 1_u64
             _5: ptr mut u64 = realloc(_4, 2_usize, 0_usize)
             _6: () = free(_5, 0_usize)
             _0 = eq _1, 0x0 as ptr mut u64
             return
         }",
    );
    assert_eq!(world.int("main", &[]), 0);
}
