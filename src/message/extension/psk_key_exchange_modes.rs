//! `psk_key_exchange_modes` (RFC 8446 §4.2.9).

use super::{non_empty, parse_data};
use crate::{
    error::Result,
    wire::{PskKeyExchangeMode, Writer},
};

/// The modes; at least one.
pub fn read(data: &[u8]) -> Result<Vec<PskKeyExchangeMode>> {
    parse_data(data, |reader| {
        Ok(non_empty(reader.vec8()?)?.iter().map(|mode| PskKeyExchangeMode(*mode)).collect())
    })
}

/// Writes the modes.
pub fn write(writer: &mut Writer, modes: &[PskKeyExchangeMode]) {
    writer.vec8(|list| modes.iter().for_each(|mode| list.u8(mode.0)));
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn modes_survive_a_round_trip() {
        let modes = [PskKeyExchangeMode::PSK_DHE_KE, PskKeyExchangeMode(0x0b)];
        let data = written(|writer| write(writer, &modes));
        assert_eq!(read(&data).as_deref(), Ok(&modes[..]));
        assert_strict(&data, read);
    }

    #[test]
    fn empty_list_is_refused() {
        assert_eq!(read(&[0]), Err(malformed()));
    }
}
