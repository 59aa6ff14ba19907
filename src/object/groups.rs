//! Setting the groups of a context or a connection by text (`SSL_CTX_set1_groups_list(3)`). What fails puts its reason into
//! the queue.

use super::config::Configurable;
use crate::{
    error::Reason,
    libcrypto::error_queue,
    policy::{
        library::LibraryOffer,
        list::{self, Refused},
    },
    wire::NamedGroup,
};
use std::sync::Arc;

/// Sets the groups. Whether it worked.
pub fn set_groups_list(target: &impl Configurable, text: &str) -> bool {
    let library = target.look(|config| Arc::clone(&config.settings.library));
    let groups = read_groups_list(text, &library);
    let found = groups.is_some();
    if let Some(groups) = groups {
        target.change_settings(|settings| settings.groups = groups);
    }
    found
}

/// The groups of a list, of ours and of those that the library context adds. A name that nobody has is
/// `ERR_R_PASSED_INVALID_ARGUMENT`.
pub fn read_groups_list(text: &str, library: &LibraryOffer) -> Option<Arc<[NamedGroup]>> {
    match list::groups(text, library) {
        Ok(groups) => Some(groups),
        Err(Refused::Unknown(name)) => {
            let data = format!("group '{name}' cannot be set");
            error_queue::raise_ssl_with_data(Reason::ERR_PASSED_INVALID_ARGUMENT, &data);
            None
        }
        Err(Refused::Malformed) => None,
    }
}
