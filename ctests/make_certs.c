/*
 * Makes the keys, certificates and CRL that the tests use, as PEM files in the directory given.
 * Runs once, when the tests are built; needs libcrypto only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define DAY (24L * 60 * 60)

static const char *directory;

static void die(const char *what)
{
    fprintf(stderr, "make_certs: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static FILE *create(const char *name, const char *extension, const char *mode)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s.%s", directory, name, extension);
    file = fopen(path, mode);
    if (file == NULL)
        die(path);
    return file;
}

/* `digest`: the only one that the key is for; NULL: any. */
static EVP_PKEY *rsa_pss_key(const EVP_MD *digest)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, NULL);

    if (context == NULL || EVP_PKEY_keygen_init(context) <= 0
        || EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) <= 0
        || (digest != NULL
            && (EVP_PKEY_CTX_set_rsa_pss_keygen_md(context, digest) <= 0
                || EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(context, digest) <= 0
                || EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(context, EVP_MD_get_size(digest)) <= 0))
        || EVP_PKEY_keygen(context, &key) <= 0)
        die("RSA-PSS key");
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *dsa_key(void)
{
    EVP_PKEY *parameters = NULL, *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, NULL), *generator;

    if (context == NULL || EVP_PKEY_paramgen_init(context) <= 0
        || EVP_PKEY_CTX_set_dsa_paramgen_bits(context, 2048) <= 0
        || EVP_PKEY_paramgen(context, &parameters) <= 0)
        die("DSA parameters");
    generator = EVP_PKEY_CTX_new(parameters, NULL);
    if (generator == NULL || EVP_PKEY_keygen_init(generator) <= 0
        || EVP_PKEY_keygen(generator, &key) <= 0)
        die("DSA key");
    EVP_PKEY_CTX_free(generator);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(parameters);
    return key;
}

static EVP_PKEY *dh_key(void)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    OSSL_PARAM group[] = {OSSL_PARAM_utf8_string("group", (char *)"ffdhe2048", 9), OSSL_PARAM_END};

    if (context == NULL || EVP_PKEY_keygen_init(context) <= 0 || EVP_PKEY_CTX_set_params(context, group) <= 0
        || EVP_PKEY_keygen(context, &key) <= 0)
        die("DH key");
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *make_key(const char *type)
{
    EVP_PKEY *key;

    if (strcmp(type, "rsa") == 0)
        key = EVP_RSA_gen(2048);
    else if (strcmp(type, "rsa1024") == 0)
        key = EVP_RSA_gen(1024);
    else if (strcmp(type, "rsa-pss") == 0)
        key = rsa_pss_key(NULL);
    else if (strcmp(type, "rsa-pss-sha384") == 0)
        key = rsa_pss_key(EVP_sha384());
    else if (strcmp(type, "dsa") == 0)
        key = dsa_key();
    else if (strcmp(type, "ed448") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
    else if (strcmp(type, "ed25519") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    else if (strcmp(type, "x25519") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    else if (strcmp(type, "dh") == 0)
        key = dh_key();
    else
        key = EVP_EC_gen(type);
    if (key == NULL)
        die(type);
    return key;
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;

    if (value == NULL)
        return;
    X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL || !X509_add_ext(cert, extension, -1))
        die(value);
    X509_EXTENSION_free(extension);
}

struct identity {
    EVP_PKEY *key;
    X509 *cert;
};

struct recipe {
    const char *name, *key_type;
    struct identity *issuer;
    int is_ca;
    const char *alt_names, *extended_usage;
    long from_days, to_days;
};

static struct identity make(struct recipe recipe)
{
    static long serial = 1;
    struct identity made;
    struct identity *issuer = recipe.issuer != NULL ? recipe.issuer : &made;
    X509_NAME *name;
    FILE *file;

    made.key = make_key(recipe.key_type);
    made.cert = X509_new();
    X509_set_version(made.cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.cert), serial++);
    name = X509_get_subject_name(made.cert);
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"Tests", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)recipe.name, -1, -1,
                               0);
    X509_set_issuer_name(made.cert, X509_get_subject_name(issuer->cert));
    X509_gmtime_adj(X509_getm_notBefore(made.cert), recipe.from_days * DAY);
    X509_gmtime_adj(X509_getm_notAfter(made.cert), recipe.to_days * DAY);
    X509_set_pubkey(made.cert, made.key);
    add_extension(made.cert, issuer->cert, NID_basic_constraints,
                  recipe.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(made.cert, issuer->cert, NID_key_usage,
                  recipe.is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
    add_extension(made.cert, issuer->cert, NID_subject_key_identifier, "hash");
    if (recipe.issuer != NULL)
        add_extension(made.cert, issuer->cert, NID_authority_key_identifier, "keyid");
    add_extension(made.cert, issuer->cert, NID_subject_alt_name, recipe.alt_names);
    add_extension(made.cert, issuer->cert, NID_ext_key_usage, recipe.extended_usage);
    if (!X509_sign(made.cert, issuer->key,
                   EVP_PKEY_is_a(issuer->key, "ED25519") ? NULL : EVP_sha256()))
        die(recipe.name);

    file = create(recipe.name, "key", "w");
    PEM_write_PrivateKey(file, made.key, NULL, NULL, 0, NULL, NULL);
    fclose(file);
    file = create(recipe.name, "pem", "w");
    PEM_write_X509(file, made.cert);
    fclose(file);
    return made;
}

static void leaf(const char *name, const char *key_type, struct identity *issuer,
                 const char *alt_names, const char *usage, long from_days, long to_days)
{
    struct identity made = make((struct recipe){.name = name,
                                                .key_type = key_type,
                                                .issuer = issuer,
                                                .alt_names = alt_names,
                                                .extended_usage = usage,
                                                .from_days = from_days,
                                                .to_days = to_days});

    EVP_PKEY_free(made.key);
    X509_free(made.cert);
}

static void append_certificate(const char *name, X509 *cert)
{
    FILE *file = create(name, "pem", "a");

    PEM_write_X509(file, cert);
    fclose(file);
}

/* A CRL of the issuer that revokes the certificate called `revoked`. */
static void make_crl(struct identity *issuer)
{
    X509_CRL *crl = X509_CRL_new();
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, -DAY), *later = X509_gmtime_adj(NULL, 3650 * DAY);
    char path[512];
    FILE *file;
    X509 *revoked;

    snprintf(path, sizeof(path), "%s/revoked.pem", directory);
    file = fopen(path, "r");
    revoked = file != NULL ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (revoked == NULL)
        die(path);
    fclose(file);
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked));
    X509_REVOKED_set_revocationDate(entry, now);
    X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->cert));
    X509_CRL_set1_lastUpdate(crl, now);
    X509_CRL_set1_nextUpdate(crl, later);
    X509_CRL_add0_revoked(crl, entry);
    X509_CRL_sort(crl);
    if (!X509_CRL_sign(crl, issuer->key, EVP_sha256()))
        die("CRL");
    file = create("root", "crl", "w");
    PEM_write_X509_CRL(file, crl);
    fclose(file);
    X509_CRL_free(crl);
    X509_free(revoked);
    ASN1_TIME_free(now);
    ASN1_TIME_free(later);
}

