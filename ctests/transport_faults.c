/*
 * A transport that answers in every way that BIOs can, BIO_read(3): at each of its calls in turn, all sequences of some answers.
 * Whatever they are, the SSL says of it what SSL_get_error(3) promises, a call that is repeated goes on, what arrives is what was sent,
 * in order and once, and a connection whose transport ended is dead for good.
 */
#include "support.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/bio.h>

/* ---- the transport ---- */

/* 0, 0 and a retry, -1 and a retry, -1, -2, half of what is asked for, a byte, all. */
enum answer { END, END_RETRY, RETRY, FAIL, UNSUPPORTED, SHORT, SINGLE, ALL, ANSWERS };
enum { MOST = 3 };

/* What was no success of the transport's, first in a call of the SSL. */
enum trouble { NONE, READ_AGAIN, WRITE_AGAIN, FLUSH_AGAIN, READ_ENDED, BROKEN, FLUSH_BROKEN };

static struct {
    unsigned long calls, place; /* so far; the first one that the script answers */
    enum answer script[MOST];
    int length;
    enum trouble trouble;
    int ended;    /* what was read last */
    int datagram; /* less than asked for is a datagram that is cut */
    int dead;     /* the SSL was told of the end */
} transport;

static void into_trouble(enum trouble trouble)
{
    if (transport.trouble == NONE)
        transport.trouble = trouble;
}

/* The script's answer to this call, or ALL. */
static enum answer next_answer(void)
{
    unsigned long at = transport.calls++ - transport.place;

    return at < (unsigned long)transport.length ? transport.script[at] : ALL;
}

/* A call that is to move `length` bytes and is to be answered this way: what it is to return, or how much it may move. */
static int answer_with(BIO *bio, enum answer answer, int length, int write)
{
    if (!write)
        transport.ended = answer == END && !transport.datagram;
    switch (answer) {
    case END:
        errno = EIO;
        into_trouble(write || transport.datagram ? BROKEN : READ_ENDED);
        return 0;
    case END_RETRY:
    case RETRY:
        BIO_set_flags(bio, BIO_FLAGS_SHOULD_RETRY | (write ? BIO_FLAGS_WRITE : BIO_FLAGS_READ));
        errno = EINTR;
        into_trouble(write ? WRITE_AGAIN : READ_AGAIN);
        return answer == RETRY ? -1 : 0;
    case FAIL:
    case UNSUPPORTED:
        errno = EIO;
        into_trouble(BROKEN);
        return answer == FAIL ? -1 : -2;
    case SHORT:
        return (length + 1) / 2;
    case SINGLE:
        return 1;
    default:
        return length;
    }
}

/* The call goes on below; whatever it wants is seen above. */
static int passed_on(BIO *bio, int ret, int write)
{
    BIO_copy_next_retry(bio);
    if (ret <= 0)
        into_trouble(BIO_should_retry(bio) ? write ? WRITE_AGAIN : READ_AGAIN : BROKEN);
    return ret;
}

static int transport_write(BIO *bio, const char *bytes, int length)
{
    int allowed;

    BIO_clear_retry_flags(bio);
    allowed = answer_with(bio, next_answer(), length, 1);
    return allowed <= 0 ? allowed : passed_on(bio, BIO_write(BIO_next(bio), bytes, allowed), 1);
}

static int transport_read(BIO *bio, char *bytes, int length)
{
    enum answer answer;
    int allowed, whole;

    BIO_clear_retry_flags(bio);
    answer = next_answer();
    allowed = answer_with(bio, answer, length, 0);
    if (allowed <= 0)
        return allowed;
    if (!transport.datagram)
        return passed_on(bio, BIO_read(BIO_next(bio), bytes, allowed), 0);
    whole = passed_on(bio, BIO_read(BIO_next(bio), bytes, length), 0);
    return whole <= 0 || answer == ALL ? whole : answer == SINGLE ? 1 : (whole + 1) / 2;
}

