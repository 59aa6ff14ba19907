/* What a program does without a connection, or with one of its own: set up contexts, read files, keep sessions. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "scenarios.h"

#include <openssl/ct.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/srp.h>
#include <openssl/x509v3.h>

/* The name of a file that holds this. */
static const char *written(const char *name, const void *bytes, size_t length)
{
    FILE *file = fopen(name, "w");

    CHECK(file != NULL && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
    return name;
}

/* ---- timestamps of a log that the client knows (RFC 6962) ---- */

/* A list of a log that the client knows. */
static size_t make_timestamps(SSL_CTX *client, unsigned char list[200])
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    size_t length = make_signed_list(key, lent_certificate("ec"), 1600000000000, list);

    know_log(client, key);
    EVP_PKEY_free(key);
    CHECK_OK(SSL_CTX_enable_ct(client, SSL_CT_VALIDATION_STRICT));
    return length;
}

void serve_timestamps(struct pair *pair)
{
    unsigned char list[200];

    serve_list(pair->ctx[SERVER], list, make_timestamps(pair->ctx[CLIENT], list));
}

static int take_response(SSL *ssl, void *argument)
{
    const unsigned char *taken;

    (void)argument;
    return SSL_get_tlsext_status_ocsp_resp(ssl, &taken) > 0;
}

void staple_timestamps(struct pair *pair)
{
    unsigned char list[200];

    staple_list(pair->ctx[SERVER], list, make_timestamps(pair->ctx[CLIENT], list));
    CHECK_OK(SSL_CTX_set_tlsext_status_cb(pair->ctx[CLIENT], take_response));
}

/* A client that insists on them has seen that they are good. */
int valid_timestamps(struct pair *pair)
{
    const STACK_OF(SCT) *all;

    disarm();
    all = SSL_get0_peer_scts(pair->ssl[CLIENT]);
    EXPECT(sk_SCT_num(all) == 1 && SCT_get_validation_status(sk_SCT_value(all, 0)) == SCT_VALIDATION_STATUS_VALID);
    return 1;
}

/* ---- contexts ---- */

static int set_up(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    int well = 0;

    if (context != NULL)
        well = SSL_CTX_use_certificate_chain_file(context, cert_path("ec", "pem")) == 1
            && SSL_CTX_use_PrivateKey_file(context, cert_path("ec", "key"), SSL_FILETYPE_PEM) == 1
            && SSL_CTX_load_verify_locations(context, cert_path("root", "pem"), NULL) == 1
            && SSL_CTX_set_cipher_list(context, "DEFAULT") == 1 && SSL_CTX_get0_certificate(context) != NULL
            && SSL_CTX_sessions(context) != NULL;
    SSL_CTX_free(context);
    return well ? 1 : -1;
}

static int verify_settings(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    X509_VERIFY_PARAM *parameters = X509_VERIFY_PARAM_new();
    STACK_OF(X509_NAME) *names = NULL;
    SSL *ssl = NULL;
    int well = 0;

    if (context != NULL && parameters != NULL)
        well = SSL_CTX_load_verify_file(context, cert_path("root", "pem")) == 1
            && SSL_CTX_load_verify_store(context, cert_path("root", "pem")) == 1 && SSL_CTX_load_verify_dir(context, CERTS_DIR) == 1
            && SSL_CTX_set_default_verify_paths(context) == 1 && SSL_CTX_set_default_verify_file(context) == 1
            && SSL_CTX_set_default_verify_dir(context) == 1 && SSL_CTX_set_default_verify_store(context) == 1
            && SSL_CTX_set_default_ctlog_list_file(context) != -1
            && SSL_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER) == 1 && SSL_CTX_set_trust(context, X509_TRUST_SSL_SERVER) == 1
            && SSL_CTX_set1_param(context, parameters) == 1 && SSL_CTX_add_client_CA(context, lent_certificate("root")) == 1
            && (names = SSL_load_client_CA_file(cert_path("chained", "pem"))) != NULL
            && SSL_add_file_cert_subjects_to_stack(names, cert_path("root", "pem")) == 1
            && SSL_add_store_cert_subjects_to_stack(names, cert_path("root", "pem")) == 1 && (ssl = SSL_new(context)) != NULL
            && SSL_set1_host(ssl, "one.example") == 1 && SSL_add1_host(ssl, "two.example") == 1
            && SSL_add1_host(ssl, "192.0.2.1") == 1 && SSL_set1_param(ssl, parameters) == 1 && SSL_set_purpose(ssl, X509_PURPOSE_SSL_SERVER) == 1
            && SSL_set_trust(ssl, X509_TRUST_SSL_SERVER) == 1;
    /* A file that cannot be read on looks as if it ended; names that cannot be compared look as if they differed. */
    if (well && fault == 0)
        EXPECT(sk_X509_NAME_num(names) == 3);
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    X509_VERIFY_PARAM_free(parameters);
    SSL_free(ssl);
    SSL_CTX_free(context);
    return well ? 1 : -1;
}

