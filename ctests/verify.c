/* SSL_CTX_set_verify(3), SSL_get_verify_result(3), SSL_CTX_set_cert_verify_callback(3),
 * SSL_set1_host(3), SSL_CTX_set1_param(3), SSL_CTX_load_verify_locations(3),
 * SSL_get_peer_certificate(3), SSL_get_peer_cert_chain(3). */
#include "support.h"

#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

/* ---- verification of the server by the client ---- */

static void check_refused(int version, const char *identity, long result, int reason, int alert)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    use_identity(pair->ctx[SERVER], identity);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], reason);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), result);
    if (version == TLS1_2_VERSION)
        CHECK_OUTCOME(outcome[SERVER], alert);
    pair_disconnect(pair);

    /* With SSL_VERIFY_NONE the handshake goes on, and the result is kept. */
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), result);
    pair_free(pair);
}

/* Every way for a certificate to be wrong has its X509_V_ERR and its alert. */
TEST_VERSIONS(unknown_issuer)
{
    check_refused(version, "stranger", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                  SSL_R_CERTIFICATE_VERIFY_FAILED, SSL_R_TLSV1_ALERT_UNKNOWN_CA);
}

TEST_VERSIONS(self_signed)
{
    check_refused(version, "selfsigned", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
                  SSL_R_CERTIFICATE_VERIFY_FAILED, SSL_R_TLSV1_ALERT_UNKNOWN_CA);
}

TEST_VERSIONS(expired)
{
    check_refused(version, "expired", X509_V_ERR_CERT_HAS_EXPIRED, SSL_R_CERTIFICATE_VERIFY_FAILED,
                  SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED);
}

TEST_VERSIONS(not_yet_valid)
{
    check_refused(version, "future", X509_V_ERR_CERT_NOT_YET_VALID, SSL_R_CERTIFICATE_VERIFY_FAILED,
                  SSL_R_SSLV3_ALERT_BAD_CERTIFICATE);
}

TEST_VERSIONS(wrong_purpose)
{
    check_refused(version, "client", X509_V_ERR_INVALID_PURPOSE, SSL_R_CERTIFICATE_VERIFY_FAILED,
                  SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE);
}

/* A good certificate gives X509_V_OK, and the peer's certificate and chain. */
TEST_VERSIONS(good_certificate)
{
    struct pair *pair = pair_contexts(version);
    X509 *leaf = load_certificate("chained"), *peer;
    STACK_OF(X509) *chain;

    use_identity(pair->ctx[SERVER], "chained");
    pair_over_wire(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) == NULL);
    CHECK(SSL_get_peer_cert_chain(pair->ssl[CLIENT]) == NULL);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    peer = SSL_get1_peer_certificate(pair->ssl[CLIENT]);
    CHECK_EQ(X509_cmp(peer, leaf), 0);
    CHECK(peer == SSL_get0_peer_certificate(pair->ssl[CLIENT]));
    chain = SSL_get_peer_cert_chain(pair->ssl[CLIENT]);
    CHECK_EQ(sk_X509_num(chain), 2);
    CHECK_EQ(X509_cmp(sk_X509_value(chain, 0), leaf), 0);
    chain = SSL_get0_verified_chain(pair->ssl[CLIENT]);
    CHECK_EQ(sk_X509_num(chain), 3);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    X509_free(peer);
    X509_free(leaf);
    pair_free(pair);
}

/* The store is read when the chain is verified: what is added after SSL_new() counts. */
TEST_VERSIONS(store_is_read_when_verifying)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "stranger");
    pair_over_wire(pair);
    trust(pair->ctx[CLIENT], "other");
    pair_handshake(pair);
    pair_free(pair);
}

/* ---- names, addresses, depth, flags ---- */

static void check_name(int version, int ok, const char *name, unsigned flags, const char *matched)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    pair_over_wire(pair);
    SSL_set_hostflags(pair->ssl[CLIENT], flags);
    CHECK_OK(SSL_set1_host(pair->ssl[CLIENT], name));
    pair_try(pair, outcome);
    CHECK_EQ(outcome[CLIENT].ret == 1, ok);
    if (ok) {
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
        CHECK_STR(SSL_get0_peername(pair->ssl[CLIENT]), matched);
    } else {
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_HOSTNAME_MISMATCH);
    }
    pair_free(pair);
}

/* SSL_set1_host() */
TEST_VERSIONS(host_names)
{
    check_name(version, 1, "server.example", 0, "server.example");
    check_name(version, 1, "SERVER.example", 0, "server.example");
    check_name(version, 1, "a.wild.example", 0, "*.wild.example");
    check_name(version, 0, "a.b.wild.example", 0, NULL);
    check_name(version, 0, "other.example", 0, NULL);
    check_name(version, 0, "a.wild.example", X509_CHECK_FLAG_NO_WILDCARDS, NULL);
}

/* SSL_add1_host() adds a second name: either will do. */
TEST_VERSIONS(host_names_add)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    CHECK_OK(SSL_set1_host(pair->ssl[CLIENT], "other.example"));
    CHECK_OK(SSL_add1_host(pair->ssl[CLIENT], "server.example"));
    pair_handshake(pair);
    CHECK_STR(SSL_get0_peername(pair->ssl[CLIENT]), "server.example");
    pair_free(pair);
}

