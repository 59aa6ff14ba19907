/* <openssl/srtp.h> of FerroSSL. Written by `make headers`: change headers/srtp.h.in or the Rust source. */
#ifndef OPENSSL_SRTP_H
#define OPENSSL_SRTP_H

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
/* The SRTP profile that was agreed on: null, none. */
SRTP_PROTECTION_PROFILE *SSL_get_selected_srtp_profile(SSL *ssl);

/* The SRTP profiles that are set: null, none. */
STACK_OF(SRTP_PROTECTION_PROFILE) *SSL_get_srtp_profiles(SSL *ssl);

/* The protection profiles to offer or to choose from, by name: not supported yet. */
int SSL_CTX_set_tlsext_use_srtp(SSL_CTX *ctx, const char *profiles);

/* As SSL_CTX_set_tlsext_use_srtp, for a connection: not supported yet. */
int SSL_set_tlsext_use_srtp(SSL *ssl, const char *profiles);
#endif

#ifdef __cplusplus
}
#endif

#endif
