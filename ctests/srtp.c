/* SSL_CTX_set_tlsext_use_srtp(3): keys for SRTP (RFC 5764). */
#include "support.h"

#include <malloc.h>

#include <openssl/srtp.h>

static const char label[] = "EXTRACTOR-dtls_srtp";

/* The names of the profiles that the connection has, as they were given. */
static void check_profiles(SSL *ssl, const char *expected)
{
    STACK_OF(SRTP_PROTECTION_PROFILE) *profiles = SSL_get_srtp_profiles(ssl);
    char names[200] = "";

    if (expected == NULL) {
        CHECK(profiles == NULL);
        return;
    }
    CHECK(profiles != NULL);
    for (int i = 0; i < sk_SRTP_PROTECTION_PROFILE_num(profiles); i++) {
        strcat(names, i > 0 ? ":" : "");
        strcat(names, sk_SRTP_PROTECTION_PROFILE_value(profiles, i)->name);
    }
    CHECK_STR(names, expected);
}

/* "return 0 on success or 1 on error"; "Supplying an unrecognised protection profile name will result in an error." What was
 * set before stays. */
TEST(names)
{
    static const struct {
        const char *text;
        int reason;
    } cases[] = {
        {"SRTP_AES128_CM_SHA1_80", 0},
        {"SRTP_AES128_CM_SHA1_32", 0},
        {"SRTP_AEAD_AES_128_GCM", 0},
        {"SRTP_AEAD_AES_256_GCM", 0},
        {"SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_32", 0},
        {"SRTP_AES128_CM_HMAC_SHA1_80", SSL_R_SRTP_UNKNOWN_PROTECTION_PROFILE},
        {"SRTP_NULL_SHA1_80", SSL_R_SRTP_UNKNOWN_PROTECTION_PROFILE},
        {"SRTP_AES128_F8_SHA1_80", SSL_R_SRTP_UNKNOWN_PROTECTION_PROFILE},
        {"srtp_aead_aes_128_gcm", SSL_R_SRTP_UNKNOWN_PROTECTION_PROFILE},
        {" SRTP_AEAD_AES_128_GCM", SSL_R_SRTP_UNKNOWN_PROTECTION_PROFILE},
        {"SRTP_AEAD_AES_128_GC", SSL_R_SRTP_UNKNOWN_PROTECTION_PROFILE},
        {"SRTP_AEAD_AES_128_GCM:", SSL_R_SRTP_UNKNOWN_PROTECTION_PROFILE},
        {"SRTP_AEAD_AES_128_GCM::SRTP_AEAD_AES_256_GCM", SSL_R_SRTP_UNKNOWN_PROTECTION_PROFILE},
        {"", SSL_R_SRTP_UNKNOWN_PROTECTION_PROFILE},
        {"SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_128_GCM", SSL_R_BAD_SRTP_PROTECTION_PROFILE_LIST},
    };
    SSL_CTX *context = SSL_CTX_new(DTLS_method());
    const char *last = NULL;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        SSL *ssl = SSL_new(context);

        check_profiles(ssl, last);
        CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(context, cases[i].text), cases[i].reason != 0);
        if (cases[i].reason != 0)
            CHECK_SSL_REASON(cases[i].reason);
        else
            last = cases[i].text;
        CHECK_NO_ERRORS();
        check_profiles(ssl, last);
        SSL_free(ssl);
    }
    SSL_CTX_free(context);
}

