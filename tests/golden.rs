//! Values that decide a result or reach a disk, of two short articles: whatever changes one of them
//! changes what is found, and makes worthless what was stored before. (Others stand beside the code,
//! in `hash.rs` and `math.rs`.)
//!
//! Where nothing else is said they were made by `tests/golden/values.py`, which follows the
//! documentation, takes XXH3 from its reference implementation, and shares no code with the program.
#![allow(clippy::unwrap_used, reason = "a test may fail anywhere")]

use retold::article::Article;
use retold::config::{NEAR_RECALL, NEAR_SIMILARITY};
use retold::hash::{hash_word, hash64};
use retold::lsh::near::Bands;
use retold::lsh::story::Keys;
use retold::minhash::near::signature;
use retold::pipeline::compare;
use retold::score::near::Overlap;
use retold::score::story::Profiles;
use retold::shingle::frequency::BACKGROUND;
use retold::shingle::near::shingles;
use retold::shingle::story::terms;
use retold::store::{Column, Store, StoreError};
use retold::text::{Marks, Reading, Tokens};
use std::path::Path;

const TITLE: &str = "Harbour bridge";

/// With what folding has to undo: marks, ligatures, fractions, a sigma that ends a word, a hyphen
/// that nobody sees; and a word of more than 16 bytes.
const FIRST: &str = "The old harbour bridge at Ørsund reopened on Monday after 1,500 days. \
    «Мост стал шире», said Łucja O'Hara.\n港口大桥通车。पुल २०२६ में खुला।\n\
    فُتِح الجسر: 3.5 km № ½ ﬁnally ΟΔΟΣ Donau\u{AD}dampfschifffahrt";

const SECOND: &str = "On Monday the old harbour bridge at Ørsund reopened after 1500 days\n\
    港口大桥通车。Łucja O’Hara laughed at Zbigniew Wróblewski";

/// The words of the title and of the first text: folded, the kept half of the hash, and marks
/// (1 number, 2 solid, 4 capital, 8 opens a sentence, 16 a passage).
const WORDS: [(&str, u32, u8); 41] = [
    ("harbour", 0xFBC9_7F63, 28),
    ("bridge", 0xC2A8_3BDB, 0),
    ("the", 0x8CE4_9688, 28),
    ("old", 0x8B60_354C, 0),
    ("harbour", 0xFBC9_7F63, 0),
    ("bridge", 0xC2A8_3BDB, 0),
    ("at", 0x992F_2868, 0),
    ("ørsund", 0x8623_3124, 4),
    ("reopened", 0xAFE1_73D3, 0),
    ("on", 0x4E4F_9E53, 0),
    ("monday", 0x4335_D0B2, 4),
    ("after", 0x5F9B_1658, 0),
    ("1500", 0x4C4_D63B, 1),
    ("days", 0x79CA_DC83, 0),
    ("мост", 0x7C0A_F991, 28),
    ("стал", 0x5415_2CDE, 0),
    ("шире", 0x1DB5_0C01, 0),
    ("said", 0x22B1_F6E2, 0),
    ("łucja", 0x512F_863B, 4),
    ("o", 0x21D8_9DC6, 4),
    ("hara", 0x3AD8_05E0, 4),
    ("港", 0x7D3C_1632, 26),
    ("口", 0xC7F6_BB73, 2),
    ("大", 0xECC6_78ED, 2),
    ("桥", 0x3362_65D1, 2),
    ("通", 0xCDE7_9261, 2),
    ("车", 0x59D0_6B53, 2),
    ("पुल", 0x4C42_A473, 24),
    ("२०२६", 0x6E16_2A5D, 1),
    ("में", 0x2055_47EB, 0),
    ("खुला", 0xB92E_D7AF, 0),
    ("فتح", 0xE7CE_EF1D, 24),
    ("الجسر", 0xC9FB_E0FD, 0),
    ("3.5", 0x69BB_7816, 9),
    ("km", 0xF767_5BAA, 0),
    ("no", 0xBF09_91BB, 4),
    ("1", 0x3A57_C197, 1),
    ("2", 0x6254_945F, 1),
    ("finally", 0x13E4_656E, 0),
    ("οδοσ", 0x4E9_E863, 4),
    ("donaudampfschifffahrt", 0x8F66_5742, 4),
];

/// Title and text as they are kept.
fn list(title: &str, text: &str) -> Vec<u32> {
    let mut list = Vec::new();
    Tokens::write(&Reading::of(title), &Reading::of(text), &mut list);
    list
}

/// Many numbers as one, and how many there are.
fn of_all(numbers: impl Iterator<Item = u64>) -> (usize, u64) {
    let bytes: Vec<u8> = numbers.flat_map(u64::to_le_bytes).collect();
    (bytes.len() / 8, hash64(&bytes, 0))
}

