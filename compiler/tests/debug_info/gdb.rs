//! A session of gdb: it stops at lines, shows values, steps into an instance of a generic, and finds the way back.

use super::{backends, build, find};
use crate::common::Place;
use std::process::Command;

const PROGRAM: &str = include_str!("session.kiln");

/// The number of the line with this text.
fn line(text: &str) -> usize {
    PROGRAM.lines().position(|line| line.contains(text)).unwrap() + 1
}

/// What gdb prints, with addresses taken out; `None` where it is missing or may not look into processes.
fn session(place: &Place, commands: &[String]) -> Option<String> {
    let Some(gdb) = find(&["gdb"]) else {
        println!("skipped: there is no gdb");
        return None;
    };
    let mut command = Command::new(gdb);
    command.args(["-q", "-batch", "-nx", "-ex", "set pagination off", "-ex", "set width 0"]);
    commands.iter().for_each(|line| _ = command.args(["-ex", line]));
    let done = command.arg("./main").current_dir(place.path("")).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    if said.contains("ptrace") || said.contains("Could not trace") {
        println!("skipped: gdb may not look into processes here");
        return None;
    }
    Some(without_addresses(&String::from_utf8_lossy(&done.stdout)))
}

fn without_addresses(text: &str) -> String {
    let mut pieces = text.split("0x");
    let mut plain = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        plain.push_str("0x");
        plain.push_str(piece.trim_start_matches(|digit: char| digit.is_ascii_hexdigit()));
    }
    plain
}

/// All of these lines are printed, in this order.
#[track_caller]
fn prints(way: &[&str], text: &str, wanted: &[&str]) {
    let mut rest = text;
    for line in wanted {
        let Some(at) = rest.find(line) else { panic!("{way:?}: `{line}` is not in this place:\n{text}") };
        rest = &rest[at + line.len()..];
    }
}

fn commands(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn values_are_shown_as_they_are_written() {
    for way in backends() {
        let place = Place::with_main(PROGRAM);
        build(&place, way, &[]);
        let mut script = vec![format!("break main.kiln:{}", line("let best")), "run".to_owned()];
        let shown = [
            "point", "circle", "rect", "empty", "color", "pair", "ratio", "numbers", "maybe", "*pointer", "point.y",
            "name",
        ];
        script.extend(shown.iter().map(|name| format!("print {name}")));
        let Some(text) = session(&place, &script) else { return };
        let wanted = [
            "Point {x: 1, y: 2}",
            "Shape::Circle(5)",
            "Shape::Rect{w: 3, h: 4}",
            "Shape::Empty",
            "Color::Green",
            "(7, 107 'k')",
            " = 2.5",
            "[1, 2, 3]",
            "Option(Point)::Some(Point {x: 1, y: 2})",
            " = 2\n",
            " = 2\n",
            "length: 4",
        ];
        prints(way, &text, &wanted);
    }
}

#[test]
fn it_steps_into_instances_and_back() {
    for way in backends() {
        let place = Place::with_main(PROGRAM);
        build(&place, way, &[]);
        let stop = format!("break main.kiln:{}", line("let best"));
        let script = [
            &commands(&["break larger"])[..],
            &[stop],
            &commands(&["run", "step", "info args", "next", "print result", "finish"]),
        ];
        let Some(text) = session(&place, &script.concat()) else { return };
        let wanted = [
            "main () at main.kiln:",
            "larger(i64) (a=3, b=4) at main.kiln:",
            "a = 3",
            "b = 4",
            " = 4\n",
            "main () at main.kiln:",
            "Value returned is",
        ];
        prints(way, &text, &wanted);
    }
}

#[test]
fn views_scopes_and_callers_are_found() {
    for way in backends() {
        let place = Place::with_main(PROGRAM);
        build(&place, way, &[]);
        let script = [
            format!("break main.kiln:{}", line("@dbg(label)")),
            format!("break main.kiln:{}", line("@dbg(total);")),
            "run".to_owned(),
            "info args".to_owned(),
            "print total".to_owned(),
            "backtrace".to_owned(),
            "continue".to_owned(),
            "info locals".to_owned(),
        ];
        let Some(text) = session(&place, &script) else { return };
        let caller = format!("#1  0x in main () at main.kiln:{}", line("let total = sum"));
        let wanted = [
            "numbers = &[i32] [1, 2, 3]",
            "label = \"the sum\"",
            "shape = Shape::Circle(5)",
            " = 6\n",
            "#0  sum (",
            &caller,
            "total = 10",
            "total = 6",
        ];
        prints(way, &text, &wanted);
    }
}
