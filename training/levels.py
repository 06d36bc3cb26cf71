"""Where the bundled model warns, flags and lowers; chosen on texts that it has not seen."""

from moderation.engine.model.scorer import Levels

#: Which texts stand for what a chat sees when logits are turned into probabilities. Half of
#: surge_toxicity is toxic, of what people write far less: the other two bring the share down.
CALIBRATION_WEIGHTS = {
    "toxicity": {"surge_toxicity": 1.0, "convabuse": 0.3, "sms_spam": 0.1},
    "spam": {"sms_spam": 1.0, "youtube_spam": 1.0, "surge_toxicity": 1.0, "clean_sentences": 0.2},
}
LEVELS = Levels(warn=0.8, flag=0.86, lower=0.57, hate=0.65)
SPAM_LEVELS = Levels(warn=0.68, flag=0.75)
