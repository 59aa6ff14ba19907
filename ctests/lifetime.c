/* SSL_CTX_new(3), SSL_new(3), SSL_free(3), SSL_CTX_up_ref, SSL_up_ref, SSL_clear(3), SSL_dup(3),
 * SSL_set_SSL_CTX, SSL_CTX_set_ssl_version, OPENSSL_init_ssl(3), SSL_CTX_get_ex_data(3). */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/tls1.h>

/* Every method gives a context; a context without a method is an error. */
TEST(ctx_new_of_every_method)
{
    const SSL_METHOD *methods[] = {TLS_method(), TLS_client_method(), TLS_server_method()};

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        SSL_CTX *context = SSL_CTX_new(methods[i]);

        CHECK(context != NULL);
        CHECK_NO_ERRORS();
        CHECK(SSL_CTX_get_ssl_method(context) == methods[i]);
        SSL_CTX_free(context);
    }
    CHECK(SSL_CTX_new(NULL) == NULL);
    CHECK_SSL_REASON(SSL_R_NULL_SSL_METHOD_PASSED);
}

/* The methods are constants: each call gives the same, and the three differ. */
TEST(methods_are_constant)
{
    CHECK(TLS_method() == TLS_method());
    CHECK(TLS_client_method() == TLS_client_method());
    CHECK(TLS_server_method() == TLS_server_method());
    CHECK(TLS_method() != TLS_client_method());
    CHECK(TLS_method() != TLS_server_method());
    CHECK(TLS_client_method() != TLS_server_method());
}

/* A context in a library context of its own. */
TEST(ctx_new_ex_with_library_context)
{
    OSSL_LIB_CTX *library = OSSL_LIB_CTX_new();
    SSL_CTX *context = SSL_CTX_new_ex(library, NULL, TLS_method());

    CHECK(context != NULL);
    CHECK_NO_ERRORS();
    SSL_CTX_free(context);
    OSSL_LIB_CTX_free(library);
}

/* Freeing nothing does nothing. */
TEST(free_of_null_does_nothing)
{
    SSL_free(NULL);
    SSL_CTX_free(NULL);
    SSL_SESSION_free(NULL);
    CHECK_NO_ERRORS();
}

/* "SSL_CTX_up_ref() increments the reference count": two frees are needed. */
TEST(ctx_up_ref_adds_an_owner)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK_OK(SSL_CTX_up_ref(context));
    SSL_CTX_free(context);
    CHECK_EQ(SSL_CTX_get_mode(context), SSL_MODE_AUTO_RETRY);
    SSL_CTX_free(context);
}

/* An SSL keeps its context alive. */
TEST_VERSIONS(ssl_keeps_its_context)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK(SSL_get_SSL_CTX(pair->ssl[side]) == pair->ctx[side]);
        SSL_CTX_free(pair->ctx[side]);
    }
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    pair->ctx[CLIENT] = pair->ctx[SERVER] = NULL;
    pair_free(pair);
}

/* "SSL_up_ref() increments the reference count". */
TEST_VERSIONS(ssl_up_ref_adds_an_owner)
{
    struct pair *pair = pair_established(version);

    CHECK_OK(SSL_up_ref(pair->ssl[CLIENT]));
    SSL_free(pair->ssl[CLIENT]);
    check_alive(pair);
    pair_free(pair);
}

/* SSL_new() of nothing. */
TEST(ssl_new_without_context_fails)
{
    CHECK(SSL_new(NULL) == NULL);
    CHECK_SSL_REASON(SSL_R_NULL_SSL_CTX);
}

/* SSL_new() "inherits the settings of the underlying context": options, verify mode and depth,
 * versions, read-ahead, quiet shutdown. Later changes of the context do not reach it. */