static long transport_ctrl(BIO *bio, int command, long number, void *pointer)
{
    enum answer answer;
    int allowed;

    switch (command) {
    case BIO_CTRL_FLUSH:
        BIO_clear_retry_flags(bio);
        answer = next_answer();
        if (answer <= UNSUPPORTED)
            into_trouble(answer == RETRY || answer == END_RETRY ? FLUSH_AGAIN : FLUSH_BROKEN);
        allowed = answer_with(bio, answer, 1, 1);
        return allowed <= 0 ? allowed : 1;
    case BIO_CTRL_EOF:
        return transport.ended;
    default:
        return BIO_ctrl(BIO_next(bio), command, number, pointer);
    }
}

/* Puts the transport between the SSL and its BIO. */
static void interpose(SSL *ssl)
{
    static BIO_METHOD *method;
    BIO *bio, *below = SSL_get_rbio(ssl);

    if (method == NULL) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_FILTER, "faults");
        CHECK(method != NULL);
        BIO_meth_set_write(method, transport_write);
        BIO_meth_set_read(method, transport_read);
        BIO_meth_set_ctrl(method, transport_ctrl);
    }
    bio = BIO_new(method);
    CHECK(bio != NULL);
    BIO_set_init(bio, 1);
    CHECK_OK(BIO_up_ref(below));
    BIO_push(bio, below);
    SSL_set_bio(ssl, bio, bio);
}

/* ---- the judge ---- */

static const char *described(void)
{
    static const char *const names[] = {"END", "END_RETRY", "RETRY", "FAIL", "UNSUPPORTED", "SHORT", "SINGLE", "ALL"};
    static char text[200];
    int at = snprintf(text, sizeof(text), "at call %lu", transport.place);

    for (int i = 0; i < transport.length; i++)
        at += snprintf(text + at, sizeof(text) - (size_t)at, " %s", names[transport.script[i]]);
    return text;
}

