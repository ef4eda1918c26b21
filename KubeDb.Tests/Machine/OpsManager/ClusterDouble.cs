using System.Text;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines;
using KubeDb.Api.Kinds.Apps;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;
using KubeDb.Api.Kubernetes;
using KubeDb.Api.Kubernetes.Models;
using KubeDb.Tests.Support.ApiServer;

namespace KubeDb.Tests.Machine.OpsManager;

/// <summary>
/// A TEST DOUBLE of what goes on in a cluster around the ops-manager: the controller of PetSets, the kubelet, and the Provisioner's answer to
/// a pause. A configuration with the directive <c>crash</c> keeps servers from starting.
/// </summary>
internal sealed class ClusterDouble
{
    private readonly InMemoryApiServer _server;
    private readonly DoubleServers _servers;
    private readonly HashSet<string> _seen = [];

    public ClusterDouble(InMemoryApiServer server, DoubleServers servers)
    {
        (_server, _servers) = (server, servers);
        server.Observe(Changed);
        server.OnLogs = log => log.Previous ? "unable to retrieve container logs for containerd://00ad329c" : "1:C oO0OoO0OoO0Oo Redis is starting\n\n*** FATAL CONFIG FILE ERROR (Redis 8.2.2) ***\nReading the configuration file, at line 3\n>>> 'crash yes'\nrequirepass hunter2\nBad directive or wrong number of arguments\n";
    }

