//! A connection's right to be the device's, and its end.

use actix::prelude::*;

use super::Device;
use crate::actors::health::Mailbox;

/// The right to be a device's connection, from the Directory. When it is dropped the connection is gone, or never came
/// to be; the device's actor hears so either way.
pub struct Lease {
    device: Mailbox<Device>,
    generation: u64,
}

impl Lease {
    pub(in crate::actors) const fn new(device: Mailbox<Device>, generation: u64) -> Self {
        Self { device, generation }
    }

    /// The device's actor.
    #[must_use]
    pub const fn device(&self) -> &Mailbox<Device> {
        &self.device
    }

    /// The connection's generation.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.device.do_send(Detach { generation: self.generation }); // once in the life of a connection
    }
}

/// A connection is gone.
#[derive(Message)]
#[rtype(result = "()")]
struct Detach {
    generation: u64,
}

impl Handler<Detach> for Device {
    type Result = ();

    fn handle(&mut self, detach: Detach, _: &mut Self::Context) {
        self.newest = detach.generation.max(self.newest);
        if self.is_current(detach.generation) {
            self.forget_session();
        } else if self.session.is_none() {
            self.directory.device_is_idle(self.device, self.newest);
        }
    }
}
