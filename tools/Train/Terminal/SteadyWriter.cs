using System.Text;

namespace Idsnn.Tools.Train;

/// <summary>
/// Text output whose failure does not end the work: a terminal that is closed, a full disk behind a redirection. What cannot be written is
/// lost, and that it was is remembered.
/// </summary>
/// <param name="inner">Where the text goes.</param>
internal sealed class SteadyWriter(TextWriter inner) : TextWriter
{
    /// <summary>Why text was lost, the first time that it was; null where none was.</summary>
    public string? Failure { get; private set; }

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Failure ??= e.Message;
        }
    }
}