/* Addresses, through the connection's X509_VERIFY_PARAM. */
TEST_VERSIONS(ip_addresses)
{
    for (int ok = 0; ok < 2; ok++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        pair_over_wire(pair);
        CHECK_OK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(pair->ssl[CLIENT]),
                                               ok ? "127.0.0.1" : "127.0.0.2"));
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret == 1, ok);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]),
                 ok ? X509_V_OK : X509_V_ERR_IP_ADDRESS_MISMATCH);
        pair_free(pair);
    }
}

/* The context's parameters are inherited by the connection when it is made. */
TEST_VERSIONS(context_parameters_are_inherited)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    CHECK_OK(X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(pair->ctx[CLIENT]), "other.example", 0));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_HOSTNAME_MISMATCH);
    pair_free(pair);
}

/* SSL_CTX_set_verify_depth(): the chain has one intermediate. */
TEST_VERSIONS(depth_limits_the_chain)
{
    for (int depth = 0; depth < 2; depth++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        use_identity(pair->ctx[SERVER], "chained");
        SSL_CTX_set_verify_depth(pair->ctx[CLIENT], depth);
        CHECK_EQ(SSL_CTX_get_verify_depth(pair->ctx[CLIENT]), depth);
        pair_over_wire(pair);
        CHECK_EQ(SSL_get_verify_depth(pair->ssl[CLIENT]), depth);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret == 1, depth == 1);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]),
                 depth == 1 ? X509_V_OK : X509_V_ERR_CERT_CHAIN_TOO_LONG);
        pair_free(pair);
    }
}

/* Revocation lists. */
TEST_VERSIONS(crl_is_checked_when_asked)
{
    for (int revoked = 0; revoked < 2; revoked++) {
        struct pair *pair = pair_contexts(version);
        X509_STORE *store = SSL_CTX_get_cert_store(pair->ctx[CLIENT]);
        FILE *file = fopen(cert_path("root", "crl"), "r");
        X509_CRL *crl = PEM_read_X509_CRL(file, NULL, NULL, NULL);
        struct outcome outcome[2];

        fclose(file);
        CHECK_OK(X509_STORE_add_crl(store, crl));
        X509_CRL_free(crl);
        X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
        if (revoked)
            use_identity(pair->ctx[SERVER], "revoked");
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret == 1, !revoked);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]),
                 revoked ? X509_V_ERR_CERT_REVOKED : X509_V_OK);
        if (revoked && version == TLS1_2_VERSION)
            CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED);
        pair_free(pair);
    }
}

/* A list that is asked for and missing. */
TEST_VERSIONS(crl_missing)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    CHECK_OK(X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(pair->ctx[CLIENT]),
                                         X509_V_FLAG_CRL_CHECK));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_UNABLE_TO_GET_CRL);
    pair_free(pair);
}

/* A time of one's own. */
TEST_VERSIONS(time_of_the_parameters)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "expired");
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(pair->ctx[CLIENT]), time(NULL) - 3 * 86400);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    pair_free(pair);
}

/* ---- the verify callback ---- */

static int depths[8], preverified[8], verify_calls;
static SSL *seen;

static int record_and_accept(int ok, X509_STORE_CTX *store_context)
{
    CHECK(verify_calls < 8);
    depths[verify_calls] = X509_STORE_CTX_get_error_depth(store_context);
    preverified[verify_calls] = ok;
    verify_calls++;
    seen = X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx());
    return 1;
}

static int refuse(int ok, X509_STORE_CTX *store_context)
{
    (void)ok;
    X509_STORE_CTX_set_error(store_context, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

/* The callback is called from the root down to the leaf, and finds the SSL. */
TEST_VERSIONS(callback_sees_every_certificate)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "chained");
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, record_and_accept);
    CHECK(SSL_CTX_get_verify_callback(pair->ctx[CLIENT]) == record_and_accept);
    CHECK_EQ(SSL_CTX_get_verify_mode(pair->ctx[CLIENT]), SSL_VERIFY_PEER);
    pair_over_wire(pair);
    CHECK(SSL_get_verify_callback(pair->ssl[CLIENT]) == record_and_accept);
    pair_handshake(pair);
    CHECK_EQ(verify_calls, 3);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(depths[i], 2 - i);
        CHECK_EQ(preverified[i], 1);
    }
    CHECK(seen == pair->ssl[CLIENT]);
    pair_free(pair);
}

/* "If verify_callback always returns 1, the TLS/SSL handshake will not be terminated with respect to
 * verification failures": the result keeps the error. */
TEST_VERSIONS(callback_can_overrule)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "selfsigned");
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, record_and_accept);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(verify_calls > 0);
    CHECK_EQ(preverified[0], 0);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    pair_free(pair);
}

/* "If verify_callback returns 0, the verification process is immediately stopped". */
TEST_VERSIONS(callback_can_refuse)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, refuse);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_APPLICATION_VERIFICATION);
    if (version == TLS1_2_VERSION)
        CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    pair_free(pair);
}

static int whole_chain_calls;

