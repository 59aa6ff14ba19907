//! (see the house map in lib.rs)
