/* SSL_read_early_data(3), SSL_CTX_set_max_early_data(3), SSL_set_allow_early_data_cb(3), SSL_export_keying_material(3):
 * data that a client sends before it hears from the server. */
#include "support.h"

enum { MOST = 1000 };

static char received[70000];

/* Ends a connection properly, so that its session can be resumed again. */
static void disconnect(struct pair *pair)
{
    for (int side = CLIENT; side <= SERVER; side++)
        SSL_set_shutdown(pair->ssl[side], SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    pair_disconnect(pair);
}

/* Contexts that allow early data. */
static struct pair *early_contexts(void)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);

    CHECK_OK(SSL_CTX_set_max_early_data(pair->ctx[SERVER], MOST));
    return pair;
}

/* Connections of which the client has the session. */
static void open_with(struct pair *pair, SSL_SESSION *session)
{
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
}

/* Contexts, a session, and connections to resume it. */
static struct pair *early_pair(void)
{
    struct pair *pair = early_contexts();
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    CHECK_EQ(SSL_SESSION_get_max_early_data(session), MOST);
    open_with(pair, session);
    SSL_SESSION_free(session);
    return pair;
}

static void write_early(SSL *ssl, const char *text)
{
    size_t written = 0;

    CHECK_OK(SSL_write_early_data(ssl, text, strlen(text), &written));
    CHECK_EQ(written, strlen(text));
}

static void read_early(SSL *ssl, const char *text)
{
    size_t count = 0;

    CHECK_EQ(SSL_read_early_data(ssl, received, sizeof(received), &count), SSL_READ_EARLY_DATA_SUCCESS);
    CHECK_NO_ERRORS();
    CHECK_EQ(count, strlen(text));
    CHECK_MEM(received, text, count);
}

static void read_finish(SSL *ssl)
{
    size_t count = 77;

    CHECK_EQ(SSL_read_early_data(ssl, received, sizeof(received), &count), SSL_READ_EARLY_DATA_FINISH);
    CHECK_NO_ERRORS();
    CHECK_EQ(count, 0);
}

#define CHECK_WRONG_CALL(call)                                                                     \
    do {                                                                                           \
        CHECK_EQ(call, 0);                                                                         \
        CHECK_SSL_REASON(ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);                                       \
    } while (0)

static void check_status(struct pair *pair, int client, int host)
{
    CHECK_EQ(SSL_get_early_data_status(pair->ssl[CLIENT]), client);
    CHECK_EQ(SSL_get_early_data_status(pair->ssl[SERVER]), host);
}

/* "The SSL_CTX_set_max_early_data() ... default value is zero"; "recv_max_early_data ... default 16384". */
TEST(settings)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);

    CHECK_EQ(SSL_CTX_get_max_early_data(context), 0);
    CHECK_EQ(SSL_get_max_early_data(ssl), 0);
    CHECK_EQ(SSL_CTX_get_recv_max_early_data(context), SSL3_RT_MAX_PLAIN_LENGTH);
    CHECK_EQ(SSL_get_recv_max_early_data(ssl), SSL3_RT_MAX_PLAIN_LENGTH);
    CHECK_OK(SSL_CTX_set_max_early_data(context, 1));
    CHECK_OK(SSL_set_max_early_data(ssl, 2));
    CHECK_OK(SSL_CTX_set_recv_max_early_data(context, 3));
    CHECK_OK(SSL_set_recv_max_early_data(ssl, UINT32_MAX));
    CHECK_EQ(SSL_CTX_get_max_early_data(context), 1);
    CHECK_EQ(SSL_get_max_early_data(ssl), 2);
    CHECK_EQ(SSL_CTX_get_recv_max_early_data(context), 3);
    CHECK_EQ(SSL_get_recv_max_early_data(ssl), UINT32_MAX);
    CHECK_EQ(SSL_get_early_data_status(ssl), SSL_EARLY_DATA_NOT_SENT);
    SSL_free(ssl);
    ssl = SSL_new(context);
    CHECK_EQ(SSL_get_max_early_data(ssl), 1);
    CHECK_EQ(SSL_get_recv_max_early_data(ssl), 3);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* Several writes and reads, in parts, before the handshake is done; then the handshake, and data as ever. */
