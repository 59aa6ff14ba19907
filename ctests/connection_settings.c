/* Settings of a connection whose namesakes for contexts have tests elsewhere: SSL_use_certificate(3), SSL_set_default_passwd_cb(3),
 * SSL_set0_CA_list(3), SSL_alloc_buffers(3), SSL_set1_param(3), SSL_SESSION_print(3) and others. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

static int ask_password(char *buffer, int size, int writing, void *argument)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)argument;
    return -1;
}

TEST(keys_and_passwords)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl;
    RSA *rsa = EVP_PKEY_get1_RSA(lent_key("rsa"));
    int value;

    SSL_CTX_set_default_passwd_cb(context, ask_password);
    SSL_CTX_set_default_passwd_cb_userdata(context, &value);
    ssl = SSL_new(context);
    CHECK(SSL_get_default_passwd_cb(ssl) == ask_password);
    CHECK(SSL_get_default_passwd_cb_userdata(ssl) == &value);
    SSL_set_default_passwd_cb(ssl, NULL);
    SSL_set_default_passwd_cb_userdata(ssl, NULL);
    CHECK(SSL_get_default_passwd_cb(ssl) == NULL && SSL_get_default_passwd_cb_userdata(ssl) == NULL);
    CHECK(SSL_CTX_get_default_passwd_cb(context) == ask_password);

    CHECK_OK(SSL_use_certificate_file(ssl, cert_path("rsa", "pem"), SSL_FILETYPE_PEM));
    CHECK_OK(SSL_use_RSAPrivateKey(ssl, rsa));
    CHECK_OK(SSL_check_private_key(ssl));
    CHECK_OK(SSL_use_RSAPrivateKey_file(ssl, cert_path("rsa", "key"), SSL_FILETYPE_PEM));
    CHECK_EQ(SSL_use_cert_and_key(ssl, lent_certificate("rsa"), lent_key("rsa"), NULL, 0), 0);
    CHECK_SSL_REASON(SSL_R_NOT_REPLACING_CERTIFICATE);
    CHECK_OK(SSL_use_cert_and_key(ssl, lent_certificate("ec"), lent_key("ec"), NULL, 0));
    CHECK_OK(SSL_use_cert_and_key(ssl, lent_certificate("rsa"), lent_key("rsa"), NULL, 1));
    RSA_free(rsa);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

TEST(lists_of_ca_names)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file_ex(cert_path("root", "pem"), NULL, NULL), *copy;

    CHECK(names != NULL);
    CHECK_EQ(sk_X509_NAME_num(names), 1);
    copy = SSL_dup_CA_list(names);
    CHECK(copy != names && sk_X509_NAME_num(copy) == 1);
    CHECK(X509_NAME_cmp(sk_X509_NAME_value(copy, 0), sk_X509_NAME_value(names, 0)) == 0);
    CHECK(sk_X509_NAME_value(copy, 0) != sk_X509_NAME_value(names, 0));
    /* A subject that is there already is not added. */
    CHECK_OK(SSL_add_file_cert_subjects_to_stack(copy, cert_path("root", "pem")));
    CHECK_EQ(sk_X509_NAME_num(copy), 1);
    CHECK_OK(SSL_add_file_cert_subjects_to_stack(copy, cert_path("ec", "pem")));
    CHECK_EQ(sk_X509_NAME_num(copy), 2);

    SSL_set0_CA_list(ssl, copy);
    CHECK(SSL_get0_CA_list(ssl) == copy);
    CHECK_OK(SSL_add1_to_CA_list(ssl, lent_certificate("client")));
    CHECK_EQ(sk_X509_NAME_num(SSL_get0_CA_list(ssl)), 3);
    CHECK_EQ(sk_X509_NAME_num(SSL_CTX_get0_CA_list(context)), 0);
    SSL_set_accept_state(ssl);
    SSL_set_client_CA_list(ssl, names);
    CHECK(SSL_get_client_CA_list(ssl) == names);
    CHECK_NO_ERRORS();
    SSL_free(ssl);
    SSL_CTX_free(context);
}

TEST_VERSIONS(buffers_are_made_and_freed)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    SSL_CTX_set_default_read_buffer_len(pair->ctx[CLIENT], 40000);
    pair_over_wire(pair);
    ssl = pair->ssl[CLIENT];
    SSL_set_default_read_buffer_len(pair->ssl[SERVER], 100);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_OK(SSL_alloc_buffers(ssl));
    CHECK_OK(SSL_free_buffers(ssl));
    CHECK_OK(SSL_free_buffers(ssl));
    CHECK_OK(SSL_alloc_buffers(ssl));
    check_alive(pair);
    /* Not while data waits there. */
    transfer(pair->ssl[SERVER], ssl, "x", 1);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "waiting", 7), 7);
    CHECK_EQ(SSL_read(ssl, (char[2]){0}, 2), 2);
    CHECK_EQ(SSL_free_buffers(ssl), 0);
    CHECK_EQ(SSL_pending(ssl), 5);
    CHECK_EQ(SSL_read(ssl, (char[8]){0}, 8), 5);
    CHECK_OK(SSL_free_buffers(ssl));
    check_alive(pair);
    pair_free(pair);
}

