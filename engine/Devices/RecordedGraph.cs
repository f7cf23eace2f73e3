namespace Idsnn.Engine;

/// <summary>The emulation of a graph on any device: its launches, one by one.</summary>
internal sealed class RecordedGraph(Launcher launcher, Action work) : IGraph
{
    private readonly Action launches = launcher.Record(work);

    public void Launch() => launches();

    public void Dispose()
    {
    }
}
