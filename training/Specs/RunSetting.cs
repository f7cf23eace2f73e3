using System.Linq.Expressions;

namespace Idsnn.Training;

/// <summary>One member of a <see cref="RunSpec"/> as config.json and the command line write it.</summary>
public sealed class RunSetting
{
    /// <summary>The word for a list without numbers.</summary>
    public const string NoNumbers = "none";

    private readonly MemberPath path;
    private readonly SettingKind kind;

    private RunSetting(string key, string quantity, MemberPath path, SettingKind kind) =>
        (Key, Quantity, this.path, this.kind) = (key, quantity, path, kind);

    /// <summary>Its name in config.json.</summary>
    public string Key { get; }

    /// <summary>What it is, in words that messages use.</summary>
    public string Quantity { get; }

    /// <summary>Whether a resumed run may have another value: results do not depend on it, or a check of its own sees to them.</summary>
    public bool MayChange { get; init; }

    /// <summary>Whether it is the path of a file or a folder.</summary>
    public bool IsPath { get; init; }

    /// <summary>What its value must be, in words.</summary>
    public string Expected => kind.Expected;

    /// <summary>Whether it is true or false.</summary>
    public bool IsFlag => kind.IsFlag;

    /// <summary>Whether JSON may write it as a number.</summary>
    public bool TakesNumber => kind.TakesNumber;

    /// <summary>Whether JSON may write it as an array of numbers.</summary>
    public bool TakesList => kind.TakesList;

    /// <summary>Whether a text is a value of it.</summary>
    public bool Takes(string text) => kind.TryRead(text, out _);

    /// <summary>Its value, written; null where the training has none.</summary>
    public string? Text(RunSpec spec) => kind.Write(path.Get(spec));

    /// <summary>A training with another value of it.</summary>
    /// <exception cref="SettingException">The text is no such value.</exception>
    public RunSpec With(RunSpec spec, string text) => kind.TryRead(text, out object? value)
        ? path.With(spec, value)
        : throw new SettingException($"{this}: '{text}' is not {Expected}");

    /// <summary>Its value among written ones; null where it is not there, or is not such a value.</summary>
    public object? In(IReadOnlyDictionary<string, string> options) =>
        options.TryGetValue(Key, out string? text) && kind.TryRead(text, out object? value) ? value : null;

    /// <summary>The quantity.</summary>
    public override string ToString() => Quantity;

    /// <summary>The setting that writes a member.</summary>
    /// <param name="key">Its name in config.json.</param>
    /// <param name="quantity">What it is, in words.</param>
    /// <param name="member">The member, or where the setting says the opposite of it, its negation.</param>
    /// <param name="none">The word for null, or for a list without numbers; null where nothing is written then.</param>
    internal static RunSetting Of<T>(string key, string quantity, Expression<Func<RunSpec, T>> member, string? none = null) =>
        new(key, quantity, MemberPath.Of(member), SettingKind.Of(typeof(T), none));

    /// <summary>The same, of a file or a folder.</summary>
    internal static RunSetting PathOf<T>(string key, string quantity, Expression<Func<RunSpec, T>> member) =>
        new(key, quantity, MemberPath.Of(member), SettingKind.Of(typeof(T), null)) { IsPath = true, MayChange = true };

    /// <summary>The same, of what results do not depend on.</summary>
    internal static RunSetting FreeOf<T>(string key, string quantity, Expression<Func<RunSpec, T>> member) =>
        new(key, quantity, MemberPath.Of(member), SettingKind.Of(typeof(T), null)) { MayChange = true };
}
