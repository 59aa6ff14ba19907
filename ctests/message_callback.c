/*
 * SSL_CTX_set_msg_callback(3): every record header, inner content type, handshake message, alert and
 * ChangeCipherSpec that the callback is told of, in order. Lengths differ between libraries and are left
 * out.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "support.h"

#include <stdarg.h>

static char told[8192];
static const SSL *heard;

static void tell(const char *format, ...)
{
    size_t length = strlen(told);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(told + length, sizeof(told) - length, format, arguments);
    va_end(arguments);
}

/* H: record header with its type and version; I: inner content type; M: handshake message; A: alert. */
static void on_message(int writing, int version, int type, const void *bytes, size_t length,
                       SSL *ssl, void *argument)
{
    const unsigned char *content = bytes;

    CHECK(argument == told);
    if (ssl != heard)
        return;
    tell("%s%c%03x ", told[0] == '\0' ? "" : " ", writing ? '>' : '<', version);
    switch (type) {
    case SSL3_RT_HEADER:
        CHECK_EQ(length, 5);
        tell("H%d/%02x%02x", content[0], content[1], content[2]);
        break;
    case SSL3_RT_INNER_CONTENT_TYPE:
        CHECK_EQ(length, 1);
        tell("I%d", content[0]);
        break;
    case SSL3_RT_HANDSHAKE:
        tell("M%d", content[0]);
        break;
    case SSL3_RT_ALERT:
        CHECK_EQ(length, 2);
        tell("A%d/%d", content[0], content[1]);
        break;
    case SSL3_RT_CHANGE_CIPHER_SPEC:
        CHECK_EQ(length, 1);
        tell("C");
        break;
    default:
        test_fail(__FILE__, __LINE__, "content type %d", type);
    }
}

static struct pair *listening(int version)
{
    struct pair *pair = pair_contexts(version);

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_msg_callback(pair->ctx[side], on_message);
        SSL_CTX_set_msg_callback_arg(pair->ctx[side], told);
    }
    return pair;
}

static void listen_to(SSL *ssl)
{
    heard = ssl;
    told[0] = '\0';
}

static void established(struct pair *pair)
{
    heard = NULL;
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
}

/* A protected handshake message of TLS 1.3, read and written. */
#define READ13(number) "<303 H23/0303 <304 I22 <304 M" #number
#define WRITE13(number) ">303 H23/0303 >303 I22 >304 M" #number
#define READ12(number) "<303 H22/0303 <303 M" #number
#define WRITE12(number) ">303 H22/0303 >303 M" #number

TEST(handshake_of_tls13)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    pair_over_wire(pair);
    listen_to(pair->ssl[CLIENT]);
    pair_handshake(pair);
    CHECK_STR(told, ">301 H22/0301 >304 M1 <303 H22/0303 <304 M2 <303 H20/0303 " READ13(8) " "
              READ13(11) " " READ13(15) " " READ13(20) " >303 H20/0303 >304 C " WRITE13(20));
    listen_to(pair->ssl[CLIENT]);
    pair_settle(pair);
    CHECK_STR(told, READ13(4) " " READ13(4));
    pair_disconnect(pair);

    pair_over_wire(pair);
    listen_to(pair->ssl[SERVER]);
    pair_handshake(pair);
    CHECK_STR(told, "<301 H22/0301 <304 M1 >303 H22/0303 >304 M2 >303 H20/0303 >304 C " WRITE13(8) " "
              WRITE13(11) " " WRITE13(15) " " WRITE13(20) " <303 H20/0303 " READ13(20) " "
              WRITE13(4) " " WRITE13(4));
    pair_free(pair);
}

TEST(handshake_of_tls12)
{
    struct pair *pair = listening(TLS1_2_VERSION);

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    pair_over_wire(pair);
    listen_to(pair->ssl[CLIENT]);
    pair_handshake(pair);
    CHECK_STR(told, ">301 H22/0301 >303 M1 " READ12(2) " " READ12(11) " " READ12(12) " " READ12(14) " "
              WRITE12(16) " >303 H20/0303 >303 C " WRITE12(20) " <303 H20/0303 " READ12(20));
    pair_disconnect(pair);

    pair_over_wire(pair);
    listen_to(pair->ssl[SERVER]);
    pair_handshake(pair);
    CHECK_STR(told, "<301 H22/0301 <304 M1 " WRITE12(2) " " WRITE12(11) " " WRITE12(12) " "
              WRITE12(14) " " READ12(16) " <303 H20/0303 " READ12(20) " >303 H20/0303 >303 C "
              WRITE12(20));
    pair_free(pair);
}

