namespace Idsnn.Tests;

/// <summary>Errors that a user reads.</summary>
internal static class Failure
{
    /// <summary>Fails unless the action is refused as a wrong argument with exactly this message.</summary>
    public static void Says(string message, Action action) =>
        Assert.That(action, Throws.ArgumentException.With.Message.EqualTo(message));
}
