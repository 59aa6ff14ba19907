//! SRP (RFC 5054), deprecated but exported: `SSL_CTX_set_srp_password(3)`.

use core::ffi::{CStr, c_char, c_int, c_void};
use std::sync::Arc;

use super::support::{convert::c_string, export, with_context, with_ssl};
use crate::{
    error::Reason,
    libcrypto::{
        error_queue,
        srp::{self, Group, Number},
        sys::BIGNUM,
    },
    object::{
        Context, SSL, SSL_CTX,
        callbacks::{SrpPasswordCallback, SrpUserCallback, SrpVerifyCallback},
        config::Config,
        srp::{Argument, Password, Srp},
    },
};

export! {
    SSL_CTX_set_srp_username SSL_CTX_set_srp_password SSL_CTX_set_srp_strength
    SSL_CTX_set_srp_client_pwd_callback SSL_CTX_set_srp_verify_param_callback SSL_CTX_set_srp_username_callback
    SSL_CTX_set_srp_cb_arg SSL_set_srp_server_param SSL_set_srp_server_param_pw SSL_srp_server_param_with_username
    SRP_Calc_A_param SSL_get_srp_N SSL_get_srp_g SSL_get_srp_username SSL_get_srp_userinfo
    SSL_CTX_SRP_CTX_init SSL_CTX_SRP_CTX_free SSL_SRP_CTX_init SSL_SRP_CTX_free
}

/// The longest name that the extension can hold.
const MAX_NAME_LENGTH: usize = 255;

/// Changes what connections to come have for SRP, whose suites they use from then on.
pub(crate) fn enable(context: &Context, change: impl FnOnce(&mut Srp)) -> c_int {
    context.update_config(|config| {
        config.srp.enabled = true;
        change(&mut config.srp);
    });
    1
}

/// As `SSL_CTX_set_srp_username`.
///
/// # Safety
/// `name` is null or a C string.
pub(crate) unsafe fn set_user_name(context: &Context, name: *const c_char) -> c_int {
    // SAFETY: the caller's promise.
    let name: Option<Arc<CStr>> = unsafe { c_string(name) }.map(Arc::from);
    let fits = name.as_ref().is_none_or(|name| (1..=MAX_NAME_LENGTH).contains(&name.count_bytes()));
    context.update_config(|config| {
        config.srp.enabled = true;
        config.update_settings(|settings| settings.srp_user_name = name.filter(|_| fits));
    });
    if !fits {
        error_queue::raise_ssl(Reason::INVALID_SRP_USERNAME);
        return 0;
    }
    1
}

/// As `SSL_CTX_set_srp_password`.
///
/// # Safety
/// `password` is null or a C string.
pub(crate) unsafe fn set_password(context: &Context, password: *const c_char) -> c_int {
    // SAFETY: the caller's promise.
    let Some(password) = (unsafe { c_string(password) }) else {
        error_queue::raise_ssl(Reason::ERR_INTERNAL_ERROR);
        return 0;
    };
    context.update_config(|config| {
        config.srp.password = Password::Info;
        config.srp.info = Some(password.into());
    });
    1
}

/// As `SSL_CTX_set_srp_strength`.
pub(crate) fn set_strength(context: &Context, strength: c_int) -> c_int {
    context.update_config(|config| config.srp.strength = usize::try_from(strength).unwrap_or_default());
    1
}

/// Sets the name that clients to come go by; null for none.
///
/// Returns 1, or 0 with `SSL_R_INVALID_SRP_USERNAME` for an empty name or one of more than 255 bytes.
/// `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_srp_username(ctx: *mut SSL_CTX, name: *mut c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| set_user_name(context, name)) }
}

/// Sets the password of clients to come. Returns 1, or 0 for null. `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_srp_password(ctx: *mut SSL_CTX, password: *mut c_char) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| set_password(context, password)) }
}

/// Sets how many bits the modulus must have that clients take. Returns 1. `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_srp_strength(ctx: *mut SSL_CTX, strength: c_int) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| set_strength(context, strength)) }
}

/// Asks `cb` of clients for the password, a string of `OPENSSL_malloc` that it gives away. Returns 1.
/// `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_srp_client_pwd_callback(
    ctx: *mut SSL_CTX,
    cb: Option<SrpPasswordCallback>,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            enable(context, |srp| srp.password = cb.map_or(Password::None, Password::Callback))
        })
    }
}

/// Asks `cb` of clients about the group of the server, in place of the list of known ones. Returns 1.
/// `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_srp_verify_param_callback(
    ctx: *mut SSL_CTX,
    cb: Option<SrpVerifyCallback>,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| enable(context, |srp| srp.verify_callback = cb)) }
}

/// Asks `cb` of servers about the user: it sets the parameters, or fails with an alert, or returns less than 0 to be asked
/// again. Returns 1. `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_srp_username_callback(
    ctx: *mut SSL_CTX,
    cb: Option<SrpUserCallback>,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| enable(context, |srp| srp.user_callback = cb)) }
}

/// Sets what the callbacks of SRP get. Returns 1. `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_set_srp_cb_arg(ctx: *mut SSL_CTX, arg: *mut c_void) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |context| enable(context, |srp| srp.argument = Argument(arg))) }
}

