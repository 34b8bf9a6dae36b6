"""Answers for byzfl.test.ts: what ByzFL makes of rows from stdin. Exits with 3 where ByzFL is not installed."""

import json
import sys

try:
    import byzfl
    import numpy as np
except ImportError:
    sys.exit(3)

answers = []
for case in json.load(sys.stdin):
    rows, f, tau = np.array(case["rows"], dtype=float), case["f"], float(case["tau"])
    made = {
        "sign-flip-byzfl": byzfl.SignFlipping(),
        "ipm": byzfl.InnerProductManipulation(10.0),
        "mimic": byzfl.Mimic(0),
        "mean": byzfl.Average(),
        "median": byzfl.Median(),
        "trimmed-mean": byzfl.TrMean(f),
        "mean-around-median": byzfl.Meamed(f),
        "krum": byzfl.Krum(f),
        "multi-krum": byzfl.MultiKrum(f),
        "minimum-diameter": byzfl.MDA(f),
        "geometric-median": byzfl.GeometricMedian(nu=0.1, T=3),
        "centered-clipping": byzfl.CenteredClipping(tau=tau),
        "nnm": byzfl.NNM(f),
        "arc": byzfl.ARC(f),
        "clip": byzfl.Clipping(c=tau),
    }
    answers.append({name: np.asarray(of(rows.copy())).tolist() for name, of in made.items()})
json.dump(answers, sys.stdout)
