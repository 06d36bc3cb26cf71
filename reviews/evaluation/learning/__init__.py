"""A project's own model, fitted on what its moderators decided."""

from reviews.evaluation.learning.training import FEWEST, Trained, refuse_other_model, train
from reviews.evaluation.learning.training_set import TrainingSet, training_set_of

__all__ = ["FEWEST", "Trained", "TrainingSet", "refuse_other_model", "train", "training_set_of"]
