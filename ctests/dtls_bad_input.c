/*
 * Bad input over datagrams: what is lost, cut, merged, repeated, forged or announced. The association survives whatever
 * is not authenticated (RFC 6347, 4.1.2.7), memory stays bounded, and what went wrong in other libraries is named by its
 * CVE number.
 */
#include "support.h"

#include <malloc.h>

/* ---- tools ---- */

static void want_read(SSL *ssl)
{
    CHECK_WANTS(ssl, SSL_do_handshake(ssl), SSL_ERROR_WANT_READ);
}

/* Bytes that the program has from malloc(). */
static size_t heap(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void inject(struct pair *pair, int side, int type, int version, int epoch, uint64_t sequence, const void *body,
                   size_t length)
{
    unsigned char *bytes = malloc(13 + length);

    CHECK(bytes != NULL);
    put_record_header(bytes, type, version, epoch, sequence, length);
    if (length > 0)
        memcpy(bytes + 13, body, length);
    datagram_add(&pair->datagrams[side], bytes, 13 + length);
    free(bytes);
}

struct fragment {
    int type;
    size_t message_length;
    int sequence;
    size_t offset, length;
};

/* What stands in the headers of these records. */
static int record_version = DTLS1_2_VERSION;

static void inject_fragment(struct pair *pair, int side, int epoch, uint64_t sequence, struct fragment fragment)
{
    unsigned char *body = pattern(12 + fragment.length);

    put_fragment_header(body, fragment.type, fragment.message_length, fragment.sequence, fragment.offset, fragment.length);
    inject(pair, side, SSL3_RT_HANDSHAKE, record_version, epoch, sequence, body, 12 + fragment.length);
    free(body);
}

static void receive_nothing(SSL *ssl)
{
    char byte;

    CHECK_WANTS(ssl, SSL_read(ssl, &byte, 1), SSL_ERROR_WANT_READ);
}

/* Finishes a handshake of which some was lost, by the timers. */
static void finish(struct pair *pair)
{
    int done[2] = {0, 0};

    advance_clock(0);
    for (int turn = 0; turn < 100 && !(done[0] && done[1]); turn++) {
        for (int side = CLIENT; side <= SERVER; side++) {
            char byte;
            int ret;

            if (done[side])
                ret = SSL_read(pair->ssl[side], &byte, 1);
            else
                done[side] = (ret = SSL_do_handshake(pair->ssl[side])) == 1;
            if (ret != 1)
                CHECK_SSL_ERROR(pair->ssl[side], ret, SSL_ERROR_WANT_READ);
            CHECK_NO_ERRORS();
        }
        if (turn % 4 == 3)
            advance_clock(60000000);
    }
    CHECK(done[0] && done[1]);
    check_alive(pair);
}

/* Moves the plain records that are on their way on to higher numbers: those that they have were used up by what was injected. */
static void renumber(struct datagrams *queue, uint64_t distance)
{
    for (size_t i = 0; i < queue->count; i++) {
        struct datagram *datagram = datagram_at(queue, i);
        struct record record;
        size_t at = 0;

        while (next_record(datagram, &at, &record))
            if (record.epoch == 0)
                put_record_header(record.header, record.type, record.version, 0, record.sequence + distance, record.length);
    }
}

/* The client has all of the server's first flight, in records that were injected: the rest of the handshake. */
static void finish_renumbered(struct pair *pair, uint64_t distance)
{
    want_read(pair->ssl[CLIENT]);
    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    renumber(&pair->datagrams[CLIENT], distance);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    check_alive(pair);
}

/* The connection after `steps` of the handshake: 0 nothing, 1 the ClientHello, 2 the server's flight, 3 the client's. */
static struct pair *pair_after(int version, int steps)
{
    struct pair *pair = pair_contexts(version);

    pair_over_datagrams(pair);
    for (int step = 0; step < steps; step++)
        want_read(pair->ssl[step % 2 ? SERVER : CLIENT]);
    return pair;
}

/* ---- what networks do ---- */

/* Every datagram of a handshake comes cut, at any place, and again in full when its time has come. CVE-2014-3571: the header of a
 * record alone, and then the next datagram. */
TEST_DTLS(cve_2014_3571_truncated_datagrams)
{
    for (int step = 1; step <= 3; step++) {
        size_t length = 14;

        for (size_t cut = 0; cut < length; cut += cut < 40 ? 1 : 29) {
            struct pair *pair = pair_after(version, step);
            struct datagrams *queue = &pair->datagrams[step % 2 ? SERVER : CLIENT];
            struct datagram *whole = datagram_take(queue, 0);

            datagrams_drop(queue);
            length = whole->length;
            if (cut > 0)
                datagram_add(queue, whole->bytes, cut);
            free(whole);
            finish(pair);
            pair_free(pair);
        }
    }
}

/* All of a flight in one datagram, though it was sent in many. */
TEST_DTLS(merged_datagrams)
{
    struct pair *pair = pair_contexts(version);
    unsigned char merged[9000];
    size_t length = 0;

    use_identity(pair->ctx[SERVER], "chained");
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_QUERY_MTU);
    pair_over_datagrams(pair);
    SSL_set_mtu(pair->ssl[SERVER], 256);
    want_read(pair->ssl[CLIENT]);
    want_read(pair->ssl[SERVER]);
    CHECK(pair->datagrams[CLIENT].count > 3);
    while (pair->datagrams[CLIENT].count > 0) {
        struct datagram *datagram = datagram_take(&pair->datagrams[CLIENT], 0);

        memcpy(merged + length, datagram->bytes, datagram->length);
        length += datagram->length;
        free(datagram);
    }
    datagram_add(&pair->datagrams[CLIENT], merged, length);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* Every datagram comes in the opposite order, twice. */
TEST_DTLS(reversed_and_doubled)
{
    struct pair *pair = pair_contexts(version);

    use_identity(pair->ctx[SERVER], "chained");
    for (int side = CLIENT; side <= SERVER; side++)
        SSL_CTX_set_options(pair->ctx[side], SSL_OP_NO_QUERY_MTU);
    pair_over_datagrams(pair);
    SSL_set_mtu(pair->ssl[CLIENT], 256);
    SSL_set_mtu(pair->ssl[SERVER], 256);
    for (int turn = 0; turn < 8; turn++) {
        struct datagrams *queue = &pair->datagrams[turn % 2];
        size_t count;

        SSL_do_handshake(pair->ssl[turn % 2]);
        CHECK_NO_ERRORS();
        queue = &pair->datagrams[!(turn % 2)];
        count = queue->count;
        for (size_t i = 0; i < count; i++) {
            struct datagram *last = datagram_take(queue, count - 1 - i);

            datagram_add(queue, last->bytes, last->length);
            datagram_add(queue, last->bytes, last->length);
            free(last);
        }
    }
    finish(pair);
    pair_free(pair);
}

/* ---- forged records ---- */

/* After the handshake: each of them is dropped, and what is genuine is delivered. The system's library dies of records that
 * are too short for what protects them, and with encrypt-then-MAC of any that is forged. */
TEST_DTLS_SIDES(forged_records)
{
    static const struct {
        int type, version, epoch;
        uint64_t sequence;
        size_t length;
    } forged[] = {
        {23, 0, 1, 50, 0}, {23, 0, 1, 50, 60}, {23, 0, 1, 50, 64}, {23, 0, 1, 50, 16384},
        {23, 0, 1, 50, 16641}, {23, 0, 1, 50, 18000}, {23, 0, 1, 1, 60}, {23, 0, 0, 51, 60}, {23, 0, 2, 51, 60},
        {23, 0, 3, 51, 60}, {23, 0, 65535, 51, 60}, {22, 0, 0, 51, 60}, {22, 0, 2, 51, 60}, {20, 0, 0, 51, 1},
        {20, 0, 0, 51, 2}, {21, 0, 1, 51, 60}, {21, 0, 0, 51, 2}, {99, 0, 1, 51, 60}, {99, 0, 0, 51, 60},
        {23, 0x0303, 1, 51, 60}, {23, 0x0000, 1, 51, 60}, {23, 0, 1, 0xffffffffffff, 60}, {22, 0, 1, 0xffffffffffff, 60},
        {23, 0, 1, 50, 1}, {23, 0, 1, 50, 8}, {23, 0, 1, 50, 23}, {21, 0, 1, 50, 2},
    };
    unsigned char *bytes = pattern(18000);

    for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
        struct pair *pair = pair_established(version);

        if (on_the_oracle() && forged[i].epoch == 1 && forged[i].length > 0
            && (version == DTLS1_VERSION || forged[i].length < 24)) {
            pair_free(pair);
            continue;
        }
        for (int times = 0; times < 3; times++)
            inject(pair, server, forged[i].type, forged[i].version ? forged[i].version : version, forged[i].epoch,
                   forged[i].sequence, bytes, forged[i].length);
        receive_nothing(pair->ssl[server]);
        check_alive(pair);
        pair_free(pair);
    }
    free(bytes);
}

