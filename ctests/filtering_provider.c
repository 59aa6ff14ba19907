/*
 * SSL_CTX_new_ex(3) in a library context whose provider lacks one algorithm: what needs it is not offered, whoever computes it. The
 * provider is libcrypto's default one, seen through a filter.
 */
#define _GNU_SOURCE
#include "support.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/provider.h>

TESTS_OF_FIRST_USE

static OSSL_PROVIDER *whole, *filter;
static OSSL_LIB_CTX *filtered;
static int hidden_operation;
static const char *hidden;

/* Whether one of the names, which colons separate, is hidden. */
static int is_hidden(const char *names)
{
    const char *found = strcasestr(names, hidden);
    size_t length = strlen(hidden);

    return found != NULL && (found == names || found[-1] == ':') && (found[length] == ':' || found[length] == '\0');
}

static const OSSL_ALGORITHM *filtered_query(void *provider, int operation, int *no_cache)
{
    static OSSL_ALGORITHM kept[256];
    const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(whole, operation, no_cache);
    size_t count = 0;

    (void)provider;
    if (operation != hidden_operation || all == NULL)
        return all;
    for (; all->algorithm_names != NULL; all++) {
        if (!is_hidden(all->algorithm_names))
            kept[count++] = *all;
    }
    memset(&kept[count], 0, sizeof(kept[count]));
    return kept;
}

static int filtered_capabilities(void *provider, const char *capability, OSSL_CALLBACK *callback, void *argument)
{
    (void)provider;
    return OSSL_PROVIDER_get_capabilities(whole, capability, callback, argument);
}

static int start(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **context)
{
    static const OSSL_DISPATCH functions[] = {
        {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))filtered_query},
        {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))filtered_capabilities},
        {0, NULL},
    };

    (void)handle;
    (void)in;
    *out = functions;
    *context = OSSL_PROVIDER_get0_provider_ctx(whole);
    return 1;
}

/* A context of a method in a library context without the algorithm. */
static SSL_CTX *without(const SSL_METHOD *method, int operation, const char *name)
{
    OSSL_LIB_CTX *library = OSSL_LIB_CTX_new();
    SSL_CTX *context;

    whole = OSSL_PROVIDER_load(NULL, "default");
    hidden_operation = operation;
    hidden = name;
    CHECK_OK(OSSL_PROVIDER_add_builtin(library, "filtered", start));
    filter = OSSL_PROVIDER_load(library, "filtered");
    CHECK(filter != NULL);
    context = SSL_CTX_new_ex(library, NULL, method);
    CHECK(context != NULL);
    filtered = library;
    return context;
}

/* Ends what `without` made. */
static void free_without(SSL_CTX *context)
{
    SSL_CTX_free(context);
    OSSL_PROVIDER_unload(filter);
    OSSL_LIB_CTX_free(filtered);
    OSSL_PROVIDER_unload(whole);
}

/* How many of the suites that it would offer have this in their description. */
static int suites_with(SSL_CTX *context, const char *text)
{
    SSL *ssl = SSL_new(context);
    STACK_OF(SSL_CIPHER) *suites = SSL_get1_supported_ciphers(ssl);
    int count = 0;
    char buffer[256];

    for (int i = 0; i < sk_SSL_CIPHER_num(suites); i++)
        count += strstr(SSL_CIPHER_description(sk_SSL_CIPHER_value(suites, i), buffer, sizeof(buffer)), text) != NULL;
    sk_SSL_CIPHER_free(suites);
    SSL_free(ssl);
    return count;
}

