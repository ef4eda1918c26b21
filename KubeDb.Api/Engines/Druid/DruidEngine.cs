using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Druid.Client;
using KubeDb.Api.Engines.Druid.Configuration;
using KubeDb.Api.Engines.Druid.Dependencies;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Catalog;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Ops;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kinds.Shared;
using DruidDatabase = KubeDb.Api.Kinds.Kubedb.Druid;

namespace KubeDb.Api.Engines.Druid;

/// <summary>Druid, a cluster of servers in several roles.</summary>
public sealed class DruidEngine : IEngine
{
    private readonly DruidHealth _health;

    /// <summary>Talks to servers through the given dialer and clock.</summary>
    public DruidEngine(IEngineDialer dialer, TimeProvider time)
    {
        var client = new DruidClient(dialer, time);
        _health = new DruidHealth(client, time);
        Restarts = new DruidRestarts(client);
        Configuration = new DruidConfigurationEngine(client);
        Tls = new DruidTlsServers(client);
    }

    /// <inheritdoc/>
    public EngineKinds Kinds { get; } = new(
        "Druid",
        DruidDatabase.Resource,
        DruidVersion.Resource,
        DruidOpsRequest.Resource,
        DruidDatabase.Decode,
        DruidVersion.Decode,
        DruidOpsRequest.Decode);

    /// <inheritdoc/>
    public string DefaultUser => DruidNames.Admin;

    /// <inheritdoc/>
    public IReadOnlyList<OwnedKind> OwnedKinds => DruidApplications.Kinds;

    /// <inheritdoc/>
    public IRestartStrategy Restarts { get; }

    /// <inheritdoc/>
    public IConfigurationEngine? Configuration { get; }

    /// <inheritdoc/>
    public ITlsEngine? Tls { get; }

    /// <inheritdoc/>
    public EngineSentences Sentences => DruidSentences.All;

