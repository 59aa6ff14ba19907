/* Certificate transparency: SSL_CTX_set_ct_validation_callback(3), SSL_get0_peer_scts(3),
 * SSL_CTX_set_ctlog_list_file(3). */
#include <unistd.h>

#include <openssl/ct.h>

#include "support.h"

static int calls, result;
static int count;

static int look(const CT_POLICY_EVAL_CTX *policy, const STACK_OF(SCT) *timestamps, void *argument)
{
    CHECK_STR(argument, "argument");
    CHECK(CT_POLICY_EVAL_CTX_get0_cert(policy) != NULL);
    CHECK(CT_POLICY_EVAL_CTX_get0_issuer(policy) != NULL);
    calls++;
    count = sk_SCT_num(timestamps);
    return result;
}

/* A list with one timestamp of a log that nobody knows. */
static size_t make_list(unsigned char list[200])
{
    SCT *timestamp = SCT_new();
    STACK_OF(SCT) *all = sk_SCT_new_null();
    unsigned char log[32] = {7}, signature[70] = {8}, *out = list;
    int length;

    CHECK_EQ(SCT_set_version(timestamp, SCT_VERSION_V1), 1);
    CHECK_EQ(SCT_set1_log_id(timestamp, log, sizeof(log)), 1);
    SCT_set_timestamp(timestamp, 1600000000000);
    CHECK_EQ(SCT_set_signature_nid(timestamp, NID_ecdsa_with_SHA256), 1);
    CHECK_EQ(SCT_set1_signature(timestamp, signature, sizeof(signature)), 1);
    sk_SCT_push(all, timestamp);
    length = i2o_SCT_LIST(all, &out);
    CHECK(length > 0 && length < 200);
    SCT_LIST_free(all);
    return (size_t)length;
}

TEST_VERSIONS(callback_sees_what_the_server_sends)
{
    struct pair *pair = pair_contexts(version);
    unsigned char list[200];
    const STACK_OF(SCT) *timestamps;

    serve_list(pair->ctx[SERVER], list, make_list(list));
    CHECK_OK(SSL_CTX_set_ct_validation_callback(pair->ctx[CLIENT], look, "argument"));
    CHECK_EQ(SSL_CTX_ct_is_enabled(pair->ctx[CLIENT]), 1);
    CHECK_EQ(SSL_CTX_ct_is_enabled(pair->ctx[SERVER]), 0);
    result = 1;
    pair_over_wire(pair);
    CHECK_EQ(SSL_ct_is_enabled(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[CLIENT]), TLSEXT_STATUSTYPE_ocsp);
    pair_handshake(pair);
    CHECK_EQ(calls, 1);
    CHECK_EQ(count, 1);
    timestamps = SSL_get0_peer_scts(pair->ssl[CLIENT]);
    CHECK_EQ(sk_SCT_num(timestamps), 1);
    CHECK(timestamps == SSL_get0_peer_scts(pair->ssl[CLIENT]));
    CHECK_EQ(SCT_get_source(sk_SCT_value(timestamps, 0)), SCT_SOURCE_TLS_EXTENSION);
    CHECK_EQ(SCT_get_validation_status(sk_SCT_value(timestamps, 0)), SCT_VALIDATION_STATUS_UNKNOWN_LOG);
    CHECK_EQ(SCT_get_timestamp(sk_SCT_value(timestamps, 0)), 1600000000000);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    pair_free(pair);
}

/* Without the callback nothing is asked for, and nothing sent. */
TEST_VERSIONS(nobody_asks)
{
    struct pair *pair = pair_contexts(version);
    unsigned char list[200];

    serve_list(pair->ctx[SERVER], list, make_list(list));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(sk_SCT_num(SSL_get0_peer_scts(pair->ssl[CLIENT])), 0);
    pair_free(pair);
}

TEST_VERSIONS(callback_refuses)
{
    for (result = -1; result <= 0; result++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        CHECK_OK(SSL_CTX_set_ct_validation_callback(pair->ctx[CLIENT], look, "argument"));
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_CALLBACK_FAILED);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_NO_VALID_SCTS);
        CHECK_EQ(count, 0);
        pair_free(pair);
    }
}

