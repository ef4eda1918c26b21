using KubeDb.Api.Engines;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Tests.Support.SecondEngine;

/// <summary>Controllers before workers, and of the controllers the leader last, which gives up its office before it goes.</summary>
internal sealed class LedgerRestarts(LedgerConnector connector) : IRestartStrategy
{
    public async Task<Pod> NextAsync(DatabaseInstances instances, IReadOnlyList<Pod> old, RestartReason reason, CancellationToken cancel)
    {
        var controllers = instances.PodsOf(TwoFileConfiguration.Controller).Where(p => old.Any(o => o.Metadata.Uid == p.Metadata.Uid)).ToList();
        foreach (var pod in controllers)
        {
            if (!await LeadsAsync(pod, cancel))
                return pod;
        }

        return controllers.Count > 0 ? controllers[0] : old[0];
    }

    public async Task<Readiness> PrepareAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        if (!instances.PodsOf(TwoFileConfiguration.Controller).Contains(pod) || !await LeadsAsync(pod, cancel))
            return Readiness.Yes;
        await connector.AskAsync(pod, "RESIGN", cancel);
        return Readiness.NotYet($"{pod.Metadata.Name} hands the leadership over");
    }

    public async Task<Readiness> CaughtUpAsync(DatabaseInstances instances, Pod pod, CancellationToken cancel)
    {
        try
        {
            return await connector.AskAsync(pod, "PING", cancel) == "PONG" ? Readiness.Yes : Readiness.NotYet($"{pod.Metadata.Name} does not serve yet");
        }
        catch (IOException e)
        {
            return Readiness.NotYet(e.Message);
        }
    }

    private async Task<bool> LeadsAsync(Pod pod, CancellationToken cancel)
    {
        try
        {
            return await connector.AskAsync(pod, "LEADER", cancel) == "yes";
        }
        catch (IOException)
        {
            // Who does not answer leads nobody.
            return false;
        }
    }
}
