/* A clock that jumps, forwards and backwards: what lives in memory goes on; sessions end by their time. */
#include "support.h"

#define DAY 86400L
#define YEARS (30 * 365 * DAY)

static void jump(long seconds)
{
    advance_clock(seconds * 1000000);
}

static const long jumps[] = {1, -1, 2 * 3600, -3 * 3600, DAY, -2 * DAY, YEARS, -2 * YEARS, YEARS + DAY + 3600};

/* A jump before every call of a handshake, and between what is written and read. */
TEST_VERSIONS(connection_goes_on)
{
    struct pair *pair = pair_contexts(version);
    size_t next = 0;

    /* Certificates do have a time. */
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    pair_over_wire(pair);
    for (int done[2] = {0, 0}, turn = 0; !done[0] || !done[1]; turn++) {
        int side = turn % 2, ret;

        CHECK(turn < 20);
        jump(jumps[next++ % 9]);
        ret = SSL_do_handshake(pair->ssl[side]);
        CHECK(ret == 1 || SSL_get_error(pair->ssl[side], ret) == SSL_ERROR_WANT_READ);
        done[side] = ret == 1;
        CHECK_NO_ERRORS();
    }
    for (size_t i = 0; i < 9; i++) {
        jump(jumps[i]);
        if (version == TLS1_3_VERSION)
            CHECK_EQ(SSL_key_update(pair->ssl[i % 2], SSL_KEY_UPDATE_REQUESTED), 1);
        check_alive(pair);
    }
    jump(-DAY);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 0);
    jump(2 * DAY);
    CHECK_EQ(SSL_shutdown(pair->ssl[SERVER]), 0);
    CHECK_EQ(SSL_shutdown(pair->ssl[CLIENT]), 1);
    pair_free(pair);
}

/* Whether a second connection, so much later, resumes the session of the first. */
static int resumes_after(int version, long seconds)
{
    struct pair *pair = pair_established(version);
    SSL_SESSION *session = SSL_get1_session(pair->ssl[CLIENT]);
    int reused;

    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_NONE, NULL);
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    pair_disconnect(pair);
    jump(seconds);
    pair_over_wire(pair);
    CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    check_alive(pair);
    reused = SSL_session_reused(pair->ssl[CLIENT]);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), reused);
    SSL_SESSION_free(session);
    pair_free(pair);
    jump(-seconds);
    return reused;
}

TEST_VERSIONS(sessions_end_by_their_time)
{
    advance_clock(0);
    CHECK_EQ(resumes_after(version, 0), 1);
    CHECK_EQ(resumes_after(version, 60), 1);
    CHECK_EQ(resumes_after(version, YEARS), 0);
    CHECK_EQ(resumes_after(version, 60), 1);
}

/* A ticket from the future: in TLS 1.3 its age must be told, and is not known. */
TEST_VERSIONS(clock_is_set_back)
{
    advance_clock(0);
    CHECK_EQ(resumes_after(version, -60), version != TLS1_3_VERSION);
    CHECK_EQ(resumes_after(version, 0), 1);
}

/* Jumps do not stop the timer of DTLS: forwards it is due at once, backwards the handshake goes on with what comes. */
TEST_DTLS(timer_is_due_after_a_jump)
{
    struct pair *pair = pair_contexts(version);
    struct timeval left;

    advance_clock(0);
    pair_over_datagrams(pair);
    CHECK_WANTS(pair->ssl[CLIENT], SSL_connect(pair->ssl[CLIENT]), SSL_ERROR_WANT_READ);
    datagrams_drop(&pair->datagrams[SERVER]);
    jump(3600);
    CHECK_EQ(DTLSv1_get_timeout(pair->ssl[CLIENT], &left), 1);
    CHECK(left.tv_sec == 0 && left.tv_usec == 0);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 1);
    CHECK(pair->datagrams[SERVER].count > 0);
    jump(-2 * 3600);
    CHECK_EQ(DTLSv1_get_timeout(pair->ssl[CLIENT], &left), 1);
    CHECK_EQ(DTLSv1_handle_timeout(pair->ssl[CLIENT]), 0);
    pair_handshake(pair);
    check_alive(pair);
    CHECK_EQ(DTLSv1_get_timeout(pair->ssl[CLIENT], &left), 0);
    pair_free(pair);
}
