using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>Scripts that fill a new database: where they come from, and who fetches them. Pure.</summary>
internal static class InitObjects
{
    private const string Volume = "init-volume";
    private const string SecretVolume = "git-secret";
    private const string DefaultRoot = "/git";
    private const string Root = "--root=";

    /// <summary>Where the server finds the scripts.</summary>
    public static V1VolumeMount Mount { get; } = PodParts.Mount(Volume, "/init");

    /// <summary>The volumes that the scripts need.</summary>
    public static IEnumerable<JsonObject> Volumes(InitScript script)
    {
        var source = script.VolumeSource.Count > 0 ? script.VolumeSource.DeepClone().AsObject() : new JsonObject { ["emptyDir"] = new JsonObject() };
        source.Insert(0, "name", Volume);
        yield return source;
        if (Secret(script.Git) is { } secret)
            yield return Manifests.ToJson(PodParts.SecretVolume(SecretVolume, secret, mode: 0b100_000_000));
    }

    /// <summary>The init container that clones the scripts once.</summary>
    /// <param name="git">The user's settings.</param>
    /// <param name="image">Image of git-sync.</param>
    /// <param name="user">User it runs as; null for the image's.</param>
    public static JsonObject GitSync(JsonObject git, string image, long? user)
    {
        var args = (git["args"] as JsonArray)?.DeepClone().AsArray() ?? [];
        var root = args.Select(a => a.AsText()).FirstOrDefault(a => a?.StartsWith(Root, StringComparison.Ordinal) ?? false)?[Root.Length..];
        if (root is null)
            args.Add((JsonNode)(Root + DefaultRoot));
        if (!args.Any(a => a.AsText()?.StartsWith("--one-time", StringComparison.Ordinal) ?? false))
            args.Add((JsonNode)"--one-time");
        var container = Manifests.ToJson(new V1Container
        {
            Name = "git-sync",
            Image = image,
            VolumeMounts =
            [
                PodParts.Mount(Volume, root ?? DefaultRoot),
                .. Secret(git) is null ? (V1VolumeMount[])[] : [PodParts.Mount(SecretVolume, "/etc/git-secret")],
            ],
        });
        container["args"] = args;
        foreach (var name in (ReadOnlySpan<string>)["env", "resources", "securityContext"])
        {
            if (git[name] is { } value)
                container[name] = value.DeepClone();
        }

        if (ContainerDefaults.EnsureObject(container, "securityContext") is { } context)
            ContainerDefaults.SecurityContext(context, user);
        return container;
    }

    private static string? Secret(JsonObject? git) => git?["authSecret"].Member("name").AsText() is { Length: > 0 } name ? name : null;
}