TEST_VERSIONS(strict_and_permissive)
{
    unsigned char list[200];
    size_t length = make_list(list);

    for (int with_list = 0; with_list <= 1; with_list++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        if (with_list)
            serve_list(pair->ctx[SERVER], list, length);
        CHECK_OK(SSL_CTX_enable_ct(pair->ctx[CLIENT], SSL_CT_VALIDATION_STRICT));
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_NO_VALID_SCTS);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_NO_VALID_SCTS);
        pair_disconnect(pair);

        pair_over_wire(pair);
        CHECK_OK(SSL_enable_ct(pair->ssl[CLIENT], SSL_CT_VALIDATION_PERMISSIVE));
        pair_handshake(pair);
        CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
        pair_free(pair);
    }
}

/* A chain that nobody verified has no timestamps to look at; neither has a resumption. */
TEST_VERSIONS(callback_is_not_called_without_a_verified_chain)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session, *again;

    result = 1;
    CHECK_OK(SSL_CTX_set_ct_validation_callback(pair->ctx[CLIENT], look, "argument"));
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(calls, 1);
    again = connect_with(pair, session, 1);
    CHECK_EQ(calls, 1);
    SSL_SESSION_free(session);
    SSL_SESSION_free(again);
    SSL_CTX_set_cert_store(pair->ctx[CLIENT], X509_STORE_new());
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(calls, 1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST(own_handler_and_callback_exclude_each_other)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl;

    CHECK_EQ(SSL_CTX_add_client_custom_ext(context, 18, NULL, NULL, NULL, NULL, NULL), 1);
    CHECK_EQ(SSL_CTX_enable_ct(context, SSL_CT_VALIDATION_STRICT), 0);
    CHECK_SSL_REASON(SSL_R_CUSTOM_EXT_HANDLER_ALREADY_INSTALLED);
    ssl = SSL_new(context);
    CHECK_EQ(SSL_enable_ct(ssl, SSL_CT_VALIDATION_STRICT), 0);
    CHECK_SSL_REASON(SSL_R_CUSTOM_EXT_HANDLER_ALREADY_INSTALLED);
    CHECK_OK(SSL_set_ct_validation_callback(ssl, NULL, NULL));
    SSL_free(ssl);
    SSL_CTX_free(context);

    context = SSL_CTX_new(TLS_method());
    CHECK_OK(SSL_CTX_enable_ct(context, SSL_CT_VALIDATION_STRICT));
    CHECK_EQ(SSL_CTX_add_client_custom_ext(context, 18, NULL, NULL, NULL, NULL, NULL), 0);
    CHECK_EQ(SSL_CTX_enable_ct(context, 2), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_CT_VALIDATION_TYPE);
    SSL_CTX_free(context);
}

TEST(logs)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    const CTLOG_STORE *first = SSL_CTX_get0_ctlog_store(context);
    CTLOG_STORE *store = CTLOG_STORE_new();
    char path[] = "/tmp/logs-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");

    CHECK(first != NULL);
    SSL_CTX_set0_ctlog_store(context, store);
    CHECK(SSL_CTX_get0_ctlog_store(context) == store);
    fputs("enabled_logs=\n", file);
    fclose(file);
    CHECK_OK(SSL_CTX_set_ctlog_list_file(context, path));
    CHECK_EQ(setenv("CTLOG_FILE", path, 1), 0);
    CHECK_OK(SSL_CTX_set_default_ctlog_list_file(context));
    unlink(path);
    CHECK_EQ(SSL_CTX_set_ctlog_list_file(context, path), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CTX_set_default_ctlog_list_file(context), 0);
    ERR_clear_error();
    SSL_CTX_set0_ctlog_store(context, NULL);
    CHECK(SSL_CTX_get0_ctlog_store(context) == NULL);
    SSL_CTX_free(context);
}

/* ---- a log of our own (RFC 6962) ---- */

