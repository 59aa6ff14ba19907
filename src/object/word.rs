//! Small values that one thread sets and others may read.

use core::{
    marker::PhantomData,
    sync::atomic::{AtomicI64, Ordering},
};

use super::ssl::Waiting;
use crate::record::Side;

/// A value that fits into a number.
pub trait Word: Copy {
    /// The number.
    fn to_number(self) -> i64;
    /// The value of this number, which [`Self::to_number`] gave.
    fn of_number(number: i64) -> Self;
}

/// A cell that threads may share. What it holds says nothing of other memory.
pub struct WordCell<T: Word> {
    number: AtomicI64,
    kind: PhantomData<fn() -> T>,
}

impl<T: Word> WordCell<T> {
    /// Holds `value`.
    pub fn new(value: T) -> Self {
        Self { number: AtomicI64::new(value.to_number()), kind: PhantomData }
    }

    /// What it holds.
    pub fn get(&self) -> T {
        T::of_number(self.number.load(Ordering::Relaxed))
    }

    /// Replaces what it holds.
    pub fn set(&self, value: T) {
        self.number.store(value.to_number(), Ordering::Relaxed);
    }

    /// Replaces what it holds, for the one thread that sets it; gives what that was.
    pub fn replace(&self, value: T) -> T {
        let before = self.get();
        self.set(value);
        before
    }
}

impl Word for i64 {
    fn to_number(self) -> i64 {
        self
    }

    fn of_number(number: i64) -> Self {
        number
    }
}

impl Word for i32 {
    fn to_number(self) -> i64 {
        self.into()
    }

    #[allow(clippy::cast_possible_truncation)]
    fn of_number(number: i64) -> Self {
        number as Self
    }
}

impl Word for bool {
    fn to_number(self) -> i64 {
        self.into()
    }

    fn of_number(number: i64) -> Self {
        number != 0
    }
}

impl Word for Side {
    fn to_number(self) -> i64 {
        (self == Self::Server).into()
    }

    fn of_number(number: i64) -> Self {
        if bool::of_number(number) { Self::Server } else { Self::Client }
    }
}

impl Word for Waiting {
    fn to_number(self) -> i64 {
        self as i64
    }

    fn of_number(number: i64) -> Self {
        Self::ALL.into_iter().find(|waiting| *waiting as i64 == number).unwrap_or(Self::Nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survives<T: Word + PartialEq + core::fmt::Debug>(value: T, other: T) {
        let cell = WordCell::new(other);
        assert_eq!(cell.replace(value), other);
        assert_eq!(cell.get(), value);
    }

    #[test]
    fn values_survive() {
        survives(-1_i64, i64::MAX);
        survives(-1_i32, i32::MIN);
        survives(true, false);
        survives(Side::Server, Side::Client);
        for waiting in Waiting::ALL {
            survives(waiting, Waiting::Nothing);
        }
    }
}
