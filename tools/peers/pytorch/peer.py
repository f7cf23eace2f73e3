"""The peer on a GPU (or CPU): one IDSNN training step in PyTorch, timed; compare.sh runs it beside ours.

  python3 peer.py --mode eager|compile|spikingjelly --batch 256 --timesteps 4 --precision bf16 --steps 20

Frozen ResNet-34 teacher, Spiking ResNet-18 student, CE + KD, SGD with momentum; channels-last, autocast;
the stem's convolution and batch-norm run once, not T times, as SpikingJelly's examples do.
spikingjelly: its multi-step LIF with --backend cupy|triton|torch (needs the package and, for cupy, CuPy).
Prints one JSON line: images per second (median over the steps), ms per step, peak bytes, peak bytes per image
beyond what the models and the optimizer hold.
"""
import argparse
import contextlib
import json
import math
import pathlib
import statistics
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "reference"))
from idsnn_torch import Lif, ResNet, kd_loss  # noqa: E402


def forward(model, images):
    """ResNet.forward with the stem computed once for all T."""
    x = model.bn1(model.conv1(images))
    x = model.act(x.expand(model.timesteps, *x.shape))
    x = model.layer4(model.layer3(model.layer2(model.layer1(x))))
    return model.fc(x.mean(dim=(-2, -1)).mean(0))


def use_spikingjelly(model, backend):
    from spikingjelly.activation_based import neuron, surrogate

    def swap(module):
        for name, child in module.named_children():
            if isinstance(child, Lif):
                # ATan: SpikingJelly's fused kernels have no rectangle; the cost is the same class of work.
                node = neuron.LIFNode(tau=1 / (1 - child.decay), v_threshold=child.threshold, detach_reset=True,
                                      decay_input=False, surrogate_function=surrogate.ATan(), step_mode="m", backend=backend)
                setattr(module, name, node)
            else:
                swap(child)

    swap(model)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--mode", choices=["eager", "compile", "spikingjelly"], default="eager")
    p.add_argument("--backend", default="cupy")
    p.add_argument("--batch", type=int, default=256)
    p.add_argument("--timesteps", type=int, default=4)
    p.add_argument("--width", type=int, default=64)
    p.add_argument("--precision", choices=["fp32", "tf32", "bf16"], default="bf16")
    p.add_argument("--steps", type=int, default=20)
    p.add_argument("--warmup", type=int, default=8)
    p.add_argument("--no-teacher", action="store_true")
    a = p.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    gpu = device == "cuda"
    torch.manual_seed(0)
    torch.backends.cudnn.benchmark = True
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = a.precision != "fp32"

    student = ResNet(18, "spiking", a.width, timesteps=a.timesteps).to(device, memory_format=torch.channels_last)
    teacher = ResNet(34, "ann", a.width).to(device, memory_format=torch.channels_last).eval()
    if a.mode == "spikingjelly":
        use_spikingjelly(student, a.backend)
        student.to(device)
        from spikingjelly.activation_based import functional
    step_student, step_teacher = forward, forward
    if a.mode == "compile":
        step_student, step_teacher = torch.compile(forward), torch.compile(forward)
    sgd = torch.optim.SGD(student.parameters(), 0.05, 0.9, weight_decay=1e-4, **({"fused": True} if gpu else {}))
    x = torch.randn(a.batch, 3, 32, 32, device=device).to(memory_format=torch.channels_last)
    y = torch.randint(0, 10, (a.batch,), device=device)
    amp = torch.autocast(device, torch.bfloat16) if a.precision == "bf16" else contextlib.nullcontext()

    def step():
        with amp:
            with torch.no_grad():
                soft = None if a.no_teacher else step_teacher(teacher, x)
            logits = step_student(student, x)
        logits = logits.float()
        loss = torch.nn.functional.cross_entropy(logits, y) if a.no_teacher else kd_loss(logits, soft.float(), y)[0]
        sgd.zero_grad(set_to_none=True)
        loss.backward()
        sgd.step()
        if a.mode == "spikingjelly":
            functional.reset_net(student)

    step()
    held = torch.cuda.memory_allocated() if gpu else 0
    for _ in range(a.warmup):
        step()
    if gpu:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    times = []
    for _ in range(a.steps):
        start = time.perf_counter()
        step()
        if gpu:
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    median = statistics.median(times)
    peak = torch.cuda.max_memory_allocated() if gpu else math.nan
    print(json.dumps({
        "peer": f"torch {torch.__version__} {a.mode}" + (f" {a.backend}" if a.mode == "spikingjelly" else ""),
        "device": torch.cuda.get_device_name() if gpu else "cpu", "precision": a.precision, "batch": a.batch,
        "timesteps": a.timesteps, "width": a.width, "images_per_second": a.batch / median, "ms_per_step": median * 1e3,
        "peak_bytes": peak, "peak_bytes_per_image": (peak - held) / a.batch}))


if __name__ == "__main__":
    main()
