/*
 * Calls that come at an awkward moment: from a callback of the same SSL while its handshake waits for
 * the callback's answer, from the program's own BIO, from the functions that free what an SSL gave up,
 * and from two threads at once.
 */
#include "support.h"

#include <openssl/x509.h>

/* ---- SSL_read(3) in a callback of the handshake is sent away; the handshake goes on ---- */

static int reads_left, reads;

static void read_too_early(SSL *ssl)
{
    char byte;

    if (reads_left == 0)
        return;
    reads_left--;
    reads++;
    CHECK_WANTS(ssl, SSL_read(ssl, &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_want(ssl), SSL_READING);
    CHECK(SSL_in_init(ssl));
}

static int on_hello(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    (void)argument;
    read_too_early(ssl);
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int on_name(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    (void)argument;
    read_too_early(ssl);
    return SSL_TLSEXT_ERR_OK;
}

static int on_cert(SSL *ssl, void *argument)
{
    (void)argument;
    read_too_early(ssl);
    return 1;
}

TEST_VERSIONS(read_in_a_callback_of_the_handshake)
{
    for (int callback = 0; callback < 3; callback++) {
        struct pair *pair = pair_contexts(version);

        if (callback == 0)
            SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], on_hello, NULL);
        else if (callback == 1)
            SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], on_name);
        else
            SSL_CTX_set_cert_cb(pair->ctx[SERVER], on_cert, NULL);
        reads_left = 3;
        reads = 0;
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK(reads > 0);
        pair_settle(pair);
        check_alive(pair);
        pair_free(pair);
    }
}

/* SSL_do_handshake(3) and SSL_read(3) when the info callback is told of the end. */
static int ends;

static void on_info(const SSL *constant, int where, int value)
{
    SSL *ssl = (SSL *)constant;
    char byte;

    (void)value;
    if (where != SSL_CB_HANDSHAKE_DONE || ends++ > 0)
        return;
    CHECK_OK(SSL_do_handshake(ssl));
    CHECK_WANTS(ssl, SSL_read(ssl, &byte, 1), SSL_ERROR_WANT_READ);
}

TEST_SIDES(calls_at_the_end_of_the_handshake)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_info_callback(pair->ctx[server], on_info);
    ends = 0;
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(ends > 0);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

/* ---- CRYPTO_get_ex_new_index(3): a free function uses the SSL that gave the object up ---- */

static SSL *user;
static int frees;

static void on_free(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long number,
                    void *argument)
{
    (void)parent;
    (void)data;
    (void)index;
    (void)number;
    (void)argument;
    if (pointer == NULL || user == NULL)
        return;
    frees++;
    SSL_set_options(user, SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK(SSL_get_certificate(user) != NULL);
    SSL_set_verify_depth(user, 7);
}

TEST(free_function_of_a_certificate_uses_the_connection)
{
    struct pair *pair = pair_contexts(0);
    int index = X509_get_ex_new_index(0, NULL, NULL, NULL, on_free);
    X509 *certificate = load_certificate("ec");
    EVP_PKEY *key = load_key("ec");
    SSL *ssl;

    CHECK(index >= 0);
    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK_OK(X509_set_ex_data(certificate, index, &frees));
    CHECK_OK(SSL_use_certificate(ssl, certificate));
    CHECK_OK(SSL_use_PrivateKey(ssl, key));
    X509_free(certificate);
    EVP_PKEY_free(key);
    user = ssl;
    certificate = load_certificate("ec");
    CHECK_OK(SSL_use_certificate(ssl, certificate));
    X509_free(certificate);
    CHECK_EQ(frees, 1);
    user = NULL;
    CHECK(SSL_get_options(ssl) & SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK_EQ(SSL_get_verify_depth(ssl), 7);
    pair_handshake(pair);
    pair_free(pair);
}

/* The same with the context's certificate. */
static SSL_CTX *user_context;

static void on_free_of_context(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index,
                               long number, void *argument)
{
    (void)parent;
    (void)data;
    (void)index;
    (void)number;
    (void)argument;
    if (pointer == NULL || user_context == NULL)
        return;
    frees++;
    SSL_CTX_set_options(user_context, SSL_OP_CIPHER_SERVER_PREFERENCE);
}

TEST(free_function_of_a_certificate_uses_the_context)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    int index = X509_get_ex_new_index(0, NULL, NULL, NULL, on_free_of_context);
    X509 *certificate = load_certificate("ec");

    CHECK_OK(X509_set_ex_data(certificate, index, &frees));
    CHECK_OK(SSL_CTX_use_certificate(context, certificate));
    X509_free(certificate);
    user_context = context;
    certificate = load_certificate("ec");
    CHECK_OK(SSL_CTX_use_certificate(context, certificate));
    X509_free(certificate);
    CHECK_EQ(frees, 1);
    user_context = NULL;
    CHECK(SSL_CTX_get_options(context) & SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_free(context);
}

/* ---- setters of one context in two threads ---- */

enum { ROUNDS = 200000 };

static void *set_timeout(void *argument)
{
    SSL_CTX *context = argument;

    for (long round = 1; round <= ROUNDS; round++) {
        SSL_CTX_set_timeout(context, round);
        if (SSL_CTX_get_timeout(context) != round)
            return "the time-out was lost";
    }
    return NULL;
}

TEST(setters_in_two_threads_lose_nothing)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    pthread_t thread = background(set_timeout, context);

    for (long round = 1; round <= ROUNDS; round++) {
        SSL_CTX_set_max_cert_list(context, round);
        CHECK_EQ(SSL_CTX_get_max_cert_list(context), round);
    }
    CHECK(background_join(thread) == NULL);
    SSL_CTX_free(context);
}

/* ---- what cannot be written down is not sent ---- */

TEST_VERSIONS(more_ca_names_than_a_message_holds)
{
    struct pair *pair = pair_contexts(version);
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    struct outcome outcome[2];

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    for (int number = 0; number < 700; number++) {
        X509_NAME *name = X509_NAME_new();
        char text[64];

        snprintf(text, sizeof(text), "an authority that has the number %06d", number);
        for (int entry = 0; entry < 3; entry++)
            CHECK(X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (unsigned char *)text, -1,
                                             -1, 0));
        CHECK(sk_X509_NAME_push(names, name) > 0);
    }
    SSL_CTX_set_client_CA_list(pair->ctx[SERVER], names);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_EQ(outcome[SERVER].error, SSL_ERROR_SSL);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
    pair_free(pair);
}
