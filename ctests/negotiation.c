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

/* ---- the order of a server's callbacks ---- */

static char order[16];

static void note_call(char letter)
{
    size_t length = strlen(order);

    CHECK(length + 1 < sizeof(order));
    order[length] = letter;
    order[length + 1] = '\0';
}

static int note_hello(SSL *ssl, int *alert, void *argument)
{
    (void)argument;
    CHECK_EQ(*alert, SSL_AD_INTERNAL_ERROR);
    CHECK(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) == NULL);
    note_call('H');
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int note_name(SSL *ssl, int *alert, void *argument)
{
    (void)ssl;
    CHECK_STR(argument, "name");
    /* "By default this value is initialised to SSL_AD_UNRECOGNIZED_NAME." */
    CHECK_EQ(*alert, SSL_AD_UNRECOGNIZED_NAME);
    note_call('N');
    return SSL_TLSEXT_ERR_OK;
}

static int note_protocols(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
                          unsigned int in_length, void *argument)
{
    (void)ssl, (void)argument;
    CHECK_EQ(in_length, 4);
    *out = in + 3;
    *length = in[2];
    note_call('A');
    return SSL_TLSEXT_ERR_OK;
}

static int note_certificate(SSL *ssl, void *argument)
{
    (void)ssl, (void)argument;
    note_call('C');
    return 1;
}

/* "The ClientHello callback is executed first, then the servername callback, followed by the ALPN callback." "If there is no ALPN
 * proposed in the ClientHello, the ALPN callback is not invoked", while the servername callback is without a name, too. In TLS 1.2 the
 * certificate is looked for before the ALPN callback. All but that for certificates are called in resumptions. */
TEST_VERSIONS(callbacks_of_a_server_have_their_order)
{
    static const char *const full[2][2] = {{"HNC", "HNCA"}, {"HNC", "HNAC"}};
    int tls13 = version == TLS1_3_VERSION;

    for (int offers = 0; offers < 2; offers++) {
        struct pair *pair = pair_for_sessions(version, 1);
        SSL_SESSION *session;

        SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], note_hello, NULL);
        SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], note_name);
        SSL_CTX_set_tlsext_servername_arg(pair->ctx[SERVER], "name");
        SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], note_protocols, NULL);
        SSL_CTX_set_cert_cb(pair->ctx[SERVER], note_certificate, NULL);
        if (offers)
            CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\1a\1b", 4), 0);
        order[0] = '\0';
        session = connect_with(pair, NULL, 0);
        CHECK_STR(order, full[tls13][offers]);
        order[0] = '\0';
        SSL_SESSION_free(connect_with(pair, session, 1));
        CHECK_STR(order, offers ? "HNA" : "HN");
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

static int hello_answer;

static int answer_hello(SSL *ssl, int *alert, void *argument)
{
    (void)ssl, (void)alert, (void)argument;
    note_call('H');
    return hello_answer;
}

/* A callback that returns neither success nor a negative value has failed; the alert is internal_error unless it says another. */
TEST_VERSIONS(client_hello_callback_fails_unless_it_succeeds)
{
    for (hello_answer = 0; hello_answer < 4; hello_answer++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], answer_hello, NULL);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        if (hello_answer == SSL_CLIENT_HELLO_SUCCESS) {
            CHECK_EQ(outcome[SERVER].ret, 1);
        } else {
            CHECK_OUTCOME(outcome[SERVER], SSL_R_CALLBACK_FAILED);
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
        }
        pair_free(pair);
    }
}

/* "Such configuration changes can include … modifying the server's list of permitted TLS versions, changing the server's cipher
 * list". */
