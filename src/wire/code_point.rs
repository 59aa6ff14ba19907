//! The code points of the IANA TLS registries, as newtypes: a value that we do not know survives a
//! round trip.

macro_rules! code_point {
    ($(#[$doc:meta])* $name:ident($int:ty) { $($item:ident = $value:expr,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(pub $int);

        #[allow(missing_docs)]
        impl $name {
            $(pub const $item: Self = Self($value);)*

            /// The registry's name, if this is a code point that we know.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$item => Some(stringify!($item)),)*
                    _ => None,
                }
            }
        }

        impl From<$int> for $name {
            fn from(value: $int) -> Self {
                Self(value)
            }
        }

        impl From<$name> for $int {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => formatter.write_str(name),
                    None => write!(formatter, "{}({:#x})", stringify!($name), self.0),
                }
            }
        }
    };
}

code_point! {
    /// Record content types (RFC 8446 §5.1).
    #[derive(PartialOrd, Ord)]
    ContentType(u8) {
        CHANGE_CIPHER_SPEC = 20,
        ALERT = 21,
        HANDSHAKE = 22,
        APPLICATION_DATA = 23,
    }
}

code_point! {
    /// Protocol versions as they stand on the wire.
    ProtocolVersion(u16) {
        SSL3 = 0x0300,
        TLS1_0 = 0x0301,
        TLS1_1 = 0x0302,
        TLS1_2 = 0x0303,
        TLS1_3 = 0x0304,
        DTLS1_BAD_VER = 0x0100,
        DTLS1_0 = 0xfeff,
        DTLS1_2 = 0xfefd,
    }
}

code_point! {
    /// Handshake message types (RFC 8446 §4, RFC 5246 §7.4, RFC 6066).
    #[derive(PartialOrd, Ord)]
    HandshakeType(u8) {
        HELLO_REQUEST = 0,
        CLIENT_HELLO = 1,
        SERVER_HELLO = 2,
        HELLO_VERIFY_REQUEST = 3,
        NEW_SESSION_TICKET = 4,
        END_OF_EARLY_DATA = 5,
        ENCRYPTED_EXTENSIONS = 8,
        CERTIFICATE = 11,
        SERVER_KEY_EXCHANGE = 12,
        CERTIFICATE_REQUEST = 13,
        SERVER_HELLO_DONE = 14,
        CERTIFICATE_VERIFY = 15,
        CLIENT_KEY_EXCHANGE = 16,
        FINISHED = 20,
        CERTIFICATE_STATUS = 22,
        KEY_UPDATE = 24,
        COMPRESSED_CERTIFICATE = 25,
        NEXT_PROTO = 67,
        MESSAGE_HASH = 254,
    }
}

code_point! {
    /// Alert levels (RFC 8446 §6).
    #[derive(PartialOrd, Ord)]
    AlertLevel(u8) {
        WARNING = 1,
        FATAL = 2,
    }
}

code_point! {
    /// Alert descriptions (RFC 8446 §6, RFC 5246 §7.2).
    #[derive(PartialOrd, Ord)]
    AlertDescription(u8) {
        CLOSE_NOTIFY = 0,
        UNEXPECTED_MESSAGE = 10,
        BAD_RECORD_MAC = 20,
        DECRYPTION_FAILED = 21,
        RECORD_OVERFLOW = 22,
        DECOMPRESSION_FAILURE = 30,
        HANDSHAKE_FAILURE = 40,
        NO_CERTIFICATE = 41,
        BAD_CERTIFICATE = 42,
        UNSUPPORTED_CERTIFICATE = 43,
        CERTIFICATE_REVOKED = 44,
        CERTIFICATE_EXPIRED = 45,
        CERTIFICATE_UNKNOWN = 46,
        ILLEGAL_PARAMETER = 47,
        UNKNOWN_CA = 48,
        ACCESS_DENIED = 49,
        DECODE_ERROR = 50,
        DECRYPT_ERROR = 51,
        EXPORT_RESTRICTION = 60,
        PROTOCOL_VERSION = 70,
        INSUFFICIENT_SECURITY = 71,
        INTERNAL_ERROR = 80,
        INAPPROPRIATE_FALLBACK = 86,
        USER_CANCELED = 90,
        NO_RENEGOTIATION = 100,
        MISSING_EXTENSION = 109,
        UNSUPPORTED_EXTENSION = 110,
        CERTIFICATE_UNOBTAINABLE = 111,
        UNRECOGNIZED_NAME = 112,
        BAD_CERTIFICATE_STATUS_RESPONSE = 113,
        BAD_CERTIFICATE_HASH_VALUE = 114,
        UNKNOWN_PSK_IDENTITY = 115,
        CERTIFICATE_REQUIRED = 116,
        NO_APPLICATION_PROTOCOL = 120,
    }
}

