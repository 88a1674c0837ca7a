//! An allocator that counts, so that a target can say what an input made it ask for.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn took(bytes: usize) {
    let held = HELD.fetch_add(bytes, Relaxed) + bytes;
    if held > MOST.load(Relaxed) {
        MOST.fetch_max(held, Relaxed);
    }
}

// SAFETY: every call goes to the system's allocator as it came; counting allocates
// nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may be held for a moment.
        took(size);
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes held at once while something runs, beyond those held before.
pub(crate) fn most_during<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.load(Relaxed);
    MOST.store(before, Relaxed);
    let out = run();
    (out, MOST.load(Relaxed).saturating_sub(before))
}

#[test]
fn what_is_held_is_counted_and_what_is_let_go_is_not() {
    let _alone = crate::harness::alone();
    let ((), most) = most_during(|| {
        for _ in 0..4 {
            drop(std::hint::black_box(vec![1_u8; 1 << 20]));
        }
    });
    // Other threads of the harness let go of a little meanwhile.
    let little = 1 << 16;
    assert!(((1 << 20) - little..(3 << 20)).contains(&most), "{most}");
    let ((), most) = most_during(|| {
        let parts: Vec<Vec<u8>> = (0..4).map(|_| vec![1_u8; 1 << 20]).collect();
        std::hint::black_box(parts);
    });
    assert!(((4 << 20) - little..(6 << 20)).contains(&most), "{most}");
}
