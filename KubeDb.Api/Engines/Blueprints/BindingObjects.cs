using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Blueprints;

/// <summary>What is said of a database to programs (the AppBinding), and to its own pods (the config secret). Pure.</summary>
internal static class BindingObjects
{
    /// <summary>How programs find and reach the database. Adds the reference to the database, the credential and the version.</summary>
    /// <param name="d">The database.</param>
    /// <param name="type">Kind of application, such as the group and the engine.</param>
    /// <param name="client">Where it listens.</param>
    /// <param name="parameters">Settings for clients; null for none.</param>
    /// <param name="tlsSecret">Secret with the certificate that clients show; null without TLS.</param>
    public static DesiredObject AppBinding(DatabaseDescription d, string type, AppClientConfig client, JsonObject? parameters, string? tlsSecret = null)
    {
        var kind = d.Facts.Database.Type;
        var spec = KindsJson.ToObject(new AppBinding
        {
            Spec = new()
            {
                AppRef = new() { ApiGroup = kind.Group, Kind = kind.Kind, Name = d.Name, Namespace = d.Namespace },
                ClientConfig = client,
                Parameters = parameters is null ? null : JsonFragment.From(parameters),

                // An empty group is left out: Kubernetes 1.20 turns it into null in a server-side apply, and refuses that.
                Secret = d.AuthSecret is { } secret ? new() { ApiGroup = d.CommonSpec.AuthSecret?.ApiGroup, Kind = "Secret", Name = secret } : null,
                TlsSecret = tlsSecret is null ? null : new() { Name = tlsSecret },
                Type = type,
                Version = d.Facts.Version.Version,
            },
        })["spec"]!.DeepClone();
        return new(Kinds.AppCatalog.AppBinding.Resource, new()
        {
            ["apiVersion"] = Kinds.AppCatalog.AppBinding.Resource.ApiVersion,
            ["kind"] = Kinds.AppCatalog.AppBinding.Resource.Kind,
            ["metadata"] = Manifests.ToJson(d.Offshoot.Metadata(d.Name, d.Offshoot.Labels(), d.Offshoot.Annotations())),
            ["spec"] = spec,
        }) { CreatedEvent = "Successfully created appbinding" };
    }

    /// <summary>The parameters that name the tasks of the legacy backup add-on; null when the version names none.</summary>
    public static JsonObject? StashParameters(StashSpec? stash) =>
        stash?.Addon is { BackupTask.Name: { Length: > 0 } backup, RestoreTask.Name: { Length: > 0 } restore }
            ? new()
            {
                ["addon"] = new JsonObject
                {
                    ["backupTask"] = new JsonObject { ["name"] = backup },
                    ["restoreTask"] = new JsonObject { ["name"] = restore },
                },
            }
            : null;

    /// <summary>A secret with files for the pods.</summary>
    /// <param name="d">The database.</param>
    /// <param name="files">Content by key.</param>
    /// <param name="name">Name of the secret; null for the database's config secret.</param>
    public static DesiredObject ConfigSecret(DatabaseDescription d, IReadOnlyDictionary<string, string> files, string? name = null) =>
        DesiredObject.Of(ResourceTypes.Secret, new V1Secret
        {
            Metadata = d.Offshoot.Metadata(name ?? d.ConfigSecret),
            Type = "Opaque",

            // In base64 as the server stores it: stringData would leave a second field to own.
            Data = new SortedDictionary<string, byte[]>(files.ToDictionary(f => f.Key, f => Encoding.UTF8.GetBytes(f.Value)), StringComparer.Ordinal),
        });
}