TEST(data_before_the_handshake)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];
    size_t count;

    write_early(client, "hello");
    check_status(pair, SSL_EARLY_DATA_REJECTED, SSL_EARLY_DATA_NOT_SENT);
    CHECK_EQ(SSL_is_init_finished(client), 0);
    CHECK_EQ(SSL_in_init(client), 0);
    CHECK_STR(SSL_state_string(client), "TED");
    CHECK_EQ(SSL_read_early_data(host, received, 3, &count), SSL_READ_EARLY_DATA_SUCCESS);
    CHECK_EQ(count, 3);
    CHECK_EQ(SSL_pending(host), 2);
    read_early(host, "lo");
    check_status(pair, SSL_EARLY_DATA_REJECTED, SSL_EARLY_DATA_ACCEPTED);
    CHECK_STR(SSL_state_string(host), "TED");
    CHECK_EQ(SSL_is_init_finished(host), 0);
    CHECK_WANTS(host, SSL_read_early_data(host, received, 10, &count), SSL_ERROR_WANT_READ);
    write_early(client, "again");
    read_early(host, "again");
    CHECK_OK(SSL_do_handshake(client));
    read_finish(host);
    CHECK_WRONG_CALL(SSL_read_early_data(host, received, 10, &count));
    CHECK_WRONG_CALL(SSL_write_early_data(client, "x", 1, &count));
    CHECK_OK(SSL_do_handshake(host));
    check_status(pair, SSL_EARLY_DATA_ACCEPTED, SSL_EARLY_DATA_ACCEPTED);
    CHECK_EQ(SSL_session_reused(client), 1);
    check_alive(pair);
    pair_free(pair);
}

/* "A server uses ... SSL_write_early_data() ... to write data to an unauthenticated client": the client reads it, and may
 * go on writing early data. */
TEST(answer_before_the_handshake_is_done)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];

    write_early(client, "question");
    read_early(host, "question");
    write_early(host, "answer");
    CHECK_EQ(SSL_read(client, received, 100), 6);
    CHECK_MEM(received, "answer", 6);
    CHECK_STR(SSL_state_string(client), "TPEDE");
    CHECK_EQ(SSL_get_early_data_status(client), SSL_EARLY_DATA_ACCEPTED);
    write_early(client, "more");
    CHECK_WANTS(client, SSL_read(client, received, 100), SSL_ERROR_WANT_READ);
    read_early(host, "more");
    CHECK_EQ(SSL_write(client, "normal", 6), 6);
    read_finish(host);
    CHECK_EQ(SSL_read(host, received, 100), 6);
    check_alive(pair);
    pair_free(pair);
}

/* A server that was sent none is at once done with it, and may write before the client's Finished. */
TEST(no_early_data)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];
    size_t count;

    CHECK_WANTS(host, SSL_read_early_data(host, received, 10, &count), SSL_ERROR_WANT_READ);
    CHECK_WANTS(client, SSL_do_handshake(client), SSL_ERROR_WANT_READ);
    read_finish(host);
    CHECK_STR(SSL_state_string(host), "TED");
    write_early(host, "first");
    CHECK_WANTS(host, SSL_write(host, "x", 1), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_read(client, received, 100), 5);
    check_status(pair, SSL_EARLY_DATA_NOT_SENT, SSL_EARLY_DATA_NOT_SENT);
    CHECK_EQ(SSL_write(host, "x", 1), 1);
    CHECK_EQ(SSL_read(client, received, 100), 1);
    check_alive(pair);
    pair_free(pair);
}

/* Functions of the wrong side, without a session, and too late. */
TEST(wrong_calls)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];
    size_t count;

    CHECK_WRONG_CALL(SSL_write_early_data(host, "x", 1, &count));
    CHECK_WRONG_CALL(SSL_read_early_data(client, received, 1, &count));
    CHECK_WANTS(host, SSL_read_early_data(host, received, 1, &count), SSL_ERROR_WANT_READ);
    CHECK_WRONG_CALL(SSL_write(host, "x", 1));
    CHECK_WRONG_CALL(SSL_read(host, received, 1));
    CHECK_WANTS(client, SSL_do_handshake(client), SSL_ERROR_WANT_READ);
    CHECK_WRONG_CALL(SSL_write_early_data(client, "x", 1, &count));
    pair_disconnect(pair);

    pair_over_wire(pair);
    CHECK_WRONG_CALL(SSL_write_early_data(pair->ssl[CLIENT], "x", 1, &count));
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[SERVER], SSL_do_handshake(pair->ssl[SERVER]), SSL_ERROR_WANT_READ);
    CHECK_WRONG_CALL(SSL_read_early_data(pair->ssl[SERVER], received, 1, &count));
    pair_free(pair);
}

/* A write between two reads of early data is refused; a read takes early data as any other. */
TEST(other_calls_while_reading)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];
    size_t count;

    write_early(client, "hello");
    CHECK_EQ(SSL_read_early_data(host, received, 2, &count), SSL_READ_EARLY_DATA_SUCCESS);
    CHECK_WRONG_CALL(SSL_write(host, "x", 1));
    CHECK_EQ(SSL_read(host, received, 100), 3);
    CHECK_MEM(received, "llo", 3);
    CHECK_OK(SSL_do_handshake(client));
    CHECK_WANTS(host, SSL_read(host, received, 100), SSL_ERROR_WANT_READ);
    CHECK_WRONG_CALL(SSL_read_early_data(host, received, 100, &count));
    check_alive(pair);
    pair_free(pair);
}

