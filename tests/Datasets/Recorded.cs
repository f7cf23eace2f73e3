using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

/// <summary>Images that tests/reference/make_images.py recorded.</summary>
internal static class Recorded
{
    public static string Folder => Path.Combine(TestContext.CurrentContext.TestDirectory, "fixtures", "images");

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static RgbImage Image(string name) => ImageFile.Load(PathOf(name));
}
