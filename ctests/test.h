/*
 * The harness of the C tests. A test is a function that returns when all is well; the first check
 * that does not hold ends it. Every test runs in a child process of its own under an alarm, so a
 * crash or a hang costs one test.
 *
 *   TEST(name) { ... }                     one test
 *   TEST_VERSIONS(name) { ... version }    one for TLS 1.2 and one for TLS 1.3
 *   TEST_SIDES(name) { ... version, server }   these, from the client's and the server's view
 *   TEST_DTLS(name), TEST_DTLS_SIDES(name)     the same for DTLS 1.2 and DTLS 1.0
 *
 * The same binaries run on the system's libssl (where every test must pass) and on ours.
 */
#ifndef CTESTS_TEST_H
#define CTESTS_TEST_H

#include <stddef.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

void test_register(const char *name, void (*function)(int, int), int version, int server);
void test_first_use(void);

/* Whether valgrind, or another RUNNER of run.sh, runs the program. */
int on_valgrind(void);

/* Prints where and what, the error queue, and ends the test. */
void test_fail(const char *file, int line, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

#define TEST_REGISTER_(name, suffix, version, server)                                              \
    __attribute__((constructor)) static void register_##name##suffix(void)                         \
    {                                                                                              \
        test_register(#name #suffix, name##_body, version, server);                                \
    }

#define TEST_BODY_(name)                                                                           \
    static void name##_body(int version, int server);
#define TEST_DEFINE_(name)                                                                         \
    static void name##_body(int version __attribute__((unused)), int server __attribute__((unused)))

#define TEST(name)                                                                                 \
    TEST_BODY_(name)                                                                               \
    TEST_REGISTER_(name, , 0, 0)                                                                   \
    TEST_DEFINE_(name)

#define TEST_VERSIONS(name)                                                                        \
    TEST_BODY_(name)                                                                               \
    TEST_REGISTER_(name, _tls12, TLS1_2_VERSION, 0)                                                \
    TEST_REGISTER_(name, _tls13, TLS1_3_VERSION, 0)                                                \
    TEST_DEFINE_(name)

#define TEST_SIDES(name)                                                                           \
    TEST_BODY_(name)                                                                               \
    TEST_REGISTER_(name, _tls12_client, TLS1_2_VERSION, 0)                                         \
    TEST_REGISTER_(name, _tls12_server, TLS1_2_VERSION, 1)                                         \
    TEST_REGISTER_(name, _tls13_client, TLS1_3_VERSION, 0)                                         \
    TEST_REGISTER_(name, _tls13_server, TLS1_3_VERSION, 1)                                         \
    TEST_DEFINE_(name)

#define TEST_DTLS(name)                                                                            \
    TEST_BODY_(name)                                                                               \
    TEST_REGISTER_(name, _dtls12, DTLS1_2_VERSION, 0)                                              \
    TEST_REGISTER_(name, _dtls10, DTLS1_VERSION, 0)                                                \
    TEST_DEFINE_(name)

#define TEST_DTLS_SIDES(name)                                                                      \
    TEST_BODY_(name)                                                                               \
    TEST_REGISTER_(name, _dtls12_client, DTLS1_2_VERSION, 0)                                       \
    TEST_REGISTER_(name, _dtls12_server, DTLS1_2_VERSION, 1)                                       \
    TEST_REGISTER_(name, _dtls10_client, DTLS1_VERSION, 0)                                         \
    TEST_REGISTER_(name, _dtls10_server, DTLS1_VERSION, 1)                                         \
    TEST_DEFINE_(name)

/* The tests of this program look at the first use of the library in a process: it is not warmed up before. */
#define TESTS_OF_FIRST_USE                                                                         \
    __attribute__((constructor)) static void register_first_use(void)                              \
    {                                                                                              \
        test_first_use();                                                                          \
    }

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            test_fail(__FILE__, __LINE__, "%s", #condition);                                       \
    } while (0)

/* Two integers are equal; both are printed when they are not. */
#define CHECK_EQ(actual, expected)                                                                 \
    do {                                                                                           \
        long long actual_ = (long long)(actual), expected_ = (long long)(expected);                \
        if (actual_ != expected_)                                                                  \
            test_fail(__FILE__, __LINE__, "%s is %lld, not %s (%lld)", #actual, actual_,           \
                      #expected, expected_);                                                       \
    } while (0)

#define CHECK_STR(actual, expected) test_check_string(__FILE__, __LINE__, #actual, actual, expected)
void test_check_string(const char *file, int line, const char *expression, const char *actual,
                       const char *expected);

#define CHECK_MEM(actual, expected, length)                                                        \
    test_check_memory(__FILE__, __LINE__, #actual, actual, expected, length)
void test_check_memory(const char *file, int line, const char *expression, const void *actual,
                       const void *expected, size_t length);

/* The error queue is empty, as it must be after a call that succeeded. */
#define CHECK_NO_ERRORS() test_check_no_errors(__FILE__, __LINE__)
void test_check_no_errors(const char *file, int line);

/* The call returned 1 and left nothing on the error queue. */
#define CHECK_OK(call)                                                                             \
    do {                                                                                           \
        CHECK_EQ(call, 1);                                                                         \
        CHECK_NO_ERRORS();                                                                         \
    } while (0)

/* Empties the error queue. Returns the earliest entry of the library, or the earliest entry of any
 * when there is none: which other libraries add to the queue beside is not the SSL library's promise. */
unsigned long test_first_error(int library);

/* The library's earliest entry of the error queue has this reason; the queue is emptied. */
#define CHECK_ERROR(library, reason) test_check_error(__FILE__, __LINE__, library, reason)
void test_check_error(const char *file, int line, int library, int reason);
#define CHECK_SSL_REASON(reason) CHECK_ERROR(ERR_LIB_SSL, reason)

/* What SSL_get_error() says of the return value. */
#define CHECK_SSL_ERROR(ssl, ret, expected)                                                        \
    test_check_ssl_error(__FILE__, __LINE__, #ret, ssl, ret, expected)
void test_check_ssl_error(const char *file, int line, const char *expression, const SSL *ssl,
                          int ret, int expected);

/* The call failed with a retry and left nothing on the error queue. */
#define CHECK_WANTS(ssl, call, expected)                                                           \
    do {                                                                                           \
        int wants_ = (call);                                                                       \
        CHECK(wants_ <= 0);                                                                        \
        CHECK_SSL_ERROR(ssl, wants_, expected);                                                    \
        CHECK_NO_ERRORS();                                                                         \
    } while (0)

/* The call failed for good, with this reason of the SSL library first in the queue. */
#define CHECK_FAILS(ssl, call, reason)                                                             \
    do {                                                                                           \
        int fails_ = (call);                                                                       \
        CHECK(fails_ <= 0);                                                                        \
        CHECK_SSL_ERROR(ssl, fails_, SSL_ERROR_SSL);                                               \
        CHECK_SSL_REASON(reason);                                                                  \
    } while (0)

/* From here on LeakSanitizer, where it looks on, says nothing of what is not freed. */
void leaks_are_meant(void);

#endif
