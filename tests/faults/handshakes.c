/*
 * Runs a scenario (connections.c, calls.c) in which one thing fails: the n-th call of libcrypto (with the preloaded
 * shim), or the n-th allocation in libcrypto. Each must end in an error or go well, and leave no memory behind.
 *
 * usage: handshakes list
 *        handshakes count SCENARIO
 *        handshakes calls|negative|memory SCENARIO FIRST STEP
 *
 * Goes from the FIRST-th in such steps until nothing fails any more; "count" prints how many allocations there are. Prints "n ..." before what it does is over, so that whoever
 * started it knows where it ended, then "n FUNCTION well|error", and "leak n FUNCTION BYTES", "silent n FUNCTION",
 * "broken n FUNCTION" where that is so. "negative": of the calls that may fail with either of two answers, with the second.
 */
#define _GNU_SOURCE
#include "scenarios.h"

#include <dlfcn.h>
#include <malloc.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

long fault;
const char *unexpected;

static void (*arm)(long, int);
const char *(*disarm)(void);
static int second_answer, running;

/* ---- the n-th allocation in libcrypto ---- */

/* Those since it was armed, and which of them fails. */
static long allocations, failing;
static int armed;

static int is_to_fail(void)
{
    return armed && ++allocations == failing;
}

static void *allocate(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return is_to_fail() ? NULL : malloc(size);
}

static void *reallocate(void *memory, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return is_to_fail() ? NULL : realloc(memory, size);
}

static void release(void *memory, const char *file, int line)
{
    (void)file, (void)line;
    free(memory);
}

static void arm_memory(long n, int unused)
{
    (void)unused;
    allocations = 0;
    failing = n;
    armed = 1;
}

static const char *disarm_memory(void)
{
    armed = 0;
    return failing > 0 && allocations >= failing ? "allocation" : NULL;
}

/* ---- a scenario's run ---- */

static struct pair *contexts;

static int is_dtls(const struct scenario *scenario)
{
    return scenario->version == DTLS1_2_VERSION;
}

/* Both ends of a transport, made while nothing fails: they are the test's, not the library's. */
static void make_transport(BIO *bio[2], int datagrams)
{
    struct pair *pair = contexts;

    for (int side = CLIENT; side <= SERVER; side++) {
        if (datagrams) {
            pair->link[side] = (struct link_end){.in = &pair->datagrams[side],
                                                 .out = &pair->datagrams[!side],
                                                 .mtu = 1472,
                                                 .fallback_mtu = 548,
                                                 .limit = SIZE_MAX};
            bio[side] = link_bio(&pair->link[side]);
        } else {
            pair->end[side] = (struct wire_end){.in = &pair->queue[side],
                                                .out = &pair->queue[!side],
                                                .read_chunk = SIZE_MAX,
                                                .write_chunk = SIZE_MAX,
                                                .read_room = SIZE_MAX,
                                                .write_room = SIZE_MAX,
                                                .out_limit = SIZE_MAX};
            bio[side] = wire_bio(&pair->end[side]);
        }
    }
}

static int is_failure(int error)
{
    return error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL;
}

/* A handshake, data both ways, and the end. 1: all went well; -1: a call failed for good; 0: nobody says so. */
static int connect_and_talk(void)
{
    struct pair *pair = contexts;
    struct outcome outcome[2];
    unsigned char data[1000], back[3000];

    pair_try(pair, outcome);
    for (int side = 0; side < 2; side++)
        if (outcome[side].ret != 1 && is_failure(outcome[side].error))
            return -1;
    if (outcome[0].ret != 1 || outcome[1].ret != 1)
        return 0;
    fill_pattern(data, sizeof(data), 7);
    for (int side = 0; side < 2; side++) {
        int count = SSL_write(pair->ssl[side], data, sizeof(data));

        if (count <= 0)
            return is_failure(SSL_get_error(pair->ssl[side], count)) ? -1 : 0;
        count = SSL_read(pair->ssl[!side], back, sizeof(back));
        if (count <= 0)
            return is_failure(SSL_get_error(pair->ssl[!side], count)) ? -1 : 0;
        EXPECT(count == sizeof(data) && memcmp(data, back, sizeof(data)) == 0);
    }
    return 1;
}

/* The objects of a connection, and all that follows. */
static int connect_over(const struct scenario *scenario, BIO *bio[2])
{
    struct pair *pair = contexts;
    int well;

    pair->ssl[CLIENT] = SSL_new(pair->ctx[CLIENT]);
    pair->ssl[SERVER] = SSL_new(pair->ctx[SERVER]);
    if (pair->ssl[CLIENT] == NULL || pair->ssl[SERVER] == NULL)
        return -1;
    for (int side = CLIENT; side <= SERVER; side++) {
        BIO_up_ref(bio[side]);
        SSL_set_bio(pair->ssl[side], bio[side], bio[side]);
    }
    SSL_set_connect_state(pair->ssl[CLIENT]);
    SSL_set_accept_state(pair->ssl[SERVER]);
    if (scenario->before != NULL && (well = scenario->before(pair)) != 1)
        return well;
    if ((well = connect_and_talk()) != 1)
        return well;
    if (scenario->after != NULL && (well = scenario->after(pair)) != 1)
        return well;
    SSL_shutdown(pair->ssl[CLIENT]);
    SSL_shutdown(pair->ssl[SERVER]);
    return 1;
}

/* What a program does with the library, while the n-th of something fails; 0: nothing does. */
static int run(const struct scenario *scenario, long n)
{
    BIO *bio[2] = { NULL, NULL };
    int well;

    ERR_clear_error();
    fault = n;
    if (scenario->call != NULL) {
        arm(n, second_answer);
        return scenario->call();
    }
    make_transport(bio, is_dtls(scenario));
    arm(n, second_answer);
    well = connect_over(scenario, bio);
    pair_disconnect(contexts);
    BIO_free(bio[CLIENT]);
    BIO_free(bio[SERVER]);
    return well;
}

