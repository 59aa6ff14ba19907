/* Pairs of connected SSL objects, and the steps that the tests take with them. */
#define _GNU_SOURCE
#include "support.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/bio.h>

static int is_dtls(int version)
{
    return version >> 8 == DTLS1_VERSION_MAJOR || version == DTLS_ANY_VERSION;
}

static void fix_version(SSL_CTX *context, int version)
{
    if (version == DTLS1_VERSION)
        SSL_CTX_set_security_level(context, 0);
    if (version != 0 && version != DTLS_ANY_VERSION) {
        CHECK_OK(SSL_CTX_set_min_proto_version(context, version));
        CHECK_OK(SSL_CTX_set_max_proto_version(context, version));
    }
}

struct pair *pair_contexts(int version)
{
    struct pair *pair = calloc(1, sizeof(*pair));

    CHECK(pair != NULL);
    pair->sockets[0] = pair->sockets[1] = -1;
    pair->ctx[CLIENT] = SSL_CTX_new(is_dtls(version) ? DTLS_client_method() : TLS_client_method());
    pair->ctx[SERVER] = SSL_CTX_new(is_dtls(version) ? DTLS_server_method() : TLS_server_method());
    CHECK(pair->ctx[CLIENT] != NULL && pair->ctx[SERVER] != NULL);
    fix_version(pair->ctx[CLIENT], version);
    fix_version(pair->ctx[SERVER], version);
    use_identity(pair->ctx[SERVER], "ec");
    trust(pair->ctx[CLIENT], "root");
    SSL_CTX_set_verify(pair->ctx[CLIENT], SSL_VERIFY_PEER, NULL);
    return pair;
}

static void new_connections(struct pair *pair)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        pair->ssl[side] = SSL_new(pair->ctx[side]);
        CHECK(pair->ssl[side] != NULL);
    }
    SSL_set_connect_state(pair->ssl[CLIENT]);
    SSL_set_accept_state(pair->ssl[SERVER]);
}

void pair_over_wire(struct pair *pair)
{
    new_connections(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        BIO *bio;

        pair->end[side] = (struct wire_end){.in = &pair->queue[side],
                                            .out = &pair->queue[!side],
                                            .read_chunk = SIZE_MAX,
                                            .write_chunk = SIZE_MAX,
                                            .read_room = SIZE_MAX,
                                            .write_room = SIZE_MAX,
                                            .out_limit = SIZE_MAX};
        bio = wire_bio(&pair->end[side]);
        SSL_set_bio(pair->ssl[side], bio, bio);
    }
}

void pair_over_bio_pair(struct pair *pair, size_t size)
{
    BIO *bio[2];

    new_connections(pair);
    CHECK_OK(BIO_new_bio_pair(&bio[CLIENT], size, &bio[SERVER], size));
    SSL_set_bio(pair->ssl[CLIENT], bio[CLIENT], bio[CLIENT]);
    SSL_set_bio(pair->ssl[SERVER], bio[SERVER], bio[SERVER]);
}

void pair_over_memory(struct pair *pair)
{
    BIO *to_server = BIO_new(BIO_s_mem()), *to_client = BIO_new(BIO_s_mem());

    new_connections(pair);
    CHECK(to_server != NULL && to_client != NULL);
    BIO_set_mem_eof_return(to_server, -1);
    BIO_set_mem_eof_return(to_client, -1);
    CHECK_OK(BIO_up_ref(to_server));
    CHECK_OK(BIO_up_ref(to_client));
    SSL_set_bio(pair->ssl[CLIENT], to_client, to_server);
    SSL_set_bio(pair->ssl[SERVER], to_server, to_client);
}

void pair_over_datagrams(struct pair *pair)
{
    new_connections(pair);
    for (int side = CLIENT; side <= SERVER; side++) {
        BIO *bio;

        pair->link[side] = (struct link_end){.in = &pair->datagrams[side],
                                             .out = &pair->datagrams[!side],
                                             .mtu = 1472,
                                             .fallback_mtu = 548,
                                             .limit = SIZE_MAX};
        bio = link_bio(&pair->link[side]);
        SSL_set_bio(pair->ssl[side], bio, bio);
    }
}

/* Two UDP sockets on the loopback interface that are connected to each other. */
static void datagram_sockets(int sockets[2], BIO_ADDR *address[2])
{
    struct sockaddr_in name[2];

    for (int side = 0; side < 2; side++) {
        socklen_t length = sizeof(name[side]);

        name[side] = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        sockets[side] = socket(AF_INET, SOCK_DGRAM, 0);
        CHECK(sockets[side] >= 0);
        CHECK_EQ(bind(sockets[side], (struct sockaddr *)&name[side], sizeof(name[side])), 0);
        CHECK_EQ(getsockname(sockets[side], (struct sockaddr *)&name[side], &length), 0);
        address[side] = BIO_ADDR_new();
        CHECK_OK(BIO_ADDR_rawmake(address[side], AF_INET, &name[side].sin_addr, sizeof(struct in_addr),
                                  name[side].sin_port));
    }
    for (int side = 0; side < 2; side++)
        CHECK_EQ(connect(sockets[side], (struct sockaddr *)&name[!side], sizeof(name[!side])), 0);
}