int main(int argc, char **argv)
{
    static const char server_names[] = "DNS:server.example,DNS:*.wild.example,IP:127.0.0.1";
    struct identity root, middle, other;

    if (argc != 2)
        die("usage: make_certs DIRECTORY");
    directory = argv[1];
    mkdir(directory, 0777);
    root = make((struct recipe){.name = "root", .key_type = "P-256", .is_ca = 1,
                                .from_days = -10, .to_days = 3650});
    middle = make((struct recipe){.name = "middle", .key_type = "P-256", .issuer = &root,
                                  .is_ca = 1, .from_days = -10, .to_days = 3650});
    other = make((struct recipe){.name = "other", .key_type = "P-256", .is_ca = 1,
                                 .from_days = -10, .to_days = 3650});

    leaf("ec", "P-256", &root, server_names, NULL, -5, 3000);
    leaf("ec384", "P-384", &root, server_names, NULL, -5, 3000);
    leaf("rsa", "rsa", &root, server_names, NULL, -5, 3000);
    leaf("rsa1024", "rsa1024", &root, server_names, NULL, -5, 3000);
    leaf("rsa-pss", "rsa-pss", &root, server_names, NULL, -5, 3000);
    leaf("ed25519", "ed25519", &root, server_names, NULL, -5, 3000);
    leaf("rsa-pss-sha384", "rsa-pss-sha384", &root, server_names, NULL, -5, 3000);
    leaf("ed448", "ed448", &root, server_names, NULL, -5, 3000);
    leaf("dsa", "dsa", &root, server_names, NULL, -5, 3000);
    leaf("ec521", "P-521", &root, server_names, NULL, -5, 3000);
    leaf("brainpool", "brainpoolP256r1", &root, server_names, NULL, -5, 3000);
    /* Keys that cannot sign. */
    leaf("x25519", "x25519", &root, server_names, NULL, -5, 3000);
    leaf("dh", "dh", &root, server_names, NULL, -5, 3000);
    leaf("second", "P-256", &root, "DNS:second.example", NULL, -5, 3000);
    leaf("client", "P-256", &root, NULL, "clientAuth", -5, 3000);
    leaf("expired", "P-256", &root, server_names, NULL, -5, -1);
    leaf("future", "P-256", &root, server_names, NULL, 1000, 2000);
    leaf("revoked", "P-256", &root, server_names, NULL, -5, 3000);
    leaf("selfsigned", "P-256", NULL, server_names, NULL, -5, 3000);
    leaf("stranger", "P-256", &other, server_names, NULL, -5, 3000);
    leaf("chained", "P-256", &middle, server_names, NULL, -5, 3000);
    append_certificate("chained", middle.cert);
    make_crl(&root);

    EVP_PKEY_free(root.key);
    EVP_PKEY_free(middle.key);
    EVP_PKEY_free(other.key);
    X509_free(root.cert);
    X509_free(middle.cert);
    X509_free(other.cert);
    return 0;
}
