/* SSL_CTX_set_tlsext_servername_callback(3), SSL_CTX_set_alpn_select_cb(3),
 * SSL_CTX_set_client_hello_cb(3), SSL_select_next_proto. */
#include "support.h"

/* ---- server name ---- */

static SSL_CTX *second_context;
static int name_calls, name_result;
static int name_alert;

static int choose_context(SSL *ssl, int *alert, void *argument)
{
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    name_calls++;
    CHECK_STR(argument, "argument");
    CHECK_EQ(*alert, SSL_AD_UNRECOGNIZED_NAME);
    if (name_alert != 0)
        *alert = name_alert;
    if (name != NULL && strcmp(name, "second.example") == 0)
        CHECK(SSL_set_SSL_CTX(ssl, second_context) == second_context);
    return name_result;
}

static struct pair *pair_with_names(int version)
{
    struct pair *pair = pair_contexts(version);

    second_context = SSL_CTX_new(TLS_server_method());
    use_identity(second_context, "second");
    CHECK_EQ(SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], choose_context), 1);
    CHECK_EQ(SSL_CTX_set_tlsext_servername_arg(pair->ctx[SERVER], "argument"), 1);
    return pair;
}

static void free_with_names(struct pair *pair)
{
    pair_free(pair);
    SSL_CTX_free(second_context);
}

/* The callback runs once, sees the name, and may change the context: the other certificate is sent. */
TEST_VERSIONS(servername_callback_switches_the_context)
{
    static const char *const names[] = {"server.example", "second.example"};
    static const char *const identities[] = {"ec", "second"};
    struct pair *pair = pair_with_names(version);

    for (int i = 0; i < 2; i++) {
        X509 *expected = load_certificate(identities[i]), *received;

        name_calls = 0;
        pair_over_wire(pair);
        CHECK_EQ(SSL_set_tlsext_host_name(pair->ssl[CLIENT], names[i]), 1);
        CHECK_STR(SSL_get_servername(pair->ssl[CLIENT], TLSEXT_NAMETYPE_host_name), names[i]);
        CHECK_OK(SSL_set1_host(pair->ssl[CLIENT], names[i]));
        pair_handshake(pair);
        CHECK_EQ(name_calls, 1);
        received = SSL_get1_peer_certificate(pair->ssl[CLIENT]);
        CHECK_EQ(X509_cmp(received, expected), 0);
        CHECK_STR(SSL_get_servername(pair->ssl[SERVER], TLSEXT_NAMETYPE_host_name), names[i]);
        CHECK_EQ(SSL_get_servername_type(pair->ssl[SERVER]), TLSEXT_NAMETYPE_host_name);
        CHECK(SSL_get_SSL_CTX(pair->ssl[SERVER])
              == (i == 0 ? pair->ctx[SERVER] : second_context));
        X509_free(received);
        X509_free(expected);
        pair_settle(pair);
        check_alive(pair);
        pair_disconnect(pair);
    }
    free_with_names(pair);
}

/* It runs without a name as well; then SSL_get_servername() is NULL and the type -1. */
TEST_VERSIONS(servername_callback_without_name)
{
    struct pair *pair = pair_with_names(version);

    pair_over_wire(pair);
    CHECK(SSL_get_servername(pair->ssl[CLIENT], TLSEXT_NAMETYPE_host_name) == NULL);
    pair_handshake(pair);
    CHECK_EQ(name_calls, 1);
    CHECK(SSL_get_servername(pair->ssl[SERVER], TLSEXT_NAMETYPE_host_name) == NULL);
    CHECK_EQ(SSL_get_servername_type(pair->ssl[SERVER]), -1);
    free_with_names(pair);
}

/* SSL_TLSEXT_ERR_ALERT_FATAL ends the handshake with the alert that the callback chose. */
TEST_VERSIONS(servername_callback_fatal)
{
    static const int alerts[] = {0, SSL_AD_ACCESS_DENIED};
    static const int reasons[] = {SSL_R_TLSV1_UNRECOGNIZED_NAME, SSL_R_TLSV1_ALERT_ACCESS_DENIED};
    struct pair *pair = pair_with_names(version);
    struct outcome outcome[2];

    for (int i = 0; i < 2; i++) {
        name_result = SSL_TLSEXT_ERR_ALERT_FATAL;
        name_alert = alerts[i];
        pair_over_wire(pair);
        SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example");
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[SERVER], SSL_R_CALLBACK_FAILED);
        CHECK_OUTCOME(outcome[CLIENT], reasons[i]);
        pair_disconnect(pair);
    }
    free_with_names(pair);
}

