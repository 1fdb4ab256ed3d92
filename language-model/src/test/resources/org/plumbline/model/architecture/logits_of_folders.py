"""Logits that transformers computes with model folders: python logits_of_folders.py CASES.json

CASES.json: [{"folder": path, "rows": [[ids], ...]}, ...]; prints [{"logits": [[[V] per position] per row], "missing",
"unexpected"}, ...] in the same order.
"""
import json
import sys

import torch
import transformers

results = []
for case in json.load(open(sys.argv[1])):
    config = transformers.AutoConfig.from_pretrained(case["folder"])
    model, info = getattr(transformers, config.architectures[0]).from_pretrained(
        case["folder"], dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    model.eval()
    with torch.no_grad():
        logits = [model(input_ids=torch.tensor([row]), use_cache=False).logits[0].tolist() for row in case["rows"]]
    results.append({"logits": logits, "missing": sorted(info["missing_keys"]), "unexpected": sorted(info["unexpected_keys"])})
json.dump(results, sys.stdout)
