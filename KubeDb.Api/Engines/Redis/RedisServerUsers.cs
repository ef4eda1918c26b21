using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Redis.Configuration;
using KubeDb.Api.Engines.Redis.Resp;

namespace KubeDb.Api.Engines.Redis;

/// <summary>Reads and changes the users of one running server. The user default and those that no rule names are never touched.</summary>
internal sealed class RedisServerUsers(RespClient client)
{
    /// <summary>Makes the users what the change says, all or none. When it worked, the second result undoes it.</summary>
    public async Task<(LiveChange Change, UndoLive Undo)> SetAsync(FileChange change, CancellationToken cancel)
    {
        var (before, refusal) = await ListAsync(cancel);
        if (before is null)
            return (new(LiveChangeKind.NeedsRestart, $"ACL LIST is refused: {refusal}"), NothingToUndo);
        var done = new List<string>();
        foreach (var (user, words) in Steps(change))
        {
            done.Add(user);
            var reply = words is null ? await DeleteAsync(user, cancel) : await SetAsync(user, words, cancel);
            if (reply.Error is { } error)
            {
                var undone = await RestoreAsync(before, done, cancel);
                return (new(LiveChangeKind.Refused, $"the server refuses the rule of user \"{ConfigWords.ToText(user)}\": {WithoutSecrets(error.Sentence, words ?? [])}{undone}"), NothingToUndo);
            }
        }

        return (new(LiveChangeKind.Applied, $"users {string.Join(", ", done.Select(ConfigWords.ToText))}"), c => RestoreAsync(before, done, c));
    }

    /// <summary>
    /// The first user that is not as the lines say: missing, switched on or off otherwise, or without one of the passwords; null when there is none.
    /// Rights are not compared, for each version of the server writes them in its own words.
    /// </summary>
    public async Task<string?> FirstDifferenceAsync(RedisConf wanted, IEnumerable<string> gone, CancellationToken cancel)
    {
        var (users, _) = await ListAsync(cancel);
        if (users is null)
            return null;
        foreach (var directive in wanted.Directives)
        {
            var words = directive.Arguments;
            if (!users.TryGetValue(words[0], out var has) || words.Skip(1).Any(w => !Holds(has, w)))
                return ConfigWords.ToText(words[0]);
        }

        return gone.FirstOrDefault(users.ContainsKey) is { } left ? ConfigWords.ToText(left) : null;
    }

    /// <summary>The users that a change deletes.</summary>
    public static IEnumerable<string> Deleted(FileChange change) => Steps(change).Where(s => s.Words is null).Select(s => s.User);

    private static IEnumerable<(string User, IReadOnlyList<string>? Words)> Steps(FileChange change)
    {
        var before = ((RedisConf)change.Before).Directives.ToDictionary(d => d.Arguments[0], StringComparer.Ordinal);
        var after = ((RedisConf)change.After).Directives.ToDictionary(d => d.Arguments[0], StringComparer.Ordinal);
        foreach (var (user, directive) in after)
        {
            if (!before.TryGetValue(user, out var known) || !known.Equals(directive))
                yield return (user, [.. directive.Arguments.Skip(1)]);
        }

        foreach (var user in before.Keys.Where(u => !after.ContainsKey(u)))
            yield return (user, null);
    }

    private static bool Holds(IReadOnlyList<string> has, string word) => word switch
    {
        "on" or "off" => has.Contains(word),
        ['>', .. var password] => has.Contains($"#{Sha256(password)}"),
        _ => true,
    };

    private static string Sha256(string password) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.Latin1.GetBytes(password)));

    // The server quotes the word that it refuses, and all but commands may hold a value of the secret.
    private static string WithoutSecrets(string sentence, IReadOnlyList<string> words) =>
        words.Where(w => w.Length > 1 && w[0] is not ('+' or '-')).OrderByDescending(w => w.Length).Aggregate(sentence, (s, w) => s.Replace($"'{w}'", $"'{w[0]}…'", StringComparison.Ordinal));

    private static Task<string> NothingToUndo(CancellationToken cancel) => Task.FromResult("");

    // As the server writes a user, so it reads it again.
    private async Task<string> RestoreAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> before, IReadOnlyList<string> users, CancellationToken cancel)
    {
        var failed = new List<string>();
        foreach (var user in users)
        {
            var reply = before.TryGetValue(user, out var words) ? await SetAsync(user, words, cancel) : await DeleteAsync(user, cancel);
            if (reply.Error is not null)
                failed.Add($"\"{ConfigWords.ToText(user)}\"");
        }

        return failed.Count == 0 ? "" : $"; the user {string.Join(" and the user ", failed)} could not be set back";
    }

    private Task<RespReply> SetAsync(string user, IReadOnlyList<string> words, CancellationToken cancel) =>
        client.SendBytesAsync([.. new[] { "ACL", "SETUSER", user, "reset" }.Concat(words).Select(Bytes)], cancel);

    private Task<RespReply> DeleteAsync(string user, CancellationToken cancel) =>
        client.SendBytesAsync([.. new[] { "ACL", "DELUSER", user }.Select(Bytes)], cancel);

    private async Task<(IReadOnlyDictionary<string, IReadOnlyList<string>>? Users, string Refusal)> ListAsync(CancellationToken cancel)
    {
        var reply = await client.SendBytesAsync([Bytes("ACL"), Bytes("LIST")], cancel);
        if (reply.Error is { } error)
            return (null, error.Sentence);
        var users = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var line in reply.Items)
        {
            // "user name on #… ~* (selector with blanks) …"
            var words = Words(line.ByteText);
            if (words.Count > 2)
                users[words[1]] = words[2..];
        }

        return (users, "");
    }

    private static List<string> Words(string line)
    {
        var words = new List<string>();
        foreach (var part in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (words.Count > 0 && words[^1].StartsWith('(') && !words[^1].EndsWith(')'))
                words[^1] += $" {part}";
            else
                words.Add(part);
        }

        return words;
    }

    private static byte[] Bytes(string word) => System.Text.Encoding.Latin1.GetBytes(word);
}