/* SSL_TLSEXT_ERR_ALERT_WARNING and SSL_TLSEXT_ERR_NOACK go on. */
TEST_VERSIONS(servername_callback_warning_and_noack)
{
    struct pair *pair = pair_with_names(version);

    for (int i = 0; i < 2; i++) {
        name_result = i == 0 ? SSL_TLSEXT_ERR_ALERT_WARNING : SSL_TLSEXT_ERR_NOACK;
        pair_over_wire(pair);
        SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example");
        pair_handshake(pair);
        pair_settle(pair);
        check_alive(pair);
        pair_disconnect(pair);
    }
    free_with_names(pair);
}

/* A name that is no name is refused; NULL takes the name away. */
TEST(set_host_name_checks_its_argument)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);
    char long_name[300];

    memset(long_name, 'a', sizeof(long_name));
    long_name[299] = 0;
    CHECK_EQ(SSL_set_tlsext_host_name(ssl, long_name), 0);
    CHECK_SSL_REASON(SSL_R_SSL3_EXT_INVALID_SERVERNAME);
    CHECK_EQ(SSL_set_tlsext_host_name(ssl, ""), 0);
    CHECK_SSL_REASON(SSL_R_SSL3_EXT_INVALID_SERVERNAME);
    CHECK_EQ(SSL_set_tlsext_host_name(ssl, "a.example"), 1);
    CHECK_EQ(SSL_set_tlsext_host_name(ssl, NULL), 1);
    CHECK(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) == NULL);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* Settings that follow the switched context: the verification of client certificates. */
static int switch_and_verify(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    (void)argument;
    SSL_set_SSL_CTX(ssl, second_context);
    SSL_set_verify(ssl, SSL_CTX_get_verify_mode(second_context),
                   SSL_CTX_get_verify_callback(second_context));
    return SSL_TLSEXT_ERR_OK;
}

TEST_VERSIONS(servername_callback_can_ask_for_a_certificate)
{
    struct pair *pair = pair_with_names(version);

    trust(second_context, "root");
    SSL_CTX_set_verify(second_context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], switch_and_verify);
    use_identity(pair->ctx[CLIENT], "client");
    pair_over_wire(pair);
    SSL_set_tlsext_host_name(pair->ssl[CLIENT], "second.example");
    pair_handshake(pair);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[SERVER]), X509_V_OK);
    free_with_names(pair);
}

/* ---- ALPN ---- */

static const unsigned char protocols[] = "\x02h2\x08http/1.1";
#define PROTOCOLS_LENGTH 12

static int alpn_result, alpn_calls;

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_length,
                           const unsigned char *in, unsigned int in_length, void *argument)
{
    static const unsigned char wanted[] = "\x08http/1.1\x02h2";

    (void)ssl;
    CHECK_STR(argument, "alpn");
    CHECK_EQ(in_length, PROTOCOLS_LENGTH);
    CHECK_MEM(in, protocols, PROTOCOLS_LENGTH);
    alpn_calls++;
    if (alpn_result == SSL_TLSEXT_ERR_OK)
        CHECK_EQ(SSL_select_next_proto((unsigned char **)out, out_length, wanted, 12, in,
                                       in_length),
                 OPENSSL_NPN_NEGOTIATED);
    return alpn_result;
}

static void check_selected(const SSL *ssl, const char *expected)
{
    const unsigned char *name = (const unsigned char *)"x";
    unsigned int length = 99;

    SSL_get0_alpn_selected(ssl, &name, &length);
    CHECK_EQ(length, expected != NULL ? strlen(expected) : 0);
    if (expected != NULL)
        CHECK_MEM(name, expected, length);
    else
        CHECK(name == NULL);
}

/* The protocols can be set on the context or on the connection; 0 is success. */
TEST_VERSIONS(alpn_is_negotiated)
{
    for (int on_context = 0; on_context < 2; on_context++) {
        struct pair *pair = pair_contexts(version);

        alpn_calls = 0;
        SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], select_protocol, "alpn");
        if (on_context)
            CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], protocols, PROTOCOLS_LENGTH), 0);
        pair_over_wire(pair);
        if (!on_context)
            CHECK_EQ(SSL_set_alpn_protos(pair->ssl[CLIENT], protocols, PROTOCOLS_LENGTH), 0);
        check_selected(pair->ssl[CLIENT], NULL);
        pair_handshake(pair);
        CHECK_EQ(alpn_calls, 1);
        check_selected(pair->ssl[CLIENT], "http/1.1");
        check_selected(pair->ssl[SERVER], "http/1.1");
        pair_free(pair);
    }
}

/* Without a callback, or without the extension, nothing is selected. */
TEST_VERSIONS(alpn_needs_both_sides)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], protocols, PROTOCOLS_LENGTH);
    pair_over_wire(pair);
    pair_handshake(pair);
    check_selected(pair->ssl[CLIENT], NULL);
    check_selected(pair->ssl[SERVER], NULL);
    pair_disconnect(pair);
    SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], NULL, 0);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], select_protocol, "alpn");
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(alpn_calls, 0);
    check_selected(pair->ssl[SERVER], NULL);
    pair_free(pair);
}

