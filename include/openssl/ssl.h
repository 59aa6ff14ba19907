/* <openssl/ssl.h> of FerroSSL. Written by `make headers`: change headers/ssl.h.in or the Rust source. */
#ifndef OPENSSL_SSL_H
#define OPENSSL_SSL_H

#ifdef __GNUC__
#pragma GCC system_header
#endif

/* The objects and functions of libssl. The function-like macros are at the end. */

#include <openssl/macros.h>
#ifndef OPENSSL_NO_DEPRECATED_3_0
#define HEADER_SSL_H
#endif
#include <openssl/e_os2.h>
#include <openssl/opensslconf.h>
#include <openssl/comp.h>
#include <openssl/bio.h>
#ifndef OPENSSL_NO_DEPRECATED_1_1_0
#include <openssl/x509.h>
#include <openssl/crypto.h>
#include <openssl/buffer.h>
#endif
#include <openssl/lhash.h>
#include <openssl/pem.h>
#include <openssl/hmac.h>
#include <openssl/async.h>
#include <openssl/safestack.h>
#include <openssl/symhacks.h>
#include <openssl/ct.h>
#include <openssl/sslerr.h>
#include <openssl/prov_ssl.h>
#include <openssl/ssl2.h>
#include <openssl/ssl3.h>
#include <openssl/tls1.h>
#include <openssl/dtls1.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A bit of the options, which are 64 bits wide. */
#define SSL_OP_BIT(n) ((uint64_t)1 << (uint64_t)(n))

#define SSL_NOTHING 1
#define SSL_SENT_SHUTDOWN 1
#define SSL_SERVERINFOV1 1
#define SSL_SESSION_ASN1_VERSION 0x0001
#define SSL_RECEIVED_SHUTDOWN 2
#define SSL_SERVERINFOV2 2
#define SSL_WRITING 2
#define SSL_READING 3
#define SSL_X509_LOOKUP 4
#define SSL_ASYNC_PAUSED 5
#define SSL_ASYNC_NO_JOBS 6
#define SSL_RETRY_VERIFY 8
#if !defined(OPENSSL_NO_PSK)
#define PSK_MAX_IDENTITY_LEN 256
#define PSK_MAX_PSK_LEN 512
#endif
#define SSL_COOKIE_LENGTH 4096
#if !defined(OPENSSL_NO_DEPRECATED_3_0)
#define SSL_DEFAULT_CIPHER_LIST "ALL:!COMPLEMENTOFDEFAULT:!eNULL"
#endif
#define SSL_FILETYPE_ASN1 X509_FILETYPE_ASN1
#define SSL_FILETYPE_PEM X509_FILETYPE_PEM
#define SSL_MIN_RSA_MODULUS_LENGTH_IN_BYTES (512 / 8)
#define SSL_SESSION_CACHE_MAX_SIZE_DEFAULT (1024 * 20)
#if !defined(OPENSSL_NO_NEXTPROTONEG)
#define SSL_get0_npn_negotiated SSL_get0_next_proto_negotiated
#endif
#define SSL_get0_session SSL_get_session
#define SSL_get1_curves SSL_get1_groups
#if !defined(OPENSSL_NO_DEPRECATED_3_0)
#define SSL_get_peer_certificate SSL_get1_peer_certificate
#endif
#define SSL_get_shared_curve SSL_get_shared_group
#define SSL_set1_curves SSL_set1_groups
#define SSL_set1_curves_list SSL_set1_groups_list
#define SSLv23_client_method TLS_client_method
#define SSLv23_method TLS_method
#define SSLv23_server_method TLS_server_method
#if !defined(OPENSSL_NO_DEPRECATED_3_0)
#define TLS_DEFAULT_CIPHERSUITES "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"
#endif

#define CERT_PKEY_VALID 0x1
#define CERT_PKEY_SIGN 0x2
#define CERT_PKEY_EE_SIGNATURE 0x10
#define CERT_PKEY_CA_SIGNATURE 0x20
#define CERT_PKEY_EE_PARAM 0x40
#define CERT_PKEY_CA_PARAM 0x80
#define CERT_PKEY_EXPLICIT_SIGN 0x100
#define CERT_PKEY_ISSUER_NAME 0x200
#define CERT_PKEY_CERT_TYPE 0x400
#define CERT_PKEY_SUITEB 0x800

#define DTLS_CTRL_GET_TIMEOUT 73
#define DTLS_CTRL_HANDLE_TIMEOUT 74
#define DTLS_CTRL_SET_LINK_MTU 120
#define DTLS_CTRL_GET_LINK_MIN_MTU 121

#define OPENSSL_INIT_NO_LOAD_SSL_STRINGS 0x00100000L
#define OPENSSL_INIT_LOAD_SSL_STRINGS 0x00200000L
#define OPENSSL_INIT_SSL_DEFAULT (OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS)

#define OPENSSL_NPN_UNSUPPORTED 0
#define OPENSSL_NPN_NEGOTIATED 1
#define OPENSSL_NPN_NO_OVERLAP 2

#define SSL_AD_REASON_OFFSET 1000
#define SSL_AD_ACCESS_DENIED TLS1_AD_ACCESS_DENIED
#define SSL_AD_BAD_CERTIFICATE SSL3_AD_BAD_CERTIFICATE
#define SSL_AD_BAD_CERTIFICATE_HASH_VALUE TLS1_AD_BAD_CERTIFICATE_HASH_VALUE
#define SSL_AD_BAD_CERTIFICATE_STATUS_RESPONSE TLS1_AD_BAD_CERTIFICATE_STATUS_RESPONSE
#define SSL_AD_BAD_RECORD_MAC SSL3_AD_BAD_RECORD_MAC
#define SSL_AD_CERTIFICATE_EXPIRED SSL3_AD_CERTIFICATE_EXPIRED
#define SSL_AD_CERTIFICATE_REQUIRED TLS13_AD_CERTIFICATE_REQUIRED
#define SSL_AD_CERTIFICATE_REVOKED SSL3_AD_CERTIFICATE_REVOKED
#define SSL_AD_CERTIFICATE_UNKNOWN SSL3_AD_CERTIFICATE_UNKNOWN
#define SSL_AD_CERTIFICATE_UNOBTAINABLE TLS1_AD_CERTIFICATE_UNOBTAINABLE
#define SSL_AD_CLOSE_NOTIFY SSL3_AD_CLOSE_NOTIFY
#define SSL_AD_DECODE_ERROR TLS1_AD_DECODE_ERROR
#define SSL_AD_DECOMPRESSION_FAILURE SSL3_AD_DECOMPRESSION_FAILURE
#define SSL_AD_DECRYPTION_FAILED TLS1_AD_DECRYPTION_FAILED
#define SSL_AD_DECRYPT_ERROR TLS1_AD_DECRYPT_ERROR
#define SSL_AD_EXPORT_RESTRICTION TLS1_AD_EXPORT_RESTRICTION
#define SSL_AD_HANDSHAKE_FAILURE SSL3_AD_HANDSHAKE_FAILURE
#define SSL_AD_ILLEGAL_PARAMETER SSL3_AD_ILLEGAL_PARAMETER
#define SSL_AD_INAPPROPRIATE_FALLBACK TLS1_AD_INAPPROPRIATE_FALLBACK
#define SSL_AD_INSUFFICIENT_SECURITY TLS1_AD_INSUFFICIENT_SECURITY
#define SSL_AD_INTERNAL_ERROR TLS1_AD_INTERNAL_ERROR
#define SSL_AD_MISSING_EXTENSION TLS13_AD_MISSING_EXTENSION
#define SSL_AD_NO_APPLICATION_PROTOCOL TLS1_AD_NO_APPLICATION_PROTOCOL
#define SSL_AD_NO_CERTIFICATE SSL3_AD_NO_CERTIFICATE
#define SSL_AD_NO_RENEGOTIATION TLS1_AD_NO_RENEGOTIATION
#define SSL_AD_PROTOCOL_VERSION TLS1_AD_PROTOCOL_VERSION
#define SSL_AD_RECORD_OVERFLOW TLS1_AD_RECORD_OVERFLOW
#define SSL_AD_UNEXPECTED_MESSAGE SSL3_AD_UNEXPECTED_MESSAGE
#define SSL_AD_UNKNOWN_CA TLS1_AD_UNKNOWN_CA
#define SSL_AD_UNKNOWN_PSK_IDENTITY TLS1_AD_UNKNOWN_PSK_IDENTITY
#define SSL_AD_UNRECOGNIZED_NAME TLS1_AD_UNRECOGNIZED_NAME
#define SSL_AD_UNSUPPORTED_CERTIFICATE SSL3_AD_UNSUPPORTED_CERTIFICATE
#define SSL_AD_UNSUPPORTED_EXTENSION TLS1_AD_UNSUPPORTED_EXTENSION
#define SSL_AD_USER_CANCELLED TLS1_AD_USER_CANCELLED

#define SSL_BUILD_CHAIN_FLAG_UNTRUSTED 0x1
#define SSL_BUILD_CHAIN_FLAG_NO_ROOT 0x2
#define SSL_BUILD_CHAIN_FLAG_CHECK 0x4
#define SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR 0x8
#define SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR 0x10

#define SSL_CB_LOOP 0x01
#define SSL_CB_EXIT 0x02
#define SSL_CB_READ 0x04
#define SSL_CB_WRITE 0x08
#define SSL_CB_HANDSHAKE_START 0x10
#define SSL_CB_HANDSHAKE_DONE 0x20
#define SSL_CB_ALERT 0x4000
#define SSL_CB_ACCEPT_EXIT (SSL_ST_ACCEPT | SSL_CB_EXIT)
#define SSL_CB_ACCEPT_LOOP (SSL_ST_ACCEPT | SSL_CB_LOOP)
#define SSL_CB_CONNECT_EXIT (SSL_ST_CONNECT | SSL_CB_EXIT)
#define SSL_CB_CONNECT_LOOP (SSL_ST_CONNECT | SSL_CB_LOOP)
#define SSL_CB_READ_ALERT (SSL_CB_ALERT | SSL_CB_READ)
#define SSL_CB_WRITE_ALERT (SSL_CB_ALERT | SSL_CB_WRITE)

#define SSL_CERT_FLAG_TLS_STRICT 0x00000001U
#define SSL_CERT_SET_FIRST 1
#define SSL_CERT_SET_NEXT 2
#define SSL_CERT_SET_SERVER 3
#define SSL_CERT_FLAG_SUITEB_128_LOS_ONLY 0x10000
#define SSL_CERT_FLAG_SUITEB_192_LOS 0x20000
#define SSL_CERT_FLAG_SUITEB_128_LOS 0x30000
#define SSL_CERT_FLAG_BROKEN_PROTOCOL 0x10000000

#define SSL_CLIENT_HELLO_ERROR 0
#define SSL_CLIENT_HELLO_SUCCESS 1
#define SSL_CLIENT_HELLO_CB 7
#define SSL_CLIENT_HELLO_RETRY (-1)

#define SSL_CONF_TYPE_UNKNOWN 0x0
#define SSL_CONF_FLAG_CMDLINE 0x1
#define SSL_CONF_TYPE_STRING 0x1
#define SSL_CONF_FLAG_FILE 0x2
#define SSL_CONF_TYPE_FILE 0x2
#define SSL_CONF_TYPE_DIR 0x3
#define SSL_CONF_FLAG_CLIENT 0x4
#define SSL_CONF_TYPE_NONE 0x4
#define SSL_CONF_TYPE_STORE 0x5
#define SSL_CONF_FLAG_SERVER 0x8
#define SSL_CONF_FLAG_SHOW_ERRORS 0x10
#define SSL_CONF_FLAG_CERTIFICATE 0x20
#define SSL_CONF_FLAG_REQUIRE_PRIVATE 0x40

#if !defined(OPENSSL_NO_DEPRECATED_3_0)
#define SSL_CTRL_SET_TMP_DH 3
#define SSL_CTRL_SET_TMP_ECDH 4
#define SSL_CTRL_SET_TMP_DH_CB 6
#endif
#define SSL_CTRL_GET_CLIENT_CERT_REQUEST 9
#define SSL_CTRL_GET_NUM_RENEGOTIATIONS 10
#define SSL_CTRL_CLEAR_NUM_RENEGOTIATIONS 11
#define SSL_CTRL_GET_TOTAL_RENEGOTIATIONS 12
#define SSL_CTRL_GET_FLAGS 13
#define SSL_CTRL_EXTRA_CHAIN_CERT 14
#define SSL_CTRL_SET_MSG_CALLBACK 15
#define SSL_CTRL_SET_MSG_CALLBACK_ARG 16
#define SSL_CTRL_SET_MTU 17
#define SSL_CTRL_SESS_NUMBER 20
#define SSL_CTRL_SESS_CONNECT 21
#define SSL_CTRL_SESS_CONNECT_GOOD 22
#define SSL_CTRL_SESS_CONNECT_RENEGOTIATE 23
#define SSL_CTRL_SESS_ACCEPT 24
#define SSL_CTRL_SESS_ACCEPT_GOOD 25
#define SSL_CTRL_SESS_ACCEPT_RENEGOTIATE 26
#define SSL_CTRL_SESS_HIT 27
#define SSL_CTRL_SESS_CB_HIT 28
#define SSL_CTRL_SESS_MISSES 29
#define SSL_CTRL_SESS_TIMEOUTS 30
#define SSL_CTRL_SESS_CACHE_FULL 31
#define SSL_CTRL_MODE 33
#define SSL_CTRL_GET_READ_AHEAD 40
#define SSL_CTRL_SET_READ_AHEAD 41
#define SSL_CTRL_SET_SESS_CACHE_SIZE 42
#define SSL_CTRL_GET_SESS_CACHE_SIZE 43
#define SSL_CTRL_SET_SESS_CACHE_MODE 44
#define SSL_CTRL_GET_SESS_CACHE_MODE 45
#define SSL_CTRL_GET_MAX_CERT_LIST 50
#define SSL_CTRL_SET_MAX_CERT_LIST 51
#define SSL_CTRL_SET_MAX_SEND_FRAGMENT 52
#define SSL_CTRL_SET_TLSEXT_SERVERNAME_CB 53
#define SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG 54
#define SSL_CTRL_SET_TLSEXT_HOSTNAME 55
#define SSL_CTRL_SET_TLSEXT_DEBUG_CB 56
#define SSL_CTRL_SET_TLSEXT_DEBUG_ARG 57
#define SSL_CTRL_GET_TLSEXT_TICKET_KEYS 58
#define SSL_CTRL_SET_TLSEXT_TICKET_KEYS 59
#define SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB 63
#define SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB_ARG 64
#define SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE 65
#define SSL_CTRL_GET_TLSEXT_STATUS_REQ_EXTS 66
#define SSL_CTRL_SET_TLSEXT_STATUS_REQ_EXTS 67
#define SSL_CTRL_GET_TLSEXT_STATUS_REQ_IDS 68
#define SSL_CTRL_SET_TLSEXT_STATUS_REQ_IDS 69
#define SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP 70
#define SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP 71
#if !defined(OPENSSL_NO_DEPRECATED_3_0)
#define SSL_CTRL_SET_TLSEXT_TICKET_KEY_CB 72
#endif
#define SSL_CTRL_SET_TLS_EXT_SRP_USERNAME_CB 75
#define SSL_CTRL_GET_RI_SUPPORT 76
#define SSL_CTRL_SET_SRP_VERIFY_PARAM_CB 76
#define SSL_CTRL_SET_SRP_GIVE_CLIENT_PWD_CB 77
#define SSL_CTRL_CLEAR_MODE 78
#define SSL_CTRL_SET_SRP_ARG 78
#define SSL_CTRL_SET_NOT_RESUMABLE_SESS_CB 79
#define SSL_CTRL_SET_TLS_EXT_SRP_USERNAME 79
#define SSL_CTRL_SET_TLS_EXT_SRP_STRENGTH 80
#define SSL_CTRL_SET_TLS_EXT_SRP_PASSWORD 81
#define SSL_CTRL_GET_EXTRA_CHAIN_CERTS 82
#define SSL_CTRL_CLEAR_EXTRA_CHAIN_CERTS 83
#define SSL_CTRL_CHAIN 88
#define SSL_CTRL_CHAIN_CERT 89
#define SSL_CTRL_GET_GROUPS 90
#define SSL_CTRL_SET_GROUPS 91
#define SSL_CTRL_SET_GROUPS_LIST 92
#define SSL_CTRL_GET_SHARED_GROUP 93
#define SSL_CTRL_SET_SIGALGS 97
#define SSL_CTRL_SET_SIGALGS_LIST 98
#define SSL_CTRL_CERT_FLAGS 99
#define SSL_CTRL_CLEAR_CERT_FLAGS 100
#define SSL_CTRL_SET_CLIENT_SIGALGS 101
#define SSL_CTRL_SET_CLIENT_SIGALGS_LIST 102
#define SSL_CTRL_GET_CLIENT_CERT_TYPES 103
#define SSL_CTRL_SET_CLIENT_CERT_TYPES 104
#define SSL_CTRL_BUILD_CERT_CHAIN 105
#define SSL_CTRL_SET_VERIFY_CERT_STORE 106
#define SSL_CTRL_SET_CHAIN_CERT_STORE 107
#define SSL_CTRL_GET_PEER_SIGNATURE_NID 108
#define SSL_CTRL_GET_PEER_TMP_KEY 109
#define SSL_CTRL_GET_RAW_CIPHERLIST 110
#define SSL_CTRL_GET_EC_POINT_FORMATS 111
#define SSL_CTRL_GET_CHAIN_CERTS 115
#define SSL_CTRL_SELECT_CURRENT_CERT 116
#define SSL_CTRL_SET_CURRENT_CERT 117
#define SSL_CTRL_SET_DH_AUTO 118
#define SSL_CTRL_GET_EXTMS_SUPPORT 122
#define SSL_CTRL_SET_MIN_PROTO_VERSION 123
#define SSL_CTRL_SET_MAX_PROTO_VERSION 124
#define SSL_CTRL_SET_SPLIT_SEND_FRAGMENT 125
#define SSL_CTRL_SET_MAX_PIPELINES 126
#define SSL_CTRL_GET_TLSEXT_STATUS_REQ_TYPE 127
#define SSL_CTRL_GET_TLSEXT_STATUS_REQ_CB 128
#define SSL_CTRL_GET_TLSEXT_STATUS_REQ_CB_ARG 129
#define SSL_CTRL_GET_MIN_PROTO_VERSION 130
#define SSL_CTRL_GET_MAX_PROTO_VERSION 131
#define SSL_CTRL_GET_SIGNATURE_NID 132
#define SSL_CTRL_GET_TMP_KEY 133
#define SSL_CTRL_GET_NEGOTIATED_GROUP 134
#define SSL_CTRL_SET_RETRY_VERIFY 136
#define SSL_CTRL_GET_VERIFY_CERT_STORE 137
#define SSL_CTRL_GET_CHAIN_CERT_STORE 138
#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
#define SSL_CTRL_GET0_IMPLEMENTED_GROUPS 139
#define SSL_WRITE_FLAG_CONCLUDE (1U << 0)
#define OSSL_RECORD_PROTECTION_LEVEL_NONE 0
#define OSSL_RECORD_PROTECTION_LEVEL_EARLY 1
#define OSSL_RECORD_PROTECTION_LEVEL_HANDSHAKE 2
#define OSSL_RECORD_PROTECTION_LEVEL_APPLICATION 3
#define OSSL_FUNC_SSL_QUIC_TLS_CRYPTO_SEND 2001
#define OSSL_FUNC_SSL_QUIC_TLS_CRYPTO_RECV_RCD 2002
#define OSSL_FUNC_SSL_QUIC_TLS_CRYPTO_RELEASE_RCD 2003
#define OSSL_FUNC_SSL_QUIC_TLS_YIELD_SECRET 2004
#define OSSL_FUNC_SSL_QUIC_TLS_GOT_TRANSPORT_PARAMS 2005
#define OSSL_FUNC_SSL_QUIC_TLS_ALERT 2006
#endif
#define SSL_CTRL_GET_CURVES SSL_CTRL_GET_GROUPS
#define SSL_CTRL_GET_SERVER_TMP_KEY SSL_CTRL_GET_PEER_TMP_KEY
#define SSL_CTRL_GET_SHARED_CURVE SSL_CTRL_GET_SHARED_GROUP
#define SSL_CTRL_SET_CURVES SSL_CTRL_SET_GROUPS
#define SSL_CTRL_SET_CURVES_LIST SSL_CTRL_SET_GROUPS_LIST

#define SSL_CTX_set1_curves SSL_CTX_set1_groups
#define SSL_CTX_set1_curves_list SSL_CTX_set1_groups_list
#if !defined(OPENSSL_NO_NEXTPROTONEG)
#define SSL_CTX_set_npn_advertised_cb SSL_CTX_set_next_protos_advertised_cb
#define SSL_CTX_set_npn_select_cb SSL_CTX_set_next_proto_select_cb
#endif

#define SSL_EARLY_DATA_NOT_SENT 0
#define SSL_EARLY_DATA_REJECTED 1
#define SSL_EARLY_DATA_ACCEPTED 2

#define SSL_ERROR_NONE 0
#define SSL_ERROR_SSL 1
#define SSL_ERROR_WANT_READ 2
#define SSL_ERROR_WANT_WRITE 3
#define SSL_ERROR_WANT_X509_LOOKUP 4
#define SSL_ERROR_SYSCALL 5
#define SSL_ERROR_ZERO_RETURN 6
#define SSL_ERROR_WANT_CONNECT 7
#define SSL_ERROR_WANT_ACCEPT 8
#define SSL_ERROR_WANT_ASYNC 9
#define SSL_ERROR_WANT_ASYNC_JOB 10
#define SSL_ERROR_WANT_CLIENT_HELLO_CB 11
#define SSL_ERROR_WANT_RETRY_VERIFY 12

#define SSL_EXT_TLS_ONLY 0x0001
#define SSL_EXT_DTLS_ONLY 0x0002
#define SSL_EXT_TLS_IMPLEMENTATION_ONLY 0x0004
#define SSL_EXT_SSL3_ALLOWED 0x0008
#define SSL_EXT_TLS1_2_AND_BELOW_ONLY 0x0010
#define SSL_EXT_TLS1_3_ONLY 0x0020
#define SSL_EXT_IGNORE_ON_RESUMPTION 0x0040
#define SSL_EXT_CLIENT_HELLO 0x0080
#define SSL_EXT_TLS1_2_SERVER_HELLO 0x0100
#define SSL_EXT_TLS1_3_SERVER_HELLO 0x0200
#define SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS 0x0400
#define SSL_EXT_TLS1_3_HELLO_RETRY_REQUEST 0x0800
#define SSL_EXT_TLS1_3_CERTIFICATE 0x1000
#define SSL_EXT_TLS1_3_NEW_SESSION_TICKET 0x2000
#define SSL_EXT_TLS1_3_CERTIFICATE_REQUEST 0x4000

#define SSL_KEY_UPDATE_NONE -1
#define SSL_KEY_UPDATE_NOT_REQUESTED 0
#define SSL_KEY_UPDATE_REQUESTED 1

#define SSL_MAC_FLAG_READ_MAC_STREAM 1
#define SSL_MAC_FLAG_WRITE_MAC_STREAM 2
#define SSL_MAC_FLAG_READ_MAC_TLSTREE 4
#define SSL_MAC_FLAG_WRITE_MAC_TLSTREE 8

#define SSL_MAX_KEY_ARG_LENGTH 8
#define SSL_MAX_PIPELINES 32
#define SSL_MAX_SID_CTX_LENGTH 32
#define SSL_MAX_SSL_SESSION_ID_LENGTH 32
#define SSL_MAX_CERT_LIST_DEFAULT (1024 * 100)

#define SSL_MODE_ENABLE_PARTIAL_WRITE 0x00000001U
#define SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER 0x00000002U
#define SSL_MODE_AUTO_RETRY 0x00000004U
#define SSL_MODE_NO_AUTO_CHAIN 0x00000008U
#define SSL_MODE_RELEASE_BUFFERS 0x00000010U
#define SSL_MODE_SEND_CLIENTHELLO_TIME 0x00000020U
#define SSL_MODE_SEND_SERVERHELLO_TIME 0x00000040U
#define SSL_MODE_SEND_FALLBACK_SCSV 0x00000080U
#define SSL_MODE_ASYNC 0x00000100U
#define SSL_MODE_DTLS_SCTP_LABEL_LENGTH_BUG 0x00000400U

