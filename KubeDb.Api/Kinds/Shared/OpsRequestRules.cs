using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>The rules that requests on databases of every engine keep, judged from the objects alone.</summary>
public static class OpsRequestRules
{
    /// <summary>The database is there, and the timeout is a duration.</summary>
    /// <param name="request">The request.</param>
    /// <param name="database">The database; null when there is none of that name.</param>
    /// <param name="timeout">The text of <c>spec.timeout</c>.</param>
    public static IEnumerable<Violation> Common(IOpsRequest request, IDatabase? database, string? timeout)
    {
        if (database is null)
            yield return new("spec.databaseRef", Reasons.DatabaseNotFound, $"spec.databaseRef {request.Metadata.Namespace}/{request.DatabaseName}, is invalid or not found");
        if (!string.IsNullOrEmpty(timeout) && GoDuration.Parse(timeout) is not { Ticks: > 0 })
            yield return new("spec.timeout", Reasons.DurationInvalid, $"spec.timeout \"{timeout}\" is no duration such as 5m");
    }

    /// <summary>A request never changes once it is made.</summary>
    /// <param name="before">Its spec as it was.</param>
    /// <param name="after">Its spec as it is to become.</param>
    /// <param name="kind">Kind of the request.</param>
    public static IReadOnlyList<Violation> Update(JsonObject before, JsonObject after, string kind) => JsonNode.DeepEquals(before, after)
        ? []
        : [new("spec", Reasons.OpsSpecImmutable, $"spec can not be changed after creation: create another {kind}")];

    /// <summary>The catalog has both versions and allows the move.</summary>
    /// <param name="update">The block of the request.</param>
    /// <param name="database">The database.</param>
    /// <param name="kind">The kind of catalog versions.</param>
    /// <param name="versions">The catalog: the version of a name, or null.</param>
    public static IEnumerable<Violation> UpdateVersion(
        UpdateVersionSpec? update, IDatabase database, ResourceType kind, Func<string, ICatalogVersion?> versions)
    {
        const string Path = "spec.updateVersion.targetVersion";
        if (string.IsNullOrEmpty(update?.TargetVersion))
            return [Missing(Path)];
        var (fromName, toName) = (database.Spec.Version, update.TargetVersion);
        if (versions(toName) is not { } target || SemanticVersion.Parse(target.Version) is not { } to)
            return [new(Path, Reasons.VersionNotFound, $"failed to get {kind.Kind}: {toName}. Name a version of the catalog (kubectl get {kind.Plural} lists them)")];
        if (versions(fromName) is not { } source || SemanticVersion.Parse(source.Version) is not { } from)
            return [new(Path, Reasons.VersionNotFound, $"failed to get {kind.Kind}: {fromName}, which the database runs. Put it back into the catalog")];
        if (source.Distribution != target.Distribution && from.Major != to.Major)
            return [new(Path, Reasons.UpdateNotAllowed, $"can't upgrade {source.Distribution} to {target.Distribution} with a different major version")];

        // A deprecated version has no constraints; data of a newer server can not be read by an older one in any case.
        var listed = source.UpdateConstraints is { Allowlist.Count: > 0 };
        return VersionConstraint.Permits(source.UpdateConstraints, to) && (listed || to >= from)
            ? []
            : [new(Path, Reasons.UpdateNotAllowed, $"upgrade from version {fromName} to {toName} is not supported")];
    }

    /// <summary>The size asked for is above the present one.</summary>
    /// <param name="size">The size.</param>
    /// <param name="path">Field that holds it.</param>
    /// <param name="storageType">Storage type of the database.</param>
    /// <param name="storage">Claim spec of the volumes that are to grow.</param>
    public static IEnumerable<Violation> VolumeSize(Quantity? size, string path, string? storageType, JsonFragment? storage)
    {
        if (size is null)
            return [Missing(path)];
        if (storageType == StorageTypes.Ephemeral)
            return [new("spec.volumeExpansion", Reasons.VolumeSizeInvalid, "a database with Ephemeral storage has no volumes to expand")];
        if (size.Value is not > 0)
            return [new(path, Reasons.VolumeSizeInvalid, $"{path} \"{size}\" is no amount above zero, such as 2Gi")];
        return VolumeClaims.Request(storage) is { } present && size.Value <= present
            ? [new(path, Reasons.VolumeSizeInvalid, $"{path} {size} is not above the present size {VolumeClaims.RequestText(storage)}")]
            : [];
    }

