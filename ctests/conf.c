/* SSL_CONF_cmd(3), SSL_CONF_CTX_new(3), SSL_CONF_cmd_argv(3), SSL_CTX_config(3). */
/* The methods for one version. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <openssl/dh.h>
#include <openssl/pem.h>
#include <unistd.h>

static SSL_CTX *context;
static SSL_CONF_CTX *conf;

static void start(unsigned int flags)
{
    context = SSL_CTX_new(TLS_method());
    conf = SSL_CONF_CTX_new();
    CHECK(conf != NULL);
    CHECK_EQ(SSL_CONF_CTX_set_flags(conf, flags), flags);
    SSL_CONF_CTX_set_ssl_ctx(conf, context);
}

static void finish(void)
{
    CHECK_OK(SSL_CONF_CTX_finish(conf));
    SSL_CONF_CTX_free(conf);
    SSL_CTX_free(context);
}

#define FILE_FLAGS                                                                                 \
    (SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE)
#define LINE_FLAGS (SSL_CONF_FLAG_CMDLINE | SSL_CONF_FLAG_CLIENT | SSL_CONF_FLAG_SERVER)

/* The flags add up and can be cleared. */
TEST(conf_flags)
{
    start(SSL_CONF_FLAG_FILE);
    CHECK_EQ(SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_CLIENT),
             SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT);
    CHECK_EQ(SSL_CONF_CTX_clear_flags(conf, SSL_CONF_FLAG_FILE), SSL_CONF_FLAG_CLIENT);
    finish();
}

/* Commands of a file: 2 when the value was used. */
TEST(conf_file_commands)
{
    start(FILE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", "TLSv1.2"), 2);
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), TLS1_2_VERSION);
    CHECK_EQ(SSL_CONF_cmd(conf, "MaxProtocol", "TLSv1.2"), 2);
    CHECK_EQ(SSL_CTX_get_max_proto_version(context), TLS1_2_VERSION);
    CHECK_EQ(SSL_CONF_cmd(conf, "maxprotocol", "None"), 2);
    CHECK_EQ(SSL_CTX_get_max_proto_version(context), 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "CipherString", "ECDHE-RSA-AES128-GCM-SHA256"), 2);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 4);
    CHECK_EQ(SSL_CONF_cmd(conf, "Ciphersuites", "TLS_AES_128_GCM_SHA256"), 2);
    CHECK_EQ(sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context)), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "Groups", "P-256:X25519"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "Curves", "P-256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "SignatureAlgorithms", "ECDSA+SHA256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "ClientSignatureAlgorithms", "ECDSA+SHA256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", "-SessionTicket,ServerPreference"), 2);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_NO_TICKET);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", "SessionTicket"), 2);
    CHECK_EQ(SSL_CTX_get_options(context) & SSL_OP_NO_TICKET, 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "Protocol", "-TLSv1.3"), 2);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_NO_TLSv1_3);
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "Peer"), 2);
    CHECK_EQ(SSL_CTX_get_verify_mode(context), SSL_VERIFY_PEER);
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "Require"), 2);
    CHECK_EQ(SSL_CTX_get_verify_mode(context), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
    CHECK_EQ(SSL_CONF_cmd(conf, "Certificate", cert_path("ec", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "PrivateKey", cert_path("ec", "key")), 2);
    CHECK_OK(SSL_CTX_check_private_key(context));
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyCAFile", cert_path("root", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "ChainCAFile", cert_path("root", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "NumTickets", "3"), 2);
    CHECK_EQ(SSL_CTX_get_num_tickets(context), 3);
    CHECK_EQ(SSL_CONF_cmd(conf, "RecordPadding", "512"), 2);
    finish();
}

/* Options of a command line: 2 with a value, 1 without. */
TEST(conf_line_commands)
{
    start(LINE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd(conf, "-min_protocol", "TLSv1.2"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-ciphersuites", "TLS_AES_128_GCM_SHA256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-groups", "P-256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-curves", "P-256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-sigalgs", "ECDSA+SHA256"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_tls1_3", NULL), 1);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_NO_TLSv1_3);
    CHECK_EQ(SSL_CONF_cmd(conf, "-serverpref", NULL), 1);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_ticket", NULL), 1);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_NO_TICKET);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_middlebox", NULL), 1);
    CHECK_EQ(SSL_CTX_get_options(context) & SSL_OP_ENABLE_MIDDLEBOX_COMPAT, 0);
    finish();
}