/* The same of every suite's kind: any bit that is changed. */
static void changed_bits(int version, int server, const char *suite)
{
    struct pair *pair = pair_contexts(version);
    struct datagrams *queue = &pair->datagrams[server];
    struct datagram *sent;

    for (int side = CLIENT; side <= SERVER; side++)
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suite));
    if (on_the_oracle())
        SSL_CTX_set_options(pair->ctx[CLIENT], SSL_OP_NO_ENCRYPT_THEN_MAC);
    use_identity(pair->ctx[SERVER], "rsa");
    pair_over_datagrams(pair);
    pair_handshake(pair);
    CHECK_EQ(SSL_write(pair->ssl[!server], "hello", 5), 5);
    sent = datagram_take(queue, 0);
    /* The system's library dies of a length that is too short. */
    for (size_t bit = on_the_oracle() ? 8 * 13 : 0; bit < 8 * sent->length; bit += 3) {
        sent->bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        datagram_add(queue, sent->bytes, sent->length);
        sent->bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        receive_nothing(pair->ssl[server]);
    }
    datagram_add(queue, sent->bytes, sent->length);
    free(sent);
    CHECK_EQ(SSL_read(pair->ssl[server], (char[8]){0}, 8), 5);
    check_alive(pair);
    pair_free(pair);
}

