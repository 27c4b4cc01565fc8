//! Ids as AWS makes them: always the same for the same thing.

/// The id of a thing by the prefix of its kind and its name in the lab.
pub fn id(kind: &str, name: &str) -> String {
    format!("{kind}-0{:016x}", number(&format!("{kind} {name}")))
}

/// An id of eight digits, as old ones and prefix lists have.
pub fn short(kind: &str, name: &str) -> String {
    format!("{kind}-{:08x}", number(&format!("{kind} {name}")) >> 32)
}

fn number(name: &str) -> u64 {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // The last letters of a name reach every digit.
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}
