namespace Idsnn.Datasets;

/// <summary>A train set and a test set of the same classes.</summary>
/// <param name="Name">For people: logs and reports.</param>
/// <param name="Train">The images to learn from.</param>
/// <param name="Test">The images to be judged by; of the same size.</param>
/// <param name="ClassNames">One name per label, [Classes].</param>
/// <param name="Mean">Mean of the train pixels scaled to [0, 1], per channel.</param>
/// <param name="Std">What pixels less their mean are divided by, per channel: their standard deviation, or 1 where that is 0.</param>
public sealed record Dataset(string Name, ImageSet Train, ImageSet Test, string[] ClassNames, float[] Mean, float[] Std)
{
    /// <summary>The number of classes; labels are 0 to Classes - 1.</summary>
    public int Classes => ClassNames.Length;

    /// <summary>Whether these are its classes, in order; names that differ in their Unicode normalisation alone are one name.</summary>
    public bool HasClasses(IEnumerable<string> names) => names.Select(CanonicalForm.Of).SequenceEqual(ClassNames.Select(CanonicalForm.Of));

    /// <summary>What a user should know of the data, a line each: files that were passed over, a channel that never changes.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
