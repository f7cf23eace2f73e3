namespace Idsnn.Tools.Train;

/// <summary>Work was stopped by the user; the message says what is kept and how to go on.</summary>
internal sealed class InterruptedException(string message) : OperationCanceledException(message);