/* The numbers are those of RFC 5764 and RFC 7714. */
TEST(numbers)
{
    static const unsigned long expected[] = {SRTP_AES128_CM_SHA1_80, SRTP_AES128_CM_SHA1_32, SRTP_AEAD_AES_128_GCM,
                                             SRTP_AEAD_AES_256_GCM};
    SSL_CTX *context = SSL_CTX_new(DTLS_method());
    SSL *ssl = SSL_new(context);
    STACK_OF(SRTP_PROTECTION_PROFILE) *profiles;

    CHECK_EQ(SSL_set_tlsext_use_srtp(
                 ssl, "SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32:SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM"),
             0);
    profiles = SSL_get_srtp_profiles(ssl);
    CHECK(profiles != NULL && profiles == SSL_get_srtp_profiles(ssl));
    CHECK_EQ(sk_SRTP_PROTECTION_PROFILE_num(profiles), 4);
    for (int i = 0; i < 4; i++)
        CHECK_EQ(sk_SRTP_PROTECTION_PROFILE_value(profiles, i)->id, expected[i]);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* "for all SSL objects": those that have none of their own follow their context, whichever that is. */
TEST(profiles_of_context_and_connection)
{
    SSL_CTX *context = SSL_CTX_new(DTLS_method()), *other = SSL_CTX_new(DTLS_method());
    SSL *ssl = SSL_new(context), *own = SSL_new(context);

    check_profiles(ssl, NULL);
    CHECK_EQ(SSL_set_tlsext_use_srtp(own, "SRTP_AES128_CM_SHA1_32"), 0);
    check_profiles(ssl, NULL);
    CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AEAD_AES_128_GCM"), 0);
    check_profiles(ssl, "SRTP_AEAD_AES_128_GCM");
    check_profiles(own, "SRTP_AES128_CM_SHA1_32");
    SSL_clear(own);
    check_profiles(own, "SRTP_AES128_CM_SHA1_32");
    SSL_set_SSL_CTX(ssl, other);
    SSL_set_SSL_CTX(own, other);
    check_profiles(ssl, NULL);
    check_profiles(own, "SRTP_AES128_CM_SHA1_32");
    CHECK_NO_ERRORS();
    SSL_free(ssl);
    SSL_free(own);
    SSL_CTX_free(context);
    SSL_CTX_free(other);
}

/* Contexts of TLS take the setting too. "Any SRTP configuration will be ignored if a TLS connection is attempted": with the
 * system's library such a connection fails. */
TEST_VERSIONS(tls)
{
    struct pair *pair = pair_contexts(version);

    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[side], "SRTP_AEAD_AES_128_GCM"), 0);
    pair_over_wire(pair);
    check_profiles(pair->ssl[CLIENT], "SRTP_AEAD_AES_128_GCM");
    CHECK(SSL_get_selected_srtp_profile(pair->ssl[CLIENT]) == NULL);
    if (!on_the_oracle()) {
        pair_handshake(pair);
        CHECK(SSL_get_selected_srtp_profile(pair->ssl[CLIENT]) == NULL);
        CHECK(SSL_get_selected_srtp_profile(pair->ssl[SERVER]) == NULL);
        check_alive(pair);
    }
    pair_free(pair);
}

/* "This function will return NULL if no SRTP protection profile was negotiated." The server's preference counts. */
TEST_DTLS(negotiation)
{
    static const struct {
        const char *client, *server, *selected;
    } cases[] = {
        {"SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_128_GCM"},
        {"SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80", "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM",
         "SRTP_AES128_CM_SHA1_80"},
        {"SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80", "SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80",
         "SRTP_AES128_CM_SHA1_80"},
        {"SRTP_AES128_CM_SHA1_32", "SRTP_AES128_CM_SHA1_80", NULL},
        {"SRTP_AES128_CM_SHA1_32", NULL, NULL},
        {NULL, "SRTP_AES128_CM_SHA1_32", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = pair_contexts(version);

        if (cases[i].client != NULL)
            CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[CLIENT], cases[i].client), 0);
        pair_over_datagrams(pair);
        if (cases[i].server != NULL)
            CHECK_EQ(SSL_set_tlsext_use_srtp(pair->ssl[SERVER], cases[i].server), 0);
        CHECK(SSL_get_selected_srtp_profile(pair->ssl[CLIENT]) == NULL);
        pair_handshake(pair);
        for (int side = CLIENT; side <= SERVER; side++) {
            SRTP_PROTECTION_PROFILE *selected = SSL_get_selected_srtp_profile(pair->ssl[side]);

            CHECK_STR(selected != NULL ? selected->name : NULL, cases[i].selected);
        }
        check_alive(pair);
        pair_free(pair);
    }
}

