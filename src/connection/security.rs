//! The program's security callback is asked before anything begins: a handshake, a renegotiation, or what a message after the handshake
//! leads to. `handshake::security` is about what comes up on the way.

use super::{Connection, Phase};
use crate::{
    error::Result,
    handshake::{
        Environment,
        security::Inquiry,
        want::{Answer, Ask},
    },
};

/// What is known of what is about to begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Judgement {
    /// Nothing.
    #[default]
    None,
    /// The callback is being asked.
    Asked,
    /// It may begin.
    Given,
}

impl Connection {
    /// Whether the callback was asked about what begins now.
    pub(super) fn is_judged(&self) -> bool {
        self.judgement == Judgement::Given
    }

    /// Whether the callback is being asked about what is to begin.
    #[must_use]
    pub fn is_being_judged(&self) -> bool {
        self.judgement == Judgement::Asked
    }

    /// The question, if the program has a security callback that was not asked yet.
    pub(super) fn judge(&mut self, environment: &Environment) -> Option<Ask> {
        if core::mem::take(&mut self.judgement) == Judgement::Given || !environment.hooks.security {
            return None;
        }
        self.judgement = Judgement::Asked;
        let settings = &environment.settings;
        Some(Ask::Security(match (&self.phase, self.negotiated.version) {
            (Phase::Before, _) | (_, None) => Inquiry::Start {
                version: settings.method_versions.1,
                is_open: settings.fixed_version().is_none(),
            },
            (_, Some(version)) => Inquiry::again(version),
        }))
    }

    /// Takes the answer, if it is that to [`Self::judge`].
    pub(super) fn take_judgement(
        &mut self,
        environment: &Environment,
        answer: Answer,
    ) -> core::result::Result<Result<()>, Answer> {
        if self.judgement != Judgement::Asked {
            return Err(answer);
        }
        self.judgement = Judgement::Given;
        Ok(match answer {
            Answer::Refuse(error) => {
                self.judgement = Judgement::None;
                Err(self.fail(environment, error))
            }
            _ => Ok(()),
        })
    }
}
