"""Answers for strategies.test.ts: what Flower's strategies, and FedProx in NumPy, make of cases from stdin.

Exits with 3 where Flower is not installed. `test/flower.json` has cases with the answers of Flower 1.42.0:
python3 flower.py < cases.json.
"""

import json
import sys

try:
    import numpy as np
    from flwr.common import Code, FitRes, Status, ndarrays_to_parameters, parameters_to_ndarrays
    from flwr.server.strategy import FedAdam, FedAvg, FedYogi
except ImportError:
    sys.exit(3)


def aggregated(strategy, model, aggregates):
    """The models after each round, in which one client sends the model that the aggregate leads to."""
    models = []
    for number, aggregate in enumerate(aggregates, 1):
        sent = ndarrays_to_parameters([model + np.array(aggregate)])
        reply = FitRes(Status(Code.OK, ""), sent, num_examples=1, metrics={})
        made, _ = strategy.aggregate_fit(number, [(None, reply)], [])
        model = parameters_to_ndarrays(made)[0]
        models.append(model.tolist())
    return models


def proximal(case):
    """Steps of gradient descent on cross-entropy plus mu / 2 |w - w0|^2, with all examples in each."""
    x, labels = np.array(case["values"]), np.array(case["labels"])
    x = np.hstack([x, np.ones((len(x), 1))])
    start = np.array(case["model"]).reshape(x.shape[1], case["classes"])
    w = start.copy()
    for _ in range(case["steps"]):
        logits = x @ w
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(len(x)), labels] -= 1
        w -= case["rate"] * (x.T @ p / len(x) + case["mu"] * (w - start))
    return (w - start).ravel().tolist()


answers = []
for case in json.load(sys.stdin):
    if "mu" in case:
        answers.append({**case, "update": proximal(case)})
        continue
    model = np.array(case["model"])
    how = {"initial_parameters": ndarrays_to_parameters([model])}
    adaptive = {**how, "eta": case["rate"], "beta_1": case["beta1"], "beta_2": case["beta2"], "tau": case["tau"]}
    answers.append({
        **case,
        "fedavg": aggregated(FedAvg(**how), model, case["aggregates"]),
        "fedadam": aggregated(FedAdam(**adaptive), model, case["aggregates"]),
        "fedyogi": aggregated(FedYogi(**adaptive), model, case["aggregates"]),
    })
json.dump(answers, sys.stdout)