/* SSL_TLSEXT_ERR_NOACK: the handshake goes on without a protocol. */
TEST_VERSIONS(alpn_noack_goes_on)
{
    struct pair *pair = pair_contexts(version);

    alpn_result = SSL_TLSEXT_ERR_NOACK;
    SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], protocols, PROTOCOLS_LENGTH);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], select_protocol, "alpn");
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(alpn_calls, 1);
    check_selected(pair->ssl[CLIENT], NULL);
    pair_free(pair);
}

/* SSL_TLSEXT_ERR_ALERT_FATAL, and any other value, end it. */
TEST_VERSIONS(alpn_fatal_ends)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], protocols, PROTOCOLS_LENGTH);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], select_protocol, "alpn");
    for (int i = 0; i < 2; i++) {
        alpn_result = i == 0 ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_ALERT_WARNING;
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_APPLICATION_PROTOCOL);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* A list that is not well formed is refused: not 0. */
TEST(alpn_list_is_checked)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);

    CHECK_EQ(SSL_CTX_set_alpn_protos(context, (const unsigned char *)"\x05h2", 3), 1);
    CHECK_EQ(SSL_set_alpn_protos(ssl, (const unsigned char *)"\x00", 1), 1);
    CHECK_EQ(SSL_CTX_set_alpn_protos(context, protocols, PROTOCOLS_LENGTH), 0);
    CHECK_NO_ERRORS();
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_select_next_proto(): the first of the server's list that the client has; else the client's
 * first, and OPENSSL_NPN_NO_OVERLAP. */
TEST(select_next_proto)
{
    unsigned char *out, length;

    CHECK_EQ(SSL_select_next_proto(&out, &length, (const unsigned char *)"\x01" "b\x01" "a", 4,
                                   (const unsigned char *)"\x01" "a\x01" "b", 4),
             OPENSSL_NPN_NEGOTIATED);
    CHECK_EQ(length, 1);
    CHECK_EQ(out[0], 'b');
    CHECK_EQ(SSL_select_next_proto(&out, &length, (const unsigned char *)"\x01" "x", 2,
                                   (const unsigned char *)"\x01" "a\x01" "b", 4),
             OPENSSL_NPN_NO_OVERLAP);
    CHECK_EQ(length, 1);
    CHECK_EQ(out[0], 'a');
}

/* ---- the client_hello callback ---- */

static int hello_calls;

static int look_at_client_hello(SSL *ssl, int *alert, void *argument)
{
    const unsigned char *bytes;
    int *extensions;
    size_t count, length;
    int has_server_name = 0;

    (void)alert;
    CHECK_STR(argument, "hello");
    hello_calls++;
    CHECK_EQ(SSL_client_hello_isv2(ssl), 0);
    CHECK_EQ(SSL_client_hello_get0_legacy_version(ssl), TLS1_2_VERSION);
    CHECK_EQ(SSL_client_hello_get0_random(ssl, &bytes), 32);
    CHECK(SSL_client_hello_get0_session_id(ssl, &bytes) <= 32);
    length = SSL_client_hello_get0_ciphers(ssl, &bytes);
    CHECK(length >= 2 && length % 2 == 0);
    CHECK_EQ(SSL_client_hello_get0_compression_methods(ssl, &bytes), 1);
    CHECK_EQ(bytes[0], 0);
    CHECK_OK(SSL_client_hello_get1_extensions_present(ssl, &extensions, &count));
    CHECK(count > 3);
    for (size_t i = 0; i < count; i++) {
        has_server_name |= extensions[i] == TLSEXT_TYPE_server_name;
        CHECK_EQ(SSL_client_hello_get0_ext(ssl, (unsigned)extensions[i], &bytes, &length), 1);
    }
    OPENSSL_free(extensions);
    CHECK(has_server_name);
    CHECK_OK(SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &length));
    CHECK_EQ(length, 5 + strlen("server.example"));
    CHECK_MEM(bytes + 5, "server.example", 14);
    CHECK_EQ(SSL_client_hello_get0_ext(ssl, 0xfafa, &bytes, &length), 0);
    CHECK_NO_ERRORS();
    return SSL_CLIENT_HELLO_SUCCESS;
}

/* What the getters show in the callback. */
TEST_VERSIONS(client_hello_callback_sees_the_message)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], look_at_client_hello, "hello");
    pair_over_wire(pair);
    SSL_set_tlsext_host_name(pair->ssl[CLIENT], "server.example");
    pair_handshake(pair);
    CHECK_EQ(hello_calls, 1);
    pair_free(pair);
}