static int change_version(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    CHECK_EQ(SSL_set_max_proto_version(ssl, TLS1_2_VERSION), 1);
    CHECK_OK(SSL_set_cipher_list(ssl, "ECDHE-ECDSA-AES128-GCM-SHA256"));
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int change_suites(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    CHECK_OK(SSL_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256"));
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int forbid_version(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    SSL_set_options(ssl, SSL_OP_NO_TLSv1_3);
    return SSL_CLIENT_HELLO_SUCCESS;
}

TEST(client_hello_callback_changes_what_is_permitted)
{
    static const struct { SSL_client_hello_cb_fn callback; int version; const char *suite; } cases[] = {
        {change_version, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256"},
        {change_suites, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256"},
        {forbid_version, TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_contexts(0);

        SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], cases[i].callback, NULL);
        pair_over_wire(pair);
        pair_handshake(pair);
        CHECK_EQ(SSL_version(pair->ssl[CLIENT]), cases[i].version);
        CHECK_STR(SSL_get_cipher_name(pair->ssl[CLIENT]), cases[i].suite);
        pair_free(pair);
    }
}

/* It is called for each ClientHello: the second after a HelloRetryRequest, and that of a renegotiation. */
TEST_VERSIONS(client_hello_callback_sees_each_hello)
{
    struct pair *pair = pair_contexts(version);
    char byte;

    hello_answer = SSL_CLIENT_HELLO_SUCCESS;
    order[0] = '\0';
    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], answer_hello, NULL);
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-521"));
    pair_over_wire(pair);
    pair_handshake(pair);
    if (version == TLS1_2_VERSION) {
        CHECK_STR(order, "H");
        CHECK_OK(SSL_renegotiate(pair->ssl[SERVER]));
        CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
        for (int turn = 0; turn < 3; turn++)
            for (int side = CLIENT; side <= SERVER; side++)
                CHECK_WANTS(pair->ssl[side], SSL_read(pair->ssl[side], &byte, 1), SSL_ERROR_WANT_READ);
    }
    CHECK_STR(order, "HH");
    pair_free(pair);
}

/* "SSL_client_hello_get1_extensions_present(): The out and outlen parameters are both required"; the pointers of the other functions
 * are not. */
static int ask_for_nothing(SSL *ssl, int *alert, void *argument)
{
    size_t length;
    int *extensions;

    (void)alert, (void)argument;
    CHECK_EQ(SSL_client_hello_get0_random(ssl, NULL), SSL3_RANDOM_SIZE);
    CHECK_EQ(SSL_client_hello_get0_compression_methods(ssl, NULL), 1);
    CHECK(SSL_client_hello_get0_ciphers(ssl, NULL) >= 2);
    SSL_client_hello_get0_session_id(ssl, NULL);
    CHECK_EQ(SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_signature_algorithms, NULL, NULL), 1);
    CHECK_EQ(SSL_client_hello_get0_ext(ssl, 9999, NULL, NULL), 0);
    CHECK_EQ(SSL_client_hello_get1_extensions_present(ssl, NULL, &length), 0);
    CHECK_EQ(SSL_client_hello_get1_extensions_present(ssl, &extensions, NULL), 0);
    note_call('H');
    return SSL_CLIENT_HELLO_SUCCESS;
}

TEST_VERSIONS(client_hello_getters_without_pointers)
{
    struct pair *pair = pair_contexts(version);

    order[0] = '\0';
    SSL_CTX_set_client_hello_cb(pair->ctx[SERVER], ask_for_nothing, NULL);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_STR(order, "H");
    pair_free(pair);
}

/* ---- the status request ---- */

static int status_answer, server_status_calls, client_status_calls;
static long client_status_length;

static int answer_status(SSL *ssl, void *argument)
{
    const unsigned char *response;

    (void)argument;
    if (SSL_is_server(ssl)) {
        server_status_calls++;
        CHECK_EQ(SSL_set_tlsext_status_ocsp_resp(ssl, OPENSSL_memdup("response", 8), 8), 1);
        return status_answer;
    }
    client_status_calls++;
    client_status_length = SSL_get_tlsext_status_ocsp_resp(ssl, &response);
    CHECK_EQ(response == NULL, client_status_length == -1);
    return 7;
}

static struct pair *pair_with_status(int version)
{
    struct pair *pair = pair_for_sessions(version, 1);

    server_status_calls = client_status_calls = 0;
    for (int side = CLIENT; side <= SERVER; side++)
        SSL_CTX_set_tlsext_status_cb(pair->ctx[side], answer_status);
    CHECK_EQ(SSL_CTX_set_tlsext_status_type(pair->ctx[CLIENT], TLSEXT_STATUSTYPE_ocsp), 1);
    return pair;
}

/* "The callback when used on the server side should return with either SSL_TLSEXT_ERR_OK …, SSL_TLSEXT_ERR_NOACK … or
 * SSL_TLSEXT_ERR_ALERT_FATAL": whatever else is fatal, too. The client's is called with or without a response; each positive value is
 * acceptance. */
TEST_VERSIONS(answers_to_a_status_request)
{
    static const int answers[] = {SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_NOACK, SSL_TLSEXT_ERR_ALERT_FATAL, SSL_TLSEXT_ERR_ALERT_WARNING, 55};

    for (int i = 0; i < 5; i++) {
        struct pair *pair = pair_with_status(version);
        struct outcome outcome[2];

        status_answer = answers[i];
        pair_over_wire(pair);
        CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[CLIENT]), TLSEXT_STATUSTYPE_ocsp);
        CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[SERVER]), -1);
        pair_try(pair, outcome);
        CHECK_EQ(server_status_calls, 1);
        CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[SERVER]), TLSEXT_STATUSTYPE_ocsp);
        if (i < 2) {
            CHECK_EQ(outcome[CLIENT].ret, 1);
            CHECK_EQ(client_status_calls, 1);
            CHECK_EQ(client_status_length, i == 0 ? 8 : -1);
        } else {
            CHECK_OUTCOME(outcome[SERVER], SSL_R_CLIENTHELLO_TLSEXT);
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
            CHECK_EQ(client_status_calls, 0);
        }
        pair_free(pair);
    }
}