TEST_DTLS_SIDES(record_with_any_bit_changed)
{
    changed_bits(version, server, "AES128-SHA:@SECLEVEL=0");
    changed_bits(version, server, "NULL-SHA:@SECLEVEL=0");
    if (version == DTLS1_2_VERSION) {
        changed_bits(version, server, "ECDHE-RSA-AES128-GCM-SHA256");
        changed_bits(version, server, "ECDHE-RSA-CHACHA20-POLY1305");
        changed_bits(version, server, "AES128-CCM8");
        changed_bits(version, server, "AES256-SHA256");
    }
}

/* In the handshake: what does not belong there, before each flight. The system's library gives up when it sees a plain alert,
 * which anybody can forge. */
TEST_DTLS(forged_records_in_the_handshake)
{
    unsigned char *bytes = pattern(300);

    for (int step = 0; step <= 3; step++) {
        for (int kind = 0; kind < 9; kind++) {
            struct pair *pair = pair_after(version, step);
            int side = step % 2;
            struct datagrams *queue = &pair->datagrams[side], genuine = *queue;

            *queue = (struct datagrams){NULL, 0};
            switch (kind) {
            case 0:
                datagram_add(queue, "garbage", 7);
                break;
            case 1:
                datagram_add(queue, bytes, 300);
                break;
            case 2: /* application data of the next epoch, and of one that is far away */
                inject(pair, side, 23, version, 1, 0, bytes, 60);
                inject(pair, side, 23, version, 7, 0, bytes, 60);
                break;
            case 3: /* of a version that there is not */
                inject(pair, side, 22, 0x0303, 0, 0, bytes, 60);
                break;
            case 4: /* a Finished of the next epoch */
                if (!on_the_oracle())
                    inject(pair, side, 22, version, 1, 0, bytes, 60);
                break;
            case 5: /* a record that is too long */
                inject(pair, side, 22, version, 0, 0, bytes, 0);
                break;
            case 6: /* a message of another time */
                inject_fragment(pair, side, 0, 30, (struct fragment){SSL3_MT_FINISHED, 12, 60, 0, 12});
                break;
            case 7: /* a HelloRequest */
                if (side == CLIENT && !on_the_oracle())
                    inject_fragment(pair, side, 0, 30, (struct fragment){SSL3_MT_HELLO_REQUEST, 0, 0, 0, 0});
                break;
            case 8: /* warnings, more than would be too many, and what is no alert */
                for (int i = 0; i < 8 && !on_the_oracle(); i++) {
                    inject(pair, side, 21, version, 0, 30, "\1\132", 2);
                    inject(pair, side, 21, version, 0, 31, "\1\144", 2);
                    inject(pair, side, 21, version, 0, 32, "\2\50\0", i % 2 ? 1 : 3);
                    inject(pair, side, 21, version, 0, 33, "\7\0", 2);
                }
                break;
            }
            while (genuine.count > 0) {
                struct datagram *datagram = datagram_take(&genuine, 0);

                datagram_add(queue, datagram->bytes, datagram->length);
                free(datagram);
            }
            finish(pair);
            pair_free(pair);
        }
    }
    free(bytes);
}

