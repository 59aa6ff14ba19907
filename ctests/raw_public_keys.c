/*
 * Raw public keys in place of certificates (RFC 7250), of OpenSSL 3.2: SSL_set1_server_cert_type(3), SSL_get0_peer_rpk(3),
 * SSL_add_expected_rpk(3).
 */
#include "later.h"

#include "support.h"

enum { X509_TYPE = 0, RPK_TYPE = 2, NO_TYPE = -1 };
enum { RPK_UNTRUSTED = 95 }; /* X509_V_ERR_RPK_UNTRUSTED */

LATER("3.2", int, SSL_set1_client_cert_type, SSL *, const unsigned char *, size_t)
LATER("3.2", int, SSL_set1_server_cert_type, SSL *, const unsigned char *, size_t)
LATER("3.2", int, SSL_CTX_set1_client_cert_type, SSL_CTX *, const unsigned char *, size_t)
LATER("3.2", int, SSL_CTX_set1_server_cert_type, SSL_CTX *, const unsigned char *, size_t)
LATER("3.2", int, SSL_get0_client_cert_type, const SSL *, unsigned char **, size_t *)
LATER("3.2", int, SSL_get0_server_cert_type, const SSL *, unsigned char **, size_t *)
LATER("3.2", int, SSL_CTX_get0_client_cert_type, const SSL_CTX *, unsigned char **, size_t *)
LATER("3.2", int, SSL_CTX_get0_server_cert_type, const SSL_CTX *, unsigned char **, size_t *)
LATER("3.2", int, SSL_get_negotiated_client_cert_type, const SSL *)
LATER("3.2", int, SSL_get_negotiated_server_cert_type, const SSL *)
LATER("3.2", EVP_PKEY *, SSL_get0_peer_rpk, const SSL *)
LATER("3.2", EVP_PKEY *, SSL_SESSION_get0_peer_rpk, const SSL_SESSION *)
LATER("3.2", int, SSL_add_expected_rpk, SSL *, EVP_PKEY *)

static const unsigned char raw_first[] = {RPK_TYPE, X509_TYPE}, raw_only[] = {RPK_TYPE}, x509_only[] = {X509_TYPE};
static const unsigned char x509_first[] = {X509_TYPE, RPK_TYPE};

/* Contexts whose server has a key and no certificate, both of which know raw public keys. */
static struct pair *pair_with_raw_server(int version)
{
    struct pair *pair = pair_contexts(version);
    EVP_PKEY *key = load_key("ec");

    SSL_CTX_free(pair->ctx[SERVER]);
    pair->ctx[SERVER] = SSL_CTX_new(TLS_server_method());
    CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[SERVER], version));
    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[SERVER], version));
    CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], key));
    EVP_PKEY_free(key);
    CHECK_OK(later_SSL_CTX_set1_server_cert_type(pair->ctx[SERVER], raw_first, 2));
    CHECK_OK(later_SSL_CTX_set1_server_cert_type(pair->ctx[CLIENT], raw_first, 2));
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    return pair;
}


LATER("3.2", EVP_PKEY *, X509_STORE_CTX_get0_rpk, X509_STORE_CTX *)

static int calls, seen_ok, seen_error, answer;

static int on_verify(int ok, X509_STORE_CTX *context)
{
    calls++;
    seen_ok = ok;
    seen_error = X509_STORE_CTX_get_error(context);
    CHECK(X509_STORE_CTX_get_current_cert(context) == NULL);
    CHECK(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()) != NULL);
    return answer < 0 ? ok : answer;
}

