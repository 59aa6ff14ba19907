/* SSL_CTX_new(3), SSL_new(3), SSL_free(3), SSL_CTX_up_ref, SSL_up_ref, SSL_clear(3), SSL_dup(3),
 * SSL_set_SSL_CTX, SSL_CTX_set_ssl_version, OPENSSL_init_ssl(3), SSL_CTX_get_ex_data(3). */
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
