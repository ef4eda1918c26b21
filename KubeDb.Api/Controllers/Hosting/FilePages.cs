using System.Globalization;
using System.Runtime.InteropServices;

namespace KubeDb.Api.Controllers.Hosting;

/// <summary>
/// Gives back resident pages of the program's own files. A start reads most of a native program once (data that is unpacked, tables, code of the
/// start); nothing takes these pages from a process whose machine has memory to spare. They stay in the system's page cache, and one that is
/// needed again is mapped again.
/// </summary>
internal static class FilePages
{
    private const string Self = "/proc/self/smaps";
    private const int DontNeed = 4; // MADV_DONTNEED

    /// <summary>Gives back what can be given back; does nothing where the system does not say what that is.</summary>
    public static void GiveBack()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Self))
            return;
        foreach (var (start, length) in Clean(File.ReadLines(Self)).ToList())
            _ = Advise((nint)start, (nuint)length, DontNeed);
    }

    /// <summary>
    /// The mappings of files that this process can not write to and never wrote to: each of their pages is in the file as it is in memory. One
    /// with anonymous pages (what the linker relocated) would lose them.
    /// </summary>
    /// <param name="lines">What <c>/proc/self/smaps</c> says.</param>
    public static IEnumerable<(ulong Start, ulong Length)> Clean(IEnumerable<string> lines)
    {
        (ulong Start, ulong Length)? mapping = null;
        foreach (var line in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [var range, var rights, ..] && range.Split('-') is [var from, var to] && ulong.TryParse(from, NumberStyles.HexNumber, null, out var start))
            {
                var isFile = words.Length > 5 && words[5].StartsWith('/');
                mapping = isFile && rights is ['r', '-', _, 'p'] ? (start, ulong.Parse(to, NumberStyles.HexNumber, null) - start) : null;
            }
            else if (mapping is { } found && words is ["Anonymous:", var size, ..])
            {
                mapping = null;
                if (size == "0")
                    yield return found;
            }
        }
    }

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nint address, nuint length, int advice);
}
