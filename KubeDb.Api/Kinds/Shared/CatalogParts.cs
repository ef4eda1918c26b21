using KubeDb.Api.Kinds.Schema;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>A container image of the catalog.</summary>
public sealed record CatalogImage
{
    /// <summary>The image.</summary>
    [RequiredField]
    public string Image { get; init => field = value ?? ""; } = "";
}

/// <summary>Names of pod security policies, for clusters that still have them.</summary>
public sealed record PodSecurityPolicies
{
    /// <summary>Policy of the database's pods.</summary>
    [RequiredField]
    public string DatabasePolicyName { get; init => field = value ?? ""; } = "";
}

/// <summary>Security context of containers of a version.</summary>
public sealed record CatalogSecurityContext
{
    /// <summary>User the containers run as.</summary>
    public long? RunAsUser { get; init; }
}

/// <summary>Which versions a database may move to: semantic version ranges.</summary>
public sealed record UpdateConstraints
{
    /// <summary>Ranges that permit a target; none permits all.</summary>
    public IReadOnlyList<string> Allowlist { get; init => field = value ?? []; } = [];

    /// <summary>Ranges that forbid a target, whatever the allowlist says.</summary>
    public IReadOnlyList<string> Denylist { get; init => field = value ?? []; } = [];
}

/// <summary>Legacy backup add-on.</summary>
public sealed record StashSpec
{
    /// <summary>The add-on.</summary>
    public StashAddon? Addon { get; init; }
}

/// <summary>Legacy backup add-on.</summary>
public sealed record StashAddon
{
    /// <summary>Task that backs up.</summary>
    [RequiredField]
    public StashTask? BackupTask { get; init; }

    /// <summary>Task that restores.</summary>
    [RequiredField]
    public StashTask? RestoreTask { get; init; }
}

/// <summary>A legacy backup task.</summary>
public sealed record StashTask
{
    /// <summary>Name of the task.</summary>
    [RequiredField]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Parameters of the task.</summary>
    public IReadOnlyList<StashParameter>? Params { get; init; }
}

/// <summary>A parameter of a legacy backup task.</summary>
public sealed record StashParameter
{
    /// <summary>Name.</summary>
    [RequiredField]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Value.</summary>
    [RequiredField]
    public string Value { get; init => field = value ?? ""; } = "";
}

/// <summary>A user interface chart of a version.</summary>
public sealed record CatalogUserInterface
{
    /// <summary>Do not install it.</summary>
    public bool Disable { get; init; }

    /// <summary>Name of the chart.</summary>
    [RequiredField]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Values of the chart.</summary>
    [Shape(FragmentShape.Any)]
    public JsonFragment? Values { get; init; }

    /// <summary>Version of the chart.</summary>
    public string? Version { get; init; }
}