/* What is unknown gives -2, a missing value -3, a bad value 0. */
TEST(conf_failures)
{
    start(LINE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_such_option", "x"), -2);
    CHECK_EQ(SSL_CONF_cmd(conf, "cipher", "x"), -2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-cipher", NULL), -3);
    CHECK_EQ(SSL_CONF_cmd(conf, NULL, NULL), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CONF_cmd(conf, "-min_protocol", "TLSv9"), 0);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_SHOW_ERRORS) & SSL_CONF_FLAG_SHOW_ERRORS,
             SSL_CONF_FLAG_SHOW_ERRORS);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_such_option", "x"), -2);
    CHECK_SSL_REASON(SSL_R_UNKNOWN_CMD_NAME);
    CHECK_EQ(SSL_CONF_cmd(conf, "-cipher", "NO-SUCH-SUITE"), 0);
    CHECK(ERR_peek_error() != 0);
    ERR_clear_error();
    finish();
}

/* Commands of the certificate need their flag; those of the server its. */
TEST(conf_flags_allow_commands)
{
    start(SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT);
    CHECK_EQ(SSL_CONF_cmd(conf, "Certificate", cert_path("ec", "pem")), -2);
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", "x"), -2);
    finish();
}

/* A prefix is taken off. */
TEST(conf_prefix)
{
    start(FILE_FLAGS);
    CHECK_OK(SSL_CONF_CTX_set1_prefix(conf, "SSL"));
    CHECK_EQ(SSL_CONF_cmd(conf, "SSLMinProtocol", "TLSv1.2"), 2);
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), TLS1_2_VERSION);
    CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", "TLSv1.2"), -2);
    finish();
}

/* What kind of value a command takes. */
TEST(conf_value_types)
{
    start(FILE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "CipherString"), SSL_CONF_TYPE_STRING);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "Certificate"), SSL_CONF_TYPE_FILE);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "VerifyCAPath"), SSL_CONF_TYPE_DIR);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "NoSuchCommand"), SSL_CONF_TYPE_UNKNOWN);
    SSL_CONF_CTX_clear_flags(conf, SSL_CONF_FLAG_FILE);
    SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_CMDLINE);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "-no_tls1_3"), SSL_CONF_TYPE_NONE);
    finish();
}

/* argv: the arguments that were used are passed over. */
TEST(conf_argv)
{
    char *arguments[] = {(char *)"-min_protocol", (char *)"TLSv1.2", (char *)"-no_ticket",
                         (char *)"rest", NULL};
    char **position = arguments;
    int count = 4;

    start(LINE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd_argv(conf, &count, &position), 2);
    CHECK_EQ(count, 2);
    CHECK_EQ(SSL_CONF_cmd_argv(conf, &count, &position), 1);
    CHECK_EQ(count, 1);
    CHECK_STR(*position, "rest");
    CHECK_EQ(SSL_CONF_cmd_argv(conf, &count, &position), 0);
    finish();
}

/* On a connection. */
TEST(conf_of_a_connection)
{
    SSL *ssl;

    start(FILE_FLAGS);
    ssl = SSL_new(context);
    SSL_CONF_CTX_set_ssl(conf, ssl);
    CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", "TLSv1.3"), 2);
    CHECK_EQ(SSL_get_min_proto_version(ssl), TLS1_3_VERSION);
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), 0);
    finish();
    SSL_free(ssl);
}

