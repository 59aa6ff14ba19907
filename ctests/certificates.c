/* SSL_CTX_use_certificate(3) and its family, SSL_CTX_add_extra_chain_cert(3),
 * SSL_CTX_add1_chain_cert(3), SSL_CTX_check_private_key, SSL_get_certificate, password callbacks. */
#include "support.h"

#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

static SSL_CTX *context;

static SSL_CTX *fresh(void)
{
    SSL_CTX_free(context);
    context = SSL_CTX_new(TLS_method());
    CHECK(context != NULL);
    return context;
}

/* A certificate and its key, as objects; the context takes references of its own. */
TEST(use_certificate_and_key_objects)
{
    X509 *cert = load_certificate("ec");
    EVP_PKEY *key = load_key("ec");

    fresh();
    CHECK(SSL_CTX_get0_certificate(context) == NULL);
    CHECK_OK(SSL_CTX_use_certificate(context, cert));
    CHECK_OK(SSL_CTX_use_PrivateKey(context, key));
    X509_free(cert);
    EVP_PKEY_free(key);
    CHECK(SSL_CTX_get0_certificate(context) == cert);
    CHECK(SSL_CTX_get0_privatekey(context) == key);
    CHECK_OK(SSL_CTX_check_private_key(context));
    SSL_CTX_free(context);
}

/* The key may come first. */
TEST(use_key_before_certificate)
{
    X509 *cert = load_certificate("rsa");
    EVP_PKEY *key = load_key("rsa");

    fresh();
    CHECK_OK(SSL_CTX_use_PrivateKey(context, key));
    CHECK_OK(SSL_CTX_use_certificate(context, cert));
    CHECK_OK(SSL_CTX_check_private_key(context));
    X509_free(cert);
    EVP_PKEY_free(key);
    SSL_CTX_free(context);
}

/* NULL is refused. */
TEST(use_null_fails)
{
    fresh();
    CHECK_EQ(SSL_CTX_use_certificate(context, NULL), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_PASSED_NULL_PARAMETER);
    CHECK_EQ(SSL_CTX_use_PrivateKey(context, NULL), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_PASSED_NULL_PARAMETER);
    SSL_CTX_free(context);
}

/* PEM and DER files, on the context and on the connection. */
TEST(use_files_of_both_types)
{
    X509 *cert = load_certificate("ec");
    EVP_PKEY *key = load_key("ec");
    char cert_der[] = "/tmp/ctest-cert-XXXXXX", key_der[] = "/tmp/ctest-key-XXXXXX";
    FILE *file;
    SSL *ssl;

    file = fdopen(mkstemp(cert_der), "wb");
    CHECK_EQ(i2d_X509_fp(file, cert), 1);
    fclose(file);
    file = fdopen(mkstemp(key_der), "wb");
    CHECK_EQ(i2d_PrivateKey_fp(file, key), 1);
    fclose(file);

    fresh();
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("ec", "pem"), SSL_FILETYPE_PEM));
    CHECK_OK(SSL_CTX_use_PrivateKey_file(context, cert_path("ec", "key"), SSL_FILETYPE_PEM));
    CHECK_OK(SSL_CTX_check_private_key(context));
    fresh();
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_der, SSL_FILETYPE_ASN1));
    CHECK_OK(SSL_CTX_use_PrivateKey_file(context, key_der, SSL_FILETYPE_ASN1));
    CHECK_OK(SSL_CTX_check_private_key(context));
    CHECK_EQ(X509_cmp(SSL_CTX_get0_certificate(context), cert), 0);
    fresh();
    ssl = SSL_new(context);
    CHECK_OK(SSL_use_certificate_file(ssl, cert_der, SSL_FILETYPE_ASN1));
    CHECK_OK(SSL_use_PrivateKey_file(ssl, key_der, SSL_FILETYPE_ASN1));
    CHECK_OK(SSL_check_private_key(ssl));
    CHECK_EQ(X509_cmp(SSL_get_certificate(ssl), cert), 0);
    CHECK(SSL_get_privatekey(ssl) != NULL);
    SSL_free(ssl);
    unlink(cert_der);
    unlink(key_der);
    X509_free(cert);
    EVP_PKEY_free(key);
    SSL_CTX_free(context);
}

/* A type that is neither. */
TEST(use_file_of_unknown_type_fails)
{
    fresh();
    CHECK_EQ(SSL_CTX_use_certificate_file(context, cert_path("ec", "pem"), 99), 0);
    CHECK_SSL_REASON(SSL_R_BAD_SSL_FILETYPE);
    CHECK_EQ(SSL_CTX_use_PrivateKey_file(context, cert_path("ec", "key"), 99), 0);
    CHECK_SSL_REASON(SSL_R_BAD_SSL_FILETYPE);
    SSL_CTX_free(context);
}

/* DER in memory. */
TEST(use_der_in_memory)
{
    X509 *cert = load_certificate("ec");
    EVP_PKEY *key = load_key("ec");
    unsigned char *cert_der = NULL, *key_der = NULL;
    int cert_length = i2d_X509(cert, &cert_der), key_length = i2d_PrivateKey(key, &key_der);
    SSL *ssl;

    fresh();
    CHECK_OK(SSL_CTX_use_certificate_ASN1(context, cert_length, cert_der));
    CHECK_OK(SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_EC, context, key_der, key_length));
    CHECK_OK(SSL_CTX_check_private_key(context));
    ssl = SSL_new(context);
    CHECK_OK(SSL_use_certificate_ASN1(ssl, cert_der, cert_length));
    CHECK_OK(SSL_use_PrivateKey_ASN1(EVP_PKEY_EC, ssl, key_der, key_length));
    CHECK_EQ(SSL_CTX_use_certificate_ASN1(context, cert_length - 1, cert_der), 0);
    CHECK(ERR_peek_error() != 0);
    ERR_clear_error();
    SSL_free(ssl);
    OPENSSL_free(cert_der);
    OPENSSL_free(key_der);
    X509_free(cert);
    EVP_PKEY_free(key);
    SSL_CTX_free(context);
}

/* A file that is not there: the system's error, then ERR_R_SYS_LIB. */
TEST(use_missing_file_fails)
{
    fresh();
    CHECK_EQ(SSL_CTX_use_certificate_file(context, "/nonexistent", SSL_FILETYPE_PEM), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SYS_LIB);
    CHECK_EQ(SSL_CTX_use_PrivateKey_file(context, "/nonexistent", SSL_FILETYPE_PEM), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SYS_LIB);
    CHECK_EQ(SSL_CTX_use_certificate_chain_file(context, "/nonexistent"), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_SYS_LIB);
    SSL_CTX_free(context);
}