/* A forged HelloVerifyRequest costs a round trip, no more; one that comes when the ServerHello was read, nothing. */
TEST_DTLS(forged_verify_requests)
{
    struct pair *pair = pair_after(version, 2);
    static const unsigned char body[] = {3, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7, 0xfe, 0xff, 4, 'a', 'b', 'c', 'd'};

    inject(pair, CLIENT, 22, DTLS1_VERSION, 0, 30, body, sizeof(body));
    finish(pair);
    pair_free(pair);
}

/* CVE-2016-2181: a forged record with the last number of the next epoch, or of this one, moves no window. */
TEST_DTLS_SIDES(cve_2016_2181_far_sequence_numbers)
{
    unsigned char *bytes = pattern(60);

    for (int epoch = 1; epoch <= 2; epoch++) {
        struct pair *pair = pair_established(version);

        if (!(on_the_oracle() && version == DTLS1_VERSION && epoch == 1))
            inject(pair, server, 23, version, epoch, 0xffffffffffff, bytes, 60);
        receive_nothing(pair->ssl[server]);
        check_alive(pair);
        pair_free(pair);
    }
    for (int step = 0; step <= 3; step++) {
        struct pair *pair = pair_after(version, step);

        if (!(on_the_oracle() && version == DTLS1_VERSION))
            inject(pair, step % 2, 23, version, 1, 0xffffffffffff, bytes, 60);
        /* A window that what is not authenticated moves, as the system's library has, shuts the genuine peer out. */
        if (!on_the_oracle())
            inject(pair, step % 2, 22, version, 0, 0xfffffffffff0, bytes, 60);
        finish(pair);
        pair_free(pair);
    }
    free(bytes);
}

/* ---- floods ---- */

/* Lets the side read what was injected, and says by how much the heap has grown. */
static long growth(struct pair *pair, int side, void (*flood)(struct pair *, int, int), int count)
{
    size_t before = heap(), after;

    for (int sent = 0; sent < count;) {
        for (int burst = 0; burst < 100 && sent < count; burst++, sent++)
            flood(pair, side, sent);
        SSL_do_handshake(pair->ssl[side]);
        ERR_clear_error();
        datagrams_drop(&pair->datagrams[!side]);
        datagrams_drop(&pair->datagrams[side]);
    }
    after = heap();
    return (long)after - (long)before;
}

static void next_epoch_application(struct pair *pair, int side, int number)
{
    static unsigned char bytes[1300];

    inject(pair, side, 23, record_version, 1, (uint64_t)number, bytes, sizeof(bytes));
}

static void next_epoch_same_number(struct pair *pair, int side, int number)
{
    static unsigned char bytes[200];

    (void)number;
    inject(pair, side, 22, record_version, 1, 5, bytes, sizeof(bytes));
}

static void next_epoch_tiny(struct pair *pair, int side, int number)
{
    inject(pair, side, 22, record_version, 1, (uint64_t)number, "xy", 2);
}

