/* Tickets and sessions that are cut, changed or made up: what comes of them is a full handshake or a failure with a
 * reason, and no memory is lost. */
#define _GNU_SOURCE
#include "support.h"

#include <malloc.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

/* The session with other bytes in place of its ticket: found in the ASN.1 form, where they have the same length. */
static SSL_SESSION *with_ticket(SSL_SESSION *session, const unsigned char *replacement)
{
    const unsigned char *ticket, *from;
    unsigned char *encoded = NULL, *found;
    size_t length;
    int total = i2d_SSL_SESSION(session, &encoded);
    SSL_SESSION *result;

    CHECK(total > 0);
    SSL_SESSION_get0_ticket(session, &ticket, &length);
    found = memmem(encoded, (size_t)total, ticket, length);
    CHECK(found != NULL);
    memcpy(found, replacement, length);
    from = encoded;
    result = d2i_SSL_SESSION(NULL, &from, total);
    CHECK(result != NULL);
    OPENSSL_free(encoded);
    return result;
}

static void resume_with(struct pair *pair, SSL_SESSION *session, int reused)
{
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), reused);
    for (int side = CLIENT; side <= SERVER; side++)
        SSL_set_shutdown(pair->ssl[side], SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    pair_disconnect(pair);
}

/* CVE-2014-3567: a ticket with any byte changed leads to a full handshake, and leaves nothing behind. */
TEST_VERSIONS(changed_tickets)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *changed;
    const unsigned char *ticket;
    unsigned char *copy;
    size_t length, before = 0;

    SSL_SESSION_get0_ticket(session, &ticket, &length);
    copy = malloc(length);
    CHECK(copy != NULL);
    for (size_t i = 0; i < 5 * length; i++) {
        memcpy(copy, ticket, length);
        copy[i % length] ^= (unsigned char)(1 << i / length);
        changed = with_ticket(session, copy);
        resume_with(pair, changed, 0);
        SSL_SESSION_free(changed);
        /* The allocator has by now what it needs. */
        if (i == 3 * length)
            before = mallinfo2().uordblks;
    }
    /* A session that was left behind each time would be hundreds of kilobytes; buffers may have grown once more. */
    CHECK(mallinfo2().uordblks < before + 100000);
    resume_with(pair, session, 1);
    free(copy);
    SSL_SESSION_free(session);
    pair_free(pair);
}

static unsigned char key_name[16] = "name of the key";
static const unsigned char key[64] = "the keys of tickets, one for the cipher and one for the MAC...";

static int ticket_key(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
                      int encrypting)
{
    OSSL_PARAM parameters[] = {OSSL_PARAM_octet_string(OSSL_MAC_PARAM_KEY, (void *)key, 32),
                               OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA512", 6), OSSL_PARAM_END};

    (void)ssl;
    if (encrypting) {
        memcpy(name, key_name, 16);
        CHECK_EQ(RAND_bytes(iv, 16), 1);
    }
    CHECK_EQ(EVP_MAC_CTX_set_params(mac, parameters), 1);
    CHECK_EQ(EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key + 32, iv, encrypting), 1);
    return 1;
}

/* A session of TLS 1.3 whose ticket is `length` bytes, in ASN.1: made from one by hand. */
static SSL_SESSION *with_short_ticket(SSL_SESSION *session, size_t length)
{
    const unsigned char *ticket, *from;
    unsigned char *encoded = NULL, *found, changed[4000], *out;
    size_t old, front, rest;
    int total = i2d_SSL_SESSION(session, &encoded);
    SSL_SESSION *result;

    SSL_SESSION_get0_ticket(session, &ticket, &old);
    CHECK(old > 127 && old < 256 && length < 126 && total > 256 && total < 3900);
    found = memmem(encoded, (size_t)total, ticket, old);
    CHECK(found != NULL);
    /* [10] with a length of two bytes, then OCTET STRING with one of two. */
    CHECK_EQ(found[-6], 0xaa);
    front = (size_t)(found - encoded) - 6;
    rest = (size_t)total - front - 6 - old;
    /* SEQUENCE with a length of three bytes. */
    CHECK_EQ(encoded[1], 0x82);
    out = changed;
    memcpy(out, encoded, front);
    out += front;
    *out++ = 0xaa;
    *out++ = (unsigned char)(length + 2);
    *out++ = 4;
    *out++ = (unsigned char)length;
    memcpy(out, ticket, length);
    out += length;
    memcpy(out, found + old, rest);
    out += rest;
    changed[2] = (unsigned char)((out - changed - 4) >> 8);
    changed[3] = (unsigned char)(out - changed - 4);
    from = changed;
    result = d2i_SSL_SESSION(NULL, &from, out - changed);
    CHECK(result != NULL);
    OPENSSL_free(encoded);
    return result;
}

/* CVE-2016-6302: tickets shorter than the MAC of the program's callback. */
TEST_VERSIONS(short_tickets)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    CHECK_OK(SSL_CTX_set_tlsext_ticket_key_evp_cb(pair->ctx[SERVER], ticket_key));
    session = connect_with(pair, NULL, 0);
    for (size_t length = 1; length < 126; length++) {
        SSL_SESSION *cut = with_short_ticket(session, length);

        resume_with(pair, cut, 0);
        SSL_SESSION_free(cut);
    }
    resume_with(pair, session, 1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* The ASN.1 form cut anywhere is refused; with a byte changed it is refused or read, and what is read can be written. */
TEST_VERSIONS(hostile_asn1)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *read;
    unsigned char *encoded = NULL, *again;
    const unsigned char *from;
    int total = i2d_SSL_SESSION(session, &encoded), refused = 0;

    for (int length = 0; length < total; length++) {
        unsigned char *exact = malloc((size_t)length + 1);

        CHECK(exact != NULL);
        memcpy(exact, encoded, (size_t)length);
        from = exact;
        CHECK(d2i_SSL_SESSION(NULL, &from, length) == NULL);
        CHECK(ERR_peek_error() != 0);
        ERR_clear_error();
        free(exact);
    }
    for (int i = 0; i < total; i++) {
        for (int bit = 0; bit < 8; bit += 3) {
            encoded[i] ^= (unsigned char)(1 << bit);
            from = encoded;
            read = d2i_SSL_SESSION(NULL, &from, total);
            if (read != NULL) {
                again = NULL;
                if (i2d_SSL_SESSION(read, &again) > 0)
                    OPENSSL_free(again);
                SSL_SESSION_free(read);
            } else {
                refused++;
            }
            ERR_clear_error();
            encoded[i] ^= (unsigned char)(1 << bit);
        }
    }
    CHECK(refused > 50);
    from = encoded;
    read = d2i_SSL_SESSION(NULL, &from, total);
    CHECK(read != NULL);
    CHECK(from == encoded + total);
    SSL_SESSION_free(read);
    OPENSSL_free(encoded);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A ticket of one server is nothing to another. */
TEST_VERSIONS(ticket_of_another_server)
{
    struct pair *pair = pair_for_sessions(version, 1), *other = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    unsigned char keys[80];

    resume_with(other, session, 0);
    CHECK_EQ(SSL_CTX_get_tlsext_ticket_keys(pair->ctx[SERVER], keys, 80), 1);
    CHECK_EQ(SSL_CTX_set_tlsext_ticket_keys(other->ctx[SERVER], keys, 80), 1);
    resume_with(other, session, 1);
    SSL_SESSION_free(session);
    pair_free(pair);
    pair_free(other);
}
