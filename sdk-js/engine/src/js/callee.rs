//! What a call that failed with "not a function" called, in the words of the script, and which
//! members of the object have names like it: `res.jsonn is not a function; did you mean json?`.
//!
//! QuickJS itself does not know. The running function's code is read up to the call, with a stack
//! of where each value came from in place of the values. It is read when such an error is made and
//! at no other time. Where the code does what is not foreseen here, nothing is said.

use std::collections::BTreeMap;

use rquickjs_sys::{self as q, JSAtom, JSPropertyDescriptor, JSPropertyEnum, JSValue};

use crate::js::hooks::or_none;
use crate::js::{Text, Val, is_function, is_nullish, is_undefined};
use crate::state::ctx;

/// In the order of `runner_opcodes` in quickjs-fixes.h. The last three are formats of operands.
#[repr(C)]
struct Opcodes {
    get_field: u8,
    get_field2: u8,
    get_array_el: u8,
    get_array_el2: u8,
    get_var: u8,
    get_var_undef: u8,
    push_this: u8,
    dup: u8,
    await_: u8,
    call: u8,
    call0: u8,
    call3: u8,
    call_method: u8,
    call_constructor: u8,
    tail_call: u8,
    tail_call_method: u8,
    if_false: u8,
    if_true: u8,
    goto: u8,
    if_false8: u8,
    if_true8: u8,
    goto8: u8,
    goto16: u8,
    gosub: u8,
    catch: u8,
    for_of_start: u8,
    for_await_of_start: u8,
    nip_catch: u8,
    get_loc: u8,
    get_loc8: u8,
    get_loc0: u8,
    get_loc3: u8,
    get_loc_check: u8,
    get_arg: u8,
    get_arg0: u8,
    get_arg3: u8,
    get_var_ref: u8,
    get_var_ref0: u8,
    get_var_ref3: u8,
    get_var_ref_check: u8,
    npop: u8,
    npop_u16: u8,
    npopx: u8,
}

unsafe extern "C" {
    static runner_opcodes: Opcodes;
    /// Size, values popped, values pushed, format of operands.
    fn runner_opcode(op: i32) -> *const [u8; 4];
    /// Offset behind the running instruction, or -1 outside of bytecode.
    fn runner_frame(ctx: *mut q::JSContext, code: *mut *const u8, length: *mut i32) -> i32;
    /// Kinds: 0 argument, 1 local, 2 of an outer function.
    fn runner_variable(ctx: *mut q::JSContext, kind: i32, index: i32) -> JSAtom;
}

fn ops() -> &'static Opcodes {
    let opcodes = &raw const runner_opcodes;
    unsafe { &*opcodes }
}

/// Names that are looked through for one like that which is missing, per object.
const MOST_NAMES: usize = 500;
/// Prototypes that are looked through.
const MOST_PROTOTYPES: usize = 8;
/// Longest name of a callee that is shown, in bytes.
const LONGEST: usize = 120;

/// The message, where the callee can be named. `called` is what is no function, and `object` the
/// object whose method it should be; both are uninitialised where they are not known.
pub fn complaint(called: JSValue, object: JSValue) -> Option<String> {
    let mut code = Code::running()?;
    let call = code.call()?;
    let known = !unsafe { q::JS_IsUninitialized(called) };
    if !known && !call.constructor {
        return None;
    }
    let name = code.name(call.callee, 0)?;
    let mut message = format!(
        "{name} is not a {}",
        if call.constructor {
            "constructor"
        } else {
            "function"
        }
    );
    if !known || is_undefined(called) {
        let member = code
            .member(call.callee)
            .filter(|_| known && !is_nullish(object));
        let near = member
            .map(|member| near(object, member))
            .unwrap_or_default();
        if let Some((last, others)) = near.split_last() {
            message.push_str("; did you mean ");
            if !others.is_empty() {
                message.push_str(&others.join(", "));
                message.push_str(" or ");
            }
            message.push_str(last);
            message.push('?');
        }
    } else {
        message.push_str("; it is ");
        message.push_str(kind(called));
    }
    Some(message)
}

