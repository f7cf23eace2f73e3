"""Records a training trace: where a model starts, what it is fed, and what PyTorch makes of it.

A trace is one .safetensors file.  `Train replay` runs the same steps on any device and compares.

  python3 make_trace.py OUT.safetensors --depth 18 --kind spiking --width 8 --timesteps 4

Tensors (float32 unless said otherwise; conv weights are OIHW, images NCHW, names torchvision's):
  init.<name>         the student before step 0 (parameters and BN statistics)
  teacher.<name>      the frozen teacher, where the loss distils (BN in evaluation mode)
  input.<s>           [N, 3, H, W] images of step s, used as they are: no augmentation, no normalisation
  label.<s>           [N] int64
  expected.logits.<s> [N, classes] the student's training-mode logits of step s, before its update
  expected.loss       [steps, 3] total, cross-entropy, KL term (before alpha T^2); with feature_weight a fourth, that term
  grad.<name>         gradients of step 0
  final.<name>        the student after the last step
  expected.eval       [N, classes] evaluation-mode logits of the student before step 0 on input.0
The header's __metadata__ holds one key, "trace": the JSON of the options below.  An older trace may lack
reset, surrogate, stem_padding, shortcuts, per_step, family, teacher_family, pooling, neuron_kind, initial_membrane and
fires_at_threshold; they then have the defaults below.
Everything is computed in float64 (--dtype float32 for PyTorch's own float32) and stored as float32.

How closely float32 can follow: step 0 agrees to about 1e-6 (gradients 3e-6).  But a membrane within
rounding of its threshold fires in one engine and not in another (a ReLU's kink does the same, less
often), and a step or two later two correct runs have parted.  So record each trace in both dtypes,
keep the seeds on which the two agree, and judge spiking traces by step 0 and the update it makes.
"""
import argparse
import json
import struct

import torch

from idsnn_torch import SURROGATES, ResNet, Vgg, initialise, kd_loss, per_step_loss

DTYPES = {torch.float32: "F32", torch.int64: "I64"}


def save(path, tensors, metadata):
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        blob = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        f.writelines(blobs)


def options(arguments=None):
    p = argparse.ArgumentParser()
    p.add_argument("out")
    p.add_argument("--family", choices=["resnet", "vgg"], default="resnet")
    p.add_argument("--pooling", choices=["max", "average"], default="max", help="between the stages of a vgg")
    p.add_argument("--depth", type=int, default=18)
    p.add_argument("--kind", choices=["ann", "spiking", "sew", "ms"], default="spiking")
    p.add_argument("--width", type=int, default=8)
    p.add_argument("--classes", type=int, default=10)
    p.add_argument("--timesteps", type=int, default=4)
    p.add_argument("--neuron-kind", choices=["lif", "if", "plif"], default="lif", help="if: decay 1; plif: a trained decay")
    p.add_argument("--decay", type=float, default=0.25, help="of plif: where it starts")
    p.add_argument("--initial-membrane", type=float, default=0.0, help="before the first time-step; of lif and if")
    p.add_argument("--fires-at-threshold", action="store_true", help="a membrane that equals the threshold fires; of lif and if")
    p.add_argument("--threshold", type=float, default=0.5)
    p.add_argument("--lens", type=float, default=0.5)
    p.add_argument("--attach-reset", action="store_true", help="let gradients flow through the reset")
    p.add_argument("--reset", choices=["hard", "soft"], default="hard", help="to 0, or by subtracting the threshold")
    p.add_argument("--surrogate", choices=list(SURROGATES), default="rectangle", help="of width lens and area 1")
    p.add_argument("--stem-padding", type=int, default=1, help="the student's; a teacher always has 1")
    p.add_argument("--batch", type=int, default=4)
    p.add_argument("--size", type=int, default=32)
    p.add_argument("--steps", type=int, default=1)
    p.add_argument("--lr", type=float, default=0.05)
    p.add_argument("--optimizer", choices=["sgd", "adamw"], default="sgd")
    p.add_argument("--momentum", type=float, default=0.9, help="of sgd")
    p.add_argument("--beta1", type=float, default=0.9, help="of adamw, as are the next two")
    p.add_argument("--beta2", type=float, default=0.999)
    p.add_argument("--epsilon", type=float, default=1e-8)
    p.add_argument("--weight-decay", type=float, default=1e-4)
    p.add_argument("--alpha", type=float, default=0.3, help="0: no distillation")
    p.add_argument("--feature-weight", type=float, default=0.0, help="of the distance of aligned pooled features; 0: none")
    p.add_argument("--temperature", type=float, default=4.0)
    p.add_argument("--per-step", action="store_true", help="the loss of each time-step's read-out, averaged over time; with distillation")
    p.add_argument("--teacher-family", choices=["resnet", "vgg"], default=None)
    p.add_argument("--teacher-depth", type=int, default=34)
    p.add_argument("--teacher-width", type=int, default=None)
    p.add_argument("--init", choices=["none", "prefix", "even"], default="none", help="initialise the student from the teacher")
    p.add_argument("--shortcuts", choices=["random", "copy"], default="random", help="downsample layers: their own, or the teacher's")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--dtype", choices=["float32", "float64"], default="float64")
    a = p.parse_args(arguments)
    a.teacher_width = a.teacher_width or a.width
    a.teacher_family = a.teacher_family or a.family
    a.decay = 1.0 if a.neuron_kind == "if" else a.decay
    return a


