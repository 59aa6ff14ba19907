/* SSL_CTX_set_security_callback(3): which questions the callback is asked in each kind of handshake, in which order and how often, between
 * which messages. */
#include "support.h"

/* A line each message, and one for the questions of a kind that come after each other: whose, which operation, about what. */
static char trace[8192];
static int last_asked;
static struct {
    int server, operation, skip; /* what is refused, but for the first so many times */
} refused;

static void note(const char *format, int what)
{
    size_t length = strlen(trace);

    CHECK((size_t)snprintf(trace + length, sizeof(trace) - length, format, what) < sizeof(trace) - length);
}

static const char *name_of(int operation)
{
    switch (operation) {
    case SSL_SECOP_VERSION: return "version";
    case SSL_SECOP_TICKET: return "ticket";
    case SSL_SECOP_TMP_DH: return "prime";
    case SSL_SECOP_CIPHER_SUPPORTED: return "suite supported";
    case SSL_SECOP_CIPHER_SHARED: return "suite shared";
    case SSL_SECOP_CIPHER_CHECK: return "suite check";
    case SSL_SECOP_CURVE_SUPPORTED: return "group supported";
    case SSL_SECOP_CURVE_SHARED: return "group shared";
    case SSL_SECOP_CURVE_CHECK: return "group check";
    case SSL_SECOP_SIGALG_SUPPORTED: return "scheme supported";
    case SSL_SECOP_SIGALG_SHARED: return "scheme shared";
    case SSL_SECOP_SIGALG_CHECK: return "scheme check";
    case SSL_SECOP_SIGALG_MASK: return "scheme mask";
    case SSL_SECOP_EE_KEY: return "key";
    case SSL_SECOP_CA_KEY: return "CA's key";
    case SSL_SECOP_CA_MD: return "CA's signature";
    }
    return "?";
}

static int note_question(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid, void *other, void *data)
{
    int server = ssl == NULL ? 2 : SSL_is_server((SSL *)ssl), what;

    (void)ctx, (void)data;
    switch (operation & SSL_SECOP_OTHER_TYPE) {
    case SSL_SECOP_OTHER_CIPHER:
        what = SSL_CIPHER_get_protocol_id(other);
        CHECK_EQ(bits, SSL_CIPHER_get_bits(other, NULL));
        break;
    case SSL_SECOP_OTHER_CURVE:
    case SSL_SECOP_OTHER_SIGALG:
        what = ((unsigned char *)other)[0] << 8 | ((unsigned char *)other)[1];
        break;
    case SSL_SECOP_OTHER_DH:
        what = EVP_PKEY_get_bits(other);
        break;
    case SSL_SECOP_OTHER_CERT:
        what = bits;
        break;
    default:
        what = nid;
    }
    if (last_asked != (operation << 2 | server)) {
        note("\n%c ", "CSX"[server]);
        strcat(trace, name_of(operation));
    }
    last_asked = operation << 2 | server;
    note((operation & SSL_SECOP_OTHER_TYPE) == SSL_SECOP_OTHER_CERT ? " %d" : " %x", what);
    return !(server == refused.server && operation == refused.operation && refused.skip-- <= 0);
}

static void note_message(int written, int version, int type, const void *bytes, size_t length, SSL *ssl, void *argument)
{
    (void)version, (void)length, (void)argument;
    if (type != SSL3_RT_HANDSHAKE)
        return;
    note("\n%c", SSL_is_server(ssl) ? 'S' : 'C');
    note(written ? " sends %d" : " reads %d", *(const unsigned char *)bytes);
    last_asked = 0;
}

/* Few suites, groups and schemes, and always the same. */
static struct pair *noting_pair(int version)
{
    struct pair *pair = pair_contexts(version);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX *ctx = pair->ctx[side];

