/*
 * runner CERTIFICATES FIRST COUNT STRIDE [SKIPPED...]: runs COUNT sequences, FIRST, FIRST + STRIDE and so on, on the libssl
 * that this process has and prints their traces. With the numbers of steps after it, those are left out.
 */
#include "runner.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>

enum { SECONDS = 200 };
static void check_leaks(void)
{
    __lsan_do_leak_check();
}
#else
enum { SECONDS = 20 };
static void check_leaks(void)
{
}
#endif

struct world world;

/* One in so many sequences is about the languages of the configuration alone. */
enum { STRING_STRIDE = 8 };
enum { TRACE_SIZE = 4 << 20 };

static char **skipped;
static int skipped_count;

static int is_skipped(int number)
{
    int index;

    for (index = 0; index < skipped_count; index++)
        if (atoi(skipped[index]) == number)
            return 1;
    return 0;
}

static const struct step *const tables[] = {
    context_steps, connection_steps, transfer_steps, session_steps, callback_steps, string_steps,
};
enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

static const struct step *any_step(enum phase phase)
{
    const struct step *step;
    int total = 0, table;

    for (table = 0; table < TABLES; table++)
        for (step = tables[table]; step->name != NULL; step++)
            total += step->weight[phase];
    total = below(total);
    for (table = 0; table < TABLES; table++)
        for (step = tables[table]; step->name != NULL; step++)
            if ((total -= step->weight[phase]) < 0)
                return step;
    return NULL;
}

static uint64_t seed;
static int number;

static void fixed(const char *name, void (*run)(void))
{
    random_start(seed, (uint64_t)++number);
    say("%d %s", number, name);
    run();
}

static void random_steps(enum phase phase, int count)
{
    while (count-- > 0) {
        const struct step *step;

        random_start(seed, (uint64_t)++number);
        step = any_step(phase);
        if (is_skipped(number))
            continue;
        say("%d %s", number, step->name);
        step->run();
    }
}

static void run_sequence(void)
{
    int contexts, connections, connection, before[3], after[3];

    random_start(seed, 0);
    number = 0;
    if (seed % STRING_STRIDE == STRING_STRIDE - 1) {
        contexts = 10 + below(20);
        fixed("contexts", make_contexts);
        random_steps(STRING_PHASE, contexts);
        end_world();
        return;
    }
    contexts = below(3) * below(8);
    connections = 1 + below(3) / 2 + below(4) / 3;
    for (connection = 0; connection < connections; connection++) {
        before[connection] = below(3) * below(5);
        after[connection] = 2 + below(30);
    }
    fixed("contexts", make_contexts);
    random_steps(CONTEXT_PHASE, contexts);
    for (connection = 0; connection < connections; connection++) {
        fixed("connect", connect_pair);
        random_steps(CONNECTION_PHASE, before[connection]);
        random_steps(TRANSFER_PHASE, after[connection]);
    }
    end_world();
}

/* In a process of its own, so that a crash loses this sequence alone. */
static void run_child(char *trace)
{
    struct rlimit no_core = {0, 0};

    setrlimit(RLIMIT_CORE, &no_core);
    trace_to(trace, TRACE_SIZE);
    alarm(SECONDS);
    run_sequence();
    check_leaks();
    _exit(0);
}

int main(int argc, char **argv)
{
    uint64_t count, stride;
    char *trace = mmap(NULL, TRACE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (argc < 5 || trace == MAP_FAILED) {
        fprintf(stderr, "usage: %s CERTIFICATES FIRST COUNT STRIDE [SKIPPED...]\n", argv[0]);
        return 2;
    }
    values_load(argv[1]);
    seed = strtoull(argv[2], NULL, 10);
    count = strtoull(argv[3], NULL, 10);
    stride = strtoull(argv[4], NULL, 10);
    skipped = argv + 5;
    skipped_count = argc - 5;
    /* What is made once a process is made before the forks. */
    SSL_CTX_free(SSL_CTX_new(TLS_method()));
    ERR_clear_error();

    for (; count > 0; count--, seed += stride) {
        pid_t child;
        int status;

        child = fork();
        if (child == 0)
            run_child(trace);
        if (child < 0 || waitpid(child, &status, 0) != child)
            return 2;
        printf("sequence %llu\n%s", (unsigned long long)seed, trace);
        if (WIFSIGNALED(status))
            printf("crash %d\n", WTERMSIG(status));
        else if (status != 0)
            printf("exit %d\n", WEXITSTATUS(status));
        printf("end\n");
        fflush(stdout);
        trace[0] = 0;
    }
    return 0;
}
