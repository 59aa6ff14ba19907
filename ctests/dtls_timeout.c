/*
 * DTLSv1_get_timeout(3), DTLSv1_handle_timeout(3), DTLS_set_timer_cb(3): when a flight is sent again
 * (RFC 6347, 4.2.4).
 */
#include "support.h"

#include <sys/time.h>

/* What is left until the timer runs out, in microseconds; -1 without a timer. */
static long time_left(SSL *ssl)
{
    struct timeval left = {-7, -7};
    long ret = DTLSv1_get_timeout(ssl, &left);

    CHECK_NO_ERRORS();
    if (ret == 0)
        return -1;
    CHECK_EQ(ret, 1);
    return left.tv_sec * 1000000 + left.tv_usec;
}

static void want_read(SSL *ssl)
{
    CHECK_WANTS(ssl, SSL_do_handshake(ssl), SSL_ERROR_WANT_READ);
}

/* A pair whose clock stands still. */
static struct pair *waiting_pair(int version)
{
    struct pair *pair = pair_contexts(version);

    pair_over_datagrams(pair);
    advance_clock(0);
    return pair;
}

/* "If no timeout is currently active, this function returns 0." */
TEST_DTLS(no_timer_without_a_flight)
{
    struct pair *pair = waiting_pair(version);

    CHECK_EQ(time_left(pair->ssl[CLIENT]), -1);
    CHECK_EQ(time_left(pair->ssl[SERVER]), -1);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 0);
    /* A server that waits for a ClientHello has nothing to send again. */
    want_read(pair->ssl[SERVER]);
    CHECK_EQ(time_left(pair->ssl[SERVER]), -1);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[SERVER]), 0);
    pair_handshake(pair);
    CHECK_EQ(time_left(pair->ssl[CLIENT]), -1);
    CHECK_EQ(time_left(pair->ssl[SERVER]), -1);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 0);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[SERVER]), 0);
    check_alive(pair);
    CHECK_EQ(time_left(pair->ssl[CLIENT]), -1);
    pair_free(pair);
}

/* "It fails if called on any other kind of SSL object." */
TEST(timeouts_of_tls)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);
    struct timeval left = {-7, -7};

    pair_over_wire(pair);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(DTLSv1_get_timeout(pair->ssl[CLIENT], &left), 0);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 0);
    pair_free(pair);
}

/* "The default timeout value is 1 second. For all subsequent timeouts, the default behavior is to double the duration
 * up to a maximum of 1 minute." */
TEST_DTLS(timer_doubles_up_to_a_minute)
{
    static const long expected[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    struct pair *pair = waiting_pair(version);
    SSL *client = pair->ssl[CLIENT];

    want_read(client);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        unsigned long sent = pair->link[CLIENT].sent;

        CHECK_EQ(time_left(client), expected[i] * 1000000);
        advance_clock(expected[i] * 1000000 - 400000);
        CHECK_EQ(time_left(client), 400000);
        CHECK_EQ(DTLSv1_handle_timeout(client), 0);
        CHECK_EQ(pair->link[CLIENT].sent, sent);
        advance_clock(400000);
        CHECK_EQ(time_left(client), 0);
        CHECK_EQ(DTLSv1_handle_timeout(client), 1);
        CHECK_NO_ERRORS();
        CHECK_EQ(pair->link[CLIENT].sent, sent + 1);
    }
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* Less than 15 milliseconds are no time to wait for. */
TEST_DTLS(timer_that_has_nearly_run_out)
{
    struct pair *pair = waiting_pair(version);

    want_read(pair->ssl[CLIENT]);
    advance_clock(1000000 - 15000);
    CHECK_EQ(time_left(pair->ssl[CLIENT]), 15000);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 0);
    advance_clock(1);
    CHECK_EQ(time_left(pair->ssl[CLIENT]), 0);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 1);
    pair_free(pair);
}