/* What a server does not read, or rejects, is passed over. */
TEST(rejected)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];

    write_early(client, "hello");
    CHECK_WANTS(host, SSL_do_handshake(host), SSL_ERROR_WANT_READ);
    CHECK_WANTS(client, SSL_read(client, received, 10), SSL_ERROR_WANT_READ);
    CHECK_STR(SSL_state_string(client), "TPEDE");
    write_early(client, "more");
    CHECK_OK(SSL_do_handshake(client));
    CHECK_OK(SSL_do_handshake(host));
    check_status(pair, SSL_EARLY_DATA_REJECTED, SSL_EARLY_DATA_REJECTED);
    CHECK_EQ(SSL_session_reused(client), 1);
    check_alive(pair);
    pair_free(pair);
}

/* So it is after a HelloRetryRequest. */
TEST(rejected_by_a_retry)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];

    CHECK_OK(SSL_set1_groups_list(host, "P-384"));
    write_early(client, "hello");
    write_early(client, "again");
    read_finish(host);
    pair_handshake(pair);
    check_status(pair, SSL_EARLY_DATA_REJECTED, SSL_EARLY_DATA_REJECTED);
    check_alive(pair);
    pair_free(pair);
}

static int try_skipping(int writes, size_t length, int retry)
{
    struct pair *pair = early_pair();
    struct outcome outcome[2];
    static const char zeros[MOST];
    size_t written;

    CHECK_OK(SSL_set_recv_max_early_data(pair->ssl[SERVER], 100));
    if (retry)
        CHECK_OK(SSL_set1_groups_list(pair->ssl[SERVER], "P-384"));
    for (int i = 0; i < writes; i++)
        CHECK_OK(SSL_write_early_data(pair->ssl[CLIENT], zeros, length, &written));
    pair_try(pair, outcome);
    if (outcome[SERVER].ret != 1)
        CHECK_OUTCOME(outcome[SERVER], SSL_R_TOO_MUCH_EARLY_DATA);
    pair_free(pair);
    return outcome[SERVER].ret == 1;
}

/* ... up to recv_max_early_data and some overhead. */
TEST(rejected_up_to_a_limit)
{
    CHECK(try_skipping(1, 203, 0));
    CHECK(!try_skipping(1, 204, 0));
    CHECK(try_skipping(102, 1, 0));
    CHECK(!try_skipping(103, 1, 0));
    CHECK(try_skipping(1, 187, 1));
    CHECK(!try_skipping(1, 188, 1));
    CHECK(try_skipping(11, 1, 1));
    CHECK(!try_skipping(12, 1, 1));
}

/* "If the amount of early data sent exceeds the maximum": on the client at once, on the server when it comes. */
TEST(too_much)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];
    static const char zeros[MOST];
    size_t count;

    CHECK_OK(SSL_write_early_data(client, zeros, MOST - 1, &count));
    CHECK_OK(SSL_write_early_data(client, zeros, 1, &count));
    CHECK_FAILS(client, SSL_write_early_data(client, zeros, 1, &count), SSL_R_TOO_MUCH_EARLY_DATA);
    pair_free(pair);

    pair = early_pair();
    client = pair->ssl[CLIENT], host = pair->ssl[SERVER];
    CHECK_OK(SSL_set_recv_max_early_data(host, 100));
    CHECK_OK(SSL_write_early_data(client, zeros, 100, &count));
    CHECK_EQ(SSL_read_early_data(host, received, 1000, &count), SSL_READ_EARLY_DATA_SUCCESS);
    CHECK_EQ(count, 100);
    CHECK_OK(SSL_write_early_data(client, zeros, 1, &count));
    CHECK_FAILS(host, SSL_read_early_data(host, received, 1000, &count), SSL_R_TOO_MUCH_EARLY_DATA);
    CHECK_FAILS(client, SSL_read(client, received, 1), SSL_R_SSLV3_ALERT_UNEXPECTED_MESSAGE);
    pair_free(pair);
}

