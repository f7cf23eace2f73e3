using Idsnn.Engine;

namespace Idsnn.Tests;

/// <summary>What is free for the process, from made-up trees of /proc and /sys.</summary>
public sealed class HostMemoryTests
{
    private const long Mega = 1 << 20;

    private TemporaryFolder root = null!;

    [SetUp]
    public void MakeMachine()
    {
        root = new TemporaryFolder();
        Write("proc/meminfo", "MemTotal:       8192000 kB\nMemFree:  100 kB\nMemAvailable:    4096000 kB\nSwapFree:    0 kB\n");
    }

    [TearDown]
    public void Delete() => root.Dispose();

    [Test]
    public void TheMachinesWhereNothingElseLimits()
    {
        Write("proc/self/cgroup", "0::/user.slice/app\n");
        Write("sys/fs/cgroup/user.slice/app/memory.max", "max\n");
        Write("sys/fs/cgroup/user.slice/app/memory.current", "1000000\n");
        Expect(4000 * Mega, 8000 * Mega, "the machine");
    }

    [Test]
    public void SwapCountsAsFree()
    {
        Write("proc/meminfo", "MemTotal: 8192000 kB\nMemAvailable: 4096000 kB\nSwapFree: 1024000 kB\n");
        Expect(5000 * Mega, 8000 * Mega, "the machine");
    }

    [Test]
    public void AGroupOfVersionTwoWhoseFilesMakeWay()
    {
        Write("proc/self/cgroup", "0::/app\n");
        Group("sys/fs/cgroup/app", 1000, 700);
        Write("sys/fs/cgroup/app/memory.stat", $"anon 1\ninactive_file {200 * Mega}\nactive_file {100 * Mega}\n");
        Expect(600 * Mega, 1000 * Mega, "the control group /app");
    }

    [TestCase("max", 400, TestName = "AGroupMaySwap")]
    [TestCase("0", 300, TestName = "AGroupMayNotSwap")]
    [TestCase("62914560", 340, TestName = "AGroupMaySwapALittle")]
    public void SwapOfAGroup(string most, long free)
    {
        Write("proc/meminfo", "MemTotal: 8192000 kB\nMemAvailable: 4096000 kB\nSwapFree: 102400 kB\n");
        Write("proc/self/cgroup", "0::/app\n");
        Group("sys/fs/cgroup/app", 1000, 700);
        Write("sys/fs/cgroup/app/memory.swap.max", most + "\n");
        Write("sys/fs/cgroup/app/memory.swap.current", $"{20 * Mega}\n");
        Expect(free * Mega, 1000 * Mega, "the control group /app");
    }

    [Test]
    public void AGroupAroundTheProcessesOwn()
    {
        Write("proc/self/cgroup", "0::/slice/app\n");
        Group("sys/fs/cgroup/slice/app", 2000, 100);
        Group("sys/fs/cgroup/slice", 1000, 900);
        Expect(100 * Mega, 1000 * Mega, "the control group /slice");
    }

    [TestCase("sys/fs/cgroup/memory/box")]
    [TestCase("sys/fs/cgroup/memory", TestName = "AContainersGroupAtTheRoot")]
    public void AGroupOfVersionOne(string folder)
    {
        Write("proc/self/cgroup", "9:cpu,cpuacct:/box\n4:hugetlb,memory:/box\n0::/\n");
        Write($"{folder}/memory.limit_in_bytes", $"{500 * Mega}\n");
        Write($"{folder}/memory.usage_in_bytes", $"{300 * Mega}\n");
        Write($"{folder}/memory.stat", $"inactive_file 5\ntotal_inactive_file {50 * Mega}\ntotal_active_file 0\n");
        Expect(250 * Mega, 500 * Mega, folder.EndsWith("box", StringComparison.Ordinal) ? "the control group /box" : "the control group /");
    }

    [Test]
    public void VersionOneWithoutALimit()
    {
        Write("proc/self/cgroup", "4:memory:/\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "5000\n");
        Expect(4000 * Mega, 8000 * Mega, "the machine");
    }

    [Test]
    public void AFullGroupHasNothing()
    {
        Write("proc/self/cgroup", "0::/app\n");
        Group("sys/fs/cgroup/app", 100, 120);
        Expect(0, 100 * Mega, "the control group /app");
    }

    [Test]
    public void NothingIsLimitedWhereNothingIsKnown()
    {
        using var empty = new TemporaryFolder();
        Assert.That(HostMemory.Read(empty.Path), Is.EqualTo(new HostMemory(long.MaxValue, long.MaxValue, "the machine")));
    }

    [Test]
    [Platform("Linux", Reason = "/proc is Linux's")]
    public void ThisProcessHasSome()
    {
        var memory = HostMemory.Read();
        Assert.That(memory.FreeBytes, Is.InRange(1, memory.LimitBytes == long.MaxValue ? 0 : 1L << 50));
    }

    private void Expect(long free, long limit, string name) =>
        Assert.That(HostMemory.Read(root.Path), Is.EqualTo(new HostMemory(free, limit, name)));

    private void Group(string folder, long limit, long used)
    {
        Write($"{folder}/memory.max", $"{limit * Mega}\n");
        Write($"{folder}/memory.current", $"{used * Mega}\n");
    }

    private void Write(string file, string text)
    {
        string path = root.File(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
