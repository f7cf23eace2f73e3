using System.Text.Json;
using Idsnn.Datasets;
using Idsnn.Training;

namespace Idsnn.Tests.Tools;

/// <summary>infer on image files, and the examples that help prints.</summary>
public class InferVerbTests
{
    private TemporaryFolder folder = null!;
    private string before = null!;

    private string Network => folder.File("runs/NAME/checkpoints/best.safetensors");

    /// <summary>A run, data and images under the names that the examples use, in the working folder.</summary>
    [OneTimeSetUp]
    public void MakeThings()
    {
        folder = new TemporaryFolder();
        TinyCifar.Create(folder.File("data"));
        var set = Synthetic.Create(8, 8, 20, seed: 1).Test;
        Directory.CreateDirectory(folder.File("photos/more"));
        string[] names = ["photos/b.png", "photos/a.PNG", "photos/more/c.png"];
        for (int i = 0; i < names.Length; i++)
        {
            File.WriteAllBytes(folder.File(names[i]), ImageFile.EncodePng(new RgbImage(set.Image(i).ToArray(), 20, 20)));
        }

        File.WriteAllText(folder.File("photos/notes.txt"), "no image");
        File.WriteAllText(folder.File("damaged.png"), "no image");
        Directory.CreateDirectory(folder.File("empty"));
        var outcome = CommandLine.Run(
            "train", "--stage", "student", "--init", "none", "--kd-alpha", "0", "--width", "1", "-T", "2", "--device", "cpu",
            "--limit-train", "16",
            "--limit-test", "8", "-b", "8", "--epochs", "1", "--output-dir", folder.File("runs/NAME"));
        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
    }

    [OneTimeTearDown]
    public void DeleteFolder()
    {
        Environment.CurrentDirectory = before;
        folder.Dispose();
    }

