#include "worker/llm/llm.h"

void llm_answer_done(struct llm_answer *answer)
{
    free(answer->input_json);
    free(answer->text);
    answer->input_json = NULL;
    answer->text = NULL;
}
