//! The worker's program: see [`igoon_web::worker`].

use gloo_worker::Registrable as _;
use igoon_web::worker::{IgoonWorker, report_panics};

fn main() {
    report_panics();
    IgoonWorker::registrar().register();
}
