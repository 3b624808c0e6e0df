//! What is asked of the backend, and what it gives back.

use crate::Bitcode;
use kiln_codegen::DebugInfo;

/// How much work goes into the speed or size of the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, PartialOrd, Ord, Hash)]
pub enum OptLevel {
    /// No passes at all; the fastest way to an object.
    #[default]
    O0,
    /// Little work.
    O1,
    /// The usual for programs that are shipped.
    O2,
    /// As much as LLVM has to offer.
    O3,
    /// As O2, but code that grows is avoided.
    Os,
    /// As small as possible.
    Oz,
}

impl OptLevel {
    /// Whether passes run.
    pub fn optimises(self) -> bool {
        self != OptLevel::O0
    }

    /// The name of LLVM's pipeline.
    pub(crate) fn pipeline(self) -> &'static str {
        match self {
            OptLevel::O0 => "default<O0>",
            OptLevel::O1 => "default<O1>",
            OptLevel::O2 => "default<O2>",
            OptLevel::O3 => "default<O3>",
            OptLevel::Os => "default<Os>",
            OptLevel::Oz => "default<Oz>",
        }
    }
}

/// Which outputs are wanted. Each one that is costs its time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// Textual IR as it was built, with the names of the CFG.
    pub ir: bool,
    /// Textual IR after the passes of the level.
    pub optimised_ir: bool,
    /// Bitcode after the passes.
    pub bitcode: bool,
    /// The target's assembly.
    pub assembly: bool,
    /// The object file, or several.
    pub object: bool,
}

/// How a program is compiled. The target is that of the layouts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Name of the module in IR and of the source in objects; no path.
    pub module_name: Box<str>,
    /// Optimisation.
    pub level: OptLevel,
    /// The processor as LLVM calls it; empty for the target's usual one.
    pub cpu: Box<str>,
    /// Features such as `+avx2,-sse4a`, added to the target's usual ones.
    pub features: Box<str>,
    /// Passes that run instead of those of the level, as LLVM's `opt` takes them; none if empty.
    pub passes: Option<Box<str>>,
    /// Whether the module is verified before and after the passes; a debug build of the compiler always does it.
    pub verify: bool,
    /// Whether exclusivity was checked for all code: then no two `inout` and `borrow` places of a call overlap, and LLVM is told so.
    pub exclusive: bool,
    /// Into how many objects the program may be split, each optimised and made by a thread of its own. It is split only if objects are
    /// all that is wanted, and into as many parts as its size is worth, whatever the machine. What is in different parts is not inlined.
    pub units: usize,
    /// Modules that are joined with the program before its passes. It is not split then.
    pub joined: Vec<Bitcode>,
    /// Whether what is exported is for the objects of the same program only.
    pub hidden: bool,
    /// What a debugger is told.
    pub debug: DebugInfo,
    /// Whether tables say how to leave each function: for debuggers, and for programs that look at their own calls.
    pub unwind_tables: bool,
    /// What is wanted.
    pub wanted: Wanted,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            module_name: "program".into(),
            level: OptLevel::O0,
            cpu: "".into(),
            features: "".into(),
            passes: None,
            verify: cfg!(debug_assertions),
            exclusive: false,
            units: 1,
            joined: Vec::new(),
            hidden: false,
            debug: DebugInfo::default(),
            unwind_tables: false,
            wanted: Wanted { object: true, ..Wanted::default() },
        }
    }
}

/// What was wanted, and nothing else.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Artifacts {
    /// See [`Wanted::ir`].
    pub ir: Option<String>,
    /// See [`Wanted::optimised_ir`].
    pub optimised_ir: Option<String>,
    /// See [`Wanted::bitcode`].
    pub bitcode: Option<Vec<u8>>,
    /// See [`Wanted::assembly`].
    pub assembly: Option<Vec<u8>>,
    /// See [`Wanted::object`]: objects to be linked together. One, unless [`Options::units`] allows more.
    pub objects: Vec<Vec<u8>>,
}
