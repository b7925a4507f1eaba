/* The invariant checker can say no: a run in which all promises hold, and then one change at a time
 * that breaks one of them. */
#include <stdio.h>

#include "common/buf.h"
#include "common/json.h"
#include "tests/chaos/judge.h"
#include "tests/support/test.h"

#define FACTS_MAX_BYTES 65536

#define ENDS "'ends':[{'fp':'aa'},{'fp':'bb'}],'leaks':[],'files_searched':9"

/* Three items: one with a pull request that was retried once, one in the dead-letter queue, and
 * bytes that are none. */
static const char good[] =
    "{'records':["
    "{'topic':'plumb.findings.v1','partition':0,'offset':0,'fp':'aa','generation':1},"
    "{'topic':'plumb.findings.v1','partition':0,'offset':1,'fp':'bb','generation':1},"
    "{'topic':'plumb.findings.v1','partition':0,'offset':2,'fp':'','generation':0},"
    "{'topic':'plumb.retry.30s.v1','partition':0,'offset':0,'fp':'aa','generation':1},"
    "{'topic':'plumb.dlq.v1','partition':0,'offset':0,'fp':'bb','generation':1,"
    "'from':'plumb.findings.v1/0/1'},"
    "{'topic':'plumb.dlq.v1','partition':0,'offset':1,'fp':'','generation':0,"
    "'from':'plumb.findings.v1/0/2'}],"
    "'sent':["
    "{'id':'1','kind':'plan.saved','fp':'aa','generation':1,'partition':0,'offset':0},"
    "{'id':'2','kind':'item.ended','fp':'aa','generation':1,'state':'PR_OPEN','partition':0,"
    "'offset':1},"
    "{'id':'3','kind':'item.ended','fp':'bb','generation':1,'state':'DLQ','partition':0,"
    "'offset':2},"
    "{'id':'4','kind':'record.rejected','fp':'','generation':0,'state':'DLQ',"
    "'node_id':'plumb.findings.v1/0/2','partition':0,'offset':3}],"
    "'log':{'lines':4,'bad_line':0,'why':'','events':["
    "{'id':'1','kind':'plan.saved','fp':'aa','generation':1},"
    "{'id':'2','kind':'item.ended','fp':'aa','generation':1,'state':'PR_OPEN'},"
    "{'id':'3','kind':'item.ended','fp':'bb','generation':1,'state':'DLQ'},"
    "{'id':'4','kind':'record.rejected','fp':'','generation':0,'state':'DLQ',"
    "'node_id':'plumb.findings.v1/0/2'}]},"
    "'states':[{'fp':'aa','state':'PR_OPEN'},{'fp':'bb','state':'DLQ'}],"
    "'pulls':[{'repository':'a/r','number':1,'fp':'aa','state':'open','url':'u',"
    "'head_commit':'c1','tip':'c1','paths':['main.tf']}],"
    "'github':{'most_open_per_head':1,'writes':2,'least_gap_ms':1001,'most_per_minute':2},"
    "'offsets':["
    "{'topic':'plumb.findings.v1','partition':0,'committed':3,'end':3,'sink':false},"
    "{'topic':'plumb.retry.30s.v1','partition':0,'committed':1,'end':1,'sink':false},"
    "{'topic':'plumb.audit.v1','partition':0,'committed':4,'end':4,'sink':true}]," ENDS "}";

/* good with the first place of `from` replaced; NULL: as it is. */
static int judge_with(const char *from, const char *to, enum judge_moment moment, char **words)
{
    CLEANUP(buf_done) struct buf text = BUF(FACTS_MAX_BYTES);
    CLEANUP(json_freep) struct json *facts = NULL;
    size_t len = 0;
    struct err err;
    const char *at = from != NULL ? strstr(good, from) : good;

    assert_non_null(at);
    buf_bytes(&text, good, (size_t)(at - good));
    buf_text(&text, from != NULL ? to : "");
    buf_text(&text, at + (from != NULL ? strlen(from) : 0));
    for (size_t i = 0; i < text.len; i++)
        if (text.bytes[i] == '\'')
            text.bytes[i] = '"';
    assert_ok(json_parse(&facts, text.bytes, text.len, &err), err);
    FILE *out = open_memstream(words, &len);
    int violations = judge(facts, moment, out);
    fclose(out);
    return violations;
}

static void breaks_at(const char *from, const char *to, enum judge_moment moment,
                      const char *violation)
{
    char *words = NULL;

    if (judge_with(from, to, moment, &words) == 0)
        fail_msg("nothing is said against %s", to);
    assert_has(words, violation);
    free(words);
}

static void breaks(const char *from, const char *to, const char *violation)
{
    breaks_at(from, to, JUDGE_ENDED, violation);
}

static void all_hold(void **state)
{
    char *words = NULL;

    (void)state;
    assert_int_equal(judge_with(NULL, NULL, JUDGE_ENDED, &words), 0);
    assert_lacks(words, "VIOLATION");
    assert_has(words, "I1   ok   each item has exactly one end: 3 items");
    assert_has(words, "I10  ok   nothing is left waiting: 3 partitions");
    free(words);
    assert_int_equal(judge_with(NULL, NULL, JUDGE_UNDERWAY, &words), 0);
    free(words);
}

