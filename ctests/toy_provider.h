/*
 * A provider with groups of its own: "toydh" agrees on a secret, "toykem" encapsulates one. Both are exclusive or and hide
 * nothing. What the TLS library sees of them is all that a provider of real ones would show (provider-base(7), CAPABILITIES).
 */
#ifndef CTESTS_TOY_PROVIDER_H
#define CTESTS_TOY_PROVIDER_H

#include <openssl/types.h>

enum { TOY_DH = 0xfe01, TOY_KEM = 0xfe02, TOY_DH_TLS13 = 0xfe03, TOY_WEAK = 0xfe04, TOY_ORPHAN = 0xfe05, TOY_LENGTH = 32 };

/* Loads it into a library context, null for the default one. */
OSSL_PROVIDER *toy_provider(OSSL_LIB_CTX *library);

/* How often it was asked what groups it has, and how often its keys worked. */
extern int toy_capabilities, toy_derivations, toy_encapsulations, toy_decapsulations;

#endif
