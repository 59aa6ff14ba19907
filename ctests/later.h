/*
 * Functions of OpenSSL 3.2 to 3.5, which the headers that these tests are built with do not have: found by name and
 * version in the library of the process. A test whose functions are not there is skipped, and says so.
 *
 * Include it first: it asks the C library for dlvsym().
 */
#ifndef CTESTS_LATER_H
#define CTESTS_LATER_H

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>

/* Declares later_NAME, a pointer to the function of that name that came with this version; null if there is none. */
#define LATER(version, result, name, ...)                                                          \
    static result (*later_##name)(__VA_ARGS__);                                                    \
    __attribute__((constructor)) static void find_##name(void)                                     \
    {                                                                                              \
        *(void **)&later_##name = dlvsym(RTLD_DEFAULT, #name, "OPENSSL_" version ".0");            \
    }

/* Ends the test where the library lacks the function. */
#define NEEDS(name)                                                                                \
    do {                                                                                           \
        if (later_##name == NULL) {                                                                \
            printf("  skipped: this libssl has no %s\n", #name);                                   \
            return;                                                                                \
        }                                                                                          \
    } while (0)

#endif