TEST(ssl_new_copies_settings)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl;

    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_verify_depth(context, 7);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_quiet_shutdown(context, 1);
    SSL_CTX_set_num_tickets(context, 5);
    ssl = SSL_new(context);
    SSL_CTX_clear_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_verify_depth(context, 3);
    SSL_CTX_set_min_proto_version(context, 0);
    SSL_CTX_set_max_proto_version(context, 0);
    SSL_CTX_set_read_ahead(context, 0);
    SSL_CTX_set_quiet_shutdown(context, 0);
    SSL_CTX_set_num_tickets(context, 1);
    CHECK(SSL_get_options(ssl) & SSL_OP_NO_TICKET);
    CHECK_EQ(SSL_get_verify_mode(ssl), SSL_VERIFY_PEER);
    CHECK_EQ(SSL_get_verify_depth(ssl), 7);
    CHECK_EQ(SSL_get_min_proto_version(ssl), TLS1_2_VERSION);
    CHECK_EQ(SSL_get_max_proto_version(ssl), TLS1_2_VERSION);
    CHECK_EQ(SSL_get_read_ahead(ssl), 1);
    CHECK_EQ(SSL_get_quiet_shutdown(ssl), 1);
    CHECK_EQ(SSL_get_num_tickets(ssl), 5);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_clear() "reset[s] ssl to allow another connection", keeping its settings, but not its BIOs'
 * contents. */
TEST_VERSIONS(clear_allows_another_connection)
{
    struct pair *pair = pair_established(version);

    for (int round = 0; round < 3; round++) {
        SSL_set_options(pair->ssl[SERVER], SSL_OP_CIPHER_SERVER_PREFERENCE);
        SSL_set_shutdown(pair->ssl[CLIENT], SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_set_shutdown(pair->ssl[SERVER], SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        CHECK_OK(SSL_clear(pair->ssl[CLIENT]));
        CHECK_OK(SSL_clear(pair->ssl[SERVER]));
        CHECK_EQ(SSL_get_shutdown(pair->ssl[CLIENT]), 0);
        CHECK_EQ(SSL_in_before(pair->ssl[CLIENT]), 1);
        CHECK_EQ(SSL_is_server(pair->ssl[SERVER]), 1);
        CHECK(SSL_get_options(pair->ssl[SERVER]) & SSL_OP_CIPHER_SERVER_PREFERENCE);
        pair_handshake(pair);
        pair_settle(pair);
        check_alive(pair);
    }
    pair_free(pair);
}

/* SSL_clear() after a failure. */
TEST_VERSIONS(clear_revives_a_failed_connection)
{
    struct pair *pair = pair_contexts(version);

    pair_over_wire(pair);
    queue_add(&pair->queue[CLIENT], "this is not TLS at all, is it?", 30);
    CHECK_FAILS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_R_WRONG_VERSION_NUMBER);
    queue_drop(&pair->queue[CLIENT], queue_length(&pair->queue[CLIENT]));
    queue_drop(&pair->queue[SERVER], queue_length(&pair->queue[SERVER]));
    CHECK_OK(SSL_clear(pair->ssl[CLIENT]));
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    pair_free(pair);
}

/* SSL_dup(): "a duplicate of the settings, before the connection has been used". */
TEST(dup_copies_settings)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context), *copy;

    SSL_set_connect_state(ssl);
    SSL_set_options(ssl, SSL_OP_NO_TICKET);
    SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
    SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE);
    CHECK_OK(SSL_set_cipher_list(ssl, "ECDHE-RSA-AES128-GCM-SHA256"));
    copy = SSL_dup(ssl);
    CHECK(copy != NULL && copy != ssl);
    CHECK_NO_ERRORS();
    CHECK(SSL_get_options(copy) & SSL_OP_NO_TICKET);
    CHECK_EQ(SSL_get_verify_mode(copy), SSL_VERIFY_PEER);
    CHECK_EQ(SSL_get_max_proto_version(copy), TLS1_2_VERSION);
    CHECK(SSL_get_mode(copy) & SSL_MODE_ENABLE_PARTIAL_WRITE);
    CHECK(SSL_get_SSL_CTX(copy) == context);
    SSL_free(copy);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_dup() of a connection that has been used gives the same object with one owner more. */
