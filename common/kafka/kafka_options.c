/* Empty texts in the configuration mean absent; the story stands in kafka_options.h. */
#include "common/kafka/kafka_options.h"

static const char *given(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

struct queue_options kafka_options(const struct config *config, const char *client_id)
{
    bool sasl = str_starts(config->kafka_security_protocol, "SASL");

    return (struct queue_options){
        .brokers = config->kafka_brokers,
        .client_id = client_id,
        .security_protocol = given(config->kafka_security_protocol),
        .sasl_mechanism = sasl ? given(config->kafka_sasl_mechanism) : NULL,
        .sasl_username = given(config->kafka_sasl_username),
        .sasl_password = given(config->kafka_sasl_password),
        .ssl_ca_file = given(config->kafka_ssl_ca_file),
        .ssl_certificate_file = given(config->kafka_ssl_certificate_file),
        .ssl_key_file = given(config->kafka_ssl_key_file),
        .session_timeout_ms = config->kafka_session_timeout_ms,
        .fetch_wait_ms = config->kafka_fetch_wait_ms,
    };
}
