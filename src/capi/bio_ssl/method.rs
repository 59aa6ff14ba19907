//! The method of a BIO that is a TLS connection: what libcrypto calls. The connection is in the BIO's data; whether it
//! goes with the BIO is the BIO's close flag.

use core::{
    cell::{Cell, RefCell},
    ffi::{CStr, c_char, c_int, c_long, c_void},
};
use std::sync::OnceLock;

use super::renegotiations::Renegotiations;
use crate::{
    capi::{
        io::{SSL_do_handshake, SSL_get_error, SSL_pending, SSL_read, SSL_shutdown, SSL_write},
        renegotiation::SSL_renegotiate,
        support::{
            convert::{self, store},
            guard, with_ssl,
        },
    },
    libcrypto::{
        clock, error_queue,
        sys::{self, BIO, BIO_METHOD, BIO_info_cb},
    },
    object::{SSL, Ssl, io::SslError, transport::Way},
    record::Side,
};

/// The data of a BIO of this method.
struct Data {
    /// Null without a connection.
    ssl: Cell<*mut SSL>,
    renegotiations: RefCell<Renegotiations>,
}

/// The method, made once; null while memory is out.
pub fn method() -> *const BIO_METHOD {
    struct Method(*const BIO_METHOD);
    // SAFETY: a method is not changed once it is made.
    unsafe impl Send for Method {}
    // SAFETY: as above.
    unsafe impl Sync for Method {}

    static METHOD: OnceLock<Method> = OnceLock::new();
    if let Some(method) = METHOD.get() {
        return method.0;
    }
    // SAFETY: the name is a static C string, and each function has the type of its place.
    unsafe {
        let method = sys::BIO_meth_new(sys::BIO_TYPE_SSL, c"ssl".as_ptr());
        if method.is_null() {
            return method;
        }
        sys::BIO_meth_set_write(method, Some(write));
        sys::BIO_meth_set_read(method, Some(read));
        sys::BIO_meth_set_puts(method, Some(puts));
        sys::BIO_meth_set_ctrl(method, Some(control));
        sys::BIO_meth_set_create(method, Some(create));
        sys::BIO_meth_set_destroy(method, Some(destroy));
        sys::BIO_meth_set_callback_ctrl(method, Some(callback_control));
        // Of two threads that come here at once one has made its own for nothing.
        METHOD.get_or_init(|| Method(method)).0
    }
}

/// The connection of a BIO; null if it has none, or is no BIO of ours.
///
/// # Safety
///
/// `bio` is valid.
pub unsafe fn connection_of(bio: *mut BIO) -> *mut SSL {
    // SAFETY: the caller's promise; only BIOs of this type hold a connection.
    unsafe {
        if sys::BIO_method_type(bio) == sys::BIO_TYPE_SSL {
            data_of(bio).map_or(core::ptr::null_mut(), |data| data.ssl.get())
        } else {
            core::ptr::null_mut()
        }
    }
}

/// The data of a BIO of this method, which are there from `create` to `destroy`.
unsafe fn data_of<'a>(bio: *mut BIO) -> Option<&'a Data> {
    // SAFETY: `create` made them, and nobody borrows them to change them.
    unsafe { sys::BIO_get_data(bio).cast::<Data>().as_ref() }
}

unsafe extern "C" fn create(bio: *mut BIO) -> c_int {
    // SAFETY: libcrypto calls this with a new BIO.
    unsafe {
        let data = Data { ssl: Cell::new(core::ptr::null_mut()), renegotiations: RefCell::default() };
        sys::BIO_set_init(bio, 0);
        sys::BIO_set_data(bio, Box::into_raw(Box::new(data)).cast());
        sys::BIO_clear_flags(bio, !0);
    }
    1
}

unsafe extern "C" fn destroy(bio: *mut BIO) -> c_int {
    if bio.is_null() {
        return 0;
    }
    // SAFETY: libcrypto calls this with a BIO of this method.
    unsafe {
        give_up_connection(bio);
        let data: *mut Data = sys::BIO_get_data(bio).cast();
        sys::BIO_set_data(bio, core::ptr::null_mut());
        if !data.is_null() {
            drop(Box::from_raw(data));
        }
        sys::BIO_clear_flags(bio, !0);
        sys::BIO_set_init(bio, 0);
    }
    1
}