/* Certificates and keys as bytes and in files. */
static unsigned char *certificate_der, *key_der;
static int certificate_length, key_length;
static const char *certificate_file, *key_file, *info_file, *locked_key_file;

static int give_password(char *room, int size, int writing, void *argument)
{
    (void)writing, (void)argument;
    return snprintf(room, (size_t)size, "password");
}

static void write_files(struct pair *pair)
{
    static const char info[] = "-----BEGIN SERVERINFO FOR faults-----\n//8AAQc=\n-----END SERVERINFO FOR faults-----\n";
    BIO *memory = BIO_new(BIO_s_mem());
    char *text;

    (void)pair;
    certificate_length = i2d_X509(lent_certificate("rsa"), &certificate_der);
    key_length = i2d_RSAPrivateKey(EVP_PKEY_get0_RSA(lent_key("rsa")), &key_der);
    CHECK(certificate_length > 0 && key_length > 0);
    certificate_file = written("certificate", certificate_der, (size_t)certificate_length);
    key_file = written("key", key_der, (size_t)key_length);
    info_file = written("info", info, strlen(info));
    CHECK(PEM_write_bio_PKCS8PrivateKey(memory, lent_key("rsa"), EVP_aes_128_cbc(), NULL, 0, give_password, NULL) == 1);
    locked_key_file = written("locked", text, (size_t)BIO_get_mem_data(memory, &text));
    BIO_free(memory);
}

static int use_files(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL *ssl = context != NULL ? SSL_new(context) : NULL;
    const char *pem = cert_path("rsa", "pem"), *key = cert_path("rsa", "key");
    int well = ssl != NULL;

    if (well)
        SSL_CTX_set_default_passwd_cb(context, give_password);
    well = well && SSL_CTX_use_certificate_file(context, pem, SSL_FILETYPE_PEM) == 1
            && SSL_CTX_use_certificate_file(context, certificate_file, SSL_FILETYPE_ASN1) == 1
            && SSL_CTX_use_certificate_ASN1(context, certificate_length, certificate_der) == 1
            && SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1
            && SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_ASN1) == 1
            && SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_RSA, context, key_der, key_length) == 1
            && SSL_CTX_use_RSAPrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1
            && SSL_CTX_use_RSAPrivateKey_file(context, key_file, SSL_FILETYPE_ASN1) == 1
            && SSL_CTX_use_RSAPrivateKey_ASN1(context, key_der, key_length) == 1
            && SSL_CTX_use_RSAPrivateKey(context, (RSA *)EVP_PKEY_get0_RSA(lent_key("rsa"))) == 1
            && SSL_CTX_check_private_key(context) == 1
            && SSL_CTX_use_cert_and_key(context, lent_certificate("rsa"), lent_key("rsa"), NULL, 1) == 1
            && SSL_CTX_add1_chain_cert(context, lent_certificate("middle")) == 1
            && SSL_use_certificate_chain_file(ssl, cert_path("chained", "pem")) == 1
            && SSL_use_PrivateKey_file(ssl, cert_path("chained", "key"), SSL_FILETYPE_PEM) == 1
            && SSL_use_certificate_file(ssl, certificate_file, SSL_FILETYPE_ASN1) == 1
            && SSL_CTX_use_PrivateKey_file(context, locked_key_file, SSL_FILETYPE_PEM) == 1
            && SSL_CTX_use_serverinfo_file(context, info_file) == 1 && SSL_use_PrivateKey(ssl, lent_key("rsa")) == 1 && SSL_check_private_key(ssl) == 1;
    SSL_free(ssl);
    SSL_CTX_free(context);
    return well ? 1 : -1;
}

