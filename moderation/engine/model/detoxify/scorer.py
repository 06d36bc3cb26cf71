"""Detoxify as a scorer: loaded in the background, batched across checks, never waited for long."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from moderation.engine.model.batching import Batcher
from moderation.engine.model.detoxify.folder import read_description
from moderation.engine.model.detoxify.network import Network, NetworkError
from moderation.engine.model.scorer import (
    NEVER,
    Levels,
    ModelUnavailableError,
    ScorerInput,
    Scores,
    State,
)
from moderation.engine.text.fold import without_surrogates

logger = logging.getLogger(__name__)

NAMES = ("original", "unbiased", "multilingual")
#: What each was trained on, by its own description.
LANGUAGES = {
    "original": ["en"],
    "unbiased": ["en"],
    "multilingual": ["en", "es", "fr", "it", "pt", "ru", "tr"],
}
#: A batch of the longest texts takes seconds; one that takes longer will not come back.
HUNG_SECONDS = 30.0
#: How often a check that waits looks whether it still does well to.
LOOK_AGAIN_SECONDS = 0.02
#: So many batches that fail one after another are not the fault of one text.
BROKEN_FAILURES = 3
#: Detoxify's usual "toxic", and where the service before this one began to call it medium.
LEVELS = Levels(warn=0.5, flag=0.7, block=0.95)


class TextNetwork(Protocol):
    """What scores texts in a batch."""

    def score(self, texts: Sequence[str], /) -> list[dict[str, float]]:
        """Return each text's probabilities by Detoxify's labels."""


class Detoxify:
    """The scorer of TOXICITY_MODEL=detoxify:…"""

    name = "Detoxify"
    levels = LEVELS
    #: It knows nothing of spam, so these are never reached.
    spam_levels = LEVELS
    may = "block"

    def __init__(self, load: Callable[[], TextNetwork]) -> None:
        """Begin to load; `load` raises NetworkError where there is nothing to load."""
        self._load = load
        self._loaded = threading.Event()
        self._batcher: Batcher[Scores] | None = None
        self._network: TextNetwork | None = None
        self._failures = 0
        threading.Thread(target=self._begin, name="detoxify", daemon=True).start()

    @property
    def state(self) -> State:
        if not self._loaded.is_set():
            return State.LOADING
        if self._batcher is None or self._failures >= BROKEN_FAILURES:
            return State.UNAVAILABLE
        is_hung = self._batcher.busy_seconds() > HUNG_SECONDS
        return State.UNAVAILABLE if is_hung else State.READY

    def wait_until_loaded(self) -> None:
        """Return once it is known whether the model can be used."""
        self._loaded.wait()

    def score(self, seen: ScorerInput, wait: float) -> Scores:
        if self._batcher is None:
            raise ModelUnavailableError("the model is not loaded")
        future = self._batcher.submit(without_surrogates(seen.text), wait)
        if future is None:
            raise ModelUnavailableError("too many texts wait for the model")
        return _answer(future, self._batcher)

    def _begin(self) -> None:
        try:
            self._network = self._load()
            # The first batch sets up what later ones find there.
            self._network.score(["Good morning"])
            self._batcher = Batcher(self._scores)
            logger.info("Detoxify is ready")
        except NetworkError as error:
            logger.warning("Checks go on without Detoxify: %s", error)
        except Exception:
            logger.exception("Checks go on without Detoxify, which could not be loaded")
        finally:
            self._loaded.set()

    def _scores(self, texts: Sequence[str]) -> list[Scores]:
        assert self._network
        try:
            labels = self._network.score(texts)
        except Exception:
            self._failures += 1
            logger.exception("Detoxify failed", extra={"texts": len(texts)})
            raise
        self._failures = 0
        return [Scores(found) for found in labels]


def _answer(future: Future[Scores], batcher: Batcher[Scores]) -> Scores:
    # A check that can no longer be answered in time would hold up those after it in vain.
    while (
        not future.done() and (rest := batcher.worth_waiting_until(future) - time.monotonic()) > 0
    ):
        futures.wait([future], timeout=min(rest, LOOK_AGAIN_SECONDS))
    if not future.done():
        raise ModelUnavailableError("the model has not answered yet", late=future)
    try:
        return future.result()
    except CancelledError:
        raise ModelUnavailableError("too many texts wait for the model") from None
    except Exception as error:
        raise ModelUnavailableError("the model failed on this text") from error


def detoxify(name: str, checkpoint: str, config_dir: str) -> Detoxify:
    """Return the scorer of one of NAMES.

    checkpoint: a file in Detoxify's format, or a folder that `export_detoxify` wrote; empty: the
    hub's cache. config_dir: the base's configuration and tokenizer; empty: the hub's cache.
    """
    return Detoxify(lambda: load_network(name, _path(checkpoint), _path(config_dir)))


class FolderModel(Detoxify):
    """The scorer of TOXICITY_MODEL=onnx:FOLDER, on the same path as Detoxify."""

    def __init__(self, folder: Path) -> None:
        """Begin to load. Raises NetworkError if the folder's description is wrong."""
        about = read_description(folder)
        self.name = about.name
        self.levels = about.levels
        self.may = "flag" if about.levels.block >= NEVER else "block"
        self.folder = folder
        super().__init__(self._read)

    def _read(self) -> TextNetwork:
        with told_what_is_missing():
            from moderation.engine.model.detoxify.onnx_model import load_folder  # noqa: PLC0415

            return load_folder(self.folder)


def load_network(name: str, checkpoint: Path | None, config_dir: Path | None) -> Network:
    """Return the network, from this machine's disk alone. Raises NetworkError."""
    if checkpoint and not checkpoint.exists():
        raise NetworkError(f"DETOXIFY_CHECKPOINT names nothing: there is no {checkpoint}.")
    with told_what_is_missing():
        if checkpoint and checkpoint.is_dir():
            from moderation.engine.model.detoxify.exported import load_exported  # noqa: PLC0415

            return load_exported(checkpoint)
        from moderation.engine.model.detoxify.transformer import load  # noqa: PLC0415

        return load(name, checkpoint, config_dir)


@contextmanager
def told_what_is_missing() -> Iterator[None]:
    """Turn the import of a missing package of requirements-ml.txt into a NetworkError."""
    try:
        yield
    except ImportError as error:
        raise NetworkError(
            f"The package {error.name} is missing: pip install -r requirements-ml.txt."
        ) from error


def _path(text: str) -> Path | None:
    return Path(text) if text else None
