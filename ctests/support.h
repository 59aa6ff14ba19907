/*
 * What the C tests share: certificates (certs.c), a transport that misbehaves on demand (wire.c),
 * and pairs of connected SSL objects (pair.c). Every helper ends the test when something that it
 * relies on fails.
 */
#ifndef CTESTS_SUPPORT_H
#define CTESTS_SUPPORT_H

#include <limits.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ssl.h>

#include "test.h"

enum { CLIENT = 0, SERVER = 1 };

/* ---- certs.c: the identities that make_certs.c made ---- */

/* The path of NAME.EXTENSION ("pem", "key", "crl"), in a static buffer of its own per extension. */
const char *cert_path(const char *name, const char *extension);
X509 *load_certificate(const char *name);
EVP_PKEY *load_key(const char *name);
/* The same, for callers that only show them: they live until the test ends. */
X509 *lent_certificate(const char *name);
EVP_PKEY *lent_key(const char *name);

/* Lets a context know the log of certificates that has this key; the list with its timestamp of a certificate, and its length. */
void know_log(SSL_CTX *context, EVP_PKEY *key);
size_t make_signed_list(EVP_PKEY *key, X509 *certificate, uint64_t timestamp, unsigned char list[200]);
/* Gives a server such a list: in an extension, or in an OCSP response about the certificate called "ec". */
void serve_list(SSL_CTX *context, const unsigned char *list, size_t length);
void staple_list(SSL_CTX *context, const unsigned char *list, size_t length);

/* Gives the context the chain and the private key called `name`. */
void use_identity(SSL_CTX *context, const char *name);
void use_identity_ssl(SSL *ssl, const char *name);
/* Adds the certificate called `name` to the context's trust store. */
void trust(SSL_CTX *context, const char *name);

/* ---- wire.c: two byte queues in memory, seen through two BIOs ---- */

struct queue {
    unsigned char *bytes;
    size_t start, end, capacity;
};

void queue_add(struct queue *queue, const void *bytes, size_t length);
size_t queue_length(const struct queue *queue);
void queue_drop(struct queue *queue, size_t length);

/* One end of the wire. A test changes the fields at any time. */
struct wire_end {
    struct queue *in, *out;
    size_t read_chunk, write_chunk; /* the most that one call moves */
    size_t read_room, write_room;   /* what may still be moved; at 0 the call wants a retry */
    size_t out_limit;               /* a write wants a retry while the peer has this much unread */
    uint64_t random;                /* not 0: seed of random retries and short calls */
    int eof;                        /* an empty queue reads as end of file */
    int hide_eof;                   /* ... which the BIO does not tell when it is asked */
    int fail_read, fail_write;      /* the call fails for good */
    int fail_flush;                 /* the next flushes want a retry */
    unsigned long reads, writes, flushes;
    size_t bytes_read, bytes_written;
    size_t largest_read_request;
};

/* The BIO over one end. The end must outlive it. */
BIO *wire_bio(struct wire_end *end);

/* A deterministic sequence of numbers. */
uint64_t next_random(uint64_t *state);

/* ---- datagrams.c: two queues of datagrams in memory, seen through two BIOs, and the clock ---- */

struct datagram {
    struct datagram *next;
    size_t length;
    unsigned char bytes[];
};

struct datagrams {
    struct datagram *first;
    size_t count;
};

void datagram_add(struct datagrams *queue, const void *bytes, size_t length);
/* The datagram at this place; it stays in the queue. */
struct datagram *datagram_at(struct datagrams *queue, size_t place);
/* Takes it out; the caller frees it. */
struct datagram *datagram_take(struct datagrams *queue, size_t place);
void datagrams_drop(struct datagrams *queue);

/* One end of the link. A test changes the fields at any time. */
struct link_end {
    struct datagrams *in, *out;
    long mtu;          /* what the BIO says of the path; 0: it cannot tell */
    long fallback_mtu; /* what it says when it is asked for the least */
    size_t limit;      /* longer datagrams are refused, as "message too long" is, ... */
    int swallow;       /* ... or get lost without a word */
    int full;          /* writes want a retry */
    int fail_write;    /* writes fail for good */
    int mtu_exceeded;  /* the last write was refused for its length */
    size_t largest;    /* the longest datagram so far */
    unsigned long sent;
    unsigned long flushed;   /* how many of those were flushed */
    unsigned long timer_set; /* how often the BIO was told when the next timeout is */
    int has_deadline;        /* it was told last that there is one */
};

/* The BIO over one end, which must outlive it. */
BIO *link_bio(struct link_end *end);

/* From the first call on, the clock stands still for the whole program, but for what the calls add. */
void advance_clock(long microseconds);

