"""Reference model of IDSNN in PyTorch, for checking numbers; it is no part of the product.

Paper: Fan, Zhang, Zhang, "IDSNN: Towards High-Performance and Low-Latency SNN Training via
Initialization and Distillation", Biomimetics 2023, 8(4), 375.  Equation numbers are the paper's.

Shapes: N batch, T time-steps, C channels, H x W pixels.  Runs on PyTorch 1.13 or newer.
Parameter names follow torchvision's ResNet (conv1, bn1, layer1.0.conv1, layer1.0.downsample.0, fc).
"""
import math

import torch
from torch import nn
import torch.nn.functional as F

DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3),
          19: (3, 3, 2), 20: (3, 3, 3), 32: (5, 5, 5), 44: (7, 7, 7), 56: (9, 9, 9)}
VGG_DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


def rectangle(v, lens):
    """Eq. 4: 1/(2 lens) where |v| < lens."""
    return (v.abs() < lens).to(v.dtype) / (2 * lens)


def triangle(v, lens):
    return (1 - v.abs() / lens).clamp(min=0) / lens


def sigmoid(v, lens):
    k = 2 / lens
    s = torch.sigmoid(k * v)
    return k * s * (1 - s)


def arctan(v, lens):
    a = 1 / lens
    return a / 2 / (1 + (math.pi / 2 * a * v) ** 2)


# dF/dU as a function of v = U - U_th.  lens is the width of each; the area under each is 1.
SURROGATES = {"rectangle": rectangle, "arctan": arctan, "sigmoid": sigmoid, "triangle": triangle}


class Spike(torch.autograd.Function):
    """Eq. 3 forward, a surrogate backward."""

    @staticmethod
    def forward(ctx, membrane, threshold, lens, surrogate, at_threshold):
        ctx.save_for_backward(membrane)
        ctx.threshold, ctx.lens, ctx.surrogate = threshold, lens, SURROGATES[surrogate]
        return (membrane >= threshold if at_threshold else membrane > threshold).to(membrane.dtype)

    @staticmethod
    def backward(ctx, grad):
        (membrane,) = ctx.saved_tensors
        return grad * ctx.surrogate(membrane - ctx.threshold, ctx.lens), None, None, None, None


class Lif(nn.Module):
    """Leaky integrate-and-fire over input [T, N, ...], U(0) = decay * initial + X(0).

    reset hard (Eq. 2): U(t) = U(t-1) * decay * (1 - F(t-1)) + X(t), decay = exp(-1/tau)
    reset soft:         U(t) = decay * (U(t-1) - U_th * F(t-1)) + X(t)

    neuron_kind lif: the decay is a constant; if: it is 1; plif: it is sigmoid(w), w a parameter that starts where the decay is the given one
    (Fang et al. 2021; SpikingJelly's ParametricLIFNode with decay_input=False, whose w is -w here).
    """

    watch = None  # called as watch(neuron, membrane) at every time-step, where a caller wants to see membranes

    def __init__(self, decay=0.25, threshold=0.5, lens=0.5, detach_reset=True, reset="hard", surrogate="rectangle", neuron_kind="lif",
                 initial=0.0, at_threshold=False):
        super().__init__()
        self.constant, self.threshold, self.lens, self.detach_reset = decay, threshold, lens, detach_reset
        self.reset, self.surrogate, self.initial, self.at_threshold = reset, surrogate, initial, at_threshold
        assert neuron_kind != "if" or decay == 1
        if neuron_kind == "plif":
            self.w = nn.Parameter(torch.tensor([math.log(decay / (1 - decay))]))

    @property
    def decay(self):
        return torch.sigmoid(self.w) if hasattr(self, "w") else self.constant

    def forward(self, x):
        spikes, membrane, spike = [], None, None
        for x_t in x:
            if membrane is None:
                membrane = x_t + self.decay * self.initial if self.initial else x_t
            else:
                fired = spike.detach() if self.detach_reset else spike
                if self.reset == "hard":
                    membrane = membrane * self.decay * (1 - fired) + x_t
                else:
                    membrane = self.decay * (membrane - self.threshold * fired) + x_t
            if Lif.watch is not None:
                Lif.watch(self, membrane.detach())
            spike = Spike.apply(membrane, self.threshold, self.lens, self.surrogate, self.at_threshold)
            spikes.append(spike)
        return torch.stack(spikes)


class OverTime(nn.Sequential):
    """Applies layers to [T, N, C, H, W] with T folded into the batch, so that BN's statistics span T (tdBN)."""

    def forward(self, x):
        steps, batch = x.shape[:2]
        y = super().forward(x.flatten(0, 1))
        return y.unflatten(0, (steps, batch))


