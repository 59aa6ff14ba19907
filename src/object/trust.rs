//! The trust anchors of a context (`SSL_CTX_load_verify_locations(3)`).

use std::{ffi::CString, os::unix::ffi::OsStrExt, path::Path};

use super::Context;
use crate::libcrypto::{
    environment,
    store::{DefaultPlace, built_in_places},
};

impl Context {
    /// Looks in libcrypto's default file, directory and store. Where neither the file nor the directory exists that
    /// libcrypto was built for, the places where distributions keep them are searched. `false`: memory is out.
    pub fn load_default_paths(&self) -> bool {
        self.store().load_default_paths()
            && self.load_probed(DefaultPlace::File)
            && self.load_probed(DefaultPlace::Directory)
    }

    /// As [`Self::load_default_paths`], for one of the places.
    pub fn load_default(&self, place: DefaultPlace) -> bool {
        self.store().load_default(place) && self.load_probed(place)
    }

    fn load_probed(&self, place: DefaultPlace) -> bool {
        if default_exists() {
            return true;
        }
        let found = openssl_probe::probe();
        let store = self.store();
        let path = |path: Option<std::path::PathBuf>| CString::new(path?.as_os_str().as_bytes()).ok();
        match place {
            DefaultPlace::File => path(found.cert_file).is_none_or(|file| store.load_file(&file)),
            DefaultPlace::Directory => {
                path(found.cert_dir).is_none_or(|directory| store.load_directory(&directory))
            }
            DefaultPlace::Uri => true,
        }
    }
}

/// Whether libcrypto has a place to look in: one that the user named, or one that it was built for.
fn default_exists() -> bool {
    [c"SSL_CERT_FILE", c"SSL_CERT_DIR"].iter().any(|name| environment::secure_variable(name).is_some())
        || built_in_places()
            .iter()
            .any(|path| Path::new(std::ffi::OsStr::from_bytes(path.to_bytes())).exists())
}
