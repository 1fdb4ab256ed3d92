"""Replies of transformers' generate(): beam search, and greedy under rules on logits.

Writes the fixture of GenerateParityTest, for a tiny llama with weights by a formula that the test repeats, and for golden
model folders if they are named:

  python generate_fixture.py ../resources/org/plumbline/model/generation/generate.json GOLDENS/architectures/{llama,gpt2,mistral}
"""
import json, os, sys
import torch, transformers
from transformers import AutoModelForCausalLM, GenerationConfig, LlamaConfig, LlamaForCausalLM

SIZE = dict(vocab_size=48, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=64)
SEED = 7


class Lcg:
    """Numbers that any language repeats: x = 1664525 x + 1013904223 mod 2^32."""

    def __init__(self, seed):
        self.x = seed

    def next(self):
        self.x = (1664525 * self.x + 1013904223) % 2**32
        return self.x / 2**32


def tiny():
    model = LlamaForCausalLM(LlamaConfig(**SIZE, rms_norm_eps=1e-5, tie_word_embeddings=False))
    random = Lcg(SEED)
    with torch.no_grad():
        for _, tensor in sorted(model.state_dict().items()):
            if tensor.dim() == 1:
                tensor.fill_(1)
            else:
                values = [2 * random.next() - 1 for _ in range(tensor.numel())]
                tensor.copy_(torch.tensor(values, dtype=torch.float64).view(tensor.shape))
    return model


def cases(model, prompts):
    """Arguments in generate()'s own words; stop ids are tokens that the model likes, so that replies do end."""
    greedy = reply(model, prompts[0], dict(max_new_tokens=8))[0]["ids"]
    other = reply(model, prompts[1], dict(max_new_tokens=8))[0]["ids"]
    one, two = greedy[4], [greedy[4], other[2]]
    bad = [[other[1]], [greedy[1], greedy[2]], [one]]
    bias = [[[greedy[2]], -4.0], [[other[0], other[1]], 3.0]]
    yield dict(num_beams=2, max_new_tokens=10)
    yield dict(num_beams=4, num_return_sequences=4, max_new_tokens=12)
    yield dict(num_beams=3, num_return_sequences=2, max_new_tokens=12, eos_token_id=one)
    yield dict(num_beams=5, num_return_sequences=5, max_new_tokens=12, eos_token_id=two)
    yield dict(num_beams=4, num_return_sequences=4, max_new_tokens=12, eos_token_id=two, length_penalty=2.0)
    yield dict(num_beams=4, num_return_sequences=4, max_new_tokens=12, eos_token_id=two, length_penalty=-1.0)
    yield dict(num_beams=4, num_return_sequences=4, max_new_tokens=12, eos_token_id=two, length_penalty=0.0)
    yield dict(num_beams=4, num_return_sequences=3, max_new_tokens=12, eos_token_id=two, early_stopping=True)
    yield dict(num_beams=4, num_return_sequences=2, max_new_tokens=12, eos_token_id=one, min_new_tokens=7, repetition_penalty=1.3)
    yield dict(num_beams=3, num_return_sequences=3, max_new_tokens=12, eos_token_id=one, no_repeat_ngram_size=2,
               bad_words_ids=bad, suppress_tokens=[greedy[3]], sequence_bias=bias)
    yield dict(max_new_tokens=12)
    yield dict(max_new_tokens=12, repetition_penalty=1.4)
    yield dict(max_new_tokens=16, no_repeat_ngram_size=1)
    yield dict(max_new_tokens=16, no_repeat_ngram_size=3)
    yield dict(max_new_tokens=12, eos_token_id=two, min_new_tokens=9)
    yield dict(max_new_tokens=12, eos_token_id=two, min_length=12)
    yield dict(max_new_tokens=12, eos_token_id=one, bad_words_ids=bad, suppress_tokens=[greedy[0]])
    yield dict(max_new_tokens=12, sequence_bias=bias, repetition_penalty=0.8)


def reply(model, prompt, arguments):
    model.generation_config = GenerationConfig()
    config = GenerationConfig(do_sample=False, pad_token_id=0, return_dict_in_generate=True, output_scores=True, **arguments)
    ids = torch.tensor([prompt])
    out = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=config)
    stops = arguments.get("eos_token_id", [])
    stops = stops if isinstance(stops, list) else [stops]
    replies = []
    for i, sequence in enumerate(out.sequences[:, len(prompt):].tolist()):
        end = min([t + 1 for t, token in enumerate(sequence) if token in stops], default=len(sequence))
        replies.append({"ids": sequence[:end]})
        if arguments.get("num_beams", 1) > 1:
            replies[-1]["score"] = out.sequences_scores[i].item()
    return replies


def entry(model):
    model = model.float().eval()
    random = Lcg(SEED)
    prompts = [[3 + int(random.next() * 40) for _ in range(length)] for length in (3, 7, 5, 7)]
    found = [{"arguments": a, "replies": [reply(model, p, a) for p in prompts]} for a in cases(model, prompts)]
    return {"prompts": prompts, "cases": found}


if __name__ == "__main__":
    torch.set_num_threads(1)
    fixture = {
        "made_by": "language-model/src/test/python/generate_fixture.py",
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "tiny": {"size": SIZE, "seed": SEED, **entry(tiny())},
        "goldens": {os.path.basename(folder): entry(AutoModelForCausalLM.from_pretrained(folder)) for folder in sys.argv[2:]},
    }
    with open(sys.argv[1], "w") as file:
        file.write(json.dumps(fixture, separators=(",", ":")).replace('{"arguments"', '\n{"arguments"') + "\n")
