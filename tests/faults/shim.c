/* Decides which call of libcrypto fails (shim.py makes the functions that ask). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MOST 512

extern const char *const fault_names[];

static void *real[MOST];
static long countdown; /* 0: nothing fails */
static int failed = -1;

static uintptr_t begin, end; /* where libssl is */

static int find_libssl(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    if (strstr(info->dlpi_name, "libssl.so") == NULL)
        return 0;
    begin = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && begin + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz > end)
            end = begin + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
    return 1;
}

/* The function to go on with, or NULL: fail. Only what libssl calls does; the test calls these functions as well. */
__attribute__((visibility("hidden"))) void *fault_decide(int index, uintptr_t caller)
{
    if (real[index] == NULL)
        real[index] = dlsym(RTLD_NEXT, fault_names[index]);
    if (countdown > 0 && caller >= begin && caller < end && --countdown == 0) {
        failed = index;
        return NULL;
    }
    return real[index];
}

/* The n-th call from now on fails; 0: none. */
void fault_arm(long n)
{
    if (end == 0)
        dl_iterate_phdr(find_libssl, NULL);
    countdown = n;
    failed = -1;
}

/* The function that failed since then, or NULL; nothing fails from now on. */
const char *fault_disarm(void)
{
    countdown = 0;
    return failed < 0 ? NULL : fault_names[failed];
}