        CHECK_OK(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"));
        CHECK_OK(SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA"));
        CHECK_OK(SSL_CTX_set1_groups_list(ctx, "P-256:X25519"));
        CHECK_OK(SSL_CTX_set1_sigalgs_list(ctx, "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256"));
        SSL_CTX_set_security_callback(ctx, note_question);
        SSL_CTX_set_msg_callback(ctx, note_message);
    }
    CHECK_OK(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"noting", 6));
    SSL_CTX_set_num_tickets(pair->ctx[SERVER], 1);
    return pair;
}

static void clear_trace(void)
{
    trace[0] = 0;
    last_asked = 0;
}

/* Later versions of the system's library ask other questions. */
static void check_trace(const char *expected)
{
    if (!on_the_oracle() || OpenSSL_version_num() < 0x30200000L)
        CHECK_STR(trace, expected);
    clear_trace();
}

static void ask_for_certificate(struct pair *pair)
{
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_PEER, NULL);
    trust(pair->ctx[SERVER], "root");
    use_identity(pair->ctx[CLIENT], "rsa");
}

static void shake(struct pair *pair)
{
    pair_over_wire(pair);
    clear_trace();
    pair_handshake(pair);
}

/* Both sides read until nothing is left, the client first. */
static void read_all(struct pair *pair)
{
    char byte;

    for (int i = 0; i < 12; i++)
        SSL_read(pair->ssl[i % 2], &byte, 1);
    ERR_clear_error();
}

/* What a client asks itself before its ClientHello, and the ClientHello. */
#define HELLO13 \
    "\nC version 304 304 304" \
    "\nC scheme mask 403 804" \
    "\nC version 304" \
    "\nC suite supported 1301 1302" \
    "\nC version 304 304" \
    "\nC scheme mask 403 804" \
    "\nC version 304" \
    "\nC suite supported 1301 1302" \
    "\nC group supported 17" \
    "\nC version 304" \
    "\nC scheme mask 403 804" \
    "\nC version 304" \
    "\nC suite supported 1301 1302" \
    "\nC group supported 17 17 1d" \
    "\nC ticket 0" \
    "\nC scheme supported 403 804 401" \
    "\nC version 304" \
    "\nC group supported 17" \
    "\nC sends 1"
#define HELLO12 \
    "\nC version 304 304 303 304 303" \
    "\nC scheme mask 403 804" \
    "\nC version 304 303" \
    "\nC suite supported c02b c02f 2f" \
    "\nC version 304 303 304 303" \
    "\nC scheme mask 403 804" \
    "\nC version 304 303" \
    "\nC suite supported c02b c02f 2f" \
    "\nC group supported 17" \
    "\nC version 304 303" \
    "\nC scheme mask 403 804" \
    "\nC version 304 303" \
    "\nC suite supported c02b c02f 2f" \
    "\nC group supported 17 17 1d" \
    "\nC ticket 0" \
    "\nC scheme supported 403 804 401" \
    "\nC version 304 303" \
    "\nC sends 1"

/* TLS 1.3. */
TEST(tls13)
{
    struct pair *pair = noting_pair(TLS1_3_VERSION);

    shake(pair);
    pair_settle(pair);
    check_trace(HELLO13
                "\nS version 304 304"
                "\nS reads 1"
                "\nS version 304"
                "\nS suite shared 1301"
                "\nS group check 17"
                "\nS group supported 17"
                "\nS scheme shared 403 804 401 403 804 401"
                "\nS sends 2"
                "\nS group supported 17"
                "\nS sends 8"
                "\nS key 128"
                "\nS CA's signature 128"
                "\nS sends 11"
                "\nS sends 15"
                "\nS sends 20"
                "\nC reads 2"
                "\nC version 304"
                "\nC suite check 1301"
                "\nC reads 8"
                "\nC reads 11"
                "\nC reads 15"
                "\nC scheme check 403"
                "\nC reads 20"
                "\nC sends 20"
                "\nS reads 20"
                "\nS sends 4"
                "\nC version 304"
                "\nC reads 4");
    pair_free(pair);
}

