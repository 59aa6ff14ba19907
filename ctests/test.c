/*
 * The harness: keeps the table of tests and runs each in a child process.
 *
 * usage: PROGRAM [-v] [-1] [PART-OF-NAME...]
 *   -v  print the names of the tests that pass as well
 *   -1  run in this process, without alarm: for the debugger
 */
#include "support.h"
#include "test.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_TESTS 512
#define SECONDS_PER_TEST 60 /* CTEST_SECONDS overrides it, for runs under valgrind */

static struct {
    const char *name;
    void (*function)(int, int);
    int version, server;
} tests[MAX_TESTS];
static int test_count;
static int tests_first_use;

void test_register(const char *name, void (*function)(int, int), int version, int server)
{
    if (test_count == MAX_TESTS)
        abort();
    tests[test_count].name = name;
    tests[test_count].function = function;
    tests[test_count].version = version;
    tests[test_count].server = server;
    test_count++;
}

void test_first_use(void)
{
    tests_first_use = 1;
}

int on_valgrind(void)
{
    return getenv("CTEST_WARM_UP") != NULL;
}

static void print_error_queue(void)
{
    unsigned long code;
    const char *data;
    int flags;

    while ((code = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0) {
        char text[256];

        ERR_error_string_n(code, text, sizeof(text));
        printf("      queue: %s%s%s\n", text, (flags & ERR_TXT_STRING) ? ": " : "",
               (flags & ERR_TXT_STRING) ? data : "");
    }
}

#ifdef __SANITIZE_ADDRESS__
/*
 * Code with AddressSanitizer needs more stack than libcrypto gives a job. Whatever it takes of that size gets room below. Stacks that are
 * not the thread's are no concern of the sanitizer's.
 */
enum { JOB_STACK = 32768, MORE_STACK = 1 << 18, MOST_STACKS = 256 };
static char *stacks[MOST_STACKS];

/* The place of a stack, or of NULL for a free place. */
static int find_stack(const void *stack)
{
    for (int i = 0; i < MOST_STACKS; i++) {
        if (__atomic_load_n(&stacks[i], __ATOMIC_RELAXED) == stack)
            return i;
    }
    return -1;
}

static void *take(size_t length, const char *file, int line)
{
    char *whole, *none = NULL;

    (void)file, (void)line;
    if (length != JOB_STACK)
        return malloc(length);
    whole = malloc(MORE_STACK + JOB_STACK);
    for (int i = 0; whole != NULL && i < MOST_STACKS; i++, none = NULL) {
        if (__atomic_compare_exchange_n(&stacks[i], &none, whole + MORE_STACK, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            return whole + MORE_STACK;
    }
    free(whole);
    return malloc(length);
}

static void give_back(void *bytes, const char *file, int line)
{
    int place = bytes == NULL ? -1 : find_stack(bytes);

    (void)file, (void)line;
    if (place >= 0)
        __atomic_store_n(&stacks[place], NULL, __ATOMIC_RELAXED);
    free(place >= 0 ? (char *)bytes - MORE_STACK : bytes);
}

static void *take_more(void *bytes, size_t length, const char *file, int line)
{
    void *more;

    if (bytes == NULL || find_stack(bytes) < 0)
        return length == JOB_STACK && bytes == NULL ? take(length, file, line) : realloc(bytes, length);
    more = malloc(length);
    if (more != NULL) {
        memcpy(more, bytes, length < JOB_STACK ? length : JOB_STACK);
        give_back(bytes, file, line);
    }
    return more;
}

__attribute__((constructor(101))) static void give_jobs_more_stack(void)
{
    CRYPTO_set_mem_functions(take, take_more, give_back);
}
#endif

/* Of LeakSanitizer, where that is. */
__attribute__((weak)) void __lsan_disable(void);

void leaks_are_meant(void)
{
    if (__lsan_disable != NULL)
        __lsan_disable();
}

void test_fail(const char *file, int line, const char *format, ...)
{
    va_list arguments;

    printf("    %s:%d: ", file, line);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    print_error_queue();
    fflush(stdout);
    _exit(1);
}

void test_check_string(const char *file, int line, const char *expression, const char *actual,
                       const char *expected)
{
    if (actual == NULL || expected == NULL ? actual != expected : strcmp(actual, expected) != 0)
        test_fail(file, line, "%s is \"%s\", not \"%s\"", expression, actual ? actual : "(NULL)",
                  expected ? expected : "(NULL)");
}

void test_check_memory(const char *file, int line, const char *expression, const void *actual,
                       const void *expected, size_t length)
{
    const unsigned char *left = actual, *right = expected;

    for (size_t i = 0; i < length; i++)
        if (left[i] != right[i])
            test_fail(file, line, "%s differs at byte %zu of %zu: %02x, not %02x", expression, i,
                      length, left[i], right[i]);
}

void test_check_no_errors(const char *file, int line)
{
    if (ERR_peek_error() != 0)
        test_fail(file, line, "the error queue is not empty");
}

unsigned long test_first_error(int library)
{
    unsigned long code, first = 0, found = 0;

    while ((code = ERR_get_error()) != 0) {
        if (first == 0)
            first = code;
        if (found == 0 && ERR_GET_LIB(code) == library)
            found = code;
    }
    return found != 0 ? found : first;
}

void test_check_error(const char *file, int line, int library, int reason)
{
    unsigned long code = test_first_error(library);

    if (ERR_GET_LIB(code) != library || ERR_GET_REASON(code) != reason)
        test_fail(file, line, "the error is library %d reason %d (%s), not library %d reason %d",
                  ERR_GET_LIB(code), ERR_GET_REASON(code), ERR_error_string(code, NULL), library,
                  reason);
}

static const char *ssl_error_name(int error)
{
    static const char *const names[] = {
        "NONE",         "SSL",         "WANT_READ",  "WANT_WRITE",     "WANT_X509_LOOKUP",
        "SYSCALL",      "ZERO_RETURN", "WANT_CONNECT", "WANT_ACCEPT",  "WANT_ASYNC",
        "WANT_ASYNC_JOB", "WANT_CLIENT_HELLO_CB", "WANT_RETRY_VERIFY",
    };

    return error >= 0 && error < (int)(sizeof(names) / sizeof(names[0])) ? names[error] : "?";
}

void test_check_ssl_error(const char *file, int line, const char *expression, const SSL *ssl,
                          int ret, int expected)
{
    int actual = SSL_get_error(ssl, ret);

    if (actual != expected)
        test_fail(file, line, "SSL_get_error of %s (%d) is SSL_ERROR_%s, not SSL_ERROR_%s",
                  expression, ret, ssl_error_name(actual), ssl_error_name(expected));
}

static int selected(const char *name, int argc, char **argv)
{
    int patterns = 0;

    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-')
            continue;
        patterns++;
        if (strstr(name, argv[i]) != NULL)
            return 1;
    }
    return patterns == 0;
}

/* Runs one test in a child. Returns 1 when it passed. */
static int run(int index)
{
    const char *seconds = getenv("CTEST_SECONDS");
    int status;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_IGN);
        alarm(seconds != NULL ? (unsigned)atoi(seconds) : SECONDS_PER_TEST);
        tests[index].function(tests[index].version, tests[index].server);
        exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("fork");
        exit(2);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 1;
    if (WIFSIGNALED(status))
        printf("    %s\n", WTERMSIG(status) == SIGALRM ? "timed out" : strsignal(WTERMSIG(status)));
    printf("  FAILED %s\n", tests[index].name);
    return 0;
}

/*
 * Does what most tests do, before they are forked: a program that translates code as it runs, such as valgrind, then
 * does that once and not in every child.
 */
static void warm_up(void)
{
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        struct pair *pair = pair_established(versions[i]);

        check_alive(pair);
        pair_free(pair);
    }
}

int main(int argc, char **argv)
{
    int passed = 0, failed = 0, verbose = 0, same_process = 0;

    for (int i = 1; i < argc; i++) {
        verbose |= strcmp(argv[i], "-v") == 0;
        same_process |= strcmp(argv[i], "-1") == 0;
    }
    if (on_valgrind() && !tests_first_use)
        warm_up();
    for (int i = 0; i < test_count; i++) {
        if (!selected(tests[i].name, argc, argv))
            continue;
        if (same_process) {
            tests[i].function(tests[i].version, tests[i].server);
            passed++;
        } else if (run(i)) {
            passed++;
            if (verbose)
                printf("  ok %s\n", tests[i].name);
        } else {
            failed++;
        }
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