/// One length for each of the ways that XXH3 goes; the seed is the length.
#[test]
fn xxh3_is_that_of_its_authors() {
    let data: Vec<u8> = (0..1000_u32).map(|at| (at * 37 % 251) as u8).collect();
    for (length, expected) in [
        (0, 0x2D06_8005_38D3_94C2),
        (1, 0x5EAA_C1F7_B17E_F730),
        (3, 0xEA13_FCF2_7879_5440),
        (4, 0x731B_6666_86EE_7D05),
        (8, 0xB823_1920_D840_F6D8),
        (9, 0x5BB1_4236_C84C_C36F),
        (16, 0x343E_1ED8_5F0B_4DE3),
        (17, 0x68F6_27FC_F161_0571),
        (128, 0x8AAE_7AA5_16C3_25F0),
        (129, 0xB242_3F72_DB23_8DF2),
        (240, 0x8349_5A93_E95E_43FC),
        (241, 0xD585_B789_9D2B_793D),
        (1000, 0x2079_DD61_AF67_81BE),
    ] {
        assert_eq!(hash64(&data[..length], length as u64), expected, "{length}");
    }
}

#[test]
fn words_stay_as_they_are() {
    let list = list(TITLE, FIRST);
    let tokens = Tokens::of(&list);
    assert_eq!((tokens.title(), tokens.text()), (0..2, 2..WORDS.len()));
    let bits = [
        (Marks::NUMBER, 1),
        (Marks::SOLID, 2),
        (Marks::CAPITAL, 4),
        (Marks::OPENS_SENTENCE, 8),
        (Marks::OPENS_PASSAGE, 16),
    ];
    for (token, (word, hash, marks)) in tokens.range(0..tokens.len()).zip(WORDS) {
        let found = bits.iter().filter(|(mark, _)| token.marks.has(*mark)).map(|(_, bit)| bit);
        assert_eq!((token.hash, found.sum::<u8>()), (hash, marks), "{word}");
        assert_eq!((hash_word(word.as_bytes()) >> 32) as u32, hash, "{word}");
    }
}

#[test]
fn digests_stay_as_they_are() {
    let digests = [FIRST, SECOND].map(|text| Reading::of(text).digest());
    assert_eq!(
        digests,
        [0x4EF_29F5_0615_E075_245F_E75E_E798_E338, 0xB315_23FB_D757_4DC7_2ACC_6833_A3A9_31D0]
    );
}

#[test]
fn shingles_signature_and_bands_stay_as_they_are() {
    let lists = [FIRST, SECOND].map(Tokens::list_of);
    let [first, second] = [0, 1].map(|at| shingles(Tokens::of(&lists[at])));
    assert_eq!(
        (first[0], of_all(first.iter().copied())),
        (0x6DB_6367_B6A0_FC70, (37, 0x3DFB_B435_3AB8_F838))
    );
    let overlap = Overlap { shared: 9, smaller: 23, larger: 37 };
    assert_eq!(Overlap::of(&first, &second), overlap);

    // Most minima of so short a text are borrowed.
    let signature = signature(first).unwrap();
    assert_eq!(signature[..4], [64624, 64624, 55485, 38843]);
    assert_eq!(of_all(signature.map(u64::from).into_iter()), (64, 0x503A_512A_6D04_B51C));
    let bands = Bands::for_recall(NEAR_SIMILARITY, NEAR_RECALL);
    let keys = [0, 1, bands.bands - 1].map(|band| bands.key(band, &signature));
    assert_eq!(
        (bands, keys),
        (Bands { bands: 32, rows: 2 }, [0x8804_1F8D, 0x39E8_F226, 0xD137_1F73])
    );
}

#[test]
fn terms_stay_as_they_are() {
    let list = list(TITLE, FIRST);
    let terms = terms(Tokens::of(&list));
    let each = terms.iter().map(|term| {
        u64::from(term.hash) << 32 | u64::from(term.count) << 8 | u64::from(term.marks.bits())
    });
    assert_eq!(of_all(each), (38, 0x3E85_6419_E85E_DF32));
}

/// Of each article the six weightiest terms that the other holds as well: their numbers and weights.
#[test]
fn story_keys_stay_as_they_are() {
    let store = Store::new(1 << 20, Path::new("."));
    let mut texts = Column::new(&store, 1 << 20);
    texts.push(&list(TITLE, FIRST)).unwrap();
    texts.push(&list("", SECOND)).unwrap();
    let days = |range: std::ops::Range<usize>| Ok(vec![None; range.len()]);
    let tell = &mut |_| Ok::<_, StoreError>(());
    let made = Profiles::new(&texts, &[0, 1], &days, 6, &store, tell).unwrap();
    let keys = |article| Keys::of(&made.keys.get(article).unwrap()).iter().collect::<Vec<_>>();
    assert_eq!(keys(0), [(0, 6842), (1, 6842), (2, 6842), (4, 6842), (8, 6842), (19, 9213)]);
    assert_eq!(keys(1), [(0, 8993), (1, 8993), (2, 8993), (4, 8993), (8, 8993), (12, 8993)]);
    // How common a word is enters the weights.
    let share = |word: &str| BACKGROUND.share((hash_word(word.as_bytes()) >> 32) as u32);
    assert!((share("the").unwrap() - 0.0340783666457893).abs() < 1e-15);
    assert_eq!(share("ørsund"), None);
}

/// Those of the script are as near as its logarithms are to ours.
#[test]
fn scores_stay_as_they_are() {
    let first = Article { title: Some(TITLE.to_owned()), ..Article::new("a", FIRST) };
    let compared = compare(&first, &Article::new("b", SECOND)).unwrap();
    assert_eq!(compared.overlap.score(), 9.0 / 51.0);
    assert!((compared.story - 0.848_740_008_685_820_7).abs() < 1e-12);
    assert_eq!(compared.story.to_bits(), 0x3FEB_28E0_CE83_9867);
}
