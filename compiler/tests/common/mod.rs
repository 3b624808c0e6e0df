//! Runs the `kiln` program in a folder of its own.

#![allow(dead_code, reason = "each program of tests uses a part of it")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A run that takes so long hangs. It is no measurement: the slowest takes a small part of this.
pub const HANGS: Duration = Duration::from_secs(60);

/// A folder with files in which `kiln` is run.
pub struct Place {
    folder: TempDir,
}

/// What a run of `kiln` came to.
pub struct Done {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    /// An empty folder.
    pub fn new() -> Place {
        Place { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    /// A folder with one file, `main.kiln`.
    pub fn with_main(text: impl AsRef<[u8]>) -> Place {
        Place::new().file("main.kiln", text)
    }

    /// Adds a file.
    pub fn file(self, name: &str, text: impl AsRef<[u8]>) -> Place {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
        self
    }

    /// The path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Names of what is in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder is there");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// A run of `kiln` here, without input and without what the user's environment says about linkers and colours.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_kiln")));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        for variable in ["CC", "KILN_CC", "KILN_STD", "NO_COLOR"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs `kiln` with these arguments.
    #[track_caller]
    pub fn kiln(&self, args: &[&str]) -> Done {
        finish(&mut self.command(args), HANGS).expect("kiln hangs")
    }
}

/// Runs a command to its end; `None` if it does not come to it.
pub fn finish(command: &mut Command, hangs: Duration) -> Option<Done> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("kiln can be started");
    let stdout = reader(child.stdout.take().expect("it is piped"));
    let stderr = reader(child.stderr.take().expect("it is piped"));
    let status = wait(&mut child, hangs)?;
    let text = |reader: thread::JoinHandle<String>| reader.join().expect("reading does not fail");
    Some(Done { status, stdout: text(stdout), stderr: text(stderr) })
}

fn wait(child: &mut Child, hangs: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("the child can be waited for") {
            return Some(status);
        }
        if start.elapsed() > hangs {
            child.kill().expect("the child can be killed");
            child.wait().expect("the child can be waited for");
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn reader(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).expect("a pipe can be read");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Done {
    /// The run ended with status 1 and says this code.
    #[track_caller]
    pub fn refused(&self, code: &str) -> &Self {
        let said: String = self.stderr.chars().take(2000).collect();
        assert_eq!(self.status.code(), Some(1), "{said}");
        assert!(self.stderr.contains(&format!("[{code}]")), "no {code} in: {said}");
        assert!(!self.stderr.contains("panicked"), "{said}");
        self
    }

    /// The run ended with status 0.
    #[track_caller]
    pub fn accepted(&self) -> &Self {
        let said: String = self.stderr.chars().take(2000).collect();
        assert_eq!(self.status.code(), Some(0), "{said}");
        self
    }
}
