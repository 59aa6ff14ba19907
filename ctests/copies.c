/* Copies of connections: SSL_dup(3), SSL_clear(3), SSL_set_SSL_CTX(3), SSL_copy_session_id(3), and program data in them. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/srtp.h>
#include <openssl/x509v3.h>

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

static void no_message(int writing, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument)
{
    (void)writing, (void)version, (void)type, (void)bytes, (void)length, (void)ssl;
    ++*(int *)argument;
}

static void no_info(const SSL *ssl, int where, int value)
{
    (void)ssl, (void)where, (void)value;
}

static int no_password(char *buffer, int size, int writing, void *argument)
{
    (void)buffer, (void)size, (void)writing, (void)argument;
    return 0;
}

static int allow_all(const SSL *ssl, const SSL_CTX *context, int operation, int bits, int nid, void *other, void *data)
{
    (void)ssl, (void)context, (void)operation, (void)bits, (void)nid, (void)other, (void)data;
    return 1;
}

/* "any msg callback or info callback", "any default password callback", "any security level settings or callbacks". */
TEST(callbacks_of_a_duplicate)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context), *copy;
    int messages = 0, value;

    SSL_set_msg_callback(ssl, no_message);
    SSL_set_msg_callback_arg(ssl, &messages);
    SSL_set_info_callback(ssl, no_info);
    SSL_set_default_passwd_cb(ssl, no_password);
    SSL_set_default_passwd_cb_userdata(ssl, &value);
    SSL_set_security_callback(ssl, allow_all);
    SSL_set0_security_ex_data(ssl, &value);
    copy = SSL_dup(ssl);
    SSL_free(ssl);
    CHECK(SSL_get_info_callback(copy) == no_info);
    CHECK(SSL_get_default_passwd_cb(copy) == no_password);
    CHECK(SSL_get_default_passwd_cb_userdata(copy) == &value);
    CHECK(SSL_get_security_callback(copy) == allow_all);
    CHECK(SSL_get0_security_ex_data(copy) == &value);
    SSL_set0_rbio(copy, BIO_new(BIO_s_mem()));
    SSL_set0_wbio(copy, BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(SSL_get_rbio(copy), -1);
    CHECK_EQ(SSL_connect(copy), -1);
    CHECK(messages > 0);
    SSL_free(copy);
    SSL_CTX_free(context);
}

/* "initial accept (server) or connect (client) state", and neither where neither was set; a method of the connection's own. */
TEST(side_and_method_of_a_duplicate)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context), *copy;

    copy = SSL_dup(ssl);
    CHECK_EQ(SSL_do_handshake(copy), -1);
    CHECK_SSL_REASON(SSL_R_CONNECTION_TYPE_NOT_SET);
    SSL_free(copy);
    for (int server = 0; server <= 1; server++) {
        if (server)
            SSL_set_accept_state(ssl);
        else
            SSL_set_connect_state(ssl);
        copy = SSL_dup(ssl);
        CHECK_EQ(SSL_is_server(copy), server);
        CHECK_EQ(SSL_in_before(copy), 1);
        SSL_free(copy);
    }
    SSL_free(ssl);
    ssl = SSL_new(context);
    CHECK_OK(SSL_set_ssl_method(ssl, TLS_client_method()));
    copy = SSL_dup(ssl);
    CHECK(SSL_get_ssl_method(copy) == TLS_client_method());
    SSL_free(copy);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "any session data if configured (including the session_id_context)": one more reference of the session. */
TEST_VERSIONS(session_of_a_duplicate)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    SSL *copy;

    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    copy = SSL_dup(pair->ssl[CLIENT]);
    CHECK(SSL_get_session(copy) == session);
    SSL_set_bio(copy, wire_bio(&pair->end[CLIENT]), NULL);
    SSL_set0_wbio(copy, wire_bio(&pair->end[CLIENT]));
    SSL_free(pair->ssl[CLIENT]);
    pair->ssl[CLIENT] = copy;
    SSL_SESSION_free(session);
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(copy), 1);
    pair_free(pair);
}

/* "any configured certificates, private keys or certificate chains", "any configured X509 verification parameters": what is changed
 * later in one is not changed in the other. */
