//! Igoon driven from outside: the real server, real browsers, real databases, a real mail server. One program: each that is
//! linked takes a hundred megabytes and many seconds.

mod absent;
mod approving;
mod binary;
mod browser;
mod budget;
mod clocks;
mod codes;
mod crowd;
mod desktop;
mod enumeration;
mod faults_kill;
mod guessing;
mod hostile;
mod killed;
mod mail;
mod members;
mod native_story;
mod new_keys;
mod nothing_leaks;
mod presence;
mod races;
mod recover;
mod recovery_key;
mod restored;
mod rooms;
mod socket_refusals;
mod starting;
mod waiting;
