//! The functions of `libcrypto.so.3` that we call, and its opaque types. Names and types are those of its headers, with
//! which `ctests/declarations.py` lets the C compiler compare them; nothing here is of libssl.

#![allow(non_camel_case_types, missing_docs, clippy::upper_case_acronyms)]

use core::ffi::{c_char, c_int, c_long, c_uchar, c_uint, c_ulong, c_void};

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
    BIO BIO_METHOD EVP_CIPHER EVP_CIPHER_CTX EVP_MAC EVP_MAC_CTX HMAC_CTX EVP_MD EVP_MD_CTX EVP_PKEY EVP_PKEY_CTX OPENSSL_STACK X509 X509_NAME
    EVP_KEYEXCH EVP_SIGNATURE X509_STORE X509_STORE_CTX X509_VERIFY_PARAM OPENSSL_INIT_SETTINGS OSSL_LIB_CTX RSA X509_LOOKUP
    X509_LOOKUP_METHOD EC_KEY EC_GROUP ENGINE SSL SSL_DANE ASYNC_JOB ASYNC_WAIT_CTX SSL_CONF_CMD BIGNUM DH
    CTLOG_STORE CT_POLICY_EVAL_CTX SCT OCSP_RESPONSE OCSP_BASICRESP OCSP_SINGLERESP
    OSSL_DECODER_CTX OSSL_STORE_CTX OSSL_STORE_INFO UI_METHOD OPENSSL_LHASH
    X509_EXTENSION OCSP_RESPID OSSL_PROVIDER RSA_METHOD EC_KEY_METHOD BIO_ADDR
    X509_CRL ASN1_TIME ASN1_OCTET_STRING
}

/// `STACK_OF(X509)`: what C keeps apart is all one here.
pub type stack_st_X509 = OPENSSL_STACK;
/// `STACK_OF(X509_CRL)`.
pub type stack_st_X509_CRL = OPENSSL_STACK;
/// `STACK_OF(X509_NAME)`.
pub type stack_st_X509_NAME = OPENSSL_STACK;
/// `STACK_OF(SSL_CIPHER)`.
pub type stack_st_SSL_CIPHER = OPENSSL_STACK;
/// `STACK_OF(SSL_COMP)`.
pub type stack_st_SSL_COMP = OPENSSL_STACK;
/// `STACK_OF(X509_EXTENSION)`.
pub type stack_st_X509_EXTENSION = OPENSSL_STACK;
/// `STACK_OF(SCT)`.
pub type stack_st_SCT = OPENSSL_STACK;
/// `STACK_OF(void)`.
pub type stack_st_void = OPENSSL_STACK;

/// An entry of a table of functions, which a zero ends (`OSSL_DISPATCH`): as `<openssl/core.h>` lays it out.
#[repr(C)]
pub struct OSSL_DISPATCH {
    pub function_id: c_int,
    pub function: Option<unsafe extern "C" fn()>,
}

/// A slot of program data in an object (`CRYPTO_EX_DATA`): as `<openssl/crypto.h>` lays it out.
#[repr(C)]
pub struct CRYPTO_EX_DATA {
    pub ctx: *mut OSSL_LIB_CTX,
    pub sk: *mut stack_st_void,
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
pub type OPENSSL_LH_HASHFUNC = unsafe extern "C" fn(*const c_void) -> c_ulong;
pub type OPENSSL_LH_COMPFUNC = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;
pub type pem_password_cb = unsafe extern "C" fn(*mut c_char, c_int, c_int, *mut c_void) -> c_int;
pub type X509_STORE_CTX_verify_fn = unsafe extern "C" fn(*mut X509_STORE_CTX) -> c_int;
pub type X509_STORE_CTX_get_issuer_fn =
    unsafe extern "C" fn(*mut *mut X509, *mut X509_STORE_CTX, *mut X509) -> c_int;
pub type X509_STORE_CTX_check_issued_fn =
    unsafe extern "C" fn(*mut X509_STORE_CTX, *mut X509, *mut X509) -> c_int;
pub type X509_STORE_CTX_check_revocation_fn = unsafe extern "C" fn(*mut X509_STORE_CTX) -> c_int;
pub type X509_STORE_CTX_get_crl_fn =
    unsafe extern "C" fn(*mut X509_STORE_CTX, *mut *mut X509_CRL, *mut X509) -> c_int;
pub type X509_STORE_CTX_check_crl_fn = unsafe extern "C" fn(*mut X509_STORE_CTX, *mut X509_CRL) -> c_int;
pub type X509_STORE_CTX_cert_crl_fn =
    unsafe extern "C" fn(*mut X509_STORE_CTX, *mut X509_CRL, *mut X509) -> c_int;
pub type X509_STORE_CTX_check_policy_fn = unsafe extern "C" fn(*mut X509_STORE_CTX) -> c_int;
pub type X509_STORE_CTX_lookup_certs_fn =
    unsafe extern "C" fn(*mut X509_STORE_CTX, *const X509_NAME) -> *mut stack_st_X509;
pub type X509_STORE_CTX_lookup_crls_fn =
    unsafe extern "C" fn(*const X509_STORE_CTX, *const X509_NAME) -> *mut stack_st_X509_CRL;
pub type X509_STORE_CTX_cleanup_fn = unsafe extern "C" fn(*mut X509_STORE_CTX) -> c_int;
pub type X509_STORE_CTX_verify_cb = unsafe extern "C" fn(c_int, *mut X509_STORE_CTX) -> c_int;
pub type OPENSSL_sk_compfunc = unsafe extern "C" fn(*const c_void, *const c_void) -> c_int;
pub type OPENSSL_sk_freefunc = unsafe extern "C" fn(*mut c_void);
pub type d2i_of_void = unsafe extern "C" fn(*mut *mut c_void, *mut *const c_uchar, c_long) -> *mut c_void;
pub type i2d_of_void = unsafe extern "C" fn(*const c_void, *mut *mut c_uchar) -> c_int;
pub type EVP_CipherUpdate =
    unsafe extern "C" fn(*mut EVP_CIPHER_CTX, *mut c_uchar, *mut c_int, *const c_uchar, c_int) -> c_int;
pub type EVP_CipherFinal = unsafe extern "C" fn(*mut EVP_CIPHER_CTX, *mut c_uchar, *mut c_int) -> c_int;
pub type ASYNC_callback_fn = unsafe extern "C" fn(*mut c_void) -> c_int;
pub type OSSL_STORE_post_process_info_fn =
    unsafe extern "C" fn(*mut OSSL_STORE_INFO, *mut c_void) -> *mut OSSL_STORE_INFO;
pub type ENGINE_SSL_CLIENT_CERT_PTR = unsafe extern "C" fn(
    *mut ENGINE,
    *mut SSL,
    *mut stack_st_X509_NAME,
    *mut *mut X509,
    *mut *mut EVP_PKEY,
    *mut *mut stack_st_X509,
    *mut UI_METHOD,
    *mut c_void,
) -> c_int;
pub type BIO_info_cb = unsafe extern "C" fn(*mut BIO, c_int, c_int) -> c_int;

/// A parameter of an operation (`OSSL_PARAM(3)`).
#[repr(C)]
pub struct OSSL_PARAM {
    pub key: *const c_char,
    pub data_type: c_uint,
    pub data: *mut c_void,
    pub data_size: usize,
    pub return_size: usize,
}

/// A group that libcrypto knows for SRP (`SRP_gN`).
#[allow(non_snake_case)]
#[repr(C)]
pub struct SRP_gN {
    pub id: *mut c_char,
    pub g: *const BIGNUM,
    pub N: *const BIGNUM,
}

/// An entry of a reason table (`ERR_STRING_DATA`).
#[repr(C)]
pub struct ERR_STRING_DATA {
    pub error: c_ulong,
    pub string: *const c_char,
}

pub const ASYNC_NO_JOBS: c_int = 1;
pub const ASYNC_PAUSE: c_int = 2;
pub const ASYNC_FINISH: c_int = 3;

pub const BIO_CTRL_RESET: c_int = 1;
pub const BIO_CTRL_EOF: c_int = 2;
pub const BIO_CTRL_INFO: c_int = 3;
pub const BIO_CTRL_PUSH: c_int = 6;
pub const BIO_CTRL_POP: c_int = 7;
pub const BIO_CTRL_GET_CLOSE: c_int = 8;
pub const BIO_CTRL_SET_CLOSE: c_int = 9;
pub const BIO_CTRL_DUP: c_int = 12;
pub const BIO_CTRL_SET_CALLBACK: c_int = 14;
pub const BIO_C_DO_STATE_MACHINE: c_int = 101;
pub const BIO_C_GET_FD: c_int = 105;
pub const BIO_C_SET_SSL: c_int = 109;
pub const BIO_C_GET_SSL: c_int = 110;
pub const BIO_C_SSL_MODE: c_int = 119;
pub const BIO_C_SET_SSL_RENEGOTIATE_BYTES: c_int = 125;
pub const BIO_C_GET_SSL_NUM_RENEGOTIATES: c_int = 126;
pub const BIO_C_SET_SSL_RENEGOTIATE_TIMEOUT: c_int = 127;
pub const BIO_NOCLOSE: c_int = 0;
pub const BIO_CLOSE: c_int = 1;
pub const BIO_TYPE_DESCRIPTOR: c_int = 0x100;
pub const BIO_TYPE_SOCKET: c_int = 0x505;
pub const BIO_TYPE_SSL: c_int = 0x207;
pub const BIO_CTRL_DGRAM_SET_PEER: c_int = 44;
pub const BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT: c_int = 45;
pub const BIO_CTRL_DGRAM_GET_PEER: c_int = 46;
pub const BIO_CTRL_FLUSH: c_int = 11;
pub const BIO_CTRL_PENDING: c_int = 10;
pub const BIO_CTRL_WPENDING: c_int = 13;
pub const BIO_FLAGS_READ: c_int = 1;
pub const BIO_FLAGS_WRITE: c_int = 2;
pub const BIO_FLAGS_IO_SPECIAL: c_int = 4;
pub const BIO_FLAGS_SHOULD_RETRY: c_int = 8;
pub const BIO_RR_SSL_X509_LOOKUP: c_int = 1;
pub const BIO_RR_CONNECT: c_int = 2;
pub const BIO_RR_ACCEPT: c_int = 3;

pub const CRYPTO_EX_INDEX_SSL: c_int = 0;
pub const CRYPTO_EX_INDEX_SSL_CTX: c_int = 1;
pub const CRYPTO_EX_INDEX_SSL_SESSION: c_int = 2;

pub const BIO_C_SET_FILENAME: c_int = 108;
pub const BIO_C_FILE_SEEK: c_int = 128;
pub const BIO_C_FILE_TELL: c_int = 133;
pub const BIO_FP_READ: c_int = 2;
pub const EXFLAG_SS: u32 = 0x2000;
pub const EXFLAG_PROXY: u32 = 0x400;
pub const KU_KEY_CERT_SIGN: u32 = 4;
pub const X509_V_FLAG_USE_CHECK_TIME: c_ulong = 0x2;
pub const X509_V_FLAG_CHECK_SS_SIGNATURE: c_ulong = 0x4000;
pub const X509_V_FLAG_NO_CHECK_TIME: c_ulong = 0x20_0000;
pub const CRYPTO_EX_INDEX_X509_STORE_CTX: c_int = 5;
pub const X509_L_FILE_LOAD: c_int = 1;
pub const X509_L_ADD_DIR: c_int = 2;
pub const X509_L_ADD_STORE: c_int = 3;
pub const X509_FILETYPE_DEFAULT: c_long = 3;
pub const ERR_LIB_PEM: c_int = 9;
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
    #[cfg(any(test, fuzzing))]
    pub fn BIO_puts(bio: *mut BIO, text: *const c_char) -> c_int;
    pub fn BIO_up_ref(bio: *mut BIO) -> c_int;
    pub fn BIO_free_all(bio: *mut BIO);