/* TLS 1.2. */
TEST(tls12)
{
    struct pair *pair = noting_pair(TLS1_2_VERSION);

    shake(pair);
    check_trace(HELLO12
                "\nS version 304 304 303"
                "\nS reads 1"
                "\nS version 303 304"
                "\nS ticket 0"
                "\nS scheme shared 403 804 401 403 804 401"
                "\nS group check 17"
                "\nS group shared 17"
                "\nS suite shared c02b"
                "\nS ticket 0"
                "\nS sends 2"
                "\nS key 128"
                "\nS CA's signature 128"
                "\nS sends 11"
                "\nS group shared 17"
                "\nS sends 12"
                "\nS sends 14"
                "\nC reads 2"
                "\nC version 304 303"
                "\nC suite check c02b"
                "\nC ticket 0"
                "\nC reads 11"
                "\nC reads 12"
                "\nC group check 17 17"
                "\nC scheme check 403"
                "\nC reads 14"
                "\nC sends 16"
                "\nC sends 20"
                "\nS reads 16"
                "\nS reads 20"
                "\nS sends 4"
                "\nS sends 20"
                "\nC reads 4"
                "\nC reads 20");
    pair_free(pair);
}

/* The client encrypts to the certificate. */
TEST(static_rsa)
{
    struct pair *pair = noting_pair(TLS1_2_VERSION);

    use_identity(pair->ctx[SERVER], "rsa");
    CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[SERVER], "AES128-SHA"));
    shake(pair);
    check_trace(HELLO12
                "\nS version 304 304 303"
                "\nS reads 1"
                "\nS version 303 304"
                "\nS ticket 0"
                "\nS scheme shared 403 804 401 403 804 401"
                "\nS group check 17"
                "\nS group shared 17 17"
                "\nS suite shared 2f"
                "\nS ticket 0"
                "\nS sends 2"
                "\nS key 112"
                "\nS CA's signature 128"
                "\nS sends 11"
                "\nS sends 14"
                "\nC reads 2"
                "\nC version 304 303"
                "\nC suite check 2f"
                "\nC ticket 0"
                "\nC reads 11"
                "\nC reads 14"
                "\nC sends 16"
                "\nC sends 20"
                "\nS reads 16"
                "\nS reads 20"
                "\nS sends 4"
                "\nS sends 20"
                "\nC reads 4"
                "\nC reads 20");
    pair_free(pair);
}

/* A pre-shared key of TLS 1.2. */
TEST(psk)
{
    struct pair *pair = noting_pair(TLS1_2_VERSION);

    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], "ECDHE-PSK-AES128-CBC-SHA256:PSK-AES128-GCM-SHA256"));
    share_psk(pair);
    shake(pair);
    check_trace("\nC version 304 304 303 304 303"
                "\nC scheme mask 403 804"
                "\nC version 304 303"
                "\nC suite supported c037 a8"
                "\nC version 304 303 304 303"
                "\nC scheme mask 403 804"
                "\nC version 304 303"
                "\nC suite supported c037 a8"
                "\nC group supported 17"
                "\nC version 304 303"
                "\nC scheme mask 403 804"
                "\nC version 304 303"
                "\nC suite supported c037 a8"
                "\nC group supported 17 17 1d"
                "\nC ticket 0"
                "\nC scheme supported 403 804 401"
                "\nC version 304 303"
                "\nC sends 1"
                "\nS version 304 304 303"
                "\nS reads 1"
                "\nS version 303 304"
                "\nS ticket 0"
                "\nS scheme shared 403 804 401 403 804 401"
                "\nS group check 17"
                "\nS suite shared c037"
                "\nS ticket 0"
                "\nS sends 2"
                "\nS group shared 17"
                "\nS sends 12"
                "\nS sends 14"
                "\nC reads 2"
                "\nC version 304 303"
                "\nC suite check c037"
                "\nC ticket 0"
                "\nC reads 12"
                "\nC group check 17"
                "\nC reads 14"
                "\nC sends 16"
                "\nC sends 20"
                "\nS reads 16"
                "\nS reads 20"
                "\nS sends 4"
                "\nS sends 20"
                "\nC reads 4"
                "\nC reads 20");
    pair_free(pair);
}

