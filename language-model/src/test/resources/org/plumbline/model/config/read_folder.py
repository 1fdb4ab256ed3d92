"""Prints as JSON what transformers makes of a model folder: python read_folder.py FOLDER < texts.json"""
import json
import sys

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GenerationConfig

folder = sys.argv[1]
texts = json.load(sys.stdin)
config = AutoConfig.from_pretrained(folder)
tokenizer = AutoTokenizer.from_pretrained(folder)
model, info = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
chat = [{"role": "user", "content": "May I?"}, {"role": "assistant", "content": "Yes"}]
generation = GenerationConfig.from_pretrained(folder)
json.dump(
    {
        "hidden_size": config.hidden_size,
        "rope_theta": config.rope_parameters["rope_theta"],
        "eos_token_id": generation.eos_token_id,
        "eos_token": tokenizer.eos_token,
        "pad_token_id": tokenizer.pad_token_id,
        "missing": sorted(info["missing_keys"]),
        "unexpected": sorted(info["unexpected_keys"]),
        "sums": {k: v.to(torch.float64).sum().item() for k, v in model.state_dict().items()},
        "ids": [tokenizer(text)["input_ids"] for text in texts],
        "decoded": [tokenizer.decode(tokenizer(text)["input_ids"]) for text in texts],
        "chat": tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True),
    },
    sys.stdout,
)