TEST_VERSIONS(dup_of_a_used_connection_is_the_same)
{
    struct pair *pair = pair_established(version);
    SSL *copy = SSL_dup(pair->ssl[CLIENT]);

    CHECK(copy == pair->ssl[CLIENT]);
    SSL_free(copy);
    check_alive(pair);
    pair_free(pair);
}

/* SSL_set_SSL_CTX() changes the context; NULL means the context it was made with. */
TEST(set_ssl_ctx_changes_the_context)
{
    SSL_CTX *first = SSL_CTX_new(TLS_method()), *second = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(first);

    CHECK(SSL_set_SSL_CTX(ssl, second) == second);
    CHECK(SSL_get_SSL_CTX(ssl) == second);
    CHECK(SSL_set_SSL_CTX(ssl, NULL) == first);
    CHECK(SSL_get_SSL_CTX(ssl) == first);
    CHECK_NO_ERRORS();
    SSL_CTX_free(second);
    SSL_free(ssl);
    SSL_CTX_free(first);
}

/* OPENSSL_init_ssl() may be called any number of times, also with settings. */
TEST(init_ssl_succeeds)
{
    OPENSSL_INIT_SETTINGS *settings = OPENSSL_INIT_new();

    CHECK_OK(OPENSSL_init_ssl(0, NULL));
    CHECK_OK(OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL));
    CHECK_OK(OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, settings));
    CHECK_OK(SSL_library_init());
    SSL_load_error_strings();
    OpenSSL_add_ssl_algorithms();
    CHECK_NO_ERRORS();
    OPENSSL_INIT_free(settings);
}

/* The texts of the reasons are registered. */
TEST(error_strings_are_loaded)
{
    CHECK_OK(OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, NULL));
    CHECK_STR(ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_CERTIFICATE_VERIFY_FAILED)),
              "certificate verify failed");
    CHECK_STR(ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_WRONG_VERSION_NUMBER)),
              "wrong version number");
    CHECK_STR(ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_UNEXPECTED_EOF_WHILE_READING)),
              "unexpected eof while reading");
    CHECK_STR(ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_TLSV1_ALERT_UNKNOWN_CA)),
              "tlsv1 alert unknown ca");
    CHECK_STR(ERR_lib_error_string(ERR_PACK(ERR_LIB_SSL, 0, 1)), "SSL routines");
}

static int freed;

static void count_free(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long number,
                       void *argument)
{
    (void)parent;
    (void)data;
    (void)index;
    CHECK_EQ(number, 42);
    CHECK(argument == &freed);
    if (pointer != NULL)
        freed++;
}

static int duplicate(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **pointer, int index,
                     long number, void *argument)
{
    (void)to;
    (void)from;
    (void)index;
    (void)number;
    (void)argument;
    CHECK(pointer != NULL);
    return 1;
}

/* ex_data of SSL, SSL_CTX and SSL_SESSION: an index of one's own, the pointer back, freed with the
 * object. */
TEST(ex_data_of_every_object)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    SSL_SESSION *session = SSL_SESSION_new();
    int value, index[3];

    index[0] = SSL_get_ex_new_index(42, &freed, NULL, duplicate, count_free);
    index[1] = SSL_CTX_get_ex_new_index(42, &freed, NULL, duplicate, count_free);
    index[2] = SSL_SESSION_get_ex_new_index(42, &freed, NULL, duplicate, count_free);
    for (int i = 0; i < 3; i++)
        CHECK(index[i] >= 0);
    CHECK(SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL) != index[0]);
    CHECK(SSL_get_ex_data(ssl, index[0]) == NULL);
    CHECK_OK(SSL_set_ex_data(ssl, index[0], &value));
    CHECK_OK(SSL_CTX_set_ex_data(context, index[1], &value));
    CHECK_OK(SSL_SESSION_set_ex_data(session, index[2], &value));
    CHECK(SSL_get_ex_data(ssl, index[0]) == &value);
    CHECK(SSL_CTX_get_ex_data(context, index[1]) == &value);
    CHECK(SSL_SESSION_get_ex_data(session, index[2]) == &value);
    SSL_free(ssl);
    CHECK_EQ(freed, 1);
    SSL_SESSION_free(session);
    CHECK_EQ(freed, 2);
    SSL_CTX_free(context);
    CHECK_EQ(freed, 3);
    CHECK_NO_ERRORS();
}