/* The chain of a certificate is found in the store. */
static int build_chain(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    STACK_OF(X509) *chain = NULL;
    int well = context != NULL && SSL_CTX_use_certificate(context, lent_certificate("chained")) == 1
            && SSL_CTX_use_PrivateKey(context, lent_key("chained")) == 1
            && SSL_CTX_load_verify_file(context, cert_path("root", "pem")) == 1
            && SSL_CTX_load_verify_file(context, cert_path("middle", "pem")) == 1
            && SSL_CTX_build_cert_chain(context, 0) == 1 && SSL_CTX_build_cert_chain(context, SSL_BUILD_CHAIN_FLAG_CHECK) == 1;

    if (well) {
        disarm();
        SSL_CTX_get0_chain_certs(context, &chain);
        EXPECT(sk_X509_num(chain) == 2);
    }
    SSL_CTX_free(context);
    return well ? 1 : -1;
}

static int configure(void)
{
    static const char *const settings[][2] = {
        {"Protocol", "-TLSv1.1"}, {"CipherString", "HIGH:!aNULL"}, {"Ciphersuites", "TLS_AES_128_GCM_SHA256"},
        {"Groups", "P-256:X25519"}, {"SignatureAlgorithms", "ECDSA+SHA256:RSA+SHA256"}, {"VerifyMode", "Peer"},
        {"Options", "-SessionTicket"}, {"RecordPadding", "64"}, {"NumTickets", "1"},
    };
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    int well = context != NULL && conf != NULL;

    if (well) {
        SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CERTIFICATE | SSL_CONF_FLAG_SERVER | SSL_CONF_FLAG_CLIENT
                                         | SSL_CONF_FLAG_REQUIRE_PRIVATE);
        SSL_CONF_CTX_set_ssl_ctx(conf, context);
        well = SSL_CONF_CTX_set1_prefix(conf, "") == 1;
        for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
            well = well && SSL_CONF_cmd(conf, settings[i][0], settings[i][1]) == 2;
        well = well && SSL_CONF_cmd(conf, "Certificate", cert_path("ec", "pem")) == 2
            && SSL_CONF_cmd(conf, "PrivateKey", cert_path("ec", "key")) == 2
            && SSL_CONF_cmd(conf, "VerifyCAFile", cert_path("root", "pem")) == 2
            && SSL_CONF_cmd(conf, "VerifyCAStore", cert_path("root", "pem")) == 2
            && SSL_CONF_cmd(conf, "RequestCAFile", cert_path("root", "pem")) == 2
            && SSL_CONF_cmd(conf, "RequestCAStore", cert_path("root", "pem")) == 2 && SSL_CONF_CTX_finish(conf) == 1;
    }
    SSL_CONF_CTX_free(conf);
    SSL_CTX_free(context);
    return well ? 1 : -1;
}

static const char *groups_file;