/* "Note that the callback will not be called in the event of a handshake where session resumption occurs": in TLS 1.3 the client's is
 * in truth, and there is no response. */
TEST_VERSIONS(status_request_of_a_resumption)
{
    struct pair *pair = pair_with_status(version);
    SSL_SESSION *session;

    status_answer = SSL_TLSEXT_ERR_OK;
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(server_status_calls, 1);
    CHECK_EQ(client_status_calls, 1);
    SSL_SESSION_free(connect_with(pair, session, 1));
    CHECK_EQ(server_status_calls, 1);
    CHECK_EQ(client_status_calls, version == TLS1_3_VERSION ? 2 : 1);
    CHECK_EQ(client_status_length, version == TLS1_3_VERSION ? -1 : 8);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A client that does not ask is not answered, and has no callback called. */
TEST_VERSIONS(no_status_without_a_request)
{
    struct pair *pair = pair_with_status(version);
    const unsigned char *response = protocols;

    pair_over_wire(pair);
    CHECK_EQ(SSL_set_tlsext_status_type(pair->ssl[CLIENT], -1), 1);
    pair_handshake(pair);
    CHECK_EQ(server_status_calls, 0);
    CHECK_EQ(client_status_calls, 0);
    CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[SERVER]), -1);
    CHECK_EQ(SSL_get_tlsext_status_ocsp_resp(pair->ssl[CLIENT], &response), -1);
    CHECK(response == NULL);
    pair_free(pair);
}