static int verify_whole_chain(X509_STORE_CTX *store_context, void *argument)
{
    X509 *cert = X509_STORE_CTX_get0_cert(store_context);

    CHECK_STR(argument, "argument");
    CHECK(cert != NULL);
    CHECK_EQ(sk_X509_num(X509_STORE_CTX_get0_untrusted(store_context)), 2);
    CHECK(X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx()) != NULL);
    whole_chain_calls++;
    X509_STORE_CTX_set_error(store_context, X509_V_OK);
    return 1;
}

static int refuse_whole_chain(X509_STORE_CTX *store_context, void *argument)
{
    (void)argument;
    X509_STORE_CTX_set_error(store_context, X509_V_ERR_CERT_REJECTED);
    return 0;
}

/* SSL_CTX_set_cert_verify_callback() replaces the verification. */
TEST_VERSIONS(cert_verify_callback_replaces_verification)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    use_identity(pair->ctx[SERVER], "chained");
    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], verify_whole_chain, "argument");
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(whole_chain_calls, 1);
    pair_disconnect(pair);
    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], refuse_whole_chain, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_CERT_REJECTED);
    pair_free(pair);
}

/* The callback is free to run the usual verification itself. */
static int verify_as_usual(X509_STORE_CTX *store_context, void *argument)
{
    (void)argument;
    return X509_verify_cert(store_context);
}

TEST_VERSIONS(cert_verify_callback_can_verify_as_usual)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], verify_as_usual, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_disconnect(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_set1_host(pair->ssl[CLIENT], "other.example"));
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_HOSTNAME_MISMATCH);
    pair_free(pair);
}

/* ---- trust ---- */

/* SSL_CTX_load_verify_locations() and its kin. */
TEST(load_verify_locations)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK_OK(SSL_CTX_load_verify_locations(context, cert_path("root", "pem"), NULL));
    CHECK_EQ(sk_X509_OBJECT_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(context))), 1);
    CHECK_OK(SSL_CTX_load_verify_file(context, cert_path("other", "pem")));
    CHECK_EQ(sk_X509_OBJECT_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(context))), 2);
    CHECK_OK(SSL_CTX_load_verify_locations(context, NULL, "/tmp"));
    CHECK_OK(SSL_CTX_load_verify_dir(context, "/tmp"));
    CHECK_EQ(SSL_CTX_load_verify_locations(context, NULL, NULL), 0);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_CTX_load_verify_locations(context, "/nonexistent", NULL), 0);
    CHECK(ERR_peek_error() != 0);
    ERR_clear_error();
    CHECK_OK(SSL_CTX_set_default_verify_paths(context));
    CHECK_OK(SSL_CTX_set_default_verify_file(context));
    CHECK_OK(SSL_CTX_set_default_verify_dir(context));
    SSL_CTX_free(context);
}

/* SSL_CTX_set_cert_store() takes the store; set1 adds a reference. */
TEST_VERSIONS(cert_store_can_be_replaced)
{
    struct pair *pair = pair_contexts(version);
    X509_STORE *store = X509_STORE_new();
    struct outcome outcome[2];

    SSL_CTX_set_cert_store(pair->ctx[CLIENT], store);
    CHECK(SSL_CTX_get_cert_store(pair->ctx[CLIENT]) == store);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    pair_disconnect(pair);
    trust(pair->ctx[CLIENT], "root");
    SSL_CTX_set1_cert_store(pair->ctx[SERVER], store);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_free(pair);
}

/* SSL_set1_verify_cert_store() gives one connection a store of its own. */
TEST_VERSIONS(verify_store_of_one_connection)
{
    struct pair *pair = pair_contexts(version);
    X509_STORE *store = X509_STORE_new();
    X509 *other = load_certificate("other");

    use_identity(pair->ctx[SERVER], "stranger");
    X509_STORE_add_cert(store, other);
    pair_over_wire(pair);
    CHECK_OK(SSL_set1_verify_cert_store(pair->ssl[CLIENT], store));
    X509_STORE_free(store);
    pair_handshake(pair);
    X509_free(other);
    pair_free(pair);
}

/* SSL_set_verify() changes the mode of one connection; SSL_set_verify_result() the result. */
TEST(set_verify_on_the_connection)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_EQ(SSL_CTX_get_verify_mode(context), SSL_VERIFY_NONE);
    CHECK(SSL_CTX_get_verify_callback(context) == NULL);
    CHECK_EQ(SSL_get_verify_mode(ssl), SSL_VERIFY_NONE);
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, refuse);
    CHECK_EQ(SSL_get_verify_mode(ssl), SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE);
    CHECK(SSL_get_verify_callback(ssl) == refuse);
    SSL_set_verify_depth(ssl, 9);
    CHECK_EQ(SSL_get_verify_depth(ssl), 9);
    SSL_set_verify_result(ssl, X509_V_ERR_CERT_REJECTED);
    CHECK_EQ(SSL_get_verify_result(ssl), X509_V_ERR_CERT_REJECTED);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* Which SSL_VERIFY_ flag the depth -1 stands for: none set. */
TEST(verify_depth_is_unset_by_default)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK_EQ(SSL_CTX_get_verify_depth(context), -1);
    SSL_CTX_free(context);
}