#define SSL_OP_EPHEMERAL_RSA 0x0
#define SSL_OP_MICROSOFT_BIG_SSLV3_BUFFER 0x0
#define SSL_OP_MICROSOFT_SESS_ID_BUG 0x0
#define SSL_OP_MSIE_SSLV2_RSA_PADDING 0x0
#define SSL_OP_NETSCAPE_CA_DN_BUG 0x0
#define SSL_OP_NETSCAPE_CHALLENGE_BUG 0x0
#define SSL_OP_NETSCAPE_DEMO_CIPHER_CHANGE_BUG 0x0
#define SSL_OP_NETSCAPE_REUSE_CIPHER_CHANGE_BUG 0x0
#define SSL_OP_NO_SSLv2 0x0
#define SSL_OP_PKCS1_CHECK_1 0x0
#define SSL_OP_PKCS1_CHECK_2 0x0
#define SSL_OP_SINGLE_DH_USE 0x0
#define SSL_OP_SINGLE_ECDH_USE 0x0
#define SSL_OP_SSLEAY_080_CLIENT_DH_BUG 0x0
#define SSL_OP_SSLREF2_REUSE_CERT_TYPE_BUG 0x0
#define SSL_OP_TLS_BLOCK_PADDING_BUG 0x0
#define SSL_OP_TLS_D5_BUG 0x0
#define SSL_OP_NO_EXTENDED_MASTER_SECRET SSL_OP_BIT(0)
#define SSL_OP_CLEANSE_PLAINTEXT SSL_OP_BIT(1)
#define SSL_OP_LEGACY_SERVER_CONNECT SSL_OP_BIT(2)
#define SSL_OP_ENABLE_KTLS SSL_OP_BIT(3)
#define SSL_OP_TLSEXT_PADDING SSL_OP_BIT(4)
#define SSL_OP_SAFARI_ECDHE_ECDSA_BUG SSL_OP_BIT(6)
#define SSL_OP_IGNORE_UNEXPECTED_EOF SSL_OP_BIT(7)
#define SSL_OP_ALLOW_CLIENT_RENEGOTIATION SSL_OP_BIT(8)
#define SSL_OP_DISABLE_TLSEXT_CA_NAMES SSL_OP_BIT(9)
#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
#define SSL_OP_NO_TX_CERTIFICATE_COMPRESSION SSL_OP_BIT(32)
#define SSL_OP_NO_RX_CERTIFICATE_COMPRESSION SSL_OP_BIT(33)
#endif
#define SSL_OP_ALLOW_NO_DHE_KEX SSL_OP_BIT(10)
#define SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS SSL_OP_BIT(11)
#define SSL_OP_NO_QUERY_MTU SSL_OP_BIT(12)
#define SSL_OP_COOKIE_EXCHANGE SSL_OP_BIT(13)
#define SSL_OP_NO_TICKET SSL_OP_BIT(14)
#if !defined(OPENSSL_NO_DTLS1_METHOD)
#define SSL_OP_CISCO_ANYCONNECT SSL_OP_BIT(15)
#endif
#define SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION SSL_OP_BIT(16)
#define SSL_OP_NO_COMPRESSION SSL_OP_BIT(17)
#define SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION SSL_OP_BIT(18)
#define SSL_OP_NO_ENCRYPT_THEN_MAC SSL_OP_BIT(19)
#define SSL_OP_ENABLE_MIDDLEBOX_COMPAT SSL_OP_BIT(20)
#define SSL_OP_PRIORITIZE_CHACHA SSL_OP_BIT(21)
#define SSL_OP_CIPHER_SERVER_PREFERENCE SSL_OP_BIT(22)
#define SSL_OP_TLS_ROLLBACK_BUG SSL_OP_BIT(23)
#define SSL_OP_NO_ANTI_REPLAY SSL_OP_BIT(24)
#define SSL_OP_NO_SSLv3 SSL_OP_BIT(25)
#define SSL_OP_NO_DTLSv1 SSL_OP_BIT(26)
#define SSL_OP_NO_TLSv1 SSL_OP_BIT(26)
#define SSL_OP_NO_DTLSv1_2 SSL_OP_BIT(27)
#define SSL_OP_NO_TLSv1_2 SSL_OP_BIT(27)
#define SSL_OP_NO_TLSv1_1 SSL_OP_BIT(28)
#define SSL_OP_NO_TLSv1_3 SSL_OP_BIT(29)
#define SSL_OP_NO_RENEGOTIATION SSL_OP_BIT(30)
#define SSL_OP_CRYPTOPRO_TLSEXT_BUG SSL_OP_BIT(31)
#define SSL_OP_ALL (SSL_OP_CRYPTOPRO_TLSEXT_BUG | SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS | SSL_OP_TLSEXT_PADDING | SSL_OP_SAFARI_ECDHE_ECDSA_BUG)
#define SSL_OP_NO_DTLS_MASK (SSL_OP_NO_DTLSv1 | SSL_OP_NO_DTLSv1_2)
#define SSL_OP_NO_SSL_MASK (SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3)

#define SSL_READ_EARLY_DATA_ERROR 0
#define SSL_READ_EARLY_DATA_SUCCESS 1
#define SSL_READ_EARLY_DATA_FINISH 2

#define SSL_SECOP_OTHER_NONE 0
#define SSL_SECOP_PEER 0x1000
#define SSL_SECOP_OTHER_TYPE 0xffff0000
#define SSL_SECOP_CA_KEY (17 | SSL_SECOP_OTHER_CERT)
#define SSL_SECOP_CA_MD (18 | SSL_SECOP_OTHER_CERT)
#define SSL_SECOP_CIPHER_CHECK (3 | SSL_SECOP_OTHER_CIPHER)
#define SSL_SECOP_CIPHER_SHARED (2 | SSL_SECOP_OTHER_CIPHER)
#define SSL_SECOP_CIPHER_SUPPORTED (1 | SSL_SECOP_OTHER_CIPHER)
#define SSL_SECOP_COMPRESSION (15 | SSL_SECOP_OTHER_NONE)
#define SSL_SECOP_CURVE_CHECK (6 | SSL_SECOP_OTHER_CURVE)
#define SSL_SECOP_CURVE_SHARED (5 | SSL_SECOP_OTHER_CURVE)
#define SSL_SECOP_CURVE_SUPPORTED (4 | SSL_SECOP_OTHER_CURVE)
#define SSL_SECOP_EE_KEY (16 | SSL_SECOP_OTHER_CERT)
#define SSL_SECOP_OTHER_CERT (6 << 16)
#define SSL_SECOP_OTHER_CIPHER (1 << 16)
#define SSL_SECOP_OTHER_CURVE (2 << 16)
#define SSL_SECOP_OTHER_DH (3 << 16)
#define SSL_SECOP_OTHER_PKEY (4 << 16)
#define SSL_SECOP_OTHER_SIGALG (5 << 16)
#define SSL_SECOP_PEER_CA_KEY (SSL_SECOP_CA_KEY | SSL_SECOP_PEER)
#define SSL_SECOP_PEER_CA_MD (SSL_SECOP_CA_MD | SSL_SECOP_PEER)
#define SSL_SECOP_PEER_EE_KEY (SSL_SECOP_EE_KEY | SSL_SECOP_PEER)
#define SSL_SECOP_SIGALG_CHECK (13 | SSL_SECOP_OTHER_SIGALG)
#define SSL_SECOP_SIGALG_MASK (14 | SSL_SECOP_OTHER_SIGALG)
#define SSL_SECOP_SIGALG_SHARED (12 | SSL_SECOP_OTHER_SIGALG)
#define SSL_SECOP_SIGALG_SUPPORTED (11 | SSL_SECOP_OTHER_SIGALG)
#define SSL_SECOP_TICKET (10 | SSL_SECOP_OTHER_NONE)
#define SSL_SECOP_TMP_DH (7 | SSL_SECOP_OTHER_PKEY)
#define SSL_SECOP_VERSION (9 | SSL_SECOP_OTHER_NONE)

#define SSL_SESS_CACHE_OFF 0x0000
#define SSL_SESS_CACHE_CLIENT 0x0001
#define SSL_SESS_CACHE_SERVER 0x0002
#define SSL_SESS_CACHE_NO_AUTO_CLEAR 0x0080
#define SSL_SESS_CACHE_NO_INTERNAL_LOOKUP 0x0100
#define SSL_SESS_CACHE_NO_INTERNAL_STORE 0x0200
#define SSL_SESS_CACHE_UPDATE_TIME 0x0400
#define SSL_SESS_CACHE_BOTH (SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_SERVER)
#define SSL_SESS_CACHE_NO_INTERNAL (SSL_SESS_CACHE_NO_INTERNAL_LOOKUP | SSL_SESS_CACHE_NO_INTERNAL_STORE)

#define SSL_ST_READ_HEADER 0xF0
#define SSL_ST_READ_BODY 0xF1
#define SSL_ST_READ_DONE 0xF2
#define SSL_ST_MASK 0x0FFF
#define SSL_ST_CONNECT 0x1000
#define SSL_ST_ACCEPT 0x2000

#define SSL_TICKET_FATAL_ERR_MALLOC 0
#define SSL_TICKET_RETURN_ABORT 0
#define SSL_TICKET_FATAL_ERR_OTHER 1
#define SSL_TICKET_RETURN_IGNORE 1
#define SSL_TICKET_NONE 2
#define SSL_TICKET_RETURN_IGNORE_RENEW 2
#define SSL_TICKET_EMPTY 3
#define SSL_TICKET_RETURN_USE 3
#define SSL_TICKET_NO_DECRYPT 4
#define SSL_TICKET_RETURN_USE_RENEW 4
#define SSL_TICKET_SUCCESS 5
#define SSL_TICKET_SUCCESS_RENEW 6

#define SSL_TXT_3DES "3DES"
#define SSL_TXT_ADH "ADH"
#define SSL_TXT_AECDH "AECDH"
#define SSL_TXT_AES "AES"
#define SSL_TXT_AES128 "AES128"
#define SSL_TXT_AES256 "AES256"
#define SSL_TXT_AES_CCM "AESCCM"
#define SSL_TXT_AES_CCM_8 "AESCCM8"
#define SSL_TXT_AES_GCM "AESGCM"
#define SSL_TXT_ALL "ALL"
#define SSL_TXT_ARIA "ARIA"
#define SSL_TXT_ARIA128 "ARIA128"
#define SSL_TXT_ARIA256 "ARIA256"
#define SSL_TXT_ARIA_GCM "ARIAGCM"
#define SSL_TXT_CAMELLIA "CAMELLIA"
#define SSL_TXT_CAMELLIA128 "CAMELLIA128"
#define SSL_TXT_CAMELLIA256 "CAMELLIA256"
#define SSL_TXT_CBC "CBC"
#define SSL_TXT_CHACHA20 "CHACHA20"
#define SSL_TXT_CMPALL "COMPLEMENTOFALL"
#define SSL_TXT_CMPDEF "COMPLEMENTOFDEFAULT"
#define SSL_TXT_DES "DES"
#define SSL_TXT_DH "DH"
#define SSL_TXT_DHE "DHE"
#define SSL_TXT_DSS "DSS"
#define SSL_TXT_ECDH "ECDH"
#define SSL_TXT_ECDHE "ECDHE"
#define SSL_TXT_ECDSA "ECDSA"
#define SSL_TXT_EDH "EDH"
#define SSL_TXT_EECDH "EECDH"
#define SSL_TXT_FIPS "FIPS"
#define SSL_TXT_GOST "GOST89"
#define SSL_TXT_GOST12 "GOST12"
#define SSL_TXT_GOST2012_GOST8912_GOST8912 "GOST2012-GOST8912-GOST8912"
#define SSL_TXT_GOST89MAC "GOST89MAC"
#define SSL_TXT_GOST89MAC12 "GOST89MAC12"
#define SSL_TXT_GOST94 "GOST94"
#define SSL_TXT_HIGH "HIGH"
#define SSL_TXT_IDEA "IDEA"
#define SSL_TXT_LOW "LOW"
#define SSL_TXT_MD5 "MD5"
#define SSL_TXT_MEDIUM "MEDIUM"
#define SSL_TXT_NULL "NULL"
#define SSL_TXT_PSK "PSK"
#define SSL_TXT_RC2 "RC2"
#define SSL_TXT_RC4 "RC4"
#define SSL_TXT_RSA "RSA"
#define SSL_TXT_SEED "SEED"
#define SSL_TXT_SHA "SHA"
#define SSL_TXT_SHA1 "SHA1"
#define SSL_TXT_SHA256 "SHA256"
#define SSL_TXT_SHA384 "SHA384"
#define SSL_TXT_SRP "SRP"
#define SSL_TXT_SSLV3 "SSLv3"
#define SSL_TXT_TLSV1 "TLSv1"
#define SSL_TXT_TLSV1_1 "TLSv1.1"
#define SSL_TXT_TLSV1_2 "TLSv1.2"
#define SSL_TXT_aDH "aDH"
#define SSL_TXT_aDSS "aDSS"
#define SSL_TXT_aECDH "aECDH"
#define SSL_TXT_aECDSA "aECDSA"
#define SSL_TXT_aGOST "aGOST"
#define SSL_TXT_aGOST01 "aGOST01"
#define SSL_TXT_aGOST12 "aGOST12"
#define SSL_TXT_aGOST94 "aGOST94"
#define SSL_TXT_aNULL "aNULL"
#define SSL_TXT_aPSK "aPSK"
#define SSL_TXT_aRSA "aRSA"
#define SSL_TXT_aSRP "aSRP"
#define SSL_TXT_eNULL "eNULL"
#define SSL_TXT_kDH "kDH"
#define SSL_TXT_kDHE "kDHE"
#define SSL_TXT_kDHEPSK "kDHEPSK"
#define SSL_TXT_kDHd "kDHd"
#define SSL_TXT_kDHr "kDHr"
#define SSL_TXT_kECDH "kECDH"
#define SSL_TXT_kECDHE "kECDHE"
#define SSL_TXT_kECDHEPSK "kECDHEPSK"
#define SSL_TXT_kECDHe "kECDHe"
#define SSL_TXT_kECDHr "kECDHr"
#define SSL_TXT_kEDH "kEDH"
#define SSL_TXT_kEECDH "kEECDH"
#define SSL_TXT_kGOST "kGOST"
#define SSL_TXT_kGOST18 "kGOST18"
#define SSL_TXT_kPSK "kPSK"
#define SSL_TXT_kRSA "kRSA"
#define SSL_TXT_kRSAPSK "kRSAPSK"
#define SSL_TXT_kSRP "kSRP"

#define SSL_VERIFY_NONE 0x00
#define SSL_VERIFY_PEER 0x01
#define SSL_VERIFY_FAIL_IF_NO_PEER_CERT 0x02
#define SSL_VERIFY_CLIENT_ONCE 0x04
#define SSL_VERIFY_POST_HANDSHAKE 0x08

/* What a program only ever has pointers to. */
typedef struct ssl_st *ssl_crock_st;
/* What SSL_get_event_timeout() fills in. */
struct timeval;
typedef struct tls_session_ticket_ext_st TLS_SESSION_TICKET_EXT;
typedef struct ssl_method_st SSL_METHOD;
typedef struct ssl_cipher_st SSL_CIPHER;
typedef struct ssl_session_st SSL_SESSION;
typedef struct tls_sigalgs_st TLS_SIGALGS;
typedef struct ssl_conf_ctx_st SSL_CONF_CTX;
typedef struct ssl_comp_st SSL_COMP;

STACK_OF(SSL_CIPHER);
STACK_OF(SSL_COMP);

/* A protection profile of DTLS-SRTP: its name and its number in RFC 5764 section 4.1.2. */
typedef struct srtp_protection_profile_st {
    const char *name;
    unsigned long id;
} SRTP_PROTECTION_PROFILE;

SKM_DEFINE_STACK_OF_INTERNAL(SRTP_PROTECTION_PROFILE, SRTP_PROTECTION_PROFILE, SRTP_PROTECTION_PROFILE)
#define sk_SRTP_PROTECTION_PROFILE_num(stack) OPENSSL_sk_num(ossl_check_const_SRTP_PROTECTION_PROFILE_sk_type(stack))
#define sk_SRTP_PROTECTION_PROFILE_value(stack, index) ((SRTP_PROTECTION_PROFILE *)OPENSSL_sk_value(ossl_check_const_SRTP_PROTECTION_PROFILE_sk_type(stack), (index)))
#define sk_SRTP_PROTECTION_PROFILE_is_sorted(stack) OPENSSL_sk_is_sorted(ossl_check_const_SRTP_PROTECTION_PROFILE_sk_type(stack))
#define sk_SRTP_PROTECTION_PROFILE_new(compare) ((STACK_OF(SRTP_PROTECTION_PROFILE) *)OPENSSL_sk_new(ossl_check_SRTP_PROTECTION_PROFILE_compfunc_type(compare)))
#define sk_SRTP_PROTECTION_PROFILE_new_null() ((STACK_OF(SRTP_PROTECTION_PROFILE) *)OPENSSL_sk_new_null())
#define sk_SRTP_PROTECTION_PROFILE_new_reserve(compare, room) \
    ((STACK_OF(SRTP_PROTECTION_PROFILE) *)OPENSSL_sk_new_reserve(ossl_check_SRTP_PROTECTION_PROFILE_compfunc_type(compare), (room)))
#define sk_SRTP_PROTECTION_PROFILE_reserve(stack, room) OPENSSL_sk_reserve(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), (room))
#define sk_SRTP_PROTECTION_PROFILE_dup(stack) ((STACK_OF(SRTP_PROTECTION_PROFILE) *)OPENSSL_sk_dup(ossl_check_const_SRTP_PROTECTION_PROFILE_sk_type(stack)))
#define sk_SRTP_PROTECTION_PROFILE_deep_copy(stack, copy, release) \
    ((STACK_OF(SRTP_PROTECTION_PROFILE) *)OPENSSL_sk_deep_copy(ossl_check_const_SRTP_PROTECTION_PROFILE_sk_type(stack), \
        ossl_check_SRTP_PROTECTION_PROFILE_copyfunc_type(copy), ossl_check_SRTP_PROTECTION_PROFILE_freefunc_type(release)))
#define sk_SRTP_PROTECTION_PROFILE_free(stack) OPENSSL_sk_free(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack))
#define sk_SRTP_PROTECTION_PROFILE_pop_free(stack, release) \
    OPENSSL_sk_pop_free(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), ossl_check_SRTP_PROTECTION_PROFILE_freefunc_type(release))
#define sk_SRTP_PROTECTION_PROFILE_zero(stack) OPENSSL_sk_zero(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack))
#define sk_SRTP_PROTECTION_PROFILE_push(stack, element) \
    OPENSSL_sk_push(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), ossl_check_SRTP_PROTECTION_PROFILE_type(element))
#define sk_SRTP_PROTECTION_PROFILE_pop(stack) ((SRTP_PROTECTION_PROFILE *)OPENSSL_sk_pop(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack)))
#define sk_SRTP_PROTECTION_PROFILE_unshift(stack, element) \
    OPENSSL_sk_unshift(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), ossl_check_SRTP_PROTECTION_PROFILE_type(element))
#define sk_SRTP_PROTECTION_PROFILE_shift(stack) ((SRTP_PROTECTION_PROFILE *)OPENSSL_sk_shift(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack)))
#define sk_SRTP_PROTECTION_PROFILE_insert(stack, element, index) \
    OPENSSL_sk_insert(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), ossl_check_SRTP_PROTECTION_PROFILE_type(element), (index))
#define sk_SRTP_PROTECTION_PROFILE_set(stack, index, element) \
    ((SRTP_PROTECTION_PROFILE *)OPENSSL_sk_set(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), (index), ossl_check_SRTP_PROTECTION_PROFILE_type(element)))
#define sk_SRTP_PROTECTION_PROFILE_delete(stack, index) ((SRTP_PROTECTION_PROFILE *)OPENSSL_sk_delete(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), (index)))
#define sk_SRTP_PROTECTION_PROFILE_delete_ptr(stack, element) \
    ((SRTP_PROTECTION_PROFILE *)OPENSSL_sk_delete_ptr(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), ossl_check_SRTP_PROTECTION_PROFILE_type(element)))
#define sk_SRTP_PROTECTION_PROFILE_find(stack, element) \
    OPENSSL_sk_find(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), ossl_check_SRTP_PROTECTION_PROFILE_type(element))
#define sk_SRTP_PROTECTION_PROFILE_find_ex(stack, element) \
    OPENSSL_sk_find_ex(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), ossl_check_SRTP_PROTECTION_PROFILE_type(element))
#define sk_SRTP_PROTECTION_PROFILE_find_all(stack, element, count) \
    OPENSSL_sk_find_all(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), ossl_check_SRTP_PROTECTION_PROFILE_type(element), count)
#define sk_SRTP_PROTECTION_PROFILE_sort(stack) OPENSSL_sk_sort(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack))
#define sk_SRTP_PROTECTION_PROFILE_set_cmp_func(stack, compare) \
    ((sk_SRTP_PROTECTION_PROFILE_compfunc)OPENSSL_sk_set_cmp_func(ossl_check_SRTP_PROTECTION_PROFILE_sk_type(stack), \
        ossl_check_SRTP_PROTECTION_PROFILE_compfunc_type(compare)))

SKM_DEFINE_STACK_OF_INTERNAL(SSL_CIPHER, const SSL_CIPHER, SSL_CIPHER)
#define sk_SSL_CIPHER_num(stack) OPENSSL_sk_num(ossl_check_const_SSL_CIPHER_sk_type(stack))
#define sk_SSL_CIPHER_value(stack, index) ((const SSL_CIPHER *)OPENSSL_sk_value(ossl_check_const_SSL_CIPHER_sk_type(stack), (index)))
#define sk_SSL_CIPHER_is_sorted(stack) OPENSSL_sk_is_sorted(ossl_check_const_SSL_CIPHER_sk_type(stack))
#define sk_SSL_CIPHER_new(compare) ((STACK_OF(SSL_CIPHER) *)OPENSSL_sk_new(ossl_check_SSL_CIPHER_compfunc_type(compare)))
#define sk_SSL_CIPHER_new_null() ((STACK_OF(SSL_CIPHER) *)OPENSSL_sk_new_null())
#define sk_SSL_CIPHER_new_reserve(compare, room) \
    ((STACK_OF(SSL_CIPHER) *)OPENSSL_sk_new_reserve(ossl_check_SSL_CIPHER_compfunc_type(compare), (room)))
#define sk_SSL_CIPHER_reserve(stack, room) OPENSSL_sk_reserve(ossl_check_SSL_CIPHER_sk_type(stack), (room))
#define sk_SSL_CIPHER_dup(stack) ((STACK_OF(SSL_CIPHER) *)OPENSSL_sk_dup(ossl_check_const_SSL_CIPHER_sk_type(stack)))
#define sk_SSL_CIPHER_deep_copy(stack, copy, release) \
    ((STACK_OF(SSL_CIPHER) *)OPENSSL_sk_deep_copy(ossl_check_const_SSL_CIPHER_sk_type(stack), \
        ossl_check_SSL_CIPHER_copyfunc_type(copy), ossl_check_SSL_CIPHER_freefunc_type(release)))
#define sk_SSL_CIPHER_free(stack) OPENSSL_sk_free(ossl_check_SSL_CIPHER_sk_type(stack))
#define sk_SSL_CIPHER_pop_free(stack, release) \
    OPENSSL_sk_pop_free(ossl_check_SSL_CIPHER_sk_type(stack), ossl_check_SSL_CIPHER_freefunc_type(release))
#define sk_SSL_CIPHER_zero(stack) OPENSSL_sk_zero(ossl_check_SSL_CIPHER_sk_type(stack))
#define sk_SSL_CIPHER_push(stack, element) \
    OPENSSL_sk_push(ossl_check_SSL_CIPHER_sk_type(stack), ossl_check_SSL_CIPHER_type(element))
#define sk_SSL_CIPHER_pop(stack) ((const SSL_CIPHER *)OPENSSL_sk_pop(ossl_check_SSL_CIPHER_sk_type(stack)))
#define sk_SSL_CIPHER_unshift(stack, element) \
    OPENSSL_sk_unshift(ossl_check_SSL_CIPHER_sk_type(stack), ossl_check_SSL_CIPHER_type(element))
#define sk_SSL_CIPHER_shift(stack) ((const SSL_CIPHER *)OPENSSL_sk_shift(ossl_check_SSL_CIPHER_sk_type(stack)))
#define sk_SSL_CIPHER_insert(stack, element, index) \
    OPENSSL_sk_insert(ossl_check_SSL_CIPHER_sk_type(stack), ossl_check_SSL_CIPHER_type(element), (index))
#define sk_SSL_CIPHER_set(stack, index, element) \
    ((const SSL_CIPHER *)OPENSSL_sk_set(ossl_check_SSL_CIPHER_sk_type(stack), (index), ossl_check_SSL_CIPHER_type(element)))
#define sk_SSL_CIPHER_delete(stack, index) ((const SSL_CIPHER *)OPENSSL_sk_delete(ossl_check_SSL_CIPHER_sk_type(stack), (index)))
#define sk_SSL_CIPHER_delete_ptr(stack, element) \
    ((const SSL_CIPHER *)OPENSSL_sk_delete_ptr(ossl_check_SSL_CIPHER_sk_type(stack), ossl_check_SSL_CIPHER_type(element)))
#define sk_SSL_CIPHER_find(stack, element) \
    OPENSSL_sk_find(ossl_check_SSL_CIPHER_sk_type(stack), ossl_check_SSL_CIPHER_type(element))
#define sk_SSL_CIPHER_find_ex(stack, element) \
    OPENSSL_sk_find_ex(ossl_check_SSL_CIPHER_sk_type(stack), ossl_check_SSL_CIPHER_type(element))
#define sk_SSL_CIPHER_find_all(stack, element, count) \
    OPENSSL_sk_find_all(ossl_check_SSL_CIPHER_sk_type(stack), ossl_check_SSL_CIPHER_type(element), count)
#define sk_SSL_CIPHER_sort(stack) OPENSSL_sk_sort(ossl_check_SSL_CIPHER_sk_type(stack))
#define sk_SSL_CIPHER_set_cmp_func(stack, compare) \
    ((sk_SSL_CIPHER_compfunc)OPENSSL_sk_set_cmp_func(ossl_check_SSL_CIPHER_sk_type(stack), \
        ossl_check_SSL_CIPHER_compfunc_type(compare)))

SKM_DEFINE_STACK_OF_INTERNAL(SSL_COMP, SSL_COMP, SSL_COMP)
#define sk_SSL_COMP_num(stack) OPENSSL_sk_num(ossl_check_const_SSL_COMP_sk_type(stack))
#define sk_SSL_COMP_value(stack, index) ((SSL_COMP *)OPENSSL_sk_value(ossl_check_const_SSL_COMP_sk_type(stack), (index)))
#define sk_SSL_COMP_is_sorted(stack) OPENSSL_sk_is_sorted(ossl_check_const_SSL_COMP_sk_type(stack))
#define sk_SSL_COMP_new(compare) ((STACK_OF(SSL_COMP) *)OPENSSL_sk_new(ossl_check_SSL_COMP_compfunc_type(compare)))
#define sk_SSL_COMP_new_null() ((STACK_OF(SSL_COMP) *)OPENSSL_sk_new_null())
#define sk_SSL_COMP_new_reserve(compare, room) \
    ((STACK_OF(SSL_COMP) *)OPENSSL_sk_new_reserve(ossl_check_SSL_COMP_compfunc_type(compare), (room)))
