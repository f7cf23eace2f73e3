namespace Idsnn.Reports;

/// <summary>The page of one run.</summary>
internal static class SinglePage
{
    public static Html Of(RunView run) => Page.Of($"{run.Title} – {run.Record.Name}", run.Config.Version, Overview.Of(run),
    [
        new("result", "Result", ResultSection.Of(run)),
        new("curves", "Training", CurveSection.Of(run)),
        new("confusion", "Confusion", ConfusionSection.Of(run)),
        new("samples", "Samples", SampleSection.Of(run)),
        new("firing", "Firing rates", FiringSection.Of(run)),
        new("energy", "Energy and time-steps", EnergySection.Of(run)),
        new("time", "Time", TimeSection.Of(run)),
        new("settings", "Settings", SettingSection.Of(run)),
    ]);
}
