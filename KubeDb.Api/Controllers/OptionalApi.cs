namespace KubeDb.Api.Controllers;

/// <summary>What to say where a server lacks an API that a user's object asks for.</summary>
public static class OptionalApi
{
    /// <summary>Reason of the condition.</summary>
    public const string Absent = "ApiAbsent";

    /// <summary>Continue when the kind is served; else wait, with a sentence that names it and what brings it. The informer looks for it meanwhile.</summary>
    /// <param name="informer">The informer of the kind, with <see cref="InformerOptions{T}.Optional"/>.</param>
    /// <param name="product">What serves it, such as <c>cert-manager</c>.</param>
    /// <param name="use">What it is wanted for, such as <c>TLS</c>.</param>
    public static Outcome Require(IInformer informer, string product, string use) => informer.IsServed
        ? Outcome.Continue
        : Outcome.Wait(
            Absent,
            $"The API server does not serve {informer.Type.Kind} ({informer.Type.ApiVersion}), which {use} needs. "
            + $"Install {product}; this goes on by itself once it is there.",
            TimeSpan.FromMinutes(1));
}
