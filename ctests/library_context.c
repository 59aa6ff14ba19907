/* SSL_CTX_new_ex(3): a library context and a property query. SSL_CTX_config(3): what the configuration file says. */
#include "support.h"

#include <unistd.h>

#include <openssl/conf.h>
#include <openssl/provider.h>

TESTS_OF_FIRST_USE

/* A library context, and its provider. */
struct library {
    OSSL_LIB_CTX *context;
    OSSL_PROVIDER *provider;
};

static struct library library_with(const char *provider)
{
    struct library library = {OSSL_LIB_CTX_new(), NULL};

    CHECK(library.context != NULL);
    library.provider = OSSL_PROVIDER_load(library.context, provider);
    CHECK(library.provider != NULL);
    return library;
}

static void free_library(struct library library)
{
    OSSL_PROVIDER_unload(library.provider);
    OSSL_LIB_CTX_free(library.context);
}

static int accept_any(int ok, X509_STORE_CTX *store)
{
    (void)ok, (void)store;
    return 1;
}

static void check_no_ciphers(OSSL_LIB_CTX *library, const char *query)
{
    CHECK(SSL_CTX_new_ex(library, query, TLS_method()) == NULL);
    CHECK_SSL_REASON(SSL_R_LIBRARY_HAS_NO_CIPHERS);
}

/* Where no provider has a cipher there is no context. */
TEST(provider_without_ciphers)
{
    struct library null = library_with("null"), base = library_with("base");

    check_no_ciphers(null.context, NULL);
    check_no_ciphers(base.context, NULL);
    free_library(null);
    free_library(base);
}

/* The query chooses among the implementations. */
TEST(query_that_nothing_fits)
{
    struct library library = library_with("default");

    check_no_ciphers(library.context, "fips=yes");
    check_no_ciphers(library.context, "provider=other");
    check_no_ciphers(NULL, "fips=yes");
    free_library(library);
}

/* So does the default query of the library context. */
TEST(default_query_that_nothing_fits)
{
    CHECK_EQ(EVP_set_default_properties(NULL, "fips=yes"), 1);
    check_no_ciphers(NULL, NULL);
}

TEST(query_that_something_fits)
{
    struct library library = library_with("default");
    const char *const queries[] = {NULL, "", "provider=default", "?fips=yes", "?provider=other"};

    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        SSL_CTX *context = SSL_CTX_new_ex(library.context, queries[i], TLS_method());

        CHECK(context != NULL);
        CHECK_NO_ERRORS();
        CHECK(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)) > 8);
        SSL_CTX_free(context);
    }
    free_library(library);
}

/* Everything of a connection is done in the library context, also when the default one could do nothing of it. */
TEST_SIDES(connection_in_a_library_context)
{
    struct library library = library_with("default");
    char query[] = "provider=default";
    struct pair *pair = pair_contexts(version);
    SSL_CTX *context = SSL_CTX_new_ex(library.context, query, TLS_method());

    /* A copy of the query was taken. */
    memset(query, 'x', sizeof(query) - 1);
    CHECK(context != NULL);
    SSL_CTX_free(pair->ctx[server]);
    pair->ctx[server] = context;
    CHECK_OK(SSL_CTX_set_min_proto_version(context, version));
    CHECK_OK(SSL_CTX_set_max_proto_version(context, version));
    if (server) {
        CHECK_OK(SSL_CTX_use_certificate_chain_file(context, cert_path("chained", "pem")));
        CHECK_OK(SSL_CTX_use_PrivateKey_file(context, cert_path("chained", "key"), SSL_FILETYPE_PEM));
        CHECK_OK(SSL_CTX_check_private_key(context));
    } else {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
        CHECK_OK(SSL_CTX_load_verify_file(context, cert_path("root", "pem")));
    }
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    CHECK(SSL_get0_peer_certificate(pair->ssl[CLIENT]) != NULL);
    pair_free(pair);
    free_library(library);
}