/// Closes the connection and frees it, if it is the BIO's.
unsafe fn give_up_connection(bio: *mut BIO) {
    // SAFETY: `bio` is of this method; with the close flag its reference of the connection is the BIO's.
    unsafe {
        let ssl = connection_of(bio);
        if ssl.is_null() || sys::BIO_get_shutdown(bio) == 0 || sys::BIO_get_init(bio) == 0 {
            return;
        }
        // Nobody asks what became of this close_notify.
        let mark = error_queue::set_mark();
        SSL_shutdown(ssl);
        mark.pop();
        guard((), || convert::release(ssl));
    }
}

unsafe extern "C" fn read(bio: *mut BIO, data: *mut c_char, length: c_int) -> c_int {
    // SAFETY: libcrypto calls this with a BIO of this method and room for `length` bytes.
    unsafe {
        let ssl = connection_of(bio);
        if data.is_null() || ssl.is_null() {
            return 0;
        }
        clear_retry(bio);
        let count = SSL_read(ssl, data.cast(), length);
        tell_retry(bio, ssl, count);
        renegotiate_if_due(bio, ssl, count);
        count
    }
}

unsafe extern "C" fn write(bio: *mut BIO, data: *const c_char, length: c_int) -> c_int {
    // SAFETY: libcrypto calls this with a BIO of this method and `length` bytes.
    unsafe {
        let ssl = connection_of(bio);
        if data.is_null() || ssl.is_null() {
            return 0;
        }
        clear_retry(bio);
        let count = SSL_write(ssl, data.cast(), length);
        tell_retry(bio, ssl, count);
        renegotiate_if_due(bio, ssl, count);
        count
    }
}

/// After `count` bytes, if there were any. Where a renegotiation is impossible, the reason stays in the queue.
unsafe fn renegotiate_if_due(bio: *mut BIO, ssl: *mut SSL, count: c_int) {
    // SAFETY: `bio` is of this method, and `ssl` is valid.
    unsafe {
        let is_due =
            |data: &Data| count > 0 && data.renegotiations.borrow_mut().is_due(count, || clock::now().0);
        if data_of(bio).is_some_and(is_due) {
            SSL_renegotiate(ssl);
        }
    }
}

unsafe extern "C" fn puts(bio: *mut BIO, text: *const c_char) -> c_int {
    // SAFETY: libcrypto calls this with a BIO of this method and a C string.
    unsafe {
        let length = CStr::from_ptr(text).count_bytes();
        sys::BIO_write(bio, text.cast(), c_int::try_from(length).unwrap_or(c_int::MAX))
    }
}

unsafe fn clear_retry(bio: *mut BIO) {
    let flags =
        sys::BIO_FLAGS_READ | sys::BIO_FLAGS_WRITE | sys::BIO_FLAGS_IO_SPECIAL | sys::BIO_FLAGS_SHOULD_RETRY;
    // SAFETY: `bio` is valid.
    unsafe {
        sys::BIO_clear_flags(bio, flags);
        sys::BIO_set_retry_reason(bio, 0);
    }
}

/// What `SSL_get_error` says of `value`, in the words of BIOs (`BIO_should_retry(3)`).
unsafe fn tell_retry(bio: *mut BIO, ssl: *mut SSL, value: c_int) {
    // SAFETY: both are valid.
    unsafe {
        let error = SSL_get_error(ssl, value);
        let (flag, reason) = match error {
            _ if error == SslError::WantRead as c_int => (sys::BIO_FLAGS_READ, 0),
            _ if error == SslError::WantWrite as c_int => (sys::BIO_FLAGS_WRITE, 0),
            _ if error == SslError::WantX509Lookup as c_int => {
                (sys::BIO_FLAGS_IO_SPECIAL, sys::BIO_RR_SSL_X509_LOOKUP)
            }
            _ if error == SslError::WantConnect as c_int => (sys::BIO_FLAGS_IO_SPECIAL, sys::BIO_RR_CONNECT),
            _ if error == SslError::WantAccept as c_int => (sys::BIO_FLAGS_IO_SPECIAL, sys::BIO_RR_ACCEPT),
            _ => return,
        };
        sys::BIO_set_flags(bio, flag | sys::BIO_FLAGS_SHOULD_RETRY);
        sys::BIO_set_retry_reason(bio, reason);
    }
}

