namespace Idsnn.Tests.Tools;

/// <summary>What every wrong input must come to.</summary>
internal static class BadInput
{
    /// <summary>Fails unless the command ended with code 2 and one line on standard error that says this.</summary>
    public static void IsRefused(Outcome outcome, string message)
    {
        Assert.That(outcome.Errors, Does.StartWith("error: ").And.Contain(message).And.EndWith(Environment.NewLine));
        Assert.That(outcome.Errors.TrimEnd().ReplaceLineEndings("\n"), Does.Not.Contain("\n"), "one line");
        Assert.That(outcome.Code, Is.EqualTo(2));
    }
}
