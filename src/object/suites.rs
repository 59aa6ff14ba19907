//! Setting the suites of a context or a connection by text (`SSL_CTX_set_cipher_list(3)`). What fails puts its reason
//! into the queue.

use super::config::Configurable;
use crate::{
    error::Reason,
    libcrypto::error_queue,
    policy::{cipher_string, list},
};

/// Sets the suites of TLS 1.2 by a cipher string. Whether it worked; if not, the reason is in the queue.
pub fn set_cipher_list(target: &impl Configurable, text: Option<&str>) -> bool {
    let parsed = text.ok_or(Reason::NO_CIPHER_MATCH).and_then(cipher_string::parse);
    match parsed {
        Ok(list) => {
            target.change(|config| {
                config.own_suites = true;
                config.update_settings(|settings| {
                    settings.cipher_suites = settings.without_missing(&list.suites);
                    settings.security_level = list.security_level.unwrap_or(settings.security_level);
                });
            });
            true
        }
        Err(reason) => {
            error_queue::raise_ssl(reason);
            false
        }
    }
}

/// Sets the suites of TLS 1.3. Whether it worked; if not, the reason is in the queue.
pub fn set_tls13_suites(target: &impl Configurable, text: Option<&str>) -> bool {
    match text.and_then(list::tls13_suites) {
        Some(suites) => {
            target.change(|config| {
                config.own_suites = true;
                config.update_settings(|settings| {
                    settings.tls13_cipher_suites = settings.without_missing(&suites);
                });
            });
            true
        }
        None => {
            error_queue::raise_ssl(Reason::NO_CIPHER_MATCH);
            false
        }
    }
}
