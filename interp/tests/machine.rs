//! Budgets, back traces, input and output.

mod common;

use common::World;
use kiln_interp::{ArgValue, Env, FunctionTables, Host, Limits, Machine, Mode, Outcome, Trap, TrapKind, Vm};
use kiln_source::Span;
use kiln_types::{FuncId, TypeId};
use std::io;

const SPIN: &str = "
    fn spin() {
    bb0:
        jump bb1
    bb1:
        jump bb1
    }
    fn fib(_1: u32) -> u32 {
    bb0:
        _2: bool = lt _1, 2_u32
        branch _2, bb1, bb2
    bb1:
        _0 = _1
        return
    bb2:
        _3: u32 = sub.checked _1, 1_u32
        _4: u32 = call fib(_3)
        _5: u32 = sub.checked _1, 2_u32
        _6: u32 = call fib(_5)
        _0 = add.checked _4, _6
        return
    }
    fn main() {
    bb0:
        _1: u32 = call fib(15_u32)
        call spin()
        return
    }";

#[test]
fn the_budget_of_steps_ends_loops_and_names_where_it_went() {
    let mut world = World::new(SPIN);
    world.limits.steps = 10_000_000;
    let TrapKind::Steps { limit, hottest } = world.trap("main", &[]) else { panic!() };
    assert_eq!(limit, 10_000_000);
    assert_eq!(hottest[0].0, world.func("spin"));
    assert!(hottest[0].1 > 900, "{hottest:?}");
    assert!(matches!(world.trap("fib", &[60]), TrapKind::Steps { .. }));
}

#[test]
fn steps_are_counted_exactly_and_always_the_same() {
    let mut world = World::new(SPIN);
    let args = world.args("fib", &[20]);
    let steps = |world: &mut World| world.run("fib", &args).map(|machine| machine.statistics().steps);
    let needed = steps(&mut world).unwrap();
    assert_eq!(needed, steps(&mut world).unwrap());
    world.limits.steps = needed + 64;
    assert!(steps(&mut world).is_ok());
    world.limits.steps = needed - 64;
    assert!(steps(&mut world).is_err());
}

#[test]
fn copying_much_costs_steps() {
    let mut world = World::new(
        "fn main(_1: u64) {
             let mut _2: [u8; 1000000]
             let mut _3: [u8; 1000000]
             let mut _4: u64
         bb0:
             _2 = repeat 1_u8
             _4 = 0_u64
             jump bb1
         bb1:
             _5: bool = lt _4, _1
             branch _5, bb2, bb3
         bb2:
             _3 = _2
             _4 = add _4, 1_u64
             jump bb1
         bb3:
             return
         }",
    );
    world.limits.steps = 1_000_000;
    assert!(matches!(world.trap("main", &[1000]), TrapKind::Steps { .. }));
}

#[test]
fn the_budget_of_bytes_is_kept() {
    let text = "fn main(_1: u64) {
                    let mut _2: u64
                bb0:
                    _2 = 0_u64
                    jump bb1
                bb1:
                    _3: bool = lt _2, _1
                    branch _3, bb2, bb3
                bb2:
                    _4: ptr mut u64 = alloc(1000_usize)
                    _2 = add _2, 1_u64
                    jump bb1
                bb3:
                    return
                }
                fn balanced(_1: u64) {
                    let mut _2: u64
                bb0:
                    _2 = 0_u64
                    jump bb1
                bb1:
                    _3: bool = lt _2, _1
                    branch _3, bb2, bb3
                bb2:
                    _4: ptr mut u64 = alloc(1000_usize)
                    _5: () = free(_4, 1000_usize)
                    _2 = add _2, 1_u64
                    jump bb1
                bb3:
                    return
                }
                fn huge(_1: usize) {
                bb0:
                    _2: ptr mut u64 = alloc(_1)
                    return
                }";
    let mut world = World::new(text);
    world.limits.bytes = 1 << 20;
    let TrapKind::Bytes { limit, largest } = world.trap("main", &[1000]) else { panic!() };
    assert_eq!(limit, 1 << 20);
    assert_eq!((largest[0].0.range.start, largest[0].1), (2000, 131 * 8000));
    let args = world.args("balanced", &[100_000]);
    let machine = world.run("balanced", &args).unwrap();
    assert!(machine.statistics().bytes < 30_000, "{:?}", machine.statistics());
    world.limits.bytes = u64::MAX;
    for count in [1 << 40, 1 << 61, i128::from(u64::MAX)] {
        assert!(matches!(world.trap("huge", &[count]), TrapKind::Bytes { .. }));
    }
}

