namespace Idsnn.Tests;

/// <summary>The losses over [N, K] logits, straight from their definitions.</summary>
internal static class LossReference
{
    /// <summary>Mean over rows of −Σ q log p, with q = (1 − ε)·onehot + ε/K.</summary>
    public static double CrossEntropy(double[] logits, int[] labels, double smoothing) =>
        CrossEntropy(logits, labels, labels, [.. labels.Select(_ => 1f)], smoothing);

    /// <summary>The same of mixed labels: the two cross-entropies, weighed by the share, which is how CutMix and mixup state it.</summary>
    public static double CrossEntropy(double[] logits, int[] labels, int[] second, float[] shares, double smoothing)
    {
        int classes = logits.Length / labels.Length;
        double loss = 0;
        for (int n = 0; n < labels.Length; n++)
        {
            double[] p = Softmax(logits, n, classes, 1);
            double Of(int label) => Enumerable.Range(0, classes)
                .Sum(k => -((smoothing / classes) + (k == label ? 1 - smoothing : 0)) * Math.Log(p[k]));
            loss += ((shares[n] * Of(labels[n])) + ((1 - shares[n]) * Of(second[n]))) / labels.Length;
        }

        return loss;
    }

    /// <summary>Mean over rows of Σ q log(q/p), q and p the softmax of the teacher's and the student's logits over T (Eq. 6, 7).</summary>
    public static double Distillation(double[] student, double[] teacher, int rows, double temperature)
    {
        int classes = student.Length / rows;
        double loss = 0;
        for (int n = 0; n < rows; n++)
        {
            double[] p = Softmax(student, n, classes, temperature), q = Softmax(teacher, n, classes, temperature);
            for (int k = 0; k < classes; k++) loss += q[k] * Math.Log(q[k] / p[k]) / rows;
        }

        return loss;
    }

    private static double[] Softmax(double[] logits, int row, int classes, double temperature)
    {
        double[] exponentials = [.. logits.Skip(row * classes).Take(classes).Select(z => Math.Exp(z / temperature))];
        return [.. exponentials.Select(e => e / exponentials.Sum())];
    }

    /// <summary>The mean over rows of the squared distance.</summary>
    public static double SquaredDistance(double[] x, double[] target, int rows) => x.Zip(target, (a, b) => (a - b) * (a - b)).Sum() / rows;
}
