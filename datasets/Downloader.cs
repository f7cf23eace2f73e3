using System.Net;
using System.Security.Cryptography;

namespace Idsnn.Datasets;

/// <summary>
/// Fetches a file whole or not at all. What has come stays beside it as NAME.part, so that the next try resumes there (HTTP Range),
/// and takes its name only when its checksum is right and its bytes are on the disk. A server's words are taken for what they are:
/// another length than the file's ends the transfer, redirections stay on the web, and symbolic links are not written through.
/// </summary>
public sealed class Downloader
{
    private const int BufferBytes = 1 << 17, MostOfMessage = 300;

    /// <summary>Connections made at most, each going on where the one before broke.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The pause before the second connection; it doubles with each.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a server may send nothing before its connection counts as broken.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets a line where something is worth saying: a broken connection, a file that is replaced.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Gets the bytes there so far and the bytes in all.</summary>
    public Action<long, long>? Progress { get; init; }

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
        if (file.Url.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"'{SafeText.Brief(file.Url.ToString())}' is no address that begins with https:// or http://");
        }

        string target = Path.GetFullPath(Path.Combine(folder, file.Name)), part = target + ".part";
        string remedy = $"or fetch {file.Url} by hand and put it into '{SafeText.Of(Path.GetDirectoryName(target)!)}'";
        try
        {
            if (File.Exists(target) && !MissingEntry.IsBrokenLink(target))
            {
                if (await Checksum(target, cancellation).ConfigureAwait(false) == file.Md5) return DownloadOutcome.AlreadyThere;
                Log?.Invoke($"'{SafeText.Of(target)}' has another checksum than the published file; fetching it again");
            }

            RefuseLink(target);
            await FetchPart(file, part, cancellation).ConfigureAwait(false);
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
            throw new IOException($"cannot write '{SafeText.Of(part)}': {OneLine(e)}; see to that or choose another folder, {remedy}", e);
        }
    }

    /// <summary>What .NET says of the network may hold all that the server sent; of a file it ends with a path.</summary>
    private static string OneLine(Exception e) => e is HttpRequestException
        ? SafeText.Brief(e.Message, MostOfMessage).TrimEnd('.')
        : SafeText.Of(e.Message.ReplaceLineEndings(" ").TrimEnd('.'));

    private static void RefuseLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not { } link) return;
        throw new IOException($"'{SafeText.Of(path)}' is a symbolic link to '{SafeText.Of(link)}', which is not followed");
    }

    private static async Task<string> Checksum(string path, CancellationToken cancellation)
    {
        await using var stream = FileContent.Open(path);
#pragma warning disable CA5351 // MD5 is what the publisher gives; it guards against accidents.
        return Convert.ToHexStringLower(await MD5.HashDataAsync(stream, cancellation).ConfigureAwait(false));
#pragma warning restore CA5351
    }

    /// <summary>Makes the part whole.</summary>
    private async Task FetchPart(RemoteFile file, string part, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await Continue(client, file, part, cancellation).ConfigureAwait(false);
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
    private async Task Continue(HttpClient client, RemoteFile file, string part, CancellationToken cancellation)
    {
        long there = Resumable(file, part);
        if (there == file.Bytes) return;
        using var response = await Patiently(token => Redirects.Follow(client, file.Url, there, token), cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            string reason = SafeText.Brief(response.ReasonPhrase ?? string.Empty);
            throw Answered($"the server answers {(int)response.StatusCode} {reason}", response);
        }

        if (response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
        {
            throw Answered("a web page came instead of the file, from a proxy or a login page", response);
        }

        var range = response.Content.Headers.ContentRange;
        bool continues = response.StatusCode == HttpStatusCode.PartialContent;
        if (continues && (there == 0 || range?.From != there))
        {
            throw Answered("the server sent another part of the file than it was asked for", response);
        }

        long done = continues ? there : 0;
        long? total = continues && range!.Length is { } length ? length : done + response.Content.Headers.ContentLength;
        if (total is not null && total != file.Bytes)
        {
            throw Answered($"the server's file has {total} bytes, expected {file.Bytes}", response);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(part)!);
        RefuseLink(part);
        await using var output = new FileStream(part, continues ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, 0);
        await Copy(response, output, done, file.Bytes, cancellation).ConfigureAwait(false);
        output.Flush(flushToDisk: true);
    }

    /// <summary>Bytes of the part from which to resume; a part that is longer than the file is not of it, and is deleted.</summary>
    private long Resumable(RemoteFile file, string part)
    {
        RefuseLink(part);
        long there = new FileInfo(part) is { Exists: true } begun ? begun.Length : 0;
        if (there <= file.Bytes) return there;
        Log?.Invoke($"'{SafeText.Of(part)}' has {there} bytes, more than the file's {file.Bytes}; fetching it from the start");
        File.Delete(part);
        return 0;
    }

    /// <summary>What is wrong with an answer, with the status by which <see cref="MayPass"/> judges it.</summary>
    private static HttpRequestException Answered(string message, HttpResponseMessage response) => new(message, null, response.StatusCode);

    private async Task Copy(HttpResponseMessage response, FileStream output, long done, long bytes, CancellationToken cancellation)
    {
        using var input = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[BufferBytes];
        while (true)
        {
            Progress?.Invoke(done, bytes);
            int count = await Patiently(token => input.ReadAsync(buffer, token).AsTask(), cancellation).ConfigureAwait(false);
            if (count == 0) break;
            if (count > bytes - done)
            {
                File.Delete(output.Name);
                throw Answered($"more came than the {bytes} bytes that the file has; it was deleted", response);
            }

            output.Write(buffer, 0, count);
            done += count;
        }

        if (done < bytes) throw new HttpRequestException($"the connection broke (after {done} of {bytes} bytes)");
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
            throw new HttpRequestException($"the connection broke ({SafeText.Brief(e.Message).TrimEnd('.')})", e);
        }
    }
}