/// Sets the parameters of a server for the user that came; each that is not null is copied in place of what there was.
///
/// Returns 1, or -1 if one is missing. `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_srp_server_param(
    ssl: *mut SSL,
    N: *const BIGNUM,
    g: *const BIGNUM,
    sa: *mut BIGNUM,
    v: *mut BIGNUM,
    info: *mut c_char,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, -1, |ssl| {
            let copies = [N, g, sa.cast_const(), v.cast_const()]
                .map(|given| (!given.is_null()).then(|| Number::copy_of(given)));
            if copies.iter().any(|copy| matches!(copy, Some(None))) {
                return -1;
            }
            let [modulus, generator, salt, verifier] = copies.map(|copy| copy.flatten().map(Arc::new));
            let info: Option<Arc<CStr>> = c_string(info).map(Arc::from);
            let complete = ssl.update_config(|config| {
                let srp = &mut config.srp;
                srp.modulus = modulus.or(srp.modulus.take());
                srp.generator = generator.or(srp.generator.take());
                srp.salt = salt.or(srp.salt.take());
                srp.verifier = verifier.or(srp.verifier.take());
                srp.info = info.or(srp.info.take());
                [&srp.modulus, &srp.generator, &srp.salt, &srp.verifier].iter().all(|number| number.is_some())
            });
            if complete { 1 } else { -1 }
        })
    }
}

/// Sets the parameters of a server for this user and password in the group called `grp` ("1024" to "8192").
///
/// Returns 1, or -1 for an unknown group. `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_set_srp_server_param_pw(
    ssl: *mut SSL,
    user: *const c_char,
    pass: *const c_char,
    grp: *const c_char,
) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, -1, |ssl| {
            let (Some(user), Some(password)) = (c_string(user), c_string(pass)) else { return -1 };
            let Some((modulus, generator)) = srp::group_named(c_string(grp)) else { return -1 };
            let group = Group { modulus: &modulus, generator: &generator };
            let Some((salt, verifier)) = group.verifier(user, password) else { return -1 };
            ssl.update_config(|config| {
                config.srp.modulus = Some(Arc::new(modulus));
                config.srp.generator = Some(Arc::new(generator));
                config.srp.salt = Some(Arc::new(salt));
                config.srp.verifier = Some(Arc::new(verifier));
            });
            1
        })
    }
}

/// Asks the program about the user, and makes a server's key pair.
///
/// Returns 0, `SSL3_AL_FATAL` (2) with the alert in `ad`, or what the program's function returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_srp_server_param_with_username(ssl: *mut SSL, ad: *mut c_int) -> c_int {
    /// `SSL3_AL_FATAL`.
    const FATAL: c_int = 2;

    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, FATAL, |ssl| ad.as_mut().map_or(FATAL, |alert| ssl.srp_server_key(alert))) }
}

/// Makes a client's key pair in the group that is set. Returns 1, or 0 without a group.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SRP_Calc_A_param(ssl: *mut SSL) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, 0, |ssl| c_int::from(ssl.make_srp_client_key())) }
}

fn show(number: Option<Arc<Number>>) -> *mut BIGNUM {
    number.map_or(core::ptr::null_mut(), |number| number.as_ptr())
}

/// The modulus in use, which stays the connection's; null without one. `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srp_N(ssl: *mut SSL) -> *mut BIGNUM {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| show(ssl.srp_or_contexts(|srp| srp.modulus.clone())))
    }
}

/// The generator in use, which stays the connection's; null without one. `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srp_g(ssl: *mut SSL) -> *mut BIGNUM {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| show(ssl.srp_or_contexts(|srp| srp.generator.clone())))
    }
}

/// The name of the user; null without one. `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srp_username(ssl: *mut SSL) -> *mut c_char {
    // SAFETY: the contract of this module.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.srp_user_name().cast_mut()) }
}

/// What was set about the user; null without it. `SSL_CTX_set_srp_password(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_get_srp_userinfo(ssl: *mut SSL) -> *mut c_char {
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, core::ptr::null_mut(), |ssl| {
            let info = ssl.srp_or_contexts(|srp| srp.info.clone());
            info.map_or(core::ptr::null_mut(), |info| info.as_ptr().cast_mut())
        })
    }
}

/// What was set for SRP is as in a new context; what it was is given back, to be dropped when nothing is borrowed.
fn reset(config: &mut Config) -> Srp {
    config.update_settings(|settings| settings.srp_user_name = None);
    core::mem::take(&mut config.srp)
}

/// Takes away all that was set for SRP. Returns 1, or 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_SRP_CTX_init(ctx: *mut SSL_CTX) -> c_int {
    if ctx.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |context| {
            drop(context.update_config(reset));
            1
        })
    }
}

/// As `SSL_CTX_SRP_CTX_init`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_SRP_CTX_free(ctx: *mut SSL_CTX) -> c_int {
    // SAFETY: the contract of this module.
    unsafe { SSL_CTX_SRP_CTX_init(ctx) }
}

/// Takes over what the context has for SRP. Returns 1, or 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SRP_CTX_init(ssl: *mut SSL) -> c_int {
    if ssl.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            let theirs = ssl.context().config();
            drop(ssl.update_config(|config| {
                let before = reset(config);
                config.srp = theirs.srp.clone();
                let name = theirs.settings.srp_user_name.clone();
                config.update_settings(|settings| settings.srp_user_name = name);
                before
            }));
            1
        })
    }
}

/// Takes away all that was set for SRP. Returns 1, or 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_SRP_CTX_free(ssl: *mut SSL) -> c_int {
    if ssl.is_null() {
        return 0;
    }
    // SAFETY: the contract of this module.
    unsafe {
        with_ssl(ssl, 0, |ssl| {
            drop(ssl.update_config(reset));
            1
        })
    }
}