TEST(verification_parameters)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    X509_VERIFY_PARAM *parameters = X509_VERIFY_PARAM_new();

    X509_VERIFY_PARAM_set_depth(parameters, 7);
    CHECK_OK(SSL_set1_param(ssl, parameters));
    CHECK_EQ(X509_VERIFY_PARAM_get_depth(SSL_get0_param(ssl)), 7);
    CHECK_EQ(SSL_get_verify_depth(ssl), 7);
    CHECK_EQ(X509_VERIFY_PARAM_get_depth(SSL_CTX_get0_param(context)), -1);
    CHECK_OK(SSL_set_purpose(ssl, X509_PURPOSE_SSL_CLIENT));
    CHECK_OK(SSL_CTX_set_default_verify_store(context));
    X509_VERIFY_PARAM_free(parameters);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

TEST(methods_of_a_connection)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK(SSL_get_ssl_method(ssl) == TLS_method());
    CHECK_OK(SSL_set_ssl_method(ssl, TLSv1_2_method()));
    CHECK(SSL_get_ssl_method(ssl) == TLSv1_2_method());
    CHECK_EQ(SSL_version(ssl), TLS1_2_VERSION);
    CHECK(TLSv1_method() != NULL && TLSv1_method() != TLSv1_2_method());
    CHECK_STR(OSSL_default_cipher_list(), "ALL:!COMPLEMENTOFDEFAULT:!eNULL");
    CHECK_STR(OSSL_default_ciphersuites(),
              "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256");
    SSL_add_ssl_module();
    CHECK_NO_ERRORS();
    SSL_free(ssl);
    SSL_CTX_free(context);
}

TEST(lists_of_suites_from_the_wire)
{
    static const unsigned char plain[] = {0x13, 0x01, 0x00, 0xff, 0xc0, 0x2f, 0x99, 0x99};
    static const unsigned char ssl2[] = {0x00, 0xc0, 0x2f, 0x01, 0x00, 0x80};
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    STACK_OF(SSL_CIPHER) *suites = NULL, *signals = NULL;

    CHECK_OK(SSL_bytes_to_cipher_list(ssl, plain, sizeof(plain), 0, &suites, &signals));
    CHECK_EQ(sk_SSL_CIPHER_num(suites), 2);
    CHECK_STR(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, 1)), "ECDHE-RSA-AES128-GCM-SHA256");
    sk_SSL_CIPHER_free(suites);
    sk_SSL_CIPHER_free(signals);
    CHECK_OK(SSL_bytes_to_cipher_list(ssl, ssl2, sizeof(ssl2), 1, &suites, NULL));
    CHECK_EQ(sk_SSL_CIPHER_num(suites), 1);
    sk_SSL_CIPHER_free(suites);
    CHECK_EQ(SSL_bytes_to_cipher_list(ssl, plain, 3, 0, &suites, NULL), 0);
    CHECK_SSL_REASON(SSL_R_ERROR_IN_RECEIVED_CIPHER_LIST);
    CHECK_EQ(SSL_bytes_to_cipher_list(ssl, plain, 0, 0, &suites, NULL), 0);
    CHECK_SSL_REASON(SSL_R_NO_CIPHERS_SPECIFIED);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* A session's PEM form and its text, to files; its key log line. */