#define sk_SSL_COMP_reserve(stack, room) OPENSSL_sk_reserve(ossl_check_SSL_COMP_sk_type(stack), (room))
#define sk_SSL_COMP_dup(stack) ((STACK_OF(SSL_COMP) *)OPENSSL_sk_dup(ossl_check_const_SSL_COMP_sk_type(stack)))
#define sk_SSL_COMP_deep_copy(stack, copy, release) \
    ((STACK_OF(SSL_COMP) *)OPENSSL_sk_deep_copy(ossl_check_const_SSL_COMP_sk_type(stack), \
        ossl_check_SSL_COMP_copyfunc_type(copy), ossl_check_SSL_COMP_freefunc_type(release)))
#define sk_SSL_COMP_free(stack) OPENSSL_sk_free(ossl_check_SSL_COMP_sk_type(stack))
#define sk_SSL_COMP_pop_free(stack, release) \
    OPENSSL_sk_pop_free(ossl_check_SSL_COMP_sk_type(stack), ossl_check_SSL_COMP_freefunc_type(release))
#define sk_SSL_COMP_zero(stack) OPENSSL_sk_zero(ossl_check_SSL_COMP_sk_type(stack))
#define sk_SSL_COMP_push(stack, element) \
    OPENSSL_sk_push(ossl_check_SSL_COMP_sk_type(stack), ossl_check_SSL_COMP_type(element))
#define sk_SSL_COMP_pop(stack) ((SSL_COMP *)OPENSSL_sk_pop(ossl_check_SSL_COMP_sk_type(stack)))
#define sk_SSL_COMP_unshift(stack, element) \
    OPENSSL_sk_unshift(ossl_check_SSL_COMP_sk_type(stack), ossl_check_SSL_COMP_type(element))
#define sk_SSL_COMP_shift(stack) ((SSL_COMP *)OPENSSL_sk_shift(ossl_check_SSL_COMP_sk_type(stack)))
#define sk_SSL_COMP_insert(stack, element, index) \
    OPENSSL_sk_insert(ossl_check_SSL_COMP_sk_type(stack), ossl_check_SSL_COMP_type(element), (index))
#define sk_SSL_COMP_set(stack, index, element) \
    ((SSL_COMP *)OPENSSL_sk_set(ossl_check_SSL_COMP_sk_type(stack), (index), ossl_check_SSL_COMP_type(element)))
#define sk_SSL_COMP_delete(stack, index) ((SSL_COMP *)OPENSSL_sk_delete(ossl_check_SSL_COMP_sk_type(stack), (index)))
#define sk_SSL_COMP_delete_ptr(stack, element) \
    ((SSL_COMP *)OPENSSL_sk_delete_ptr(ossl_check_SSL_COMP_sk_type(stack), ossl_check_SSL_COMP_type(element)))
#define sk_SSL_COMP_find(stack, element) \
    OPENSSL_sk_find(ossl_check_SSL_COMP_sk_type(stack), ossl_check_SSL_COMP_type(element))
#define sk_SSL_COMP_find_ex(stack, element) \
    OPENSSL_sk_find_ex(ossl_check_SSL_COMP_sk_type(stack), ossl_check_SSL_COMP_type(element))
#define sk_SSL_COMP_find_all(stack, element, count) \
    OPENSSL_sk_find_all(ossl_check_SSL_COMP_sk_type(stack), ossl_check_SSL_COMP_type(element), count)
#define sk_SSL_COMP_sort(stack) OPENSSL_sk_sort(ossl_check_SSL_COMP_sk_type(stack))
#define sk_SSL_COMP_set_cmp_func(stack, compare) \
    ((sk_SSL_COMP_compfunc)OPENSSL_sk_set_cmp_func(ossl_check_SSL_COMP_sk_type(stack), \
        ossl_check_SSL_COMP_compfunc_type(compare)))

/* Where a handshake is: SSL_get_state(3). S is the server, C the client, R what it reads and W what it writes next. */
typedef enum {
    TLS_ST_BEFORE,
    TLS_ST_OK,
    DTLS_ST_CR_HELLO_VERIFY_REQUEST,
    TLS_ST_CR_SRVR_HELLO,
    TLS_ST_CR_CERT,
    TLS_ST_CR_CERT_STATUS,
    TLS_ST_CR_KEY_EXCH,
    TLS_ST_CR_CERT_REQ,
    TLS_ST_CR_SRVR_DONE,
    TLS_ST_CR_SESSION_TICKET,
    TLS_ST_CR_CHANGE,
    TLS_ST_CR_FINISHED,
    TLS_ST_CW_CLNT_HELLO,
    TLS_ST_CW_CERT,
    TLS_ST_CW_KEY_EXCH,
    TLS_ST_CW_CERT_VRFY,
    TLS_ST_CW_CHANGE,
    TLS_ST_CW_NEXT_PROTO,
    TLS_ST_CW_FINISHED,
    TLS_ST_SW_HELLO_REQ,
    TLS_ST_SR_CLNT_HELLO,
    DTLS_ST_SW_HELLO_VERIFY_REQUEST,
    TLS_ST_SW_SRVR_HELLO,
    TLS_ST_SW_CERT,
    TLS_ST_SW_KEY_EXCH,
    TLS_ST_SW_CERT_REQ,
    TLS_ST_SW_SRVR_DONE,
    TLS_ST_SR_CERT,
    TLS_ST_SR_KEY_EXCH,
    TLS_ST_SR_CERT_VRFY,
    TLS_ST_SR_NEXT_PROTO,
    TLS_ST_SR_CHANGE,
    TLS_ST_SR_FINISHED,
    TLS_ST_SW_SESSION_TICKET,
    TLS_ST_SW_CERT_STATUS,
    TLS_ST_SW_CHANGE,
    TLS_ST_SW_FINISHED,
    TLS_ST_SW_ENCRYPTED_EXTENSIONS,
    TLS_ST_CR_ENCRYPTED_EXTENSIONS,
    TLS_ST_CR_CERT_VRFY,
    TLS_ST_SW_CERT_VRFY,
    TLS_ST_CR_HELLO_REQ,
    TLS_ST_SW_KEY_UPDATE,
    TLS_ST_CW_KEY_UPDATE,
    TLS_ST_SR_KEY_UPDATE,
    TLS_ST_CR_KEY_UPDATE,
    TLS_ST_EARLY_DATA,
    TLS_ST_PENDING_EARLY_DATA_END,
    TLS_ST_CW_END_OF_EARLY_DATA,
    TLS_ST_SR_END_OF_EARLY_DATA
} OSSL_HANDSHAKE_STATE;

#ifndef OPENSSL_NO_CT
/* What a client makes of missing certificate timestamps: SSL_enable_ct(3). */
enum {
    SSL_CT_VALIDATION_PERMISSIVE = 0,
    SSL_CT_VALIDATION_STRICT
};
#endif

/* What became of a ticket, and what the program wants done with it: SSL_CTX_set_session_ticket_cb(3). */
typedef int SSL_TICKET_STATUS;
typedef int SSL_TICKET_RETURN;

/* Callbacks, named after the functions that set them. */
typedef int (*SSL_verify_cb)(int preverify_ok, X509_STORE_CTX *store_ctx);
typedef int (*SSL_async_callback_fn)(SSL *ssl, void *arg);
typedef int (*SSL_client_hello_cb_fn)(SSL *ssl, int *alert, void *arg);
typedef int (*SSL_allow_early_data_cb_fn)(SSL *ssl, void *arg);
typedef int (*GEN_SESSION_CB)(SSL *ssl, unsigned char *id, unsigned int *id_len);
typedef void (*SSL_CTX_keylog_cb_func)(const SSL *ssl, const char *line);
typedef unsigned int (*DTLS_timer_cb)(SSL *ssl, unsigned int microseconds);

typedef int (*SSL_CTX_alpn_select_cb_func)(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                                           const unsigned char *in, unsigned int in_len, void *arg);
typedef int (*SSL_CTX_npn_advertised_cb_func)(SSL *ssl, const unsigned char **out, unsigned int *out_len, void *arg);
typedef int (*SSL_CTX_npn_select_cb_func)(SSL *ssl, unsigned char **out, unsigned char *out_len,
                                          const unsigned char *in, unsigned int in_len, void *arg);

typedef unsigned int (*SSL_psk_client_cb_func)(SSL *ssl, const char *hint, char *identity,
                                               unsigned int max_identity_len, unsigned char *key,
                                               unsigned int max_key_len);
typedef unsigned int (*SSL_psk_server_cb_func)(SSL *ssl, const char *identity, unsigned char *key,
                                               unsigned int max_key_len);
typedef int (*SSL_psk_find_session_cb_func)(SSL *ssl, const unsigned char *identity, size_t identity_len,
                                            SSL_SESSION **session);
typedef int (*SSL_psk_use_session_cb_func)(SSL *ssl, const EVP_MD *md, const unsigned char **identity,
                                           size_t *identity_len, SSL_SESSION **session);

typedef int (*SSL_CTX_generate_session_ticket_fn)(SSL *ssl, void *arg);
typedef SSL_TICKET_RETURN (*SSL_CTX_decrypt_session_ticket_fn)(SSL *ssl, SSL_SESSION *session,
                                                               const unsigned char *key_name, size_t key_name_len,
                                                               SSL_TICKET_STATUS status, void *arg);
typedef int (*tls_session_ticket_ext_cb_fn)(SSL *ssl, const unsigned char *ticket, int ticket_len, void *arg);
typedef int (*tls_session_secret_cb_fn)(SSL *ssl, void *secret, int *secret_len, STACK_OF(SSL_CIPHER) *peer_ciphers,
                                        const SSL_CIPHER **cipher, void *arg);

typedef int (*SSL_custom_ext_add_cb_ex)(SSL *ssl, unsigned int type, unsigned int context, const unsigned char **out,
                                        size_t *out_len, X509 *certificate, size_t chain_index, int *alert,
                                        void *arg);
typedef void (*SSL_custom_ext_free_cb_ex)(SSL *ssl, unsigned int type, unsigned int context,
                                          const unsigned char *out, void *arg);
typedef int (*SSL_custom_ext_parse_cb_ex)(SSL *ssl, unsigned int type, unsigned int context, const unsigned char *in,
                                          size_t in_len, X509 *certificate, size_t chain_index, int *alert,
                                          void *arg);
typedef int (*custom_ext_add_cb)(SSL *ssl, unsigned int type, const unsigned char **out, size_t *out_len, int *alert,
                                 void *arg);
typedef void (*custom_ext_free_cb)(SSL *ssl, unsigned int type, const unsigned char *out, void *arg);
typedef int (*custom_ext_parse_cb)(SSL *ssl, unsigned int type, const unsigned char *in, size_t in_len, int *alert,
                                   void *arg);

#ifndef OPENSSL_NO_CT
typedef int (*ssl_ct_validation_cb)(const CT_POLICY_EVAL_CTX *policy, const STACK_OF(SCT) *timestamps, void *arg);
#endif

/* Sets the protocols that a client offers: names, each after a byte with its length, which are copied; none for an
 * empty list. 0 on success, 1 for a list that is malformed. */
int SSL_CTX_set_alpn_protos(SSL_CTX *ctx, const unsigned char *protocols, unsigned int length);

/* As SSL_CTX_set_alpn_protos, for one connection. */
int SSL_set_alpn_protos(SSL *ssl, const unsigned char *protocols, unsigned int length);

/* Sets who chooses from the protocols that a client offers, and the argument that it gets. */
void SSL_CTX_set_alpn_select_cb(SSL_CTX *ctx, SSL_CTX_alpn_select_cb_func callback, void *argument);

/* The protocol that was agreed on; null and 0 without one. It stays the connection's. */
void SSL_get0_alpn_selected(const SSL *ssl, const unsigned char **data, unsigned int *length);

/* Whether a job of the connection is paused: 1 or 0. */
int SSL_waiting_for_async(SSL *ssl);

/* Stores what an engine said last, ASYNC_STATUS_…. 1, or 0 if there was no job yet. */
int SSL_get_async_status(SSL *ssl, int *status);

/* Stores the descriptors that the paused job waits for, and how many; with null for fds only how many. 1, or 0 if there
 * was no job yet. */
int SSL_get_all_async_fds(SSL *ssl, int *fds, size_t *numfds);

/* Stores the descriptors that the job began and ceased to wait for when it paused last, and how many; with null for either
 * array only how many. 1, or 0 if there was no job yet. */
int SSL_get_changed_async_fds(SSL *ssl, int *addfd, size_t *numaddfds, int *delfd, size_t *numdelfds);

/* Sets what an engine calls when a job of a connection to come can go on; null for nothing. 1. */
int SSL_CTX_set_async_callback(SSL_CTX *ctx, SSL_async_callback_fn callback);

/* Sets what that is called with. 1. */
int SSL_CTX_set_async_callback_arg(SSL_CTX *ctx, void *arg);

/* As SSL_CTX_set_async_callback, for a connection that had no job yet. 1. */
int SSL_set_async_callback(SSL *ssl, SSL_async_callback_fn callback);

/* Sets what that is called with. 1. */
int SSL_set_async_callback_arg(SSL *ssl, void *arg);

/* Reads from rbio and writes to wbio from now on, either of which may be null.
 *
 * Takes one reference of each that changes, and only one if both are the same; none of an rbio that stays, and none
 * of a wbio that stays if the connection read from another one. What was set before is freed. SSL_set_bio(3) */
void SSL_set_bio(SSL *ssl, BIO *rbio, BIO *wbio);

/* Reads from rbio from now on, taking one reference of it, and frees what was set before. SSL_set_bio(3) */
void SSL_set0_rbio(SSL *ssl, BIO *rbio);

/* Writes to wbio from now on, taking one reference of it, and frees what was set before. SSL_set_bio(3) */
void SSL_set0_wbio(SSL *ssl, BIO *wbio);

/* What the connection reads from; it stays the connection's. Null if nothing is set. SSL_get_rbio(3) */
BIO *SSL_get_rbio(const SSL *ssl);

/* What the connection writes to; it stays the connection's. Null if nothing is set. SSL_get_rbio(3) */
BIO *SSL_get_wbio(const SSL *ssl);

#if !defined(OPENSSL_NO_SOCK)
/* Reads from and writes to the socket fd, which stays the program's to close.
 *
 * Returns 1, or 0 with ERR_R_BUF_LIB if no BIO can be made. SSL_set_fd(3) */
int SSL_set_fd(SSL *ssl, int fd);

/* As SSL_set_fd, for reading alone. SSL_set_fd(3) */
int SSL_set_rfd(SSL *ssl, int fd);

/* As SSL_set_fd, for writing alone. SSL_set_fd(3) */
int SSL_set_wfd(SSL *ssl, int fd);
#endif

/* The descriptor that the connection reads from; -1 without one. SSL_get_fd(3) */
int SSL_get_fd(const SSL *ssl);

/* The descriptor that the connection reads from; -1 without one. SSL_get_fd(3) */
int SSL_get_rfd(const SSL *ssl);

/* The descriptor that the connection writes to; -1 without one. SSL_get_fd(3) */
int SSL_get_wfd(const SSL *ssl);

/* The method of BIOs that are TLS connections, which is never freed; null when memory is out. BIO_f_ssl(3) */
const BIO_METHOD *BIO_f_ssl(void);

/* Makes a BIO with a connection of ctx, which goes with it: a client's if client is set, else a server's. It
 * reads and writes through the BIO that is pushed behind it.
 *
 * Returns the BIO, which the caller owns; null on failure. BIO_f_ssl(3) */
BIO *BIO_new_ssl(SSL_CTX *ctx, int client);

/* Makes a client's BIO of ctx over one that connects. The caller owns the chain; null on failure. BIO_f_ssl(3) */
BIO *BIO_new_ssl_connect(SSL_CTX *ctx);

/* Makes a buffer over what BIO_new_ssl_connect makes. The caller owns the chain; null on failure. BIO_f_ssl(3) */
BIO *BIO_new_buffer_ssl_connect(SSL_CTX *ctx);

/* Gives the connection of the chain to the session, the certificates and the session id context of that of
 * from. Returns 1, or 0 if one of them has no connection. BIO_f_ssl(3) */
int BIO_ssl_copy_session_id(BIO *to, BIO *from);

/* Closes each connection of the chain (SSL_shutdown). BIO_f_ssl(3) */
void BIO_ssl_shutdown(BIO *bio);

/* The method of a context. It is static. */
const SSL_METHOD *SSL_CTX_get_ssl_method(const SSL_CTX *context);

#if !defined(OPENSSL_NO_DEPRECATED_3_0)
/* Changes the method of a context, for connections to come. Its suites are the default ones again. 1, or 0 for a null method, or with a
 * reason in the queue where there are no suites. */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_set_ssl_version(SSL_CTX *context, const SSL_METHOD *method);
#endif

/* The method of a connection: where it may have several versions, that of the negotiated version and of its side as soon as there is one,
 * also when it is started over. It is static. */
const SSL_METHOD *SSL_get_ssl_method(const SSL *ssl);

/* Changes the method of a connection before its handshake. 1, or 0 for a null method. */
int SSL_set_ssl_method(SSL *ssl, const SSL_METHOD *method);

/* The number of the protocol version in use (TLS1_3_VERSION); before the handshake the highest of the
 * method. */
int SSL_version(const SSL *ssl);

/* The version that the ClientHello names in its old field: what a server received or a client sent.
 * Before there is one the method's version, or TLS_ANY_VERSION (0x10000), DTLS_ANY_VERSION (0x1ffff). */
int SSL_client_version(const SSL *ssl);

/* The name of the protocol version in use, TLSv1.3; before the handshake that of the highest of the method. The
 * string is static. */
const char *SSL_get_version(const SSL *ssl);

/* 1 if the connection is of DTLS, else 0. */
int SSL_is_dtls(const SSL *ssl);

/* 1 for a server, 0 for a client. */
int SSL_is_server(const SSL *ssl);

/* Sets the CA names that a server sends to clients that it asks for a certificate. The list is given away; null removes
 * the one that is there. */
void SSL_CTX_set_client_CA_list(SSL_CTX *context, STACK_OF(X509_NAME) *names);

/* As SSL_CTX_set_client_CA_list, for a connection. */
void SSL_set_client_CA_list(SSL *ssl, STACK_OF(X509_NAME) *names);

/* Sets the CA names that either side sends; for a server those of SSL_CTX_set_client_CA_list come first. The list is
 * given away; null removes the one that is there. */
void SSL_CTX_set0_CA_list(SSL_CTX *context, STACK_OF(X509_NAME) *names);

/* As SSL_CTX_set0_CA_list, for a connection. */
void SSL_set0_CA_list(SSL *ssl, STACK_OF(X509_NAME) *names);

/* The list of SSL_CTX_set_client_CA_list; null without one. It stays the context's. */
STACK_OF(X509_NAME) *SSL_CTX_get_client_CA_list(const SSL_CTX *context);

/* The list of SSL_CTX_set0_CA_list; null without one. It stays the context's. */
const STACK_OF(X509_NAME) *SSL_CTX_get0_CA_list(const SSL_CTX *context);

/* A server's list of CA names for its clients, its own or else its context's; on a client, what the server sent. Null
 * without any. It stays the connection's. */
STACK_OF(X509_NAME) *SSL_get_client_CA_list(const SSL *ssl);

/* The connection's list of SSL_set0_CA_list, or else its context's; null without one. It stays theirs. */
const STACK_OF(X509_NAME) *SSL_get0_CA_list(const SSL *ssl);

/* The CA names that the peer sent; null if it sent none. They stay the connection's. */
const STACK_OF(X509_NAME) *SSL_get0_peer_CA_list(const SSL *ssl);

/* Appends a copy of the certificate's subject to the list of SSL_CTX_set_client_CA_list. 1, or 0 for null. */
int SSL_CTX_add_client_CA(SSL_CTX *context, X509 *certificate);

/* As SSL_CTX_add_client_CA, for a connection. */
int SSL_add_client_CA(SSL *ssl, X509 *certificate);

/* Appends a copy of the certificate's subject to the list of SSL_CTX_set0_CA_list. 1, or 0 for null. */
int SSL_CTX_add1_to_CA_list(SSL_CTX *context, const X509 *certificate);

/* As SSL_CTX_add1_to_CA_list, for a connection. */
int SSL_add1_to_CA_list(SSL *ssl, const X509 *certificate);

/* A copy of a list and of its names, for the caller to free; of null, an empty one. Null when memory is out. */
STACK_OF(X509_NAME) *SSL_dup_CA_list(const STACK_OF(X509_NAME) *names);

/* The subjects of the certificates in a PEM file, each once, in a list for the caller to free. Null with the reason in
 * the queue: the file cannot be opened, or holds none. */
STACK_OF(X509_NAME) *SSL_load_client_CA_file(const char *path);

/* As SSL_load_client_CA_file; names need nothing of a library context. */
STACK_OF(X509_NAME) *SSL_load_client_CA_file_ex(const char *path, OSSL_LIB_CTX *library, const char *properties);

/* Appends to names the subjects of the certificates in a PEM file that are not there. 1, or 0 with the reason in the
 * queue. */
int SSL_add_file_cert_subjects_to_stack(STACK_OF(X509_NAME) *names, const char *path);

/* As SSL_add_file_cert_subjects_to_stack, for each file in a directory. */
int SSL_add_dir_cert_subjects_to_stack(STACK_OF(X509_NAME) *names, const char *path);

/* As SSL_add_file_cert_subjects_to_stack, for the certificates at a URI. */
int SSL_add_store_cert_subjects_to_stack(STACK_OF(X509_NAME) *names, const char *uri);

#if !defined(OPENSSL_NO_ENGINE)
/* Lets an engine give the certificate when a server asks for one and the client has none, before the callback of
 * SSL_CTX_set_client_cert_cb is asked. A functional reference to it is taken. 1; 0 with the reason in the queue:
 * ERR_R_ENGINE_LIB, or SSL_R_NO_CLIENT_CERT_METHOD for an engine that knows no certificates. */
int SSL_CTX_set_client_cert_engine(SSL_CTX *context, ENGINE *engine);
#endif

/* Sets what is called when a server asks for a certificate and the client has none; null: nothing. The callback gives
 * away what it stores. */
void SSL_CTX_set_client_cert_cb(SSL_CTX *context, int (*callback)(SSL*, X509**, EVP_PKEY**));

/* The callback of SSL_CTX_set_client_cert_cb; null without one. */
int (*SSL_CTX_get_client_cert_cb(SSL_CTX *context))(SSL*, X509**, EVP_PKEY**);

/* Calls callback at each step of the handshakes of this context's connections, and at alerts, unless a connection
 * has one of its own. SSL_CTX_set_info_callback(3) */
void SSL_CTX_set_info_callback(SSL_CTX *ctx, void (*callback)(const SSL*, int, int));

/* What SSL_CTX_set_info_callback set. SSL_CTX_set_info_callback(3) */
void (*SSL_CTX_get_info_callback(SSL_CTX *ctx))(const SSL*, int, int);

/* As SSL_CTX_set_info_callback, for this connection. SSL_CTX_set_info_callback(3) */
void SSL_set_info_callback(SSL *ssl, void (*callback)(const SSL*, int, int));

/* What SSL_set_info_callback set. SSL_CTX_set_info_callback(3) */
void (*SSL_get_info_callback(const SSL *ssl))(const SSL*, int, int);

/* Calls callback with each protocol message of connections to come; its argument is set by
 * SSL_CTX_set_msg_callback_arg. SSL_CTX_set_msg_callback(3) */
void SSL_CTX_set_msg_callback(SSL_CTX *ctx, void (*callback)(int, int, int, const void*, size_t, SSL*, void*));

/* As SSL_CTX_set_msg_callback, for this connection. SSL_CTX_set_msg_callback(3) */
void SSL_set_msg_callback(SSL *ssl, void (*callback)(int, int, int, const void*, size_t, SSL*, void*));

/* Calls callback with each line of the key log of this context's connections. SSL_CTX_set_keylog_callback(3) */
void SSL_CTX_set_keylog_callback(SSL_CTX *ctx, SSL_CTX_keylog_cb_func callback);

/* What SSL_CTX_set_keylog_callback set. SSL_CTX_set_keylog_callback(3) */
SSL_CTX_keylog_cb_func SSL_CTX_get_keylog_callback(const SSL_CTX *ctx);

/* Calls callback with arg when a connection to come is about to choose its certificate. SSL_CTX_set_cert_cb(3) */
void SSL_CTX_set_cert_cb(SSL_CTX *ctx, int (*callback)(SSL*, void*), void *arg);

/* As SSL_CTX_set_cert_cb, for this connection. SSL_CTX_set_cert_cb(3) */
void SSL_set_cert_cb(SSL *ssl, int (*callback)(SSL*, void*), void *arg);

/* Lets callback make up the session ids of a server, for TLS 1.2: of connections to come, and of those that have no such callback.
 *
 * Returns 1. SSL_CTX_set_generate_session_id(3) */
int SSL_CTX_set_generate_session_id(SSL_CTX *ctx, GEN_SESSION_CB callback);

/* As SSL_CTX_set_generate_session_id, for this connection.
 *
 * Returns 1. SSL_CTX_set_generate_session_id(3) */
int SSL_set_generate_session_id(SSL *ssl, GEN_SESSION_CB callback);