static void i1_an_item_without_an_end_or_with_two(void **state)
{
    (void)state;
    breaks("{'id':'2','kind':'item.ended','fp':'aa','generation':1,'state':'PR_OPEN'},", "",
           "VIOLATION I1: item aa/1 ended 0 times");
    breaks("{'id':'3','kind':'item.ended','fp':'bb','generation':1,'state':'DLQ'},",
           "{'id':'3','kind':'item.ended','fp':'bb','generation':1,'state':'DLQ'},"
           "{'id':'9','kind':'item.ended','fp':'bb','generation':1,'state':'DLQ'},",
           "VIOLATION I1: item bb/1 ended 2 times");
    breaks("'fp':'bb','generation':1,'state':'DLQ'}", "'fp':'bb','generation':1,'state':'FREE'}",
           "I1");
}

static void i1_an_end_that_contradicts_another_book(void **state)
{
    (void)state;
    breaks("{'fp':'aa','state':'PR_OPEN'}", "{'fp':'aa','state':'CLAIMED'}",
           "VIOLATION I1: item aa/1: the trail says PR_OPEN, Redis says CLAIMED");
    breaks("'number':1,'fp':'aa'", "'number':1,'fp':'zz'",
           "VIOLATION I1: item aa/1 ended PR_OPEN, and the forge has no pull request of it");
    breaks("'offset':0,'fp':'bb','generation':1,'from'", "'offset':0,'fp':'zz','from'",
           "VIOLATION I1: item bb/1 ended DLQ and is not in the dead-letter queue");
}

static void i1_unreadable_bytes_that_nobody_was_told_of(void **state)
{
    (void)state;
    breaks("'log':{'lines':4,'bad_line':0,'why':'','events':[",
           "'log':{'lines':4,'bad_line':0,'why':'','events':["
           "{'id':'5','kind':'record.rejected','node_id':'plumb.findings.v1/0/2'},",
           "VIOLATION I1: unreadable record plumb.findings.v1/0/2 was rejected 2 times");
    breaks("'from':'plumb.findings.v1/0/2'", "'from':'plumb.findings.v1/0/9'",
           "VIOLATION I1: unreadable record plumb.findings.v1/0/2 is not in the dead-letter queue");
}

static void i2_two_open_pull_requests(void **state)
{
    (void)state;
    breaks("'pulls':[",
           "'pulls':[{'repository':'a/r','number':2,'fp':'aa','state':'open','head_commit':'c',"
           "'tip':'c','paths':[]},",
           "VIOLATION I2: item aa in a/r has 2 open pull requests");
    breaks("'most_open_per_head':1", "'most_open_per_head':2", "VIOLATION I2: at one moment");
}

static void i3_a_broken_chain_or_a_lost_or_doubled_or_foreign_event(void **state)
{
    (void)state;
    breaks("'bad_line':0,'why':''", "'bad_line':3,'why':'seq is 5 where 3 is due'",
           "VIOLATION I3: line 3: seq is 5");
    breaks("'events':[{'id':'1','kind':'plan.saved','fp':'aa','generation':1},", "'events':[",
           "VIOLATION I3: event 1 (plan.saved of aa) was sent and is not in the log");
    breaks("'events':[", "'events':[{'id':'4','kind':'item.deferred','fp':'aa','generation':1},",
           "VIOLATION I3: event 4 stands in the log 2 times");
    breaks("'events':[", "'events':[{'id':'7','kind':'item.deferred','fp':'aa','generation':1},",
           "VIOLATION I3: event 7 of the log was never sent");
}

static void i4_a_commit_above_an_unfinished_offset(void **state)
{
    (void)state;
    /* Not ended, and no record of it would be read again. */
    breaks_at("{'id':'2','kind':'item.ended','fp':'aa','generation':1,'state':'PR_OPEN',"
              "'partition':0,'offset':1},",
              "", JUDGE_UNDERWAY, "VIOLATION I4: item aa/1");
    breaks_at("{'id':'4','kind':'record.rejected','fp':'','generation':0,'state':'DLQ',"
              "'node_id':'plumb.findings.v1/0/2','partition':0,'offset':3}",
              "{'id':'4','kind':'item.deferred','fp':'aa'}", JUDGE_UNDERWAY,
              "VIOLATION I4: unreadable record plumb.findings.v1/0/2");
}

static void i4_an_unfinished_item_that_will_be_read_again_is_fine(void **state)
{
    char *words = NULL;

    (void)state;
    assert_int_equal(judge_with("'partition':0,'committed':1,'end':1",
                                "'partition':0,'committed':0,'end':1", JUDGE_UNDERWAY, &words),
                     0);
    free(words);
}

static void i5_a_secret(void **state)
{
    (void)state;
    breaks("'leaks':[]", "'leaks':['work-1.log']", "VIOLATION I5: a canary stands in work-1.log");
}