static void write_groups(struct pair *pair)
{
    EVP_PKEY *group = EVP_PKEY_new();
    DH *dh = DH_new();
    BIO *memory = BIO_new(BIO_s_mem());
    char *text;

    (void)pair;
    CHECK_OK(DH_set0_pqg(dh, BN_get_rfc3526_prime_2048(NULL), NULL, BN_dup(BN_value_one())));
    CHECK_OK(EVP_PKEY_assign_DH(group, dh));
    CHECK(PEM_write_bio_Parameters(memory, group) == 1);
    groups_file = written("groups", text, (size_t)BIO_get_mem_data(memory, &text));
    BIO_free(memory);
    EVP_PKEY_free(group);
}

/* Groups of FFDH in every way that a program can give them. */
static int use_groups(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL_CONF_CTX *conf = SSL_CONF_CTX_new();
    DH *dh = DH_get_2048_256();
    EC_KEY *curve = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    EVP_PKEY *key = EVP_PKEY_new();
    SSL *ssl = NULL;
    int well = curve != NULL && context != NULL && conf != NULL && dh != NULL && key != NULL && EVP_PKEY_set1_DH(key, dh) == 1;

    if (well) {
        SSL_CONF_CTX_set_flags(conf, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_CERTIFICATE | SSL_CONF_FLAG_SERVER);
        SSL_CONF_CTX_set_ssl_ctx(conf, context);
        well = SSL_CTX_set_tmp_ecdh(context, curve) == 1 && SSL_CTX_set_tmp_dh(context, dh) == 1 && SSL_CTX_set0_tmp_dh_pkey(context, key) == 1;
        if (well)
            key = NULL;
        well = well && SSL_CONF_cmd(conf, "DHParameters", groups_file) == 2 && (ssl = SSL_new(context)) != NULL
            && SSL_set_tmp_dh(ssl, dh) == 1;
    }
    EVP_PKEY_free(key);
    DH_free(dh);
    EC_KEY_free(curve);
    SSL_free(ssl);
    SSL_CONF_CTX_free(conf);
    SSL_CTX_free(context);
    return well ? 1 : -1;
}

/* ---- objects ---- */

static int copy_value(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **value, int index, long number, void *argument)
{
    (void)to, (void)from, (void)value, (void)index, (void)number, (void)argument;
    return 1;
}

static int connection_index, session_index;

static void take_indices(struct pair *pair)
{
    (void)pair;
    connection_index = SSL_get_ex_new_index(0, NULL, NULL, copy_value, NULL);
    session_index = SSL_SESSION_get_ex_new_index(0, NULL, NULL, copy_value, NULL);
    CHECK(connection_index >= 0 && session_index >= 0);
}

static int duplicate(void)
{
    static char value[] = "value";
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL *ssl = context != NULL ? SSL_new(context) : NULL, *copy = NULL;
    STACK_OF(X509_NAME) *names = NULL;
    int well = ssl != NULL && SSL_use_certificate(ssl, lent_certificate("ec")) == 1 && SSL_use_PrivateKey(ssl, lent_key("ec")) == 1
            && SSL_add_client_CA(ssl, lent_certificate("root")) == 1 && SSL_set_ex_data(ssl, connection_index, value) == 1
            && SSL_set_cipher_list(ssl, "HIGH") == 1 && SSL_set_session_id_context(ssl, (const unsigned char *)value, 5) == 1
            && SSL_set1_host(ssl, "server.example") == 1 && SSL_set_fd(ssl, 0) == 1 && (copy = SSL_dup(ssl)) != NULL;

    if (well) {
        disarm();
        EXPECT(SSL_get_ex_data(copy, connection_index) == value);
        EXPECT(SSL_get_certificate(copy) != NULL && SSL_check_private_key(copy) == 1);
        EXPECT(X509_VERIFY_PARAM_get0_host(SSL_get0_param(copy), 0) != NULL);
        names = SSL_get_client_CA_list(copy);
        EXPECT(sk_X509_NAME_num(names) == 1);
    }
    SSL_free(copy);
    SSL_free(ssl);
    SSL_CTX_free(context);
    return well ? 1 : -1;
}