/* A method for one version keeps it, and says that it took the command. */
TEST(conf_leaves_a_method_of_one_version_alone)
{
    const SSL_METHOD *(*const methods[])(void) = {TLSv1_2_method, TLSv1_1_client_method, DTLSv1_2_method};
    size_t i;

    for (i = 0; i < 3; i++) {
        SSL *ssl;

        start(FILE_FLAGS);
        SSL_CTX_free(context);
        context = SSL_CTX_new(methods[i]());
        SSL_CONF_CTX_set_ssl_ctx(conf, context);
        CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", i == 2 ? "DTLSv1" : "TLSv1"), 2);
        CHECK_EQ(SSL_CONF_cmd(conf, "MaxProtocol", i == 2 ? "DTLSv1.2" : "TLSv1.3"), 2);
        CHECK_EQ(SSL_CTX_get_min_proto_version(context), 0);
        CHECK_EQ(SSL_CTX_get_max_proto_version(context), 0);
        ssl = SSL_new(context);
        SSL_CONF_CTX_set_ssl(conf, ssl);
        CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", i == 2 ? "DTLSv1.2" : "TLSv1.2"), 2);
        CHECK_EQ(SSL_get_min_proto_version(ssl), 0);
        SSL_CONF_CTX_set_ssl_ctx(conf, context);
        SSL_free(ssl);
        finish();
    }
}

/* Writes to a file of this process. */
static const char *file_of(const char *text, long length)
{
    static char path[64];
    BIO *file;

    snprintf(path, sizeof(path), "/tmp/ctest_conf_%ld", (long)getpid());
    file = BIO_new_file(path, "wb");
    CHECK(file != NULL);
    CHECK_EQ(BIO_write(file, text, (int)length), length);
    BIO_free(file);
    return path;
}

/* DHParameters: the parameters in a PEM file serve DHE suites. */
TEST(conf_dh_parameters)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    EVP_PKEY_CTX *generator = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    EVP_PKEY *parameters = NULL, *used = NULL;
    BIO *memory = BIO_new(BIO_s_mem());
    const char *path;
    char *text;
    long length;

    CHECK(EVP_PKEY_paramgen_init(generator) == 1 && EVP_PKEY_CTX_set_group_name(generator, "ffdhe3072") == 1);
    CHECK_EQ(EVP_PKEY_generate(generator, &parameters), 1);
    CHECK_EQ(PEM_write_bio_Parameters(memory, parameters), 1);
    length = BIO_get_mem_data(memory, &text);
    path = file_of(text, length);
    start(SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE);
    SSL_CONF_CTX_set_ssl_ctx(conf, pair->ctx[SERVER]);
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", path), 2);
    CHECK_NO_ERRORS();
    CHECK(SSL_CONF_CTX_finish(conf));
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", cert_path("ec", "pem")), 0);
    ERR_clear_error();
    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[CLIENT], "DHE-RSA-AES128-GCM-SHA256"));
    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_peer_tmp_key(pair->ssl[CLIENT], &used), 1);
    CHECK_EQ(EVP_PKEY_get_bits(used), 3072);
    unlink(path);
    EVP_PKEY_free(used);
    EVP_PKEY_free(parameters);
    EVP_PKEY_CTX_free(generator);
    BIO_free(memory);
    pair_free(pair);
}

