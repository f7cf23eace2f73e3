using Idsnn.Engine;

namespace Idsnn.Reports;

/// <summary>
/// report.html: a page that says what runs came to. It holds everything it shows – style, drawings, images –, runs no script and asks
/// no other machine for anything.
/// </summary>
/// <remarks>
/// The drawings are SVG of our own rather than a plotting library's: their colours are the stylesheet's variables, so they follow a
/// reader's dark mode and print on white, and their text keeps its size on a phone.
/// </remarks>
public static class Report
{
    /// <summary>Writes the page of one run, or a comparison of several. A file of that name is replaced at once or not at all.</summary>
    /// <param name="runs">The runs, finished or not, in the order in which they are to stand.</param>
    /// <param name="file">Where the page goes; its folder must be there.</param>
    /// <exception cref="ArgumentException">There are no runs.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(IReadOnlyList<RunRecord> runs, string file) => DurableFile.Write(file, Render(runs));

    /// <summary>Writes the page of an experiment.</summary>
    /// <param name="results">What was found.</param>
    /// <param name="runs">Its runs by their names, finished or not.</param>
    /// <param name="file">Where the page goes; its folder must be there.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(ExperimentResults results, IReadOnlyDictionary<string, RunRecord> runs, string file) =>
        DurableFile.Write(file, ExperimentPage.Of(results, runs).Text);

    /// <summary>The page itself, well-formed as XML too.</summary>
    internal static string Render(IReadOnlyList<RunRecord> runs)
    {
        if (runs.Count == 0) throw new ArgumentException("a report needs at least one run");
        var page = runs.Count == 1 ? SinglePage.Of(new RunView(runs[0])) : ComparisonPage.Of([.. runs.Select(run => new RunView(run))]);
        return page.Text;
    }
}