/* A session is taken once ("the server only allows a session to be resumed once"), unless SSL_OP_NO_ANTI_REPLAY is set. */
TEST(replay)
{
    for (int guarded = 1; guarded >= 0; guarded--) {
        struct pair *pair = early_contexts();
        SSL_SESSION *session;

        if (!guarded)
            SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_ANTI_REPLAY);
        session = connect_with(pair, NULL, 0);
        for (int i = 0; i < 2; i++) {
            open_with(pair, session);
            write_early(pair->ssl[CLIENT], "once");
            if (i == 0 || !guarded)
                read_early(pair->ssl[SERVER], "once");
            else
                read_finish(pair->ssl[SERVER]);
            CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), i == 0 || !guarded);
            disconnect(pair);
        }
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* Without early data too a session that allows some is resumed once. */
TEST(sessions_for_one_use)
{
    struct pair *pair = early_contexts();
    SSL_SESSION *session = connect_with(pair, NULL, 0);

    CHECK_EQ(SSL_CTX_sess_number(pair->ctx[SERVER]), 2);
    SSL_SESSION_free(connect_with(pair, session, 1));
    SSL_SESSION_free(connect_with(pair, session, 0));
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* The age that the client tells of its ticket must be the server's idea of it, within ten seconds. */
TEST(ticket_age)
{
    static const struct { int older, accepted; } cases[] = {{0, 1}, {5, 0}, {100, 0}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = early_contexts();
        SSL_SESSION *session = connect_with(pair, NULL, 0);

        SSL_SESSION_set_time(session, SSL_SESSION_get_time(session) - cases[i].older);
        open_with(pair, session);
        write_early(pair->ssl[CLIENT], "data");
        if (cases[i].accepted)
            read_early(pair->ssl[SERVER], "data");
        else
            read_finish(pair->ssl[SERVER]);
        CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
        SSL_SESSION_free(session);
        pair_free(pair);
    }
}

/* The session's name must be asked for, and its protocol offered. */
TEST(name_and_protocol_of_the_session)
{
    static const struct { const char *session, *asked; int reason; } names[] = {
        {NULL, "here", 0}, {"here", "here", 0}, {"there", "here", SSL_R_INCONSISTENT_EARLY_DATA_SNI},
        {"there", NULL, SSL_R_INCONSISTENT_EARLY_DATA_SNI}};
    static const struct { const char *session, *offered; int reason; } protocols[] = {
        {NULL, "\2h2", 0}, {"h2", "\2h3\2h2", 0}, {"h2", "\2h3", SSL_R_INCONSISTENT_EARLY_DATA_ALPN},
        {"h2", NULL, SSL_R_INCONSISTENT_EARLY_DATA_ALPN}};
    struct pair *pair = early_contexts();
    size_t count;

    for (size_t i = 0; i < 8; i++) {
        SSL_SESSION *session = connect_with(pair, NULL, 0);
        int reason;

        if (i < 4) {
            reason = names[i].reason;
            CHECK_OK(SSL_SESSION_set1_hostname(session, names[i].session));
        } else {
            const char *protocol = protocols[i - 4].session;

            reason = protocols[i - 4].reason;
            CHECK_OK(SSL_SESSION_set1_alpn_selected(session, (const unsigned char *)protocol,
                                                    protocol == NULL ? 0 : strlen(protocol)));
        }
        open_with(pair, session);
        if (i < 4 && names[i].asked != NULL)
            CHECK_OK(SSL_set_tlsext_host_name(pair->ssl[CLIENT], names[i].asked));
        if (i >= 4 && protocols[i - 4].offered != NULL)
            CHECK_EQ(SSL_set_alpn_protos(pair->ssl[CLIENT],
                                         (const unsigned char *)protocols[i - 4].offered,
                                         (unsigned)strlen(protocols[i - 4].offered)), 0);
        if (reason != 0) {
            CHECK_FAILS(pair->ssl[CLIENT],
                        SSL_write_early_data(pair->ssl[CLIENT], "data", 4, &count), reason);
        } else {
            write_early(pair->ssl[CLIENT], "data");
        }
        SSL_SESSION_free(session);
        pair_disconnect(pair);
    }
    pair_free(pair);
}

static int select_last(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
                       unsigned total, void *argument)
{
    (void)ssl;
    for (unsigned i = 0; i < total; i += in[i] + 1u) {
        *out = in + i + 1;
        *length = in[i];
    }
    ++*(int *)argument;
    return SSL_TLSEXT_ERR_OK;
}

/* A server that selects another protocol than the session's takes no early data. */
TEST(another_protocol_is_selected)
{
    struct pair *pair = early_contexts();
    SSL_SESSION *session;
    int selected = 0;

    SSL_CTX_set_alpn_select_cb(pair->ctx[SERVER], select_last, &selected);
    CHECK_EQ(SSL_CTX_set_alpn_protos(pair->ctx[CLIENT], (const unsigned char *)"\2h2", 3), 0);
    session = connect_with(pair, NULL, 0);
    open_with(pair, session);
    write_early(pair->ssl[CLIENT], "data");
    read_early(pair->ssl[SERVER], "data");
    disconnect(pair);
    SSL_SESSION_free(session);

    session = connect_with(pair, NULL, 0);
    open_with(pair, session);
    CHECK_EQ(SSL_set_alpn_protos(pair->ssl[CLIENT], (const unsigned char *)"\2h2\2h3", 6), 0);
    write_early(pair->ssl[CLIENT], "data");
    read_finish(pair->ssl[SERVER]);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), 1);
    CHECK_EQ(selected, 4);
    SSL_SESSION_free(session);
    pair_free(pair);
}