void pair_over_datagram_sockets(struct pair *pair, int nonblocking)
{
    BIO_ADDR *address[2];

    new_connections(pair);
    datagram_sockets(pair->sockets, address);
    for (int side = CLIENT; side <= SERVER; side++) {
        BIO *bio = BIO_new_dgram(pair->sockets[side], BIO_NOCLOSE);

        CHECK(bio != NULL);
        BIO_ctrl_set_connected(bio, address[!side]);
        if (nonblocking)
            set_nonblocking(pair->sockets[side]);
        SSL_set_bio(pair->ssl[side], bio, bio);
    }
    BIO_ADDR_free(address[CLIENT]);
    BIO_ADDR_free(address[SERVER]);
}

void set_nonblocking(int fd)
{
    CHECK(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0);
}

void pair_over_sockets(struct pair *pair, int nonblocking)
{
    new_connections(pair);
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair->sockets), 0);
    for (int side = CLIENT; side <= SERVER; side++) {
        if (nonblocking)
            set_nonblocking(pair->sockets[side]);
        CHECK_OK(SSL_set_fd(pair->ssl[side], pair->sockets[side]));
    }
}

static size_t in_transit(struct pair *pair)
{
    return queue_length(&pair->queue[0]) + queue_length(&pair->queue[1]) + pair->datagrams[0].count
           + pair->datagrams[1].count;
}

void pair_try(struct pair *pair, struct outcome outcome[2])
{
    int quiet = 0;

    memset(outcome, 0, 2 * sizeof(outcome[0]));
    outcome[CLIENT].error = outcome[SERVER].error = SSL_ERROR_WANT_READ;
    ERR_clear_error();
    for (int turn = 0; quiet < 40; turn++) {
        int side = turn % 2 ? SERVER : CLIENT;
        struct outcome *it = &outcome[side];
        size_t before = in_transit(pair);

        if (it->error != SSL_ERROR_WANT_READ && it->error != SSL_ERROR_WANT_WRITE) {
            quiet += 20;
            continue;
        }
        it->ret = SSL_do_handshake(pair->ssl[side]);
        it->error = SSL_get_error(pair->ssl[side], it->ret);
        if (it->ret == 1 || it->error == SSL_ERROR_WANT_READ || it->error == SSL_ERROR_WANT_WRITE)
            CHECK_NO_ERRORS();
        it->first = test_first_error(ERR_LIB_SSL);
        if (in_transit(pair) != before)
            quiet = 0;
        else
            quiet++;
    }
}

void pair_handshake(struct pair *pair)
{
    int done[2] = {0, 0};

    CHECK_NO_ERRORS();
    for (int turn = 0; !done[CLIENT] || !done[SERVER]; turn++) {
        int side = turn % 2 ? SERVER : CLIENT, ret, error;

        CHECK(turn < 200000);
        if (done[side]) {
            char byte;

            /* A small transport may be full of the peer's session tickets. */
            if (turn > 1000 && SSL_peek(pair->ssl[side], &byte, 1) <= 0)
                CHECK_NO_ERRORS();
            continue;
        }
        ret = SSL_do_handshake(pair->ssl[side]);
        error = SSL_get_error(pair->ssl[side], ret);
        if (ret != 1 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
            test_fail(__FILE__, __LINE__, "handshake of the %s failed with error %d",
                      side == SERVER ? "server" : "client", error);
        CHECK_NO_ERRORS();
        done[side] = ret == 1;
    }
}

void pair_settle(struct pair *pair)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        char byte;
        int ret = SSL_read(pair->ssl[side], &byte, 1);

        CHECK_EQ(ret, -1);
        CHECK_SSL_ERROR(pair->ssl[side], ret, SSL_ERROR_WANT_READ);
        CHECK_NO_ERRORS();
    }
}

struct pair *pair_established(int version)
{
    struct pair *pair = pair_contexts(version);

    if (is_dtls(version))
        pair_over_datagrams(pair);
    else
        pair_over_wire(pair);
    pair_handshake(pair);
    pair_settle(pair);
    return pair;
}

void pair_disconnect(struct pair *pair)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_free(pair->ssl[side]);
        pair->ssl[side] = NULL;
        free(pair->queue[side].bytes);
        memset(&pair->queue[side], 0, sizeof(pair->queue[side]));
        datagrams_drop(&pair->datagrams[side]);
        if (pair->sockets[side] >= 0)
            close(pair->sockets[side]);
        pair->sockets[side] = -1;
    }
}

void pair_free(struct pair *pair)
{
    pair_disconnect(pair);
    SSL_CTX_free(pair->ctx[CLIENT]);
    SSL_CTX_free(pair->ctx[SERVER]);
    free(pair);
}