/* "If val is set to a NULL value (and len is 0), then the extension is disabled." "All functions return 1 on success" */
TEST(types_are_set_and_got)
{
    static const unsigned char twice[] = {RPK_TYPE, RPK_TYPE}, unknown[] = {1}, three[] = {0, 2, 0};
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    unsigned char *list = (unsigned char *)"";
    size_t length = 7;
    SSL *ssl;

    NEEDS(SSL_get0_server_cert_type);
    CHECK_OK(later_SSL_CTX_get0_client_cert_type(context, &list, &length));
    CHECK(list == NULL && length == 0);
    CHECK_OK(later_SSL_CTX_set1_client_cert_type(context, raw_first, 2));
    CHECK_OK(later_SSL_CTX_set1_server_cert_type(context, raw_only, 1));
    CHECK_OK(later_SSL_CTX_get0_client_cert_type(context, &list, &length));
    CHECK_EQ(length, 2);
    CHECK_MEM(list, raw_first, 2);
    CHECK_OK(later_SSL_CTX_get0_server_cert_type(context, &list, &length));
    CHECK_EQ(length, 1);
    CHECK_EQ(later_SSL_CTX_set1_server_cert_type(context, twice, 2), 0);
    CHECK_EQ(later_SSL_CTX_set1_server_cert_type(context, unknown, 1), 0);
    CHECK_EQ(later_SSL_CTX_set1_server_cert_type(context, three, 3), 0);
    CHECK_EQ(later_SSL_CTX_set1_server_cert_type(context, raw_only, 0), 0);
    CHECK_EQ(later_SSL_CTX_set1_server_cert_type(context, NULL, 1), 0);
    ssl = SSL_new(context);
    CHECK_OK(later_SSL_get0_client_cert_type(ssl, &list, &length));
    CHECK_EQ(length, 2);
    CHECK_OK(later_SSL_set1_client_cert_type(ssl, NULL, 0));
    CHECK_OK(later_SSL_get0_client_cert_type(ssl, &list, &length));
    CHECK(list == NULL && length == 0);
    CHECK_OK(later_SSL_set1_server_cert_type(ssl, x509_first, 2));
    CHECK_OK(later_SSL_get0_server_cert_type(ssl, &list, &length));
    CHECK_MEM(list, x509_first, 2);
    CHECK_EQ(later_SSL_get_negotiated_client_cert_type(ssl), X509_TYPE);
    CHECK_EQ(later_SSL_get_negotiated_server_cert_type(ssl), X509_TYPE);
    CHECK(later_SSL_get0_peer_rpk(ssl) == NULL);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "if a certificate is not configured, then the public key will be extracted from the assigned private key" */
TEST_VERSIONS(server_sends_its_raw_key)
{
    struct pair *pair;
    EVP_PKEY *key = load_key("ec");

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    pair_over_wire(pair);
    pair_handshake(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_EQ(later_SSL_get_negotiated_server_cert_type(pair->ssl[side]), RPK_TYPE);
        CHECK_EQ(later_SSL_get_negotiated_client_cert_type(pair->ssl[side]), X509_TYPE);
    }
    CHECK_EQ(EVP_PKEY_eq(later_SSL_get0_peer_rpk(pair->ssl[CLIENT]), key), 1);
    CHECK(later_SSL_get0_peer_rpk(pair->ssl[CLIENT]) == later_SSL_get0_peer_rpk(pair->ssl[CLIENT]));
    CHECK(later_SSL_get0_peer_rpk(pair->ssl[SERVER]) == NULL);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) == NULL);
    CHECK(SSL_get_peer_cert_chain(pair->ssl[CLIENT]) == NULL);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), RPK_UNTRUSTED);
    check_alive(pair);
    CHECK_NO_ERRORS();
    EVP_PKEY_free(key);
    pair_free(pair);
}

/* Every kind of key, taken from its certificate. */
TEST_VERSIONS(raw_key_comes_from_the_certificate)
{
    static const char *const names[] = {"rsa", "ec", "ec384", "ed25519", "ed448"};

    NEEDS(SSL_add_expected_rpk);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct pair *pair = pair_with_raw_server(version);
        EVP_PKEY *key = load_key(names[i]);

        pair_over_wire(pair);
        SSL_certs_clear(pair->ssl[SERVER]);
        use_identity_ssl(pair->ssl[SERVER], names[i]);
        pair_handshake(pair);
        CHECK_EQ(EVP_PKEY_eq(later_SSL_get0_peer_rpk(pair->ssl[CLIENT]), key), 1);
        EVP_PKEY_free(key);
        pair_free(pair);
    }
}

/* "X509_V_ERR_RPK_UNTRUSTED: No TLSA records of the correct type are available to verify the server's raw public key." */
TEST_VERSIONS(raw_key_is_not_trusted_by_itself)
{
    struct outcome outcome[2];
    struct pair *pair;

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    pair_over_wire(pair);
    SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_PEER, NULL);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), RPK_UNTRUSTED);
    pair_free(pair);
}