fn kind(value: JSValue) -> &'static str {
    unsafe {
        if q::JS_IsNull(value) {
            "null"
        } else if q::JS_IsBool(value) {
            "a boolean"
        } else if q::JS_IsNumber(value) {
            "a number"
        } else if q::JS_IsString(value) {
            "a string"
        } else if q::JS_IsArray(value) {
            "an array"
        } else if q::JS_IsSymbol(value) {
            "a symbol"
        } else if q::JS_IsObject(value) {
            "an object"
        } else {
            "no object"
        }
    }
}

/// Where a value on the stack came from.
#[derive(Clone, Copy)]
struct Origin {
    /// Offset of the instruction that pushed it.
    at: usize,
    /// Place, in the list of origins, of the value that it was read from or called.
    from: Option<usize>,
}

/// A call that was found in the code.
struct Call {
    /// Place of the callee in the list of origins.
    callee: usize,
    constructor: bool,
}

struct Code {
    bytes: &'static [u8],
    /// Behind the call.
    end: usize,
    origins: Vec<Origin>,
}

impl Code {
    /// The code of the innermost function, where that is not native.
    fn running() -> Option<Code> {
        let (mut code, mut length) = (core::ptr::null(), 0);
        let end = unsafe { runner_frame(ctx(), &mut code, &mut length) };
        if end <= 0 || code.is_null() || end > length {
            return None;
        }
        // SAFETY: the function is running, so its code stays, longer than this value does.
        let bytes = unsafe { core::slice::from_raw_parts(code, length as usize) };
        Some(Code {
            bytes,
            end: end as usize,
            origins: Vec::new(),
        })
    }

    fn u8(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn u16(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(
            self.bytes.get(at..at + 2)?.try_into().ok()?,
        ))
    }