TEST_VERSIONS(sessions_to_files)
{
    struct pair *pair = pair_established(version);
    SSL_SESSION *session = SSL_get1_session(pair->ssl[CLIENT]), *again;
    const unsigned char *protocol;
    char start[64] = "";
    size_t length;
    FILE *file = tmpfile();
    BIO *memory = BIO_new(BIO_s_mem());

    CHECK(file != NULL);
    CHECK_EQ(PEM_write_SSL_SESSION(file, session), 1);
    rewind(file);
    again = PEM_read_SSL_SESSION(file, NULL, NULL, NULL);
    CHECK(again != NULL);
    CHECK_EQ(SSL_SESSION_get_protocol_version(again), version);
    SSL_SESSION_get0_alpn_selected(session, &protocol, &length);
    CHECK(protocol == NULL && length == 0);
    rewind(file);
    CHECK_EQ(SSL_SESSION_print_fp(file, session), 1);
    rewind(file);
    CHECK(fgets(start, sizeof(start), file) != NULL);
    CHECK_STR(start, "SSL-Session:\n");
    CHECK_EQ(SSL_SESSION_print_keylog(memory, session), 1);
    CHECK(BIO_gets(memory, start, sizeof(start)) > 4);
    CHECK_MEM(start, "RSA ", 4);
    fclose(file);
    BIO_free(memory);
    SSL_SESSION_free(again);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A context with a method for the other side takes nothing from a connection that has its side already. */
TEST_VERSIONS(context_of_the_other_side)
{
    struct pair *pair = pair_contexts(version);
    SSL_CTX *other = SSL_CTX_new(TLS_server_method());

    pair_over_wire(pair);
    SSL_set_verify(pair->ssl[CLIENT], SSL_VERIFY_NONE, NULL);
    CHECK(SSL_set_SSL_CTX(pair->ssl[CLIENT], other) == other);
    pair_handshake(pair);
    check_alive(pair);
    SSL_CTX_free(other);
    pair_free(pair);
}

/* The context that a connection was made from gives its certificates once more, also where it is the connection's. */
TEST(null_context_is_the_first_one)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    use_identity(context, "ec");
    CHECK(SSL_get_certificate(ssl) == NULL);
    CHECK(SSL_set_SSL_CTX(ssl, context) == context);
    CHECK(SSL_get_certificate(ssl) == NULL);
    CHECK(SSL_set_SSL_CTX(ssl, NULL) == context);
    CHECK(SSL_get_certificate(ssl) != NULL);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* A method of the connection's own does not keep it from setting bounds. */
TEST(bounds_go_by_the_method_of_the_context)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_OK(SSL_set_ssl_method(ssl, TLSv1_2_method()));
    CHECK_OK(SSL_set_max_proto_version(ssl, TLS1_1_VERSION));
    CHECK_EQ(SSL_get_max_proto_version(ssl), TLS1_1_VERSION);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "The special method used during the session will be kept" (SSL_clear(3)): that of its version and side. */
TEST(method_is_that_of_the_version)
{
    struct pair *pair = pair_established(TLS1_2_VERSION);

    CHECK(SSL_get_ssl_method(pair->ssl[CLIENT]) == TLSv1_2_client_method());
    CHECK(SSL_get_ssl_method(pair->ssl[SERVER]) == TLSv1_2_server_method());
    CHECK(SSL_CTX_get_ssl_method(pair->ctx[CLIENT]) == TLS_client_method());
    SSL_set_connect_state(pair->ssl[CLIENT]);
    SSL_set_connect_state(pair->ssl[SERVER]);
    CHECK(SSL_get_ssl_method(pair->ssl[CLIENT]) == TLSv1_2_client_method());
    CHECK(SSL_get_ssl_method(pair->ssl[SERVER]) == TLSv1_2_server_method());
    pair_free(pair);
}

/* To a client that may speak several versions OpenSSL's server has a client's method. */
TEST(method_is_that_of_the_side)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[CLIENT], 0));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK(SSL_get_ssl_method(pair->ssl[CLIENT]) == TLSv1_2_client_method());
    CHECK(SSL_get_ssl_method(pair->ssl[SERVER]) == (on_the_oracle() ? TLSv1_2_client_method() : TLSv1_2_server_method()));
    pair_free(pair);
}

/* SSL_CTX_set_split_send_fragment(3): the value "controls the size of the read buffer", where it is larger than the default, and
 * data are read ahead. */
TEST_VERSIONS(read_buffer_of_another_size)
{
    struct pair *pair = pair_contexts(version);
    static unsigned char bytes[1000];
    size_t waiting;

    SSL_CTX_set_read_ahead(pair->ctx[CLIENT], 1);
    SSL_CTX_set_default_read_buffer_len(pair->ctx[CLIENT], 60000);
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    for (int i = 0; i < 40; i++)
        CHECK_EQ(SSL_write(pair->ssl[SERVER], bytes, sizeof(bytes)), sizeof(bytes));
    waiting = queue_length(&pair->queue[CLIENT]);
    CHECK(waiting > 40000 && waiting < 60000);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], bytes, 10), 10);
    CHECK_EQ(queue_length(&pair->queue[CLIENT]), 0);
    pair_free(pair);
}

/* Looking for a name that is there already sorts the stack, and so the names that go over the wire. */
TEST(names_that_are_added_are_sorted)
{
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();

    CHECK_OK(SSL_add_file_cert_subjects_to_stack(names, cert_path("root", "pem")));
    CHECK_OK(SSL_add_file_cert_subjects_to_stack(names, cert_path("ec", "pem")));
    CHECK_OK(SSL_add_file_cert_subjects_to_stack(names, cert_path("root", "pem")));
    CHECK_EQ(sk_X509_NAME_num(names), 2);
    CHECK(X509_NAME_cmp(sk_X509_NAME_value(names, 0), X509_get_subject_name(lent_certificate("ec"))) == 0);
    sk_X509_NAME_pop_free(names, X509_NAME_free);
}