def models(a):
    """The student and the teacher (None where the options need none), as PyTorch initialises them."""
    dtype = getattr(torch, a.dtype)
    neuron = {} if a.kind == "ann" else dict(
        decay=a.decay, threshold=a.threshold, lens=a.lens, detach_reset=not a.attach_reset, reset=a.reset, surrogate=a.surrogate,
        neuron_kind=a.neuron_kind, initial=a.initial_membrane, at_threshold=a.fires_at_threshold)

    def build(family, *args, stem_padding=1, **neuron):
        if family == "vgg":
            return Vgg(*args, pooling=a.pooling, **neuron).to(dtype)
        return ResNet(*args, stem_padding=stem_padding, **neuron).to(dtype)

    student = build(a.family, a.depth, a.kind, a.width, a.classes, a.timesteps, stem_padding=a.stem_padding, **neuron)
    teacher = None
    if a.alpha > 0 or a.feature_weight > 0 or a.init != "none":
        teacher = build(a.teacher_family, a.teacher_depth, "ann", a.teacher_width, a.classes).eval()
    return student, teacher


def start(a):
    """What the seed gives: (student, teacher, [(images, labels) of each step])."""
    torch.manual_seed(a.seed)
    dtype = getattr(torch, a.dtype)
    student, teacher = models(a)

    def warm(model):  # a network with statistics of its own, so that evaluation mode means something
        model.train()
        with torch.no_grad():
            for _ in range(10):
                model(torch.randn(16, 3, a.size, a.size).to(dtype))
        model.float().to(dtype)  # exactly the numbers that the file holds

    if a.family == "vgg" and a.init == "none":  # without statistics nothing reaches the end of a network without shortcuts
        warm(student)
    if teacher is not None:
        warm(teacher)
        teacher.eval()
        if a.init != "none":
            initialise(student, teacher, a.init, a.shortcuts)
    # float32 values throughout, so that every engine starts from the same numbers
    batches = [(torch.randn(a.batch, 3, a.size, a.size).to(dtype), torch.randint(0, a.classes, (a.batch,))) for _ in range(a.steps)]
    return student, teacher, batches


def optimizer(a, parameters):
    if a.optimizer == "adamw":
        return torch.optim.AdamW(parameters, a.lr, (a.beta1, a.beta2), a.epsilon, a.weight_decay)
    return torch.optim.SGD(parameters, a.lr, a.momentum, weight_decay=a.weight_decay)


def record(a, student, teacher, batches):
    """Trains the student over the batches; returns the trace's tensors."""
    tensors = {f"init.{k}": v.clone() for k, v in student.state_dict().items()}
    with torch.no_grad():
        tensors["expected.eval"] = student.eval()(batches[0][0])
    student.train()
    if teacher is not None:
        tensors |= {f"teacher.{k}": v.clone() for k, v in teacher.state_dict().items()}
    aligner = torch.nn.Linear(student.pooled.shape[-1], student.pooled.shape[-1]).to(student.pooled.dtype)
    torch.nn.init.eye_(aligner.weight)
    torch.nn.init.zeros_(aligner.bias)
    own = {f"objective.aligner.{k}": v for k, v in aligner.named_parameters()} if a.feature_weight > 0 else {}
    optimiser = optimizer(a, [*student.parameters(), *own.values()])
    losses = []
    for s, (x, y) in enumerate(batches):
        if a.alpha > 0 or own:
            with torch.no_grad():
                soft = teacher(x)
        if a.per_step:
            read_outs = student(x, per_step=True)
            logits = read_outs.mean(0)
            loss, ce, kl = per_step_loss(read_outs, soft, y, a.alpha, a.temperature)
        elif a.alpha > 0:
            logits = student(x)
            loss, ce, kl = kd_loss(logits, soft, y, a.alpha, a.temperature)
        else:
            logits = student(x)
            loss = ce = torch.nn.functional.cross_entropy(logits, y)
            kl = torch.zeros(())
        terms = []
        if own:  # KDSNN's feature variant: the mean over images of the squared distance
            terms = [(aligner(student.pooled.mean(0)) - teacher.pooled[0]).square().sum(-1).mean()]
            loss = loss + a.feature_weight * terms[0]
        optimiser.zero_grad()
        loss.backward()
        if s == 0:
            tensors |= {f"grad.{k}": v.grad.clone() for k, v in [*student.named_parameters(), *own.items()]}
        optimiser.step()
        tensors |= {f"input.{s}": x, f"label.{s}": y, f"expected.logits.{s}": logits.detach()}
        losses.append([float(loss), float(ce), float(kl), *map(float, terms)])
    tensors["expected.loss"] = torch.tensor(losses)
    tensors |= {f"final.{k}": v.detach().clone() for k, v in [*student.state_dict().items(), *own.items()]}
    return {k: (v if v.dtype == torch.int64 else v.float()) for k, v in tensors.items()}


def main():
    a = options()
    tensors = record(a, *start(a))
    save(a.out, tensors, {"trace": json.dumps({k: v for k, v in vars(a).items() if k != "out"})})
    loss = tensors["expected.loss"][:, 0]
    print(f"{a.out}: {len(tensors)} tensors, loss {loss[0]:.6f} -> {loss[-1]:.6f}")


if __name__ == "__main__":
    main()
