using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Idsnn.Datasets;
using Idsnn.Engine;
using Idsnn.Models;
using Idsnn.Tests.Datasets;
using Idsnn.Tests.Tools;
using Idsnn.Tests.Training;
using Idsnn.Tools.Train;
using Idsnn.Training;

namespace Idsnn.Tests.Fuzzing;

/// <summary>
/// Every reader takes damaged files for what they are: it says so by one of the documented exceptions, takes no memory to speak of, comes
/// to an end and leaves the folder alone. tools/fuzz.sh runs more inputs than the suite does.
/// </summary>
[Category("Fuzz")]
public class FuzzTests
{
    private static int Count => FromEnvironment("IDSNN_FUZZ", 200);

    private static int First => FromEnvironment("IDSNN_FUZZ_FIRST", 0);

    private static IEnumerable<TestCaseData> Targets => All().Select(target => new TestCaseData(target).SetName($"{{m}}({target.Name})"));

    [TestCaseSource(nameof(Targets))]
    public void DamagedInputsAreToldOf(object target)
    {
        var fuzz = (FuzzTarget)target;
        var clock = Stopwatch.StartNew();
        var failures = fuzz.Run(Count, First);
        TestContext.Out.WriteLine(
            $"{fuzz.Name}: {Count} inputs from {First}, {failures.Count} failures, {clock.Elapsed.TotalSeconds:F1} s");
        Assert.That(failures, Is.Empty);
    }

    private static IEnumerable<FuzzTarget> All()
    {
        byte[] network = Checkpoint(), state = State();
        byte[] config = Json(SampleRuns.Finished.Config, RunJson.Default.RunConfig);
        yield return new("safetensors", [network, state], path => SafetensorsFile.Load(path));
        yield return new("checkpoint", [network], path => Idsnn.Training.Checkpoint.Load(path)) { Mutate = Mutator.MutateHeader };
        yield return new("state", [state], path => RunPosition.From(SafetensorsFile.Load(path), path)) { Mutate = Mutator.MutateHeader };
        yield return new(
            "trace", [Fixture("spiking18-batch1.safetensors")], path => Idsnn.Measure.TraceOptions.Of(SafetensorsFile.Load(path)))
        {
            Mutate = Mutator.MutateHeader,
        };
        yield return new("config.json", [config], Report) { File = RunRecord.ConfigFile };
        yield return new("results.json", [Json(SampleRuns.Finished.Results!, RunJson.Default.RunResults)], Report)
        {
            File = RunRecord.ResultsFile,
            Prepare = folder => File.WriteAllBytes(Path.Combine(folder, RunRecord.ConfigFile), config),
        };
        yield return new("metrics.csv", [Encoding.UTF8.GetBytes(Metrics())], Report)
        {
            File = RunRecord.MetricsFile,
            Prepare = folder => File.WriteAllBytes(Path.Combine(folder, RunRecord.ConfigFile), config),
        };
        yield return new("timesteps.csv", [Encoding.UTF8.GetBytes(Evaluations())], path => TimestepEvaluation.Load(path));
        yield return new("file of options", [config, "{\"epochs\": 5, \"lr-milestones\": [2, 4], \"nesterov\": true}"u8.ToArray()], path =>
            OptionFile.Load(path, new OptionTable("train", [typeof(TrainVerb)])));
        foreach (string image in (string[])["rgb.png", "palette.png", "grey-alpha.png", "rgb.jpg", "grey.jpg", "rgb.bmp"])
        {
            yield return new(image, [Fixture($"images/decode/{image}")], path => ImageFile.Load(path).Square(8))
            {
                File = image,
                Declared = Pixels,
            };
        }

        byte[] file = Fixture("images/decode/rgb.png");
        yield return new(
            "web server", [ScriptedServer.Whole(file), Redirection(), ScriptedServer.Answer("200 OK", file)], path => Download(path, file));
        using var cifar = new TemporaryFolder();
        TinyCifar.Create(cifar.Path);
        File.WriteAllLines(cifar.File("batches.meta.txt"), SampleRuns.Finished.Config.Dataset.ClassNames);
        yield return new("CIFAR-10 archive", [Archive(cifar.Path)], path => Cifar.Load10(path)) { Mutate = Mutator.MutateZipped };
        var files = Directory.GetFiles(cifar.Path).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        foreach (string name in (string[])["data_batch_2.bin", "batches.meta.txt"])
        {
            yield return new($"CIFAR-10 {name}", [files[name]], path => Cifar.Load10(Path.GetDirectoryName(path)!))
            {
                File = name,
                Prepare = folder => Write(folder, files),
            };
        }
    }

