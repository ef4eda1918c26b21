using System.Text.RegularExpressions;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>
/// One rule of <c>spec.configuration.acl.rules</c>: a user, and ACL tokens as the server reads them, in which <c>${key}</c> stands for a value of
/// the secret. A token that is nothing but <c>${key}</c> is a password.
/// </summary>
/// <param name="User">Name of the user.</param>
/// <param name="Tokens">The words after it, as written.</param>
internal sealed partial record AclRule(string User, IReadOnlyList<string> Tokens)
{
    /// <summary>The keys that the rule takes from the secret.</summary>
    public IEnumerable<string> Keys => Tokens.SelectMany(t => Placeholder().Matches(t)).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal);

    /// <summary>Reads a rule; null for one without a word.</summary>
    public static AclRule? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? null : new(words[0], words[1..]);
    }

    /// <summary>The tokens that no server reads, or that would show a password.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var token in Tokens)
        {
            if (token.StartsWith('>') && !Placeholder().IsMatch(token))
                yield return "holds a password (the word after \">\"). Put it into the secret of acl.secretRef, and write ${key} instead";
            else if (token[0] is '<' or '!')
                yield return $"takes a password away (the word that begins with \"{token[0]}\"). A rule describes the user anew, with no password but those that it gives: remove that word";
            else if (!IsToken(token))
                yield return $"holds \"{(token.Length > 40 ? token[..40] : token)}\", which is no ACL token (such as on, allkeys, ~pattern, &channel, +@category, -command, ${{key}})";
        }
    }

    /// <summary>
    /// The line of the server's configuration: enabled, unless the rule says otherwise, and with every placeholder in place. Every key has to be
    /// among the values.
    /// </summary>
    public RedisDirective ToDirective(IReadOnlyDictionary<string, string> values)
    {
        var words = new List<string> { User };
        if (!Tokens.Any(t => t.Equals("on", StringComparison.OrdinalIgnoreCase) || t.Equals("off", StringComparison.OrdinalIgnoreCase)))
            words.Add("on");
        words.AddRange(Tokens.Select(t => Whole().IsMatch(t) ? $">{Fill(t, values)}" : Fill(t, values)));
        return RedisDirective.Of("user", [.. words]);
    }

    private static string Fill(string token, IReadOnlyDictionary<string, string> values) => Placeholder().Replace(token, m => values[m.Groups[1].Value]);

    private static bool IsToken(string token) =>
        Placeholder().IsMatch(token)
        || Word().IsMatch(token)
        || token[0] is '~' or '%' or '&' or '(' or ')' or '#'
        || token.EndsWith(')')
        || Command().IsMatch(token);

    [GeneratedRegex(@"\$\{([-._a-zA-Z0-9]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^\$\{[-._a-zA-Z0-9]+\}$")]
    private static partial Regex Whole();

    [GeneratedRegex("^(on|off|nopass|resetpass|reset|allkeys|resetkeys|allchannels|resetchannels|allcommands|nocommands|clearselectors|sanitize-payload|skip-sanitize-payload)$", RegexOptions.IgnoreCase)]
    private static partial Regex Word();

    [GeneratedRegex(@"^[-+]@?[a-zA-Z0-9._|-]+$")]
    private static partial Regex Command();
}
