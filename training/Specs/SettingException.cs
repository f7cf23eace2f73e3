using System.Globalization;

namespace Idsnn.Training;

/// <summary>
/// Values of a <see cref="RunSpec"/> make no sense, or do not fit together. The message calls each setting by its quantity; whoever has
/// another name for it, such as an option, tells it by <see cref="Says"/>.
/// </summary>
/// <param name="text">What is wrong; the <see cref="RunSetting"/>s in it are what it is about.</param>
public sealed class SettingException(FormattableString text) : ArgumentException(text.ToString(CultureInfo.InvariantCulture))
{
    /// <summary>The message with other names for the settings.</summary>
    public string Says(Func<RunSetting, string> name) => string.Format(
        CultureInfo.InvariantCulture, text.Format,
        [.. text.GetArguments().Select(part => part is RunSetting setting ? name(setting) : part)]);
}
