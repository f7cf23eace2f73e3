using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

/// <summary>Servers and folders that want something else than the file to be fetched.</summary>
public partial class DownloaderTests
{
    [Test]
    public void AnotherLengthIsRefusedBeforeAnythingIsWritten([Values] bool ranged)
    {
        if (ranged) Put(Part, Content[..1000]);
        using var server = new ScriptedServer(asked => ScriptedServer.Ranged([.. Content, 1], asked));

        IsOneLineOfAdvice(Assert.Throws<IOException>(() => Fetch(server)), "the server's file has 300001 bytes, expected 300000; try");
        Assert.That(server.Requests, Has.Count.EqualTo(1));
        Assert.That(folder.Entries, Is.EqualTo(ranged ? new[] { "data", "data/file.bin.part" } : []), "what came before is kept");
    }

    [Test]
    public void ABodyThatDoesNotEndIsCutOffAtTheFilesLength()
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer("200 OK", new byte[2_000_000]));

        IsOneLineOfAdvice(
            Assert.Throws<IOException>(() => Fetch(server)), "more came than the 300000 bytes that the file has; it was deleted");
        Assert.That(server.Requests, Has.Count.EqualTo(1));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "data" }));
        Assert.That(progress.Max(p => p.Done), Is.LessThanOrEqualTo(300_000));
    }

    [Test]
    public void AnotherPartThanTheOneAskedForIsRefused([Values(0, 1000)] int there)
    {
        if (there > 0) Put(Part, Content[..there]);
        using var server = new ScriptedServer(asked => ScriptedServer.Ranged(Content, asked with { From = 500 }));

        IsOneLineOfAdvice(
            Assert.Throws<IOException>(() => Fetch(server)), "the server sent another part of the file than it was asked for");
        Assert.That(folder.Entries, Is.EqualTo(there > 0 ? new[] { "data", "data/file.bin.part" } : []));
    }

    [Test]
    public void ARedirectionIsFollowedWithTheRange([Values(301, 302, 303, 307, 308)] int status)
    {
        Put(Part, Content[..1000]);
        using var server = new ScriptedServer(
            _ => ScriptedServer.Answer($"{status} There", [], "Location: /elsewhere?x=1", "Content-Length: 0"),
            asked => ScriptedServer.Ranged(Content, asked));

        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.Downloaded));
        Assert.That(server.Requests, Is.EqualTo(new[] { new Asked("/files/file.bin", 1000), new Asked("/elsewhere?x=1", 1000) }));
    }

    [TestCase("Location: file:///etc/passwd", "the server redirects to 'file:///etc/passwd', which is not on the web")]
    [TestCase("Location: ftp://host/file", "the server redirects to 'ftp://host/file', which is not on the web")]
    [TestCase("Location: javascript:alert(1)", "the server redirects to 'javascript:alert(1)', which is not on the web")]
    [TestCase("Location: http://", "the server redirects without a valid address")]
    [TestCase("Location: http://\u202e:1/file", "the server redirects without a valid address")]
    [TestCase("X: y", "the server redirects without a valid address")]
    public void ARedirectionOffTheWebIsRefused(string header, string message)
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer("302 Found", [], header, "Content-Length: 0"));

        IsOneLineOfAdvice(Assert.Throws<IOException>(() => Fetch(server)), $": {message}; try again");
        Assert.That(server.Requests, Has.Count.EqualTo(1));
        Assert.That(folder.Entries, Is.Empty);
    }

    [Test]
    public void RedirectionsThatDoNotEndAreRefused()
    {
        using var server = new ScriptedServer(_ => ScriptedServer.Answer("302 Found", [], "Location: ?again", "Content-Length: 0"));

        IsOneLineOfAdvice(Assert.Throws<IOException>(() => Fetch(server)), "the server redirects more than 10 times; try again");
        Assert.That(server.Requests, Has.Count.EqualTo(11));
    }

    [Test]
    public void ARedirectionOutOfEncryptionIsRefused()
    {
        using var answer = new HttpResponseMessage(System.Net.HttpStatusCode.Found) { Headers = { Location = new Uri("http://b/") } };
        using var client = new HttpClient(new Answer(answer));

        Assert.That(
            () => Redirects.Follow(client, new Uri("https://a/"), 0, default),
            Throws.InstanceOf<HttpRequestException>()
                .With.Message.EqualTo("the server redirects from https to 'http://b/', which is not encrypted"));
    }

    [Test]
    public void TextOfTheServerIsEscapedAndShort()
    {
        string status = $"404 \u001B[2J\u009B{new string('x', 2000)}";
        using var server = new ScriptedServer(_ => ScriptedServer.Answer(status, [], "Content-Length: 0"));

        string message = IsOneLineOfAdvice(Assert.Throws<IOException>(() => Fetch(server)), @"the server answers 404 \u001B[2J");
        Assert.That(SafeText.IsSafe(message), Is.True);
        Assert.That(message, Has.Length.LessThan(700));
    }

    [TestCase("200 OK", "Transfer-Encoding: chunked")]
    [TestCase("", "X: y")]
    public void WhatAServerSendsIsNotRepeatedAtLength(string status, string header)
    {
        byte[] body = [.. Enumerable.Repeat((byte)0xAB, 3000)];
        using var server = new ScriptedServer(_ => status.Length > 0 ? ScriptedServer.Answer(status, body, header) : body);

        Assert.That(IsOneLineOfAdvice(Assert.Throws<IOException>(() => Fetch(server)), "cannot fetch "), Has.Length.LessThan(700));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "links need a privilege there")]
    public void ASymbolicLinkIsNotWrittenThrough([Values] bool part, [Values] bool broken)
    {
        string victim = folder.File("victim");
        if (!broken) Put(victim, [1, 2, 3]);
        Directory.CreateDirectory(folder.File("data"));
        File.CreateSymbolicLink(part ? Part : Target, victim);
        using var server = new ScriptedServer(asked => ScriptedServer.Ranged(Content, asked));

        IsOneLineOfAdvice(
            Assert.Throws<IOException>(() => Fetch(server)),
            $"'{(part ? Part : Target)}' is a symbolic link to '{victim}', which is not followed; see to that or choose another folder");
        Assert.That(server.Requests, Is.Empty);
        Assert.That(File.Exists(victim), Is.EqualTo(!broken));
        if (!broken) Assert.That(File.ReadAllBytes(victim), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "links need a privilege there")]
    public void ALinkToTheRightFileIsAsGoodAsTheFile()
    {
        Put(folder.File("shared.bin"), Content);
        Directory.CreateDirectory(folder.File("data"));
        File.CreateSymbolicLink(Target, folder.File("shared.bin"));
        using var server = new ScriptedServer(_ => ScriptedServer.Whole(Content));

        Assert.That(Fetch(server), Is.EqualTo(DownloadOutcome.AlreadyThere));
    }

    private sealed class Answer(HttpResponseMessage response) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(response);
    }
}
