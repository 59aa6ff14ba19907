/* SSL_CTX_add_custom_ext(3), SSL_CTX_use_serverinfo(3), SSL_extension_supported(3). */
#include <unistd.h>

#include "support.h"

/* Everywhere. */
#define PLACES                                                                                     \
    (SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_TLS1_3_SERVER_HELLO |            \
     SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_TLS1_3_HELLO_RETRY_REQUEST |                    \
     SSL_EXT_TLS1_3_CERTIFICATE | SSL_EXT_TLS1_3_NEW_SESSION_TICKET |                              \
     SSL_EXT_TLS1_3_CERTIFICATE_REQUEST)

/* ---- what is called when ---- */

static char calls[4000];

static void note(const SSL *ssl, const char *what, unsigned int context, const X509 *x509, size_t index)
{
    size_t length = strlen(calls);

    snprintf(calls + length, sizeof(calls) - length, "%c%s %x %d%zu\n",
             SSL_is_server(ssl) ? 'S' : 'C', what, context, x509 != NULL, index);
}

static int add(SSL *ssl, unsigned int type, unsigned int context, const unsigned char **out,
               size_t *length, X509 *x509, size_t index, int *alert, void *argument)
{
    (void)alert;
    CHECK_EQ(type, 1000);
    CHECK_STR(argument, "add");
    note(ssl, "add", context, x509, index);
    *out = (const unsigned char *)"data";
    *length = 4;
    return 1;
}

static void release(SSL *ssl, unsigned int type, unsigned int context, const unsigned char *out,
                    void *argument)
{
    CHECK_EQ(type, 1000);
    CHECK_STR(argument, "add");
    CHECK_MEM(out, "data", 4);
    note(ssl, "free", context, NULL, 0);
}

static int parse(SSL *ssl, unsigned int type, unsigned int context, const unsigned char *in,
                 size_t length, X509 *x509, size_t index, int *alert, void *argument)
{
    (void)alert;
    CHECK_STR(argument, "parse");
    if (type == 1001) {
        CHECK_EQ(length, 0);
        note(ssl, "empty", context, x509, index);
        return 1;
    }
    CHECK_EQ(type, 1000);
    CHECK_EQ(length, 4);
    CHECK_MEM(in, "data", 4);
    note(ssl, "parse", context, x509, index);
    return 1;
}

static int tell_name(SSL *ssl, int *alert, void *argument)
{
    (void)alert, (void)argument;
    note(ssl, "name", 0, NULL, 0);
    return SSL_TLSEXT_ERR_OK;
}

static int tell_certificate(SSL *ssl, void *argument)
{
    (void)argument;
    note(ssl, "certificate", 0, NULL, 0);
    return 1;
}

static int accept_any(int ok, X509_STORE_CTX *store)
{
    (void)ok, (void)store;
    return 1;
}

static struct pair *pair_with_extensions(int version)
{
    struct pair *pair = pair_for_sessions(version, 1);

    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[side], 1000, PLACES, add, release, "add", parse, "parse"));
        CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[side], 1001, PLACES, NULL, NULL, NULL, parse, "parse"));
        SSL_CTX_set_cert_cb(pair->ctx[side], tell_certificate, NULL);
    }
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], tell_name);
    return pair;
}

#define HELLO_CALLS "Cadd 80 00\nCfree 80 00\nSparse 80 00\nSempty 80 00\n"

TEST(calls_of_tls12)
{
    struct pair *pair = pair_with_extensions(TLS1_2_VERSION);
    SSL_SESSION *session = connect_with(pair, NULL, 0), *again;

    CHECK_STR(calls, HELLO_CALLS "Sname 0 00\nScertificate 0 00\nSadd 100 00\nSfree 100 00\nCparse 100 00\n");
    calls[0] = '\0';
    again = connect_with(pair, session, 1);
    CHECK_STR(calls, HELLO_CALLS "Sname 0 00\nSadd 100 00\nSfree 100 00\nCparse 100 00\n");
    SSL_SESSION_free(session);
    SSL_SESSION_free(again);
    pair_free(pair);
}