/* ServerInfoFile: the extensions in a PEM file go with the certificate. */
TEST(conf_server_info)
{
    static const char info[] = "-----BEGIN SERVERINFO FOR CTEST-----\nA+oAAmFi\n-----END SERVERINFO FOR CTEST-----\n";
    const char *path = file_of(info, sizeof(info) - 1);
    SSL *ssl;

    start(SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CERTIFICATE);
    SSL_CONF_CTX_set_ssl_ctx(conf, context);
    CHECK_EQ(SSL_CONF_cmd(conf, "Certificate", cert_path("ec", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "ServerInfoFile", path), 2);
    ERR_clear_error(); /* OpenSSL leaves the end of the file there */
    /* A context has each extension but once. */
    CHECK_EQ(SSL_CTX_add_server_custom_ext(context, 1002, NULL, NULL, NULL, NULL, NULL), 0);
    /* A connection has none of its own. */
    ssl = SSL_new(context);
    SSL_CONF_CTX_set_ssl(conf, ssl);
    CHECK_EQ(SSL_CONF_cmd(conf, "ServerInfoFile", "/nonexistent/file"), 2);
    CHECK_NO_ERRORS();
    unlink(path);
    SSL_free(ssl);
}

/* RequestCAStore takes names from a URI; without a target DHParameters looks at no file. */
TEST(conf_ca_stores)
{
    start(FILE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd(conf, "RequestCAStore", cert_path("root", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "RequestCAStore", "/no/such/store"), 0);
    ERR_clear_error();
    SSL_CONF_CTX_set_ssl_ctx(conf, NULL);
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", "/no/such/file"), 2);
    CHECK_NO_ERRORS();
    finish();
}

/* DHParameters takes the first parameters of Diffie-Hellman in a PEM file, and tells what else was there. */
TEST(conf_dh_parameters_alone)
{
    static const char curve[] = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    EVP_PKEY_CTX *generator = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    EVP_PKEY *parameters = NULL;
    BIO *memory = BIO_new(BIO_s_mem());
    const char *path;
    char *text;
    long length;

    start(FILE_FLAGS | SSL_CONF_FLAG_SHOW_ERRORS);
    path = file_of(curve, sizeof(curve) - 1);
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", path), 0);
    CHECK_EQ(ERR_GET_LIB(ERR_get_error()), ERR_LIB_OSSL_DECODER);
    CHECK_EQ(ERR_GET_LIB(ERR_get_error()), ERR_LIB_OSSL_DECODER);
    CHECK_SSL_REASON(SSL_R_BAD_VALUE);
    ERR_clear_error();

    CHECK(EVP_PKEY_paramgen_init(generator) == 1 && EVP_PKEY_CTX_set_dh_nid(generator, NID_ffdhe2048) == 1);
    CHECK_EQ(EVP_PKEY_paramgen(generator, &parameters), 1);
    CHECK(BIO_puts(memory, curve) > 0 && PEM_write_bio_Parameters(memory, parameters));
    length = BIO_get_mem_data(memory, &text);
    path = file_of(text, length);
    CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", path), 2);
    ERR_clear_error();
    unlink(path);
    if (!on_the_oracle())
        /* The system's library never comes back. */
        CHECK_EQ(SSL_CONF_cmd(conf, "DHParameters", "/"), 0);
    ERR_clear_error();
    BIO_free(memory);
    EVP_PKEY_free(parameters);
    EVP_PKEY_CTX_free(generator);
    finish();
}

/* "Options: The value argument is a comma separated list of various flags to set. If a flag string is preceded - it is disabled." What is
 * named after the feature is the inverse of the option that takes it away. */
TEST(conf_options)
{
    static const struct { const char *name; uint64_t option; int inverse; } options[] = {
        {"SessionTicket", SSL_OP_NO_TICKET, 1},
        {"EmptyFragments", SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS, 1},
        {"Bugs", SSL_OP_ALL, 0},
        {"Compression", SSL_OP_NO_COMPRESSION, 1},
        {"ServerPreference", SSL_OP_CIPHER_SERVER_PREFERENCE, 0},
        {"NoResumptionOnRenegotiation", SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION, 0},
        {"UnsafeLegacyRenegotiation", SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION, 0},
        {"UnsafeLegacyServerConnect", SSL_OP_LEGACY_SERVER_CONNECT, 0},
        {"ClientRenegotiation", SSL_OP_ALLOW_CLIENT_RENEGOTIATION, 0},
        {"EncryptThenMac", SSL_OP_NO_ENCRYPT_THEN_MAC, 1},
        {"NoRenegotiation", SSL_OP_NO_RENEGOTIATION, 0},
        {"AllowNoDHEKEX", SSL_OP_ALLOW_NO_DHE_KEX, 0},
        {"PrioritizeChaCha", SSL_OP_PRIORITIZE_CHACHA, 0},
        {"MiddleboxCompat", SSL_OP_ENABLE_MIDDLEBOX_COMPAT, 0},
        {"AntiReplay", SSL_OP_NO_ANTI_REPLAY, 1},
        {"ExtendedMasterSecret", SSL_OP_NO_EXTENDED_MASTER_SECRET, 1},
        {"CANames", SSL_OP_DISABLE_TLSEXT_CA_NAMES, 1},
        {"KTLS", SSL_OP_ENABLE_KTLS, 0},
    };
    char text[64];

    start(FILE_FLAGS | SSL_CONF_FLAG_SHOW_ERRORS);
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        uint64_t others = SSL_CTX_get_options(context) & ~options[i].option;

        for (int set = 2; set >= 0; set--) {
            snprintf(text, sizeof(text), "%s%s", set == 1 ? "" : set == 0 ? "-" : "+", options[i].name);
            CHECK_EQ(SSL_CONF_cmd(conf, "Options", text), 2);
            CHECK_EQ(SSL_CTX_get_options(context), others | ((set > 0) != options[i].inverse ? options[i].option : 0));
        }
    }
    /* What was right before the mistake is done. */
    SSL_CTX_clear_options(context, SSL_OP_ALL | SSL_OP_ENABLE_KTLS);
    CHECK_EQ(SSL_CONF_cmd(conf, "options", " bugs ,  ktls"), 2);
    CHECK_EQ(SSL_CTX_get_options(context) & (SSL_OP_ALL | SSL_OP_ENABLE_KTLS), SSL_OP_ALL | SSL_OP_ENABLE_KTLS);
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", "-KTLS,NoSuchThing,-Bugs"), 0);
    CHECK_SSL_REASON(SSL_R_BAD_VALUE);
    CHECK_EQ(SSL_CTX_get_options(context) & (SSL_OP_ALL | SSL_OP_ENABLE_KTLS), SSL_OP_ALL);
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", NULL), -3);
    ERR_clear_error();
    finish();
}

/* "VerifyMode: The value argument is a comma separated list of flags to set": flags add up, until they are taken away. */
TEST(conf_verify_modes)
{
    static const struct { const char *value; int mode; } modes[] = {
        {"Peer", SSL_VERIFY_PEER},
        {"Request", SSL_VERIFY_PEER},
        {"Require", SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT},
        {"Once", SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE},
        {"RequestPostHandshake", SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE},
        {"RequirePostHandshake", SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE | SSL_VERIFY_FAIL_IF_NO_PEER_CERT},
        {"peer,once", SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE},
    };

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        start(FILE_FLAGS);
        CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", modes[i].value), 2);
        CHECK_EQ(SSL_CTX_get_verify_mode(context), modes[i].mode);
        CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "-Peer"), 2);
        CHECK_EQ(SSL_CTX_get_verify_mode(context), modes[i].mode & ~SSL_VERIFY_PEER);
        CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "None"), 0);
        finish();
    }
    /* Some are "Servers only", and "Peer" is for clients. */
    start(SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CLIENT);
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "Require"), 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "Peer"), 2);
    finish();
    start(SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER);
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "Peer"), 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "Require"), 2);
    finish();
}