TEST(certificates_and_names_of_a_duplicate)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context), *copy;
    STACK_OF(X509) *chain = sk_X509_new_null(), *found = NULL;

    CHECK(sk_X509_push(chain, lent_certificate("root")) == 1);
    use_identity_ssl(ssl, "ec");
    CHECK_OK(SSL_set1_chain(ssl, chain));
    CHECK_OK(SSL_set1_host(ssl, "one.example"));
    CHECK_OK(SSL_add1_host(ssl, "two.example"));
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    copy = SSL_dup(ssl);
    CHECK(SSL_get_certificate(copy) == SSL_get_certificate(ssl));
    CHECK(SSL_get_privatekey(copy) == SSL_get_privatekey(ssl));
    use_identity_ssl(ssl, "rsa");
    CHECK_OK(SSL_set1_host(ssl, "other.example"));
    SSL_set_hostflags(ssl, 0);
    SSL_certs_clear(ssl);
    CHECK_EQ(X509_cmp(SSL_get_certificate(copy), lent_certificate("ec")), 0);
    CHECK_OK(SSL_check_private_key(copy));
    CHECK_EQ(SSL_get0_chain_certs(copy, &found), 1);
    CHECK_EQ(sk_X509_num(found), 1);
    CHECK_STR(X509_VERIFY_PARAM_get0_host(SSL_get0_param(copy), 0), "one.example");
    CHECK_STR(X509_VERIFY_PARAM_get0_host(SSL_get0_param(copy), 1), "two.example");
    CHECK_EQ(X509_VERIFY_PARAM_get_hostflags(SSL_get0_param(copy)), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    sk_X509_free(chain);
    SSL_free(ssl);
    SSL_free(copy);
    SSL_CTX_free(context);
}

/* "SSL_dup() creates and returns a new SSL structure from the same SSL_CTX that was used to create s": rather from the one it has. The
 * transport is not duplicated. */
TEST(context_and_transport_of_a_duplicate)
{
    SSL_CTX *first = SSL_CTX_new(TLS_method()), *second = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(first), *copy;

    CHECK(SSL_set_SSL_CTX(ssl, second) == second);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    copy = SSL_dup(ssl);
    CHECK(SSL_get_SSL_CTX(copy) == second);
    CHECK(SSL_get_rbio(copy) == NULL && SSL_get_wbio(copy) == NULL);
    CHECK_NO_ERRORS();
    SSL_free(copy);
    SSL_free(ssl);
    SSL_CTX_free(first);
    SSL_CTX_free(second);
}

/* SSL_set_SSL_CTX(): the certificates and what goes with them (names of authorities, the security level) come from the new context,
 * nothing else does. */
