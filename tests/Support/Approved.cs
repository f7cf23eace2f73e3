namespace Idsnn.Tests;

/// <summary>
/// Texts that a person has read and found right, in tests/approved. A test compares what comes out today; with IDSNN_APPROVE=1 in the
/// environment it writes that down instead, to be read in the diff.
/// </summary>
internal static class Approved
{
    /// <summary>Fails unless the text is the approved one.</summary>
    /// <param name="name">The file in tests/approved.</param>
    /// <param name="text">What came out.</param>
    public static void Is(string name, string text)
    {
        string file = ArchitectureTests.InRoot(Path.Combine("tests", "approved", name));
        text = string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).Trim('\n') + "\n";
        if (Environment.GetEnvironmentVariable("IDSNN_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return;
        }

        string approved = File.Exists(file) ? File.ReadAllText(file) : string.Empty;
        if (text == approved) return;
        string[] was = approved.Split('\n'), now = text.Split('\n');
        int line = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail(
            $"tests/approved/{name} differs from line {line + 1} on; run the test with IDSNN_APPROVE=1 and read the diff\n"
            + $"approved: {was.ElementAtOrDefault(line)}\nnow:      {now.ElementAtOrDefault(line)}");
    }
}
