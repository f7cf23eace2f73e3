"""Makes the traces in ../fixtures, or with --check reads them back and judges them again.

  python3 make_fixtures.py [--check] [NAME ...]

For each fixture it tries seeds from 0 on and keeps the first one that any correct float32 engine can be
held to: PyTorch's own float32 follows its float64 within LIMITS, no gradient is zero, evaluation mode is not
silent, and nothing comes within MARGIN of a place where rounding would change a spike or jolt a gradient.
Where none of SEEDS seeds has that margin, the one with the largest is kept.
"""
import argparse
import json
import math
import pathlib
import struct

import torch

from idsnn_torch import Lif
from make_trace import models, options, record, save, start

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
SEEDS, MARGIN = 100, 1e-5
# Relative L2 error, tensor by tensor, of float32 against float64 (expected.loss: of total and cross-entropy).
LIMITS = {"expected.logits": 2e-6, "expected.eval": 2e-6, "expected.loss": 1e-6, "grad": 2e-5, "final": 2e-6}
TINY = 1e-12  # a tensor with a smaller norm is not judged

FIXTURES = {
    "spiking18-prefix": "--width 4 --batch 3 --size 16 --init prefix",
    "sew18-even": "--kind sew --width 3 --batch 2 --size 16 --init even",
    "spiking18-t6-attached": "--width 3 --batch 2 --size 14 --timesteps 6 --attach-reset --teacher-depth 18",
    "ann18-two-steps": "--kind ann --width 3 --batch 3 --size 32 --steps 2",
    "spiking50-prefix": "--depth 50 --width 2 --batch 2 --size 14 --timesteps 2 --teacher-depth 101 --init prefix",
    "spiking18-wider": "--width 6 --batch 2 --size 16 --teacher-depth 18 --teacher-width 4 --init prefix",
    "spiking18-odd-size": "--width 3 --batch 3 --size 13 --teacher-depth 18",
    "spiking18-batch1": "--width 2 --batch 1 --size 32 --teacher-depth 18",
    "ms18-prefix": "--kind ms --width 3 --batch 2 --size 16 --init prefix",
    "spiking18-soft-arctan": "--width 3 --batch 2 --size 16 --reset soft --attach-reset --surrogate arctan --teacher-depth 18",
    "spiking18-sigmoid-alone": "--width 3 --batch 3 --size 16 --alpha 0 --surrogate sigmoid --decay 0.5 --threshold 0.3 --lens 0.4",
    "spiking18-narrower-triangle": "--width 3 --batch 2 --size 12 --teacher-width 5 --init prefix --shortcuts copy"
                                   " --stem-padding 3 --surrogate triangle",
    "ms50-soft-even": "--kind ms --depth 50 --width 2 --batch 2 --size 16 --timesteps 2 --reset soft"
                      " --teacher-depth 101 --init even",
    "sew18-per-step": "--kind sew --width 2 --batch 3 --size 16 --timesteps 3 --teacher-depth 18 --per-step",
    "spiking18-adamw": "--width 3 --batch 3 --size 16 --timesteps 2 --steps 3 --optimizer adamw --lr 0.001 --beta2 0.9 --epsilon 1e-4"
                       " --weight-decay 0.05 --teacher-depth 18",
    "ann-vgg11-two-steps": "--family vgg --depth 11 --kind ann --width 4 --batch 4 --size 32 --alpha 0 --steps 2",
    "vgg16-prefix": "--family vgg --depth 16 --width 2 --batch 2 --size 32 --timesteps 3 --teacher-depth 19 --init prefix",
    "vgg11-average-resnet-teacher": "--family vgg --depth 11 --width 4 --batch 3 --size 16 --timesteps 2 --pooling average"
                                    " --threshold 0.2 --teacher-family resnet --teacher-depth 18",
    "vgg13-even": "--family vgg --depth 13 --width 2 --batch 2 --size 16 --threshold 0.3 --teacher-depth 11 --init even",
    "spiking19-prefix": "--depth 19 --width 3 --batch 2 --size 16 --timesteps 3 --teacher-depth 19 --init prefix",
    "spiking20-even": "--depth 20 --width 3 --batch 2 --size 16 --timesteps 3 --teacher-depth 32 --init even",
    "if18-charged": "--neuron-kind if --initial-membrane 0.25 --fires-at-threshold --reset soft --attach-reset --surrogate triangle"
                    " --width 3 --batch 2 --size 16 --teacher-depth 18",
    "lif18-charged": "--initial-membrane -0.5 --width 3 --batch 2 --size 12 --alpha 0 --decay 0.5 --threshold 0.3",
    "plif18-sew": "--neuron-kind plif --kind sew --width 3 --batch 2 --size 16 --timesteps 3 --alpha 0 --decay 0.5 --threshold 0.3",
    "plif18-ms-soft": "--neuron-kind plif --kind ms --width 3 --batch 2 --size 16 --reset soft --attach-reset --surrogate sigmoid"
                      " --teacher-depth 18",
    "plif19-prefix": "--neuron-kind plif --depth 19 --width 3 --batch 2 --size 16 --teacher-depth 19 --init prefix --surrogate arctan",
    "spiking18-features": "--width 3 --batch 3 --size 16 --timesteps 2 --steps 2 --feature-weight 0.5 --teacher-depth 34",
    "sew50-alone": "--kind sew --depth 50 --width 2 --batch 2 --size 14 --timesteps 2 --alpha 0 --attach-reset --threshold 0.2",
}


