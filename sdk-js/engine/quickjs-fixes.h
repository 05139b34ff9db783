/* Included before QuickJS's own sources (see sdk-js/component/build.rs), which are used as they
 * are otherwise.
 *
 * QuickJS hashes a number as a map key by its bits as a double, and then uses the low bits of the
 * result. Small integers differ in the high bits of a double only, so all of them share a few
 * buckets, and a Map or Set of numbers is a list: 3,000 insertions took ten times as long as in
 * k6. Here the result of `map_hash_key` is mixed before it is used.
 *
 * The macro must tell calls from the function's definition, which has `JSContext` as its first
 * word: `RUNNER_DEFINES_JSContext` brings a comma, which moves the choice by one place.
 */
#ifndef RUNNER_QUICKJS_FIXES_H
#define RUNNER_QUICKJS_FIXES_H

#include <stdint.h>

/* QuickJS keeps a 4 KiB page for each of 31 sizes of small blocks. In a VU, which shares the
 * snapshot's pages until it writes to them, that is a private page for each size that it uses:
 * 50 pages for a simple script instead of 25, against about a tenth of the speed of scripts that
 * do nothing but allocate. With this definition, which QuickJS looks at in that one place, blocks
 * come from malloc, one after the other (see src/compact.rs). */
#define __SANITIZE_ADDRESS__ 1

static inline uint32_t runner_mix(uint32_t hash)
{
    hash ^= hash >> 16;
    hash *= 0x85ebca6bu;
    return hash ^ (hash >> 13);
}

#define RUNNER_DEFINES_JSContext ,
#define RUNNER_JOIN(a, b) RUNNER_JOIN_(a, b)
#define RUNNER_JOIN_(a, b) a##b
#define RUNNER_THIRD(...) RUNNER_THIRD_(__VA_ARGS__)
#define RUNNER_THIRD_(first, second, third, ...) third
#define RUNNER_DEFINITION(context, key) unmixed_map_hash_key(context, key)
#define RUNNER_CALL(context, key) runner_mix(unmixed_map_hash_key(context, key))
#define map_hash_key(context, key)                                                     \
    RUNNER_THIRD(RUNNER_JOIN(RUNNER_DEFINES_, context), RUNNER_DEFINITION, RUNNER_CALL, ~) \
    (context, key)

/* Local time. QuickJS asks the C library, which knows no time zone here, how many minutes west of
 * UTC a place is, in three functions that differ in what they ask about. src/zone.rs answers two of
 * them (the third, `Date.prototype.getTimezoneOffset`, is replaced there):
 *  - `d`, an instant whose local fields are wanted. The answer is in minutes, and seconds that an
 *    offset had in former times are added to `d` itself.
 *  - `ti`, a local time whose instant is wanted, which QuickJS would take for an instant.
 * The argument in the third begins with a parenthesis, that in the definition with a type. The last
 * parenthesis of each replacement is the one that RUNNER_ASKED adds. */
int runner_minutes_west(int64_t *instant);
double runner_minutes_to_utc(int64_t local);

#define RUNNER_PARENTHESIS(...) ,
#define RUNNER_ASKED(time) RUNNER_ABOUT_##time)
#define RUNNER_ABOUT_d (runner_minutes_west(&d)
#define RUNNER_ABOUT_ti runner_minutes_to_utc(ti
#define RUNNER_ABOUT_int64_t unused_timezone_offset(int64_t
#define getTimezoneOffset(time)                                                        \
    RUNNER_THIRD(RUNNER_PARENTHESIS time, unused_timezone_offset, RUNNER_ASKED, ~)(time)

/* `Date()` without `new` has the text that `Date.prototype.toString` makes (src/zone.rs). */
#define RUNNER_DATE_TEXT(context, date, ...) JS_ToString(context, date)
#define get_date_string(context, ...)                                                  \
    RUNNER_THIRD(RUNNER_JOIN(RUNNER_DEFINES_, context), get_date_string,               \
                 RUNNER_DATE_TEXT, ~)(context, __VA_ARGS__)

#endif