/* Index 0 is the application's own: SSL_set_app_data(). */
TEST(app_data_is_index_0)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    int value;

    CHECK_OK(SSL_set_app_data(ssl, &value));
    CHECK_OK(SSL_CTX_set_app_data(context, &value));
    CHECK(SSL_get_app_data(ssl) == &value);
    CHECK(SSL_CTX_get_app_data(context) == &value);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_get_default_timeout() is two hours; the context's session timeout starts there. */
TEST(default_timeouts)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_EQ(SSL_get_default_timeout(ssl), 7200);
    CHECK_EQ(SSL_CTX_get_timeout(context), 7200);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* ---- CRYPTO_get_ex_new_index(3): the three functions of an index ---- */

static struct {
    int made, copied, freed;
    void *object;
} ex_calls[3];
static int ex_index[3];

static void ex_new(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
    CHECK(parent != NULL && pointer == NULL && data != NULL);
    CHECK(argp == &ex_calls[argl] && (ex_index[argl] == index || ex_index[argl] == 0));
    ex_calls[argl].made++;
    ex_calls[argl].object = parent;
}

static int ex_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **pointer, int index, long argl, void *argp)
{
    CHECK(to != from && argp == &ex_calls[argl] && index == ex_index[argl]);
    ex_calls[argl].copied++;
    if (*pointer != NULL)
        *pointer = (char *)*pointer + 1;
    return 1;
}

static void ex_free(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long argl, void *argp)
{
    (void)pointer;
    CHECK(parent != NULL && data != NULL && argp == &ex_calls[argl] && index == ex_index[argl]);
    ex_calls[argl].freed++;
}

TEST(ex_data_callbacks)
{
    static char value[] = "value";
    SSL_CTX *context;
    SSL *ssl, *copy;
    SSL_SESSION *session, *second;

    ex_index[0] = SSL_CTX_get_ex_new_index(0, &ex_calls[0], ex_new, ex_dup, ex_free);
    ex_index[1] = SSL_get_ex_new_index(1, &ex_calls[1], ex_new, ex_dup, ex_free);
    ex_index[2] = SSL_SESSION_get_ex_new_index(2, &ex_calls[2], ex_new, ex_dup, ex_free);
    CHECK(ex_index[0] > 0 && ex_index[1] > 0 && ex_index[2] > 0);

    context = SSL_CTX_new(TLS_method());
    CHECK(ex_calls[0].made == 1 && ex_calls[0].object == context);
    ssl = SSL_new(context);
    CHECK(ex_calls[1].made == 1 && ex_calls[1].object == ssl);
    CHECK_OK(SSL_set_ex_data(ssl, ex_index[1], value));
    copy = SSL_dup(ssl);
    CHECK(ex_calls[1].made == 2 && ex_calls[1].copied == 1);
    CHECK(SSL_get_ex_data(copy, ex_index[1]) == value + 1);
    CHECK(SSL_get_ex_data(ssl, ex_index[1]) == value);
    SSL_free(copy);
    CHECK_EQ(ex_calls[1].freed, 1);

    session = SSL_SESSION_new();
    CHECK(ex_calls[2].made == 1 && ex_calls[2].object == session);
    CHECK_OK(SSL_SESSION_set_ex_data(session, ex_index[2], value));
    second = SSL_SESSION_dup(session);
    CHECK_EQ(ex_calls[2].copied, 1);
    CHECK(SSL_SESSION_get_ex_data(second, ex_index[2]) == value + 1);
    SSL_SESSION_free(second);
    SSL_SESSION_free(session);
    CHECK_EQ(ex_calls[2].freed, 2);

    /* The context goes with its last connection. */
    SSL_CTX_free(context);
    CHECK_EQ(ex_calls[0].freed, 0);
    SSL_free(ssl);
    CHECK(ex_calls[1].freed == 2 && ex_calls[0].freed == 1 && ex_calls[0].copied == 0);
}