/* Diffie-Hellman over a prime; the parameters are asked about when they are set, too. */
TEST(dhe)
{
    struct pair *pair = noting_pair(TLS1_2_VERSION);
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    EVP_PKEY *parameters = NULL;

    CHECK(EVP_PKEY_keygen_init(maker) == 1 && EVP_PKEY_CTX_set_group_name(maker, "ffdhe2048") == 1);
    CHECK_EQ(EVP_PKEY_generate(maker, &parameters), 1);
    EVP_PKEY_CTX_free(maker);
    use_identity(pair->ctx[SERVER], "rsa");
    clear_trace();
    CHECK_OK(SSL_CTX_set0_tmp_dh_pkey(pair->ctx[SERVER], parameters));
    check_trace("\nX prime 0");
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], "DHE-RSA-AES128-GCM-SHA256"));
    shake(pair);
    check_trace("\nC version 304 304 303 304 303"
                "\nC scheme mask 403 804"
                "\nC version 304 303"
                "\nC suite supported 9e"
                "\nC version 304 303 304 303"
                "\nC scheme mask 403 804"
                "\nC version 304 303"
                "\nC suite supported 9e"
                "\nC version 304 303"
                "\nC scheme mask 403 804"
                "\nC version 304 303"
                "\nC suite supported 9e"
                "\nC ticket 0"
                "\nC scheme supported 403 804 401"
                "\nC version 304 303"
                "\nC sends 1"
                "\nS version 304 304 303"
                "\nS reads 1"
                "\nS version 303 304"
                "\nS ticket 0"
                "\nS scheme shared 403 804 401 403 804 401"
                "\nS group check 17"
                "\nS suite shared 9e"
                "\nS ticket 0"
                "\nS sends 2"
                "\nS key 112"
                "\nS CA's signature 128"
                "\nS sends 11"
                "\nS prime 0"
                "\nS sends 12"
                "\nS sends 14"
                "\nC reads 2"
                "\nC version 304 303"
                "\nC suite check 9e"
                "\nC ticket 0"
                "\nC reads 11"
                "\nC reads 12"
                "\nC prime 0"
                "\nC scheme check 804"
                "\nC reads 14"
                "\nC sends 16"
                "\nC sends 20"
                "\nS reads 16"
                "\nS reads 20"
                "\nS sends 4"
                "\nS sends 20"
                "\nC reads 4"
                "\nC reads 20");
    pair_free(pair);
}

/* The client authenticates itself. */
TEST(client_certificate_tls13)
{
    struct pair *pair = noting_pair(TLS1_3_VERSION);

    ask_for_certificate(pair);
    shake(pair);
    check_trace(HELLO13
                "\nS version 304 304"
                "\nS reads 1"
                "\nS version 304"
                "\nS suite shared 1301"
                "\nS group check 17"
                "\nS group supported 17"
                "\nS scheme shared 403 804 401 403 804 401"
                "\nS sends 2"
                "\nS group supported 17"
                "\nS sends 8"
                "\nS scheme supported 403 804 401"
                "\nS sends 13"
                "\nS key 128"
                "\nS CA's signature 128"
                "\nS CA's key 128"
                "\nS sends 11"
                "\nS sends 15"
                "\nS sends 20"
                "\nC reads 2"
                "\nC version 304"
                "\nC suite check 1301"
                "\nC reads 8"
                "\nC reads 13"
                "\nC scheme shared 403 804 401 403 804 401"
                "\nC reads 11"
                "\nC reads 15"
                "\nC scheme check 403"
                "\nC reads 20"
                "\nC key 112"
                "\nC CA's signature 128"
                "\nC CA's key 128"
                "\nC sends 11"
                "\nC sends 15"
                "\nC sends 20"
                "\nS reads 11"
                "\nS reads 15"
                "\nS scheme check 804"
                "\nS reads 20"
                "\nS sends 4");
    pair_free(pair);
}

