//! IDX, the format of MNIST's files: two zero bytes, a type, the number of dimensions, each
//! dimension as a big-endian 32-bit number, then the values.

/// Unsigned bytes, the only type of values these data sets use.
const UNSIGNED_BYTE: u8 = 8;

/// The dimensions of an IDX file of unsigned bytes, and its values.
///
/// The error reads on from the file's name and a colon.
pub(crate) fn decode(file: &[u8]) -> Result<(Vec<usize>, &[u8]), String> {
    let cut_short = || format!("the file ends after {} bytes, within its header", file.len());
    let (magic, rest) = file.split_first_chunk::<4>().ok_or_else(cut_short)?;
    let [0, 0, UNSIGNED_BYTE, rank] = *magic else {
        return Err(format!("it begins with {magic:?}, not with 0, 0, 8"));
    };
    let (header, values) = rest.split_at_checked(4 * usize::from(rank)).ok_or_else(cut_short)?;
    let dimensions: Vec<usize> = header
        .chunks_exact(4)
        .map(|d| u32::from_be_bytes([d[0], d[1], d[2], d[3]]) as usize)
        .collect();
    let expected = dimensions.iter().try_fold(1, |n: usize, &d| n.checked_mul(d));
    if expected != Some(values.len()) {
        return Err(format!(
            "its dimensions are {dimensions:?} but {} values follow",
            values.len()
        ));
    }
    Ok((dimensions, values))
}

#[cfg(test)]
mod tests {
    use super::decode;

    /// 2×3 bytes, by hand from the format's description.
    const FILE: [u8; 18] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 11, 12, 20, 21, 22];

    #[test]
    fn decodes_a_file_made_by_hand() {
        let (dimensions, values) = decode(&FILE).unwrap();
        assert_eq!(dimensions, [2, 3]);
        assert_eq!(values, [10, 11, 12, 20, 21, 22]);
    }

    #[test]
    fn a_file_cut_anywhere_is_an_error() {
        for length in 0..FILE.len() {
            assert!(decode(&FILE[..length]).is_err(), "cut to {length} bytes");
        }
    }

    #[test]
    fn a_changed_header_is_an_error() {
        for at in 0..12 {
            for change in 1..=255 {
                let mut file = FILE;
                file[at] ^= change;
                let swapped_away = decode(&file).is_err();
                assert!(swapped_away, "byte {at} changed by {change}");
            }
        }
    }

    #[test]
    fn dimensions_too_large_to_count_are_an_error() {
        let file = [[0, 0, 8, 4], [255; 4], [255; 4], [255; 4], [255; 4]].concat();
        assert!(decode(&file).is_err());
    }
}
