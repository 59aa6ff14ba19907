/* Prints the real path of the libssl that a program started here and now gets. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/ssl.h>

int main(void)
{
    Dl_info info;
    char path[PATH_MAX];

    if (dladdr((void *)(size_t)SSL_new, &info) == 0 || realpath(info.dli_fname, path) == NULL)
        return 1;
    puts(path);
    return 0;
}
