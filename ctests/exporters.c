/* SSL_export_keying_material(3), SSL_get_finished(3): what other protocols bind themselves to (RFC 5929, RFC 9266). */
#include "support.h"

static const char binding[] = "EXPORTER-Channel-Binding";

static void export(SSL *ssl, unsigned char out[32], const char *context, size_t length, int use_context)
{
    CHECK_OK(SSL_export_keying_material(ssl, out, 32, binding, strlen(binding),
                                        (const unsigned char *)context, length, use_context));
}

/* The context counts in TLS 1.2 even if it is empty; in TLS 1.3 an empty one is none. */
TEST_VERSIONS(contexts_that_are_empty)
{
    struct pair *pair = pair_contexts(version);
    unsigned char without[2][32], empty[32], null[32], ignored[32], full[2][32];

    pair_over_wire(pair);
    pair_handshake(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        export(pair->ssl[side], without[side], NULL, 0, 0);
        export(pair->ssl[side], full[side], "context", 7, 1);
    }
    CHECK_MEM(without[CLIENT], without[SERVER], 32);
    CHECK_MEM(full[CLIENT], full[SERVER], 32);
    CHECK(memcmp(full[CLIENT], without[CLIENT], 32) != 0);
    export(pair->ssl[CLIENT], empty, "", 0, 1);
    export(pair->ssl[CLIENT], null, NULL, 0, 1);
    export(pair->ssl[CLIENT], ignored, "context", 7, 0);
    CHECK_MEM(null, empty, 32);
    CHECK_EQ(memcmp(empty, without[CLIENT], 32) == 0, version == TLS1_3_VERSION);
    CHECK_MEM(ignored, without[CLIENT], 32);
    pair_free(pair);
}

/* The label is not cut at a zero byte, and any length can be had. */
TEST_VERSIONS(labels_and_lengths)
{
    struct pair *pair = pair_contexts(version);
    unsigned char one[300], other[300];

    pair_over_wire(pair);
    pair_handshake(pair);
    CHECK_OK(SSL_export_keying_material(pair->ssl[CLIENT], one, 32, "EXPORTER-a\0b", 12, NULL, 0, 0));
    CHECK_OK(SSL_export_keying_material(pair->ssl[CLIENT], other, 32, "EXPORTER-a\0c", 12, NULL, 0, 0));
    CHECK(memcmp(one, other, 32) != 0);
    for (size_t length = 1; length <= sizeof(one); length += 37) {
        CHECK_OK(SSL_export_keying_material(pair->ssl[CLIENT], one, length, binding, 24, NULL, 0, 0));
        CHECK_OK(SSL_export_keying_material(pair->ssl[SERVER], other, length, binding, 24, NULL, 0, 0));
        CHECK_MEM(one, other, length);
    }
    pair_free(pair);
}

/* tls-exporter is refused by nobody, also without the extended master secret; the Finished values cross. */
TEST_VERSIONS(without_extended_master_secret)
{
    struct pair *pair = pair_contexts(version);
    unsigned char one[64], other[64];
    size_t length;

    SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_EXTENDED_MASTER_SECRET);
    pair_over_wire(pair);
    CHECK_EQ(SSL_export_keying_material(pair->ssl[CLIENT], one, 32, binding, 24, NULL, 0, 0) > 0, 0);
    ERR_clear_error();
    CHECK_EQ(SSL_get_finished(pair->ssl[CLIENT], one, sizeof(one)), 0);
    pair_handshake(pair);
    CHECK_EQ(SSL_get_extms_support(pair->ssl[CLIENT]), version == TLS1_3_VERSION ? SSL_get_extms_support(pair->ssl[SERVER]) : 0);
    export(pair->ssl[CLIENT], one, NULL, 0, 0);
    export(pair->ssl[SERVER], other, NULL, 0, 0);
    CHECK_MEM(one, other, 32);
    for (int side = CLIENT; side <= SERVER; side++) {
        length = SSL_get_finished(pair->ssl[side], one, sizeof(one));
        CHECK_EQ(length, version == TLS1_3_VERSION ? 48 : 12);
        CHECK_EQ(SSL_get_peer_finished(pair->ssl[!side], other, sizeof(other)), length);
        CHECK_MEM(one, other, length);
        /* Little room gets the beginning. */
        memset(other, 0x55, sizeof(other));
        CHECK_EQ(SSL_get_peer_finished(pair->ssl[!side], other, 5), length);
        CHECK_MEM(one, other, 5);
        CHECK_EQ(other[5], 0x55);
    }
    pair_free(pair);
}

static int can_export(SSL *ssl, const char *label, size_t length)
{
    unsigned char out[32];
    int ret = SSL_export_keying_material(ssl, out, sizeof(out), label, length, NULL, 0, 0);

    if (ret == 1)
        CHECK_NO_ERRORS();
    ERR_clear_error();
    return ret == 1;
}

/* "TLSv1.3 imposes a maximum label length of 249 bytes." */
TEST_VERSIONS(longest_label)
{
    struct pair *pair = pair_established(version);
    char label[400];

    memset(label, 'l', sizeof(label));
    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK(can_export(pair->ssl[side], label, 0));
        CHECK(can_export(pair->ssl[side], label, 249));
        CHECK_EQ(can_export(pair->ssl[side], label, 250), version == TLS1_2_VERSION);
        CHECK_EQ(can_export(pair->ssl[side], label, 400), version == TLS1_2_VERSION);
    }
    pair_free(pair);
}

/* What TLS 1.2 itself derives keys by is no label (RFC 5705, 4), whatever follows it. */
TEST_VERSIONS(labels_of_the_protocol_are_refused)
{
    static const char *const labels[] = {"client finished", "server finished", "master secret", "extended master secret",
                                         "key expansion", "client finished, and more"};
    struct pair *pair = pair_established(version);
    unsigned char out[32];

    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
        CHECK_EQ(can_export(pair->ssl[CLIENT], labels[i], strlen(labels[i])), version == TLS1_3_VERSION);
    CHECK(can_export(pair->ssl[CLIENT], "key expansio", 12));
    if (version == TLS1_2_VERSION) {
        CHECK(SSL_export_keying_material(pair->ssl[SERVER], out, 32, labels[4], strlen(labels[4]), NULL, 0, 0) <= 0);
        CHECK_SSL_REASON(SSL_R_TLS_ILLEGAL_EXPORTER_LABEL);
    }
    pair_free(pair);
}

/* "the early_exporter_master_secret is only available when the client attempts to send 0-RTT data". */
TEST_VERSIONS(nothing_early_without_early_data)
{
    struct pair *pair = pair_established(version);
    unsigned char out[32];

    for (int side = CLIENT; side <= SERVER; side++) {
        CHECK_EQ(SSL_export_keying_material_early(pair->ssl[side], out, 32, "EXPORTER-x", 10, NULL, 0), 0);
        ERR_clear_error();
    }
    pair_free(pair);
}

/* The secret stays what it was through key updates, and after the connection was closed. */
TEST_VERSIONS(exports_outlive_the_shutdown)
{
    struct pair *pair = pair_established(version);
    unsigned char before[32], after[32];

    export(pair->ssl[CLIENT], before, "context", 7, 1);
    if (version == TLS1_3_VERSION) {
        CHECK_OK(SSL_key_update(pair->ssl[CLIENT], SSL_KEY_UPDATE_REQUESTED));
        check_alive(pair);
        check_alive(pair);
    }
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    for (int side = CLIENT; side <= SERVER; side++) {
        export(pair->ssl[side], after, "context", 7, 1);
        CHECK_MEM(after, before, 32);
    }
    pair_free(pair);
}
