"""Where the bundled model warns, flags and excuses, as chosen on held-out folds."""

#: Which texts stand for what a chat sees when logits are turned into probabilities.
CALIBRATION_WEIGHTS = {
    "toxicity": {"surge_toxicity": 1.0, "joined": 0.15},
    "spam": {"sms_spam": 1.0, "youtube_spam": 1.0, "surge_toxicity": 1.0, "clean_sentences": 0.2},
}
#: Warn, flag, excuse, and warn for a few words of which none is listed.
LEVELS = (0.75, 0.92, 0.5, 0.9)
SPAM_LEVELS = (0.5, 0.9, 0.0, 0.8)
