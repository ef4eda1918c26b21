namespace KubeDb.Api.Kinds.Schema;

/// <summary>Marks a record as a custom resource; group, version, plural, kind and scope come from its <c>Resource</c>.</summary>
/// <param name="singular">Singular name.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CustomResourceAttribute(string singular) : Attribute
{
    /// <summary>Singular name.</summary>
    public string Singular { get; } = singular;

    /// <summary>Short names, separated by commas.</summary>
    public string ShortNames { get; init; } = "";

    /// <summary>Categories, separated by commas.</summary>
    public string Categories { get; init; } = "";

    /// <summary>True when the kind has a status subresource.</summary>
    public bool HasStatus { get; init; } = true;

    /// <summary>
    /// An older version of the kind that is served beside it, with the same schema: fields that only one of the two knows in public are kept under
    /// both, so that nothing is lost whichever way an object is read and written. Empty for none.
    /// </summary>
    public string AlsoServed { get; init; } = "";

    /// <summary>Field below <c>.status</c> that holds the pod selector of the scale subresource; empty for no scale subresource.</summary>
    public string ScaleSelector { get; init; } = "";
}

/// <summary>A column that <c>kubectl get</c> prints, in order of declaration.</summary>
/// <param name="name">Heading.</param>
/// <param name="type">OpenAPI type, or <c>date</c>.</param>
/// <param name="path">JSON path of the value.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class PrinterColumnAttribute(string name, string type, string path) : Attribute
{
    /// <summary>Heading.</summary>
    public string Name { get; } = name;

    /// <summary>OpenAPI type, or <c>date</c>.</summary>
    public string Type { get; } = type;

    /// <summary>JSON path of the value.</summary>
    public string Path { get; } = path;

    /// <summary>0: always printed; above: only with <c>-o wide</c>.</summary>
    public int Priority { get; init; }
}

/// <summary>
/// The field never changes. Servers that know CEL (1.25 and newer) refuse a change; the Provisioner refuses it everywhere
/// (<c>IEngine.CheckUpdate</c>), since an older server drops the rule from the definition.
/// </summary>
/// <param name="message">What is said of a change: what never changes, and what to do instead.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ImmutableAttribute(string message) : Attribute
{
    /// <summary>What is said of a change.</summary>
    public string Message { get; } = message;

    /// <summary>The text that an absent field stands for, so that absent and the default count as equal; null where absent is a value of its own.</summary>
    public string? Default { get; init; }

    /// <summary>Boolean field inside this one from which on it never changes again; null for from the beginning.</summary>
    public string? Once { get; init; }
}

/// <summary>The API server refuses objects without this field (where its parent is given).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredFieldAttribute : Attribute;

/// <summary>The API server refuses other values.</summary>
/// <param name="values">The values, as text.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute(params string[] values) : Attribute
{
    /// <summary>The values.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>Narrows a field of the items of a list to some values where the list is used; the item's type is shared between kinds.</summary>
/// <param name="field">JSON name of the item's field.</param>
/// <param name="values">The values.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemOneOfAttribute(string field, params string[] values) : Attribute
{
    /// <summary>JSON name of the item's field.</summary>
    public string Field { get; } = field;

    /// <summary>The values.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>The API server fills in this value.</summary>
/// <param name="json">The value as JSON.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchemaDefaultAttribute(string json) : Attribute
{
    /// <summary>The value as JSON.</summary>
    public string Json { get; } = json;
}

/// <summary>The list is a map: server-side apply merges items by these fields, and two items with equal ones are refused.</summary>
/// <param name="keys">JSON names of the key fields.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MapListAttribute(params string[] keys) : Attribute
{
    /// <summary>JSON names of the key fields.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary>Names fields of the stored version of a kind that an older version lacks; on the record of the fields that this one has otherwise.</summary>
/// <param name="names">JSON names of the fields.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class WithoutFieldsAttribute(params string[] names) : Attribute
{
    /// <summary>JSON names of the fields.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}

/// <summary>Schema of a <see cref="Kubernetes.JsonFragment"/>.</summary>
/// <param name="shape">The schema.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ShapeAttribute(FragmentShape shape) : Attribute
{
    /// <summary>The schema.</summary>
    public FragmentShape Shape { get; } = shape;
}

/// <summary>
/// The Kubernetes-owned pieces of JSON that custom resources carry. Their first level is declared (so that <c>kubectl explain</c> and type
/// errors work); below it unknown fields are kept, because a newer Kubernetes knows more than this code.
/// </summary>
public enum FragmentShape
{
    /// <summary>Any JSON value.</summary>
    Any,

    /// <summary>Any JSON object.</summary>
    AnyObject,

    /// <summary>Pod spec of a pod template; unknown fields are kept at the first level too.</summary>
    PodSpec,

    /// <summary>Pod spec of v1alpha2, with the settings of the server's container beside those of the pod; unknown fields are kept at the first level too.</summary>
    FlatPodSpec,

    /// <summary>A whole pod template of a workload.</summary>
    WorkloadPodTemplate,

    /// <summary>Spec of a persistent volume claim.</summary>
    VolumeClaimSpec,

    /// <summary>Overrides of a service's spec.</summary>
    ServiceSpec,

    /// <summary>Resource requests and limits.</summary>
    Resources,

    /// <summary>Security context of a container.</summary>
    ContainerSecurityContext,

    /// <summary>Label selector.</summary>
    LabelSelector,

    /// <summary>Volume source of an initial script, with <c>scriptPath</c> and <c>git</c> beside it.</summary>
    InitScript,

    /// <summary>Volume source that holds moved segments, with where and how it is mounted beside it.</summary>
    VolumeTier,
}