TEST(calls_of_tls13)
{
    struct pair *pair = pair_with_extensions(TLS1_3_VERSION);
    SSL_SESSION *session, *again;

    CHECK_EQ(SSL_CTX_set_num_tickets(pair->ctx[SERVER], 1), 1);
    session = connect_with(pair, NULL, 0);
    CHECK_STR(calls, HELLO_CALLS "Sname 0 00\nScertificate 0 00\nSadd 200 00\nSfree 200 00\nSadd 400 00\n"
                     "Sfree 400 00\nSadd 1000 10\nSfree 1000 00\nCparse 200 00\nCparse 400 00\n"
                     "Cparse 1000 10\nSadd 2000 00\nSfree 2000 00\nCparse 2000 00\n");
    calls[0] = '\0';
    again = connect_with(pair, session, 1);
    CHECK_STR(calls, HELLO_CALLS "Sname 0 00\nSadd 200 00\nSfree 200 00\nSadd 400 00\nSfree 400 00\n"
                     "Cparse 200 00\nCparse 400 00\nSadd 2000 00\nSfree 2000 00\nCparse 2000 00\n");
    SSL_SESSION_free(session);
    SSL_SESSION_free(again);
    pair_free(pair);
}

/* A HelloRetryRequest, and a client with a chain of two. */
TEST(calls_with_retry_and_client_certificate)
{
    struct pair *pair = pair_with_extensions(TLS1_3_VERSION);
    SSL_SESSION *session;

    CHECK_EQ(SSL_CTX_set_num_tickets(pair->ctx[SERVER], 0), 1);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, accept_any);
    CHECK_OK(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"x", 1));
    use_identity(pair->ctx[CLIENT], "ec");
    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-256:P-384"), 1);
    CHECK_EQ(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-384"), 1);
    session = connect_with(pair, NULL, 0);
    CHECK_STR(calls, HELLO_CALLS "Sname 0 00\nScertificate 0 00\nSadd 800 00\nSfree 800 00\nCparse 800 00\n"
                     HELLO_CALLS "Sname 0 00\nScertificate 0 00\nSadd 200 00\nSfree 200 00\nSadd 400 00\n"
                     "Sfree 400 00\nSadd 4000 00\nSfree 4000 00\nSadd 1000 10\nSfree 1000 00\n"
                     "Cparse 200 00\nCparse 400 00\nCparse 4000 00\nCparse 1000 10\nCcertificate 0 00\n"
                     "Cadd 1000 10\nCfree 1000 00\nCadd 1000 11\nCfree 1000 00\nSparse 1000 10\nSparse 1000 11\n");
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* ---- the older functions ---- */

/* A server that asks for the client's certificate after the handshake, and sends a ticket when it is told to. */
TEST(calls_after_the_handshake)
{
    struct pair *pair = pair_with_extensions(TLS1_3_VERSION);

    CHECK_EQ(SSL_CTX_set_num_tickets(pair->ctx[SERVER], 0), 1);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, accept_any);
    SSL_CTX_set_cert_cb(pair->ctx[CLIENT], NULL, NULL);
    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
    use_identity(pair->ctx[CLIENT], "ec");
    pair_over_wire(pair);
    pair_handshake(pair);
    calls[0] = '\0';
    CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK_STR(calls, "Sadd 4000 00\nSfree 4000 00\n");
    calls[0] = '\0';
    pair_settle(pair);
    CHECK_STR(calls, "Cparse 4000 00\nCadd 1000 10\nCfree 1000 00\nCadd 1000 11\nCfree 1000 00\n"
                     "Sparse 1000 10\nSparse 1000 11\n");
    calls[0] = '\0';
    CHECK_OK(SSL_new_session_ticket(pair->ssl[SERVER]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    pair_settle(pair);
    CHECK_STR(calls, "Sadd 2000 00\nSfree 2000 00\nCparse 2000 00\n");
    pair_free(pair);
}

static int refuse_request(SSL *ssl, unsigned int type, unsigned int context, const unsigned char **out,
                          size_t *length, X509 *x509, size_t index, int *alert, void *argument)
{
    (void)ssl, (void)type, (void)context, (void)out, (void)length, (void)x509, (void)index, (void)argument;
    *alert = SSL_AD_ACCESS_DENIED;
    return -1;
}

TEST(refused_request_after_the_handshake_is_fatal)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    char byte;

    CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[SERVER], 1000, SSL_EXT_TLS1_3_CERTIFICATE_REQUEST, refuse_request,
                                    NULL, NULL, NULL, NULL));
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
    CHECK_FAILS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_R_CALLBACK_FAILED);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1), SSL_R_TLSV1_ALERT_ACCESS_DENIED);
    pair_free(pair);
}