/// `BIO_ctrl(3)` and the macros of `BIO_f_ssl(3)`. What is not about TLS goes to the BIO that the connection reads from.
unsafe extern "C" fn control(bio: *mut BIO, command: c_int, number: c_long, pointer: *mut c_void) -> c_long {
    // SAFETY: libcrypto calls this with a BIO of this method; `pointer` is what the command wants.
    unsafe {
        let ssl = connection_of(bio);
        if command == sys::BIO_C_SET_SSL {
            return set_connection(bio, number, pointer.cast());
        }
        if ssl.is_null() {
            return 0;
        }
        let Some(data) = data_of(bio) else { return 0 };
        let reader = bio_of(ssl, Way::Read);
        match command {
            sys::BIO_CTRL_RESET => reset(bio, ssl),
            sys::BIO_C_SSL_MODE => {
                let side = if number == 0 { Side::Server } else { Side::Client };
                with_ssl(ssl, 0, |ssl| {
                    ssl.set_side(side);
                    1
                })
            }
            sys::BIO_C_GET_SSL => {
                store(pointer.cast(), ssl);
                c_long::from(!pointer.is_null())
            }
            sys::BIO_C_SET_SSL_RENEGOTIATE_BYTES => data.renegotiations.borrow_mut().set_bytes(number),
            sys::BIO_C_SET_SSL_RENEGOTIATE_TIMEOUT => {
                data.renegotiations.borrow_mut().set_timeout(number, clock::now().0)
            }
            sys::BIO_C_GET_SSL_NUM_RENEGOTIATES => data.renegotiations.borrow().count(),
            sys::BIO_CTRL_GET_CLOSE => sys::BIO_get_shutdown(bio).into(),
            sys::BIO_CTRL_SET_CLOSE => {
                sys::BIO_set_shutdown(bio, c_int::from(number != 0));
                1
            }
            sys::BIO_CTRL_PENDING => match SSL_pending(ssl) {
                0 => sys::BIO_ctrl(reader, command, 0, core::ptr::null_mut()),
                pending => pending.into(),
            },
            sys::BIO_CTRL_WPENDING => sys::BIO_ctrl(bio_of(ssl, Way::Write), command, number, pointer),
            sys::BIO_CTRL_FLUSH => {
                clear_retry(bio);
                let result = sys::BIO_ctrl(bio_of(ssl, Way::Write), command, number, pointer);
                sys::BIO_copy_next_retry(bio);
                result
            }
            sys::BIO_CTRL_PUSH => use_next(bio, ssl),
            sys::BIO_CTRL_POP => leave_chain(bio, ssl, pointer.cast()),
            sys::BIO_C_DO_STATE_MACHINE => handshake(bio, ssl),
            sys::BIO_CTRL_DUP => duplicate_to(data, pointer.cast()),
            // What there is nothing to say about, and what callback_control is for.
            sys::BIO_CTRL_INFO | sys::BIO_CTRL_SET_CALLBACK => 0,
            _ => sys::BIO_ctrl(reader, command, number, pointer),
        }
    }
}

unsafe fn bio_of(ssl: *mut SSL, way: Way) -> *mut BIO {
    // SAFETY: `ssl` is valid.
    unsafe { with_ssl(ssl, core::ptr::null_mut(), |ssl| ssl.bio_ptr(way)) }
}

