using Idsnn.Engine;

namespace Idsnn.Tests;

public class HostCopyTests(string name) : DeviceTests(name)
{
    /// <summary>The garbage collector moves arrays, and must not while they are being copied from or to.</summary>
    [Test]
    [Category("Slow")]
    public void CopiesSurviveGarbageCollection()
    {
        const int size = 4096;
        var tensor = Tensor.Empty(Device, [size]);
        using var stop = new CancellationTokenSource();
        var collector = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) GC.Collect(0);
        });
        try
        {
            // The CPU accelerator's copies are slow while the collector runs.
            int copies = Device.Info.Kind == DeviceKind.Cpu ? 5 : 500;
            for (int i = 1; i <= copies; i++)
            {
                float[] elements = new float[size];
                Array.Fill(elements, i);
                tensor.CopyFrom(elements);
                float[] back = tensor.ToArray();
                int wrong = Array.FindIndex(back, x => x != i);
                Assert.That(wrong, Is.EqualTo(-1), $"copy {i}: the first element that differs");
            }
        }
        finally
        {
            stop.Cancel();
            collector.Wait();
        }
    }
}
