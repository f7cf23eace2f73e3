using System.Buffers.Binary;
using System.Text;
using Idsnn.Engine;

namespace Idsnn.Tests.Training;

public class SafetensorsTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void WhatIsSavedIsLoaded()
    {
        var file = Sample();
        file.Save(folder.File("a"));
        var again = SafetensorsFile.Load(folder.File("a"));

        Assert.That(again.Metadata, Is.EqualTo(file.Metadata));
        Assert.That(again.Tensors.Keys, Is.EqualTo(file.Tensors.Keys));
        foreach (var (name, tensor) in file.Tensors)
        {
            Assert.That(again.Tensors[name].Shape, Is.EqualTo(tensor.Shape), name);
            Assert.That(again.Tensors[name].Floats, Is.EqualTo(tensor.Floats), name);
            Assert.That(again.Tensors[name].Integers, Is.EqualTo(tensor.Integers), name);
        }

        again.Save(folder.File("b"));
        Assert.That(File.ReadAllBytes(folder.File("b")), Is.EqualTo(File.ReadAllBytes(folder.File("a"))));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void TheLayoutIsThePublishedOne()
    {
        var file = new SafetensorsFile();
        file.Tensors.Add("w", new StoredTensor([2, 1], [1f, -2f]));
        file.Tensors.Add("n", new StoredTensor([], [258L]));
        file.Save(folder.File("a"));
        byte[] bytes = File.ReadAllBytes(folder.File("a"));
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);

        Assert.That(length % 8, Is.Zero);
        Assert.That(
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(),
            Is.EqualTo(Quoted(
                $"{{'__metadata__':{{'idsnn-sha256':'{Checksum}'}},'n':{{'dtype':'I64','shape':[],'data_offsets':[0,8]}},"
                + "'w':{'dtype':'F32','shape':[2,1],'data_offsets':[8,16]}}")));
        Assert.That(bytes[(8 + length)..], Is.EqualTo(new byte[] { 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 192 }));
    }

    // hashlib.sha256 of the numbers of entries, the texts with their lengths and the data, as SafetensorsFile.Checksum states it.
    private const string Checksum = "4495d4d8e5ea13682558e3625646ccb7ff514b9cf224639fa45e175b8b7bc681";

    [Test]
    public void AnyBitThatFlipsIsSeen()
    {
        Sample().Save(folder.File("a"));
        byte[] bytes = File.ReadAllBytes(folder.File("a"));
        int key = Encoding.UTF8.GetString(bytes).IndexOf("idsnn-sha256", StringComparison.Ordinal);
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            // A checksum of another name is none; an escape (\u00fc) means the same in capitals.
            if (bit / 8 >= key && bit / 8 < key + "idsnn-sha256".Length) continue;
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(folder.File("a"), bytes);
            bool escape = Encoding.UTF8.GetString(bytes, Math.Max((bit / 8) - 5, 0), 5).Contains("\\u", StringComparison.Ordinal);
            bool same = escape && bit % 8 == 5 && char.IsAsciiHexDigit((char)bytes[bit / 8]);
            if (!same) Refused(folder.File("a"), string.Empty);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Test]
    public void DamagedDataAreNamedAsSuch()
    {
        Sample().Save(folder.File("a"));
        byte[] bytes = File.ReadAllBytes(folder.File("a"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder.File("a"), bytes);
        Refused(folder.File("a"), "its content has the checksum ");
    }

    [Test]
    public void AnotherProgramMayWriteTheTensorsInAnotherOrder()
    {
        var file = new SafetensorsFile();
        file.Tensors.Add("w", new StoredTensor([2, 1], [1f, -2f]));
        file.Tensors.Add("n", new StoredTensor([], [258L]));
        file.Save(folder.File("a"));
        string header = Quoted(
            $"{{'__metadata__':{{'idsnn-sha256':'{Checksum}'}},'w':{{'dtype':'F32','shape':[2,1],'data_offsets':[0,8]}},"
            + "'n':{'dtype':'I64','shape':[],'data_offsets':[8,16]}}");
        byte[] ours = File.ReadAllBytes(folder.File("a"));
        Write(folder.File("b"), header, 0);
        File.AppendAllBytes(folder.File("b"), [.. ours[^8..], .. ours[^16..^8]]);

        Assert.That(SafetensorsFile.Load(folder.File("b")).Floats("w").Floats, Is.EqualTo(new[] { 1f, -2f }));
    }

    [Test]
    public void ATensorBehindTwoGibibytesIsRead()
    {
        const long big = 2_800_000_000;
        string header = Quoted(
            $"{{'a':{{'dtype':'F32','shape':[{big / 4}],'data_offsets':[0,{big}]}},"
            + $"'b':{{'dtype':'F32','shape':[2],'data_offsets':[{big},{big + 8}]}}}}");
        Write(folder.File("a"), header, 0);
        using var stream = new FileStream(folder.File("a"), FileMode.Open);
        stream.SetLength(stream.Length + big + 8); // a hole, which takes no room on the disk
        stream.Seek(-8, SeekOrigin.End);
        stream.Write([0, 0, 128, 63, 0, 0, 0, 192]);
        stream.Position = 0;
        var places = SafetensorsHeader.Read(stream);

        Assert.That(places.Tensors.Select(place => place.Name), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(SafetensorsFile.ReadTensor(stream, places.DataStart, places.Tensors[1]).Floats, Is.EqualTo(new[] { 1f, -2f }));
    }

    [Test]
    public void AHeaderIsBounded()
    {
        using (var stream = File.Create(folder.File("a")))
        {
            stream.Write([0, 0, 0, 5, 0, 0, 0, 0]);
            stream.SetLength(100 << 20);
        }

        Refused(folder.File("a"), "its header is of 83886080 bytes, at most 67108864 are read");
        var file = new SafetensorsFile();
        file.Metadata.Add("long", new string('x', SafetensorsHeader.MaxLength));
        Assert.That(
            () => file.Save(folder.File("b")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("would not be read again"));
        Assert.That(folder.Entries, Is.EqualTo(new[] { "a" }));
    }

    [TestCaseSource(typeof(Fixtures), nameof(Fixtures.Names))]
    public void FilesOfPyTorchsMakingLoad(string fixture)
    {
        var file = SafetensorsFile.Load(Fixtures.PathOf(fixture));

        Assert.That(file.Tensors.Keys, Is.EquivalentTo(Fixtures.NamesInOrder(fixture).Where(n => n != "__metadata__")));
        Assert.That(file.Metadata, Does.ContainKey("trace"));
    }

    [Test]
    public void ATruncatedFileIsRefusedAtEveryLength()
    {
        Sample().Save(folder.File("a"));
        byte[] whole = File.ReadAllBytes(folder.File("a"));
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder.File("a"), whole[..length]);
            Refused(folder.File("a"), string.Empty);
        }
    }

    [Test]
    public void BytesBehindTheLastTensorAreRefused()
    {
        Sample().Save(folder.File("a"));
        File.AppendAllBytes(folder.File("a"), [0]);
        Refused(folder.File("a"), "its tensors end at byte");
    }

    [TestCase(-1)]
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(33)]
    [TestCase(long.MaxValue)]
    [TestCase(long.MinValue)]
    public void AHeaderThatClaimsTooMuchIsRefused(long length)
    {
        byte[] bytes = new byte[8 + 32];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        File.WriteAllBytes(folder.File("a"), bytes);
        Refused(folder.File("a"), $"its header claims {length} bytes and the file has 40");
    }

    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12,
        "tensor 'b' begins at byte 4, expected 8", TestName = "overlap")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8,
        "tensor 'b' begins at byte 0, expected 8", TestName = "two at one place")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12,
        "tensor 'b' begins at byte 8, expected 4", TestName = "hole")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "claims bytes -4 to 0", TestName = "negative offset")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "claims bytes 4 to 0", TestName = "backwards")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "claims bytes 0 to 4", TestName = "shape too large")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "has 1 offsets, expected 2", TestName = "one offset")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}""", 4, "header is damaged",
        TestName = "huge offset")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":7}}""", 4, "header is damaged", TestName = "offsets are no list")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "header is damaged", TestName = "negative extent")]
    [TestCase("""{"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,4]}}""", 4, "header is damaged", TestName = "huge shape")]
    [TestCase(
        """{"a":{"dtype":"F32","shape":[4294967297],"data_offsets":[0,4]}}""", 4, "header is damaged", TestName = "an extent of 2^32 + 1")]
    [TestCase("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", 4, "tensor 'a' is of type F16; F32 and I64 are supported",
        TestName = "other type")]
    [TestCase("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "header is damaged", TestName = "type is a number")]
    [TestCase("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "header is damaged", TestName = "no type")]
    [TestCase("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "header is damaged", TestName = "no shape")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "header is damaged", TestName = "no offsets")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8,
        "header is damaged", TestName = "one name twice")]
    [TestCase("""{"__metadata__":{"a":1}}""", 0, "header is damaged", TestName = "metadata that is no text")]
    [TestCase("""{"__metadata__":[]}""", 0, "header is damaged", TestName = "metadata that is a list")]
    [TestCase("""{"a":""", 0, "header is damaged", TestName = "half a header")]
    [TestCase(
        """{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "header is damaged", TestName = "nine dimensions")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x""", 4, "header is damaged", TestName = "more behind it")]
    [TestCase(
        """{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "header is damaged", TestName = "half a surrogate pair")]
    [TestCase("[]", 0, "header is damaged", TestName = "a list")]
    [TestCase("nonsense", 0, "header is damaged", TestName = "no JSON")]
    [TestCase("{\"\u0001\":\n\n1}", 0, "header is damaged", TestName = "no tensor")]
    public void ADamagedHeaderIsRefused(string header, int data, string message)
    {
        Write(folder.File("a"), header, data);
        Refused(folder.File("a"), message);
    }

    /// <summary>The format leaves open in which order a header names tensors, and what else it says of them.</summary>
    [Test]
    public void TensorsMayBeNamedInAnyOrderAndMoreBeSaidOfThem()
    {
        Write(
            folder.File("a"),
            Quoted(
                "{'b':{'dtype':'F32','more':{'x':[1,{}]},'shape':[1],'data_offsets':[8,12]},"
                + "'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}"),
            12);
        var file = SafetensorsFile.Load(folder.File("a"));
        Assert.That((file.Floats("a").Shape[0], file.Floats("b").Shape[0]), Is.EqualTo((2, 1)));
    }

    [Test]
    public void LimitsOfAHeaderAreThoseThatAreStated()
    {
        Write(folder.File("a"), Quoted("{'a':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1],'data_offsets':[0,4]}}"), 4);
        Assert.That(SafetensorsFile.Load(folder.File("a")).Floats("a").Shape.Rank, Is.EqualTo(8));
        Write(folder.File("a"), Metadata(1000), 0);
        Assert.That(SafetensorsFile.Load(folder.File("a")).Metadata, Has.Count.EqualTo(1000));
        Write(folder.File("a"), Metadata(1001), 0);
        Refused(folder.File("a"), "its metadata have over 1000 entries");
        Write(folder.File("a"), "  ", 0);
        Refused(folder.File("a"), "header is damaged");

        static string Metadata(int entries) =>
            Quoted($"{{'__metadata__':{{{string.Join(',', Enumerable.Range(0, entries).Select(i => $"'{i}':''"))}}}}}");
    }

    [Test]
    public void ANumberThatIsNoneIsFoundWhereItStands()
    {
        float[] floats = new float[24];
        (floats[0], floats[1]) = (float.MinValue, float.MaxValue);
        var tensor = new StoredTensor([2, 3, 4], floats);
        Assert.That(() => tensor.RequireNumbers("a"), Throws.Nothing);
        Assert.That(() => new StoredTensor([1], [0f]).RequireNumbers("a", least: 0f), Throws.Nothing);
        Assert.That(() => new StoredTensor([1], [-1L]).RequireNumbers("a", least: 0f), Throws.Nothing, "integers always are");
        floats[23] = float.NegativeInfinity;
        Assert.That(
            () => tensor.RequireNumbers("a"),
            Throws.InstanceOf<InvalidDataException>()
                .With.Message.EqualTo("'a' is -Infinity at [1, 2, 3] of [2, 3, 4], expected a finite number"));
    }

    [Test]
    public void AFileWithoutTensorsIsOne()
    {
        Write(folder.File("a"), "{}", 0);

        Assert.That(SafetensorsFile.Load(folder.File("a")).Tensors, Is.Empty);
    }

    [Test]
    public void SavingOverAFolderLeavesNothingBehind()
    {
        Directory.CreateDirectory(folder.File("a"));

        Assert.That(() => Sample().Save(folder.File("a")), Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(folder.Entries, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void SavingWhereThereIsNoFolderIsAnError()
    {
        Assert.That(() => Sample().Save(folder.File("no/a")), Throws.InstanceOf<DirectoryNotFoundException>());
        Assert.That(folder.Entries, Is.Empty);
    }

    private static SafetensorsFile Sample()
    {
        var file = new SafetensorsFile();
        file.Tensors.Add("layer1.0.conv1.weight", new StoredTensor([2, 1, 3], [1, -2, 3.5f, float.NaN, float.PositiveInfinity, 0]));
        file.Tensors.Add("n", new StoredTensor([], [long.MinValue]));
        file.Tensors.Add("labels", new StoredTensor([2], [1L, 2L]));
        file.Tensors.Add("nothing", new StoredTensor([0, 4], Array.Empty<float>()));
        file.Metadata.Add("idsnn", "{\"a\": \"ü\n\"}");
        file.Metadata.Add("empty", string.Empty);
        return file;
    }

    private static string Quoted(string json) => json.Replace('\'', '"');

    private static void Write(string path, string header, int data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] bytes = new byte[8 + text.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        File.WriteAllBytes(path, bytes);
    }

    private static void Refused(string path, string message) => Assert.That(
        () => SafetensorsFile.Load(path),
        Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith($"{path} is not a usable safetensors file: ")
            .And.Message.Contains(message).And.Message.Not.Contains("\n"));
}
