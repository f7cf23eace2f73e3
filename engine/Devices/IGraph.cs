namespace Idsnn.Engine;

/// <summary>Captured launches.</summary>
internal interface IGraph : IDisposable
{
    /// <summary>Queues them.</summary>
    void Launch();
}
