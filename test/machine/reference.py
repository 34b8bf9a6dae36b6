"""Reads cases as JSON lines from standard input, and answers each with the machine's root and its states at the steps asked for."""

import json
import sys

from machine import DONE, Machine, Program
from module import Module


def answer(case):
    program = Program(Module(bytes.fromhex(case["module"])))
    result = {"machineRoot": program.root().hex(), "words": [w.hex() for w in program.words()],
              "code": [[op, a, str(b)] for op, a, b in program.code]}
    if "input" not in case:
        return result
    machine = Machine(program, bytes.fromhex(case["input"]), int(case["maxSteps"]), case["maxResultBytes"])
    wanted, states, steps = set(case["steps"]), {}, 0
    while True:
        if steps in wanted:
            states[steps] = machine.state().hex()
        if machine.phase == DONE or steps >= case["limit"]:
            break
        machine.step()
        steps += 1
    return {**result, "states": states, "length": steps, "phase": machine.phase, "end": machine.state().hex()}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
