using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Idsnn.Datasets;

/// <summary>A file on the web.</summary>
/// <param name="Url">Its address, http or https.</param>
/// <param name="Md5">Its checksum, hexadecimal.</param>
public sealed record RemoteFile(Uri Url, string Md5)
{
    /// <summary>Its name, the last part of the address.</summary>
    public string Name => Path.GetFileName(Url.LocalPath);
}

/// <summary>What came of fetching a file.</summary>
public enum DownloadOutcome
{
    /// <summary>It came over the network.</summary>
    Downloaded,

    /// <summary>It was there already, with the right checksum.</summary>
    AlreadyThere,
}

/// <summary>
/// Fetches a file whole or not at all.  What has come stays beside it as NAME.part, so that the next try goes on from there (HTTP
/// Range), and takes its name only when its checksum is right and its bytes are on the disk.
/// </summary>
public sealed class Downloader
{
    private const int BufferBytes = 1 << 17;

    /// <summary>Connections made at most, each going on where the one before broke.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The pause before the second connection; it doubles with each.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a server may send nothing before its connection counts as broken.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets a line where something is worth saying: a broken connection, a file that is replaced.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Gets the bytes there so far and, where the server says it, the bytes in all.</summary>
    public Action<long, long?>? Progress { get; init; }

    /// <summary>Fetches a file into a folder, which is made if it is not there.</summary>
    /// <param name="file">What to fetch.</param>
    /// <param name="folder">Where to put it.</param>
    /// <param name="cancellation">Stops between two pieces; what has come stays.</param>
    /// <exception cref="ArgumentException">Its address is not of the web.</exception>
    /// <exception cref="IOException">It cannot be fetched or written; the message says why, and what to fetch by hand.</exception>
    /// <exception cref="InvalidDataException">What came is not that file.</exception>
    public async Task<DownloadOutcome> Fetch(RemoteFile file, string folder, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (file.Url.Scheme is not ("http" or "https")) throw new ArgumentException($"'{file.Url}' is no address that begins with https:// or http://");
        string target = Path.GetFullPath(Path.Combine(folder, file.Name)), part = target + ".part";
        string remedy = $"or fetch {file.Url} by hand and put it into '{Path.GetDirectoryName(target)}'";
        try
        {
            if (File.Exists(target))
            {
                if (await Checksum(target, cancellation).ConfigureAwait(false) == file.Md5) return DownloadOutcome.AlreadyThere;
                Log?.Invoke($"'{target}' has another checksum than the published file; fetching it again");
            }

            await FetchPart(file.Url, part, cancellation).ConfigureAwait(false);
            string checksum = await Checksum(part, cancellation).ConfigureAwait(false);
            if (checksum != file.Md5)
            {
                File.Delete(part);
                throw new InvalidDataException(
                    $"{file.Url} gave a file with MD5 {checksum}, expected {file.Md5}; it was deleted: try again, {remedy}");
            }

            File.Move(part, target, overwrite: true);
            return DownloadOutcome.Downloaded;
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"cannot fetch {file.Url}: {OneLine(e)}; try again, {remedy}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot write '{part}': {OneLine(e)}; make room or choose another folder, {remedy}", e);
        }
    }

    private static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ").TrimEnd('.');

    private static async Task<string> Checksum(string path, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(path);
#pragma warning disable CA5351 // MD5 is what the publisher gives; it guards against accidents.
        return Convert.ToHexStringLower(await MD5.HashDataAsync(stream, cancellation).ConfigureAwait(false));
#pragma warning restore CA5351
    }

    /// <summary>Makes the part whole.</summary>
    private async Task FetchPart(Uri url, string part, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await Continue(client, url, part, cancellation).ConfigureAwait(false);
                return;
            }
            catch (HttpRequestException e) when (attempt < Attempts && MayPass(e))
            {
                Log?.Invoke($"{OneLine(e)}; trying again");
                await Task.Delay(Pause * (1 << (attempt - 1)), cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether the same request may succeed in a while.</summary>
    private static bool MayPass(HttpRequestException e) => e.StatusCode is null
        ? e.HttpRequestError is not (HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        : e.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>One connection: appends to the part, or begins it anew where the server sends the whole file.</summary>
    private async Task Continue(HttpClient client, Uri url, string part, CancellationToken cancellation)
    {
        long there = new FileInfo(part) is { Exists: true } file ? file.Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (there > 0) request.Headers.Range = new RangeHeaderValue(there, null);
        using var response = await Patiently(
            token => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellation).ConfigureAwait(false);

        var range = response.Content.Headers.ContentRange;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && there > 0)
        {
            // All of it is there, or what is there is of another file.
            if (range?.Length == there) return;
            File.Delete(part);
            throw new HttpRequestException($"the server's file is shorter than the {there} bytes that were there");
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"the server answers {(int)response.StatusCode} {response.ReasonPhrase}", null, response.StatusCode);
        }

        if (response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
        {
            throw new HttpRequestException("a web page came instead of the file, from a proxy or a login page", null, response.StatusCode);
        }

        bool continues = response.StatusCode == HttpStatusCode.PartialContent && range?.From == there;
        Directory.CreateDirectory(Path.GetDirectoryName(part)!);
        await using var output = new FileStream(part, continues ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, 0);
        await Copy(response, output, continues ? there : 0, cancellation).ConfigureAwait(false);
        output.Flush(flushToDisk: true);
    }

    private async Task Copy(HttpResponseMessage response, FileStream output, long done, CancellationToken cancellation)
    {
        long? total = done + response.Content.Headers.ContentLength;
        using var input = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[BufferBytes];
        while (true)
        {
            Progress?.Invoke(done, total);
            int count = await Patiently(token => input.ReadAsync(buffer, token).AsTask(), cancellation).ConfigureAwait(false);
            if (count == 0) break;
            output.Write(buffer, 0, count);
            done += count;
        }
    }

    /// <summary>Waits for the network; whatever goes wrong there, and only that, is an <see cref="HttpRequestException"/>.</summary>
    private async Task<T> Patiently<T>(Func<CancellationToken, Task<T>> receive, CancellationToken cancellation)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(Patience);
        try
        {
            return await receive(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"the server sent nothing for {Patience.TotalSeconds:0.#} s");
        }
        catch (IOException e)
        {
            throw new HttpRequestException($"the connection broke ({OneLine(e)})", e);
        }
    }
}