/* ---- which callbacks of a context count for the connections that it has already ---- */

static int called;

static void take_key(const SSL *ssl, const char *line)
{
    (void)ssl, (void)line;
    called++;
}

static int take_name(SSL *ssl, int *alert, void *argument)
{
    (void)ssl, (void)alert, (void)argument;
    called++;
    return SSL_TLSEXT_ERR_OK;
}

static int take_protocol(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in, unsigned int in_length,
                         void *argument)
{
    (void)ssl, (void)in_length, (void)argument;
    *out = in + 1;
    *length = in[0];
    called++;
    return SSL_TLSEXT_ERR_OK;
}

static int take_hello(SSL *ssl, int *alert, void *argument)
{
    (void)ssl, (void)alert, (void)argument;
    called++;
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int take_ticket(SSL *ssl, void *argument)
{
    (void)ssl, (void)argument;
    called++;
    return 1;
}

static int take_ticket_key(SSL *ssl, unsigned char *name, unsigned char *vector, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seals)
{
    (void)ssl;
    called++;
    return ticket_keys(name, vector, cipher, mac, seals);
}

static int take_status(SSL *ssl, void *argument)
{
    (void)ssl, (void)argument;
    called++;
    return SSL_TLSEXT_ERR_NOACK;
}

static int take_request(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
    (void)ssl, (void)certificate, (void)key;
    called++;
    return 0;
}

static int take_chain(X509_STORE_CTX *store, void *argument)
{
    (void)store, (void)argument;
    called++;
    return 1;
}

static int take_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl, (void)session;
    called++;
    return 0;
}

static void take_message(int writes, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument)
{
    (void)writes, (void)version, (void)type, (void)bytes, (void)length, (void)ssl, (void)argument;
    called++;
}

static int take_choice(SSL *ssl, void *argument)
{
    (void)ssl, (void)argument;
    called++;
    return 1;
}

static int take_certificate(int ok, X509_STORE_CTX *store)
{
    (void)store;
    called++;
    return ok;
}

static int take_question(const SSL *ssl, const SSL_CTX *context, int operation, int bits, int nid, void *other, void *argument)
{
    (void)ssl, (void)context, (void)operation, (void)bits, (void)nid, (void)other, (void)argument;
    called++;
    return 1;
}

static unsigned take_psk(SSL *ssl, const char *hint, char *identity, unsigned room, unsigned char *psk, unsigned psk_room)
{
    (void)ssl, (void)hint, (void)identity, (void)room, (void)psk, (void)psk_room;
    called++;
    return 0;
}

static void set_key_log(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    SSL_CTX_set_keylog_callback(server, take_key);
}

static void set_name(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    SSL_CTX_set_tlsext_servername_callback(server, take_name);
}

static void set_protocol(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    SSL_CTX_set_alpn_select_cb(server, take_protocol, NULL);
}

static void set_hello(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    SSL_CTX_set_client_hello_cb(server, take_hello, NULL);
}

static void set_ticket(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    CHECK_OK(SSL_CTX_set_session_ticket_cb(server, take_ticket, NULL, NULL));
}

static void set_ticket_key(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    CHECK_EQ(SSL_CTX_set_tlsext_ticket_key_evp_cb(server, take_ticket_key), 1);
}

static void set_status(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    SSL_CTX_set_tlsext_status_cb(server, take_status);
}

