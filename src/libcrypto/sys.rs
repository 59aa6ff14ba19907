//! The functions of `libcrypto.so.3` that we call, and its opaque types. Names and types are those of its headers;
//! nothing here is of libssl.

#![allow(non_camel_case_types, missing_docs)]

use core::ffi::{c_char, c_int, c_long, c_uchar, c_ulong, c_void};

macro_rules! opaque {
    ($($name:ident)*) => {
        $(
            #[repr(C)]
            pub struct $name {
                _data: [u8; 0],
                _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,
            }
        )*
    };
}

opaque! {
    BIO BIO_METHOD EVP_CIPHER_CTX EVP_MD EVP_MD_CTX EVP_PKEY EVP_PKEY_CTX OPENSSL_STACK X509 X509_CRL X509_NAME
    X509_STORE X509_STORE_CTX X509_VERIFY_PARAM OPENSSL_INIT_SETTINGS X509_PUBKEY OSSL_LIB_CTX
}

/// A slot of program data in an object (`CRYPTO_EX_DATA`): as `<openssl/crypto.h>` lays it out.
#[repr(C)]
pub struct CRYPTO_EX_DATA {
    pub ctx: *mut c_void,
    pub sk: *mut c_void,
}

pub type CRYPTO_EX_new =
    unsafe extern "C" fn(*mut c_void, *mut c_void, *mut CRYPTO_EX_DATA, c_int, c_long, *mut c_void);
pub type CRYPTO_EX_free =
    unsafe extern "C" fn(*mut c_void, *mut c_void, *mut CRYPTO_EX_DATA, c_int, c_long, *mut c_void);
pub type CRYPTO_EX_dup = unsafe extern "C" fn(
    *mut CRYPTO_EX_DATA,
    *const CRYPTO_EX_DATA,
    *mut *mut c_void,
    c_int,
    c_long,
    *mut c_void,
) -> c_int;
pub type pem_password_cb = unsafe extern "C" fn(*mut c_char, c_int, c_int, *mut c_void) -> c_int;
pub type X509_STORE_CTX_verify_cb = unsafe extern "C" fn(c_int, *mut X509_STORE_CTX) -> c_int;
pub type OPENSSL_sk_freefunc = unsafe extern "C" fn(*mut c_void);

/// An entry of a reason table (`ERR_STRING_DATA`).
#[repr(C)]
pub struct ERR_STRING_DATA {
    pub error: c_ulong,
    pub string: *const c_char,
}

pub const BIO_CTRL_EOF: c_int = 2;
pub const BIO_CTRL_FLUSH: c_int = 11;
pub const BIO_CTRL_PENDING: c_int = 10;
pub const BIO_CTRL_WPENDING: c_int = 13;
pub const BIO_FLAGS_READ: c_int = 1;
pub const BIO_FLAGS_WRITE: c_int = 2;
pub const BIO_FLAGS_IO_SPECIAL: c_int = 4;
pub const BIO_FLAGS_SHOULD_RETRY: c_int = 8;
pub const BIO_RR_CONNECT: c_int = 2;
pub const BIO_RR_ACCEPT: c_int = 3;

pub const CRYPTO_EX_INDEX_SSL: c_int = 0;
pub const CRYPTO_EX_INDEX_SSL_CTX: c_int = 1;
pub const CRYPTO_EX_INDEX_SSL_SESSION: c_int = 2;

pub const ERR_LIB_SYS: c_int = 2;
pub const ERR_LIB_SSL: c_int = 20;

