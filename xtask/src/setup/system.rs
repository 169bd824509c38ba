//! Debian packages: which are missing, and their installation by apt-get.

use super::Purpose;
use crate::error::{Error, Result};
use crate::process::{self, command, find};
use crate::{postgres, steps};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A Debian package, and whether what we want from it is there, by whatever way it came.
struct Package {
    name: &'static str,
    purpose: Purpose,
    is_there: fn() -> bool,
}

const PACKAGES: &[Package] = &[
    // SQLite, libpq and OpenSSL are compiled in, with these.
    Package {
        name: "build-essential",
        purpose: Purpose::Run,
        is_there: || find("cc").is_some() && find("make").is_some(),
    },
    Package { name: "perl", purpose: Purpose::Run, is_there: || find("perl").is_some() },
    // The desktop app's web view.
    Package { name: "pkg-config", purpose: Purpose::Desktop, is_there: || find("pkg-config").is_some() },
    Package {
        name: "libwebkit2gtk-4.1-dev",
        purpose: Purpose::Desktop,
        is_there: || process::succeeds(command("pkg-config").args(["--exists", "webkit2gtk-4.1"])),
    },
    // A screen, a session, a key store and who shows notifications, for the desktop app where there are none; who drives it.
    Package { name: "xvfb", purpose: Purpose::Test, is_there: || find("Xvfb").is_some() },
    Package { name: "dbus", purpose: Purpose::Test, is_there: || find("dbus-run-session").is_some() },
    Package { name: "gnome-keyring", purpose: Purpose::Test, is_there: || find("gnome-keyring-daemon").is_some() },
    Package { name: "dunst", purpose: Purpose::Test, is_there: || find("dunst").is_some() },
    Package { name: "webkit2gtk-driver", purpose: Purpose::Test, is_there: || find("WebKitWebDriver").is_some() },
    Package { name: "chromium", purpose: Purpose::Test, is_there: || find("chromium").is_some() },
    Package { name: "chromium-driver", purpose: Purpose::Test, is_there: || find("chromedriver").is_some() },
    Package { name: "firefox-esr", purpose: Purpose::Test, is_there: || find("firefox-esr").is_some() },
    // To fetch axe-core.
    Package { name: "npm", purpose: Purpose::Test, is_there: || find("npm").is_some() },
    Package { name: "postgresql", purpose: Purpose::Test, is_there: || postgres::programs().is_some() },
    // A real mail server, for the system's own Python.
    Package { name: "python3-aiosmtpd", purpose: Purpose::Test, is_there: || python_has("aiosmtpd") },
    // A clock that tests can move under a running program.
    Package { name: "libfaketime", purpose: Purpose::Test, is_there: || faketime().is_some() },
    // For docs/vectors/check.py, which a test runs.
    Package { name: "python3-cryptography", purpose: Purpose::Test, is_there: || python_has("cryptography") },
    Package { name: "python3-msgpack", purpose: Purpose::Test, is_there: || python_has("msgpack") },
];

/// The packages that `purpose` needs and that are not there.
pub(crate) fn missing(purpose: Purpose) -> Vec<&'static str> {
    let missing = PACKAGES.iter().filter(|package| package.purpose <= purpose && !(package.is_there)());
    missing.map(|package| package.name).collect()
}

/// Installs the missing packages, with sudo where we are not root.
pub(crate) fn bring(purpose: Purpose) -> Result<()> {
    let packages = missing(purpose);
    if packages.is_empty() {
        return Ok(());
    }
    let by_hand = by_hand(&packages);
    if find("apt-get").is_none() {
        let names = packages.join(", ");
        return Err(Error::new(format!(
            "this is not Debian: install by hand what its packages {names} hold, then try again"
        )));
    }
    if !is_root() && find("sudo").is_none() {
        return Err(Error::new(format!(
            "Debian packages are missing. Type this as root, then try again:\n  {by_hand}"
        )));
    }

    steps::note(&format!("installing Debian packages: {}", packages.join(", ")));
    let installed = process::run(apt_get().arg("update"))
        .and_then(|()| process::run(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(&packages)));
    if let Err(Error::Message(why)) = installed {
        return Err(Error::new(format!(
            "{why}.\nThe reason is above. To see to it by hand, type as root:\n  {by_hand}"
        )));
    }
    match missing(purpose) {
        still if still.is_empty() => Ok(()),
        still => Err(Error::new(format!(
            "apt-get succeeded, but programs are still missing. Type as root, then try again:
  apt-get install --reinstall {}",
            still.join(" ")
        ))),
    }
}

/// The library that tells programs another time; Debian keeps it in a folder of the architecture's.
fn faketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1")).find(|path| path.exists())
}

/// Whether Debian's own Python has a module. Another Python that is first on PATH finds none of Debian's.
fn python_has(module: &str) -> bool {
    process::succeeds(command("/usr/bin/python3").args(["-c", &format!("import {module}")]))
}

/// Whether this process may do everything.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

fn apt_get() -> Command {
    let mut apt = if is_root() {
        command("env")
    } else {
        let mut sudo = command("sudo");
        sudo.arg("env");
        sudo
    };
    // Another apt-get may be at work: wait for it instead of failing.
    apt.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "-o", "DPkg::Lock::Timeout=300"]);
    apt.stdin(Stdio::null());
    apt
}

fn by_hand(packages: &[&str]) -> String {
    format!("apt-get update && apt-get install --no-install-recommends {}", packages.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn testing_needs_all_that_running_needs() {
        let (desktop, tests) = (missing(Purpose::Desktop), missing(Purpose::Test));
        assert!(missing(Purpose::Run).iter().all(|package| desktop.contains(package)));
        assert!(desktop.iter().all(|package| tests.contains(package)));
    }

    #[test]
    fn the_command_can_be_typed_as_it_is() {
        let line = by_hand(&["chromium", "postgresql"]);
        assert_eq!(line, "apt-get update && apt-get install --no-install-recommends chromium postgresql");
    }
}
