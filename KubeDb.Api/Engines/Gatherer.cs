using KubeDb.Api.Controllers;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>A value, or why there is none.</summary>
/// <param name="Value">The value; null when there is none.</param>
/// <param name="Outcome"><see cref="Outcome.Continue"/> with a value; otherwise the reason and the sentence for people.</param>
public readonly record struct Gathered<T>(T? Value, Outcome Outcome)
    where T : class
{
    /// <summary>With the value.</summary>
    public static implicit operator Gathered<T>(T value) => new(value, Outcome.Continue);

    /// <summary>Without a value.</summary>
    public static implicit operator Gathered<T>(Outcome outcome) => new(null, outcome);
}

/// <summary>A database with its defaults, and its catalog version.</summary>
/// <param name="Database">The database, defaulted and free of violations.</param>
/// <param name="Version">Its version.</param>
public sealed record ResolvedDatabase(IDatabase Database, ICatalogVersion Version);

/// <summary>
/// Collects the facts of a database into an immutable record. Reads caches; the only requests it sends are for users' secrets that changed. A
/// missing piece is reported as an outcome; when it appears, <see cref="ObjectUse"/> or the caches requeue the database.
/// </summary>
public sealed class Gatherer(DatabaseCaches caches, SecretReader secrets, ApplicationReader applications, ObjectUse use, CertificateReader certificates)
{
    private const string AuthPath = "spec.authSecret.name";

    /// <summary>Requeue interval while something is missing, in case an event is lost.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    /// <summary>Fills in defaults and checks the database, without any request.</summary>
    public Gathered<ResolvedDatabase> Resolve(IEngine engine, IDatabase database)
    {
        var version = caches.Of(engine).Versions.Get(new("", database.Spec.Version));
        var defaulted = engine.Default(database, version);
        IReadOnlyList<Violation> violations =
            [.. engine.CheckUpdate(AcceptedSpec.Before(engine, defaulted, caches), defaulted), .. engine.Check(defaulted, version)];
        if (violations.Count > 0)
            return Violated(violations);
        if (LeftOut(engine, defaulted) is { } left)
            return Outcome.Fail(Reasons.PodsLeftOut, left);
        if (version is null)
            return UnknownVersion(engine, database);
        return new ResolvedDatabase(defaulted, version);
    }

    /// <summary>
    /// What is said of a spec that has no place for a PetSet of the database: its pods may hold data that is nowhere else, so they do not just stop
    /// being looked after. Null when it has a place for all.
    /// </summary>
    private string? LeftOut(IEngine engine, IDatabase database)
    {
        if (database.Metadata.IsDeleting || caches.PetSetsOf(database) is not { Count: > 0 } sets)
            return null;
        var groups = engine.Groups(database);
        return sets.FirstOrDefault(s => !s.Metadata.IsDeleting && groups.All(g => g.PetSet != s.Metadata.Name)) is { } left
            ? $"The spec has no place for PetSet {left.Metadata.Key}, whose pods may hold data that is nowhere else. Take the change back that leaves it out, such as fewer shards or another mode; nothing of the spec is applied until then."
            : null;
    }

    /// <summary>Collects everything that describes the database, once it is found to break no rule.</summary>
    /// <exception cref="ApiException">A secret can not be read.</exception>
    public Task<Gathered<DatabaseFacts>> GatherAsync(IEngine engine, IDatabase database, CancellationToken cancel) =>
        GatherAsync(engine, database, null, cancel);

    /// <summary>Collects everything that describes the database.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="database">The database.</param>
    /// <param name="known">Its version, of a database that was judged before and is taken as it is; null to look into the catalog and judge.</param>
    /// <param name="cancel">Cancels the calls.</param>
    /// <exception cref="ApiException">A secret can not be read.</exception>
    public async Task<Gathered<DatabaseFacts>> GatherAsync(IEngine engine, IDatabase database, ICatalogVersion? known, CancellationToken cancel)
    {
        var resolved = known is null ? Resolve(engine, database) : new ResolvedDatabase(engine.Default(database, known), known);
        return resolved.Value is { } value ? await GatherAsync(engine, value, cancel) : resolved.Outcome;
    }