static int allowed, asked;

static int allow(SSL *ssl, void *argument)
{
    asked++;
    CHECK_STR(argument, "argument");
    CHECK_EQ(SSL_is_server(ssl), 1);
    return allowed;
}

static int allow_never(SSL *ssl, void *argument)
{
    (void)ssl;
    (void)argument;
    return 0;
}

/* SSL_set_allow_early_data_cb(3): asked only if all else speaks for it. */
TEST(allow_callback)
{
    struct pair *pair = early_contexts();
    SSL_SESSION *session;

    SSL_CTX_set_allow_early_data_cb(pair->ctx[SERVER], allow, "argument");
    for (allowed = 0; allowed <= 1; allowed++) {
        session = connect_with(pair, NULL, 0);
        CHECK_EQ(asked, allowed);
        open_with(pair, session);
        write_early(pair->ssl[CLIENT], "data");
        if (allowed)
            read_early(pair->ssl[SERVER], "data");
        else
            read_finish(pair->ssl[SERVER]);
        CHECK_EQ(asked, allowed + 1);
        disconnect(pair);
        SSL_SESSION_free(session);
    }
    session = connect_with(pair, NULL, 0);
    open_with(pair, session);
    SSL_set_allow_early_data_cb(pair->ssl[SERVER], allow_never, NULL);
    write_early(pair->ssl[CLIENT], "data");
    read_finish(pair->ssl[SERVER]);
    CHECK_EQ(asked, 2);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A transport that takes little at a time: every byte arrives once. The limit is far away, as OpenSSL counts what is
 * repeated. */
TEST(blocked_writes)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);
    unsigned char *data = pattern(60000);
    size_t have = 0, count;
    SSL_SESSION *session;
    int ret;

    CHECK_OK(SSL_CTX_set_max_early_data(pair->ctx[SERVER], 10000000));
    CHECK_OK(SSL_CTX_set_recv_max_early_data(pair->ctx[SERVER], 10000000));
    SSL_CTX_set_mode(pair->ctx[CLIENT], SSL_MODE_ENABLE_PARTIAL_WRITE);
    session = connect_with(pair, NULL, 0);
    open_with(pair, session);
    /* The ClientHello must get out first. */
    pair->end[CLIENT].write_room = 4000;
    for (;;) {
        ret = SSL_write_early_data(pair->ssl[CLIENT], data, 60000, &count);
        if (ret == 1)
            break;
        CHECK_WANTS(pair->ssl[CLIENT], ret, SSL_ERROR_WANT_WRITE);
        pair->end[CLIENT].write_room += 1000;
    }
    CHECK_EQ(count, 60000);
    pair->end[CLIENT].write_room = SIZE_MAX;
    while (have < 60000) {
        CHECK_EQ(SSL_read_early_data(pair->ssl[SERVER], received + have, sizeof(received) - have, &count),
                 SSL_READ_EARLY_DATA_SUCCESS);
        have += count;
    }
    CHECK_EQ(have, 60000);
    CHECK_MEM(received, data, have);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    read_finish(pair->ssl[SERVER]);
    check_alive(pair);
    free(data);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* A server whose flight is held up repeats SSL_read_early_data(). */
TEST(blocked_server)
{
    struct pair *pair = early_pair();
    size_t count;

    write_early(pair->ssl[CLIENT], "hello");
    pair->end[SERVER].write_room = 0;
    CHECK_WANTS(pair->ssl[SERVER], SSL_read_early_data(pair->ssl[SERVER], received, 10, &count),
                SSL_ERROR_WANT_WRITE);
    CHECK_WRONG_CALL(SSL_write(pair->ssl[SERVER], "x", 1));
    pair->end[SERVER].write_room = SIZE_MAX;
    read_early(pair->ssl[SERVER], "hello");
    pair_free(pair);
}

/* close_notify among early data. */
TEST(shutdown_among_early_data)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];
    size_t count;
    int ret;

    write_early(client, "hello");
    CHECK_EQ(SSL_shutdown(client), 0);
    CHECK_EQ(SSL_write_early_data(client, "x", 1, &count), 0);
    CHECK_SSL_REASON(SSL_R_PROTOCOL_IS_SHUTDOWN);
    read_early(host, "hello");
    ret = SSL_read_early_data(host, received, 10, &count);
    CHECK_EQ(ret, 0);
    CHECK_SSL_ERROR(host, ret, SSL_ERROR_ZERO_RETURN);
    pair_free(pair);
}

static void export_early(SSL *ssl, int expected, unsigned char out[32])
{
    CHECK_EQ(SSL_export_keying_material_early(ssl, out, 32, "EXPERIMENTAL label", 18,
                                              (const unsigned char *)"context", 7), expected);
    CHECK_NO_ERRORS();
}

