//! Inputs that keep the examples busy under valgrind for about a second.

use std::fmt::Write;

/// A large input of an example; nothing for those that read none.
pub fn input(program: &str) -> Option<Vec<u8>> {
    let mut text = String::new();
    match program {
        "word_count" | "byte_counts" => {
            repeat(&mut text, 4000, |text, n| write!(text, "word{} Größe, {}\r\n", mixed(n) % 1000, n));
        }
        "json_pretty" => {
            text.push('[');
            repeat(&mut text, 2000, |text, n| {
                write!(text, "{{\"id\": {n}, \"name\": \"\\u00e9{}\", \"list\": [[], {{}}, null]}},", mixed(n))
            });
            text.push_str("0]");
        }
        "csv_summary" => {
            text.push_str("name,value\n");
            repeat(&mut text, 3000, |text, n| writeln!(text, "\"row, \"\"{n}\"\"\n\",{}.5", mixed(n) % 1000));
        }
        "calculator" => {
            repeat(&mut text, 1000, |text, n| writeln!(text, "name_{} = (3 + {n}) * 2 ^ 3 # {n}", mixed(n) % 100));
        }
        "grep" => {
            text.push_str("a.*b*9$\n");
            repeat(&mut text, 2000, |text, n| writeln!(text, "{:x} {}", mixed(n), mixed(n) % 100));
        }
        "brainfuck" | "brainfuck_compiler" => {
            repeat(&mut text, 2000, |text, n| write!(text, "{}[>+.<-]>[-]<", "+".repeat((n % 7) as usize)));
        }
        "life" => {
            text.push_str("generations 3\n");
            repeat(&mut text, 60, |text, n| {
                let cells = (0..100).map(|x| if mixed(n * 100 + x).is_multiple_of(3) { '#' } else { '.' });
                writeln!(text, "{}", cells.collect::<String>())
            });
        }
        "lru_cache" => {
            text.push_str("50\n");
            repeat(&mut text, 3000, |text, n| match n % 3 {
                0 => writeln!(text, "get {}", mixed(n) % 100),
                _ => writeln!(text, "put {} value{n}", mixed(n) % 100),
            });
        }
        "adventure" => {
            let commands =
                ["go down", "take lamp", "drop key", "go up", "look", "go north", "take key", "go south", "dance"];
            repeat(&mut text, 2000, |text, n| writeln!(text, "{}", commands[n as usize % commands.len()]));
        }
        _ => return None,
    }
    Some(text.into_bytes())
}

fn repeat(text: &mut String, count: u64, write: impl Fn(&mut String, u64) -> std::fmt::Result) {
    for n in 0..count {
        write(text, n).unwrap();
    }
}

/// Numbers without an order.
fn mixed(n: u64) -> u64 {
    n.wrapping_mul(6_364_136_223_846_793_005).rotate_left(23) ^ n
}