    /// <summary>Collects everything else that describes a database of which <see cref="Resolve"/> found no fault.</summary>
    /// <exception cref="ApiException">A secret can not be read.</exception>
    public async Task<Gathered<DatabaseFacts>> GatherAsync(IEngine engine, ResolvedDatabase resolved, CancellationToken cancel)
    {
        var (defaulted, version) = resolved;
        var references = References(engine, defaulted);
        var auth = AuthReference(engine, defaulted);
        var named = Named(defaulted, references, auth);
        var known = engine.Applications(defaulted);

        // Before anything is read: what appears meanwhile requeues the database.
        use.Set(engine, defaulted.Metadata.Key, [.. named, .. known.SelectMany(a => ApplicationReader.Named(a, applications.Known(a)?.Binding))]);
        var read = await ReadAllAsync(defaulted.Metadata.Namespace, references, cancel);
        if (read.Value is not { } content)
            return read.Outcome;
        var credential = await CredentialAsync(defaulted, auth, cancel);
        if (credential.Outcome.Kind != OutcomeKind.Continue)
            return credential.Outcome;
        var peers = await PeersAsync(engine, defaulted, cancel);
        if (peers.Value is null)
            return peers.Outcome;
        var wasProvisioned = WasProvisioned(engine, defaulted);
        var found = await ApplicationsAsync(known, !wasProvisioned, named, cancel);
        use.Set(engine, defaulted.Metadata.Key, named);
        if (found.Value is null)
            return found.Outcome;
        return new DatabaseFacts
        {
            Database = defaulted,
            Version = version,
            Credential = credential.Value,
            Secrets = content,
            Peers = peers.Value,
            Applications = found.Value,
            OfferedKinds = caches.OfferedOf(engine),
            WasProvisioned = wasProvisioned,
            Claims = ClaimsOf(engine, defaulted),
            PendingCertificates = await certificates.WhyPendingAsync(engine, defaulted, content, cancel),
            Offers = caches.Offers,
            ForeignServiceAccount = IsServiceAccountForeign(engine, defaulted),
        };
    }

    /// <summary>
    /// The running servers as they are known now, without any request; null when the database, its version or its credential is not known.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="key">The database.</param>
    /// <param name="uid">Its UID.</param>
    /// <param name="lastGood">
    /// How the servers of a database were described whose present spec can not be carried out, the likeliest first; empty for one that can.
    /// </param>
    public DatabaseInstances? Instances(IEngine engine, ObjectKey key, string uid, Func<IDatabase, IReadOnlyList<ResolvedDatabase>>? lastGood = null)
    {
        if (caches.Database(engine, key, uid) is not { } stored)
            return null;
        var known = lastGood?.Invoke(stored) ?? [];
        if (known.Count == 0)
            return AsStored(engine, stored) is { } present ? Instances(engine, stored, present) : null;
        return known.Select(resolved => Instances(engine, stored, resolved)).FirstOrDefault(instances => instances is not null);
    }

    /// <summary>
    /// Reads what it takes to talk to the servers of a database that somebody else describes meanwhile, so that <see cref="Instances(IEngine,
    /// ObjectKey, string, Func{IDatabase, IReadOnlyList{ResolvedDatabase}}?)"/> has it at hand.
    /// </summary>
    /// <exception cref="ApiException">A secret can not be read.</exception>
    public async Task ReadSecretsAsync(IEngine engine, IDatabase stored, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(stored);
        if (AsStored(engine, stored) is not var (database, _))
            return;
        var references = References(engine, database);
        var named = Named(database, references, AuthReference(engine, database));
        foreach (var reference in references)
            _ = await secrets.ReadAsync(new(database.Metadata.Namespace, reference.Name), cancel);
        _ = await ApplicationsAsync(engine.Applications(database), withPhases: false, named, cancel);
        use.Set(engine, database.Metadata.Key, named);
    }

    private DatabaseInstances? Instances(IEngine engine, IDatabase stored, ResolvedDatabase resolved)
    {
        Credential? credential = null;
        if (engine.CredentialSecretName(resolved.Database) is { } name)
        {
            credential = secrets.Known(new(stored.Metadata.Namespace, name)) is { } secret ? ReadCredential(secret) : null;
            if (credential is null)
                return null;
        }

        return Instances(engine, new DatabaseFacts
        {
            Database = resolved.Database,
            Version = resolved.Version,
            Credential = credential,
            Secrets = KnownSecrets(stored.Metadata.Namespace, References(engine, resolved.Database)),
            Applications = KnownApplications(engine, resolved.Database),
            OfferedKinds = caches.OfferedOf(engine),
            WasProvisioned = WasProvisioned(engine, stored),
            Claims = ClaimsOf(engine, stored),
            Offers = caches.Offers,
        });
    }

    // By the object as it is now: an operation works with the one that it was accepted with, which has no status.
    private bool WasProvisioned(IEngine engine, IDatabase database) =>
        caches.Database(engine, database.Metadata.Key, database.Metadata.Uid)?.Status.Conditions.IsTrue(ConditionTypes.Provisioned) == true;

