using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Idsnn.Reports;
using Idsnn.Training;

namespace Idsnn.Tests.Training;

/// <summary>A report as an XML parser reads it, which takes nothing that is not well-formed.</summary>
internal sealed class Markup
{
    public Markup(params RunRecord[] runs)
    {
        Text = Report.Render(runs);
        using var reader = XmlReader.Create(new StringReader(Text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        Document = XDocument.Load(reader);
    }

    public string Text { get; }

    public XDocument Document { get; }

    public IEnumerable<XElement> All(string name) => Document.Descendants(name);

    /// <summary>The ids of the parts, in order.</summary>
    public IEnumerable<string> Parts => All("section").Select(section => section.Attribute("id")!.Value);

    public XElement Part(string id) => All("section").Single(section => section.Attribute("id")!.Value == id);

    /// <summary>The cells of a part's tables, row by row.</summary>
    public string[][] Rows(string part) => [.. Part(part).Descendants("tr").Select(row => row.Elements().Select(Plain).ToArray())];

    /// <summary>An element's text, with ordinary spaces and minus signs.</summary>
    public static string Plain(XElement element)
    {
        string text = element.Value.Replace('\u202f', ' ').Replace('\u2011', '-').Replace('−', '-');
        return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The numbers of a path or an attribute.</summary>
    public static double[] Numbers(string text) =>
    [
        .. text.Split([' ', 'M', 'L', 'H', 'V', 'h', 'v', 'z'], StringSplitOptions.RemoveEmptyEntries)
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture)),
    ];
}
