"""Ways to unpack 4-bit weights with PyTorch's operations, CPU time of one thread: python lookup_bench.py

Prints nanoseconds a weight, multiplication by the blocks' scales included; the table of docs/measurements.md.
"""
import time

import torch

torch.set_num_threads(1)
ROWS, COLUMNS, BLOCK = 1376, 4096, 64
n = ROWS * COLUMNS
generator = torch.Generator().manual_seed(1)
packed = torch.randint(0, 256, (n // 2,), dtype=torch.uint8, generator=generator)
scales = torch.rand(n // BLOCK, generator=generator)
code = torch.linspace(-1, 1, 16)
byte = torch.arange(256)
pairs = torch.stack([code[byte >> 4], code[byte & 15]], 1).contiguous()
word = torch.arange(65536)
fours = torch.cat([pairs[word & 255], pairs[word >> 8]], 1).contiguous()
one_pair = pairs.view(torch.float64).view(-1)
one_four = torch.view_as_complex(fours.view(torch.float64).view(-1, 2))
one_four_short = fours.bfloat16().view(torch.float64).view(-1)
signed = torch.cat([fours[32768:], fours[:32768]])


def words(s, e):
    return packed[s // 2 : e // 2].view(torch.int16).int()


def bytes_(s, e):
    return packed[s // 2 : e // 2]


WAYS = {
    "pairs as one element, index_select": lambda s, e: one_pair.index_select(0, bytes_(s, e).int()).view(torch.float32),
    "pairs as one element, take": lambda s, e: torch.take(one_pair, bytes_(s, e).long()).view(torch.float32),
    "pairs as one element, gather": lambda s, e: torch.gather(one_pair, 0, bytes_(s, e).long()).view(torch.float32),
    "pairs, embedding": lambda s, e: torch.embedding(pairs, bytes_(s, e).int()),
    "four values as one element, index_select": lambda s, e: torch.view_as_real(
        one_four.index_select(0, words(s, e) & 65535)
    ).view(torch.float32),
    "four values, embedding": lambda s, e: torch.embedding(signed, words(s, e) + 32768),
    "four bfloat16 values as one element, index_select": lambda s, e: one_four_short.index_select(
        0, words(s, e) & 65535
    ).view(torch.bfloat16),
    "nibbles by shifts, take": lambda s, e: torch.take(
        code, torch.stack([bytes_(s, e) >> 4, bytes_(s, e) & 15], 1).long()
    ),
}


def seconds(look_up, out, chunk):
    least = float("inf")
    for _ in range(4):
        start = time.thread_time()
        for s in range(0, n, chunk):
            e = min(s + chunk, n)
            values = look_up(s, e)
            scale = scales[s // BLOCK : e // BLOCK, None].to(values.dtype)
            torch.mul(values.view(-1, BLOCK), scale, out=out[s:e].view(-1, BLOCK))
        least = min(least, time.thread_time() - start)
    return least


for name, look_up in WAYS.items():
    for dtype in (torch.float32, torch.bfloat16):
        if dtype == torch.float32 and look_up(0, BLOCK).dtype != dtype:
            continue
        out = torch.empty(n, dtype=dtype)
        best = min(seconds(look_up, out, chunk) for chunk in (1 << 15, 1 << 17, 1 << 19, 1 << 21))
        print(f"{name} -> {str(dtype).removeprefix('torch.')}: {best / n * 1e9:.2f} ns", flush=True)
