//! Extensions that the program handles itself: `SSL_CTX_add_custom_ext(3)`, `SSL_extension_supported(3)`.

use core::ffi::{c_int, c_uint, c_void};

use super::support::{export, with_context};
use crate::{
    object::{
        Context, SSL_CTX,
        custom_extensions::{
            AddCallback, CustomExtension, FreeCallback, Functions, Handler, OldAddCallback, OldFreeCallback,
            OldParseCallback, ParseCallback, is_handled_by_openssl,
        },
    },
    policy::custom_extension::place,
    record::Side,
    wire::ExtensionType,
};

export! {
    SSL_CTX_add_custom_ext SSL_CTX_add_client_custom_ext SSL_CTX_add_server_custom_ext
    SSL_CTX_has_client_custom_ext SSL_extension_supported
}

/// Where an extension of the older functions stands.
const OLD_PLACES: u32 = place::TLS1_2_AND_BELOW_ONLY
    | place::CLIENT_HELLO
    | place::TLS1_2_SERVER_HELLO
    | place::IGNORE_ON_RESUMPTION;
/// `TLSEXT_TYPE_signed_certificate_timestamp`: programs may handle it although the library does.
const SIGNED_CERTIFICATE_TIMESTAMP: u32 = 18;

fn add<Add, Free, Parse>(
    context: &Context,
    kind: c_uint,
    places: c_uint,
    side: Option<Side>,
    functions: Functions<Add, Free, Parse>,
    wrap: impl FnOnce(Functions<Add, Free, Parse>) -> Handler,
) -> c_int {
    let Ok(extension_type) = u16::try_from(kind).map(ExtensionType) else { return 0 };
    let timestamps = kind == SIGNED_CERTIFICATE_TIMESTAMP;
    let looks_at_them = || context.config().callbacks.timestamps.function.is_some();
    if (functions.add.is_none() && functions.free.is_some())
        || (is_handled_by_openssl(kind) && !timestamps)
        || (timestamps && places & place::CLIENT_HELLO != 0 && looks_at_them())
    {
        return 0;
    }
    let custom = CustomExtension::new(extension_type, places, side, wrap(functions));
    context.update_config(|config| config.add_custom_extension(custom)).into()
}

/// Lets the program handle extensions of a type, in the messages that `context` says (`SSL_EXT_…`), as client and as server.
///
/// `add_cb` says what to send (1: these bytes, 0: nothing, -1: fail with the alert); `free_cb` gets the bytes back;
/// `parse_cb` looks at what came (1, or 0 or less to fail with the alert). The functions may be null.
///
/// Returns 1; 0 for a type that the library handles, that is handled already, or that there is not, and for a `free_cb`
/// without `add_cb`. `SSL_CTX_add_custom_ext(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_add_custom_ext(
    ctx: *mut SSL_CTX,
    ext_type: c_uint,
    context: c_uint,
    add_cb: Option<AddCallback>,
    free_cb: Option<FreeCallback>,
    add_arg: *mut c_void,
    parse_cb: Option<ParseCallback>,
    parse_arg: *mut c_void,
) -> c_int {
    let functions = Functions {
        add: add_cb,
        free: free_cb,
        add_argument: add_arg,
        parse: parse_cb,
        parse_argument: parse_arg,
    };
    // SAFETY: the contract of this module.
    unsafe { with_context(ctx, 0, |ctx| add(ctx, ext_type, context, None, functions, Handler::New)) }
}

/// As `SSL_CTX_add_custom_ext`, for clients, in ClientHello and in ServerHello of TLS 1.2 and below.
/// `SSL_CTX_add_client_custom_ext(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_add_client_custom_ext(
    ctx: *mut SSL_CTX,
    ext_type: c_uint,
    add_cb: Option<OldAddCallback>,
    free_cb: Option<OldFreeCallback>,
    add_arg: *mut c_void,
    parse_cb: Option<OldParseCallback>,
    parse_arg: *mut c_void,
) -> c_int {
    let functions = Functions {
        add: add_cb,
        free: free_cb,
        add_argument: add_arg,
        parse: parse_cb,
        parse_argument: parse_arg,
    };
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |ctx| {
            add(ctx, ext_type, OLD_PLACES, Some(Side::Client), functions, Handler::Old)
        })
    }
}

/// As `SSL_CTX_add_client_custom_ext`, for servers. `SSL_CTX_add_server_custom_ext(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_add_server_custom_ext(
    ctx: *mut SSL_CTX,
    ext_type: c_uint,
    add_cb: Option<OldAddCallback>,
    free_cb: Option<OldFreeCallback>,
    add_arg: *mut c_void,
    parse_cb: Option<OldParseCallback>,
    parse_arg: *mut c_void,
) -> c_int {
    let functions = Functions {
        add: add_cb,
        free: free_cb,
        add_argument: add_arg,
        parse: parse_cb,
        parse_argument: parse_arg,
    };
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |ctx| {
            add(ctx, ext_type, OLD_PLACES, Some(Side::Server), functions, Handler::Old)
        })
    }
}

/// Whether the program handles extensions of this type as a client: 1 or 0. `SSL_CTX_has_client_custom_ext(3)`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SSL_CTX_has_client_custom_ext(ctx: *const SSL_CTX, ext_type: c_uint) -> c_int {
    // SAFETY: the contract of this module.
    unsafe {
        with_context(ctx, 0, |ctx| {
            let extension_type = u16::try_from(ext_type).map(ExtensionType);
            extension_type
                .is_ok_and(|kind| ctx.config().has_custom_extension(kind, Some(Side::Client)))
                .into()
        })
    }
}

/// Whether OpenSSL handles extensions of this type itself, so that programs cannot: 1 or 0.
/// `SSL_extension_supported(3)`
#[unsafe(no_mangle)]
pub extern "C" fn SSL_extension_supported(ext_type: c_uint) -> c_int {
    is_handled_by_openssl(ext_type).into()
}
