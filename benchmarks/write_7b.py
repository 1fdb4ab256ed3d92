"""A llama of the 7B shape with random bfloat16 weights, N(0, 0.02), in shards: python3 write_7b.py FOLDER [LAYERS]

Standard library only. 13.5 GB of disk; a minute or two.
"""

import array, json, os, random, struct, sys

H, I, V, LAYERS = 4096, 11008, 32000, int(sys.argv[2]) if len(sys.argv) > 2 else 32
folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)

random.seed(7)
noise = array.array("H", (struct.unpack("<I", struct.pack("<f", random.gauss(0, 0.02)))[0] >> 16 for _ in range(1 << 20))).tobytes()


def values(count):
    """Bytes of `count` weights: the noise over and over, from another place each time."""
    left = 2 * count
    while left > 0:
        start = 2 * random.randrange(1 << 19)
        piece = noise[start : start + min(left, len(noise) - start)]
        left -= len(piece)
        yield piece


def shard(name, tensors):
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for tensor, shape in tensors:
        size = 2
        for axis in shape:
            size *= axis
        header[tensor] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for tensor, shape in tensors:
            if len(shape) == 1:
                out.write(b"\x80\x3f" * shape[0])
            else:
                for piece in values(shape[0] * shape[1]):
                    out.write(piece)
    return at


def layer(i):
    at = f"model.layers.{i}."
    yield at + "input_layernorm.weight", [H]
    for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
        yield at + f"self_attn.{name}.weight", [H, H]
    yield at + "post_attention_layernorm.weight", [H]
    yield at + "mlp.gate_proj.weight", [I, H]
    yield at + "mlp.up_proj.weight", [I, H]
    yield at + "mlp.down_proj.weight", [H, I]


groups = [[("model.embed_tokens.weight", [V, H])]]
for i in range(0, LAYERS, 4):
    groups.append([t for k in range(i, min(LAYERS, i + 4)) for t in layer(k)])
groups.append([("model.norm.weight", [H]), ("lm_head.weight", [V, H])])
total, where = 0, {}
for n, tensors in enumerate(groups, 1):
    name = f"model-{n:05d}-of-{len(groups):05d}.safetensors"
    total += shard(name, tensors)
    where.update({tensor: name for tensor, _ in tensors})
    print(f"{name}: {total / 1e9:.1f} GB so far", flush=True)
json.dump({"metadata": {"total_size": total}, "weight_map": where}, open(os.path.join(folder, "model.safetensors.index.json"), "w"))
json.dump(
    {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": H, "intermediate_size": I, "num_hidden_layers": LAYERS,
        "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": V, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": False, "torch_dtype": "bfloat16", "bos_token_id": 1, "eos_token_id": 2,
    },
    open(os.path.join(folder, "config.json"), "w"),
)
