/*
 * Lengths that a peer announces and does not send ("HollowByte", CVE-2016-6307): what many connections that got a header, and
 * little behind it, take beyond what each took while it waited. DTLS has tests of its own in dtls_bad_input.c.
 */
#include "support.h"

#include <malloc.h>
#include <unistd.h>

enum { SOME = 1000, MANY = 10000 };

/* Many connections over one wire: what one is sent it reads before the next one is. */
struct crowd {
    struct pair *pair;
    struct wire_end end;
    struct queue in, out;
    int count;
    SSL *ssl[MANY];
};

static size_t heap(void)
{
    struct mallinfo2 information = mallinfo2();

    return information.uordblks + information.hblkhd;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static size_t resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    size_t size, pages;

    CHECK(file != NULL);
    CHECK_EQ(fscanf(file, "%zu %zu", &size, &pages), 2);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}
#endif

/* Sends the bytes to each, which waits for more then. */
static void send_to_all(struct crowd *crowd, const void *bytes, size_t length)
{
    for (int i = 0; i < crowd->count; i++) {
        queue_add(&crowd->in, bytes, length);
        CHECK_WANTS(crowd->ssl[i], SSL_do_handshake(crowd->ssl[i]), SSL_ERROR_WANT_READ);
        CHECK_EQ(queue_length(&crowd->in), 0);
        queue_drop(&crowd->out, queue_length(&crowd->out));
    }
}

/* Connections of one side that wait for the first message of the peer. */
static struct crowd *crowd_of(int version, int side, int count)
{
    struct crowd *crowd = calloc(1, sizeof(*crowd));

    CHECK(crowd != NULL);
    crowd->pair = pair_contexts(version);
    crowd->count = count;
    crowd->end = (struct wire_end){.in = &crowd->in,
                                   .out = &crowd->out,
                                   .read_chunk = SIZE_MAX,
                                   .write_chunk = SIZE_MAX,
                                   .read_room = SIZE_MAX,
                                   .write_room = SIZE_MAX,
                                   .out_limit = SIZE_MAX};
    for (int i = 0; i < count; i++) {
        BIO *bio = wire_bio(&crowd->end);

        crowd->ssl[i] = SSL_new(crowd->pair->ctx[side]);
        CHECK(crowd->ssl[i] != NULL);
        SSL_set_bio(crowd->ssl[i], bio, bio);
        if (side == CLIENT)
            SSL_set_connect_state(crowd->ssl[i]);
        else
            SSL_set_accept_state(crowd->ssl[i]);
    }
    send_to_all(crowd, NULL, 0);
    return crowd;
}

static void crowd_free(struct crowd *crowd)
{
    for (int i = 0; i < crowd->count; i++)
        SSL_free(crowd->ssl[i]);
    free(crowd->in.bytes);
    free(crowd->out.bytes);
    pair_free(crowd->pair);
    free(crowd);
}

/* How many bytes each took by then for what it was sent. */
static size_t taken(struct crowd *crowd, size_t (*measure)(void), const void *bytes, size_t length)
{
    size_t before, after;

    before = measure();
    send_to_all(crowd, bytes, length);
    after = measure();
    return after < before ? 0 : (after - before) / (size_t)crowd->count;
}

/* Brings clients of TLS 1.2 to where the Certificate message comes. */
static void send_server_hello(struct crowd *crowd)
{
    struct pair *pair = crowd->pair;
    const unsigned char *hello;

    pair_over_wire(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    hello = pair->queue[CLIENT].bytes + pair->queue[CLIENT].start;
    CHECK_EQ(hello[5], SSL3_MT_SERVER_HELLO);
    send_to_all(crowd, hello, 5 + (size_t)(hello[3] << 8 | hello[4]));
    pair_disconnect(pair);
}

/* What is sent to each: a record's header, and a message's behind it, which may announce more than the record does. */
static const struct announcement {
    int version, side, after_hello;
    unsigned char bytes[9];
    size_t length;
} announcements[] = {
    {0, SERVER, 0, {22, 3, 1, 0, 4, SSL3_MT_CLIENT_HELLO, 2, 0, 0}, 9},
    {0, SERVER, 0, {22, 3, 1, 0x40, 0, SSL3_MT_CLIENT_HELLO, 0, 0x3f, 0xfc}, 9},
    {0, SERVER, 0, {22, 3, 1, 0x40, 0}, 5},
    {0, CLIENT, 0, {22, 3, 3, 0, 4, SSL3_MT_SERVER_HELLO, 0, 0xfd, 0xe8}, 9},
    {0, CLIENT, 0, {22, 3, 3, 0x40, 0, SSL3_MT_SERVER_HELLO, 0, 0x3f, 0xfc}, 9},
    {TLS1_2_VERSION, CLIENT, 1, {22, 3, 3, 0, 4, SSL3_MT_CERTIFICATE, 1, 0x90, 0}, 9}, /* max_cert_list */
    {TLS1_2_VERSION, CLIENT, 1, {22, 3, 3, 0x40, 0, SSL3_MT_CERTIFICATE, 1, 0x90, 0}, 9},
};
enum { ANNOUNCEMENTS = sizeof(announcements) / sizeof(*announcements) };

/* How many bytes each of so many connections took for the announcement. */
static size_t taken_for(const struct announcement *announcement, int count, size_t (*measure)(void))
{
    struct crowd *crowd = crowd_of(announcement->version, announcement->side, count);
    size_t bytes;

    if (announcement->after_hello)
        send_server_hello(crowd);
    bytes = taken(crowd, measure, announcement->bytes, announcement->length);
    crowd_free(crowd);
    return bytes;
}

/* A message's header takes none of what it announces; a record that has begun takes the room of one record. The system's
 * library has that room all the time, and gives a message all that it announces. */
TEST(announced_lengths_take_no_memory)
{
    for (size_t i = 0; i < ANNOUNCEMENTS; i++) {
        int whole = announcements[i].bytes[3] == 0;
        size_t most = on_the_oracle() ? 200000 : whole ? 200 : 17000;

        CHECK(taken_for(&announcements[i], SOME, heap) <= most);
    }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/* Of the room for a record no more is touched than what came has need of. */
TEST(announced_lengths_are_not_resident)
{
    /* There more is used. */
    if (on_valgrind())
        return;
    for (int i = 1; i >= 0; i--) {
        size_t bytes = taken_for(&announcements[i], on_the_oracle() ? SOME : MANY, resident);

        CHECK(bytes <= (on_the_oracle() ? 200000 : 8192));
    }
}
#endif
