//! The numbers of `SSL_OP_…`, `SSL_MODE_…` and `SSL_SESS_CACHE_…` that the core looks at.

/// `SSL_OP_…`.
pub mod option {
    /// `SSL_OP_NO_EXTENDED_MASTER_SECRET`.
    pub const NO_EXTENDED_MASTER_SECRET: u64 = 0x1;
    /// `SSL_OP_CLEANSE_PLAINTEXT`.
    pub const CLEANSE_PLAINTEXT: u64 = 0x2;
    /// `SSL_OP_LEGACY_SERVER_CONNECT`.
    pub const LEGACY_SERVER_CONNECT: u64 = 0x4;
    /// `SSL_OP_ENABLE_KTLS`.
    pub const ENABLE_KTLS: u64 = 0x8;
    /// `SSL_OP_TLSEXT_PADDING`.
    pub const TLSEXT_PADDING: u64 = 0x10;
    /// `SSL_OP_SAFARI_ECDHE_ECDSA_BUG`.
    pub const SAFARI_ECDHE_ECDSA_BUG: u64 = 0x40;
    /// `SSL_OP_IGNORE_UNEXPECTED_EOF`.
    pub const IGNORE_UNEXPECTED_EOF: u64 = 0x80;
    /// `SSL_OP_ALLOW_CLIENT_RENEGOTIATION`.
    pub const ALLOW_CLIENT_RENEGOTIATION: u64 = 0x100;
    /// `SSL_OP_DISABLE_TLSEXT_CA_NAMES`.
    pub const DISABLE_TLSEXT_CA_NAMES: u64 = 0x200;
    /// `SSL_OP_NO_TX_CERTIFICATE_COMPRESSION`, of OpenSSL 3.2.
    pub const NO_TX_CERTIFICATE_COMPRESSION: u64 = 1 << 32;
    /// `SSL_OP_NO_RX_CERTIFICATE_COMPRESSION`, of OpenSSL 3.2.
    pub const NO_RX_CERTIFICATE_COMPRESSION: u64 = 1 << 33;
    /// `SSL_OP_ALLOW_NO_DHE_KEX`.
    pub const ALLOW_NO_DHE_KEX: u64 = 0x400;
    /// `SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS`.
    pub const DONT_INSERT_EMPTY_FRAGMENTS: u64 = 0x800;
    /// `SSL_OP_NO_QUERY_MTU`.
    pub const NO_QUERY_MTU: u64 = 0x1000;
    /// `SSL_OP_COOKIE_EXCHANGE`.
    pub const COOKIE_EXCHANGE: u64 = 0x2000;
    /// `SSL_OP_NO_TICKET`.
    pub const NO_TICKET: u64 = 0x4000;
    /// `SSL_OP_CISCO_ANYCONNECT`.
    pub const CISCO_ANYCONNECT: u64 = 0x8000;
    /// `SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION`.
    pub const NO_SESSION_RESUMPTION_ON_RENEGOTIATION: u64 = 0x10000;
    /// `SSL_OP_NO_COMPRESSION`.
    pub const NO_COMPRESSION: u64 = 0x20000;
    /// `SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION`.
    pub const ALLOW_UNSAFE_LEGACY_RENEGOTIATION: u64 = 0x40000;
    /// `SSL_OP_NO_ENCRYPT_THEN_MAC`.
    pub const NO_ENCRYPT_THEN_MAC: u64 = 0x80000;
    /// `SSL_OP_ENABLE_MIDDLEBOX_COMPAT`.
    pub const ENABLE_MIDDLEBOX_COMPAT: u64 = 0x100000;
    /// `SSL_OP_PRIORITIZE_CHACHA`.
    pub const PRIORITIZE_CHACHA: u64 = 0x200000;
    /// `SSL_OP_CIPHER_SERVER_PREFERENCE`.
    pub const CIPHER_SERVER_PREFERENCE: u64 = 0x400000;
    /// `SSL_OP_TLS_ROLLBACK_BUG`.
    pub const TLS_ROLLBACK_BUG: u64 = 0x800000;
    /// `SSL_OP_NO_ANTI_REPLAY`.
    pub const NO_ANTI_REPLAY: u64 = 0x1000000;
    /// `SSL_OP_NO_SSLv3`.
    pub const NO_SSLV3: u64 = 0x2000000;
    /// `SSL_OP_NO_TLSv1`.
    pub const NO_TLSV1: u64 = 0x4000000;
    /// `SSL_OP_NO_TLSv1_2`.
    pub const NO_TLSV1_2: u64 = 0x8000000;
    /// `SSL_OP_NO_TLSv1_1`.
    pub const NO_TLSV1_1: u64 = 0x10000000;
    /// `SSL_OP_NO_TLSv1_3`.
    pub const NO_TLSV1_3: u64 = 0x20000000;
    /// `SSL_OP_NO_DTLSv1`.
    pub const NO_DTLSV1: u64 = 0x4000000;
    /// `SSL_OP_NO_DTLSv1_2`.
    pub const NO_DTLSV1_2: u64 = 0x8000000;
    /// `SSL_OP_NO_RENEGOTIATION`.
    pub const NO_RENEGOTIATION: u64 = 0x40000000;
    /// `SSL_OP_CRYPTOPRO_TLSEXT_BUG`.
    pub const CRYPTOPRO_TLSEXT_BUG: u64 = 0x80000000;
    /// `SSL_OP_NO_SSL_MASK`.
    pub const NO_SSL_MASK: u64 = 0x3e000000;
    /// `SSL_OP_NO_DTLS_MASK`.
    pub const NO_DTLS_MASK: u64 = 0xc000000;
    /// `SSL_OP_ALL`.
    pub const ALL: u64 = 0x80000850;
}

