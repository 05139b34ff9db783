//! Holes in the heap, made on purpose.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use std::hint::black_box;

use super::{LARGE, fill_holes};
use crate::testing::wasm_tests;

wasm_tests! {
    fn small_holes_are_not_used_again() {
        // Every second block is given back.
        let blocks: Vec<Box<[u8; 200]>> = (0..500).map(|_| Box::new(black_box([1; 200]))).collect();
        let holes: Vec<usize> = blocks.iter().skip(1).step_by(2).map(|block| place(block)).collect();
        let kept: Vec<_> = blocks.into_iter().step_by(2).collect();
        fill_holes();
        let later: Vec<Box<[u8; 200]>> = (0..100).map(|_| Box::new(black_box([2; 200]))).collect();
        let places: Vec<usize> = later.iter().map(|block| place(block)).collect();
        assert!(places.iter().all(|place| !holes.contains(place)), "{places:?} {holes:?}");
        let (low, high) = (places.iter().min().unwrap(), places.iter().max().unwrap());
        assert!(high - low < LARGE, "{places:?}");
        assert!(kept.iter().all(|block| **block == [1; 200]));
    }
}

fn place(block: &[u8; 200]) -> usize {
    block.as_ptr() as usize
}
