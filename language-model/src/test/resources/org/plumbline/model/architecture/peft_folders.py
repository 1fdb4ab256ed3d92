# Folders of adapters and their logits in PEFT: "read ROOT" reads every folder below, "write ROOT LLAMA GPT2 SCORER ENCODER"
# writes one of every kind. Prints the logits by the folders' names.
import json, os, sys, traceback, torch
from pathlib import Path
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification
torch.set_num_threads(1)
ids = torch.tensor([[2 + i * 7 % 44 for i in range(1, 21)]])
def base(path):
    architecture = json.loads((Path(path) / "config.json").read_text())["architectures"][0]
    cls = AutoModelForSequenceClassification if "Sequence" in architecture else AutoModelForCausalLM
    return cls.from_pretrained(path, dtype=torch.float32).eval()
def last(model):
    with torch.no_grad():
        logits = model.eval()(input_ids=ids).logits
    return (logits[0, -1] if logits.dim() == 3 else logits[0]).double().tolist()


def read(root):
    from peft import PeftModel
    out = {}
    for folder in sorted(Path(root).iterdir()):
        try:
            config = json.loads((folder / "adapter_config.json").read_text())
            model = base(folder / config["base_model_name_or_path"])
            if "new-tokens" in folder.name:
                model.resize_token_embeddings(model.config.vocab_size + 3)
            model = PeftModel.from_pretrained(model, folder)
            out[folder.name] = last(model)
            if folder.name.endswith(("-lora", "-rslora")) and config["task_type"] == "CAUSAL_LM":
                for m in model.modules():
                    if hasattr(m, "set_scale"):
                        m.set_scale("default", 0.4)
                out[folder.name + "-scaled"] = last(model)
        except Exception:
            out[folder.name] = traceback.format_exc(limit=-2)
    return out


def write_all(root, llama, gpt2, scorer, encoder):
    import peft as p
    def lora(**more):
        return p.LoraConfig(**{**dict(task_type="CAUSAL_LM", r=3, lora_alpha=6, target_modules="all-linear"), **more})
    prompt = dict(task_type="CAUSAL_LM", num_virtual_tokens=3)
    table = lambda b: "wte" if b == gpt2 else "embed_tokens"
    names = lambda b: ["c_attn", "mlp.c_proj"] if b == gpt2 else ["q_proj", "v_proj", "down_proj"]
    down = lambda b: ["mlp.c_proj"] if b == gpt2 else ["down_proj"]
    cases = lambda b: {
        "lora": lora(),
        "rslora": lora(use_rslora=True),
        "dora": lora(use_dora=True),
        "bias-all": lora(bias="all"),
        "bias-lora-only": lora(bias="lora_only", target_modules=names(b)),
        "patterns": lora(rank_pattern={names(b)[0]: 2, ".*.1.*." + names(b)[1]: 4}, alpha_pattern={names(b)[0]: 11}),
        "layers": lora(target_modules=names(b), layers_to_transform=[1]),
        "regex": lora(target_modules=".*\\.0\\..*" + names(b)[0]),
        "embedding": lora(target_modules=[table(b), names(b)[0]]),
        "excluded": lora(target_modules=names(b), exclude_modules=[names(b)[0]]),
        "adalora": p.AdaLoraConfig(task_type="CAUSAL_LM", init_r=4, target_r=2, lora_alpha=8, total_step=10, target_modules=names(b)),
        "adalora-pruned": p.AdaLoraConfig(task_type="CAUSAL_LM", init_r=4, target_r=2, lora_alpha=8, total_step=10, target_modules=names(b)),
        "ia3": p.IA3Config(task_type="CAUSAL_LM", target_modules=names(b), feedforward_modules=down(b)),
        "prompt-tuning": p.PromptTuningConfig(**prompt),
        "prefix-tuning": p.PrefixTuningConfig(**prompt),
        "prefix-tuning-projected": p.PrefixTuningConfig(**prompt, prefix_projection=True, encoder_hidden_size=7),
        "p-tuning": p.PromptEncoderConfig(**prompt, encoder_hidden_size=9),
        "whole-embeddings": lora(modules_to_save=[table(b)]),
        "whole-head": lora(modules_to_save=["lm_head"]),
        "whole-both": lora(modules_to_save=[table(b), "lm_head"]),
        "whole-tied": lora(modules_to_save=[table(b)], ensure_weight_tying=True),
        "new-tokens": lora(),
        "new-tokens-whole": lora(modules_to_save=[table(b)]),
    }
    out = {}
    def write(name, b, config):
        try:
            torch.manual_seed(3)
            below = base(b)
            if "new-tokens" in name:
                below.resize_token_embeddings(below.config.vocab_size + 3)
            model = p.get_peft_model(below, config)
            pattern = {}
            with torch.no_grad():
                for n, q in model.named_parameters():
                    if q.requires_grad and not n.endswith(("ranknum.default", "classifier.modules_to_save.default.bias")):
                        q.add_(0.2 * torch.randn(q.shape))
                        if name.endswith("pruned") and "lora_E" in n:
                            q[1:3] = 0
                            pattern[n.removeprefix("base_model.model.").removesuffix(".default")] = (q != 0).view(-1).tolist()
            out[name] = last(model)
            if pattern:
                model.peft_config["default"].rank_pattern = pattern
            model.peft_config["default"].base_model_name_or_path = str(b)
            model.save_pretrained(root / name)
        except Exception:
            out[name] = traceback.format_exc(limit=-2)
    for b in (llama, gpt2):
        for name, config in cases(b).items():
            write(b.name + "-" + name, b, config)
    write("scorer-lora", scorer, lora(task_type="SEQ_CLS", modules_to_save=["score"]))
    write("scorer-ia3", scorer, p.IA3Config(task_type="SEQ_CLS", target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"]))
    classes = dict(task_type="SEQ_CLS", num_virtual_tokens=3)
    for b in (scorer, encoder):
        write(b.name + "-prompt-tuning", b, p.PromptTuningConfig(**classes))
        write(b.name + "-prefix-tuning", b, p.PrefixTuningConfig(**classes))
        write(b.name + "-p-tuning", b, p.PromptEncoderConfig(**classes, encoder_hidden_size=9))
    write("encoder-lora", encoder, lora(task_type="SEQ_CLS", modules_to_save=["classifier", "pooler"]))
    return out


ways = dict(read=read, write=write_all)
print("JSON" + json.dumps(ways[sys.argv[1]](*map(Path, sys.argv[2:]))))
