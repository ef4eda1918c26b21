using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Provisioner.Databases;

/// <summary>What becomes of an object that holds data when its database is deleted.</summary>
internal enum Fate
{
    /// <summary>It stays, and the database no longer owns it.</summary>
    Kept,

    /// <summary>It is deleted with the database.</summary>
    Deleted,
}

/// <summary>What the deletion of a database means for its data. Workloads, services and configuration always go.</summary>
/// <param name="IsRefused">Nothing is deleted; the database goes on serving.</param>
/// <param name="Claims">Fate of the claims.</param>
/// <param name="Credential">Fate of the credential, where it is the database's alone (<see cref="CredentialFate"/>).</param>
internal sealed record DeletionPlan(bool IsRefused, Fate Claims, Fate Credential)
{
    /// <summary>The plan of a policy. One that is not known keeps everything.</summary>
    public static DeletionPlan For(string? policy) => policy switch
    {
        DeletionPolicies.DoNotTerminate => new(true, Fate.Kept, Fate.Kept),
        DeletionPolicies.WipeOut => new(false, Fate.Deleted, Fate.Deleted),
        DeletionPolicies.Delete or null or "" => new(false, Fate.Deleted, Fate.Kept),
        _ => new(false, Fate.Kept, Fate.Kept),
    };

    /// <summary>The fate of a credential secret.</summary>
    /// <param name="isOwn">Its labels say that it is managed, and of this database.</param>
    /// <param name="isExternal">The user manages it.</param>
    /// <param name="isShared">Another database names it too.</param>
    public Fate CredentialFate(bool isOwn, bool isExternal, bool isShared) => isOwn && !isExternal && !isShared ? Credential : Fate.Kept;
}