def fold(layer, x):
    """layer over [T, N, ...] with T folded into the batch."""
    return layer(x.flatten(0, 1)).unflatten(0, x.shape[:2])


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, c_in, c, stride, act, kind):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c, 3, stride, 1, bias=False)
        self.bn1, self.act1 = nn.BatchNorm2d(c), act()
        self.conv2 = nn.Conv2d(c, c, 3, 1, 1, bias=False)
        self.bn2, self.act2, self.kind = nn.BatchNorm2d(c), act(), kind
        self.downsample = None
        if stride != 1 or c_in != c:
            self.downsample = nn.Sequential(nn.Conv2d(c_in, c, 1, stride, bias=False), nn.BatchNorm2d(c))
            if kind == "sew":
                self.downsample.append(act())

    def forward(self, x):
        shortcut = x if self.downsample is None else fold(self.downsample[:2], x)
        if self.kind == "ms":  # every neuron stands before its convolution, and membranes are added
            y = fold(self.bn1, fold(self.conv1, self.act1(x)))
            return fold(self.bn2, fold(self.conv2, self.act2(y))) + shortcut
        y = self.act1(fold(self.bn1, fold(self.conv1, x)))
        y = fold(self.bn2, fold(self.conv2, y))
        if self.kind == "sew":  # Fig. 1c: spikes are added after the neuron
            return self.act2(y) + (shortcut if self.downsample is None else self.downsample[2](shortcut))
        return self.act2(y + shortcut)  # Fig. 1a and 1b


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, c_in, c, stride, act, kind):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c, 1, bias=False)
        self.bn1, self.act1 = nn.BatchNorm2d(c), act()
        self.conv2 = nn.Conv2d(c, c, 3, stride, 1, bias=False)
        self.bn2, self.act2 = nn.BatchNorm2d(c), act()
        self.conv3 = nn.Conv2d(c, 4 * c, 1, bias=False)
        self.bn3, self.act3, self.kind = nn.BatchNorm2d(4 * c), act(), kind
        self.downsample = None
        if stride != 1 or c_in != 4 * c:
            self.downsample = nn.Sequential(nn.Conv2d(c_in, 4 * c, 1, stride, bias=False), nn.BatchNorm2d(4 * c))
            if kind == "sew":
                self.downsample.append(act())

    def forward(self, x):
        shortcut = x if self.downsample is None else fold(self.downsample[:2], x)
        if self.kind == "ms":
            y = fold(self.bn1, fold(self.conv1, self.act1(x)))
            y = fold(self.bn2, fold(self.conv2, self.act2(y)))
            return fold(self.bn3, fold(self.conv3, self.act3(y))) + shortcut
        y = self.act1(fold(self.bn1, fold(self.conv1, x)))
        y = self.act2(fold(self.bn2, fold(self.conv2, y)))
        y = fold(self.bn3, fold(self.conv3, y))
        if self.kind == "sew":
            return self.act3(y) + (shortcut if self.downsample is None else self.downsample[2](shortcut))
        return self.act3(y + shortcut)


