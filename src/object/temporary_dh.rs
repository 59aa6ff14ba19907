//! Diffie-Hellman parameters for TLS 1.2 and below (`SSL_CTX_set0_tmp_dh_pkey(3)`). What fails puts its reason into the queue.

use core::ffi::CStr;
use std::sync::Arc;

use super::{config::Configurable, security::operation};
use crate::{
    crypto::dhe,
    error::Reason,
    libcrypto::{credential_file::CredentialFile, error_queue, evp_pkey::PKey},
};

/// Uses these parameters, unless the security level forbids them. A key of another kind is taken as well, as by OpenSSL, and then
/// there are no parameters.
pub fn use_parameters(target: &impl Configurable, key: PKey) -> bool {
    let bits = key.security_bits().and_then(|bits| bits.try_into().ok()).unwrap_or(0);
    let is_allowed = target.asker().allows(operation::TMP_DH, bits, 0, key.as_ptr().cast());
    let parameters = dhe::Parameters::from_key(key);
    if !is_allowed {
        error_queue::raise_ssl(Reason::DH_KEY_TOO_SMALL);
        return false;
    }
    target.change_settings(|settings| settings.diffie_hellman.parameters = parameters.map(Arc::new));
    true
}

/// Uses the parameters in a PEM file (`SSL_CONF_cmd(3)`, "DHParameters").
pub fn use_parameters_file(target: &impl Configurable, path: &CStr) -> bool {
    let Some(file) = CredentialFile::open(Some(path), target.library()) else { return false };
    file.dh_parameters().is_some_and(|key| use_parameters(target, key))
}