TEST(context_that_takes_over)
{
    SSL_CTX *first = SSL_CTX_new(TLS_method()), *second = SSL_CTX_new(TLS_method());
    SSL *ssl;

    use_identity(first, "ec");
    use_identity(second, "rsa");
    SSL_CTX_set_verify(second, SSL_VERIFY_PEER, accept_all);
    SSL_CTX_set_options(second, SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(second, SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_security_level(second, 3);
    SSL_CTX_set_max_cert_list(second, 99);
    SSL_CTX_set_verify_depth(second, 9);
    SSL_CTX_set_read_ahead(second, 1);
    SSL_CTX_set_quiet_shutdown(second, 1);
    SSL_CTX_set0_CA_list(second, SSL_load_client_CA_file(cert_path("root", "pem")));
    CHECK_OK(SSL_CTX_set_num_tickets(second, 9));
    CHECK_OK(SSL_CTX_set_max_proto_version(second, TLS1_2_VERSION));
    ssl = SSL_new(first);
    use_identity_ssl(ssl, "ec");
    CHECK(SSL_set_SSL_CTX(ssl, second) == second);
    CHECK(SSL_get_certificate(ssl) == SSL_CTX_get0_certificate(second));
    CHECK_EQ(SSL_get_security_level(ssl), 3);
    CHECK_EQ(sk_X509_NAME_num(SSL_get0_CA_list(ssl)), 1);
    CHECK_EQ(SSL_get_verify_mode(ssl), SSL_VERIFY_NONE);
    CHECK_EQ(SSL_get_options(ssl) & SSL_OP_NO_TICKET, 0);
    CHECK_EQ(SSL_get_mode(ssl), SSL_MODE_AUTO_RETRY);
    CHECK_EQ(SSL_get_max_proto_version(ssl), 0);
    CHECK_EQ(SSL_get_verify_depth(ssl), -1);
    CHECK_EQ(SSL_get_num_tickets(ssl), 2);
    CHECK(SSL_get_max_cert_list(ssl) != 99);
    CHECK_EQ(SSL_get_read_ahead(ssl), 0);
    CHECK_EQ(SSL_get_quiet_shutdown(ssl), 0);
    SSL_free(ssl);
    SSL_CTX_free(first);
    SSL_CTX_free(second);
}

/* SSL_new(3): "inherits the settings of the underlying context": what of them stays when the context changes. */
TEST(context_that_changes_afterwards)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    int value;
    SSL *ssl;

    SSL_CTX_set_max_cert_list(context, 1111);
    SSL_CTX_set_security_level(context, 3);
    SSL_CTX_set_security_callback(context, allow_all);
    SSL_CTX_set0_security_ex_data(context, &value);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_all);
    SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
    CHECK_OK(X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(context), "first.example", 0));
    ssl = SSL_new(context);
    SSL_CTX_set_max_cert_list(context, 1);
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_security_callback(context, NULL);
    SSL_CTX_set0_security_ex_data(context, NULL);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_tlsext_status_type(context, -1);
    CHECK_OK(X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(context), "second.example", 0));
    CHECK_EQ(SSL_get_max_cert_list(ssl), 1111);
    CHECK_EQ(SSL_get_security_level(ssl), 3);
    CHECK(SSL_get_security_callback(ssl) == allow_all && SSL_get0_security_ex_data(ssl) == &value);
    CHECK_EQ(SSL_get_verify_mode(ssl), SSL_VERIFY_PEER);
    CHECK(SSL_get_verify_callback(ssl) == accept_all);
    CHECK_EQ(SSL_get_tlsext_status_type(ssl), TLSEXT_STATUSTYPE_ocsp);
    CHECK_STR(X509_VERIFY_PARAM_get0_host(SSL_get0_param(ssl), 0), "first.example");
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* A connection that is established keeps what was negotiated, whatever is set afterwards, and loses nothing with its context. */
TEST_SIDES(settings_of_a_connection_in_use)
{
    struct pair *pair = pair_established(version);
    SSL *self = pair->ssl[server];
    const SSL_CIPHER *suite = SSL_get_current_cipher(self);

    SSL_set_options(self, SSL_OP_NO_TLSv1_3 | SSL_OP_NO_TLSv1_2);
    CHECK_OK(SSL_set_max_proto_version(self, TLS1_1_VERSION));
    SSL_set_security_level(self, 5);
    CHECK_OK(SSL_set_cipher_list(self, "AES128-SHA"));
    CHECK_OK(SSL_set_ciphersuites(self, "TLS_CHACHA20_POLY1305_SHA256"));
    CHECK_OK(SSL_set1_groups_list(self, "P-521"));
    SSL_set_verify(self, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_certs_clear(self);
    check_alive(pair);
    SSL_set_read_ahead(self, 1);
    check_alive(pair);
    SSL_set_read_ahead(self, 0);
    SSL_CTX_free(pair->ctx[server]);
    pair->ctx[server] = NULL;
    check_alive(pair);
    CHECK_EQ(SSL_version(self), version);
    CHECK(SSL_get_current_cipher(self) == suite);
    pair_free(pair);
}

static size_t pad_never(SSL *ssl, int type, size_t length, void *argument)
{
    (void)ssl, (void)type, (void)length, (void)argument;
    CHECK(0);
    return 0;
}

/* How records are padded comes from the context. */
TEST(padding_of_a_duplicate)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);

    pair_over_wire(pair);
    CHECK_OK(SSL_set_record_padding_callback(pair->ssl[SERVER], pad_never));
    CHECK_OK(SSL_set_block_padding(pair->ssl[CLIENT], 512));
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL *copy = SSL_dup(pair->ssl[side]);
        BIO *bio = wire_bio(&pair->end[side]);

        CHECK(copy != NULL && copy != pair->ssl[side]);
        SSL_set_bio(copy, bio, bio);
        SSL_free(pair->ssl[side]);
        pair->ssl[side] = copy;
    }
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "x", 1), 1);
    CHECK_EQ(queue_length(&pair->queue[SERVER]), 5 + 1 + 1 + 16);
    pair_free(pair);
}

