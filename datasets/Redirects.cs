using System.Net;
using System.Net.Http.Headers;

namespace Idsnn.Datasets;

/// <summary>Redirections, followed a few times, to http and https alone, and never from https to http.</summary>
internal static class Redirects
{
    private const int Most = 10;

    /// <summary>Asks for a file, from a byte on, and follows where the server points to.</summary>
    /// <returns>The first answer that is no redirection; its head only.</returns>
    /// <exception cref="HttpRequestException">There is no answer, or a redirection that is not followed.</exception>
    public static async Task<HttpResponseMessage> Follow(HttpClient client, Uri url, long from, CancellationToken cancellation)
    {
        for (int count = 0; ; count++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (!IsRedirection(response.StatusCode)) return response;
            using (response) url = Next(url, response, count);
        }
    }

    private static bool IsRedirection(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Uri Next(Uri url, HttpResponseMessage response, int count)
    {
        if (response.Headers.Location is not { } location || !Uri.TryCreate(url, location, out Uri? next) || !HasHost(next))
        {
            throw Refused("redirects without a valid address", response);
        }

        if (count == Most) throw Refused($"redirects more than {Most} times", response);
        if (next.Scheme is not ("http" or "https")) throw Refused($"redirects to '{Shown(next)}', which is not on the web", response);
        return next.Scheme == "http" && url.Scheme == "https"
            ? throw Refused($"redirects from https to '{Shown(next)}', which is not encrypted", response)
            : next;
    }

    /// <summary>Whether the address names a host; .NET takes some that it cannot ask for.</summary>
    private static bool HasHost(Uri url)
    {
        try
        {
            return url.IdnHost.Length > 0 || url.Scheme is not ("http" or "https");
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    private static string Shown(Uri url) => SafeText.Brief(url.AbsoluteUri);

    private static HttpRequestException Refused(string what, HttpResponseMessage response) =>
        new($"the server {what}", null, response.StatusCode);
}