TEST_VERSIONS(timestamp_of_a_known_log_is_valid)
{
    enum { GOOD, CHANGED, OTHER_CERTIFICATE, OTHER_LOG, FUTURE, CASES };
    static const sct_validation_status_t statuses[CASES] = {
        SCT_VALIDATION_STATUS_VALID, SCT_VALIDATION_STATUS_INVALID, SCT_VALIDATION_STATUS_INVALID,
        SCT_VALIDATION_STATUS_UNKNOWN_LOG, SCT_VALIDATION_STATUS_INVALID,
    };
    EVP_PKEY *key = EVP_EC_gen("P-256"), *other_key = EVP_EC_gen("P-256");

    for (int i = 0; i < CASES; i++) {
        struct pair *pair = pair_contexts(version);
        X509 *certificate = load_certificate(i == OTHER_CERTIFICATE ? "rsa" : "ec");
        uint64_t timestamp = i == FUTURE ? 99000000000000 : 1600000000000;
        const STACK_OF(SCT) *timestamps;
        struct outcome outcome[2];
        unsigned char list[200];
        size_t length = make_signed_list(key, certificate, timestamp, list);

        if (i == CHANGED)
            list[length - 1] ^= 1;
        serve_list(pair->ctx[SERVER], list, length);
        know_log(pair->ctx[CLIENT], i == OTHER_LOG ? other_key : key);
        CHECK_OK(SSL_CTX_enable_ct(pair->ctx[CLIENT], SSL_CT_VALIDATION_STRICT));
        pair_over_wire(pair);
        pair_try(pair, outcome);
        if (i == GOOD) {
            CHECK_EQ(outcome[CLIENT].ret, 1);
            CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
            pair_settle(pair);
            check_alive(pair);
        } else {
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_NO_VALID_SCTS);
            CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_NO_VALID_SCTS);
        }
        timestamps = SSL_get0_peer_scts(pair->ssl[CLIENT]);
        CHECK_EQ(sk_SCT_num(timestamps), 1);
        CHECK_EQ(SCT_get_validation_status(sk_SCT_value(timestamps, 0)), statuses[i]);
        X509_free(certificate);
        pair_free(pair);
    }
    EVP_PKEY_free(key);
    EVP_PKEY_free(other_key);
}

/* A server that looks at timestamps counts as one that was asked for an OCSP response. */
TEST_VERSIONS(transparency_of_a_server)
{
    struct pair *pair = pair_established(version);

    CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[SERVER]), -1);
    CHECK_OK(SSL_enable_ct(pair->ssl[SERVER], SSL_CT_VALIDATION_PERMISSIVE));
    CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[SERVER]), TLSEXT_STATUSTYPE_ocsp);
    pair_free(pair);
}

/* "The TLS handshake is aborted if the verification mode is not SSL_VERIFY_NONE and the callback returns a non-positive result." In TLS
 * 1.2 it is in any mode. */
static int refuse(const CT_POLICY_EVAL_CTX *context, const STACK_OF(SCT) *timestamps, void *argument)
{
    (void)context, (void)timestamps, (void)argument;
    return 0;
}

TEST(callback_refuses_without_verification)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct outcome outcome[2];

    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    CHECK_OK(SSL_CTX_set_ct_validation_callback(pair->ctx[CLIENT], refuse, NULL));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CALLBACK_FAILED);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_ERR_NO_VALID_SCTS);
    pair_free(pair);
}

/* ---- timestamps in a stapled response (RFC 6962 3.3) ---- */

/* Also by a client without a status callback. */
TEST_VERSIONS(timestamps_of_a_stapled_response_are_seen)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");

    for (int changed = 0; changed < 2; changed++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];
        const STACK_OF(SCT) *timestamps;
        unsigned char list[200];
        size_t length = make_signed_list(key, lent_certificate("ec"), 1600000000000, list);

        if (changed)
            list[length - 1] ^= 1;
        staple_list(pair->ctx[SERVER], list, length);
        know_log(pair->ctx[CLIENT], key);
        CHECK_OK(SSL_CTX_enable_ct(pair->ctx[CLIENT], SSL_CT_VALIDATION_STRICT));
        pair_over_wire(pair);
        pair_try(pair, outcome);
        if (changed)
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_NO_VALID_SCTS);
        else
            CHECK_EQ(outcome[CLIENT].ret, 1);
        timestamps = SSL_get0_peer_scts(pair->ssl[CLIENT]);
        CHECK_EQ(sk_SCT_num(timestamps), 1);
        CHECK_EQ(SCT_get_source(sk_SCT_value(timestamps, 0)), SCT_SOURCE_OCSP_STAPLED_RESPONSE);
        CHECK_EQ(SCT_get_validation_status(sk_SCT_value(timestamps, 0)),
                 changed ? SCT_VALIDATION_STATUS_INVALID : SCT_VALIDATION_STATUS_VALID);
        pair_free(pair);
    }
    EVP_PKEY_free(key);
}