/* "Protocol ... If a protocol is preceded by - that version is disabled"; "ALL refers to all supported versions"; the order counts. */
TEST(conf_protocols)
{
    const uint64_t tls13 = SSL_OP_NO_TLSv1_3, tls12 = SSL_OP_NO_TLSv1_2,
                   old = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1, all = tls13 | tls12 | old;

    start(FILE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd(conf, "Protocol", "-ALL"), 2);
    CHECK_EQ(SSL_CTX_get_options(context) & all, all);
    CHECK_EQ(SSL_CONF_cmd(conf, "Protocol", "-ALL,TLSv1.2"), 2);
    CHECK_EQ(SSL_CTX_get_options(context) & all, tls13 | old);
    CHECK_EQ(SSL_CONF_cmd(conf, "Protocol", "TLSv1.3"), 2);
    CHECK_EQ(SSL_CTX_get_options(context) & all, old);
    CHECK_EQ(SSL_CONF_cmd(conf, "Protocol", "ALL,-SSLv3"), 2);
    CHECK_EQ(SSL_CTX_get_options(context) & all, SSL_OP_NO_SSLv3);
    CHECK_EQ(SSL_CONF_cmd(conf, "Protocol", "TLSv1.2,-ALL"), 2);
    CHECK_EQ(SSL_CTX_get_options(context) & all, all);
    CHECK_EQ(SSL_CONF_cmd(conf, "protocol", "tlsv1.1"), 2);
    CHECK_EQ(SSL_CTX_get_options(context) & SSL_OP_NO_TLSv1_1, 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "Protocol", "TLSv1.4"), 0);
    /* "This can't enable protocols that are disabled using MinProtocol or MaxProtocol". */
    CHECK_EQ(SSL_CONF_cmd(conf, "MinProtocol", "TLSv1.3"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "Protocol", "ALL"), 2);
    CHECK_EQ(SSL_CTX_get_min_proto_version(context), TLS1_3_VERSION);
    finish();
}

