/*
 * Certificates that a peer made up: keys that cannot sign, parameters that are missing or make no sense, names of other forms. Each takes the
 * place of the one that was sent.
 */
#include "support.h"


#include <openssl/x509v3.h>

struct der {
    unsigned char bytes[8192];
    size_t length;
};

static void add(struct der *der, const void *bytes, size_t length)
{
    CHECK(der->length + length <= sizeof(der->bytes));
    memcpy(der->bytes + der->length, bytes, length);
    der->length += length;
}

static const char *add_hex(struct der *der, const char *text)
{
    unsigned char byte;

    for (; sscanf(text, "%2hhx", &byte) == 1 && *text != ' '; text += 2)
        add(der, &byte, 1);
    return text;
}

/* Gives what was added since then a tag and a length. */
static void wrap(struct der *der, unsigned char tag, size_t from)
{
    size_t length = der->length - from, header_length = length < 128 ? 2 : length < 256 ? 3 : 4;
    unsigned char header[4] = {tag, (unsigned char)length, (unsigned char)length};

    if (length >= 256)
        header[1] = 0x82, header[2] = (unsigned char)(length >> 8), header[3] = (unsigned char)length;
    else if (length >= 128)
        header[1] = 0x81;
    add(der, header, header_length);
    memmove(der->bytes + from + header_length, der->bytes + from, length);
    memcpy(der->bytes + from, header, header_length);
}

/* "TAG( ... )" has others inside, "TAG:HEX" has these bytes, "!HEX" is just those. Ends at what is closed or at the end. */
static const char *add_text(struct der *der, const char *text)
{
    for (;;) {
        size_t from = der->length;
        unsigned char tag;

        while (*text == ' ')
            text++;
        if (*text == 0 || *text == ')')
            return text;
        if (*text == '!') {
            text = add_hex(der, text + 1);
            continue;
        }
        CHECK_EQ(sscanf(text, "%2hhx", &tag), 1);
        if (text[2] == '(') {
            text = add_text(der, text + 3);
            CHECK_EQ(*text, ')');
            text++;
        } else {
            CHECK_EQ(text[2], ':');
            text = add_hex(der, text + 3);
        }
        wrap(der, tag, from);
    }
}

#define PSS "06:2a864886f70d01010a "
#define MGF1 "06:2a864886f70d010108 "
#define SHA256 "30( 06:608648016503040201 )"
#define ECDSA "06:2a8648ce3d040302"
#define EC "06:2a8648ce3d0201 "

/* What an AlgorithmIdentifier of RSASSA-PSS may have behind its number. */
static const char *const pss[] = {
    "",
    "05:",
    "30( )",
    "30( a0( " SHA256 " ) )",
    "30( a1( 30( " MGF1 SHA256 " ) ) )",
    "30( a0( " SHA256 " ) a1( 30( " MGF1 ") ) )",
    "30( a0( " SHA256 " ) a1( 30( " MGF1 "05: ) ) )",
    "30( a0( " SHA256 " ) a1( 30( " MGF1 "30( ) ) ) )",
    "30( a0( " SHA256 " ) a1( 30( 06:2a864886f70d010107 " SHA256 " ) ) )",
    "30( a0( " SHA256 " ) a1( 05: ) )",
    "30( a0( " SHA256 " ) a1( ) )",
    "30( a0( ) a1( ) a2( ) a3( ) )",
    "30( a0( " SHA256 " ) a1( 30( " MGF1 SHA256 " ) ) a2( 02:ff ) )",
    "30( a0( " SHA256 " ) a1( 30( " MGF1 SHA256 " ) ) a2( 02:7fffffff ) )",
    "30( a0( " SHA256 " ) a1( 30( " MGF1 SHA256 " ) ) a2( 02:010000000000000000 ) )",
    "30( a0( " SHA256 " ) a1( 30( " MGF1 SHA256 " ) ) a2( 02:20 ) a3( 02:02 ) )",
    "30( a0( " SHA256 " ) a1( 30( " MGF1 SHA256 " ) ) a2( 02:20 ) a3( 02:01 ) 05: )",
    "30( a0( 30( 06:2a03 ) ) a1( 30( " MGF1 "30( 06:2a03 ) ) ) )",
    "30( a0( !30ff06 ) )",
    "30( !a08230ff )",
    "04:00",
    "!3084ffffffff",
};

