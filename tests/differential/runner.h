/*
 * The differential runner: random sequences of API calls, whose trace is the same on two libraries.
 *
 * A sequence is a number, the seed; every step of it draws from random numbers of its own, so that leaving out a step
 * does not change what the others do. What is random on the wire is never printed.
 *
 * | file | what |
 * |---|---|
 * | runner.c | the command line, a process for each sequence, the choice of steps |
 * | random.c | random numbers |
 * | trace.c | printing: results, error queues, states, what was negotiated |
 * | values.c | strings of the configuration languages, certificates, sessions |
 * | callbacks.c | the callbacks of handshakes, how each behaves, and the steps that set them |
 * | context_steps.c, connection_steps.c, transfer_steps.c, session_steps.c | steps by what they work on |
 * | string_steps.c | cipher strings, lists and SSL_CONF */
#ifndef DIFFERENTIAL_RUNNER_H
#define DIFFERENTIAL_RUNNER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

enum { CLIENT = 0, SERVER = 1, OTHER = 2, CONTEXTS = 3 };
enum { SESSIONS = 4 };

/* What the steps of a sequence work on. */
struct world {
    SSL_CTX *context[CONTEXTS];
    SSL *ssl[2];
    SSL_SESSION *session[SESSIONS];
    int small_transport; /* how often a call has to be repeated depends on sizes that are random */
    int connections;
};
extern struct world world;

/* ---- random.c ---- */

void random_start(uint64_t seed, uint64_t step);
uint64_t random_number(void);
/* A number below `limit`. */
int below(int limit);
/* True in one of `times` cases. */
int one_in(int times);
#define ANY(array) ((array)[below((int)(sizeof(array) / sizeof((array)[0])))])

/* ---- trace.c ---- */

void trace_to(char *buffer, size_t size);
#define PRINTS(text, arguments) __attribute__((format(printf, text, arguments)))
void say(const char *format, ...) PRINTS(1, 2);
/* A line for a call that is not I/O, and what it left in the error queue. */
void called(long result, const char *format, ...) PRINTS(2, 3);
/* A line for a call whose result SSL_get_error() explains; then the state. */
void tried(int side, int result, const char *format, ...) PRINTS(3, 4);
void say_errors(void);
/* The states of both sides, as far as they changed. */
void say_states(void);
void say_negotiated(int side);
const char *side_name(const SSL *ssl);
const char *text(const char *string);

/* ---- values.c ---- */

void values_load(const char *directory);
const char *any_certificate_name(void);
const char *usual_certificate_name(void);
const char *path_of(const char *name, const char *extension);
X509 *certificate(const char *name);
EVP_PKEY *private_key(const char *name);
const char *any_cipher_string(void);
const char *any_ciphersuites(void);
const char *any_groups_list(void);
const char *any_sigalgs_list(void);
int any_version(void);
uint64_t any_options(void);

/* ---- the steps ---- */

enum phase { CONTEXT_PHASE, CONNECTION_PHASE, TRANSFER_PHASE, STRING_PHASE, PHASES };

struct step {
    const char *name;
    void (*run)(void);
    int weight[PHASES];
};
extern const struct step context_steps[], connection_steps[], transfer_steps[], session_steps[], callback_steps[],
    string_steps[];

/* The steps that are always there. */
void make_contexts(void);
void connect_pair(void);
void end_world(void);
/* Runs the handshakes of both sides in turns until nothing moves. */
void pump(void);

#endif
