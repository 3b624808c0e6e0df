//! The interpreter as a backend: it makes nothing, and executes the program as it was checked.

use super::{Backend, Capabilities, Executed, Execution, Made, Unit, Wanted};
use crate::{Started, Streams, interpret_called};
use kiln_source::Diagnostic;
use kiln_types::Target;
use std::io::{self, Write};

/// The interpreter.
pub struct Interpreter;

impl Backend for Interpreter {
    fn name(&self) -> &'static str {
        "the interpreter"
    }

    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { stages: &[], links: false, executes: true, optimises: false }
    }

    fn targets(&self) -> Vec<&'static str> {
        Target::known().collect()
    }

    fn compile(&self, _: Unit<'_>, _: &Wanted) -> Result<Made, Box<Diagnostic>> {
        Ok(Made::default())
    }

    fn execute(&self, execution: Execution<'_>) -> Result<Executed, Box<Diagnostic>> {
        let streams = Streams { out: io::stdout().lock(), errors: io::stderr(), input: io::stdin().lock() };
        let name = execution.options.inputs.first().map(|input| input.clone().into_os_string()).unwrap_or_default();
        let mut host = Started::new(streams, name, execution.args);
        let called = interpret_called(execution.checked, &mut host);
        // Where standard output is closed, nobody can be told.
        let _ = host.host.out.flush();
        Ok(Executed::Interpreted(Box::new(called)))
    }
}