/// `BIO_set_ssl(3)`: the connection's transport becomes the next BIO of the chain.
unsafe fn set_connection(bio: *mut BIO, close: c_long, ssl: *mut SSL) -> c_long {
    // SAFETY: `bio` is of this method; with the close flag a reference of `ssl` is given away.
    unsafe {
        give_up_connection(bio);
        sys::BIO_set_shutdown(bio, c_int::from(close != 0));
        if let Some(data) = data_of(bio) {
            data.ssl.set(ssl);
            data.renegotiations.replace(Renegotiations::default());
        }
        let transport = if ssl.is_null() { core::ptr::null_mut() } else { bio_of(ssl, Way::Read) };
        if !transport.is_null() {
            let next = sys::BIO_next(bio);
            if !next.is_null() {
                sys::BIO_push(transport, next);
            }
            sys::BIO_set_next(bio, transport);
            // The chain's reference.
            sys::BIO_up_ref(transport);
        }
        sys::BIO_set_init(bio, 1);
        1
    }
}

/// `BIO_reset(3)`: closes, and starts over on the same side.
unsafe fn reset(bio: *mut BIO, ssl: *mut SSL) -> c_long {
    // SAFETY: both are valid.
    unsafe {
        SSL_shutdown(ssl);
        // The side stays. To set it would leave a server of TLS 1.3 with the method of a client.
        with_ssl(ssl, (), Ssl::clear);
        let below = match sys::BIO_next(bio) {
            next if next.is_null() => bio_of(ssl, Way::Read),
            next => next,
        };
        if below.is_null() { 1 } else { sys::BIO_ctrl(below, sys::BIO_CTRL_RESET, 0, core::ptr::null_mut()) }
    }
}

/// A BIO was pushed behind this one: the connection reads from it and writes to it.
unsafe fn use_next(bio: *mut BIO, ssl: *mut SSL) -> c_long {
    // SAFETY: both are valid; the chain keeps its reference of the next BIO, and the connection gets its own.
    unsafe {
        let next = sys::BIO_next(bio);
        if !next.is_null() && next != bio_of(ssl, Way::Read) {
            sys::BIO_up_ref(next);
            with_ssl(ssl, (), |ssl| ssl.set_bios(next, next));
        }
    }
    1
}

/// `popped` leaves the chain. If it is this BIO, the connection loses its transport.
unsafe fn leave_chain(bio: *mut BIO, ssl: *mut SSL, popped: *mut BIO) -> c_long {
    if bio == popped {
        // SAFETY: both are valid.
        unsafe {
            with_ssl(ssl, (), |ssl| {
                ssl.set_bio(Way::Read, None);
                ssl.set_bio(Way::Write, None);
            });
        }
    }
    1
}

/// `BIO_do_handshake(3)`.
unsafe fn handshake(bio: *mut BIO, ssl: *mut SSL) -> c_long {
    // SAFETY: both are valid.
    unsafe {
        clear_retry(bio);
        let value = SSL_do_handshake(ssl);
        tell_retry(bio, ssl, value);
        if SSL_get_error(ssl, value) == SslError::WantConnect as c_int {
            // A BIO below may know better what it waits for.
            let next = sys::BIO_next(bio);
            if !next.is_null() {
                sys::BIO_set_retry_reason(bio, sys::BIO_get_retry_reason(next));
            }
        }
        value.into()
    }
}

/// `BIO_dup_chain(3)`: the copy of this BIO gets a copy of the connection.
unsafe fn duplicate_to(data: &Data, copy: *mut BIO) -> c_long {
    // SAFETY: the connection is valid, and `copy` is of this method.
    unsafe {
        give_up_connection(copy);
        let Some(duplicate) = data_of(copy) else { return 0 };
        duplicate.ssl.set(crate::capi::connection::SSL_dup(data.ssl.get()));
        duplicate.renegotiations.replace(*data.renegotiations.borrow());
        c_long::from(!duplicate.ssl.get().is_null())
    }
}

unsafe extern "C" fn callback_control(
    bio: *mut BIO,
    command: c_int,
    callback: Option<BIO_info_cb>,
) -> c_long {
    // SAFETY: libcrypto calls this with a BIO of this method.
    unsafe {
        let ssl = connection_of(bio);
        if ssl.is_null() || command != sys::BIO_CTRL_SET_CALLBACK {
            return 0;
        }
        sys::BIO_callback_ctrl(bio_of(ssl, Way::Read), command, callback)
    }
}
