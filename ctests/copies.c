/* Copies of connections: SSL_dup(3), SSL_clear(3), SSL_set_SSL_CTX(3), SSL_copy_session_id(3), and program data in them. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

static int accept_all(int ok, X509_STORE_CTX *store_context)
{
    (void)ok;
    (void)store_context;
    return 1;
}

/* What SSL_dup() takes over, and what comes from the context anew. */
TEST(duplicate_settings)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context), *copy;

    use_identity_ssl(ssl, "rsa");
    SSL_set_options(ssl, SSL_OP_NO_TICKET);
    SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_set_verify(ssl, SSL_VERIFY_PEER, accept_all);
    SSL_set_verify_depth(ssl, 7);
    CHECK_EQ(SSL_set_min_proto_version(ssl, TLS1_2_VERSION), 1);
    CHECK_EQ(SSL_set_max_proto_version(ssl, TLS1_2_VERSION), 1);
    SSL_set_security_level(ssl, 1);
    SSL_set_read_ahead(ssl, 1);
    SSL_set_quiet_shutdown(ssl, 1);
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN);
    CHECK_OK(SSL_set_num_tickets(ssl, 5));
    SSL_set_max_cert_list(ssl, 1234);
    CHECK_OK(SSL_set_cipher_list(ssl, "ECDHE-RSA-AES128-GCM-SHA256"));
    CHECK_EQ(SSL_set_tlsext_host_name(ssl, "host.example"), 1);

    copy = SSL_dup(ssl);
    CHECK(copy != NULL && copy != ssl);
    CHECK(SSL_get_options(copy) & SSL_OP_NO_TICKET);
    CHECK(SSL_get_mode(copy) & SSL_MODE_ENABLE_PARTIAL_WRITE);
    CHECK_EQ(SSL_get_verify_mode(copy), SSL_VERIFY_PEER);
    CHECK(SSL_get_verify_callback(copy) == accept_all);
    CHECK_EQ(SSL_get_verify_depth(copy), 7);
    CHECK_EQ(SSL_get_min_proto_version(copy), TLS1_2_VERSION);
    CHECK_EQ(SSL_get_max_proto_version(copy), TLS1_2_VERSION);
    CHECK_EQ(SSL_get_security_level(copy), 1);
    CHECK_EQ(SSL_get_read_ahead(copy), 1);
    CHECK_EQ(SSL_get_shutdown(copy), SSL_SENT_SHUTDOWN);
    CHECK_EQ(SSL_get_max_cert_list(copy), 1234);
    CHECK(SSL_get_certificate(copy) != NULL && SSL_get_privatekey(copy) != NULL);
    CHECK_STR(SSL_get_cipher_list(copy, 3), "ECDHE-RSA-AES128-GCM-SHA256");
    CHECK(SSL_get_cipher_list(copy, 4) == NULL);
    /* Not these. */
    CHECK_EQ(SSL_get_quiet_shutdown(copy), 0);
    CHECK_EQ(SSL_get_num_tickets(copy), 2);
    CHECK(SSL_get_servername(copy, TLSEXT_NAMETYPE_host_name) == NULL);
    CHECK_NO_ERRORS();
    SSL_free(copy);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* The name that was set is told before a side was chosen. */
TEST(server_name_without_a_side)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_EQ(SSL_set_tlsext_host_name(ssl, "host.example"), 1);
    CHECK_STR(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name), "host.example");
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* Once the handshake began it is the same object. */
TEST_SIDES(duplicate_in_use)
{
    struct pair *pair = pair_established(version);
    SSL *copy = SSL_dup(pair->ssl[server]);

    CHECK(copy == pair->ssl[server]);
    SSL_free(copy);
    check_alive(pair);
    pair_free(pair);
}

/* The suites of all versions are the context's, whichever that is, unless the connection has its own. */
TEST(suites_follow_the_context)
{
    SSL_CTX *first = SSL_CTX_new(TLS_method()), *second = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(first), *own = SSL_new(first);

    CHECK_OK(SSL_CTX_set_cipher_list(second, "ECDHE-ECDSA-AES128-GCM-SHA256"));
    CHECK_OK(SSL_CTX_set_ciphersuites(second, "TLS_AES_128_GCM_SHA256"));
    CHECK_OK(SSL_set_ciphersuites(own, "TLS_CHACHA20_POLY1305_SHA256"));
    CHECK(SSL_set_SSL_CTX(ssl, second) == second);
    CHECK_STR(SSL_get_cipher_list(ssl, 0), "TLS_AES_128_GCM_SHA256");
    CHECK_STR(SSL_get_cipher_list(ssl, 1), "ECDHE-ECDSA-AES128-GCM-SHA256");
    CHECK(SSL_get_cipher_list(ssl, 2) == NULL);
    CHECK(SSL_set_SSL_CTX(own, second) == second);
    CHECK_STR(SSL_get_cipher_list(own, 0), "TLS_CHACHA20_POLY1305_SHA256");
    CHECK(SSL_get_cipher_list(own, 2) != NULL);
    CHECK(SSL_set_SSL_CTX(ssl, NULL) == first);
    CHECK_STR(SSL_get_cipher_list(ssl, 0), "TLS_AES_256_GCM_SHA384");
    SSL_free(ssl);
    SSL_free(own);
    SSL_CTX_free(first);
    SSL_CTX_free(second);
}

