/*
 * The scripts of tests/oracles from a test: what they print goes into a file, and where they skip
 * (terraform, the provider's mirror or moto is absent) the test does.
 *
 *     fleet_need_full() -> fleet_oracle("tests/oracles/moto-apply …", path)
 */
#ifndef TESTS_SUPPORT_FLEET_APPLY_H
#define TESTS_SUPPORT_FLEET_APPLY_H

/* Skips the test, saying so, unless PLUMB_FULL is set: to apply takes minutes. */
void fleet_need_full(void);
/* A shell's command line, run where the source is. Fails the test with what the script said. */
void fleet_oracle(const char *command, const char *output);
/* Where the source is. */
const char *fleet_source(void);

#endif
