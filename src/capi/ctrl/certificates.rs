//! Chains, the current certificate, stores: `SSL_CTX_add1_chain_cert(3)`, `SSL_CTX_add_extra_chain_cert(3)`,
//! `SSL_CTX_set1_verify_cert_store(3)`.

use core::ffi::{c_int, c_long};

use super::{Arguments, command};
use crate::{
    capi::support::convert,
    error::Reason,
    libcrypto::{error_queue, stack::X509Stack, store::X509Store, sys, x509::X509},
    object::{config::Configurable, own_chain},
};

/// `SSL_CERT_SET_FIRST`.
const FIRST: c_long = 1;
/// `SSL_CERT_SET_NEXT`.
const NEXT: c_long = 2;

/// Runs a command; `None` for one that is not of this kind.
///
/// `SSL_CTX_set_cert_flags`: the flags as they are then.
fn change_flags(owner: &impl Configurable, change: impl FnOnce(u32) -> u32) -> c_long {
    owner.change_settings(|settings| settings.certificate_flags = change(settings.certificate_flags));
    owner.look(|config| config.settings.certificate_flags).into()
}

/// `SSL_CTX_set1_client_certificate_types`: none stands for those that the signature schemes are for.
///
/// # Safety
/// `types` is null or points to `count` bytes.
unsafe fn set_types(owner: &impl Configurable, count: c_long, types: *const u8) -> c_long {
    // RFC 5246 §7.4.4: one byte says how many there are.
    let count = u8::try_from(count);
    // SAFETY: the caller's promise.
    let types = unsafe { convert::bytes(types, count.unwrap_or_default().into()) };
    let types = types.filter(|types| !types.is_empty()).map(Into::into);
    owner.change_settings(|settings| settings.certificate_types = types);
    count.is_ok().into()
}

/// # Safety
/// The pointer is what the command expects.
pub(super) unsafe fn control(owner: &impl Configurable, arguments: Arguments) -> Option<c_long> {
    let Arguments { command, number, pointer } = arguments;
    // `set1` and `add1` leave the program its reference, `set0` and `add0` take it.
    let shares = number != 0;
    // SAFETY: the caller's promise.
    Some(unsafe {
        match command {
            command::CHAIN => set_chain(owner, pointer.cast(), shares),
            command::CHAIN_CERT => add_chain_certificate(owner, pointer.cast(), shares),
            command::GET_CHAIN_CERTS => {
                let chain = owner.look(|config| config.chain().map(X509Stack::as_ptr));
                convert::store(pointer.cast(), chain.unwrap_or(core::ptr::null_mut()));
                1
            }
            command::BUILD_CERT_CHAIN => own_chain::build_chain(owner, number),
            command::SELECT_CURRENT_CERT => match X509::from_borrowed(pointer.cast()) {
                Some(certificate) => owner.change(|config| config.select_certificate(&certificate)).into(),
                None => 0,
            },
            command::SET_CURRENT_CERT => match number {
                FIRST => owner.change(|config| config.select_first_certificate()).into(),
                NEXT => owner.change(|config| config.select_next_certificate()).into(),
                _ => 0,
            },
            command::SET_VERIFY_CERT_STORE => {
                let store = store(pointer.cast(), shares);
                drop(owner.change(|config| core::mem::replace(&mut config.verify_store, store)));
                1
            }
            command::SET_CHAIN_CERT_STORE => {
                let store = store(pointer.cast(), shares);
                drop(owner.change(|config| core::mem::replace(&mut config.chain_store, store)));
                1
            }
            command::GET_VERIFY_CERT_STORE => {
                let store = owner.look(|config| config.verify_store.as_ref().map(X509Store::as_ptr));
                convert::store(pointer.cast(), store.unwrap_or(core::ptr::null_mut()));
                1
            }
            command::GET_CHAIN_CERT_STORE => {
                let store = owner.look(|config| config.chain_store.as_ref().map(X509Store::as_ptr));
                convert::store(pointer.cast(), store.unwrap_or(core::ptr::null_mut()));
                1
            }
            command::CERT_FLAGS => change_flags(owner, |flags| flags | number as u32),
            command::CLEAR_CERT_FLAGS => change_flags(owner, |flags| flags & !(number as u32)),
            command::SET_CLIENT_CERT_TYPES => set_types(owner, number, pointer.cast()),
            _ => return None,
        }
    })
}

