using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Idsnn.Tests;

/// <summary>What a client asked for.</summary>
internal sealed record Asked(string Path, long? From);

/// <summary>A web server on this machine that answers its n-th connection by the n-th answer, and further ones by the last.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<Asked, byte[]>[] answers;
    private readonly List<Asked> requests = [];
    private readonly Task loop;

    /// <param name="answers">Each gives all bytes of an answer, head and body, after which the connection is closed.</param>
    public ScriptedServer(params Func<Asked, byte[]>[] answers)
    {
        this.answers = answers;
        listener.Start();
        loop = Serve();
    }

    /// <summary>Its address.</summary>
    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/files/");

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<Asked> Requests => requests;

    /// <summary>An answer that has a body.</summary>
    public static byte[] Answer(string status, ReadOnlySpan<byte> body, params string[] headers) =>
    [
        .. Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n"),
        .. body,
    ];

    /// <summary>The whole file, or only its first bytes where the connection is to break.</summary>
    public static byte[] Whole(byte[] file, int? cut = null) =>
        Answer("200 OK", file.AsSpan(0, cut ?? file.Length), $"Content-Length: {file.Length}");

    /// <summary>The file from where the client asked, or the whole; only its first bytes where the connection is to break.</summary>
    public static byte[] Ranged(byte[] file, Asked asked, int? cut = null)
    {
        if (asked.From is not { } from) return Whole(file, cut);
        if (from >= file.Length)
        {
            return Answer("416 Range Not Satisfiable", [], "Content-Length: 0", $"Content-Range: bytes */{file.Length}");
        }

        return Answer(
            "206 Partial Content", file.AsSpan((int)from)[..(cut ?? (file.Length - (int)from))], $"Content-Length: {file.Length - from}",
            $"Content-Range: bytes {from}-{file.Length - 1}/{file.Length}");
    }

    public void Dispose()
    {
        stop.Cancel();
        loop.Wait();
        listener.Dispose();
        stop.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                var stream = client.GetStream();
                if (await Read(stream) is not { } asked) continue;
                requests.Add(asked);
                await stream.WriteAsync(answers[Math.Min(requests.Count, answers.Length) - 1](asked), stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);

                // Until the client has read everything: closing earlier could drop what is on the way.
                while (await stream.ReadAsync(new byte[256], stop.Token) > 0)
                {
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task<Asked?> Read(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        if (await reader.ReadLineAsync(stop.Token) is not { } first) return null;
        long? from = null;
        while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 } header)
        {
            if (header.StartsWith("Range: bytes=", StringComparison.Ordinal)) from = long.Parse(header[13..].TrimEnd('-'));
        }

        return new Asked(first.Split(' ')[1], from);
    }
}
