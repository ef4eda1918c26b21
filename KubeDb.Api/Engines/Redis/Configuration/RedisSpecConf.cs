using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Redis.Configuration;

/// <summary>A directive whose fate only a server can tell, and the violation that it is if the server does not know it either.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsCertain">No server that could run here knows it.</param>
/// <param name="Violation">What is said of it.</param>
internal sealed record DoubtfulDirective(string Name, bool IsCertain, Violation Violation);

/// <summary>
/// One text of the configuration that a spec asks for, with the place of each line. Lines that can not be read are judged where the text is
/// read (<see cref="ConfigurationSentences.Unreadable"/>); here it is the directives.
/// </summary>
/// <param name="Path">Where the text stands.</param>
/// <param name="Text">The text.</param>
/// <param name="IsSecret">It stands in a secret: a word that is no directive could be a piece of one.</param>
internal sealed record RedisSpecConf(string Path, string Text, bool IsSecret)
{
    /// <summary>The secret's text and the inline text, as far as there are any.</summary>
    public static IEnumerable<RedisSpecConf> Of(DatabaseFacts facts)
    {
        var key = RedisFlavour.Of(facts.Version).ConfigKey;
        var configuration = facts.Database.Spec.Configuration;
        if (configuration?.SecretName is { Length: > 0 } name && facts.Secrets.GetValueOrDefault(name)?.Text(key) is { } secret)
            yield return new($"secret {name}[{key}]", secret, true);
        if (configuration?.Inline?.GetValueOrDefault(key) is { } inline)
            yield return new($"spec.configuration.inline[{key}]", inline, false);
    }

    /// <summary>
    /// Directives that the operator sets itself. A request that sets one is refused; in a spec they are left out with a warning, since
    /// configurations that were written for a server alone have them as a matter of course.
    /// </summary>
    public IEnumerable<SpecWarning> Warnings() =>
        from line in Lines()
        where RedisDirectives.IsOwned(line.Directive)
        let place = $"{Path}: line {line.Number}"
        select new SpecWarning(
            Path, Reasons.OperatorOwnedDirective, $"{place} sets \"{line.Directive.Name}\", which the operator sets itself; the line is not taken. Remove it.");

    /// <summary>Directives with a number of words that no server accepts.</summary>
    public IEnumerable<Violation> Violations() =>
        from line in Lines()
        where !RedisDirectives.IsOwned(line.Directive) && !RedisDirectives.HasValidCount(line.Directive)
        select new Violation(
            Path, Reasons.ConfigurationInvalid, $"{Path}: line {line.Number}: \"{line.Directive.Name}\" has a wrong number of arguments. Correct the line.");

    /// <summary>
    /// Directives that the table does not know for this server. Where the table is complete for the version, that is certain; for a newer
    /// server, or one that loads modules or reads further files, only a slip of the pen is.
    /// </summary>
    /// <param name="flavour">The server.</param>
    /// <param name="isOpen">A module or an included file may bring directives of its own.</param>
    public IEnumerable<DoubtfulDirective> Doubts(RedisFlavour flavour, bool isOpen) =>
        from file in new[] { RedisConfigurationEngine.File(flavour) }
        from line in Lines()
        let name = line.Directive.Name
        where !RedisDirectives.IsOwned(line.Directive) && RedisConfigurationRules.IsParameter(line.Directive.CanonicalName)
        where !RedisDirectives.IsKnown(name, flavour.IsValkey, flavour.Version)
        let isComplete = RedisDirectives.IsComplete(flavour.IsValkey, flavour.Version) && !isOpen
        select new DoubtfulDirective(name, isComplete || RedisDirectives.IsSlip(name), ConfigurationSentences.Unknown(file, line.Directive, $"{Path}: line {line.Number}", IsSecret));

    private IEnumerable<(int Number, RedisDirective Directive)> Lines()
    {
        var number = 0;
        foreach (var line in Text.Split('\n'))
        {
            number++;
            if (RedisConf.Parse(line).Conf.Directives is [var directive, ..])
                yield return (number, directive);
        }
    }
}
