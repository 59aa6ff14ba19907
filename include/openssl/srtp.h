/* <openssl/srtp.h> of FerroSSL. Written by `make headers`: change headers/srtp.h.in or the Rust source. */
#ifndef OPENSSL_SRTP_H
#define OPENSSL_SRTP_H

#ifdef __GNUC__
#pragma GCC system_header
#endif

/* DTLS-SRTP: RFC 5764. */

#include <openssl/e_os2.h>
#include <openssl/macros.h>
#ifndef OPENSSL_NO_DEPRECATED_3_0
#define HEADER_D1_SRTP_H
#endif
#include <openssl/ssl.h>

#define SRTP_NULL_SHA1_80 0x0005
#define SRTP_NULL_SHA1_32 0x0006
#define SRTP_AEAD_AES_128_GCM 0x0007
#define SRTP_AEAD_AES_256_GCM 0x0008

#define SRTP_AES128_CM_SHA1_80 0x0001
#define SRTP_AES128_CM_SHA1_32 0x0002
#define SRTP_AES128_F8_SHA1_80 0x0003
#define SRTP_AES128_F8_SHA1_32 0x0004

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(OPENSSL_NO_SRTP)
/* Sets which protection profiles the connections of a context offer (client) or take (server), by their names between
 * colons, the best first. TLS makes no use of them. A connection without profiles of its own follows its context.
 *
 * Returns 0 for success and 1 for an error: a name that there is not, or one that comes twice.
 * SSL_CTX_set_tlsext_use_srtp(3) */
int SSL_CTX_set_tlsext_use_srtp(SSL_CTX *ctx, const char *profiles);

/* As SSL_CTX_set_tlsext_use_srtp, for one connection. */
int SSL_set_tlsext_use_srtp(SSL *ssl, const char *profiles);

/* The profiles that are set, for the connection or else for its context, which keeps them until others are set; null for none.
 * SSL_CTX_set_tlsext_use_srtp(3) */
STACK_OF(SRTP_PROTECTION_PROFILE) *SSL_get_srtp_profiles(SSL *ssl);

/* The profile that was agreed on, which nobody frees; null for none. The keys are those of SSL_export_keying_material
 * with the label EXTRACTOR-dtls_srtp and no context. SSL_CTX_set_tlsext_use_srtp(3) */
SRTP_PROTECTION_PROFILE *SSL_get_selected_srtp_profile(SSL *ssl);
#endif

#ifdef __cplusplus
}
#endif

#endif