/* "If a session is still open, it is considered bad and will be removed from the session cache". */
TEST_SIDES(clear_forgets_a_session_that_is_open)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    SSL_SESSION *session = SSL_get1_session(self);

    CHECK(session != NULL);
    CHECK_EQ(SSL_clear(self), 1);
    CHECK(SSL_get_session(self) == NULL);
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST_SIDES(clear_keeps_a_session_that_was_closed)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    SSL_SESSION *session = SSL_get1_session(self);

    CHECK_EQ(SSL_shutdown(self), 0);
    CHECK_EQ(SSL_clear(self), 1);
    CHECK(SSL_get_session(self) == session);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* ---- program data ---- */

static int data_index, made, copied, freed;

static void data_new(void *parent, void *data, CRYPTO_EX_DATA *all, int index, long number, void *argument)
{
    (void)all;
    CHECK(parent != NULL && data == NULL && index == data_index && number == 77);
    CHECK_STR(argument, "argument");
    made++;
}

static int data_dup(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **data, int index, long number,
                    void *argument)
{
    CHECK(to != NULL && from != NULL && index == data_index && number == 77);
    CHECK_STR(argument, "argument");
    CHECK_STR(*data, "data");
    *data = "copy";
    copied++;
    return 1;
}

static void data_free(void *parent, void *data, CRYPTO_EX_DATA *all, int index, long number, void *argument)
{
    (void)data;
    (void)all;
    CHECK(parent != NULL && index == data_index && number == 77);
    CHECK_STR(argument, "argument");
    freed++;
}

TEST(program_data_of_a_duplicate)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl, *copy;

    data_index = SSL_get_ex_new_index(77, "argument", data_new, data_dup, data_free);
    ssl = SSL_new(context);
    CHECK_EQ(made, 1);
    CHECK_OK(SSL_set_ex_data(ssl, data_index, "data"));
    copy = SSL_dup(ssl);
    CHECK_EQ(made, 2);
    CHECK_EQ(copied, 1);
    CHECK_STR(SSL_get_ex_data(copy, data_index), "copy");
    CHECK_STR(SSL_get_ex_data(ssl, data_index), "data");
    CHECK_EQ(SSL_clear(ssl), 1);
    CHECK_STR(SSL_get_ex_data(ssl, data_index), "data");
    SSL_free(ssl);
    SSL_free(copy);
    CHECK_EQ(freed, 2);
    SSL_CTX_free(context);
}

/* A connection that failed is past its beginning: its copy is itself. */
TEST(duplicate_of_a_failure)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context), *copy;

    CHECK_OK(SSL_set_min_proto_version(ssl, TLS1_3_VERSION));
    SSL_set_options(ssl, SSL_OP_NO_TLSv1_3);
    SSL_set0_rbio(ssl, BIO_new(BIO_s_mem()));
    SSL_set0_wbio(ssl, BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl);
    CHECK_EQ(SSL_do_handshake(ssl), -1);
    CHECK_SSL_REASON(SSL_R_NO_PROTOCOLS_AVAILABLE);
    copy = SSL_dup(ssl);
    CHECK(copy == ssl);
    SSL_free(copy);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* A server that starts over still tells what the last client offered. */
TEST_VERSIONS(clear_keeps_the_suites_of_the_client)
{
    struct pair *pair = pair_established(version);
    char names[4000];

    CHECK(SSL_get_client_ciphers(pair->ssl[SERVER]) != NULL);
    SSL_shutdown(pair->ssl[SERVER]);
    CHECK_OK(SSL_clear(pair->ssl[SERVER]));
    CHECK(SSL_get_client_ciphers(pair->ssl[SERVER]) != NULL);
    CHECK(SSL_get_shared_ciphers(pair->ssl[SERVER], names, sizeof(names)) == names);
    pair_free(pair);
}

/* SSL_CTX_set_ssl_version(3): "When SSL_clear(3) is called and no session is connected to an SSL object, the method of the SSL object is
 * reset to the method currently set in the corresponding SSL_CTX object." The method alone: what else the context has since does not
 * come with it. */
TEST(clear_takes_the_method_of_the_context)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    CHECK_EQ(SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION), 1);
    CHECK_OK(SSL_CTX_set_num_tickets(context, 9));
    CHECK_OK(SSL_CTX_set_ssl_version(context, TLS_server_method()));
    CHECK(SSL_get_ssl_method(ssl) == TLS_method());
    CHECK_OK(SSL_clear(ssl));
    CHECK(SSL_get_ssl_method(ssl) == TLS_server_method());
    CHECK_EQ(SSL_is_server(ssl), 1);
    CHECK_EQ(SSL_get_options(ssl) & SSL_OP_NO_TICKET, 0);
    CHECK_EQ(SSL_get_verify_mode(ssl), SSL_VERIFY_NONE);
    CHECK_EQ(SSL_get_max_proto_version(ssl), 0);
    CHECK_EQ(SSL_get_num_tickets(ssl), 2);
    /* A connection's own method does not last either. */
    CHECK_OK(SSL_set_ssl_method(ssl, TLS_client_method()));
    CHECK_OK(SSL_clear(ssl));
    CHECK(SSL_get_ssl_method(ssl) == TLS_server_method());
    SSL_free(ssl);
    SSL_CTX_free(context);
}
