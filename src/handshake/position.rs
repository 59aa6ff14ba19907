//! Where a handshake is: `OSSL_HANDSHAKE_STATE` of `SSL_get_state(3)`, for the state strings and the info
//! callback.

/// One of `TLS_ST_…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[allow(missing_docs)]
pub enum Position {
    Before = 0,
    Ok = 1,
    DtlsCrHelloVerifyRequest = 2,
    CrSrvrHello = 3,
    CrCert = 4,
    CrCertStatus = 5,
    CrKeyExch = 6,
    CrCertReq = 7,
    CrSrvrDone = 8,
    CrSessionTicket = 9,
    CrChange = 10,
    CrFinished = 11,
    CwClntHello = 12,
    CwCert = 13,
    CwKeyExch = 14,
    CwCertVrfy = 15,
    CwChange = 16,
    CwNextProto = 17,
    CwFinished = 18,
    SwHelloReq = 19,
    SrClntHello = 20,
    DtlsSwHelloVerifyRequest = 21,
    SwSrvrHello = 22,
    SwCert = 23,
    SwKeyExch = 24,
    SwCertReq = 25,
    SwSrvrDone = 26,
    SrCert = 27,
    SrKeyExch = 28,
    SrCertVrfy = 29,
    SrNextProto = 30,
    SrChange = 31,
    SrFinished = 32,
    SwSessionTicket = 33,
    SwCertStatus = 34,
    SwChange = 35,
    SwFinished = 36,
    SwEncryptedExtensions = 37,
    CrEncryptedExtensions = 38,
    CrCertVrfy = 39,
    SwCertVrfy = 40,
    CrHelloReq = 41,
    SwKeyUpdate = 42,
    CwKeyUpdate = 43,
    SrKeyUpdate = 44,
    CrKeyUpdate = 45,
    EarlyData = 46,
    PendingEarlyDataEnd = 47,
    CwEndOfEarlyData = 48,
    SrEndOfEarlyData = 49,
}

impl Position {
    /// Whether the message that is written here is the last of its flight.
    #[must_use]
    pub const fn ends_flight(self) -> bool {
        matches!(
            self,
            Self::CwClntHello
                | Self::CwFinished
                | Self::SwSrvrDone
                | Self::SwFinished
                | Self::SwSessionTicket
                | Self::SwHelloReq
                | Self::CwKeyUpdate
                | Self::SwKeyUpdate
        )
    }
}
