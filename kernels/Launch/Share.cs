namespace Idsnn.Kernels.Launch;

/// <summary>One thread's share of a launch: from thread·Span, in steps of Step, for at most Reach, below Items.</summary>
internal readonly record struct Share(int Items, int Span, int Step, int Reach);