static int old_result = 1, old_alert;

static int old_add(SSL *ssl, unsigned int type, const unsigned char **out, size_t *length, int *alert,
                   void *argument)
{
    CHECK_EQ(type, 1002);
    CHECK_STR(argument, SSL_is_server(ssl) ? "server" : "client");
    note(ssl, "add", 0, NULL, 0);
    *out = argument;
    *length = 6;
    *alert = old_alert;
    return old_result;
}

static void old_free(SSL *ssl, unsigned int type, const unsigned char *out, void *argument)
{
    CHECK_EQ(type, 1002);
    CHECK((const void *)out == argument);
    note(ssl, "free", 0, NULL, 0);
}

static int parse_result = 1;

static int old_parse(SSL *ssl, unsigned int type, const unsigned char *in, size_t length, int *alert,
                     void *argument)
{
    CHECK_EQ(type, 1002);
    CHECK_EQ(length, 6);
    CHECK_MEM(in, SSL_is_server(ssl) ? "client" : "server", 6);
    CHECK_STR(argument, "parse");
    note(ssl, "parse", 0, NULL, 0);
    *alert = SSL_AD_HANDSHAKE_FAILURE;
    return parse_result;
}

static struct pair *pair_with_old_extensions(int version)
{
    struct pair *pair = pair_contexts(version);

    CHECK_OK(SSL_CTX_add_client_custom_ext(pair->ctx[CLIENT], 1002, old_add, old_free, "client", old_parse,
                                           "parse"));
    CHECK_OK(SSL_CTX_add_server_custom_ext(pair->ctx[SERVER], 1002, old_add, old_free, "server", old_parse,
                                           "parse"));
    CHECK_EQ(SSL_CTX_has_client_custom_ext(pair->ctx[CLIENT], 1002), 1);
    CHECK_EQ(SSL_CTX_has_client_custom_ext(pair->ctx[SERVER], 1002), 0);
    pair_over_wire(pair);
    return pair;
}

/* They are not for TLS 1.3: the client offers in vain. */
TEST_VERSIONS(older_functions)
{
    struct pair *pair = pair_with_old_extensions(version);

    pair_handshake(pair);
    if (version == TLS1_3_VERSION)
        CHECK_STR(calls, "Cadd 0 00\nCfree 0 00\n");
    else
        CHECK_STR(calls, "Cadd 0 00\nCfree 0 00\nSparse 0 00\nSadd 0 00\nSfree 0 00\nCparse 0 00\n");
    pair_free(pair);
}

/* 0 says that there is nothing to send: then the server does not answer either. */
TEST(older_function_sends_nothing)
{
    struct pair *pair = pair_with_old_extensions(TLS1_2_VERSION);

    old_result = 0;
    pair_handshake(pair);
    CHECK_STR(calls, "Cadd 0 00\n");
    pair_free(pair);
}

TEST(add_fails_with_its_alert)
{
    struct pair *pair = pair_with_old_extensions(TLS1_2_VERSION);
    struct outcome outcome[2];

    old_result = -1;
    old_alert = SSL_AD_ACCESS_DENIED;
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CALLBACK_FAILED);
    CHECK_STR(calls, "Cadd 0 00\n");
    pair_free(pair);
}

TEST(parse_fails_with_its_alert)
{
    struct pair *pair = pair_with_old_extensions(TLS1_2_VERSION);
    struct outcome outcome[2];

    parse_result = 0;
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_BAD_EXTENSION);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE);
    pair_free(pair);
}

/* ---- what cannot be registered ---- */

