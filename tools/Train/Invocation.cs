namespace Idsnn.Tools.Train;

/// <summary>This program, as users call it.</summary>
internal static class Invocation
{
    private const string Project = "tools/Train";

    /// <summary>The command line that runs this program with these arguments, from the folder it was started in.</summary>
    public static string Of(params IEnumerable<string> arguments)
    {
        string program = File.Exists(Path.Combine(Project, "Train.csproj"))
            ? $"dotnet run -c Release --project {Project} --"
            : Environment.ProcessPath is { } path
                && !Path.GetFileNameWithoutExtension(path).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
                ? Quoted(Relative(path))
                : $"dotnet {Quoted(Relative(typeof(Invocation).Assembly.Location))}";
        return string.Join(' ', arguments.Select(Quoted).Prepend(program));
    }

    private static string Relative(string path)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private static string Quoted(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