/* "When raw public keys are used, the certificate verify callback is called" */
TEST_VERSIONS(callback_has_the_last_word)
{
    struct outcome outcome[2];
    struct pair *pair;

    NEEDS(SSL_add_expected_rpk);
    for (answer = 0; answer < 2; answer++) {
        pair = pair_with_raw_server(version);
        pair_over_wire(pair);
        SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_PEER, on_verify);
        calls = 0;
        pair_try(pair, outcome);
        CHECK_EQ(calls, 1);
        CHECK_EQ(seen_ok, 0);
        CHECK_EQ(seen_error, RPK_UNTRUSTED);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), RPK_UNTRUSTED);
        if (answer == 0)
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
        else
            CHECK_EQ(outcome[CLIENT].ret, 1);
        pair_free(pair);
    }
}

static int ask_again(int ok, X509_STORE_CTX *context)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());

    (void)ok;
    if (calls++ > 0)
        return 0;
    CHECK_OK(SSL_set_retry_verify(ssl));
    return 1;
}

/* SSL_set_retry_verify(3): a peer that is not decided on is not let in. */
TEST_VERSIONS(callback_may_want_to_be_asked_again)
{
    struct pair *pair;
    int ret;

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    pair_over_wire(pair);
    SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_PEER, ask_again);
    calls = 0;
    SSL_do_handshake(pair->ssl[CLIENT]);
    SSL_do_handshake(pair->ssl[SERVER]);
    ret = SSL_do_handshake(pair->ssl[CLIENT]);
    CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_RETRY_VERIFY);
    CHECK_EQ(calls, 1);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(calls, 2);
    pair_free(pair);
}

static int refuse(X509_STORE_CTX *context, void *argument)
{
    (void)context;
    ++*(int *)argument;
    return 0;
}

/* SSL_CTX_set_cert_verify_callback(3): it stands in place of every verification. */
TEST_VERSIONS(replaced_verification_is_asked)
{
    struct outcome outcome[2];
    struct pair *pair;
    int asked = 0;

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], refuse, &asked);
    pair_over_wire(pair);
    SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_PEER, NULL);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(asked, 1);
    pair_free(pair);
}

static int note_errors(int ok, X509_STORE_CTX *context)
{
    (void)ok;
    if (calls++ == 0)
        seen_error = X509_STORE_CTX_get_error(context);
    return 1;
}

/* SSL_CTX_set_security_level(3): a raw key is held to it as that of a certificate is. */
TEST_VERSIONS(weak_key_is_told)
{
    struct pair *pair;

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    pair_over_wire(pair);
    SSL_certs_clear(pair->ssl[SERVER]);
    use_identity_ssl(pair->ssl[SERVER], "rsa");
    SSL_set_security_level(pair->ssl[CLIENT], 3); /* RSA with 2048 bits has the strength of 112 */
    SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_PEER, note_errors);
    calls = 0;
    pair_handshake(pair);
    CHECK_EQ(calls, 2);
    CHECK_EQ(seen_error, X509_V_ERR_EE_KEY_TOO_SMALL);
    pair_free(pair);
}

/* "X509_V_OK: The server's raw public key matched the TLSA record", "X509_V_ERR_DANE_NO_MATCH" */
TEST_VERSIONS(expected_key_is_trusted)
{
    EVP_PKEY *key = load_key("ec"), *other = load_key("ec384");
    struct outcome outcome[2];
    struct pair *pair;

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    if (SSL_CTX_dane_enable(pair->ctx[CLIENT]) <= 0) {
        /* Ours, on a libcrypto whose layout it does not know. */
        CHECK_SSL_REASON(ERR_R_UNSUPPORTED);
        return;
    }
    pair_over_wire(pair);
    CHECK_EQ(later_SSL_add_expected_rpk(pair->ssl[CLIENT], key), 0); /* DANE is not enabled */
    ERR_clear_error();
    pair_disconnect(pair);
    for (int expected = 0; expected < 3; expected++) {
        uint8_t usage = 9, selector = 9, matching_type = 9;

        pair_over_wire(pair);
        CHECK_OK(SSL_dane_enable(pair->ssl[CLIENT], "localhost"));
        if (expected > 0)
            CHECK_OK(later_SSL_add_expected_rpk(pair->ssl[CLIENT], other));
        if (expected > 1)
            CHECK_OK(later_SSL_add_expected_rpk(pair->ssl[CLIENT], key));
        answer = -1;
        SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_PEER, on_verify);
        pair_try(pair, outcome);
        switch (expected) {
        case 0:
            CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), RPK_UNTRUSTED);
            break;
        case 1:
            CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_DANE_NO_MATCH);
            CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_BAD_CERTIFICATE);
            break;
        default:
            CHECK_EQ(outcome[CLIENT].ret, 1);
            CHECK_EQ(seen_ok, 1);
            CHECK_EQ(seen_error, X509_V_OK);
            CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
            CHECK_EQ(SSL_get0_dane_tlsa(pair->ssl[CLIENT], &usage, &selector, &matching_type, NULL, NULL), 0);
            CHECK(usage == 3 && selector == 1 && matching_type == 0);
        }
        pair_disconnect(pair);
    }
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    pair_free(pair);
}

