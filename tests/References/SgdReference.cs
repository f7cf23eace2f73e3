using Idsnn.Kernels.Ops;

namespace Idsnn.Tests;

/// <summary>Stochastic gradient descent with momentum as PyTorch documents it.</summary>
internal static class SgdReference
{
    public static void Step(double[] weight, double[] velocity, double[] gradient, SgdSpec spec)
    {
        for (int i = 0; i < weight.Length; i++)
        {
            double g = gradient[i] + (spec.WeightDecay * weight[i]);
            velocity[i] = (spec.Momentum * velocity[i]) + g;
            weight[i] -= spec.LearningRate * (spec.Nesterov ? g + (spec.Momentum * velocity[i]) : velocity[i]);
        }
    }
}
