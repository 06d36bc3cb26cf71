"""Detoxify's networks computed by torch, from files on this machine alone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import transformers

from moderation.engine.model.detoxify.checkpoint import Checkpoint, read_checkpoint
from moderation.engine.model.detoxify.network import (
    Logits,
    Network,
    NetworkError,
    Tokens,
    one_line,
    prepared,
)

#: The checkpoint that Detoxify publishes for each name, as torch's hub keeps it.
PUBLISHED: Mapping[str, str] = {
    "original": "toxic_original-c1212f89.ckpt",
    "unbiased": "toxic_debiased-c7548aa0.ckpt",
    "multilingual": "multilingual_debiased-0b549669.ckpt",
}
#: The networks and tokenizers that Detoxify uses; a checkpoint may name no other.
MODELS = frozenset(
    f"{family}ForSequenceClassification" for family in ("Bert", "Roberta", "XLMRoberta", "Albert")
)
TOKENIZERS = frozenset(
    f"{family}Tokenizer{kind}"
    for family in ("Bert", "Roberta", "XLMRoberta", "Albert")
    for kind in ("", "Fast")
)
BASES = frozenset({"bert-base-uncased", "roberta-base", "xlm-roberta-base", "albert-base-v2"})
#: Tensors of older checkpoints that the libraries compute by themselves today.
COMPUTED = ("position_ids", "token_type_ids")


def load(name: str, checkpoint: Path | None, config_dir: Path | None) -> Network:
    """Return the network that computes by torch, with one thread.

    Without a checkpoint, the one of this name in the hub's cache; without a folder, the
    configuration and the tokenizer of its base in the hub's cache. Raises NetworkError.
    """
    network, model = load_model(name, checkpoint, config_dir)
    del model
    return network


def load_model(
    name: str, checkpoint: Path | None, config_dir: Path | None
) -> tuple[Network, torch.nn.Module]:
    """Return the network and the module that computes it. Raises NetworkError."""
    found = read_checkpoint(checkpoint or _cached(name))
    source = _source(found, config_dir)
    try:
        model = _model(found, source)
        tokenizer = _tokenizer(found, source, model.config)
    except (OSError, ValueError, RuntimeError) as error:
        reason = one_line(error)
        raise NetworkError(f"{found.model_name} cannot be built from {source}: {reason}") from error
    # Under load a second thread slows both: the checks need the other processors.
    torch.set_num_threads(1)
    return Network(found.classes, tokenizer, _forward(model)), model


def _cached(name: str) -> Path:
    path = Path(torch.hub.get_dir()) / "checkpoints" / PUBLISHED[name]
    if not path.is_file():
        raise NetworkError(
            f"The weights are missing: no {path}. Put them there or set DETOXIFY_CHECKPOINT."
        )
    return path


def _source(found: Checkpoint, config_dir: Path | None) -> str:
    """Return where configuration and tokenizer come from: a folder, or the base in the cache."""
    if found.model_name not in MODELS or found.tokenizer_name not in TOKENIZERS:
        raise NetworkError(
            f"The checkpoint asks for {found.model_name} with {found.tokenizer_name}, "
            "which Detoxify does not use."
        )
    if config_dir:
        if not config_dir.is_dir():
            raise NetworkError(f"DETOXIFY_CONFIG_DIR names no folder: {config_dir}.")
        return str(config_dir)
    if found.base not in BASES:
        raise NetworkError(f"{found.base} is not in the hub's cache: set DETOXIFY_CONFIG_DIR.")
    return found.base


def _model(found: Checkpoint, source: str) -> Any:
    model_class = getattr(transformers, found.model_name)
    config = model_class.config_class.from_pretrained(
        source, num_labels=found.outputs, local_files_only=True
    )
    model = model_class(config).eval()
    missing, unknown = model.load_state_dict(found.state, strict=False)
    odd = [*missing, *(key for key in unknown if not key.endswith(COMPUTED))]
    if odd:
        raise ValueError(f"the weights do not fit, first {odd[0]}")
    return model.requires_grad_(requires_grad=False)


def _tokenizer(found: Checkpoint, source: str, config: Any) -> Any:
    tokenizer_class = getattr(transformers, found.tokenizer_name)
    tokenizer = tokenizer_class.from_pretrained(source, local_files_only=True)
    # RoBERTa numbers its positions from behind the padding's id on.
    reserved = config.pad_token_id + 1 if "Roberta" in found.model_name else 0
    return prepared(
        tokenizer.backend_tokenizer,
        pad_id=tokenizer.pad_token_id,
        pad_token=tokenizer.pad_token,
        most_tokens=config.max_position_embeddings - reserved,
    )


def _forward(model: Any) -> Any:
    def logits(ids: Tokens, mask: Tokens) -> Logits:
        with torch.inference_mode():
            found = model(torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))
        result: Logits = found.logits.numpy()
        return result

    return logits