/* A file that holds something else: PEM's no start line, then ERR_R_PEM_LIB. */
TEST(use_file_without_pem_fails)
{
    fresh();
    CHECK_EQ(SSL_CTX_use_certificate_file(context, cert_path("ec", "key"), SSL_FILETYPE_PEM), 0);
    CHECK_EQ(ERR_GET_LIB(ERR_peek_error()), ERR_LIB_PEM);
    CHECK_EQ(ERR_GET_REASON(ERR_peek_error()), PEM_R_NO_START_LINE);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_PEM_LIB);
    CHECK_EQ(SSL_CTX_use_certificate_chain_file(context, cert_path("ec", "key")), 0);
    CHECK_EQ(ERR_GET_REASON(ERR_peek_error()), PEM_R_NO_START_LINE);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_PEM_LIB);
    CHECK_EQ(SSL_CTX_use_PrivateKey_file(context, cert_path("ec", "pem"), SSL_FILETYPE_PEM), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_PEM_LIB);
    SSL_CTX_free(context);
}

/* A DER file that holds something else. */
TEST(use_file_without_der_fails)
{
    fresh();
    CHECK_EQ(SSL_CTX_use_certificate_file(context, cert_path("ec", "pem"), SSL_FILETYPE_ASN1), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_ASN1_LIB);
    CHECK_EQ(SSL_CTX_use_PrivateKey_file(context, cert_path("ec", "key"), SSL_FILETYPE_ASN1), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_ASN1_LIB);
    SSL_CTX_free(context);
}

/* A chain file: the leaf first, then the others. */
TEST(use_certificate_chain_file)
{
    STACK_OF(X509) *chain = NULL;
    SSL *ssl;

    fresh();
    CHECK_OK(SSL_CTX_use_certificate_chain_file(context, cert_path("chained", "pem")));
    CHECK_EQ(SSL_CTX_get0_chain_certs(context, &chain), 1);
    CHECK_EQ(sk_X509_num(chain), 1);
    /* Used again with another file, it replaces the chain. */
    CHECK_OK(SSL_CTX_use_certificate_chain_file(context, cert_path("ec", "pem")));
    CHECK_EQ(SSL_CTX_get0_chain_certs(context, &chain), 1);
    CHECK_EQ(sk_X509_num(chain) <= 0, 1);
    ssl = SSL_new(context);
    CHECK_OK(SSL_use_certificate_chain_file(ssl, cert_path("chained", "pem")));
    CHECK_EQ(SSL_get0_chain_certs(ssl, &chain), 1);
    CHECK_EQ(sk_X509_num(chain), 1);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* SSL_CTX_use_cert_and_key() sets all three; without override it refuses to replace. */
TEST(use_cert_and_key)
{
    X509 *cert = load_certificate("chained"), *middle = load_certificate("middle");
    EVP_PKEY *key = load_key("chained"), *other = load_key("ec");
    STACK_OF(X509) *chain = sk_X509_new_null(), *got = NULL;

    sk_X509_push(chain, middle);
    fresh();
    CHECK_OK(SSL_CTX_use_cert_and_key(context, cert, key, chain, 0));
    CHECK_EQ(SSL_CTX_get0_chain_certs(context, &got), 1);
    CHECK_EQ(sk_X509_num(got), 1);
    CHECK_EQ(SSL_CTX_use_cert_and_key(context, cert, key, chain, 0), 0);
    CHECK_SSL_REASON(SSL_R_NOT_REPLACING_CERTIFICATE);
    CHECK_OK(SSL_CTX_use_cert_and_key(context, cert, key, NULL, 1));
    CHECK_EQ(SSL_CTX_use_cert_and_key(context, cert, other, NULL, 1), 0);
    CHECK(ERR_peek_error() != 0);
    ERR_clear_error();
    sk_X509_pop_free(chain, X509_free);
    X509_free(cert);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    SSL_CTX_free(context);
}

/* check_private_key: nothing there, only one of the two. */
TEST(check_private_key_without_key_fails)
{
    X509 *cert = load_certificate("ec");
    SSL *ssl;

    fresh();
    CHECK_EQ(SSL_CTX_check_private_key(context), 0);
    CHECK_SSL_REASON(SSL_R_NO_CERTIFICATE_ASSIGNED);
    ssl = SSL_new(context);
    CHECK_EQ(SSL_check_private_key(ssl), 0);
    CHECK_SSL_REASON(SSL_R_NO_CERTIFICATE_ASSIGNED);
    CHECK_OK(SSL_CTX_use_certificate(context, cert));
    CHECK_EQ(SSL_CTX_check_private_key(context), 0);
    CHECK_SSL_REASON(SSL_R_NO_PRIVATE_KEY_ASSIGNED);
    CHECK_OK(SSL_use_certificate(ssl, cert));
    CHECK_EQ(SSL_check_private_key(ssl), 0);
    CHECK_SSL_REASON(SSL_R_NO_PRIVATE_KEY_ASSIGNED);
    SSL_free(ssl);
    X509_free(cert);
    SSL_CTX_free(context);
}

/* A key that does not belong to the certificate that is there is refused. */
TEST(use_key_of_another_certificate_fails)
{
    fresh();
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("ec", "pem"), SSL_FILETYPE_PEM));
    CHECK_EQ(SSL_CTX_use_PrivateKey_file(context, cert_path("second", "key"), SSL_FILETYPE_PEM), 0);
    CHECK_ERROR(ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH);
    CHECK_EQ(SSL_CTX_check_private_key(context), 0);
    CHECK_SSL_REASON(SSL_R_NO_PRIVATE_KEY_ASSIGNED);
    SSL_CTX_free(context);
}

/* A certificate that does not belong to the key that is there drops the key. */
TEST(use_certificate_of_another_key_drops_the_key)
{
    fresh();
    use_identity(context, "ec");
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("second", "pem"), SSL_FILETYPE_PEM));
    CHECK(SSL_CTX_get0_privatekey(context) == NULL);
    CHECK_EQ(SSL_CTX_check_private_key(context), 0);
    CHECK_SSL_REASON(SSL_R_NO_PRIVATE_KEY_ASSIGNED);
    SSL_CTX_free(context);
}

/* A context holds an identity of each key type; the cipher suite (TLS 1.2) and the client's signature
 * algorithms, in their order, choose. */
