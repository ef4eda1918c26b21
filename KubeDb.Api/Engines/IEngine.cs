using KubeDb.Api.Controllers;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Conversion;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines;

/// <summary>
/// What one engine is: its kinds, its rules, the objects it needs, how to talk to it. Everything here is pure but the parts that take a
/// <see cref="DatabaseInstances"/>, which talk to running servers. The processes know engines only through this interface.
/// </summary>
public interface IEngine
{
    /// <summary>The kinds, names and decoders.</summary>
    EngineKinds Kinds { get; }

    /// <summary>The database with every default filled in that admission would fill in. Idempotent.</summary>
    IDatabase Default(IDatabase database, ICatalogVersion? version);

    /// <summary>What makes the (defaulted) database impossible to provision; empty when nothing does.</summary>
    IReadOnlyList<Violation> Check(IDatabase database, ICatalogVersion? version);

    /// <summary>The groups of pods of the (defaulted) database, in the order in which they are made; at least one.</summary>
    IReadOnlyList<PodGroup> Groups(IDatabase database);

    /// <summary>What makes the request impossible to carry out, judged without touching the database; empty when nothing does.</summary>
    IReadOnlyList<Violation> Check(IOpsRequest request, IDatabase? database, VersionLookup versions);

    /// <summary>
    /// What the request changes in the database's spec. Pure: equal input gives an equal change, so that it can be computed again after a kill.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="current">Facts of the database as it was when the request began, with the secrets of both the database and the request.</param>
    /// <param name="versions">The catalog.</param>
    SpecChange Change(IOpsRequest request, DatabaseFacts current, VersionLookup versions) => SpecChange.None;

    /// <summary>What is wrong with the content of the secrets that the database names; empty when nothing is.</summary>
    IReadOnlyList<Violation> Check(DatabaseFacts facts) => [];

    /// <summary>The immutable fields that differ between two versions of the (defaulted) database; empty when none does.</summary>
    IReadOnlyList<Violation> CheckUpdate(IDatabase before, IDatabase after) => [];

    /// <summary>Settings of the spec that this engine ignores, as warnings; empty when there are none.</summary>
    IReadOnlyList<SpecWarning> Warnings(DatabaseFacts facts) => [];

    /// <summary>The fragments of Kubernetes objects in the spec; unknown fields in them become warnings.</summary>
    IEnumerable<UserFragment> Fragments(IDatabase database) => UserFragment.Of(database.Spec);

    /// <summary>The objects the spec names that have to be read before the database can be described.</summary>
    IReadOnlyList<SecretReference> References(IDatabase database);

    /// <summary>
    /// The certificates that the (defaulted) database needs, in the order in which they are made; none without TLS. Its PetSets wait until all are
    /// issued. Pure.
    /// </summary>
    IReadOnlyList<CertificateWish> Certificates(IDatabase database) => [];

    /// <summary>
    /// The databases that this one names. Until each exists, nothing new is described; a change of one requeues this one. Judged from the
    /// object alone, stored or defaulted.
    /// </summary>
    IReadOnlyList<DatabaseReference> DatabaseReferences(IDatabase database) => [];

    /// <summary>
    /// The applications that the database names by their AppBindings, of any namespace, those among them that it has made for itself. Until each that
    /// is not optional exists, nothing new is described; a change of one requeues the database. Judged from the (defaulted) object alone.
    /// </summary>
    IReadOnlyList<ApplicationReference> Applications(IDatabase database) => [];

    /// <summary>The name of the secret that holds the credential; null when authentication is off.</summary>
    string? CredentialSecretName(IDatabase database);

    /// <summary>User name of a generated credential.</summary>
    string DefaultUser { get; }

    /// <summary>The kinds that its blueprints hold beside <see cref="Engines.OwnedKinds.Common"/>; a new one is a line in this list.</summary>
    IReadOnlyList<OwnedKind> OwnedKinds => [];

    /// <summary>Describes the database: every object it needs. Pure: equal facts give equal manifests.</summary>
    Blueprint Describe(DatabaseFacts facts);

    /// <summary>
    /// Confidential words, in every form in which a server may repeat them: they are removed from what is quoted of a server's log.
    /// </summary>
    IEnumerable<string> Confidential(DatabaseFacts facts) => facts.Credential is { } credential ? [credential.Password] : [];

    /// <summary>One round of health checks against the running servers.</summary>
    Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel);

    /// <summary>
    /// One round of keeping the running servers together (formed, healed, registered, with the right roles), and of checking their health. The
    /// Provisioner alone calls it, while it leads, also while a request holds the database. It observes first and does what is missing, so
    /// that it can be killed anywhere and called again; at rest it changes nothing.
    /// </summary>
    async Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel) =>
        MaintenanceReport.Of(await ProbeAsync(instances, cancel));

    /// <summary>Where its servers announce a change of roles themselves; null when rounds of maintenance have to find it out.</summary>
    IRoleFeed? RoleFeed => null;

    /// <summary>How its members are restarted.</summary>
    IRestartStrategy Restarts { get; }

    /// <summary>How its configuration is changed; null when the engine has none that users may change.</summary>
    IConfigurationEngine? Configuration { get; }

    /// <summary>How its servers change between plain connections and TLS, and load certificates; null when they can not.</summary>
    ITlsEngine? Tls => null;

    /// <summary>The words of its documentation.</summary>
    EngineSentences Sentences { get; }
}