/* A digest of the key in a TLSA record. */
TEST_VERSIONS(digest_of_the_key_is_trusted)
{
    unsigned char *form = NULL, digest[32];
    EVP_PKEY *key = load_key("ec");
    struct pair *pair;
    int length;

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    if (SSL_CTX_dane_enable(pair->ctx[CLIENT]) <= 0) {
        CHECK_SSL_REASON(ERR_R_UNSUPPORTED);
        return;
    }
    length = i2d_PUBKEY(key, &form);
    CHECK_EQ(EVP_Digest(form, length, digest, NULL, EVP_sha256(), NULL), 1);
    pair_over_wire(pair);
    CHECK_OK(SSL_dane_enable(pair->ssl[CLIENT], "localhost"));
    CHECK_OK(SSL_dane_tlsa_add(pair->ssl[CLIENT], 3, 1, 1, digest, sizeof(digest)));
    SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_PEER, NULL);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    OPENSSL_free(form);
    EVP_PKEY_free(key);
    pair_free(pair);
}

struct choice {
    const unsigned char *client;
    size_t client_length;
    const unsigned char *server;
    size_t server_length;
    int type; /* that is chosen; NO_TYPE: there is none */
};

/* "The server ultimately chooses what type to use from the values that are mutually supported." */
TEST_VERSIONS(server_chooses_its_type_by_its_preference)
{
    static const struct choice choices[] = {
        {raw_only, 1, NULL, 0, X509_TYPE},       {raw_only, 1, x509_only, 1, NO_TYPE},
        {raw_only, 1, raw_only, 1, RPK_TYPE},    {raw_first, 2, NULL, 0, X509_TYPE},
        {raw_first, 2, x509_first, 2, X509_TYPE}, {x509_first, 2, raw_first, 2, RPK_TYPE},
        {NULL, 0, raw_only, 1, X509_TYPE},       {x509_only, 1, raw_first, 2, X509_TYPE},
        {x509_only, 1, raw_only, 1, NO_TYPE},
    };
    struct outcome outcome[2];
    struct pair *pair;

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        const struct choice *choice = &choices[i];

        pair_over_wire(pair);
        use_identity_ssl(pair->ssl[SERVER], "ec");
        CHECK_OK(later_SSL_set1_server_cert_type(pair->ssl[CLIENT], choice->client, choice->client_length));
        CHECK_OK(later_SSL_set1_server_cert_type(pair->ssl[SERVER], choice->server, choice->server_length));
        pair_try(pair, outcome);
        if (choice->type == NO_TYPE) {
            CHECK_OUTCOME(outcome[SERVER], SSL_R_BAD_EXTENSION);
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE);
        } else {
            CHECK_EQ(outcome[CLIENT].ret, 1);
            CHECK_EQ(later_SSL_get_negotiated_server_cert_type(pair->ssl[CLIENT]), choice->type);
            CHECK_EQ(later_SSL_get_negotiated_server_cert_type(pair->ssl[SERVER]), choice->type);
            CHECK_EQ(later_SSL_get0_peer_rpk(pair->ssl[CLIENT]) != NULL, choice->type == RPK_TYPE);
            CHECK_EQ(SSL_get0_peer_certificate(pair->ssl[CLIENT]) != NULL, choice->type == X509_TYPE);
        }
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* OpenSSL goes by the client's order there. */
TEST_VERSIONS(client_type_goes_by_the_clients_preference)
{
    static const struct choice choices[] = {
        {raw_only, 1, NULL, 0, X509_TYPE},       {raw_only, 1, x509_only, 1, NO_TYPE},
        {raw_only, 1, raw_only, 1, RPK_TYPE},    {raw_first, 2, NULL, 0, X509_TYPE},
        {raw_first, 2, x509_first, 2, RPK_TYPE}, {x509_first, 2, raw_first, 2, X509_TYPE},
        {NULL, 0, raw_only, 1, X509_TYPE},
    };
    struct outcome outcome[2];
    struct pair *pair;

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    trust(pair->ctx[SERVER], "root");
    answer = 1;
    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        const struct choice *choice = &choices[i];

        pair_over_wire(pair);
        use_identity_ssl(pair->ssl[CLIENT], "client");
        if (choice->type == RPK_TYPE)
            SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_verify);
        else
            SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER, NULL);
        CHECK_OK(later_SSL_set1_client_cert_type(pair->ssl[CLIENT], choice->client, choice->client_length));
        CHECK_OK(later_SSL_set1_client_cert_type(pair->ssl[SERVER], choice->server, choice->server_length));
        pair_try(pair, outcome);
        if (choice->type == NO_TYPE) {
            CHECK_OUTCOME(outcome[SERVER], SSL_R_BAD_EXTENSION);
        } else {
            CHECK_EQ(outcome[SERVER].ret, 1);
            CHECK_EQ(later_SSL_get_negotiated_client_cert_type(pair->ssl[SERVER]), choice->type);
            CHECK_EQ(later_SSL_get0_peer_rpk(pair->ssl[SERVER]) != NULL, choice->type == RPK_TYPE);
        }
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* A client without a key sends none. */
TEST_VERSIONS(client_without_a_key_may_be_refused)
{
    struct outcome outcome[2];
    struct pair *pair;

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    for (int required = 0; required < 2; required++) {
        pair_over_wire(pair);
        SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
        CHECK_OK(later_SSL_set1_client_cert_type(pair->ssl[CLIENT], raw_only, 1));
        CHECK_OK(later_SSL_set1_client_cert_type(pair->ssl[SERVER], raw_only, 1));
        pair_try(pair, outcome);
        if (required)
            CHECK_OUTCOME(outcome[SERVER], SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE);
        else
            CHECK_EQ(outcome[SERVER].ret, 1);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* "returns the peer's raw public key from SSL_SESSION ss" */
TEST_VERSIONS(session_keeps_the_raw_key)
{
    EVP_PKEY *key = load_key("ec");
    SSL_SESSION *session, *copy;
    unsigned char *form = NULL;
    const unsigned char *from;
    struct pair *pair;
    int length;

    NEEDS(SSL_add_expected_rpk);
    pair = pair_with_raw_server(version);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    session = SSL_get1_session(pair->ssl[CLIENT]);
    CHECK_EQ(EVP_PKEY_eq(later_SSL_SESSION_get0_peer_rpk(session), key), 1);
    CHECK(SSL_SESSION_get0_peer(session) == NULL);
    length = i2d_SSL_SESSION(session, &form);
    from = form;
    copy = d2i_SSL_SESSION(NULL, &from, length);
    CHECK(copy != NULL);
    CHECK_EQ(EVP_PKEY_eq(later_SSL_SESSION_get0_peer_rpk(copy), key), 1);
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], copy));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    CHECK_EQ(EVP_PKEY_eq(later_SSL_get0_peer_rpk(pair->ssl[CLIENT]), key), 1);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), RPK_UNTRUSTED);
    OPENSSL_free(form);
    SSL_SESSION_free(session);
    SSL_SESSION_free(copy);
    EVP_PKEY_free(key);
    pair_free(pair);
}

static EVP_PKEY *seen_key;

static int look_at_key(int ok, X509_STORE_CTX *context)
{
    EVP_PKEY *key = later_X509_STORE_CTX_get0_rpk(context);

    (void)ok;
    CHECK(X509_STORE_CTX_get0_cert(context) == NULL);
    CHECK(key != NULL);
    EVP_PKEY_free(seen_key);
    CHECK_EQ(EVP_PKEY_up_ref(key), 1);
    seen_key = key;
    return 1;
}

/* X509_STORE_CTX_get0_rpk(3), of libcrypto 3.2. */
TEST_VERSIONS(callback_looks_at_the_key)
{
    struct pair *pair;
    EVP_PKEY *key;

    NEEDS(SSL_set1_server_cert_type);
    NEEDS(X509_STORE_CTX_get0_rpk);
    key = load_key("ec");
    pair = pair_with_raw_server(version);
    seen_key = NULL;
    pair_over_wire(pair);
    SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_PEER, look_at_key);
    pair_handshake(pair);
    CHECK_EQ(EVP_PKEY_eq(seen_key, key), 1);
    EVP_PKEY_free(seen_key);
    EVP_PKEY_free(key);
    pair_free(pair);
}