#define PRIME "06:2a8648ce3d0101 "
#define BINARY "06:2a8648ce3d0102 "
#define PRIME_CURVE(p, base) "30( 02:01 30( " PRIME "02:" p " ) 30( 04:00 04:03 ) 04:" base " 02:0d 02:01 )"
#define BINARY_CURVE(field) \
    "30( 02:01 30( " BINARY "30( " field " ) ) 30( 04:01 04:01 ) 04:0400000000000000000000000000000000000000000000000000000000000000000000" \
    "000000000000000000 02:0d 02:01 )"
#define ON_BASIS "06:2a8648ce3d01020301 "
#define TP_BASIS "06:2a8648ce3d01020302 "
#define PP_BASIS "06:2a8648ce3d01020303 "
#define ONES "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define P256 "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"

/* The parameters of an EC key. */
static const char *const curves[] = {
    "",
    "05:",
    "30( )",
    "06:2a03",
    "06:",
    "!0682ffff",
    /* A field that is none, and a base point that has to be computed. */
    PRIME_CURVE("02b9", "0201"),
    PRIME_CURVE("02b9", "02"),
    PRIME_CURVE("02b9", "02028f"),
    PRIME_CURVE("02b9", "0302b8"),
    PRIME_CURVE("460201", "02000005"),
    PRIME_CURVE("460201", "0320a7ee"),
    PRIME_CURVE("00" ONES ONES, "02" ONES ONES),
    PRIME_CURVE("00" ONES ONES ONES ONES ONES ONES ONES ONES ONES ONES ONES ONES ONES ONES ONES, "0201"),
    PRIME_CURVE("00", "0200"),
    PRIME_CURVE("01", "0200"),
    PRIME_CURVE("02", "0201"),
    PRIME_CURVE("ff", "0201"),
    PRIME_CURVE("10000000", "0205"),
    PRIME_CURVE("02b9", "0400000001"),
    PRIME_CURVE("02b9", ""),
    PRIME_CURVE("11", "00"),
    /* The same of characteristic two: polynomials that are none or can be divided. */
    BINARY_CURVE("02:00a3 " TP_BASIS "02:00"),
    BINARY_CURVE("02:00a3 " TP_BASIS "02:01"),
    BINARY_CURVE("02:00a3 " TP_BASIS "02:00a3"),
    BINARY_CURVE("02:00a3 " TP_BASIS "02:00ff"),
    BINARY_CURVE("02:00a3 " TP_BASIS "02:ff"),
    BINARY_CURVE("02:00a3 " PP_BASIS "30( 02:03 02:06 02:07 )"),
    BINARY_CURVE("02:00a3 " PP_BASIS "30( 02:07 02:06 02:03 )"),
    BINARY_CURVE("02:00a3 " PP_BASIS "30( 02:03 02:06 02:00a4 )"),
    BINARY_CURVE("02:00a3 " PP_BASIS "30( 02:00 02:00 02:00 )"),
    BINARY_CURVE("02:00a3 " PP_BASIS "30( )"),
    BINARY_CURVE("02:00a3 " PP_BASIS "05:"),
    BINARY_CURVE("02:00a3 " TP_BASIS "30( )"),
    BINARY_CURVE("02:00a3 " ON_BASIS "05:"),
    BINARY_CURVE("02:00a3 06:2a03 05:"),
    BINARY_CURVE("02:00 " TP_BASIS "02:00"),
    BINARY_CURVE("02:01 " TP_BASIS "02:00"),
    BINARY_CURVE("02:ff " TP_BASIS "02:01"),
    BINARY_CURVE("02:7fffffff " TP_BASIS "02:7ffffffe"),
    BINARY_CURVE("02:7fffffffffffffff " TP_BASIS "02:01"),
    BINARY_CURVE("02:0297 " TP_BASIS "02:0296"),
    /* P-256, spelled out. */
    "30( 02:01 30( " PRIME "02:00" P256 " ) 30( 04:ffffffff00000001000000000000000000000000fffffffffffffffffffffffc "
    "04:5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b ) "
    "04:046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5 "
    "02:00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551 02:01 )",
};

