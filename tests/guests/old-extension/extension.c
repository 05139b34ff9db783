/* An extension that was built for the contract as it was first released, whose text is vendored in
 * ../contract-0.1.0. It has to run for ever after. */

#include "bindings/plugin.h"

#include <stdio.h>
#include <string.h>

static int started;

bool exports_runner_extension_lifecycle_init(plugin_string_t *error) {
    (void)error;
    started = 1;
    return true;
}

void exports_old_greeting_api_greet(plugin_string_t *name, plugin_string_t *ret) {
    char text[200];
    snprintf(text, sizeof text, "Hello %.*s, started %d", (int)name->len, (const char *)name->ptr, started);
    plugin_string_t message;
    plugin_string_set(&message, text);
    plugin_string_t source;
    plugin_string_set(&source, "");
    plugin_list_tuple2_string_string_t none = { 0 };
    runner_log_log_write(RUNNER_LOG_LOG_LEVEL_INFO, &source, &message, &none);
    plugin_string_dup(ret, text);
    plugin_string_free(name);
}
