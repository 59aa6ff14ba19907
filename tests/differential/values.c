/* The values that calls are made with: mostly good ones, some odd, some wrong. */
#include "runner.h"

#include <openssl/pem.h>

/* What make_certs.c of the C tests wrote. */
static const char *const names[] = {
    "ec", "ec384", "rsa", "rsa1024", "rsa-pss", "ed25519", "rsa-pss-sha384", "ed448", "dsa", "ec521", "brainpool", "second",
    "client", "expired", "future", "revoked", "selfsigned", "stranger", "chained", "root",
};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

static const char *directory;
static X509 *certificates[NAMES];
static EVP_PKEY *keys[NAMES];

const char *path_of(const char *name, const char *extension)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s.%s", directory, name, extension);
    return path;
}

void values_load(const char *path)
{
    int index;

    directory = path;
    for (index = 0; index < NAMES; index++) {
        FILE *file = fopen(path_of(names[index], "pem"), "r"), *key = fopen(path_of(names[index], "key"), "r");

        if (file == NULL || key == NULL || (certificates[index] = PEM_read_X509(file, NULL, NULL, NULL)) == NULL
            || (keys[index] = PEM_read_PrivateKey(key, NULL, NULL, NULL)) == NULL) {
            fprintf(stderr, "runner: no certificate %s in %s\n", names[index], directory);
            exit(2);
        }
        fclose(file);
        fclose(key);
    }
}

static int index_of(const char *name)
{
    int index = 0;

    while (strcmp(names[index], name) != 0)
        index++;
    return index;
}

X509 *certificate(const char *name)
{
    return certificates[index_of(name)];
}

EVP_PKEY *private_key(const char *name)
{
    return keys[index_of(name)];
}

const char *any_certificate_name(void)
{
    return ANY(names);
}

const char *usual_certificate_name(void)
{
    static const char *const usual[] = {"ec", "rsa", "ec", "ed25519", "rsa-pss", "ec384", "chained"};

    return ANY(usual);
}

/* Strings are put together here. */
static char built[2048];

static void append(const char *part)
{
    size_t used = strlen(built);

    snprintf(built + used, sizeof(built) - used, "%s", part);
}

static const char *const cipher_words[] = {
    "ALL", "COMPLEMENTOFALL", "DEFAULT", "COMPLEMENTOFDEFAULT", "HIGH", "MEDIUM", "LOW", "EXP", "EXPORT", "eNULL", "NULL",
    "aNULL", "kRSA", "aRSA", "RSA", "kDHr", "kDHd", "kDH", "kDHE", "kEDH", "DH", "DHE", "EDH", "ADH", "kEECDH", "kECDHE",
    "ECDH", "ECDHE", "EECDH", "AECDH", "aDSS", "DSS", "aDH", "aECDSA", "ECDSA", "TLSv1.2", "TLSv1.0", "TLSv1", "SSLv3",
    "SSLv2", "TLSv1.3", "AES128", "AES256", "AES", "AESGCM", "AESCCM", "AESCCM8", "ARIA128", "ARIA256", "ARIA", "ARIAGCM",
    "CAMELLIA128", "CAMELLIA256", "CAMELLIA", "CHACHA20", "3DES", "DES", "RC4", "RC2", "IDEA", "SEED", "MD5", "SHA1", "SHA",
    "SHA256", "SHA384", "aGOST", "aGOST01", "kGOST", "GOST94", "GOST89MAC", "GOST12", "GOST89", "GOST2012MAC", "kGOST18", "kGOST12", "PSK", "kPSK", "kECDHEPSK", "kDHEPSK",
    "kRSAPSK", "aPSK", "SRP", "kSRP", "aSRP", "SUITEB128", "SUITEB128ONLY", "SUITEB192", "SUITEB128C2", "FIPS", "CBC", "EXP40", "EXP56", "CDES3", "DES-CBC3-SHA", "MAGMA", "KUZNYECHIK", "aKRB5", "kKRB5", "kFZA",
    "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA256", "DHE-RSA-CHACHA20-POLY1305",
    "PSK-AES128-CBC-SHA", "SRP-RSA-AES-256-CBC-SHA", "ADH-AES128-SHA", "NULL-SHA256", "AECDH-NULL-SHA", "TLS_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-CCM8", "RSA-PSK-ARIA128-GCM-SHA256",
};

static void append_word(void)
{
    char word[64];
    size_t at;

    snprintf(word, sizeof(word), "%s", ANY(cipher_words));
    if (one_in(40)) {
        at = (size_t)below((int)strlen(word));
        word[at] = (char)(' ' + below(95));
    }
    append(word);
}