TEST_VERSIONS(identities_of_several_types)
{
    static const char *const choices[][3] = {
        {"ECDSA+SHA256:RSA-PSS+SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", "ec"},
        {"RSA-PSS+SHA256:ECDSA+SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "rsa"},
        {"ed25519:ECDSA+SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", "ed25519"},
    };
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "rsa");
    use_identity(pair->ctx[SERVER], "ed25519");
    for (int i = 0; i < 3; i++) {
        X509 *expected = load_certificate(choices[i][2]), *received;

        pair_over_wire(pair);
        CHECK_OK(SSL_set1_sigalgs_list(pair->ssl[CLIENT], choices[i][0]));
        CHECK_OK(SSL_set_cipher_list(pair->ssl[CLIENT], choices[i][1]));
        pair_handshake(pair);
        received = SSL_get1_peer_certificate(pair->ssl[CLIENT]);
        CHECK_EQ(X509_cmp(received, expected), 0);
        CHECK_EQ(X509_cmp(SSL_get_certificate(pair->ssl[SERVER]), expected), 0);
        X509_free(received);
        X509_free(expected);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* SSL_CTX_set_current_cert() walks over the identities. */
TEST(set_current_cert_walks)
{
    int count = 0;

    fresh();
    use_identity(context, "ec");
    use_identity(context, "rsa");
    for (long ok = SSL_CTX_set_current_cert(context, SSL_CERT_SET_FIRST); ok == 1;
         ok = SSL_CTX_set_current_cert(context, SSL_CERT_SET_NEXT)) {
        CHECK(SSL_CTX_get0_certificate(context) != NULL);
        count++;
    }
    CHECK_EQ(count, 2);
    SSL_CTX_free(context);
}

/* Extra chain certificates are sent behind any leaf that has no chain of its own. */
TEST_VERSIONS(extra_chain_certificates_are_sent)
{
    struct pair *pair = pair_contexts(version);
    STACK_OF(X509) *chain = NULL;
    X509 *leaf = load_certificate("chained");
    EVP_PKEY *key = load_key("chained");

    CHECK_OK(SSL_CTX_use_certificate(pair->ctx[SERVER], leaf));
    CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], key));
    CHECK_EQ(SSL_CTX_add_extra_chain_cert(pair->ctx[SERVER], load_certificate("middle")), 1);
    CHECK_EQ(SSL_CTX_get_extra_chain_certs(pair->ctx[SERVER], &chain), 1);
    CHECK_EQ(sk_X509_num(chain), 1);
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[CLIENT])), 2);
    CHECK_EQ(SSL_CTX_clear_extra_chain_certs(pair->ctx[SERVER]), 1);
    CHECK_EQ(SSL_CTX_get_extra_chain_certs_only(pair->ctx[SERVER], &chain), 1);
    CHECK(chain == NULL);
    X509_free(leaf);
    EVP_PKEY_free(key);
    pair_free(pair);
}

/* They are read from the context when they are sent: a connection made before sends them too. */
TEST_VERSIONS(extra_chain_certificates_are_read_late)
{
    struct pair *pair = pair_contexts(version);
    X509 *leaf = load_certificate("chained");
    EVP_PKEY *key = load_key("chained");

    CHECK_OK(SSL_CTX_use_certificate(pair->ctx[SERVER], leaf));
    CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], key));
    pair_over_wire(pair);
    CHECK_EQ(SSL_CTX_add_extra_chain_cert(pair->ctx[SERVER], load_certificate("middle")), 1);
    pair_handshake(pair);
    CHECK_EQ(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[CLIENT])), 2);
    X509_free(leaf);
    EVP_PKEY_free(key);
    pair_free(pair);
}

/* SSL_CTX_build_cert_chain(): from the store, with and without the root, and checked. */
TEST(chain_is_built_on_demand)
{
    STACK_OF(X509) *chain = NULL;

    fresh();
    CHECK_EQ(SSL_CTX_build_cert_chain(context, 0), 0);
    CHECK_SSL_REASON(SSL_R_NO_CERTIFICATE_SET);
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("chained", "pem"), SSL_FILETYPE_PEM));
    CHECK_EQ(SSL_CTX_build_cert_chain(context, 0), 0);
    CHECK_SSL_REASON(SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_EQ(SSL_CTX_build_cert_chain(context, SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR
                                                   | SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR),
             2);
    CHECK_NO_ERRORS();
    trust(context, "middle");
    trust(context, "root");
    CHECK_EQ(SSL_CTX_build_cert_chain(context, 0), 1);
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 2);
    CHECK_EQ(SSL_CTX_build_cert_chain(context, SSL_BUILD_CHAIN_FLAG_CHECK), 1);
    CHECK_EQ(SSL_CTX_build_cert_chain(context, SSL_BUILD_CHAIN_FLAG_NO_ROOT), 1);
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 1);
    SSL_CTX_free(context);
}

/* A certificate that is too weak for the security level does not get into a chain. */
TEST(weak_chain_certificate_is_refused)
{
    X509 *weak = load_certificate("rsa1024");

    fresh();
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("ec", "pem"), SSL_FILETYPE_PEM));
    CHECK_EQ(SSL_CTX_add1_chain_cert(context, weak), 0);
    CHECK_SSL_REASON(SSL_R_CA_KEY_TOO_SMALL);
    X509_free(weak);
    SSL_CTX_free(context);
}

static int status_calls;

static int note_certificate(SSL *ssl, void *argument)
{
    (void)argument;
    CHECK(EVP_PKEY_is_a(X509_get0_pubkey(SSL_get_certificate(ssl)), "RSA"));
    CHECK(EVP_PKEY_is_a(SSL_get_privatekey(ssl), "RSA"));
    status_calls++;
    return SSL_TLSEXT_ERR_NOACK;
}

/* The status callback finds the certificate that was chosen, not the one that was set last. */
TEST_VERSIONS(status_callback_finds_the_chosen_certificate)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "rsa");
    use_identity(pair->ctx[SERVER], "ed25519");
    SSL_CTX_set_tlsext_status_cb(pair->ctx[SERVER], note_certificate);
    CHECK_OK(SSL_CTX_set1_sigalgs_list(pair->ctx[CLIENT], "RSA-PSS+SHA256:ECDSA+SHA256"));
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "ECDHE-RSA-AES128-GCM-SHA256"));
    pair_over_wire(pair);
    CHECK_EQ(SSL_set_tlsext_status_type(pair->ssl[CLIENT], TLSEXT_STATUSTYPE_ocsp), 1);
    pair_handshake(pair);
    CHECK_EQ(status_calls, 1);
    pair_free(pair);
}

/* SSL_CTX_add0_chain_cert(), add1, set1, clear: the chain of the current certificate. */
TEST(chain_certificates_of_the_current_identity)
{
    X509 *middle = load_certificate("middle");
    STACK_OF(X509) *chain = NULL;

    fresh();
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("chained", "pem"), SSL_FILETYPE_PEM));
    CHECK_OK(SSL_CTX_add1_chain_cert(context, middle));
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 1);
    CHECK_OK(SSL_CTX_add0_chain_cert(context, middle));
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 2);
    CHECK_OK(SSL_CTX_clear_chain_certs(context));
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK(chain == NULL);
    SSL_CTX_free(context);
}

