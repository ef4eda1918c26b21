using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Conversion;

/// <summary>
/// Converts a kind between an older version and its hub, the version that is stored and that the operators read. Pure, and without loss: what one
/// version can not say is kept in an annotation of the other one (<c>kubedb.com/v1-fields</c> on an object of v1alpha2 and the other way round),
/// which is taken off on the way back. An edit of a field wins over what is kept of it. Identity, both ways and over any number of turns, holds by
/// construction, whatever <see cref="Up"/> and <see cref="Down"/> leave out: what is kept is the difference between the object and what
/// converting there and back makes of it.
/// </summary>
public abstract class KindConversion
{
    private readonly string _hubFields;
    private readonly string _olderFields;

    /// <summary>A conversion of the kind.</summary>
    /// <param name="hub">The kind in its stored version.</param>
    /// <param name="version">The older version, such as <c>v1alpha2</c>.</param>
    protected KindConversion(ResourceType hub, string version)
    {
        Hub = hub;
        Older = new ResourceType(hub.Group, version, hub.Plural, hub.Kind, hub.Namespaced);
        _hubFields = $"{hub.Group}/{hub.Version}-fields";
        _olderFields = $"{hub.Group}/{version}-fields";
    }

    /// <summary>The kind in its stored version.</summary>
    public ResourceType Hub { get; }

    /// <summary>The kind in the older version.</summary>
    public ResourceType Older { get; }

    /// <summary>
    /// The record of the fields of <c>spec</c> that the older version has otherwise, for its schema: each replaces or adds to those of the hub;
    /// <see cref="Schema.WithoutFieldsAttribute"/> names those that it lacks.
    /// </summary>
    public abstract Type Fields { get; }

    /// <summary>Makes an object of the older version one of the hub, in place.</summary>
    /// <exception cref="ConversionException">A value has no counterpart, or the annotation that keeps fields was damaged.</exception>
    public void ToHub(JsonObject older)
    {
        ArgumentNullException.ThrowIfNull(older);
        var kept = KeptFields.Take(older, _hubFields);
        KeptFields.Drop(older, _olderFields);
        older["apiVersion"] = Hub.ApiVersion;
        if (older["spec"] is not JsonObject spec)
            return;
        var hub = (JsonObject)spec.DeepClone();
        Up(hub);
        Settle(hub, kept.RestoreInto(hub));
        var back = (JsonObject)hub.DeepClone();
        Down(back);
        KeptFields.Difference(back, spec).PutOn(older, _olderFields);
        older["spec"] = hub;
    }

    /// <summary>Makes an object of the hub one of the older version, in place. Every object that can be stored can be read so.</summary>
    public void FromHub(JsonObject hub)
    {
        ArgumentNullException.ThrowIfNull(hub);
        var kept = KeptFields.TakeReadable(hub, _olderFields);
        KeptFields.Drop(hub, _hubFields);
        hub["apiVersion"] = Older.ApiVersion;
        if (hub["spec"] is not JsonObject spec)
            return;
        var older = (JsonObject)spec.DeepClone();
        Down(older);
        kept.RestoreInto(older);
        var back = (JsonObject)older.DeepClone();
        Up(back);
        KeptFields.Difference(back, spec).PutOn(hub, _hubFields);
        hub["spec"] = older;
    }

    /// <summary>Makes a spec of the older version one of the hub, in place. What it does not know stays as it is.</summary>
    /// <exception cref="ConversionException">A value has no counterpart; never for what <see cref="Down"/> made.</exception>
    protected abstract void Up(JsonObject spec);

    /// <summary>Makes a spec of the hub one of the older version, in place; what that one has no place for is taken out. Never fails.</summary>
    protected abstract void Down(JsonObject spec);

    /// <summary>
    /// The last word on a spec of the hub in which kept fields were put back: where two fields of the hub mean the same, the one that was edited in
    /// the older version has to win.
    /// </summary>
    /// <param name="spec">The spec, with the kept fields.</param>
    /// <param name="edited">Fields of it that differ from what they were when they were kept, such as <c>cluster.replicas</c>.</param>
    protected virtual void Settle(JsonObject spec, IReadOnlyCollection<string> edited)
    {
    }
}
