using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.OpsManager.Execution;

/// <summary>
/// Makes the credential secret again, with the recorded content, when someone deletes it while the request holds the database: without it no
/// pod starts. At other times the Provisioner does that.
/// </summary>
internal sealed class CredentialKeeper(IKubernetesClient client, DatabaseView view, TimeProvider time)
{
    /// <summary>Makes the secret if it is missing.</summary>
    /// <exception cref="ApiException">It can not be made.</exception>
    public async Task KeepAsync(OperationRun run, CancellationToken cancel)
    {
        if (run.Record?.Credential is not { } credential || run.Live.Metadata.IsDeleting
            || run.Database.Spec.AuthSecret is { ExternallyManaged: true } || view.Engine.CredentialSecretName(run.Database) is not { } name)
            return;
        var key = new ObjectKey(run.Live.Metadata.Namespace, name);
        if (view.Caches.SecretIdentity(key) is not null || (await client.GetAsync<Secret>(key, cancel)).OrNotFound() is not null)
            return;
        var create = new ApiRequest
        {
            Verb = ApiVerb.Create,
            Type = Secret.Resource,
            Namespace = key.Namespace,
            Body = CredentialSecret.Manifest(view.Engine, run.Live, name, credential, time.GetUtcNow()),
            FieldManager = FieldManagers.Provisioner,
        };
        var made = await client.SendAsync(create, ObservedKinds.ManagedSecret, cancel);
        if (made.Error is not { Kind: ApiErrorKind.AlreadyExists })
            view.Caches.Secrets.Observe(made.OrThrow());
    }
}