    pub fn ASYNC_get_current_job() -> *mut ASYNC_JOB;
    pub fn ASYNC_block_pause();
    pub fn ASYNC_unblock_pause();
    pub fn ASYNC_start_job(
        job: *mut *mut ASYNC_JOB,
        context: *mut ASYNC_WAIT_CTX,
        result: *mut c_int,
        function: Option<unsafe extern "C" fn(*mut c_void) -> c_int>,
        argument: *mut c_void,
        size: usize,
    ) -> c_int;
    pub fn ASYNC_WAIT_CTX_new() -> *mut ASYNC_WAIT_CTX;
    pub fn ASYNC_WAIT_CTX_free(context: *mut ASYNC_WAIT_CTX);
    pub fn ASYNC_WAIT_CTX_set_callback(
        context: *mut ASYNC_WAIT_CTX,
        callback: Option<ASYNC_callback_fn>,
        argument: *mut c_void,
    ) -> c_int;
    pub fn ASYNC_WAIT_CTX_get_status(context: *mut ASYNC_WAIT_CTX) -> c_int;
    pub fn ASYNC_WAIT_CTX_get_all_fds(
        context: *mut ASYNC_WAIT_CTX,
        descriptors: *mut c_int,
        count: *mut usize,
    ) -> c_int;
    pub fn ASYNC_WAIT_CTX_get_changed_fds(
        context: *mut ASYNC_WAIT_CTX,
        added: *mut c_int,
        added_count: *mut usize,
        removed: *mut c_int,
        removed_count: *mut usize,
    ) -> c_int;

    pub fn ENGINE_init(engine: *mut ENGINE) -> c_int;
    pub fn ENGINE_finish(engine: *mut ENGINE) -> c_int;
    pub fn ENGINE_get_ssl_client_cert_function(engine: *const ENGINE) -> Option<ENGINE_SSL_CLIENT_CERT_PTR>;
    pub fn ENGINE_load_ssl_client_cert(
        engine: *mut ENGINE,
        ssl: *mut SSL,
        ca_names: *mut stack_st_X509_NAME,
        certificate: *mut *mut X509,
        key: *mut *mut EVP_PKEY,
        others: *mut *mut stack_st_X509,
        user_interface: *mut UI_METHOD,
        argument: *mut c_void,
    ) -> c_int;

    pub fn ERR_new();
    pub fn ERR_reason_error_string(code: c_ulong) -> *const c_char;
    pub fn ERR_set_debug(file: *const c_char, line: c_int, function: *const c_char);
    pub fn ERR_set_error(library: c_int, reason: c_int, format: *const c_char, ...);
    pub fn ERR_peek_error() -> c_ulong;
    pub fn ERR_set_mark() -> c_int;
    pub fn ERR_pop_to_mark() -> c_int;
    pub fn ERR_clear_last_mark() -> c_int;
    pub fn ERR_clear_error();
    pub fn ERR_load_strings_const(strings: *const ERR_STRING_DATA) -> c_int;

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
    pub fn CRYPTO_secure_malloc_initialized() -> c_int;
    pub fn CRYPTO_free(pointer: *mut c_void, file: *const c_char, line: c_int);
    pub fn CRYPTO_clear_free(pointer: *mut c_void, num: usize, file: *const c_char, line: c_int);
    pub fn CRYPTO_malloc(length: usize, file: *const c_char, line: c_int) -> *mut c_void;
    #[cfg(any(test, fuzzing))]
    pub fn CRYPTO_strdup(text: *const c_char, file: *const c_char, line: c_int) -> *mut c_char;
    pub fn OpenSSL_version_num() -> c_ulong;
    pub fn OPENSSL_init_crypto(options: u64, settings: *const OPENSSL_INIT_SETTINGS) -> c_int;