static SSL_SESSION *original;

static void keep_original(struct pair *pair)
{
    take_indices(pair);
    CHECK_OK(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"faults", 6));
    original = connect_with(pair, NULL, 0);
}

/* A session as bytes, as text and in PEM, and back. */
static int write_session(void)
{
    unsigned char bytes[8192], *end = bytes, *taken = NULL;
    const unsigned char *in = bytes;
    char text[16384];
    BIO *memory = BIO_new(BIO_s_mem());
    FILE *file = fmemopen(text, sizeof(text), "w+");
    SSL_SESSION *read[4] = {NULL};
    int length = i2d_SSL_SESSION(original, NULL), well;

    CHECK(file != NULL && length <= (int)sizeof(bytes));
    setvbuf(file, NULL, _IONBF, 0);
    well = memory != NULL && length > 0 && i2d_SSL_SESSION(original, &taken) == length && i2d_SSL_SESSION(original, &end) == length
        && (read[0] = d2i_SSL_SESSION(NULL, &in, length)) != NULL && PEM_write_bio_SSL_SESSION(memory, original) == 1
        && (read[1] = PEM_read_bio_SSL_SESSION(memory, NULL, NULL, NULL)) != NULL && PEM_write_SSL_SESSION(file, original) == 1
        && fseek(file, 0, SEEK_SET) == 0 && (read[2] = PEM_read_SSL_SESSION(file, NULL, NULL, NULL)) != NULL
        && SSL_SESSION_set_ex_data(original, session_index, bytes) == 1 && (read[3] = SSL_SESSION_dup(original)) != NULL
        && SSL_SESSION_print(memory, original) == 1 && SSL_SESSION_print_keylog(memory, original) == 1
        && fseek(file, 0, SEEK_SET) == 0 && SSL_SESSION_print_fp(file, original) == 1;
    disarm();
    if (well)
        EXPECT(SSL_SESSION_get_ex_data(read[3], session_index) == bytes);
    for (int i = 0; i < 4; i++) {
        if (well) {
            X509 *peer = SSL_SESSION_get0_peer(read[i]);

            EXPECT(peer != NULL && X509_cmp(peer, SSL_SESSION_get0_peer(original)) == 0);
            EXPECT(i2d_SSL_SESSION(read[i], NULL) == length);
        }
        SSL_SESSION_free(read[i]);
    }
    OPENSSL_free(taken);
    BIO_free(memory);
    fclose(file);
    return well ? 1 : -1;
}

static int set_up_srp(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = context != NULL ? SSL_new(context) : NULL;
    char user[] = "user", password[] = "password";
    SRP_gN *group = SRP_get_default_gN("1536");
    BIGNUM *salt = BN_new(), *verifier = BN_new(), *info = BN_new();
    int well = ssl != NULL && salt != NULL && verifier != NULL && info != NULL && BN_set_word(salt, 7) && BN_set_word(verifier, 8)
            && SSL_CTX_set_srp_username(context, user) == 1 && SSL_CTX_set_srp_password(context, password) == 1
            && SSL_set_srp_server_param_pw(ssl, user, password, "1024") == 1
            && SSL_set_srp_server_param(ssl, group->N, group->g, salt, verifier, user) == 1;

    disarm();
    if (well)
        EXPECT(BN_cmp(SSL_get_srp_N(ssl), group->N) == 0);
    BN_free(salt);
    BN_free(verifier);
    BN_free(info);
    SSL_free(ssl);
    SSL_CTX_free(context);
    return well ? 1 : -1;
}

/* ---- BIO_f_ssl ---- */

static int failed_for_good(BIO *bio, int ret)
{
    return ret <= 0 && !BIO_should_retry(bio);
}