/* "The SSL and TLS bounds apply only to TLS-based contexts, while the DTLS bounds apply only to DTLS-based contexts ... The value None
 * applies to both types of contexts": and case counts in these values. */
TEST(conf_bounds)
{
    static const char *const commands[] = {"MinProtocol", "MaxProtocol"}, *const wrong[] = {"none", "tlsv1.2", "TLSv1.4", "", "0"};

    for (int dtls = 0; dtls <= 1; dtls++) {
        start(FILE_FLAGS);
        if (dtls) {
            SSL_CTX_free(context);
            context = SSL_CTX_new(DTLS_method());
            SSL_CONF_CTX_set_ssl_ctx(conf, context);
        }
        for (int i = 0; i < 2; i++) {
            int which = i ? SSL_CTRL_GET_MAX_PROTO_VERSION : SSL_CTRL_GET_MIN_PROTO_VERSION;

            CHECK_EQ(SSL_CONF_cmd(conf, commands[i], "TLSv1.2"), 2);
            CHECK_EQ(SSL_CONF_cmd(conf, commands[i], "DTLSv1.2"), 2);
            CHECK_EQ(SSL_CTX_ctrl(context, which, 0, NULL), dtls ? DTLS1_2_VERSION : TLS1_2_VERSION);
            for (size_t j = 0; j < sizeof(wrong) / sizeof(wrong[0]); j++)
                CHECK_EQ(SSL_CONF_cmd(conf, commands[i], wrong[j]), 0);
            CHECK_EQ(SSL_CTX_ctrl(context, which, 0, NULL), dtls ? DTLS1_2_VERSION : TLS1_2_VERSION);
            CHECK_EQ(SSL_CONF_cmd(conf, commands[i], "None"), 2);
            CHECK_EQ(SSL_CTX_ctrl(context, which, 0, NULL), 0);
        }
        finish();
    }
}

/* "A padding of 0 or 1 turns off padding. Otherwise, the padding must be >1 or <=16384." */
TEST(conf_numbers)
{
    start(FILE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd(conf, "RecordPadding", "0"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "RecordPadding", "16384"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "RecordPadding", "16385"), 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "RecordPadding", "-1"), 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "NumTickets", "0"), 2);
    CHECK_EQ(SSL_CTX_get_num_tickets(context), 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "NumTickets", "-1"), 0);
    CHECK_EQ(SSL_CTX_get_num_tickets(context), 0);
    finish();
}

/* "If the SSL_CONF_FLAG_CMDLINE flag is set then prefix checks are case sensitive and "-" is the default"; "If prefix is NULL it is
 * restored to the default value"; no prefix "must be explicitly set to """. */
TEST(conf_prefix_of_a_line)
{
    start(LINE_FLAGS);
    CHECK_OK(SSL_CONF_CTX_set1_prefix(conf, "--ssl-"));
    CHECK_EQ(SSL_CONF_cmd(conf, "--ssl-no_ticket", NULL), 1);
    CHECK_EQ(SSL_CONF_cmd(conf, "--SSL-no_ticket", NULL), -2);
    CHECK_EQ(SSL_CONF_cmd(conf, "--ssl-NO_TICKET", NULL), -2);
    CHECK_EQ(SSL_CONF_cmd(conf, "--ssl-", NULL), -2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_ticket", NULL), -2);
    CHECK_OK(SSL_CONF_CTX_set1_prefix(conf, ""));
    CHECK_EQ(SSL_CONF_cmd(conf, "no_ticket", NULL), 1);
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_ticket", NULL), -2);
    CHECK_OK(SSL_CONF_CTX_set1_prefix(conf, NULL));
    CHECK_EQ(SSL_CONF_cmd(conf, "-no_ticket", NULL), 1);
    CHECK_EQ(SSL_CONF_cmd(conf, "no_ticket", NULL), -2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-", NULL), -2);
    finish();
}

/* "If the SSL_CONF_FLAG_FILE flag is set then prefix checks are case insensitive and no prefix is the default." */
TEST(conf_prefix_of_a_file)
{
    start(FILE_FLAGS);
    CHECK_OK(SSL_CONF_CTX_set1_prefix(conf, "SSL"));
    CHECK_EQ(SSL_CONF_cmd(conf, "sslOPTIONS", "Bugs"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "SSL", "Bugs"), -2);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "SslCertificate"), SSL_CONF_TYPE_FILE);
    CHECK_EQ(SSL_CONF_cmd_value_type(conf, "Certificate"), SSL_CONF_TYPE_UNKNOWN);
    CHECK_OK(SSL_CONF_CTX_set1_prefix(conf, NULL));
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", "Bugs"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "-Options", "Bugs"), -2);
    finish();
}

