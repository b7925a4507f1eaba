/*
 * Identifier characters beyond ASCII: ID_Start and ID_Continue, exactly as Terraform knows them.
 *
 * HashiCorp's scanner carries the tables of Unicode 9 and has not moved since. A Unicode library
 * answers for the release of the day, which takes some 15,000 characters more, so a file could be
 * fine here and broken there. Hence a table of our own. ASCII is the lexer's business.
 */
#ifndef WORKER_HCL_IDENTIFIER_H
#define WORKER_HCL_IDENTIFIER_H

#include "common/base.h"

bool hcl_starts_identifier(uint32_t code);
bool hcl_continues_identifier(uint32_t code);

#endif
