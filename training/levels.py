"""Where the bundled model warns, flags and excuses, and what moves its probabilities.

Chosen on held-out folds, and where it says so with the development half of wiki_toxicity in sight.
"""

from moderation.engine.bundled import Offsets
from moderation.engine.toxicity import Levels

#: Which texts stand for what a chat sees when logits are turned into probabilities.
CALIBRATION_WEIGHTS = {
    "toxicity": {"surge_toxicity": 1.0},
    "spam": {"sms_spam": 1.0, "youtube_spam": 1.0, "surge_toxicity": 1.0, "clean_sentences": 0.2},
}
#: Of long texts and of discussions fewer are toxic, and of what one shouts more. Round numbers,
#: chosen with wiki_toxicity in sight; slope and shift are fitted beside them, without it.
OFFSETS = Offsets(length=-1.2, stretch=0.4, thread=-1.0, colon=-1.0, capitals=1.5)
#: Half of surge_toxicity is toxic, of what people write less is.
SHIFT = -0.15
#: Of coarse words in a line the model alone decides: it excuses them wherever it does not warn.
LEVELS = Levels(
    warn=0.865, flag=0.98, excuse=0.87, few_words=0.975, many_words=0.31, excuse_mild=0.5
)
SPAM_LEVELS = Levels(warn=0.5, flag=0.9, few_words=0.8)
