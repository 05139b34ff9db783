/* Included before QuickJS's own sources (see sdk-js/component/build.rs), which are used as they
 * are otherwise. What is changed, and why:
 *
 * - numbers are hashed well as keys of a Map,
 * - small blocks of memory are not kept on a page per size,
 * - an exception that is no Error knows where it was thrown,
 * - "not a function" says what is none (src/js/callee.rs),
 * - modules that do not fit together are named in full.
 *
 * Most of it is done by macros with the names of QuickJS's functions. Such a macro must tell calls
 * from the function's definition, whose first argument begins with a type: `RUNNER_DEFINES_JSContext`
 * brings a comma, which moves the choice by one place.
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
#define RUNNER_DEFINES_JSRuntime ,
#define RUNNER_CHOOSE(word, definition, call) \
    RUNNER_THIRD(RUNNER_JOIN(RUNNER_DEFINES_, word), definition, call, ~)
#define RUNNER_JOIN(a, b) RUNNER_JOIN_(a, b)
#define RUNNER_JOIN_(a, b) a##b
#define RUNNER_THIRD(...) RUNNER_THIRD_(__VA_ARGS__)
#define RUNNER_THIRD_(first, second, third, ...) third

/* QuickJS hashes a number as a map key by its bits as a double, and then uses the low bits of the
 * result. Small integers differ in the high bits of a double only, so all of them share a few
 * buckets, and a Map or Set of numbers is a list: 3,000 insertions took ten times as long as in
 * k6. Here the result of `map_hash_key` is mixed before it is used. */
#define RUNNER_UNMIXED(context, key) unmixed_map_hash_key(context, key)
#define RUNNER_MIXED(context, key) runner_mix(unmixed_map_hash_key(context, key))
#define map_hash_key(context, key) \
    RUNNER_CHOOSE(context, RUNNER_UNMIXED, RUNNER_MIXED)(context, key)

/* What this side asks of src/js/hooks.rs, or tells it. */
struct JSContext;
extern struct runner_hooks {
    uint64_t thrown;
    uint64_t (*not_a_function)(struct JSContext *context, uint64_t called, uint64_t object);
    void (*cannot_link)(struct JSContext *context, int why, uint32_t module, uint32_t name,
                        uint32_t importer);
} runner_hooks;

/* QuickJS keeps a stack trace for exceptions that cannot have one of their own, such as strings,
 * but makes it only where it has none yet: that of an earlier exception, or of an Error that was
 * made and not thrown, would stay. Here a throw of anything else drops it, and what was thrown is noted. */
#define RUNNER_THROW_DEFINITION(context, value) JS_Throw(context, value)
#define RUNNER_THROW(context, value) \
    (JS_Throw(context, value), RUNNER_NOTE_THROWN(context), JS_EXCEPTION)
#define RUNNER_NOTE_THROWN(context)                                               \
    (runner_hooks.thrown = (context)->rt->current_exception,                      \
     JS_IsError(runner_hooks.thrown)                                              \
         ? (void)0                                                                \
         : (JS_FreeValue(context, (context)->error_back_trace),                   \
            (void)((context)->error_back_trace = JS_UNDEFINED)))
#define JS_Throw(context, value) \
    RUNNER_CHOOSE(context, RUNNER_THROW_DEFINITION, RUNNER_THROW)(context, value)

/* The interpreter calls its first parameter `caller_ctx`; elsewhere what was called is not at hand. */
#define RUNNER_CALLED_caller_ctx func_obj, this_obj
#define RUNNER_CALLED_ctx JS_UNINITIALIZED, JS_UNINITIALIZED
#define RUNNER_NO_FUNCTION_DEFINITION(context) JS_ThrowTypeErrorNotAFunction(context)
#define RUNNER_NO_FUNCTION(context) runner_hooks.not_a_function(context, RUNNER_CALLED_##context)
#define JS_ThrowTypeErrorNotAFunction(context) \
    RUNNER_CHOOSE(context, RUNNER_NO_FUNCTION_DEFINITION, RUNNER_NO_FUNCTION)(context)