/* Outside of the callback there is nothing. */
TEST_VERSIONS(client_hello_getters_outside_of_the_callback)
{
    struct pair *pair = pair_established(version);
    const unsigned char *bytes;
    size_t length;

    CHECK_EQ(SSL_client_hello_get0_legacy_version(pair->ssl[SERVER]), 0);
    CHECK_EQ(SSL_client_hello_get0_random(pair->ssl[SERVER], &bytes), 0);
    CHECK_EQ(SSL_client_hello_get0_ciphers(pair->ssl[SERVER], &bytes), 0);
    CHECK_EQ(SSL_client_hello_get0_ext(pair->ssl[SERVER], 0, &bytes, &length), 0);
    pair_free(pair);
}

static int refuse_client_hello(SSL *ssl, int *alert, void *argument)
{
    (void)ssl;
    (void)argument;
    *alert = SSL_AD_ACCESS_DENIED;
    return SSL_CLIENT_HELLO_ERROR;
}

/* SSL_CLIENT_HELLO_ERROR ends the handshake with the alert that the callback chose. */
TEST_VERSIONS(client_hello_callback_can_refuse)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], refuse_client_hello, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_CALLBACK_FAILED);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_ACCESS_DENIED);
    pair_free(pair);
}

/* The context may be switched there as well. */
static int switch_in_client_hello(SSL *ssl, int *alert, void *argument)
{
    (void)alert;
    (void)argument;
    SSL_set_SSL_CTX(ssl, second_context);
    return SSL_CLIENT_HELLO_SUCCESS;
}

TEST_VERSIONS(client_hello_callback_switches_the_context)
{
    struct pair *pair = pair_with_names(version);
    X509 *expected = load_certificate("second"), *received;

    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], switch_in_client_hello, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    received = SSL_get1_peer_certificate(pair->ssl[CLIENT]);
    CHECK_EQ(X509_cmp(received, expected), 0);
    X509_free(received);
    X509_free(expected);
    free_with_names(pair);
}

/* ---- OCSP stapling ---- */

static int status_calls;
static const unsigned char *stapled;
static long stapled_length;

static int staple(SSL *ssl, void *argument)
{
    unsigned char *response = OPENSSL_malloc(4);

    CHECK_STR(argument, "staple");
    memcpy(response, "OCSP", 4);
    CHECK_EQ(SSL_set_tlsext_status_ocsp_resp(ssl, response, 4), 1);
    return SSL_TLSEXT_ERR_OK;
}

static int accept_status(SSL *ssl, void *argument)
{
    (void)argument;
    status_calls++;
    stapled_length = SSL_get_tlsext_status_ocsp_resp(ssl, &stapled);
    return stapled_length == 4;
}

/* The server staples what its callback sets; the client's callback decides. */
TEST_VERSIONS(status_request)
{
    for (int answered = 0; answered < 2; answered++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        status_calls = 0;
        if (answered) {
            SSL_CTX_set_tlsext_status_cb(pair->ctx[SERVER], staple);
            SSL_CTX_set_tlsext_status_arg(pair->ctx[SERVER], "staple");
        }
        SSL_CTX_set_tlsext_status_cb(pair->ctx[CLIENT], accept_status);
        pair_over_wire(pair);
        CHECK_EQ(SSL_set_tlsext_status_type(pair->ssl[CLIENT], TLSEXT_STATUSTYPE_ocsp), 1);
        CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[CLIENT]), TLSEXT_STATUSTYPE_ocsp);
        pair_try(pair, outcome);
        CHECK_EQ(status_calls, 1);
        if (answered) {
            CHECK_EQ(outcome[CLIENT].ret, 1);
            stapled_length = SSL_get_tlsext_status_ocsp_resp(pair->ssl[CLIENT], &stapled);
            CHECK_EQ(stapled_length, 4);
            CHECK_MEM(stapled, "OCSP", 4);
        } else {
            CHECK_EQ(stapled_length, -1);
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_INVALID_STATUS_RESPONSE);
        }
        pair_free(pair);
    }
}

static int chosen_alert;

static int refuse_with_alert(SSL *ssl, int *alert, void *argument)
{
    (void)ssl, (void)argument;
    *alert = chosen_alert;
    return SSL_CLIENT_HELLO_ERROR;
}

/* An alert that is none of TLS is not sent. */
TEST_VERSIONS(alerts_that_are_none)
{
    static const int alerts[] = {SSL_AD_ACCESS_DENIED, 1, 41, 200, 256, -1};

    for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++) {
        struct pair *pair = pair_contexts(version);

        chosen_alert = alerts[i];
        SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], refuse_with_alert, NULL);
        pair_over_wire(pair);
        CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), -1);
        CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), -1);
        CHECK_SSL_REASON(SSL_R_CALLBACK_FAILED);
        ERR_clear_error();
        CHECK_EQ(queue_length(&pair->queue[CLIENT]) > 0, i == 0);
        pair_free(pair);
    }
}