/* Takes what is on its way: the bodies of its records, one after the other, and the number of the last record. */
static size_t take_bodies(struct datagrams *sent, unsigned char *bodies, size_t room, uint64_t *last)
{
    size_t length = 0;

    while (sent->count > 0) {
        struct datagram *datagram = datagram_take(sent, 0);
        struct record record;
        size_t at = 0;

        while (next_record(datagram, &at, &record)) {
            CHECK_EQ(record.type, SSL3_RT_HANDSHAKE);
            CHECK_EQ(record.epoch, 0);
            CHECK(record.sequence > *last || (record.sequence == 0 && length == 0));
            CHECK(length + record.length <= room);
            memcpy(bodies + length, record.body, record.length);
            length += record.length;
            *last = record.sequence;
        }
        free(datagram);
    }
    return length;
}

/* What is sent again is the same messages in records of new numbers. */
TEST_DTLS_SIDES(same_messages_in_new_records)
{
    struct pair *pair = waiting_pair(version);
    struct datagrams *sent = &pair->datagrams[!server];
    unsigned char first[4096], again[4096];
    uint64_t last = 0;
    size_t length;

    want_read(pair->ssl[CLIENT]);
    if (server)
        want_read(pair->ssl[SERVER]);
    length = take_bodies(sent, first, sizeof(first), &last);
    CHECK(length > 50);
    advance_clock(1000000);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[server]), 1);
    CHECK_EQ(take_bodies(sent, again, sizeof(again), &last), length);
    CHECK_MEM(again, first, length);
    advance_clock(2000000);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[server]), 1);
    pair_handshake(pair);
    check_alive(pair);
    pair_free(pair);
}

/* SSL_do_handshake() and SSL_read() look at the timer themselves. */
TEST_DTLS(handshake_handles_the_timeout)
{
    struct pair *pair = waiting_pair(version);

    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(pair->link[CLIENT].sent, 1);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(pair->link[CLIENT].sent, 1);
    advance_clock(1000000);
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(pair->link[CLIENT].sent, 2);
    CHECK_EQ(time_left(pair->ssl[CLIENT]), 2000000);
    pair_free(pair);
}

/* After twelve timeouts without an answer the handshake has failed. */
TEST_DTLS_SIDES(peer_that_never_answers)
{
    struct pair *pair = waiting_pair(version);
    SSL *ssl = pair->ssl[server];
    int timeouts = 0, ret;

    want_read(pair->ssl[CLIENT]);
    if (server)
        want_read(ssl);
    while (timeouts < 30) {
        advance_clock(60000000);
        ret = DTLSv1_handle_timeout(ssl);
        if (ret != 1)
            break;
        timeouts++;
    }
    CHECK_EQ(timeouts, 12);
    CHECK_EQ(ret, -1);
    CHECK_SSL_REASON(SSL_R_READ_TIMEOUT_EXPIRED);
    CHECK_EQ(SSL_do_handshake(ssl), -1);
    ERR_clear_error();
    pair_free(pair);
}

/* The deadline that a BIO was told does not outlive the handshake, nor SSL_clear(), nor the connection's failure. The system's
 * library leaves it behind in the last two. */
TEST_DTLS(deadline_of_the_bio)
{
    struct pair *pair = waiting_pair(version);
    SSL *client = pair->ssl[CLIENT];

    want_read(client);
    CHECK_EQ(pair->link[CLIENT].has_deadline, 1);
    CHECK_OK(SSL_clear(client));
    CHECK_EQ(pair->link[CLIENT].has_deadline, on_the_oracle());
    datagrams_drop(&pair->datagrams[SERVER]);
    pair_handshake(pair);
    CHECK_EQ(pair->link[CLIENT].has_deadline, 0);
    CHECK_EQ(pair->link[SERVER].has_deadline, 0);
    pair_disconnect(pair);
    pair_over_datagrams(pair);
    client = pair->ssl[CLIENT];
    want_read(client);
    CHECK_EQ(pair->link[CLIENT].has_deadline, 1);
    datagram_add(&pair->datagrams[CLIENT], "\x15\xfe\xfd\0\0\0\0\0\0\0\0\0\x02\x02\x28", 15);
    CHECK_EQ(SSL_do_handshake(client), -1);
    ERR_clear_error();
    CHECK_EQ(pair->link[CLIENT].has_deadline, on_the_oracle());
    CHECK_EQ(time_left(client), on_the_oracle() ? 1000000 : -1);
    pair_free(pair);
}