static void zero_length_fragment(struct pair *pair, int side, int number)
{
    inject_fragment(pair, side, 0, 1000 + (uint64_t)number, (struct fragment){SSL3_MT_CERTIFICATE, 1000, 5, 0, 0});
}

static void fragment_of_a_later_message(struct pair *pair, int side, int number)
{
    inject_fragment(pair, side, 0, 1000 + (uint64_t)number,
                    (struct fragment){SSL3_MT_CERTIFICATE, 60000, 2 + number % 60000, 0, 1});
}

static void huge_announcement(struct pair *pair, int side, int number)
{
    inject_fragment(pair, side, 0, 1000 + (uint64_t)number, (struct fragment){SSL3_MT_CERTIFICATE, 0xffffff, 2 + number % 9, 0, 10});
}

/* CVE-2015-0206, CVE-2026-54874: records of the next epoch are kept in small number, each for what it is. */
TEST_DTLS_SIDES(cve_2015_0206_records_of_the_next_epoch)
{
    struct pair *pair = pair_after(version, server ? 2 : 1);

    record_version = version;
    CHECK(growth(pair, server, next_epoch_application, 20000) < 3000000);
    CHECK(growth(pair, server, next_epoch_same_number, 100000) < 100000);
    CHECK_EQ(SSL_in_init(pair->ssl[server]), 1);
    pair_free(pair);
}

TEST_DTLS_SIDES(cve_2026_54874_tiny_records_of_the_next_epoch)
{
    struct pair *pair = pair_after(version, server ? 2 : 1);

    record_version = version;
    /* The system's library takes more until it is mended. */
    CHECK(growth(pair, server, next_epoch_tiny, 100) < (on_the_oracle() ? 2000000 : 64 * 1024));
    pair_free(pair);
}

/* CVE-2014-3507: fragments of no length leave nothing. */
TEST_DTLS_SIDES(cve_2014_3507_zero_length_fragments)
{
    struct pair *pair = pair_after(version, server ? 2 : 1);

    record_version = version;
    CHECK(growth(pair, server, zero_length_fragment, 100000) < 100000);
    pair_free(pair);
}

/* CVE-2014-3506: messages that are begun and never go on are kept in small number. */
TEST_DTLS_SIDES(cve_2014_3506_messages_that_are_begun)
{
    struct pair *pair = pair_after(version, server ? 2 : 1);

    record_version = version;
    CHECK(growth(pair, server, fragment_of_a_later_message, 60000) < 2000000);
    pair_free(pair);
}

/* CVE-2014-3506, CVE-2016-6308: a message that announces 16 MiB gets no memory. */
TEST_DTLS_SIDES(cve_2016_6308_huge_announcements)
{
    struct pair *pair = pair_after(version, server ? 2 : 1);

    record_version = version;
    CHECK(growth(pair, server, huge_announcement, 5000) < 500000);
    pair_free(pair);
}

/* The next message in turn announces 16 MiB: the handshake fails at once, or goes on without it. */
TEST_DTLS_SIDES(cve_2016_6308_huge_next_message)
{
    struct pair *pair = pair_after(version, server ? 2 : 1);
    size_t before = heap();

    record_version = version;
    inject_fragment(pair, server, 0, 50,
                    (struct fragment){server ? SSL3_MT_CLIENT_KEY_EXCHANGE : SSL3_MT_SERVER_HELLO, 0xffffff, server ? 1 : 0, 0, 10});
    SSL_do_handshake(pair->ssl[server]);
    ERR_clear_error();
    CHECK(heap() < before + 200000);
    pair_free(pair);
}

