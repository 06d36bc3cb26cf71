"""Tiny networks with random weights in Detoxify's own format, made on the spot."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

CLASSES = {
    "original": ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"],
    "unbiased": [
        "toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat",
        "sexual_explicit",
    ],
    "multilingual": ["toxicity"],
}  # fmt: skip
FAMILIES = {
    "original": ("Bert", "bert-base-uncased"),
    "unbiased": ("Roberta", "roberta-base"),
    "multilingual": ("XLMRoberta", "xlm-roberta-base"),
}
#: The published one also tells identities, which Detoxify does not look at.
OUTPUTS = {"original": 6, "unbiased": 16, "multilingual": 1}
TEXTS = ["you are an idiot", "see you all tomorrow", "la partida fue buena", "I will find you"]


@dataclass(frozen=True)
class Files:
    name: str
    checkpoint: Path
    config_dir: Path


def make(name: str, folder: Path, **shape) -> Files:
    """Write a checkpoint and its configuration folder; shape: the configuration's fields."""
    config_dir = folder / "config"
    config_dir.mkdir(parents=True)
    family, base = FAMILIES[name]
    size = TOKENIZERS[name](config_dir)
    model_class = getattr(transformers, f"{family}ForSequenceClassification")
    config = model_class.config_class(
        **{
            "vocab_size": size,
            "hidden_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 64,
            "max_position_embeddings": 64,
            "pad_token_id": 0 if name == "original" else 1,
            "num_labels": OUTPUTS[name],
            # So far apart that each text has scores of its own.
            "initializer_range": 0.2,
            **shape,
        }
    )
    config.save_pretrained(config_dir)
    torch.manual_seed(1)
    model = model_class(config)
    args = {
        "model_type": base,
        "model_name": f"{family}ForSequenceClassification",
        "tokenizer_name": f"{family}Tokenizer",
        "num_classes": OUTPUTS[name],
    }
    document = {
        "config": {"arch": {"args": args}, "dataset": {"args": {"classes": CLASSES[name]}}},
        "state_dict": model.state_dict(),
    }
    torch.save(document, folder / "tiny.ckpt")
    return Files(name, folder / "tiny.ckpt", config_dir)


def _bert(folder: Path) -> int:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["you", "are", "an", "idiot", "see", "all", "tomorrow", "will", "find"]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = [*special, *letters, *(f"##{letter}" for letter in letters), *words]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    return len(vocabulary)


def _roberta(folder: Path) -> int:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS * 3, trainer)
    tokenizer.model.save(str(folder))
    return tokenizer.get_vocab_size()


def _xlm_roberta(folder: Path) -> int:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=60,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        unk_token="<unk>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS * 3, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "XLMRobertaTokenizer"})
    )
    return tokenizer.get_vocab_size()


TOKENIZERS = {"original": _bert, "unbiased": _roberta, "multilingual": _xlm_roberta}
