/* <openssl/prov_ssl.h> of FerroSSL. Written by `make headers`: change headers/prov_ssl.h.in or the Rust source. */
#ifndef OPENSSL_PROV_SSL_H
#define OPENSSL_PROV_SSL_H

#ifdef __GNUC__
#pragma GCC system_header
#endif

/* Protocol versions, and the longest master secret, as providers see them. */

#define SSL_MAX_MASTER_KEY_LENGTH 48
#define DTLS1_BAD_VER 0x0100
#define SSL3_VERSION 0x0300
#define TLS1_VERSION 0x0301
#define TLS1_1_VERSION 0x0302
#define TLS1_2_VERSION 0x0303
#define TLS1_3_VERSION 0x0304
#define DTLS1_2_VERSION 0xFEFD
#define DTLS1_VERSION 0xFEFF

#endif
