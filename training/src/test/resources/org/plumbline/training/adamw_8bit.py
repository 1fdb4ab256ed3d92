"""Five steps of bitsandbytes' AdamW8bit on a CPU, codes found as on a GPU (the nearest): python adamw_8bit.py OUT"""
import math, sys
import torch
import bitsandbytes as bnb
from bitsandbytes.backends.cpu import ops as cpu
from bitsandbytes.functional import create_dynamic_map
from safetensors.torch import save_file

def quantise(x, code, absmax_out, out, blocksize):
    flat = torch.nn.functional.pad(x.reshape(-1), (0, -x.numel() % blocksize)).view(-1, blocksize)
    top = flat.abs().amax(1)
    scaled = (flat * (1 / top.clamp(min=1e-38))[:, None]).clamp(-1, 1)
    bounds = (code[1:] + code[:-1]) / 2
    out.copy_(torch.bucketize(scaled, bounds).view(-1)[: x.numel()].view(x.shape).to(torch.uint8))
    absmax_out.copy_(top)

cpu._quant_blockwise_fp32_direct = quantise
rows, columns = 60, 70
n = rows * columns
value = lambda f: torch.tensor([f(i) for i in range(n)], dtype=torch.float64).float().view(rows, columns)
w = torch.nn.Parameter(value(lambda i: math.sin(0.37 * i)))
optimizer = bnb.optim.AdamW8bit([w], lr=0.01, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1)
for step in range(5):
    w.grad = value(lambda i: math.sin(0.11 * i + 1.3 * step) * 10.0 ** -(i % 7))
    optimizer.step()
state = optimizer.state[w]
save_file({"w": w.detach(), "exp_avg": state["state1"], "exp_avg_absmax": state["absmax1"],
           "exp_avg_sq": state["state2"], "exp_avg_sq_absmax": state["absmax2"]}, sys.argv[1],
          metadata={"made_by": "bitsandbytes " + bnb.__version__ + ", torch " + torch.__version__})
print({k: (tuple(v.shape) if hasattr(v, "shape") else v) for k, v in state.items()})