/* A certificate for the key of `name` that says to be signed by the key of "rsa", and is not. */
static void make_certificate(struct der *made, const char *name, const char *key_algorithm, const char *signature_algorithm)
{
    X509 *issuer = load_certificate("rsa"), *subject = load_certificate(name);
    const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(subject);
    unsigned char *names[2] = {NULL, NULL};
    int lengths[2] = {i2d_X509_NAME(X509_get_subject_name(issuer), &names[0]),
                      i2d_X509_NAME(X509_get_subject_name(subject), &names[1])};
    size_t from, bits;

    CHECK(lengths[0] > 0 && lengths[1] > 0);
    made->length = 0;
    add_text(made, "a0( 02:02 ) 02:01");
    from = made->length;
    add_text(made, signature_algorithm);
    wrap(made, 0x30, from);
    add(made, names[0], (size_t)lengths[0]);
    add_text(made, "30( 17:3230303130313030303030305a 17:3439303130313030303030305a )");
    add(made, names[1], (size_t)lengths[1]);
    from = made->length;
    add_text(made, key_algorithm);
    wrap(made, 0x30, from);
    bits = made->length;
    add(made, "", 1);
    add(made, ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key));
    wrap(made, 3, bits);
    wrap(made, 0x30, from);
    wrap(made, 0x30, 0);
    from = made->length;
    add_text(made, signature_algorithm);
    wrap(made, 0x30, from);
    from = made->length;
    /* Less than any modulus of its length. */
    add_text(made, "!007fffffffffffffffffffffffffffffff !ffffffffffffffffffffffffffffffff !" ONES ONES ONES ONES);
    wrap(made, 3, from);
    wrap(made, 0x30, 0);
    OPENSSL_free(names[0]);
    OPENSSL_free(names[1]);
    X509_free(issuer);
    X509_free(subject);
}

/* Puts these bytes in place of the certificate that waits for this side, or of none. */
static void replace_certificate(struct pair *pair, int side, const unsigned char *certificate, size_t length)
{
    struct queue *queue = &pair->queue[side];
    size_t before = 0, after, rest_length;
    unsigned char *record = queue->bytes + queue->start, *rest;
    struct der message = {.length = 0};

    while (record[before] != SSL3_RT_HANDSHAKE || record[before + 5] != SSL3_MT_CERTIFICATE) {
        before += 5 + (size_t)(record[before + 3] << 8 | record[before + 4]);
        CHECK(before < queue_length(queue));
    }
    after = before + 5 + (size_t)(record[before + 3] << 8 | record[before + 4]);
    rest_length = queue_length(queue) - after;
    rest = malloc(rest_length);
    CHECK(rest != NULL);
    memcpy(rest, record + after, rest_length);
    queue->end = queue->start + before;
    /* Five lengths, each of what is behind it: of the record, the message, the list, the certificate. */
    add(&message, "\x16\x03\x03\0\0\x0b\0\0\0\0\0\0\0\0\0", 15);
    for (size_t at = 5; at <= 15; at += at == 5 ? 4 : 3) {
        message.bytes[at - 2] = (unsigned char)((length + 15 - at) >> 8);
        message.bytes[at - 1] = (unsigned char)(length + 15 - at);
    }
    add(&message, certificate, length);
    queue_add(queue, message.bytes, message.length);
    queue_add(queue, rest, rest_length);
    free(rest);
}

static int accept_all(int ok, X509_STORE_CTX *context)
{
    (void)ok, (void)context;
    return 1;
}