/* Without a chain given, the server builds it from its trust store. */
TEST_VERSIONS(chain_is_built_from_the_store)
{
    for (int automatic = 0; automatic < 2; automatic++) {
        struct pair *pair = pair_contexts(version);
        X509 *leaf = load_certificate("chained");
        EVP_PKEY *key = load_key("chained");
        struct outcome outcome[2];

        CHECK_OK(SSL_CTX_use_certificate(pair->ctx[SERVER], leaf));
        CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], key));
        trust(pair->ctx[SERVER], "middle");
        trust(pair->ctx[SERVER], "root");
        if (!automatic)
            SSL_CTX_set_mode(pair->ctx[SERVER], SSL_MODE_NO_AUTO_CHAIN);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        CHECK_EQ(outcome[CLIENT].ret == 1, automatic);
        X509_free(leaf);
        EVP_PKEY_free(key);
        pair_free(pair);
    }
}

/* A key that is too small for the security level, which is 2 by default. */
TEST(small_key_is_refused_by_security_level)
{
    fresh();
    CHECK_EQ(SSL_CTX_get_security_level(context), 2);
    CHECK_EQ(SSL_CTX_use_certificate_file(context, cert_path("rsa1024", "pem"), SSL_FILETYPE_PEM),
             0);
    CHECK_SSL_REASON(SSL_R_EE_KEY_TOO_SMALL);
    SSL_CTX_set_security_level(context, 1);
    CHECK_EQ(SSL_CTX_get_security_level(context), 1);
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("rsa1024", "pem"), SSL_FILETYPE_PEM));
    SSL_CTX_free(context);
}

static int password(char *buffer, int size, int writing, void *argument)
{
    CHECK_EQ(writing, 0);
    CHECK_STR(argument, "argument");
    snprintf(buffer, (size_t)size, "secret");
    return 6;
}

/* The password callback and its argument serve encrypted key files. */
TEST(password_callback_opens_encrypted_keys)
{
    EVP_PKEY *key = load_key("ec");
    char path[] = "/tmp/ctest-key-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");

    CHECK_EQ(PEM_write_PrivateKey(file, key, EVP_aes_128_cbc(), (unsigned char *)"secret", 6, NULL,
                                  NULL),
             1);
    fclose(file);
    fresh();
    SSL_CTX_set_default_passwd_cb(context, password);
    SSL_CTX_set_default_passwd_cb_userdata(context, "argument");
    CHECK(SSL_CTX_get_default_passwd_cb(context) == password);
    CHECK_STR(SSL_CTX_get_default_passwd_cb_userdata(context), "argument");
    CHECK_OK(SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM));
    SSL_CTX_set_default_passwd_cb(context, NULL);
    SSL_CTX_set_default_passwd_cb_userdata(context, "wrong");
    CHECK_EQ(SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_PEM_LIB);
    unlink(path);
    EVP_PKEY_free(key);
    SSL_CTX_free(context);
}

/* An RSA object, by the deprecated functions that programs still use. */
TEST(use_rsa_private_key_file)
{
    fresh();
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("rsa", "pem"), SSL_FILETYPE_PEM));
    CHECK_OK(SSL_CTX_use_PrivateKey_file(context, cert_path("rsa", "key"), SSL_FILETYPE_PEM));
    CHECK_OK(SSL_CTX_check_private_key(context));
    SSL_CTX_free(context);
}

/* A connection's own identity comes before its context's, whose copy it got when it was made. */
TEST_VERSIONS(ssl_identity_overrides_the_context)
{
    struct pair *pair = pair_contexts(version);
    X509 *expected = load_certificate("second"), *received;

    pair_over_wire(pair);
    use_identity_ssl(pair->ssl[SERVER], "second");
    pair_handshake(pair);
    received = SSL_get1_peer_certificate(pair->ssl[CLIENT]);
    CHECK_EQ(X509_cmp(received, expected), 0);
    X509_free(received);
    pair_disconnect(pair);
    pair_over_wire(pair);
    use_identity(pair->ctx[SERVER], "second");
    pair_handshake(pair);
    received = SSL_get1_peer_certificate(pair->ssl[CLIENT]);
    CHECK(X509_cmp(received, expected) != 0);
    X509_free(received);
    X509_free(expected);
    pair_free(pair);
}

/* SSL_certs_clear() removes all. */
TEST(certs_clear_removes_all)
{
    SSL *ssl;

    fresh();
    use_identity(context, "ec");
    ssl = SSL_new(context);
    CHECK(SSL_get_certificate(ssl) != NULL);
    SSL_certs_clear(ssl);
    CHECK_EQ(SSL_check_private_key(ssl), 0);
    ERR_clear_error();
    SSL_free(ssl);
    SSL_CTX_free(context);
}

static int cert_cb_calls;

static int choose_certificate(SSL *ssl, void *argument)
{
    cert_cb_calls++;
    CHECK_STR(argument, "cert_cb");
    use_identity_ssl(ssl, "second");
    return 1;
}

static int refuse_certificate(SSL *ssl, void *argument)
{
    (void)ssl;
    (void)argument;
    return 0;
}

/* SSL_CTX_set_cert_cb(): the callback sets the certificate, or ends the handshake by 0. */
TEST_VERSIONS(cert_cb_sets_the_certificate)
{
    struct pair *pair = pair_contexts(version);
    X509 *expected = load_certificate("second"), *received;
    struct outcome outcome[2];

    SSL_CTX_set_cert_cb(pair->ctx[SERVER], choose_certificate, "cert_cb");
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(cert_cb_calls, 1);
    received = SSL_get1_peer_certificate(pair->ssl[CLIENT]);
    CHECK_EQ(X509_cmp(received, expected), 0);
    X509_free(received);
    pair_disconnect(pair);
    SSL_CTX_set_cert_cb(pair->ctx[SERVER], refuse_certificate, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_CERT_CB_ERROR);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
    X509_free(expected);
    pair_free(pair);
}

/* "If any certificates are added using these functions no certificates added using SSL_CTX_add_extra_chain_cert() will be used." */
TEST_VERSIONS(own_chain_goes_before_extra_certificates)
{
    struct pair *pair = pair_contexts(version);
    STACK_OF(X509) *sent, *found = NULL;

    CHECK_OK(SSL_CTX_use_certificate_chain_file(pair->ctx[SERVER], cert_path("chained", "pem")));
    CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], lent_key("chained")));
    /* "… or the chain associated with the current certificate of ctx if the extra chain is empty" */
    CHECK_EQ(SSL_CTX_get_extra_chain_certs(pair->ctx[SERVER], &found), 1);
    CHECK_EQ(sk_X509_num(found), 1);
    CHECK_EQ(X509_cmp(sk_X509_value(found, 0), lent_certificate("middle")), 0);
    CHECK_EQ(SSL_CTX_get_extra_chain_certs_only(pair->ctx[SERVER], &found), 1);
    CHECK(found == NULL);
    CHECK_EQ(SSL_CTX_add_extra_chain_cert(pair->ctx[SERVER], load_certificate("other")), 1);
    CHECK_EQ(SSL_CTX_get_extra_chain_certs(pair->ctx[SERVER], &found), 1);
    CHECK_EQ(X509_cmp(sk_X509_value(found, 0), lent_certificate("other")), 0);
    pair_over_wire(pair);
    pair_handshake(pair);
    sent = SSL_get_peer_cert_chain(pair->ssl[CLIENT]);
    CHECK_EQ(sk_X509_num(sent), 2);
    CHECK_EQ(X509_cmp(sk_X509_value(sent, 1), lent_certificate("middle")), 0);
    pair_free(pair);
}

