"""ONNX's own tests of single nodes, as models with one input.

Usage: conformance.py FOLDER OPERATOR... For each test of the package `onnx` whose nodes are all of the given operators this writes NAME.onnx, in
which all inputs but the first are constants, and prints a line of JSON: its name, the first input and its shape, and the first output.
"""

import json
import sys
from pathlib import Path

import numpy as np
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


def main(folder, operators):
    for test in collect_testcases(None):
        if test.model is None:
            continue
        model = test.model
        graph = model.graph
        if not graph.node or any(node.op_type not in operators or node.domain for node in graph.node):
            continue
        given, expected = test.data_sets[0]
        if not given or not expected:
            continue
        first, result = given[0], expected[0]
        if not all(isinstance(x, np.ndarray) and x.dtype == np.float32 for x in (first, result)):
            continue
        for value, constant in list(zip(graph.input, given))[1:]:
            graph.initializer.append(numpy_helper.from_array(np.asarray(constant), value.name))
        del graph.output[1:]
        (Path(folder) / f"{test.name}.onnx").write_bytes(model.SerializeToString())
        flat = lambda values: [float(v) for v in values.reshape(-1)]
        answer = {"name": test.name, "shape": first.shape, "input": flat(first), "output": flat(result)}
        print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], set(sys.argv[2:]))