static void i6_an_outdated_owner_that_wrote(void **state)
{
    (void)state;
    breaks("'ends':[", "'ends':[{'fp':'aa'},", "VIOLATION I6: item aa: 2 workers recorded its end");
    breaks("'tip':'c1'", "'tip':'c2'", "VIOLATION I6: pull request a/r#1 was opened on c1");
}

static void i1_what_redis_forgot_is_walked_again_underway(void **state)
{
    static const char from[] = "{'fp':'aa','state':'PR_OPEN'},{'fp':'bb','state':'DLQ'}],";
    static const char to[] =
        "{'fp':'aa','state':'CLAIMED'},{'fp':'bb','state':'DLQ'}],'redis_losses':1,";
    CLEANUP(mem_freep) char *words = NULL;
    CLEANUP(mem_freep) char *at_the_end = NULL;

    (void)state;
    assert_int_equal(judge_with(from, to, JUDGE_UNDERWAY, &words), 0);
    assert_int_equal(judge_with(from, to, JUDGE_ENDED, &at_the_end), 1);
}

#define ENDED_AGAIN                                                                                \
    "'ends':[{'fp':'aa','unix_ms':100000},{'fp':'aa','unix_ms':190000},{'fp':'bb'}],'leaks':[],"   \
    "'files_searched':9,'redis_losses':1"

static void i6_what_redis_forgot_may_end_again(void **state)
{
    CLEANUP(mem_freep) char *words = NULL;

    (void)state;
    assert_int_equal(judge_with(ENDS, ENDED_AGAIN ",'redis_lost_at':[150000]", JUDGE_ENDED, &words),
                     0);
}

static void i6_an_end_between_two_losses_of_redis_is_no_excuse(void **state)
{
    (void)state;
    breaks(ENDS, ENDED_AGAIN ",'redis_lost_at':[300000]",
           "VIOLATION I6: item aa: 2 workers recorded its end");
}

static void i7_a_change_outside_of_the_allowed_paths(void **state)
{
    static const char *const paths[] = {"'../x.tf'", "'/etc/x.tf'", "'.github/workflows/x.yml'",
                                        "'x.sh'",    "'.x.tf'",     "'.plumbline/drift/x.sh'"};

    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++)
        breaks("'main.tf'", paths[i], "VIOLATION I7: pull request a/r#1 changes");
}

static void i8_a_plan_that_was_paid_for_twice(void **state)
{
    (void)state;
    breaks("'sent':[",
           "'sent':[{'id':'1','kind':'plan.saved','fp':'aa','generation':1,'offset':9},",
           "VIOLATION I8: item aa/1 was planned 2 times");
}

static void i9_two_writes_too_close(void **state)
{
    (void)state;
    breaks("'least_gap_ms':1001", "'least_gap_ms':40", "VIOLATION I9: two writes");
}

static void i9_more_writes_than_a_minute_allows(void **state)
{
    (void)state;
    breaks("'most_per_minute':2", "'most_per_minute':81",
           "VIOLATION I9: GitHub was written to 81 times within a minute");
}

static void i9_what_was_held_up_on_its_way_may_arrive_together(void **state)
{
    static const char from[] = "'github':{'most_open_per_head':1,'writes':2,'least_gap_ms':1001";
    static const char to[] =
        "'held_up':true,'github':{'most_open_per_head':1,'writes':2,'least_gap_ms':1";
    CLEANUP(mem_freep) char *words = NULL;

    (void)state;
    assert_int_equal(judge_with(from, to, JUDGE_ENDED, &words), 0);
}

static void i10_a_record_that_waits_for_ever(void **state)
{
    (void)state;
    breaks("'partition':0,'committed':1,'end':1", "'partition':0,'committed':0,'end':1",
           "VIOLATION I10: plumb.retry.30s.v1[0] is committed up to 0 of 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_hold),
        cmocka_unit_test(i1_an_item_without_an_end_or_with_two),
        cmocka_unit_test(i1_an_end_that_contradicts_another_book),
        cmocka_unit_test(i1_unreadable_bytes_that_nobody_was_told_of),
        cmocka_unit_test(i2_two_open_pull_requests),
        cmocka_unit_test(i3_a_broken_chain_or_a_lost_or_doubled_or_foreign_event),
        cmocka_unit_test(i4_a_commit_above_an_unfinished_offset),
        cmocka_unit_test(i4_an_unfinished_item_that_will_be_read_again_is_fine),
        cmocka_unit_test(i5_a_secret),
        cmocka_unit_test(i1_what_redis_forgot_is_walked_again_underway),
        cmocka_unit_test(i6_an_outdated_owner_that_wrote),
        cmocka_unit_test(i6_what_redis_forgot_may_end_again),
        cmocka_unit_test(i6_an_end_between_two_losses_of_redis_is_no_excuse),
        cmocka_unit_test(i7_a_change_outside_of_the_allowed_paths),
        cmocka_unit_test(i8_a_plan_that_was_paid_for_twice),
        cmocka_unit_test(i9_two_writes_too_close),
        cmocka_unit_test(i9_more_writes_than_a_minute_allows),
        cmocka_unit_test(i9_what_was_held_up_on_its_way_may_arrive_together),
        cmocka_unit_test(i10_a_record_that_waits_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
