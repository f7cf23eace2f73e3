using System.Globalization;
using Idsnn.Engine;
using Idsnn.Training;

namespace Idsnn.Tools.Train;

/// <summary>A run that is to go on, and whether it can.</summary>
internal sealed class ResumedRun
{
    private readonly TrainVerb options;
    private readonly RunRecord record;

    /// <summary>Finds the run that the options name.</summary>
    public ResumedRun(TrainVerb options)
    {
        this.options = options;
        Path = ResumeTarget.Find(options.Resume!);
        record = RunRecord.Load(Path);
        if (options.OutputDirectory is { } output && System.IO.Path.GetFullPath(output) != System.IO.Path.GetFullPath(Path))
        {
            throw new ArgumentException($"--resume goes on in {Path}; leave --output-dir out");
        }

        if (options.Epochs < Epochs)
        {
            throw new ArgumentException($"{Path} was started with --epochs {Epochs}; more can be asked for, not fewer ({options.Epochs})");
        }

        if (IsLonger && options.StudentTraining.Schedule.DependsOnEpochs)
        {
            throw new ArgumentException(
                $"{Path} was started with --epochs {Epochs}, on which the rates of its {options.Schedule} schedule depend; leave --epochs out");
        }
    }

    /// <summary>Its folder.</summary>
    public string Path { get; }

    /// <summary>Says that nothing is left to do; null where something is.</summary>
    public string? Finished => record.Results is null || IsLonger
        ? null
        : $"the run in {Path} is finished: " + string.Join(", ", record.Results.Networks.Select(network => string.Create(
            CultureInfo.InvariantCulture, $"{network.Network} {network.Epochs} epochs, accuracy {network.LastAccuracy:P2}")));

    private int Epochs => int.Parse(record.Config.Options["epochs"], CultureInfo.InvariantCulture);

    private bool IsLonger => options.Epochs > Epochs;

    /// <summary>The options that the run was started with.</summary>
    public static Presets ReadPresets(string target, OptionTable options)
    {
        string path = ResumeTarget.Find(target);
        var values = OptionFile.Load(System.IO.Path.Combine(path, RunRecord.ConfigFile), options);
        values.TryAdd("device", RunRecord.Load(path).Config.Device.Id);
        return new Presets(path, values, Binding: true);
    }

    /// <summary>Opens its folder; its config.json is brought up to date, where more epochs are asked for, once the run is seen to resume.</summary>
    /// <exception cref="ArgumentException">Its data are not those that the run was started on.</exception>
    /// <exception cref="FolderInUseException">Another process is at work on it.</exception>
    public RunFolder Open(TrainPlan plan, Device device, Action<string> note)
    {
        string checksum = RunDescription.Checksum(plan.Dataset);
        if (record.Config.Dataset.Checksum != checksum)
        {
            throw new ArgumentException(
                $"{Path} was started on {record.Config.Dataset.Name} of checksum {record.Config.Dataset.Checksum}, not on {plan.Dataset.Name} "
                + $"of checksum {checksum}; give the data that it was started on with --data-path");
        }

        var (config, name) = (record.Config, device.Info.Name);
        var raised = new SortedDictionary<string, string>(config.Options.ToDictionary(), StringComparer.Ordinal)
        {
            ["epochs"] = options.Epochs.ToString(CultureInfo.InvariantCulture),
        };
        var folder = RunFolder.Reopen(Path, plan.About, config with { Options = raised });
        if (config.Device.Name != name) note($"note: the run was started on {config.Device.Name}; on {name} its numbers differ in their last digits");
        if ((config.Version, config.Commit) != (Invocation.Version, Invocation.Commit))
        {
            note($"note: the run was started by version {config.Version}+{config.Commit}, this is {Invocation.Version}+{Invocation.Commit}");
        }

        return folder;
    }
}
