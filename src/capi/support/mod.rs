//! What all families share: the way in from C, and the way back.

pub mod convert;
mod entry;
mod export;

pub use entry::{guard, with_conf, with_context, with_session, with_ssl};
pub(crate) use export::export;
