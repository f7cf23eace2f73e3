namespace Idsnn.Tests;

/// <summary>Errors that a user reads.</summary>
internal static class Failure
{
    /// <summary>Fails unless the action is refused as a wrong argument with exactly this message.</summary>
    public static void Says(string message, Action action) =>
        Assert.That(action, Throws.ArgumentException.With.Message.EqualTo(message));

    /// <summary>Fails unless the action throws exactly this exception with exactly this message.</summary>
    /// <typeparam name="T">The exception.</typeparam>
    public static void Says<T>(string message, Action action)
        where T : Exception => Assert.That(action, Throws.TypeOf<T>().With.Message.EqualTo(message));
}
