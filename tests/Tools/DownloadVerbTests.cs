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

    [TestCase("cifar10", "cifar-10-binary.tar.gz", 170_052_171)]
    [TestCase("CIFAR100", "cifar-100-binary.tar.gz", 168_513_733)]
    public void TheArchiveIsAskedForAndAFileOfAnotherLengthRefusedAtOnce(string dataset, string archive, long bytes)
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(new byte[1_000_000]));

        var outcome = Download(server, "--dataset", dataset);

        BadInput.IsRefused(outcome, $"the server's file has 1000000 bytes, expected {bytes}");
        Assert.That(server.Requests, Is.EqualTo(new[] { new Asked($"/files/{archive}", null) }));
        Assert.That(outcome.Out, Is.Empty);
        Assert.That(folder.Entries, Is.Empty);
    }

    [Test]
    public void AServersWordsCannotReachTheTerminalRaw()
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer("404 \u001B[31mred\u0007", [], "Content-Length: 0"));

        BadInput.IsRefused(Download(server, "--dataset", "cifar10"), @"the server answers 404 \u001B[31mred\u0007; try again");
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
            $"interrupted: what has come is kept in {folder.File("new/cifar-10-binary.tar.gz")}.part; the same command resumes there"));
    }

    [Test]
    public void WhatCameIsSaidAndNotFetchedTwice()
    {
        byte[] content = [.. Enumerable.Range(0, 250_000).Select(i => (byte)i)];
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(content));
        var file = new RemoteFile(new Uri(server.Url, "x.bin"), "46b80b7c0635a41adf32b5b171cd65fb", content.Length);
        using var output = new StringWriter();
        int Fetch() => DownloadVerb.Fetch(new Session([], output, null, CancellationToken.None), file, folder.File("new"));

        Assert.That((Fetch(), Fetch()), Is.EqualTo((0, 0)));
        string[] lines = output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.That(lines[0], Is.EqualTo("x.bin: 0 % of 0.2 MB"));
        Assert.That(lines[^3], Is.EqualTo("x.bin: 100 % of 0.2 MB"));
        Assert.That(lines, Has.Length.LessThanOrEqualTo(13), "a line for each tenth at most");
        Assert.That(lines[^2], Is.EqualTo($"{folder.File("new/x.bin")}: 0.2 MB, checksum right"));
        Assert.That(lines[^1], Is.EqualTo($"{folder.File("new/x.bin")} is there already, its checksum right"));
        Assert.That(server.Requests, Has.Count.EqualTo(1));
    }

    [TestCase("download --dataset mnist", "--dataset: 'mnist' is not one of cifar10, cifar100")]
    [TestCase("download", "--dataset is required; see download --help")]
    [TestCase("download --dataset cifar10 --url here", "--url: 'here' is no address that begins with https:// or http://")]
    [TestCase(
        "download --dataset cifar10 --url ftp://here",
        "'ftp://here/cifar-10-binary.tar.gz' is no address that begins with https:// or http://")]
    public void WrongOptionsAreRefused(string arguments, string message) =>
        BadInput.IsRefused(CommandLine.Run(arguments.Split(' ')), message);

    private Outcome Download(ScriptedServer server, params string[] arguments) =>
        CommandLine.Run(["download", "--data-path", folder.File("new"), "--url", server.Url.ToString(), .. arguments]);
}
