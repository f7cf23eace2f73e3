using CommandLine;
using Spectre.Console;

namespace Idsnn.Tools.Train;

/// <summary>A verb's options, which run it.</summary>
internal abstract class Verb
{
    /// <summary>What stands on the command line without an option before it.</summary>
    [Value(0, Hidden = true)]
    public virtual IEnumerable<string> Operands { get; set; } = [];

    /// <summary>How many operands the verb takes.</summary>
    public virtual int MaxOperands => 0;

    /// <summary>The settings of a training that were given, by name.</summary>
    public Dictionary<string, string> Given() => (
        from option in OptionTable.Of(GetType())
        where option.Setting is not null
        let text = (string?)option.Property.GetValue(this)
        where text is not null
        select (option.Name, text)).ToDictionary();

    /// <summary>Runs the verb.</summary>
    /// <returns>The exit code.</returns>
    public abstract int Run(Session session);
}