    /// <inheritdoc/>
    public IDatabase Default(IDatabase database, ICatalogVersion? version) => DruidDefaults.Apply((DruidDatabase)database, version as DruidVersion);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(IDatabase database, ICatalogVersion? version)
    {
        var druid = (DruidDatabase)database;
        return [.. DruidValidation.Check(druid, version as DruidVersion), .. version is null ? [] : Configuration!.CheckInline(druid.Spec.Configuration, version)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(IOpsRequest request, IDatabase? database, VersionLookup versions) => DruidOpsRequestValidation.Check(
        (DruidOpsRequest)request, database as DruidDatabase, name => versions(name) as DruidVersion);

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(DatabaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var violations = Configuration!.CheckSecret(facts).ToList();
        if (facts.Credential is { Username: not DruidNames.Admin } credential)
        {
            violations.Add(new(
                "spec.authSecret",
                DruidReasons.AdministratorNameInvalid,
                $"the auth secret has the user name \"{credential.Username}\": the only user of a new Druid is {DruidNames.Admin}. Set the key username of the secret to {DruidNames.Admin}."));
        }

        if (MetadataStorage.Of(facts).Problem is { } storage)
            violations.Add(storage);
        if (ZooKeeperConnection.Problem(facts) is { } keeper)
            violations.Add(keeper);
        return violations;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SpecWarning> Warnings(DatabaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return [.. DruidValidation.Warnings(((DruidDatabase)facts.Database).Spec), .. DeepStorageWarnings(facts), .. Configuration!.OwnedWarnings(facts)];
    }

    /// <inheritdoc/>
    public IEnumerable<UserFragment> Fragments(IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        var druid = (DruidDatabase)database;
        return UserFragment.Of(database.Spec).Concat(DruidDescription.RolesOf(druid)
            .Where(r => druid.Spec.Topology?.Of(r.Name)?.PodTemplate?.Spec is not null)
            .Select(r => new UserFragment($"spec.topology.{r}.podTemplate.spec", FragmentShape.PodSpec, druid.Spec.Topology!.Of(r.Name)!.PodTemplate!.Spec!)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<SecretReference> References(IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        var druid = (DruidDatabase)database;
        var references = new List<SecretReference>();
        if (druid.Spec.Configuration?.SecretName is { Length: > 0 } configuration)
            references.Add(new(configuration, "spec.configuration.secretName", []));
        if (druid.Spec.DeepStorage?.ConfigSecret is { Name.Length: > 0 } storage)
            references.Add(new(storage.Name, "spec.deepStorage.configSecret.name", []));
        return [.. references, .. DruidTls.References(database), .. DruidSecrets.References(druid)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ApplicationReference> Applications(IDatabase database) => DruidApplications.Of((DruidDatabase)database);

    /// <inheritdoc/>
    public IReadOnlyList<Certificates.CertificateWish> Certificates(IDatabase database) => DruidTls.Certificates(database);

    /// <inheritdoc/>
    public string? CredentialSecretName(IDatabase database) => DatabaseDescription.CredentialSecret(database);

    /// <inheritdoc/>
    public Blueprint Describe(DatabaseFacts facts) => DruidBlueprint.Describe(facts);

    /// <summary>Every password that a server may print: those of the cluster, and those of what it depends on.</summary>
    public IEnumerable<string> Confidential(DatabaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var secrets = new DruidSecrets(facts);
        string?[] words =
        [
            facts.Credential?.Password, secrets.InternalClientPassword, MetadataStorage.Of(facts).Connection?.Password, ZooKeeperConnection.Of(facts)?.Password,
            .. DruidConfig.DeepStorage(facts).Properties.Where(p => IsSecret(p.Key)).Select(p => p.Value),
        ];
        return words.Where(w => !string.IsNullOrEmpty(w)).Select(w => w!);
    }

    /// <inheritdoc/>
    public Task<HealthReport> ProbeAsync(DatabaseInstances instances, CancellationToken cancel) => _health.ProbeAsync(instances, cancel);

    /// <inheritdoc/>
    public Task<MaintenanceReport> MaintainAsync(DatabaseInstances instances, CancellationToken cancel) => _health.MaintainAsync(instances, cancel);

    /// <inheritdoc/>
    public IReadOnlyList<PodGroup> Groups(IDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        var druid = (DruidDatabase)database;
        return
        [
            .. from role in DruidDescription.RolesOf(druid)
               let node = druid.Spec.Topology?.Of(role.Name) ?? new()
               select new PodGroup
               {
                   PetSet = DruidDescription.NameOf(druid, role),
                   Role = role.Name,
                   Replicas = node.Replicas ?? 1,
                   Path = $"spec.topology.{role}",
                   Container = DruidNames.ServerContainer,
                   Template = node.PodTemplate,
                   Storage = (node as DruidDataNode)?.Storage,
               },
        ];
    }

    /// <inheritdoc/>
    public SpecChange Change(IOpsRequest request, DatabaseFacts current, VersionLookup versions)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(current);
        return request.Type switch
        {
            OpsRequestTypes.Reconfigure => SpecChange.Of(Configuration!.Plan(request, current), Groups(current.Database), "configSecret"),
            OpsRequestTypes.ReconfigureTls when request.Tls is { } change => DruidTls.Change(change, current.Database),
            _ => SpecChange.None,
        };
    }

    private static IEnumerable<SpecWarning> DeepStorageWarnings(DatabaseFacts facts)
    {
        var storage = ((DruidDatabase)facts.Database).Spec.DeepStorage;
        var said = DruidConfig.DeepStorage(facts).Properties["druid.storage.type"];
        if (said != storage?.Type)
            yield return new("spec.deepStorage.type", DruidReasons.DeepStorageInvalid, $"spec.deepStorage.type is \"{storage?.Type}\", but the secret that spec.deepStorage.configSecret names says druid.storage.type={said}, which counts. Make both the same.");
        if (said == "local")
            yield return new("spec.deepStorage", DruidReasons.DeepStorageInvalid, "The secret that spec.deepStorage.configSecret names says druid.storage.type=local: segments are lost to other pods, unless its directory is a volume that coordinators, overlords, middle managers and historicals share.");
    }

    private static bool IsSecret(string property) =>
        ((string[])["secret", "password", "key", "token", "pwd"]).Any(w => property.Contains(w, StringComparison.OrdinalIgnoreCase));
}