    private static byte[] Redirection() =>
        ScriptedServer.Answer("302 Found", [], "Location: http://127.0.0.1:1/rgb.png", "Content-Length: 0");

    /// <summary>Fetches a file from a server that gives the input for an answer.</summary>
    private static void Download(string path, byte[] file)
    {
        byte[] answer = File.ReadAllBytes(path);
        using var folder = new TemporaryFolder();
        using var server = new ScriptedServer(_ => answer);
        var remote = new RemoteFile(new Uri(server.Url, "rgb.png"), DownloaderTests.Md5(file), file.Length);
        try
        {
            new Downloader { Attempts = 1, Patience = TimeSpan.FromSeconds(1) }.Fetch(remote, folder.Path).GetAwaiter().GetResult();
        }
        catch (IOException) when (answer.AsSpan().SequenceEqual(Redirection()))
        {
            // The sound redirection leads to a port at which nobody is.
        }
    }

    private static void Write(string folder, Dictionary<string, byte[]> files)
    {
        foreach (var (name, bytes) in files) File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }

    /// <summary>What runs, report and resume read of a run's folder.</summary>
    private static void Report(string path)
    {
        var record = RunRecord.Load(Path.GetDirectoryName(path)!);
        _ = RunSummary.Of(record);
        _ = Idsnn.Reports.Report.Render([record]);
    }

    /// <summary>What a header that is believed declares; an image so large that it is refused declares nothing.</summary>
    private static long Pixels(byte[] input)
    {
        using var stream = new MemoryStream(input);
        if (ImageHeader.KindOf(stream) is not { } kind || ImageHeader.Read(stream, kind) is not { } header) return 0;
        return header.Pixels <= ImageFile.MostPixels ? header.Pixels : 0;
    }

    private static byte[] Fixture(string name) =>
        File.ReadAllBytes(Path.Combine(TestContext.CurrentContext.TestDirectory, "fixtures", name));

    private static byte[] Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private static string Metrics() => string.Join('\n', [.. EpochRow.ToCsv(SampleRuns.Finished.Epochs), string.Empty]);

    private static string Evaluations() =>
        TimestepEvaluation.Header + "\n"
        + new TimestepEvaluation("idsnn-T4-seed0", "2026-01-02T03:04:05", 4, 2, 0.5, 0.25, 12.5, 3).ToCsv() + "\n";

    private static byte[] Checkpoint()
    {
        using var network = Network.Create(TestDevices.Get("cpu"), Tiny.Spiking with { Width = 1 }, seed: 1);
        var info = new CheckpointInfo(network.Spec, "synthetic", [.. Tiny.Dataset.ClassNames], Tiny.Normalization, 1, 0.5, 12);
        return Saved(Idsnn.Training.Checkpoint.Pack(network, info));
    }

    private static byte[] State()
    {
        using var network = Network.Create(TestDevices.Get("cpu"), Tiny.Ann with { Width = 1 }, seed: 1);
        using var state = new TrainingState("teacher", network, null, Tiny.Options(1));
        var (position, file) = state.Save();
        var epoch = new EpochResult(
            1, 0.05, new Metrics(4, 1.5, Tiny.Terms(1.25, 0.25), 0.5), new Metrics(2, 2, Tiny.Terms(2), 0.25), 100, 1, 0.125, 3.5);
        new RunPosition([new("teacher", [epoch, epoch with { Epoch = 2 }])], position with { Network = "student", Results = [epoch] }, "00")
            .Into(file);
        return Saved(file);
    }

    private static byte[] Saved(SafetensorsFile file)
    {
        using var folder = new TemporaryFolder();
        file.Save(folder.File("file"));
        return File.ReadAllBytes(folder.File("file"));
    }

    private static byte[] Archive(string folder)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            TarFile.CreateFromDirectory(
                folder, gzip, includeBaseDirectory: false);
        }

        return bytes.ToArray();
    }

    private static int FromEnvironment(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : otherwise;
}