/* SSL_CTX_set_purpose() and SSL_CTX_set_trust(). */
TEST_VERSIONS(purpose_can_be_changed)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "client");
    CHECK_OK(SSL_CTX_set_purpose(pair->ctx[CLIENT], X509_PURPOSE_SSL_CLIENT));
    CHECK_OK(SSL_CTX_set_trust(pair->ctx[CLIENT], X509_TRUST_SSL_CLIENT));
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_free(pair);
}

/* SSL_CTX_set1_param(): a copy of what is set there. */
TEST_VERSIONS(parameters_are_copied_from_others)
{
    struct pair *pair = pair_contexts(version);
    X509_VERIFY_PARAM *parameters = X509_VERIFY_PARAM_new();
    struct outcome outcome[2];

    CHECK_OK(X509_VERIFY_PARAM_set1_host(parameters, "elsewhere.example", 0));
    CHECK_OK(SSL_CTX_set1_param(pair->ctx[CLIENT], parameters));
    X509_VERIFY_PARAM_free(parameters);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_HOSTNAME_MISMATCH);
    pair_free(pair);
}

/* SSL_CTX_set1_verify_cert_store(3): "The stores pointers … are copied to any SSL structures when SSL_new() is called." The store
 * behind the pointer is shared: what is added to it counts. */
TEST_VERSIONS(verify_store_is_copied_to_connections)
{
    struct pair *pair = pair_contexts(version);
    X509_STORE *store = X509_STORE_new(), *found = NULL;
    struct outcome outcome[2];

    CHECK_OK(SSL_CTX_set1_verify_cert_store(pair->ctx[CLIENT], store));
    pair_over_wire(pair);
    CHECK_OK(SSL_CTX_set0_verify_cert_store(pair->ctx[CLIENT], NULL));
    CHECK_OK(SSL_get0_verify_cert_store(pair->ssl[CLIENT], &found));
    CHECK(found == store);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    pair_disconnect(pair);
    CHECK_OK(SSL_CTX_set1_verify_cert_store(pair->ctx[CLIENT], store));
    pair_over_wire(pair);
    CHECK_EQ(X509_STORE_add_cert(store, lent_certificate("root")), 1);
    pair_handshake(pair);
    X509_STORE_free(store);
    pair_free(pair);
}

static int verified_by[2];

static int count_first(int ok, X509_STORE_CTX *store)
{
    (void)store;
    verified_by[0]++;
    return ok;
}

static int count_second(int ok, X509_STORE_CTX *store)
{
    (void)store;
    verified_by[1]++;
    return ok;
}

/* SSL_set_verify() without a callback: "In this case last verify_callback set specifically for this ssl remains. If no special
 * callback was set before, the default callback for the underlying ctx is used, that was valid at the time ssl was created".
 * SSL_CTX_set_verify() takes NULL for what it is. */
TEST_VERSIONS(verify_callback_remains)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, count_first);
    for (int own = 0; own < 2; own++) {
        verified_by[0] = verified_by[1] = 0;
        pair_over_wire(pair);
        SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, count_second);
        if (own)
            SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_NONE, count_second);
        SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_PEER, NULL);
        CHECK(SSL_get_verify_callback(pair->ssl[CLIENT]) == (own ? count_second : count_first));
        SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, NULL);
        CHECK(SSL_CTX_get_verify_callback(pair->ctx[CLIENT]) == NULL);
        SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, count_first);
        pair_handshake(pair);
        CHECK(verified_by[own] > 0);
        CHECK_EQ(verified_by[!own], 0);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* "In client mode, it is not checked whether the SSL_VERIFY_PEER flag is set, but whether any flags other than SSL_VERIFY_NONE are
 * set." A server asks nobody for a certificate without SSL_VERIFY_PEER. */
TEST_SIDES(flags_without_verify_peer)
{
    static const int flags[] = {SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_CLIENT_ONCE, SSL_VERIFY_POST_HANDSHAKE};

    for (int i = 0; i < 3; i++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        use_identity(pair->ctx[!server], "stranger");
        SSL_CTX_set_verify(pair->ctx[server], flags[i], NULL);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        if (server) {
            CHECK_EQ(outcome[SERVER].ret, 1);
            CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
        } else {
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
        }
        pair_free(pair);
    }
}

/* SSL_VERIFY_NONE: "The handshake will be continued regardless of the verification result", which can be asked for, and is that of a
 * resumed connection too. */
TEST_VERSIONS(result_of_a_verification_that_does_not_matter)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    use_identity(pair->ctx[SERVER], "stranger");
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, count_first);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    session = pair_leave(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* SSL_set_verify_depth() changes that connection alone, and the context's no connection that is there. -1 is no limit of one's own. */
TEST_VERSIONS(depth_of_one_connection)
{
    static const struct { int depth; long result; } cases[] = {
        {-1, X509_V_OK}, {0, X509_V_ERR_CERT_CHAIN_TOO_LONG}, {1, X509_V_OK}, {2, X509_V_OK}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        CHECK_OK(SSL_CTX_use_certificate_chain_file(pair->ctx[SERVER], cert_path("chained", "pem")));
        CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], lent_key("chained")));
        pair_over_wire(pair);
        SSL_set_verify_depth(pair->ssl[CLIENT], cases[i].depth);
        SSL_CTX_set_verify_depth(pair->ctx[CLIENT], 0);
        CHECK_EQ(SSL_get_verify_depth(pair->ssl[CLIENT]), cases[i].depth);
        pair_try(pair, outcome);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), cases[i].result);
        CHECK_EQ(outcome[CLIENT].ret == 1, cases[i].result == X509_V_OK);
        pair_free(pair);
    }
}

