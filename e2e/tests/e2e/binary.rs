//! The release binary needs nothing that a plain system does not have.

use std::process::Command;

use igoon_e2e::server::release_binary;

#[test]
fn links_system_libraries_only() {
    let output = Command::new("ldd").arg(release_binary()).output().expect("ldd runs");
    assert!(output.status.success());
    let libraries = String::from_utf8(output.stdout).unwrap();
    let allowed = ["linux-vdso.so", "libc.so", "libm.so", "libgcc_s.so", "libpthread.so", "libdl.so", "ld-linux"];
    let lines: Vec<&str> = libraries.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert!(lines.len() >= 2, "ldd lists something: {libraries}");
    for line in lines {
        let name = line.split_whitespace().next().unwrap();
        let name = name.rsplit('/').next().unwrap();
        assert!(allowed.iter().any(|allowed| name.starts_with(allowed)), "{name} is no part of every system");
    }
}