/* "The chains … are copied to any SSL structures when SSL_new() is called. SSL structures will not be affected by any chains
 * subsequently changed in the parent SSL_CTX." */
TEST_VERSIONS(chain_is_copied_to_connections)
{
    struct pair *pair = pair_contexts(version);
    STACK_OF(X509) *found;

    CHECK_OK(SSL_CTX_use_certificate_chain_file(pair->ctx[SERVER], cert_path("chained", "pem")));
    CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], lent_key("chained")));
    pair_over_wire(pair);
    CHECK_OK(SSL_CTX_clear_chain_certs(pair->ctx[SERVER]));
    CHECK_OK(SSL_get0_chain_certs(pair->ssl[SERVER], &found));
    CHECK_EQ(sk_X509_num(found), 1);
    pair_handshake(pair);
    CHECK_EQ(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[CLIENT])), 2);
    pair_disconnect(pair);
    /* The other way round: what the context gets later is not sent. */
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    pair_over_wire(pair);
    CHECK_OK(SSL_CTX_add1_chain_cert(pair->ctx[SERVER], lent_certificate("middle")));
    pair_handshake(pair);
    CHECK_EQ(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[CLIENT])), 1);
    pair_free(pair);
}

/* "One chain can be set for each key type supported by a server." */
TEST_VERSIONS(each_type_of_key_has_its_chain)
{
    static const char *const suites[] = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"};
    static const char *const schemes[] = {"ECDSA+SHA256", "RSA-PSS+SHA256:ECDSA+SHA256"};
    static const char *const issuers[] = {"root", "other"};
    struct pair *pair = pair_contexts(version);

    CHECK_OK(SSL_CTX_add1_chain_cert(pair->ctx[SERVER], lent_certificate(issuers[0])));
    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_OK(SSL_CTX_clear_chain_certs(pair->ctx[SERVER]));
    CHECK_OK(SSL_CTX_add1_chain_cert(pair->ctx[SERVER], lent_certificate(issuers[1])));
    for (int rsa = 0; rsa < 2; rsa++) {
        STACK_OF(X509) *sent;

        pair_over_wire(pair);
        CHECK_OK(SSL_set1_sigalgs_list(pair->ssl[CLIENT], schemes[rsa]));
        CHECK_OK(SSL_set_cipher_list(pair->ssl[CLIENT], suites[rsa]));
        pair_handshake(pair);
        sent = SSL_get_peer_cert_chain(pair->ssl[CLIENT]);
        CHECK_EQ(sk_X509_num(sent), 2);
        CHECK_EQ(X509_cmp(sk_X509_value(sent, 1), lent_certificate(issuers[rsa])), 0);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

/* A chain stays with its type of key when the certificate is replaced; a file of a chain replaces both. */
TEST(chain_file_replaces_the_chain)
{
    STACK_OF(X509) *chain = NULL;

    fresh();
    CHECK_OK(SSL_CTX_use_certificate_chain_file(context, cert_path("chained", "pem")));
    CHECK_OK(SSL_CTX_use_certificate(context, lent_certificate("ec")));
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 1);
    CHECK_OK(SSL_CTX_use_certificate_chain_file(context, cert_path("ec", "pem")));
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK(chain == NULL);
    SSL_CTX_free(context);
}

/* SSL_BUILD_CHAIN_FLAG_UNTRUSTED: "to use existing chain certificates as untrusted CAs". */
TEST(chain_is_built_with_untrusted_certificates)
{
    STACK_OF(X509) *chain = NULL;

    fresh();
    CHECK_OK(SSL_CTX_use_certificate_chain_file(context, cert_path("chained", "pem")));
    trust(context, "root");
    CHECK_EQ(SSL_CTX_build_cert_chain(context, 0), 0);
    CHECK_SSL_REASON(SSL_R_CERTIFICATE_VERIFY_FAILED);
    /* "If the function is successful the built chain will replace any existing chain": only then. */
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 1);
    CHECK_OK(SSL_CTX_build_cert_chain(context, SSL_BUILD_CHAIN_FLAG_UNTRUSTED));
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 2);
    CHECK_EQ(X509_cmp(sk_X509_value(chain, 0), lent_certificate("middle")), 0);
    CHECK_EQ(X509_cmp(sk_X509_value(chain, 1), lent_certificate("root")), 0);
    SSL_CTX_free(context);
}

/* SSL_BUILD_CHAIN_FLAG_CHECK: "to use all existing chain certificates only to build the chain (effectively sanity checking and
 * rearranging them if necessary)". */
TEST(chain_is_checked_and_rearranged)
{
    STACK_OF(X509) *chain = NULL;

    fresh();
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("chained", "pem"), SSL_FILETYPE_PEM));
    trust(context, "root");
    trust(context, "middle");
    CHECK_OK(SSL_CTX_add1_chain_cert(context, lent_certificate("other")));
    CHECK_EQ(SSL_CTX_build_cert_chain(context, SSL_BUILD_CHAIN_FLAG_CHECK), 0);
    CHECK_SSL_REASON(SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_OK(SSL_CTX_add1_chain_cert(context, lent_certificate("root")));
    CHECK_OK(SSL_CTX_add1_chain_cert(context, lent_certificate("middle")));
    CHECK_OK(SSL_CTX_build_cert_chain(context, SSL_BUILD_CHAIN_FLAG_CHECK));
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 2);
    CHECK_EQ(X509_cmp(sk_X509_value(chain, 0), lent_certificate("middle")), 0);
    CHECK_EQ(X509_cmp(sk_X509_value(chain, 1), lent_certificate("root")), 0);
    CHECK_OK(SSL_CTX_build_cert_chain(context, SSL_BUILD_CHAIN_FLAG_CHECK | SSL_BUILD_CHAIN_FLAG_NO_ROOT));
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 1);
    SSL_CTX_free(context);
}

/* "Normally this uses the chain store or the verify store if the chain store is not set." The verify store is not looked at in
 * truth: without a chain store it is the context's. */