/* CVE-2014-0221: a flood of HelloRequests takes no stack, and the handshake goes on. */
TEST_DTLS(cve_2014_0221_hello_requests)
{
    struct pair *pair = pair_after(version, 1);
    struct datagrams hello = pair->datagrams[SERVER];

    pair->datagrams[SERVER] = (struct datagrams){NULL, 0};
    for (int i = 0; i < 100000; i++) {
        struct fragment request = {SSL3_MT_HELLO_REQUEST, 0, 0, 0, 0};

        inject_fragment(pair, CLIENT, 0, (uint64_t)i, request);
        if (i % 100 == 99)
            want_read(pair->ssl[CLIENT]);
    }
    /* A slow client has sent its hello again meanwhile. */
    datagrams_drop(&pair->datagrams[SERVER]);
    pair->datagrams[SERVER] = hello;
    want_read(pair->ssl[SERVER]);
    /* The window of the records' numbers has moved on with the flood. */
    renumber(&pair->datagrams[CLIENT], 200000);
    want_read(pair->ssl[CLIENT]);
    CHECK(pair->datagrams[SERVER].count > 0);
    pair_free(pair);
}

/* ---- fragments ---- */

/* Takes the ServerHello's flight apart into messages; returns how many. */
struct message {
    int type, sequence;
    size_t length;
    unsigned char bytes[4096];
};

static size_t take_messages(struct datagrams *queue, struct message *messages, size_t room)
{
    size_t count = 0;

    while (queue->count > 0) {
        struct datagram *datagram = datagram_take(queue, 0);
        struct record record;
        size_t at = 0;

        while (next_record(datagram, &at, &record)) {
            const unsigned char *body = record.body;
            size_t length = (size_t)(body[1] << 16 | body[2] << 8 | body[3]);
            size_t offset = (size_t)(body[6] << 16 | body[7] << 8 | body[8]);
            int sequence = body[4] << 8 | body[5];

            if (record.type != SSL3_RT_HANDSHAKE || record.epoch != 0)
                continue;
            CHECK(length <= sizeof(messages->bytes));
            if (count == 0 || messages[count - 1].sequence != sequence) {
                CHECK(count < room);
                messages[count++] = (struct message){.type = body[0], .sequence = sequence, .length = length};
            }
            memcpy(messages[count - 1].bytes + offset, body + 12, record.length - 12);
        }
        free(datagram);
    }
    return count;
}

static void send_part(struct pair *pair, int side, int version, uint64_t *sequence, const struct message *message,
                      size_t offset, size_t length)
{
    unsigned char body[12 + 4096];

    put_fragment_header(body, message->type, message->length, message->sequence, offset, length);
    memcpy(body + 12, message->bytes + offset, length);
    inject(pair, side, SSL3_RT_HANDSHAKE, version, 0, (*sequence)++, body, 12 + length);
}

/* Fragments of any size that overlap, in any order, make the message. */
TEST_DTLS(overlapping_fragments)
{
    static struct message messages[8];

    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct pair *pair = pair_after(version, 2);
        size_t count = take_messages(&pair->datagrams[CLIENT], messages, 8);
        uint64_t sequence = 0, random = seed;

        CHECK(count >= 4);
        for (int i = 0; i < 120; i++) {
            struct message *message = &messages[next_random(&random) % count];
            size_t offset = message->length == 0 ? 0 : next_random(&random) % message->length;
            size_t length = message->length == 0 ? 0 : 1 + next_random(&random) % (message->length - offset);

            if (i >= 100) { /* what may be missing */
                message = &messages[(size_t)i % count];
                offset = 0;
                length = message->length;
            }
            send_part(pair, CLIENT, version, &sequence, message, offset, length);
        }
        finish_renumbered(pair, 1000);
        pair_free(pair);
    }
}

/* Small fragments, the last one first. */
TEST_DTLS(small_fragments)
{
    static struct message messages[8];
    struct pair *pair = pair_after(version, 2);
    size_t count = take_messages(&pair->datagrams[CLIENT], messages, 8);
    uint64_t sequence = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t offset = (messages[i].length + 15) / 16 * 16; offset > 0; offset -= 16) {
            size_t rest = messages[i].length - (offset - 16);

            send_part(pair, CLIENT, version, &sequence, &messages[i], offset - 16, rest < 16 ? rest : 16);
        }
    for (size_t i = 0; i < count; i++)
        if (messages[i].length == 0)
            send_part(pair, CLIENT, version, &sequence, &messages[i], 0, 0);
    finish_renumbered(pair, 1000);
    pair_free(pair);
}

