using Idsnn.Engine;

namespace Idsnn.Training;

/// <summary>A tensor and the name that files keep it under.</summary>
/// <param name="Name">The name: layer1.0.conv1.weight, velocity.fc.bias, …</param>
/// <param name="Tensor">The tensor.</param>
public sealed record NamedTensor(string Name, Tensor Tensor);
