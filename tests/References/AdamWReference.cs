namespace Idsnn.Tests;

/// <summary>AdamW of some parameters, as PyTorch documents torch.optim.AdamW.</summary>
internal sealed class AdamWReference(double beta1, double beta2, double epsilon, double decay, int count)
{
    public double[] First { get; } = new double[count];

    public double[] Second { get; } = new double[count];

    public int Steps { get; private set; }

    public void Step(double[] weight, double[] gradient, double rate)
    {
        Steps++;
        for (int i = 0; i < count; i++)
        {
            weight[i] -= rate * decay * weight[i];
            First[i] = (beta1 * First[i]) + ((1 - beta1) * gradient[i]);
            Second[i] = (beta2 * Second[i]) + ((1 - beta2) * gradient[i] * gradient[i]);
            double first = First[i] / (1 - Math.Pow(beta1, Steps)), second = Second[i] / (1 - Math.Pow(beta2, Steps));
            weight[i] -= rate * first / (Math.Sqrt(second) + epsilon);
        }
    }
}
