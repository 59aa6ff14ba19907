/* SSL_OP_ENABLE_KTLS: the system's library gives a connection to the kernel where that takes it, ours never. */
#include "support.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* Two TCP sockets on the loopback interface that are connected to each other. */
static void tcp_sockets(int sockets[2])
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(name);
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    CHECK_EQ(bind(listener, (struct sockaddr *)&name, sizeof(name)), 0);
    CHECK_EQ(listen(listener, 1), 0);
    CHECK_EQ(getsockname(listener, (struct sockaddr *)&name, &length), 0);
    sockets[CLIENT] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_EQ(connect(sockets[CLIENT], (struct sockaddr *)&name, sizeof(name)), 0);
    sockets[SERVER] = accept(listener, NULL, NULL);
    CHECK(sockets[SERVER] >= 0);
    close(listener);
}

/* The kernel is asked for TLS: writes that are cut short and go on from another buffer arrive as they were meant. */
TEST_VERSIONS(kernel_tls_and_moving_buffers)
{
    const size_t total = 3000000;
    struct pair *pair = pair_contexts(version);
    unsigned char *bytes = pattern(total), *received = malloc(70000);
    size_t sent = 0, got = 0;
    SSL *self, *peer;

    for (int side = CLIENT; side <= SERVER; side++) {
        SSL_CTX_set_options(pair->ctx[side], SSL_OP_ENABLE_KTLS);
        SSL_CTX_set_mode(pair->ctx[side], SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
    pair_over_wire(pair);
    tcp_sockets(pair->sockets);
    for (int side = CLIENT; side <= SERVER; side++) {
        set_nonblocking(pair->sockets[side]);
        CHECK_OK(SSL_set_fd(pair->ssl[side], pair->sockets[side]));
    }
    pair_handshake(pair);
    self = pair->ssl[CLIENT];
    peer = pair->ssl[SERVER];
    if (!on_the_oracle())
        CHECK_EQ(BIO_get_ktls_send(SSL_get_wbio(self)), 0);
    while (got < total) {
        for (int blocked = 0; sent < total && !blocked;) {
            size_t length = total - sent < 50000 ? total - sent : 50000;
            unsigned char *copy = malloc(length);
            int ret;

            memcpy(copy, bytes + sent, length);
            ret = SSL_write(self, copy, (int)length);
            blocked = ret <= 0;
            if (blocked)
                CHECK_SSL_ERROR(self, ret, SSL_ERROR_WANT_WRITE);
            else
                sent += (size_t)ret;
            memset(copy, 0xee, length);
            free(copy);
        }
        for (int ret = 1; ret > 0 && got < total;) {
            ret = SSL_read(peer, received, 70000);
            if (ret > 0) {
                CHECK_MEM(received, bytes + got, (size_t)ret);
                got += (size_t)ret;
            } else {
                CHECK_SSL_ERROR(peer, ret, SSL_ERROR_WANT_READ);
            }
        }
    }
    free(bytes);
    free(received);
    pair_free(pair);
}
