using System.Globalization;
using KubeDb.Api.Controllers.Hosting;

namespace KubeDb.Tests.Unit.Controllers.Hosting;

/// <summary>Which resident pages a process gives back after its start: those that are in a file as they are in memory, and no others.</summary>
[TestFixture]
[Category("Unit")]
public sealed class FilePagesTests
{
    private const string Smaps = """
        55d000000000-55d000002000 r--p 00000000 08:01 11 /app/kubedb-provisioner
        Size:                  8 kB
        Rss:                   8 kB
        Anonymous:             0 kB
        VmFlags: rd mr mw me
        55d000002000-55d000009000 r-xp 00002000 08:01 11 /app/kubedb provisioner
        Rss:                  28 kB
        Anonymous:             0 kB
        55d000009000-55d00000a000 r--p 00009000 08:01 11 /app/kubedb-provisioner
        Rss:                   4 kB
        Anonymous:             4 kB
        55d00000a000-55d00000b000 rw-p 0000a000 08:01 11 /app/kubedb-provisioner
        Rss:                   4 kB
        Anonymous:             0 kB
        55d00000b000-55d00000c000 r--s 00000000 08:01 12 /app/shared
        Anonymous:             0 kB
        55d00000c000-55d00000d000 r--p 00000000 00:00 0
        Anonymous:             0 kB
        7ffd00000000-7ffd00021000 r-xp 00000000 00:00 0 [vdso]
        Anonymous:             0 kB
        7ffd00021000-7ffd00022000 ---p 00000000 08:01 11 /app/kubedb-provisioner
        Anonymous:             0 kB
        """;

    [Test]
    public void Only_what_is_in_a_file_unchanged() => Assert.That(
        FilePages.Clean(Smaps.Split('\n')), Is.EqualTo(new[] { (0x55d000000000UL, 0x2000UL), (0x55d000002000UL, 0x7000UL) }));

    [Test]
    public void The_pages_are_no_longer_resident_and_the_process_goes_on()
    {
        var before = Resident();
        FilePages.GiveBack();
        var after = Resident();
        Assert.That(after, Is.LessThan(before));
    }

    // Of all mappings that can be given back, in kB.
    private static long Resident()
    {
        var lines = File.ReadAllLines("/proc/self/smaps");
        var clean = FilePages.Clean(lines).Select(m => m.Start.ToString("x", CultureInfo.InvariantCulture) + "-").ToList();
        var (counts, sum) = (false, 0L);
        foreach (var line in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Contains('-', StringComparison.Ordinal))
                counts = clean.Exists(c => line.StartsWith(c, StringComparison.Ordinal));
            else if (counts && words[0] == "Rss:")
                sum += long.Parse(words[1], CultureInfo.InvariantCulture);
        }

        return sum;
    }
}