#[test]
fn frames_count_as_bytes() {
    let mut world = World::new(
        "fn deep(_1: u32) -> u32 {
             let mut _2: [u8; 4096]
         bb0:
             _2 = repeat 1_u8
             _3: u32 = add.checked _1, 1_u32
             _0 = call deep(_3)
             return
         }",
    );
    world.limits.bytes = 10 << 20;
    assert!(matches!(world.trap("deep", &[0]), TrapKind::Bytes { .. }));
    world.limits = Limits { depth: 100, ..Limits::default() };
    assert!(matches!(world.trap("deep", &[0]), TrapKind::Depth { limit: 100 }));
}

#[test]
fn a_frame_that_is_too_large_is_refused() {
    let mut world = World::new(
        "fn main() {
             let mut _1: [u64; 1000000000000]
         bb0:
             _1[0_usize] = 1_u64
             return
         }",
    );
    assert!(matches!(world.trap("main", &[]), TrapKind::Bytes { .. }));
}

#[test]
fn a_trace_shows_calls_and_arguments_as_they_came_in() {
    let mut world = World::new(
        "fn inner(_1: i32, borrow _2: u8, inout _3: i32) -> i32 {
         bb0:
             _4: i32 = mul.checked _1, 3_i32
             _3 = 9_i32
             _0 = div.checked _4, 0_i32
             return
         }
         fn outer(_1: i128, _2: type) -> i32 {
             let mut _3: i32
             let mut _4: u8
         bb0:
             _3 = 5_i32
             _4 = 200_u8
             _0 = call inner(-4_i32, &_4, &_3)
             return
         }",
    );
    let wide = world.pool.scalar(TypeId::I128, (-1i128 << 90) as u128);
    let trap = world.run("outer", &[wide, TypeId::U8.as_value()]).map(|_| ()).unwrap_err();
    let Trap { kind: TrapKind::Panic { reason: kiln_cfg::Panic::DivisionByZero, text: None }, span, frames } = *trap
    else {
        panic!("{trap:?}")
    };
    assert_eq!(span.range.start, 2);
    assert_eq!(
        frames.iter().map(|frame| (frame.func, frame.span.range.start)).collect::<Vec<_>>(),
        [(FuncId(0), 2), (FuncId(1), 2)]
    );
    let minus_four = world.pool.scalar(TypeId::I32, -4i128 as u128);
    let two_hundred = world.pool.scalar(TypeId::U8, 200);
    let expected = [ArgValue::Value(minus_four), ArgValue::Value(two_hundred), ArgValue::Opaque(TypeId::I32)];
    assert_eq!(frames[0].args.as_deref(), Some(&expected[..]));
    let expected = [ArgValue::Value(wide), ArgValue::Value(TypeId::U8.as_value())];
    assert_eq!(frames[1].args.as_deref(), Some(&expected[..]));
}

#[test]
fn panics_with_text() {
    let mut world = World::empty("x86_64-unknown-linux-gnu");
    let ty = world.pool.array(TypeId::U8, 5);
    let data = kiln_types::StaticData { ty, bytes: (*b"hello").into(), align: 1, relocs: Box::default() };
    world.statics.add(data);
    world.add("fn main() {\nbb0:\n    panic &s0+1[3] as ptr const str\n}");
    let TrapKind::Panic { text, .. } = world.trap("main", &[]) else { panic!() };
    assert_eq!(text.as_deref(), Some("ell"));
}

#[test]
fn notes_come_at_once_and_there_is_no_other_output_at_comptime() {
    let mut world = World::empty("x86_64-unknown-linux-gnu");
    let ty = world.pool.array(TypeId::U8, 5);
    let data = kiln_types::StaticData { ty, bytes: (*b"hello").into(), align: 1, relocs: Box::default() };
    world.statics.add(data);
    world.add(
        "fn print(_1: u32) {
         bb0:
             _2: () = write(_1, &s0+0 as ptr const u8, 5_usize)
             return
         }
         fn main(_1: u32) {
         bb0:
             call print(3_u32)
             call print(_1)
             return
         }
         extern fn putchar(i32) -> i32
         fn foreign() {
         bb0:
             _1: i32 = call putchar(65_i32)
             return
         }
         fn system() {
         bb0:
             _1: i64 = syscall(60_u64)
             return
         }
         fn quit() {
         bb0:
             _1: ! = exit(3_i32)
             unreachable
         }",
    );
    let args = world.args("main", &[3]);
    world.run("main", &args).unwrap();
    let notes = &world.notes.notes;
    assert_eq!(notes.len(), 2);
    assert_eq!(notes[0].0, b"hello");
    assert_eq!(notes[0].1.iter().map(|span| span.range.start).collect::<Vec<_>>(), [0, 0]);
    assert_eq!(notes[1].1.iter().map(|span| span.range.start).collect::<Vec<_>>(), [0, 1]);
    assert!(matches!(world.trap("main", &[1]), TrapKind::Io));
    assert!(matches!(world.trap("foreign", &[]), TrapKind::Foreign { symbol } if &*symbol == "putchar"));
    assert!(matches!(world.trap("system", &[]), TrapKind::Syscall));
    assert!(matches!(world.trap("quit", &[]), TrapKind::Exit { status: 3 }));
}

