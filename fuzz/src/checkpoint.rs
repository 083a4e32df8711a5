//! What a run saves for another.

use retold::hash::{HASH_VERSION, combine, hash64};
use retold::read::Tally;
use retold::store::{Found, Saved, Saving, Store};
use std::path::Path;

const SEAL: u128 = 0x5EA1;

/// What is saved comes out as it went in; of what is damaged, as the first bytes choose, nothing does;
/// and any bytes under good hashes are read or refused.
pub fn checkpoint(bytes: &[u8]) {
    let [place, change, bytes @ ..] = bytes else { return };
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("saved");
    let store = Store::new(usize::MAX, folder.path());

    let (kinds, lists) = bytes.split_at(bytes.len().min(4));
    let lists: Vec<&[u8]> =
        lists.chunks(1 + kinds.iter().map(|kind| usize::from(*kind)).sum::<usize>()).collect();
    let mut saving = Saving::new(&store, &path, SEAL).expect("a file can be written");
    lists.iter().for_each(|list| saving.list(list).expect("a file can be written"));
    saving.finish().expect("a file can be written");
    let mut saved = open(&store, &path).expect("what was written is whole");
    for list in &lists {
        assert_eq!(saved.list::<u8>().expect("a list for each"), *list);
    }
    assert!(saved.list::<u8>().is_err());

    let mut damaged = std::fs::read(&path).expect("it was written");
    let at = (usize::from(*place) * 0x0101 + bytes.len()) % damaged.len();
    if *change == 0 {
        damaged.truncate(at);
    } else {
        damaged[at] ^= change;
    }
    std::fs::write(&path, damaged).expect("a file can be written");
    assert!(open(&store, &path).is_none());

    std::fs::write(&path, in_blocks(bytes)).expect("a file can be written");
    let mut saved = open(&store, &path).expect("the hashes are right");
    for kind in kinds {
        let refused = match kind % 6 {
            0 => saved.list::<u8>().is_err(),
            1 => saved.list::<[u32; 8]>().is_err(),
            2 => saved.one::<u64>().is_err(),
            3 => saved.json::<Tally>().is_err(),
            4 => saved.rows::<[u16; 64]>(|_| Ok(())).is_err(),
            _ => saved.rows::<[u64; 2]>(|_| Ok(())).is_err(),
        };
        if refused {
            break;
        }
    }
}

fn open(store: &Store, path: &Path) -> Option<Saved> {
    match Saved::open(store, path, SEAL).expect("a file can be read") {
        Found::Whole(saved) => Some(saved),
        Found::Nothing | Found::Damaged => None,
    }
}

/// A file that holds some bytes, by the description of the format.
fn in_blocks(bytes: &[u8]) -> Vec<u8> {
    let version = 1_u32.to_le_bytes();
    let head =
        [&b"retold\r\n"[..], &version, &HASH_VERSION.to_le_bytes(), &SEAL.to_le_bytes()].concat();
    let mut file = head.clone();
    for (number, block) in (0..).zip(bytes.chunks(1000).chain([&[][..]])) {
        let check = combine(hash64(&head, number), hash64(block, number));
        file.extend_from_slice(&(block.len() as u32).to_le_bytes());
        file.extend_from_slice(&check.to_le_bytes());
        file.extend_from_slice(block);
    }
    file
}