class ResNet(nn.Module):
    """CIFAR ResNet (3x3 stem, no max-pool).  kind: ann (ReLU) | spiking (Fig. 1b) | sew (Fig. 1c) | ms.

    Depth 19 (tdBN, Zheng et al. 2021) has two layers in its classifier, with an activation between them.

    ms is the membrane shortcut of MS-ResNet (Hu et al.): no neuron in the stem, neuron-conv-BN in the blocks,
    and one neuron after the last block.
    """

    def __init__(self, depth=18, kind="ann", width=64, classes=10, timesteps=1, channels=3, stem_padding=1, **neuron):
        super().__init__()
        act = nn.ReLU if kind == "ann" else (lambda: Lif(**neuron))
        block = Bottleneck if depth in (50, 101) else BasicBlock
        self.kind, self.timesteps = kind, 1 if kind == "ann" else timesteps
        self.conv1 = nn.Conv2d(channels, width, 3, 1, stem_padding, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        if kind != "ms":
            self.act1 = act()
        c_in = width
        for s, blocks in enumerate(DEPTHS[depth]):
            c, layer = width << s, []
            for b in range(blocks):
                layer.append(block(c_in, c, 2 if s > 0 and b == 0 else 1, act, kind))
                c_in = c * block.expansion
            setattr(self, f"layer{s + 1}", nn.Sequential(*layer))
        self.stages = len(DEPTHS[depth])
        if kind == "ms":
            self.act = act()
        if depth == 19:
            self.fc1, self.fc1_act, self.fc2 = nn.Linear(c_in, c_in // 2), act(), nn.Linear(c_in // 2, classes)
        else:
            self.fc = nn.Linear(c_in, classes)

    def forward(self, images, per_step=False):
        """images [N, C, H, W] -> logits [N, classes]: direct encoding, mean of the per-step read-outs; or these, [T, N, classes]."""
        x = images.expand(self.timesteps, *images.shape)
        x = fold(self.bn1, fold(self.conv1, x))
        if self.kind != "ms":
            x = self.act1(x)
        for s in range(self.stages):
            x = getattr(self, f"layer{s + 1}")(x)
        if self.kind == "ms":
            x = self.act(x)
        x = self.pooled = x.mean(dim=(-2, -1))  # [T, N, C]
        if hasattr(self, "fc1"):
            x = self.fc1_act(fold(self.fc1, x))
        last = self.fc2 if hasattr(self, "fc1") else self.fc
        return fold(last, x) if per_step else last(x.mean(0))


class Vgg(nn.Module):
    """CIFAR VGG with batch-norm: five stages of 3x3 convolutions without bias, a 2x2 pooling behind each, a global average and one
    fully connected layer.  A pooling of a map of one pixel is left out.  kind: ann | spiking.  Names are torchvision's.
    """

    def __init__(self, depth=16, kind="ann", width=64, classes=10, timesteps=1, channels=3, pooling="max", **neuron):
        super().__init__()
        act = nn.ReLU if kind == "ann" else (lambda: Lif(**neuron))
        pool = nn.MaxPool2d if pooling == "max" else nn.AvgPool2d
        self.kind, self.timesteps = kind, 1 if kind == "ann" else timesteps
        layers, c_in = [], channels
        for s, convolutions in enumerate(VGG_DEPTHS[depth]):
            for _ in range(convolutions):
                c = width << min(s, 3)
                layers += [nn.Conv2d(c_in, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c), act()]
                c_in = c
            layers.append(pool(2))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(c_in, classes)

    def forward(self, images, per_step=False):
        x = images.expand(self.timesteps, *images.shape)
        for layer in self.features:
            if isinstance(layer, (nn.MaxPool2d, nn.AvgPool2d)) and min(x.shape[-2:]) < 2:
                continue
            x = layer(x) if isinstance(layer, Lif) else fold(layer, x)
        x = self.pooled = x.mean(dim=(-2, -1))  # [T, N, C]
        return fold(self.classifier, x) if per_step else self.classifier(x.mean(0))


def loop(source, shape):
    """Loop interpolation: target[o, i, ...] = source[o mod O_s, i mod I_s, ...]."""
    index = [torch.arange(n) % m for n, m in zip(shape[:2], source.shape[:2])]
    out = source[index[0]]
    return out if len(shape) == 1 else out[:, index[1]]


def initialise(student, teacher, block_map="prefix", shortcuts="random"):
    """Copies conv and BN parameters and BN statistics from teacher to student; fc stays as it is.

    block_map: prefix (student block j <- teacher block j) | even (spread over the teacher's stage).
    shortcuts: random (downsample layers keep their own initialisation) | copy.
    """
    def spread(j, n_s, n_t):
        return min(j, n_t - 1) if block_map == "prefix" else (0 if n_s == 1 else round(j * (n_t - 1) / (n_s - 1)))

    def vgg(model):
        """Indices of the convolutions of each stage."""
        stages = [[]]
        for i, layer in enumerate(model.features):
            if isinstance(layer, nn.Conv2d):
                stages[-1].append(i)
            elif isinstance(layer, (nn.MaxPool2d, nn.AvgPool2d)):
                stages.append([])
        return stages

    origins = {}
    if isinstance(student, Vgg):
        for own, theirs in zip(vgg(student), vgg(teacher)):
            for j, i in enumerate(own):
                for k in (0, 1):  # the convolution and its batch-norm
                    origins[f"features.{i + k}"] = f"features.{theirs[spread(j, len(own), len(theirs))] + k}"
    source, target = teacher.state_dict(), student.state_dict()
    for name, value in target.items():
        if name.startswith(("fc", "classifier.")) or (shortcuts == "random" and ".downsample." in name):
            continue
        origin = name
        if name.startswith("layer"):
            layer, block, rest = name.split(".", 2)
            k = spread(int(block), len(getattr(student, layer)), len(getattr(teacher, layer)))
            origin = f"{layer}.{k}.{rest}"
        elif name.startswith("features."):
            layer, rest = name.rsplit(".", 1)
            origin = f"{origins[layer]}.{rest}"
        if origin in source:
            value.copy_(source[origin] if value.dim() == 0 else loop(source[origin], value.shape))


def kd_loss(student, teacher, labels, alpha=0.3, temperature=4.0):
    """Eq. 8: CE(Q_s, y) + alpha T^2 KL(softmax(Q_t/T) || softmax(Q_s/T)), batch mean."""
    ce = F.cross_entropy(student, labels)
    kl = F.kl_div(F.log_softmax(student / temperature, 1), F.softmax(teacher / temperature, 1), reduction="batchmean")
    return ce + alpha * temperature ** 2 * kl, ce, kl


def per_step_loss(read_outs, teacher, labels, alpha=0.3, temperature=4.0):
    """kd_loss of the read-outs [T, N, classes] of each time-step, averaged over time (TET, Deng et al. 2022)."""
    return tuple(torch.stack(term).mean() for term in zip(*(kd_loss(r, teacher, labels, alpha, temperature) for r in read_outs)))


TAU = 1 / math.log(4)  # decay 0.25