/* SSL_export_keying_material_early(): as soon as there is early data, and after the handshake too. */
TEST(exported_material)
{
    struct pair *pair = early_pair();
    unsigned char early[32], other[32];

    export_early(pair->ssl[CLIENT], 0, early);
    write_early(pair->ssl[CLIENT], "hello");
    export_early(pair->ssl[CLIENT], 1, early);
    export_early(pair->ssl[SERVER], 0, other);
    read_early(pair->ssl[SERVER], "hello");
    export_early(pair->ssl[SERVER], 1, other);
    CHECK_MEM(other, early, 32);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    read_finish(pair->ssl[SERVER]);
    export_early(pair->ssl[CLIENT], 1, other);
    CHECK_MEM(other, early, 32);
    pair_disconnect(pair);
    pair_over_wire(pair);
    pair_handshake(pair);
    export_early(pair->ssl[CLIENT], 0, other);
    pair_free(pair);
}

static char labels[2][1000];

static void note_label(const SSL *ssl, const char *line)
{
    char *known = labels[SSL_is_server((SSL *)ssl)];

    strncat(known, line, strcspn(line, " "));
    strcat(known, " ");
}

/* The secrets of early data come first in the key log. */
TEST(key_log)
{
    static const char first[] = "EARLY_EXPORTER_SECRET CLIENT_EARLY_TRAFFIC_SECRET ";
    struct pair *pair = early_pair();

    SSL_CTX_set_keylog_callback(pair->ctx[CLIENT], note_label);
    SSL_CTX_set_keylog_callback(pair->ctx[SERVER], note_label);
    write_early(pair->ssl[CLIENT], "hello");
    CHECK_STR(labels[0], first);
    read_early(pair->ssl[SERVER], "hello");
    CHECK_EQ(strncmp(labels[1], first, strlen(first)), 0);
    pair_free(pair);
}

static char steps[4000];

static void note_step(const SSL *ssl, int where, int value)
{
    size_t length = strlen(steps);

    (void)value;
    snprintf(steps + length, sizeof(steps) - length, "%x %s,", where, SSL_state_string(ssl));
}

/* What the info callback is told where the handshake waits for the program. */
TEST(info_callback)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];

    SSL_set_info_callback(client, note_step);
    write_early(client, "hello");
    CHECK_STR(steps, "10 PINIT,1001 PINIT,1001 TWCH,1001 TWCCS,20 TED,1002 TED,");
    SSL_set_info_callback(host, note_step);
    steps[0] = 0;
    read_early(host, "hello");
    CHECK_STR(steps, "10 PINIT,2001 PINIT,2001 PINIT,2001 TRCH,2001 TWSH,2001 TWCCS,2001 TWEE,2001 TWFIN,"
                     "20 TED,2002 TED,");
    steps[0] = 0;
    CHECK_WANTS(client, SSL_read(client, received, 1), SSL_ERROR_WANT_READ);
    CHECK_STR(steps, "10 TED,1001 TED,1001 TED,1001 TRSH,1001 TREE,1001 TRFIN,20 TPEDE,1002 TPEDE,");
    steps[0] = 0;
    CHECK_EQ(SSL_do_handshake(client), 1);
    CHECK_STR(steps, "10 TPEDE,1001 TPEDE,1001 TWEOED,1001 TWFIN,20 SSLOK,1002 SSLOK,");
    steps[0] = 0;
    read_finish(host);
    CHECK_STR(steps, "10 TED,2001 TED,2001 TED,2001 TWEOED,2001 TRFIN,20 TWST,2001 TWST,2002 SSLOK,");
    pair_free(pair);
}

/* A look at what came, while a server waits for early data, is sent away like a handshake: there is none of either kind. */
TEST(peek_before_early_data_is_read)
{
    struct pair *pair = pair_contexts(TLS1_3_VERSION);
    SSL *self;
    char byte;
    size_t got;

    pair_over_wire(pair);
    self = pair->ssl[SERVER];
    CHECK_EQ(SSL_read_early_data(self, &byte, 1, &got), SSL_READ_EARLY_DATA_ERROR);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_WANT_READ);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    CHECK_WANTS(self, SSL_peek(self, &byte, 1), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_get_state(self), TLS_ST_EARLY_DATA);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    CHECK_WANTS(self, SSL_peek(self, &byte, 1), SSL_ERROR_WANT_READ);
    CHECK(SSL_is_init_finished(self));
    pair_free(pair);
}