TEST(chain_is_built_from_the_chain_store)
{
    X509_STORE *empty = X509_STORE_new(), *full = X509_STORE_new();
    STACK_OF(X509) *chain = NULL;

    CHECK_EQ(X509_STORE_add_cert(full, lent_certificate("root")), 1);
    CHECK_EQ(X509_STORE_add_cert(full, lent_certificate("middle")), 1);
    fresh();
    CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("chained", "pem"), SSL_FILETYPE_PEM));
    CHECK_OK(SSL_CTX_set1_chain_cert_store(context, full));
    CHECK_OK(SSL_CTX_build_cert_chain(context, 0));
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 2);
    trust(context, "middle");
    trust(context, "root");
    CHECK_OK(SSL_CTX_set1_chain_cert_store(context, empty));
    CHECK_EQ(SSL_CTX_build_cert_chain(context, 0), 0);
    CHECK_SSL_REASON(SSL_R_CERTIFICATE_VERIFY_FAILED);
    CHECK_OK(SSL_CTX_set1_chain_cert_store(context, NULL));
    CHECK_OK(SSL_CTX_set1_verify_cert_store(context, empty));
    CHECK_OK(SSL_CTX_build_cert_chain(context, 0));
    X509_STORE_free(empty);
    X509_STORE_free(full);
    SSL_CTX_free(context);
}

/* SSL_CTX_set1_verify_cert_store(3): "The chain store is used to build the certificate chain"; "The stores pointers … are copied to
 * any SSL structures when SSL_new() is called." */
TEST_VERSIONS(chain_store_completes_what_is_sent)
{
    struct pair *pair = pair_contexts(version);
    X509_STORE *store = X509_STORE_new(), *found = NULL;

    CHECK_EQ(X509_STORE_add_cert(store, lent_certificate("middle")), 1);
    CHECK_EQ(X509_STORE_add_cert(store, lent_certificate("root")), 1);
    CHECK_OK(SSL_CTX_use_certificate(pair->ctx[SERVER], lent_certificate("chained")));
    CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[SERVER], lent_key("chained")));
    CHECK_OK(SSL_CTX_set0_chain_cert_store(pair->ctx[SERVER], store));
    pair_over_wire(pair);
    CHECK_OK(SSL_CTX_set0_chain_cert_store(pair->ctx[SERVER], NULL));
    CHECK_OK(SSL_get0_chain_cert_store(pair->ssl[SERVER], &found));
    CHECK(found == store);
    pair_handshake(pair);
    CHECK_EQ(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[CLIENT])), 3);
    pair_free(pair);
}

/* "If the override argument is 0, then x, pkey and chain are set only if all were not previously set": the key or the chain alone is
 * enough; another type of key is another matter. */
TEST(use_cert_and_key_replaces_nothing_unasked)
{
    fresh();
    CHECK_OK(SSL_CTX_use_PrivateKey(context, lent_key("ec")));
    CHECK_EQ(SSL_CTX_use_cert_and_key(context, lent_certificate("ec"), lent_key("ec"), NULL, 0), 0);
    CHECK_SSL_REASON(SSL_R_NOT_REPLACING_CERTIFICATE);
    CHECK(SSL_CTX_get0_certificate(context) == NULL);
    CHECK_OK(SSL_CTX_use_cert_and_key(context, lent_certificate("rsa"), lent_key("rsa"), NULL, 0));
    fresh();
    CHECK_OK(SSL_CTX_use_certificate(context, lent_certificate("client")));
    CHECK_OK(SSL_CTX_add1_chain_cert(context, lent_certificate("root")));
    CHECK_EQ(SSL_CTX_use_cert_and_key(context, lent_certificate("ec"), lent_key("ec"), NULL, 0), 0);
    CHECK_SSL_REASON(SSL_R_NOT_REPLACING_CERTIFICATE);
    CHECK_EQ(X509_cmp(SSL_CTX_get0_certificate(context), lent_certificate("client")), 0);
    SSL_CTX_free(context);
}

/* "If pkey is NULL, then the public key of x is used as the private key … This allows all key validations checks to succeed". */
TEST(use_cert_and_key_without_a_private_key)
{
    fresh();
    CHECK_OK(SSL_CTX_use_cert_and_key(context, lent_certificate("ec"), NULL, NULL, 1));
    CHECK_OK(SSL_CTX_check_private_key(context));
    CHECK_EQ(EVP_PKEY_eq(SSL_CTX_get0_privatekey(context), X509_get0_pubkey(lent_certificate("ec"))), 1);
    SSL_CTX_free(context);
}

/* "If more than one key/certificate pair (RSA/DSA) is installed, the last item installed will be checked." */
TEST(last_pair_is_checked)
{
    fresh();
    CHECK_OK(SSL_CTX_use_certificate(context, lent_certificate("ec")));
    CHECK_EQ(SSL_CTX_check_private_key(context), 0);
    CHECK_SSL_REASON(SSL_R_NO_PRIVATE_KEY_ASSIGNED);
    use_identity(context, "rsa");
    CHECK_OK(SSL_CTX_check_private_key(context));
    CHECK_OK(SSL_CTX_use_PrivateKey(context, lent_key("ed25519")));
    CHECK_EQ(SSL_CTX_check_private_key(context), 0);
    CHECK_SSL_REASON(SSL_R_NO_CERTIFICATE_ASSIGNED);
    SSL_CTX_free(context);
}

static int size_for_the_password, purpose_of_the_password;

static int secret_password(char *buffer, int size, int writes, void *argument)
{
    size_for_the_password = size;
    purpose_of_the_password = writes;
    memcpy(buffer, argument, strlen(argument));
    return (int)strlen(argument);
}

/* The callback reads into a buffer of some size, for decryption; connections have it from their context. Without one the user data
 * are the password. */
TEST(password_callback_of_connections)
{
    char path[] = "/tmp/ctest-key-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    SSL *ssl;

    CHECK_EQ(PEM_write_PrivateKey(file, lent_key("ec"), EVP_aes_128_cbc(), (unsigned char *)"secret", 6, NULL, NULL), 1);
    fclose(file);
    fresh();
    SSL_CTX_set_default_passwd_cb(context, secret_password);
    SSL_CTX_set_default_passwd_cb_userdata(context, "secret");
    ssl = SSL_new(context);
    CHECK_OK(SSL_use_PrivateKey_file(ssl, path, SSL_FILETYPE_PEM));
    CHECK_EQ(size_for_the_password, PEM_BUFSIZE);
    CHECK_EQ(purpose_of_the_password, 0);
    SSL_set_default_passwd_cb_userdata(ssl, "wrong");
    CHECK_EQ(SSL_use_PrivateKey_file(ssl, path, SSL_FILETYPE_PEM), 0);
    CHECK_ERROR(ERR_LIB_SSL, ERR_R_PEM_LIB);
    SSL_CTX_set_default_passwd_cb(context, NULL);
    CHECK_OK(SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM));
    unlink(path);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

static int looks[2];

static int look_at_certificate(SSL *ssl, void *argument)
{
    (void)argument;
    looks[SSL_is_server(ssl)]++;
    return 1;
}

/* "It is called before a certificate will be used by a client or server": by a client that was asked for one, and in no resumption.
 * "It is always called even is a certificate is already set". Connections have it from SSL_new() on. */