/* Uses a certificate for its kind of key. The context takes a reference of its own. A private key of that kind which
 * does not belong to it is dropped.
 *
 * 1, or 0 with the reason in the queue: ERR_R_PASSED_NULL_PARAMETER, SSL_R_UNKNOWN_CERTIFICATE_TYPE, or what the
 * security level forbids (SSL_R_EE_KEY_TOO_SMALL, SSL_R_CA_MD_TOO_WEAK). */
int SSL_CTX_use_certificate(SSL_CTX *context, X509 *certificate);

/* As SSL_CTX_use_certificate, for a connection. */
int SSL_use_certificate(SSL *ssl, X509 *certificate);

/* Uses the certificate that length bytes of DER begin with. 1, or 0 with the reason in the queue: libcrypto's and
 * ERR_R_ASN1_LIB, or as SSL_CTX_use_certificate. */
int SSL_CTX_use_certificate_ASN1(SSL_CTX *context, int length, const unsigned char *der);

/* As SSL_CTX_use_certificate_ASN1, for a connection. */
int SSL_use_certificate_ASN1(SSL *ssl, const unsigned char *der, int length);

/* Uses the first certificate in a file, whose file_type is SSL_FILETYPE_PEM or SSL_FILETYPE_ASN1.
 *
 * 1, or 0 with the reason in the queue: ERR_R_SYS_LIB for a file that cannot be opened, SSL_R_BAD_SSL_FILETYPE,
 * ERR_R_PEM_LIB or ERR_R_ASN1_LIB for one that holds something else, or as SSL_CTX_use_certificate. */
int SSL_CTX_use_certificate_file(SSL_CTX *context, const char *path, int file_type);

/* As SSL_CTX_use_certificate_file, for a connection. */
int SSL_use_certificate_file(SSL *ssl, const char *path, int file_type);

/* Uses the first certificate of a PEM file, and those that follow as its chain. Clears the queue first. 1, or 0 with the
 * reason in the queue, as SSL_CTX_use_certificate_file. */
int SSL_CTX_use_certificate_chain_file(SSL_CTX *context, const char *path);

/* As SSL_CTX_use_certificate_chain_file, for a connection. */
int SSL_use_certificate_chain_file(SSL *ssl, const char *path);

/* Uses a certificate with its key and its chain, as one; each may be referenced by the caller further on. Null for key
 * stands for the certificate's public key, null for chain for none. Unless replace is set, nothing that is there
 * is replaced.
 *
 * 1, or 0 with the reason in the queue: SSL_R_PRIVATE_KEY_MISMATCH, SSL_R_NOT_REPLACING_CERTIFICATE, or as
 * SSL_CTX_use_certificate. */
int SSL_CTX_use_cert_and_key(SSL_CTX *context, X509 *certificate, EVP_PKEY *key, STACK_OF(X509) *chain, int replace);

/* As SSL_CTX_use_cert_and_key, for a connection. */
int SSL_use_cert_and_key(SSL *ssl, X509 *certificate, EVP_PKEY *key, STACK_OF(X509) *chain, int replace);

/* The certificate that was set or selected last; null without one. It stays the context's. */
X509 *SSL_CTX_get0_certificate(const SSL_CTX *context);

/* The certificate that the handshake chose, or else the one that was set or selected last; null without one. It stays
 * the connection's. */
X509 *SSL_get_certificate(const SSL *ssl);

/* Forgets all certificates, keys and chains of the connection. */
void SSL_certs_clear(SSL *ssl);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* Sets with which algorithms certificates are compressed and decompressed: TLSEXT_comp_cert_zlib (1), _brotli (2), _zstd
 * (3), the preferred one first; null or none for no compression, which is the default. Others are passed over.
 *
 * Returns 1; 0 if only others are there, or one twice. SSL_CTX_set1_cert_comp_preference(3) */
int SSL_CTX_set1_cert_comp_preference(SSL_CTX *ctx, int *algs, size_t len);

/* As SSL_CTX_set1_cert_comp_preference, for one connection. */
int SSL_set1_cert_comp_preference(SSL *ssl, int *algs, size_t len);

/* Compresses all certificates of a server ahead with alg, or for 0 with all that
 * [SSL_CTX_set1_cert_comp_preference] says; unless it was called, with all that there are. They are sent to clients that can
 * decompress them as long as neither the certificate nor its chain changes, and nothing is to be sent with them (an OCSP
 * response).
 *
 * Returns 1; 0 on a client, without certificates, or if alg is none of those. SSL_CTX_compress_certs(3) */
int SSL_CTX_compress_certs(SSL_CTX *ctx, int alg);

/* As [SSL_CTX_compress_certs], for one connection. */
int SSL_compress_certs(SSL *ssl, int alg);

/* Compresses the current certificate of a server with alg, for SSL_CTX_set1_compressed_cert of another process. The
 * memory at *data is the program's, which frees it with OPENSSL_free; *orig_len is how long the message was.
 *
 * Returns the length; 0 on a client, without a certificate or such an algorithm. SSL_CTX_get1_compressed_cert(3) */
size_t SSL_CTX_get1_compressed_cert(SSL_CTX *ctx, int alg, unsigned char **data, size_t *orig_len);

/* As [SSL_CTX_get1_compressed_cert], of one connection. */
size_t SSL_get1_compressed_cert(SSL *ssl, int alg, unsigned char **data, size_t *orig_len);

/* Sends the comp_length bytes at comp_data in place of the current certificate, whose message has orig_length bytes, to
 * clients that decompress algorithm: as [SSL_CTX_get1_compressed_cert] made them. They are copied.
 *
 * Returns 1; 0 on a client, without data or for an algorithm that there is not. SSL_CTX_set1_compressed_cert(3) */
int SSL_CTX_set1_compressed_cert(SSL_CTX *ctx, int algorithm, unsigned char *comp_data, size_t comp_length,
    size_t orig_length);

/* As [SSL_CTX_set1_compressed_cert], for one connection. */
int SSL_set1_compressed_cert(SSL *ssl, int algorithm, unsigned char *comp_data, size_t comp_length, size_t orig_length);
#endif

/* OpenSSL's name of a suite, ECDHE-RSA-AES128-GCM-SHA256; (NONE) for null. The string is static. */
const char *SSL_CIPHER_get_name(const SSL_CIPHER *cipher);

/* The registry's name of a suite, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256; (NONE) for null. The string is static. */
const char *SSL_CIPHER_standard_name(const SSL_CIPHER *cipher);

/* OpenSSL's name of the suite that the registry calls name; (NONE) for one that we do not have and for null. The
 * string is static. */
const char *OPENSSL_cipher_name(const char *name);

/* The first version that has the suite, TLSv1.2; (NONE) for null. The string is static. */
const char *SSL_CIPHER_get_version(const SSL_CIPHER *cipher);

/* How many bits the cipher's key is strong, and, unless algorithm_bits is null, how many it is long. 0 for null. */
int SSL_CIPHER_get_bits(const SSL_CIPHER *cipher, int *algorithm_bits);

/* The number of a suite on the wire, with 0x0300 before it. */
uint32_t SSL_CIPHER_get_id(const SSL_CIPHER *cipher);

/* The number of a suite on the wire. */
uint16_t SSL_CIPHER_get_protocol_id(const SSL_CIPHER *cipher);

/* 1 if the suite's cipher authenticates as it encrypts, else 0. */
int SSL_CIPHER_is_aead(const SSL_CIPHER *cipher);

/* libcrypto's number of the suite's cipher. */
int SSL_CIPHER_get_cipher_nid(const SSL_CIPHER *cipher);

/* libcrypto's number of the hash of the suite's record MAC: NID_undef (0) for an AEAD. */
int SSL_CIPHER_get_digest_nid(const SSL_CIPHER *cipher);

/* libcrypto's number of the key exchange (NID_kx_ecdhe, NID_kx_any). */
int SSL_CIPHER_get_kx_nid(const SSL_CIPHER *cipher);

/* libcrypto's number of the authentication (NID_auth_rsa, NID_auth_any). */
int SSL_CIPHER_get_auth_nid(const SSL_CIPHER *cipher);

/* The digest of the suite's handshake, which stays libcrypto's. Null for null. */
const EVP_MD *SSL_CIPHER_get_handshake_digest(const SSL_CIPHER *cipher);

/* The suite or signal (SCSV) whose two bytes on the wire number points to; null for one that we do not have. It is static. */
const SSL_CIPHER *SSL_CIPHER_find(SSL *ssl, const unsigned char *number);

/* One line that describes a suite. It is written to buffer, which holds at least 128 bytes (else null is returned);
 * for a null buffer to memory that the caller frees with OPENSSL_free. */
char *SSL_CIPHER_description(const SSL_CIPHER *cipher, char *buffer, int size);

/* Sets the suites of TLS 1.2 and below by a cipher string (openssl-ciphers(1)). 1, or 0 with
 * SSL_R_NO_CIPHER_MATCH or SSL_R_INVALID_COMMAND in the queue; for null 0 without a reason. */
int SSL_CTX_set_cipher_list(SSL_CTX *context, const char *list);

/* As SSL_CTX_set_cipher_list, for one connection. */
int SSL_set_cipher_list(SSL *ssl, const char *list);

/* Sets the suites of TLS 1.3: names with : between them; an empty string for none. 1, or 0 with
 * SSL_R_NO_CIPHER_MATCH in the queue. */
int SSL_CTX_set_ciphersuites(SSL_CTX *context, const char *list);

/* As SSL_CTX_set_ciphersuites, for one connection. */
int SSL_set_ciphersuites(SSL *ssl, const char *list);

/* The suites of a context, those of TLS 1.3 first; null for null. The stack stays the context's, until its suites change. */
STACK_OF(SSL_CIPHER) *SSL_CTX_get_ciphers(const SSL_CTX *context);

/* The suites of a connection, those of TLS 1.3 first; null for null. The stack stays the connection's, until its
 * suites change. */
STACK_OF(SSL_CIPHER) *SSL_get_ciphers(const SSL *ssl);

/* The suites that a connection may use in the versions and at the security level that are set. The caller frees the
 * stack with sk_SSL_CIPHER_free. Null if there are none. */
STACK_OF(SSL_CIPHER) *SSL_get1_supported_ciphers(SSL *ssl);

/* The suites that the client offered, as far as we know them; null on a client and before the ClientHello. The stack
 * stays the connection's. */
STACK_OF(SSL_CIPHER) *SSL_get_client_ciphers(const SSL *ssl);

/* The name of the suite that is indexth in SSL_get_ciphers; null behind the last, and for null. The string is
 * static. */
const char *SSL_get_cipher_list(const SSL *ssl, int index);

/* Writes the names of the suites that both sides have to buffer, : between them, as many as size allows. The
 * buffer, or null: on a client, before the ClientHello, with nothing in common, for less than two bytes. */
char *SSL_get_shared_ciphers(const SSL *ssl, char *buffer, int size);

/* The suite in use, which may be that of the session that a client resumes; null before we write with one. It is static. */
const SSL_CIPHER *SSL_get_current_cipher(const SSL *ssl);

/* The suite that the handshake chose; null before that. It is static. */
const SSL_CIPHER *SSL_get_pending_cipher(const SSL *ssl);

/* Reads a ClientHello's list of suites: those that we know into suites, signals (SCSV) into signals; either may
 * be null. Suites take two bytes, or three in the format of SSL 2. The caller frees both stacks with
 * sk_SSL_CIPHER_free. 1, or 0 with the reason in the queue. */
int SSL_bytes_to_cipher_list(SSL *ssl, const unsigned char *bytes, size_t length, int is_ssl2,
    STACK_OF(SSL_CIPHER) **suites, STACK_OF(SSL_CIPHER) **signals);

/* The cipher string of a context that sets none. It is static. */
const char *OSSL_default_cipher_list(void);

/* The suites of TLS 1.3 of a context that sets none. The string is static. */
const char *OSSL_default_ciphersuites(void);

/* Registers what is called with each ClientHello before anything is chosen; None for nothing.
 * SSL_CTX_set_client_hello_cb(3) */
void SSL_CTX_set_client_hello_cb(SSL_CTX *context, SSL_client_hello_cb_fn function, void *argument);

/* Whether the ClientHello has the form of SSL 2.0: never, such a hello is refused. 0.
 * SSL_CTX_set_client_hello_cb(3) */
int SSL_client_hello_isv2(SSL *ssl);

/* legacy_version; 0 outside of the callback. SSL_CTX_set_client_hello_cb(3) */
unsigned int SSL_client_hello_get0_legacy_version(SSL *ssl);

/* Points *out to the random, which is the connection's, and returns its length; 0 outside of the callback.
 * SSL_CTX_set_client_hello_cb(3) */
size_t SSL_client_hello_get0_random(SSL *ssl, const unsigned char **out);

/* Points *out to the session id, which is the connection's, and returns its length; 0 outside of the
 * callback. SSL_CTX_set_client_hello_cb(3) */
size_t SSL_client_hello_get0_session_id(SSL *ssl, const unsigned char **out);

/* Points *out to the list of suites as it came, which is the connection's, and returns its length in bytes; 0
 * outside of the callback. SSL_CTX_set_client_hello_cb(3) */
size_t SSL_client_hello_get0_ciphers(SSL *ssl, const unsigned char **out);

/* Points *out to the compression methods, which are the connection's, and returns their number; 0 outside of the
 * callback. SSL_CTX_set_client_hello_cb(3) */
size_t SSL_client_hello_get0_compression_methods(SSL *ssl, const unsigned char **out);

/* Points *out to the types of the extensions in their order, *length of them, in memory that the caller frees
 * with OPENSSL_free; to null if there are none. 1, or 0 outside of the callback, for null, or when memory is
 * out. SSL_CTX_set_client_hello_cb(3) */
int SSL_client_hello_get1_extensions_present(SSL *ssl, int **out, size_t *length);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* Writes the types of the extensions in their order to exts, which has room for *num_exts of them, and their number to
 * *num_exts; a null exts asks for the number only. 1, or 0 outside of the callback, for a null num_exts, or where there
 * is too little room. SSL_CTX_set_client_hello_cb(3), of OpenSSL 3.2 */
int SSL_client_hello_get_extension_order(SSL *ssl, uint16_t *exts, size_t *num_exts);
#endif

/* Points *out to the data of the extension of this type, which is the connection's, and *length to its length.
 * 1, or 0 if the ClientHello has none, or outside of the callback. SSL_CTX_set_client_hello_cb(3) */
int SSL_client_hello_get0_ext(SSL *ssl, unsigned int extension_type, const unsigned char **out, size_t *length);

/* The compression methods; they stay the library's. */
STACK_OF(SSL_COMP) *SSL_COMP_get_compression_methods(void);

/* Replaces the compression methods, and gives the old ones to the caller. */
STACK_OF(SSL_COMP) *SSL_COMP_set0_compression_methods(STACK_OF(SSL_COMP) *new_);

/* Adds a compression method, which is not possible, as libcrypto has none: 1, the failure value. */
int SSL_COMP_add_compression_method(int id, COMP_METHOD *method);

/* The name of a compression method: null, as there are none. */
const char *SSL_COMP_get_name(const COMP_METHOD *method);

/* The name of a compression method: null, as there are none. */
const char *SSL_COMP_get0_name(const SSL_COMP *method);

/* The number of a compression method: -1, as there are none. */
int SSL_COMP_get_id(const SSL_COMP *method);

/* How a connection compresses: null, it does not. */
const COMP_METHOD *SSL_get_current_compression(const SSL *ssl);

/* How a connection expands: null, it does not. */
const COMP_METHOD *SSL_get_current_expansion(const SSL *ssl);

/* A new context for commands, without flags. The caller frees it with SSL_CONF_CTX_free. */
SSL_CONF_CTX *SSL_CONF_CTX_new(void);

/* Frees a context for commands; null is left alone. */
void SSL_CONF_CTX_free(SSL_CONF_CTX *conf);

/* To be called after the last command: loads the private keys that SSL_CONF_FLAG_REQUIRE_PRIVATE asks for from the
 * files of their certificates, and sets the CA names. 1, or 0 with the reason in the queue. */
int SSL_CONF_CTX_finish(SSL_CONF_CTX *conf);

/* Adds SSL_CONF_FLAG_…. All that are set. */
unsigned int SSL_CONF_CTX_set_flags(SSL_CONF_CTX *conf, unsigned int flags);

/* Removes SSL_CONF_FLAG_…. All that are set. */
unsigned int SSL_CONF_CTX_clear_flags(SSL_CONF_CTX *conf, unsigned int flags);

/* Sets what stands before the name of each command; null for the default, which is - on a command line and nothing in
 * a file. The string is copied. Returns 1. */
int SSL_CONF_CTX_set1_prefix(SSL_CONF_CTX *conf, const char *prefix);

/* Lets commands configure this connection, to which a reference is held; null: they are only checked. */
void SSL_CONF_CTX_set_ssl(SSL_CONF_CTX *conf, SSL *ssl);

/* Lets commands configure this context, to which a reference is held; null: they are only checked. */
void SSL_CONF_CTX_set_ssl_ctx(SSL_CONF_CTX *conf, SSL_CTX *context);

/* Runs a command. 2 if it took its value, 1 if it takes none; 0 for a bad value, -2 for an unknown name, -3 for a
 * missing value. The cause of a failure is in the queue; with SSL_CONF_FLAG_SHOW_ERRORS SSL_R_UNKNOWN_CMD_NAME or
 * SSL_R_BAD_VALUE follows it. A null name is SSL_R_INVALID_NULL_CMD_NAME and gives 0. */
int SSL_CONF_cmd(SSL_CONF_CTX *conf, const char *name, const char *value);

/* Runs the command that *arguments begins with, and moves *arguments and *count behind it and its value. count
 * may be null; then a null argument ends the list.
 *
 * The number of arguments taken, which is 0 for an unknown name; -1 for a bad value, -3 for a missing one. */
int SSL_CONF_cmd_argv(SSL_CONF_CTX *conf, int *count, char ***arguments);

/* What a command takes: SSL_CONF_TYPE_…; SSL_CONF_TYPE_UNKNOWN (0) if there is no such command. */
int SSL_CONF_cmd_value_type(SSL_CONF_CTX *conf, const char *name);

/* Configures a context by what stands under name in the configuration file that libcrypto has loaded (config(5)).
 * 1, or 0 if a command failed or, with SSL_R_INVALID_CONFIGURATION_NAME in the queue, if there is no such name. */
int SSL_CTX_config(SSL_CTX *context, const char *name);

/* As SSL_CTX_config, for a connection. */
int SSL_config(SSL *ssl, const char *name);

/* Makes a connection with the settings of context, of which it takes a reference. The caller owns one reference.
 * Null with the reason in the queue: SSL_R_NULL_SSL_CTX for null. */
SSL *SSL_new(SSL_CTX *context);

/* Gives one reference back; the last one frees the connection, its BIOs and its references to context and
 * session. Null is left alone. Nothing is sent: that is SSL_shutdown. */
void SSL_free(SSL *ssl);

/* Takes one more reference. 1, or 0 for null. */
int SSL_up_ref(SSL *ssl);

/* A connection with the settings of ssl, without its BIOs; once the handshake began, one more reference to ssl
 * itself. The caller owns the reference. Null on failure. */
SSL *SSL_dup(SSL *ssl);

/* Makes ssl ready for another handshake with its settings, context, BIOs and session. 1 on success; 0 with
 * ERR_R_INTERNAL_ERROR while a renegotiation is pending. */
int SSL_clear(SSL *ssl);

/* The context of ssl, which stays the connection's. */
SSL_CTX *SSL_get_SSL_CTX(const SSL *ssl);

/* Makes ssl use the certificates and callbacks of another context, as a servername callback does; null stands
 * for the context it was made from. A reference is taken. The context in use from now on, or null on failure. */
SSL_CTX *SSL_set_SSL_CTX(SSL *ssl, SSL_CTX *context);

/* Takes the buffers of ssl in advance. They are taken when they are needed: returns 1. */
int SSL_alloc_buffers(SSL *ssl);

/* Gives the buffers of ssl back, which it has only while something is in them. 1, or 0 if something is. */
int SSL_free_buffers(SSL *ssl);

#if !defined(OPENSSL_NO_DEPRECATED_1_1_0)
/* Does nothing; OpenSSL's own does nothing either any more. */
OSSL_DEPRECATEDIN_1_1_0
void SSL_set_debug(SSL *ssl, int debug);
#endif

/* Makes a context for method, which is static. The caller owns one reference. Null with the reason in the queue:
 * SSL_R_NULL_SSL_METHOD_PASSED, or whatever kept libcrypto from getting ready. */
SSL_CTX *SSL_CTX_new(const SSL_METHOD *method);

/* As SSL_CTX_new, with a library context, null for the default one, in which libcrypto does what it does for these
 * connections, and a property query, null for none, of which a copy is taken. The library context stays the
 * caller's, and has to outlive the context. What its providers do not offer is not used, whoever computes it; if they offer
 * no suite at all: null, with SSL_R_LIBRARY_HAS_NO_CIPHERS in the queue. */
SSL_CTX *SSL_CTX_new_ex(OSSL_LIB_CTX *libctx, const char *propq, const SSL_METHOD *method);

/* Gives one reference back; the last one frees the context. Its cached sessions are removed first, which the
 * remove callback is told. Null is left alone. */
void SSL_CTX_free(SSL_CTX *context);

/* Takes one more reference. 1, or 0 for null. */
int SSL_CTX_up_ref(SSL_CTX *context);

/* Starts over as a server that keeps no state: a TLS 1.3 client without a cookie is sent away with one, by a
 * HelloRetryRequest.
 *
 * Returns 1 if the ClientHello brought a good cookie: SSL_accept goes on with the handshake. 0 if the client was sent
 * away: the next call waits for its second ClientHello, with this or with another connection of the same context. -1 on
 * failure, with the reason in the queue. DTLSv1_listen(3) */
int SSL_stateless(SSL *ssl);

/* Sets what puts the program's part into the cookie of a HelloRetryRequest: it writes up to 4096 bytes and their number,
 * and returns 0 on failure. SSL_CTX_set_stateless_cookie_generate_cb(3) */
void SSL_CTX_set_stateless_cookie_generate_cb(SSL_CTX *ctx,
    int (*gen_stateless_cookie_cb)(SSL*, unsigned char*, size_t*));

/* Sets what checks the program's part of a cookie that came back: it returns 0 if it is not the one that was sent.
 * SSL_CTX_set_stateless_cookie_generate_cb(3) */
void SSL_CTX_set_stateless_cookie_verify_cb(SSL_CTX *ctx,
    int (*verify_stateless_cookie_cb)(SSL*, const unsigned char*, size_t));

/* Sets what makes the cookie of a DTLS HelloVerifyRequest. SSL_CTX_set_stateless_cookie_generate_cb(3) */
void SSL_CTX_set_cookie_generate_cb(SSL_CTX *ctx, int (*app_gen_cookie_cb)(SSL*, unsigned char*, unsigned int*));

/* Sets what checks the cookie of a DTLS ClientHello. SSL_CTX_set_stateless_cookie_generate_cb(3) */
void SSL_CTX_set_cookie_verify_cb(SSL_CTX *ctx, int (*app_verify_cookie_cb)(SSL*, const unsigned char*, unsigned int));

/* Runs command (SSL_CTRL_…) on a connection. What it takes and returns, its macro's man page says; 0 for an unknown
 * one. */
long SSL_ctrl(SSL *ssl, int command, long number, void *pointer);

/* Runs command (SSL_CTRL_…) on a context. What it takes and returns, its macro's man page says; 0 for an unknown
 * one. With a null context the lists of groups and signature algorithms are only checked. */
long SSL_CTX_ctrl(SSL_CTX *ctx, int command, long number, void *pointer);

/* Sets the callback that command names, of the type that its macro says. 1, or 0 for an unknown command. */
long SSL_callback_ctrl(SSL *ssl, int command, void (*callback)(void));

/* Sets the callback that command names, of the type that its macro says. 1, or 0 for an unknown command. */
long SSL_CTX_callback_ctrl(SSL_CTX *ctx, int command, void (*callback)(void));

/* Lets the program handle extensions of a type, in the messages that context says (SSL_EXT_…), as client and as server.
 *
 * add_cb says what to send (1: these bytes, 0: nothing, -1: fail with the alert); free_cb gets the bytes back;
 * parse_cb looks at what came (1, or 0 or less to fail with the alert). The functions may be null.
 *
 * Returns 1; 0 for a type that the library handles, that is handled already, or that there is not, and for a free_cb
 * without add_cb. SSL_CTX_add_custom_ext(3) */
int SSL_CTX_add_custom_ext(SSL_CTX *ctx, unsigned int ext_type, unsigned int context, SSL_custom_ext_add_cb_ex add_cb,
    SSL_custom_ext_free_cb_ex free_cb, void *add_arg, SSL_custom_ext_parse_cb_ex parse_cb, void *parse_arg);

/* As SSL_CTX_add_custom_ext, for clients, in ClientHello and in ServerHello of TLS 1.2 and below.
 * SSL_CTX_add_client_custom_ext(3) */
int SSL_CTX_add_client_custom_ext(SSL_CTX *ctx, unsigned int ext_type, custom_ext_add_cb add_cb,
    custom_ext_free_cb free_cb, void *add_arg, custom_ext_parse_cb parse_cb, void *parse_arg);

/* As SSL_CTX_add_client_custom_ext, for servers. SSL_CTX_add_server_custom_ext(3) */
int SSL_CTX_add_server_custom_ext(SSL_CTX *ctx, unsigned int ext_type, custom_ext_add_cb add_cb,
    custom_ext_free_cb free_cb, void *add_arg, custom_ext_parse_cb parse_cb, void *parse_arg);

/* Whether the program handles extensions of this type as a client: 1 or 0. SSL_CTX_has_client_custom_ext(3) */
int SSL_CTX_has_client_custom_ext(const SSL_CTX *ctx, unsigned int ext_type);

/* Whether OpenSSL handles extensions of this type itself, so that programs cannot: 1 or 0.
 * SSL_extension_supported(3) */