    // Exported for libssl; in no public header.
    pub fn conf_ssl_name_find(name: *const c_char, index: *mut usize) -> c_int;
    pub fn conf_ssl_get(index: usize, name: *mut *const c_char, count: *mut usize) -> *const SSL_CONF_CMD;
    pub fn conf_ssl_get_cmd(
        commands: *const SSL_CONF_CMD,
        index: usize,
        name: *mut *mut c_char,
        value: *mut *mut c_char,
    );

    pub fn OPENSSL_LH_new(
        h: Option<OPENSSL_LH_HASHFUNC>,
        c: Option<OPENSSL_LH_COMPFUNC>,
    ) -> *mut OPENSSL_LHASH;
    pub fn OPENSSL_LH_free(lh: *mut OPENSSL_LHASH);
    pub fn OPENSSL_LH_flush(lh: *mut OPENSSL_LHASH);
    pub fn OPENSSL_LH_insert(lh: *mut OPENSSL_LHASH, data: *mut c_void) -> *mut c_void;
    #[cfg(test)]
    pub fn OPENSSL_LH_num_items(lh: *const OPENSSL_LHASH) -> c_ulong;
    #[cfg(test)]
    pub fn OPENSSL_LH_retrieve(lh: *mut OPENSSL_LHASH, data: *const c_void) -> *mut c_void;
    pub fn OPENSSL_sk_new_null() -> *mut OPENSSL_STACK;
    pub fn OCSP_RESPID_free(a: *mut OCSP_RESPID);
    pub fn d2i_OCSP_RESPID(
        a: *mut *mut OCSP_RESPID,
        input: *mut *const c_uchar,
        len: c_long,
    ) -> *mut OCSP_RESPID;
    pub fn i2d_OCSP_RESPID(a: *const OCSP_RESPID, out: *mut *mut c_uchar) -> c_int;
    pub fn X509_EXTENSION_free(a: *mut X509_EXTENSION);
    pub fn d2i_X509_EXTENSIONS(
        a: *mut *mut stack_st_X509_EXTENSION,
        input: *mut *const c_uchar,
        len: c_long,
    ) -> *mut stack_st_X509_EXTENSION;
    pub fn i2d_X509_EXTENSIONS(a: *const stack_st_X509_EXTENSION, out: *mut *mut c_uchar) -> c_int;
    pub fn CTLOG_STORE_new() -> *mut CTLOG_STORE;
    pub fn CTLOG_STORE_free(store: *mut CTLOG_STORE);
    pub fn CTLOG_STORE_load_file(store: *mut CTLOG_STORE, file: *const c_char) -> c_int;
    pub fn CTLOG_STORE_load_default_file(store: *mut CTLOG_STORE) -> c_int;
    pub fn CT_POLICY_EVAL_CTX_new() -> *mut CT_POLICY_EVAL_CTX;
    pub fn CT_POLICY_EVAL_CTX_free(ctx: *mut CT_POLICY_EVAL_CTX);
    pub fn CT_POLICY_EVAL_CTX_set1_cert(ctx: *mut CT_POLICY_EVAL_CTX, cert: *mut X509) -> c_int;
    pub fn CT_POLICY_EVAL_CTX_set1_issuer(ctx: *mut CT_POLICY_EVAL_CTX, issuer: *mut X509) -> c_int;
    pub fn CT_POLICY_EVAL_CTX_set_shared_CTLOG_STORE(
        ctx: *mut CT_POLICY_EVAL_CTX,
        log_store: *mut CTLOG_STORE,
    );
    pub fn CT_POLICY_EVAL_CTX_set_time(ctx: *mut CT_POLICY_EVAL_CTX, time_in_ms: u64);
    pub fn SCT_free(sct: *mut SCT);
    pub fn SCT_LIST_free(a: *mut stack_st_SCT);
    pub fn SCT_set_source(sct: *mut SCT, source: c_uint) -> c_int;
    pub fn SCT_get_validation_status(sct: *const SCT) -> c_uint;
    pub fn SCT_LIST_validate(scts: *const stack_st_SCT, ctx: *mut CT_POLICY_EVAL_CTX) -> c_int;
    pub fn o2i_SCT_LIST(a: *mut *mut stack_st_SCT, pp: *mut *const c_uchar, len: usize) -> *mut stack_st_SCT;
    pub fn X509_get_ext_d2i(x: *const X509, nid: c_int, crit: *mut c_int, idx: *mut c_int) -> *mut c_void;
    pub fn d2i_OCSP_RESPONSE(
        a: *mut *mut OCSP_RESPONSE,
        input: *mut *const c_uchar,
        len: c_long,
    ) -> *mut OCSP_RESPONSE;
    pub fn OCSP_RESPONSE_free(a: *mut OCSP_RESPONSE);
    pub fn OCSP_response_get1_basic(resp: *mut OCSP_RESPONSE) -> *mut OCSP_BASICRESP;
    pub fn OCSP_BASICRESP_free(a: *mut OCSP_BASICRESP);
    pub fn OCSP_resp_count(bs: *mut OCSP_BASICRESP) -> c_int;
    pub fn OCSP_resp_get0(bs: *mut OCSP_BASICRESP, idx: c_int) -> *mut OCSP_SINGLERESP;
    pub fn OCSP_SINGLERESP_get1_ext_d2i(
        x: *mut OCSP_SINGLERESP,
        nid: c_int,
        crit: *mut c_int,
        idx: *mut c_int,
    ) -> *mut c_void;
    pub fn OPENSSL_sk_set_cmp_func(
        stack: *mut OPENSSL_STACK,
        compare: Option<OPENSSL_sk_compfunc>,
    ) -> Option<OPENSSL_sk_compfunc>;
    pub fn OPENSSL_sk_find(stack: *mut OPENSSL_STACK, value: *const c_void) -> c_int;
    pub fn OPENSSL_sk_pop(stack: *mut OPENSSL_STACK) -> *mut c_void;
    pub fn OPENSSL_sk_num(stack: *const OPENSSL_STACK) -> c_int;
    pub fn OPENSSL_sk_value(stack: *const OPENSSL_STACK, index: c_int) -> *mut c_void;
    pub fn OPENSSL_sk_push(stack: *mut OPENSSL_STACK, value: *const c_void) -> c_int;
    pub fn OPENSSL_sk_insert(stack: *mut OPENSSL_STACK, value: *const c_void, index: c_int) -> c_int;
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

