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
    CHECK(SSL_get1_supported_ciphers(NULL) == NULL);
    CHECK_EQ(SSL_get_error(NULL, 1), SSL_ERROR_NONE);
    CHECK_NO_ERRORS();
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
    CHECK(BIO_new_ssl(NULL, 1) == NULL);
    CHECK_SSL_REASON(SSL_R_NULL_SSL_CTX);
    CHECK_EQ(SSL_CTX_get_timeout(NULL), 0);
    CHECK_EQ(SSL_CTX_set_timeout(NULL, 5), 0);
    CHECK_EQ(SSL_CTX_set_alpn_protos(NULL, (const unsigned char *)"\x02" "a", 2), 1);
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

#ifndef __SANITIZE_ADDRESS__ /* whose fopen reads the name itself */
    CHECK_EQ(SSL_CTX_use_certificate_file(context, NULL, SSL_FILETYPE_PEM), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SYS_LIB);
    CHECK_EQ(SSL_CTX_use_certificate_chain_file(context, NULL), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SYS_LIB);
#endif
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

/* Where keying material is wanted without a label or room for it, even of no length. */
TEST_VERSIONS(null_in_exports)
{
    struct pair *pair = pair_established(version);
    SSL *ssl = pair->ssl[CLIENT];
    unsigned char out[8];

    CHECK_EQ(SSL_export_keying_material(ssl, NULL, 0, "label", 5, NULL, 0, 0), 0);
    CHECK_SSL_REASON(ERR_R_INTERNAL_ERROR);
    CHECK_EQ(SSL_export_keying_material(ssl, out, 0, NULL, 0, NULL, 0, 0), 0);
    CHECK_SSL_REASON(ERR_R_INTERNAL_ERROR);
    CHECK_OK(SSL_export_keying_material(ssl, out, 8, "label", 5, NULL, 0, 0));
    pair_free(pair);
}

/* The compression methods are a stack that a program may put another in the place of. */
TEST(compression_methods)
{
    STACK_OF(SSL_COMP) *first = SSL_COMP_get_compression_methods(), *second = sk_SSL_COMP_new_null();

    CHECK(first != NULL);
    CHECK_EQ(sk_SSL_COMP_num(first), 0);
    CHECK(SSL_COMP_set0_compression_methods(second) == first);
    CHECK(SSL_COMP_get_compression_methods() == second);
    CHECK(SSL_COMP_set0_compression_methods(NULL) == second);
    CHECK(SSL_COMP_get_compression_methods() == NULL);
    CHECK(SSL_COMP_set0_compression_methods(first) == NULL);
    CHECK_EQ(SSL_COMP_add_compression_method(200, NULL), 1);
    CHECK_NO_ERRORS();
    sk_SSL_COMP_free(second);
}

/* No compression method exists that these could be asked about; OpenSSL crashes. */
TEST(null_compression_method)
{
    if (on_the_oracle())
        return;
    CHECK(SSL_COMP_get0_name(NULL) == NULL);
    CHECK_EQ(SSL_COMP_get_id(NULL), -1);
}

/* What OpenSSL's own tests replace, we do not have. */
TEST(functions_for_openssls_tests)
{
    CHECK_EQ(SSL_test_functions() != NULL, on_the_oracle());
    if (!on_the_oracle())
        CHECK_ERROR(ERR_LIB_SSL, ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
}