    /// <summary>The change of configuration changes something.</summary>
    /// <param name="change">The block of the request.</param>
    /// <param name="own">Fields that only this engine has, each with whether it is given.</param>
    public static IEnumerable<Violation> Reconfigure(IReconfigureSpec? change, params (string Field, bool IsGiven)[] own)
    {
        if (change is null)
            return [Missing("spec.configuration")];
        var given = change.RemoveCustomConfig || change.ApplyConfig is { Count: > 0 } || !string.IsNullOrEmpty(change.ConfigSecret?.Name) || own.Any(o => o.IsGiven);
        return given
            ? []
            : [new("spec.configuration", Reasons.ReconfigureInvalid, $"spec.configuration needs at least one of {string.Join(", ", ["removeCustomConfig", "configSecret", "applyConfig", .. own.Select(o => o.Field)])}")];
    }

    /// <summary>The change of TLS says exactly one thing.</summary>
    public static IEnumerable<Violation> ReconfigureTls(ITlsChangeSpec? change)
    {
        if (change is null)
            return [Missing("spec.tls")];
        var wishes = (change.Remove ? 1 : 0) + (change.RotateCertificates ? 1 : 0) + (change.IssuerRef is not null || change.Certificates.Count > 0 ? 1 : 0);
        return wishes != 1
            ? [new("spec.tls", Reasons.ReconfigureTlsInvalid, "spec.tls needs exactly one of remove, rotateCertificates, and issuerRef or certificates")]
            : CertificateRules.Check(change.IssuerRef, change.Certificates);
    }

    /// <summary>There is a credential, and the new one is named or left out.</summary>
    public static IEnumerable<Violation> RotateAuth(AuthenticationSpec? authentication, IDatabaseSpec database)
    {
        if (database.DisableAuth)
            return [new("spec.type", Reasons.RotateAuthInvalid, "RotateAuth is not allowed: the database runs without authentication (spec.disableAuth)")];
        return authentication?.SecretRef is { Name.Length: 0 }
            ? [new("spec.authentication.secretRef.name", Reasons.RotateAuthInvalid, "spec.authentication.secretRef.name is empty: name a secret, or leave out secretRef to have a password generated")]
            : [];
    }

    /// <summary>There is a storage class to move to and one to move from, and the migration is bounded.</summary>
    public static IEnumerable<Violation> StorageMigration(StorageMigrationSpec? migration, string? timeout, IDatabaseSpec database)
    {
        if (string.IsNullOrEmpty(migration?.StorageClassName))
            yield return Missing("spec.migration.storageClassName");
        if (string.IsNullOrEmpty(timeout))
            yield return new("spec.timeout", Reasons.MigrationInvalid, "spec.timeout is missing: a storage migration needs a bound, such as 30m");
        if (database.StorageType == StorageTypes.Ephemeral || string.IsNullOrEmpty(VolumeClaims.StorageClass(database.Storage)))
            yield return new("spec.migration", Reasons.MigrationInvalid, "the database names no storage class (spec.storage.storageClassName) to move from");
    }

    /// <summary>A type that the engine does not know.</summary>
    public static Violation TypeNotSupported(string type, string kind) => new("spec.type", Reasons.TypeNotSupported, $"spec.type \"{type}\" is not supported for a {kind}");

    /// <summary>The block, or field, that belongs to the type is absent.</summary>
    public static Violation Missing(string path) => new(path, Reasons.OpsBlockMissing, $"{path} is missing");
}
