/* What takes NULL, and what it then does. */
#include "support.h"

/* Functions of an SSL that answer NULL with nothing. */
TEST(null_ssl)
{
    CHECK(SSL_get_peer_cert_chain(NULL) == NULL);
    CHECK(SSL_get0_peer_certificate(NULL) == NULL);
    CHECK(SSL_get1_peer_certificate(NULL) == NULL);
    CHECK(SSL_get_ciphers(NULL) == NULL);
    CHECK(SSL_get_client_ciphers(NULL) == NULL);
    CHECK(SSL_get_cipher_list(NULL, 0) == NULL);
    CHECK_EQ(SSL_check_private_key(NULL), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_PASSED_NULL_PARAMETER);
    SSL_free(NULL);
    CHECK_NO_ERRORS();
}

/* Functions of an SSL_CTX that do. */
TEST(null_ssl_ctx)
{
    CHECK(SSL_new(NULL) == NULL);
    CHECK_SSL_REASON(SSL_R_NULL_SSL_CTX);
    CHECK(SSL_CTX_get_ciphers(NULL) == NULL);
    CHECK_EQ(SSL_CTX_check_private_key(NULL), 0);
    CHECK_SSL_REASON(SSL_R_NO_CERTIFICATE_ASSIGNED);
    SSL_CTX_free(NULL);
    CHECK_NO_ERRORS();
}

/* Functions of an SSL_SESSION that do. */
TEST(null_ssl_session)
{
    CHECK_EQ(i2d_SSL_SESSION(NULL, NULL), 0);
    CHECK_EQ(SSL_SESSION_get_time(NULL), 0);
    CHECK_EQ(SSL_SESSION_set_time(NULL, 1), 0);
    CHECK_EQ(SSL_SESSION_get_timeout(NULL), 0);
    CHECK_EQ(SSL_SESSION_set_timeout(NULL, 1), 0);
    SSL_SESSION_free(NULL);
    CHECK_NO_ERRORS();
}

/* NULL that takes something away, or that asks for less. */
TEST_VERSIONS(null_values)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;
    unsigned int length = 7;

    pair_over_wire(pair);
    ssl = pair->ssl[CLIENT];
    CHECK_OK(SSL_set_session(ssl, NULL));
    CHECK_EQ(SSL_CTX_remove_session(pair->ctx[CLIENT], NULL), 0);
    CHECK_OK(SSL_set1_host(ssl, NULL));
    CHECK_EQ(SSL_set_alpn_protos(ssl, NULL, 0), 0);
    CHECK_EQ(SSL_set_tlsext_host_name(ssl, NULL), 1);
    SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
    SSL_set_info_callback(ssl, NULL);
    SSL_CTX_set_keylog_callback(pair->ctx[CLIENT], NULL);
    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], NULL, NULL);
    SSL_CTX_set_tlsext_servername_callback(pair->ctx[SERVER], NULL);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK(SSL_SESSION_get_id(SSL_get_session(ssl), NULL) != NULL);
    CHECK(SSL_SESSION_get_id(SSL_get_session(ssl), &length) != NULL);
    CHECK_EQ(SSL_get_client_random(ssl, NULL, 0), 32);
    check_alive(pair);
    pair_free(pair);
}

/* NULL where a name is wanted. */
TEST(null_names)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK_EQ(SSL_CTX_use_certificate_file(context, NULL, SSL_FILETYPE_PEM), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SYS_LIB);
    CHECK_EQ(SSL_CTX_use_certificate_chain_file(context, NULL), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SYS_LIB);
    CHECK_EQ(SSL_CTX_set_cipher_list(context, NULL), 0);
    CHECK_EQ(SSL_CTX_load_verify_locations(context, NULL, NULL), 0);
    CHECK_EQ(SSL_CTX_load_verify_file(context, NULL), 0);
    CHECK_EQ(SSL_CTX_load_verify_dir(context, NULL), 0);
    CHECK_EQ(SSL_CTX_load_verify_store(context, NULL), 0);
    CHECK_NO_ERRORS();
    SSL_CTX_free(context);
}

/* An SSL without BIOs answers as well. */
TEST(no_bio)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    SSL_set_connect_state(ssl);
    CHECK(SSL_get_rbio(ssl) == NULL);
    CHECK_EQ(SSL_pending(ssl), 0);
    CHECK_EQ(SSL_want(ssl), SSL_NOTHING);
    CHECK_EQ(SSL_get_shutdown(ssl), 0);
    CHECK(SSL_get_current_cipher(ssl) == NULL);
    CHECK_STR(SSL_get_cipher_name(ssl), "(NONE)");
    CHECK(SSL_get_session(ssl) == NULL);
    CHECK(SSL_get_peer_cert_chain(ssl) == NULL);
    CHECK(SSL_get0_peer_certificate(ssl) == NULL);
    CHECK_EQ(SSL_get_verify_result(ssl), X509_V_OK);
    CHECK_EQ(SSL_session_reused(ssl), 0);
    CHECK_NO_ERRORS();
    SSL_free(ssl);
    SSL_CTX_free(context);
}
