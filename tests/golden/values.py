"""Prints the values that tests/golden.rs pins, from what the documentation of the code says of them.

    pip install -r tests/golden/requirements.txt && python tests/golden/values.py

The words of both articles are listed by hand. Only XXH3 and the table of word frequencies are not
made here.
"""

import math
import pathlib
from collections import Counter

import xxhash

NUMBER, SOLID, CAPITAL, SENTENCE, PASSAGE = 1, 2, 4, 8, 16
OPENS = SENTENCE | PASSAGE

# Folded words and their marks: of a title, and of a text.
TITLE = [("harbour", CAPITAL | OPENS), ("bridge", 0)]
FIRST = [
    ("the", CAPITAL | OPENS), ("old", 0), ("harbour", 0), ("bridge", 0), ("at", 0), ("ørsund", CAPITAL),
    ("reopened", 0), ("on", 0), ("monday", CAPITAL), ("after", 0), ("1500", NUMBER), ("days", 0),
    ("мост", CAPITAL | OPENS), ("стал", 0), ("шире", 0), ("said", 0), ("łucja", CAPITAL), ("o", CAPITAL),
    ("hara", CAPITAL),
    ("港", OPENS | SOLID), ("口", SOLID), ("大", SOLID), ("桥", SOLID), ("通", SOLID), ("车", SOLID),
    ("पुल", OPENS), ("२०२६", NUMBER), ("में", 0), ("खुला", 0),
    ("فتح", OPENS), ("الجسر", 0), ("3.5", NUMBER | SENTENCE), ("km", 0), ("no", CAPITAL), ("1", NUMBER), ("2", NUMBER),
    ("finally", 0), ("οδοσ", CAPITAL), ("donaudampfschifffahrt", CAPITAL),
]
SECOND = [
    ("on", CAPITAL | OPENS), ("monday", CAPITAL), ("the", 0), ("old", 0), ("harbour", 0), ("bridge", 0), ("at", 0),
    ("ørsund", CAPITAL), ("reopened", 0), ("after", 0), ("1500", NUMBER), ("days", 0),
    ("港", OPENS | SOLID), ("口", SOLID), ("大", SOLID), ("桥", SOLID), ("通", SOLID), ("车", SOLID),
    ("łucja", CAPITAL | OPENS), ("o", CAPITAL), ("hara", CAPITAL), ("laughed", 0), ("at", 0), ("zbigniew", CAPITAL),
    ("wróblewski", CAPITAL),
]

ALL = 2**64 - 1
PI = [0x082EFA98EC4E6C89, 0xC0AC29B7C97C50DD, 0x452821E638D01377, 0x3F84D5B5B5470917]


def little(number, size):
    return number.to_bytes(size, "little")


def xxh3(data, seed=0):
    return xxhash.xxh3_64_intdigest(data, seed)


def of_all(numbers, size):
    """Many numbers as one."""
    return xxh3(b"".join(little(number, size) for number in numbers))


def folded_product(a, b):
    low_and_high = divmod(a * b, 2**64)
    return low_and_high[0] ^ low_and_high[1]


def hash_word(data):
    if len(data) > 16:
        return xxh3(data)
    data = data.ljust(16, b"\0")
    first, second = int.from_bytes(data[:8], "little"), int.from_bytes(data[8:], "little")
    return folded_product(folded_product(first ^ PI[0], second ^ PI[1]) ^ PI[2], PI[3])


def mix(value):
    value = (value + 0x9E3779B97F4A7C15) & ALL
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & ALL
    value = (value ^ value >> 27) * 0x94D049BB133111EB & ALL
    return value ^ value >> 31


def follow(before, following):
    return (before * 6364136223846793005 + following) & ALL


def rotated(value, by):
    return (value << by | value >> 64 - by) & ALL


def digest(words):
    high, low = PI[0], PI[1]
    for word, _ in words:
        hash_of = hash_word(word.encode())
        high = rotated(high ^ hash_of, 29) * PI[2] & ALL
        low = (rotated(low, 37) ^ hash_of) * PI[3] & ALL
    return mix(high) << 64 | mix(low)


def kept(word):
    """What is kept of a word's hash."""
    return hash_word(word.encode()) >> 32


def shingles(words):
    """Hashes of three words, or five characters, or of what takes as much room."""
    found = set()
    for first in range(len(words)):
        room, data = 0, b""
        for word, marks in words[first:]:
            room += 3 if marks & SOLID else 5
            data += little(kept(word), 4)
            if room >= 15:
                found.add(hash_word(data))
                break
    return sorted(found)


def signature(shingles, bins=64):
    least = {}
    for shingle in shingles:
        place = shingle * bins >> 64
        least[place] = min(least.get(place, ALL), shingle % 2**32)

    def borrowed(place):
        attempt = 1
        while mix(place << 32 | attempt) % bins not in least:
            attempt += 1
        return least[mix(place << 32 | attempt) % bins]

    return [(least[place] if place in least else borrowed(place)) % 2**16 for place in range(bins)]


def band_key(signature, band, rows=2):
    value = band
    for minimum in signature[band * rows : (band + 1) * rows]:
        value = follow(value, minimum)
    return mix(value) >> 32