/* The certificate and the key of an application that has shut the default context's door. */
TEST_VERSIONS(default_context_is_not_used)
{
    struct library library = library_with("default");
    struct pair *pair;
    SSL_CTX *context[2];

    CHECK_EQ(EVP_set_default_properties(NULL, "provider=none"), 1);
    for (int side = 0; side < 2; side++) {
        context[side] = SSL_CTX_new_ex(library.context, NULL, TLS_method());
        CHECK(context[side] != NULL);
        CHECK_OK(SSL_CTX_set_min_proto_version(context[side], version));
        CHECK_OK(SSL_CTX_set_max_proto_version(context[side], version));
    }
    CHECK_OK(SSL_CTX_use_certificate_file(context[SERVER], cert_path("ec", "pem"), SSL_FILETYPE_PEM));
    CHECK_OK(SSL_CTX_use_PrivateKey_file(context[SERVER], cert_path("ec", "key"), SSL_FILETYPE_PEM));
    SSL_CTX_set_verify(context[CLIENT], SSL_VERIFY_PEER, NULL);
    CHECK_OK(SSL_CTX_load_verify_locations(context[CLIENT], cert_path("root", "pem"), NULL));
    pair = calloc(1, sizeof(*pair));
    pair->ctx[CLIENT] = context[CLIENT];
    pair->ctx[SERVER] = context[SERVER];
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    check_alive(pair);
    CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), X509_V_OK);
    pair_free(pair);
    free_library(library);
}

/* Whether a certificate's key is of a provider in this library context. */
static void check_certificate_within(const struct library *library, X509 *certificate)
{
    CHECK(certificate != NULL);
    CHECK(EVP_PKEY_get0_provider(X509_get0_pubkey(certificate)) == library->provider);
}

static void ask_for_session(const SSL *ssl, int where, int result)
{
    (void)where, (void)result;
    (void)SSL_get_session(ssl);
}

/* The peer's certificate in a session is of the library context too, also where the program asked for the session before the
 * handshake came to it. */
static void check_sessions(int version, void (*information)(const SSL *ssl, int where, int result))
{
    struct library library = library_with("default");
    struct pair *pair = calloc(1, sizeof(*pair));
    SSL_SESSION *session;

    for (int side = 0; side < 2; side++) {
        SSL_CTX *context = SSL_CTX_new_ex(library.context, NULL, TLS_method());

        CHECK(context != NULL);
        CHECK_OK(SSL_CTX_set_min_proto_version(context, version));
        CHECK_OK(SSL_CTX_set_max_proto_version(context, version));
        CHECK_OK(SSL_CTX_use_certificate_file(context, cert_path("ec", "pem"), SSL_FILETYPE_PEM));
        CHECK_OK(SSL_CTX_use_PrivateKey_file(context, cert_path("ec", "key"), SSL_FILETYPE_PEM));
        CHECK_OK(SSL_CTX_load_verify_file(context, cert_path("root", "pem")));
        CHECK_OK(SSL_CTX_set_session_id_context(context, (const unsigned char *)"library", 7));
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_any);
        SSL_CTX_set_info_callback(context, information);
        pair->ctx[side] = context;
    }
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    for (int side = 0; side < 2; side++) {
        check_certificate_within(&library, SSL_get0_peer_certificate(pair->ssl[side]));
        check_certificate_within(&library, SSL_SESSION_get0_peer(SSL_get_session(pair->ssl[side])));
    }
    session = pair_leave(pair);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    SSL_SESSION_free(session);
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    for (int side = 0; side < 2; side++)
        check_certificate_within(&library, SSL_SESSION_get0_peer(SSL_get_session(pair->ssl[side])));
    pair_free(pair);
    free_library(library);
}

TEST_VERSIONS(sessions_in_a_library_context)
{
    check_sessions(version, NULL);
}

TEST_VERSIONS(early_sessions_in_a_library_context)
{
    check_sessions(version, ask_for_session);
}

static void load_configuration(const char *text)
{
    BIO *file = BIO_new_mem_buf(text, -1);
    CONF *configuration = NCONF_new(NULL);
    long line = 0;

    CHECK(NCONF_load_bio(configuration, file, &line) > 0);
    CHECK(CONF_modules_load(configuration, NULL, 0) > 0);
    NCONF_free(configuration);
    BIO_free(file);
}

