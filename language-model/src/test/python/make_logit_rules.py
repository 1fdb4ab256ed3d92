"""Logits after transformers' processors for eta_cutoff and begin_suppress_tokens, alone and in generate()'s chain.

Writes a fixture of LogitChainParityTest, in the form of the shared goldens of sampling:

  python make_logit_rules.py ../resources/org/plumbline/model/generation/logit_rules.json
"""
import json, sys
import torch, transformers
from transformers.generation import logits_process as rules

VOCABULARY = 24


def processor(name, config):
    value = config[name]
    length = config.get("prompt_length")
    return {
        "repetition_penalty": lambda: rules.RepetitionPenaltyLogitsProcessor(value),
        "suppress_tokens": lambda: rules.SuppressTokensLogitsProcessor(value),
        "begin_suppress_tokens": lambda: rules.SuppressTokensAtBeginLogitsProcessor(value, length),
        "temperature": lambda: rules.TemperatureLogitsWarper(value),
        "top_k": lambda: rules.TopKLogitsWarper(value),
        "epsilon_cutoff": lambda: rules.EpsilonLogitsWarper(value),
        "eta_cutoff": lambda: rules.EtaLogitsWarper(value),
    }[name]()


def main():
    random = torch.Generator().manual_seed(11)
    ids = torch.randint(0, VOCABULARY, (4, 6), generator=random)
    scores = torch.randn(4, VOCABULARY, generator=random) * torch.tensor([[0.05], [1.0], [3.0], [9.0]])
    cases = [
        ("eta, sqrt decides in the sharp rows", dict(order=["eta_cutoff"], eta_cutoff=0.01)),
        ("eta, the entropy decides in flat rows", dict(order=["eta_cutoff"], eta_cutoff=0.3)),
        ("eta keeps the best token", dict(order=["eta_cutoff"], eta_cutoff=0.95)),
        ("eta behind top-k, whose dropped tokens have no entropy", dict(order=["top_k", "eta_cutoff"], top_k=5, eta_cutoff=0.2)),
        ("begin: the first token", dict(order=["begin_suppress_tokens"], begin_suppress_tokens=[3, 7, 20], prompt_length=6)),
        ("begin: the third token", dict(order=["begin_suppress_tokens"], begin_suppress_tokens=[3, 7, 20], prompt_length=4)),
        ("chain", dict(
            order=["repetition_penalty", "suppress_tokens", "begin_suppress_tokens", "temperature", "top_k", "epsilon_cutoff", "eta_cutoff"],
            repetition_penalty=1.3, suppress_tokens=[2], begin_suppress_tokens=[5, 6], temperature=0.8, top_k=12,
            epsilon_cutoff=0.002, eta_cutoff=0.02, prompt_length=6)),
    ]
    done = []
    for name, config in cases:
        z = scores.clone()
        for step in config["order"]:
            z = processor(step, config)(ids, z)
        kept = torch.isfinite(z)
        done.append(dict(
            name=name, config=config, kept=kept.tolist(), probs=z.softmax(-1).tolist(),
            scores=[[v if k else None for v, k in zip(*row)] for row in zip(z.tolist(), kept.tolist())]))
    with open(sys.argv[1], "w") as out:
        json.dump(dict(transformers=transformers.__version__, input_ids=ids.tolist(), scores=scores.tolist(), cases=done), out)
        out.write("\n")


main()
