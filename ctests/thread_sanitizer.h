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

/* The last owner of a Rust Arc sees what the others did by a fence behind the subtraction, and ThreadSanitizer takes no notice of
 * fences: whoever takes away all that was left acquires it here. */
unsigned long __tsan_atomic64_fetch_add(volatile unsigned long *place, unsigned long value, int order);
unsigned long __tsan_atomic64_load(const volatile unsigned long *place, int order);

__attribute__((weak)) unsigned long __tsan_atomic64_fetch_sub(volatile unsigned long *place, unsigned long value, int order)
{
    unsigned long before = __tsan_atomic64_fetch_add(place, -value, order);

    if (before == value)
        __tsan_atomic64_load(place, __ATOMIC_ACQUIRE);
    return before;
}
