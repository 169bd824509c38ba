//! What the operating system says of a browser's processes (proc(5)).

use std::{fs, process::Command};

use igoon_e2e::browser::Browser;

/// A browser's processes.
pub(crate) fn of(browser: &Browser) -> Vec<u32> {
    let listed = Command::new("ps").args(["-eo", "pid=,ppid="]).output().unwrap().stdout;
    let listed = String::from_utf8(listed).unwrap();
    let pairs: Vec<(u32, u32)> = listed
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace().map(|number| number.parse().ok());
            Some((numbers.next()??, numbers.next()??))
        })
        .collect();
    let mut family = vec![browser.driver_pid().unwrap()];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        family.extend(pairs.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    family.split_off(1)
}

/// Whether pages run in this process.
pub(crate) fn is_page(pid: u32) -> bool {
    let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.contains("--type=renderer") && !line.contains("--extension-process")
}

/// What a process takes, its part of what it shares with others, in KiB; none if it has ended.
pub(crate) fn proportional_size(pid: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// For how long pages' own threads have worked, and for how long they wanted to and other programs were at it, in milliseconds.
#[derive(Clone, Copy)]
pub(crate) struct Turns {
    pub(crate) worked: f64,
    pub(crate) waited: f64,
}

impl Turns {
    /// Until now.
    pub(crate) fn of(browser: &Browser) -> Self {
        let mut turns = Self { worked: 0.0, waited: 0.0 };
        for pid in of(browser).into_iter().filter(|pid| is_page(*pid)) {
            let text = fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap_or_default();
            let mut nanoseconds = text.split_whitespace().filter_map(|field| field.parse::<f64>().ok());
            turns.worked += nanoseconds.next().unwrap_or_default() / 1e6;
            turns.waited += nanoseconds.next().unwrap_or_default() / 1e6;
        }
        turns
    }

    /// From this moment until a later one.
    pub(crate) fn until(self, later: Self) -> Self {
        Self { worked: later.worked - self.worked, waited: later.waited - self.waited }
    }
}