#[link(name = "crypto")]
unsafe extern "C" {
    pub fn BIO_read(bio: *mut BIO, data: *mut c_void, length: c_int) -> c_int;
    pub fn BIO_write(bio: *mut BIO, data: *const c_void, length: c_int) -> c_int;
    pub fn BIO_ctrl(bio: *mut BIO, command: c_int, larg: c_long, parg: *mut c_void) -> c_long;
    pub fn BIO_test_flags(bio: *const BIO, flags: c_int) -> c_int;
    pub fn BIO_set_flags(bio: *mut BIO, flags: c_int);
    pub fn BIO_get_retry_reason(bio: *mut BIO) -> c_int;
    pub fn BIO_up_ref(bio: *mut BIO) -> c_int;
    pub fn BIO_free_all(bio: *mut BIO);

    pub fn ERR_new();
    pub fn ERR_set_debug(file: *const c_char, line: c_int, function: *const c_char);
    pub fn ERR_set_error(library: c_int, reason: c_int, format: *const c_char, ...);
    pub fn ERR_peek_error() -> c_ulong;
    pub fn ERR_set_mark() -> c_int;
    pub fn ERR_pop_to_mark() -> c_int;
    pub fn ERR_clear_last_mark() -> c_int;
    pub fn ERR_clear_error();
    pub fn ERR_load_strings(library: c_int, strings: *mut ERR_STRING_DATA) -> c_int;

    pub fn CRYPTO_get_ex_new_index(
        class: c_int,
        argl: c_long,
        argp: *mut c_void,
        new_function: Option<CRYPTO_EX_new>,
        dup_function: Option<CRYPTO_EX_dup>,
        free_function: Option<CRYPTO_EX_free>,
    ) -> c_int;
    pub fn CRYPTO_new_ex_data(class: c_int, object: *mut c_void, data: *mut CRYPTO_EX_DATA) -> c_int;
    pub fn CRYPTO_dup_ex_data(class: c_int, to: *mut CRYPTO_EX_DATA, from: *const CRYPTO_EX_DATA) -> c_int;
    pub fn CRYPTO_free_ex_data(class: c_int, object: *mut c_void, data: *mut CRYPTO_EX_DATA);
    pub fn CRYPTO_set_ex_data(data: *mut CRYPTO_EX_DATA, index: c_int, value: *mut c_void) -> c_int;
    pub fn CRYPTO_get_ex_data(data: *const CRYPTO_EX_DATA, index: c_int) -> *mut c_void;
    pub fn CRYPTO_free(pointer: *mut c_void, file: *const c_char, line: c_int);
    pub fn CRYPTO_malloc(length: usize, file: *const c_char, line: c_int) -> *mut c_void;
    pub fn OPENSSL_init_crypto(options: u64, settings: *const OPENSSL_INIT_SETTINGS) -> c_int;

    pub fn OPENSSL_sk_new_null() -> *mut OPENSSL_STACK;
    pub fn OPENSSL_sk_num(stack: *const OPENSSL_STACK) -> c_int;
    pub fn OPENSSL_sk_value(stack: *const OPENSSL_STACK, index: c_int) -> *mut c_void;
    pub fn OPENSSL_sk_push(stack: *mut OPENSSL_STACK, value: *const c_void) -> c_int;
    pub fn OPENSSL_sk_free(stack: *mut OPENSSL_STACK);
    pub fn OPENSSL_sk_pop_free(stack: *mut OPENSSL_STACK, free_function: Option<OPENSSL_sk_freefunc>);

    pub fn X509_up_ref(certificate: *mut X509) -> c_int;
    pub fn X509_free(certificate: *mut X509);
    pub fn d2i_X509(to: *mut *mut X509, input: *mut *const c_uchar, length: c_long) -> *mut X509;
    pub fn i2d_X509(certificate: *const X509, output: *mut *mut c_uchar) -> c_int;
    pub fn X509_get0_pubkey(certificate: *const X509) -> *mut EVP_PKEY;
    pub fn X509_check_private_key(certificate: *const X509, key: *const EVP_PKEY) -> c_int;

    pub fn EVP_PKEY_up_ref(key: *mut EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_free(key: *mut EVP_PKEY);
    pub fn EVP_PKEY_is_a(key: *const EVP_PKEY, name: *const c_char) -> c_int;
    pub fn EVP_PKEY_get_bits(key: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_get_group_name(
        key: *const EVP_PKEY,
        name: *mut c_char,
        size: usize,
        length: *mut usize,
    ) -> c_int;
    pub fn EVP_PKEY_eq(one: *const EVP_PKEY, other: *const EVP_PKEY) -> c_int;
    pub fn i2d_PrivateKey(key: *const EVP_PKEY, output: *mut *mut c_uchar) -> c_int;

    pub fn EVP_MD_CTX_new() -> *mut EVP_MD_CTX;
    pub fn EVP_MD_CTX_free(context: *mut EVP_MD_CTX);
    pub fn EVP_sha1() -> *const EVP_MD;
    pub fn EVP_sha224() -> *const EVP_MD;
    pub fn EVP_sha256() -> *const EVP_MD;
    pub fn EVP_sha384() -> *const EVP_MD;
    pub fn EVP_sha512() -> *const EVP_MD;
    pub fn EVP_DigestSignInit(
        context: *mut EVP_MD_CTX,
        key_context: *mut *mut EVP_PKEY_CTX,
        digest: *const EVP_MD,
        engine: *mut c_void,
        key: *mut EVP_PKEY,
    ) -> c_int;
    pub fn EVP_DigestSign(
        context: *mut EVP_MD_CTX,
        signature: *mut c_uchar,
        signature_length: *mut usize,
        content: *const c_uchar,
        content_length: usize,
    ) -> c_int;
    pub fn EVP_DigestVerifyInit(
        context: *mut EVP_MD_CTX,
        key_context: *mut *mut EVP_PKEY_CTX,
        digest: *const EVP_MD,
        engine: *mut c_void,
        key: *mut EVP_PKEY,
    ) -> c_int;
    pub fn EVP_DigestVerify(
        context: *mut EVP_MD_CTX,
        signature: *const c_uchar,
        signature_length: usize,
        content: *const c_uchar,
        content_length: usize,
    ) -> c_int;
    pub fn EVP_PKEY_CTX_set_rsa_padding(context: *mut EVP_PKEY_CTX, padding: c_int) -> c_int;
    pub fn EVP_PKEY_CTX_set_rsa_pss_saltlen(context: *mut EVP_PKEY_CTX, length: c_int) -> c_int;

    pub fn X509_STORE_new() -> *mut X509_STORE;
    pub fn X509_STORE_up_ref(store: *mut X509_STORE) -> c_int;
    pub fn X509_STORE_free(store: *mut X509_STORE);
    pub fn X509_STORE_CTX_new() -> *mut X509_STORE_CTX;
    pub fn X509_STORE_CTX_free(context: *mut X509_STORE_CTX);
    pub fn X509_STORE_CTX_init(
        context: *mut X509_STORE_CTX,
        store: *mut X509_STORE,
        certificate: *mut X509,
        chain: *mut OPENSSL_STACK,
    ) -> c_int;
    pub fn X509_STORE_CTX_set_ex_data(context: *mut X509_STORE_CTX, index: c_int, data: *mut c_void)
    -> c_int;
    pub fn X509_STORE_CTX_set_default(context: *mut X509_STORE_CTX, name: *const c_char) -> c_int;
    pub fn X509_STORE_CTX_set_verify_cb(context: *mut X509_STORE_CTX, callback: X509_STORE_CTX_verify_cb);
    pub fn X509_STORE_CTX_get0_param(context: *const X509_STORE_CTX) -> *mut X509_VERIFY_PARAM;
    pub fn X509_STORE_CTX_get_error(context: *const X509_STORE_CTX) -> c_int;
    pub fn X509_STORE_CTX_get0_chain(context: *const X509_STORE_CTX) -> *mut OPENSSL_STACK;
    pub fn X509_verify_cert(context: *mut X509_STORE_CTX) -> c_int;
    pub fn X509_VERIFY_PARAM_new() -> *mut X509_VERIFY_PARAM;
    pub fn X509_VERIFY_PARAM_free(param: *mut X509_VERIFY_PARAM);
    pub fn X509_VERIFY_PARAM_inherit(to: *mut X509_VERIFY_PARAM, from: *const X509_VERIFY_PARAM) -> c_int;
    pub fn X509_VERIFY_PARAM_set1(to: *mut X509_VERIFY_PARAM, from: *const X509_VERIFY_PARAM) -> c_int;
    pub fn X509_VERIFY_PARAM_set_auth_level(param: *mut X509_VERIFY_PARAM, level: c_int);
    pub fn X509_VERIFY_PARAM_set_flags(param: *mut X509_VERIFY_PARAM, flags: c_ulong) -> c_int;
}