/* "This provides the client write master key, the server write master key, the client write master salt and the server write
 * master salt": the same on both sides, others in each connection. */
TEST_DTLS(exported_keys)
{
    static unsigned char last[60];

    for (int times = 0; times < 2; times++) {
        struct pair *pair = pair_contexts(version);
        unsigned char keys[2][60];

        for (int side = CLIENT; side <= SERVER; side++)
            CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[side], "SRTP_AES128_CM_SHA1_80"), 0);
        pair_over_datagrams(pair);
        pair_handshake(pair);
        for (int side = CLIENT; side <= SERVER; side++)
            CHECK_OK(SSL_export_keying_material(pair->ssl[side], keys[side], 60, label, strlen(label), NULL, 0, 0));
        CHECK_MEM(keys[CLIENT], keys[SERVER], 60);
        CHECK(memcmp(keys[CLIENT], last, 60) != 0);
        memcpy(last, keys[CLIENT], 60);
        pair_free(pair);
    }
}

/* A resumed session has its profile negotiated anew. */
TEST_DTLS(resumption)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session;

    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[side], "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"), 0);
    session = connect_with(pair, NULL, 0);
    CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[SERVER], "SRTP_AES128_CM_SHA1_80"), 0);
    pair_over_datagrams(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 1);
    CHECK_STR(SSL_get_selected_srtp_profile(pair->ssl[CLIENT])->name, "SRTP_AES128_CM_SHA1_80");
    CHECK_STR(SSL_get_selected_srtp_profile(pair->ssl[SERVER])->name, "SRTP_AES128_CM_SHA1_80");
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* ---- bad input ---- */

/* Writes other data into the use_srtp extension of the hello on its way; its length stays. */
static void change_extension(struct datagrams *queue, const void *data)
{
    struct datagram *hello = datagram_at(queue, 0);
    static const unsigned char genuine[] = {0, 14, 0, 7, 0, 4, 0, 7, 0, 1, 0}, chosen[] = {0, 14, 0, 5, 0, 2, 0, 7, 0};

    for (size_t i = 0; i + sizeof(genuine) <= hello->length; i++) {
        if (memcmp(hello->bytes + i, genuine, sizeof(genuine)) == 0) {
            memcpy(hello->bytes + i + 4, data, 7);
            return;
        }
        if (memcmp(hello->bytes + i, chosen, sizeof(chosen)) == 0) {
            memcpy(hello->bytes + i + 4, data, 5);
            return;
        }
    }
    CHECK(!"no use_srtp");
}

/* Such a connection, with these contexts. */
static void bad_connection(struct pair *pair, int server, const char *data, int reason, int alert_reason)
{
    pair_over_datagrams(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    if (!server) {
        CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
        change_extension(&pair->datagrams[CLIENT], data);
    } else {
        change_extension(&pair->datagrams[SERVER], data);
    }
    CHECK_FAILS(pair->ssl[server], SSL_do_handshake(pair->ssl[server]), reason);
    /* Which alert tells of a choice that was not offered the RFC does not say. */
    if (alert_reason != 0)
        CHECK_FAILS(pair->ssl[!server], SSL_do_handshake(pair->ssl[!server]), alert_reason);
    pair_disconnect(pair);
}

static struct pair *pair_with_profiles(int version)
{
    struct pair *pair = pair_contexts(version);

    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[side], "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"), 0);
    return pair;
}

static void bad_extension(int version, int server, const char *data, int reason, int alert_reason)
{
    struct pair *pair = pair_with_profiles(version);

    bad_connection(pair, server, data, reason, alert_reason);
    pair_free(pair);
}