    #[cfg(any(test, fuzzing))]
    pub fn EVP_aes_128_cbc() -> *const EVP_CIPHER;
    pub fn EVP_CIPHER_CTX_new() -> *mut EVP_CIPHER_CTX;
    pub fn EVP_CIPHER_CTX_free(context: *mut EVP_CIPHER_CTX);
    pub fn EVP_CipherInit_ex(
        context: *mut EVP_CIPHER_CTX,
        cipher: *const EVP_CIPHER,
        engine: *mut ENGINE,
        key: *const c_uchar,
        iv: *const c_uchar,
        enc: c_int,
    ) -> c_int;
    pub fn EVP_CipherUpdate(
        context: *mut EVP_CIPHER_CTX,
        out: *mut c_uchar,
        out_length: *mut c_int,
        input: *const c_uchar,
        length: c_int,
    ) -> c_int;
    pub fn EVP_CipherFinal_ex(
        context: *mut EVP_CIPHER_CTX,
        out: *mut c_uchar,
        out_length: *mut c_int,
    ) -> c_int;
    pub fn EVP_CIPHER_CTX_ctrl(
        context: *mut EVP_CIPHER_CTX,
        command: c_int,
        length: c_int,
        data: *mut c_void,
    ) -> c_int;
    pub fn EVP_CIPHER_CTX_set_padding(context: *mut EVP_CIPHER_CTX, padding: c_int) -> c_int;
    pub fn EVP_CIPHER_CTX_get_key_length(context: *const EVP_CIPHER_CTX) -> c_int;
    pub fn EVP_CIPHER_CTX_get0_cipher(context: *const EVP_CIPHER_CTX) -> *const EVP_CIPHER;
    pub fn EVP_CIPHER_CTX_get_iv_length(context: *const EVP_CIPHER_CTX) -> c_int;
    pub fn EVP_EncryptUpdate(
        context: *mut EVP_CIPHER_CTX,
        out: *mut c_uchar,
        out_length: *mut c_int,
        input: *const c_uchar,
        length: c_int,
    ) -> c_int;
    pub fn EVP_EncryptFinal(context: *mut EVP_CIPHER_CTX, out: *mut c_uchar, out_length: *mut c_int)
    -> c_int;
    pub fn EVP_DecryptUpdate(
        context: *mut EVP_CIPHER_CTX,
        out: *mut c_uchar,
        out_length: *mut c_int,
        input: *const c_uchar,
        length: c_int,
    ) -> c_int;
    pub fn EVP_DecryptFinal(context: *mut EVP_CIPHER_CTX, out: *mut c_uchar, out_length: *mut c_int)
    -> c_int;
    pub fn EVP_MAC_fetch(
        library: *mut OSSL_LIB_CTX,
        algorithm: *const c_char,
        properties: *const c_char,
    ) -> *mut EVP_MAC;
    pub fn BIO_ADDR_new() -> *mut BIO_ADDR;
    pub fn BIO_ADDR_free(address: *mut BIO_ADDR);
    pub fn BIO_ADDR_clear(address: *mut BIO_ADDR);
    pub fn EVP_MAC_free(mac: *mut EVP_MAC);
    pub fn EVP_MAC_CTX_new(mac: *mut EVP_MAC) -> *mut EVP_MAC_CTX;
    pub fn EVP_MAC_CTX_dup(context: *const EVP_MAC_CTX) -> *mut EVP_MAC_CTX;
    pub fn EVP_MAC_CTX_set_params(context: *mut EVP_MAC_CTX, parameters: *const OSSL_PARAM) -> c_int;
    pub fn EVP_MAC_CTX_free(context: *mut EVP_MAC_CTX);
    pub fn EVP_MAC_CTX_get_mac_size(context: *mut EVP_MAC_CTX) -> usize;
    #[cfg(test)]
    pub fn HMAC_Init_ex(
        context: *mut HMAC_CTX,
        key: *const c_void,
        length: c_int,
        digest: *const EVP_MD,
        engine: *mut ENGINE,
    ) -> c_int;
    pub fn EVP_MAC_init(
        context: *mut EVP_MAC_CTX,
        key: *const c_uchar,
        length: usize,
        parameters: *const OSSL_PARAM,
    ) -> c_int;
    pub fn EVP_MAC_update(context: *mut EVP_MAC_CTX, data: *const c_uchar, length: usize) -> c_int;
    pub fn EVP_MAC_final(
        context: *mut EVP_MAC_CTX,
        out: *mut c_uchar,
        out_length: *mut usize,
        size: usize,
    ) -> c_int;
    pub fn HMAC_CTX_new() -> *mut HMAC_CTX;
    pub fn HMAC_CTX_free(context: *mut HMAC_CTX);
    pub fn HMAC_size(context: *const HMAC_CTX) -> usize;
    pub fn HMAC_Update(context: *mut HMAC_CTX, data: *const c_uchar, length: usize) -> c_int;
    pub fn HMAC_Final(context: *mut HMAC_CTX, out: *mut c_uchar, length: *mut c_uint) -> c_int;
    pub fn EVP_MD_CTX_new() -> *mut EVP_MD_CTX;
    pub fn EVP_MD_CTX_free(context: *mut EVP_MD_CTX);
    pub fn EVP_MD_CTX_copy_ex(to: *mut EVP_MD_CTX, from: *const EVP_MD_CTX) -> c_int;
    pub fn EVP_CIPHER_fetch(
        library: *mut OSSL_LIB_CTX,
        algorithm: *const c_char,
        properties: *const c_char,
    ) -> *mut EVP_CIPHER;
    pub fn EVP_CIPHER_free(cipher: *mut EVP_CIPHER);
    pub fn EVP_default_properties_is_fips_enabled(library: *mut OSSL_LIB_CTX) -> c_int;
    pub fn EVP_KEYEXCH_fetch(
        context: *mut OSSL_LIB_CTX,
        name: *const c_char,
        properties: *const c_char,
    ) -> *mut EVP_KEYEXCH;
    pub fn EVP_KEYEXCH_free(exchange: *mut EVP_KEYEXCH);
    pub fn EVP_SIGNATURE_fetch(
        context: *mut OSSL_LIB_CTX,
        name: *const c_char,
        properties: *const c_char,
    ) -> *mut EVP_SIGNATURE;
    pub fn EVP_SIGNATURE_free(signature: *mut EVP_SIGNATURE);
    pub fn EVP_MD_fetch(
        context: *mut OSSL_LIB_CTX,
        name: *const c_char,
        properties: *const c_char,
    ) -> *mut EVP_MD;
    pub fn EVP_MD_free(digest: *mut EVP_MD);
    pub fn EVP_DigestInit_ex(context: *mut EVP_MD_CTX, digest: *const EVP_MD, engine: *mut ENGINE) -> c_int;
    pub fn EVP_DigestUpdate(context: *mut EVP_MD_CTX, data: *const c_void, length: usize) -> c_int;
    pub fn EVP_DigestFinal_ex(context: *mut EVP_MD_CTX, out: *mut c_uchar, length: *mut c_uint) -> c_int;
    pub fn EVP_md5() -> *const EVP_MD;
    pub fn EVP_md5_sha1() -> *const EVP_MD;
    pub fn EVP_MD_get_size(digest: *const EVP_MD) -> c_int;
    pub fn EVP_sha1() -> *const EVP_MD;
    pub fn EVP_sha224() -> *const EVP_MD;
    pub fn EVP_sha256() -> *const EVP_MD;
    pub fn EVP_sha384() -> *const EVP_MD;
    pub fn EVP_sha512() -> *const EVP_MD;
    pub fn EVP_DigestSignInit(
        context: *mut EVP_MD_CTX,
        key_context: *mut *mut EVP_PKEY_CTX,
        digest: *const EVP_MD,
        engine: *mut ENGINE,
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
        engine: *mut ENGINE,
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
    pub fn X509_STORE_CTX_new_ex(
        library: *mut OSSL_LIB_CTX,
        properties: *const c_char,
    ) -> *mut X509_STORE_CTX;
    pub fn X509_new_ex(library: *mut OSSL_LIB_CTX, properties: *const c_char) -> *mut X509;
    pub fn X509_STORE_CTX_free(context: *mut X509_STORE_CTX);
    pub fn X509_STORE_CTX_init(
        context: *mut X509_STORE_CTX,
        store: *mut X509_STORE,
        certificate: *mut X509,
        chain: *mut stack_st_X509,
    ) -> c_int;
    pub fn X509_STORE_CTX_set_ex_data(context: *mut X509_STORE_CTX, index: c_int, data: *mut c_void)
    -> c_int;
    pub fn X509_STORE_CTX_set0_dane(context: *mut X509_STORE_CTX, dane: *mut SSL_DANE);
    pub fn X509_STORE_CTX_set_flags(context: *mut X509_STORE_CTX, flags: c_ulong);
    pub fn X509_STORE_CTX_set_default(context: *mut X509_STORE_CTX, name: *const c_char) -> c_int;
    pub fn X509_STORE_CTX_set_verify_cb(context: *mut X509_STORE_CTX, callback: X509_STORE_CTX_verify_cb);
    pub fn X509_STORE_CTX_get_ex_data(context: *const X509_STORE_CTX, index: c_int) -> *mut c_void;
    pub fn X509_STORE_CTX_get_verify(context: *const X509_STORE_CTX) -> Option<X509_STORE_CTX_verify_fn>;
    pub fn X509_STORE_CTX_set_verify(context: *mut X509_STORE_CTX, verify: Option<X509_STORE_CTX_verify_fn>);
    pub fn X509_STORE_get_verify(store: *const X509_STORE) -> Option<X509_STORE_CTX_verify_fn>;
    pub fn X509_STORE_get_verify_cb(store: *const X509_STORE) -> Option<X509_STORE_CTX_verify_cb>;
    pub fn X509_STORE_get_get_issuer(store: *const X509_STORE) -> Option<X509_STORE_CTX_get_issuer_fn>;
    pub fn X509_STORE_get_check_issued(store: *const X509_STORE) -> Option<X509_STORE_CTX_check_issued_fn>;
    pub fn X509_STORE_get_check_revocation(
        store: *const X509_STORE,
    ) -> Option<X509_STORE_CTX_check_revocation_fn>;
    pub fn X509_STORE_get_get_crl(store: *const X509_STORE) -> Option<X509_STORE_CTX_get_crl_fn>;
    pub fn X509_STORE_get_check_crl(store: *const X509_STORE) -> Option<X509_STORE_CTX_check_crl_fn>;
    pub fn X509_STORE_get_cert_crl(store: *const X509_STORE) -> Option<X509_STORE_CTX_cert_crl_fn>;
    pub fn X509_STORE_get_check_policy(store: *const X509_STORE) -> Option<X509_STORE_CTX_check_policy_fn>;
    pub fn X509_STORE_get_lookup_certs(store: *const X509_STORE) -> Option<X509_STORE_CTX_lookup_certs_fn>;
    pub fn X509_STORE_get_lookup_crls(store: *const X509_STORE) -> Option<X509_STORE_CTX_lookup_crls_fn>;
    pub fn X509_STORE_get_cleanup(store: *const X509_STORE) -> Option<X509_STORE_CTX_cleanup_fn>;
    pub fn X509_VERIFY_PARAM_get_flags(param: *const X509_VERIFY_PARAM) -> c_ulong;
    pub fn X509_get0_notBefore(certificate: *const X509) -> *const ASN1_TIME;
    pub fn X509_get0_notAfter(certificate: *const X509) -> *const ASN1_TIME;
    pub fn X509_cmp_current_time(time: *const ASN1_TIME) -> c_int;
    pub fn X509_get_key_usage(certificate: *mut X509) -> u32;
    pub fn X509_STORE_CTX_get0_param(context: *const X509_STORE_CTX) -> *mut X509_VERIFY_PARAM;
    pub fn EVP_Digest(
        data: *const c_void,
        count: usize,
        out: *mut c_uchar,
        size: *mut c_uint,
        kind: *const EVP_MD,
        engine: *mut ENGINE,
    ) -> c_int;
    pub fn X509_STORE_CTX_set_error(context: *mut X509_STORE_CTX, error: c_int);
    pub fn i2d_PUBKEY(key: *const EVP_PKEY, out: *mut *mut c_uchar) -> c_int;
    pub fn X509_STORE_CTX_get_error(context: *const X509_STORE_CTX) -> c_int;
    pub fn X509_STORE_CTX_get0_chain(context: *const X509_STORE_CTX) -> *mut stack_st_X509;
    pub fn X509_verify_cert(context: *mut X509_STORE_CTX) -> c_int;
    pub fn X509_VERIFY_PARAM_new() -> *mut X509_VERIFY_PARAM;
    pub fn X509_VERIFY_PARAM_free(param: *mut X509_VERIFY_PARAM);
    pub fn X509_VERIFY_PARAM_inherit(to: *mut X509_VERIFY_PARAM, from: *const X509_VERIFY_PARAM) -> c_int;
    pub fn X509_VERIFY_PARAM_set1(to: *mut X509_VERIFY_PARAM, from: *const X509_VERIFY_PARAM) -> c_int;
    pub fn X509_VERIFY_PARAM_set_auth_level(param: *mut X509_VERIFY_PARAM, level: c_int);

    pub fn ERR_peek_last_error() -> c_ulong;

    pub fn BIO_new_fp(stream: *mut libc::FILE, close_flag: c_int) -> *mut BIO;
    pub fn BIO_dump_indent(b: *mut BIO, bytes: *const c_void, len: c_int, indent: c_int) -> c_int;
    pub fn PEM_ASN1_read_bio(
        d2i: Option<d2i_of_void>,
        name: *const c_char,
        bp: *mut BIO,
        x: *mut *mut c_void,
        cb: Option<pem_password_cb>,
        u: *mut c_void,
    ) -> *mut c_void;
    pub fn PEM_ASN1_write_bio(
        i2d: Option<i2d_of_void>,
        name: *const c_char,
        bp: *mut BIO,
        x: *const c_void,
        enc: *const EVP_CIPHER,
        kstr: *const c_uchar,
        klen: c_int,
        cb: Option<pem_password_cb>,
        u: *mut c_void,
    ) -> c_int;
    pub fn PEM_ASN1_read(
        d2i: Option<d2i_of_void>,
        name: *const c_char,
        fp: *mut libc::FILE,
        x: *mut *mut c_void,
        cb: Option<pem_password_cb>,
        u: *mut c_void,
    ) -> *mut c_void;
    pub fn PEM_ASN1_write(
        i2d: Option<i2d_of_void>,
        name: *const c_char,
        fp: *mut libc::FILE,
        x: *const c_void,
        enc: *const EVP_CIPHER,
        kstr: *const c_uchar,
        klen: c_int,
        cb: Option<pem_password_cb>,
        u: *mut c_void,
    ) -> c_int;
    pub fn BIO_new(kind: *const BIO_METHOD) -> *mut BIO;
    pub fn BIO_callback_ctrl(b: *mut BIO, cmd: c_int, fp: Option<BIO_info_cb>) -> c_long;
    pub fn BIO_clear_flags(b: *mut BIO, flags: c_int);
    pub fn BIO_set_retry_reason(bio: *mut BIO, reason: c_int);
    pub fn BIO_copy_next_retry(b: *mut BIO);
    pub fn BIO_push(b: *mut BIO, append: *mut BIO) -> *mut BIO;
    pub fn BIO_next(b: *mut BIO) -> *mut BIO;
    pub fn BIO_find_type(b: *mut BIO, bio_type: c_int) -> *mut BIO;
    pub fn BIO_method_type(b: *const BIO) -> c_int;
    pub fn BIO_set_data(a: *mut BIO, ptr: *mut c_void);
    pub fn BIO_get_data(a: *mut BIO) -> *mut c_void;
    pub fn BIO_set_init(a: *mut BIO, init: c_int);
    pub fn BIO_get_init(a: *mut BIO) -> c_int;
    pub fn BIO_set_shutdown(a: *mut BIO, shut: c_int);
    pub fn BIO_get_shutdown(a: *mut BIO) -> c_int;
    pub fn BIO_set_next(b: *mut BIO, next: *mut BIO);
    pub fn BIO_s_file() -> *const BIO_METHOD;
    #[cfg(any(test, fuzzing))]
    pub fn BIO_s_mem() -> *const BIO_METHOD;
    #[cfg(any(test, fuzzing))]
    pub fn BIO_new_mem_buf(buf: *const c_void, len: c_int) -> *mut BIO;
    pub fn BIO_s_connect() -> *const BIO_METHOD;
    pub fn BIO_f_buffer() -> *const BIO_METHOD;
    pub fn BIO_new_socket(sock: c_int, close_flag: c_int) -> *mut BIO;
    pub fn BIO_meth_new(kind: c_int, name: *const c_char) -> *mut BIO_METHOD;
    pub fn BIO_meth_set_write(
        biom: *mut BIO_METHOD,
        write: Option<unsafe extern "C" fn(*mut BIO, *const c_char, c_int) -> c_int>,
    ) -> c_int;
    pub fn BIO_meth_set_read(
        biom: *mut BIO_METHOD,
        read: Option<unsafe extern "C" fn(*mut BIO, *mut c_char, c_int) -> c_int>,
    ) -> c_int;
    pub fn BIO_meth_set_puts(
        biom: *mut BIO_METHOD,
        puts: Option<unsafe extern "C" fn(*mut BIO, *const c_char) -> c_int>,
    ) -> c_int;
    pub fn BIO_meth_set_ctrl(
        biom: *mut BIO_METHOD,
        ctrl: Option<unsafe extern "C" fn(*mut BIO, c_int, c_long, *mut c_void) -> c_long>,
    ) -> c_int;
    pub fn BIO_meth_set_create(
        biom: *mut BIO_METHOD,
        create: Option<unsafe extern "C" fn(*mut BIO) -> c_int>,
    ) -> c_int;
    pub fn BIO_meth_set_destroy(
        biom: *mut BIO_METHOD,
        destroy: Option<unsafe extern "C" fn(*mut BIO) -> c_int>,
    ) -> c_int;
    pub fn BIO_meth_set_callback_ctrl(
        biom: *mut BIO_METHOD,
        callback_ctrl: Option<unsafe extern "C" fn(*mut BIO, c_int, Option<BIO_info_cb>) -> c_long>,
    ) -> c_int;

    pub fn d2i_X509_bio(bp: *mut BIO, x509: *mut *mut X509) -> *mut X509;
    pub fn X509_get_issuer_name(a: *const X509) -> *mut X509_NAME;
    pub fn X509_get_subject_name(a: *const X509) -> *mut X509_NAME;
    pub fn X509_NAME_free(a: *mut X509_NAME);
    pub fn X509_NAME_dup(a: *const X509_NAME) -> *mut X509_NAME;
    pub fn X509_NAME_cmp(a: *const X509_NAME, b: *const X509_NAME) -> c_int;
    pub fn d2i_X509_NAME(a: *mut *mut X509_NAME, input: *mut *const c_uchar, len: c_long) -> *mut X509_NAME;
    pub fn i2d_X509_NAME(a: *const X509_NAME, out: *mut *mut c_uchar) -> c_int;
    pub fn X509_get_default_cert_file() -> *const c_char;
    pub fn X509_get_default_cert_dir() -> *const c_char;

    pub fn X509_STORE_add_cert(ctx: *mut X509_STORE, x: *mut X509) -> c_int;
    pub fn X509_STORE_set_default_paths_ex(
        store: *mut X509_STORE,
        library: *mut OSSL_LIB_CTX,
        properties: *const c_char,
    ) -> c_int;
    pub fn X509_STORE_load_path(ctx: *mut X509_STORE, path: *const c_char) -> c_int;
    pub fn X509_STORE_load_file_ex(
        store: *mut X509_STORE,
        file: *const c_char,
        library: *mut OSSL_LIB_CTX,
        properties: *const c_char,
    ) -> c_int;
    pub fn X509_STORE_load_store_ex(
        store: *mut X509_STORE,
        uri: *const c_char,
        library: *mut OSSL_LIB_CTX,
        properties: *const c_char,
    ) -> c_int;
    pub fn X509_VERIFY_PARAM_set_depth(param: *mut X509_VERIFY_PARAM, depth: c_int);
    pub fn X509_VERIFY_PARAM_get_depth(param: *const X509_VERIFY_PARAM) -> c_int;
    pub fn X509_VERIFY_PARAM_set_purpose(param: *mut X509_VERIFY_PARAM, purpose: c_int) -> c_int;
    pub fn X509_VERIFY_PARAM_set_trust(param: *mut X509_VERIFY_PARAM, trust: c_int) -> c_int;
    pub fn X509_VERIFY_PARAM_set_hostflags(param: *mut X509_VERIFY_PARAM, flags: c_uint);
    pub fn X509_VERIFY_PARAM_set1_host(
        param: *mut X509_VERIFY_PARAM,
        name: *const c_char,
        namelen: usize,
    ) -> c_int;
    pub fn X509_VERIFY_PARAM_add1_host(
        param: *mut X509_VERIFY_PARAM,
        name: *const c_char,
        namelen: usize,
    ) -> c_int;
    pub fn X509_VERIFY_PARAM_set1_ip_asc(param: *mut X509_VERIFY_PARAM, address: *const c_char) -> c_int;
    pub fn X509_VERIFY_PARAM_get1_ip_asc(param: *mut X509_VERIFY_PARAM) -> *mut c_char;
    pub fn a2i_IPADDRESS(text: *const c_char) -> *mut ASN1_OCTET_STRING;
    pub fn ASN1_OCTET_STRING_free(string: *mut ASN1_OCTET_STRING);
    pub fn X509_VERIFY_PARAM_get0_peername(param: *const X509_VERIFY_PARAM) -> *mut c_char;
    pub fn X509_VERIFY_PARAM_move_peername(a: *mut X509_VERIFY_PARAM, b: *mut X509_VERIFY_PARAM);

    pub fn OSSL_LIB_CTX_set0_default(context: *mut OSSL_LIB_CTX) -> *mut OSSL_LIB_CTX;
    pub fn OSSL_LIB_CTX_get0_global_default() -> *mut OSSL_LIB_CTX;
    pub fn EVP_PKEY_new() -> *mut EVP_PKEY;
    pub fn EVP_PKEY_copy_parameters(to: *mut EVP_PKEY, from: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_set1_encoded_public_key(
        pkey: *mut EVP_PKEY,
        public: *const c_uchar,
        length: usize,
    ) -> c_int;
    pub fn EVP_PKEY_get_security_bits(pkey: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_set1_RSA(pkey: *mut EVP_PKEY, key: *mut RSA) -> c_int;
    pub fn d2i_PUBKEY(to: *mut *mut EVP_PKEY, input: *mut *const c_uchar, length: c_long) -> *mut EVP_PKEY;
    pub fn d2i_PrivateKey_ex(
        kind: c_int,
        a: *mut *mut EVP_PKEY,
        pp: *mut *const c_uchar,
        length: c_long,
        libctx: *mut OSSL_LIB_CTX,
        propq: *const c_char,
    ) -> *mut EVP_PKEY;
    pub fn EVP_PKEY_get0_provider(key: *const EVP_PKEY) -> *const OSSL_PROVIDER;
    pub fn OSSL_PROVIDER_get0_name(prov: *const OSSL_PROVIDER) -> *const c_char;
    pub fn EVP_PKEY_get_base_id(pkey: *const EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_get0_RSA(pkey: *const EVP_PKEY) -> *const RSA;
    pub fn RSA_get_method(rsa: *const RSA) -> *const RSA_METHOD;
    pub fn RSA_PKCS1_OpenSSL() -> *const RSA_METHOD;
    pub fn EVP_PKEY_get0_EC_KEY(pkey: *const EVP_PKEY) -> *const EC_KEY;
    pub fn EC_KEY_get_method(key: *const EC_KEY) -> *const EC_KEY_METHOD;
    pub fn EC_KEY_OpenSSL() -> *const EC_KEY_METHOD;
    pub fn d2i_PrivateKey_ex_bio(
        bio: *mut BIO,
        to: *mut *mut EVP_PKEY,
        library: *mut OSSL_LIB_CTX,
        properties: *const c_char,
    ) -> *mut EVP_PKEY;
    pub fn RSA_free(r: *mut RSA);
    pub fn d2i_RSAPrivateKey(a: *mut *mut RSA, input: *mut *const c_uchar, len: c_long) -> *mut RSA;
    pub fn d2i_RSAPrivateKey_bio(bp: *mut BIO, rsa: *mut *mut RSA) -> *mut RSA;

    pub fn PEM_read_bio(
        bp: *mut BIO,
        name: *mut *mut c_char,
        header: *mut *mut c_char,
        data: *mut *mut c_uchar,
        len: *mut c_long,
    ) -> c_int;
    pub fn PEM_read_bio_X509(
        out: *mut BIO,
        x: *mut *mut X509,
        cb: Option<pem_password_cb>,
        u: *mut c_void,
    ) -> *mut X509;
    pub fn PEM_read_bio_X509_AUX(
        out: *mut BIO,
        x: *mut *mut X509,
        cb: Option<pem_password_cb>,
        u: *mut c_void,
    ) -> *mut X509;
    pub fn PEM_read_bio_PrivateKey_ex(
        bio: *mut BIO,
        to: *mut *mut EVP_PKEY,
        callback: Option<pem_password_cb>,
        argument: *mut c_void,
        library: *mut OSSL_LIB_CTX,
        properties: *const c_char,
    ) -> *mut EVP_PKEY;
    pub fn PEM_read_bio_RSAPrivateKey(
        out: *mut BIO,
        x: *mut *mut RSA,
        cb: Option<pem_password_cb>,
        u: *mut c_void,
    ) -> *mut RSA;

    pub fn EVP_PKEY_can_sign(key: *const EVP_PKEY) -> c_int;
    pub fn X509_cmp(one: *const X509, other: *const X509) -> c_int;
    pub fn X509_get_extension_flags(certificate: *mut X509) -> u32;
    pub fn OSSL_DECODER_CTX_new_for_pkey(
        pkey: *mut *mut EVP_PKEY,
        input_type: *const c_char,
        input_struct: *const c_char,
        keytype: *const c_char,
        selection: c_int,
        libctx: *mut OSSL_LIB_CTX,
        propquery: *const c_char,
    ) -> *mut OSSL_DECODER_CTX;
    pub fn OSSL_DECODER_from_bio(ctx: *mut OSSL_DECODER_CTX, in_: *mut BIO) -> c_int;
    pub fn OSSL_DECODER_CTX_free(ctx: *mut OSSL_DECODER_CTX);
    pub fn OSSL_STORE_open(
        uri: *const c_char,
        method: *const UI_METHOD,
        method_data: *mut c_void,
        post_process: Option<OSSL_STORE_post_process_info_fn>,
        post_process_data: *mut c_void,
    ) -> *mut OSSL_STORE_CTX;
    pub fn OSSL_STORE_load(store: *mut OSSL_STORE_CTX) -> *mut OSSL_STORE_INFO;
    pub fn OSSL_STORE_eof(store: *mut OSSL_STORE_CTX) -> c_int;
    pub fn OSSL_STORE_close(store: *mut OSSL_STORE_CTX) -> c_int;
    pub fn OSSL_STORE_INFO_get_type(item: *const OSSL_STORE_INFO) -> c_int;
    pub fn OSSL_STORE_INFO_get0_NAME(item: *const OSSL_STORE_INFO) -> *const c_char;
    pub fn OSSL_STORE_INFO_get0_CERT(item: *const OSSL_STORE_INFO) -> *mut X509;
    pub fn OSSL_STORE_INFO_free(item: *mut OSSL_STORE_INFO);
    pub fn X509_get_signature_nid(certificate: *const X509) -> c_int;
    pub fn X509_chain_check_suiteb(
        error_depth: *mut c_int,
        certificate: *mut X509,
        chain: *mut stack_st_X509,
        flags: c_ulong,
    ) -> c_int;
    pub fn X509_get_signature_info(
        certificate: *mut X509,
        digest: *mut c_int,
        key: *mut c_int,
        security_bits: *mut c_int,
        flags: *mut u32,
    ) -> c_int;
    pub fn X509_verify_cert_error_string(error: c_long) -> *const c_char;
    pub fn X509_STORE_add_lookup(store: *mut X509_STORE, method: *mut X509_LOOKUP_METHOD)
    -> *mut X509_LOOKUP;
    pub fn X509_LOOKUP_file() -> *mut X509_LOOKUP_METHOD;
    pub fn X509_LOOKUP_hash_dir() -> *mut X509_LOOKUP_METHOD;
    pub fn X509_LOOKUP_store() -> *mut X509_LOOKUP_METHOD;
    pub fn X509_LOOKUP_ctrl_ex(
        lookup: *mut X509_LOOKUP,
        command: c_int,
        argument: *const c_char,
        number: c_long,
        result: *mut *mut c_char,
        library: *mut OSSL_LIB_CTX,
        properties: *const c_char,
    ) -> c_int;

    pub fn EVP_PKEY_CTX_new_from_name(
        libctx: *mut OSSL_LIB_CTX,
        name: *const c_char,
        propquery: *const c_char,
    ) -> *mut EVP_PKEY_CTX;
    pub fn EVP_PKEY_CTX_new_from_pkey(
        libctx: *mut OSSL_LIB_CTX,
        pkey: *mut EVP_PKEY,
        propquery: *const c_char,
    ) -> *mut EVP_PKEY_CTX;
    pub fn EVP_PKEY_sign_init(ctx: *mut EVP_PKEY_CTX) -> c_int;
    pub fn EVP_PKEY_CTX_get0_provider(ctx: *const EVP_PKEY_CTX) -> *const OSSL_PROVIDER;
    pub fn EVP_PKEY_CTX_free(ctx: *mut EVP_PKEY_CTX);
    pub fn EVP_PKEY_CTX_set_group_name(ctx: *mut EVP_PKEY_CTX, name: *const c_char) -> c_int;
    pub fn EVP_PKEY_keygen_init(ctx: *mut EVP_PKEY_CTX) -> c_int;
    pub fn EVP_PKEY_paramgen_init(ctx: *mut EVP_PKEY_CTX) -> c_int;
    pub fn EVP_PKEY_encapsulate_init(ctx: *mut EVP_PKEY_CTX, params: *const OSSL_PARAM) -> c_int;
    pub fn EVP_PKEY_encapsulate(
        ctx: *mut EVP_PKEY_CTX,
        wrappedkey: *mut c_uchar,
        wrappedkeylen: *mut usize,
        genkey: *mut c_uchar,
        genkeylen: *mut usize,
    ) -> c_int;
    pub fn EVP_PKEY_decapsulate_init(ctx: *mut EVP_PKEY_CTX, params: *const OSSL_PARAM) -> c_int;
    pub fn EVP_PKEY_decapsulate(
        ctx: *mut EVP_PKEY_CTX,
        unwrapped: *mut c_uchar,
        unwrappedlen: *mut usize,
        wrapped: *const c_uchar,
        wrappedlen: usize,
    ) -> c_int;
    pub fn EVP_PKEY_generate(ctx: *mut EVP_PKEY_CTX, ppkey: *mut *mut EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_fromdata_init(ctx: *mut EVP_PKEY_CTX) -> c_int;
    pub fn EVP_PKEY_fromdata(
        ctx: *mut EVP_PKEY_CTX,
        ppkey: *mut *mut EVP_PKEY,
        selection: c_int,
        param: *mut OSSL_PARAM,
    ) -> c_int;
    pub fn EVP_PKEY_param_check_quick(ctx: *mut EVP_PKEY_CTX) -> c_int;
    pub fn EVP_PKEY_public_check(ctx: *mut EVP_PKEY_CTX) -> c_int;
    pub fn EVP_PKEY_derive_init_ex(ctx: *mut EVP_PKEY_CTX, params: *const OSSL_PARAM) -> c_int;
    pub fn EVP_PKEY_derive_set_peer(ctx: *mut EVP_PKEY_CTX, peer: *mut EVP_PKEY) -> c_int;
    pub fn EVP_PKEY_derive(ctx: *mut EVP_PKEY_CTX, key: *mut c_uchar, keylen: *mut usize) -> c_int;
    pub fn EVP_PKEY_get1_encoded_public_key(pkey: *mut EVP_PKEY, ppub: *mut *mut c_uchar) -> usize;

    pub fn EVP_PKEY_CTX_set_params(ctx: *mut EVP_PKEY_CTX, params: *const OSSL_PARAM) -> c_int;
    pub fn EVP_PKEY_encrypt_init(ctx: *mut EVP_PKEY_CTX) -> c_int;
    pub fn EVP_PKEY_encrypt(
        ctx: *mut EVP_PKEY_CTX,
        out: *mut c_uchar,
        outlen: *mut usize,
        input: *const c_uchar,
        inlen: usize,
    ) -> c_int;
    pub fn EVP_PKEY_decrypt_init(ctx: *mut EVP_PKEY_CTX) -> c_int;
    pub fn EVP_PKEY_decrypt(
        ctx: *mut EVP_PKEY_CTX,
        out: *mut c_uchar,
        outlen: *mut usize,
        input: *const c_uchar,
        inlen: usize,
    ) -> c_int;
    pub fn EVP_PKEY_get_bn_param(
        pkey: *const EVP_PKEY,
        key_name: *const c_char,
        bn: *mut *mut BIGNUM,
    ) -> c_int;
    pub fn EVP_PKEY_get0_DH(pkey: *const EVP_PKEY) -> *const DH;
    pub fn DH_get0_pqg(dh: *const DH, p: *mut *const BIGNUM, q: *mut *const BIGNUM, g: *mut *const BIGNUM);
    pub fn EVP_PKEY_set1_DH(pkey: *mut EVP_PKEY, key: *mut DH) -> c_int;
    pub fn BN_free(a: *mut BIGNUM);
    pub fn BN_num_bits(a: *const BIGNUM) -> c_int;
    pub fn BN_bn2bin(a: *const BIGNUM, to: *mut c_uchar) -> c_int;
    pub fn BN_get_rfc2409_prime_1024(bn: *mut BIGNUM) -> *mut BIGNUM;
    pub fn BN_get_rfc3526_prime_2048(bn: *mut BIGNUM) -> *mut BIGNUM;
    pub fn BN_get_rfc3526_prime_3072(bn: *mut BIGNUM) -> *mut BIGNUM;
    pub fn BN_get_rfc3526_prime_4096(bn: *mut BIGNUM) -> *mut BIGNUM;
    pub fn BN_get_rfc3526_prime_8192(bn: *mut BIGNUM) -> *mut BIGNUM;

    // <openssl/provider.h>, <openssl/params.h>
    pub fn OSSL_PROVIDER_do_all(
        ctx: *mut OSSL_LIB_CTX,
        cb: Option<unsafe extern "C" fn(*mut OSSL_PROVIDER, *mut c_void) -> c_int>,
        cbdata: *mut c_void,
    ) -> c_int;
    pub fn OSSL_PROVIDER_get_capabilities(
        prov: *const OSSL_PROVIDER,
        capability: *const c_char,
        cb: Option<unsafe extern "C" fn(*const OSSL_PARAM, *mut c_void) -> c_int>,
        arg: *mut c_void,
    ) -> c_int;
    pub fn OSSL_PARAM_locate_const(p: *const OSSL_PARAM, key: *const c_char) -> *const OSSL_PARAM;
    pub fn OSSL_PARAM_get_utf8_string_ptr(p: *const OSSL_PARAM, val: *mut *const c_char) -> c_int;
    pub fn OSSL_PARAM_get_uint(p: *const OSSL_PARAM, val: *mut c_uint) -> c_int;
    pub fn OSSL_PARAM_get_int(p: *const OSSL_PARAM, val: *mut c_int) -> c_int;

    // <openssl/ec.h>
    pub fn EC_KEY_get0_group(key: *const EC_KEY) -> *const EC_GROUP;
    pub fn EC_GROUP_get_curve_name(group: *const EC_GROUP) -> c_int;

    // <openssl/bn.h>, <openssl/srp.h>: SRP
    pub fn BN_dup(a: *const BIGNUM) -> *mut BIGNUM;
    pub fn BN_clear_free(a: *mut BIGNUM);
    pub fn BN_bin2bn(s: *const c_uchar, len: c_int, ret: *mut BIGNUM) -> *mut BIGNUM;
    pub fn BN_ucmp(a: *const BIGNUM, b: *const BIGNUM) -> c_int;
    pub fn SRP_get_default_gN(id: *const c_char) -> *mut SRP_gN;
    pub fn SRP_check_known_gN_param(g: *const BIGNUM, n: *const BIGNUM) -> *mut c_char;
    pub fn SRP_create_verifier_BN(
        user: *const c_char,
        pass: *const c_char,
        salt: *mut *mut BIGNUM,
        verifier: *mut *mut BIGNUM,
        n: *const BIGNUM,
        g: *const BIGNUM,
    ) -> c_int;
    pub fn SRP_Calc_A(a: *const BIGNUM, n: *const BIGNUM, g: *const BIGNUM) -> *mut BIGNUM;
    pub fn SRP_Calc_B(b: *const BIGNUM, n: *const BIGNUM, g: *const BIGNUM, v: *const BIGNUM) -> *mut BIGNUM;
    pub fn SRP_Calc_u(a: *const BIGNUM, b: *const BIGNUM, n: *const BIGNUM) -> *mut BIGNUM;
    pub fn SRP_Calc_x(s: *const BIGNUM, user: *const c_char, pass: *const c_char) -> *mut BIGNUM;
    pub fn SRP_Calc_client_key(
        n: *const BIGNUM,
        b: *const BIGNUM,
        g: *const BIGNUM,
        x: *const BIGNUM,
        a: *const BIGNUM,
        u: *const BIGNUM,
    ) -> *mut BIGNUM;
    pub fn SRP_Calc_server_key(
        a: *const BIGNUM,
        v: *const BIGNUM,
        u: *const BIGNUM,
        b: *const BIGNUM,
        n: *const BIGNUM,
    ) -> *mut BIGNUM;
}