/* The same. */
TEST(client_certificate_tls12)
{
    struct pair *pair = noting_pair(TLS1_2_VERSION);

    ask_for_certificate(pair);
    shake(pair);
    check_trace(HELLO12
                "\nS version 304 304 303"
                "\nS reads 1"
                "\nS version 303 304"
                "\nS ticket 0"
                "\nS scheme shared 403 804 401 403 804 401"
                "\nS group check 17"
                "\nS group shared 17"
                "\nS suite shared c02b"
                "\nS ticket 0"
                "\nS sends 2"
                "\nS key 128"
                "\nS CA's signature 128"
                "\nS CA's key 128"
                "\nS sends 11"
                "\nS group shared 17"
                "\nS sends 12"
                "\nS scheme mask 403 804"
                "\nS scheme supported 403 804 401"
                "\nS sends 13"
                "\nS sends 14"
                "\nC reads 2"
                "\nC version 304 303"
                "\nC suite check c02b"
                "\nC ticket 0"
                "\nC reads 11"
                "\nC reads 12"
                "\nC group check 17 17"
                "\nC scheme check 403"
                "\nC reads 13"
                "\nC scheme shared 403 804 401 403 804 401"
                "\nC reads 14"
                "\nC key 112"
                "\nC CA's signature 128"
                "\nC CA's key 128"
                "\nC sends 11"
                "\nC sends 16"
                "\nC sends 15"
                "\nC sends 20"
                "\nS reads 11"
                "\nS reads 16"
                "\nS reads 15"
                "\nS scheme check 804"
                "\nS reads 20"
                "\nS sends 4"
                "\nS sends 20"
                "\nC reads 4"
                "\nC reads 20");
    pair_free(pair);
}

/* The server wants another group. */
TEST(hello_retry_request)
{
    struct pair *pair = noting_pair(TLS1_3_VERSION);

    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "X25519"));
    shake(pair);
    check_trace(HELLO13
                "\nS version 304 304"
                "\nS reads 1"
                "\nS version 304"
                "\nS suite shared 1301"
                "\nS group check 1d"
                "\nS group supported 1d"
                "\nS scheme shared 403 804 401 403 804 401"
                "\nS sends 2"
                "\nC reads 2"
                "\nC suite check 1301"
                "\nC group supported 1d"
                "\nC version 304 304"
                "\nC scheme mask 403 804"
                "\nC version 304"
                "\nC suite supported 1301 1302"
                "\nC version 304 304"
                "\nC scheme mask 403 804"
                "\nC version 304"
                "\nC suite supported 1301 1302"
                "\nC group supported 17"
                "\nC version 304"
                "\nC scheme mask 403 804"
                "\nC version 304"
                "\nC suite supported 1301 1302"
                "\nC group supported 17 17 1d"
                "\nC ticket 0"
                "\nC scheme supported 403 804 401"
                "\nC version 304"
                "\nC sends 1"
                "\nS reads 1"
                "\nS suite shared 1301"
                "\nS group check 1d"
                "\nS group supported 1d"
                "\nS scheme shared 403 804 401 403 804 401"
                "\nS sends 2"
                "\nS group supported 1d"
                "\nS sends 8"
                "\nS key 128"
                "\nS CA's signature 128"
                "\nS sends 11"
                "\nS sends 15"
                "\nS sends 20"
                "\nC reads 2"
                "\nC version 304"
                "\nC suite check 1301"
                "\nC reads 8"
                "\nC reads 11"
                "\nC reads 15"
                "\nC scheme check 403"
                "\nC reads 20"
                "\nC sends 20"
                "\nS reads 20"
                "\nS sends 4");
    pair_free(pair);
}