code_point! {
    /// Extension types (IANA "TLS ExtensionType Values").
    #[derive(PartialOrd, Ord)]
    ExtensionType(u16) {
        SERVER_NAME = 0,
        MAX_FRAGMENT_LENGTH = 1,
        STATUS_REQUEST = 5,
        SUPPORTED_GROUPS = 10,
        EC_POINT_FORMATS = 11,
        SRP = 12,
        SIGNATURE_ALGORITHMS = 13,
        USE_SRTP = 14,
        HEARTBEAT = 15,
        ALPN = 16,
        SIGNED_CERTIFICATE_TIMESTAMP = 18,
        CLIENT_CERTIFICATE_TYPE = 19,
        SERVER_CERTIFICATE_TYPE = 20,
        PADDING = 21,
        ENCRYPT_THEN_MAC = 22,
        EXTENDED_MASTER_SECRET = 23,
        COMPRESS_CERTIFICATE = 27,
        RECORD_SIZE_LIMIT = 28,
        SESSION_TICKET = 35,
        PRE_SHARED_KEY = 41,
        EARLY_DATA = 42,
        QUIC_TRANSPORT_PARAMETERS = 57,
        SUPPORTED_VERSIONS = 43,
        COOKIE = 44,
        PSK_KEY_EXCHANGE_MODES = 45,
        CERTIFICATE_AUTHORITIES = 47,
        OID_FILTERS = 48,
        POST_HANDSHAKE_AUTH = 49,
        SIGNATURE_ALGORITHMS_CERT = 50,
        KEY_SHARE = 51,
        NEXT_PROTOCOL_NEGOTIATION = 13172,
        RENEGOTIATION_INFO = 0xff01,
    }
}

code_point! {
    /// Named groups (IANA "TLS Supported Groups"; draft-ietf-tls-ecdhe-mlkem).
    #[derive(PartialOrd, Ord)]
    NamedGroup(u16) {
        SECT163K1 = 1,
        SECT163R1 = 2,
        SECT163R2 = 3,
        SECT193R1 = 4,
        SECT193R2 = 5,
        SECT233K1 = 6,
        SECT233R1 = 7,
        SECT239K1 = 8,
        SECT283K1 = 9,
        SECT283R1 = 10,
        SECT409K1 = 11,
        SECT409R1 = 12,
        SECT571K1 = 13,
        SECT571R1 = 14,
        SECP160K1 = 15,
        SECP160R1 = 16,
        SECP160R2 = 17,
        SECP192K1 = 18,
        SECP192R1 = 19,
        SECP224K1 = 20,
        SECP224R1 = 21,
        SECP256K1 = 22,
        SECP256R1 = 23,
        SECP384R1 = 24,
        SECP521R1 = 25,
        BRAINPOOLP256R1 = 26,
        BRAINPOOLP384R1 = 27,
        BRAINPOOLP512R1 = 28,
        X25519 = 29,
        X448 = 30,
        FFDHE2048 = 256,
        FFDHE3072 = 257,
        FFDHE4096 = 258,
        FFDHE6144 = 259,
        FFDHE8192 = 260,
        SECP256R1MLKEM768 = 4587,
        X25519MLKEM768 = 4588,
        SECP384R1MLKEM1024 = 4589,
    }
}

code_point! {
    /// Signature schemes (IANA "TLS SignatureScheme"); those of TLS 1.2 are hash and signature bytes.
    #[derive(PartialOrd, Ord)]
    SignatureScheme(u16) {
        RSA_PKCS1_SHA1 = 0x0201,
        DSA_SHA1 = 0x0202,
        ECDSA_SHA1 = 0x0203,
        RSA_PKCS1_SHA224 = 0x0301,
        DSA_SHA224 = 0x0302,
        ECDSA_SHA224 = 0x0303,
        RSA_PKCS1_SHA256 = 0x0401,
        DSA_SHA256 = 0x0402,
        ECDSA_SECP256R1_SHA256 = 0x0403,
        RSA_PKCS1_SHA384 = 0x0501,
        DSA_SHA384 = 0x0502,
        ECDSA_SECP384R1_SHA384 = 0x0503,
        RSA_PKCS1_SHA512 = 0x0601,
        DSA_SHA512 = 0x0602,
        ECDSA_SECP521R1_SHA512 = 0x0603,
        RSA_PSS_RSAE_SHA256 = 0x0804,
        RSA_PSS_RSAE_SHA384 = 0x0805,
        RSA_PSS_RSAE_SHA512 = 0x0806,
        ED25519 = 0x0807,
        ED448 = 0x0808,
        RSA_PSS_PSS_SHA256 = 0x0809,
        RSA_PSS_PSS_SHA384 = 0x080a,
        RSA_PSS_PSS_SHA512 = 0x080b,
        MLDSA44 = 0x0904,
        MLDSA65 = 0x0905,
        MLDSA87 = 0x0906,
    }
}

