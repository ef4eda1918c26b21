using System.Globalization;
using System.Text;

namespace KubeDb.Api.Engines.ZooKeeper.Client;

/// <summary>The four-letter words: a question of four letters, an answer of text, then the server hangs up.</summary>
public static class FourLetterWord
{
    /// <summary>Whether the process runs; <c>imok</c>, also while it serves nobody.</summary>
    public const string Ok = "ruok";

    /// <summary>Mode, version and last transaction.</summary>
    public const string Server = "srvr";

    /// <summary>Figures for monitoring.</summary>
    public const string Monitor = "mntr";

    /// <summary>Configuration and membership.</summary>
    public const string Configuration = "conf";

    /// <summary>Whether it serves reads alone.</summary>
    public const string ReadOnly = "isro";

    private const int LargestAnswer = 0x100000;

    /// <summary>Asks over a connected stream, which is closed afterwards.</summary>
    /// <exception cref="IOException">The connection broke, the word is not allowed, or the answer is endless.</exception>
    /// <exception cref="TimeoutException">No whole answer in time.</exception>
    public static async Task<string> AskAsync(Stream stream, string word, TimeSpan timeout, TimeProvider time, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(word);
        if (word.Length != 4 || !word.All(char.IsAsciiLetterLower))
            throw new ArgumentException($"{word} is no word of four letters.", nameof(word));
        await using (stream)
        {
            using var bound = new CancellationTokenSource(timeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(word), both.Token);
                await stream.FlushAsync(both.Token);
                return Judge(word, await ReadAsync(stream, both.Token));
            }
            catch (OperationCanceledException) when (bound.IsCancellationRequested && !cancel.IsCancellationRequested)
            {
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"No answer to {word} within {timeout.TotalSeconds:0.###} s."));
            }
        }
    }

    private static string Judge(string word, string answer)
    {
        if (answer.Length == 0)
            throw new IOException($"The server hung up without an answer to {word}.");
        return answer.Contains("is not in the whitelist", StringComparison.Ordinal)
            ? throw new IOException($"The server does not answer {word}: 4lw.commands.whitelist does not allow it.")
            : answer;
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancel)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[8192];
        while (await stream.ReadAsync(buffer, cancel) is var read and > 0)
        {
            answer.Write(buffer, 0, read);
            if (answer.Length > LargestAnswer)
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The peer's answer is larger than {LargestAnswer} bytes: it is no ZooKeeper server."));
        }

        return Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
    }
}