    private IReadOnlyList<ClaimFacts> ClaimsOf(IEngine engine, IDatabase database) =>
        [.. caches.ClaimsOf(engine, database).Select(c => new ClaimFacts(c.Metadata.Name, c.Metadata.Annotations.GetValueOrDefault(DatabaseLabels.DataOf)))];

    // What a reconcile has read is at hand; what it has not is left out.
    private Dictionary<string, Secret> KnownSecrets(string ns, IReadOnlyList<SecretReference> references)
    {
        var known = new Dictionary<string, Secret>(StringComparer.Ordinal);
        foreach (var reference in references)
        {
            if (secrets.Known(new(ns, reference.Name)) is { } secret)
                known[reference.Name] = secret;
        }

        return known;
    }

    private Dictionary<string, ApplicationFacts> KnownApplications(IEngine engine, IDatabase database)
    {
        var known = new Dictionary<string, ApplicationFacts>(StringComparer.Ordinal);
        foreach (var reference in engine.Applications(database))
        {
            if (applications.Known(reference) is { } application)
                known[reference.Role] = application;
        }

        return known;
    }

    /// <summary>The running servers of the database that the facts describe, and those of the databases that it names.</summary>
    public DatabaseInstances Instances(IEngine engine, DatabaseFacts facts) => new(facts, caches.PodsOf(engine, facts.Database))
    {
        Groups = engine.Groups(facts.Database),
        Peers = PeersOf(engine, facts.Database),
        Users = UsersOf(engine, facts.Database),
    };

    private Dictionary<string, DatabaseInstances> PeersOf(IEngine engine, IDatabase database)
    {
        var peers = new Dictionary<string, DatabaseInstances>(StringComparer.Ordinal);
        foreach (var reference in engine.DatabaseReferences(database))
        {
            if (caches.EngineOf(reference.Kind) is { } peer
                && caches.Of(peer).Databases.Get(reference.Key) is { } named
                && Instances(peer, reference.Key, named.Metadata.Uid) is { } instances)
            {
                peers[reference.Role] = instances;
            }
        }

        return peers;
    }

    private IReadOnlyList<IDatabase> UsersOf(IEngine engine, IDatabase database) =>
    [
        .. caches.References.UsersOf(engine.Kinds.Database, database.Metadata.Key)
            .Select(u => caches.Of(u.Engine).Databases.Get(u.Key))
            .OfType<IDatabase>(),
    ];

    private async Task<Gathered<IReadOnlyDictionary<string, PeerFacts>>> PeersAsync(IEngine engine, IDatabase database, CancellationToken cancel)
    {
        var peers = new Dictionary<string, PeerFacts>(StringComparer.Ordinal);
        foreach (var reference in engine.DatabaseReferences(database))
        {
            var peer = caches.EngineOf(reference.Kind);
            if (peer is null || caches.Of(peer).Databases.Get(reference.Key) is not { } named)
            {
                if (reference.IsOptional)
                    continue;
                return Outcome.Wait(
                    Reasons.ReferencedDatabaseNotFound,
                    $"{reference.Kind.Kind} {reference.Key}, named by {reference.Path}, does not exist. The database goes on once it is created or {reference.Path} names another.",
                    Again);
            }

            if (AsStored(peer, named) is not var (defaulted, version))
                return UnknownVersion(peer, named);
            var credential = await CredentialAsync(defaulted, AuthReference(peer, defaulted), cancel);
            if (credential.Outcome.Kind != OutcomeKind.Continue)
                return credential.Outcome;

            // Whoever talks to the servers of this database talks to those of the other one, too.
            foreach (var secret in DatabaseCertificates.References(peer, defaulted))
                _ = await secrets.ReadAsync(new(defaulted.Metadata.Namespace, secret.Name), cancel);
            peers[reference.Role] = new PeerFacts(defaulted, version, credential.Value);
        }

        return peers;
    }

    private async Task<Gathered<IReadOnlyDictionary<string, ApplicationFacts>>> ApplicationsAsync(
        IReadOnlyList<ApplicationReference> references, bool withPhases, ICollection<NamedObject> named, CancellationToken cancel)
    {
        var found = new Dictionary<string, ApplicationFacts>(StringComparer.Ordinal);
        foreach (var reference in references)
        {
            var read = await applications.ReadAsync(reference, withPhases, named, cancel);
            if (read.Value is { } application)
                found[reference.Role] = application;
            else if (read.Outcome.Kind != OutcomeKind.Continue)
                return read.Outcome;
        }

        return found;
    }