#define HOLDS(condition)                                                                                                         \
    do {                                                                                                                         \
        if (!(condition))                                                                                                        \
            test_fail(__FILE__, __LINE__, "%s: %s", #condition, described());                                                    \
    } while (0)

/* What SSL_get_error() says, which is as the call returned and the transport answered. */
static int judge(SSL *ssl, int ret)
{
    int error = SSL_get_error(ssl, ret);

    if (ret > 0) {
        HOLDS(error == SSL_ERROR_NONE);
        HOLDS(ERR_peek_error() == 0);
        return error;
    }
    switch (transport.trouble) {
    case READ_AGAIN:
        HOLDS(error == SSL_ERROR_WANT_READ && SSL_want_read(ssl));
        break;
    case FLUSH_AGAIN:
        /* Below the buffer of a handshake the system's library does not see the retry. */
        if (on_the_oracle() && error == SSL_ERROR_SYSCALL)
            break;
        /* fall through */
    case WRITE_AGAIN:
        HOLDS(error == SSL_ERROR_WANT_WRITE && SSL_want_write(ssl));
        break;
    case READ_ENDED:
        HOLDS(error == SSL_ERROR_SSL);
        CHECK_SSL_REASON(SSL_R_UNEXPECTED_EOF_WHILE_READING);
        transport.dead = 1;
        break;
    case BROKEN:
    case FLUSH_BROKEN:
        HOLDS(error == SSL_ERROR_SYSCALL);
        break;
    case NONE:
        test_fail(__FILE__, __LINE__, "%d and error %d without cause: %s", ret, error, described());
        break;
    }
    HOLDS(ERR_peek_error() == 0);
    return error;
}

#define JUDGED(ssl, call) (transport.trouble = NONE, judge(ssl, call))

/* ---- every sequence at every place ---- */

/* Makes the connection, as far as its transport may not fail. */
typedef void start_function(struct pair *pair);
/* Goes on to the end that is meant, or to death, by calls of one side that are judged. What it does not disconnect is used again. */
typedef void run_function(struct pair *pair, int side);

static void once(struct pair *pair, int side, start_function *start, run_function *run)
{
    if (pair->ssl[side] == NULL) {
        start(pair);
        interpose(pair->ssl[side]);
        transport.dead = 0;
    }
    transport.calls = 0;
    run(pair, side);
}

static void in_every_way(struct pair *pair, int side, int length, start_function *start, run_function *run)
{
    static const unsigned long sequences[] = {1, ANSWERS, ANSWERS * ANSWERS, ANSWERS * ANSWERS * ANSWERS};
    unsigned long places;

    transport.length = 0;
    once(pair, side, start, run);
    places = transport.calls;
    CHECK(places > 0);
    for (transport.place = 0; transport.place < places; transport.place++) {
        for (unsigned long sequence = 0; sequence < sequences[length]; sequence++) {
            transport.length = length;
            for (int i = 0; i < length; i++)
                transport.script[i] = sequence / sequences[i] % ANSWERS;
            /* What begins with no fault is another place's turn. */
            if (transport.script[0] != ALL)
                once(pair, side, start, run);
        }
    }
}

static void check_dead(SSL *ssl)
{
    char byte = 'x';

    transport.calls = 0;
    BIO_clear_retry_flags(SSL_get_rbio(ssl));
    HOLDS(SSL_do_handshake(ssl) == -1 && SSL_get_error(ssl, -1) == SSL_ERROR_SYSCALL);
    HOLDS(ERR_peek_error() == 0);
    HOLDS(SSL_read(ssl, &byte, 1) <= 0);
    HOLDS(SSL_write(ssl, &byte, 1) <= 0);
    HOLDS(SSL_shutdown(ssl) == -1);
    ERR_clear_error();
    HOLDS(transport.calls == 0);
}

/* The transport's faults are over: a connection that lives works. */
static void check_end(struct pair *pair, int side)
{
    transport.length = 0;
    if (!transport.dead) {
        check_alive(pair);
        return;
    }
    check_dead(pair->ssl[side]);
    pair_disconnect(pair);
}

/* ---- handshakes ---- */

/* What the client resumes, if anything. */
static SSL_SESSION *session;

static void shake(struct pair *pair, int side)
{
    int done[2] = {0, 0};

    for (int turn = 0; !transport.dead && !(done[CLIENT] && done[SERVER]); turn++) {
        int who = turn % 2;
        SSL *ssl = pair->ssl[who];

        HOLDS(turn < 40);
        if (done[who])
            continue;
        if (who == side) {
            done[who] = JUDGED(ssl, SSL_do_handshake(ssl)) == SSL_ERROR_NONE;
        } else {
            done[who] = SSL_do_handshake(ssl) == 1;
            HOLDS(done[who] || SSL_get_error(ssl, -1) == SSL_ERROR_WANT_READ);
        }
    }
    HOLDS(transport.dead || SSL_session_reused(pair->ssl[side]) == (session != NULL));
    check_end(pair, side);
    pair_disconnect(pair);
}

/* What was cut is lost, and is sent again when its time has come. */
static void shake_datagrams(struct pair *pair, int side)
{
    int done[2] = {0, 0};

    for (int turn = 0; !transport.dead && !(done[CLIENT] && done[SERVER]); turn++) {
        int who = turn % 2;
        SSL *ssl = pair->ssl[who];
        char byte;
        int ret;

        HOLDS(turn < 80);
        if (turn % 8 == 7)
            advance_clock(60000000);
        transport.trouble = NONE;
        ret = done[who] ? SSL_read(ssl, &byte, 1) : SSL_do_handshake(ssl);
        if (who == side)
            judge(ssl, ret);
        else
            HOLDS(ret == 1 || SSL_get_error(ssl, ret) == SSL_ERROR_WANT_READ);
        done[who] |= ret == 1;
    }
    check_end(pair, side);
    pair_disconnect(pair);
}

TEST_DTLS_SIDES(handshake_over_datagrams)
{
    struct pair *pair = pair_contexts(version);

    transport.datagram = 1;
    advance_clock(0);
    in_every_way(pair, server, 2, pair_over_datagrams, shake_datagrams);
    pair_free(pair);
}

TEST_SIDES(handshake)
{
    struct pair *pair = pair_contexts(version);

    in_every_way(pair, server, 2, pair_over_wire, shake);
    pair_free(pair);
}

static void offer_session(struct pair *pair)
{
    /* A connection that dies takes its session with it. */
    SSL_SESSION *copy = SSL_SESSION_dup(session);

    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], copy));
    SSL_SESSION_free(copy);
}