#define CONFIGURATION                                                                              \
    "openssl_conf = modules\n[modules]\nssl_conf = names\n"                                        \
    "[names]\nsystem_default = strict\nserver = for_servers\nbad = wrong\n"                        \
    "[strict]\nMinProtocol = TLSv1.2\nMaxProtocol = TLSv1.2\n"                                     \
    "CipherString = ECDHE+AESGCM:@SECLEVEL=1\nOptions = -SessionTicket\n"                          \
    "[for_servers]\nMinProtocol = TLSv1.3\nMaxProtocol = TLSv1.3\nNumTickets = 5\n"                \
    "[wrong]\nMinProtocol = nonsense\n"

/* "system_default" applies to every new context. */
TEST(system_default)
{
    SSL_CTX *context;
    SSL *ssl;

    load_configuration(CONFIGURATION);
    context = SSL_CTX_new(TLS_method());
    CHECK(context != NULL);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), TLS1_2_VERSION);
    CHECK_EQ(SSL_CTX_get_max_proto_version(context), TLS1_2_VERSION);
    CHECK_EQ(SSL_CTX_get_security_level(context), 1);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_NO_TICKET);
    ssl = SSL_new(context);
    CHECK_STR(SSL_get_cipher_list(ssl, 3), "ECDHE-ECDSA-AES256-GCM-SHA384");
    CHECK(SSL_get_cipher_list(ssl, 7) == NULL);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* Another name applies when the program says so. */
TEST(named_configuration)
{
    SSL_CTX *context;
    SSL *ssl;

    load_configuration(CONFIGURATION);
    context = SSL_CTX_new(TLS_method());
    CHECK_OK(SSL_CTX_config(context, "server"));
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), TLS1_3_VERSION);
    CHECK_EQ(SSL_CTX_get_max_proto_version(context), TLS1_3_VERSION);
    CHECK_EQ(SSL_CTX_config(context, "nobody"), 0);
    CHECK_SSL_REASON(SSL_R_INVALID_CONFIGURATION_NAME);
    CHECK_EQ(SSL_CTX_config(context, "bad"), 0);
    ssl = SSL_new(context);
    CHECK_OK(SSL_config(ssl, "server"));
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* Writes a configuration file that lets no context do more than TLS 1.2. */
static const char *configuration_file(void)
{
    static char path[64];
    FILE *file;

    snprintf(path, sizeof(path), "/tmp/ctest_configuration_%ld", (long)getpid());
    file = fopen(path, "w");
    CHECK(file != NULL && fputs(CONFIGURATION, file) > 0 && fclose(file) == 0);
    return path;
}

static void check_highest(int version)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK(context != NULL);
    CHECK_EQ(SSL_CTX_get_max_proto_version(context), version);
    SSL_CTX_free(context);
}

/* OPENSSL_CONF(7): the file of the environment is read when the library is first used. */
TEST(configuration_file_of_the_environment)
{
    const char *path = configuration_file();

    CHECK_EQ(setenv("OPENSSL_CONF", path, 1), 0);
    check_highest(TLS1_2_VERSION);
    unlink(path);
}

/* OPENSSL_init_ssl(3): the program may name another file. */
TEST(configuration_file_of_the_program)
{
    const char *path = configuration_file();
    OPENSSL_INIT_SETTINGS *settings = OPENSSL_INIT_new();

    CHECK_EQ(OPENSSL_INIT_set_config_filename(settings, path), 1);
    CHECK_EQ(OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, settings), 1);
    OPENSSL_INIT_free(settings);
    check_highest(TLS1_2_VERSION);
    unlink(path);
}

/* ... or have none read. */
TEST(no_configuration_file)
{
    const char *path = configuration_file();

    CHECK_EQ(setenv("OPENSSL_CONF", path, 1), 0);
    CHECK_EQ(OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL), 1);
    check_highest(0);
    unlink(path);
}

/* ---- SSL_CTX_set_client_cert_engine ---- */

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/engine.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static int asked, answer, names_seen;

static int engine_certificate(ENGINE *engine, SSL *ssl, STACK_OF(X509_NAME) *names, X509 **certificate,
                              EVP_PKEY **key, STACK_OF(X509) **others, UI_METHOD *method, void *argument)
{
    (void)engine;
    (void)others;
    (void)method;
    (void)argument;
    CHECK(!SSL_is_server(ssl));
    asked++;
    names_seen = sk_X509_NAME_num(names);
    if (answer == 1) {
        *certificate = load_certificate("client");
        *key = load_key("client");
    }
    return answer;
}

static int engine_ready(ENGINE *engine)
{
    (void)engine;
    return 1;
}

