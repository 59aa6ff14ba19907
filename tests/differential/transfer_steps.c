/* Handshakes, reading, writing, shutting down, and what is done after the handshake. */
#include "runner.h"

static const char *side_word(int side)
{
    return side == CLIENT ? "client" : "server";
}

static unsigned char data[40000];

/* One call of a handshake: its result is printed unless it is one of many. */
static int handshake(int side)
{
    int result = SSL_do_handshake(world.ssl[side]);
    int error = SSL_get_error(world.ssl[side], result);

    if (!world.small_transport || (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)) {
        say("  %s handshake = %d, error %d", side_word(side), result, error);
        say_errors();
        if (!world.small_transport)
            say_states();
    }
    return result == 1 ? 2 : error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL || error == SSL_ERROR_ZERO_RETURN ? -1 : 0;
}

void pump(void)
{
    int done[2] = {0, 0}, turn, most = world.small_transport ? 20000 : 10;

    if (world.ssl[CLIENT] == NULL)
        return;
    for (turn = 0; turn < most && (done[CLIENT] == 0 || done[SERVER] == 0); turn++)
        if (done[turn % 2] == 0)
            done[turn % 2] = handshake(turn % 2);
    say_states();
    if (done[CLIENT] == 2)
        say_negotiated(CLIENT);
    if (done[SERVER] == 2)
        say_negotiated(SERVER);
}

static void step_handshake(void)
{
    int side = below(2), kind = below(6), result;

    if (world.ssl[side] == NULL)
        return;
    if (world.small_transport) {
        pump();
        return;
    }
    switch (kind) {
    case 0:
        result = SSL_connect(world.ssl[side]);
        tried(side, result, "connect");
        break;
    case 1:
        result = SSL_accept(world.ssl[side]);
        tried(side, result, "accept");
        break;
    default:
        result = SSL_do_handshake(world.ssl[side]);
        tried(side, result, "handshake");
        break;
    }
}

static int data_size(void)
{
    static const int sizes[] = {0, 1, 5, 100, 100, 100, 1000, 4000, 16384, 16385, 40000};

    return ANY(sizes);
}

/* A whole transfer over a small transport, of which only the end is printed. */
static void transfer_in_turns(int side, int length)
{
    int written = -1, read, total = 0, turn;

    for (turn = 0; turn < 100000 && (written <= 0 || total < length); turn++) {
        if (written <= 0) {
            written = SSL_write(world.ssl[side], data, length);
            if (written <= 0 && SSL_get_error(world.ssl[side], written) != SSL_ERROR_WANT_READ
                && SSL_get_error(world.ssl[side], written) != SSL_ERROR_WANT_WRITE)
                break;
            if (written > 0)
                length = written;
        }
        read = SSL_read(world.ssl[!side], data, sizeof(data));
        if (read > 0)
            total += read;
        else if (SSL_get_error(world.ssl[!side], read) != SSL_ERROR_WANT_READ && SSL_get_error(world.ssl[!side], read) != SSL_ERROR_WANT_WRITE)
            break;
        if (written > 0 && read <= 0)
            break;
    }
    say("  %s transfers %d: %d arrived", side_word(side), written, total);
    say_errors();
    say_states();
}

static void write_data(void)
{
    int side = below(2), length = data_size(), kind = below(3), result;
    size_t written = 77;

    if (world.ssl[side] == NULL)
        return;
    if (world.small_transport) {
        transfer_in_turns(side, length == 0 ? 1 : length);
        return;
    }
    switch (kind) {
    case 0:
        result = SSL_write_ex(world.ssl[side], data, (size_t)length, &written);
        tried(side, result, "write_ex %d", length);
        say("    written %zu", written);
        break;
    default:
        result = SSL_write(world.ssl[side], data, length);
        tried(side, result, "write %d", length);
        break;
    }
}

static void read_data(void)
{
    int side = below(2), length = data_size(), kind = below(6), result;
    size_t got = 77;

    if (world.ssl[side] == NULL)
        return;
    if (world.small_transport && SSL_in_init(world.ssl[side])) {
        pump();
        return;
    }
    switch (kind) {
    case 0:
        result = SSL_read_ex(world.ssl[side], data, (size_t)length, &got);
        tried(side, result, "read_ex %d", length);
        say("    got %zu", got);
        break;
    case 1:
        result = SSL_peek(world.ssl[side], data, length);
        tried(side, result, "peek %d", length);
        break;
    case 2:
        result = SSL_peek_ex(world.ssl[side], data, (size_t)length, &got);
        tried(side, result, "peek_ex %d", length);
        say("    got %zu", got);
        break;
    default:
        result = SSL_read(world.ssl[side], data, length);
        tried(side, result, "read %d", length);
        break;
    }
}

