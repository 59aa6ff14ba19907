/* Decides which call of libcrypto fails (shim.py makes the functions that ask). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MOST 512

/* What it returns when it fails; LONG_MIN: it has no second answer for that. */
extern const struct {
    const char *name;
    long answers[2];
} fault_functions[];

static void *real[MOST];
static long countdown; /* 0: nothing fails */
static int failed = -1, second;

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

/* What stands in for the function that fails. */
static long fail(void)
{
    return fault_functions[failed].answers[second];
}

/* The function to go on with. Only what libssl calls fails; the test calls these functions as well. */
__attribute__((visibility("hidden"))) void *fault_decide(int index, uintptr_t caller)
{
    if (real[index] == NULL)
        real[index] = dlsym(RTLD_NEXT, fault_functions[index].name);
    if (countdown > 0 && caller >= begin && caller < end && fault_functions[index].answers[second] != LONG_MIN
        && --countdown == 0) {
        failed = index;
        return (void *)fail;
    }
    return real[index];
}

/* The n-th call from now on fails, of all, or of those that have a second answer for that, with it; 0: none. */
void fault_arm(long n, int with_second)
{
    if (end == 0)
        dl_iterate_phdr(find_libssl, NULL);
    countdown = n;
    second = with_second;
    failed = -1;
}

/* The function that failed since then, or NULL; nothing fails from now on. */
const char *fault_disarm(void)
{
    countdown = 0;
    return failed < 0 ? NULL : fault_functions[failed].name;
}
