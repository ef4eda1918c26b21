using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>How a new database is filled.</summary>
public sealed record InitSpec
{
    /// <summary>Restore to a point in time.</summary>
    public ArchiverRecovery? Archiver { get; init; }

    /// <summary>Set by the operator once the database was provisioned; initialisation never runs again.</summary>
    public bool Initialized { get; init; }

    /// <summary>Scripts to run: a volume source, with scriptPath and git beside it.</summary>
    [Shape(FragmentShape.InitScript)]
    public JsonFragment? Script { get; init; }

    /// <summary>Stay in Provisioning until an external restore reports success.</summary>
    public bool WaitForInitialRestore { get; init; }
}

/// <summary>Restore to a point in time.</summary>
public sealed record ArchiverRecovery
{
    /// <summary>Secret with the encryption key.</summary>
    public RequiredReference? EncryptionSecret { get; init; }

    /// <summary>Repository of full backups.</summary>
    [JsonPropertyName("fullDBRepository")]
    public RequiredReference? FullDbRepository { get; init; }

    /// <summary>What else is restored.</summary>
    public ManifestOptions? ManifestOptions { get; init; }

    /// <summary>Repository of manifests.</summary>
    public RequiredReference? ManifestRepository { get; init; }

    /// <summary>The point in time.</summary>
    [RequiredField]
    public DateTimeOffset RecoveryTimestamp { get; init; }

    /// <summary>How replicas get the data.</summary>
    [OneOf("fscopy", "clone", "sync", "none")]
    public string? ReplicationStrategy { get; init; }
}

/// <summary>What a restore brings back besides the data.</summary>
public sealed record ManifestOptions
{
    /// <summary>Restore the archiver.</summary>
    [SchemaDefault("false")]
    public bool Archiver { get; init; }

    /// <summary>The archiver.</summary>
    public RequiredReference? ArchiverRef { get; init; }

    /// <summary>Restore the initial scripts.</summary>
    [SchemaDefault("false")]
    public bool InitScript { get; init; }
}

/// <summary>A look into <c>spec.init.script</c>.</summary>
/// <param name="ScriptPath">Path within the volume to run; null for all of it.</param>
/// <param name="Git">Settings of git-sync; null when the volume is not cloned.</param>
/// <param name="VolumeSource">The volume source; empty when only git is given.</param>
public sealed record InitScript(string? ScriptPath, JsonObject? Git, JsonObject VolumeSource)
{
    /// <summary>Reads the fragment; null when it is not an object.</summary>
    public static InitScript? Read(JsonFragment? script)
    {
        if (script?.ToNode() is not JsonObject source)
            return null;
        var path = source.Remove("scriptPath", out var text) ? text.AsText() : null;
        var git = source.Remove("git", out var node) ? node as JsonObject : null;
        return new InitScript(path, git, source);
    }
}
