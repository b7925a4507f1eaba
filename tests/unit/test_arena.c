/* Allocations that die together, common/arena.h. */
#include "tests/support/test.h"

#include "common/arena.h"

static void memory_comes_zeroed_and_aligned(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(1024 * 1024);

    (void)state;
    for (size_t size = 1; size < 3000; size = size * 2 + 1) {
        unsigned char *bytes = arena_alloc(arena, size);
        assert_non_null(bytes);
        assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xAA, size);
    }
}

static void texts_are_copies_of_their_own(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(1024 * 1024);
    char given[] = "given";

    (void)state;
    char *text = arena_text(arena, given);
    char *part = arena_copy(arena, given, 3);
    char *made = arena_print(arena, "%s-%d", given, 7);
    given[0] = 'X';
    assert_string_equal(text, "given");
    assert_string_equal(part, "giv");
    assert_string_equal(made, "given-7");
}

static void past_the_maximum_there_is_nothing(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(4096);

    (void)state;
    assert_false(arena_is_full(arena));
    assert_null(arena_alloc(arena, 5000));
    assert_true(arena_is_full(arena));
    assert_null(arena_alloc(arena, SIZE_MAX));
    size_t n = 0;
    while (n < 1000 && arena_alloc(arena, 100) != NULL)
        n++;
    assert_in_range(n, 20, 40);
}

static void one_allocation_may_be_larger_than_a_block(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)8 * 1024 * 1024);

    (void)state;
    char *large = arena_alloc(arena, (size_t)2 * 1024 * 1024);
    assert_non_null(large);
    large[2 * 1024 * 1024 - 1] = 'x';
    assert_string_equal(arena_text(arena, "after"), "after");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_comes_zeroed_and_aligned),
        cmocka_unit_test(texts_are_copies_of_their_own),
        cmocka_unit_test(past_the_maximum_there_is_nothing),
        cmocka_unit_test(one_allocation_may_be_larger_than_a_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