/// <summary>The kinds an engine consists of.</summary>
/// <param name="Name">The database kind as messages name it.</param>
/// <param name="Database">The database kind.</param>
/// <param name="Version">The catalog kind.</param>
/// <param name="OpsRequest">The request kind.</param>
/// <param name="DecodeDatabase">Decodes a database.</param>
/// <param name="DecodeVersion">Decodes a catalog version.</param>
/// <param name="DecodeOpsRequest">Decodes a request.</param>
public sealed record EngineKinds(
    string Name,
    ResourceType Database,
    ResourceType Version,
    ResourceType OpsRequest,
    ObjectDecoder<IDatabase> DecodeDatabase,
    ObjectDecoder<ICatalogVersion> DecodeVersion,
    ObjectDecoder<IOpsRequest> DecodeOpsRequest)
{
    /// <summary>The value of <c>app.kubernetes.io/name</c> on everything that belongs to a database of this kind: plural and group.</summary>
    public string FullName { get; } = $"{Database.Plural}.{Database.Group}";

    /// <summary>
    /// The older versions in which databases of this kind are served too: their schemas are in the kind's definition, and the Provisioner converts.
    /// </summary>
    public IReadOnlyList<KindConversion> OlderVersions { get; init; } = [];
}

/// <summary>A condition type and its documented sentences.</summary>
/// <param name="Condition">Condition type (and reason, unless the contract says otherwise).</param>
/// <param name="Message">Message of the condition once the step is done.</param>
/// <param name="Event">What the event says where it differs from the condition; null where it does not.</param>
public sealed record StepText(string Condition, string Message, string? Event = null);

/// <summary>A secret that the spec names.</summary>
/// <param name="Name">Name, in the database's namespace.</param>
/// <param name="Path">Field that names it, such as <c>spec.configuration.secretName</c>.</param>
/// <param name="RequiredKeys">Keys it has to have.</param>
public sealed record SecretReference(string Name, string Path, IReadOnlyList<string> RequiredKeys)
{
    /// <summary>True for one that need not exist.</summary>
    public bool IsOptional { get; init; }
}

/// <summary>A user name and its password. Never logged, never compared in text that people see.</summary>
public sealed record Credential(string Username, string Password)
{
    /// <summary>Hides the password.</summary>
    public override string ToString() => $"{Username}:***";
}

/// <summary>Everything known about a database when it is described. Gathered first, then never changed.</summary>
public sealed record DatabaseFacts
{
    /// <summary>The database, defaulted and free of violations.</summary>
    public required IDatabase Database { get; init; }

    /// <summary>Its catalog version.</summary>
    public required ICatalogVersion Version { get; init; }

    /// <summary>The credential; null when authentication is off.</summary>
    public Credential? Credential { get; init; }

    /// <summary>Content of the secrets of <see cref="IEngine.References"/>, by name.</summary>
    public IReadOnlyDictionary<string, Secret> Secrets { get; init; } = new Dictionary<string, Secret>();

    /// <summary>The databases of <see cref="IEngine.DatabaseReferences"/>, by role.</summary>
    public IReadOnlyDictionary<string, PeerFacts> Peers { get; init; } = new Dictionary<string, PeerFacts>();

    /// <summary>The applications of <see cref="IEngine.Applications"/>, by role; an optional one that is not there is missing.</summary>
    public IReadOnlyDictionary<string, ApplicationFacts> Applications { get; init; } = new Dictionary<string, ApplicationFacts>();

    /// <summary>The optional kinds of <see cref="IEngine.OwnedKinds"/> that the API server serves.</summary>
    public IReadOnlyList<ResourceType> OfferedKinds { get; init; } = [];

    /// <summary>
    /// The database was complete once: its servers hold data of one whole, so that none of them may begin anew by itself.
    /// </summary>
    public bool WasProvisioned { get; init; }

    /// <summary>The claims of the database, also those that an earlier one of its name left, in the order of their names.</summary>
    public IReadOnlyList<ClaimFacts> Claims { get; init; } = [];

    /// <summary>Why its certificates can not be used yet; null when they can, or it needs none.</summary>
    public Outcome? PendingCertificates { get; init; }

    /// <summary>What the API server offers.</summary>
    public required ServerOffers Offers { get; init; }

    /// <summary>True when the service account named by the pod template exists and is not ours: then neither it nor a role is described.</summary>
    public bool ForeignServiceAccount { get; init; }
}

/// <summary>A claim, as far as a database is described by it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataOf">
/// Whose data is on its volume, in the words of the engine, as the database that made it said (<see cref="DatabaseLabels.DataOf"/>); null where it said
/// nothing.
/// </param>
public sealed record ClaimFacts(string Name, string? DataOf = null);

/// <summary>The optional parts of the API server.</summary>
/// <param name="PolicyV1">policy/v1; otherwise policy/v1beta1.</param>
/// <param name="ServiceMonitors">monitoring.coreos.com/v1.</param>
/// <param name="CertManager">cert-manager.io/v1.</param>
public sealed record ServerOffers(bool PolicyV1, bool ServiceMonitors, bool CertManager);