TEST(types_that_are_refused)
{
    static const unsigned int handled[] = {0,  1,  5,  10, 11, 12, 13, 14, 16, 18, 21,    22,
                                           23, 35, 41, 42, 43, 44, 45, 47, 49, 51, 13172, 65281};
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    size_t next = 0;

    for (unsigned int type = 0; type < 70000; type++) {
        int is_handled = next < sizeof(handled) / sizeof(*handled) && handled[next] == type;

        next += is_handled;
        CHECK_EQ(SSL_extension_supported(type), is_handled);
        if (is_handled && type != TLSEXT_TYPE_signed_certificate_timestamp)
            CHECK_EQ(SSL_CTX_add_custom_ext(context, type, PLACES, NULL, NULL, NULL, NULL, NULL), 0);
    }
    CHECK_EQ(SSL_CTX_add_custom_ext(context, 18, PLACES, NULL, NULL, NULL, NULL, NULL), 1);
    CHECK_EQ(SSL_CTX_add_custom_ext(context, 70000, PLACES, NULL, NULL, NULL, NULL, NULL), 0);
    CHECK_EQ(SSL_CTX_add_custom_ext(context, 2000, PLACES, NULL, release, NULL, NULL, NULL), 0);
    CHECK_EQ(SSL_CTX_add_custom_ext(context, 2000, PLACES, NULL, NULL, NULL, NULL, NULL), 1);
    CHECK_EQ(SSL_CTX_add_custom_ext(context, 2000, PLACES, NULL, NULL, NULL, NULL, NULL), 0);
    CHECK_EQ(SSL_CTX_add_client_custom_ext(context, 2000, NULL, NULL, NULL, NULL, NULL), 0);
    CHECK_EQ(SSL_CTX_add_client_custom_ext(context, 2001, NULL, NULL, NULL, NULL, NULL), 1);
    CHECK_EQ(SSL_CTX_add_server_custom_ext(context, 2001, NULL, NULL, NULL, NULL, NULL), 1);
    CHECK_EQ(SSL_CTX_add_custom_ext(context, 2001, PLACES, NULL, NULL, NULL, NULL, NULL), 0);
    CHECK_EQ(SSL_CTX_has_client_custom_ext(context, 2000), 1);
    CHECK_EQ(SSL_CTX_has_client_custom_ext(context, 2002), 0);
    CHECK_EQ(SSL_CTX_has_client_custom_ext(context, 67536), 0);
    CHECK_NO_ERRORS();
    SSL_CTX_free(context);
}

/* ---- serverinfo ---- */

static char answers[200];

static int note_answer(SSL *ssl, unsigned int type, unsigned int context, const unsigned char *in,
                       size_t length, X509 *x509, size_t index, int *alert, void *argument)
{
    size_t end = strlen(answers);

    (void)ssl, (void)x509, (void)index, (void)alert, (void)argument;
    snprintf(answers + end, sizeof(answers) - end, "%u %x %.*s\n", type, context, (int)length,
             (const char *)in);
    return 1;
}

static const unsigned char version_1[] = {0x03, 0xea, 0, 2, 'a', 'b'};
/* ClientHello and EncryptedExtensions; ClientHello and Certificate. */
static const unsigned char version_2[] = {0, 0, 0x04, 0x80, 0x03, 0xeb, 0, 2, 'c', 'd',
                                          0, 0, 0x10, 0x80, 0x03, 0xec, 0, 1, 'e'};

TEST_VERSIONS(serverinfo_is_sent_to_those_who_ask)
{
    struct pair *pair = pair_contexts(version);

    CHECK_OK(SSL_CTX_use_serverinfo(pair->ctx[SERVER], version_1, sizeof(version_1)));
    CHECK_OK(SSL_CTX_use_serverinfo_ex(pair->ctx[SERVER], SSL_SERVERINFOV2, version_2, sizeof(version_2)));
    CHECK_EQ(SSL_CTX_has_client_custom_ext(pair->ctx[SERVER], 1002), 0);
    CHECK_EQ(SSL_CTX_has_client_custom_ext(pair->ctx[SERVER], 1003), 1);
    for (unsigned int type = 1002; type <= 1004; type++)
        CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[CLIENT], type, PLACES, NULL, NULL, NULL, note_answer, NULL));
    pair_over_wire(pair);
    pair_handshake(pair);
    /* The list that was given last is the certificate's. */
    CHECK_STR(answers, version == TLS1_3_VERSION ? "1003 400 cd\n1004 1000 e\n" : "");
    pair_free(pair);
}