/* ---- DTLS_set_timer_cb() ---- */

static unsigned int asked[32], asked_count;

static unsigned int timer(SSL *ssl, unsigned int last)
{
    CHECK(ssl != NULL);
    CHECK(asked_count < 32);
    asked[asked_count++] = last;
    return last == 0 ? 250000 : last + 50000;
}

/* "The callback should return the timeout interval in micro seconds. The timer_us parameter of the callback is the last
 * set timeout interval returned. On the first invocation of the callback, this value will be 0." */
TEST_DTLS(timer_callback)
{
    struct pair *pair = waiting_pair(version);
    SSL *client = pair->ssl[CLIENT];

    DTLS_set_timer_cb(client, timer);
    CHECK_EQ(asked_count, 0);
    want_read(client);
    CHECK_EQ(asked_count, 1);
    CHECK_EQ(asked[0], 0);
    CHECK_EQ(time_left(client), 250000);
    advance_clock(250000);
    CHECK_EQ(DTLSv1_handle_timeout(client), 1);
    CHECK_EQ(asked_count, 2);
    CHECK_EQ(asked[1], 250000);
    CHECK_EQ(time_left(client), 300000);
    advance_clock(300000);
    CHECK_EQ(DTLSv1_handle_timeout(client), 1);
    CHECK_EQ(asked[2], 300000);
    CHECK_EQ(time_left(client), 350000);
    /* Without it the time left is doubled again. */
    DTLS_set_timer_cb(client, NULL);
    advance_clock(350000);
    CHECK_EQ(DTLSv1_handle_timeout(client), 1);
    CHECK_EQ(asked_count, 3);
    CHECK_EQ(time_left(client), 700000);
    pair_handshake(pair);
    pair_free(pair);
}

/* The next flight begins with the first timeout again. */
TEST_DTLS(timer_of_the_next_flight)
{
    struct pair *pair = waiting_pair(version);
    SSL *client = pair->ssl[CLIENT];

    want_read(client);
    advance_clock(1000000);
    CHECK_EQ(DTLSv1_handle_timeout(client), 1);
    advance_clock(2000000);
    CHECK_EQ(DTLSv1_handle_timeout(client), 1);
    CHECK_EQ(time_left(client), 4000000);
    want_read(pair->ssl[SERVER]);
    CHECK_EQ(time_left(pair->ssl[SERVER]), 1000000);
    want_read(client);
    CHECK_EQ(time_left(client), 1000000);
    pair_handshake(pair);
    pair_free(pair);
}

/* The side that sends the last flight keeps it without a timer, and sends it again when it sees that the peer did not
 * get it (RFC 6347, 4.2.4). */
TEST_DTLS(last_flight_is_lost)
{
    struct pair *pair = waiting_pair(version);
    SSL *client = pair->ssl[CLIENT], *server_ssl = pair->ssl[SERVER];
    char byte;

    want_read(client);
    want_read(server_ssl);
    want_read(client);
    CHECK_OK(SSL_do_handshake(server_ssl));
    CHECK_EQ(time_left(server_ssl), -1);
    datagrams_drop(&pair->datagrams[CLIENT]);
    want_read(client);
    advance_clock(1000000);
    CHECK_EQ(DTLSv1_handle_timeout(client), 1);
    CHECK_EQ(pair->datagrams[CLIENT].count, 0);
    CHECK_WANTS(server_ssl, SSL_read(server_ssl, &byte, 1), SSL_ERROR_WANT_READ);
    CHECK(pair->datagrams[CLIENT].count > 0);
    CHECK_OK(SSL_do_handshake(client));
    check_alive(pair);
    pair_free(pair);
}

