namespace KubeDb.Api.Kinds.Shared;

/// <summary>The reasons of waits, of events, and of what is told beside the verdicts on a spec.</summary>
public static partial class Reasons
{
#pragma warning disable CS1591 // Each is explained in the table below, which the documentation prints.
    public const string UnknownField = "UnknownField";
    public const string PodTemplateOutdated = "PodTemplateOutdated";
    public const string ConfigurationNotInEffect = "ConfigurationNotInEffect";
    public const string VolumeSizeDiffers = "VolumeSizeDiffers";
    public const string ServerFails = "ServerFails";
    public const string Unreadable = "Unreadable";
    public const string PlacementPolicyNotFound = "PlacementPolicyNotFound";
    public const string AuthSecretRestored = "AuthSecretRestored";
    public const string PauseRemoved = "PauseRemoved";
    public const string Successful = "Successful";
    public const string Halting = "Halting";
    public const string Paused = "Paused";
    public const string DatabaseAppearing = "DatabaseAppearing";
    public const string Merged = "Merged";
    public const string Next = "Next";
    public const string RestartNeeded = "RestartNeeded";
    public const string NotLiveYet = "NotLiveYet";
    public const string ApiError = "ApiError";
    public const string Retrying = "Retrying";
    public const string Unreachable = "Unreachable";
#pragma warning restore CS1591

    /// <summary>Every shared reason with its explanation.</summary>
    public static IReadOnlyList<ReasonEntry> All => field ??= [.. Verdicts, .. Told];

    private static IReadOnlyList<ReasonEntry> Told { get; } =
    [
        new(UnknownField, "A piece of a Kubernetes object in the spec has a field that Kubernetes does not know there; it has no effect.", "Correct or remove the field."),
        new(PodTemplateOutdated, "Pods were made from an older template than the one that is wanted now.", "Make a request of type Restart when it suits."),
        new(ConfigurationNotInEffect, "Servers run with other settings than the configuration says.", "Make a request of type Restart when it suits."),
        new(VolumeSizeDiffers, "The size in the spec is not that of the volumes; editing the spec changes no volume.", "Make a request of type VolumeExpansion, or set the size back."),
        new(ServerFails, "The API server fails each time on an object that the database needs; the message is its sentence. Tried again every 15 s.", "Correct the part of the spec that the message names, or see the server's log."),
        new(Unreadable, "An object can not be read; the message says why.", "Correct the object."),
        new(PlacementPolicyNotFound, "The placement policy that is named does not exist; pods are spread by default until it does.", "Create it, or name another."),
        new(AuthSecretRestored, "The auth secret was deleted while servers use its credential, and was made again with the same content."),
        new(PauseRemoved, "The pause of a request that has ended or is gone was removed."),
        new(Successful, "What the message says was done."),
        new(Halting, "The database is being halted; something of it is still there."),
        new(Paused, "A request holds the database; nothing is applied until it is done."),
        new(DatabaseAppearing, "The database of the request is not there yet; the request waits a moment for it.", "Create the database, or correct spec.databaseRef.name."),
        new(Merged, "The request became part of another; that one is carried out."),
        new(Next, "The next step follows."),
        new(RestartNeeded, "A change can not be made in the running servers; the pods are restarted."),
        new(NotLiveYet, "A change takes effect when the pods start again, for the request forbids a restart.", "Make a request of type Restart when it suits."),
        new(ApiError, "The API server refused or failed; the step is tried again."),
        new(Retrying, "An attempt failed; the request tries again.", "Nothing at first; if it fails, the message says why."),
        new(Unreachable, "A server of the database can not be reached; the step is tried again."),
    ];
}