/* SSL_CTX_set_purpose(), SSL_CTX_set_trust(): "return 1 for success and 0 for failure". */
TEST(unknown_purposes_and_trusts_are_refused)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    for (int purpose = X509_PURPOSE_MIN; purpose <= X509_PURPOSE_MAX; purpose++) {
        CHECK_OK(SSL_CTX_set_purpose(context, purpose));
        CHECK_OK(SSL_set_purpose(ssl, purpose));
    }
    for (int trust_for = X509_TRUST_MIN; trust_for <= X509_TRUST_MAX; trust_for++) {
        CHECK_OK(SSL_CTX_set_trust(context, trust_for));
        CHECK_OK(SSL_set_trust(ssl, trust_for));
    }
    for (int end = 0; end < 2; end++) {
        CHECK_EQ(SSL_CTX_set_purpose(context, end ? X509_PURPOSE_MAX + 1 : X509_PURPOSE_MIN - 1), 0);
        CHECK_EQ(SSL_set_purpose(ssl, end ? X509_PURPOSE_MAX + 1 : X509_PURPOSE_MIN - 1), 0);
        CHECK_ERROR(ERR_LIB_X509V3, X509V3_R_INVALID_PURPOSE);
        CHECK_EQ(SSL_CTX_set_trust(context, end ? X509_TRUST_MAX + 1 : X509_TRUST_MIN - 1), 0);
        CHECK_EQ(SSL_set_trust(ssl, end ? X509_TRUST_MAX + 1 : X509_TRUST_MIN - 1), 0);
        CHECK_ERROR(ERR_LIB_X509, X509_R_INVALID_TRUST);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_CTX_set1_param(), SSL_set1_param(): what is set is copied, whole; the parameters stay the caller's. */
TEST(parameters_are_copied_at_once)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    X509_VERIFY_PARAM *parameters = X509_VERIFY_PARAM_new();
    SSL *ssl;

    X509_VERIFY_PARAM_set_depth(parameters, 3);
    CHECK_OK(X509_VERIFY_PARAM_set1_host(parameters, "first.example", 0));
    CHECK_OK(X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK));
    CHECK_OK(SSL_CTX_set1_param(context, parameters));
    CHECK(SSL_CTX_get0_param(context) != parameters);
    X509_VERIFY_PARAM_set_depth(parameters, 9);
    CHECK_OK(X509_VERIFY_PARAM_set1_host(parameters, "second.example", 0));
    CHECK_EQ(SSL_CTX_get_verify_depth(context), 3);
    ssl = SSL_new(context);
    CHECK_EQ(SSL_get_verify_depth(ssl), 3);
    CHECK_STR(X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), 0), "first.example");
    CHECK(X509_VERIFY_PARAM_get_flags(SSL_get0_param(ssl)) & X509_V_FLAG_CRL_CHECK);
    CHECK_OK(SSL_set1_param(ssl, parameters));
    CHECK_EQ(SSL_get_verify_depth(ssl), 9);
    CHECK_STR(X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), 0), "second.example");
    CHECK_EQ(SSL_CTX_get_verify_depth(context), 3);
    X509_VERIFY_PARAM_free(parameters);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_CTX_load_verify_locations(3): "The CAfile is processed on execution"; "The certificates in CApath are only looked up when
 * required": whether the directory is there is not asked. "A missing default location is still treated as a success." */
TEST(locations_that_are_not_there)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK_EQ(SSL_CTX_load_verify_locations(context, NULL, NULL), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CTX_load_verify_file(context, "/no/such/file"), 0);
    CHECK(ERR_peek_error() != 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CTX_load_verify_locations(context, "/no/such/file", "/tmp"), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CTX_load_verify_file(context, cert_path("ec", "key")), 0);
    ERR_clear_error();
    CHECK_OK(SSL_CTX_load_verify_dir(context, "/no/such/directory"));
    CHECK_OK(SSL_CTX_load_verify_locations(context, NULL, "/no/such/directory"));
    CHECK_EQ(setenv("SSL_CERT_FILE", "/no/such/file", 1), 0);
    CHECK_EQ(setenv("SSL_CERT_DIR", "/no/such/directory", 1), 0);
    CHECK_OK(SSL_CTX_set_default_verify_paths(context));
    CHECK_OK(SSL_CTX_set_default_verify_file(context));
    CHECK_OK(SSL_CTX_set_default_verify_dir(context));
    SSL_CTX_free(context);
}

