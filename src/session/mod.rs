//! Sessions: the value that resumption needs, its ASN.1 form, tickets, and the internal cache
//! (RFC 8446 §4.6.1, RFC 5246 §F.1.4, RFC 5077).

mod value;

pub use value::{PeerChain, Session};