static unsigned client_psk(SSL *ssl, const char *hint, char *identity, unsigned room, unsigned char *psk, unsigned psk_room)
{
    (void)ssl, (void)hint, (void)room, (void)psk_room;
    strcpy(identity, "me");
    memset(psk, 7, 32);
    return 32;
}

static unsigned server_psk(SSL *ssl, const char *identity, unsigned char *psk, unsigned room)
{
    (void)ssl, (void)identity, (void)room;
    memset(psk, 7, 32);
    return 32;
}

void share_psk(struct pair *pair)
{
    SSL_CTX_set_psk_client_callback(pair->ctx[CLIENT], client_psk);
    SSL_CTX_set_psk_server_callback(pair->ctx[SERVER], server_psk);
}

struct pair *pair_for_sessions(int version, int tickets)
{
    struct pair *pair = pair_contexts(version);

    CHECK_OK(SSL_CTX_set_session_id_context(pair->ctx[SERVER], (const unsigned char *)"ctests", 6));
    if (!tickets)
        SSL_CTX_set_options(pair->ctx[SERVER], SSL_OP_NO_TICKET);
    return pair;
}

SSL_SESSION *pair_leave(struct pair *pair)
{
    SSL_SESSION *session = SSL_get1_session(pair->ssl[CLIENT]);

    CHECK(session != NULL);
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    pair_disconnect(pair);
    return session;
}

SSL_SESSION *connect_with(struct pair *pair, SSL_SESSION *session, int reused)
{
    SSL_SESSION *result;

    if (is_dtls(SSL_CTX_get_min_proto_version(pair->ctx[CLIENT])))
        pair_over_datagrams(pair);
    else
        pair_over_wire(pair);
    if (session != NULL)
        CHECK_OK(SSL_set_session(pair->ssl[CLIENT], session));
    pair_handshake(pair);
    pair_settle(pair);
    CHECK_EQ(SSL_session_reused(pair->ssl[CLIENT]), reused);
    CHECK_EQ(SSL_session_reused(pair->ssl[SERVER]), reused);
    check_alive(pair);
    result = pair_leave(pair);
    CHECK_NO_ERRORS();
    return result;
}

void transfer(SSL *from, SSL *to, const void *bytes, size_t length)
{
    unsigned char *received = malloc(length + 1);
    size_t have = 0;

    CHECK(received != NULL);
    CHECK_EQ(SSL_write(from, bytes, (int)length), (int)length);
    CHECK_NO_ERRORS();
    while (have < length) {
        int ret = SSL_read(to, received + have, (int)(length + 1 - have));

        if (ret <= 0)
            test_fail(__FILE__, __LINE__, "read failed with error %d after %zu of %zu bytes",
                      SSL_get_error(to, ret), have, length);
        CHECK_NO_ERRORS();
        have += (size_t)ret;
    }
    CHECK_EQ(have, length);
    CHECK_MEM(received, bytes, length);
    free(received);
}

void check_alive(struct pair *pair)
{
    transfer(pair->ssl[CLIENT], pair->ssl[SERVER], "from the client", 15);
    transfer(pair->ssl[SERVER], pair->ssl[CLIENT], "from the server", 15);
}

void fill_pattern(unsigned char *buffer, size_t length, size_t offset)
{
    for (size_t i = 0; i < length; i++) {
        size_t position = offset + i;

        buffer[i] = (unsigned char)(position ^ (position >> 8) * 3 ^ (position >> 16) * 7);
    }
}

unsigned char *pattern(size_t length)
{
    unsigned char *buffer = malloc(length);

    CHECK(buffer != NULL);
    fill_pattern(buffer, length, 0);
    return buffer;
}

pthread_t background(void *(*function)(void *), void *argument)
{
    pthread_t thread;

    CHECK_EQ(pthread_create(&thread, NULL, function, argument), 0);
    return thread;
}

void *background_join(pthread_t thread)
{
    void *result;

    CHECK_EQ(pthread_join(thread, &result), 0);
    return result;
}

void *do_handshake(void *ssl)
{
    CHECK_OK(SSL_do_handshake(ssl));
    return ssl;
}

int on_the_oracle(void)
{
    const char *root = getenv("CTEST_SYSROOT"), *path;
    Dl_info info;

    CHECK(dladdr((void *)(size_t)SSL_new, &info) != 0);
    path = info.dli_fname;
    if (root != NULL && strncmp(path, root, strlen(root)) == 0)
        path += strlen(root);
    return strncmp(path, "/usr/lib/", 9) == 0 || strncmp(path, "/lib/", 5) == 0;
}

int ticket_keys(unsigned char *name, unsigned char *vector, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seals)
{
    static unsigned char key[32];
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_octet_string("key", key, sizeof(key)),
        OSSL_PARAM_utf8_string("digest", (char *)"SHA256", 0),
        OSSL_PARAM_END,
    };

    if (seals) {
        memset(name, 1, 16);
        memset(vector, 2, 16);
    }
    return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key, vector, seals) && EVP_MAC_CTX_set_params(mac, parameters);
}
