//! Extensions that the program handles itself (`SSL_CTX_add_custom_ext(3)`): what it registered, and the calls of its
//! functions.

use core::ffi::{c_int, c_uchar, c_uint, c_void};
use std::sync::Arc;

use super::{SSL, Ssl, ask::alert_from, config::Config, server_info};
use crate::{
    error::{Error, Reason, Result},
    handshake::{
        custom_extensions::{Block, Received},
        want::Answer,
    },
    libcrypto::{sys, x509::X509},
    policy::custom_extension,
    record::Side,
    wire::{AlertDescription, ExtensionType},
};

/// `SSL_custom_ext_add_cb_ex`.
pub type AddCallback = unsafe extern "C" fn(
    *mut SSL,
    c_uint,
    c_uint,
    *mut *const c_uchar,
    *mut usize,
    *mut sys::X509,
    usize,
    *mut c_int,
    *mut c_void,
) -> c_int;
/// `SSL_custom_ext_free_cb_ex`.
pub type FreeCallback = unsafe extern "C" fn(*mut SSL, c_uint, c_uint, *const c_uchar, *mut c_void);
/// `SSL_custom_ext_parse_cb_ex`.
pub type ParseCallback = unsafe extern "C" fn(
    *mut SSL,
    c_uint,
    c_uint,
    *const c_uchar,
    usize,
    *mut sys::X509,
    usize,
    *mut c_int,
    *mut c_void,
) -> c_int;
/// `custom_ext_add_cb`.
pub type OldAddCallback =
    unsafe extern "C" fn(*mut SSL, c_uint, *mut *const c_uchar, *mut usize, *mut c_int, *mut c_void) -> c_int;
/// `custom_ext_free_cb`.
pub type OldFreeCallback = unsafe extern "C" fn(*mut SSL, c_uint, *const c_uchar, *mut c_void);
/// `custom_ext_parse_cb`.
pub type OldParseCallback =
    unsafe extern "C" fn(*mut SSL, c_uint, *const c_uchar, usize, *mut c_int, *mut c_void) -> c_int;

/// The program's functions for one extension, and what they are called with.
#[derive(Clone, Copy)]
pub struct Functions<Add, Free, Parse> {
    /// Says what to send.
    pub add: Option<Add>,
    /// Takes back what `add` gave.
    pub free: Option<Free>,
    /// What those two are called with.
    pub add_argument: *mut c_void,
    /// Looks at what came.
    pub parse: Option<Parse>,
    /// What it is called with.
    pub parse_argument: *mut c_void,
}

// SAFETY: the arguments are only handed back to the program's functions; what threads may do with them is the program's
// concern.
unsafe impl<Add: Send, Free: Send, Parse: Send> Send for Functions<Add, Free, Parse> {}
// SAFETY: as above.
unsafe impl<Add: Sync, Free: Sync, Parse: Sync> Sync for Functions<Add, Free, Parse> {}

/// Who handles an extension.
#[derive(Clone, Copy)]
pub enum Handler {
    /// Functions of `SSL_CTX_add_custom_ext`.
    New(Functions<AddCallback, FreeCallback, ParseCallback>),
    /// Functions of `SSL_CTX_add_client_custom_ext` and `_server_`.
    Old(Functions<OldAddCallback, OldFreeCallback, OldParseCallback>),
    /// What was given with the certificate (`SSL_CTX_use_serverinfo`).
    ServerInfo,
}

/// One extension that the program handles.
#[derive(Clone, Copy)]
pub struct CustomExtension {
    /// What the core is told.
    pub rules: custom_extension::CustomExtension,
    /// Who handles it.
    pub handler: Handler,
}

impl CustomExtension {
    /// An extension of this type (`SSL_EXT_…` in `places`), for one side or both.
    #[must_use]
    pub const fn new(
        extension_type: ExtensionType,
        places: u32,
        side: Option<Side>,
        handler: Handler,
    ) -> Self {
        let (adds, reads) = match handler {
            Handler::New(functions) => (functions.add.is_some(), functions.parse.is_some()),
            Handler::Old(functions) => (functions.add.is_some(), functions.parse.is_some()),
            Handler::ServerInfo => (true, true),
        };
        let rules = custom_extension::CustomExtension { extension_type, places, side, adds, reads };
        Self { rules, handler }
    }
}