static ENGINE *new_engine(int knows_certificates)
{
    ENGINE *engine = ENGINE_new();

    CHECK(ENGINE_set_id(engine, "ctest") && ENGINE_set_name(engine, "of the tests"));
    CHECK(ENGINE_set_init_function(engine, engine_ready));
    if (knows_certificates)
        CHECK(ENGINE_set_load_ssl_client_cert_function(engine, engine_certificate));
    return engine;
}

static int callback_asked;

static int callback_certificate(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
    (void)ssl;
    (void)certificate;
    (void)key;
    callback_asked++;
    return 0;
}

static struct pair *engine_pair(int version, ENGINE *engine)
{
    struct pair *pair = pair_contexts(version);

    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    trust(pair->ctx[SERVER], "root");
    SSL_CTX_add_client_CA(pair->ctx[SERVER], lent_certificate("root"));
    CHECK_OK(SSL_CTX_set_client_cert_engine(pair->ctx[CLIENT], engine));
    SSL_CTX_set_client_cert_cb(pair->ctx[CLIENT], callback_certificate);
    pair_over_wire(pair);
    return pair;
}

TEST_VERSIONS(engine_gives_the_certificate)
{
    ENGINE *engine = new_engine(1);
    struct pair *pair = engine_pair(version, engine);

    answer = 1;
    pair_handshake(pair);
    CHECK(asked == 1 && callback_asked == 0);
    CHECK_EQ(names_seen, 1);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    check_alive(pair);
    pair_free(pair);
    ENGINE_free(engine);
}

TEST_VERSIONS(engine_without_a_certificate)
{
    ENGINE *engine = new_engine(1);
    struct pair *pair = engine_pair(version, engine);

    answer = 0;
    pair_handshake(pair);
    CHECK(asked == 1 && callback_asked == 1);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) == NULL);
    pair_free(pair);
    ENGINE_free(engine);
}

TEST_VERSIONS(engine_that_wants_to_be_asked_again)
{
    ENGINE *engine = new_engine(1);
    struct pair *pair = engine_pair(version, engine);
    int ret = 0;

    answer = -1;
    for (int turn = 0; asked == 0; turn++) {
        CHECK(turn < 10);
        ret = SSL_connect(pair->ssl[CLIENT]);
        if (asked == 0)
            SSL_accept(pair->ssl[SERVER]);
    }
    CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_X509_LOOKUP);
    answer = 1;
    pair_handshake(pair);
    CHECK_EQ(asked, 2);
    CHECK(SSL_get0_peer_certificate(pair->ssl[SERVER]) != NULL);
    pair_free(pair);
    ENGINE_free(engine);
}

TEST(engine_that_knows_no_certificates)
{
    ENGINE *engine = new_engine(0);
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    CHECK_EQ(SSL_CTX_set_client_cert_engine(context, engine), 0);
    CHECK_SSL_REASON(SSL_R_NO_CLIENT_CERT_METHOD);
    CHECK_EQ(SSL_CTX_set_client_cert_engine(context, NULL), 0);
    CHECK_SSL_REASON(ERR_R_ENGINE_LIB);
    SSL_CTX_free(context);
    ENGINE_free(engine);
}

/* OPENSSL_init_ssl(3): "Numerous internal OpenSSL functions call OPENSSL_init_ssl()". "Once selected subsequent calls … with the
 * option OPENSSL_INIT_LOAD_SSL_STRINGS will be ignored." */
static const char *text_of_a_reason(void)
{
    return ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_SSL_SESSION_ID_TOO_LONG));
}

TEST(session_brings_the_texts)
{
    SSL_SESSION *session = SSL_SESSION_new();
    unsigned char id[33] = "";

    CHECK_EQ(SSL_SESSION_set1_id(session, id, sizeof(id)), 0);
    CHECK_STR(ERR_reason_error_string(ERR_get_error()), "ssl session id too long");
    SSL_SESSION_free(session);
}

TEST(texts_that_are_not_wanted)
{
    CHECK_OK(OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_SSL_STRINGS, NULL));
    CHECK_OK(OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, NULL));
    CHECK(text_of_a_reason() == NULL);
    SSL_CTX_free(SSL_CTX_new(TLS_method()));
    CHECK(text_of_a_reason() == NULL);
}
