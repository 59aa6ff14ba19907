//! DANE: `SSL_CTX_dane_enable(3)`, `SSL_dane_tlsa_add(3)`, `SSL_get0_dane_authority(3)`.

use core::ffi::{c_char, c_int, c_uchar, c_ulong};

use super::support::{
    convert::{self, store},
    export, with_context, with_ssl,
};
use crate::{
    libcrypto::sys::{EVP_MD, EVP_PKEY, SSL_DANE, X509},
    object::{SSL, SSL_CTX},
};

export! {
    SSL_CTX_dane_enable SSL_CTX_dane_mtype_set SSL_CTX_dane_set_flags SSL_CTX_dane_clear_flags
    SSL_dane_enable SSL_dane_tlsa_add SSL_dane_set_flags SSL_dane_clear_flags
    SSL_get0_dane SSL_get0_dane_authority SSL_get0_dane_tlsa
}

/// Makes DANE possible for the connections of a context. 1; 0 with `ERR_R_UNSUPPORTED` in the queue if libcrypto is not of
/// OpenSSL 3.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_dane_enable(ctx: *mut SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| context.enable_dane().into()) }
}

/// Sets the digest of the matching type `mtype`, and how strong it is held to be; null takes the type away. The digest
/// stays the caller's, and has to outlive the context. 1, or 0 with `SSL_R_DANE_CANNOT_OVERRIDE_MTYPE_FULL` in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_dane_mtype_set(
    ctx: *mut SSL_CTX,
    md: *const EVP_MD,
    mtype: u8,
    ord: u8,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| context.set_matching_type(mtype, md, ord).into()) }
}

/// Sets `DANE_FLAG_…` for connections to come. The flags as they were.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_dane_set_flags(ctx: *mut SSL_CTX, flags: c_ulong) -> c_ulong {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            context.update_dane(|dane| {
                let changed = dane.flags | flags;
                core::mem::replace(&mut dane.flags, changed)
            })
        })
    }
}

/// Takes `DANE_FLAG_…` away for connections to come. The flags as they were.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_dane_clear_flags(ctx: *mut SSL_CTX, flags: c_ulong) -> c_ulong {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            context.update_dane(|dane| {
                let changed = dane.flags & !flags;
                core::mem::replace(&mut dane.flags, changed)
            })
        })
    }
}

/// Lets a connection take TLSA records of a server whose name is `basedomain`: that name is asked for, unless another
/// was set, and has to stand in the certificate. 1; 0 if the context does not allow it or it was done before, -1 if it
/// failed, with the reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_dane_enable(ssl: *mut SSL, basedomain: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, -1, |ssl| ssl.enable_dane(convert::c_string(basedomain))) }
}

/// Adds a TLSA record, of whose data a copy is taken. 1; 0 if it is unusable, -1 if it could not be processed, with the
/// reason in the queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_dane_tlsa_add(
    ssl: *mut SSL,
    usage: u8,
    selector: u8,
    mtype: u8,
    data: *const c_uchar,
    dlen: usize,
) -> c_int {
    // SAFETY: the contract of this module. A length that cannot be one is refused before the data is looked at.
    unsafe {
        with_ssl(ssl, -1, |ssl| {
            let is_data = !data.is_null() && c_int::try_from(dlen).is_ok();
            let data = if is_data { convert::bytes(data, dlen) } else { None };
            ssl.add_tlsa_record((usage, selector, mtype), data, dlen)
        })
    }
}

/// Sets `DANE_FLAG_…`. The flags as they were.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_dane_set_flags(ssl: *mut SSL, flags: c_ulong) -> c_ulong {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| replace_flags(ssl, ssl.dane.flags() | flags)) }
}

/// Takes `DANE_FLAG_…` away. The flags as they were.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_dane_clear_flags(ssl: *mut SSL, flags: c_ulong) -> c_ulong {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| replace_flags(ssl, ssl.dane.flags() & !flags)) }
}

fn replace_flags(ssl: &SSL, flags: c_ulong) -> c_ulong {
    let before = ssl.dane.flags();
    ssl.dane.set_flags(flags);
    before
}

/// The records in the form that `X509_STORE_CTX_set0_dane` wants. They stay the connection's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_dane(ssl: *mut SSL) -> *mut SSL_DANE {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.dane.as_ptr()) }
}

/// Where in the verified chain a record matched: 0 for the server's certificate; negative if none did, or the
/// verification failed. Stores the certificate that matched, or if it was a key that signed the top of the chain, that
/// key; the other is null. Both stay the connection's, and either pointer may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_dane_authority(
    ssl: *mut SSL,
    mcert: *mut *mut X509,
    mspki: *mut *mut EVP_PKEY,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, -1, |ssl| {
            let Some(found) = ssl.dane_match() else { return -1 };
            if found.fields.is_some() {
                store(mcert, found.certificate);
                store(mspki, found.key);
            }
            found.depth
        })
    }
}

/// Where in the verified chain a record matched, as `SSL_get0_dane_authority` says. Stores the record's fields; its data
/// stays the connection's. Each pointer may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get0_dane_tlsa(
    ssl: *mut SSL,
    usage: *mut u8,
    selector: *mut u8,
    mtype: *mut u8,
    data: *mut *const c_uchar,
    dlen: *mut usize,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, -1, |ssl| {
            let Some(found) = ssl.dane_match() else { return -1 };
            if let Some((found_usage, found_selector, found_type)) = found.fields {
                store(usage, found_usage);
                store(selector, found_selector);
                store(mtype, found_type);
                store(data, found.data.0);
                store(dlen, found.data.1);
            }
            found.depth
        })
    }
}