TEST_VERSIONS(cert_cb_is_called_before_a_certificate_is_used)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    trust(pair->ctx[SERVER], "root");
    use_identity(pair->ctx[CLIENT], "client");
    for (int asked = 0; asked < 2; asked++) {
        looks[CLIENT] = looks[SERVER] = 0;
        for (int side = CLIENT; side <= SERVER; side++)
            SSL_CTX_set_cert_cb(pair->ctx[side], look_at_certificate, NULL);
        SSL_CTX_set_verify(pair->ctx[SERVER], asked ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
        pair_over_wire(pair);
        for (int side = CLIENT; side <= SERVER; side++)
            SSL_CTX_set_cert_cb(pair->ctx[side], NULL, NULL);
        pair_handshake(pair);
        CHECK_EQ(looks[CLIENT], asked);
        CHECK_EQ(looks[SERVER], 1);
        pair_settle(pair);
        session = pair_leave(pair);
        SSL_CTX_set_cert_cb(pair->ctx[SERVER], look_at_certificate, NULL);
        SSL_SESSION_free(connect_with(pair, session, 1));
        CHECK_EQ(looks[SERVER], 1);
        SSL_SESSION_free(session);
    }
    pair_free(pair);
}

static int remove_certificates(SSL *ssl, void *argument)
{
    (void)argument;
    SSL_certs_clear(ssl);
    return 1;
}

/* "the callback can modify or delete the existing certificate" */
TEST_VERSIONS(cert_cb_deletes_the_certificate)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    use_identity(pair->ctx[CLIENT], "client");
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_cb(pair->ctx[CLIENT], remove_certificates, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE);
    pair_disconnect(pair);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_cert_cb(pair->ctx[SERVER], remove_certificates, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], version == TLS1_3_VERSION ? SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM : SSL_R_NO_SHARED_CIPHER);
    pair_free(pair);
}

/* "Normal server sanity checks are performed on any certificates set by the callback. So if an EC chain is set for a curve the client
 * does not support it will not be used." */
static int set_p384(SSL *ssl, void *argument)
{
    (void)argument;
    SSL_certs_clear(ssl);
    use_identity_ssl(ssl, "ec384");
    return 1;
}

TEST(cert_cb_sets_a_certificate_of_no_use)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct outcome outcome[2];

    SSL_CTX_set_cert_cb(pair->ctx[SERVER], set_p384, NULL);
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-256"));
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_NO_SHARED_CIPHER);
    pair_disconnect(pair);
    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[CLIENT], "P-256:P-384"));
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_free(pair);
}

/* "When building its own certificate chain, an OpenSSL client/server will try to fill in missing certificates from CAfile/CApath": a
 * client, too, unless SSL_MODE_NO_AUTO_CHAIN is set. */
TEST_VERSIONS(client_completes_its_chain)
{
    for (int automatic = 0; automatic < 2; automatic++) {
        struct pair *pair = pair_contexts(version);
        struct outcome outcome[2];

        CHECK_OK(SSL_CTX_use_certificate(pair->ctx[CLIENT], lent_certificate("chained")));
        CHECK_OK(SSL_CTX_use_PrivateKey(pair->ctx[CLIENT], lent_key("chained")));
        trust(pair->ctx[CLIENT], "middle");
        if (!automatic)
            SSL_CTX_set_mode(pair->ctx[CLIENT], SSL_MODE_NO_AUTO_CHAIN);
        CHECK_OK(SSL_CTX_set_purpose(pair->ctx[SERVER], X509_PURPOSE_ANY));
        trust(pair->ctx[SERVER], "root");
        SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
        pair_over_wire(pair);
        pair_try(pair, outcome);
        if (automatic)
            CHECK_EQ(sk_X509_num(SSL_get_peer_cert_chain(pair->ssl[SERVER])), 2);
        else
            CHECK_OUTCOME(outcome[SERVER], SSL_R_CERTIFICATE_VERIFY_FAILED);
        pair_free(pair);
    }
}

static int password_length;

static int password_of_a_length(char *buffer, int size, int writes, void *argument)
{
    (void)writes, (void)argument;
    memset(buffer, 'x', (size_t)size);
    memcpy(buffer, "secret", 6);
    return password_length;
}

/* pem_password_cb(3): the length of the password is what counts; one that is longer than the buffer is none, and -1 a failure. */
TEST(lengths_of_passwords)
{
    static const struct { int length, taken, refused; } cases[] = {
        {6, 1, 0}, {5, 0, 0}, {0, 0, 0}, {PEM_BUFSIZE, 0, 0}, {PEM_BUFSIZE + 1, 0, 1}, {1000000, 0, 1}, {-1, 0, 1},
    };
    char path[] = "/tmp/ctest-key-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");

    CHECK_EQ(PEM_write_PrivateKey(file, lent_key("ec"), EVP_aes_128_cbc(), (unsigned char *)"secret", 6, NULL, NULL), 1);
    fclose(file);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fresh();
        SSL_CTX_set_default_passwd_cb(context, password_of_a_length);
        password_length = cases[i].length;
        CHECK_EQ(SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM), cases[i].taken);
        if (cases[i].refused)
            CHECK_ERROR(ERR_LIB_PEM, PEM_R_BAD_PASSWORD_READ);
        else if (!cases[i].taken)
            CHECK_ERROR(ERR_LIB_SSL, ERR_R_PEM_LIB);
        CHECK_NO_ERRORS();
    }
    unlink(path);
    SSL_CTX_free(context);
}

static void append_file(FILE *out, const char *path)
{
    char buffer[8192];
    FILE *in = fopen(path, "r");
    size_t length;

    CHECK(in != NULL);
    length = fread(buffer, 1, sizeof(buffer), in);
    CHECK_EQ(fwrite(buffer, 1, length, out), length);
    fclose(in);
}

/* "Files of type SSL_FILETYPE_PEM can contain more than one item": SSL_CTX_use_certificate_chain_file() passes over what is no
 * certificate, SSL_CTX_use_certificate_file() takes the first certificate and SSL_CTX_use_PrivateKey_file() the first key, wherever they
 * stand. What is broken behind the certificate makes the chain fail: the certificate is there then, without the chain. */