TEST_SIDES(resumption)
{
    struct pair *pair = pair_for_sessions(version, 1);

    session = connect_with(pair, NULL, 0);
    in_every_way(pair, server, 2, offer_session, shake);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* ---- data ---- */

enum { DATA = 20000 };
static unsigned char *data;

/* Connections that cost little: from a shared key alone. */
static struct pair *contexts_for_data(int version)
{
    struct pair *pair = pair_contexts(version);

    share_psk(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_options(pair->ctx[side], SSL_OP_ALLOW_NO_DHE_KEX);
        CHECK_OK(SSL_CTX_set_cipher_list(pair->ctx[side], "kPSK"));
    }
    return pair;
}

static void establish(struct pair *pair)
{
    pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
}

/* What can be read comes after the first `have` bytes of the data. */
static size_t receive(SSL *ssl, size_t have)
{
    static unsigned char received[DATA];
    int ret;

    while ((ret = SSL_read(ssl, received, sizeof(received))) > 0) {
        HOLDS(have + (size_t)ret <= DATA);
        HOLDS(memcmp(received, data + have, (size_t)ret) == 0);
        have += (size_t)ret;
    }
    HOLDS(SSL_get_error(ssl, ret) == SSL_ERROR_WANT_READ);
    return have;
}

static void write_all(struct pair *pair, int side)
{
    size_t sent = 0, received = 0;

    for (int turn = 0; sent < DATA; turn++) {
        int ret = 0;

        HOLDS(turn < 20);
        if (JUDGED(pair->ssl[side], ret = SSL_write(pair->ssl[side], data + sent, (int)(DATA - sent))) == SSL_ERROR_NONE)
            sent += (size_t)ret;
        received = receive(pair->ssl[!side], received);
        HOLDS(received >= sent);
    }
    HOLDS(received == DATA);
    check_end(pair, side);
}

TEST_SIDES(whole_write)
{
    struct pair *pair = contexts_for_data(version);

    data = pattern(DATA);
    in_every_way(pair, server, 3, establish, write_all);
    free(data);
    pair_free(pair);
}

TEST_SIDES(partial_write)
{
    struct pair *pair = contexts_for_data(version);

    data = pattern(DATA);
    SSL_CTX_set_mode(pair->ctx[server], SSL_MODE_ENABLE_PARTIAL_WRITE);
    in_every_way(pair, server, 3, establish, write_all);
    free(data);
    pair_free(pair);
}

static void peek_and_read(struct pair *pair, int side)
{
    static unsigned char received[DATA];
    SSL *ssl = pair->ssl[side];
    int peeked = 0;
    size_t have = 0;

    CHECK_EQ(SSL_write(pair->ssl[!side], data, 1), 1);
    CHECK_EQ(SSL_write(pair->ssl[!side], data + 1, DATA - 1), DATA - 1);
    for (int turn = 0; !transport.dead && have < DATA; turn++) {
        int ret = 0;

        HOLDS(turn < 20);
        if (!peeked) {
            peeked = JUDGED(ssl, ret = SSL_peek(ssl, received, 9000)) == SSL_ERROR_NONE;
        } else if (JUDGED(ssl, ret = SSL_read(ssl, received, 10000)) == SSL_ERROR_NONE) {
            peeked = 0;
            have += (size_t)ret;
        }
        HOLDS(ret <= 0 || memcmp(received, data + have - (peeked ? 0 : (size_t)ret), (size_t)ret) == 0);
    }
    check_end(pair, side);
}

TEST_SIDES(peek_and_read)
{
    struct pair *pair = contexts_for_data(version);

    data = pattern(DATA);
    in_every_way(pair, server, 3, establish, peek_and_read);
    free(data);
    pair_free(pair);
}

/* ---- data in datagrams ---- */

enum { MESSAGES = 4 };

static void establish_datagrams(struct pair *pair)
{
    pair_over_datagrams(pair);
    pair_handshake(pair);
    pair_settle(pair);
}

/* Messages have letters and lengths of their own. */
static void put_message(unsigned char message[20], int number)
{
    memset(message, 'a' + number, 20);
}

/* What was read is a whole message, and later than those before. */
static int message_after(const unsigned char *received, int length, int last)
{
    unsigned char message[20];
    int number = received[0] - 'a';

    HOLDS(number > last && number < MESSAGES && length == 10 + number);
    put_message(message, number);
    HOLDS(memcmp(received, message, (size_t)length) == 0);
    return number;
}

static void write_messages(struct pair *pair, int side)
{
    SSL *peer = pair->ssl[!side];
    int last = -1, came = 0;

    for (int number = 0; number < MESSAGES; number++) {
        unsigned char message[20];
        int ret, turn = 0;

        put_message(message, number);
        while (JUDGED(pair->ssl[side], SSL_write(pair->ssl[side], message, 10 + number)) != SSL_ERROR_NONE)
            HOLDS(turn++ < 5);
        for (; (ret = SSL_read(peer, message, sizeof(message))) > 0; came++)
            last = message_after(message, ret, last);
        HOLDS(SSL_get_error(peer, ret) == SSL_ERROR_WANT_READ);
    }
    HOLDS(came >= MESSAGES - transport.length);
    check_end(pair, side);
}

static void read_messages(struct pair *pair, int side)
{
    int last = -1, came = 0, ret;
    unsigned char message[20];

    for (int number = 0; number < MESSAGES; number++) {
        put_message(message, number);
        HOLDS(SSL_write(pair->ssl[!side], message, 10 + number) == 10 + number);
    }
    for (int turn = 0; turn < MESSAGES + MOST; turn++) {
        if (JUDGED(pair->ssl[side], ret = SSL_read(pair->ssl[side], message, sizeof(message))) != SSL_ERROR_NONE)
            continue;
        last = message_after(message, ret, last);
        came++;
    }
    HOLDS(came >= MESSAGES - transport.length);
    check_end(pair, side);
}

TEST_DTLS_SIDES(messages)
{
    struct pair *pair = pair_contexts(version);

    transport.datagram = 1;
    in_every_way(pair, server, 3, establish_datagrams, write_messages);
    in_every_way(pair, server, 3, establish_datagrams, read_messages);
    pair_free(pair);
}

/* ---- after the handshake ---- */

static void update_keys(struct pair *pair, int side)
{
    SSL *ssl = pair->ssl[side], *peer = pair->ssl[!side];
    char received[8];
    int ret, turn = 0;

    CHECK_OK(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED));
    while (JUDGED(ssl, SSL_do_handshake(ssl)) != SSL_ERROR_NONE)
        HOLDS(turn++ < 20);
    HOLDS(SSL_read(peer, received, sizeof(received)) == -1 && SSL_get_error(peer, -1) == SSL_ERROR_WANT_READ);
    HOLDS(SSL_write(peer, "answer", 6) == 6);
    do
        HOLDS(turn++ < 20);
    while (JUDGED(ssl, ret = SSL_read(ssl, received, sizeof(received))) != SSL_ERROR_NONE && !transport.dead);
    HOLDS(transport.dead || (ret == 6 && memcmp(received, "answer", 6) == 0));
    check_end(pair, side);
}

