"""Articles for the tests, of our own sentences."""

from __future__ import annotations

import random

FIRE = (
    "A fire in the old cannery at Port Halvard killed two night watchmen on Sunday, police chief "
    "Marit Solberg said. The roof fell in before the engines had crossed the Varn bridge."
)
FIRE_SHOUTED = FIRE.upper().replace(" ", "  ")
FIRE_TRIMMED = FIRE.removesuffix(" before the engines had crossed the Varn bridge.") + "."
FIRE_RETOLD = (
    "Two guards died when flames swept the Halvard cannery, according to police chief Solberg. "
    "Fire engines were held up at the Varn bridge, and came too late to save the roof."
)
POOL = (
    "The council of Port Halvard decided by nine votes to build a swimming hall beside the school. "
    "It will have six lanes and a sauna, and open in four years."
)
STORIES = [FIRE, POOL, FIRE_RETOLD, FIRE_SHOUTED, FIRE_TRIMMED]

_SYLLABLES = ["ba", "do", "fen", "gri", "hul", "ko", "lam", "mer", "nos", "pir", "ta", "vel", "zor"]


def many(articles: int, words: int = 120) -> list[str]:
    """Articles of made-up words, every third one an edited copy of the one before."""
    chance = random.Random(7)
    common = ["".join(chance.choices(_SYLLABLES, k=2)) for _ in range(150)]
    rare = ["".join(chance.choices(_SYLLABLES, k=4)).capitalize() for _ in range(20_000)]
    texts: list[str] = []
    for number in range(articles):
        if number % 3 == 2:
            texts.append("Updated. " + texts[-1] + " More follows.")
        else:
            own = chance.choices(rare, k=8)
            texts.append(
                " ".join(
                    chance.choice(own if chance.random() < 0.2 else common) for _ in range(words)
                )
            )
    return texts


def enough() -> list[str]:
    """Articles that keep even a quick machine busy for half a second and more."""
    texts = many(8_000)
    return [f"Edition {edition}. {text}" for edition in range(8) for text in texts]