/* A session is resumed. */
TEST(resumption_tls13)
{
    struct pair *pair = noting_pair(TLS1_3_VERSION);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    clear_trace();
    SSL_SESSION_free(connect_with(pair, session, 1));
    SSL_SESSION_free(session);
    check_trace("\nC version 304 304 304 304"
                "\nC scheme mask 403 804"
                "\nC version 304"
                "\nC suite supported 1301 1302"
                "\nC version 304 304"
                "\nC scheme mask 403 804"
                "\nC version 304"
                "\nC suite supported 1301 1302"
                "\nC group supported 17"
                "\nC version 304"
                "\nC scheme mask 403 804"
                "\nC version 304"
                "\nC suite supported 1301 1302"
                "\nC group supported 17 17 1d"
                "\nC ticket 0"
                "\nC scheme supported 403 804 401"
                "\nC version 304"
                "\nC group supported 17"
                "\nC sends 1"
                "\nS version 304 304"
                "\nS reads 1"
                "\nS version 304"
                "\nS suite shared 1301"
                "\nS group check 17"
                "\nS group supported 17"
                "\nS sends 2"
                "\nS group supported 17"
                "\nS sends 8"
                "\nS sends 20"
                "\nC reads 2"
                "\nC version 304"
                "\nC suite check 1301"
                "\nC reads 8"
                "\nC reads 20"
                "\nC sends 20"
                "\nS reads 20"
                "\nS sends 4"
                "\nC version 304"
                "\nC reads 4");
    pair_free(pair);
}

/* The same. */
TEST(resumption_tls12)
{
    struct pair *pair = noting_pair(TLS1_2_VERSION);
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    clear_trace();
    SSL_SESSION_free(connect_with(pair, session, 1));
    SSL_SESSION_free(session);
    check_trace("\nC version 304 304 303 304 303 303"
                "\nC scheme mask 403 804"
                "\nC version 304 303"
                "\nC suite supported c02b c02f 2f"
                "\nC version 304 303 304 303"
                "\nC scheme mask 403 804"
                "\nC version 304 303"
                "\nC suite supported c02b c02f 2f"
                "\nC group supported 17"
                "\nC version 304 303"
                "\nC scheme mask 403 804"
                "\nC version 304 303"
                "\nC suite supported c02b c02f 2f"
                "\nC group supported 17 17 1d"
                "\nC ticket 0"
                "\nC scheme supported 403 804 401"
                "\nC version 304 303"
                "\nC sends 1"
                "\nS version 304 304 303"
                "\nS reads 1"
                "\nS version 303 304"
                "\nS ticket 0"
                "\nS sends 2"
                "\nS sends 20"
                "\nC reads 2"
                "\nC version 304 303"
                "\nC suite check c02b"
                "\nC reads 20"
                "\nC sends 20"
                "\nS reads 20");
    pair_free(pair);
}

/* The version stays: it alone is asked about, once. */
TEST(renegotiation)
{
    struct pair *pair = noting_pair(TLS1_2_VERSION);

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    shake(pair);
    clear_trace();
    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    SSL_do_handshake(pair->ssl[CLIENT]);
    read_all(pair);
    check_trace("\nC version 303"
                "\nC scheme mask 403 804"
                "\nC suite supported c02b c02f 2f"
                "\nC scheme mask 403 804"
                "\nC suite supported c02b c02f 2f"
                "\nC group supported 17"
                "\nC scheme mask 403 804"
                "\nC suite supported c02b c02f 2f"
                "\nC group supported 17 17 1d"
                "\nC ticket 0"
                "\nC scheme supported 403 804 401"
                "\nC sends 1"
                "\nS version 303"
                "\nS reads 1"
                "\nS ticket 0"
                "\nS scheme shared 403 804 401 403 804 401"
                "\nS group check 17"
                "\nS group shared 17"
                "\nS suite shared c02b"
                "\nS ticket 0"
                "\nS sends 2"
                "\nS key 128"
                "\nS CA's signature 128"
                "\nS sends 11"
                "\nS group shared 17"
                "\nS sends 12"
                "\nS sends 14"
                "\nC reads 2"
                "\nC suite check c02b"
                "\nC ticket 0"
                "\nC reads 11"
                "\nC reads 12"
                "\nC group check 17 17"
                "\nC scheme check 403"
                "\nC reads 14"
                "\nC sends 16"
                "\nC sends 20"
                "\nS reads 16"
                "\nS reads 20"
                "\nS sends 4"
                "\nS sends 20"
                "\nC reads 4"
                "\nC reads 20");
    pair_free(pair);
}