    fn u32(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(
            self.bytes.get(at..at + 4)?.try_into().ok()?,
        ))
    }

    /// Reads the code up to [`Code::end`], before which a call must stand.
    fn call(&mut self) -> Option<Call> {
        let o = ops();
        let mut stack: Vec<usize> = Vec::new();
        // What the stack is at places that something before them jumps to.
        let mut joins: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut at = 0;
        while at < self.end {
            if let Some(join) = joins.remove(&at) {
                stack = join;
            }
            let op = self.u8(at)?;
            let [size, pops, pushes, format] = *unsafe { runner_opcode(op.into()).as_ref() }?;
            let next = at + usize::from(size).max(1);
            let arguments = if format == o.npop || format == o.npop_u16 {
                usize::from(self.u16(at + 1)?)
            } else if format == o.npopx {
                usize::from(op - o.call0)
            } else {
                0
            };
            let method = op == o.call_method || op == o.tail_call_method;
            let plain = op == o.call || op == o.tail_call || (o.call0..=o.call3).contains(&op);
            let behind = if method || plain {
                Some(arguments + 1)
            } else if op == o.call_constructor {
                Some(arguments + 2)
            } else {
                None
            };
            let callee =
                behind.and_then(|depth| stack.get(stack.len().checked_sub(depth)?).copied());
            if next == self.end {
                let callee = callee?;
                return Some(Call {
                    callee,
                    constructor: op == o.call_constructor,
                });
            }
            if op == o.nip_catch {
                self.leave_catch(&mut stack)?;
            } else {
                let rest = stack.len().checked_sub(usize::from(pops) + arguments)?;
                let popped = stack.split_off(rest);
                self.push(&mut stack, at, op, &popped, callee, pushes);
            }
            if let Some(target) = self.target(at, op)
                && target > at
            {
                let mut join = stack.clone();
                if op == o.gosub {
                    self.origin(&mut join, at, None);
                }
                joins.entry(target).or_insert(join);
            }
            at = next;
        }
        None
    }

    fn origin(&mut self, stack: &mut Vec<usize>, at: usize, from: Option<usize>) {
        stack.push(self.origins.len());
        self.origins.push(Origin { at, from });
    }

    fn push(
        &mut self,
        stack: &mut Vec<usize>,
        at: usize,
        op: u8,
        popped: &[usize],
        callee: Option<usize>,
        pushes: u8,
    ) {
        let o = ops();
        let first = popped.first().copied();
        if op == o.dup {
            stack.extend([first, first].into_iter().flatten());
        } else if op == o.get_field2 || op == o.get_array_el2 {
            stack.extend(first);
            self.origin(stack, at, first);
        } else if op == o.get_field || op == o.get_array_el || op == o.await_ {
            self.origin(stack, at, first);
        } else {
            for _ in 0..pushes {
                self.origin(stack, at, callee);
            }
        }
    }

    /// `nip_catch` removes what is above the innermost catch mark, and the mark, but for the top.
    fn leave_catch(&self, stack: &mut Vec<usize>) -> Option<()> {
        let o = ops();
        let top = stack.pop()?;
        while let Some(place) = stack.pop() {
            let op = self.u8(self.origins.get(place)?.at)?;
            if op == o.catch || op == o.for_of_start || op == o.for_await_of_start {
                break;
            }
        }
        stack.push(top);
        Some(())
    }

    /// Where the instruction jumps to, if it does.
    fn target(&self, at: usize, op: u8) -> Option<usize> {
        let o = ops();
        let base = at as i64 + 1;
        let offset = if [o.if_false, o.if_true, o.goto, o.gosub, o.catch].contains(&op) {
            i64::from(self.u32(at + 1)? as i32)
        } else if [o.if_false8, o.if_true8, o.goto8].contains(&op) {
            i64::from(self.u8(at + 1)? as i8)
        } else if op == o.goto16 {
            i64::from(self.u16(at + 1)? as i16)
        } else {
            return None;
        };
        usize::try_from(base + offset).ok()
    }

    /// How the script writes the value.
    fn name(&self, place: usize, depth: usize) -> Option<String> {
        let o = ops();
        let origin = self.origins.get(place)?;
        let op = self.u8(origin.at)?;
        let name = if op == o.get_field || op == o.get_field2 {
            let member = text(self.u32(origin.at + 1)?)?;
            let object = origin
                .from
                .filter(|_| depth < 8)
                .and_then(|from| self.name(from, depth + 1));
            match object {
                Some(object) if is_identifier(&member) => format!("{object}.{member}"),
                Some(object) => format!("{object}[{member:?}]"),
                None => member,
            }
        } else if op == o.get_array_el || op == o.get_array_el2 {
            format!("{}[…]", self.name(origin.from?, depth + 1)?)
        } else if op == o.push_this {
            "this".to_string()
        } else if op == o.await_ {
            format!("(await {})", self.name(origin.from?, depth + 1)?)
        } else if self.is_call(op) {
            format!("{}()", self.name(origin.from?, depth + 1)?)
        } else {
            let name = text(self.variable(origin.at, op)?)?;
            if !is_identifier(&name) {
                return None;
            }
            name
        };
        (name.len() <= LONGEST).then_some(name)
    }

    fn is_call(&self, op: u8) -> bool {
        let o = ops();
        op == o.call || op == o.call_method || (o.call0..=o.call3).contains(&op)
    }

    /// Name of the variable that the instruction reads.
    fn variable(&self, at: usize, op: u8) -> Option<JSAtom> {
        let o = ops();
        if op == o.get_var || op == o.get_var_undef {
            return self.u32(at + 1);
        }
        let (kind, index) = if op == o.get_loc || op == o.get_loc_check {
            (1, self.u16(at + 1)?)
        } else if op == o.get_loc8 {
            (1, self.u8(at + 1)?.into())
        } else if (o.get_loc0..=o.get_loc3).contains(&op) {
            (1, (op - o.get_loc0).into())
        } else if op == o.get_arg {
            (0, self.u16(at + 1)?)
        } else if (o.get_arg0..=o.get_arg3).contains(&op) {
            (0, (op - o.get_arg0).into())
        } else if op == o.get_var_ref || op == o.get_var_ref_check {
            (2, self.u16(at + 1)?)
        } else if (o.get_var_ref0..=o.get_var_ref3).contains(&op) {
            (2, (op - o.get_var_ref0).into())
        } else {
            return None;
        };
        let name = unsafe { runner_variable(ctx(), kind, index.into()) };
        (name != q::JS_ATOM_NULL as JSAtom).then_some(name)
    }

    /// The name of the member that the value was read from.
    fn member(&self, place: usize) -> Option<JSAtom> {
        let o = ops();
        let origin = self.origins.get(place)?;
        let op = self.u8(origin.at)?;
        if op != o.get_field && op != o.get_field2 {
            return None;
        }
        self.u32(origin.at + 1)
    }
}