    private static List<NamedObject> Named(IDatabase database, IReadOnlyList<SecretReference> references, SecretReference? auth) =>
        [.. (auth is null ? references : [.. references, auth]).Select(r => NamedObject.Secret(new(database.Metadata.Namespace, r.Name)))];

    private static IReadOnlyList<SecretReference> References(IEngine engine, IDatabase database) =>
        [.. engine.References(database), .. DatabaseCertificates.References(engine, database)];

    private ResolvedDatabase? AsStored(IEngine engine, IDatabase stored) =>
        caches.Of(engine).Versions.Get(new("", stored.Spec.Version)) is { } version ? new(engine.Default(stored, version), version) : null;

    /// <summary>User name and password of a credential secret; null when one is missing or empty.</summary>
    public static Credential? ReadCredential(Secret secret) =>
        secret.Text("username") is { Length: > 0 } user && secret.Text("password") is { Length: > 0 } password ? new(user, password) : null;

    private static SecretReference? AuthReference(IEngine engine, IDatabase database) =>
        engine.CredentialSecretName(database) is { } name ? new(name, AuthPath, ["username", "password"]) : null;

    private async Task<Gathered<IReadOnlyDictionary<string, Secret>>> ReadAllAsync(
        string ns, IReadOnlyList<SecretReference> references, CancellationToken cancel)
    {
        var content = new Dictionary<string, Secret>(StringComparer.Ordinal);
        foreach (var reference in references)
        {
            var secret = await secrets.ReadAsync(new(ns, reference.Name), cancel);
            if (secret is null && reference.IsOptional)
                continue;
            if (Lacks(ns, reference, secret) is { } lack)
                return lack;
            content[reference.Name] = secret!;
        }

        return content;
    }

    private async Task<Gathered<Credential>> CredentialAsync(IDatabase database, SecretReference? auth, CancellationToken cancel)
    {
        if (auth is null)
            return default;
        if (database.Spec.AuthSecret?.ApiGroup == AuthSecret.VirtualSecretsGroup)
        {
            return Outcome.Fail(
                Reasons.AuthSecretInvalid,
                "spec.authSecret.apiGroup names virtual secrets, which are not supported yet; name a core Secret, or leave the field out.");
        }

        var ns = database.Metadata.Namespace;
        var secret = await secrets.ReadAsync(new(ns, auth.Name), cancel);
        if (Lacks(ns, auth, secret) is { } lack)
            return lack;
        return ReadCredential(secret!) is { } credential
            ? credential
            : Outcome.Wait(
                Reasons.SecretKeyMissing,
                $"Secret {ns}/{auth.Name}, named by {AuthPath}, has an empty username or password. The database goes on once both have a value.",
                Again);
    }

    private static Outcome? Lacks(string ns, SecretReference reference, Secret? secret)
    {
        if (secret is null)
        {
            return Outcome.Wait(
                Reasons.SecretNotFound,
                $"Secret {ns}/{reference.Name}, named by {reference.Path}, does not exist. The database goes on once it is created.",
                Again);
        }

        var missing = reference.RequiredKeys.Where(k => !secret.Data.ContainsKey(k)).ToArray();
        return missing.Length == 0
            ? null
            : Outcome.Wait(
                Reasons.SecretKeyMissing,
                $"Secret {ns}/{reference.Name}, named by {reference.Path}, lacks the key {string.Join(" and the key ", missing)}. "
                + "The database goes on once it is there.",
                Again);
    }

    /// <summary>The outcome of broken rules: a person has to change the spec.</summary>
    public static Outcome Violated(IReadOnlyList<Violation> violations) => Outcome.Fail(
        violations[0].Reason,
        string.Join(" ", violations.Select(v => v.Message.Contains(v.Path, StringComparison.Ordinal) ? v.Message : $"{v.Path}: {v.Message}")));

    private static Outcome UnknownVersion(IEngine engine, IDatabase database)
    {
        var kind = engine.Kinds.Version;
        return Outcome.Wait(
            Reasons.VersionNotFound,
            $"failed to get {kind.Kind}: {database.Spec.Version}. The catalog has no version of that name (kubectl get {kind.Plural} lists them). "
            + "The database goes on once it is added or spec.version names another.",
            Again);
    }

    // Of several groups some may have an account of their user's, and the others the database's own.
    private bool IsServiceAccountForeign(IEngine engine, IDatabase database) => engine.Groups(database).All(group =>
        caches.Owned(ResourceTypes.ServiceAccount).Get(new(database.Metadata.Namespace, group.ServiceAccount ?? database.Metadata.Name)) is { } account
        && account.Metadata.Controller?.Uid != database.Metadata.Uid);
}
