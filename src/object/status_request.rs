//! What a client's request for an OCSP response says besides that it wants one (RFC 6066 §8): the program's responder ids
//! and extensions, and on a server those of the client (`SSL_CTX_set_tlsext_status_cb(3)`).

use core::{cell::RefCell, ptr};
use std::sync::Arc;

use super::Ssl;
use crate::{
    libcrypto::{
        ocsp::{RequestExtensions, ResponderIds},
        sys::OPENSSL_STACK,
    },
    message::extension::status_request::StatusRequest,
    record::Side,
};

/// Both as libcrypto's objects.
#[derive(Default)]
pub(super) struct RequestItems {
    ids: RefCell<Option<ResponderIds>>,
    extensions: RefCell<Option<RequestExtensions>>,
}

impl Ssl {
    /// `SSL_set_tlsext_status_ids`: takes the ids over. Those before are left to the program, as OpenSSL leaves them.
    pub fn set_status_ids(&self, ids: Option<ResponderIds>) {
        core::mem::forget(self.with_parts(|parts| parts.status_items.ids.replace(ids)));
    }

    /// `SSL_set_tlsext_status_exts`: as [`Self::set_status_ids`].
    pub fn set_status_extensions(&self, extensions: Option<RequestExtensions>) {
        core::mem::forget(self.with_parts(|parts| parts.status_items.extensions.replace(extensions)));
    }

    /// The ids that the program set; on a server those of the client. They stay the connection's; null for none.
    #[must_use]
    pub fn status_ids(&self) -> *mut OPENSSL_STACK {
        let request = self.status_request_of_client();
        let parts = self.parts();
        let mut ids = parts.status_items.ids.borrow_mut();
        if let Some(request) = request.filter(|_| ids.is_none()) {
            *ids = ResponderIds::from_der(&request.responder_ids);
        }
        ids.as_ref().map_or(ptr::null_mut(), ResponderIds::as_ptr)
    }

    /// The extensions that the program set; on a server those of the client. They stay the connection's; null for none.
    #[must_use]
    pub fn status_extensions(&self) -> *mut OPENSSL_STACK {
        let request = self.status_request_of_client();
        let parts = self.parts();
        let mut extensions = parts.status_items.extensions.borrow_mut();
        if let Some(request) = request.filter(|_| extensions.is_none()) {
            *extensions = RequestExtensions::from_der(&request.extensions);
        }
        extensions.as_ref().map_or(ptr::null_mut(), RequestExtensions::as_ptr)
    }

    /// The OCSP response that a server's status callback set, or a client received.
    pub(super) fn ocsp_response(&self) -> Option<Vec<u8>> {
        self.parts().ocsp_response.borrow().clone()
    }

    /// Replaces it; one that is the same stays where it is, for the program may have a pointer to it.
    pub fn set_ocsp_response(&self, response: Option<Vec<u8>>) {
        let parts = self.parts();
        let mut known = parts.ocsp_response.borrow_mut();
        if *known != response {
            *known = response;
        }
    }

    /// Where it is, and how long; on a client the one that was received. `None`: there is none.
    pub fn show_ocsp_response(&self) -> Option<(*const u8, usize)> {
        let parts = self.parts();
        let mut known = parts.ocsp_response.borrow_mut();
        if known.is_none() {
            *known = self.with_connection(|connection| connection.negotiated().ocsp_response.clone());
        }
        known.as_ref().map(|response| (response.as_ptr(), response.len()))
    }

    fn status_request_of_client(&self) -> Option<StatusRequest> {
        if self.side() == Side::Client {
            return None;
        }
        self.with_connection(|connection| connection.negotiated().status_request.clone())
    }

    /// What a server's last client said counts no more.
    pub(super) fn forget_status_request(&self) {
        if self.side() == Side::Server {
            drop(
                self.with_parts(|parts| {
                    (parts.status_items.ids.take(), parts.status_items.extensions.take())
                }),
            );
        }
    }

    /// Tells the core what a client's request says; the program may have changed it where it stands.
    pub(super) fn follow_status_items(&self) {
        if self.side() == Side::Server {
            return;
        }
        let request = self.with_parts(|parts| {
            let (ids, extensions) = (parts.status_items.ids.borrow(), parts.status_items.extensions.borrow());
            StatusRequest {
                responder_ids: ids.as_ref().map(ResponderIds::to_der).unwrap_or_default(),
                extensions: extensions.as_ref().map(RequestExtensions::to_der).unwrap_or_default(),
            }
        });
        if self.with_config(|config| *config.settings.status_request_items == request) {
            return;
        }
        self.update_config(|config| {
            config.update_settings(|settings| settings.status_request_items = Arc::new(request));
        });
    }
}
