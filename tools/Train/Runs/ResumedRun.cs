using System.Globalization;
using Idsnn.Engine;
using Idsnn.Runs;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>A run that is to go on, and whether it can.</summary>
internal sealed class ResumedRun
{
    private readonly RunRecord record;
    private readonly RunSpec started;

    /// <summary>Reads what the run was started with.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="change">What is asked for instead of that.</param>
    /// <exception cref="ArgumentException">Something else is asked for than a run that was started can be given.</exception>
    public ResumedRun(string path, Func<RunSpec, RunSpec> change)
    {
        Path = path;
        started = RunSettings.Read(OptionFile.Load(System.IO.Path.Combine(path, RunRecord.ConfigFile), TrainVerb.Options));
        record = RunRecord.Load(Path);
        Spec = change(started with { DeviceName = started.DeviceName ?? record.Config.Device.Id });
        RequireSame();
        string began = $"{Path} was started with --epochs {started.Epochs}";
        if (Spec.Epochs < started.Epochs) throw new ArgumentException($"{began}; more can be asked for, not fewer ({Spec.Epochs})");
        if (IsLonger && Spec.StudentTraining.Schedule.DependsOnEpochs)
        {
            string schedule = Spec.Rate.Kind.ToString().ToLowerInvariant();
            throw new ArgumentException($"{began}, on which the rates of its {schedule} schedule depend; leave --epochs out");
        }
    }

    /// <summary>Its folder.</summary>
    public string Path { get; }

    /// <summary>The training as it is to go on.</summary>
    public RunSpec Spec { get; }

    /// <summary>Says that nothing is left to do; null where something is.</summary>
    public string? Finished => record.Results is null || IsLonger
        ? null
        : $"the run in {Path} is finished: " + string.Join(", ", record.Results.Networks.Select(network => string.Create(
            CultureInfo.InvariantCulture, $"{network.Network} {network.Epochs} epochs, accuracy {network.LastAccuracy:P2}")));

    private bool IsLonger => Spec.Epochs > started.Epochs;

    /// <summary>
    /// Opens its folder; its config.json is brought up to date, where more epochs are asked for, once the run is seen to resume.
    /// </summary>
    /// <exception cref="ArgumentException">Its data are not those that the run was started on.</exception>
    /// <exception cref="FolderInUseException">Another process is at work on it.</exception>
    public RunFolder Open(RunPlan plan, Device device, Action<string> note)
    {
        string checksum = RunConfig.ChecksumOf(plan.Dataset);
        if (record.Config.Dataset.Checksum != checksum)
        {
            throw new ArgumentException(
                $"{Path} was started on {record.Config.Dataset.Name} of checksum {record.Config.Dataset.Checksum}, not on "
                    + $"{plan.Dataset.Name} "
                + $"of checksum {checksum}; give the data that it was started on with --data-path");
        }

        var (config, name) = (record.Config, device.Info.Name);
        var raised = RunSettings.Write(started with { Epochs = Spec.Epochs });
        var folder = RunFolder.Reopen(Path, plan.About, config with { Options = raised });
        if (config.Device.Name != name)
        {
            note($"note: the run was started on {config.Device.Name}; on {name} its numbers differ in their last digits");
        }

        if ((config.Version, config.Commit) != (Build.Version, Build.Commit))
        {
            note($"note: the run was started by version {config.Version}+{config.Commit}, this is {Build.Version}+{Build.Commit}");
        }

        return folder;
    }

    private void RequireSame()
    {
        if (RunSettings.Differing(started, Spec).FirstOrDefault(setting => !setting.MayChange) is not { } setting) return;
        throw new ArgumentException(
            $"{Path} was started {OptionNames.With(setting, started)}, not with {setting.Text(Spec)}; "
            + $"leave {OptionNames.Of(setting)} out to resume it, or start a new run");
    }
}
