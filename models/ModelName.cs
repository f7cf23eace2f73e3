using System.Globalization;
using System.Text.RegularExpressions;

namespace Idsnn.Models;

/// <summary>The name of a network: [spiking-|sew-|ms-]resnet18, [spiking-]vgg16, …</summary>
/// <param name="Family">What it is built like.</param>
/// <param name="Kind">Ordinary, or which kind of spiking network.</param>
/// <param name="Depth">Its layers.</param>
public sealed partial record ModelName(Family Family, ModelKind Kind, int Depth)
{
    /// <summary>The ordinary networks that there are, for a help text: resnet{18|…}, vgg{11|…}.</summary>
    public static string OrdinaryNames => $"resnet{Listed(Family.ResNet)} or vgg{Listed(Family.Vgg)}";

    /// <summary>The networks that there are, for a help text.</summary>
    public static string Names => $"[spiking-|sew-|ms-]resnet{Listed(Family.ResNet)} or [spiking-]vgg{Listed(Family.Vgg)}";

    /// <summary>The depths of a family.</summary>
    public static IEnumerable<int> Depths(Family family) => family == Family.Vgg ? VggLayout.Depths : ResNetLayout.Depths;

    /// <summary>Reads a name, in any case.</summary>
    /// <exception cref="ArgumentException">No network is called so; the message lists the names.</exception>
    public static ModelName Parse(string name)
    {
        var match = Pattern().Match(name.ToLowerInvariant());
        if (match.Success)
        {
            var family = match.Groups[2].Value == "vgg" ? Family.Vgg : Family.ResNet;
            var kind = match.Groups[1].Value switch
            {
                "spiking-" => ModelKind.Spiking,
                "sew-" => ModelKind.Sew,
                "ms-" => ModelKind.Ms,
                _ => ModelKind.Ann,
            };
            int depth = int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
            bool exists = family == Family.ResNet || kind is ModelKind.Ann or ModelKind.Spiking;
            if (exists && Depths(family).Contains(depth)) return new ModelName(family, kind, depth);
        }

        throw new ArgumentException($"unknown model '{name}'; use {Names}, such as resnet34 or spiking-resnet18");
    }

    /// <summary>The name, in lower case.</summary>
    public override string ToString() => Kind switch
    {
        ModelKind.Ann => string.Empty,
        ModelKind.Spiking => "spiking-",
        ModelKind.Sew => "sew-",
        _ => "ms-",
    } + (Family == Family.Vgg ? "vgg" : "resnet") + Depth.ToString(CultureInfo.InvariantCulture);

    private static string Listed(Family family) => $"{{{string.Join('|', Depths(family))}}}";

    [GeneratedRegex("^(spiking-|sew-|ms-|)(resnet|vgg)([0-9]{2,3})$")]
    private static partial Regex Pattern();
}