static void check_refused(SSL *self)
{
    CHECK_EQ(SSL_write(self, "data", 4), 0);
    CHECK_SSL_REASON(ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
    CHECK_EQ(SSL_read(self, received, 1), 0);
    CHECK_SSL_REASON(ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED);
}

/* A handshake between two calls of SSL_read_early_data() takes the ClientHello and refuses early data; the call has to be repeated
 * before anything is read or written, and does not hold up the handshake. */
TEST(handshake_in_place_of_the_repeated_call)
{
    struct pair *pair = early_pair();
    SSL *self = pair->ssl[SERVER];
    size_t got;

    CHECK_EQ(SSL_read_early_data(self, received, 1, &got), SSL_READ_EARLY_DATA_ERROR);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_WANT_READ);
    check_refused(self);
    write_early(pair->ssl[CLIENT], "data");
    SSL_set_info_callback(self, note_step);
    steps[0] = 0;
    CHECK_WANTS(self, SSL_do_handshake(self), SSL_ERROR_WANT_READ);
    CHECK_STR(steps, "2001 PINIT,2001 TRCH,2001 TWSH,2001 TWCCS,2001 TWEE,2001 TWFIN,2001 TED,2002 TED,");
    CHECK_EQ(SSL_get_early_data_status(self), SSL_EARLY_DATA_REJECTED);
    CHECK_EQ(SSL_read_early_data(self, received, 1, &got), SSL_READ_EARLY_DATA_ERROR);
    CHECK_SSL_ERROR(self, 0, SSL_ERROR_WANT_READ);
    CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
    CHECK_OK(SSL_do_handshake(self));
    check_refused(self);
    read_finish(self);
    check_alive(pair);
    pair_free(pair);
}