static void set_request(SSL_CTX *server, SSL_CTX *client)
{
    (void)server;
    SSL_CTX_set_client_cert_cb(client, take_request);
}

/* "SSL objects that are created from ctx inherit the setting valid at the time when SSL_new(3) is called" is not so. */
static void set_chain(SSL_CTX *server, SSL_CTX *client)
{
    (void)server;
    SSL_CTX_set_cert_verify_callback(client, take_chain, NULL);
}

static void set_session(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    SSL_CTX_sess_set_new_cb(server, take_session);
}

static void set_message(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    SSL_CTX_set_msg_callback(server, take_message);
}

static void set_choice(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    SSL_CTX_set_cert_cb(server, take_choice, NULL);
}

static void set_certificate(SSL_CTX *server, SSL_CTX *client)
{
    (void)server;
    SSL_CTX_set_verify(client, SSL_VERIFY_PEER, take_certificate);
}

static void set_question(SSL_CTX *server, SSL_CTX *client)
{
    (void)client;
    SSL_CTX_set_security_callback(server, take_question);
}

static void set_psk(SSL_CTX *server, SSL_CTX *client)
{
    (void)server;
    SSL_CTX_set_psk_client_callback(client, take_psk);
}

static int calls_when_set(int version, void (*set)(SSL_CTX *server, SSL_CTX *client), int early)
{
    /* Without tickets a server stores sessions. */
    struct pair *pair = pair_for_sessions(version, set != set_session);

    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\1a", 2), 0);
    SSL_CTX_set_tlsext_status_type(pair->ctx[CLIENT], TLSEXT_STATUSTYPE_ocsp);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    called = 0;
    if (early)
        set(pair->ctx[SERVER], pair->ctx[CLIENT]);
    pair_over_wire(pair);
    if (!early)
        set(pair->ctx[SERVER], pair->ctx[CLIENT]);
    pair_handshake(pair);
    pair_settle(pair);
    pair_free(pair);
    return called;
}

/* What the manual says is set for a context alone is looked up there when it is needed. */
TEST_VERSIONS(callbacks_of_a_context_that_count_at_once)
{
    static void (*const setters[])(SSL_CTX *, SSL_CTX *) = {set_key_log, set_name,   set_protocol, set_hello, set_ticket,
                                                            set_ticket_key, set_status, set_request,  set_chain, set_session};

    for (size_t i = 0; i < sizeof(setters) / sizeof(setters[0]); i++) {
        CHECK(calls_when_set(version, setters[i], 1) > 0);
        CHECK(calls_when_set(version, setters[i], 0) > 0);
    }
}

/* What a connection can set for itself is copied by SSL_new(). */
TEST_VERSIONS(callbacks_of_a_context_that_are_copied)
{
    static void (*const setters[])(SSL_CTX *, SSL_CTX *) = {set_message, set_choice, set_certificate, set_question, set_psk};

    for (size_t i = 0; i < sizeof(setters) / sizeof(setters[0]); i++) {
        if (version == TLS1_3_VERSION || setters[i] != set_psk)
            CHECK(calls_when_set(version, setters[i], 1) > 0);
        CHECK_EQ(calls_when_set(version, setters[i], 0), 0);
    }
}