/* "Before, between, and after the certificates text is allowed". */
TEST_VERSIONS(file_of_certificates_with_text_between)
{
    struct pair *pair = pair_contexts(version);
    SSL_CTX *plain = SSL_CTX_new(TLS_method());
    char path[] = "/tmp/ctest-cas-XXXXXX", buffer[8192];
    FILE *file = fdopen(mkstemp(path), "w");

    for (int i = 0; i < 2; i++) {
        FILE *certificate = fopen(cert_path(i ? "root" : "other", "pem"), "r");
        size_t length = fread(buffer, 1, sizeof(buffer), certificate);

        fprintf(file, "text before %d\n\n", i);
        CHECK_EQ(fwrite(buffer, 1, length, file), length);
        fclose(certificate);
    }
    fprintf(file, "text behind\n");
    fclose(file);
    CHECK_OK(SSL_CTX_load_verify_file(plain, path));
    unlink(path);
    SSL_CTX_set_verify(plain, SSL_VERIFY_PEER, NULL);
    CHECK_EQ(SSL_CTX_set_max_proto_version(plain, version), 1);
    SSL_CTX_free(pair->ctx[CLIENT]);
    pair->ctx[CLIENT] = plain;
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_free(pair);
}

static int replaced_answer, replaced_error, replaced_calls;

static int verify_by_itself(X509_STORE_CTX *store, void *argument)
{
    CHECK_STR(argument, "argument");
    CHECK(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()) != NULL);
    replaced_calls++;
    X509_STORE_CTX_set_error(store, replaced_error);
    return replaced_answer;
}

/* SSL_CTX_set_cert_verify_callback(3): "callback should return 1 to indicate verification success and 0 to indicate verification
 * failure": each positive value is success. "All values, including 0, are ignored if the verification mode is SSL_VERIFY_NONE."
 * "This gets recorded in the SSL session … and the validity of the originally presented chain is then visible on resumption", in which
 * it is not called. The alert is that of the error. */
TEST_SIDES(verdicts_of_a_verification_of_ones_own)
{
    static const struct { int error, alert; } errors[] = {
        {X509_V_ERR_CERT_NOT_YET_VALID, SSL_R_SSLV3_ALERT_BAD_CERTIFICATE},
        {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, SSL_R_TLSV1_ALERT_UNKNOWN_CA},
        {X509_V_OK, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN},
    };

    for (int verifies = server; verifies < 2; verifies++)
        for (replaced_answer = -1; replaced_answer <= 2; replaced_answer++)
            for (int i = 0; i < 3; i++) {
                struct pair *pair = pair_for_sessions(version, 1);
                struct outcome outcome[2];

                replaced_error = errors[i].error;
                replaced_calls = 0;
                use_identity(pair->ctx[CLIENT], "client");
                SSL_CTX_set_verify(pair->ctx[server], verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
                SSL_CTX_set_cert_verify_callback(pair->ctx[server], verify_by_itself, (void *)"argument");
                pair_over_wire(pair);
                pair_try(pair, outcome);
                CHECK_EQ(replaced_calls, 1);
                CHECK_EQ(SSL_get_verify_result(pair->ssl[server]), replaced_error);
                if (verifies && replaced_answer <= 0) {
                    CHECK_OUTCOME(outcome[server], SSL_R_CERTIFICATE_VERIFY_FAILED);
                    /* A client of TLS 1.3 is done by then. */
                    if (!server || version == TLS1_2_VERSION)
                        CHECK_OUTCOME(outcome[!server], errors[i].alert);
                } else {
                    SSL_SESSION *session;

                    CHECK_EQ(outcome[CLIENT].ret == 1 && outcome[SERVER].ret == 1, 1);
                    pair_settle(pair);
                    session = pair_leave(pair);
                    pair_over_wire(pair);
                    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
                    pair_handshake(pair);
                    CHECK_EQ(SSL_session_reused(pair->ssl[server]), 1);
                    CHECK_EQ(SSL_get_verify_result(pair->ssl[server]), replaced_error);
                    CHECK_EQ(replaced_calls, 1);
                    SSL_SESSION_free(session);
                }
                pair_free(pair);
            }
}

/* "By setting callback to NULL, the default behaviour is restored." */
TEST_VERSIONS(verification_is_restored)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    replaced_answer = 1;
    use_identity(pair->ctx[SERVER], "stranger");
    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], verify_by_itself, (void *)"argument");
    SSL_CTX_set_cert_verify_callback(pair->ctx[CLIENT], NULL, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_EQ(replaced_calls, 0);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
    pair_free(pair);
}

/* "Alternatively the SSL_CERT_FILE environment variable can be defined to override this location": for the default file, which is one
 * of the default paths, and neither the default directory nor the default store. */
TEST_VERSIONS(default_file_is_that_of_the_environment)
{
    static int (*const setters[])(SSL_CTX *) = {SSL_CTX_set_default_verify_paths, SSL_CTX_set_default_verify_file,
                                                SSL_CTX_set_default_verify_dir, SSL_CTX_set_default_verify_store};

    CHECK_EQ(setenv("SSL_CERT_FILE", cert_path("root", "pem"), 1), 0);
    CHECK_EQ(setenv("SSL_CERT_DIR", "/no/such/directory", 1), 0);
    for (int i = 0; i < 4; i++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        SSL_CTX_free(pair->ctx[CLIENT]);
        pair->ctx[CLIENT] = SSL_CTX_new(TLS_method());
        CHECK_EQ(SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], version), 1);
        SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, NULL);
        CHECK_OK(setters[i](pair->ctx[CLIENT]));
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret == 1, i < 2);
        pair_free(pair);
    }
}