TEST(key_update)
{
    struct pair *pair = contexts_for_data(TLS1_3_VERSION);

    for (int side = CLIENT; side <= SERVER; side++) {
        in_every_way(pair, side, 3, establish, update_keys);
        if (pair->ssl[side] != NULL)
            pair_disconnect(pair);
    }
    pair_free(pair);
}

static void renegotiate(struct pair *pair, int side)
{
    SSL *ssl = pair->ssl[side], *peer = pair->ssl[!side];
    char byte;

    CHECK_OK(SSL_renegotiate(ssl));
    for (int turn = 0; !transport.dead && SSL_renegotiate_pending(ssl); turn++) {
        int ret;

        HOLDS(turn < 40);
        JUDGED(ssl, turn % 2 ? SSL_read(ssl, &byte, 1) : SSL_do_handshake(ssl));
        ret = SSL_read(peer, &byte, 1);
        /* It is told of the end by an alert, if the transport takes that. */
        if (transport.dead && ERR_peek_error() != 0)
            CHECK_SSL_REASON(SSL_R_TLSV1_ALERT_DECODE_ERROR);
        else
            HOLDS(ret == -1 && SSL_get_error(peer, -1) == SSL_ERROR_WANT_READ);
    }
    check_end(pair, side);
}

TEST(renegotiation)
{
    struct pair *pair = pair_contexts(TLS1_2_VERSION);

    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    for (int side = CLIENT; side <= SERVER; side++) {
        in_every_way(pair, side, 2, establish, renegotiate);
        if (pair->ssl[side] != NULL)
            pair_disconnect(pair);
    }
    pair_free(pair);
}

