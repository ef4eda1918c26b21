using System.Text;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Engines.Redis.Resp;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Reads and changes the parameters of one running server.</summary>
internal sealed class RedisServerConfig(RespClient client, RedisFlavour flavour)
{
    /// <summary>A parameter's value, one character for each byte; null value: the server knows no such parameter.</summary>
    public async Task<(string? Value, RespError? Error)> GetAsync(string name, CancellationToken cancel)
    {
        var reply = await client.SendBytesAsync(["CONFIG"u8.ToArray(), "GET"u8.ToArray(), Bytes(name)], cancel);
        if (reply.Error is { } error)
            return (null, error);

        // The name is a pattern to the server: only the exact parameter counts.
        for (var i = 0; i + 1 < reply.Items.Count; i += 2)
        {
            if (string.Equals(reply.Items[i].ByteText, name, StringComparison.OrdinalIgnoreCase))
                return (reply.Items[i + 1].ByteText, null);
        }

        return (null, null);
    }

    /// <summary>Every parameter's value by its name in any case, one character for each byte; null when the server refuses to tell.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> GetAllAsync(CancellationToken cancel)
    {
        var reply = await client.SendBytesAsync(["CONFIG"u8.ToArray(), "GET"u8.ToArray(), "*"u8.ToArray()], cancel);
        if (reply.Error is not null)
            return null;
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i + 1 < reply.Items.Count; i += 2)
            values[reply.Items[i].ByteText] = reply.Items[i + 1].ByteText;
        return values;
    }

    /// <summary>Sets all parameters or none, and reads them back. When it worked, the second result holds the values from before.</summary>
    public async Task<(LiveChange Change, IReadOnlyList<LiveSetting> Previous)> SetAsync(IReadOnlyList<LiveSetting> settings, CancellationToken cancel)
    {
        var previous = new List<LiveSetting>();
        foreach (var setting in settings)
        {
            var (value, error) = await GetAsync(setting.Name, cancel);
            if (value is null)
                return (NeedsRestart(error is null ? $"the running server has no parameter {setting.Name}" : $"CONFIG GET is refused: {error.Sentence}"), []);
            previous.Add(setting with { Value = value });
        }

        var failure = await TrySetAsync(settings, previous, cancel);
        if (failure is not null)
            return (failure, []);
        if (await FirstDifferenceAsync(settings, cancel) is not { } different)
            return (new(LiveChangeKind.Applied, string.Join(", ", settings)), previous);
        var undone = await RestoreAsync(previous, cancel);
        return (NeedsRestart($"the server took {different} but reports another value{undone}"), []);
    }

    /// <summary>Sets values from before again. Empty when it worked, otherwise a phrase that says what did not.</summary>
    public async Task<string> RestoreAsync(IReadOnlyList<LiveSetting> previous, CancellationToken cancel)
    {
        var failed = new List<string>();
        foreach (var setting in previous.Reverse())
        {
            if (!(await SendSetAsync([setting], cancel)).IsOk)
                failed.Add(setting.Name);
        }

        return failed.Count == 0 ? "" : $"; {string.Join(", ", failed)} could not be set back";
    }

    /// <summary>The first parameter whose value is not the given one; null when all are.</summary>
    public async Task<string?> FirstDifferenceAsync(IReadOnlyList<LiveSetting> settings, CancellationToken cancel)
    {
        foreach (var setting in settings)
        {
            var (value, error) = await GetAsync(setting.Name, cancel);
            if (error is null && (value is null || !setting.IsIn(value)))
                return setting.Name;
        }

        return null;
    }

    // Servers from 7 on set several parameters at once, all or none. Before, one after the other, undone when one is refused.
    private async Task<LiveChange?> TrySetAsync(IReadOnlyList<LiveSetting> settings, IReadOnlyList<LiveSetting> previous, CancellationToken cancel)
    {
        var step = flavour.Major >= 7 ? Math.Max(1, settings.Count) : 1;
        for (var done = 0; done < settings.Count; done += step)
        {
            var some = settings.Skip(done).Take(step).ToList();
            var reply = await SendSetAsync(some, cancel);
            if (reply.IsOk)
                continue;
            var undone = await RestoreAsync([.. previous.Take(done)], cancel);
            return Judge(reply, some, undone);
        }

        return null;
    }

    private static LiveChange Judge(RespReply reply, IReadOnlyList<LiveSetting> settings, string undone)
    {
        var error = reply.Error ?? new RespError(RespErrorKind.Other, "an answer that is no OK");
        var atStart = error.Kind is RespErrorKind.UnknownCommand or RespErrorKind.NoPermission
            || error.Message.Contains("immutable", StringComparison.Ordinal)
            || error.Message.Contains("protected config", StringComparison.Ordinal)
            || error.Message.Contains("Unsupported CONFIG parameter", StringComparison.Ordinal);
        var names = string.Join(", ", settings);
        if (atStart)
            return NeedsRestart($"{names}: {Sentence(error, settings)}{undone}");
        return new(LiveChangeKind.Refused, $"The server refuses {names}: {Sentence(error, settings)}{undone}");
    }

    // Servers before 7 repeat the value in their sentence, and each repeats what was sent where it does not know the command.
    private static string Sentence(RespError error, IReadOnlyList<LiveSetting> settings)
    {
        if (error.Kind == RespErrorKind.UnknownCommand)
            return "the server has no command CONFIG";
        if (settings.Any(s => RedisDirectives.IsSecret(s.Name)))
            return "the value is not accepted";
        return settings.Where(s => s.Value.Length > 0).Aggregate(error.Sentence, (said, s) => said.Replace($"'{ConfigWords.ToText(s.Value)}'", "'***'", StringComparison.Ordinal));
    }

    private static LiveChange NeedsRestart(string reason) => new(LiveChangeKind.NeedsRestart, reason);

    private Task<RespReply> SendSetAsync(IReadOnlyList<LiveSetting> settings, CancellationToken cancel) =>
        client.SendBytesAsync(["CONFIG"u8.ToArray(), "SET"u8.ToArray(), .. settings.SelectMany(s => new[] { Bytes(s.Name), Bytes(s.Value) })], cancel);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
