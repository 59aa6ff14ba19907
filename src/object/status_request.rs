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
        core::mem::forget(self.status_items.ids.replace(ids));
    }

    /// `SSL_set_tlsext_status_exts`: as [`Self::set_status_ids`].
    pub fn set_status_extensions(&self, extensions: Option<RequestExtensions>) {
        core::mem::forget(self.status_items.extensions.replace(extensions));
    }

    /// The ids that the program set; on a server those of the client. They stay the connection's; null for none.
    #[must_use]
    pub fn status_ids(&self) -> *mut OPENSSL_STACK {
        if let Some(request) = self.status_request_of_client() {
            let mut ids = self.status_items.ids.borrow_mut();
            if ids.is_none() {
                *ids = ResponderIds::from_der(&request.responder_ids);
            }
        }
        self.status_items.ids.borrow().as_ref().map_or(ptr::null_mut(), ResponderIds::as_ptr)
    }

    /// The extensions that the program set; on a server those of the client. They stay the connection's; null for none.
    #[must_use]
    pub fn status_extensions(&self) -> *mut OPENSSL_STACK {
        if let Some(request) = self.status_request_of_client() {
            let mut extensions = self.status_items.extensions.borrow_mut();
            if extensions.is_none() {
                *extensions = RequestExtensions::from_der(&request.extensions);
            }
        }
        self.status_items.extensions.borrow().as_ref().map_or(ptr::null_mut(), RequestExtensions::as_ptr)
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
            drop(self.status_items.ids.take());
            drop(self.status_items.extensions.take());
        }
    }

    /// Tells the core what a client's request says; the program may have changed it where it stands.
    pub(super) fn follow_status_items(&self) {
        if self.side() == Side::Server {
            return;
        }
        let items = &self.status_items;
        let request = StatusRequest {
            responder_ids: items.ids.borrow().as_ref().map(ResponderIds::to_der).unwrap_or_default(),
            extensions: items.extensions.borrow().as_ref().map(RequestExtensions::to_der).unwrap_or_default(),
        };
        if self.with_config(|config| *config.settings.status_request_items == request) {
            return;
        }
        self.update_config(|config| {
            config.update_settings(|settings| settings.status_request_items = Arc::new(request));
        });
    }
}