TEST(files_of_several_items)
{
    /* e: the certificate, k: its key, r: the root, m: the CA below it, l: the CRL, w: a weak certificate, t: text, u: a block of a type
     * that nobody knows, b: a certificate that is none, c: one that is cut. */
    static const struct { const char *items; int taken, chain, certificate, key; } cases[] = {
        {"e", 1, 0, 1, 0},   {"er", 1, 1, 1, 0},  {"emr", 1, 2, 1, 0}, {"tetrt", 1, 1, 1, 0}, {"ekr", 1, 1, 1, 1}, {"ke", 1, 0, 1, 1},
        {"elr", 1, 1, 1, 0}, {"eur", 1, 1, 1, 0}, {"ee", 1, 1, 1, 0},  {"ebr", 0, 0, 1, 0},   {"ec", 0, 0, 1, 0},  {"ew", 0, 0, 1, 0},
        {"", 0, 1, 0, 0},    {"t", 0, 1, 0, 0},   {"wr", 0, 1, 0, 0},  {"b", 0, 1, 0, 0},     {"k", 0, 1, 0, 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char path[] = "/tmp/ctest-items-XXXXXX";
        FILE *file = fdopen(mkstemp(path), "w");
        STACK_OF(X509) *chain = NULL;
        SSL_CTX *other = SSL_CTX_new(TLS_method());

        for (const char *item = cases[i].items; *item != '\0'; item++)
            switch (*item) {
            case 'e': append_file(file, cert_path("ec", "pem")); break;
            case 'k': append_file(file, cert_path("ec", "key")); break;
            case 'r': append_file(file, cert_path("root", "pem")); break;
            case 'm': append_file(file, cert_path("middle", "pem")); break;
            case 'l': append_file(file, cert_path("root", "crl")); break;
            case 'w': append_file(file, cert_path("rsa1024", "pem")); break;
            case 't': fprintf(file, "text\n"); break;
            case 'u': fprintf(file, "-----BEGIN THING-----\nAAAA\n-----END THING-----\n"); break;
            case 'b': fprintf(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"); break;
            default: fprintf(file, "-----BEGIN CERTIFICATE-----\nMIIB"); break;
            }
        fclose(file);
        fresh();
        CHECK_OK(SSL_CTX_use_certificate_chain_file(context, cert_path("chained", "pem")));
        if (SSL_CTX_use_certificate_chain_file(context, path) != cases[i].taken)
            test_fail(__FILE__, __LINE__, "chain in \"%s\"", cases[i].items);
        CHECK_EQ(ERR_peek_error() == 0, cases[i].taken);
        ERR_clear_error();
        CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
        CHECK_EQ(chain == NULL ? 0 : sk_X509_num(chain), cases[i].chain);
        CHECK_EQ(X509_cmp(SSL_CTX_get0_certificate(context), lent_certificate("ec")) == 0, cases[i].certificate);
        CHECK_EQ(SSL_CTX_use_certificate_file(other, path, SSL_FILETYPE_PEM), cases[i].certificate);
        CHECK_EQ(SSL_CTX_use_PrivateKey_file(other, path, SSL_FILETYPE_PEM), cases[i].key);
        ERR_clear_error();
        SSL_CTX_free(other);
        unlink(path);
    }
    SSL_CTX_free(context);
}

/* SSL_CTX_add1_chain_cert(3), SSL_CERT_SET_SERVER: "If ssl is a server and has sent a certificate to a connected client this option
 * sets that certificate to the current certificate and returns 1. If the negotiated cipher suite is anonymous … 2 is returned." */
TEST_VERSIONS(certificate_that_was_sent_becomes_the_current_one)
{
    struct pair *pair = pair_contexts(version);
    SSL *ssl;

    use_identity(pair->ctx[SERVER], "rsa");
    pair_over_wire(pair);
    ssl = pair->ssl[SERVER];
    CHECK_OK(SSL_set1_sigalgs_list(pair->ssl[CLIENT], "RSA-PSS+SHA256:ECDSA+SHA256"));
    CHECK_OK(SSL_set_cipher_list(pair->ssl[CLIENT], "ECDHE-RSA-AES128-GCM-SHA256"));
    CHECK_EQ(SSL_set_current_cert(ssl, SSL_CERT_SET_SERVER), 0);
    pair_handshake(pair);
    CHECK_OK(SSL_select_current_cert(ssl, lent_certificate("ec")));
    CHECK_EQ(SSL_set_current_cert(ssl, SSL_CERT_SET_SERVER), 1);
    CHECK_EQ(X509_cmp(SSL_get_certificate(ssl), lent_certificate("rsa")), 0);
    CHECK_EQ(SSL_set_current_cert(pair->ssl[CLIENT], SSL_CERT_SET_SERVER), 0);
    CHECK_EQ(SSL_clear(ssl), 1);
    CHECK_EQ(SSL_set_current_cert(ssl, SSL_CERT_SET_SERVER), 0);
    pair_free(pair);
}

/* In a resumption none is sent. */
TEST_VERSIONS(certificate_of_a_session_does_not_become_the_current_one)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    use_identity(pair->ctx[SERVER], "rsa");
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK_EQ(SSL_set_current_cert(pair->ssl[SERVER], SSL_CERT_SET_SERVER), 0);
    CHECK_EQ(X509_cmp(SSL_get_certificate(pair->ssl[SERVER]), lent_certificate("rsa")), 0);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A server with a pre-shared key is not anonymous. */
TEST(server_with_a_psk_has_sent_no_certificate)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    share_psk(pair);
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "PSK-AES128-GCM-SHA256"));
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "PSK-AES128-GCM-SHA256"));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_set_current_cert(pair->ssl[SERVER], SSL_CERT_SET_SERVER), 0);
    pair_free(pair);
}

TEST(anonymous_server_has_sent_no_certificate)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_security_level(pair->ctx[side], 0);
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], "AECDH-AES128-SHA"));
    }
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_set_current_cert(pair->ssl[SERVER], SSL_CERT_SET_SERVER), 2);
    CHECK_EQ(SSL_set_current_cert(pair->ssl[CLIENT], SSL_CERT_SET_SERVER), 0);
    pair_free(pair);
}

/* SSL_CTX_add1_chain_cert(3): "If the flag SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR and a verification error occurs then 2 is returned." In
 * truth 1 where something was built beside the leaf. */
TEST(chain_that_was_built_in_part)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    STACK_OF(X509) *chain = NULL;

    CHECK_OK(SSL_CTX_use_certificate_chain_file(context, cert_path("chained", "pem")));
    CHECK_EQ(SSL_CTX_build_cert_chain(context, SSL_BUILD_CHAIN_FLAG_UNTRUSTED | SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR
                                                   | SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR),
             1);
    CHECK_NO_ERRORS();
    CHECK_OK(SSL_CTX_get0_chain_certs(context, &chain));
    CHECK_EQ(sk_X509_num(chain), 1);
    SSL_CTX_free(context);
}

/* SSL_CTX_set_cert_cb(3): "A zero is returned on error which will abort the handshake with a fatal internal error alert." A client's
 * reason is another than a server's. */
static int fail_to_choose(SSL *ssl, void *argument)
{
    (void)ssl, (void)argument;
    return 0;
}

TEST_VERSIONS(cert_cb_of_a_client_fails)
{
    struct pair *pair = pair_contexts(version);
    struct outcome outcome[2];

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_cb(pair->ctx[CLIENT], fail_to_choose, NULL);
    pair_over_wire(pair);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_CALLBACK_FAILED);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_TLSV1_ALERT_INTERNAL_ERROR);
    pair_free(pair);
}
