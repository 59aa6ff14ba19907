/* Connections: how they are made, and the calls that only they have. */
#include "runner.h"

#include <openssl/x509v3.h>

static void connect_memory(void)
{
    BIO *to_server = BIO_new(BIO_s_mem()), *to_client = BIO_new(BIO_s_mem());

    BIO_set_mem_eof_return(to_server, -1);
    BIO_set_mem_eof_return(to_client, -1);
    BIO_up_ref(to_server);
    BIO_up_ref(to_client);
    SSL_set_bio(world.ssl[CLIENT], to_client, to_server);
    SSL_set_bio(world.ssl[SERVER], to_server, to_client);
}

static void connect_bio_pair(size_t room)
{
    BIO *client, *server;

    BIO_new_bio_pair(&client, room, &server, room);
    SSL_set_bio(world.ssl[CLIENT], client, client);
    SSL_set_bio(world.ssl[SERVER], server, server);
}

void connect_pair(void)
{
    static const size_t rooms[] = {0, 65536, 0, 2000, 600, 100, 7};
    int kind = below(10), side;
    size_t room = one_in(3) ? ANY(rooms) : 65536;
    int session = one_in(2) ? below(SESSIONS) : -1;
    int names = below(3);

    for (side = 0; side < 2; side++) {
        SSL_free(world.ssl[side]);
        world.ssl[side] = NULL;
    }
    world.connections++;
    for (side = 0; side < 2; side++) {
        world.ssl[side] = SSL_new(world.context[side]);
        say("  %s %s", side == CLIENT ? "client" : "server", world.ssl[side] != NULL ? "made" : "refused");
        say_errors();
    }
    if (world.ssl[CLIENT] == NULL || world.ssl[SERVER] == NULL) {
        SSL_free(world.ssl[CLIENT]);
        SSL_free(world.ssl[SERVER]);
        world.ssl[CLIENT] = world.ssl[SERVER] = NULL;
        return;
    }
    world.small_transport = kind < 5 && room != 65536;
    if (kind < 5)
        connect_bio_pair(room);
    else
        connect_memory();
    if (!one_in(30))
        SSL_set_connect_state(world.ssl[CLIENT]);
    if (!one_in(30))
        SSL_set_accept_state(world.ssl[SERVER]);
    if (names == 0)
        called((long)SSL_set_tlsext_host_name(world.ssl[CLIENT], "server.example"), "host name");
    if (session >= 0 && world.session[session] != NULL)
        called(SSL_set_session(world.ssl[CLIENT], world.session[session]), "session %d", session);
    say("  transport %d, room %zu", kind < 5, room);
    say_states();
}

void end_world(void)
{
    int index;

    for (index = 0; index < 2; index++)
        SSL_free(world.ssl[index]);
    for (index = 0; index < SESSIONS; index++)
        SSL_SESSION_free(world.session[index]);
    for (index = 0; index < CONTEXTS; index++)
        SSL_CTX_free(world.context[index]);
    say("freed");
    say_errors();
}

static SSL *any_ssl(int *side)
{
    *side = below(2);
    return world.ssl[*side];
}
static const char *side_word(int side)
{
    return side == CLIENT ? "client" : "server";
}

static void set_names(void)
{
    static const char *const names[] = {"server.example", "second.example", "x.wild.example", "", "no.example", "127.0.0.1"};
    const char *name = ANY(names);
    int side;
    SSL *ssl = any_ssl(&side);
    int kind = below(5);

    if (ssl == NULL)
        return;
    switch (kind) {
    case 0:
    case 1:
        called((long)SSL_set_tlsext_host_name(ssl, name), "%s host name %s", side_word(side), name);
        break;
    case 2:
        called(SSL_set1_host(ssl, name), "%s expects %s", side_word(side), name);
        break;
    case 3:
        called(SSL_add1_host(ssl, name), "%s expects also %s", side_word(side), name);
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_WILDCARDS);
        break;
    default:
        called((long)SSL_set_tlsext_host_name(ssl, one_in(2) ? NULL : "a name that has spaces"), "%s odd host name", side_word(side));
        break;
    }
}

static void change_state(void)
{
    int side, kind = below(7);
    SSL *ssl = any_ssl(&side);

    if (ssl == NULL)
        return;
    switch (kind) {
    case 0:
        SSL_set_connect_state(ssl);
        say("  %s connects", side_word(side));
        break;
    case 1:
        SSL_set_accept_state(ssl);
        say("  %s accepts", side_word(side));
        break;
    case 2:
        called(SSL_clear(ssl), "%s clear", side_word(side));
        break;
    case 3:
        SSL_set_shutdown(ssl, below(4));
        say("  %s shutdown %d", side_word(side), SSL_get_shutdown(ssl));
        break;
    case 4:
        say("  %s other context %d", side_word(side), SSL_set_SSL_CTX(ssl, one_in(5) ? NULL : world.context[below(CONTEXTS)]) != NULL);
        break;
    case 5:
        called(SSL_set_ssl_method(ssl, one_in(2) ? TLS_method() : TLSv1_2_method()), "%s method", side_word(side));
        break;
    default: {
        SSL *copy = SSL_dup(ssl);

        say("  %s copied %d", side_word(side), copy != NULL);
        if (copy == ssl)
            say("  itself");
        SSL_free(copy);
        break;
    }
    }
    say_states();
}

static void ask_connection(void)
{
    int side;
    SSL *ssl = any_ssl(&side);
    char list[4096];
    STACK_OF(SSL_CIPHER) *suites;
    const char *name;
    int index;

    if (ssl == NULL)
        return;
    switch (below(6)) {
    case 0:
        suites = SSL_get1_supported_ciphers(ssl);
        say("  %s supports %d", side_word(side), suites != NULL ? sk_SSL_CIPHER_num(suites) : -1);
        for (index = 0; suites != NULL && index < sk_SSL_CIPHER_num(suites); index++)
            say("    %s", SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, index)));
        sk_SSL_CIPHER_free(suites);
        break;
    case 1:
        for (index = 0; (name = SSL_get_cipher_list(ssl, index)) != NULL && index < 5; index++)
            say("    %s", name);
        break;
    case 2:
        say("  %s knows %s", side_word(side), text(SSL_get_shared_ciphers(ssl, list, one_in(2) ? (int)sizeof(list) : 40)));
        break;
    case 3:
        say("  %s alerts %s", side_word(side), text(SSL_alert_desc_string_long(below(130))));
        say("  %s descriptors %d %d", side_word(side), SSL_get_rfd(ssl) >= 0, SSL_get_wfd(ssl) >= 0);
        break;
    case 4:
        say("  %s peer's CAs %d", side_word(side), SSL_get0_peer_CA_list(ssl) != NULL ? sk_X509_NAME_num(SSL_get0_peer_CA_list(ssl)) : -1);
        say("  %s client CAs %d", side_word(side), SSL_get_client_CA_list(ssl) != NULL ? sk_X509_NAME_num(SSL_get_client_CA_list(ssl)) : -1);
        say("  %s own CAs %d", side_word(side), SSL_get0_CA_list(ssl) != NULL ? sk_X509_NAME_num(SSL_get0_CA_list(ssl)) : -1);
        break;
    default:
        say_negotiated(side);
        break;
    }
    say_errors();
}

const struct step connection_steps[] = {
    {"names", set_names, {0, 6, 1, 0}},
    {"state", change_state, {0, 2, 2, 0}},
    {"ask", ask_connection, {0, 4, 6, 0}},
    {NULL, NULL, {0}},
};
