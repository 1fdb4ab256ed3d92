"""Logits of folders that bitsandbytes packed: python quantized_folders.py CASES.json

CASES.json: [{"folder": path, "rows": [[ids], ...]}, ...]; prints [{"logits": [[[V] per position] per row],
"unexpected", "layers": how many linear layers are bitsandbytes', "weights": {name: values of one of them}}, ...],
or "absent" where bitsandbytes is not installed. For 8-bit folders, whose layers round their inputs too, the values
count and not the logits.
"""
import json
import sys

try:
    import bitsandbytes as bnb
except ImportError:
    print('"absent"')
    sys.exit(0)
import torch
import transformers
from transformers.integrations.bitsandbytes import dequantize_bnb_weight



def values_of(weight):
    """A 4-bit weight by the formula: bitsandbytes' CPU kernel rounds to bfloat16, and misreads rows of broken blocks."""
    state = weight.quant_state
    absmax = state.absmax
    if state.nested:
        absmax = bnb.functional.dequantize_blockwise(absmax, state.state2) + state.offset
    codes = weight.data.flatten()
    codes = torch.stack([codes >> 4, codes & 15], 1).flatten()[: state.shape.numel()]
    return (state.code[codes.long()] * absmax.repeat_interleave(state.blocksize)[: codes.numel()]).view(state.shape)


class ByFormula(torch.nn.Module):
    def __init__(self, linear):
        super().__init__()
        self.weight, self.bias = values_of(linear.weight), linear.bias

    def forward(self, x):
        return torch.nn.functional.linear(x, self.weight, self.bias)


results = []
for case in json.load(open(sys.argv[1])):
    model, info = transformers.AutoModelForCausalLM.from_pretrained(
        case["folder"], dtype=torch.float32, attn_implementation="eager", output_loading_info=True, device_map="cpu"
    )
    model.eval()
    packed = {n: m for n, m in model.named_modules() if isinstance(m, (bnb.nn.Linear4bit, bnb.nn.Linear8bitLt))}
    name, module = next(iter(packed.items()))
    with torch.no_grad():
        four = isinstance(module, bnb.nn.Linear4bit)
        values = values_of(module.weight) if four else None
        for inner, linear in packed.items():
            if isinstance(linear, bnb.nn.Linear4bit):
                model.set_submodule(inner, ByFormula(linear))
        logits = [model(input_ids=torch.tensor([row]), use_cache=False).logits[0].tolist() for row in case["rows"]]
        if not four:
            values = torch.ops.bitsandbytes.int8_vectorwise_dequant(module.weight.data, module.state.SCB)
    results.append({
        "logits": logits,
        "unexpected": sorted(info["unexpected_keys"]),
        "missing": sorted(info["missing_keys"]),
        "layers": len(packed),
        "weights": {name + ".weight": values.float().flatten().tolist()},
    })
json.dump(results, sys.stdout)