/* What stands in a record, of those in a datagram. */
struct record {
    int type, version, epoch;
    uint64_t sequence;
    size_t length;
    unsigned char *header, *body;
};

/* Reads the record at *offset of the datagram and moves on; 0 at the end. */
int next_record(struct datagram *datagram, size_t *offset, struct record *record);
/* The header of a record of DTLS. */
void put_record_header(unsigned char header[13], int type, int version, int epoch, uint64_t sequence,
                       size_t length);
/* The header of a handshake message's fragment. */
void put_fragment_header(unsigned char header[12], int type, size_t message_length, int sequence,
                         size_t offset, size_t length);

/* ---- pair.c: a client and a server ---- */

struct pair {
    SSL_CTX *ctx[2];
    SSL *ssl[2];
    struct wire_end end[2];
    struct queue queue[2];
    struct link_end link[2];
    struct datagrams datagrams[2]; /* what each side will read */
    int sockets[2];
};

/*
 * Two contexts with nothing else: the server has the identity "ec", the client trusts "root" and
 * verifies. `version` fixes the protocol version, of TLS or DTLS; 0 leaves the defaults of TLS and
 * DTLS_ANY_VERSION those of DTLS. DTLS 1.0 gets the security level 0, which it needs.
 */
struct pair *pair_contexts(int version);

/* SSL objects in connect and accept state over the transport. */
void pair_over_wire(struct pair *pair);
void pair_over_bio_pair(struct pair *pair, size_t size);
void pair_over_memory(struct pair *pair);
void pair_over_sockets(struct pair *pair, int nonblocking);
/* For DTLS: over the link of datagrams.c, and over a pair of datagram sockets. */
void pair_over_datagrams(struct pair *pair);
void pair_over_datagram_sockets(struct pair *pair, int nonblocking);

/* Runs both handshakes in turns until both are done. */
void pair_handshake(struct pair *pair);
/* Reads on both sides what is not application data (session tickets). */
void pair_settle(struct pair *pair);
/* All of the above over the wire, or over the link where the version is of DTLS. */
struct pair *pair_established(int version);

/* How a handshake ended on one side. */
struct outcome {
    int ret, error;      /* of SSL_do_handshake() and SSL_get_error() */
    unsigned long first; /* the SSL library's earliest entry of the error queue */
};

/* Runs both handshakes in turns until both are done, or have failed, or nothing moves. */
void pair_try(struct pair *pair, struct outcome outcome[2]);
#define CHECK_OUTCOME(outcome, reason)                                                             \
    do {                                                                                           \
        CHECK_EQ((outcome).error, SSL_ERROR_SSL);                                                  \
        CHECK_EQ(ERR_GET_LIB((outcome).first), ERR_LIB_SSL);                                       \
        CHECK_EQ(ERR_GET_REASON((outcome).first), reason);                                         \
    } while (0)

/* Frees the SSL objects and empties the wire, but keeps the contexts: for the next connection. */
void pair_disconnect(struct pair *pair);
void pair_free(struct pair *pair);

/* Closes both ends of a connection properly and disconnects them. Returns the client's session, which the caller frees. */
SSL_SESSION *pair_leave(struct pair *pair);

/* What SSL_CTX_set_tlsext_ticket_key_evp_cb()'s function does with keys that never change. */
int ticket_keys(unsigned char *name, unsigned char *vector, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int seals);

/* Gives the contexts a pre-shared key, by callbacks that know one key alone. */
void share_psk(struct pair *pair);

/* A pair of contexts that resume; without tickets TLS 1.2 goes by session id. */
struct pair *pair_for_sessions(int version, int tickets);
/* Connects, with a session or without; checks whether it was reused; shuts down properly. Returns the
 * client's session, which the caller frees. */
SSL_SESSION *connect_with(struct pair *pair, SSL_SESSION *session, int reused);

/* Sends the bytes from one side and checks that they arrive on the other. */
void transfer(SSL *from, SSL *to, const void *bytes, size_t length);
/* Both directions work. */
void check_alive(struct pair *pair);

/* Fills a buffer with bytes that differ from position to position. */
void fill_pattern(unsigned char *buffer, size_t length, size_t offset);
unsigned char *pattern(size_t length);

void set_nonblocking(int fd);

/* Whether the library under test is the system's: for what it does wrong, and ours right on purpose. */
int on_the_oracle(void);

/* Runs function(argument) in a thread; background_join() returns what it returned. */
pthread_t background(void *(*function)(void *), void *argument);
void *background_join(pthread_t thread);
/* For background(): SSL_do_handshake() and SSL_shutdown() on an SSL over a blocking socket. */
void *do_handshake(void *ssl);

#endif
