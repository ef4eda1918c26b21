using KubeDb.OpsManager.Execution;
using KubeDb.OpsManager.Rolling;

namespace KubeDb.OpsManager.Operations;

/// <summary>What operations are made of.</summary>
/// <param name="Acceptance">Records what the operation begins with: its first step.</param>
/// <param name="Spec">Writes its change of the database's spec, and takes it back.</param>
/// <param name="Roller">Restarts pods.</param>
/// <param name="Certificates">Renews certificates, and marks what a change of TLS has reached.</param>
internal sealed record OperationParts(RequestAcceptance Acceptance, SpecWriter Spec, Roller Roller, CertificateWriter Certificates, PeerDatabases Peers);

/// <summary>The operations that are carried out, for every engine. A new one is a line here.</summary>
internal static class OperationRegistry
{
    /// <summary>Makes each operation.</summary>
    public static IReadOnlyList<Func<OperationParts, IOperation>> All { get; } =
    [
        static parts => new Restart(parts),
        static parts => new Reconfigure(parts),
        static parts => new ReconfigureTls(parts),
    ];
}