TEST(serverinfo_of_version_1)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    CHECK_OK(SSL_CTX_use_serverinfo(pair->ctx[SERVER], version_1, sizeof(version_1)));
    CHECK_OK(SSL_CTX_add_client_custom_ext(pair->ctx[CLIENT], 1003, NULL, NULL, NULL, NULL, NULL));
    CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[CLIENT], 1002, PLACES, NULL, NULL, NULL, note_answer, NULL));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_STR(answers, "1002 100 ab\n");
    pair_free(pair);
}

TEST(serverinfo_that_is_refused)
{
    struct pair *pair = pair_contexts(0);
    SSL_CTX *context = pair->ctx[SERVER];
    unsigned char handled[sizeof(version_1)];

    CHECK_EQ(SSL_CTX_use_serverinfo(context, NULL, 4), 0);
    CHECK_SSL_REASON(ERR_R_PASSED_NULL_PARAMETER);
    CHECK_EQ(SSL_CTX_use_serverinfo(context, version_1, 0), 0);
    CHECK_SSL_REASON(ERR_R_PASSED_NULL_PARAMETER);
    for (size_t length = 1; length < sizeof(version_1); length++) {
        CHECK_EQ(SSL_CTX_use_serverinfo(context, version_1, length), 0);
        CHECK_SSL_REASON(SSL_R_INVALID_SERVERINFO_DATA);
    }
    for (size_t length = 1; length < 10; length++) {
        CHECK_EQ(SSL_CTX_use_serverinfo_ex(context, SSL_SERVERINFOV2, version_2, length), 0);
        CHECK_SSL_REASON(SSL_R_INVALID_SERVERINFO_DATA);
    }
    CHECK_EQ(SSL_CTX_use_serverinfo_ex(context, 3, version_1, sizeof(version_1)), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_SERVERINFO_DATA);
    /* ALPN. */
    memcpy(handled, version_1, sizeof(handled));
    handled[0] = 0;
    handled[1] = 16;
    CHECK_EQ(SSL_CTX_use_serverinfo(context, handled, sizeof(handled)), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_SERVERINFO_DATA);
    CHECK_OK(SSL_CTX_use_serverinfo(context, version_1, sizeof(version_1)));
    CHECK_EQ(SSL_CTX_use_serverinfo(context, version_1, sizeof(version_1)), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_SERVERINFO_DATA);
    pair_free(pair);
}

TEST(serverinfo_files)
{
    static const struct {
        const char *text;
        int reason;
    } files[] = {
        {"", SSL_R_NO_PEM_EXTENSIONS},
        {"-----BEGIN FOO-----\nA+wAAmFi\n-----END FOO-----\n", SSL_R_PEM_NAME_TOO_SHORT},
        {"-----BEGIN SERVERINFX FOR x-----\nA+wAAmFi\n-----END SERVERINFX FOR x-----\n", SSL_R_PEM_NAME_TOO_SHORT},
        {"-----BEGIN SERVERINFX FOR other-----\nA+wAAmFi\n-----END SERVERINFX FOR other-----\n",
         SSL_R_PEM_NAME_BAD_PREFIX},
        {"-----BEGIN SERVERINFO FOR x-----\nA+wAA2Fi\n-----END SERVERINFO FOR x-----\n", SSL_R_BAD_DATA},
        {"-----BEGIN SERVERINFO FOR x-----\nA+wAAmFi\n-----END SERVERINFO FOR x-----\n", 0},
        {"-----BEGIN SERVERINFOV2 FOR x-----\nAAAV0APwAAJhYg==\n-----END SERVERINFOV2 FOR x-----\n", 0},
        {"-----BEGIN SERVERINFO FOR x-----\nA+0AAmFi\n-----END SERVERINFO FOR x-----\n"
         "-----BEGIN SERVERINFOV2 FOR x-----\nAAAV0APuAAJhYg==\n-----END SERVERINFOV2 FOR x-----\n",
         0},
    };
    char path[] = "/tmp/serverinfo-XXXXXX";
    int fd = mkstemp(path);
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        FILE *file = fopen(path, "w");

        CHECK(file != NULL);
        fputs(files[i].text, file);
        fclose(file);
        CHECK_EQ(SSL_CTX_use_serverinfo_file(context, path), files[i].reason == 0);
        /* What libcrypto says of a file without any section comes first. */
        if (i == 0)
            CHECK_EQ(ERR_GET_LIB(ERR_get_error()), ERR_LIB_PEM);
        if (files[i].reason != 0)
            CHECK_SSL_REASON(files[i].reason);
        ERR_clear_error();
    }
    unlink(path);
    CHECK_EQ(SSL_CTX_use_serverinfo_file(context, path), 0);
    CHECK_SSL_REASON(ERR_R_SYS_LIB);
    CHECK_EQ(SSL_CTX_use_serverinfo_file(context, NULL), 0);
    CHECK_SSL_REASON(ERR_R_PASSED_NULL_PARAMETER);
    SSL_CTX_free(context);
}

