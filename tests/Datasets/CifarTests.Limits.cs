using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Idsnn.Datasets;

namespace Idsnn.Tests.Datasets;

/// <summary>Files and archives that would take more memory than the published ones, or break a line.</summary>
public partial class CifarTests
{
    [Test]
    public void AFileLongerThanThePublishedOneIsRefused([Values("folder", "archive")] string form)
    {
        Dictionary<string, byte[]> files = Ten();
        files["data_batch_3.bin"] = new byte[30_730_000 + 3073];
        files["data_batch_5.bin"] = new byte[30_730_000];
        string path = Store(files, "cifar-10-batches-bin", "cifar-10-binary.tar.gz", form);

        AssertMessage<InvalidDataException>(
            () => Cifar.Load10(path), path, "data_batch_3.bin has 30733073 bytes, more than the published 30730000");
        files["data_batch_3.bin"] = Record(30, 2);
        Assert.That(Cifar.Load10(Store(files, "cifar-10-batches-bin", "cifar-10-binary.tar.gz", form)).Train.Count, Is.EqualTo(10_005));
    }

    [Test]
    public void ASmallArchiveThatUnpacksToGigabytesIsRefused([Values("before", "behind", "padding")] string where)
    {
        string path = Path.Combine(root, "cifar-10-binary.tar.gz");
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.SmallestSize))
        {
            using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar, leaveOpen: true))
            {
                if (where == "before") WriteFill(tar);
                foreach ((string name, byte[] content) in Ten()) WriteEntry(tar, name, new MemoryStream(content));
                if (where == "behind") WriteFill(tar);
            }

            if (where == "padding") new RepeatedByte(Fill).CopyTo(gzip);
        }

        Assert.That(new FileInfo(path).Length, Is.LessThan(2_000_000));
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertMessage<InvalidDataException>(() => Cifar.Load10(path), "it unpacks to more than 201222752 bytes");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000_000));
    }

    [TestCase(TarEntryFormat.Ustar)]
    [TestCase(TarEntryFormat.Pax)]
    [TestCase(TarEntryFormat.Gnu)]
    [TestCase(TarEntryFormat.V7)]
    public void EveryFormOfTarIsRead(TarEntryFormat form)
    {
        string path = Path.Combine(root, "cifar-10-binary.tar.gz");
        string folder = form is TarEntryFormat.Pax or TarEntryFormat.Gnu ? new string('d', 150) : "d";
        using (var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest), form))
        {
            foreach ((string name, byte[] content) in Ten())
            {
                string source = Path.Combine(root, name);
                File.WriteAllBytes(source, content);
                tar.WriteEntry(source, $"{folder}/{name}");
            }
        }

        Dataset set = Cifar.Load10(path);

        Assert.That(set.Train.Labels, Is.EqualTo(new[] { 0, 1, 1, 2, 2, 2, 3, 4 }));
        AssertImage(set.Test, image: 1, seed: 61);
    }

    [Test]
    public void ALongNameThatClaimsGigabytesIsRefused([Values('L', 'x')] char kind)
    {
        string path = Path.Combine(root, "cifar-10-binary.tar.gz");
        byte[] header = new byte[512];
        "17777777707"u8.CopyTo(header.AsSpan(124));
        header[156] = (byte)kind;
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8)).CopyTo(header, 148);
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest)) gzip.Write(header);

        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertMessage<InvalidDataException>(() => Cifar.Load10(path), "(a name takes 2147483591 bytes, at most 65536 are read)");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000_000));
    }

    [Test]
    public void AFileThatIsThereTwiceIsRefused()
    {
        string path = Path.Combine(root, "cifar-10-binary.tar.gz");
        using (var tar = new TarWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest), TarEntryFormat.Ustar))
        {
            foreach ((string name, byte[] content) in Ten()) WriteEntry(tar, name, new MemoryStream(content));
            WriteEntry(tar, "data_batch_2.bin", new MemoryStream(Record(1, 1)));
        }

        AssertMessage<InvalidDataException>(() => Cifar.Load10(path), "(it has data_batch_2.bin twice)");
    }

    [Test]
    public void NamesWithControlCharactersAreRefused()
    {
        Dictionary<string, byte[]> files = Ten();
        files["batches.meta.txt"] = "a\nb\nc\nd\ne\u001B[31m\nf\ng\nh\ni\nj\n"u8.ToArray();

        AssertDamaged(files, @"batches.meta.txt has control characters in the name 'e\u001B[31m'");
    }

    private const long Fill = 500_000_000;

    private static void WriteFill(TarWriter tar) => WriteEntry(tar, "readme.html", new RepeatedByte(Fill));

    private static void WriteEntry(TarWriter tar, string name, Stream content) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/{name}") { DataStream = content });

    /// <summary>So many zeros.</summary>
    private sealed class RepeatedByte(long length) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = (int)Math.Min(count, length - Position);
            buffer.AsSpan(offset, read).Clear();
            Position += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = offset;

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
