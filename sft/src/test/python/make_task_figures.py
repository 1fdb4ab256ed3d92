"""Makes task-figures.json: span F1 by seqeval, SQuAD's exact match and F1 by torchmetrics.

    pip install seqeval==1.2.2 torchmetrics==1.9.0
    python make_task_figures.py > ../resources/org/plumbline/sft/classify/task-figures.json
"""
import json
import random
import warnings

from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support
from torchmetrics.text import SQuAD

warnings.filterwarnings("ignore")
random.seed(5)
TYPES = ["guest", "time", "room-x"]


def tags(length):
    """Any order of tags, I- after nothing among them: predictions are not always IOB2."""
    return [random.choice(["O", "O", "B-", "I-", "I-"]) for _ in range(length)]


def typed(row):
    return [tag if tag == "O" else tag + random.choice(TYPES) for tag in row]


def changed(row):
    return [tag if random.random() < 0.8 else typed(tags(1))[0] for tag in row]


spans = []
for case in range(12):
    gold = [typed(tags(random.randint(1, 9))) for _ in range(random.randint(1, 12))]
    predicted = [changed(row) for row in gold]
    if case == 10:
        predicted = [["O"] * len(row) for row in gold]
    if case == 11:
        gold = [["O"] * len(row) for row in gold]
        predicted = gold
    types = sorted({tag[2:] for row in gold + predicted for tag in row if tag != "O"})
    by_type = precision_recall_fscore_support(gold, predicted, average=None, zero_division=0)
    spans.append({
        "gold": gold, "predicted": predicted, "types": types,
        "precision": float(precision_score(gold, predicted, zero_division=0)),
        "recall": float(recall_score(gold, predicted, zero_division=0)),
        "f1": float(f1_score(gold, predicted, zero_division=0)),
        "by_type": [[float(v) for v in column] for column in by_type] if types else [],
    })

TEXTS = ["the house", "House!", "a  dog", "an apple, red", "red apple", "mr. hall", "Hall", "9",
         "until 9", "the", "no booking", "No-booking", "I have no booking.", "caf\u00e9 au lait",
         "au lait", "the theatre", "theatre a", "\u00a7 5 (b)", "5 b"]
answers = []
for number in range(60):
    right = random.sample(TEXTS, random.randint(1, 3))
    said = random.choice(TEXTS)
    metric = SQuAD()
    metric.update([{"prediction_text": said, "id": "1"}],
                  [{"answers": {"answer_start": [0] * len(right), "text": right}, "id": "1"}])
    found = metric.compute()
    answers.append({"answers": right, "predicted": said,
                    "exact_match": float(found["exact_match"]) / 100, "f1": float(found["f1"]) / 100})

print(json.dumps({"spans": spans, "answers": answers}, ensure_ascii=False, indent=1))