TEST(hello_retry)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    CHECK_OK(SSL_CTX_set1_groups_list(pair->ctx[SERVER], "P-384"));
    pair_over_wire(pair);
    listen_to(pair->ssl[CLIENT]);
    pair_handshake(pair);
    told[strlen(">301 H22/0301 >304 M1 <303 H22/0303 <304 M2 >303 H20/0303 >304 C >303 H22/0303 >304 M1")] =
        '\0';
    CHECK_STR(told, ">301 H22/0301 >304 M1 <303 H22/0303 <304 M2 >303 H20/0303 >304 C >303 H22/0303 >304 M1");
    pair_free(pair);
}

/* A server that speaks one version only is told of that one before any is negotiated. */
TEST(version_of_a_method)
{
    SSL_CTX *context = SSL_CTX_new(TLSv1_2_server_method());
    struct pair *pair = listening(TLS1_2_VERSION);

    use_identity(context, "ec");
    SSL_CTX_set_msg_callback(context, on_message);
    SSL_CTX_set_msg_callback_arg(context, told);
    SSL_CTX_free(pair->ctx[SERVER]);
    pair->ctx[SERVER] = context;
    pair_over_wire(pair);
    listen_to(pair->ssl[SERVER]);
    pair_handshake(pair);
    told[strlen("<301 H22/0301 <303 M1")] = '\0';
    CHECK_STR(told, "<301 H22/0301 <303 M1");
    pair_free(pair);
}

/* Application data is no message, but its records have headers: one for each. */
TEST_VERSIONS(application_data)
{
    struct pair *pair = listening(version);
    unsigned char *data = pattern(40000);

    established(pair);
    listen_to(pair->ssl[SERVER]);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], data, 40000), 40000);
    CHECK_STR(told, version == TLS1_2_VERSION
              ? ">303 H23/0303 >303 H23/0303 >303 H23/0303"
              : ">303 H23/0303 >303 I23 >303 H23/0303 >303 I23 >303 H23/0303 >303 I23");
    listen_to(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_read(pair->ssl[CLIENT], data, 40000), 16384);
    CHECK_STR(told, version == TLS1_2_VERSION ? "<303 H23/0303" : "<303 H23/0303 <304 I23");
    free(data);
    pair_free(pair);
}

/* One record each way, and a look for another one, of which nothing is told. */
TEST_VERSIONS(records_in_turn)
{
    struct pair *pair = listening(version);
    char data[100] = {0};

    established(pair);
    for (int round = 0; round < 3; round++) {
        listen_to(pair->ssl[CLIENT]);
        CHECK_EQ(SSL_write(pair->ssl[CLIENT], data, 100), 100);
        CHECK_STR(told, version == TLS1_2_VERSION ? ">303 H23/0303" : ">303 H23/0303 >303 I23");
        listen_to(pair->ssl[SERVER]);
        CHECK_EQ(SSL_read(pair->ssl[SERVER], data, 60), 60);
        CHECK_STR(told, version == TLS1_2_VERSION ? "<303 H23/0303" : "<303 H23/0303 <304 I23");
        listen_to(pair->ssl[SERVER]);
        CHECK_EQ(SSL_read(pair->ssl[SERVER], data, 60), 40);
        CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], data, 60), SSL_ERROR_WANT_READ);
        CHECK_STR(told, "");
    }
    pair_free(pair);
}

/* What came before there was a callback is not told later. */
TEST_VERSIONS(callback_that_is_set_late)
{
    struct pair *pair = pair_contexts(version);
    char byte;

    established(pair);
    CHECK_EQ(SSL_write(pair->ssl[CLIENT], "x", 1), 1);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], &byte, 1), 1);
    SSL_set_msg_callback(pair->ssl[SERVER], on_message);
    SSL_set_msg_callback_arg(pair->ssl[SERVER], told);
    listen_to(pair->ssl[SERVER]);
    CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_STR(told, "");
    pair_free(pair);
}

TEST(key_update)
{
    struct pair *pair = listening(TLS1_3_VERSION);
    char byte;

    established(pair);
    listen_to(pair->ssl[CLIENT]);
    CHECK_OK(SSL_key_update(pair->ssl[CLIENT], SSL_KEY_UPDATE_REQUESTED));
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    CHECK_STR(told, WRITE13(24));
    listen_to(pair->ssl[SERVER]);
    CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "x", 1), 1);
    CHECK_STR(told, READ13(24) " " WRITE13(24) " >303 H23/0303 >303 I23");
    pair_free(pair);
}