code_point! {
    /// How certificates are compressed (RFC 8879 §7.3).
    #[derive(PartialOrd, Ord)]
    CertificateCompression(u16) {
        ZLIB = 1,
        BROTLI = 2,
        ZSTD = 3,
    }
}

code_point! {
    /// Protection profiles of SRTP (RFC 5764 §4.1.2, RFC 7714 §14.2).
    SrtpProfile(u16) {
        SRTP_AES128_CM_SHA1_80 = 1,
        SRTP_AES128_CM_SHA1_32 = 2,
        SRTP_AEAD_AES_128_GCM = 7,
        SRTP_AEAD_AES_256_GCM = 8,
    }
}

code_point! {
    /// How a PSK may be used (RFC 8446 §4.2.9).
    #[derive(PartialOrd, Ord)]
    PskKeyExchangeMode(u8) {
        PSK_KE = 0,
        PSK_DHE_KE = 1,
    }
}

code_point! {
    /// `certificate_types` of a TLS 1.2 CertificateRequest (RFC 5246 §7.4.4).
    #[derive(PartialOrd, Ord)]
    CertificateType(u8) {
        RSA_SIGN = 1,
        DSS_SIGN = 2,
        ECDSA_SIGN = 64,
    }
}

code_point! {
    /// What stands in a Certificate message (RFC 7250 §3).
    #[derive(Default)]
    CertificateFormat(u8) {
        X509 = 0,
        RAW_PUBLIC_KEY = 2,
    }
}

code_point! {
    /// Cipher suites that the handshake names itself; the table of all is `crypto::suite`.
    #[derive(PartialOrd, Ord)]
    CipherSuite(u16) {
        TLS_AES_128_GCM_SHA256 = 0x1301,
        TLS_AES_256_GCM_SHA384 = 0x1302,
        TLS_CHACHA20_POLY1305_SHA256 = 0x1303,
        TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff,
        TLS_FALLBACK_SCSV = 0x5600,
    }
}

impl AlertDescription {
    /// Whether it is one of TLS: a callback may choose any number.
    #[must_use]
    pub const fn is_defined(self) -> bool {
        matches!(
            self.0,
            0 | 10 | 20..=22 | 30 | 40 | 42..=51 | 60 | 70 | 71 | 80 | 86 | 90 | 100 | 109..=116 | 120
        )
    }
}

/// By what they can do: a version of DTLS stands just above the version of TLS that it is made of, so that DTLS 1.0 (0xfeff)
/// is below DTLS 1.2 (0xfefd), and both are below TLS 1.3.
impl Ord for ProtocolVersion {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for ProtocolVersion {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl ProtocolVersion {
    /// The major version of DTLS.
    pub const DATAGRAM_MAJOR: u8 = 0xfe;

    /// Whether it is a version of DTLS.
    #[must_use]
    pub const fn is_datagram(self) -> bool {
        self.0 >> 8 == Self::DATAGRAM_MAJOR as u16
    }

    /// The version of TLS that a version of DTLS is made of (RFC 4347 §1, RFC 6347 §1); one of TLS is itself.
    #[must_use]
    pub const fn of_tls(self) -> Self {
        match self {
            Self::DTLS1_0 => Self::TLS1_1,
            Self::DTLS1_2 => Self::TLS1_2,
            version => version,
        }
    }

    /// Where it stands among all: those of DTLS count downwards on the wire.
    const fn rank(self) -> (u16, u16) {
        match self.0 {
            version @ 0xfefe..=0xfeff => (Self::TLS1_1.0, 0xff00 - version),
            version @ 0xfe00..=0xfefd => (Self::TLS1_2.0 + (Self::DTLS1_2.0 - version), 1),
            version => (version, 0),
        }
    }

    /// OpenSSL's name of the version (`SSL_get_version(3)`).
    #[must_use]
    pub const fn openssl_name(self) -> &'static core::ffi::CStr {
        match self {
            Self::TLS1_3 => c"TLSv1.3",
            Self::TLS1_2 => c"TLSv1.2",
            Self::TLS1_1 => c"TLSv1.1",
            Self::TLS1_0 => c"TLSv1",
            Self::SSL3 => c"SSLv3",
            Self::DTLS1_2 => c"DTLSv1.2",
            Self::DTLS1_0 => c"DTLSv1",
            _ => c"unknown",
        }
    }

    /// Whether what is signed says under which scheme, and the schemes are negotiated: from TLS 1.2 on (RFC 5246 §4.7).
    #[must_use]
    pub const fn has_signature_schemes(self) -> bool {
        self.of_tls().0 >= Self::TLS1_2.0
    }
}