/* A server and a client of one context, each a BIO of connections over one end of a pair. */
static int talk_through_bios(SSL_CTX *context)
{
    BIO *end[2] = {NULL, NULL}, *top[2] = {NULL, NULL};
    char data[10];
    int well, ret[2] = {0, 0};

    well = BIO_new_bio_pair(&end[0], 1 << 16, &end[1], 1 << 16) == 1;
    for (int side = CLIENT; side <= SERVER; side++) {
        if (well && (top[side] = BIO_new_ssl(context, side == CLIENT)) != NULL) {
            BIO_push(top[side], end[side]);
            end[side] = NULL;
        } else
            well = 0;
    }
    for (int turn = 0; well && turn < 8; turn++) {
        ret[turn % 2] = (int)BIO_do_handshake(top[turn % 2]);
        well = !failed_for_good(top[turn % 2], ret[turn % 2]);
    }
    well = well && ret[0] == 1 && ret[1] == 1 && BIO_write(top[CLIENT], "data", 4) == 4 && BIO_flush(top[CLIENT]) == 1
        && BIO_read(top[SERVER], data, sizeof(data)) == 4 && BIO_puts(top[SERVER], "text") == 4
        && BIO_read(top[CLIENT], data, sizeof(data)) == 4;
    if (well) {
        BIO_callback_ctrl(top[CLIENT], BIO_CTRL_SET_CALLBACK, NULL);
        BIO_ssl_shutdown(top[CLIENT]);
    }
    for (int side = CLIENT; side <= SERVER; side++) {
        BIO_free_all(top[side]);
        BIO_free(end[side]);
    }
    return well;
}

static SSL_CTX *both_ways(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());

    if (context != NULL && SSL_CTX_use_certificate_chain_file(context, cert_path("ec", "pem")) == 1
        && SSL_CTX_use_PrivateKey_file(context, cert_path("ec", "key"), SSL_FILETYPE_PEM) == 1
        && SSL_CTX_load_verify_file(context, cert_path("root", "pem")) == 1) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        return context;
    }
    SSL_CTX_free(context);
    return NULL;
}

static int use_bios(void)
{
    SSL_CTX *context = both_ways();
    BIO *chain = NULL, *copy = NULL;
    int well = context != NULL && talk_through_bios(context) && (chain = BIO_new_buffer_ssl_connect(context)) != NULL;

    if (well) {
        BIO_free_all(chain);
        well = (chain = BIO_new_ssl_connect(context)) != NULL && (copy = BIO_dup_chain(chain)) != NULL;
    }
    BIO_free_all(copy);
    BIO_free_all(chain);
    SSL_CTX_free(context);
    return well ? 1 : -1;
}

/* A context that was set up without a complaint works. */
static int set_up_to_use(void)
{
    SSL_CTX *context = both_ways();

    disarm();
    if (context != NULL)
        EXPECT(talk_through_bios(context));
    SSL_CTX_free(context);
    return context != NULL ? 1 : -1;
}

/* All of it for the first time, with what is made once and kept. */
static int start(void)
{
    return OPENSSL_init_ssl(0, NULL) == 1 && set_up() == 1 && SSL_get_ex_data_X509_STORE_CTX_idx() >= 0 && use_bios() == 1 ? 1 : -1;
}

const struct scenario calls[] = {
    {"context", .call = set_up},
    {"verify-settings", .call = verify_settings},
    {"files", .call = use_files, .prepare = write_files},
    {"chain", .call = build_chain},
    {"conf", .call = configure},
    {"groups", .call = use_groups, .prepare = write_groups},
    {"duplicate", .call = duplicate, .prepare = take_indices},
    {"session-tls12", TLS1_2_VERSION, .call = write_session, .prepare = keep_original},
    {"session-tls13", TLS1_3_VERSION, .call = write_session, .prepare = keep_original},
    {"srp-settings", .call = set_up_srp},
    {"bios", .call = use_bios},
    {"to-use", .call = set_up_to_use},
    {"first", .call = start, .in_new_process = 1},
    {.name = NULL},
};
