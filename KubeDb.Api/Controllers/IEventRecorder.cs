using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>The object that an event is about.</summary>
/// <param name="ApiVersion">Its API version.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Key">Its namespace and name.</param>
/// <param name="Uid">Its UID.</param>
public sealed record EventTarget(string ApiVersion, string Kind, ObjectKey Key, string Uid)
{
    /// <summary>An observed object.</summary>
    public static EventTarget Of(ResourceType type, ObjectMeta meta) => new(type.ApiVersion, type.Kind, meta.Key, meta.Uid);
}

/// <summary>Tells people what happened to an object, as <c>kubectl describe</c> shows it. Never fails and never waits.</summary>
public interface IEventRecorder
{
    /// <summary>Something went as it should.</summary>
    void Normal(EventTarget target, string reason, string message);

    /// <summary>Something needs attention.</summary>
    void Warning(EventTarget target, string reason, string message);
}