/// `SSL_MODE_…`.
pub mod mode {
    /// `SSL_MODE_ENABLE_PARTIAL_WRITE`.
    pub const ENABLE_PARTIAL_WRITE: u32 = 0x1;
    /// `SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER`.
    pub const ACCEPT_MOVING_WRITE_BUFFER: u32 = 0x2;
    /// `SSL_MODE_AUTO_RETRY`.
    pub const AUTO_RETRY: u32 = 0x4;
    /// `SSL_MODE_NO_AUTO_CHAIN`.
    pub const NO_AUTO_CHAIN: u32 = 0x8;
    /// `SSL_MODE_RELEASE_BUFFERS`.
    pub const RELEASE_BUFFERS: u32 = 0x10;
    /// `SSL_MODE_SEND_CLIENTHELLO_TIME`.
    pub const SEND_CLIENTHELLO_TIME: u32 = 0x20;
    /// `SSL_MODE_SEND_SERVERHELLO_TIME`.
    pub const SEND_SERVERHELLO_TIME: u32 = 0x40;
    /// `SSL_MODE_SEND_FALLBACK_SCSV`.
    pub const SEND_FALLBACK_SCSV: u32 = 0x80;
    /// `SSL_MODE_ASYNC`.
    pub const ASYNC: u32 = 0x100;
    /// `SSL_MODE_DTLS_SCTP_LABEL_LENGTH_BUG`.
    pub const DTLS_SCTP_LABEL_LENGTH_BUG: u32 = 0x400;
}

/// `SSL_SESS_CACHE_…`.
pub mod cache {
    /// `SSL_SESS_CACHE_OFF`.
    pub const OFF: u32 = 0x0;
    /// `SSL_SESS_CACHE_CLIENT`.
    pub const CLIENT: u32 = 0x1;
    /// `SSL_SESS_CACHE_SERVER`.
    pub const SERVER: u32 = 0x2;
    /// `SSL_SESS_CACHE_BOTH`.
    pub const BOTH: u32 = 0x3;
    /// `SSL_SESS_CACHE_NO_AUTO_CLEAR`.
    pub const NO_AUTO_CLEAR: u32 = 0x80;
    /// `SSL_SESS_CACHE_NO_INTERNAL_LOOKUP`.
    pub const NO_INTERNAL_LOOKUP: u32 = 0x100;
    /// `SSL_SESS_CACHE_NO_INTERNAL_STORE`.
    pub const NO_INTERNAL_STORE: u32 = 0x200;
    /// `SSL_SESS_CACHE_NO_INTERNAL`.
    pub const NO_INTERNAL: u32 = 0x300;
    /// `SSL_SESS_CACHE_UPDATE_TIME`.
    pub const UPDATE_TIME: u32 = 0x400;
}

/// `SSL_CERT_FLAG_TLS_STRICT`: our certificates must be signed as the peer wants.
pub const CERT_FLAG_TLS_STRICT: u32 = 0x1;
/// `SSL_CERT_FLAG_SUITEB_128_LOS_ONLY`: Suite B (RFC 6460) with P-256 alone.
pub const CERT_FLAG_SUITEB_128_ONLY: u32 = 0x1_0000;
/// `SSL_CERT_FLAG_SUITEB_192_LOS`: with P-384 alone.
pub const CERT_FLAG_SUITEB_192: u32 = 0x2_0000;
/// `SSL_CERT_FLAG_SUITEB_128_LOS`: with either.
pub const CERT_FLAG_SUITEB_128: u32 = 0x3_0000;