/* The server begins it. */
TEST(hello_request)
{
    struct pair *pair = noting_pair(TLS1_2_VERSION);

    shake(pair);
    clear_trace();
    CHECK_OK(SSL_renegotiate_abbreviated(pair->ssl[SERVER]));
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), 1);
    read_all(pair);
    check_trace("\nS version 303"
                "\nS sends 0"
                "\nC version 303"
                "\nC reads 0"
                "\nC scheme mask 403 804"
                "\nC suite supported c02b c02f 2f"
                "\nC scheme mask 403 804"
                "\nC suite supported c02b c02f 2f"
                "\nC group supported 17"
                "\nC scheme mask 403 804"
                "\nC suite supported c02b c02f 2f"
                "\nC group supported 17 17 1d"
                "\nC ticket 0"
                "\nC scheme supported 403 804 401"
                "\nC sends 1"
                "\nS version 303"
                "\nS reads 1"
                "\nS ticket 0"
                "\nS sends 2"
                "\nS sends 20"
                "\nC reads 2"
                "\nC suite check c02b"
                "\nC reads 20"
                "\nC sends 20"
                "\nS reads 20");
    pair_free(pair);
}

/* A KeyUpdate, a ticket, and authentication after the handshake. */
TEST(after_the_handshake)
{
    struct pair *pair = noting_pair(TLS1_3_VERSION);

    ask_for_certificate(pair);
    SSL_CTX_set_verify(pair->ctx[SERVER], SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_post_handshake_auth(pair->ctx[CLIENT], 1);
    shake(pair);
    pair_settle(pair);
    clear_trace();
    CHECK_OK(SSL_key_update(pair->ssl[CLIENT], SSL_KEY_UPDATE_NOT_REQUESTED));
    CHECK_EQ(SSL_do_handshake(pair->ssl[CLIENT]), 1);
    CHECK_OK(SSL_new_session_ticket(pair->ssl[SERVER]));
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), 1);
    read_all(pair);
    SSL_set_verify(pair->ssl[SERVER], SSL_VERIFY_PEER, NULL);
    CHECK_OK(SSL_verify_client_post_handshake(pair->ssl[SERVER]));
    CHECK_EQ(SSL_do_handshake(pair->ssl[SERVER]), 1);
    read_all(pair);
    check_trace("\nC version 304"
                "\nC sends 24"
                "\nS version 304"
                "\nS sends 4"
                "\nC version 304"
                "\nC reads 4"
                "\nS version 304"
                "\nS reads 24"
                "\nS version 304"
                "\nS scheme supported 403 804 401"
                "\nS sends 13"
                "\nC version 304"
                "\nC reads 13"
                "\nC scheme shared 403 804 401 403 804 401"
                "\nC key 112"
                "\nC CA's signature 128"
                "\nC CA's key 128"
                "\nC sends 11"
                "\nC sends 15"
                "\nC sends 20"
                "\nS version 304"
                "\nS reads 11"
                "\nS reads 15"
                "\nS scheme check 804"
                "\nS reads 20"
                "\nS sends 4"
                "\nC version 304"
                "\nC reads 4");
    pair_free(pair);
}

/* What getters ask. */
TEST(getters)
{
    struct pair *pair = noting_pair(0);
    STACK_OF(SSL_CIPHER) *suites;

    pair_over_wire(pair);
    clear_trace();
    suites = SSL_get1_supported_ciphers(pair->ssl[CLIENT]);
    CHECK_EQ(sk_SSL_CIPHER_num(suites), 5);
    sk_SSL_CIPHER_free(suites);
    check_trace("\nC scheme mask 403 804"
                "\nC version 304 303 302 301"
                "\nC suite supported 1301 1302 c02b c02f 2f");
    pair_handshake(pair);
    clear_trace();
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -1), 2);
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], 0), NID_X9_62_prime256v1);
    CHECK_EQ(SSL_get_shared_group(pair->ssl[CLIENT], -1), 0);
    check_trace("\nS group shared 17 1d 17");
    pair_free(pair);
}