def terms(words):
    """Hash, count and marks of each term: lead 1, name 2, number 4, capital 8."""
    counts, marks_of = Counter(), Counter()
    for place, (word, marks) in enumerate(words):
        value = kept(word)
        if marks & SOLID:
            if place + 1 == len(words) or not words[place + 1][1] & SOLID:
                continue  # the last of a run; none here stands alone
            value = mix(follow(value, kept(words[place + 1][0]))) >> 32
        is_name = marks & CAPITAL and not marks & SENTENCE
        counts[value] += 1
        marks_of[value] |= 1 | 2 * bool(is_name) | 4 * bool(marks & NUMBER) | 8 * bool(marks & CAPITAL)
    return [(value, counts[value], marks_of[value]) for value in sorted(counts)]


def frequencies():
    """Share of each known term among words."""
    root = pathlib.Path(__file__).parents[2]
    data, shares, term, at = (root / "data/word-frequency/table.bin").read_bytes(), {}, 0, 0
    while at < len(data):
        shift = 0
        while True:
            byte, at = data[at], at + 1
            term += (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        shares[term], at = 2 ** (-data[at] / 8), at + 1
    return shares


def idf(share, articles, holders):
    rate = 300 * (share + 3e-6)
    everyday, own = -math.log(rate / (1 + rate)), math.log(articles / holders)
    return int((1000 * everyday + articles * own) / (1000 + articles) * 4096)


def profiles(corpus):
    """For each article the weight, the inverse document frequency and the marks of its terms."""
    shares, holders = frequencies(), Counter(term for article in corpus for term, _, _ in article)

    def profile(article):
        for term, count, marks in article:  # all are in the lead
            rarity = idf(shares.get(term, 0), len(corpus), holders[term])
            if rarity >= 4096:
                yield term, (int((2 + math.log(count)) * rarity / 4096 * 500), rarity, marks)

    return [dict(profile(article)) for article in corpus]


def keys(corpus, most):
    """The weightiest terms of each article that others hold as well: numbers and weights."""
    holders = Counter(term for article in corpus for term, _, _ in article)
    numbers = {term: at for at, term in enumerate(sorted(term for term in holders if holders[term] > 1))}
    found = []
    for profile in profiles(corpus):
        length = math.sqrt(sum(weight**2 for weight, _, _ in profile.values()))
        ranked = [(-int(profile[term][0] * (32768 / length)), numbers[term]) for term in profile if term in numbers]
        found.append(sorted((number, -weight) for weight, number in sorted(ranked)[:most]))
    return found


def story(corpus, shared, sizes):
    """Probability that two articles tell one story, both with enough names to go by."""
    a, b = profiles(corpus)

    def cosine(figure, mark=0):
        views = [{term: of[figure] for term, of in one.items() if of[2] & mark == mark} for one in (a, b)]
        product = sum(views[0][term] * views[1][term] for term in views[0].keys() & views[1].keys())
        return product / math.prod(math.sqrt(sum(of**2 for of in view.values())) for view in views)

    words, names, numbers, lead = cosine(0), cosine(1, 2), cosine(1, 4), cosine(1, 1)
    assert all(sum(of[1] for of in one.values() if of[2] & 2) > 20 * 4096 for one in (a, b))
    phrases = shared / math.sqrt(math.prod(sizes))
    alike = (words + 0.8 * names + 0.5 * lead + 0.6 * min(math.sqrt(phrases), words)) / (1 + 0.8 + 0.5 + 0.6)
    template = 0.7 * max(phrases - 0.2, 0) * (2 - names - numbers)
    density = 0.43 * (1 - 2 / (2 + 10))
    return 1 / (1 + math.exp(-20 * (alike - template - 0.6 * density - 0.16)))


def rust(number):
    return f"0x{number:_X}"


def main():
    data = bytes(at * 37 % 251 for at in range(1000))
    for length in [0, 1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1000]:
        print(f"XXH3: ({length}, {rust(xxh3(data[:length], length))}),")
    for word, marks in TITLE + FIRST:
        print(f'("{word}", {rust(kept(word))}, {marks}),')
    print(f"digests: {rust(digest(FIRST))}, {rust(digest(SECOND))}")
    of_first, of_second = shingles(FIRST), shingles(SECOND)
    print(f"shingles: {len(of_first)}, {rust(of_all(of_first, 8))}, from {rust(of_first[0])}")
    shared, sizes = len(set(of_first) & set(of_second)), (len(of_first), len(of_second))
    print(f"shared: {shared} of {sizes}")
    minima = signature(of_first)
    print(f"signature: {minima[:4]}..., {rust(of_all(minima, 8))}")
    print(f"keys of bands: {', '.join(rust(band_key(minima, band)) for band in (0, 1, 31))}")
    both = [terms(TITLE + FIRST), terms(SECOND)]
    packed = [term << 32 | count << 8 | marks for term, count, marks in both[0]]
    print(f"terms: {len(packed)}, {rust(of_all(packed, 8))}")
    print(f"keys: {keys(both, 6)}")
    print(f"story: {story(both, shared, sizes)}")
    print(f"share: {frequencies()[kept('the')]}")


main()
