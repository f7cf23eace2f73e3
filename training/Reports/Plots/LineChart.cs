namespace Idsnn.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Label">Stands at its end; may be empty.</param>
/// <param name="Style">Its classes in the stylesheet.</param>
/// <param name="Points">In order; one that is not finite leaves a gap.</param>
internal sealed record Line(string Label, string Style, IReadOnlyList<(double X, double Y)> Points)
{
    private const int Colours = 6;

    public bool Shows => Points.Any(p => double.IsFinite(p.Y));

    /// <summary>The classes of the i-th of several lines of equal rank: six colours, then the same dashed.</summary>
    public static string StyleOf(int i) => $"run-{i % Colours}{(i / Colours % 2 == 1 ? " dashed" : string.Empty)}";
}

/// <summary>A chart of lines as inline SVG, whose colours are the page's.</summary>
/// <param name="X">Below.</param>
/// <param name="XName">What runs along it.</param>
/// <param name="Y">To the left.</param>
/// <param name="Lines">Lines with at least one finite point.</param>
internal sealed record LineChart(Axis X, string XName, Axis Y, IReadOnlyList<Line> Lines)
{
    private const double Width = 340, Height = 236, Top = 10, Bottom = 38, LetterWidth = 6.1, LineHeight = 13;

    /// <summary>A level drawn across, and its name.</summary>
    public (string Label, double Y)? Level { get; init; }

    /// <summary>A point that is ringed.</summary>
    public (double X, double Y)? Mark { get; init; }

    /// <summary>Whether each point has its value beside it.</summary>
    public bool WritesValues { get; init; }

    private double Left => 12 + (LetterWidth * Y.Ticks.Max(tick => Y.Text(tick).Length));

    private double Right => 14 + (LetterWidth * Labels.Max(label => label.Text.Length));

    private IEnumerable<Label> Labels =>
    [
        .. from line in Lines
           let end = line.Points.Last(p => double.IsFinite(p.Y))
           select new Label(line.Label, line.Style, end.X, end.Y),
        .. Level is { } level ? [new Label(level.Label, "level", X.Max, level.Y)] : Array.Empty<Label>(),
    ];

    /// <summary>The drawing.</summary>
    /// <param name="description">What it shows, for those who do not see it.</param>
    public Html Draw(string description) => Html.Of($"""
        <svg class="chart" viewBox="0 0 {Width} {Height}" role="img" aria-label="{description}">
        {Y.Ticks.Select(Grid)}{X.Ticks.Select(Tick)}
        <path class="axis" d="M{Left} {PlaceY(Y.Min)}H{Width - Right}"/>
        <text class="tick" x="{Width - Right}" y="{Height - 4}" text-anchor="end">{XName}</text>
        {(Level is { } level ? Html.Of($"<path class=\"level\" d=\"M{Left} {PlaceY(level.Y)}H{Width - Right}\"/>") : Html.Nothing)}
        {Lines.Select(Draw)}
        {(Mark is { } mark ? Html.Of($"<circle class=\"mark\" cx=\"{PlaceX(mark.X)}\" cy=\"{PlaceY(mark.Y)}\" r=\"4\"/>") : Html.Nothing)}
        {EndLabels()}
        </svg>

        """);

    private double PlaceX(double x) => Left + ((Width - Left - Right) * X.Place(x));

    private double PlaceY(double y) => Height - Bottom - ((Height - Top - Bottom) * Math.Clamp(Y.Place(y), 0, 1));

    private Html Grid(double tick) => Html.Of($"""
        <path class="grid" d="M{Left} {PlaceY(tick)}H{Width - Right}"/>
        <text class="tick" x="{Left - 6}" y="{PlaceY(tick) + 4}" text-anchor="end">{Y.Text(tick)}</text>

        """);

    private Html Tick(double tick) => Html.Of($"""
        <path class="axis" d="M{PlaceX(tick)} {Height - Bottom}v4"/>
        <text class="tick" x="{PlaceX(tick)}" y="{Height - Bottom + 16}" text-anchor="middle">{X.Text(tick)}</text>

        """);

    private Html Draw(Line line)
    {
        var path = new List<Html>();
        bool drawing = false;
        foreach (var (x, y) in line.Points)
        {
            if (double.IsFinite(y)) path.Add(Html.Of($"{new Html(drawing ? "L" : "M")}{PlaceX(x)} {PlaceY(y)}"));
            drawing = double.IsFinite(y);
        }

        var dots = line.Points.Count > 12 && path.Count > 1 ? [] : line.Points.Where(p => double.IsFinite(p.Y));
        return Html.Of($"<path class=\"line {line.Style}\" d=\"{path}\"/>{dots.Select(p => Dot(p.X, p.Y, line.Style))}");
    }

    private Html Dot(double x, double y, string style) => Html.Of($"""
        <circle class="dot {style}" cx="{PlaceX(x)}" cy="{PlaceY(y)}" r="2.5"/>{(WritesValues ? Value(x, y) : Html.Nothing)}
        """);

    private Html Value(double x, double y) => Html.Of($"""
        <text class="value" x="{PlaceX(x)}" y="{PlaceY(y) - 8}" text-anchor="middle">{Say.Fixed(y, 1)}</text>
        """);

    /// <summary>
    /// Labels to the right of the plot at the height of their lines' ends, moved apart where they would touch; that of a line which ends
    /// long before stands where it ends.
    /// </summary>
    private IEnumerable<Html> EndLabels()
    {
        double right = Width - Right;
        return
            from label in Labels
            where label.Text.Length > 0
            orderby PlaceY(label.Y)
            group label by X.Place(label.X) > 0.8 ? right : PlaceX(label.X) into ends
            let at = Spread([.. ends.Select(label => PlaceY(label.Y))], LineHeight, Top, Height - Bottom)
            from text in ends.Zip(at, (label, y) => Draw(label, ends.Key, y))
            select text;
    }

    private static Html Draw(Label label, double x, double y) =>
        Html.Of($"<text class=\"label {label.Style}\" x=\"{x + 7}\" y=\"{y + 4}\">{label.Text}</text>");

    /// <summary>Moves ascending places so far apart that none is nearer to the next than a gap, each as little as may be.</summary>
    internal static double[] Spread(double[] places, double gap, double least, double most)
    {
        double[] at = [.. places];
        bool moved = true;
        for (int round = 0; moved && round < 200; round++)
        {
            moved = false;
            for (int i = 1; i < at.Length; i++)
            {
                double missing = gap - (at[i] - at[i - 1]);
                if (missing <= 0.01) continue;
                (at[i - 1], at[i], moved) = (at[i - 1] - (missing / 2), at[i] + (missing / 2), true);
            }

            for (int i = 0; i < at.Length; i++) at[i] = Math.Clamp(at[i], least, most);
        }

        return at;
    }

    /// <summary>What is written beside the end of a line, in the plot's values.</summary>
    private sealed record Label(string Text, string Style, double X, double Y);
}
