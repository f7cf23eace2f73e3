namespace Idsnn.Engine;

/// <summary>Two steps of each optimizer, for the check of <see cref="FastPath.Update"/>.</summary>
public static partial class SelfCheck
{
    private static float[][] SgdSteps(Device device)
    {
        (Tensor Parameter, Tensor Velocity)[] slots =
            [.. Parameters(device).Select(parameter => (parameter, Draw(device, parameter.Shape, 2, ElementKind.Full)))];
        using var gate = new UpdateGate(device);
        using var update = new SgdUpdate(slots, gate, new SgdSpec(0.1f, 0.9f, 0.01f, true));
        TwoSteps(device, [.. slots.Select(slot => slot.Parameter)], update.Run);
        return [.. slots.Select(slot => slot.Parameter.ToArray()), .. slots.Select(slot => slot.Velocity.ToArray())];
    }

    private static float[][] AdamWSteps(Device device)
    {
        AdamWSlot[] slots =
        [
            .. Parameters(device).Select(parameter => new AdamWSlot(
                parameter, Tensor.Full(device, parameter.Shape, 0f), Tensor.Full(device, parameter.Shape, 0f))),
        ];
        using var gate = new UpdateGate(device);
        using var timer = new AdamWTimer(device, 0.9, 0.999);
        using var update = new AdamWUpdate(slots, timer, gate, new AdamWSpec(0.1f, 0.999f, 0.001f, 1e-8f, 0.01f));
        timer.SetRate(0.1f);
        TwoSteps(device, [.. slots.Select(slot => slot.Parameter)], () =>
        {
            timer.Advance(gate);
            update.Run();
        });
        return [.. slots.Select(slot => slot.Parameter.ToArray()), .. slots.Select(slot => slot.Second.ToArray())];
    }

    private static Tensor[] Parameters(Device device)
    {
        var parameters = Array.ConvertAll((int[])[1, 77, 5000], size => Draw(device, [size], 1, ElementKind.Full));
        foreach (var parameter in parameters) parameter.Attach(new GradientSlot(parameter.Shape));
        return parameters;
    }

    private static void TwoSteps(Device device, Tensor[] parameters, Action update)
    {
        for (int step = 0; step < 2; step++)
        {
            foreach (var parameter in parameters) parameter.Slot!.Add(Draw(device, parameter.Shape, 3, ElementKind.Full));
            update();
            foreach (var parameter in parameters) parameter.ClearGradient();
        }
    }
}
