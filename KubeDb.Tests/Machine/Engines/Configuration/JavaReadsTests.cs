using System.Text;
using FsCheck.Fluent;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Tests.Support;

namespace KubeDb.Tests.Machine.Engines.Configuration;

/// <summary>Java reads properties files as <see cref="PropertiesDialect"/> does, but that empty keys are refused, and what is written reads the same in every encoding.</summary>
[TestFixture, Category("Machine")]
public class JavaReadsTests
{
    private const string Reader =
        """
        import java.io.*;
        import java.nio.charset.*;
        import java.util.*;

        /** Reads texts, one a line in base64 of UTF-16, and prints for each what java.util.Properties makes of it. */
        public class Reads {
            public static void main(String[] args) throws IOException {
                var lines = new BufferedReader(new InputStreamReader(System.in));
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    var text = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_16BE);
                    var utf8 = text.getBytes(StandardCharsets.UTF_8);
                    System.out.println(load(p -> p.load(new StringReader(text)))
                        + " " + load(p -> p.load(new InputStreamReader(new ByteArrayInputStream(utf8), StandardCharsets.UTF_8)))
                        + " " + load(p -> p.load(new ByteArrayInputStream(utf8))));
                }
            }

            interface Load { void into(Properties p) throws IOException; }

            static String load(Load load) throws IOException {
                var p = new Properties();
                try {
                    load.into(p);
                } catch (IllegalArgumentException e) {
                    return "refused";
                }
                var all = new StringBuilder("=");
                for (var key : new TreeSet<>(p.stringPropertyNames()))
                    if (!key.isEmpty())
                        all.append(code(key)).append(':').append(code(p.getProperty(key))).append(',');
                return all.toString();
            }

            static String code(String text) { return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_16BE)); }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("kubedb-properties-").FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_file_of_any_signs_is_read_or_refused_alike()
    {
        var sign = Gen.Elements('=', ':', ' ', '\t', '\f', '\n', '\n', '\r', '\\', '\\', '#', '!', 'u', '0', '0', 'a', 'b', 'é', 't', '\u2028', '\ud83d');
        var texts = sign.ListOf().Select(c => new string([.. c])).Sample(3000, 30).ToList();
        var readings = texts.Select(PropertiesDialect.Instance.Read).ToList();
        var java = await ReadAsync(texts);
        var javaOfRendered = await ReadAsync(readings.Select(r => r.Document.Render()));
        var compared = 0;
        Assert.Multiple(() =>
        {
            for (var i = 0; i < texts.Count; i++)
            {
                var (ours, errors) = (Code((PropertiesFile)readings[i].Document), readings[i].Errors);
                if (java[i][0] == "refused")
                    Assert.That(errors, Is.Not.Empty, () => $"Java refuses {Shown(texts[i])}");
                else
                    Assert.That((java[i][0], errors.All(e => e.Reason == "no key before the separator")), Is.EqualTo((ours, true)), () => Shown(texts[i]));
                Assert.That(javaOfRendered[i], Has.All.EqualTo(ours), () => $"rendered from {Shown(texts[i])}");
                compared += errors.Count == 0 ? 1 : 0;
            }
        });
        Assert.That(compared, Is.GreaterThan(1000));
    }

    private async Task<IReadOnlyList<string[]>> ReadAsync(IEnumerable<string> texts)
    {
        var source = Path.Combine(_folder, "Reads.java");
        await File.WriteAllTextAsync(source, Reader);
        ToolResult result;
        try
        {
            result = await Tool.RunAsync("java", [source], string.Concat(texts.Select(t => Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes(t)) + "\n")), TimeSpan.FromMinutes(5));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("java is not installed: this test needs a JDK.");
            return [];
        }

        return [.. result.OrFail().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' '))];
    }

    private static string Code(PropertiesFile file) => "=" + string.Concat(
        file.Entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{Code(e.Key)}:{Code(e.Value)},"));

    private static string Code(string text) => Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes(text));

    private static string Shown(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
