/* Sessions: taking, giving, writing, reading and changing them. */
#include "runner.h"

static void take_session(void)
{
    int slot = below(SESSIONS), side = one_in(4) ? SERVER : CLIENT;

    if (world.ssl[side] == NULL)
        return;
    SSL_SESSION_free(world.session[slot]);
    world.session[slot] = SSL_get1_session(world.ssl[side]);
    say("  session %d of %s: %d", slot, side == CLIENT ? "client" : "server", world.session[slot] != NULL);
    say_errors();
}

static void give_session(void)
{
    int slot = below(SESSIONS), side = one_in(8) ? SERVER : CLIENT;

    /* Afterwards the system's library forgets the connection that it has. */
    if (world.ssl[side] == NULL || !SSL_in_before(world.ssl[side]))
        return;
    called(SSL_set_session(world.ssl[side], one_in(8) ? NULL : world.session[slot]), "%s gets session %d", side == CLIENT ? "client" : "server", slot);
}

static void rewrite_session(void)
{
    int slot = below(SESSIONS), length;
    unsigned char *der = NULL;
    const unsigned char *read;
    SSL_SESSION *copy;

    if (world.session[slot] == NULL)
        return;
    switch (below(6)) {
    case 0:
        length = i2d_SSL_SESSION(world.session[slot], &der);
        say("  written %d", length > 0);
        if (length <= 0)
            return;
        if (one_in(4))
            der[below(length)] ^= 1u << below(8), length -= below(3);
        read = der;
        copy = d2i_SSL_SESSION(NULL, &read, length);
        OPENSSL_free(der);
        ERR_clear_error();
        if (copy != NULL) {
            SSL_SESSION_free(world.session[slot]);
            world.session[slot] = copy;
        }
        break;
    case 1:
        copy = SSL_SESSION_dup(world.session[slot]);
        say("  copied %d", copy != NULL);
        SSL_SESSION_free(world.session[slot]);
        world.session[slot] = copy;
        break;
    case 2:
        called(SSL_SESSION_set_timeout(world.session[slot], below(3) * 100), "time-out");
        break;
    case 3:
        called(SSL_SESSION_set1_id_context(world.session[slot], (const unsigned char *)"other context", (unsigned int)below(14)), "id context");
        break;
    case 4:
        called(SSL_SESSION_set1_hostname(world.session[slot], one_in(2) ? "second.example" : NULL), "host name");
        break;
    default:
        called(SSL_SESSION_set_time(world.session[slot], 1000) == 1000, "made long ago");
        break;
    }
    say_errors();
}

static void cached_session(void)
{
    int slot = below(SESSIONS), which = below(CONTEXTS);

    if (world.session[slot] == NULL)
        return;
    if (one_in(2))
        called(SSL_CTX_add_session(world.context[which], world.session[slot]), "add session %d to %d", slot, which);
    else
        called(SSL_CTX_remove_session(world.context[which], world.session[slot]), "remove session %d from %d", slot, which);
    say("  number %ld, resumable %d", SSL_CTX_sess_number(world.context[which]), SSL_SESSION_is_resumable(world.session[slot]));
}

static void flush_sessions(void)
{
    SSL_CTX_flush_sessions(world.context[below(CONTEXTS)], one_in(2) ? 0 : 2000000000);
    say("  numbers %ld %ld", SSL_CTX_sess_number(world.context[CLIENT]), SSL_CTX_sess_number(world.context[SERVER]));
}

const struct step session_steps[] = {
    {"take session", take_session, {0, 0, 6, 0}},
    {"give session", give_session, {0, 5, 1, 0}},
    {"rewrite session", rewrite_session, {0, 2, 1, 0}},
    {"cached session", cached_session, {0, 1, 1, 0}},
    {"flush", flush_sessions, {0, 1, 1, 0}},
    {NULL, NULL, {0}},
};