int SSL_extension_supported(unsigned int ext_type);

/* Makes DANE possible for the connections of a context. 1; 0 with ERR_R_UNSUPPORTED in the queue if libcrypto is not of
 * OpenSSL 3.0. */
int SSL_CTX_dane_enable(SSL_CTX *ctx);

/* Sets the digest of the matching type mtype, and how strong it is held to be; null takes the type away. The digest
 * stays the caller's, and has to outlive the context. 1, or 0 with SSL_R_DANE_CANNOT_OVERRIDE_MTYPE_FULL in the queue. */
int SSL_CTX_dane_mtype_set(SSL_CTX *ctx, const EVP_MD *md, uint8_t mtype, uint8_t ord);

/* Sets DANE_FLAG_… for connections to come. The flags as they were. */
unsigned long SSL_CTX_dane_set_flags(SSL_CTX *ctx, unsigned long flags);

/* Takes DANE_FLAG_… away for connections to come. The flags as they were. */
unsigned long SSL_CTX_dane_clear_flags(SSL_CTX *ctx, unsigned long flags);

/* Lets a connection take TLSA records of a server whose name is basedomain: that name is asked for, unless another
 * was set, and has to stand in the certificate. 1; 0 if the context does not allow it or it was done before, -1 if it
 * failed, with the reason in the queue. */
int SSL_dane_enable(SSL *ssl, const char *basedomain);

/* Adds a TLSA record, of whose data a copy is taken. 1; 0 if it is unusable, -1 if it could not be processed, with the
 * reason in the queue. */
int SSL_dane_tlsa_add(SSL *ssl, uint8_t usage, uint8_t selector, uint8_t mtype, const unsigned char *data, size_t dlen);

/* Sets DANE_FLAG_…. The flags as they were. */
unsigned long SSL_dane_set_flags(SSL *ssl, unsigned long flags);

/* Takes DANE_FLAG_… away. The flags as they were. */
unsigned long SSL_dane_clear_flags(SSL *ssl, unsigned long flags);

/* The records in the form that X509_STORE_CTX_set0_dane wants. They stay the connection's. */
SSL_DANE *SSL_get0_dane(SSL *ssl);

/* Where in the verified chain a record matched: 0 for the server's certificate; negative if none did, or the
 * verification failed. Stores the certificate that matched, or if it was a key that signed the top of the chain, that
 * key; the other is null. Both stay the connection's, and either pointer may be null. */
int SSL_get0_dane_authority(SSL *ssl, X509 **mcert, EVP_PKEY **mspki);

/* Where in the verified chain a record matched, as SSL_get0_dane_authority says. Stores the record's fields; its data
 * stays the connection's. Each pointer may be null. */
int SSL_get0_dane_tlsa(SSL *ssl, uint8_t *usage, uint8_t *selector, uint8_t *mtype, const unsigned char **data,
    size_t *dlen);

#if !defined(OPENSSL_NO_SOCK)
/* Waits on the BIOs of a DTLS server for a client that brings a cookie, sending all others away with one, and keeps nothing of
 * them. The program's callbacks make and check cookies (SSL_CTX_set_cookie_generate_cb(3)).
 *
 * Returns 1 if there is one: its address is stored in peer, and SSL_accept goes on with it. 0 if there is none yet, or what
 * came is no ClientHello; the reason is then in the queue. -1 on failure. DTLSv1_listen(3) */
int DTLSv1_listen(SSL *ssl, BIO_ADDR *peer);
#endif

/* Sets what says how many microseconds the retransmission timer of a DTLS connection runs: it is called with 0 when the timer
 * starts, and with the time that it ran when it has run out. Null: one second, doubled each time. DTLS_set_timer_cb(3) */
void DTLS_set_timer_cb(SSL *ssl, DTLS_timer_cb cb);

/* The most bytes of application data that fit into a datagram of a DTLS connection; 0 before that is known.
 * DTLS_get_data_mtu(3) */
size_t DTLS_get_data_mtu(const SSL *ssl);

/* Writes num bytes of early data from buf, after the ClientHello if that was not sent, and stores how many in
 * *written. A server that reads early data writes to a client that it does not know yet.
 *
 * Returns 1 on success, else 0: SSL_get_error tells why, and a write that could not go on must be repeated with the
 * same bytes. ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED when there is no session that allows early data, or it is too late for it;
 * SSL_R_TOO_MUCH_EARLY_DATA for more than the session allows. SSL_read_early_data(3) */
int SSL_write_early_data(SSL *ssl, const void *buf, size_t num, size_t *written);

/* Reads at most num bytes of early data to buf, after the answer to the ClientHello if that was not sent, and stores
 * how many in *readbytes.
 *
 * Returns SSL_READ_EARLY_DATA_SUCCESS (1) for some bytes; SSL_READ_EARLY_DATA_FINISH (2) with *readbytes 0 when there
 * is none or no more, whereupon SSL_accept, SSL_read or SSL_write goes on with the handshake; else
 * SSL_READ_EARLY_DATA_ERROR (0): SSL_get_error tells why. SSL_read_early_data(3) */
int SSL_read_early_data(SSL *ssl, void *buf, size_t num, size_t *readbytes);

/* What became of early data: SSL_EARLY_DATA_NOT_SENT (0), SSL_EARLY_DATA_REJECTED (1), SSL_EARLY_DATA_ACCEPTED (2).
 * SSL_read_early_data(3) */
int SSL_get_early_data_status(const SSL *ssl);

/* Sets how much early data the sessions of connections to come allow; 0, the default, is none. Returns 1.
 * SSL_CTX_set_max_early_data(3) */
int SSL_CTX_set_max_early_data(SSL_CTX *ctx, uint32_t max_early_data);

/* As SSL_CTX_set_max_early_data, for this connection. SSL_CTX_set_max_early_data(3) */
int SSL_set_max_early_data(SSL *ssl, uint32_t max_early_data);

/* What SSL_CTX_set_max_early_data set. SSL_CTX_set_max_early_data(3) */
uint32_t SSL_CTX_get_max_early_data(const SSL_CTX *ctx);

/* What SSL_set_max_early_data set. SSL_CTX_set_max_early_data(3) */
uint32_t SSL_get_max_early_data(const SSL *ssl);

/* Sets how much early data the servers to come take, or pass over where they reject it. Returns 1.
 * SSL_CTX_set_max_early_data(3) */
int SSL_CTX_set_recv_max_early_data(SSL_CTX *ctx, uint32_t recv_max_early_data);

/* As SSL_CTX_set_recv_max_early_data, for this connection. SSL_CTX_set_max_early_data(3) */
int SSL_set_recv_max_early_data(SSL *ssl, uint32_t recv_max_early_data);

/* What SSL_CTX_set_recv_max_early_data set. SSL_CTX_set_max_early_data(3) */
uint32_t SSL_CTX_get_recv_max_early_data(const SSL_CTX *ctx);

/* What SSL_set_recv_max_early_data set. SSL_CTX_set_max_early_data(3) */
uint32_t SSL_get_recv_max_early_data(const SSL *ssl);

/* Asks cb, with arg, before early data is accepted: 1 allows it, 0 does not. SSL_set_allow_early_data_cb(3) */
void SSL_CTX_set_allow_early_data_cb(SSL_CTX *ctx, SSL_allow_early_data_cb_fn cb, void *arg);

/* As SSL_CTX_set_allow_early_data_cb, for this connection. SSL_set_allow_early_data_cb(3) */
void SSL_set_allow_early_data_cb(SSL *ssl, SSL_allow_early_data_cb_fn cb, void *arg);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* Returns 1 for a connection of TLS; 0 for one of DTLS and for null. SSL_is_tls(3), of OpenSSL 3.2 */
int SSL_is_tls(const SSL *ssl);

/* Returns 0: there is no QUIC here. SSL_is_quic(3), of OpenSSL 3.2 */
int SSL_is_quic(const SSL *ssl);

/* Returns 1: every object is a connection, and no stream or listener. 0 for null. SSL_get0_connection(3), of OpenSSL 3.2 */
int SSL_is_connection(SSL *ssl);

/* The connection that an object belongs to: itself. SSL_get0_connection(3), of OpenSSL 3.2 */
SSL *SSL_get0_connection(SSL *ssl);

/* Returns 0: there are no listeners of QUIC here. SSL_new_listener(3), of OpenSSL 3.5 */
int SSL_is_listener(SSL *ssl);

/* Returns 0: there are no domains of QUIC here. SSL_new_domain(3), of OpenSSL 3.5 */
int SSL_is_domain(SSL *ssl);

/* The listener of QUIC that accepted the connection: null. SSL_new_listener(3), of OpenSSL 3.5 */
SSL *SSL_get0_listener(SSL *ssl);

/* The domain of QUIC that the connection belongs to: null. SSL_new_domain(3), of OpenSSL 3.5 */
SSL *SSL_get0_domain(SSL *ssl);

/* Does what time asks for: on a connection of DTLS as DTLSv1_handle_timeout, on one of TLS nothing.
 *
 * Returns 1 on success, 0 on failure. SSL_handle_events(3), of OpenSSL 3.2 */
int SSL_handle_events(SSL *ssl);

/* Tells when SSL_handle_events has something to do: *is_infinite becomes 0 and *tv the time until then, or it becomes
 * 1 where there is no such time, as always in TLS.
 *
 * Returns 1; 0 for null. SSL_get_event_timeout(3), of OpenSSL 3.2 */
int SSL_get_event_timeout(SSL *ssl, struct timeval *tv, int *is_infinite);

/* Whether the last call waits for something to read: as SSL_want_read. SSL_net_read_desired(3), of OpenSSL 3.2 */
int SSL_net_read_desired(SSL *ssl);

/* Whether the last call waits for room to write: as SSL_want_write. SSL_net_write_desired(3), of OpenSSL 3.2 */
int SSL_net_write_desired(SSL *ssl);

/* Returns 0 with SSL_R_UNSUPPORTED_PROTOCOL: all values are those of QUIC objects. SSL_get_value_uint(3), of OpenSSL 3.3 */
int SSL_get_value_uint(SSL *ssl, uint32_t value_class, uint32_t id, uint64_t *value);

/* As SSL_get_value_uint. SSL_get_value_uint(3), of OpenSSL 3.3 */
int SSL_set_value_uint(SSL *ssl, uint32_t value_class, uint32_t id, uint64_t value);
#endif

/* Keeps data under index. It stays the caller's; the free function of the index is called when the object
 * goes. 1, or 0 with the reason in the queue. */
int SSL_CTX_set_ex_data(SSL_CTX *context, int index, void *data);

/* What is kept under index; null if nothing is. */
void *SSL_CTX_get_ex_data(const SSL_CTX *context, int index);

/* As SSL_CTX_set_ex_data, of a connection. */
int SSL_set_ex_data(SSL *ssl, int index, void *data);

/* As SSL_CTX_get_ex_data, of a connection. */
void *SSL_get_ex_data(const SSL *ssl, int index);

/* As SSL_CTX_set_ex_data, of a session. */
int SSL_SESSION_set_ex_data(SSL_SESSION *session, int index, void *data);

/* As SSL_CTX_get_ex_data, of a session. */
void *SSL_SESSION_get_ex_data(const SSL_SESSION *session, int index);

/* The index under which an X509_STORE_CTX in a verify callback holds its SSL (X509_STORE_CTX_get_ex_data). */
int SSL_get_ex_data_X509_STORE_CTX_idx(void);

/* Performs the handshake, or goes on with it; also does what SSL_key_update scheduled.
 *
 * Returns 1 when it is complete, 0 when the peer closed the connection in an orderly way, -1 on failure or when it
 * cannot go on yet: SSL_get_error tells. SSL_R_CONNECTION_TYPE_NOT_SET when no side was chosen.
 * SSL_do_handshake(3) */
int SSL_do_handshake(SSL *ssl);

/* Performs the handshake as a client, which this connection becomes if no side was chosen.
 *
 * Returns as SSL_do_handshake. SSL_connect(3) */
int SSL_connect(SSL *ssl);

/* Performs the handshake as a server, which this connection becomes if no side was chosen.
 *
 * Returns as SSL_do_handshake. SSL_accept(3) */
int SSL_accept(SSL *ssl);

/* Makes the connection a client's, at its start. SSL_set_connect_state(3) */
void SSL_set_connect_state(SSL *ssl);

/* Makes the connection a server's, at its start. SSL_set_accept_state(3) */
void SSL_set_accept_state(SSL *ssl);

/* Reads at most num bytes of application data to buf, after the handshake if that is not done.
 *
 * Returns how many bytes were read; 0 or less when none were: SSL_get_error tells why. A negative num is
 * SSL_R_BAD_LENGTH. SSL_read(3) */
int SSL_read(SSL *ssl, void *buf, int num);

/* Reads at most num bytes of application data to buf, and stores how many in *readbytes.
 *
 * Returns 1 if there were any, else 0: SSL_get_error tells why. SSL_read(3) */
int SSL_read_ex(SSL *ssl, void *buf, size_t num, size_t *readbytes);

/* As SSL_read, but the bytes stay, to be read again. SSL_read(3) */
int SSL_peek(SSL *ssl, void *buf, int num);

/* As SSL_read_ex, but the bytes stay, to be read again. SSL_read(3) */
int SSL_peek_ex(SSL *ssl, void *buf, size_t num, size_t *readbytes);

/* Writes num bytes of application data from buf, after the handshake if that is not done.
 *
 * Returns how many bytes were written: all of them, or with SSL_MODE_ENABLE_PARTIAL_WRITE at least one record. 0 or
 * less: SSL_get_error tells why; a write that could not go on must be repeated with the same bytes. A negative
 * num is SSL_R_BAD_LENGTH. SSL_write(3) */
int SSL_write(SSL *ssl, const void *buf, int num);

/* Writes num bytes of application data from buf, and stores how many were written in *written.
 *
 * Returns 1 on success, also for no bytes at all; else 0: SSL_get_error tells why. SSL_write(3) */
int SSL_write_ex(SSL *ssl, const void *buf, size_t num, size_t *written);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* As SSL_write_ex, with flags, of which there is none for TLS: SSL_WRITE_FLAG_CONCLUDE (1) ends a stream of QUIC.
 *
 * Returns as SSL_write_ex; 0 for any flag, with SSL_R_UNSUPPORTED_WRITE_FLAG. SSL_write(3), of OpenSSL 3.3 */
int SSL_write_ex2(SSL *ssl, const void *buf, size_t num, uint64_t flags, size_t *written);
#endif

/* Sends a file through kernel TLS, which is never in use here.
 *
 * Returns -1 with SSL_R_UNINITIALIZED, as on every connection without kernel TLS. SSL_sendfile(3) */
ptrdiff_t SSL_sendfile(SSL *ssl, int fd, off_t offset, size_t size, int flags);

/* How many bytes of application data can be read at once, without another record. SSL_pending(3) */
int SSL_pending(const SSL *ssl);

/* Returns 1 if any received bytes wait, processed or not, else 0. SSL_pending(3) */
int SSL_has_pending(const SSL *ssl);

/* Sends close_notify; called again, waits for the peer's.
 *
 * Returns 1 when both were exchanged, 0 when ours was sent and the peer's has not come, -1 on failure or when it
 * cannot go on yet: SSL_get_error tells. SSL_shutdown(3) */
int SSL_shutdown(SSL *ssl);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* As SSL_shutdown: the flags and the arguments speak of QUIC. SSL_shutdown_ex(3), of OpenSSL 3.2 */
int SSL_shutdown_ex(SSL *ssl, uint64_t flags, const void *args, size_t args_len);
#endif

/* SSL_SENT_SHUTDOWN and SSL_RECEIVED_SHUTDOWN, as far as they happened. SSL_set_shutdown(3) */
int SSL_get_shutdown(const SSL *ssl);

/* Makes the connection believe that mode happened. SSL_set_shutdown(3) */
void SSL_set_shutdown(SSL *ssl, int mode);

/* Whether SSL_shutdown pretends to have exchanged close_notify and sends nothing. SSL_CTX_set_quiet_shutdown(3) */
void SSL_set_quiet_shutdown(SSL *ssl, int mode);

/* What SSL_set_quiet_shutdown set. SSL_CTX_set_quiet_shutdown(3) */
int SSL_get_quiet_shutdown(const SSL *ssl);

/* As SSL_set_quiet_shutdown, for the connections to come of a context. SSL_CTX_set_quiet_shutdown(3) */
void SSL_CTX_set_quiet_shutdown(SSL_CTX *ctx, int mode);

/* What SSL_CTX_set_quiet_shutdown set. SSL_CTX_set_quiet_shutdown(3) */
int SSL_CTX_get_quiet_shutdown(const SSL_CTX *ctx);

/* What a handshake, read, write or shutdown function meant by returning ret: SSL_ERROR_…. Looks at the thread's
 * error queue, which must have been empty before that call. SSL_get_error(3) */
int SSL_get_error(const SSL *ssl, int ret);

/* What the last call waits for: SSL_NOTHING, SSL_READING and so on. SSL_want(3) */
int SSL_want(const SSL *ssl);

/* Whether more than the current record may be read from the transport. SSL_CTX_set_read_ahead(3) */
void SSL_set_read_ahead(SSL *ssl, int yes);

/* What SSL_set_read_ahead set. SSL_CTX_set_read_ahead(3) */
int SSL_get_read_ahead(const SSL *ssl);

/* Schedules new keys for what we write, and with SSL_KEY_UPDATE_REQUESTED for what the peer writes: the next write
 * or SSL_do_handshake sends the KeyUpdate.
 *
 * Returns 1; 0 with a reason if this is not TLS 1.3, the handshake is not complete, a write waits to be repeated, or
 * updatetype is neither SSL_KEY_UPDATE_REQUESTED nor SSL_KEY_UPDATE_NOT_REQUESTED. SSL_key_update(3) */
int SSL_key_update(SSL *ssl, int updatetype);

/* The type of the scheduled KeyUpdate; SSL_KEY_UPDATE_NONE without one. SSL_key_update(3) */
int SSL_get_key_update_type(const SSL *ssl);

/* Copies at most count bytes of the Finished that was sent to buf.
 *
 * Returns how many bytes it has; 0 before it was sent. SSL_get_finished(3) */
size_t SSL_get_finished(const SSL *ssl, void *buf, size_t count);

/* Copies at most count bytes of the Finished that the peer sent to buf.
 *
 * Returns how many bytes it has; 0 before it came. SSL_get_finished(3) */
size_t SSL_get_peer_finished(const SSL *ssl, void *buf, size_t count);

/* Copies at most outlen bytes of the client's random to out.
 *
 * Returns how many were copied; for no room at all, how many there are. SSL_get_client_random(3) */
size_t SSL_get_client_random(const SSL *ssl, unsigned char *out, size_t outlen);

/* As SSL_get_client_random, of the server's random. SSL_get_client_random(3) */
size_t SSL_get_server_random(const SSL *ssl, unsigned char *out, size_t outlen);

/* Copies at most outlen bytes of the session's secret to out.
 *
 * Returns how many were copied; for no room at all, how many there are. SSL_get_client_random(3) */
size_t SSL_SESSION_get_master_key(const SSL_SESSION *session, unsigned char *out, size_t outlen);

/* Makes libcrypto and this library ready, which otherwise happens by itself when the first context or session is made.
 * options are OPENSSL_INIT_…, of which the first about the texts of errors holds; settings may be null and stays the caller's. 1,
 * or 0 with the reason in the queue. */
int OPENSSL_init_ssl(uint64_t options, const OPENSSL_INIT_SETTINGS *settings);

/* Does nothing: the configuration module is libcrypto's own. */
void SSL_add_ssl_module(void);

#if !defined(OPENSSL_NO_UNIT_TEST)
/* The hooks of OpenSSL's own unit tests, which this library does not have: null, and
 * ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED in the queue. */
const struct openssl_ssl_test_functions *SSL_test_functions(void);
#endif

#if !defined(OPENSSL_NO_NEXTPROTONEG)
/* Sets who lists a server's protocols: cb stores a list in wire form that stays valid, and returns SSL_TLSEXT_ERR_OK; with
 * another value nothing is sent. */
void SSL_CTX_set_next_protos_advertised_cb(SSL_CTX *ctx, SSL_CTX_npn_advertised_cb_func cb, void *arg);

/* Sets who chooses from the protocols that a server lists: cb stores a name that stays valid, and returns
 * SSL_TLSEXT_ERR_OK; with another value the handshake fails. */
void SSL_CTX_set_next_proto_select_cb(SSL_CTX *ctx, SSL_CTX_npn_select_cb_func cb, void *arg);

/* The protocol that the client chose; null and 0 without one. It stays the connection's. */
void SSL_get0_next_proto_negotiated(const SSL *ssl, const unsigned char **data, unsigned int *length);
#endif

/* Sets options (SSL_OP_…) on top of those that are set. All that are set now. */
uint64_t SSL_CTX_set_options(SSL_CTX *ctx, uint64_t options);

/* As SSL_CTX_set_options, for one connection. */
uint64_t SSL_set_options(SSL *ssl, uint64_t options);

/* Clears options. All that are set now. */
uint64_t SSL_CTX_clear_options(SSL_CTX *ctx, uint64_t options);

/* As SSL_CTX_clear_options, for one connection. */
uint64_t SSL_clear_options(SSL *ssl, uint64_t options);

/* The options that are set. */
uint64_t SSL_CTX_get_options(const SSL_CTX *ctx);

/* The options that are set. */
uint64_t SSL_get_options(const SSL *ssl);

/* Sets the security level, 0 to 5; what is outside of that counts as the nearest. */
void SSL_CTX_set_security_level(SSL_CTX *ctx, int level);

/* As SSL_CTX_set_security_level, for one connection. */
void SSL_set_security_level(SSL *ssl, int level);

/* The security level as it was set. */
int SSL_CTX_get_security_level(const SSL_CTX *ctx);

/* The security level as it was set. */
int SSL_get_security_level(const SSL *ssl);

/* Whether a client offers to authenticate itself after the handshake too (RFC 8446 §4.6.2). */
void SSL_CTX_set_post_handshake_auth(SSL_CTX *ctx, int value);

/* As SSL_CTX_set_post_handshake_auth, for one connection. */
void SSL_set_post_handshake_auth(SSL *ssl, int value);

/* How many bytes may be read at once with read-ahead (SSL_CTX_set_read_ahead), if it is more than what that reads anyway: two of the
 * largest records. */
void SSL_CTX_set_default_read_buffer_len(SSL_CTX *ctx, size_t length);

/* As SSL_CTX_set_default_read_buffer_len, for one connection. */
void SSL_set_default_read_buffer_len(SSL *ssl, size_t length);

/* The peer's certificate, of a resumed session too; null if it sent none. It stays the connection's. */
X509 *SSL_get0_peer_certificate(const SSL *ssl);

/* As SSL_get0_peer_certificate, with a reference for the caller. */
X509 *SSL_get1_peer_certificate(const SSL *ssl);

/* The certificates that the peer sent, unverified, in its order; a server's lack the client's own. Null if it sent none.
 * They stay the connection's. */
STACK_OF(X509) *SSL_get_peer_cert_chain(const SSL *ssl);

/* The chain from the peer's certificate to the anchor, as far as it was verified; null without a verification. It stays the connection's. */
STACK_OF(X509) *SSL_get0_verified_chain(const SSL *ssl);

/* Uses a private key for the certificate of its kind, which may come before or after it. The context takes a reference
 * of its own.
 *
 * 1, or 0 with the reason in the queue: ERR_R_PASSED_NULL_PARAMETER, SSL_R_UNKNOWN_CERTIFICATE_TYPE, or
 * X509_R_KEY_VALUES_MISMATCH if it does not belong to the certificate that is there. */
int SSL_CTX_use_PrivateKey(SSL_CTX *context, EVP_PKEY *key);

/* As SSL_CTX_use_PrivateKey, for a connection. */
int SSL_use_PrivateKey(SSL *ssl, EVP_PKEY *key);

/* Uses the private key of kind (an EVP_PKEY_…) that length bytes of DER begin with. 1, or 0 with the reason in the
 * queue: libcrypto's and ERR_R_ASN1_LIB, or as SSL_CTX_use_PrivateKey. */
int SSL_CTX_use_PrivateKey_ASN1(int kind, SSL_CTX *context, const unsigned char *der, long length);

/* As SSL_CTX_use_PrivateKey_ASN1, for a connection. */
int SSL_use_PrivateKey_ASN1(int kind, SSL *ssl, const unsigned char *der, long length);

/* Uses the private key in a file, whose file_type is SSL_FILETYPE_PEM or SSL_FILETYPE_ASN1. The password callback
 * opens an encrypted one.
 *
 * 1, or 0 with the reason in the queue: ERR_R_SYS_LIB for a file that cannot be opened, SSL_R_BAD_SSL_FILETYPE,
 * ERR_R_PEM_LIB or ERR_R_ASN1_LIB for one that holds something else or does not open, or as
 * SSL_CTX_use_PrivateKey. */
int SSL_CTX_use_PrivateKey_file(SSL_CTX *context, const char *path, int file_type);

/* As SSL_CTX_use_PrivateKey_file, for a connection. */
int SSL_use_PrivateKey_file(SSL *ssl, const char *path, int file_type);

#if !defined(OPENSSL_NO_DEPRECATED_3_0)
/* As SSL_CTX_use_PrivateKey, with an RSA object. */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_use_RSAPrivateKey(SSL_CTX *context, RSA *rsa);

/* As SSL_CTX_use_RSAPrivateKey, for a connection. */
OSSL_DEPRECATEDIN_3_0
int SSL_use_RSAPrivateKey(SSL *ssl, RSA *rsa);

/* As SSL_CTX_use_PrivateKey_ASN1, with an RSA key in its own form (PKCS #1). */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_use_RSAPrivateKey_ASN1(SSL_CTX *context, const unsigned char *der, long length);