/* ---- early data ---- */

/* SSL_write_early_data(), and then the handshake. The server reads what came early, and finishes. */
static void shake_early(struct pair *pair, int side)
{
    SSL *client = pair->ssl[CLIENT], *server = pair->ssl[SERVER];
    int sent = 0, early = 1, done[2] = {0, 0};
    unsigned char received[100];
    size_t count, have = 0;

    for (int turn = 0; !transport.dead && !(done[CLIENT] && done[SERVER]); turn++) {
        int ret, who = turn % 2;

        HOLDS(turn < 40);
        if (done[who])
            continue;
        transport.trouble = NONE;
        if (who == CLIENT && !sent) {
            ret = sent = SSL_write_early_data(client, data, 50, &count);
            HOLDS(!sent || count == 50);
        } else if (who == CLIENT || !early) {
            ret = SSL_do_handshake(pair->ssl[who]);
            done[who] = ret == 1;
        } else {
            ret = SSL_read_early_data(server, received, sizeof(received), &count);
            HOLDS(ret != SSL_READ_EARLY_DATA_SUCCESS || (have + count <= 50 && memcmp(received, data + have, count) == 0));
            have += ret == SSL_READ_EARLY_DATA_SUCCESS ? count : 0;
            early = ret != SSL_READ_EARLY_DATA_FINISH;
        }
        if (who == side && on_the_oracle() && ret == SSL_READ_EARLY_DATA_FINISH && transport.trouble == READ_ENDED) {
            /* It tells of the end of the early data first. */
            CHECK_SSL_REASON(SSL_R_UNEXPECTED_EOF_WHILE_READING);
            transport.dead = 1;
        } else if (who == side)
            judge(pair->ssl[who], ret);
        else
            HOLDS(ret > 0 || SSL_get_error(pair->ssl[who], ret) == SSL_ERROR_WANT_READ);
    }
    HOLDS(transport.dead || have == 50);
    check_end(pair, side);
    pair_disconnect(pair);
}

static void check_early_data(int side)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);

    data = pattern(DATA);
    SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_ANTI_REPLAY);
    CHECK_OK(SSL_CTX_set_max_early_data(pair->ctx[SERVER], 100));
    session = connect_with(pair, NULL, 0);
    in_every_way(pair, side, 2, offer_session, shake_early);
    SSL_SESSION_free(session);
    free(data);
    pair_free(pair);
}

TEST(early_data_from_the_client)
{
    check_early_data(CLIENT);
}

TEST(early_data_at_the_server)
{
    check_early_data(SERVER);
}

/* ---- the end ---- */