TEST(suites_need_their_algorithms)
{
    static const struct {
        int operation;
        const char *name, *lacks, *has;
    } cases[] = {
        {OSSL_OP_KEYEXCH, "DH", "Kx=DH ", "Kx=ECDH "},
        {OSSL_OP_KEYEXCH, "ECDH", "Kx=ECDH ", "Kx=DH "},
        {OSSL_OP_SIGNATURE, "ECDSA", "Au=ECDSA", "Au=RSA"},
        {OSSL_OP_SIGNATURE, "DSA", "Au=DSS", "Au=RSA"},
        {OSSL_OP_CIPHER, "AES-128-GCM", "AESGCM(128)", "AESGCM(256)"},
        {OSSL_OP_CIPHER, "CAMELLIA-128-CBC", "Camellia(128)", "Camellia(256)"},
        {OSSL_OP_CIPHER, "ARIA-256-GCM", "ARIAGCM(256)", "ARIAGCM(128)"},
        {OSSL_OP_CIPHER, "ChaCha20-Poly1305", "CHACHA20", "AESGCM(256)"},
        {OSSL_OP_DIGEST, "SHA2-384", "Mac=SHA384", "Mac=SHA256"},
        {OSSL_OP_DIGEST, "SHA1", "Mac=SHA1", "Mac=SHA256"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        SSL_CTX *context = without(TLS_client_method(), cases[i].operation, cases[i].name);

        SSL_CTX_set_security_level(context, 0);
        CHECK_OK(SSL_CTX_set_cipher_list(context, "ALL"));
        CHECK_EQ(suites_with(context, cases[i].lacks), 0);
        CHECK(suites_with(context, cases[i].has) > 0);
        CHECK_NO_ERRORS();
        free_without(context);
    }
}

static unsigned char hello[4096];
static size_t hello_length;

static void keep_hello(int write, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument)
{
    (void)version;
    (void)ssl;
    (void)argument;
    if (write && type == SSL3_RT_HANDSHAKE && length <= sizeof(hello)) {
        memcpy(hello, bytes, length);
        hello_length = length;
    }
}

/* Whether the ClientHello has this number in this extension. */
static int offers(SSL_CTX *context, int extension, int number)
{
    SSL *ssl = SSL_new(context);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    const unsigned char *p = hello + 38, *end;

    SSL_set_bio(ssl, in, out);
    SSL_set_connect_state(ssl);
    SSL_set_msg_callback(ssl, keep_hello);
    CHECK_WANTS(ssl, SSL_do_handshake(ssl), SSL_ERROR_WANT_READ);
    SSL_free(ssl);
    p += 1 + p[0];
    p += 2 + (p[0] << 8 | p[1]);
    p += 1 + p[0];
    end = hello + hello_length;
    for (p += 2; p < end; p += 4 + (p[2] << 8 | p[3])) {
        if ((p[0] << 8 | p[1]) != extension)
            continue;
        for (int i = 2; i < (p[2] << 8 | p[3]); i += 2) {
            if ((p[4 + i] << 8 | p[5 + i]) == number)
                return 1;
        }
    }
    return 0;
}

TEST(groups_and_signatures_need_their_algorithms)
{
    static const struct {
        int operation;
        const char *name;
        int extension, lacks, has;
    } cases[] = {
        {OSSL_OP_KEYMGMT, "X25519", TLSEXT_TYPE_supported_groups, 29, 23},
        {OSSL_OP_KEYMGMT, "X448", TLSEXT_TYPE_supported_groups, 30, 29},
        {OSSL_OP_KEYMGMT, "ED25519", TLSEXT_TYPE_signature_algorithms, 0x807, 0x403},
        {OSSL_OP_DIGEST, "SHA2-512", TLSEXT_TYPE_signature_algorithms, 0x806, 0x804},
        {OSSL_OP_KEYMGMT, "RSA-PSS", TLSEXT_TYPE_signature_algorithms, 0x809, 0x401},
        {OSSL_OP_KEYMGMT, "RSA-PSS", TLSEXT_TYPE_signature_algorithms, 0x804, 0x401},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        SSL_CTX *context = without(TLS_client_method(), cases[i].operation, cases[i].name);

        CHECK(!offers(context, cases[i].extension, cases[i].lacks));
        CHECK(offers(context, cases[i].extension, cases[i].has));
        free_without(context);
    }
}

/* The default provider in two halves: ciphers, which say that they are the other one's, and all else. */
static const OSSL_ALGORITHM *query_ciphers(void *provider, int operation, int *no_cache)
{
    static OSSL_ALGORITHM ciphers[256];
    const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(whole, operation, no_cache);

    (void)provider;
    if (operation != OSSL_OP_CIPHER)
        return NULL;
    for (size_t i = 0; all[i].algorithm_names != NULL && i < 255; i++) {
        ciphers[i] = all[i];
        ciphers[i].property_definition = "provider=ciphers";
    }
    return ciphers;
}

static const OSSL_ALGORITHM *query_rest(void *provider, int operation, int *no_cache)
{
    (void)provider;
    return operation == OSSL_OP_CIPHER ? NULL : OSSL_PROVIDER_query_operation(whole, operation, no_cache);
}

static int start_ciphers(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **context)
{
    static const OSSL_DISPATCH functions[] = {
        {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query_ciphers},
        {0, NULL},
    };

    (void)handle;
    (void)in;
    *out = functions;
    *context = OSSL_PROVIDER_get0_provider_ctx(whole);
    return 1;
}

static int start_rest(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **context)
{
    static const OSSL_DISPATCH functions[] = {
        {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query_rest},
        {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))filtered_capabilities},
        {0, NULL},
    };

    (void)handle;
    (void)in;
    *out = functions;
    *context = OSSL_PROVIDER_get0_provider_ctx(whole);
    return 1;
}

/* EVP_set_default_properties(3) counts for contexts made later, also where it takes nothing away but ciphers. */
TEST(default_query_that_no_cipher_fits)
{
    OSSL_LIB_CTX *other = OSSL_LIB_CTX_new();
    SSL_CTX *context;

    whole = OSSL_PROVIDER_load(other, "default");
    CHECK_OK(OSSL_PROVIDER_add_builtin(NULL, "rest", start_rest));
    CHECK_OK(OSSL_PROVIDER_add_builtin(NULL, "ciphers", start_ciphers));
    CHECK(OSSL_PROVIDER_load(NULL, "rest") != NULL);
    CHECK(OSSL_PROVIDER_load(NULL, "ciphers") != NULL);
    for (int i = 0; i < 2; i++) {
        context = SSL_CTX_new(TLS_method());
        CHECK(context != NULL);
        SSL_CTX_free(context);
    }
    CHECK_OK(EVP_set_default_properties(NULL, "provider=default"));
    CHECK(SSL_CTX_new(TLS_method()) == NULL);
    CHECK_SSL_REASON(SSL_R_LIBRARY_HAS_NO_CIPHERS);
    CHECK_OK(EVP_set_default_properties(NULL, ""));
    context = SSL_CTX_new(TLS_method());
    CHECK(context != NULL);
    SSL_CTX_free(context);
}
