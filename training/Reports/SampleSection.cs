namespace Idsnn.Reports;

/// <summary>Some test images and what the network says of them.</summary>
internal static class SampleSection
{
    public static Html Of(RunView run)
    {
        if (run.Insight is not { Samples.Count: > 0 } insight) return Html.Nothing;
        int right = insight.Samples.Count(sample => sample.Predicted == sample.Label);
        return Html.Of($"""
            <ol class="samples">
            {insight.Samples.Select(sample => Item(insight, sample))}</ol>
            <p class="caption">{Say.Count(insight.Samples.Count)} test images, {Say.Count(right)} of them right. Under each stand the class
            predicted and its softmax; where that is wrong (✗, framed), the true class follows.</p>

            """);
    }

    private static Html Item(NetworkInsight insight, SamplePrediction sample)
    {
        string predicted = insight.ClassNames[sample.Predicted], truth = insight.ClassNames[sample.Label];
        string confidence = Say.Percent(sample.Confidence, 0);
        string alternative = $"Test image of class {truth}, predicted {predicted} with {confidence}";
        bool right = sample.Predicted == sample.Label;
        return Html.Of($"""
            <li{new Html(right ? string.Empty : " class=\"wrong\"")}><img src="data:image/png;base64,{sample.Png}" alt="{alternative}"/>
            <span class="says">{(right ? string.Empty : "✗ ")}{predicted}</span> <span class="confidence">{confidence}</span>
            {(right ? Html.Nothing : Html.Of($"<span class=\"truth\">is {truth}</span>"))}</li>

            """);
    }
}