/* As SSL_CTX_use_RSAPrivateKey_ASN1, for a connection. */
OSSL_DEPRECATEDIN_3_0
int SSL_use_RSAPrivateKey_ASN1(SSL *ssl, const unsigned char *der, long length);

/* As SSL_CTX_use_PrivateKey_file, with an RSA key. */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_use_RSAPrivateKey_file(SSL_CTX *context, const char *path, int file_type);

/* As SSL_CTX_use_RSAPrivateKey_file, for a connection. */
OSSL_DEPRECATEDIN_3_0
int SSL_use_RSAPrivateKey_file(SSL *ssl, const char *path, int file_type);
#endif

/* Whether the certificate that was set or selected last has its private key. 1, or 0 with the reason in the queue:
 * SSL_R_NO_CERTIFICATE_ASSIGNED, SSL_R_NO_PRIVATE_KEY_ASSIGNED, or libcrypto's. */
int SSL_CTX_check_private_key(const SSL_CTX *context);

/* As SSL_CTX_check_private_key, for a connection. */
int SSL_check_private_key(const SSL *ssl);

/* The private key of the certificate that was set or selected last; null without one. It stays the context's. */
EVP_PKEY *SSL_CTX_get0_privatekey(const SSL_CTX *context);

/* As SSL_CTX_get0_privatekey, for a connection: the key that the handshake chose, if it chose one. */
EVP_PKEY *SSL_get_privatekey(const SSL *ssl);

/* Sets who is asked for the password of an encrypted PEM file; null: the user data is the password, or libcrypto asks on
 * the terminal. A connection takes it over from its context when it is made. */
void SSL_CTX_set_default_passwd_cb(SSL_CTX *context, pem_password_cb * callback);

/* As SSL_CTX_set_default_passwd_cb, for a connection. */
void SSL_set_default_passwd_cb(SSL *ssl, pem_password_cb * callback);

/* Sets what the password callback is called with; it stays the program's. */
void SSL_CTX_set_default_passwd_cb_userdata(SSL_CTX *context, void *argument);

/* As SSL_CTX_set_default_passwd_cb_userdata, for a connection. */
void SSL_set_default_passwd_cb_userdata(SSL *ssl, void *argument);

/* The password callback; null without one. */
pem_password_cb * SSL_CTX_get_default_passwd_cb(SSL_CTX *context);

/* As SSL_CTX_get_default_passwd_cb, for a connection. */
pem_password_cb * SSL_get_default_passwd_cb(SSL *ssl);

/* What the password callback is called with. */
void *SSL_CTX_get_default_passwd_cb_userdata(SSL_CTX *context);

/* As SSL_CTX_get_default_passwd_cb_userdata, for a connection. */
void *SSL_get_default_passwd_cb_userdata(SSL *ssl);

#if !defined(OPENSSL_NO_PSK)
/* Asks cb of clients for an identity and its PSK, in the versions below TLS 1.3, and in TLS 1.3 where no session
 * callback has one. For connections to come.
 * SSL_CTX_set_psk_client_callback(3) */
void SSL_CTX_set_psk_client_callback(SSL_CTX *ctx, SSL_psk_client_cb_func cb);

/* As SSL_CTX_set_psk_client_callback, for this connection. SSL_CTX_set_psk_client_callback(3) */
void SSL_set_psk_client_callback(SSL *ssl, SSL_psk_client_cb_func cb);

/* Asks cb of servers for the PSK of an identity, in the versions below TLS 1.3, and in TLS 1.3 where no session
 * callback has one. For connections to come.
 * SSL_CTX_use_psk_identity_hint(3) */
void SSL_CTX_set_psk_server_callback(SSL_CTX *ctx, SSL_psk_server_cb_func cb);

/* As SSL_CTX_set_psk_server_callback, for this connection. SSL_CTX_use_psk_identity_hint(3) */
void SSL_set_psk_server_callback(SSL *ssl, SSL_psk_server_cb_func cb);
#endif

/* Asks cb of clients for a session whose secret is a PSK of TLS 1.3; it gives a reference of it away. For connections to come.
 * SSL_CTX_set_psk_use_session_callback(3) */
void SSL_CTX_set_psk_use_session_callback(SSL_CTX *ctx, SSL_psk_use_session_cb_func cb);

/* As SSL_CTX_set_psk_use_session_callback, for this connection. SSL_CTX_set_psk_use_session_callback(3) */
void SSL_set_psk_use_session_callback(SSL *ssl, SSL_psk_use_session_cb_func cb);

/* Asks cb of servers for the session whose secret is the PSK of an identity in TLS 1.3; it gives a reference of it away. For connections to come.
 * SSL_CTX_set_psk_find_session_callback(3) */
void SSL_CTX_set_psk_find_session_callback(SSL_CTX *ctx, SSL_psk_find_session_cb_func cb);

/* As SSL_CTX_set_psk_find_session_callback, for this connection. SSL_CTX_set_psk_find_session_callback(3) */
void SSL_set_psk_find_session_callback(SSL *ssl, SSL_psk_find_session_cb_func cb);

#if !defined(OPENSSL_NO_PSK)
/* Sets the hint that tells clients of connections to come which pre-shared key is wanted; null for none.
 *
 * Returns 1, or 0 with SSL_R_DATA_LENGTH_TOO_LONG for more than 256 bytes. SSL_CTX_use_psk_identity_hint(3) */
int SSL_CTX_use_psk_identity_hint(SSL_CTX *ctx, const char *hint);

/* As SSL_CTX_use_psk_identity_hint, for this connection. SSL_CTX_use_psk_identity_hint(3) */
int SSL_use_psk_identity_hint(SSL *ssl, const char *hint);

/* The identity of the pre-shared key that is used below TLS 1.3; null without one. SSL_get_psk_identity(3) */
const char *SSL_get_psk_identity(const SSL *ssl);

/* The server's hint which pre-shared key it wants below TLS 1.3; null without one, and on the server.
 * SSL_get_psk_identity(3) */
const char *SSL_get_psk_identity_hint(const SSL *ssl);
#endif

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* Hands the handshake of a connection that has not begun to a QUIC stack, whose callbacks qtdis lists, each by the number of
 * its OSSL_FUNC_SSL_QUIC_TLS_…; a zero ends the list. They are called with arg, by SSL_do_handshake and by SSL_read, take
 * the place of the BIOs, and return 1 for success. TLS 1.3 becomes the lowest version, and SSL_OP_ENABLE_MIDDLEBOX_COMPAT is
 * taken back.
 *
 * Returns 1; 0 for null, for a connection of DTLS or one that has begun, and where a callback is missing.
 * SSL_set_quic_tls_cbs(3), of OpenSSL 3.5 */
int SSL_set_quic_tls_cbs(SSL *ssl, const OSSL_DISPATCH *qtdis, void *arg);

/* Sets the transport parameters that the peer's QUIC stack gets, of which a copy is made: a client's before the handshake, a
 * server's at the latest while it is shown the client's.
 *
 * Returns 1; 0 without SSL_set_quic_tls_cbs. SSL_set_quic_tls_cbs(3), of OpenSSL 3.5 */
int SSL_set_quic_tls_transport_params(SSL *ssl, const unsigned char *params, size_t params_len);

/* Lets the QUIC stack have early data (RFC 9001 §4.6), or not: on a server in sessions to come, on a client in the session that was
 * set before.
 *
 * Returns 1; 0 without SSL_set_quic_tls_cbs, and on a client without a session that allows early data.
 * SSL_set_quic_tls_cbs(3), of OpenSSL 3.5 */
int SSL_set_quic_tls_early_data_enabled(SSL *ssl, int enabled);

/* Sets which formats of the client's certificate are offered or taken, the preferred one first: TLSEXT_cert_type_x509 (0) and
 * TLSEXT_cert_type_rpk (2). Null for no say: it is X.509 then.
 *
 * Returns 1; 0 for another one, one that is there twice, or an empty list. SSL_set1_client_cert_type(3) */
int SSL_CTX_set1_client_cert_type(SSL_CTX *ctx, const unsigned char *val, size_t len);

/* As SSL_CTX_set1_client_cert_type, of the server's certificate. */
int SSL_CTX_set1_server_cert_type(SSL_CTX *ctx, const unsigned char *val, size_t len);

/* As SSL_CTX_set1_client_cert_type, for one connection. */
int SSL_set1_client_cert_type(SSL *ssl, const unsigned char *val, size_t len);

/* As SSL_CTX_set1_server_cert_type, for one connection. */
int SSL_set1_server_cert_type(SSL *ssl, const unsigned char *val, size_t len);

/* Points *val to what SSL_CTX_set1_client_cert_type set, which stays the context's, and *len to its length; null and 0
 * without any. 1, or 0 for null. SSL_set1_client_cert_type(3) */
int SSL_CTX_get0_client_cert_type(const SSL_CTX *ctx, unsigned char **val, size_t *len);

/* As SSL_CTX_get0_client_cert_type, of the server's certificate. */
int SSL_CTX_get0_server_cert_type(const SSL_CTX *ctx, unsigned char **val, size_t *len);

/* As SSL_CTX_get0_client_cert_type, for one connection. */
int SSL_get0_client_cert_type(const SSL *ssl, unsigned char **val, size_t *len);

/* As SSL_CTX_get0_server_cert_type, for one connection. */
int SSL_get0_server_cert_type(const SSL *ssl, unsigned char **val, size_t *len);

/* What the client's certificate is: TLSEXT_cert_type_x509 (0), also before that is known, or TLSEXT_cert_type_rpk (2).
 * SSL_get_negotiated_client_cert_type(3) */
int SSL_get_negotiated_client_cert_type(const SSL *ssl);

/* As SSL_get_negotiated_client_cert_type, of the server's certificate. */
int SSL_get_negotiated_server_cert_type(const SSL *ssl);

/* The peer's raw public key, which stays the connection's; null if it sent none. SSL_get0_peer_rpk(3) */
EVP_PKEY *SSL_get0_peer_rpk(const SSL *ssl);

/* The peer's raw public key in a session, which stays the session's; null if there is none. SSL_get0_peer_rpk(3) */
EVP_PKEY *SSL_SESSION_get0_peer_rpk(const SSL_SESSION *session);

/* Adds a TLSA record by which this raw public key of the peer is taken for good; DANE has to be enabled before
 * (SSL_dane_enable).
 *
 * Returns 1; 0 for null, without DANE, and for a key that cannot be written down. SSL_add_expected_rpk(3) */
int SSL_add_expected_rpk(SSL *ssl, EVP_PKEY *rpk);
#endif

/* Sets who says how many bytes of padding each record gets; null for nobody. It is called for each record of TLS 1.3 that is
 * not full, with the content type and the length of content and type; the answer is cut to what a record holds. */
void SSL_CTX_set_record_padding_callback(SSL_CTX *ctx, size_t (*callback)(SSL*, int, size_t, void*));

/* As SSL_CTX_set_record_padding_callback, for one connection. 1. */
int SSL_set_record_padding_callback(SSL *ssl, size_t (*callback)(SSL*, int, size_t, void*));

/* Sets what the padding callback is called with. */
void SSL_CTX_set_record_padding_callback_arg(SSL_CTX *ctx, void *argument);

/* As SSL_CTX_set_record_padding_callback_arg, for one connection. */
void SSL_set_record_padding_callback_arg(SSL *ssl, void *argument);

/* What the padding callback is called with; null if that was not set. */
void *SSL_CTX_get_record_padding_callback_arg(const SSL_CTX *ctx);

/* As SSL_CTX_get_record_padding_callback_arg, for one connection. */
void *SSL_get_record_padding_callback_arg(const SSL *ssl);

/* Pads records of TLS 1.3 to a multiple of size; 0 and 1 stand for no padding. 1, or 0 for more than 16384. */
int SSL_CTX_set_block_padding(SSL_CTX *ctx, size_t size);

/* As SSL_CTX_set_block_padding, for one connection. */
int SSL_set_block_padding(SSL *ssl, size_t size);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* Pads records of TLS 1.3 to a multiple of app_block_size where they hold application data, and of hs_block_size where
 * they hold handshake messages; 0 and 1 stand for no padding. 1, or 0 for more than 16384.
 * SSL_CTX_set_block_padding_ex(3), of OpenSSL 3.4 */
int SSL_CTX_set_block_padding_ex(SSL_CTX *ctx, size_t app_block_size, size_t hs_block_size);

/* As SSL_CTX_set_block_padding_ex, for one connection. */
int SSL_set_block_padding_ex(SSL *ssl, size_t app_block_size, size_t hs_block_size);
#endif

/* Asks for a renegotiation with a new session; the next read, write or SSL_do_handshake begins it.
 *
 * Returns 1; 0 with SSL_R_WRONG_SSL_VERSION in TLS 1.3, or SSL_R_NO_RENEGOTIATION with SSL_OP_NO_RENEGOTIATION.
 * SSL_key_update(3) */
int SSL_renegotiate(SSL *ssl);

/* Asks for a renegotiation that may resume the session. Returns as SSL_renegotiate. SSL_key_update(3) */
int SSL_renegotiate_abbreviated(SSL *ssl);

/* Returns 1 while a renegotiation is asked for and not complete, else 0. SSL_key_update(3) */
int SSL_renegotiate_pending(const SSL *ssl);

/* Asks a client of TLS 1.3 for its certificate; the next read, write or SSL_do_handshake sends the request, and the
 * answer comes with what is read after it.
 *
 * Returns 1; 0 with a reason if this is not TLS 1.3 (SSL_R_WRONG_SSL_VERSION) or not a server (SSL_R_NOT_SERVER), a
 * handshake or another request is not complete (SSL_R_STILL_IN_INIT, SSL_R_REQUEST_SENT), the client did not offer it
 * (SSL_R_EXTENSION_NOT_RECEIVED), or the verify mode does not ask for one (SSL_R_INVALID_CONFIG).
 * SSL_CTX_set_verify(3) */
int SSL_verify_client_post_handshake(SSL *ssl);

/* Lets callback decide what is secure enough, in place of the security level, for connections to come; null: the level
 * decides again. It returns 1 for what it allows and 0 for what it refuses.
 *
 * It is asked about each message of a handshake, before it is made or when it was read, of all that may come up in it. It must not
 * change what it is called about. SSL_CTX_set_security_callback(3) */
void SSL_CTX_set_security_callback(SSL_CTX *ctx,
    int (*callback)(const SSL*, const SSL_CTX*, int, int, int, void*, void*));

/* As SSL_CTX_set_security_callback, for this connection. */
void SSL_set_security_callback(SSL *ssl, int (*callback)(const SSL*, const SSL_CTX*, int, int, int, void*, void*));

/* The security callback; without one the library's own, which goes by the level. SSL_CTX_set_security_callback(3) */
int (*SSL_CTX_get_security_callback(const SSL_CTX *ctx))(const SSL*, const SSL_CTX*, int, int, int, void*, void*);

/* As SSL_CTX_get_security_callback, of this connection. */
int (*SSL_get_security_callback(const SSL *ssl))(const SSL*, const SSL_CTX*, int, int, int, void*, void*);

/* Sets what the security callback gets as its last argument; the program keeps it. */
void SSL_CTX_set0_security_ex_data(SSL_CTX *ctx, void *data);

/* As SSL_CTX_set0_security_ex_data, for this connection. */
void SSL_set0_security_ex_data(SSL *ssl, void *data);

/* What SSL_CTX_set0_security_ex_data set, or null. */
void *SSL_CTX_get0_security_ex_data(const SSL_CTX *ctx);

/* As SSL_CTX_get0_security_ex_data, of this connection. */
void *SSL_get0_security_ex_data(const SSL *ssl);

/* Uses a list of extensions with the current certificate: type, length and data each, for ServerHello of TLS 1.2.
 *
 * Returns 1, or 0 with a reason in the queue: the list is malformed, or one of them is handled already.
 * SSL_CTX_use_serverinfo(3) */
int SSL_CTX_use_serverinfo(SSL_CTX *ctx, const unsigned char *serverinfo, size_t serverinfo_length);

/* As SSL_CTX_use_serverinfo, with the version of the list: in version 2 four bytes before each extension say where it stands
 * (SSL_EXT_…). SSL_CTX_use_serverinfo(3) */
int SSL_CTX_use_serverinfo_ex(SSL_CTX *ctx, unsigned int version, const unsigned char *serverinfo,
    size_t serverinfo_length);

/* As SSL_CTX_use_serverinfo, with the lists in a PEM file, whose sections are called SERVERINFO FOR … and
 * SERVERINFOV2 FOR …. SSL_CTX_use_serverinfo(3) */
int SSL_CTX_use_serverinfo_file(SSL_CTX *ctx, const char *file);

/* Makes a session in which nothing is set. The caller owns one reference; null when memory is out.
 * SSL_SESSION_free(3) */
SSL_SESSION *SSL_SESSION_new(void);

/* Makes a session of its own that says the same. The caller owns one reference; null for null.
 * SSL_SESSION_free(3) */
SSL_SESSION *SSL_SESSION_dup(const SSL_SESSION *session);

/* Takes one more reference. Returns 1, or 0 for null. SSL_SESSION_free(3) */
int SSL_SESSION_up_ref(SSL_SESSION *session);

/* Gives one reference back; null is left alone. SSL_SESSION_free(3) */
void SSL_SESSION_free(SSL_SESSION *session);

/* Returns 1 if the session can be resumed, else 0. SSL_SESSION_is_resumable(3) */
int SSL_SESSION_is_resumable(const SSL_SESSION *session);

/* The id, and its length in *len unless that is null. SSL_SESSION_get_id(3) */
const unsigned char *SSL_SESSION_get_id(const SSL_SESSION *session, unsigned int *len);

/* Sets the id. Returns 1, or 0 with SSL_R_SSL_SESSION_ID_TOO_LONG for more than 32 bytes.
 * SSL_SESSION_get_id(3) */
int SSL_SESSION_set1_id(SSL_SESSION *session, const unsigned char *sid, unsigned int sid_len);

/* The context in which the session may be resumed, and its length in *len unless that is null.
 * SSL_SESSION_get0_id_context(3) */
const unsigned char *SSL_SESSION_get0_id_context(const SSL_SESSION *session, unsigned int *len);

/* Sets the context in which the session may be resumed. Returns 1, or 0 with
 * SSL_R_SSL_SESSION_ID_CONTEXT_TOO_LONG for more than 32 bytes. SSL_SESSION_get0_id_context(3) */
int SSL_SESSION_set1_id_context(SSL_SESSION *session, const unsigned char *sid_ctx, unsigned int sid_ctx_len);

/* When the session began, in seconds since 1970; 0 for null. SSL_SESSION_get_time(3) */
long SSL_SESSION_get_time(const SSL_SESSION *session);

/* Sets when the session began. Returns the time; 0 for null. SSL_SESSION_get_time(3) */
long SSL_SESSION_set_time(SSL_SESSION *session, long t);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* When the session began, in seconds since 1970; 0 for null. SSL_SESSION_get_time_ex(3), of OpenSSL 3.3 */
time_t SSL_SESSION_get_time_ex(const SSL_SESSION *session);

/* Sets when the session began. Returns the time; 0 for null. SSL_SESSION_get_time_ex(3), of OpenSSL 3.3 */
time_t SSL_SESSION_set_time_ex(SSL_SESSION *session, time_t t);
#endif

/* How long the session may be resumed, in seconds; 0 for null. SSL_SESSION_get_time(3) */
long SSL_SESSION_get_timeout(const SSL_SESSION *session);

/* Sets how long the session may be resumed. Returns 1; 0 for null or a negative time. SSL_SESSION_get_time(3) */
long SSL_SESSION_set_timeout(SSL_SESSION *session, long t);

/* The version: TLS1_3_VERSION and so on. SSL_SESSION_get_protocol_version(3) */
int SSL_SESSION_get_protocol_version(const SSL_SESSION *session);

/* Sets the version. Returns 1, or 0 for what is no version. SSL_SESSION_get_protocol_version(3) */
int SSL_SESSION_set_protocol_version(SSL_SESSION *session, int version);

/* The cipher; null without one. SSL_SESSION_get0_cipher(3) */
const SSL_CIPHER *SSL_SESSION_get0_cipher(const SSL_SESSION *session);

/* Sets the cipher; null takes it away. Returns 1. SSL_SESSION_get0_cipher(3) */
int SSL_SESSION_set_cipher(SSL_SESSION *session, const SSL_CIPHER *cipher);

/* The compression method of TLS 1.2; 0 without compression. SSL_SESSION_get_compress_id(3) */
unsigned int SSL_SESSION_get_compress_id(const SSL_SESSION *session);

/* Sets the secret: the master secret of TLS 1.2, or the PSK of TLS 1.3.
 *
 * Returns 1, or 0 for more than 64 bytes, which no suite has. SSL_get_client_random(3) */
int SSL_SESSION_set1_master_key(SSL_SESSION *session, const unsigned char *key, size_t len);

/* The peer's certificate; null if it sent none. SSL_SESSION_get0_peer(3) */
X509 *SSL_SESSION_get0_peer(SSL_SESSION *session);

/* The server name that was negotiated; null without one. SSL_SESSION_get0_hostname(3) */
const char *SSL_SESSION_get0_hostname(const SSL_SESSION *session);

/* Sets the server name; null takes it away. Returns 1. SSL_SESSION_get0_hostname(3) */
int SSL_SESSION_set1_hostname(SSL_SESSION *session, const char *hostname);

/* The application protocol in *alpn and its length in *len; null and 0 without one.
 * SSL_SESSION_get0_hostname(3) */
void SSL_SESSION_get0_alpn_selected(const SSL_SESSION *session, const unsigned char **alpn, size_t *len);

/* Sets the application protocol; null or no bytes take it away. Returns 1. SSL_SESSION_get0_hostname(3) */
int SSL_SESSION_set1_alpn_selected(SSL_SESSION *session, const unsigned char *alpn, size_t len);

/* Returns 1 if the session has a ticket, else 0. SSL_SESSION_has_ticket(3) */
int SSL_SESSION_has_ticket(const SSL_SESSION *session);

/* The ticket in *tick, unless that is null, and its length in *len. SSL_SESSION_has_ticket(3) */
void SSL_SESSION_get0_ticket(const SSL_SESSION *session, const unsigned char **tick, size_t *len);

/* The lifetime of the ticket in seconds, as the server told. SSL_SESSION_has_ticket(3) */
unsigned long SSL_SESSION_get_ticket_lifetime_hint(const SSL_SESSION *session);

/* The program's data of the ticket in *data, and its length in *len. Returns 1.
 * SSL_CTX_set_session_ticket_cb(3) */
int SSL_SESSION_get0_ticket_appdata(SSL_SESSION *session, void **data, size_t *len);

/* Puts data of the program into the ticket; null or no bytes take it away. Returns 1.
 * SSL_CTX_set_session_ticket_cb(3) */
int SSL_SESSION_set1_ticket_appdata(SSL_SESSION *session, const void *data, size_t len);

/* How many bytes of early data the session allows. SSL_SESSION_get_max_early_data(3) */
uint32_t SSL_SESSION_get_max_early_data(const SSL_SESSION *session);

/* Sets how many bytes of early data the session allows. Returns 1. SSL_SESSION_get_max_early_data(3) */
int SSL_SESSION_set_max_early_data(SSL_SESSION *session, uint32_t max_early_data);

/* The mode of the maximum fragment length that was negotiated; 0 without. SSL_CTX_set_tlsext_max_fragment_length(3) */
uint8_t SSL_SESSION_get_max_fragment_length(const SSL_SESSION *session);

/* The sessions in the cache, as a LHASH_OF(SSL_SESSION) that belongs to the context. Its contents are those of this moment,
 * and valid until the next call; null when memory is out. SSL_CTX_sessions(3) */
LHASH_OF(SSL_SESSION) *SSL_CTX_sessions(SSL_CTX *ctx);

/* Puts a session into the cache, which takes a reference of its own. Returns 1, or 0 if it is there already.
 * SSL_CTX_add_session(3) */
int SSL_CTX_add_session(SSL_CTX *ctx, SSL_SESSION *session);

/* Takes the session of this id out of the cache; session cannot be resumed any more. Returns 1, or 0 if it was not
 * there. SSL_CTX_add_session(3) */
int SSL_CTX_remove_session(SSL_CTX *ctx, SSL_SESSION *session);

/* Takes the sessions out of the cache that expired before tm (seconds since 1970); all of them for 0.
 * SSL_CTX_flush_sessions(3) */
void SSL_CTX_flush_sessions(SSL_CTX *ctx, long tm);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* As SSL_CTX_flush_sessions, with a time of the system's type. SSL_CTX_flush_sessions_ex(3), of OpenSSL 3.4 */
void SSL_CTX_flush_sessions_ex(SSL_CTX *ctx, time_t tm);
#endif

/* Calls callback with each session that may be cached. It gets a reference, and keeps it by returning 1.
 * SSL_CTX_sess_set_get_cb(3) */
void SSL_CTX_sess_set_new_cb(SSL_CTX *ctx, int (*callback)(SSL*, SSL_SESSION*));

/* What SSL_CTX_sess_set_new_cb set. SSL_CTX_sess_set_get_cb(3) */
int (*SSL_CTX_sess_get_new_cb(SSL_CTX *ctx))(SSL*, SSL_SESSION*);

/* Calls callback with each session that leaves the cache. SSL_CTX_sess_set_get_cb(3) */
void SSL_CTX_sess_set_remove_cb(SSL_CTX *ctx, void (*callback)(SSL_CTX*, SSL_SESSION*));

/* What SSL_CTX_sess_set_remove_cb set. SSL_CTX_sess_set_get_cb(3) */
void (*SSL_CTX_sess_get_remove_cb(SSL_CTX *ctx))(SSL_CTX*, SSL_SESSION*);

/* Asks callback for a session that the cache does not have. It gives a reference away if it sets *copy to 0. A session that
 * has left a cache is not resumed. SSL_CTX_sess_set_get_cb(3) */
