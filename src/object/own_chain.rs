//! The certificates that we send after our own: those that the program sets for one certificate
//! (`SSL_CTX_add1_chain_cert(3)`), those for all that have none (`SSL_CTX_add_extra_chain_cert(3)`), and those that
//! libcrypto finds. What fails puts its reason into the queue.

use std::sync::Arc;

use super::{
    certificate_security::{self, Role},
    config::{Config, Configurable},
    security::Asker,
};
use crate::{
    error::{Error, Reason, Result},
    libcrypto::{
        error_queue,
        stack::X509Stack,
        store::{self, StoreContext, X509Store},
        x509::X509,
    },
    policy::{certificate::Slot, options::mode},
    wire::AlertDescription,
};

/// `SSL_BUILD_CHAIN_FLAG_…` of `SSL_CTX_build_cert_chain`.
mod flag {
    pub const UNTRUSTED: i64 = 0x1;
    pub const NO_ROOT: i64 = 0x2;
    pub const CHECK: i64 = 0x4;
    pub const IGNORE_ERROR: i64 = 0x8;
    pub const CLEAR_ERROR: i64 = 0x10;
}

impl Config {
    /// The chain of the current certificate.
    #[must_use]
    pub fn chain(&self) -> Option<&X509Stack> {
        self.credentials.current().chain.as_deref()
    }

    /// Sets the chain of the current certificate, or with `None` removes it.
    pub fn set_chain(&mut self, chain: Option<X509Stack>, asker: &Asker) -> bool {
        self.raising(|config| {
            certificate_security::check_chain(asker, chain.as_ref())?;
            config.update_credentials(|credentials| credentials.current_mut().set_chain(chain.map(Arc::new)));
            Ok(())
        })
    }

    /// Appends to the chain of the current certificate.
    pub fn add_chain_certificate(&mut self, certificate: X509, asker: &Asker) -> bool {
        self.raising(|config| {
            certificate_security::check(asker, &certificate, Role::Authority)?;
            let chain = with(config.chain(), certificate)?;
            config.update_credentials(|credentials| credentials.current_mut().set_chain(Some(chain)));
            Ok(())
        })
    }

    /// The extra certificates.
    #[must_use]
    pub fn extra_chain(&self) -> Option<&X509Stack> {
        self.extra_chain.as_deref()
    }

    /// Appends to the extra certificates.
    pub fn add_extra_chain_certificate(&mut self, certificate: X509) -> bool {
        self.raising(|config| {
            config.extra_chain = Some(with(config.extra_chain(), certificate)?);
            Ok(())
        })
    }

    /// Removes the extra certificates.
    pub fn clear_extra_chain(&mut self) {
        self.extra_chain = None;
    }
}

/// `chain` with one more at its end, as a new stack: the old one may be another connection's too.
fn with(chain: Option<&X509Stack>, certificate: X509) -> core::result::Result<Arc<X509Stack>, Reason> {
    let old = chain.into_iter().flat_map(X509Stack::iter);
    X509Stack::of(old.chain([certificate])).map(Arc::new).ok_or(Reason::ERR_MALLOC_FAILURE)
}

/// Builds the chain of the current certificate by `SSL_BUILD_CHAIN_FLAG_…` (`SSL_CTX_build_cert_chain(3)`).
///
/// Returns 1; 2 if nothing leads to an anchor and that was to be ignored; 0 with the reason in the queue.
pub fn build_chain(owner: &impl Configurable, flags: i64) -> i64 {
    match try_build_chain(owner, flags) {
        Ok((chain, is_verified)) => {
            let is_built = is_verified || chain.as_ref().is_some_and(|chain| !chain.is_empty());
            let chain = match chain.map(X509Stack::of) {
                Some(None) => {
                    error_queue::raise_ssl(Reason::ERR_MALLOC_FAILURE);
                    return 0;
                }
                chain => chain.flatten(),
            };
            let asker = owner.asker();
            let is_set = owner.change(|config| config.set_chain(chain, &asker));
            if is_set { i64::from(!is_built) + 1 } else { 0 }
        }
        Err(()) => 0,
    }
}