/// Streams in memory.
#[derive(Default)]
struct Streams {
    input: Vec<u8>,
    output: Vec<u8>,
    errors: Vec<u8>,
}

impl Host for Streams {
    fn debug(&mut self, text: &[u8], _: &[Span]) -> io::Result<()> {
        self.output.extend_from_slice(text);
        Ok(())
    }

    fn write(&mut self, stream: u32, text: &[u8]) -> io::Result<()> {
        if stream == 2 { &mut self.errors } else { &mut self.output }.extend_from_slice(text);
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.input.len());
        buffer[..count].copy_from_slice(&self.input[..count]);
        self.input.drain(..count);
        Ok(count)
    }
}

/// Runs `main` as a program.
fn run(text: &str, input: &str) -> (Outcome, Streams) {
    let mut world = World::new(text);
    let mut streams = Streams { input: input.into(), ..Streams::default() };
    let mut vm = Vm::new(Mode::Host);
    let functions = FunctionTables { infos: &world.infos, bodies: &world.bodies };
    let main = world.func("main");
    let mut machine = Machine::new(world.layouts.target(), Limits::NONE);
    let mut env = Env {
        pool: &mut world.pool,
        layouts: &mut world.layouts,
        statics: &mut world.statics,
        functions: &functions,
        host: &mut streams,
    };
    machine.start(main, &[]);
    let outcome = machine.resume(&mut vm, &mut env);
    (outcome, streams)
}

#[test]
fn a_program_reads_writes_and_ends() {
    let (outcome, streams) = run(
        "extern fn getchar() -> i32
         extern fn putchar(i32) -> i32
         extern fn puts(ptr const u8) -> i32
         extern fn malloc(usize) -> ptr mut u8
         extern fn free(ptr mut u8)
         extern fn memset(ptr mut u8, i32, usize) -> ptr mut u8
         extern fn exit(i32) -> !
         fn main() {
         bb0:
             jump bb1
         bb1:
             _1: i32 = call getchar()
             _2: bool = lt _1, 0_i32
             branch _2, bb3, bb2
         bb2:
             _3: i32 = add.checked _1, 1_i32
             _4: i32 = call putchar(_3)
             jump bb1
         bb3:
             _5: ptr mut u8 = call malloc(4_usize)
             _6: ptr mut u8 = call memset(_5, 65_i32, 3_usize)
             _7: ptr mut u8 = ptr_offset(_5, 3_isize)
             (*_7) = 0_u8
             _8: i32 = call puts(_5)
             call free(_5)
             _9: ! = call exit(7_i32)
             unreachable
         }",
        "HAL",
    );
    assert!(matches!(outcome, Outcome::Exit(7)), "{outcome:?}");
    assert_eq!(String::from_utf8(streams.output).unwrap(), "IBMAAA\n");
}

#[test]
fn what_a_program_misuses_by_foreign_functions_is_found() {
    let (outcome, _) = run(
        "extern fn malloc(usize) -> ptr mut u8
         extern fn free(ptr mut u8)
         fn main() {
         bb0:
             _1: ptr mut u8 = call malloc(4_usize)
             call free(_1)
             call free(_1)
             return
         }",
        "",
    );
    let Outcome::Trap(trap) = outcome else { panic!("{outcome:?}") };
    let TrapKind::Memory(fault) = trap.kind else { panic!("{trap:?}") };
    assert_eq!(fault.kind, kiln_interp::FaultKind::DoubleFree);
    assert_eq!(fault.allocation.unwrap().freed.unwrap().range.start, 1);
}

#[test]
fn addresses_are_numbers_where_a_program_runs() {
    let (outcome, _) = run(
        "fn main() -> i32 {
             let mut _1: [u32; 8]
         bb0:
             _1 = repeat 5_u32
             _2: ptr mut u32 = address_of _1[1_usize]
             _3: usize = ptr_to_int _2
             _4: usize = add.checked _3, 8_usize
             _5: ptr mut u32 = int_to_ptr _4
             (*_5) = 7_u32
             _6: u32 = use _1[3_usize]
             _7: bool = eq _6, 7_u32
             branch _7, bb1, bb2
         bb1:
             _8: ! = exit(0_i32)
             unreachable
         bb2:
             _9: ! = exit(1_i32)
             unreachable
         }",
        "",
    );
    assert!(matches!(outcome, Outcome::Exit(0)), "{outcome:?}");
}