/* As for SSL_new(). */
TEST(settings_that_a_duplicate_takes_from_the_context)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context), *copy;

    SSL_set_connect_state(ssl);
    CHECK_EQ(SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp), 1);
    SSL_set_record_padding_callback_arg(ssl, ssl);
    CHECK_OK(SSL_set_max_early_data(ssl, 77));
    CHECK_OK(SSL_set_recv_max_early_data(ssl, 88));
    copy = SSL_dup(ssl);
    CHECK(copy != NULL);
    CHECK_EQ(SSL_get_tlsext_status_type(copy), -1);
    CHECK(SSL_get_record_padding_callback_arg(copy) == NULL);
    CHECK_EQ(SSL_get_max_early_data(copy), 0);
    CHECK_EQ(SSL_get_recv_max_early_data(copy), 16384);
    SSL_free(copy);
    CHECK_OK(SSL_enable_ct(ssl, SSL_CT_VALIDATION_PERMISSIVE));
    copy = SSL_dup(ssl);
    CHECK_EQ(SSL_ct_is_enabled(copy), 0);
    SSL_free(copy);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_dup() "duplicates a subset of the settings", of which these are none: the copy has the context's. */
static int the_protocol_of_the_context(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in, unsigned total,
                                       void *argument)
{
    (void)ssl, (void)out, (void)length;
    *(int *)argument = total == 6 && memcmp(in, "\5other", 6) == 0;
    return SSL_TLSEXT_ERR_NOACK;
}

static int no_session(SSL *ssl, const EVP_MD *digest, const unsigned char **identity, size_t *length, SSL_SESSION **session)
{
    (void)ssl, (void)digest, (void)identity, (void)length;
    test_fail(__FILE__, __LINE__, "the copy has the callback for pre-shared keys");
    *session = NULL;
    return 1;
}

TEST(duplicate_offers_what_the_context_says)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    SSL *client, *copy;
    static unsigned char bytes[2000];
    size_t before;
    int is_other = 0;

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE, NULL);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], the_protocol_of_the_context, &is_other);
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\5other", 6), 0);
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-384"));
    pair_over_wire(pair);
    client = pair->ssl[CLIENT];
    CHECK_EQ(SSL_set_alpn_protos(client, (const unsigned char *)"\2h2", 3), 0);
    CHECK_OK(SSL_set1_groups_list(client, "P-521"));
    SSL_set_post_handshake_auth(client, 1);
    SSL_set_psk_use_session_callback(client, no_session);
    CHECK_EQ(SSL_set_tlsext_use_srtp(client, "SRTP_AES128_CM_SHA1_80"), 0);
    CHECK_OK(SSL_set_max_send_fragment(client, 600));
    copy = SSL_dup(client);
    SSL_free(client);
    pair->ssl[CLIENT] = copy;
    CHECK(SSL_get_srtp_profiles(copy) == NULL);
    SSL_set0_rbio(copy, wire_bio(&pair->end[CLIENT]));
    SSL_set0_wbio(copy, wire_bio(&pair->end[CLIENT]));
    pair_handshake(pair);
    CHECK(is_other);
    CHECK_EQ(SSL_get_negotiated_group(copy), NID_secp384r1);
    before = queue_length(&pair->queue[SERVER]);
    CHECK_EQ(SSL_write(copy, bytes, sizeof(bytes)), sizeof(bytes));
    CHECK_EQ(queue_length(&pair->queue[SERVER]) - before, sizeof(bytes) + 22);
    CHECK_EQ(SSL_verify_client_post_handshake(pair->ssl[SERVER]), 0);
    ERR_clear_error();
    pair_free(pair);
}