/* The response is the connection's from then on: another replaces it, NULL takes it away. */
TEST(status_response_is_the_connections)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    const unsigned char *response = NULL;

    CHECK_EQ(SSL_get_tlsext_status_ocsp_resp(ssl, &response), -1);
    CHECK_EQ(SSL_set_tlsext_status_ocsp_resp(ssl, OPENSSL_memdup("first", 5), 5), 1);
    CHECK_EQ(SSL_set_tlsext_status_ocsp_resp(ssl, OPENSSL_memdup("another", 7), 7), 1);
    CHECK_EQ(SSL_get_tlsext_status_ocsp_resp(ssl, &response), 7);
    CHECK_MEM(response, "another", 7);
    CHECK_OK(SSL_clear(ssl));
    CHECK_EQ(SSL_get_tlsext_status_ocsp_resp(ssl, &response), 7);
    CHECK_EQ(SSL_set_tlsext_status_ocsp_resp(ssl, NULL, 0), 1);
    CHECK_EQ(SSL_get_tlsext_status_ocsp_resp(ssl, &response), -1);
    CHECK(response == NULL);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "Setting protos_len to 0 clears any existing list of ALPN protocols and no ALPN extension will be sent to the server." */
TEST_VERSIONS(protocols_that_are_cleared)
{
    struct pair *pair = pair_contexts(version);

    alpn_result = SSL_TLSEXT_ERR_OK;
    alpn_calls = 0;
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], select_protocol, (void *)"alpn");
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], protocols, PROTOCOLS_LENGTH), 0);
    pair_over_wire(pair);
    /* The connection has a list of its own since. */
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], NULL, 0), 0);
    pair_handshake(pair);
    CHECK_EQ(alpn_calls, 1);
    pair_disconnect(pair);
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], protocols, PROTOCOLS_LENGTH), 0);
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_alpn_protos(pair->ssl[CLIENT], NULL, 0), 0);
    pair_handshake(pair);
    CHECK_EQ(alpn_calls, 1);
    check_selected(pair->ssl[CLIENT], NULL);
    pair_free(pair);
}

/* ---- which context's callbacks are called once another was set ---- */

static char called[80];
static SSL_CTX *new_context;

static void note(const char *what, const void *context)
{
    snprintf(called + strlen(called), sizeof(called) - strlen(called), "%s%s ", what, context == new_context ? "2" : "1");
}

enum { IN_CLIENT_HELLO, IN_SERVER_NAME, IN_CERTIFICATE };
static int place;

static void change_context_in(int where, SSL *ssl)
{
    if (where == place)
        CHECK(SSL_set_SSL_CTX(ssl, new_context) == new_context);
}

