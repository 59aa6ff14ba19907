//! Client and server joined in memory.