    /// <summary>How long a pod takes from its creation to Ready.</summary>
    public TimeSpan Startup { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a pod takes to end.</summary>
    public TimeSpan Shutdown { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The Provisioner answers pauses.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>Pods that were made, by name, in order.</summary>
    public List<(string Name, string Uid)> Made { get; } = [];

    /// <summary>At no time were more pods of a database than one not Ready (after all had been).</summary>
    public int MostDown { get; private set; }

    /// <summary>Counts pods that are down from now on.</summary>
    public bool CountsDown { get; set; }

    private void Changed(Change change)
    {
        var kind = change.Now.Kind.Name;
        var name = change.Now.Object.Meta()["name"]!.GetValue<string>();
        var ns = change.Now.Object.Meta()["namespace"]?.GetValue<string>() ?? "";
        if (kind == "PetSet" && !change.Deleted)
            _server.After(TimeSpan.FromMilliseconds(20), () => Carry(ns, name));
        else if (kind == "Pod" && change.Deleted)
            _server.After(TimeSpan.FromMilliseconds(50), () => Carry(ns, Owner(name)));
        else if (kind == "Pod" && change.Now.Object.IsDeleting())
            _server.After(Shutdown, () => End(ns, name, change.Now.Object.Uid()));
        else if (kind == "Redis" && !change.Deleted)
            _server.After(TimeSpan.FromMilliseconds(10), () => Answer(ns, name));
        if (kind == "Pod" && CountsDown)
            Count(ns, Owner(name));
    }

    private static string Owner(string pod) => pod[..pod.LastIndexOf('-')];

    private void Count(string ns, string set)
    {
        var pods = PodsOf(ns, set);
        var wanted = _server.Peek(PetSet.Resource, ns, set)?["spec"].Number("replicas") ?? 0;
        MostDown = Math.Max(MostDown, (int)wanted - pods.Count(IsReady));
    }

    private List<JsonObject> PodsOf(string ns, string set) =>
        [.. _server.PeekAll(ResourceTypes.Pod).Where(p => p.Meta()["namespace"]!.GetValue<string>() == ns && Owner(p.Meta()["name"]!.GetValue<string>()) == set)];

    private static bool IsReady(JsonObject pod) =>
        !pod.IsDeleting() && pod["status"]?["conditions"] is JsonArray conditions
        && conditions.Any(c => c!["type"]!.GetValue<string>() == "Ready" && c["status"]!.GetValue<string>() == "True");

    private void Answer(string ns, string name)
    {
        if (!Acknowledges || _server.Peek(Redis.Resource, ns, name) is not { } json || json["status"] is not JsonObject status)
            return;
        var parsed = Api.Kinds.KindsJson.Decode<DatabaseStatus>(status);
        if (Pause.Holder(parsed) is not { } holder || Pause.IsAcknowledged(parsed, holder.Uid))
            return;
        var answer = Api.Kinds.KindsJson.ToObject(Pause.Acknowledge(parsed, _server.Time.GetUtcNow())!);
        Status(Redis.Resource, json, new JsonObject { ["conditions"] = new JsonArray(answer) });
    }

    private void Carry(string ns, string name)
    {
        if (_server.Peek(PetSet.Resource, ns, name) is not { } set || set.IsDeleting())
            return;
        var generation = set["metadata"].Number("generation") ?? 0;
        if ((set["status"].Number("observedGeneration") ?? 0) < generation)
            Status(PetSet.Resource, set, new JsonObject { ["observedGeneration"] = generation });
        for (var i = 0; i < set["spec"].Number("replicas"); i++)
        {
            if (_server.Peek(ResourceTypes.Pod, ns, $"{name}-{i}") is null)
                Make(set, ns, name, $"{name}-{i}");
        }
    }

    private void Make(JsonObject set, string ns, string database, string name)
    {
        var configuration = _server.Peek(ResourceTypes.Secret, ns, $"{database}-config")?["data"]?[DoubleServers.File]?.GetValue<string>() ?? "";
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(configuration));
        var pod = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["namespace"] = ns, ["name"] = name, ["labels"] = set.Meta()["labels"]!.DeepClone() },
            ["spec"] = new JsonObject { ["nodeName"] = "node", ["containers"] = new JsonArray(new JsonObject { ["name"] = "server", ["image"] = "server" }) },
        };
        _server.Handle(new ApiRequest { Verb = ApiVerb.Create, Type = ResourceTypes.Pod, Namespace = ns, Body = pod }, "cluster");
        var made = _server.Peek(ResourceTypes.Pod, ns, name)!;
        var uid = made.Uid();
        Made.Add((name, uid));
        Status(ResourceTypes.Pod, made, PodStatus("Running", false, 0, "running"));
        if (text.Contains("crash", StringComparison.Ordinal))
            Crash(ns, name, uid, 0);
        else
            _server.After(Startup, () => Ready(ns, name, uid, text));
    }

    private void Ready(string ns, string name, string uid, string text)
    {
        if (_server.Peek(ResourceTypes.Pod, ns, name) is not { } pod || pod.Uid() != uid || pod.IsDeleting())
            return;
        _servers.Start(uid, text);
        Status(ResourceTypes.Pod, pod, PodStatus("Running", true, 0, "running"));
    }

    private void Crash(string ns, string name, string uid, int restarts) =>
        _server.After(TimeSpan.FromSeconds(1), () =>
        {
            if (_server.Peek(ResourceTypes.Pod, ns, name) is not { } pod || pod.Uid() != uid || pod.IsDeleting())
                return;
            Status(ResourceTypes.Pod, pod, PodStatus("Running", false, restarts, "crashed"));
            Crash(ns, name, uid, restarts + 1);
        });

    private void End(string ns, string name, string uid)
    {
        if (!_seen.Add(uid))
            return;
        var options = new JsonObject { ["gracePeriodSeconds"] = 0, ["preconditions"] = new JsonObject { ["uid"] = uid } };
        _server.Handle(new ApiRequest { Verb = ApiVerb.Delete, Type = ResourceTypes.Pod, Namespace = ns, Name = name, Body = options }, "cluster");
    }

    private static JsonObject PodStatus(string phase, bool ready, int restarts, string state) => new()
    {
        ["phase"] = phase,
        ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready ? "True" : "False" }),
        ["containerStatuses"] = new JsonArray(new JsonObject
        {
            ["name"] = "server",
            ["ready"] = ready,
            ["restartCount"] = restarts,
            ["state"] = state == "running"
                ? new JsonObject { ["running"] = new JsonObject() }
                : new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff", ["message"] = "back-off" } },
            ["lastState"] = state == "running" ? new JsonObject() : new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 1 } },
        }),
    };

    private void Status(ResourceType type, JsonObject live, JsonObject status) =>
        _server.Handle(
            new ApiRequest
            {
                Verb = ApiVerb.Apply,
                Type = type,
                Namespace = live.Meta()["namespace"]!.GetValue<string>(),
                Name = live.Meta()["name"]!.GetValue<string>(),
                Subresource = "status",
                FieldManager = "cluster",
                Force = true,
                Body = new JsonObject
                {
                    ["apiVersion"] = type.ApiVersion,
                    ["kind"] = type.Kind,
                    ["metadata"] = new JsonObject { ["namespace"] = live.Meta()["namespace"]!.DeepClone(), ["name"] = live.Meta()["name"]!.DeepClone() },
                    ["status"] = status,
                },
            },
            "cluster");
}
