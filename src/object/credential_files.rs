//! Certificates and keys from files (`SSL_CTX_use_certificate_file(3)`). What fails puts its reason into the queue.

use core::ffi::{CStr, c_int};

use super::config::{Config, Configurable};
use crate::{
    error::Reason,
    libcrypto::{
        credential_file::{CredentialFile, Format, Password},
        error_queue,
    },
};

/// The format that an `SSL_FILETYPE_…` stands for.
const fn format_of(file_type: c_int) -> Option<Format> {
    match file_type {
        1 => Some(Format::Pem),
        2 => Some(Format::Asn1),
        _ => None,
    }
}

/// Uses the certificate in a file.
pub fn use_certificate_file(owner: &impl Configurable, path: Option<&CStr>, file_type: c_int) -> bool {
    let asker = owner.asker();
    read(owner, path, file_type, CredentialFile::certificate)
        .is_some_and(|certificate| owner.change(|config| config.use_certificate(certificate, &asker)))
}

/// Uses the private key in a file.
pub fn use_key_file(owner: &impl Configurable, path: Option<&CStr>, file_type: c_int) -> bool {
    read(owner, path, file_type, CredentialFile::key)
        .is_some_and(|key| owner.change(|config| config.use_key(key)))
}

/// Uses the private key in a file, which must be RSA.
pub fn use_rsa_key_file(owner: &impl Configurable, path: Option<&CStr>, file_type: c_int) -> bool {
    read(owner, path, file_type, CredentialFile::rsa_key)
        .is_some_and(|key| owner.change(|config| config.use_key(key)))
}

/// Uses the first certificate of a PEM file, and the others as its chain. The queue is empty after a success.
pub fn use_certificate_chain_file(owner: &impl Configurable, path: Option<&CStr>) -> bool {
    // What was there before would look like a failure to parse.
    error_queue::clear();
    let (password, asker) = (password_of(owner), owner.asker());
    let Some(file) = open(owner, path) else { return false };
    let Some(certificate) = file.certificate_with_trust(password) else {
        error_queue::raise_ssl(Reason::ERR_PEM_LIB);
        return false;
    };
    if !owner.change(|config| config.use_certificate(certificate, &asker) && config.set_chain(None, &asker)) {
        return false;
    }
    while let Some(certificate) = file.certificate(Format::Pem, password) {
        if !owner.change(|config| config.add_chain_certificate(certificate, &asker)) {
            return false;
        }
    }
    let is_whole = error_queue::last_is_end_of_pem();
    if is_whole {
        error_queue::clear();
    }
    is_whole
}

fn password_of(owner: &impl Configurable) -> Password {
    let callback = owner.look(|config: &Config| config.callbacks.password);
    Password { function: callback.function, argument: callback.argument }
}

fn open(owner: &impl Configurable, path: Option<&CStr>) -> Option<CredentialFile> {
    let file = CredentialFile::open(path, owner.library());
    if file.is_none() {
        error_queue::raise_ssl(Reason::ERR_SYS_LIB);
    }
    file
}

/// Reads one object. Nothing is borrowed: the password callback may call into this library.
fn read<T>(
    owner: &impl Configurable,
    path: Option<&CStr>,
    file_type: c_int,
    read: impl FnOnce(&CredentialFile, Format, Password) -> Option<T>,
) -> Option<T> {
    let file = open(owner, path)?;
    let Some(format) = format_of(file_type) else {
        error_queue::raise_ssl(Reason::BAD_SSL_FILETYPE);
        return None;
    };
    let object = read(&file, format, password_of(owner));
    if object.is_none() {
        error_queue::raise_ssl(match format {
            Format::Pem => Reason::ERR_PEM_LIB,
            Format::Asn1 => Reason::ERR_ASN1_LIB,
        });
    }
    object
}
