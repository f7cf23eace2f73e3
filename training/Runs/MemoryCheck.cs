using Idsnn.Engine;
using Idsnn.Models;

namespace Idsnn.Runs;

/// <summary>
/// Compares what work would take with what is free, before it starts: a CPU's driver takes more memory than there is, and the process is
/// killed in the middle. GPUs refuse by themselves.
/// </summary>
public sealed class MemoryCheck
{
    /// <summary>
    /// What the process takes beside the device's memory from here on: compiled kernels and the driver's compiler, batches, .NET's heap;
    /// 107 to 133 MiB were measured.
    /// </summary>
    private const long ProcessBytes = 96 << 20;

    /// <summary>What a shape says of itself where its elements cannot be counted.</summary>
    private const string TooLarge = "over 2³¹ elements";

    /// <summary>.NET's heap takes less than this, whatever its garbage.</summary>
    private const long Plenty = 4L << 30;

    private readonly HostMemory free;
    private readonly long beside;
    private readonly long parameterBytes;
    private readonly Func<int, long> rehearse;

    /// <param name="device">Where.</param>
    /// <param name="parameterBytes">What the parameters and their momenta take, for short work with what is far too large.</param>
    /// <param name="savedBytes">What lies on the host while a state, and beside it the weights, are saved.</param>
    /// <param name="rehearse">Bytes that batches of some size take of the device.</param>
    private MemoryCheck(Device device, long parameterBytes, long savedBytes, Func<int, long> rehearse)
    {
        this.parameterBytes = parameterBytes;
        bool isHosts = device.Info.Kind is DeviceKind.Cpu or DeviceKind.OpenClCpu;
        beside = isHosts ? ProcessBytes + savedBytes : 0;
        this.rehearse = batch => rehearse(batch) + beside;
        free = isHosts ? HostMemory.Read() : new HostMemory(device.Info.MemoryBytes, device.Info.MemoryBytes, device.Info.Id);
    }

    /// <summary>Chooses the batch size of a training where that is left to it, and sees that the training fits.</summary>
    /// <returns>The training with its batch size.</returns>
    /// <exception cref="InsufficientMemoryException">It does not; the message says what would.</exception>
    public static RunPlan OfTraining(RunPlan plan, Device device)
    {
        var spec = plan.Spec;
        var stages = new List<Rehearsal.Stage>();
        if (plan.Teacher is not null) stages.Add(new("teacher", plan.Teacher, plan.SavedTeacher is null ? spec.TeacherTraining : null));
        if (plan.Student is not null) stages.Add(new("student", plan.Student, spec.StudentTraining));
        int size = plan.Dataset.Train.Height;
        var check = new MemoryCheck(
            device, stages.Sum(stage => Bytes(stage.Network, size, stage.Options is null ? 1 : 2)),
            stages.Max(stage => Bytes(stage.Network, size, 3)),
            batch => Rehearsal.Train(device, stages, plan.Dataset, batch));
        int batch = spec.BatchSize ?? Math.Max(check.Largest(Math.Min(RunSpec.LargestChosenBatch, plan.Dataset.Train.Count)), 1);
        check.Require(batch);
        return plan with { Spec = spec with { BatchSize = batch } };
    }

    /// <summary>Sees that single steps of training fit.</summary>
    /// <param name="device">Where.</param>
    /// <param name="student">The student.</param>
    /// <param name="teacher">The teacher; null without one.</param>
    /// <param name="batch">Images per step.</param>
    /// <param name="rehearse">Bytes that steps of so many images take of the device.</param>
    /// <exception cref="InsufficientMemoryException">They do not; the message says what would.</exception>
    public static void OfSteps(Device device, ModelSpec student, ModelSpec? teacher, int batch, Func<int, long> rehearse) =>
        new MemoryCheck(device, Bytes(student, 32, 2) + (teacher is null ? 0 : Bytes(teacher, 32, 1)), 0, rehearse).Require(batch);

    /// <summary>The parameters, so many times: with their momenta twice.</summary>
    private static long Bytes(ModelSpec network, int size, int times) => sizeof(float) * times * ModelSummary.Of(network, size).Parameters;

    private void Require(int batch)
    {
        long needed = Needed(batch);
        if (needed <= free.FreeBytes)
        {
            LeaveRoom(needed);
            return;
        }

        if (needed == parameterBytes)
        {
            throw new InsufficientMemoryException(
                $"the parameters alone take {Quantity.Memory(needed)} of memory, "
                + $"and {Quantity.Memory(free.FreeBytes)} are free ({free.Limit}); lower {RunSettings.Width}");
        }

        int fits = Largest(batch);
        string remedy = fits > 0
            ? $"{RunSettings.BatchSize} {fits} fits"
            : $"not even single images fit: lower {RunSettings.Width} or {RunSettings.Timesteps}";
        throw new InsufficientMemoryException(
            $"batches of {batch} "
            + (needed == long.MaxValue ? $"make tensors of {TooLarge}, " : $"take {Quantity.Memory(needed)} of memory, ")
            + $"and {Quantity.Memory(free.FreeBytes)} are free ({free.Limit}); {remedy}");
    }

    /// <summary>
    /// Where little is left beside the device's memory, .NET's heap is told so: it would let what was saved lie there as garbage until the
    /// kernel ends the process. Half of what the process takes is the driver's.
    /// </summary>
    private void LeaveRoom(long needed)
    {
        long left = free.FreeBytes - needed + beside - (ProcessBytes / 2);
        if (beside == 0 || left >= Plenty) return;
        AppContext.SetData("GCHeapHardLimit", (ulong)(GC.GetGCMemoryInfo().TotalCommittedBytes + left));
        GC.RefreshMemoryLimit();
    }

    /// <summary>The largest power of two up to <paramref name="most"/> that fits; 0 where none does.</summary>
    private int Largest(int most)
    {
        int batch = 1;
        while (batch <= most / 2) batch *= 2;
        while (batch > 0 && Needed(batch) > free.FreeBytes) batch /= 2;
        return batch;
    }

    /// <summary>Bytes; the largest number where they cannot even be counted.</summary>
    private long Needed(int batch)
    {
        if (parameterBytes > free.FreeBytes) return parameterBytes;
        try
        {
            return rehearse(batch);
        }
        catch (ArgumentException e) when (e.Message.Contains(TooLarge, StringComparison.Ordinal))
        {
            return long.MaxValue;
        }
        catch (OutOfMemoryException)
        {
            return long.MaxValue;
        }
    }
}
