using System.Reflection;

namespace Idsnn.Training;

/// <summary>Which build of the program this is.</summary>
public static class Build
{
    private static readonly string[] Parts =
        typeof(Build).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', 2);

    /// <summary>The version.</summary>
    public static string Version => Parts[0];

    /// <summary>The commit it was built from; null where the build did not know.</summary>
    public static string? Commit => Parts.Length > 1 ? Parts[1] : null;
}
