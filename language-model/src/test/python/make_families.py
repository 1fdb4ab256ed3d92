"""Writes tiny model folders with expected values for families that the shared goldens lack.

    python make_families.py OUTPUT_DIR

Needs torch and transformers (made with torch 2.15, transformers 5.23); the tests read the committed
result and need no Python. Families that transformers has not (chatglm, internlm2, baichuan) come from
the plain PyTorch references below, written from their authors' published descriptions.
"""

import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

VOCAB = 48
NEW = 6


def rows(lengths, generator):
    return [torch.randint(4, VOCAB, (n,), generator=generator) for n in lengths]


def padded(sequences, side):
    width = max(len(s) for s in sequences)
    ids = torch.zeros(len(sequences), width, dtype=torch.long)
    mask = torch.zeros(len(sequences), width, dtype=torch.long)
    for b, s in enumerate(sequences):
        at = slice(0, len(s)) if side == "right" else slice(width - len(s), width)
        ids[b, at] = s
        mask[b, at] = 1
    return ids, mask


def as_stored(name, g):
    """transformers 5 stacks Mixtral's experts in memory, its files keep them apart."""
    name = name.replace(".mlp.gate.", ".block_sparse_moe.gate.")
    if name.endswith(".mlp.experts.gate_up_proj"):
        at = name.replace(".mlp.experts.gate_up_proj", ".block_sparse_moe.experts.")
        for e, both in enumerate(g):
            for part, half in zip(("w1", "w3"), both.chunk(2)):
                yield f"{at}{e}.{part}.weight", half
    elif name.endswith(".mlp.experts.down_proj"):
        at = name.replace(".mlp.experts.down_proj", ".block_sparse_moe.experts.")
        for e, one in enumerate(g):
            yield f"{at}{e}.w2.weight", one
    else:
        yield name, g


def expected(forward, parameters, lengths, seed, causal=True):
    """Logits and gradients row by row, without padding; greedy tokens where asked."""
    generator = torch.Generator().manual_seed(seed)
    sequences = rows(lengths, generator)
    ids, mask = padded(sequences, "right")
    out = {"right.input_ids": ids, "right.attention_mask": mask}
    logits = [forward(s.unsqueeze(0))[0] for s in sequences]
    full = torch.zeros(len(sequences), ids.shape[1], logits[0].shape[-1])
    for b, z in enumerate(logits):
        full[b, : len(z)] = z.detach()
    out["right.logits"] = full
    if not causal:
        return out, None
    losses = torch.cat([F.cross_entropy(z[:-1], s[1:], reduction="none") for z, s in zip(logits, sequences)])
    loss = losses.mean()
    loss.backward()
    grads = {}
    for name, p in parameters:
        for stored, g in as_stored(name, torch.zeros_like(p) if p.grad is None else p.grad):
            grads[stored] = {"norm": g.double().norm().item(), "head": g.flatten()[:4].tolist()}
            out["grad." + stored] = g.clone()
    log = torch.zeros(len(sequences), ids.shape[1] - 1)
    for b, (z, s) in enumerate(zip(logits, sequences)):
        log[b, : len(s) - 1] = torch.log_softmax(z.detach()[:-1], -1).gather(1, s[1:, None])[:, 0]
    out["right.logprobs"] = log
    prompts = [s[:5] if len(s) > 5 else s for s in sequences]
    left, left_mask = padded(prompts, "left")
    replies = []
    with torch.no_grad():
        for prompt in prompts:
            s = prompt
            for _ in range(NEW):
                s = torch.cat([s, forward(s.unsqueeze(0))[0, -1].argmax()[None]])
            replies.append(s[len(prompt):])
    out["gen.left.input_ids"], out["gen.left.attention_mask"] = left, left_mask
    out["gen.left.sequences"] = torch.cat([left, torch.stack(replies)], 1)
    return out, {"loss": loss.item(), "parameters": grads}


def save_expected(folder, values, grads):
    """Batches and results in one file, whole gradients in another."""
    split = lambda grad: {k.removeprefix("grad."): v.contiguous() for k, v in values.items() if k.startswith("grad.") == grad}
    save_file(split(False), folder / "expected.safetensors", {"format": "pt"})
    if grads:
        save_file(split(True), folder / "gradients.safetensors", {"format": "pt"})
        (folder / "grads.expected.json").write_text(json.dumps(grads) + "\n")