/* CVE-2014-0195, CVE-2014-3505: fragments that disagree on the message's length, its type or its bytes. Nothing is
 * overwritten; the handshake fails or goes on. */
TEST_DTLS_SIDES(cve_2014_0195_fragments_that_disagree)
{
    static const size_t lengths[][2] = {{100, 60000}, {60000, 100}, {100, 99}, {100, 101}, {5000, 100}, {1, 16384}};

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (int other_type = 0; other_type <= 1; other_type++) {
            for (int later = 0; later <= 2; later++) {
                struct pair *pair = pair_after(version, server ? 2 : 1);
                int sequence = (server ? 1 : 0) + later, type = server ? SSL3_MT_CLIENT_KEY_EXCHANGE : SSL3_MT_SERVER_HELLO;
                size_t first = lengths[i][0] < 100 ? 1 : 50, second = lengths[i][1] < 100 ? 1 : 50;

                inject_fragment(pair, server, 0, 60, (struct fragment){type, lengths[i][0], sequence, 0, first});
                inject_fragment(pair, server, 0, 61,
                                (struct fragment){type + other_type, lengths[i][1], sequence, lengths[i][1] - second, second});
                inject_fragment(pair, server, 0, 62, (struct fragment){type, lengths[i][0], sequence, 0, first});
                for (int turn = 0; turn < 6; turn++)
                    SSL_do_handshake(pair->ssl[turn % 2]);
                ERR_clear_error();
                pair_free(pair);
            }
        }
    }
}

/* A fragment that reaches beyond its message, or is longer than its record says. */
TEST_DTLS_SIDES(fragment_beyond_the_message)
{
    static const struct fragment wrong[] = {
        {2, 100, 0, 90, 50}, {2, 100, 0, 0xffffff, 50}, {2, 0, 0, 0, 50}, {2, 100, 0, 101, 0}, {2, 10, 0, 0, 11},
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        for (int later = 0; later <= 1; later++) {
            struct pair *pair = pair_after(version, server ? 2 : 1);
            struct fragment fragment = wrong[i];

            fragment.type = server ? SSL3_MT_CLIENT_KEY_EXCHANGE : SSL3_MT_SERVER_HELLO;
            fragment.sequence = (server ? 1 : 0) + later;
            inject_fragment(pair, server, 0, 60, fragment);
            CHECK(SSL_do_handshake(pair->ssl[server]) <= 0);
            ERR_clear_error();
            pair_free(pair);
        }
    }
    for (int later = 0; later <= 1; later++) {
        struct pair *pair = pair_after(version, server ? 2 : 1);
        unsigned char body[12];

        put_fragment_header(body, server ? SSL3_MT_CLIENT_KEY_EXCHANGE : SSL3_MT_SERVER_HELLO, 100, (server ? 1 : 0) + later, 0, 50);
        inject(pair, server, SSL3_RT_HANDSHAKE, version, 0, 60, body, 12);
        inject(pair, server, SSL3_RT_HANDSHAKE, version, 0, 61, body, 5);
        CHECK(SSL_do_handshake(pair->ssl[server]) <= 0);
        ERR_clear_error();
        pair_free(pair);
    }
}

/* ---- messages ---- */

/* CVE-2014-3510: an anonymous suite, and a ServerHelloDone without the key exchange before it. */
TEST_DTLS(cve_2014_3510_anonymous_without_key_exchange)
{
    static const char *const suites[] = {"ADH-AES128-SHA:@SECLEVEL=0", "AECDH-AES128-SHA:@SECLEVEL=0"};

    for (size_t i = 0; i < 2; i++) {
        static struct message messages[8];
        struct pair *pair = pair_contexts(version);
        uint64_t sequence = 0;
        size_t count;

        for (int side = CLIENT; side <= SERVER; side++)
            CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], suites[i]));
        SSL_CTX_set_dh_auto(pair->ctx[SERVER], 1);
        pair_over_datagrams(pair);
        want_read(pair->ssl[CLIENT]);
        want_read(pair->ssl[SERVER]);
        count = take_messages(&pair->datagrams[CLIENT], messages, 8);
        CHECK_EQ(count, 3);
        messages[2].sequence = 1;
        send_part(pair, CLIENT, version, &sequence, &messages[0], 0, messages[0].length);
        send_part(pair, CLIENT, version, &sequence, &messages[2], 0, 0);
        CHECK_FAILS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_R_UNEXPECTED_MESSAGE);
        pair_free(pair);
    }
}

