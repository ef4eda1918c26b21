using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>Runs pods as far as the API shows: node, phases, conditions, container states, restarts, graceful ends. A test double.</summary>
public sealed class FakeKubelet(FakeCluster cluster)
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);
    private readonly HashSet<string> _ending = [];
    private int _addresses;

    /// <summary>Addresses given out; never twice.</summary>
    internal int Addresses
    {
        get => _addresses;
        set => _addresses = value;
    }

    /// <summary>Makes a running pod ready or unready, as its probe would.</summary>
    public void SetReady(string ns, string name, bool ready)
    {
        if (cluster.Find("", "pods", ns, name) is { } pod)
            Report(pod, pod["status"].Text("podIP"), ready, pod.At("status", "containerStatuses").Objects().FirstOrDefault().Number("restartCount") ?? 0, null);
    }

    internal void Changed(Change change)
    {
        var pod = change.Now.Object;
        if (change.Deleted)
        {
            _ending.Remove(pod.Uid());
            cluster.Ended?.Invoke(pod.Uid());
        }
        else if (pod.IsDeleting())
            End(pod);
        else if (change.Before is null)
            Later(Behaviour(pod).ScheduledAfter, pod, Schedule, () => Unschedulable(pod));
    }

    private void Schedule(JsonObject pod)
    {
        Patch(pod, new JsonObject { ["spec"] = new JsonObject { ["nodeName"] = FakeCluster.Node } }, null);
        if (Behaviour(pod).ImageProblem is { } problem)
        {
            var waiting = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ImagePullBackOff", ["message"] = problem } };
            Patch(pod, Status("Pending", "", false, Containers(pod, false, 0, waiting, null)), "status");
            return;
        }

        var address = $"10.244.{_addresses / 250}.{(_addresses++ % 250) + 2}";
        Later(Behaviour(pod).RunningAfter, pod, p => Start(p, address, 0));
    }

    private void Start(JsonObject pod, string address, long restarts)
    {
        var behaviour = Behaviour(pod);
        if (behaviour.VolumeProblem is not null)
        {
            Later(TimeSpan.FromSeconds(1), pod, p => Start(p, address, restarts));
            return;
        }

        if (behaviour.CrashMessage is null)
            cluster.Started?.Invoke(pod.Copy(), address);
        Report(pod, address, false, restarts, null);
        if (behaviour.CrashMessage is not null)
            Later(TimeSpan.FromMilliseconds(200), pod, p => Crash(p, address, restarts));
        else
            Later(behaviour.ReadyAfter, pod, p => Report(p, address, true, restarts, null));
    }

    private void Crash(JsonObject pod, string address, long restarts)
    {
        var message = Behaviour(pod).CrashMessage ?? "";
        var pause = TimeSpan.FromTicks(Math.Min(LongestBackOff.Ticks, FirstBackOff.Ticks << (int)Math.Min(restarts, 10)));
        Report(pod, address, false, restarts, message);
        Later(pause, pod, p => Start(p, address, restarts + 1));
    }

    private void Report(JsonObject pod, string address, bool ready, long restarts, string? crash)
    {
        var crashed = crash is null
            ? null
            : new JsonObject { ["exitCode"] = 1, ["reason"] = "Error", ["message"] = crash, ["finishedAt"] = cluster.Server.Stamp };
        var state = crashed is null
            ? new JsonObject { ["running"] = new JsonObject { ["startedAt"] = cluster.Server.Stamp } }
            : new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff", ["message"] = "back-off restarting failed container" } };
        Patch(pod, Status("Running", address, ready, Containers(pod, ready, restarts, state, crashed)), "status");
    }

    private JsonObject Status(string phase, string address, bool ready, JsonArray containers)
    {
        var status = new JsonObject
        {
            ["phase"] = phase,
            ["conditions"] = new JsonArray(
                Condition("PodScheduled", true), Condition("Initialized", true), Condition("ContainersReady", ready), Condition("Ready", ready)),
            ["containerStatuses"] = containers,
            ["hostIP"] = "192.0.2.10",
        };
        if (address.Length > 0)
        {
            status["podIP"] = address;
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address });
            status["startTime"] = cluster.Server.Stamp;
        }

        return new JsonObject { ["status"] = status };
    }

    private JsonArray Containers(JsonObject pod, bool ready, long restarts, JsonObject state, JsonObject? last)
    {
        var behaviour = Behaviour(pod);
        var containers = pod.At("spec", "containers").Objects().ToList();
        var crashing = behaviour.CrashingContainer ?? containers.FirstOrDefault().Text("name");
        return new JsonArray(containers.Select(c =>
        {
            var affected = state["running"] is not null || c.Text("name") == crashing || behaviour.ImageProblem is not null;
            var status = new JsonObject
            {
                ["name"] = c.Text("name"),
                ["image"] = c.Text("image"),
                ["imageID"] = c.Text("image") + "@sha256:" + new string('0', 64),
                ["containerID"] = $"containerd://{pod.Uid()}-{c.Text("name")}-{restarts}",
                ["ready"] = ready || !affected,
                ["started"] = ready || !affected,
                ["restartCount"] = c.Text("name") == crashing ? restarts : 0,
                ["state"] = affected ? state.DeepClone() : new JsonObject { ["running"] = new JsonObject { ["startedAt"] = cluster.Server.Stamp } },
            };
            if (last is not null && affected)
                status["lastState"] = new JsonObject { ["terminated"] = last.DeepClone() };
            return (JsonNode)status;
        }).ToArray());
    }

    private JsonObject Condition(string type, bool holds, string? reason = null, string? message = null)
    {
        var condition = new JsonObject { ["type"] = type, ["status"] = holds ? "True" : "False", ["lastTransitionTime"] = cluster.Server.Stamp };
        if (reason is not null)
            condition["reason"] = reason;
        if (message is not null)
            condition["message"] = message;
        return condition;
    }

    private void Unschedulable(JsonObject pod)
    {
        var condition = Condition("PodScheduled", false, "Unschedulable", "0/1 nodes are available.");
        Patch(pod, new JsonObject { ["status"] = new JsonObject { ["phase"] = "Pending", ["conditions"] = new JsonArray(condition) } }, "status");
    }

    private void End(JsonObject pod)
    {
        if (pod["spec"].Text("nodeName").Length == 0 || !_ending.Add(pod.Uid()))
            return;
        var grace = TimeSpan.FromSeconds(pod["metadata"].Number("deletionGracePeriodSeconds") ?? 30);
        var wish = Behaviour(pod).StoppedAfter;
        cluster.Server.After(wish < grace ? wish : grace, () => Finish(pod));
    }

    private void Finish(JsonObject pod)
    {
        if (!cluster.NodeUp)
        {
            cluster.Server.After(TimeSpan.FromSeconds(1), () => Finish(pod));
            return;
        }

        cluster.Ended?.Invoke(pod.Uid());
        var options = new JsonObject { ["gracePeriodSeconds"] = 0, ["preconditions"] = new JsonObject { ["uid"] = pod.Uid() } };
        cluster.Send(ApiVerb.Delete, "", "pods", pod.Namespace(), pod.Name(), options);
    }

    // Goes on with the same pod only, and only while the node is up and the pod is to live.
    private void Later(TimeSpan? delay, JsonObject pod, Action<JsonObject> act, Action? never = null)
    {
        if (delay is null)
        {
            never?.Invoke();
            return;
        }

        cluster.Server.After(delay.Value, () =>
        {
            if (cluster.Find("", "pods", pod.Namespace(), pod.Name()) is not { } now || now.Uid() != pod.Uid() || now.IsDeleting())
                return;
            if (cluster.NodeUp)
                act(now);
            else
                Later(TimeSpan.FromSeconds(1), pod, act);
        });
    }

    private PodBehaviour Behaviour(JsonObject pod) => cluster.Behaviour(pod.Copy());

    private void Patch(JsonObject pod, JsonObject patch, string? subresource) =>
        cluster.Send(ApiVerb.MergePatch, "", "pods", pod.Namespace(), pod.Name(), patch, subresource);
}