/* No new beginning takes that away. */
TEST(repeated_call_is_due_after_a_new_beginning)
{
    struct pair *pair;
    SSL *self;
    size_t got;

    for (int how = 0; how < 3; how++) {
        pair = pair_contexts(TLS1_3_VERSION);
        pair_over_wire(pair);
        self = pair->ssl[SERVER];
        CHECK_EQ(SSL_read_early_data(self, received, 1, &got), SSL_READ_EARLY_DATA_ERROR);
        CHECK_SSL_ERROR(self, 0, SSL_ERROR_WANT_READ);
        if (how == 0)
            CHECK_OK(SSL_clear(self));
        if (how == 1)
            SSL_set_accept_state(self);
        check_refused(self);
        CHECK_WANTS(pair->ssl[CLIENT], SSL_do_handshake(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
        read_finish(self);
        CHECK_OK(SSL_do_handshake(pair->ssl[CLIENT]));
        CHECK_OK(SSL_do_handshake(self));
        check_alive(pair);
        pair_free(pair);
    }
}

/* "This can happen if the client is using a protocol version less than TLSv1.3": the handshake is done in SSL_read_early_data(), which
 * need not be called again; SSL_accept() "will successfully return immediately". */
TEST(client_of_tls12)
{
    struct pair *pair = early_contexts();
    SSL *client, *host;
    size_t count;

    CHECK_OK(SSL_CTX_set_min_proto_version(pair->ctx[SERVER], TLS1_2_VERSION));
    pair_over_wire(pair);
    client = pair->ssl[CLIENT], host = pair->ssl[SERVER];
    CHECK_OK(SSL_set_min_proto_version(client, TLS1_2_VERSION));
    CHECK_OK(SSL_set_max_proto_version(client, TLS1_2_VERSION));
    CHECK_WANTS(client, SSL_do_handshake(client), SSL_ERROR_WANT_READ);
    CHECK_WANTS(host, SSL_read_early_data(host, received, 10, &count), SSL_ERROR_WANT_READ);
    CHECK_EQ(SSL_is_init_finished(host), 0);
    CHECK_WANTS(client, SSL_do_handshake(client), SSL_ERROR_WANT_READ);
    read_finish(host);
    CHECK_EQ(SSL_is_init_finished(host), 1);
    CHECK_EQ(SSL_version(host), TLS1_2_VERSION);
    CHECK_EQ(SSL_get_early_data_status(host), SSL_EARLY_DATA_NOT_SENT);
    CHECK_WRONG_CALL(SSL_read_early_data(host, received, 10, &count));
    CHECK_OK(SSL_accept(host));
    CHECK_OK(SSL_do_handshake(client));
    check_alive(pair);
    pair_free(pair);
}

/* "Another example is if a server used to support TLSv1.3 but was later downgraded to TLSv1.2. Sending early data to such a server will
 * cause the connection to abort." */
TEST(server_of_tls12)
{
    struct pair *pair = early_pair();
    SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];
    size_t count;

    CHECK_OK(SSL_set_min_proto_version(host, TLS1_2_VERSION));
    CHECK_OK(SSL_set_max_proto_version(host, TLS1_2_VERSION));
    write_early(client, "data");
    CHECK_FAILS(host, SSL_read_early_data(host, received, 10, &count), SSL_R_UNSUPPORTED_PROTOCOL);
    CHECK_FAILS(client, SSL_do_handshake(client), SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    pair_free(pair);
}

/* "SSL_SESSION_set_max_early_data() sets the maximum number of early data bytes that can be sent for a session", for the client that is
 * given it; a copy has it too, and a setting of the client's context is for servers. */
TEST(limit_of_the_session)
{
    struct pair *pair = early_contexts();
    SSL_SESSION *session = connect_with(pair, NULL, 0), *copy;
    size_t count;

    CHECK_OK(SSL_CTX_set_max_early_data(pair->ctx[CLIENT], 5));
    copy = SSL_SESSION_dup(session);
    CHECK_EQ(SSL_SESSION_get_max_early_data(copy), MOST);
    CHECK_OK(SSL_SESSION_set_max_early_data(copy, 0));
    open_with(pair, copy);
    CHECK_WRONG_CALL(SSL_write_early_data(pair->ssl[CLIENT], "abc", 3, &count));
    CHECK_OK(SSL_SESSION_set_max_early_data(copy, 2));
    CHECK_FAILS(pair->ssl[CLIENT], SSL_write_early_data(pair->ssl[CLIENT], "abc", 3, &count), SSL_R_TOO_MUCH_EARLY_DATA);
    pair_disconnect(pair);
    CHECK_EQ(SSL_SESSION_get_max_early_data(session), MOST);
    open_with(pair, session);
    write_early(pair->ssl[CLIENT], "abc");
    read_early(pair->ssl[SERVER], "abc");
    SSL_SESSION_free(copy);
    SSL_SESSION_free(session);
    pair_free(pair);
}

/* "The configured value for max_early_data on a server may change over time", also for one connection: the session that it makes has the
 * new one, and what is taken goes by "the lower of the max_early_data for the session and the recv_max_early_data". */
TEST(limits_of_one_connection)
{
    static const struct { unsigned most, taken; int accepted; } cases[] = {
        {1, 5000, 1}, {5000, 5000, 1}, {5000, 3, 1}, {5000, 2, 0}, {2, 1, 0}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *pair = early_pair();
        SSL *client = pair->ssl[CLIENT], *host = pair->ssl[SERVER];
        size_t count;

        CHECK_OK(SSL_set_max_early_data(host, cases[i].most));
        CHECK_OK(SSL_set_recv_max_early_data(host, cases[i].taken));
        CHECK_EQ(SSL_CTX_get_max_early_data(pair->ctx[SERVER]), MOST);
        write_early(client, "abc");
        if (cases[i].accepted) {
            read_early(host, "abc");
            CHECK_OK(SSL_do_handshake(client));
            read_finish(host);
            pair_handshake(pair);
            pair_settle(pair);
            CHECK_EQ(SSL_SESSION_get_max_early_data(SSL_get_session(client)), cases[i].most);
        } else {
            CHECK_FAILS(host, SSL_read_early_data(host, received, 10, &count), SSL_R_TOO_MUCH_EARLY_DATA);
        }
        pair_free(pair);
    }
}

/* A server that has ceased to take early data makes a full handshake with its own former session, and passes over what comes. */
TEST(server_that_takes_early_data_no_more)
{
    struct pair *pair = early_pair();

    CHECK_OK(SSL_set_max_early_data(pair->ssl[SERVER], 0));
    write_early(pair->ssl[CLIENT], "abc");
    read_finish(pair->ssl[SERVER]);
    pair_handshake(pair);
    pair_settle(pair);
    check_status(pair, SSL_EARLY_DATA_REJECTED, SSL_EARLY_DATA_REJECTED);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), 0);
    CHECK_EQ(SSL_SESSION_get_max_early_data(SSL_get_session(pair->ssl[CLIENT])), 0);
    check_alive(pair);
    pair_free(pair);
}

/* SSL_read_early_data(3): "The maximum amount of received early data that is skipped is controlled by the recv_max_early_data setting. If a
 * client sends more than this then the connection will abort." With 0 any is more. */
TEST(nothing_is_passed_over)
{
    struct pair *pair = pair_for_sessions(TLS1_3_VERSION, 1);
    SSL_SESSION *session;
    struct outcome outcome[2];
    size_t count;
    char byte;

    CHECK_OK(SSL_CTX_set_max_early_data(pair->ctx[SERVER], 1000));
    session = connect_with(pair, NULL, 0);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    CHECK_OK(SSL_set_max_early_data(pair->ssl[SERVER], 0));
    CHECK_OK(SSL_set_recv_max_early_data(pair->ssl[SERVER], 0));
    CHECK_OK(SSL_write_early_data(pair->ssl[CLIENT], "abc", 3, &count));
    CHECK_EQ(SSL_read_early_data(pair->ssl[SERVER], &byte, 1, &count), SSL_READ_EARLY_DATA_FINISH);
    pair_try(pair, outcome);
    CHECK_OUTCOME(outcome[SERVER], SSL_R_TOO_MUCH_EARLY_DATA);
    SSL_SESSION_free(session);
    pair_free(pair);
}