/* SSL_CTX_set1_cert_store(3): "To share X509_STOREs between two SSL_CTXs, use SSL_CTX_get_cert_store() … and then use
 * SSL_CTX_set1_cert_store()": it lives as long as either. It "is also shared by every child SSL structure": one that the context gets
 * later counts for connections that are there. */
TEST_VERSIONS(store_is_shared)
{
    struct pair *pair = pair_contexts(version);
    SSL_CTX *first = SSL_CTX_new(TLS_method());
    X509_STORE *store = SSL_CTX_get_cert_store(first);

    pair_over_wire(pair);
    SSL_CTX_set1_cert_store(pair->ctx[CLIENT], store);
    CHECK(SSL_CTX_get_cert_store(pair->ctx[CLIENT]) == store);
    trust(first, "other");
    SSL_CTX_free(first);
    use_identity_ssl(pair->ssl[SERVER], "stranger");
    pair_handshake(pair);
    pair_free(pair);
}

/* SSL_set1_host(): "If name is NULL or the empty string, the list of hostnames is cleared and name checks are not performed"; "clearing
 * any previously specified hostname". SSL_add1_host(): "no change is made if name is NULL or empty". */
TEST_VERSIONS(host_names_are_cleared)
{
    for (int i = 0; i < 4; i++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];
        SSL *client;

        pair_over_wire(pair);
        client = pair->ssl[CLIENT];
        CHECK_OK(SSL_set1_host(client, i == 3 ? "server.example" : "first.example"));
        CHECK_OK(SSL_add1_host(client, i == 3 ? "first.example" : "second.example"));
        CHECK_OK(SSL_add1_host(client, NULL));
        CHECK_OK(SSL_add1_host(client, ""));
        CHECK(X509_VERIFY_PARAM_get0_host(SSL_get0_param(client), 1) != NULL);
        CHECK(X509_VERIFY_PARAM_get0_host(SSL_get0_param(client), 2) == NULL);
        if (i < 2)
            CHECK_OK(SSL_set1_host(client, i == 0 ? NULL : ""));
        if (i == 3)
            CHECK_OK(SSL_set1_host(client, "third.example"));
        CHECK_EQ(X509_VERIFY_PARAM_get0_host(SSL_get0_param(client), 0) == NULL, i < 2);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret, i < 2 ? 1 : -1);
        CHECK_EQ(SSL_get_verify_result(client), i < 2 ? X509_V_OK : X509_V_ERR_HOSTNAME_MISMATCH);
        CHECK(SSL_get0_peername(client) == NULL);
        pair_free(pair);
    }
}

/* "When one of the reference identifiers ... starts with "." ... the matched peer name may be a sub-domain". */
TEST_VERSIONS(parent_domain_matches)
{
    check_name(version, 1, ".example", 0, "server.example");
    check_name(version, 0, ".ample", 0, NULL);
}

/* Without verification the name is looked at all the same, and the handshake goes on. */
TEST_VERSIONS(host_name_is_checked_where_nothing_is_verified)
{
    struct pair *pair = pair_contexts(version);
    SSL *client;

    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    SSL_set_verify(client, SSL_VERIFY_NONE, NULL);
    CHECK_OK(SSL_set1_host(client, "other.example"));
    pair_handshake(pair);
    CHECK_EQ(SSL_get_verify_result(client), X509_V_ERR_HOSTNAME_MISMATCH);
    CHECK(SSL_get0_peername(client) == NULL);
    pair_free(pair);
}