/* "SSL_CONF_FLAG_CLIENT, SSL_CONF_FLAG_SERVER: recognise options intended for use in SSL/TLS clients or servers." */
TEST(conf_options_of_one_side)
{
    static const char *const of_servers[] = {"-serverpref", "-client_renegotiation", "-no_resumption_on_reneg", "-prioritize_chacha",
                                             "-anti_replay", "-no_anti_replay"},
                            *const of_clients[] = {"-legacy_server_connect", "-no_legacy_server_connect"};

    for (int is_server = 0; is_server <= 1; is_server++) {
        uint64_t before;

        start(SSL_CONF_FLAG_CMDLINE | (is_server ? SSL_CONF_FLAG_SERVER : SSL_CONF_FLAG_CLIENT));
        before = SSL_CTX_get_options(context);
        for (size_t i = 0; i < sizeof(of_servers) / sizeof(of_servers[0]); i++) {
            CHECK_EQ(SSL_CONF_cmd_value_type(conf, of_servers[i]), is_server ? SSL_CONF_TYPE_NONE : SSL_CONF_TYPE_UNKNOWN);
            CHECK_EQ(SSL_CONF_cmd(conf, of_servers[i], NULL), is_server ? 1 : -2);
        }
        CHECK_EQ(SSL_CTX_get_options(context) != before, is_server);
        for (size_t i = 0; i < sizeof(of_clients) / sizeof(of_clients[0]); i++)
            CHECK_EQ(SSL_CONF_cmd(conf, of_clients[i], NULL), is_server ? -2 : 1);
        CHECK_EQ(SSL_CONF_cmd(conf, "-bugs", NULL), 1);
        finish();
    }
}

/* "The context need not be set or it can be set to NULL in which case only syntax checking of commands is performed, where possible." */
TEST(conf_without_a_target)
{
    start(FILE_FLAGS);
    SSL_CONF_CTX_set_ssl_ctx(conf, NULL);
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", "Bugs"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", "NoSuchThing"), 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "NoSuchThing"), 0);
    /* "syntax checking of ciphers is currently not performed unless a SSL or SSL_CTX structure is associated with ctx" */
    CHECK_EQ(SSL_CONF_cmd(conf, "CipherString", "NO-SUCH-SUITE"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "Certificate", "/no/such/file"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "RecordPadding", "99999"), 0);
    CHECK_EQ(SSL_CONF_cmd(conf, "NoSuchCommand", "x"), -2);
    CHECK_NO_ERRORS();
    CHECK_EQ(SSL_CTX_get_options(context) & SSL_OP_ALL & ~SSL_OP_NO_COMPRESSION, 0);
    finish();
}

