namespace Idsnn.Tools.Train;

/// <summary>A file that a verb writes at its end.</summary>
internal static class ResultFile
{
    /// <summary>Sees before the work, not after it, that the file has a place to go to.</summary>
    public static void Require(string option, string? path)
    {
        if (path is null) return;
        if (Directory.Exists(path)) throw new ArgumentException($"{option}: '{path}' is a folder; name a file");
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder)) throw new ArgumentException($"{option}: the folder of '{path}' is not there; make it first");
    }

    public static void Write(string? path, string text)
    {
        if (path is not null) File.WriteAllText(path, text + "\n");
    }
}
