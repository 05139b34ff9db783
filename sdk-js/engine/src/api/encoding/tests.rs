//! Base64 byte by byte: what scripts see of it is tested from outside.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::{TABLE, Variant};
use crate::testing::wasm_tests;

fn named(name: &str) -> &'static Variant {
    let mut all = TABLE.get().iter().flatten();
    all.find(|variant| variant.name == name).unwrap()
}

wasm_tests! {
    fn the_texts_of_the_rfc() {
        let pairs = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (bytes, text) in pairs {
            let (padded, bare) = (named("std"), named("rawstd"));
            assert_eq!(padded.encoding.encode(bytes.as_bytes()), text);
            assert_eq!(padded.decode(text.as_bytes()).as_deref(), Ok(bytes.as_bytes()));
            let text = text.trim_end_matches('=');
            assert_eq!(bare.encoding.encode(bytes.as_bytes()), text);
            assert_eq!(bare.decode(text.as_bytes()).as_deref(), Ok(bytes.as_bytes()));
        }
    }

    fn every_byte_in_both_alphabets() {
        let all: Vec<u8> = (0..=255).collect();
        for (name, signs) in [("std", "+/"), ("url", "-_")] {
            let text = named(name).encoding.encode(&all);
            assert!(signs.chars().all(|sign| text.contains(sign)), "{text}");
            assert_eq!(named(name).decode(text.as_bytes()).as_ref(), Ok(&all));
        }
    }

    fn where_a_text_is_wrong() {
        let cases = [
            ("Zm9v!mFy", 4),
            ("Zm9vY", 4),
            ("Zg=", 3),
            ("Zg", 0),
            ("Z", 0),
            ("=", 0),
            ("Zg=\n=x", 4),
            ("Zg==Zg==", 4),
            ("Zm8=x", 4),
            ("-_8=", 0),
        ];
        for (text, at) in cases {
            assert_eq!(named("std").decode(text.as_bytes()), Err(at), "{text}");
        }
        // The bits behind the last byte may be anything.
        assert_eq!(named("std").decode(b"Zh==").as_deref(), Ok(&b"f"[..]));
        assert_eq!(named("std").decode(b"Zg=\r\n=").as_deref(), Ok(&b"f"[..]));
        assert_eq!(named("std").decode(b"Zm\r\n9v\n").as_deref(), Ok(&b"foo"[..]));
    }
}