/* CVE-2014-8176: application data that comes between ChangeCipherSpec and Finished is neither delivered early nor freed twice. */
TEST_DTLS(cve_2014_8176_application_data_before_finished)
{
    struct pair *pair = pair_after(version, 3);
    struct datagrams *queue = &pair->datagrams[CLIENT];
    struct datagram *data;
    char bytes[8];
    int ret;

    CHECK_OK(SSL_do_handshake(pair->ssl[SERVER]));
    CHECK_EQ(SSL_write(pair->ssl[SERVER], "early", 5), 5);
    data = datagram_take(queue, queue->count - 1);
    data->next = queue->first;
    queue->first = data;
    queue->count++;
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    ret = SSL_read(pair->ssl[CLIENT], bytes, sizeof(bytes));
    if (ret == 5)
        CHECK_MEM(bytes, "early", 5);
    else
        CHECK_SSL_ERROR(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_READ);
    check_alive(pair);
    pair_free(pair);
}

/* CVE-2016-2179: what was kept of messages out of order is given back when the handshake is done. */
TEST_DTLS(cve_2016_2179_memory_after_the_handshake)
{
    size_t plain = 0, flooded = 0;

    for (int warm_up = 0; warm_up < 2; warm_up++)
        pair_free(pair_established(version));
    for (int flood = 0; flood <= 1; flood++) {
        size_t before = heap();
        struct pair *pair = pair_after(version, 1);

        if (flood)
            for (int i = 0; i < 8; i++)
                inject_fragment(pair, CLIENT, 0, 100 + (uint64_t)i, (struct fragment){SSL3_MT_CERTIFICATE, 10000, 6 + i % 4, 0, 8000});
        want_read(pair->ssl[CLIENT]);
        want_read(pair->ssl[SERVER]);
        renumber(&pair->datagrams[CLIENT], 1000);
        finish_renumbered(pair, 1000);
        *(flood ? &flooded : &plain) = heap() - before;
        pair_free(pair);
    }
    /* The flood is of 32,000 bytes, which at least would stay; where blocks of memory come to lie makes some thousands. */
    CHECK(flooded < plain + 20000);
}

/* CVE-2013-6450: a flight with a ChangeCipherSpec in it is sent again under the keys that it was sent under. */
TEST_DTLS(cve_2013_6450_flight_with_change_cipher_spec)
{
    struct pair *pair = pair_after(version, 3);

    for (int times = 0; times < 3; times++) {
        datagrams_drop(&pair->datagrams[SERVER]);
        advance_clock(60000000);
        CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 1);
        CHECK(pair->datagrams[SERVER].count > 0);
    }
    finish(pair);
    pair_free(pair);
}

/* Random bytes, and random changes of what is genuine: nothing crashes, nothing is believed. */
TEST_DTLS_SIDES(random_datagrams)
{
    uint64_t random = 88172645463325252u;

    for (int round = 0; round < 60; round++) {
        struct pair *pair = pair_after(version, server ? 3 : 2);
        struct datagrams *queue = &pair->datagrams[server];

        for (int i = 0; i < 60; i++) {
            struct datagram *genuine = datagram_at(queue, next_random(&random) % queue->count);
            unsigned char bytes[2000];
            size_t length = genuine->length < sizeof(bytes) ? genuine->length : sizeof(bytes);

            memcpy(bytes, genuine->bytes, length);
            for (uint64_t changes = 1 + next_random(&random) % 4; changes > 0; changes--)
                bytes[next_random(&random) % (next_random(&random) % 2 ? 30 : length)] = (unsigned char)next_random(&random);
            datagram_add(queue, bytes, 1 + next_random(&random) % length);
        }
        for (int turn = 0; turn < 6; turn++)
            SSL_do_handshake(pair->ssl[turn % 2]);
        ERR_clear_error();
        pair_free(pair);
    }
}