def load(path):
    """(options, tensors) of a trace."""
    blob = path.read_bytes()
    (length,) = struct.unpack("<Q", blob[:8])
    header, data = json.loads(blob[8:8 + length]), bytearray(blob[8 + length:])
    stored = json.loads(header.pop("__metadata__")["trace"])
    tensors = {}
    for name, entry in header.items():
        dtype = {"F32": torch.float32, "I64": torch.int64}[entry["dtype"]]
        count = math.prod(entry["shape"])
        tensors[name] = torch.frombuffer(data, dtype=dtype, count=count, offset=entry["data_offsets"][0]).reshape(entry["shape"])
    return argparse.Namespace(**{**vars(options(["-"])), **stored}), tensors


def restart(a, tensors, dtype):
    """What start gives, out of a trace's tensors."""
    def part(prefix):
        return {k[len(prefix):]: v for k, v in tensors.items() if k.startswith(prefix)}

    student, teacher = models(argparse.Namespace(**{**vars(a), "dtype": dtype}))
    student.load_state_dict(part("init."))
    if teacher is not None:
        teacher.load_state_dict(part("teacher."))
    batches = [(tensors[f"input.{s}"].to(getattr(torch, dtype)), tensors[f"label.{s}"]) for s in range(a.steps)]
    return student, teacher, batches