static int change_in_hello(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    change_context_in(IN_CLIENT_HELLO, ssl);
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int change_at_name(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    change_context_in(IN_SERVER_NAME, ssl);
    return SSL_TLSEXT_ERR_OK;
}

static int change_for_certificate(SSL *ssl, void *argument)
{
    note("cert", argument);
    change_context_in(IN_CERTIFICATE, ssl);
    return 1;
}

static int note_alpn(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in, unsigned int in_length,
                     void *argument)
{
    (void)ssl, (void)in_length;
    note("alpn", argument);
    *out = in + 1;
    *length = in[0];
    return SSL_TLSEXT_ERR_OK;
}

static int note_status(SSL *ssl, void *argument)
{
    (void)ssl;
    note("status", argument);
    return SSL_TLSEXT_ERR_NOACK;
}

static int note_ticket(SSL *ssl, void *argument)
{
    (void)ssl;
    note("ticket", argument);
    return 1;
}

/* "that servername callback may update the SSL_CTX, and subsequently, the ALPN callback": callbacks for certificates, protocols and
 * stapling are the second context's then. Tickets, and how long sessions live, stay the first's; the session id context is the second's
 * where it was changed before the session was made, unless the connection has one of its own. */
TEST_VERSIONS(callbacks_after_a_switch_of_contexts)
{
    static const char *const expected[2][3] = {
        {"cert2 status2 alpn2 ticket1 ", "cert2 status2 alpn2 ticket1 ", "cert1 status2 alpn2 ticket1 "},
        {"alpn2 cert2 status2 ticket1 ", "alpn2 cert2 status2 ticket1 ", "alpn1 cert1 status2 ticket1 "},
    };

    for (place = IN_CLIENT_HELLO; place <= IN_CERTIFICATE; place++)
        for (int own = 0; own < 2; own++) {
            struct pair *pair = pair_for_sessions(version, 1);
            SSL_CTX *contexts[2] = {pair->ctx[SERVER], SSL_CTX_new(TLS_method())};
            SSL_SESSION *session;
            const unsigned char *id_context;
            unsigned int length;
            const char *id_expected = own ? "own" : place == IN_CLIENT_HELLO ? "second" : "ctests";

            new_context = contexts[1];
            use_identity(new_context, "second");
            CHECK_OK(SSL_CTX_set_session_id_context(new_context, (const unsigned char *)"second", 6));
            for (int i = 0; i < 2; i++) {
                SSL_CTX_set_client_hello_cb(contexts[i], change_in_hello, NULL);
                SSL_CTX_set_tlsext_servername_callback(contexts[i], change_at_name);
                SSL_CTX_set_cert_cb(contexts[i], change_for_certificate, contexts[i]);
                SSL_CTX_set_alpn_select_cb(contexts[i], note_alpn, contexts[i]);
                SSL_CTX_set_tlsext_status_cb(contexts[i], note_status);
                SSL_CTX_set_tlsext_status_arg(contexts[i], contexts[i]);
                CHECK_OK(SSL_CTX_set_session_ticket_cb(contexts[i], note_ticket, NULL, contexts[i]));
                SSL_CTX_set_timeout(contexts[i], 100 + i);
                CHECK_OK(SSL_CTX_set_num_tickets(contexts[i], 1 + (size_t)i));
            }
            CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\1a", 2), 0);
            SSL_CTX_set_tlsext_status_type(pair->ctx[CLIENT], TLSEXT_STATUSTYPE_ocsp);
            called[0] = '\0';
            pair_over_wire(pair);
            if (own)
                CHECK_OK(SSL_set_session_id_context(pair->ssl[SERVER], (const unsigned char *)"own", 3));
            pair_handshake(pair);
            CHECK_STR(called, expected[version == TLS1_3_VERSION][place]);
            CHECK_EQ(X509_cmp(SSL_get0_peer_certificate(pair->ssl[CLIENT]), lent_certificate("second")), 0);
            session = SSL_get_session(pair->ssl[SERVER]);
            CHECK_EQ(SSL_SESSION_get_timeout(session), 100);
            id_context = SSL_SESSION_get0_id_context(session, &length);
            CHECK_EQ(length, strlen(id_expected));
            CHECK_MEM(id_context, id_expected, length);
            pair_free(pair);
            SSL_CTX_free(contexts[1]);
        }
}

/* SSL_CTX_set_tlsext_status_cb(3): "The callback when used on the client side should return a negative value on error". */
static int fail_as_client(SSL *ssl, void *argument)
{
    (void)argument;
    return SSL_is_server(ssl) ? SSL_TLSEXT_ERR_NOACK : -1;
}

TEST_VERSIONS(status_callback_of_a_client_that_fails)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_set_tlsext_status_cb(pair->ctx[CLIENT], fail_as_client);
    SSL_CTX_set_tlsext_status_type(pair->ctx[CLIENT], TLSEXT_STATUSTYPE_ocsp);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_OCSP_CALLBACK_FAILURE);
    pair_free(pair);
}

/* "SSL_CTX_get_tlsext_status_type() returns the value previously set by SSL_CTX_set_tlsext_status_type(), or -1 if not set", also a
 * type that is none. */
TEST(status_type_is_what_was_set)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl;

    CHECK_EQ(SSL_CTX_set_tlsext_status_type(context, 55), 1);
    CHECK_EQ(SSL_CTX_get_tlsext_status_type(context), 55);
    ssl = SSL_new(context);
    CHECK_EQ(SSL_get_tlsext_status_type(ssl), 55);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* Such a type asks for nothing; a server may still say that something was asked for. */
