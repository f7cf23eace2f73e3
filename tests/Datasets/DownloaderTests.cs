using System.Security.Cryptography;
using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

public partial class DownloaderTests
{
    private static readonly byte[] Content = RandomBytes(300_000);

    private readonly List<string> log = [];
    private readonly List<(long Done, long Total)> progress = [];
    private TemporaryFolder folder = null!;

    private string Target => folder.File("data/file.bin");

    private string Part => Target + ".part";

    [SetUp]
    public void MakeFolder()
    {
        folder = new TemporaryFolder();
        log.Clear();
        progress.Clear();
    }

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void AFileComesWholeAndTakesItsName()
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(Content));

        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.Downloaded));
        Assert.That(File.ReadAllBytes(Target), Is.EqualTo(Content));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "data", "data/file.bin" }));
        Assert.That(server.Requests, Is.EqualTo(new[] { new Asked("/files/file.bin", null) }));
        Assert.That(progress[0], Is.EqualTo((0L, (long)Content.Length)));
        Assert.That(progress[^1], Is.EqualTo(((long)Content.Length, (long)Content.Length)));
        Assert.That(progress, Is.Ordered.By(nameof(ValueTuple<long, long>.Item1)));
        Assert.That(log, Is.Empty);
    }

    [Test]
    public void WhatIsThereIsNotFetched()
    {
        Put(Target, Content);
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(Content));

        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.AlreadyThere));
        Assert.That(server.Requests, Is.Empty);
    }

    [Test]
    public void AnotherFileOfThatNameIsReplacedOnceTheRightOneIsThere()
    {
        Put(Target, [1, 2, 3]);
        using (var gone = new ScriptedServer(_ => ScriptedServer.Answer("404 Not Found", [], "Content-Length: 0")))
        {
            Assert.Throws<IOException>(() => Fetch(gone));
            Assert.That(File.ReadAllBytes(Target), Is.EqualTo(new byte[] { 1, 2, 3 }));
        }

        using var server = new ScriptedServer(_ => ScriptedServer.Whole(Content));
        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.Downloaded));
        Assert.That(File.ReadAllBytes(Target), Is.EqualTo(Content));
        Assert.That(log, Has.All.EqualTo($"'{Target}' has another checksum than the published file; fetching it again"));
    }

    [Test]
    public void ABrokenConnectionGoesOnWhereItBroke()
    {
        using var server = new ScriptedServer(
            asked => ScriptedServer.Ranged(Content, asked, cut: 100_000),
            asked => ScriptedServer.Answer("503 Service Unavailable", [], "Content-Length: 0"),
            asked => ScriptedServer.Ranged(Content, asked, cut: 50_000),
            asked => ScriptedServer.Ranged(Content, asked));

        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.Downloaded));
        Assert.That(File.ReadAllBytes(Target), Is.EqualTo(Content));
        Assert.That(server.Requests.Select(r => r.From), Is.EqualTo(new long?[] { null, 100_000, 100_000, 150_000 }));
        Assert.That(log, Has.Count.EqualTo(3).And.All.EndsWith("; trying again"));
        Assert.That(log[1], Does.StartWith("the server answers 503 Service Unavailable"));
        Assert.That(progress, Does.Contain((100_000L, (long)Content.Length)));
    }

    [Test]
    public void ALaterRunGoesOnFromThePart()
    {
        Put(Part, Content[..123_456]);
        using var server = new ScriptedServer(asked => ScriptedServer.Ranged(Content, asked));

        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.Downloaded));
        Assert.That(File.ReadAllBytes(Target), Is.EqualTo(Content));
        Assert.That(server.Requests.Single().From, Is.EqualTo(123_456));
        Assert.That(progress[0], Is.EqualTo((123_456L, (long)Content.Length)));
    }

    [Test]
    public void AServerThatIgnoresTheRangeIsReadFromTheStart()
    {
        Put(Part, Content[..123_456]);
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(Content));

        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.Downloaded));
        Assert.That(File.ReadAllBytes(Target), Is.EqualTo(Content));
        Assert.That(server.Requests.Single().From, Is.EqualTo(123_456));
    }

    [Test]
    public void APartThatIsWholeIsOnlyChecked()
    {
        Put(Part, Content);
        using var server = new ScriptedServer(asked => ScriptedServer.Ranged(Content, asked));

        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.Downloaded));
        Assert.That(File.ReadAllBytes(Target), Is.EqualTo(Content));
        Assert.That(File.Exists(Part), Is.False);
        Assert.That(server.Requests, Is.Empty, "nothing is lacking");
    }

    [Test]
    public void APartLongerThanTheFileIsDropped()
    {
        Put(Part, [.. Content, 1]);
        using var server = new ScriptedServer(asked => ScriptedServer.Ranged(Content, asked));

        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.Downloaded));
        Assert.That(File.ReadAllBytes(Target), Is.EqualTo(Content));
        Assert.That(server.Requests.Select(r => r.From), Is.EqualTo(new long?[] { null }));
        Assert.That(log, Is.EqualTo(new[] { $"'{Part}' has 300001 bytes, more than the file's 300000; fetching it from the start" }));
    }

    [Test]
    public void ABodyOfUnknownLengthThatEndsEarlyIsABrokenConnection()
    {
        using var server = new ScriptedServer(
            _ => ScriptedServer.Answer("200 OK", Content.AsSpan(0, 1000)), asked => ScriptedServer.Ranged(Content, asked));

        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.Downloaded));
        Assert.That(server.Requests.Select(r => r.From), Is.EqualTo(new long?[] { null, 1000 }));
        Assert.That(log, Is.EqualTo(new[] { "the connection broke (after 1000 of 300000 bytes); trying again" }));
    }

    [Test]
    public void AWrongChecksumDeletesWhatCame([Values] bool fromPart)
    {
        byte[] other = [.. Content];
        other[77]++;
        if (fromPart) Put(Part, other[..1000]);
        using var server = new ScriptedServer(asked => ScriptedServer.Ranged(fromPart ? Content : other, asked));

        string message = Assert.Throws<InvalidDataException>(() => Fetch(server))!.Message;

        Assert.That(
            message, Does.Contain($"MD5 {Md5(other)}, expected {Md5(Content)}; it was deleted: try again, or fetch http://127.0.0.1:"));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "data" }));
    }

    [TestCase("404 Not Found", "the server answers 404 Not Found")]
    [TestCase("403 Forbidden", "the server answers 403 Forbidden")]
    public void ARefusalIsFinal(string status, string message)
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer(status, [], "Content-Length: 0"));

        IsOneLineOfAdvice(Assert.Throws<IOException>(() => Fetch(server)), $"cannot fetch {server.Url}file.bin: {message}; try again");
        Assert.That(server.Requests, Has.Count.EqualTo(1));
        Assert.That(folder.Entries, Is.Empty);
    }

    [Test]
    public void AWebPageIsNotTakenForTheFile()
    {
        Put(Part, Content[..5]);
        using var server = new ScriptedServer(
            _ => ScriptedServer.Answer("200 OK", "<html>Log in</html>"u8, "Content-Type: text/html; charset=utf-8", "Content-Length: 19"));

        IsOneLineOfAdvice(
            Assert.Throws<IOException>(() => Fetch(server)), "a web page came instead of the file, from a proxy or a login page");
        Assert.That(File.ReadAllBytes(Part), Is.EqualTo(Content[..5]), "what came before");
    }

    [Test]
    public void ConnectionsThatKeepBreakingEndAndLeaveThePart()
    {
        using var server = new ScriptedServer(asked => ScriptedServer.Ranged(Content, asked, cut: 1000));

        IsOneLineOfAdvice(Assert.Throws<IOException>(() => Fetch(server)), "the connection broke (");
        Assert.That(server.Requests.Select(r => r.From), Is.EqualTo(new long?[] { null, 1000, 2000, 3000, 4000 }));
        Assert.That(File.ReadAllBytes(Part), Is.EqualTo(Content[..5000]));
    }

    [Test]
    public void AServerThatFallsSilentIsABrokenConnection()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var file = new RemoteFile(new Uri($"http://{silent.LocalEndpoint}/file.bin"), Md5(Content), Content.Length);
        var downloader = new Downloader { Attempts = 1, Patience = TimeSpan.FromMilliseconds(50) };

        IsOneLineOfAdvice(
            Assert.Throws<IOException>(() => downloader.Fetch(file, folder.File("data")).GetAwaiter().GetResult()),
            "the server sent nothing for 0.1 s; try again");
    }

    [Test]
    public void NobodyThereIsSaid()
    {
        Uri url;
        using (var server = new ScriptedServer()) url = server.Url;

        IsOneLineOfAdvice(Assert.Throws<IOException>(() => Fetch(url)), $"cannot fetch {url}file.bin: ");
        Assert.That(log, Has.Count.EqualTo(4), "tried again, as it may be starting");
        Assert.That(folder.Entries, Is.Empty);
    }

    [Test]
    public void ANameThatNobodyKnowsIsFinal()
    {
        IsOneLineOfAdvice(
            Assert.Throws<IOException>(() => Fetch(new Uri("http://nowhere.invalid/"))),
            "cannot fetch http://nowhere.invalid/file.bin: ");
        Assert.That(log, Is.Empty);
    }

    [Test]
    public void CancellationKeepsThePart()
    {
        using var cancellation = new CancellationTokenSource();
        using var server = new ScriptedServer(asked => ScriptedServer.Ranged(Content, asked, cut: 1000));
        var downloader = new Downloader { Pause = TimeSpan.FromDays(1), Log = _ => cancellation.Cancel() };

        Assert.Catch<OperationCanceledException>(
            () => downloader.Fetch(Remote(server.Url), folder.File("data"), cancellation.Token).GetAwaiter().GetResult());
        Assert.That(File.ReadAllBytes(Part), Is.EqualTo(Content[..1000]));
    }

    [Test]
    public void AFolderThatCannotBeMadeIsNamed()
    {
        Put(folder.File("data"), [1]);
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(Content));

        IsOneLineOfAdvice(Assert.Throws<IOException>(() => Fetch(server)), $"cannot write '{Part}': ");
    }

    [Test]
    public void WhatFailsHereIsNotTriedAgain()
    {
        var downloader = new Downloader { Pause = TimeSpan.Zero, Progress = (_, _) => throw new IOException("No space left on device") };
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(Content));

        string message = IsOneLineOfAdvice(
            Assert.Throws<IOException>(() => downloader.Fetch(Remote(server.Url), folder.File("data")).GetAwaiter().GetResult()),
            $"cannot write '{Part}': No space left on device");
        Assert.That(message, Does.Contain("; see to that or choose another folder, or fetch "));
        Assert.That(server.Requests, Has.Count.EqualTo(1), "not the network's fault");
    }

    [Test]
    public void OnlyTheWebIsAsked() => Assert.That(
        () => Fetch(new Uri("file:///etc/")),
        Throws.ArgumentException.With.Message.EqualTo("'file:///etc/file.bin' is no address that begins with https:// or http://"));

    [Test]
    public void CifarsArchivesAreThePublishedOnes()
    {
        var folder = new Uri("https://www.cs.toronto.edu/~kriz/");
        Assert.That(Cifar.Archive10(), Is.EqualTo(
            new RemoteFile(new Uri(folder, "cifar-10-binary.tar.gz"), "c32a1d4ab5d03f1284b67883e8d87530", 170_052_171)));
        Assert.That(Cifar.Archive100(), Is.EqualTo(
            new RemoteFile(new Uri(folder, "cifar-100-binary.tar.gz"), "03b5dce01913d631647c71ecec9e9cb8", 168_513_733)));
        Assert.That(Cifar.Archive10(new Uri("http://mirror/a")).Url, Is.EqualTo(new Uri("http://mirror/a/cifar-10-binary.tar.gz")));
        Assert.That(Cifar.Archive10(new Uri("http://mirror/a/")).Name, Is.EqualTo("cifar-10-binary.tar.gz"));
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

#pragma warning disable CA5351 // The checksum that data sets are published with.
    internal static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351

    private static RemoteFile Remote(Uri folder) => new(new Uri(folder, "file.bin"), Md5(Content), Content.Length);

    private static void Put(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    private Downloader Downloader() =>
        new() { Pause = TimeSpan.Zero, Log = log.Add, Progress = (done, total) => progress.Add((done, total)) };

    private DownloadOutcome Fetch(ScriptedServer server) => Fetch(server.Url);

    private DownloadOutcome Fetch(Uri url) => Downloader().Fetch(Remote(url), folder.File("data")).GetAwaiter().GetResult();

    private string IsOneLineOfAdvice(IOException? error, string says)
    {
        Assert.That(error!.Message, Does.Contain(says).And.Not.Contain("\n"));
        Assert.That(
            error.Message, Does.Contain(", or fetch http://").And.EndWith($"/file.bin by hand and put it into '{folder.File("data")}'"));
        return error.Message;
    }
}
