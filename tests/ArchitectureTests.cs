using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Idsnn.Tools.Train;

namespace Idsnn.Tests;

/// <summary>
/// Projects refer only to projects below them. The build sees that nothing reaches past its references; this sees the references.
/// </summary>
public class ArchitectureTests
{
    // Each project, and the folders of those that may be below it.
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["kernels/Kernels.csproj"] = [],
        ["datasets/Datasets.csproj"] = [],
        ["engine/Engine.csproj"] = ["kernels"],
        ["models/Models.csproj"] = ["engine"],
        ["training/Training.csproj"] = ["datasets", "engine", "kernels", "models"],
        ["training/Measure/Measure.csproj"] = ["datasets", "engine", "kernels", "models", "training"],
        ["training/Reports/Reports.csproj"] = ["datasets", "engine", "models", "training"],
        ["training/Runs/Runs.csproj"] = ["datasets", "engine", "models", "training", "training/Reports"],
        ["tools/Train/Train.csproj"] = ["datasets", "engine", "models", .. TrainingAndAbove],
        ["tests/Samples/Samples.csproj"] = ["datasets", "engine", "kernels", "models", "training", "training/Runs"],
        ["tests/Tests.csproj"] = ["datasets", "engine", "kernels", "models", "tests/Samples", "tools/Train", .. TrainingAndAbove],
    };

    private static string[] TrainingAndAbove => ["training", "training/Measure", "training/Reports", "training/Runs"];

    private static IEnumerable<string> Projects => Below.Keys;

    [TestCaseSource(nameof(Projects))]
    public void ReferencesPointDown(string project)
    {
        string file = Path.Combine(Root, project);
        var folders = XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, reference.Attribute("Include")!.Value)))
            .Select(path => Path.GetDirectoryName(Path.GetRelativePath(Root, path))!.Replace('\\', '/'));

        Assert.That(folders, Is.SubsetOf(Below[project]));
    }

    [Test]
    public void EveryProjectIsKnownHereAndInTheSolution()
    {
        string[] projects =
        [
            .. Directory.EnumerateFiles(Root, "*.csproj", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))

                // What ours is timed against is built apart, by its own script.
                .Where(path => !path.StartsWith("tools/peers/", StringComparison.Ordinal)),
        ];
        string solution = File.ReadAllText(Path.Combine(Root, "IDSNN.sln")).Replace('\\', '/');

        Assert.That(projects, Is.EquivalentTo(Below.Keys));
        foreach (string project in projects) Assert.That(solution, Does.Contain(project));
    }

    [Test]
    public void TheBuildHidesWhatIsNotReferred()
    {
        var properties = XDocument.Load(Path.Combine(Root, "Directory.Build.props"));

        Assert.That(properties.Descendants("DisableTransitiveProjectReferences").Single().Value, Is.EqualTo("true"));
    }

    [Test]
    public void OnlyKernelsAndEngineKnowIlgpu()
    {
        var users = Projects.Where(project => XDocument.Load(Path.Combine(Root, project)).Descendants("PackageReference")
            .Any(package => package.Attribute("Include")!.Value.StartsWith("ILGPU", StringComparison.Ordinal)));

        Assert.That(users, Is.SubsetOf(new[] { "kernels/Kernels.csproj", "engine/Engine.csproj" }));
    }

    /// <summary>Libraries speak of quantities; what the command calls them is the command's.</summary>
    [TestCase("Idsnn.Kernels")]
    [TestCase("Idsnn.Engine")]
    [TestCase("Idsnn.Models")]
    [TestCase("Idsnn.Datasets")]
    [TestCase("Idsnn.Training")]
    [TestCase("Idsnn.Measure")]
    [TestCase("Idsnn.Reports")]
    [TestCase("Idsnn.Runs")]
    public void LibrariesNameNoOption(string assembly)
    {
        var options = new Regex("--(" + string.Join('|', Options) + @")\b");

        Assert.That(StringsOf(assembly), Has.Some.Length.AtLeast(3), "there are strings to look at");
        Assert.That(StringsOf(assembly).Where(text => options.IsMatch(text)), Is.Empty);
    }

    /// <summary>As .editorconfig has it, which no tool enforces. A page's markup breaks where the page does.</summary>
    [Test]
    public void LinesAreNoLongerThanTheyShouldBe()
    {
        const int longest = 140;
        var files = Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(Root, path).Split(Path.DirectorySeparatorChar).Intersect(["obj", "bin"]).Any());
        var longer =
            from file in files
            from line in File.ReadLines(file).Index()
            where line.Item.Length > longest && !line.Item.TrimStart().StartsWith('<')
            select $"{Path.GetRelativePath(Root, file)}:{line.Index + 1}";

        Assert.That(longer, Is.Empty);
    }

    /// <summary>The options of all verbs.</summary>
    private static IEnumerable<string> Options =>
        typeof(Verb).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Verb)))
            .SelectMany(OptionTable.Of).Select(option => option.Name).Distinct();

    /// <summary>The literals of an assembly.</summary>
    private static List<string> StringsOf(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(TestContext.CurrentContext.TestDirectory, assembly + ".dll")));
        var metadata = file.GetMetadataReader();
        var strings = new List<string>();
        for (var at = MetadataTokens.UserStringHandle(1); !at.IsNil; at = metadata.GetNextHandle(at))
        {
            strings.Add(metadata.GetUserString(at));
        }

        return strings;
    }

    /// <summary>A file of the repository.</summary>
    internal static string InRoot(string file) => Path.Combine(Root, file);

    /// <summary>The folder of the solution, above the tests' output.</summary>
    private static string Root
    {
        get
        {
            string? folder = TestContext.CurrentContext.TestDirectory;
            while (folder is not null && !File.Exists(Path.Combine(folder, "IDSNN.sln"))) folder = Path.GetDirectoryName(folder);
            return folder ?? throw new DirectoryNotFoundException("no folder above the tests holds IDSNN.sln");
        }
    }
}