void SSL_CTX_sess_set_get_cb(SSL_CTX *ctx, SSL_SESSION *(*callback)(SSL*, const unsigned char*, int, int*));

/* What SSL_CTX_sess_set_get_cb set. SSL_CTX_sess_set_get_cb(3) */
SSL_SESSION *(*SSL_CTX_sess_get_get_cb(SSL_CTX *ctx))(SSL*, const unsigned char*, int, int*);

/* Writes the ASN.1 form. A null pp only asks for the length; a null *pp becomes memory that the caller frees with
 * OPENSSL_free; else the form is written to *pp, which then points behind it.
 *
 * Returns the length; 0 for null and for a session without a cipher. d2i_SSL_SESSION(3) */
int i2d_SSL_SESSION(const SSL_SESSION *session, unsigned char **pp);

/* Reads a session from the length bytes at *pp, which then points behind what it had. A session at *a becomes
 * what was read; a null *a becomes the new session.
 *
 * Returns the session, of which the caller owns one reference; null if the bytes are no session. d2i_SSL_SESSION(3) */
SSL_SESSION *d2i_SSL_SESSION(SSL_SESSION **a, const unsigned char **pp, long length);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* As d2i_SSL_SESSION; the peer's certificate of a new session is made in libctx, which has to outlive it, with the query
 * propq. d2i_SSL_SESSION(3), of OpenSSL 3.2 */
SSL_SESSION *d2i_SSL_SESSION_ex(SSL_SESSION **a, const unsigned char **pp, long length, OSSL_LIB_CTX *libctx,
    const char *propq);
#endif

/* Reads the PEM form; an encrypted one with the password that cb gives for u.
 *
 * Returns as d2i_SSL_SESSION. PEM_read_bio_SSL_SESSION(3) */
SSL_SESSION *PEM_read_bio_SSL_SESSION(BIO *bio, SSL_SESSION **a, pem_password_cb * cb, void *u);

/* Writes the PEM form. Returns 1, or 0 with the reason in the queue. PEM_read_bio_SSL_SESSION(3) */
int PEM_write_bio_SSL_SESSION(BIO *bio, const SSL_SESSION *session);

#if !defined(OPENSSL_NO_STDIO)
/* As PEM_read_bio_SSL_SESSION, from a file. PEM_read_bio_SSL_SESSION(3) */
SSL_SESSION *PEM_read_SSL_SESSION(FILE *file, SSL_SESSION **a, pem_password_cb * cb, void *u);

/* As PEM_write_bio_SSL_SESSION, to a file. PEM_read_bio_SSL_SESSION(3) */
int PEM_write_SSL_SESSION(FILE *file, const SSL_SESSION *session);
#endif

/* Writes what the session says as text. Returns 1; 0 for null, or if it could not be written.
 * SSL_SESSION_print(3) */
int SSL_SESSION_print(BIO *bio, const SSL_SESSION *session);

#if !defined(OPENSSL_NO_STDIO)
/* As SSL_SESSION_print, to a file. SSL_SESSION_print(3) */
int SSL_SESSION_print_fp(FILE *file, const SSL_SESSION *session);
#endif

/* Writes the session's id and secret as a line of a key log. Returns 1; 0 if it has none, or for null.
 * SSL_SESSION_print(3) */
int SSL_SESSION_print_keylog(BIO *bio, const SSL_SESSION *session);

/* Asks cb for the master secret of the session that the client's ticket stands for, on either side, below TLS 1.3.
 *
 * Returns 1, or 0 for null. */
int SSL_set_session_secret_cb(SSL *ssl, tls_session_secret_cb_fn cb, void *arg);

/* Sets what a client sends as its ticket where no session has one; null for no extension at all. Returns 1, or 0 for a
 * negative length. */
int SSL_set_session_ticket_ext(SSL *ssl, void *ext_data, int ext_len);

/* Shows cb the ticket that a client sent, below TLS 1.3; 0 from it ends the handshake.
 *
 * Returns 1, or 0 for null. */
int SSL_set_session_ticket_ext_cb(SSL *ssl, tls_session_ticket_ext_cb_fn cb, void *arg);

/* The session of the connection, which stays the connection's; null without one. SSL_get_session(3) */
SSL_SESSION *SSL_get_session(const SSL *ssl);

/* The session of the connection; the caller owns one reference. Null without one. SSL_get_session(3) */
SSL_SESSION *SSL_get1_session(SSL *ssl);

/* Offers session for resumption, taking a reference of its own; null takes the session away. Returns 1.
 * SSL_set_session(3) */
int SSL_set_session(SSL *ssl, SSL_SESSION *session);

/* Returns 1 if the session of the connection was resumed, else 0. SSL_session_reused(3) */
int SSL_session_reused(const SSL *ssl);

/* Gives to the session, the certificates and the session id context of from. Returns 1.
 * SSL_copy_session_id(3) */
int SSL_copy_session_id(SSL *to, const SSL *from);

/* Sets the context in which sessions of connections to come may be resumed.
 *
 * Returns 1, or 0 with SSL_R_SSL_SESSION_ID_CONTEXT_TOO_LONG for more than 32 bytes.
 * SSL_CTX_set_session_id_context(3) */
int SSL_CTX_set_session_id_context(SSL_CTX *ctx, const unsigned char *sid_ctx, unsigned int sid_ctx_len);

/* As SSL_CTX_set_session_id_context, for this connection. SSL_CTX_set_session_id_context(3) */
int SSL_set_session_id_context(SSL *ssl, const unsigned char *sid_ctx, unsigned int sid_ctx_len);

/* Returns 1 if the internal cache holds a session of this id, else 0. SSL_CTX_set_generate_session_id(3) */
int SSL_has_matching_session_id(const SSL *ssl, const unsigned char *id, unsigned int id_len);

/* Sets how many tickets a TLS 1.3 server sends after a full handshake. Returns 1. SSL_CTX_set_num_tickets(3) */
int SSL_CTX_set_num_tickets(SSL_CTX *ctx, size_t num_tickets);

/* What SSL_CTX_set_num_tickets set. SSL_CTX_set_num_tickets(3) */
size_t SSL_CTX_get_num_tickets(const SSL_CTX *ctx);

/* As SSL_CTX_set_num_tickets, for this connection. SSL_CTX_set_num_tickets(3) */
int SSL_set_num_tickets(SSL *ssl, size_t num_tickets);

/* What SSL_set_num_tickets set. SSL_CTX_set_num_tickets(3) */
size_t SSL_get_num_tickets(const SSL *ssl);

/* Sets how many seconds the sessions of connections to come live. Returns what was set before.
 * SSL_CTX_set_timeout(3) */
long SSL_CTX_set_timeout(SSL_CTX *ctx, long t);

/* What SSL_CTX_set_timeout set. SSL_CTX_set_timeout(3) */
long SSL_CTX_get_timeout(const SSL_CTX *ctx);

/* Asks cb in each full handshake of a server whether its session is not to be resumed: a value other than 0 has no ticket
 * sent, and nothing cached. It is told whether the key exchange is forward secret. */
void SSL_CTX_set_not_resumable_session_callback(SSL_CTX *ctx, int (*cb)(SSL*, int));

/* As SSL_CTX_set_not_resumable_session_callback, for this connection. */
void SSL_set_not_resumable_session_callback(SSL *ssl, int (*cb)(SSL*, int));

/* How many seconds a session lives by default. SSL_get_default_timeout(3) */
long SSL_get_default_timeout(const SSL *ssl);

/* The name of a group, given by libcrypto's NID or, where that has none, by 0x1000000 and its number on the wire; static.
 * Null for one that we lack. SSL_group_to_name(3) */
const char *SSL_group_to_name(SSL *ssl, int id);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* The name of the group that the keys of the connection were agreed on with; static. Null if there was none, or not yet.
 * SSL_get0_group_name(3), of OpenSSL 3.2 */
const char *SSL_get0_group_name(SSL *ssl);

/* The signature schemes that we have and that the providers of libctx offer, with colons between their names, in memory that
 * the caller frees with OPENSSL_free. Null when memory is out. SSL_get1_builtin_sigalgs(3), of OpenSSL 3.4 */
char *SSL_get1_builtin_sigalgs(OSSL_LIB_CTX *libctx);
#endif

/* Chooses the first protocol of server that client has too; both are lists in their wire form. Points *out into
 * one of them. OPENSSL_NPN_NEGOTIATED (1), or OPENSSL_NPN_NO_OVERLAP (2) with the client's first protocol,
 * which is null for an empty or malformed list. SSL_select_next_proto(3) */
int SSL_select_next_proto(unsigned char **out, unsigned char *out_length, const unsigned char *server,
    unsigned int server_length, const unsigned char *client, unsigned int client_length);

#if !defined(OPENSSL_NO_SRP) && !defined(OPENSSL_NO_DEPRECATED_3_0)
/* Sets the name that clients to come go by; null for none.
 *
 * Returns 1, or 0 with SSL_R_INVALID_SRP_USERNAME for an empty name or one of more than 255 bytes.
 * SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_set_srp_username(SSL_CTX *ctx, char *name);

/* Sets the password of clients to come. Returns 1, or 0 for null. SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_set_srp_password(SSL_CTX *ctx, char *password);

/* Sets how many bits the modulus must have that clients take. Returns 1. SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_set_srp_strength(SSL_CTX *ctx, int strength);

/* Asks cb of clients for the password, a string of OPENSSL_malloc that it gives away. Returns 1.
 * SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_set_srp_client_pwd_callback(SSL_CTX *ctx, char *(*cb)(SSL*, void*));

/* Asks cb of clients about the group of the server, in place of the list of known ones. Returns 1.
 * SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_set_srp_verify_param_callback(SSL_CTX *ctx, int (*cb)(SSL*, void*));

/* Asks cb of servers about the user: it sets the parameters, or fails with an alert, or returns less than 0 to be asked
 * again. Returns 1. SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_set_srp_username_callback(SSL_CTX *ctx, int (*cb)(SSL*, int*, void*));

/* Sets what the callbacks of SRP get. Returns 1. SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_set_srp_cb_arg(SSL_CTX *ctx, void *arg);

/* Sets the parameters of a server for the user that came; each that is not null is copied in place of what there was.
 *
 * Returns 1, or -1 if one is missing. SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
int SSL_set_srp_server_param(SSL *ssl, const BIGNUM *N, const BIGNUM *g, BIGNUM *sa, BIGNUM *v, char *info);

/* Sets the parameters of a server for this user and password in the group called grp ("1024" to "8192").
 *
 * Returns 1, or -1 for an unknown group. SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
int SSL_set_srp_server_param_pw(SSL *ssl, const char *user, const char *pass, const char *grp);

/* Asks the program about the user, and makes a server's key pair.
 *
 * Returns 0, SSL3_AL_FATAL (2) with the alert in ad, or what the program's function returned. */
OSSL_DEPRECATEDIN_3_0
int SSL_srp_server_param_with_username(SSL *ssl, int *ad);

/* Makes a client's key pair in the group that is set. Returns 1, or 0 without a group. */
OSSL_DEPRECATEDIN_3_0
int SRP_Calc_A_param(SSL *ssl);

/* The modulus in use, which stays the connection's; null without one. SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
BIGNUM *SSL_get_srp_N(SSL *ssl);

/* The generator in use, which stays the connection's; null without one. SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
BIGNUM *SSL_get_srp_g(SSL *ssl);

/* The name of the user; null without one. SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
char *SSL_get_srp_username(SSL *ssl);

/* What was set about the user; null without it. SSL_CTX_set_srp_password(3) */
OSSL_DEPRECATEDIN_3_0
char *SSL_get_srp_userinfo(SSL *ssl);

/* Takes away all that was set for SRP. Returns 1, or 0 for null. */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_SRP_CTX_init(SSL_CTX *ctx);

/* As SSL_CTX_SRP_CTX_init. */
OSSL_DEPRECATEDIN_3_0
int SSL_CTX_SRP_CTX_free(SSL_CTX *ctx);

/* Takes over what the context has for SRP. Returns 1, or 0 for null. */
OSSL_DEPRECATEDIN_3_0
int SSL_SRP_CTX_init(SSL *ssl);

/* Takes away all that was set for SRP. Returns 1, or 0 for null. */
OSSL_DEPRECATEDIN_3_0
int SSL_SRP_CTX_free(SSL *ssl);
#endif

/* Returns 1 while a handshake has not begun, is under way, or has failed, else 0. SSL_in_init(3) */
int SSL_in_init(const SSL *ssl);

/* Returns 1 if no handshake has begun, else 0. SSL_in_init(3) */
int SSL_in_before(const SSL *ssl);

/* Returns 1 if the handshake is complete and application data can flow, else 0. SSL_in_init(3) */
int SSL_is_init_finished(const SSL *ssl);

/* Where the handshake is: TLS_ST_…. SSL_in_init(3) */
OSSL_HANDSHAKE_STATE SSL_get_state(const SSL *ssl);

#if (defined(FERROSSL_LATER_FUNCTIONS) || OPENSSL_VERSION_NUMBER >= 0x30200000L)
/* Stores in *rtt how many microseconds passed in the handshake between our writing and our having read the peer's answer:
 * on a client from the ClientHello to the end of the server's flight, on a server from that to the client's Finished.
 *
 * Returns 1; 0 while that is not known, which in TLS 1.2 it is after a full handshake only. SSL_get_handshake_rtt(3),
 * of OpenSSL 3.2 */
int SSL_get_handshake_rtt(const SSL *ssl, uint64_t *rtt);
#endif

/* The state of ssl in at most six letters. The string is static. */
const char *SSL_state_string(const SSL *ssl);

/* The state of ssl in words. The string is static. */
const char *SSL_state_string_long(const SSL *ssl);

/* What the record layer of ssl waits for: RH, a record's header, or RB, the rest of it. The string is static. */
const char *SSL_rstate_string(const SSL *ssl);

/* What the record layer of ssl waits for, in words. The string is static. */
const char *SSL_rstate_string_long(const SSL *ssl);

/* The level of an alert that the info callback got, in one letter: W, F or U. The string is static. */
const char *SSL_alert_type_string(int value);

/* The level of an alert that the info callback got: warning, fatal or unknown. The string is static. */
const char *SSL_alert_type_string_long(int value);

/* What an alert says, in two letters; UK for an unknown one. The string is static. */
const char *SSL_alert_desc_string(int value);

/* What an alert says, in words. The string is static. */
const char *SSL_alert_desc_string_long(int value);

/* Takes Diffie-Hellman parameters; they become the context's. 1, or 0 with SSL_R_DH_KEY_TOO_SMALL for null or for
 * parameters that the security level forbids, which stay the caller's. SSL_CTX_set0_tmp_dh_pkey(3) */
int SSL_CTX_set0_tmp_dh_pkey(SSL_CTX *ctx, EVP_PKEY *key);

/* As SSL_CTX_set0_tmp_dh_pkey, for one connection. */
int SSL_set0_tmp_dh_pkey(SSL *ssl, EVP_PKEY *key);

#if !defined(OPENSSL_NO_DH) && !defined(OPENSSL_NO_DEPRECATED_3_0)
/* Sets who is asked for Diffie-Hellman parameters when none are set; the callback's result stays the program's.
 * SSL_CTX_set_tmp_dh_callback(3) */
OSSL_DEPRECATEDIN_3_0
void SSL_CTX_set_tmp_dh_callback(SSL_CTX *ctx, DH *(*callback)(SSL*, int, int));

/* As SSL_CTX_set_tmp_dh_callback, for one connection. */
OSSL_DEPRECATEDIN_3_0
void SSL_set_tmp_dh_callback(SSL *ssl, DH *(*callback)(SSL*, int, int));
#endif

/* Asks for one more ticket, which the next write or SSL_do_handshake sends.
 *
 * Returns 1; 0 if this is no server of TLS 1.3, or its handshake is not complete. SSL_CTX_set_num_tickets(3) */
int SSL_new_session_ticket(SSL *ssl);

/* Calls gen_cb before a session is sealed into a ticket, and dec_cb when a ticket was opened, or could not be; both
 * with arg. Returns 1. SSL_CTX_set_session_ticket_cb(3) */
int SSL_CTX_set_session_ticket_cb(SSL_CTX *ctx, SSL_CTX_generate_session_ticket_fn gen_cb,
    SSL_CTX_decrypt_session_ticket_fn dec_cb, void *arg);

#if !defined(OPENSSL_NO_SSL_TRACE)
/* A callback for SSL_CTX_set_msg_callback: prints each message to arg, which is a BIO and stays the caller's. The
 * bodies of handshake messages are printed as a hexadecimal dump. */
void SSL_trace(int write_p, int version, int content_type, const void *buf, size_t length, SSL *ssl, void *arg);
#endif

#if !defined(OPENSSL_NO_CT)
/* Sets who looks at the server's signed certificate timestamps; null for nobody. callback gets what they were verified
 * against, the timestamps (perhaps null), and arg; 1 is its consent.
 *
 * Returns 1; 0 if the program handles the extension itself. SSL_CTX_set_ct_validation_callback(3) */
int SSL_CTX_set_ct_validation_callback(SSL_CTX *ctx, ssl_ct_validation_cb callback, void *arg);

/* As SSL_CTX_set_ct_validation_callback, for one connection, which then asks for an OCSP response as well. */
int SSL_set_ct_validation_callback(SSL *ssl, ssl_ct_validation_cb callback, void *arg);

/* Sets a callback of the library's own: SSL_CT_VALIDATION_PERMISSIVE (0) takes whatever comes,
 * SSL_CT_VALIDATION_STRICT (1) wants a valid timestamp. 1, or 0 with a reason in the queue. */
int SSL_CTX_enable_ct(SSL_CTX *ctx, int validation_mode);

/* As SSL_CTX_enable_ct, for one connection. */
int SSL_enable_ct(SSL *ssl, int validation_mode);

/* Whether somebody looks at the server's signed certificate timestamps: 1 or 0. */
int SSL_CTX_ct_is_enabled(const SSL_CTX *ctx);

/* Whether somebody looks at the server's signed certificate timestamps: 1 or 0. */
int SSL_ct_is_enabled(const SSL *ssl);

/* The server's signed certificate timestamps, from its extension, its OCSP response and its certificate; null without any.
 * They stay the connection's. */
const STACK_OF(SCT) *SSL_get0_peer_scts(SSL *ssl);

/* Replaces the logs that are known. The context takes logs over, which may be null. */
void SSL_CTX_set0_ctlog_store(SSL_CTX *ctx, CTLOG_STORE *logs);

/* The logs that are known. They stay the context's. */
const CTLOG_STORE *SSL_CTX_get0_ctlog_store(const SSL_CTX *ctx);

/* Adds the logs of a file to those that are known. 1, or 0 with a reason in the queue. */
int SSL_CTX_set_ctlog_list_file(SSL_CTX *ctx, const char *path);

/* Adds the logs of the file that CTLOG_FILE in the environment names, or of libcrypto's own one. 1, or 0 with a reason in the queue. */
int SSL_CTX_set_default_ctlog_list_file(SSL_CTX *ctx);
#endif

/* Replaces the store of trust anchors by the caller's, which is given away. Null stands for a new, empty one. Connections that exist use it too. */
void SSL_CTX_set_cert_store(SSL_CTX *context, X509_STORE *store);

/* As SSL_CTX_set_cert_store, but the caller keeps its reference. */
void SSL_CTX_set1_cert_store(SSL_CTX *context, X509_STORE *store);

/* The store of trust anchors, to be changed; it stays the context's. */
X509_STORE *SSL_CTX_get_cert_store(const SSL_CTX *context);

/* Trusts the CA certificates of a PEM file, and those of a directory, where they are looked up by the hash of their names;
 * either may be null. 1, or 0 with libcrypto's reason in the queue; both null: 0 and no reason. */
int SSL_CTX_load_verify_locations(SSL_CTX *context, const char *file, const char *directory);

/* Trusts the CA certificates of a PEM file. 1, or 0 with the reason in the queue. */
int SSL_CTX_load_verify_file(SSL_CTX *context, const char *place);

/* Trusts the CA certificates of a directory, where they are looked up by the hash of their names. 1, or 0 with the reason in the queue. */
int SSL_CTX_load_verify_dir(SSL_CTX *context, const char *place);

/* Trusts the CA certificates that a URI leads to (ossl_store(7)). 1, or 0 with the reason in the queue. */
int SSL_CTX_load_verify_store(SSL_CTX *context, const char *place);

/* Trusts the CA certificates in libcrypto's default file, directory and store (SSL_CERT_FILE, SSL_CERT_DIR). Where
 * neither the file nor the directory exists that libcrypto was built for, those of well-known distributions are
 * used. 1, or 0 when memory is out. */
int SSL_CTX_set_default_verify_paths(SSL_CTX *context);

/* As SSL_CTX_set_default_verify_paths, for the file alone. */
int SSL_CTX_set_default_verify_file(SSL_CTX *context);

/* As SSL_CTX_set_default_verify_paths, for the directory alone. */
int SSL_CTX_set_default_verify_dir(SSL_CTX *context);

/* As SSL_CTX_set_default_verify_paths, for the store alone. */
int SSL_CTX_set_default_verify_store(SSL_CTX *context);

/* Sets for connections to come whether and how the peer's certificate is asked for and verified (SSL_VERIFY_…), and
 * what is called for each certificate of the chain; null: nothing. */
void SSL_CTX_set_verify(SSL_CTX *context, int mode, SSL_verify_cb callback);

/* As SSL_CTX_set_verify, for a connection; null leaves the callback that is there. */
void SSL_set_verify(SSL *ssl, int mode, SSL_verify_cb callback);

/* The SSL_VERIFY_… flags that are set. */
int SSL_CTX_get_verify_mode(const SSL_CTX *context);

/* As SSL_CTX_get_verify_mode, for a connection. */
int SSL_get_verify_mode(const SSL *ssl);

/* What is called for each certificate of the chain; null for nothing. */
SSL_verify_cb SSL_CTX_get_verify_callback(const SSL_CTX *context);

/* As SSL_CTX_get_verify_callback, for a connection. */
SSL_verify_cb SSL_get_verify_callback(const SSL *ssl);

/* Limits how many certificates may stand between the peer's and the anchor. */
void SSL_CTX_set_verify_depth(SSL_CTX *context, int depth);

/* As SSL_CTX_set_verify_depth, for a connection. */
void SSL_set_verify_depth(SSL *ssl, int depth);

/* The limit of SSL_CTX_set_verify_depth; -1 if none was set. */
int SSL_CTX_get_verify_depth(const SSL_CTX *context);

/* As SSL_CTX_get_verify_depth, for a connection. */
int SSL_get_verify_depth(const SSL *ssl);

/* Sets what verifies chains in place of X509_verify_cert(3); null: that function. argument stays the program's. */
void SSL_CTX_set_cert_verify_callback(SSL_CTX *context, int (*callback)(X509_STORE_CTX*, void*), void *argument);

/* Overwrites what SSL_get_verify_result gives. */
void SSL_set_verify_result(SSL *ssl, long result);

/* The X509_V_… of the peer's chain, also of a session that was resumed; X509_V_OK if the peer sent no certificate. */
long SSL_get_verify_result(const SSL *ssl);

/* The parameters of verifications, to be changed; they stay the context's. A connection copies them when it is made. */
X509_VERIFY_PARAM *SSL_CTX_get0_param(SSL_CTX *context);

/* As SSL_CTX_get0_param, for a connection. */
X509_VERIFY_PARAM *SSL_get0_param(SSL *ssl);

/* Takes over what is set in parameters, which stay the caller's. 1, or 0. */
int SSL_CTX_set1_param(SSL_CTX *context, X509_VERIFY_PARAM *parameters);

/* As SSL_CTX_set1_param, for a connection. */
int SSL_set1_param(SSL *ssl, X509_VERIFY_PARAM *parameters);

/* What the peer's certificate has to be for, an X509_PURPOSE_…. 1, or 0 for an unknown one with the reason in the queue. */
int SSL_CTX_set_purpose(SSL_CTX *context, int purpose);

/* As SSL_CTX_set_purpose, for a connection. */
int SSL_set_purpose(SSL *ssl, int purpose);

/* What the anchor has to be trusted for, an X509_TRUST_…. 1, or 0 for an unknown one with the reason in the queue. */
int SSL_CTX_set_trust(SSL_CTX *context, int trust);

/* As SSL_CTX_set_trust, for a connection. */
int SSL_set_trust(SSL *ssl, int trust);

/* The one name that the peer's certificate has to have; null or the empty one: any. 1, or 0. */
int SSL_set1_host(SSL *ssl, const char *name);

/* Another name that the peer's certificate may have. 1, or 0. */
int SSL_add1_host(SSL *ssl, const char *name);

/* How names are compared: X509_CHECK_FLAG_…. */
void SSL_set_hostflags(SSL *ssl, unsigned int flags);

/* The name in the peer's certificate that matched; null without one. It stays the connection's. */
const char *SSL_get0_peername(SSL *ssl);

/* Any version, either side. */
const SSL_METHOD *TLS_method(void);

/* Any version, client only. */
const SSL_METHOD *TLS_client_method(void);

/* Any version, server only. */
const SSL_METHOD *TLS_server_method(void);

#if !defined(OPENSSL_NO_TLS1_2_METHOD) && !defined(OPENSSL_NO_DEPRECATED_1_1_0)
/* TLS 1.2, either side. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *TLSv1_2_method(void);

/* TLS 1.2, client only. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *TLSv1_2_client_method(void);

/* TLS 1.2, server only. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *TLSv1_2_server_method(void);
#endif

#if !defined(OPENSSL_NO_TLS1_1_METHOD) && !defined(OPENSSL_NO_DEPRECATED_1_1_0)
/* TLS 1.1, either side. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *TLSv1_1_method(void);

/* TLS 1.1, client only. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *TLSv1_1_client_method(void);

/* TLS 1.1, server only. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *TLSv1_1_server_method(void);
#endif

#if !defined(OPENSSL_NO_TLS1_METHOD) && !defined(OPENSSL_NO_DEPRECATED_1_1_0)
/* TLS 1.0, either side. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *TLSv1_method(void);

/* TLS 1.0, client only. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *TLSv1_client_method(void);

/* TLS 1.0, server only. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *TLSv1_server_method(void);
#endif

/* Any version of DTLS, either side. */
const SSL_METHOD *DTLS_method(void);