/// Whether OpenSSL handles the extension itself (`SSL_extension_supported`).
#[must_use]
pub fn is_handled_by_openssl(extension_type: u32) -> bool {
    matches!(extension_type, 0 | 1 | 5 | 10..=14 | 16 | 18 | 21..=23 | 35 | 41..=45 | 47 | 49 | 51 | 13_172 | 65_281)
}

impl Config {
    /// Whether there is an extension of this type for this side; `None`: for any.
    #[must_use]
    pub fn has_custom_extension(&self, extension_type: ExtensionType, side: Option<Side>) -> bool {
        self.custom_extensions.iter().any(|custom| {
            let of = custom.rules.side;
            custom.rules.extension_type == extension_type && (side.is_none() || of.is_none() || of == side)
        })
    }

    /// Adds an extension. `false`: it is there already for that side.
    pub fn add_custom_extension(&mut self, custom: CustomExtension) -> bool {
        if self.has_custom_extension(custom.rules.extension_type, custom.rules.side) {
            return false;
        }
        self.custom_extensions = self.custom_extensions.iter().copied().chain([custom]).collect();
        let rules: Arc<[_]> = self.custom_extensions.iter().map(|custom| custom.rules).collect();
        self.update_settings(|settings| settings.custom_extensions = rules);
        true
    }
}

impl Ssl {
    /// Asks the program what it adds to a message after the handshake, and lets the core have it. An error has ended the
    /// connection.
    pub(super) fn add_extensions_after_handshake(&self, place: u32) -> Result<()> {
        let environment = self.environment();
        let extensions = self.with_connection(|connection| connection.wanted_extensions(&environment, place));
        if extensions.is_empty() {
            return Ok(());
        }
        let blocks = self.add_extensions(place, &extensions, &[]);
        self.with_connection(|connection| match blocks {
            Ok(blocks) => {
                connection.give_extensions(&environment, blocks);
                Ok(())
            }
            Err(error) => connection.answer(&environment, Answer::Refuse(error)),
        })
    }

    /// What the program adds to a message: one block for each certificate, or one.
    pub(super) fn add_extensions(
        &self,
        place: u32,
        extensions: &[ExtensionType],
        certificates: &[Vec<u8>],
    ) -> Result<Vec<Block>> {
        if certificates.is_empty() {
            return Ok(vec![self.add_block(place, extensions, None, 0)?]);
        }
        let block = |(index, der): (usize, &Vec<u8>)| {
            self.add_block(place, extensions, X509::from_der(der).as_ref(), index)
        };
        certificates.iter().enumerate().map(block).collect()
    }

    fn add_block(
        &self,
        place: u32,
        extensions: &[ExtensionType],
        certificate: Option<&X509>,
        index: usize,
    ) -> Result<Block> {
        let mut block = Block::new();
        for extension_type in extensions {
            if let Some(data) = self.add_extension(place, *extension_type, certificate, index)? {
                block.push((*extension_type, data));
            }
        }
        Ok(block)
    }