/* A handshake in which `side` gets this certificate: in place of the server's, which is `name`, or of the client's, which has none. */
static void try_certificate(int side, const char *name, const struct der *certificate, int accept, struct outcome outcome[2])
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    X509 *issuer = load_certificate("rsa");

    use_identity(pair->ctx[SERVER], name);
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], strncmp(name, "rsa", 3) == 0 ? "ECDHE+aRSA" : "ECDHE+aECDSA"));
    trust(pair->ctx[SERVER], "root");
    /* The issuer that is named, which may be none, is at hand. */
    for (int i = CLIENT; i <= SERVER; i++) {
        CHECK_OK(X509_STORE_add_cert(SSL_CTX_get_cert_store(pair->ctx[i]), issuer));
        if (i == side)
            SSL_CTX_set_verify(pair->ctx[i], SSL_VERIFY_PEER, accept ? accept_all : NULL);
    }
    X509_free(issuer);
    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    if (side == SERVER)
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    replace_certificate(pair, side, certificate->bytes, certificate->length);
    pair_try(pair, outcome);
    pair_free(pair);
}

/* It is refused by either side, even by a program that takes any chain; who computes without end runs into the test's alarm. */
static void check_certificate(const char *name, const char *key_algorithm, const char *signature_algorithm)
{
    struct der made;
    struct outcome outcome[2];

    make_certificate(&made, name, key_algorithm, signature_algorithm);
    for (int accept = 0; accept < 2; accept++) {
        for (int side = CLIENT; side <= SERVER; side++) {
            try_certificate(side, name, &made, accept, outcome);
            CHECK_EQ(outcome[side].error, SSL_ERROR_SSL);
            CHECK_EQ(ERR_GET_LIB(outcome[side].first), ERR_LIB_SSL);
        }
    }
}

/* CVE-2015-3194: as those of a key, and of a signature. */
TEST(cve_2015_3194_parameters_of_pss)
{
    for (size_t i = 0; i < sizeof(pss) / sizeof(*pss); i++) {
        char algorithm[500];

        snprintf(algorithm, sizeof(algorithm), PSS "%s", pss[i]);
        check_certificate("rsa-pss", algorithm, ECDSA);
        check_certificate("ec", EC "06:2a8648ce3d030107", algorithm);
    }
}

/* CVE-2015-1788, CVE-2022-0778: nothing is looked for that is not there. */
TEST(cve_2022_0778_parameters_of_curves)
{
    for (size_t i = 0; i < sizeof(curves) / sizeof(*curves); i++) {
        char algorithm[3000];

        snprintf(algorithm, sizeof(algorithm), EC "%s", curves[i]);
        check_certificate("ec", algorithm, ECDSA);
    }
}

/* CVE-2015-0205: a client shows a certificate and signs nothing, whether its key could sign or not. */
TEST(cve_2015_0205_certificate_without_a_signature)
{
    static const char *const names[] = {"x25519", "dh", "ec", "rsa", "ed25519"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        X509 *certificate = load_certificate(names[i]);
        unsigned char *bytes = NULL;
        struct der copy = {.length = 0};
        struct outcome outcome[2];
        int length = i2d_X509(certificate, &bytes);

        CHECK(length > 0);
        add(&copy, bytes, (size_t)length);
        try_certificate(SERVER, "ec", &copy, 0, outcome);
        CHECK_OUTCOME(outcome[SERVER], SSL_R_UNEXPECTED_MESSAGE);
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_UNEXPECTED_MESSAGE);
        OPENSSL_free(bytes);
        X509_free(certificate);
    }
}

/* The certificate "ec" with other names. */
static X509 *certificate_with_names(const char *names)
{
    X509 *certificate = load_certificate("ec"), *issuer = load_certificate("root");
    EVP_PKEY *key = load_key("root");
    X509V3_CTX context;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, names);
    CHECK(extension != NULL);
    X509_EXTENSION_free(X509_delete_ext(certificate, X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1)));
    CHECK_OK(X509_add_ext(certificate, extension, -1));
    CHECK(X509_sign(certificate, key, EVP_sha256()) > 0);
    X509_EXTENSION_free(extension);
    EVP_PKEY_free(key);
    X509_free(issuer);
    return certificate;
}