/* Any version of DTLS, client only. */
const SSL_METHOD *DTLS_client_method(void);

/* Any version of DTLS, server only. */
const SSL_METHOD *DTLS_server_method(void);

#if !defined(OPENSSL_NO_DTLS1_2_METHOD) && !defined(OPENSSL_NO_DEPRECATED_1_1_0)
/* DTLS 1.2, either side. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *DTLSv1_2_method(void);

/* DTLS 1.2, client only. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *DTLSv1_2_client_method(void);

/* DTLS 1.2, server only. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *DTLSv1_2_server_method(void);
#endif

#if !defined(OPENSSL_NO_DTLS1_METHOD) && !defined(OPENSSL_NO_DEPRECATED_1_1_0)
/* DTLS 1.0, either side. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *DTLSv1_method(void);

/* DTLS 1.0, client only. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *DTLSv1_client_method(void);

/* DTLS 1.0, server only. */
OSSL_DEPRECATEDIN_1_1_0
const SSL_METHOD *DTLSv1_server_method(void);
#endif

/* Modes, options of certificates, what was negotiated. */
#define SSL_CTX_set_mode(ctx, mode) SSL_CTX_ctrl((ctx), SSL_CTRL_MODE, (mode), NULL)
#define SSL_CTX_clear_mode(ctx, mode) SSL_CTX_ctrl((ctx), SSL_CTRL_CLEAR_MODE, (mode), NULL)
#define SSL_CTX_get_mode(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_MODE, 0, NULL)
#define SSL_set_mode(ssl, mode) SSL_ctrl((ssl), SSL_CTRL_MODE, (mode), NULL)
#define SSL_clear_mode(ssl, mode) SSL_ctrl((ssl), SSL_CTRL_CLEAR_MODE, (mode), NULL)
#define SSL_get_mode(ssl) SSL_ctrl((ssl), SSL_CTRL_MODE, 0, NULL)
#define SSL_CTX_set_cert_flags(ctx, flags) SSL_CTX_ctrl((ctx), SSL_CTRL_CERT_FLAGS, (flags), NULL)
#define SSL_CTX_clear_cert_flags(ctx, flags) SSL_CTX_ctrl((ctx), SSL_CTRL_CLEAR_CERT_FLAGS, (flags), NULL)
#define SSL_set_cert_flags(ssl, flags) SSL_ctrl((ssl), SSL_CTRL_CERT_FLAGS, (flags), NULL)
#define SSL_clear_cert_flags(ssl, flags) SSL_ctrl((ssl), SSL_CTRL_CLEAR_CERT_FLAGS, (flags), NULL)
#define SSL_get_secure_renegotiation_support(ssl) SSL_ctrl((ssl), SSL_CTRL_GET_RI_SUPPORT, 0, NULL)
#define SSL_get_extms_support(ssl) SSL_ctrl((ssl), SSL_CTRL_GET_EXTMS_SUPPORT, 0, NULL)
#define SSL_CTX_set_msg_callback_arg(ctx, argument) \
    SSL_CTX_ctrl((ctx), SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, (argument))
#define SSL_set_msg_callback_arg(ssl, argument) SSL_ctrl((ssl), SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, (argument))

/* Versions: the lowest and the highest; 0 is any. */
#define SSL_CTX_set_min_proto_version(ctx, version) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_MIN_PROTO_VERSION, (version), NULL)
#define SSL_CTX_set_max_proto_version(ctx, version) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_MAX_PROTO_VERSION, (version), NULL)
#define SSL_CTX_get_min_proto_version(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_MIN_PROTO_VERSION, 0, NULL)
#define SSL_CTX_get_max_proto_version(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_MAX_PROTO_VERSION, 0, NULL)
#define SSL_set_min_proto_version(ssl, version) SSL_ctrl((ssl), SSL_CTRL_SET_MIN_PROTO_VERSION, (version), NULL)
#define SSL_set_max_proto_version(ssl, version) SSL_ctrl((ssl), SSL_CTRL_SET_MAX_PROTO_VERSION, (version), NULL)
#define SSL_get_min_proto_version(ssl) SSL_ctrl((ssl), SSL_CTRL_GET_MIN_PROTO_VERSION, 0, NULL)
#define SSL_get_max_proto_version(ssl) SSL_ctrl((ssl), SSL_CTRL_GET_MAX_PROTO_VERSION, 0, NULL)

/* Sizes. */
#define SSL_CTX_get_max_cert_list(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_MAX_CERT_LIST, 0, NULL)
#define SSL_CTX_set_max_cert_list(ctx, size) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_MAX_CERT_LIST, (size), NULL)
#define SSL_get_max_cert_list(ssl) SSL_ctrl((ssl), SSL_CTRL_GET_MAX_CERT_LIST, 0, NULL)
#define SSL_set_max_cert_list(ssl, size) SSL_ctrl((ssl), SSL_CTRL_SET_MAX_CERT_LIST, (size), NULL)
#define SSL_CTX_set_max_send_fragment(ctx, size) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_MAX_SEND_FRAGMENT, (size), NULL)
#define SSL_set_max_send_fragment(ssl, size) SSL_ctrl((ssl), SSL_CTRL_SET_MAX_SEND_FRAGMENT, (size), NULL)
#define SSL_CTX_set_split_send_fragment(ctx, size) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_SPLIT_SEND_FRAGMENT, (size), NULL)
#define SSL_set_split_send_fragment(ssl, size) SSL_ctrl((ssl), SSL_CTRL_SET_SPLIT_SEND_FRAGMENT, (size), NULL)
#define SSL_CTX_set_max_pipelines(ctx, count) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_MAX_PIPELINES, (count), NULL)
#define SSL_set_max_pipelines(ssl, count) SSL_ctrl((ssl), SSL_CTRL_SET_MAX_PIPELINES, (count), NULL)
#define SSL_CTX_get_read_ahead(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_READ_AHEAD, 0, NULL)
#define SSL_CTX_set_read_ahead(ctx, on) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_READ_AHEAD, (on), NULL)
#define SSL_CTX_get_default_read_ahead(ctx) SSL_CTX_get_read_ahead(ctx)
#define SSL_CTX_set_default_read_ahead(ctx, on) SSL_CTX_set_read_ahead(ctx, on)

/* The session cache, and what happened in it. */
#define SSL_CTX_sess_set_cache_size(ctx, size) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_SESS_CACHE_SIZE, (size), NULL)
#define SSL_CTX_sess_get_cache_size(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_SESS_CACHE_SIZE, 0, NULL)
#define SSL_CTX_set_session_cache_mode(ctx, mode) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_SESS_CACHE_MODE, (mode), NULL)
#define SSL_CTX_get_session_cache_mode(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_SESS_CACHE_MODE, 0, NULL)
#define SSL_CTX_sess_number(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_NUMBER, 0, NULL)
#define SSL_CTX_sess_connect(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_CONNECT, 0, NULL)
#define SSL_CTX_sess_connect_good(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_CONNECT_GOOD, 0, NULL)
#define SSL_CTX_sess_connect_renegotiate(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_CONNECT_RENEGOTIATE, 0, NULL)
#define SSL_CTX_sess_accept(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_ACCEPT, 0, NULL)
#define SSL_CTX_sess_accept_good(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_ACCEPT_GOOD, 0, NULL)
#define SSL_CTX_sess_accept_renegotiate(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_ACCEPT_RENEGOTIATE, 0, NULL)
#define SSL_CTX_sess_hits(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_HIT, 0, NULL)
#define SSL_CTX_sess_cb_hits(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_CB_HIT, 0, NULL)
#define SSL_CTX_sess_misses(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_MISSES, 0, NULL)
#define SSL_CTX_sess_timeouts(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_TIMEOUTS, 0, NULL)
#define SSL_CTX_sess_cache_full(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_SESS_CACHE_FULL, 0, NULL)

/* Sessions: older names, and their DER form in a BIO. */
#define SSL_get_time(session) SSL_SESSION_get_time(session)
#define SSL_set_time(session, seconds) SSL_SESSION_set_time((session), (seconds))
#define SSL_get_timeout(session) SSL_SESSION_get_timeout(session)
#define SSL_set_timeout(session, seconds) SSL_SESSION_set_timeout((session), (seconds))
#define d2i_SSL_SESSION_bio(bio, session) \
    ASN1_d2i_bio_of(SSL_SESSION, SSL_SESSION_new, d2i_SSL_SESSION, bio, session)
#define i2d_SSL_SESSION_bio(bio, session) ASN1_i2d_bio_of(SSL_SESSION, i2d_SSL_SESSION, bio, session)

/* What a connection waits for, and where its handshake begins. */
#define SSL_want_nothing(ssl) (SSL_want(ssl) == SSL_NOTHING)
#define SSL_want_read(ssl) (SSL_want(ssl) == SSL_READING)
#define SSL_want_write(ssl) (SSL_want(ssl) == SSL_WRITING)
#define SSL_want_x509_lookup(ssl) (SSL_want(ssl) == SSL_X509_LOOKUP)
#define SSL_want_retry_verify(ssl) (SSL_want(ssl) == SSL_RETRY_VERIFY)
#define SSL_want_async(ssl) (SSL_want(ssl) == SSL_ASYNC_PAUSED)
#define SSL_want_async_job(ssl) (SSL_want(ssl) == SSL_ASYNC_NO_JOBS)
#define SSL_want_client_hello_cb(ssl) (SSL_want(ssl) == SSL_CLIENT_HELLO_CB)
#define SSL_in_connect_init(ssl) (SSL_in_init(ssl) && !SSL_is_server(ssl))
#define SSL_in_accept_init(ssl) (SSL_in_init(ssl) && SSL_is_server(ssl))
#define SSL_set_retry_verify(ssl) (SSL_ctrl((ssl), SSL_CTRL_SET_RETRY_VERIFY, 0, NULL) > 0)
#define SSL_num_renegotiations(ssl) SSL_ctrl((ssl), SSL_CTRL_GET_NUM_RENEGOTIATIONS, 0, NULL)
#define SSL_clear_num_renegotiations(ssl) SSL_ctrl((ssl), SSL_CTRL_CLEAR_NUM_RENEGOTIATIONS, 0, NULL)
#define SSL_total_renegotiations(ssl) SSL_ctrl((ssl), SSL_CTRL_GET_TOTAL_RENEGOTIATIONS, 0, NULL)

/* The cipher suite in use. */
#define SSL_get_cipher(ssl) SSL_CIPHER_get_name(SSL_get_current_cipher(ssl))
#define SSL_get_cipher_name(ssl) SSL_CIPHER_get_name(SSL_get_current_cipher(ssl))
#define SSL_get_cipher_bits(ssl, bits) SSL_CIPHER_get_bits(SSL_get_current_cipher(ssl), bits)
#define SSL_get_cipher_version(ssl) SSL_CIPHER_get_version(SSL_get_current_cipher(ssl))

/* DTLS. */
#define SSL_set_mtu(ssl, mtu) SSL_ctrl((ssl), SSL_CTRL_SET_MTU, (mtu), NULL)
#define DTLS_set_link_mtu(ssl, mtu) SSL_ctrl((ssl), DTLS_CTRL_SET_LINK_MTU, (mtu), NULL)
#define DTLS_get_link_min_mtu(ssl) SSL_ctrl((ssl), DTLS_CTRL_GET_LINK_MIN_MTU, 0, NULL)
#define DTLSv1_get_timeout(ssl, time) SSL_ctrl((ssl), DTLS_CTRL_GET_TIMEOUT, 0, (void *)(time))
#define DTLSv1_handle_timeout(ssl) SSL_ctrl((ssl), DTLS_CTRL_HANDLE_TIMEOUT, 0, NULL)

/* Certificate chains. What set0 and add0 get becomes the library's, what set1 and add1 get stays the program's. */
#define SSL_CTX_add_extra_chain_cert(ctx, certificate) \
    SSL_CTX_ctrl((ctx), SSL_CTRL_EXTRA_CHAIN_CERT, 0, (void *)(certificate))
#define SSL_CTX_get_extra_chain_certs(ctx, chain) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_EXTRA_CHAIN_CERTS, 0, (chain))
#define SSL_CTX_get_extra_chain_certs_only(ctx, chain) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_EXTRA_CHAIN_CERTS, 1, (chain))
#define SSL_CTX_clear_extra_chain_certs(ctx) SSL_CTX_ctrl((ctx), SSL_CTRL_CLEAR_EXTRA_CHAIN_CERTS, 0, NULL)
#define SSL_CTX_set0_chain(ctx, chain) SSL_CTX_ctrl((ctx), SSL_CTRL_CHAIN, 0, (void *)(chain))
#define SSL_CTX_set1_chain(ctx, chain) SSL_CTX_ctrl((ctx), SSL_CTRL_CHAIN, 1, (void *)(chain))
#define SSL_CTX_add0_chain_cert(ctx, certificate) SSL_CTX_ctrl((ctx), SSL_CTRL_CHAIN_CERT, 0, (void *)(certificate))
#define SSL_CTX_add1_chain_cert(ctx, certificate) SSL_CTX_ctrl((ctx), SSL_CTRL_CHAIN_CERT, 1, (void *)(certificate))
#define SSL_CTX_get0_chain_certs(ctx, chain) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_CHAIN_CERTS, 0, (chain))
#define SSL_CTX_clear_chain_certs(ctx) SSL_CTX_set0_chain((ctx), NULL)
#define SSL_CTX_build_cert_chain(ctx, flags) SSL_CTX_ctrl((ctx), SSL_CTRL_BUILD_CERT_CHAIN, (flags), NULL)
#define SSL_CTX_select_current_cert(ctx, certificate) \
    SSL_CTX_ctrl((ctx), SSL_CTRL_SELECT_CURRENT_CERT, 0, (void *)(certificate))
#define SSL_CTX_set_current_cert(ctx, which) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_CURRENT_CERT, (which), NULL)
#define SSL_set0_chain(ssl, chain) SSL_ctrl((ssl), SSL_CTRL_CHAIN, 0, (void *)(chain))
#define SSL_set1_chain(ssl, chain) SSL_ctrl((ssl), SSL_CTRL_CHAIN, 1, (void *)(chain))
#define SSL_add0_chain_cert(ssl, certificate) SSL_ctrl((ssl), SSL_CTRL_CHAIN_CERT, 0, (void *)(certificate))
#define SSL_add1_chain_cert(ssl, certificate) SSL_ctrl((ssl), SSL_CTRL_CHAIN_CERT, 1, (void *)(certificate))
#define SSL_get0_chain_certs(ssl, chain) SSL_ctrl((ssl), SSL_CTRL_GET_CHAIN_CERTS, 0, (chain))
#define SSL_clear_chain_certs(ssl) SSL_set0_chain((ssl), NULL)
#define SSL_build_cert_chain(ssl, flags) SSL_ctrl((ssl), SSL_CTRL_BUILD_CERT_CHAIN, (flags), NULL)
#define SSL_select_current_cert(ssl, certificate) \
    SSL_ctrl((ssl), SSL_CTRL_SELECT_CURRENT_CERT, 0, (void *)(certificate))
#define SSL_set_current_cert(ssl, which) SSL_ctrl((ssl), SSL_CTRL_SET_CURRENT_CERT, (which), NULL)

/* Stores: one to verify the peer's certificates, one to build our own chain. */
#define SSL_CTX_set0_verify_cert_store(ctx, store) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_VERIFY_CERT_STORE, 0, (void *)(store))
#define SSL_CTX_set1_verify_cert_store(ctx, store) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_VERIFY_CERT_STORE, 1, (void *)(store))
#define SSL_CTX_get0_verify_cert_store(ctx, store) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_VERIFY_CERT_STORE, 0, (void *)(store))
#define SSL_CTX_set0_chain_cert_store(ctx, store) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_CHAIN_CERT_STORE, 0, (void *)(store))
#define SSL_CTX_set1_chain_cert_store(ctx, store) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_CHAIN_CERT_STORE, 1, (void *)(store))
#define SSL_CTX_get0_chain_cert_store(ctx, store) SSL_CTX_ctrl((ctx), SSL_CTRL_GET_CHAIN_CERT_STORE, 0, (void *)(store))
#define SSL_set0_verify_cert_store(ssl, store) SSL_ctrl((ssl), SSL_CTRL_SET_VERIFY_CERT_STORE, 0, (void *)(store))
#define SSL_set1_verify_cert_store(ssl, store) SSL_ctrl((ssl), SSL_CTRL_SET_VERIFY_CERT_STORE, 1, (void *)(store))
#define SSL_get0_verify_cert_store(ssl, store) SSL_ctrl((ssl), SSL_CTRL_GET_VERIFY_CERT_STORE, 0, (void *)(store))
#define SSL_set0_chain_cert_store(ssl, store) SSL_ctrl((ssl), SSL_CTRL_SET_CHAIN_CERT_STORE, 0, (void *)(store))
#define SSL_set1_chain_cert_store(ssl, store) SSL_ctrl((ssl), SSL_CTRL_SET_CHAIN_CERT_STORE, 1, (void *)(store))
#define SSL_get0_chain_cert_store(ssl, store) SSL_ctrl((ssl), SSL_CTRL_GET_CHAIN_CERT_STORE, 0, (void *)(store))

/* Groups and signature algorithms; numbers are NIDs, lists are strings. */
#define SSL_get1_groups(ssl, groups) SSL_ctrl((ssl), SSL_CTRL_GET_GROUPS, 0, (int *)(groups))
#define SSL_get_shared_group(ssl, index) SSL_ctrl((ssl), SSL_CTRL_GET_SHARED_GROUP, (index), NULL)
#define SSL_get_negotiated_group(ssl) SSL_ctrl((ssl), SSL_CTRL_GET_NEGOTIATED_GROUP, 0, NULL)
#ifdef SSL_CTRL_GET0_IMPLEMENTED_GROUPS
#define SSL_CTX_get0_implemented_groups(ctx, all, out) SSL_CTX_ctrl((ctx), SSL_CTRL_GET0_IMPLEMENTED_GROUPS, (all), (out))
#endif
#define SSL_CTX_set1_groups(ctx, groups, count) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_GROUPS, (count), (int *)(groups))
#define SSL_CTX_set1_groups_list(ctx, list) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_GROUPS_LIST, 0, (void *)(list))
#define SSL_set1_groups(ssl, groups, count) SSL_ctrl((ssl), SSL_CTRL_SET_GROUPS, (count), (void *)(groups))
#define SSL_set1_groups_list(ssl, list) SSL_ctrl((ssl), SSL_CTRL_SET_GROUPS_LIST, 0, (void *)(list))
#define SSL_CTX_set1_sigalgs(ctx, pairs, count) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_SIGALGS, (count), (int *)(pairs))
#define SSL_CTX_set1_sigalgs_list(ctx, list) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_SIGALGS_LIST, 0, (void *)(list))
#define SSL_set1_sigalgs(ssl, pairs, count) SSL_ctrl((ssl), SSL_CTRL_SET_SIGALGS, (count), (int *)(pairs))
#define SSL_set1_sigalgs_list(ssl, list) SSL_ctrl((ssl), SSL_CTRL_SET_SIGALGS_LIST, 0, (void *)(list))
#define SSL_CTX_set1_client_sigalgs(ctx, pairs, count) \
    SSL_CTX_ctrl((ctx), SSL_CTRL_SET_CLIENT_SIGALGS, (count), (int *)(pairs))
#define SSL_CTX_set1_client_sigalgs_list(ctx, list) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_CLIENT_SIGALGS_LIST, 0, (void *)(list))
#define SSL_set1_client_sigalgs(ssl, pairs, count) SSL_ctrl((ssl), SSL_CTRL_SET_CLIENT_SIGALGS, (count), (int *)(pairs))
#define SSL_set1_client_sigalgs_list(ssl, list) SSL_ctrl((ssl), SSL_CTRL_SET_CLIENT_SIGALGS_LIST, 0, (void *)(list))
#define SSL_get0_certificate_types(ssl, types) SSL_ctrl((ssl), SSL_CTRL_GET_CLIENT_CERT_TYPES, 0, (void *)(types))
#define SSL_CTX_set1_client_certificate_types(ctx, types, count) \
    SSL_CTX_ctrl((ctx), SSL_CTRL_SET_CLIENT_CERT_TYPES, (count), (void *)(types))
#define SSL_set1_client_certificate_types(ssl, types, count) \
    SSL_ctrl((ssl), SSL_CTRL_SET_CLIENT_CERT_TYPES, (count), (void *)(types))
#define SSL_get_signature_nid(ssl, nid) SSL_ctrl((ssl), SSL_CTRL_GET_SIGNATURE_NID, 0, (nid))
#define SSL_get_peer_signature_nid(ssl, nid) SSL_ctrl((ssl), SSL_CTRL_GET_PEER_SIGNATURE_NID, 0, (nid))
#define SSL_get_peer_tmp_key(ssl, key) SSL_ctrl((ssl), SSL_CTRL_GET_PEER_TMP_KEY, 0, (key))
#define SSL_get_tmp_key(ssl, key) SSL_ctrl((ssl), SSL_CTRL_GET_TMP_KEY, 0, (key))
#define SSL_get_server_tmp_key(ssl, key) SSL_get_peer_tmp_key(ssl, key)
#define SSL_get0_raw_cipherlist(ssl, list) SSL_ctrl((ssl), SSL_CTRL_GET_RAW_CIPHERLIST, 0, (list))
#define SSL_get0_ec_point_formats(ssl, list) SSL_ctrl((ssl), SSL_CTRL_GET_EC_POINT_FORMATS, 0, (list))

/* Parameters of key exchange. */
#define SSL_CTX_set_dh_auto(ctx, on) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_DH_AUTO, (on), NULL)
#define SSL_set_dh_auto(ssl, on) SSL_ctrl((ssl), SSL_CTRL_SET_DH_AUTO, (on), NULL)
#ifndef OPENSSL_NO_DEPRECATED_3_0
#define SSL_CTX_set_tmp_dh(ctx, dh) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_TMP_DH, 0, (void *)(dh))
#define SSL_CTX_set_tmp_ecdh(ctx, key) SSL_CTX_ctrl((ctx), SSL_CTRL_SET_TMP_ECDH, 0, (void *)(key))
#define SSL_set_tmp_dh(ssl, dh) SSL_ctrl((ssl), SSL_CTRL_SET_TMP_DH, 0, (void *)(dh))
#define SSL_set_tmp_ecdh(ssl, key) SSL_ctrl((ssl), SSL_CTRL_SET_TMP_ECDH, 0, (void *)(key))
#endif

/* The program's own data. */
#define SSL_get_ex_new_index(argl, argp, new_func, dup_func, free_func) \
    CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, argl, argp, new_func, dup_func, free_func)
#define SSL_CTX_get_ex_new_index(argl, argp, new_func, dup_func, free_func) \
    CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL_CTX, argl, argp, new_func, dup_func, free_func)
#define SSL_SESSION_get_ex_new_index(argl, argp, new_func, dup_func, free_func) \
    CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL_SESSION, argl, argp, new_func, dup_func, free_func)
#define SSL_set_app_data(ssl, data) (SSL_set_ex_data((ssl), 0, (void *)(data)))
#define SSL_get_app_data(ssl) (SSL_get_ex_data((ssl), 0))
#define SSL_CTX_set_app_data(ctx, data) (SSL_CTX_set_ex_data((ctx), 0, (void *)(data)))
#define SSL_CTX_get_app_data(ctx) (SSL_CTX_get_ex_data((ctx), 0))
#define SSL_SESSION_set_app_data(session, data) (SSL_SESSION_set_ex_data((session), 0, (void *)(data)))
#define SSL_SESSION_get_app_data(session) (SSL_SESSION_get_ex_data((session), 0))

#ifndef OPENSSL_NO_CT
/* Certificate timestamps are not looked at. */
#define SSL_disable_ct(ssl) ((void)SSL_set_ct_validation_callback((ssl), NULL, NULL))
#define SSL_CTX_disable_ct(ctx) ((void)SSL_CTX_set_ct_validation_callback((ctx), NULL, NULL))
#endif

#ifndef OPENSSL_NO_DEPRECATED_1_1_0
/* What programs for OpenSSL 1.0 call and what needs no call any more. */
#define SSL_library_init() OPENSSL_init_ssl(0, NULL)
#define OpenSSL_add_ssl_algorithms() SSL_library_init()
#define SSLeay_add_ssl_algorithms() SSL_library_init()
#define SSL_load_error_strings() OPENSSL_init_ssl(OPENSSL_INIT_SSL_DEFAULT, NULL)
#define SSL_cache_hit(ssl) SSL_session_reused(ssl)
#define SSL_COMP_free_compression_methods() ((void)0)
#define SSL_CTX_set_ecdh_auto(ctx, on) ((on) != 0)
#define SSL_set_ecdh_auto(ssl, on) ((on) != 0)
#define SSL_CTX_need_tmp_RSA(ctx) 0
#define SSL_need_tmp_RSA(ssl) 0
#define SSL_CTX_set_tmp_rsa(ctx, rsa) 1
#define SSL_set_tmp_rsa(ssl, rsa) 1
#define SSL_CTX_set_tmp_rsa_callback(ctx, callback) ((void)0)
#define SSL_set_tmp_rsa_callback(ssl, callback) ((void)0)
#endif

#ifdef __cplusplus
}
#endif

#include <openssl/srtp.h>

#endif
