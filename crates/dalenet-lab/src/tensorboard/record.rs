//! The framing of an event file: each record is its length, data, and a checksum of each.

/// Bytes of a record beside its data.
const FRAME: usize = 16;

/// A record with this data.
pub fn framed(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let mut record = Vec::with_capacity(data.len() + FRAME);
    record.extend(length);
    record.extend(masked_crc(&length));
    record.extend(data);
    record.extend(masked_crc(data));
    record
}

/// The data of the first record and the bytes after it; `None` if it is cut or damaged.
pub fn first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(8)?;
    let (checksum, rest) = rest.split_at_checked(4)?;
    if checksum != masked_crc(length) {
        return None;
    }
    let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
    let (data, rest) = rest.split_at_checked(length)?;
    let (checksum, rest) = rest.split_at_checked(4)?;
    (checksum == masked_crc(data)).then_some((data, rest))
}

/// The checksum of a TFRecord: a rotated and shifted CRC-32C.
fn masked_crc(data: &[u8]) -> [u8; 4] {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_or_damaged_record_is_none() {
        let record = framed(b"event");
        let more = [&record[..], b"rest"].concat();
        assert_eq!(first(&more), Some((&b"event"[..], &b"rest"[..])));
        for length in 0..record.len() {
            assert_eq!(first(&record[..length]), None, "{length}");
        }
        for at in 0..record.len() {
            let mut damaged = record.clone();
            damaged[at] ^= 1;
            assert_eq!(first(&damaged), None, "{at}");
        }
    }
}
