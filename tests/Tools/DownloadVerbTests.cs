using Idsnn.Datasets;
using Idsnn.Tools.Train;

namespace Idsnn.Tests.Tools;

/// <summary>download, against a server on this machine that has no CIFAR: what it says, where it asks, how it ends.</summary>
public class DownloadVerbTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [TestCase("cifar10", "cifar-10-binary.tar.gz")]
    [TestCase("CIFAR100", "cifar-100-binary.tar.gz")]
    public void TheArchiveIsAskedForAndAnotherFileRefused(string dataset, string archive)
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(new byte[1_000_000]));

        var outcome = Download(server, "--dataset", dataset);

        BadInput.IsRefused(outcome, "expected ");
        Assert.That(server.Requests, Is.EqualTo(new[] { new Asked($"/files/{archive}", null) }));
        Assert.That(outcome.Lines[0], Is.EqualTo($"{archive}: 0 % of 1.0 MB"));
        Assert.That(outcome.Lines[^2], Is.EqualTo($"{archive}: 100 % of 1.0 MB"));
        Assert.That(outcome.Lines, Has.Length.LessThanOrEqualTo(12), "a line for each tenth at most");
        Assert.That(folder.Entries, Is.EqualTo(new[] { "new" }), "what came is deleted");
    }

    [Test]
    public void InterruptionIsNoError()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(new byte[1000]));

        var outcome = CommandLine.Run(
            cancelled.Token, "download", "--dataset", "cifar10", "--data-path", folder.File("new"), "--url", server.Url.ToString());

        Assert.That((outcome.Code, outcome.Errors), Is.EqualTo((130, "")));
        Assert.That(outcome.Out.TrimEnd(), Is.EqualTo(
            $"interrupted: what has come is kept in {folder.File("new/cifar-10-binary.tar.gz")}.part; the same command goes on from there"));
    }

    [Test]
    public void WhatCameIsSaidAndNotFetchedTwice()
    {
        byte[] content = [.. Enumerable.Range(0, 250_000).Select(i => (byte)i)];
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(content));
        var file = new RemoteFile(new Uri(server.Url, "x.bin"), "46b80b7c0635a41adf32b5b171cd65fb");
        using var output = new StringWriter();
        int Fetch() => DownloadVerb.Fetch(new Session([], output, null, CancellationToken.None), file, folder.File("new"));

        Assert.That((Fetch(), Fetch()), Is.EqualTo((0, 0)));
        string[] lines = output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.That(lines[^2], Is.EqualTo($"{folder.File("new/x.bin")}: 0.2 MB, checksum right"));
        Assert.That(lines[^1], Is.EqualTo($"{folder.File("new/x.bin")} is there already, its checksum right"));
        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    [TestCase("download --dataset mnist", "--dataset: 'mnist' is not one of cifar10, cifar100")]
    [TestCase("download", "--dataset is required; see download --help")]
    [TestCase("download --dataset cifar10 --url here", "--url: 'here' is no address that begins with https:// or http://")]
    [TestCase("download --dataset cifar10 --url ftp://here", "'ftp://here/cifar-10-binary.tar.gz' is no address that begins with https:// or http://")]
    public void WrongOptionsAreRefused(string arguments, string message) => BadInput.IsRefused(CommandLine.Run(arguments.Split(' ')), message);

    private Outcome Download(ScriptedServer server, params string[] arguments) =>
        CommandLine.Run(["download", "--data-path", folder.File("new"), "--url", server.Url.ToString(), .. arguments]);
}