static void close_down(struct pair *pair, int side)
{
    SSL *ssl = pair->ssl[side];
    int ret = 0;

    for (int turn = 0; !transport.dead && ret != 1; turn++) {
        char byte;

        HOLDS(turn < 20);
        transport.trouble = NONE;
        ret = SSL_shutdown(ssl);
        if (ret != 0)
            judge(ssl, ret);
        else
            /* It is sent, though perhaps not flushed. The system's library passes a 0 of the BIO on. */
            HOLDS(transport.trouble == NONE || transport.trouble == FLUSH_AGAIN || transport.trouble == FLUSH_BROKEN || on_the_oracle());
        HOLDS(SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN);
        if (SSL_read(pair->ssl[!side], &byte, 1) == 0)
            HOLDS(SSL_shutdown(pair->ssl[!side]) == 1);
    }
    transport.length = 0;
    pair_disconnect(pair);
}

TEST_SIDES(shutdown_of_both)
{
    struct pair *pair = contexts_for_data(version);

    in_every_way(pair, server, 2, establish, close_down);
    pair_free(pair);
}

/* ---- signals ---- */

enum { MUCH = 2000000 };

/* One side of a connection over a socket, in a thread of its own. */
struct side {
    SSL *ssl;
    int socket, nonblocking, writes_first;
    unsigned long interruptions; /* of blocking calls */
    int done;
};

static void on_signal(int number)
{
    (void)number;
}

/* Whether the call is to be made again: not before the socket is ready, where it does not wait itself. */
static int again(struct side *side, int ret)
{
    int error = SSL_get_error(side->ssl, ret);
    struct pollfd wait = {.fd = side->socket, .events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT};

    CHECK_NO_ERRORS();
    if (ret > 0)
        return 0;
    CHECK(error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE);
    if (side->nonblocking)
        poll(&wait, 1, 1000);
    else
        side->interruptions++;
    return 1;
}

static void write_much(struct side *side)
{
    int ret;

    while (again(side, ret = SSL_write(side->ssl, data, MUCH)))
        ;
    CHECK_EQ(ret, MUCH);
}

static void read_much(struct side *side)
{
    unsigned char received[5000];
    int ret;

    for (size_t have = 0; have < MUCH; have += (size_t)ret) {
        while (again(side, ret = SSL_read(side->ssl, received, sizeof(received))))
            ;
        CHECK_MEM(received, data + have, (size_t)ret);
    }
}

static void *talk(void *argument)
{
    struct side *side = argument;

    while (again(side, SSL_do_handshake(side->ssl)))
        ;
    if (side->writes_first)
        write_much(side);
    read_much(side);
    if (!side->writes_first)
        write_much(side);
    __atomic_store_n(&side->done, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

/* Returns how many calls were interrupted that would have waited. */
static unsigned long under_signals(int version, int nonblocking)
{
    /* No SA_RESTART. */
    struct sigaction action = {.sa_handler = on_signal};
    struct pair *pair = pair_contexts(version);
    struct side sides[2];
    pthread_t threads[2];
    int small = 4096;

    data = pattern(MUCH);
    CHECK_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    pair_over_sockets(pair, nonblocking);
    for (int i = CLIENT; i <= SERVER; i++) {
        sides[i] = (struct side){pair->ssl[i], pair->sockets[i], nonblocking, i == CLIENT, 0, 0};
        CHECK_EQ(setsockopt(pair->sockets[i], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
        threads[i] = background(talk, &sides[i]);
    }
    while (!__atomic_load_n(&sides[CLIENT].done, __ATOMIC_SEQ_CST) || !__atomic_load_n(&sides[SERVER].done, __ATOMIC_SEQ_CST)) {
        pthread_kill(threads[CLIENT], SIGUSR1);
        pthread_kill(threads[SERVER], SIGUSR1);
        usleep(20);
    }
    background_join(threads[CLIENT]);
    background_join(threads[SERVER]);
    free(data);
    pair_free(pair);
    return sides[CLIENT].interruptions + sides[SERVER].interruptions;
}

TEST_VERSIONS(signals_and_blocking_sockets)
{
    for (int round = 0; under_signals(version, 0) == 0; round++)
        CHECK(round < 50);
}

TEST_VERSIONS(signals_and_nonblocking_sockets)
{
    under_signals(version, 1);
}