static size_t used(void)
{
    return mallinfo2().uordblks;
}

/* The n-th fault, as often as it takes to see whether it leaves memory behind. The function that failed. */
static const char *try(const struct scenario *scenario, long n)
{
    const char *function;
    size_t growth = SIZE_MAX;
    int well = 0;

    /* What is left behind once may be kept for later; what is left behind each time is lost. */
    for (int round = 0; round < 40 && growth > 0; round++) {
        size_t before = used(), after;

        printf("%ld ...\n", n);
        running = 1;
        well = run(scenario, n);
        running = 0;
        function = disarm();
        if (function == NULL)
            return NULL;
        /* A program of its own ends before anything could grow. */
        if (scenario->in_new_process)
            break;
        after = used();
        if (round > 0 || after <= before)
            growth = after > before ? (after - before < growth ? after - before : growth) : 0;
    }
    if (growth > 0 && growth < SIZE_MAX)
        printf("leak %ld %s %zu\n", n, function, growth);
    if (unexpected != NULL)
        printf("wrong %ld %s: %s is not so\n", n, function, unexpected);
    unexpected = NULL;
    if (well == 0)
        printf("silent %ld %s\n", n, function);
    printf("%ld %s %s\n", n, function, well == 1 ? "well" : "error");
    for (int warm = 0; warm < 2; warm++)
        if (run(scenario, 0) != 1 || unexpected != NULL) {
            printf("broken %ld %s\n", n, function);
            ERR_print_errors_fp(stderr);
            exit(4);
        }
    return function;
}

/* The same in a process that has not used the library yet. Whether there was an n-th. */
static int try_in_new_process(const struct scenario *scenario, long n)
{
    pid_t child = fork();
    int status;

    CHECK(child >= 0);
    alarm(600);
    if (child == 0)
        exit(try(scenario, n) != NULL ? 0 : 5);
    CHECK(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 4 && WEXITSTATUS(status) != 5))
        printf("wrong %ld nothing: ended with %d\n", n, status);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 5;
}

/* A crash is told with the function whose failure led there. */
static void crashed(int signal)
{
    const char *function = disarm();

    printf("wrong %ld %s: ended with signal %d\n", fault, function != NULL ? function : "nothing", signal);
    fflush(stdout);
    _exit(4);
}

/* So is a check of the harness, which ends the program. */
static void ended(void)
{
    const char *function = disarm();

    if (!running)
        return;
    printf("wrong %ld %s: a check ended it\n", fault, function != NULL ? function : "nothing");
    fflush(stdout);
    _exit(4);
}

static const struct scenario *find(const char *name)
{
    for (const struct scenario *scenario = calls; scenario->name != NULL; scenario++)
        if (strcmp(scenario->name, name) == 0)
            return scenario;
    for (const struct scenario *scenario = connections; scenario->name != NULL; scenario++)
        if (strcmp(scenario->name, name) == 0)
            return scenario;
    return NULL;
}

static int list(void)
{
    for (const struct scenario *scenario = calls; scenario->name != NULL; scenario++)
        puts(scenario->name);
    for (const struct scenario *scenario = connections; scenario->name != NULL; scenario++)
        puts(scenario->name);
    return 0;
}

/* What is taken once, and a heap that finds its shape. */
static int warm_up(const struct scenario *scenario)
{
    if (scenario->version != 0)
        contexts = pair_contexts(scenario->version);
    if (scenario->prepare != NULL)
        scenario->prepare(contexts);
    /* The error queue keeps the memory of its entries' texts. */
    for (int entry = 0; entry < 32; entry++)
        ERR_raise_data(ERR_LIB_USER, 1, "%0300d", entry);
    for (int warm = 0; warm < (scenario->call != NULL ? 100 : 3); warm++)
        if (run(scenario, 0) != 1 || unexpected != NULL) {
            fprintf(stderr, "%s\n", unexpected);
            ERR_print_errors_fp(stderr);
            return 0;
        }
    return 1;
}

int main(int count, char **arguments)
{
    const struct scenario *scenario;
    int counts;

    if (count == 2 && strcmp(arguments[1], "list") == 0)
        return list();
    counts = count == 3 && strcmp(arguments[1], "count") == 0;
    if ((!counts && count != 5) || (scenario = find(arguments[2])) == NULL)
        return 2;
    alarm(600);
    if (counts || strcmp(arguments[1], "memory") == 0) {
        if (!CRYPTO_set_mem_functions(allocate, reallocate, release))
            return 2;
        arm = arm_memory;
        disarm = disarm_memory;
    } else {
        arm = (void (*)(long, int))dlsym(RTLD_DEFAULT, "fault_arm");
        disarm = (const char *(*)(void))dlsym(RTLD_DEFAULT, "fault_disarm");
        if (arm == NULL || disarm == NULL)
            return 2;
        second_answer = strcmp(arguments[1], "negative") == 0;
    }
    arm(0, 0);
    atexit(ended);
    signal(SIGSEGV, crashed);
    signal(SIGABRT, crashed);
    setvbuf(stdout, NULL, _IOLBF, 4096);
    if (!scenario->in_new_process && !warm_up(scenario))
        return 3;
    if (counts) {
        run(scenario, 0);
        disarm();
        printf("%ld\n", allocations);
        return 0;
    }
    for (long n = atol(arguments[3]); scenario->in_new_process ? try_in_new_process(scenario, n) : try(scenario, n) != NULL;)
        n += atol(arguments[4]);
    printf("done\n");
    return 0;
}