/* CVE-2024-6119: names of other forms are no names of hosts, mail boxes or addresses, whatever they hold. */
TEST_VERSIONS(cve_2024_6119_other_names)
{
#define MAILBOX "otherName:1.3.6.1.5.5.7.8.9;"
    static const char *const names[] = {
        MAILBOX "UTF8:server.example", MAILBOX "IA5:someone@server.example", MAILBOX "NULL", MAILBOX "INTEGER:7",
        MAILBOX "BOOLEAN:TRUE", MAILBOX "OID:1.2.3", "otherName:1.3.6.1.5.5.7.8.7;IA5:_https.server.example",
        "otherName:1.3.6.1.5.5.7.8.8;NULL", "RID:1.2.3.4", "URI:https://server.example/",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        for (int kind = 0; kind < 3; kind++) {
            struct pair *pair = pair_contexts(version);
            X509 *certificate = certificate_with_names(names[i]);
            X509_VERIFY_PARAM *parameters;
            struct outcome outcome[2];

            CHECK_OK(SSL_CTX_use_certificate(pair->ctx[SERVER], certificate));
            CHECK_OK(SSL_CTX_use_PrivateKey_file(pair->ctx[SERVER], cert_path("ec", "key"), SSL_FILETYPE_PEM));
            pair_over_wire(pair);
            parameters = SSL_get0_param(pair->ssl[CLIENT]);
            if (kind == 0)
                CHECK_OK(SSL_set1_host(pair->ssl[CLIENT], "server.example"));
            else if (kind == 1)
                CHECK_OK(X509_VERIFY_PARAM_set1_email(parameters, "someone@server.example", 0));
            else
                CHECK_OK(X509_VERIFY_PARAM_set1_ip_asc(parameters, "127.0.0.1"));
            pair_try(pair, outcome);
            CHECK_OUTCOME(outcome[CLIENT], SSL_R_CERTIFICATE_VERIFY_FAILED);
            CHECK_EQ(SSL_get_verify_result(pair->ssl[CLIENT]), kind == 0   ? X509_V_ERR_HOSTNAME_MISMATCH
                                                               : kind == 1 ? X509_V_ERR_EMAIL_MISMATCH
                                                                           : X509_V_ERR_IP_ADDRESS_MISMATCH);
            X509_free(certificate);
            pair_free(pair);
        }
    }
}

/* The alert for a certificate that does not parse is another on either side. */
TEST(alert_for_a_certificate_that_does_not_parse)
{
    struct der made;
    struct outcome outcome[2];

    make_certificate(&made, "ec", EC "06:", ECDSA);
    try_certificate(CLIENT, "ec", &made, 0, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_SSLV3_ALERT_BAD_CERTIFICATE);
    try_certificate(SERVER, "ec", &made, 0, outcome);
    CHECK_OUTCOME(outcome[CLIENT], SSL_R_TLSV1_ALERT_DECODE_ERROR);
}

/* RFC 5480 2.1.1: a curve must be named. The system's library verifies the signature of a key whose certificate spells P-256 out, where the
 * program takes the chain, which libcrypto does not; what fails is the Finished then. */
TEST(curve_that_is_spelled_out)
{
    struct der made;
    struct outcome outcome[2];
    char algorithm[3000];

    snprintf(algorithm, sizeof(algorithm), EC "%s", curves[sizeof(curves) / sizeof(*curves) - 1]);
    make_certificate(&made, "ec", algorithm, ECDSA);
    try_certificate(CLIENT, "ec", &made, 1, outcome);
    if (on_the_oracle())
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
    else
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_WRONG_CURVE);
}

/* RFC 5280 4.1: a certificate is DER. A length with a leading zero (BER) outside of the key is fine for the system's library. */
TEST(length_with_a_leading_zero)
{
    struct der made;
    struct outcome outcome[2];
    size_t length;

    make_certificate(&made, "ec", EC "06:2a8648ce3d030107", ECDSA);
    CHECK_EQ(made.bytes[0], 0x30);
    CHECK_EQ(made.bytes[1], 0x82);
    length = made.length - 4;
    memmove(made.bytes + 5, made.bytes + 4, length);
    made.bytes[1] = 0x83, made.bytes[2] = 0, made.bytes[3] = (unsigned char)(length >> 8), made.bytes[4] = (unsigned char)length;
    made.length++;
    try_certificate(CLIENT, "ec", &made, 1, outcome);
    if (on_the_oracle())
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_SSLV3_ALERT_BAD_RECORD_MAC);
    else
        CHECK_OUTCOME(outcome[CLIENT], SSL_R_BAD_LENGTH);
}
