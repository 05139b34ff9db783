// Similarity of texts by the groups of three bytes that they are made of (Sørensen–Dice).
//
// Groups are counted in a fixed number of buckets, so a baseline takes 16 KB whatever its length,
// and two different groups that share a bucket make texts a little more alike than they are.

#include "plugin.h"

#include <stdlib.h>

#define BUCKETS 4096
#define GROUP 3

typedef struct {
    uint32_t counts[BUCKETS];
    uint64_t total;
} profile_t;

struct exports_example_similar_similar_baseline_t {
    profile_t profile;
};

static void measure(const plugin_string_t *text, profile_t *profile) {
    *profile = (profile_t){0};
    for (size_t at = 0; at + GROUP <= text->len; at++) {
        uint32_t hash = 2166136261u;
        for (size_t next = 0; next < GROUP; next++) {
            hash = (hash ^ text->ptr[at + next]) * 16777619u;
        }
        profile->counts[(hash ^ (hash >> 16)) % BUCKETS]++;
        profile->total++;
    }
}

static double compare(const profile_t *a, const profile_t *b) {
    uint64_t total = a->total + b->total;
    if (total == 0) {
        return 1.0;
    }
    uint64_t shared = 0;
    for (size_t bucket = 0; bucket < BUCKETS; bucket++) {
        uint32_t x = a->counts[bucket], y = b->counts[bucket];
        shared += x < y ? x : y;
    }
    return 2.0 * (double)shared / (double)total;
}

// Too large for the stack; a virtual user calls one function at a time.
static profile_t first, second;

double exports_example_similar_similar_similarity(plugin_string_t *a, plugin_string_t *b) {
    measure(a, &first);
    measure(b, &second);
    plugin_string_free(a);
    plugin_string_free(b);
    return compare(&first, &second);
}

exports_example_similar_similar_own_baseline_t
exports_example_similar_similar_constructor_baseline(plugin_string_t *text) {
    exports_example_similar_similar_baseline_t *baseline = malloc(sizeof *baseline);
    if (baseline == NULL) {
        abort();
    }
    measure(text, &baseline->profile);
    plugin_string_free(text);
    return exports_example_similar_similar_baseline_new(baseline);
}

double exports_example_similar_similar_method_baseline_similarity(
    exports_example_similar_similar_borrow_baseline_t self, plugin_string_t *text) {
    measure(text, &second);
    plugin_string_free(text);
    return compare(&self->profile, &second);
}

void exports_example_similar_similar_baseline_destructor(
    exports_example_similar_similar_baseline_t *baseline) {
    free(baseline);
}