const char *any_cipher_string(void)
{
    static const char *const usual[] = {
        "DEFAULT", "HIGH", "ALL:@SECLEVEL=0", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "ECDHE+AESGCM:ECDHE+CHACHA20", "HIGH:!aNULL:!MD5",
        "DEFAULT@SECLEVEL=1", "AES128-SHA:AES256-SHA@SECLEVEL=0", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384",
        "kRSA:@SECLEVEL=0", "DHE:@SECLEVEL=0", "aNULL:@SECLEVEL=0", "PSK:@SECLEVEL=0", "eNULL:@SECLEVEL=0", "@STRENGTH", "", ":", "!ALL",
    };
    static const char *const separators[] = {":", ":", ":", ":", ",", " ", ";", "::", " : ", "+"};
    static const char *const operators[] = {"", "", "", "", "+", "-", "!", "-", "+"};
    int parts, more;

    if (one_in(3))
        return ANY(usual);
    built[0] = 0;
    for (parts = 1 + below(6); parts > 0; parts--) {
        if (one_in(8)) {
            char level[32];

            snprintf(level, sizeof(level), "@SECLEVEL=%d", below(8) - (one_in(20) ? 2 : 0));
            append(one_in(2) ? "@STRENGTH" : one_in(10) ? "@GARBAGE" : level);
        } else {
            append(ANY(operators));
            append_word();
            for (more = one_in(3) ? below(3) : 0; more > 0; more--) {
                append("+");
                append_word();
            }
        }
        if (parts > 1 || one_in(20))
            append(ANY(separators));
    }
    return built;
}

/* A list of words with a separator, some of them wrong. */
static const char *list_of(const char *const *words, int count, int most, const char *separator, const char *garbage)
{
    int parts;

    built[0] = 0;
    for (parts = 1 + below(most); parts > 0; parts--) {
        if (one_in(30))
            append(garbage);
        else if (!one_in(60))
            append(words[below(count)]);
        if (parts > 1 || one_in(60))
            append(one_in(80) ? "," : separator);
    }
    return built;
}
#define LIST(words, most, separator, garbage) \
    list_of(words, sizeof(words) / sizeof((words)[0]), most, separator, garbage)

const char *any_ciphersuites(void)
{
    static const char *const words[] = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256",
        "TLS_AES_128_CCM_8_SHA256", "TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
    };

    return LIST(words, 4, ":", "TLS_NO_SUCH_SUITE");
}

const char *any_groups_list(void)
{
    static const char *const words[] = {
        "X25519", "P-256", "P-384", "P-521", "X448", "prime256v1", "secp384r1", "secp521r1", "ffdhe2048", "ffdhe3072", "ffdhe4096", "x25519", "p-256",
        "brainpoolP256r1", "brainpoolP384r1", "secp256k1", "secp224r1", "prime192v1", "sect283k1", "SECP256R1",
    };

    return LIST(words, 4, ":", "P-255");
}

const char *any_sigalgs_list(void)
{
    static const char *const words[] = {
        "ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512", "ed25519", "ed448", "rsa_pss_rsae_sha256",
        "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512", "rsa_pss_pss_sha256", "rsa_pss_pss_sha384", "rsa_pkcs1_sha256",
        "rsa_pkcs1_sha384", "rsa_pkcs1_sha512", "rsa_pkcs1_sha1", "ecdsa_sha1", "ecdsa_sha224", "rsa_pkcs1_sha224", "dsa_sha256",
        "RSA+SHA256", "ECDSA+SHA256", "RSA-PSS+SHA256", "PSS+SHA384", "DSA+SHA1", "ECDSA+SHA384", "RSA+SHA1", "ECDSA+SHA512", "RSA+SHA512", "rsa+sha256",
        "RSA+MD5", "ed25519+SHA256", "RSA+", "+SHA256", "ECDSA+RIPEMD160",
    };

    return LIST(words, 5, ":", "rsa_sha256");
}

int any_version(void)
{
    static const int versions[] = {
        TLS1_3_VERSION, TLS1_2_VERSION, TLS1_3_VERSION, TLS1_2_VERSION, TLS1_2_VERSION, TLS1_1_VERSION, TLS1_VERSION, 0, SSL3_VERSION,
        0x0305, 0x0200, DTLS1_2_VERSION, -1,
    };

    return one_in(4) ? ANY(versions) : versions[below(4)];
}

uint64_t any_options(void)
{
    static const uint64_t options[] = {
        SSL_OP_NO_TICKET, SSL_OP_CIPHER_SERVER_PREFERENCE, SSL_OP_NO_TLSv1_3, SSL_OP_NO_TLSv1_2, SSL_OP_NO_RENEGOTIATION,
        SSL_OP_IGNORE_UNEXPECTED_EOF, SSL_OP_ALLOW_CLIENT_RENEGOTIATION, SSL_OP_NO_EXTENDED_MASTER_SECRET, SSL_OP_NO_ENCRYPT_THEN_MAC,
        SSL_OP_ENABLE_MIDDLEBOX_COMPAT, SSL_OP_PRIORITIZE_CHACHA, SSL_OP_NO_ANTI_REPLAY, SSL_OP_ALLOW_NO_DHE_KEX,
        SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION, SSL_OP_LEGACY_SERVER_CONNECT, SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION,
        SSL_OP_SINGLE_DH_USE, SSL_OP_TLS_ROLLBACK_BUG, SSL_OP_NO_COMPRESSION, SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS, SSL_OP_TLSEXT_PADDING,
        SSL_OP_NO_QUERY_MTU, SSL_OP_COOKIE_EXCHANGE, SSL_OP_CRYPTOPRO_TLSEXT_BUG, SSL_OP_NO_TLSv1, SSL_OP_NO_TLSv1_1, SSL_OP_CLEANSE_PLAINTEXT, SSL_OP_DISABLE_TLSEXT_CA_NAMES,
    };

    return one_in(20) ? random_number() : ANY(options);
}