/* The getter of shared groups asks about those of other versions too, and leaves them out. */
TEST(shared_group_of_another_version)
{
    struct pair *pair = noting_pair(0);

    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[side], "ffdhe2048:P-256"));
    CHECK_OK(SSL_CTX_set_max_proto_version(pair->ctx[SERVER], TLS1_2_VERSION));
    pair_over_wire(pair);
    pair_handshake(pair);
    clear_trace();
    CHECK_EQ(SSL_get_shared_group(pair->ssl[SERVER], -1), 1);
    check_trace("\nS group shared 100 17");
    pair_free(pair);
}

/* What a refusal leads to on the side that refuses, in both versions: a reason, or nothing. */
TEST_VERSIONS(refusals)
{
    static const struct {
        int server, operation, skip, tls12, tls13;
    } cases[] = {
        {CLIENT, SSL_SECOP_VERSION, 0, ERR_R_INTERNAL_ERROR, ERR_R_INTERNAL_ERROR},
        {SERVER, SSL_SECOP_VERSION, 0, ERR_R_INTERNAL_ERROR, ERR_R_INTERNAL_ERROR},
        {CLIENT, SSL_SECOP_VERSION, 1, SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_NO_PROTOCOLS_AVAILABLE},
        {CLIENT, SSL_SECOP_CIPHER_SUPPORTED, 0, SSL_R_NO_CIPHERS_AVAILABLE, SSL_R_NO_CIPHERS_AVAILABLE},
        {CLIENT, SSL_SECOP_SIGALG_MASK, 0, SSL_R_NO_CIPHERS_AVAILABLE, 0},
        {CLIENT, SSL_SECOP_SIGALG_SUPPORTED, 0, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM},
        {CLIENT, SSL_SECOP_TICKET, 0, 0, 0},
        {CLIENT, SSL_SECOP_TICKET, 1, SSL_R_BAD_EXTENSION, 0},
        {CLIENT, SSL_SECOP_CIPHER_CHECK, 0, SSL_R_WRONG_CIPHER_RETURNED, SSL_R_WRONG_CIPHER_RETURNED},
        {CLIENT, SSL_SECOP_CURVE_CHECK, 0, SSL_R_WRONG_CURVE, 0},
        {CLIENT, SSL_SECOP_CURVE_CHECK, 1, SSL_R_WRONG_CURVE, 0},
        {CLIENT, SSL_SECOP_SIGALG_CHECK, 0, SSL_R_WRONG_SIGNATURE_TYPE, SSL_R_WRONG_SIGNATURE_TYPE},
        {SERVER, SSL_SECOP_SIGALG_SHARED, 0, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS},
        {SERVER, SSL_SECOP_CIPHER_SHARED, 0, SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SHARED_CIPHER},
        {SERVER, SSL_SECOP_CURVE_CHECK, 0, SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_KEY_SHARE},
        {SERVER, SSL_SECOP_CURVE_SHARED, 0, SSL_R_NO_SHARED_CIPHER, 0},
        {SERVER, SSL_SECOP_CURVE_SHARED, 1, SSL_R_UNSUPPORTED_ELLIPTIC_CURVE, 0},
        {SERVER, SSL_SECOP_CURVE_SUPPORTED, 0, 0, SSL_R_NO_SUITABLE_KEY_SHARE},
        {SERVER, SSL_SECOP_TICKET, 0, 0, 0},
        {SERVER, SSL_SECOP_TICKET, 1, 0, 0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = noting_pair(version);
        struct outcome outcome[2];
        int reason = version == TLS1_2_VERSION ? cases[i].tls12 : cases[i].tls13;

        pair_over_wire(pair);
        clear_trace();
        refused.server = cases[i].server;
        refused.operation = cases[i].operation;
        refused.skip = cases[i].skip;
        pair_try(pair, outcome);
        refused.operation = 0;
        if (reason != 0)
            CHECK_OUTCOME(outcome[cases[i].server], reason);
        else
            CHECK_EQ(outcome[cases[i].server].ret, 1);
        pair_free(pair);
    }
}
