/* Random numbers: the same on every machine for the same seed and step. */
#include "runner.h"

static uint64_t state;

static uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

void random_start(uint64_t seed, uint64_t step)
{
    state = mix(mix(seed) ^ step);
}

uint64_t random_number(void)
{
    state += 0x9e3779b97f4a7c15u;
    return mix(state);
}

int below(int limit)
{
    return (int)(random_number() % (uint64_t)limit);
}

int one_in(int times)
{
    return below(times) == 0;
}