static int forgive(int ok, X509_STORE_CTX *store)
{
    if (!ok)
        X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

static int overlook(int ok, X509_STORE_CTX *store)
{
    (void)ok;
    (void)store;
    return 1;
}

/*
 * "Only the last verification error that occurred during the processing is available from SSL_get_verify_result()." "The verification
 * result is part of the established session and is restored when a session is reused." SSL_set_verify_result(): "if the session is to be
 * reused later, the original value will reappear". A session that is given brings its result along.
 */
TEST_VERSIONS(verify_result_is_the_sessions)
{
    static const struct {
        int (*callback)(int, X509_STORE_CTX *);
        int mode, result;
    } cases[] = {
        {NULL, SSL_VERIFY_NONE, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
        {overlook, SSL_VERIFY_PEER, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE},
        {forgive, SSL_VERIFY_PEER, X509_V_OK},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_for_sessions(version, 1);
        SSL_SESSION *session;
        SSL *client;

        /* Nobody is trusted. */
        SSL_CTX_set_cert_store(pair->ctx[CLIENT], X509_STORE_new());
        SSL_CTX_set_verify(pair->ctx[CLIENT], cases[i].mode, cases[i].callback);
        pair_over_wire(pair);
        client = pair->ssl[CLIENT];
        SSL_set_verify_result(client, X509_V_ERR_CERT_REJECTED);
        CHECK_EQ(SSL_get_verify_result(client), X509_V_ERR_CERT_REJECTED);
        pair_handshake(pair);
        pair_settle(pair);
        CHECK_EQ(SSL_get_verify_result(client), cases[i].result);
        /* "If no peer certificate was presented, the returned result code is X509_V_OK." */
        CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_OK);
        SSL_set_verify_result(client, X509_V_ERR_CERT_REVOKED);
        CHECK_EQ(SSL_get_verify_result(client), X509_V_ERR_CERT_REVOKED);
        session = pair_leave(pair);

        pair_over_wire(pair);
        client = pair->ssl[CLIENT];
        SSL_set_verify_result(client, X509_V_ERR_CERT_REVOKED);
        CHECK_OK(SSL_set_session(client, session));
        CHECK_EQ(SSL_get_verify_result(client), cases[i].result);
        pair_handshake(pair);
        CHECK_EQ(SSL_session_reused(client), 1);
        CHECK_EQ(SSL_get_verify_result(client), cases[i].result);
        CHECK(SSL_get0_verified_chain(client) == NULL);
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* SSL_set1_host(3), SSL_add1_host: an IP address as the name is the address that the certificate has to have; there is one alone. */
TEST_VERSIONS(host_that_is_an_address)
{
    for (int ok = 0; ok <= 1; ok++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];
        char *address;

        pair_over_wire(pair);
        CHECK_EQ(SSL_set1_host(pair->ssl[CLIENT], ok ? "127.0.0.1" : "127.0.0.2"), 1);
        CHECK(X509_VERIFY_PARAM_get0_host(SSL_get0_param(pair->ssl[CLIENT]), 0) == NULL);
        address = X509_VERIFY_PARAM_get1_ip_asc(SSL_get0_param(pair->ssl[CLIENT]));
        CHECK_STR(address, ok ? "127.0.0.1" : "127.0.0.2");
        OPENSSL_free(address);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret == 1, ok);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), ok ? X509_V_OK : X509_V_ERR_IP_ADDRESS_MISMATCH);
        pair_free(pair);
    }
}

TEST(second_address_is_refused)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_EQ(SSL_set1_host(ssl, "127.0.0.1"), 1);
    CHECK_EQ(SSL_add1_host(ssl, "10.0.0.1"), 0);
    ERR_clear_error();
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_set1_host(3): "The returned string ... is no longer valid once the associated ssl handle is cleared or freed". */
TEST_VERSIONS(peer_name_is_cleared)
{
    struct pair *pair = pair_contexts(version);
    SSL *client;

    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    CHECK_OK(SSL_set1_host(client, "server.example"));
    pair_handshake(pair);
    CHECK_STR(SSL_get0_peername(client), "server.example");
    CHECK_OK(SSL_clear(client));
    CHECK(SSL_get0_peername(client) == NULL);
    CHECK_STR(X509_VERIFY_PARAM_get0_host(SSL_get0_param(client), 0), "server.example");
    pair_free(pair);
}

/* What callbacks of a server hear of a client whose certificate is bad, and was taken all the same. */
static long heard[2];

static int hear_at_the_name(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    heard[0] = SSL_get_verify_result(ssl);
    return SSL_TLSEXT_ERR_OK;
}

static void hear_at_the_end(const SSL *ssl, int where, int ret)
{
    (void)ret;
    if (where == SSL_CB_HANDSHAKE_DONE)
        heard[1] = SSL_get_verify_result(ssl);
}

/* SSL_get_verify_result(3): in a resumption "the verification result of the original verification", for all who ask from the moment
 * on at which the session is found; what the program sets afterwards holds. */
TEST_VERSIONS(verify_result_comes_with_the_session)
{
    for (int tickets = 0; tickets <= 1; tickets++) {
        struct pair *pair = pair_for_sessions(version, tickets);
        SSL_SESSION *session = NULL;
        long result = X509_V_OK;

        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, overlook);
        use_identity(pair->ctx[CLIENT], "client");
        SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], hear_at_the_name);
        SSL_CTX_set_info_callback(pair->ctx[SERVER], hear_at_the_end);
        for (int i = 0; i < 2; i++) {
            pair_over_wire(pair);
            CHECK_EQ(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "a.example"), 1);
            if (session != NULL)
                CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
            pair_handshake(pair);
            pair_settle(pair);
            CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), i);
            CHECK_EQ(heard[0], result);
            result = SSL_get_verify_result(pair->ssl[SERVER]);
            CHECK(result != X509_V_OK);
            CHECK_EQ(heard[1], result);
            SSL_SESSION_free(session);
            session = pair_leave(pair);
        }
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* SSL_set_verify_result(3): "overrides the verification result", also that of a session that is resumed afterwards. */
TEST_VERSIONS(verify_result_that_is_set_before_a_resumption)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    SSL *client;

    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    CHECK_OK(SSL_set_session(client, session));
    CHECK_EQ(SSL_get_verify_result(client), X509_V_OK);
    SSL_set_verify_result(client, X509_V_ERR_CERT_REVOKED);
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(client), 1);
    CHECK_EQ(SSL_get_verify_result(client), X509_V_ERR_CERT_REVOKED);
    SSL_SESSION_free(session);
    pair_free(pair);
}