def watched(a, student, teacher, batches):
    """record, and how near the run came to where rounding changes a spike or jolts a gradient: the least distance of
    a membrane to its threshold (training and evaluation) and to the edges of its surrogate's window, of a ReLU's
    input to 0, and of a max-pool's largest number to the next (these in training, for they matter to gradients only)."""
    found = {}

    def nearest(what, distance):
        found[what] = min(found.get(what, math.inf), float(distance.detach().abs().min()))

    def lif(neuron, membrane):
        v = membrane - neuron.threshold
        nearest("threshold", v)
        if student.training and neuron.surrogate in ("rectangle", "triangle"):
            nearest("window", v.abs() - neuron.lens)

    def relu(_, inputs):
        if student.training:
            nearest("kink", inputs[0])

    def maximum(_, inputs):
        if student.training and a.kind == "ann" and min(inputs[0].shape[-2:]) > 1:
            x = inputs[0][..., :inputs[0].shape[-2] // 2 * 2, :inputs[0].shape[-1] // 2 * 2]
            windows = x.unfold(-2, 2, 2).unfold(-2, 2, 2).flatten(-2)
            first, second = windows.sort(-1, descending=True).values[..., :2].unbind(-1)
            nearest("maximum", torch.where(first > 0, first - second, torch.ones(())))

    for module in student.modules():
        if isinstance(module, torch.nn.ReLU):
            module.register_forward_pre_hook(relu)
        if isinstance(module, torch.nn.MaxPool2d):
            module.register_forward_pre_hook(maximum)
    Lif.watch = lif
    tensors = record(a, student, teacher, batches)
    Lif.watch = None
    return tensors, found


def agreement(expected, actual):
    """The worst relative L2 error of each group of LIMITS."""
    worst = dict.fromkeys(LIMITS, 0.0)
    for group in worst:
        for name in (n for n in expected if n.startswith(group)):
            a, b = actual[name].double(), expected[name].double()
            if group == "expected.loss":
                error = float(((a - b) / b)[:, :2].abs().max())
            else:
                error = float((a - b).norm() / b.norm()) if b.norm() > TINY else 0.0
            worst[group] = max(worst[group], error)
    return worst


def agrees(worst):
    return all(worst[group] <= limit for group, limit in LIMITS.items())  # NaN does not


def liveliness(tensors):
    """(the smallest gradient's norm, the part of the evaluation-mode logits that is not just the classifier's bias)."""
    logits = tensors["expected.eval"]
    bias = next(v for k, v in reversed(tensors.items()) if k.startswith("init.") and k.endswith(".bias"))  # the classifier's, the last
    return (min(float(v.norm()) for k, v in tensors.items() if k.startswith("grad.")),
            float((logits - bias).norm() / logits.norm()))


def search(name):
    kept, best = None, 0.0
    for seed in range(SEEDS):
        a = options(["-", *FIXTURES[name].split(), "--seed", str(seed)])
        tensors, margins = watched(a, *start(a))
        margin = min(margins.values())
        gradient, active = liveliness(tensors)
        if margin > best and gradient > TINY and active > 0.05:
            if agrees(agreement(tensors, record(a, *restart(a, tensors, "float32")))):
                kept, best = (a, tensors), margin
                if margin >= MARGIN:
                    break
    if kept is None:
        raise SystemExit(f"{name}: none of {SEEDS} seeds will do; try another size")
    a, tensors = kept
    save(FOLDER / f"{name}.safetensors", tensors, {"trace": json.dumps({k: v for k, v in vars(a).items() if k != "out"})})


def check(name):
    """Reads a fixture back, repeats it in both precisions, and prints what it is and how firm it stands."""
    path = FOLDER / f"{name}.safetensors"
    a, tensors = load(path)
    again, margins = watched(a, *restart(a, tensors, "float64"))
    double, single = agreement(tensors, again), agreement(tensors, record(a, *restart(a, tensors, "float32")))
    gradient, active = liveliness(tensors)

    def show(numbers):
        return ", ".join(f"{k} {v:.1e}" for k, v in numbers.items())

    print(f"{name}: {path.stat().st_size / 1e6:.2f} MB, {len(tensors)} tensors"
          f"\n  options  {json.dumps({k: v for k, v in vars(a).items() if k != 'out'})}"
          f"\n  margins  {show(margins)}; smallest gradient {gradient:.1e}, evaluation active {active:.2f}"
          f"\n  float64  {show(double)}"
          f"\n  float32  {show(single)}{'' if agrees(single) else '  BEYOND THE LIMITS'}", flush=True)
    return agrees(single) and agrees(double)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("names", nargs="*", metavar="NAME", help="some of the fixtures; all of them if none is named")
    p.add_argument("--check", action="store_true", help="make nothing, judge the files that are there")
    arguments = p.parse_args()
    torch.set_num_threads(1)  # one order of summation, one file
    firm = True
    for name in arguments.names or FIXTURES:
        if not arguments.check:
            search(name)
        firm &= check(name)
    if not firm:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
