/* The story stands in kafka_rig.h. */
#include "tests/support/kafka_rig.h"

struct broker *broker;
struct queue_producer *producer;
enum broker_kind rig_kind;

int rig_up(void **state)
{
    (void)state;
    broker = broker_start(rig_kind);
    producer = producer_for(broker);
    return 0;
}

int rig_down(void **state)
{
    (void)state;
    queue_producer_free(producer);
    broker_stop(broker);
    return 0;
}