TEST_VERSIONS(status_type_that_is_none)
{
    struct pair *pair = pair_contexts(version);

    CHECK_EQ(SSL_CTX_set_tlsext_status_type(pair->ctx[SERVER], 55), 1);
    pair_over_wire(pair);
    CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[SERVER]), 55);
    CHECK_EQ(SSL_set_tlsext_status_type(pair->ssl[SERVER], 66), 1);
    CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[SERVER]), 66);
    CHECK_EQ(SSL_set_tlsext_status_type(pair->ssl[CLIENT], 77), 1);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[SERVER]), -1);
    CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[CLIENT]), 77);
    CHECK_EQ(SSL_set_tlsext_status_type(pair->ssl[SERVER], 66), 1);
    CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[SERVER]), 66);
    pair_free(pair);
}

/* "On the server side SSL_get_tlsext_status_type() can be used to determine whether the client requested OCSP stapling." Not in a
 * resumption. */
TEST_VERSIONS(status_request_of_a_resumption_is_not_seen)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    SSL_CTX_set_tlsext_status_type(pair->ctx[CLIENT], TLSEXT_STATUSTYPE_ocsp);
    session = connect_with(pair, NULL, 0);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK_EQ(SSL_get_tlsext_status_type(pair->ssl[SERVER]), -1);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* SSL_get_pending_cipher(3): "at present only the callback set by SSL_CTX_set_alpn_select_cb() is guaranteed to have a non-NULL return
 * value": also before a HelloRetryRequest and in resumptions. */
static int suites_seen;

static int select_first_with_a_suite(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in, unsigned total,
                                     void *argument)
{
    (void)total;
    (void)argument;
    CHECK(SSL_get_pending_cipher(ssl) != NULL);
    suites_seen++;
    *out = in + 1;
    *length = in[0];
    return SSL_TLSEXT_ERR_OK;
}

TEST_VERSIONS(suite_is_known_when_the_protocol_is_selected)
{
    for (int retry = 0; retry <= 1; retry++) {
        struct pair *pair = pair_for_sessions(version, 1);
        SSL_SESSION *session;

        suites_seen = 0;
        if (retry)
            CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-384"));
        SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], select_first_with_a_suite, NULL);
        CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\2h2", 3), 0);
        session = connect_with(pair, NULL, 0);
        SSL_SESSION_free(connect_with(pair, session, 1));
        CHECK(suites_seen >= 2);
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* The session that is resumed has its suite by then, also where a servername callback was asked before. (TLS 1.2.) */
static int select_first_with_a_current_suite(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
                                             unsigned total, void *argument)
{
    (void)total;
    (void)argument;
    if (SSL_session_reused(ssl))
        suites_seen += SSL_get_current_cipher(ssl) != NULL;
    *out = in + 1;
    *length = in[0];
    return SSL_TLSEXT_ERR_OK;
}

static int any_name(SSL *ssl, int *alert, void *argument)
{
    (void)ssl, (void)alert, (void)argument;
    return SSL_TLSEXT_ERR_OK;
}

TEST(suite_of_a_resumption_is_current_when_the_protocol_is_selected)
{
    struct pair *pair = pair_for_sessions(TLS1_2_VERSION, 1);
    SSL_SESSION *session = NULL;

    suites_seen = 0;
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], any_name);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], select_first_with_a_current_suite, NULL);
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\2h2", 3), 0);
    for (int i = 0; i < 2; i++) {
        pair_over_wire(pair);
        CHECK_EQ(SSL_set_tlsext_host_name(pair->ssl[CLIENT], "a.example"), 1);
        if (session != NULL)
            CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
        pair_handshake(pair);
        SSL_SESSION_free(session);
        session = pair_leave(pair);
    }
    CHECK_EQ(suites_seen, 1);
    SSL_SESSION_free(session);
    pair_free(pair);
}