/* SSL_set_SSL_CTX() brings the other context's certificates, chains and stores; the rest stays what SSL_new() found in the first. */
TEST(set_ssl_ctx_brings_certificates_alone)
{
    SSL_CTX *first = SSL_CTX_new(TLS_method()), *second = SSL_CTX_new(TLS_method());
    X509_STORE *store = X509_STORE_new(), *found_store = NULL;
    STACK_OF(X509) *chain = NULL;
    SSL *ssl;

    use_identity(first, "rsa");
    use_identity(second, "ec");
    CHECK_OK(SSL_CTX_add1_chain_cert(second, lent_certificate("root")));
    CHECK_OK(SSL_CTX_set0_verify_cert_store(second, store));
    SSL_CTX_set_options(second, SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(second, SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_verify(second, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_verify_depth(second, 7);
    CHECK_EQ(SSL_CTX_set_max_proto_version(second, TLS1_2_VERSION), 1);
    SSL_CTX_set_max_cert_list(second, 500);
    SSL_CTX_set_quiet_shutdown(second, 1);
    SSL_CTX_set_read_ahead(second, 1);
    CHECK_OK(SSL_CTX_set_num_tickets(second, 5));
    CHECK_OK(SSL_CTX_set_max_early_data(second, 77));
    SSL_CTX_set_tlsext_status_type(second, TLSEXT_STATUSTYPE_ocsp);
    SSL_CTX_set_default_passwd_cb_userdata(second, "second");
    ssl = SSL_new(first);
    CHECK(SSL_set_SSL_CTX(ssl, second) == second);
    CHECK_EQ(X509_cmp(SSL_get_certificate(ssl), lent_certificate("ec")), 0);
    CHECK_EQ(EVP_PKEY_eq(SSL_get_privatekey(ssl), lent_key("ec")), 1);
    CHECK_OK(SSL_get0_chain_certs(ssl, &chain));
    CHECK_EQ(sk_X509_num(chain), 1);
    CHECK_OK(SSL_get0_verify_cert_store(ssl, &found_store));
    CHECK(found_store == store);
    CHECK_EQ(SSL_get_options(ssl) & SSL_OP_NO_TICKET, 0);
    CHECK_EQ(SSL_get_mode(ssl) & SSL_MODE_ENABLE_PARTIAL_WRITE, 0);
    CHECK_EQ(SSL_get_verify_mode(ssl), SSL_VERIFY_NONE);
    CHECK_EQ(SSL_get_verify_depth(ssl), -1);
    CHECK_EQ(SSL_get_max_proto_version(ssl), 0);
    CHECK_EQ(SSL_get_max_cert_list(ssl), 102400);
    CHECK_EQ(SSL_get_quiet_shutdown(ssl), 0);
    CHECK_EQ(SSL_get_read_ahead(ssl), 0);
    CHECK_EQ(SSL_get_num_tickets(ssl), 2);
    CHECK_EQ(SSL_get_max_early_data(ssl), 0);
    CHECK_EQ(SSL_get_tlsext_status_type(ssl), -1);
    CHECK(SSL_get_default_passwd_cb_userdata(ssl) == NULL);
    SSL_free(ssl);
    SSL_CTX_free(first);
    SSL_CTX_free(second);
}

/* SSL_set_SSL_CTX() takes away what the connection had set of the same kind: certificates, chains, stores, the callback for
 * certificates, signature algorithms, the security level. Its options, lists of suites and names, and its modes of verification stay. To
 * set the context that is there already changes nothing. */
TEST(set_ssl_ctx_replaces_what_the_connection_had)
{
    for (int same = 0; same < 2; same++) {
        struct pair *pair = pair_contexts(TLS1_2_VERSION);
        SSL_CTX *other = SSL_CTX_new(TLS_method());
        X509_STORE *store = X509_STORE_new(), *found = NULL;
        STACK_OF(X509) *chain = NULL;
        SSL *ssl;
        int digest = 0;

        use_identity(other, "second");
        pair_over_wire(pair);
        ssl = pair->ssl[SERVER];
        use_identity_ssl(ssl, "ec");
        CHECK_OK(SSL_add1_chain_cert(ssl, lent_certificate("root")));
        CHECK_OK(SSL_set0_verify_cert_store(ssl, store));
        SSL_set_cert_cb(ssl, take_choice, NULL);
        SSL_set_security_level(ssl, 3);
        SSL_set0_security_ex_data(ssl, "own");
        CHECK_OK(SSL_set1_sigalgs_list(ssl, "ECDSA+SHA512"));
        SSL_set_options(ssl, SSL_OP_NO_TICKET);
        CHECK_OK(SSL_set_cipher_list(ssl, "ECDHE-ECDSA-AES128-GCM-SHA256"));
        CHECK_OK(SSL_add1_to_CA_list(ssl, lent_certificate("root")));
        SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
        called = 0;
        CHECK(SSL_set_SSL_CTX(ssl, same ? pair->ctx[SERVER] : other) != NULL);
        CHECK_EQ(X509_cmp(SSL_get_certificate(ssl), lent_certificate(same ? "ec" : "second")), 0);
        CHECK_OK(SSL_get0_chain_certs(ssl, &chain));
        CHECK_EQ(chain == NULL ? 0 : sk_X509_num(chain), same);
        CHECK_OK(SSL_get0_verify_cert_store(ssl, &found));
        CHECK(found == (same ? store : NULL));
        CHECK_EQ(SSL_get_security_level(ssl), same ? 3 : 2);
        CHECK_EQ(SSL_get0_security_ex_data(ssl) != NULL, same);
        CHECK(SSL_get_options(ssl) & SSL_OP_NO_TICKET);
        CHECK_EQ(SSL_get_verify_mode(ssl), SSL_VERIFY_PEER);
        pair_handshake(pair);
        CHECK_EQ(called, same);
        CHECK_OK(SSL_get_peer_signature_nid(pair->ssl[CLIENT], &digest));
        CHECK_EQ(digest == NID_sha512, same);
        CHECK_STR(SSL_get_cipher_name(ssl), "ECDHE-ECDSA-AES128-GCM-SHA256");
        CHECK_EQ(sk_X509_NAME_num(SSL_get0_peer_CA_list(pair->ssl[CLIENT])), 1);
        pair_free(pair);
        SSL_CTX_free(other);
    }
}

/* SSL_CTX_set_ssl_version(): "Most of the configuration attached to the SSL_CTX object is retained, with the exception of the configured
 * TLS ciphers, which are reset to the default values." A connection with a list of its own keeps it. */
TEST(set_ssl_version_resets_the_suites)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method()), *fresh = SSL_CTX_new(TLS_method());
    int all = sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(fresh));
    SSL *ssl, *own;

    CHECK_OK(SSL_CTX_set_cipher_list(context, "AES128-SHA"));
    CHECK_OK(SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256"));
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 2);
    ssl = SSL_new(context);
    own = SSL_new(context);
    CHECK_OK(SSL_set_cipher_list(own, "AES256-SHA"));
    CHECK_OK(SSL_CTX_set_ssl_version(context, TLS_client_method()));
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), all);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_get_ciphers(ssl)), all);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_get_ciphers(own)), 2);
    SSL_free(ssl);
    SSL_free(own);
    SSL_CTX_free(context);
    SSL_CTX_free(fresh);
}

/* SSL_CTX_get_quiet_shutdown() returns "the current setting", whatever was set; so does SSL_CTX_get_read_ahead(). */
TEST(flags_are_given_back_as_they_were_set)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl;

    SSL_CTX_set_quiet_shutdown(context, 3);
    CHECK_EQ(SSL_CTX_get_quiet_shutdown(context), 3);
    SSL_CTX_set_read_ahead(context, 5);
    CHECK_EQ(SSL_CTX_get_read_ahead(context), 5);
    ssl = SSL_new(context);
    CHECK_EQ(SSL_get_quiet_shutdown(ssl), 3);
    CHECK_EQ(SSL_get_read_ahead(ssl), 5);
    SSL_set_quiet_shutdown(ssl, -1);
    SSL_set_read_ahead(ssl, -2);
    CHECK_EQ(SSL_get_quiet_shutdown(ssl), -1);
    CHECK_EQ(SSL_get_read_ahead(ssl), -2);
    CHECK_EQ(SSL_CTX_set_read_ahead(context, 0), 5);
    SSL_free(ssl);
    SSL_CTX_free(context);
}
