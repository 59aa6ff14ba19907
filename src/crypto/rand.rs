//! Random bytes.

use crate::error::Result;

/// Fills `out`; an error is `internal_error`.
pub fn fill(out: &mut [u8]) -> Result<()> {
    todo!()
}

/// `N` random bytes.
pub fn array<const N: usize>() -> Result<[u8; N]> {
    let mut out = [0; N];
    fill(&mut out)?;
    Ok(out)
}
