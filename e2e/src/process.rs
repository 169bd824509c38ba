//! What the operating system says of a server process: its memory and its CPU time (proc(5)).

use std::{fs, time::Duration};

/// Memory of a process, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// What is resident now.
    pub resident: u64,
    /// The most that was ever resident.
    pub resident_peak: u64,
    /// The most address space that it ever had: what was asked for, used or not.
    pub virtual_peak: u64,
}

impl Memory {
    /// The memory of the process with this id.
    #[must_use]
    pub fn of(pid: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let field = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.split_whitespace().next().unwrap().parse().unwrap()
        };
        Self { resident: field("VmRSS:"), resident_peak: field("VmHWM:"), virtual_peak: field("VmPeak:") }
    }
}

/// User and system time of a process, in ticks of 10 ms.
#[must_use]
pub fn cpu_time(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}