/// The certificates after our own, if any were found, and whether they lead to an anchor.
fn try_build_chain(
    owner: &impl Configurable,
    flags: i64,
) -> core::result::Result<(Option<Vec<X509>>, bool), ()> {
    let config = owner.look(Config::clone);
    let current = config.credentials.current();
    let Some(certificate) = &current.certificate else {
        error_queue::raise_ssl(Reason::NO_CERTIFICATE_SET);
        return Err(());
    };
    let (anchors, untrusted) = if flags & flag::CHECK != 0 {
        (store_of(certificate, current.chain.as_deref()).ok_or(())?, None)
    } else {
        let untrusted = current.chain.as_deref().filter(|_| flags & flag::UNTRUSTED != 0);
        (config.chain_store.clone().unwrap_or_else(|| owner.context_store()), untrusted)
    };
    let Some(mut building) = StoreContext::new(&anchors, certificate, untrusted) else {
        error_queue::raise_ssl(Reason::ERR_X509_LIB);
        return Err(());
    };
    let is_verified = building.verify();
    if !is_verified && flags & flag::IGNORE_ERROR == 0 {
        let text = format!("Verify error:{}", store::error_text(building.error()));
        error_queue::raise_ssl_with_data(Reason::CERTIFICATE_VERIFY_FAILED, &text);
        return Err(());
    }
    if !is_verified && flags & flag::CLEAR_ERROR != 0 {
        error_queue::clear();
    }
    let mut chain: Option<Vec<_>> =
        building.chain().map_err(drop)?.map(|chain| chain.iter().skip(1).collect());
    if let Some(chain) = chain.as_mut().filter(|_| flags & flag::NO_ROOT != 0) {
        chain.pop_if(|last| last.is_self_signed());
    }
    Ok((chain, is_verified))
}

/// A store of what is already there.
fn store_of(certificate: &X509, chain: Option<&X509Stack>) -> Option<X509Store> {
    let store = X509Store::new()?;
    let all = chain.into_iter().flat_map(X509Stack::iter).chain([certificate.clone()]);
    all.into_iter().all(|certificate| store.add(&certificate)).then_some(store)
}

/// The certificates to send after our own in `slot`: those that the program set, or else the extra ones of the context, or
/// those that are found in the store, unless `SSL_MODE_NO_AUTO_CHAIN` is set. What is too weak for our security level, our own
/// certificate included, is `internal_error`. Where chains are looked for, the error queue is empty afterwards.
pub(super) fn own_chain(owner: &impl Configurable, slot: Slot) -> Result<Arc<[Vec<u8>]>> {
    let config = owner.look(Config::clone);
    let credential = config.credentials.get(slot);
    let certificate = credential.certificate.as_ref().ok_or(Error::internal())?;
    let chain = if let Some(chain) = credential.chain.clone().or_else(|| owner.context_extra_chain()) {
        Some(chain)
    } else if config.settings.mode & mode::NO_AUTO_CHAIN != 0 {
        None
    } else {
        let store = config.chain_store.clone().unwrap_or_else(|| owner.context_store());
        Some(Arc::new(find_chain(&store, certificate).ok_or(Error::internal())?))
    };
    let asker = owner.asker();
    certificate_security::check(&asker, certificate, Role::EndEntity)
        .and_then(|()| certificate_security::check_chain(&asker, chain.as_deref()))
        .map_err(|reason| Error::fatal(AlertDescription::INTERNAL_ERROR, reason))?;
    Ok(chain.map(|chain| chain.to_der()).unwrap_or_default())
}

/// The certificates after `certificate`, as far as the store has them. What does not lead to an anchor is sent all the
/// same: the peer may know better. The queue is empty then, as OpenSSL leaves it: what a callback left there before would make
/// `SSL_get_error(3)` of a handshake that only waits say that it failed.
fn find_chain(store: &X509Store, certificate: &X509) -> Option<X509Stack> {
    let mut building = StoreContext::new(store, certificate, None)?;
    let _ = building.verify();
    error_queue::clear();
    X509Stack::of(building.chain().ok()??.iter().skip(1))
}
