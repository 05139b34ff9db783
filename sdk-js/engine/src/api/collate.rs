//! `String.prototype.localeCompare`, in the order that k6 has: Unicode's for no language in
//! particular. Texts of printable ASCII, which most are, are compared here; others by the host,
//! which has the tables.

use core::cmp::Ordering;

use rquickjs_sys::JSValue;

use crate::api::room::Room;
use crate::atoms::atoms;
use crate::bindings::runner::collation::collator;
use crate::js::{Args, JsResult, Text, Val, define_hidden, is_nullish, type_error};
use crate::native;

/// Printable ASCII in that order.
const ORDER: &[u8; 95] = b" _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ";

/// Places in that order; a capital has that of its small letter, other characters none.
static RANKS: [u8; 256] = ranks();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which would refuse an index out of range"
)]
const fn ranks() -> [u8; 256] {
    let mut ranks = [0; 256];
    let mut place = 0;
    while place < ORDER.len() {
        let character = ORDER[place];
        let capital = character.is_ascii_uppercase();
        ranks[character as usize] = place as u8 + 1 - capital as u8;
        place += 1;
    }
    ranks
}

native! {
    js_locale_compare = locale_compare;
}

pub const ROOM: Room = Room::new(install);

fn install(global: &Val) -> JsResult<()> {
    let string = global.get_str("String")?.get(atoms().prototype)?;
    define_hidden(&string, c"localeCompare", 1, js_locale_compare)
}

fn locale_compare(this: JSValue, args: Args) -> JsResult<Val> {
    if is_nullish(this) {
        return Err(type_error("cannot compare null or undefined"));
    }
    let (left, right) = (Text::of(this)?, Text::of(args.at(0))?);
    Ok(Val::int(match plain(left.as_bytes(), right.as_bytes()) {
        Some(order) => order as i32,
        None => collator::compare(&left, &right).into(),
    }))
}

/// The order of two texts; none where a character is not printable ASCII.
fn plain(left: &[u8], right: &[u8]) -> Option<Ordering> {
    let rank = |byte: &u8| {
        RANKS
            .get(usize::from(*byte))
            .copied()
            .filter(|rank| *rank != 0)
    };
    let mut letters = left.len().cmp(&right.len());
    let mut case = Ordering::Equal;
    let mut decided = false;
    for (one, other) in left.iter().zip(right) {
        let order = rank(one)?.cmp(&rank(other)?);
        if order.is_ne() && !decided {
            letters = order;
            decided = true;
        }
        if case.is_eq() {
            // Small letters have the larger codes, and come first.
            case = other.cmp(one);
        }
    }
    let shorter = left.len().min(right.len());
    let rest = left.get(shorter..)?.iter().chain(right.get(shorter..)?);
    for byte in rest {
        rank(byte)?;
    }
    Some(letters.then(case))
}