static void shut_down(void)
{
    int side = below(2), result;

    if (world.ssl[side] == NULL)
        return;
    result = SSL_shutdown(world.ssl[side]);
    tried(side, result, "shutdown");
}

static void after_handshake(void)
{
    int side = below(2), kind = below(8), result;
    SSL *ssl = world.ssl[side];

    /* Before the end of a handshake a renegotiation makes the system's library send plaintext. */
    if (ssl == NULL || (kind < 2 && SSL_in_init(ssl)))
        return;
    switch (kind) {
    case 0:
        result = SSL_renegotiate(ssl);
        called(result, "%s renegotiate", side_word(side));
        break;
    case 1:
        result = SSL_renegotiate_abbreviated(ssl);
        called(result, "%s renegotiate abbreviated", side_word(side));
        break;
    case 2:
        result = SSL_key_update(ssl, one_in(2) ? SSL_KEY_UPDATE_REQUESTED : one_in(4) ? 7 : SSL_KEY_UPDATE_NOT_REQUESTED);
        called(result, "%s update keys", side_word(side));
        break;
    case 3:
        result = SSL_verify_client_post_handshake(ssl);
        called(result, "%s authenticate", side_word(side));
        break;
    case 4:
        result = SSL_new_session_ticket(ssl);
        called(result, "%s new ticket", side_word(side));
        break;
    case 5: {
        unsigned char mine[20], theirs[20];
        int context = one_in(2), own, other;

        if (world.ssl[!side] == NULL)
            return;
        own = SSL_export_keying_material(ssl, mine, sizeof(mine), "EXPORTER-x", 10, (const unsigned char *)"abc", 3, context);
        say_errors();
        other = SSL_export_keying_material(world.ssl[!side], theirs, sizeof(theirs), "EXPORTER-x", 10, (const unsigned char *)"abc", 3, context);
        say("  exported %d %d %s", own, other, own == 1 && other == 1 ? memcmp(mine, theirs, sizeof(mine)) == 0 ? "same" : "different" : "");
        break;
    }
    case 6:
        result = SSL_free_buffers(ssl);
        called(result, "%s free buffers", side_word(side));
        result = SSL_alloc_buffers(ssl);
        called(result, "%s take buffers", side_word(side));
        break;
    default:
        say_negotiated(side);
        return;
    }
    say_errors();
    say_states();
}

static void early_data(void)
{
    int side = below(2), result;
    size_t moved = 77;

    if (world.ssl[side] == NULL || world.small_transport)
        return;
    if (side == CLIENT) {
        result = SSL_write_early_data(world.ssl[side], data, (size_t)data_size() % 5000, &moved);
        tried(side, result, "write early data");
    } else {
        result = SSL_read_early_data(world.ssl[side], data, sizeof(data), &moved);
        tried(side, result, "read early data");
    }
    say("    moved %zu, status %d", moved, SSL_get_early_data_status(world.ssl[side]));
}

static void lose_transport(void)
{
    int side = below(2), kind = below(4);
    SSL *ssl = world.ssl[side];

    if (ssl == NULL || !one_in(3))
        return;
    say("  %s transport %d", side_word(side), kind);
    if (kind == 0) {
        SSL_set_bio(ssl, NULL, NULL);
    } else if (kind == 1 && SSL_get_wbio(ssl) != NULL) {
        /* Garbage for the peer. */
        BIO_write(SSL_get_wbio(ssl), "GET / HTTP/1.0\r\n\r\n", 18);
    } else if (kind == 2 && SSL_get_rbio(ssl) != NULL && BIO_method_type(SSL_get_rbio(ssl)) == BIO_TYPE_MEM) {
        BIO_set_mem_eof_return(SSL_get_rbio(ssl), 0);
    } else if (kind == 3 && SSL_get_wbio(ssl) != NULL && BIO_method_type(SSL_get_wbio(ssl)) == BIO_TYPE_BIO) {
        (void)BIO_shutdown_wr(SSL_get_wbio(ssl));
    }
}

const struct step transfer_steps[] = {
    {"pump", pump, {0, 0, 22, 0}},
    {"handshake", step_handshake, {0, 1, 12, 0}},
    {"write", write_data, {0, 0, 14, 0}},
    {"read", read_data, {0, 0, 18, 0}},
    {"shutdown", shut_down, {0, 0, 4, 0}},
    {"after", after_handshake, {0, 1, 9, 0}},
    {"early data", early_data, {0, 0, 2, 0}},
    {"transport", lose_transport, {0, 0, 2, 0}},
    {NULL, NULL, {0}},
};
