"""Logits of a saved classifier, full or with an adapter: TASK FOLDER ROWS.json [ADAPTER LABELS]."""
import json
import sys

import torch
from peft import PeftModel
from transformers import (AutoModelForQuestionAnswering, AutoModelForSequenceClassification,
                          AutoModelForTokenClassification, AutoTokenizer)

task, folder, rows = sys.argv[1:4]
kind = {"sequence": AutoModelForSequenceClassification, "token": AutoModelForTokenClassification,
        "question_answering": AutoModelForQuestionAnswering}[task]
if len(sys.argv) > 4:
    base = kind.from_pretrained(folder, num_labels=int(sys.argv[5]))
    # PeftModelForQuestionAnswering (0.21) takes token_type_ids but does not hand them on: call what it wraps.
    model = PeftModel.from_pretrained(base, sys.argv[4]).base_model
else:
    model, info = kind.from_pretrained(folder, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"], info
model.eval()
scores = []
for row in json.load(open(rows)):
    inputs = {"input_ids": torch.tensor([row["ids"]])}
    if row["types"]:
        inputs["token_type_ids"] = torch.tensor([row["types"]])
    with torch.no_grad():
        out = model(**inputs)
    if task == "sequence":
        scores.append(out.logits[0].tolist())
    elif task == "token":
        scores.append(out.logits[0][row["picks"]].flatten().tolist())
    else:
        scores.append(torch.stack([out.start_logits[0], out.end_logits[0]], 1).flatten().tolist())
tokenizer = AutoTokenizer.from_pretrained(sys.argv[4] if len(sys.argv) > 4 else folder)
pair = tokenizer("the pool is open.", "who asks?")
print(json.dumps({"scores": scores, "labels": [model.config.id2label[i] for i in range(len(model.config.id2label))],
                  "pair": pair["input_ids"], "types": pair.get("token_type_ids", [])}))