TEST_DTLS(bad_offers)
{
    bad_extension(version, SERVER, "\0\3\0\7\0\1\0", SSL_R_BAD_SRTP_PROTECTION_PROFILE_LIST, SSL_R_TLSV1_ALERT_DECODE_ERROR);
    bad_extension(version, SERVER, "\0\1\0\7\0\1\0", SSL_R_BAD_SRTP_PROTECTION_PROFILE_LIST, SSL_R_TLSV1_ALERT_DECODE_ERROR);
    bad_extension(version, SERVER, "\0\10\0\7\0\1\0", SSL_R_BAD_SRTP_PROTECTION_PROFILE_LIST, SSL_R_TLSV1_ALERT_DECODE_ERROR);
    bad_extension(version, SERVER, "\0\4\0\7\0\1\1", SSL_R_BAD_SRTP_MKI_VALUE, SSL_R_TLSV1_ALERT_DECODE_ERROR);
}

/* CVE-2014-3513: bad offers leave nothing behind. */
TEST_DTLS(cve_2014_3513_bad_offers_leave_no_memory)
{
    struct pair *pair = pair_with_profiles(version);
    size_t before = 0;

    /* malloc counts what it keeps for the thread as used: that has come to an end after a thousand. */
    for (int times = 0; times < 10000; times++) {
        if (times == 5000)
            before = mallinfo2().uordblks;
        bad_connection(pair, SERVER, times % 2 ? "\0\4\0\7\0\1\1" : "\0\3\0\7\0\1\0",
                       times % 2 ? SSL_R_BAD_SRTP_MKI_VALUE : SSL_R_BAD_SRTP_PROTECTION_PROFILE_LIST,
                       SSL_R_TLSV1_ALERT_DECODE_ERROR);
    }
    CHECK(mallinfo2().uordblks < before + 10000);
    pair_free(pair);
}

TEST_DTLS(bad_answers)
{
    bad_extension(version, CLIENT, "\0\1\0\7\0", SSL_R_BAD_SRTP_PROTECTION_PROFILE_LIST, SSL_R_TLSV1_ALERT_DECODE_ERROR);
    bad_extension(version, CLIENT, "\0\4\0\7\0", SSL_R_BAD_SRTP_PROTECTION_PROFILE_LIST, SSL_R_TLSV1_ALERT_DECODE_ERROR);
    bad_extension(version, CLIENT, "\0\0\0\7\0", SSL_R_BAD_SRTP_PROTECTION_PROFILE_LIST, SSL_R_TLSV1_ALERT_DECODE_ERROR);
    /* One that was not offered. */
    bad_extension(version, CLIENT, "\0\2\0\2\0", SSL_R_BAD_SRTP_PROTECTION_PROFILE_LIST, 0);
    /* An identifier, which was not offered (RFC 5764, 4.1.3), and is cut. */
    bad_extension(version, CLIENT, "\0\2\0\7\1", SSL_R_BAD_SRTP_MKI_VALUE, 0);
}

/* SSL_CTX_set_tlsext_use_srtp(): "to set its use for all SSL objects subsequently created from an SSL_CTX": for those that are there,
 * too, in truth, until one has profiles of its own. The server's order decides. */
TEST_DTLS(profiles_of_the_context_count_at_once)
{
    struct pair *pair = pair_contexts(version);

    CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[CLIENT], "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM"), 0);
    CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[SERVER], "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"), 0);
    pair_over_datagrams(pair);
    CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[SERVER], "SRTP_AES128_CM_SHA1_32"), 0);
    CHECK_EQ(sk_SRTP_PROTECTION_PROFILE_num(SSL_get_srtp_profiles(pair->ssl[SERVER])), 1);
    pair_handshake(pair);
    CHECK(SSL_get_selected_srtp_profile(pair->ssl[SERVER]) == NULL);
    pair_disconnect(pair);
    CHECK_EQ(SSL_CTX_set_tlsext_use_srtp(pair->ctx[SERVER], "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"), 0);
    pair_over_datagrams(pair);
    pair_handshake(pair);
    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_STR(SSL_get_selected_srtp_profile(pair->ssl[side])->name, "SRTP_AEAD_AES_128_GCM");
    pair_free(pair);
}
