using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Controllers;

/// <summary>What a person is told when the API server refuses an operator what it needs (403).</summary>
public static class Refusal
{
    /// <summary>The operator's service account lacks a right.</summary>
    public const string PermissionMissing = "PermissionMissing";

    /// <summary>Admission refuses: a quota, a policy, a webhook.</summary>
    public const string AdmissionRefused = "AdmissionRefused";

    /// <summary>No event tells that a right was granted, so it is tried again this often.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromSeconds(15);

    /// <summary>A wait that says what was refused, to whom, and what to do.</summary>
    /// <param name="error">An error with <see cref="ApiError.IsRefusal"/>. The server's sentence names account, verb, resource and namespace.</param>
    public static Outcome Wait(ApiError error)
    {
        var said = error.Message.TrimEnd('.');
        return error.IsRightMissing
            ? Outcome.Wait(
                PermissionMissing,
                $"The API server refuses the operator a right: {said}. Grant it, such as by upgrading the operator's chart, which brings its roles; it then goes on by itself.",
                Again)
            : Outcome.Wait(
                AdmissionRefused,
                $"Admission refuses what is needed: {said}. Once whoever owns that quota, policy or webhook allows it, it goes on by itself.",
                Again);
    }
}