TEST(new_ticket)
{
    struct pair *pair = listening(TLS1_3_VERSION);

    established(pair);
    listen_to(pair->ssl[SERVER]);
    CHECK_OK(SSL_new_session_ticket(pair->ssl[SERVER]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK_STR(told, WRITE13(4));
    pair_free(pair);
}

TEST_VERSIONS(alerts)
{
    struct pair *pair = listening(version);
    unsigned char record[40] = {23, 3, 3, 0, 35};
    char byte;

    established(pair);
    listen_to(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    CHECK_STR(told, version == TLS1_2_VERSION ? ">303 H21/0303 >303 A1/0"
                                              : ">303 H23/0303 >303 I21 >304 A1/0");
    listen_to(pair->ssl[SERVER]);
    CHECK_EQ(SSL_read(pair->ssl[SERVER], &byte, 1), 0);
    CHECK_STR(told, version == TLS1_2_VERSION ? "<303 H21/0303 <303 A1/0"
                                              : "<303 H23/0303 <304 I21 <304 A1/0");
    pair_disconnect(pair);

    /* A record that cannot be opened has a header as well. */
    established(pair);
    listen_to(pair->ssl[SERVER]);
    queue_add(&pair->queue[SERVER], record, sizeof(record));
    CHECK_FAILS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1),
                SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
    CHECK_STR(told, version == TLS1_2_VERSION ? "<303 H23/0303 >303 H21/0303 >303 A2/20"
                                              : "<303 H23/0303 >303 H23/0303 >303 I21 >304 A2/20");
    pair_free(pair);
}

TEST(renegotiation)
{
    struct pair *pair = listening(TLS1_2_VERSION);
    char byte;

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET | SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    established(pair);
    listen_to(pair->ssl[SERVER]);
    CHECK_OK(SSL_renegotiate(pair->ssl[SERVER]));
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK_STR(told, WRITE12(0));
    listen_to(pair->ssl[CLIENT]);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_STR(told, READ12(0) " " WRITE12(1));
    pair_disconnect(pair);

    /* Refused with a warning. */
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_RENEGOTIATION);
    established(pair);
    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    listen_to(pair->ssl[SERVER]);
    CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_STR(told, READ12(1) " >303 H21/0303 >303 A1/100");
    pair_free(pair);
}

static size_t some_padding(SSL *ssl, int type, size_t length, void *argument)
{
    (void)ssl, (void)type, (void)length, (void)argument;
    return 20;
}

TEST(padded_records_are_told)
{
    struct pair *pair = listening(TLS1_3_VERSION);
    unsigned char *bytes = pattern(20000);
    char byte;

    SSL_CTX_set_record_padding_callback(pair->ctx[CLIENT], some_padding);
    established(pair);
    listen_to(pair->ssl[CLIENT]);
    transfer(pair->ssl[CLIENT], pair->ssl[SERVER], "data", 4);
    CHECK_STR(told, ">303 H23/0303 >303 I23");
    /* A full record has no room for padding. */
    listen_to(pair->ssl[CLIENT]);
    transfer(pair->ssl[CLIENT], pair->ssl[SERVER], bytes, 20000);
    free(bytes);
    CHECK_STR(told, ">303 H23/0303 >303 I23 >303 H23/0303 >303 I23");
    CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
    pair_free(pair);
}

/* SSL_trace(3): a message callback of the library's own that writes to the BIO of its argument. */
TEST_VERSIONS(trace_is_written_to_a_bio)
{
    struct pair *pair = pair_contexts(version);
    BIO *text = BIO_new(BIO_s_mem());
    char *bytes;

    pair_over_wire(pair);
    SSL_set_msg_callback(pair->ssl[CLIENT], SSL_trace);
    SSL_set_msg_callback_arg(pair->ssl[CLIENT], text);
    pair_handshake(pair);
    BIO_write(text, "", 1);
    CHECK(BIO_get_mem_data(text, &bytes) > 200);
    CHECK(strstr(bytes, "Sent") != NULL && strstr(bytes, "Received") != NULL);
    CHECK(strstr(bytes, "ClientHello") != NULL && strstr(bytes, "ServerHello") != NULL);
    BIO_free(text);
    pair_free(pair);
}
