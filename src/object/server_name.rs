//! The name of the server that a client asks for (RFC 6066 §3), as `SSL_get_servername(3)` and
//! `SSL_set_tlsext_host_name(3)` have it.

use core::ffi::c_char;
use std::{ffi::CString, sync::Arc};

use super::{Ssl, parts::show};
use crate::{error::Reason, record::Side, session::Session, wire::ProtocolVersion};

impl Ssl {
    /// The name that the client asks for, as `SSL_get_servername` gives it: valid until it changes and is asked for
    /// again; null without one.
    pub fn server_name_string(&self) -> *const c_char {
        let parts = self.parts();
        let name = self.server_name().and_then(|name| CString::new(name).ok());
        show(&mut parts.server_name.borrow_mut(), name)
    }

    /// A session below TLS 1.3 has the name that it was made with: a server goes by that alone when it resumes it, and a
    /// client before what it asks for now.
    fn server_name(&self) -> Option<Vec<u8>> {
        let is_old = |session: &&Arc<Session>| session.version != ProtocolVersion::TLS1_3;
        let (asked, is_before, resumed) = self.with_connection(|connection| {
            let negotiated = connection.negotiated();
            let resumed = negotiated.session.as_ref().filter(|_| negotiated.resumed).filter(is_old);
            let name = resumed.map(|session| session.server_name.clone());
            (negotiated.server_name.clone(), connection.is_before(), name)
        });
        let is_server = self.side_is_set() && self.side() == Side::Server;
        let configured = self.with_config(|config| config.settings.server_name.as_deref().map(Vec::from));
        if is_server {
            return resumed.unwrap_or(asked.or(configured.filter(|_| is_before)));
        }
        if is_before {
            let offered = self.offered_session().map(|session| session.core());
            configured.or_else(|| offered.as_ref().filter(is_old)?.server_name.clone())
        } else {
            resumed.flatten().or(configured)
        }
    }

    /// Sets the name that a client asks for, `None` for none; a name that is empty or too long leaves none. On a server it takes the
    /// place of what the client asked for, if that came before.
    pub fn set_server_name(&self, name: Option<&[u8]>) -> Result<(), Reason> {
        /// `TLSEXT_MAXLEN_host_name`.
        const LONGEST: usize = 255;

        let is_good = name.is_none_or(|name| !name.is_empty() && name.len() <= LONGEST);
        let name = name.filter(|_| is_good);
        if self.side_is_set() && self.side() == Side::Server {
            self.with_connection(|connection| connection.negotiated_mut().server_name = name.map(Vec::from));
        }
        let server_name = name.map(Into::into);
        self.update_config(|config| config.update_settings(|settings| settings.server_name = server_name));
        if is_good { Ok(()) } else { Err(Reason::SSL3_EXT_INVALID_SERVERNAME) }
    }
}
