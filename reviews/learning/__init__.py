"""A project's own model, fitted on what its moderators decided."""

from reviews.learning.rulings import Rulings, rulings_of
from reviews.learning.training import FEWEST, Trained, refuse_other_model, train

__all__ = ["FEWEST", "Rulings", "Trained", "refuse_other_model", "rulings_of", "train"]