/* QuickJS cuts names in messages to 63 bytes. `m` is the module that imports. */
#define RUNNER_LINK_DEFINITION(context, why, module, name) \
    js_resolve_export_throw_error(context, why, module, name)
#define RUNNER_LINK(context, why, module, name) \
    runner_hooks.cannot_link(context, why, (module)->module_name, name, m->module_name)
#define js_resolve_export_throw_error(context, why, module, name) \
    RUNNER_CHOOSE(context, RUNNER_LINK_DEFINITION, RUNNER_LINK)(context, why, module, name)

/* What src/js/callee.rs must know of QuickJS's inside to read code: sizes of opcodes, the code of the
 * running function, names of variables. It is defined before a function that is defined once, and
 * after all that it needs. The order of opcodes is that of `Opcodes` there. */
#define RUNNER_INSIDE                                                                          \
    runner_inside(void);                                                                       \
    struct runner_hooks runner_hooks;                                                          \
    const uint8_t runner_opcodes[] = {                                                         \
        OP_get_field, OP_get_field2, OP_get_array_el, OP_get_array_el2, OP_get_var,            \
        OP_get_var_undef, OP_push_this, OP_dup, OP_await, OP_call, OP_call0, OP_call3,         \
        OP_call_method, OP_call_constructor, OP_tail_call, OP_tail_call_method, OP_if_false,   \
        OP_if_true, OP_goto, OP_if_false8, OP_if_true8, OP_goto8, OP_goto16, OP_gosub,         \
        OP_catch, OP_for_of_start, OP_for_await_of_start, OP_nip_catch, OP_get_loc,            \
        OP_get_loc8, OP_get_loc0, OP_get_loc3, OP_get_loc_check, OP_get_arg, OP_get_arg0,      \
        OP_get_arg3, OP_get_var_ref, OP_get_var_ref0, OP_get_var_ref3, OP_get_var_ref_check,   \
        OP_FMT_npop, OP_FMT_npop_u16, OP_FMT_npopx };                                          \
    const uint8_t *runner_opcode(int op) { return &short_opcode_info(op).size; }               \
    int runner_frame(JSContext *ctx, const uint8_t **code, int *length)                        \
    {                                                                                          \
        JSStackFrame *frame = ctx->rt->current_stack_frame;                                    \
        JSFunctionBytecode *b = frame ? JS_GetFunctionBytecode(frame->cur_func) : NULL;        \
        if (!b || !frame->cur_pc)                                                              \
            return -1;                                                                         \
        *code = b->byte_code_buf;                                                              \
        *length = b->byte_code_len;                                                            \
        return frame->cur_pc - b->byte_code_buf;                                               \
    }                                                                                          \
    JSAtom runner_variable(JSContext *ctx, int kind, int index)                                \
    {                                                                                          \
        JSFunctionBytecode *b = JS_GetFunctionBytecode(ctx->rt->current_stack_frame->cur_func);\
        if (kind == 2)                                                                         \
            return index < b->closure_var_count ? b->closure_var[index].var_name : 0;          \
        if (kind == 1)                                                                         \
            index += b->arg_count;                                                             \
        return b->vardefs && index < b->arg_count + b->var_count ? b->vardefs[index].var_name : 0; \
    }                                                                                          \
    static void
#define RUNNER_ATOMS_DEFINITION(runtime, code, length, short_codes) \
    RUNNER_INSIDE free_bytecode_atoms(runtime, code, length, short_codes)
#define RUNNER_ATOMS(runtime, code, length, short_codes) \
    free_bytecode_atoms(runtime, code, length, short_codes)
#define free_bytecode_atoms(runtime, code, length, short_codes) \
    RUNNER_CHOOSE(runtime, RUNNER_ATOMS_DEFINITION, RUNNER_ATOMS)(runtime, code, length, short_codes)

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
