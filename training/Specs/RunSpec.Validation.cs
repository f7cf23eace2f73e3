namespace Idsnn.Training;

public sealed partial record RunSpec
{
    /// <summary>Sees that the values make sense, as far as they can be judged by themselves.</summary>
    /// <param name="resumed">Whether a run is resumed, whose warm-up is what it was.</param>
    /// <exception cref="SettingException">One does not; the message says which and what is allowed.</exception>
    public void Validate(bool resumed = false)
    {
        Check(Epochs >= 0, $"{RunSettings.Epochs} must be at least 0, got {Epochs}");
        Check(Teacher.Epochs is null or >= 0, $"{RunSettings.TeacherEpochs} must be at least 0, got {Teacher.Epochs}");
        Check(BatchSize is null or >= 1, $"{RunSettings.BatchSize} must be at least 1, got {BatchSize}");
        Check(Rate.Base > 0 && float.IsFinite((float)Rate.Base), $"{RunSettings.Rate} must be above 0 and finite, got {Rate.Base}");
        Check(Optimizer.Momentum is >= 0f and < 1f, $"{RunSettings.Momentum} must lie in [0, 1), got {Optimizer.Momentum}");
        Check(Optimizer.Beta1 is >= 0 and < 1, $"{RunSettings.Beta1} must lie in [0, 1), got {Optimizer.Beta1}");
        Check(Optimizer.Beta2 is >= 0 and < 1, $"{RunSettings.Beta2} must lie in [0, 1), got {Optimizer.Beta2}");
        Check(
            Optimizer.Epsilon > 0f && float.IsFinite(Optimizer.Epsilon), $"{RunSettings.Epsilon} must be above 0, got {Optimizer.Epsilon}");
        Check(IsAmount(Optimizer.WeightDecay), $"{RunSettings.WeightDecay} must be at least 0, got {Optimizer.WeightDecay}");
        Check(IsAmount(Optimizer.ClipNorm), $"{RunSettings.ClipNorm} must be at least 0, got {Optimizer.ClipNorm}");
        Check(IsAmount(Objective.Alpha), $"{RunSettings.Alpha} must be at least 0, got {Objective.Alpha}");
        Check(IsAmount(Objective.FeatureWeight), $"{RunSettings.Features} must be at least 0, got {Objective.FeatureWeight}");
        Check(
            Objective.Temperature > 0f && float.IsFinite(Objective.Temperature),
            $"{RunSettings.Temperature} must be above 0, got {Objective.Temperature}");
        float smoothing = Objective.LabelSmoothing;
        Check(smoothing is >= 0f and < 1f, $"{RunSettings.LabelSmoothing} must lie in [0, 1), got {smoothing}");
        Check(Rate.WarmupEpochs >= 0, $"{RunSettings.Warmup} must be at least 0, got {Rate.WarmupEpochs}");
        int shortest = resumed ? int.MaxValue : ShortestTraining;
        string remedy = "give fewer, or 0, or train for longer";
        Check(
            Rate.WarmupEpochs == 0 || Rate.WarmupEpochs < shortest,
            $"{RunSettings.Warmup} {Rate.WarmupEpochs} leaves a training of {shortest} epochs none at its full rate; {remedy}");
        Check(AverageDecay is >= 0f and < 1f, $"{RunSettings.AverageDecay} must lie in [0, 1), got {AverageDecay}");
        Check(Augmentation.Cutout >= 0, $"{RunSettings.Cutout} must be at least 0, got {Augmentation.Cutout}");
        Check(Augmentation.CutMix is >= 0f and <= 1f, $"{RunSettings.CutMix} must lie in [0, 1], got {Augmentation.CutMix}");
        Check(Data.Workers >= 0, $"{RunSettings.Workers} must be at least 0, got {Data.Workers}");
        Check(Start.Gamma > 0f && float.IsFinite(Start.Gamma), $"{RunSettings.GammaStart} must be above 0, got {Start.Gamma}");
        Check(
            CheckpointMinutes >= 0 && CheckpointMinutes < TimeSpan.MaxValue.TotalMinutes,
            $"{RunSettings.CheckpointMinutes} must be at least 0, got {CheckpointMinutes}");
        Check(IsAmount(Energy.MacPicojoules), $"{RunSettings.MacEnergy} must be at least 0, got {Energy.MacPicojoules}");
        Check(
            IsAmount(Energy.AccumulatePicojoules),
            $"{RunSettings.AccumulateEnergy} must be at least 0, got {Energy.AccumulatePicojoules}");
    }

    /// <summary>Epochs of the shorter of the trainings that take place; the largest number where no training has any.</summary>
    private int ShortestTraining
    {
        get
        {
            int teacher = Stage != RunStage.Student && Teacher.Checkpoint is null ? Teacher.Epochs ?? Epochs : 0;
            int student = Stage != RunStage.Teacher ? Epochs : 0;
            return new[] { teacher, student }.Where(epochs => epochs > 0).DefaultIfEmpty(int.MaxValue).Min();
        }
    }

    private static bool IsAmount(float value) => value >= 0f && float.IsFinite(value);

    private static bool IsAmount(double value) => value >= 0 && double.IsFinite(value);

    private static void Check(bool holds, FormattableString message)
    {
        if (!holds) throw new SettingException(message);
    }
}