    fn add_extension(
        &self,
        place: u32,
        extension_type: ExtensionType,
        certificate: Option<&X509>,
        index: usize,
    ) -> Result<Option<Vec<u8>>> {
        let number = c_uint::from(extension_type.0);
        let mut data = core::ptr::null();
        let mut length = 0;
        let mut alert = 0;
        let Some(handler) = self.handler_of(extension_type) else { return Ok(None) };
        // SAFETY: the program registered the functions for exactly these arguments; the certificate outlives the call,
        // and nothing of `self` is borrowed.
        let result = unsafe {
            match handler {
                Handler::ServerInfo => return Ok(server_info::extension(self, place, extension_type, index)),
                Handler::New(Functions { add: Some(add), add_argument, .. }) => add(
                    self.as_handle(),
                    number,
                    place,
                    &raw mut data,
                    &raw mut length,
                    pointer_to(certificate),
                    index,
                    &raw mut alert,
                    add_argument,
                ),
                Handler::Old(Functions { add: Some(add), add_argument, .. }) => add(
                    self.as_handle(),
                    number,
                    &raw mut data,
                    &raw mut length,
                    &raw mut alert,
                    add_argument,
                ),
                // Without a function a ClientHello has the extension, empty.
                Handler::New(_) | Handler::Old(_) => return Ok(Some(Vec::new())),
            }
        };
        match result {
            0 => return Ok(None),
            // Without an alert of the program's the peer is told nothing.
            ..0 if alert == 0 => return Err(Error::Silent(Reason::CALLBACK_FAILED)),
            ..0 => return Err(Error::fatal(alert_from(alert), Reason::CALLBACK_FAILED)),
            _ => {}
        }
        // SAFETY: `add` promises that `data` points to `length` bytes until `free` gets them back.
        let copy = unsafe {
            if data.is_null() { Vec::new() } else { core::slice::from_raw_parts(data, length).to_vec() }
        };
        // SAFETY: as above.
        unsafe {
            match handler {
                Handler::New(Functions { free: Some(free), add_argument, .. }) => {
                    free(self.as_handle(), number, place, data, add_argument);
                }
                Handler::Old(Functions { free: Some(free), add_argument, .. }) => {
                    free(self.as_handle(), number, data, add_argument);
                }
                _ => {}
            }
        }
        // What does not fit into an extension cannot be sent.
        if copy.len() > usize::from(u16::MAX) { Err(Error::internal()) } else { Ok(Some(copy)) }
    }

    /// Shows the program what came for it.
    pub(super) fn read_extensions(
        &self,
        place: u32,
        received: &[Received],
        certificates: &[Vec<u8>],
    ) -> Result<()> {
        received.iter().try_for_each(|extension| {
            let certificate = certificates.get(extension.index).and_then(|der| X509::from_der(der));
            self.read_extension(place, extension, certificate.as_ref())
        })
    }

    fn read_extension(&self, place: u32, extension: &Received, certificate: Option<&X509>) -> Result<()> {
        let Received { extension_type, data, index } = extension;
        let number = c_uint::from(extension_type.0);
        let mut alert = c_int::from(AlertDescription::INTERNAL_ERROR.0);
        // SAFETY: the program registered the functions for exactly these arguments; data and certificate outlive the call,
        // and nothing of `self` is borrowed.
        let result = unsafe {
            match self.handler_of(*extension_type) {
                // A client asks for what comes with a certificate by an empty extension.
                Some(Handler::ServerInfo) if !data.is_empty() => {
                    return Err(Error::decode(Reason::BAD_EXTENSION));
                }
                Some(Handler::New(Functions { parse: Some(parse), parse_argument, .. })) => parse(
                    self.as_handle(),
                    number,
                    place,
                    data.as_ptr(),
                    data.len(),
                    pointer_to(certificate),
                    *index,
                    &raw mut alert,
                    parse_argument,
                ),
                Some(Handler::Old(Functions { parse: Some(parse), parse_argument, .. })) => {
                    let (start, length) = (data.as_ptr(), data.len());
                    parse(self.as_handle(), number, start, length, &raw mut alert, parse_argument)
                }
                _ => return Ok(()),
            }
        };
        if result > 0 { Ok(()) } else { Err(Error::fatal(alert_from(alert), Reason::BAD_EXTENSION)) }
    }

    /// Who handles the extension on this side.
    fn handler_of(&self, extension_type: ExtensionType) -> Option<Handler> {
        let customs = self.with_config(|config| Arc::clone(&config.custom_extensions));
        let is_meant = |custom: &&CustomExtension| {
            custom.rules.extension_type == extension_type && custom.rules.is_for(self.side())
        };
        customs.iter().find(is_meant).map(|custom| custom.handler)
    }
}

fn pointer_to(certificate: Option<&X509>) -> *mut sys::X509 {
    certificate.map_or(core::ptr::null_mut(), X509::as_ptr)
}
