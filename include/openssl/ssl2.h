/* <openssl/ssl2.h> of FerroSSL. Written by `make headers`: change headers/ssl2.h.in or the Rust source. */
#ifndef OPENSSL_SSL2_H
#define OPENSSL_SSL2_H

#ifdef __GNUC__
#pragma GCC system_header
#endif

/* What is left of SSL 2.0, which nobody speaks: the number of its version and of its first message. */

#include <openssl/macros.h>
#ifndef OPENSSL_NO_DEPRECATED_3_0
#define HEADER_SSL2_H
#endif

#define SSL2_MT_CLIENT_HELLO 1
#define SSL2_VERSION 0x0002

#endif