/// # Safety
/// `stack` is null or a valid stack of certificates; if it is not shared it is given away on success.
unsafe fn set_chain(owner: &impl Configurable, stack: *mut sys::OPENSSL_STACK, shares: bool) -> c_long {
    // SAFETY: the caller's promise.
    let chain = unsafe { X509Stack::copy_of(stack) };
    if chain.is_none() && !stack.is_null() {
        error_queue::raise_ssl(Reason::ERR_MALLOC_FAILURE);
        return 0;
    }
    let asker = owner.asker();
    let is_set = owner.change(|config| config.set_chain(chain, &asker));
    if is_set && !shares {
        // SAFETY: the caller gave the stack away.
        drop(unsafe { X509Stack::from_owned(stack) });
    }
    is_set.into()
}

/// # Safety
/// `certificate` is null or valid; if it is not shared it is given away on success.
unsafe fn add_chain_certificate(
    owner: &impl Configurable,
    certificate: *mut sys::X509,
    shares: bool,
) -> c_long {
    // SAFETY: the caller's promise.
    let Some(owned) = (unsafe { X509::from_borrowed(certificate) }) else {
        error_queue::raise_ssl(Reason::ERR_PASSED_NULL_PARAMETER);
        return 0;
    };
    let asker = owner.asker();
    let is_added = owner.change(|config| config.add_chain_certificate(owned, &asker));
    if is_added && !shares {
        // SAFETY: the caller gave this reference away.
        drop(unsafe { X509::from_owned(certificate) });
    }
    is_added.into()
}

/// # Safety
/// `certificate` is null or valid; it is given away on success.
unsafe fn add_extra_chain_certificate(owner: &impl Configurable, certificate: *mut sys::X509) -> c_long {
    // SAFETY: the caller's promise.
    let Some(owned) = (unsafe { X509::from_borrowed(certificate) }) else { return 0 };
    let is_added = owner.change(|config| config.add_extra_chain_certificate(owned));
    if is_added {
        // SAFETY: the caller gave this reference away.
        drop(unsafe { X509::from_owned(certificate) });
    }
    is_added.into()
}

/// # Safety
/// `store` is null or valid; if it is not shared it is given away.
unsafe fn store(store: *mut sys::X509_STORE, shares: bool) -> Option<X509Store> {
    // SAFETY: the caller's promise.
    unsafe { if shares { X509Store::from_borrowed(store) } else { X509Store::from_owned(store) } }
}

/// The extra certificates, which only contexts have; `None` for a command that is not of this kind.
///
/// # Safety
/// The pointer is what the command expects.
pub(super) unsafe fn extra_chain(
    owner: &impl Configurable,
    command: c_int,
    arguments: Arguments,
) -> Option<c_long> {
    // SAFETY: the caller's promise.
    Some(unsafe {
        match command {
            command::EXTRA_CHAIN_CERT => add_extra_chain_certificate(owner, arguments.pointer.cast()),
            command::GET_EXTRA_CHAIN_CERTS => {
                let only_extra = arguments.number != 0;
                let chain = owner.look(|config| {
                    let own = || config.chain().filter(|_| !only_extra);
                    config.extra_chain().or_else(own).map(X509Stack::as_ptr)
                });
                convert::store(arguments.pointer.cast(), chain.unwrap_or(core::ptr::null_mut()));
                1
            }
            command::CLEAR_EXTRA_CHAIN_CERTS => {
                owner.change(|config| config.clear_extra_chain());
                1
            }
            _ => return None,
        }
    })
}
