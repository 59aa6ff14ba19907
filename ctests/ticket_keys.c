/*
 * Tickets as time goes by: the clock is the test's. What a program was given to resume works for as long as the session
 * lives (SSL_CTX_set_timeout(3)), whatever the library does with its keys meanwhile; keys that the program set or asked
 * for (SSL_CTX_set_tlsext_ticket_keys) stay.
 */
#include "support.h"

#include <unistd.h>

enum { HOUR = 3600, DAY = 24 * HOUR, KEYS_LENGTH = 80 };

static void wait_for(long seconds)
{
    advance_clock(seconds * 1000000);
}

/* The client tries its sessions for as long as it likes: what counts is the server's word. */
static struct pair *pair_with_lifetime(int version, long lifetime)
{
    struct pair *pair = pair_for_sessions(version, 1);

    SSL_CTX_set_timeout(pair->ctx[SERVER], lifetime);
    SSL_CTX_set_timeout(pair->ctx[CLIENT], 1000 * DAY);
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    return pair;
}

/* Connects with the session, after so many seconds. */
static void resume_after(struct pair *pair, SSL_SESSION *session, long seconds, int reused)
{
    wait_for(seconds);
    SSL_SESSION_free(connect_with(pair, session, reused));
}

TEST_VERSIONS(tickets_open_as_long_as_sessions_live)
{
    static const long lifetimes[] = {7200, DAY, 6 * DAY};

    for (size_t i = 0; i < sizeof(lifetimes) / sizeof(lifetimes[0]); i++) {
        struct pair *pair = pair_with_lifetime(version, lifetimes[i]);

        /* Whenever in the life of the context the session was made. */
        for (long begun = 0; begun < 3 * DAY; begun += 5 * HOUR) {
            SSL_SESSION *session = connect_with(pair, NULL, 0);

            resume_after(pair, session, lifetimes[i] - 10, 1);
            resume_after(pair, session, 20, 0);
            SSL_SESSION_free(session);
            wait_for(5 * HOUR - lifetimes[i] % (5 * HOUR));
        }
        pair_free(pair);
    }
}

TEST(forked_processes_open_each_others_tickets_a_day_later)
{
    struct pair *pair = pair_with_lifetime(TLS1_3_VERSION, 7200);
    unsigned char name[2][16];
    int pipes[2];

    /* Both see the same key at work, without asking for it: it stands first in the ticket. */
    CHECK_EQ(pipe(pipes), 0);
    wait_for(30 * HOUR);
    for (int child = 1; child >= 0; child--) {
        const unsigned char *ticket;
        size_t length;
        pid_t pid = child ? fork() : 0;
        SSL_SESSION *session;

        if (pid > 0)
            continue;
        session = connect_with(pair, NULL, 0);
        SSL_SESSION_get0_ticket(session, &ticket, &length);
        CHECK(length > 16);
        memcpy(name[child], ticket, 16);
        SSL_SESSION_free(session);
        if (child) {
            CHECK_EQ(write(pipes[1], name[1], 16), 16);
            _exit(0);
        }
    }
    CHECK_EQ(read(pipes[0], name[1], 16), 16);
    CHECK_MEM(name[0], name[1], 16);
    pair_free(pair);
}

TEST_VERSIONS(keys_that_were_asked_for_stay)
{
    struct pair *pair = pair_with_lifetime(version, 100 * DAY);
    unsigned char keys[KEYS_LENGTH], again[KEYS_LENGTH];
    SSL_SESSION *session;

    CHECK_OK(SSL_CTX_get_tlsext_ticket_keys(pair->ctx[SERVER], keys, sizeof(keys)));
    session = connect_with(pair, NULL, 0);
    resume_after(pair, session, 6 * DAY, 1);
    CHECK_OK(SSL_CTX_get_tlsext_ticket_keys(pair->ctx[SERVER], again, sizeof(again)));
    CHECK_MEM(again, keys, sizeof(keys));
    SSL_SESSION_free(session);
    pair_free(pair);
}

TEST_VERSIONS(keys_that_were_set_stay)
{
    struct pair *pair = pair_with_lifetime(version, 100 * DAY);
    unsigned char keys[KEYS_LENGTH], again[KEYS_LENGTH];
    SSL_SESSION *session;

    fill_pattern(keys, sizeof(keys), 0);
    CHECK_OK(SSL_CTX_set_tlsext_ticket_keys(pair->ctx[SERVER], keys, sizeof(keys)));
    session = connect_with(pair, NULL, 0);
    resume_after(pair, session, 3 * DAY, 1);
    resume_after(pair, session, 3 * DAY, 1);
    CHECK_OK(SSL_CTX_get_tlsext_ticket_keys(pair->ctx[SERVER], again, sizeof(again)));
    CHECK_MEM(again, keys, sizeof(keys));
    SSL_SESSION_free(session);
    pair_free(pair);
}