def write(folder, config, weights, values, grads):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    save_file({k: v.detach().contiguous().clone() for k, v in weights.items()}, folder / "model.safetensors", {"format": "pt"})
    save_expected(folder, values, grads)


# --- families of transformers -----------------------------------------------------------------------------------


def spread(model, generator):
    """Weights large enough that every part shows in the logits."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if p.dim() == 1 and "bias" not in name:
                p.add_(0.2 * noise)
            else:
                p.copy_(noise * (0.3 if p.dim() == 1 else 0.8 / math.sqrt(p.shape[-1]) * 1.6))


def from_transformers(folder, config, cls, lengths, seed, causal=True):
    torch.manual_seed(seed)
    config._attn_implementation = "eager"
    model = cls(config).float().eval()
    spread(model, torch.Generator().manual_seed(seed + 1))
    model.tie_weights()
    model.save_pretrained(folder)
    written = json.loads((folder / "config.json").read_text())

    def forward(ids):
        # a fresh rotary table: frequencies of dynamic scalings depend on the longest call before
        return model(input_ids=ids, use_cache=False).logits

    values, grads = expected(forward, list(model.named_parameters()), lengths, seed + 2, causal)
    (folder / "config.json").write_text(json.dumps(written, indent=2) + "\n")
    save_expected(folder, values, grads)
    for extra in folder.glob("generation_config.json"):
        extra.unlink()


def transformers_families(out):
    import transformers as t

    ids = dict(bos_token_id=1, eos_token_id=2, pad_token_id=0)
    base = dict(vocab_size=VOCAB, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
                num_key_value_heads=2, max_position_embeddings=64, **ids)
    lengths = [17, 9, 3]
    from_transformers(out / "qwen3", t.Qwen3Config(**base, head_dim=8, rope_theta=1e5), t.Qwen3ForCausalLM, lengths, 11)
    from_transformers(out / "qwen3-bias-window", t.Qwen3Config(**base, head_dim=8, attention_bias=True, use_sliding_window=True,
                      sliding_window=5, max_window_layers=1), t.Qwen3ForCausalLM, lengths, 12)
    from_transformers(out / "gemma2", t.Gemma2Config(**base, head_dim=8, sliding_window=5, query_pre_attn_scalar=16,
                      attn_logit_softcapping=4.0, final_logit_softcapping=5.0), t.Gemma2ForCausalLM, lengths, 13)
    three = dict(base, num_hidden_layers=3)
    from_transformers(out / "gemma3", t.Gemma3TextConfig(**three, head_dim=8, sliding_window=4, query_pre_attn_scalar=8,
                      layer_types=["sliding_attention", "full_attention", "sliding_attention"]), t.Gemma3ForCausalLM, lengths, 14)
    from_transformers(out / "phi3", t.Phi3Config(**base, sliding_window=7), t.Phi3ForCausalLM, lengths, 15)
    long = dict(rope_type="longrope", short_factor=[1.0, 1.1, 1.3], long_factor=[1.5, 2.0, 4.0], rope_theta=10000.0,
                original_max_position_embeddings=12)
    from_transformers(out / "phi3-longrope", t.Phi3Config(**base, original_max_position_embeddings=12, rope_parameters=long),
                      t.Phi3ForCausalLM, [11, 10, 4], 16)
    from_transformers(out / "glm", t.GlmConfig(**base, head_dim=8), t.GlmForCausalLM, lengths, 17)
    for i, (name, rope) in enumerate({
        "linear": dict(rope_type="linear", factor=2.0, rope_theta=10000.0),
        "llama3": dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                       original_max_position_embeddings=16, rope_theta=10000.0),
        "yarn": dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, rope_theta=10000.0),
    }.items()):
        from_transformers(out / f"llama-{name}", t.LlamaConfig(**base, attention_bias=True, mlp_bias=True, head_dim=8,
                          rope_parameters=rope), t.LlamaForCausalLM, lengths, 20 + i)
    dynamic = dict(rope_type="dynamic", factor=2.0, rope_theta=10000.0)
    from_transformers(out / "llama-dynamic", t.LlamaConfig(**dict(base, max_position_embeddings=18), rope_parameters=dynamic),
                      t.LlamaForCausalLM, lengths, 24)
    from_transformers(out / "mixtral-window", t.MixtralConfig(**base, num_local_experts=3, num_experts_per_tok=2, sliding_window=5),
                      t.MixtralForCausalLM, lengths, 25)
    from_transformers(out / "mixtral-balanced", t.MixtralConfig(**base, num_local_experts=4, num_experts_per_tok=2,
                      output_router_logits=True, router_aux_loss_coef=0.5), t.MixtralForCausalLM, lengths, 27)
    balanced(out / "mixtral-balanced")
    bert = dict(vocab_size=VOCAB, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
                max_position_embeddings=32, pad_token_id=0)
    from_transformers(out / "bert-tokens", t.BertConfig(**bert, num_labels=5), t.BertForTokenClassification, lengths, 26, False)
    from_transformers(out / "gpt2", t.GPT2Config(vocab_size=VOCAB, n_positions=64, n_embd=24, n_inner=40, n_layer=2, n_head=4, **ids),
                      t.GPT2LMHeadModel, lengths, 28)
    from_transformers(out / "qwen2", t.Qwen2Config(**base), t.Qwen2ForCausalLM, lengths, 29)


def balanced(folder):
    """Loss with the load-balancing term of the batch whose logits stand in expected.safetensors."""
    import transformers as t
    from safetensors.torch import load_file

    model = t.MixtralForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    batch = load_file(folder / "expected.safetensors")
    ids, mask = batch["right.input_ids"], batch["right.attention_mask"]
    out = model(input_ids=ids, attention_mask=mask, labels=ids.masked_fill(mask == 0, -100), output_router_logits=True, use_cache=False)
    out.loss.backward()
    grads = {}
    for name, q in model.named_parameters():
        for stored, g in as_stored(name, q.grad):
            grads[stored] = g.double().norm().item()
    values = {"aux_loss": out.aux_loss.item(), "loss": out.loss.item(), "norms": grads}
    (folder / "balance.expected.json").write_text(json.dumps(values) + "\n")


# --- families that only their authors have ----------------------------------------------------------------------


def rms(x, w, eps):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * w


def angles(t, dims, theta):
    frequencies = theta ** (-torch.arange(0, dims, 2).float() / dims)
    return torch.outer(torch.arange(t).float(), frequencies)


def turn_halves(x, theta):
    """x: T N D; element i turns with element i + D/2."""
    a = angles(x.shape[0], x.shape[-1], theta)[:, None]
    first, second = x.chunk(2, -1)
    return torch.cat([first * a.cos() - second * a.sin(), second * a.cos() + first * a.sin()], -1)


def turn_pairs(x, dims, theta):
    """The first dims elements of each head; element 2i turns with 2i + 1."""
    a = angles(x.shape[0], dims, theta)[:, None]
    even, odd = x[..., 0:dims:2], x[..., 1:dims:2]
    turned = torch.stack([even * a.cos() - odd * a.sin(), odd * a.cos() + even * a.sin()], -1)
    return torch.cat([turned.flatten(-2), x[..., dims:]], -1)


def attention(q, k, v, bias=None):
    """q: T N D; k, v: T K D."""
    t, n, d = q.shape
    k, v = (y.repeat_interleave(n // y.shape[1], 1) for y in (k, v))
    scores = torch.einsum("ind,jnd->nij", q, k) / math.sqrt(d)
    if bias is not None:
        scores = scores + bias
    future = torch.ones(t, t, dtype=torch.bool).triu(1)
    return torch.einsum("nij,jnd->ind", scores.masked_fill(future, -math.inf).softmax(-1), v).reshape(t, n * d)


def weights_of(shapes, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, shape in shapes.items():
        noise = torch.randn(shape, generator=generator)
        norm = len(shape) == 1 and not name.endswith("bias")
        weights[name] = 1 + 0.2 * noise if norm else noise * (0.3 if len(shape) == 1 else 1.3 / math.sqrt(shape[-1]))
        weights[name].requires_grad_(True)
    return weights


def reference(folder, config, shapes, forward, seed):
    weights = weights_of(shapes, seed)
    values, grads = expected(lambda ids: forward(weights, ids[0])[None], list(weights.items()), [17, 9, 3], seed + 1)
    write(folder, config, weights, values, grads)


H, I, L, N, K = 24, 40, 2, 4, 2
D = H // N


def internlm2(out):
    shapes = {"model.tok_embeddings.weight": (VOCAB, H)}
    for i in range(L):
        at = f"model.layers.{i}."
        shapes |= {at + "attention_norm.weight": (H,), at + "attention.wqkv.weight": ((N + 2 * K) * D, H),
                   at + "attention.wo.weight": (H, H), at + "ffn_norm.weight": (H,), at + "feed_forward.w1.weight": (I, H),
                   at + "feed_forward.w3.weight": (I, H), at + "feed_forward.w2.weight": (H, I)}
    shapes |= {"model.norm.weight": (H,), "output.weight": (VOCAB, H)}

    def forward(w, ids):
        x = w["model.tok_embeddings.weight"][ids]
        for i in range(L):
            p = lambda name: w[f"model.layers.{i}.{name}.weight"]
            h = rms(x, p("attention_norm"), 1e-5)
            # wqkv is laid out key head by key head: its queries, its key, its value
            y = (h @ p("attention.wqkv").T).view(len(ids), K, N // K + 2, D)
            q, k, v = y[:, :, : N // K].reshape(len(ids), N, D), y[:, :, -2], y[:, :, -1]
            x = x + attention(turn_halves(q, 1e6), turn_halves(k, 1e6), v) @ p("attention.wo").T
            h = rms(x, p("ffn_norm"), 1e-5)
            x = x + (F.silu(h @ p("feed_forward.w1").T) * (h @ p("feed_forward.w3").T)) @ p("feed_forward.w2").T
        return rms(x, w["model.norm.weight"], 1e-5) @ w["output.weight"].T

    config = dict(architectures=["InternLM2ForCausalLM"], model_type="internlm2", vocab_size=VOCAB, hidden_size=H,
                  intermediate_size=I, num_hidden_layers=L, num_attention_heads=N, num_key_value_heads=K, bias=False,
                  max_position_embeddings=64, hidden_act="silu", rms_norm_eps=1e-5, rope_theta=1000000, rope_scaling=None,
                  tie_word_embeddings=False, bos_token_id=1, eos_token_id=2, pad_token_id=2, torch_dtype="float32",
                  attn_implementation="eager", initializer_range=0.02, use_cache=True)
    reference(out / "internlm2", config, shapes, forward, 40)


def chatglm(out):
    head, groups = 8, 2
    shapes = {"transformer.embedding.word_embeddings.weight": (VOCAB, H)}
    for i in range(L):
        at = f"transformer.encoder.layers.{i}."
        shapes |= {at + "input_layernorm.weight": (H,), at + "self_attention.query_key_value.weight": ((N + 2 * groups) * head, H),
                   at + "self_attention.query_key_value.bias": ((N + 2 * groups) * head,), at + "self_attention.dense.weight": (H, N * head),
                   at + "post_attention_layernorm.weight": (H,), at + "mlp.dense_h_to_4h.weight": (2 * I, H),
                   at + "mlp.dense_4h_to_h.weight": (H, I)}
    shapes |= {"transformer.encoder.final_layernorm.weight": (H,), "transformer.output_layer.weight": (VOCAB, H)}

    def forward(w, ids):
        x = w["transformer.embedding.word_embeddings.weight"][ids]
        for i in range(L):
            p = lambda name: w[f"transformer.encoder.layers.{i}.{name}"]
            h = rms(x, p("input_layernorm.weight"), 1e-5)
            y = h @ p("self_attention.query_key_value.weight").T + p("self_attention.query_key_value.bias")
            q, k, v = (part.view(len(ids), -1, head) for part in y.split([N * head, groups * head, groups * head], -1))
            # half of each head turns, in neighbouring pairs
            x = x + attention(turn_pairs(q, head // 2, 1e4), turn_pairs(k, head // 2, 1e4), v) @ p("self_attention.dense.weight").T
            h = rms(x, p("post_attention_layernorm.weight"), 1e-5)
            gate, up = (h @ p("mlp.dense_h_to_4h.weight").T).chunk(2, -1)
            x = x + (F.silu(gate) * up) @ p("mlp.dense_4h_to_h.weight").T
        return rms(x, w["transformer.encoder.final_layernorm.weight"], 1e-5) @ w["transformer.output_layer.weight"].T

    config = dict(architectures=["ChatGLMModel"], model_type="chatglm", add_bias_linear=False, add_qkv_bias=True,
                  apply_query_key_layer_scaling=True, apply_residual_connection_post_layernorm=False, attention_dropout=0.0,
                  attention_softmax_in_fp32=True, bias_dropout_fusion=True, ffn_hidden_size=I, fp32_residual_connection=False,
                  hidden_dropout=0.0, hidden_size=H, kv_channels=head, layernorm_epsilon=1e-5, multi_query_attention=True,
                  multi_query_group_num=groups, num_attention_heads=N, num_layers=L, original_rope=True, padded_vocab_size=VOCAB,
                  post_layer_norm=True, rmsnorm=True, seq_length=64, use_cache=True, torch_dtype="float32",
                  tie_word_embeddings=False, eos_token_id=2, pad_token_id=0)
    reference(out / "chatglm", config, shapes, forward, 50)


def baichuan(out, name, heads, alibi, normalized, seed):
    d = H // heads
    shapes = {"model.embed_tokens.weight": (VOCAB, H)}
    for i in range(L):
        at = f"model.layers.{i}."
        shapes |= {at + "input_layernorm.weight": (H,), at + "self_attn.W_pack.weight": (3 * H, H), at + "self_attn.o_proj.weight": (H, H),
                   at + "post_attention_layernorm.weight": (H,), at + "mlp.gate_proj.weight": (I, H), at + "mlp.up_proj.weight": (I, H),
                   at + "mlp.down_proj.weight": (H, I)}
    shapes |= {"model.norm.weight": (H,), "lm_head.weight": (VOCAB, H)}

    def slopes(n):
        def of_power(m):
            start = 2 ** (-(2 ** -(math.log2(m) - 3)))
            return [start * start**i for i in range(m)]

        if math.log2(n).is_integer():
            return of_power(n)
        near = 2 ** math.floor(math.log2(n))
        return of_power(near) + slopes(2 * near)[0::2][: n - near]

    def forward(w, ids):
        t = len(ids)
        bias = None
        if alibi:
            distance = (torch.arange(t)[None] - torch.arange(t)[:, None]).float()
            bias = torch.tensor(slopes(heads))[:, None, None] * distance
        x = w["model.embed_tokens.weight"][ids]
        for i in range(L):
            p = lambda name: w[f"model.layers.{i}.{name}.weight"]
            q, k, v = ((rms(x, p("input_layernorm"), 1e-6) @ p("self_attn.W_pack").T).view(t, 3, heads, d)).unbind(1)
            if not alibi:
                q, k = turn_halves(q, 1e4), turn_halves(k, 1e4)
            x = x + attention(q, k, v, bias) @ p("self_attn.o_proj").T
            h = rms(x, p("post_attention_layernorm"), 1e-6)
            x = x + (F.silu(h @ p("mlp.gate_proj").T) * (h @ p("mlp.up_proj").T)) @ p("mlp.down_proj").T
        head = w["lm_head.weight"]
        return rms(x, w["model.norm.weight"], 1e-6) @ (F.normalize(head) if normalized else head).T

    config = dict(architectures=["BaiChuanForCausalLM" if name == "baichuan" else "BaichuanForCausalLM"], model_type="baichuan",
                  hidden_act="silu", hidden_size=H, initializer_range=0.02, intermediate_size=I, num_attention_heads=heads,
                  num_hidden_layers=L, rms_norm_eps=1e-6, tie_word_embeddings=False, torch_dtype="float32", use_cache=True,
                  vocab_size=VOCAB, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    config |= {"model_max_length": 64} if alibi else {"max_position_embeddings": 64}
    if normalized:
        config["z_loss_weight"] = 0
    reference(out / name, config, shapes, forward, seed)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    torch.set_num_threads(1)
    transformers_families(target)
    internlm2(target)
    chatglm(target)
    baichuan(target, "baichuan", 4, False, False, 60)
    baichuan(target, "baichuan2", 4, False, True, 62)
    baichuan(target, "baichuan-13b", 6, True, False, 64)
    baichuan(target, "baichuan2-13b", 3, True, True, 66)
