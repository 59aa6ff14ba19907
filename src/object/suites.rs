//! Setting the suites of a context or a connection by text (`SSL_CTX_set_cipher_list(3)`). What fails puts its reason
//! into the queue.

use super::config::Configurable;
use crate::{
    error::Reason,
    libcrypto::error_queue,
    policy::{cipher_string, list, options::CERT_FLAG_SUITEB_128},
};

/// Sets the suites of TLS 1.2 by a cipher string. Whether it worked; if not, the reason is in the queue. A string that leaves
/// no suite leaves none, and a level in a wrong string counts: as in OpenSSL.
pub fn set_cipher_list(target: &impl Configurable, text: Option<&str>) -> bool {
    let Some(text) = text else {
        error_queue::raise_ssl(Reason::NO_CIPHER_MATCH);
        return false;
    };
    let mode = target.look(|config| config.settings.certificate_flags & CERT_FLAG_SUITEB_128);
    let list = Some(cipher_string::parse(text))
        .filter(|list| list.suite_b.is_some())
        .unwrap_or_else(|| cipher_string::parse(cipher_string::suite_b(mode).unwrap_or(text)));
    if let Some(mode) = list.suite_b {
        target.change_settings(|settings| {
            settings.certificate_flags = settings.certificate_flags & !CERT_FLAG_SUITEB_128 | mode;
        });
    }
    let highest = target.look(|config| config.settings.method_versions.1);
    if (list.suite_b.is_some() || mode != 0) && !highest.has_signature_schemes() {
        error_queue::raise_ssl(Reason::AT_LEAST_TLS_1_2_NEEDED_IN_SUITEB_MODE);
        return false;
    }
    target.change(|config| {
        config.own_suites |= list.suites.is_some();
        config.update_settings(|settings| {
            if let Some(suites) = &list.suites {
                settings.cipher_suites = settings.without_missing(suites);
            }
            if let Some(level) = list.security_level {
                settings.set_security_level(level.into());
            }
        });
    });
    let mut is_good = true;
    for reason in list.refusals() {
        error_queue::raise_ssl(reason);
        is_good = false;
    }
    is_good
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