fn text(name: JSAtom) -> Option<String> {
    or_none(Text::of_atom(name)).map(|text| text.to_owned())
}

fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    let first = letters.next();
    first.is_some_and(|c| c.is_alphabetic() || "_$#".contains(c))
        && letters.all(|c| c.is_alphanumeric() || "_$".contains(c))
}

/// Functions of `object` whose names are nearest to that of `member`, nearest first.
fn near(object: JSValue, member: JSAtom) -> Vec<String> {
    let Some(wanted) = text(member).map(|name| name.to_lowercase()) else {
        return Vec::new();
    };
    let most = (wanted.len() / 3).max(1);
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut object = Val::dup(object);
    if !object.is_object() {
        object = match prototype(&object) {
            Some(prototype) => prototype,
            None => return Vec::new(),
        };
    }
    for _ in 0..MOST_PROTOTYPES {
        // A proxy's traps are code of the script.
        if !object.is_object() || unsafe { q::JS_IsProxy(object.raw()) } {
            break;
        }
        for name in names(&object) {
            if let Some(known) =
                text(name).filter(|known| known.len().abs_diff(wanted.len()) <= most)
            {
                let distance = strsim::osa_distance(&wanted, &known.to_lowercase());
                if distance <= most && is_method(&object, name) {
                    found.push((distance, known));
                }
            }
            unsafe { q::JS_FreeAtom(ctx(), name) };
        }
        match prototype(&object) {
            Some(next) => object = next,
            None => break,
        }
    }
    found.sort();
    found.dedup();
    let best = found.first().map_or(0, |first| first.0);
    found.retain(|(distance, _)| *distance <= best);
    found.truncate(3);
    found.into_iter().map(|(_, name)| name).collect()
}

fn prototype(object: &Val) -> Option<Val> {
    let prototype = Val::check(unsafe { q::JS_GetPrototype(ctx(), object.raw()) });
    or_none(prototype).filter(Val::is_object)
}

/// Names of own properties, which the caller frees.
fn names(object: &Val) -> Vec<JSAtom> {
    let mut table: *mut JSPropertyEnum = core::ptr::null_mut();
    let mut length = 0;
    let flags = q::JS_GPN_STRING_MASK as i32;
    unsafe {
        if q::JS_GetOwnPropertyNames(ctx(), &mut table, &mut length, object.raw(), flags) < 0 {
            drop(crate::js::caught(crate::js::Thrown));
            return Vec::new();
        }
        if table.is_null() {
            return Vec::new();
        }
        let entries = core::slice::from_raw_parts(table, length as usize);
        let names = entries
            .iter()
            .take(MOST_NAMES)
            .map(|entry| q::JS_DupAtom(ctx(), entry.atom))
            .collect();
        q::JS_FreePropertyEnum(ctx(), table, length);
        names
    }
}

/// Whether the own property is a function; getters are not called.
fn is_method(object: &Val, name: JSAtom) -> bool {
    let mut descriptor: JSPropertyDescriptor = unsafe { core::mem::zeroed() };
    let found = unsafe { q::JS_GetOwnProperty(ctx(), &mut descriptor, object.raw(), name) };
    if found < 0 {
        drop(crate::js::caught(crate::js::Thrown));
    }
    if found <= 0 {
        return false;
    }
    let parts = [descriptor.value, descriptor.getter, descriptor.setter].map(Val::own);
    let [value, ..] = &parts;
    is_function(value.raw())
}
