//! Random bytes. Used by the hellos, tickets, and whatever must not be guessed.

use crate::error::{Error, Result};

/// Fills `out`; an error is `internal_error`.
pub fn fill(out: &mut [u8]) -> Result<()> {
    #[cfg(fuzzing)]
    if super::unprotected::is_on() {
        super::unprotected::fill(out);
        return Ok(());
    }
    aws_lc_rs::rand::fill(out).map_err(|_| Error::internal())
}

/// `N` random bytes.
pub fn array<const N: usize>() -> Result<[u8; N]> {
    let mut out = [0; N];
    fill(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_arrays_differ() {
        assert_ne!(array::<32>().unwrap(), array::<32>().unwrap());
    }
}
