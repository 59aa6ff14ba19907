/* For `make threads`, in every program before all else: what LLVM calls of ThreadSanitizer and gcc's runtime does not have. */
__attribute__((weak)) void *__tsan_memcpy(void *to, const void *from, __SIZE_TYPE__ length)
{
    return __builtin_memcpy(to, from, length);
}

__attribute__((weak)) void *__tsan_memmove(void *to, const void *from, __SIZE_TYPE__ length)
{
    return __builtin_memmove(to, from, length);
}

__attribute__((weak)) void *__tsan_memset(void *to, int byte, __SIZE_TYPE__ length)
{
    return __builtin_memset(to, byte, length);
}