/* As before, in a resumption, where the client speaks last. */
TEST_DTLS(last_flight_of_a_resumption_is_lost)
{
    struct pair *pair = pair_for_sessions(version, 1);
    SSL_SESSION *session = connect_with(pair, NULL, 0);
    SSL *client, *server_ssl;
    char byte;

    pair_over_datagrams(pair);
    client = pair->ssl[CLIENT];
    server_ssl = pair->ssl[SERVER];
    advance_clock(0);
    CHECK_OK(SSL_set_session(client, session));
    want_read(client);
    want_read(server_ssl);
    CHECK_OK(SSL_do_handshake(client));
    CHECK_EQ(time_left(client), -1);
    datagrams_drop(&pair->datagrams[SERVER]);
    advance_clock(1000000);
    CHECK_EQ(DTLSv1_handle_timeout(server_ssl), 1);
    CHECK_WANTS(client, SSL_read(client, &byte, 1), SSL_ERROR_WANT_READ);
    CHECK(pair->datagrams[SERVER].count > 0);
    CHECK_OK(SSL_do_handshake(server_ssl));
    CHECK_EQ(SSL_session_reused(server_ssl), 1);
    check_alive(pair);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* Each flight is lost once, and part of each flight once. */
TEST_DTLS(every_datagram_is_lost_once)
{
    for (unsigned long lost = 1; lost < 30; lost++) {
        struct pair *pair = pair_contexts(version);
        unsigned long seen[2] = {0, 0}, number = 0;
        int done[2] = {0, 0}, dropped = 0;

        use_identity(pair->ctx[SERVER], "chained");
        for (int side = CLIENT; side <= SERVER; side++)
            SSL_CTX_set_options(pair->ctx[side], SSL_OP_NO_QUERY_MTU);
        pair_over_datagrams(pair);
        SSL_set_mtu(pair->ssl[CLIENT], 300);
        SSL_set_mtu(pair->ssl[SERVER], 300);
        advance_clock(0);
        for (int turn = 0; turn < 60 && !(done[0] && done[1]); turn++) {
            for (int side = CLIENT; side <= SERVER; side++) {
                char byte;
                int ret;

                if (done[side])
                    ret = SSL_read(pair->ssl[side], &byte, 1);
                else if ((ret = SSL_do_handshake(pair->ssl[side])) == 1)
                    done[side] = 1;
                if (ret != 1)
                    CHECK_SSL_ERROR(pair->ssl[side], ret, SSL_ERROR_WANT_READ);
                CHECK_NO_ERRORS();
                for (; seen[side] < pair->link[side].sent; seen[side]++)
                    if (++number == lost) {
                        size_t behind = pair->link[side].sent - seen[side];

                        free(datagram_take(&pair->datagrams[!side], pair->datagrams[!side].count - behind));
                        dropped = 1;
                    }
            }
            advance_clock(200000);
        }
        CHECK(done[CLIENT] && done[SERVER]);
        CHECK(pair->link[SERVER].largest <= 300);
        check_alive(pair);
        pair_free(pair);
        if (!dropped)
            return;
    }
    CHECK(!"more than 30 datagrams");
}

/* Timers go on after a renegotiation as before it. */
TEST_DTLS(renegotiation_is_lost)
{
    struct pair *pair = waiting_pair(version);
    char byte;

    SSL_set_options(pair->ssl[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    pair_handshake(pair);
    CHECK_OK(SSL_renegotiate(pair->ssl[CLIENT]));
    want_read(pair->ssl[CLIENT]);
    CHECK_EQ(time_left(pair->ssl[CLIENT]), 1000000);
    datagrams_drop(&pair->datagrams[SERVER]);
    advance_clock(1000000);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 1);
    for (int turn = 0; turn < 8; turn++) {
        CHECK_WANTS(pair->ssl[SERVER], SSL_read(pair->ssl[SERVER], &byte, 1), SSL_ERROR_WANT_READ);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_read(pair->ssl[CLIENT], &byte, 1), SSL_ERROR_WANT_READ);
    }
    CHECK_EQ(SSL_is_init_finished(pair->ssl[CLIENT]), 1);
    CHECK_EQ(SSL_is_init_finished(pair->ssl[SERVER]), 1);
    CHECK_EQ(time_left(pair->ssl[CLIENT]), -1);
    check_alive(pair);
    pair_free(pair);
}