/* "Any previous SSL or SSL_CTX associated with cctx is cleared. Subsequent calls to SSL_CONF_cmd() will be sent to ctx." */
TEST(conf_changes_its_target)
{
    SSL *ssl;

    start(FILE_FLAGS);
    ssl = SSL_new(context);
    SSL_CONF_CTX_set_ssl(conf, ssl);
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", "ServerPreference"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "VerifyMode", "Peer"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "CipherString", "AES128-SHA"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "NumTickets", "5"), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "Certificate", cert_path("ec", "pem")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "PrivateKey", cert_path("ec", "key")), 2);
    CHECK_EQ(SSL_CONF_cmd(conf, "RequestCAFile", cert_path("root", "pem")), 2);
    CHECK_OK(SSL_CONF_CTX_finish(conf));
    CHECK(SSL_get_options(ssl) & SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK_EQ(SSL_get_verify_mode(ssl), SSL_VERIFY_PEER);
    CHECK_STR(SSL_get_cipher_list(ssl, 3), "AES128-SHA");
    CHECK_EQ(SSL_get_num_tickets(ssl), 5);
    CHECK_OK(SSL_check_private_key(ssl));
    CHECK_EQ(sk_X509_NAME_num(SSL_get0_CA_list(ssl)), 1);
    CHECK_EQ(SSL_CTX_get_options(context) & SSL_OP_CIPHER_SERVER_PREFERENCE, 0);
    CHECK_EQ(SSL_CTX_get_verify_mode(context), SSL_VERIFY_NONE);
    CHECK_EQ(SSL_CTX_get_num_tickets(context), 2);
    CHECK(SSL_CTX_get0_certificate(context) == NULL);
    SSL_CONF_CTX_set_ssl_ctx(conf, context);
    CHECK_EQ(SSL_CONF_cmd(conf, "Options", "KTLS"), 2);
    CHECK(SSL_CTX_get_options(context) & SSL_OP_ENABLE_KTLS);
    CHECK_EQ(SSL_get_options(ssl) & SSL_OP_ENABLE_KTLS, 0);
    SSL_free(ssl);
    finish();
}

/* SSL_CONF_FLAG_REQUIRE_PRIVATE: "If a key cannot be loaded from the certificate file an error occurs." */
TEST(conf_requires_private_keys)
{
    char both[5000];
    const char *path;
    size_t length = 0;

    start(FILE_FLAGS | SSL_CONF_FLAG_REQUIRE_PRIVATE);
    CHECK_EQ(SSL_CONF_cmd(conf, "Certificate", cert_path("ec", "pem")), 2);
    CHECK_EQ(SSL_CONF_CTX_finish(conf), 0);
    ERR_clear_error();
    CHECK_EQ(SSL_CONF_cmd(conf, "PrivateKey", cert_path("ec", "key")), 2);
    CHECK_OK(SSL_CTX_check_private_key(context));
    finish();
    for (int i = 0; i < 2; i++) {
        BIO *file = BIO_new_file(cert_path("ec", i ? "key" : "pem"), "r");
        size_t got;

        CHECK_EQ(BIO_read_ex(file, both + length, sizeof(both) - length, &got), 1);
        length += got;
        BIO_free(file);
    }
    path = file_of(both, (long)length);
    for (int required = 0; required <= 1; required++) {
        start(FILE_FLAGS | (required ? SSL_CONF_FLAG_REQUIRE_PRIVATE : 0));
        CHECK_EQ(SSL_CONF_cmd(conf, "Certificate", path), 2);
        CHECK_OK(SSL_CONF_CTX_finish(conf));
        CHECK_EQ(SSL_CTX_get0_privatekey(context) != NULL, required);
        finish();
    }
    unlink(path);
}

/* SSL_CONF_cmd_argv(): what is left where nothing was processed, and without a count. (A missing argument is -3, not -2, and a wrong one
 * -1, whatever the page says.) */
TEST(conf_argv_failures)
{
    char *missing[] = {(char *)"-cipher", NULL}, *wrong[] = {(char *)"-cipher", (char *)"NO-SUCH-SUITE", NULL},
         *some[] = {(char *)"-no_ticket", (char *)"-cipher", (char *)"ALL", (char *)"rest", NULL}, *none[] = {NULL}, **position = missing;
    int count = 1;

    start(LINE_FLAGS);
    CHECK_EQ(SSL_CONF_cmd_argv(conf, &count, &position), -3);
    CHECK(count == 1 && position == missing);
    position = wrong, count = 2;
    CHECK_EQ(SSL_CONF_cmd_argv(conf, &count, &position), -1);
    CHECK(count == 2 && position == wrong);
    ERR_clear_error();
    /* The count says where the arguments end. */
    count = 1;
    CHECK_EQ(SSL_CONF_cmd_argv(conf, &count, &position), -3);
    count = 0;
    CHECK_EQ(SSL_CONF_cmd_argv(conf, &count, &position), 0);
    position = some;
    CHECK_EQ(SSL_CONF_cmd_argv(conf, NULL, &position), 1);
    CHECK_EQ(SSL_CONF_cmd_argv(conf, NULL, &position), 2);
    CHECK(position == some + 3);
    CHECK_EQ(SSL_CONF_cmd_argv(conf, NULL, &position), 0);
    CHECK(position == some + 3);
    position = none;
    CHECK_EQ(SSL_CONF_cmd_argv(conf, NULL, &position), 0);
    finish();
}
