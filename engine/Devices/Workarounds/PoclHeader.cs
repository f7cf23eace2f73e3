using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ILGPU.Runtime.OpenCL;

namespace Idsnn.Engine;

/// <summary>
/// PoCL 3 lets Clang read a header of all of OpenCL's functions, 17,000 lines, before every kernel: most of the time that a small kernel
/// takes to compile. Ours call few of them and declare these themselves; a source that calls any other asks for the header.
/// </summary>
internal static partial class PoclHeader
{
    /// <summary>The environment variable that PoCL takes further build options from.</summary>
    private const string Options = "POCL_EXTRA_BUILD_FLAGS";

    /// <summary>Where Debian's and Ubuntu's packages put the header: PoCL itself finds it by path, an include would not.</summary>
    private const string HeaderPath = "/usr/share/pocl/include/opencl-c.h";

    /// <summary>Makes the header believe that it has been read.</summary>
    private const string Guard = "_OPENCL_H_";

    /// <summary>
    /// The one function that ILGPU's own source calls, with which it asks for the driver's preferences: never run, so any will do.
    /// </summary>
    private const string IlgpuCalls = "get_global_id";

    private const string Declarations = """
        #define DECLARE __attribute__((overloadable, const))
        size_t DECLARE get_group_id(uint);
        size_t DECLARE get_local_id(uint);
        size_t DECLARE get_local_size(uint);
        size_t DECLARE get_num_groups(uint);
        int DECLARE min(int, int);
        int DECLARE max(int, int);
        uint DECLARE min(uint, uint);
        uint DECLARE max(uint, uint);
        long DECLARE min(long, long);
        long DECLARE max(long, long);
        ulong DECLARE min(ulong, ulong);
        ulong DECLARE max(ulong, ulong);
        #define DECLARE_FOR(type) \
            type DECLARE exp(type); type DECLARE fabs(type); type DECLARE fma(type, type, type); type DECLARE fmax(type, type); \
            type DECLARE fmin(type, type); type DECLARE log(type); type DECLARE sqrt(type);
        DECLARE_FOR(float)
        #ifdef cl_khr_fp64
        DECLARE_FOR(double)
        #endif
        """;

    private const string Header = $"""
        #ifdef {Guard}
        #undef {Guard}
        #undef {IlgpuCalls}
        #include "{HeaderPath}"
        #endif
        """;

    private static readonly Lazy<bool> Told = new(() =>
    {
        string flags = $"{Environment.GetEnvironmentVariable(Options)} -D{Guard} -D{IlgpuCalls}=(size_t)";
        return SetEnvironmentVariable(Options, flags, overwrite: 1) == 0;
    });

    private static readonly HashSet<string> Declared =
    [
        .. Called().Matches(Declarations).Select(call => call.Groups[1].Value), "if", "while", "switch",
    ];

    /// <summary>Whether the driver reads the header before each kernel and can be told not to.</summary>
    public static bool CanBeSkipped(CLDevice device) =>
        OperatingSystem.IsLinux()
        && File.Exists(HeaderPath)
        && CLAPI.CurrentAPI.GetDeviceInfo(device.DeviceId, CLDeviceInfoType.CL_DRIVER_VERSION).StartsWith("3.", StringComparison.Ordinal);

    /// <summary>Tells it so, for this process; before its first source is compiled, since PoCL remembers.</summary>
    public static void Skip() => _ = Told.Value;

    /// <summary>The source with what it calls declared.</summary>
    internal static string Declare(string source) =>
        (Called().Matches(source).All(call => Declared.Contains(call.Groups[1].Value)) ? Declarations : Header) + "\n" + source;

    // .NET's own copy of the environment is not the one that native code reads.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);

    /// <summary>
    /// Names before a parenthesis but for ILGPU's of kernels, <see cref="Kernels.Vendor.OpenClLanes"/>'s and those that Clang itself knows.
    /// </summary>
    [GeneratedRegex(@"\b(?!Kernel_|LANES|lanes_|as_)([A-Za-z_]\w*) ?\(")]
    private static partial Regex Called();
}