/* ---- when the ClientHello is made ---- */

static int refuse(SSL *ssl, unsigned int type, unsigned int context, const unsigned char **out, size_t *length,
                  X509 *x509, size_t index, int *alert, void *argument)
{
    (void)ssl, (void)type, (void)context, (void)out, (void)length, (void)x509, (void)index;
    strcat(calls, "add ");
    if (argument != NULL)
        *alert = SSL_AD_ACCESS_DENIED;
    return -1;
}

/* "a fatal handshake error occurs using the TLS alert value specified in *al": none without one. */
TEST(alert_of_an_add_callback)
{
    for (int chooses = 0; chooses < 2; chooses++) {
        struct pair *pair = pair_contexts(0);

        CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[CLIENT], 1000, SSL_EXT_CLIENT_HELLO, refuse, NULL,
                                        chooses ? calls : NULL, NULL, NULL));
        pair_over_wire(pair);
        CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_CALLBACK_FAILED);
        CHECK_EQ(queue_length(&pair->queue[SERVER]), chooses ? 7 : 0);
        pair_free(pair);
    }
}

/* Where there are no suites nobody is asked for extensions. */
TEST(no_suites_no_extensions)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    calls[0] = 0;
    CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[CLIENT], 1000, SSL_EXT_CLIENT_HELLO, refuse, NULL, NULL, NULL, NULL));
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "AES128-GCM-SHA256"));
    SSL_CTX_set_security_level(pair->ctx[CLIENT], 3);
    pair_over_wire(pair);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_NO_CIPHERS_AVAILABLE);
    CHECK_STR(calls, "");
    pair_free(pair);
}

/* "If more than one certificate (RSA/DSA) is installed using SSL_CTX_use_certificate(), the serverinfo extension will be loaded into the
 * last certificate installed": it goes with that one alone. "SSL_CTX_use_serverinfo() needs to be called multiple times, once after each
 * time a certificate is loaded": the second call fails in truth, as the type has its handler already, but what it brings counts. */
TEST(serverinfo_belongs_to_its_certificate)
{
    static const char *const suites[] = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"};
    static const char *const expected[2][2] = {{"1002 100 ab\n", ""}, {"1002 100 ab\n", "1002 100 xy\n"}};
    unsigned char others[sizeof(version_1)];

    memcpy(others, version_1, sizeof(others));
    memcpy(others + 4, "xy", 2);
    for (int both = 0; both < 2; both++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);

        CHECK_OK(SSL_CTX_use_serverinfo(pair->ctx[SERVER], version_1, sizeof(version_1)));
        use_identity(pair->ctx[SERVER], "rsa");
        if (both) {
            CHECK_EQ(SSL_CTX_use_serverinfo(pair->ctx[SERVER], others, sizeof(others)), 0);
            CHECK_SSL_REASON(SSL_R_INVALID_SERVERINFO_DATA);
        }
        CHECK_OK(SSL_CTX_add_custom_ext(pair->ctx[CLIENT], 1002, PLACES, NULL, NULL, NULL, note_answer, NULL));
        for (int rsa = 0; rsa < 2; rsa++) {
            answers[0] = '\0';
            pair_over_wire(pair);
            CHECK_OK(SSL_set_cipher_list(pair->ssl[CLIENT], suites[rsa]));
            pair_handshake(pair);
            CHECK_STR(answers, expected[both][rsa]);
            pair_disconnect(pair);
        }
        pair_free(pair);
    }
}
