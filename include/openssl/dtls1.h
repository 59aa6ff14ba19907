/* <openssl/dtls1.h> of FerroSSL. Written by `make headers`: change headers/dtls1.h.in or the Rust source. */
#ifndef OPENSSL_DTLS1_H
#define OPENSSL_DTLS1_H

#ifdef __GNUC__
#pragma GCC system_header
#endif

/* DTLS: RFC 4347, RFC 6347. */

#include <openssl/macros.h>
#ifndef OPENSSL_NO_DEPRECATED_3_0
#define HEADER_DTLS1_H
#endif
#include <openssl/prov_ssl.h>

#define DTLS1_CCS_HEADER_LENGTH 1
#define DTLS1_AL_HEADER_LENGTH 2
#define DTLS1_TMO_ALERT_COUNT 12
#define DTLS1_RT_HEADER_LENGTH 13
#define DTLS1_VERSION_MAJOR 0xFE
#define DTLS1_COOKIE_LENGTH 255
#define DTLS_ANY_VERSION 0x1FFFF
#if !defined(OPENSSL_NO_DEPRECATED_3_0)
#define DTLS_MAX_VERSION DTLS1_2_VERSION
#define DTLS_MIN_VERSION DTLS1_VERSION
#endif

#define DTLS1_HM_FRAGMENT_RETRY -3
#define DTLS1_HM_BAD_FRAGMENT -2
#define DTLS1_HM_HEADER_LENGTH 12

#endif
