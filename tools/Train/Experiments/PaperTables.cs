using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>What the paper reports: Tables 3 and 4.</summary>
internal static class PaperTables
{
    private static readonly Dictionary<(string Dataset, string Row, string Variant), (double Accuracy, int? Epoch)> Figures = new()
    {
        [("cifar10", "baseline", "T6")] = (0.9354, null),
        [("cifar10", "init", "T6")] = (0.9364, null),
        [("cifar10", "kd", "T6")] = (0.9398, null),
        [("cifar10", "idsnn", "T6")] = (0.9422, null),
        [("cifar10", "idsnn", "T4")] = (0.9403, null),
        [("cifar100", "baseline", "T6")] = (0.7131, null),
        [("cifar100", "init", "T6")] = (0.7447, null),
        [("cifar100", "kd", "T6")] = (0.7371, null),
        [("cifar100", "idsnn", "T6")] = (0.7541, null),
        [("cifar100", "idsnn", "T4")] = (0.7524, null),
        [("cifar100", "baseline", "60,120,160")] = (0.7131, 192),
        [("cifar100", "kd", "60,120,160")] = (0.7371, 195),
        [("cifar100", "idsnn", "60,120,160")] = (0.7541, 138),
        [("cifar100", "baseline", "20,40,60")] = (0.6896, 74),
        [("cifar100", "kd", "20,40,60")] = (0.7035, 49),
        [("cifar100", "idsnn", "20,40,60")] = (0.7445, 54),
        [("cifar100", "baseline", "10,20,30")] = (0.6395, 85),
        [("cifar100", "kd", "10,20,30")] = (0.6602, 37),
        [("cifar100", "idsnn", "10,20,30")] = (0.7302, 57),
    };

    private static readonly Dictionary<string, double> Teachers = new() { ["cifar10"] = 0.9510, ["cifar100"] = 0.7726 };

    /// <summary>A figure of the paper's for a data set, or else for the one whose figures it has; null where it has none.</summary>
    public static PaperFigure? Figure(string dataset, string row, string variant)
    {
        foreach (string data in (string[])[dataset, "cifar10", "cifar100"])
        {
            if (Figures.TryGetValue((data, row, variant), out var figure))
            {
                return new PaperFigure(Title(data), figure.Accuracy, figure.Epoch);
            }
        }

        return null;
    }

    /// <summary>The accuracy of the paper's teacher; null on other data than its own.</summary>
    public static double? Teacher(string dataset) => Teachers.TryGetValue(dataset, out double accuracy) ? accuracy : null;

    private static string Title(string dataset) => dataset == "cifar10" ? "CIFAR-10" : "CIFAR-100";
}