    [Test]
    public void ImagesGetAClassAndAConfidenceAfterEachStep()
    {
        var outcome = CommandLine.Run(
            "infer", "photos", "photos/b.png", "--checkpoint", Network, "-T", "3", "--device", "cpu", "--json", "out.json");
        using var json = JsonDocument.Parse(File.ReadAllText("out.json"));
        var results = json.RootElement.EnumerateArray().ToList();

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(results.Select(result => result.GetProperty("file").GetString()), Is.EqualTo(new[]
        {
            "photos/a.PNG", "photos/b.png", "photos/more/c.png", "photos/b.png",
        }));
        Assert.That(
            outcome.Lines[0],
            Does.Match("^photos/a.PNG       [a-z]+ [0-9.]+ %  by step: [a-z]+ [0-9]+ %, [a-z]+ [0-9]+ %, [a-z]+ [0-9]+ %$"));
        Assert.That(
            outcome.Lines[1], Does.StartWith("photos/b.png ").And.EqualTo(outcome.Lines[3].Replace("\r", "", StringComparison.Ordinal)));
        var info = Checkpoint.Load(Network).Info;
        Assert.That(info.ImageSize, Is.EqualTo(32));
        foreach (var result in results)
        {
            var last = result.GetProperty("by_timestep")[2];
            Assert.That(result.GetProperty("by_timestep").GetArrayLength(), Is.EqualTo(3));
            Assert.That(info.ClassNames, Does.Contain(result.GetProperty("class").GetString()));
            Assert.That(last.GetProperty("class").GetString(), Is.EqualTo(result.GetProperty("class").GetString()));
            Assert.That(
                result.GetProperty("confidence").GetDouble(), Is.EqualTo(last.GetProperty("confidence").GetDouble()).And.InRange(0.1, 1));
        }
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "links need a privilege there")]
    public void EachPictureComesOnceHoweverLinksGo()
    {
        Directory.CreateDirectory("linked/below");
        File.Copy("photos/b.png", "linked/below/picture.png");
        File.Copy("photos/b.png", "linked/._picture.png");
        Directory.CreateSymbolicLink("linked/a-up", "..");
        Directory.CreateSymbolicLink("linked/a-self", ".");
        Directory.CreateSymbolicLink("linked/again", "below");
        File.CreateSymbolicLink("linked/alias.png", "below/picture.png");
        Directory.CreateSymbolicLink("linked/circle", "circle");
        Directory.CreateSymbolicLink("linked/out", "../photos/more");

        var outcome = CommandLine.Run("infer", "linked", "--checkpoint", Network, "--device", "cpu");

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((0, "")));
        Assert.That(outcome.Lines[0], Is.EqualTo("passed over 1 entry (hidden or left by an operating system): 'linked/._picture.png'"));
        Assert.That(outcome.Lines[1], Is.EqualTo(
            "passed over 3 entries (symbolic links that lead nowhere or back to a folder above them): "
            + "'linked/a-self', 'linked/a-up', 'linked/circle'"));
        Assert.That(
            outcome.Lines[2..^1].Select(line => line.Split(' ')[0]), Is.EqualTo(new[] { "linked/below/picture.png", "linked/out/c.png" }));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "such names cannot be made there")]
    public void NamesOfFilesAreShownSafely()
    {
        Directory.CreateDirectory("odd");
        File.Copy("photos/b.png", "odd/a\u001B[31m\nb.png");

        var outcome = CommandLine.Run("infer", "odd", "--checkpoint", Network, "--device", "cpu");

        Assert.That(outcome.Code, Is.Zero);
        Assert.That(outcome.Lines, Has.Length.EqualTo(2));
        Assert.That(outcome.Lines[0], Does.StartWith(@"odd/a\u001B[31m\u000Ab.png  "));
    }

    [TestCase("infer broken.png --checkpoint NETWORK", "'broken.png' is a symbolic link to 'gone', which leads nowhere")]
    [Platform(Exclude = "Win", Reason = "links need a privilege there")]
    public void ABrokenLinkIsNamed(string arguments, string message)
    {
        File.CreateSymbolicLink("broken.png", "gone");

        IsRefused(arguments, message);
    }

    [TestCase("infer --checkpoint NETWORK", "name image files, or folders of them: infer IMAGE... --checkpoint FILE")]
    [TestCase("infer none.png --checkpoint NETWORK", "there is no image or folder 'none.png'")]
    [TestCase("infer empty --checkpoint NETWORK", "'empty' has no images (.png, .jpg, .jpeg, .bmp)")]
    [TestCase("infer damaged.png --checkpoint NETWORK", "'damaged.png' is no PNG, JPEG or BMP file")]
    [TestCase("infer photos", "--checkpoint is required; see infer --help")]
    [TestCase("infer photos --checkpoint none", "checkpoint 'none' is not there")]
    [TestCase("infer photos --checkpoint NETWORK -T 0", "--timesteps must be at least 1, got 0")]
    [TestCase("infer photos --checkpoint NETWORK --image-size 4", "--image-size must be from 8 to 512, got 4")]
    [TestCase("infer photos --checkpoint NETWORK -b 0", "--batch-size must be at least 1, got 0")]
    [TestCase("infer photos --checkpoint NETWORK --json no/out", "--json: the folder of 'no/out' is not there; make it first")]
    public void IsRefused(string arguments, string message) => BadInput.IsRefused(
        CommandLine.Run([.. arguments.Split(' ').Select(word => word == "NETWORK" ? Network : word)]), message);

    [TestCase("train", 3)]
    [TestCase("eval", 1)]
    [TestCase("infer", 1)]
    [TestCase("demo", 1)]
    [TestCase("experiment", 2)]
    [TestCase("bench", 1)]
    [TestCase("replay", 1)]
    [TestCase("profile", 1)]
    [TestCase("ptx", 1)]
    [TestCase("devices", 1)]
    public void TheExamplesOfHelpWork(string verb, int count)
    {
        const string command = "  dotnet run -c Release --project tools/Train -- ";
        string[] examples = [.. CommandLine.Run(verb, "--help").Lines.Where(line => line.StartsWith(command, StringComparison.Ordinal))];
        Assert.That(examples, Has.Length.EqualTo(count));
        foreach (string example in examples)
        {
            // Cancelled, so that they end where the work begins. What asks for nothing but work is not run at all.
            string[] arguments = example[command.Length..].Trim().Split(' ');
            if (verb is "bench" or "replay" or "profile" or "ptx")
            {
                Assert.That(() => Idsnn.Tools.Train.Cli.Parse(arguments, TextWriter.Null), Is.Not.Null, example);
                continue;
            }

            var outcome = CommandLine.Run(new CancellationToken(canceled: true), arguments);
            Assert.That(outcome.Errors, Is.Empty.Or.StartWith("interrupted"), example);
            Assert.That(outcome.Code, Is.EqualTo(outcome.Errors.Length == 0 ? 0 : 130), example);
        }

        Assert.That(Directory.GetDirectories("runs"), Has.Length.EqualTo(1), "none leaves a folder");
    }
}
