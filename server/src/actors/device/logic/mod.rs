//! What a device's connection may do next, decided without actors, sockets or a database: where it stands in each room's
//! stream ([`cursor`]), in which order its messages may pass ([`order`]), how often it may ask and how long it may be
//! silent ([`pace`]), whether somebody is there ([`attendance`]).

pub mod attendance;
pub mod cursor;
pub mod order;
pub mod pace;
