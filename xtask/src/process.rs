//! Starting other programs and saying what they did when they fail.

use crate::error::{Error, Result};
use std::env;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A command without what `cargo run` told *this* program about its own package. Build scripts that
/// watch those variables would otherwise rebuild their crates at each change between `cargo build`
/// and `cargo xtask`.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// The cargo that runs this program, in the project's folder.
pub(crate) fn cargo() -> Command {
    let mut command = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(crate::workspace::root());
    command
}

/// Runs a command whose output the person sees; fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(Error::new(format!("`{}` failed ({status})", shown(command)))) }
}

/// Runs a command that has the last word: its exit code becomes ours, without another line from us.
pub(crate) fn run_last(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() {
        return Ok(());
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Err(Error::Reported(code.unwrap_or(1)))
}

/// Becomes the command: signals and the terminal are its own from here on. Returns only if it
/// cannot be started.
pub(crate) fn become_program(command: &mut Command) -> Error {
    let error = command.exec();
    cannot_start(command, &error)
}

/// Runs a command silently and returns what it printed; on failure the error shows what it
/// complained about.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| cannot_start(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(Error::new(format!("`{}` failed ({}): {}", shown(command), output.status, complaint.trim())))
}

/// Whether a command can be started and succeeds. Its output is not shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
}

/// Where a program is on PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| is_executable(path))
}

/// Whether `path` is a file that may be run.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// PATH with `folder` first.
pub(crate) fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [folder.to_owned()].into_iter().chain(env::split_paths(&path));
    env::join_paths(folders).map_err(|_| {
        Error::new(format!(
            "{} cannot be part of PATH (it contains `:`); set IGOON_CACHE to another folder",
            folder.display()
        ))
    })
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Error {
    Error::new(format!("cannot start `{}`: {error}", shown(command)))
}

/// The command as one would type it, the program by its name alone.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let words = [program].into_iter().chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_shows_its_complaint() {
        let result = capture(command("/bin/sh").args(["-c", "echo the disk is full >&2; exit 3"]));
        let Err(Error::Message(message)) = result else { panic!("must fail") };
        assert!(message.contains("`sh -c"), "{message}");
        assert!(message.contains("exit status: 3"), "{message}");
        assert!(message.contains("the disk is full"), "{message}");
    }

    #[test]
    fn the_last_program_hands_on_its_exit_code() {
        let result = run_last(command("sh").args(["-c", "exit 100"]));
        assert!(matches!(result, Err(Error::Reported(100))));
    }

    #[test]
    fn children_do_not_learn_about_our_package() {
        // Set by cargo and by nextest for every test.
        assert!(env::var_os("CARGO_PKG_NAME").is_some());
        let seen = capture(&mut command("env")).unwrap();
        assert!(!seen.contains("CARGO_PKG_NAME="), "{seen}");
        assert!(!seen.contains("CARGO_MANIFEST_DIR="), "{seen}");
    }

    #[test]
    fn finds_programs_only_where_they_are() {
        assert!(find("sh").is_some_and(|path| path.is_absolute()));
        assert_eq!(find("no-such-program-anywhere"), None);
    }
}
