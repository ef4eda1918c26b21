using System.Globalization;
using System.Text.Json.Nodes;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.Kubedb;
using KubeDb.Api.Kinds.Shared;

namespace KubeDb.Api.Engines.Redis;

/// <summary>The PetSet of a Standalone, with the pod it makes. Pure.</summary>
internal static class RedisPods
{
    private const string DataVolume = "data";
    private const string ScriptVolume = "script-vol";
    private const string InitVolume = "init-volume";
    private const string GitSecretVolume = "git-secret";
    private const int TerminationSeconds = 60;

    // A day: a start that replays a large data set is no failure, and a pod that is not ready is seen by the health checks anyway.
    private const int StartupSeconds = 86_400;

    /// <summary>The PetSet.</summary>
    public static JsonObject PetSet(RedisDescription d)
    {
        var template = d.Spec.PodTemplate;
        var spec = new JsonObject
        {
            ["podManagementPolicy"] = "Parallel",
            ["podPlacementPolicy"] = new JsonObject { ["name"] = d.PodSpec["podPlacementPolicy"].Member("name").AsText() ?? "default" },
            ["replicas"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = d.Offshoot.SelectorNode() },
            ["serviceName"] = d.GoverningService,
            ["template"] = new JsonObject
            {
                ["metadata"] = PodMetadata(d, template?.Metadata),
                ["spec"] = PodSpec(d),
            },
            ["updateStrategy"] = new JsonObject { ["type"] = "OnDelete" },
        };
        if (IsDurable(d))
            spec["volumeClaimTemplates"] = new JsonArray(Claim(d));
        return new()
        {
            ["apiVersion"] = Kinds.Apps.PetSet.Resource.ApiVersion,
            ["kind"] = Kinds.Apps.PetSet.Resource.Kind,
            ["metadata"] = d.Offshoot.Metadata(d.Name, d.Offshoot.Labels(template?.Controller?.Labels), template?.Controller?.Annotations),
            ["spec"] = spec,
        };
    }

    private static JsonObject PodMetadata(RedisDescription d, MetadataTemplate? template)
    {
        var annotations = new Dictionary<string, string> { ["kubectl.kubernetes.io/default-container"] = RedisNames.ServerContainer };
        var metadata = d.Offshoot.Metadata("", d.Offshoot.Labels(template?.Labels), annotations, template?.Annotations);
        metadata.Remove("name");
        metadata.Remove("namespace");
        return metadata;
    }

    private static JsonObject PodSpec(RedisDescription d)
    {
        var containers = new JsonArray(Server(d));
        if (d.Monitor is not null)
            containers.Add(Exporter(d));
        var script = InitScript.Read(d.Spec.Init?.Script);
        var inits = new JsonArray(Init(d));
        if (script?.Git is { } git)
            inits.Add(GitSync(d, git));
        var spec = new JsonObject
        {
            ["containers"] = containers,
            ["initContainers"] = inits,
            ["serviceAccountName"] = d.ServiceAccount,
            ["terminationGracePeriodSeconds"] = TerminationSeconds,
            ["volumes"] = Volumes(d, script),
        };
        var user = d.PodSpec.DeepClone().AsObject();
        user.Remove("podPlacementPolicy");
        user.Remove("serviceAccountName");
        PodSpecMerge.Into(spec, user);
        return spec;
    }

    private static JsonObject Server(RedisDescription d)
    {
        var env = new JsonArray();
        if (d.AuthSecret is { } secret)
        {
            env.Add(FromSecret("REDISCLI_AUTH", secret, "password"));
            if (d.Flavour.IsValkey)
                env.Add(FromSecret("VALKEYCLI_AUTH", secret, "password"));
        }

        env.Add(FromField("NAMESPACE", "metadata.namespace"));
        env.Add(FromField("HOSTNAME", "metadata.name"));
        env.Add(FromField("POD_IP", "status.podIP"));
        env.Add(Variable("DATABASE_NAME", d.Name));
        env.Add(Variable("DATABASE_GOVERNING_SERVICE", d.GoverningService));
        env.Add(Variable("DISTRIBUTION", d.Flavour.Distribution));
        var mounts = Mounts(d);
        mounts.Insert(0, Mount(DataVolume, "/data"));
        if (InitScript.Read(d.Spec.Init?.Script) is { } script)
        {
            if (!string.IsNullOrEmpty(script.ScriptPath))
                env.Add(Variable("INIT_SCRIPT_PATH", script.ScriptPath));
            mounts.Add(Mount(InitVolume, "/init"));
        }

        return new()
        {
            ["name"] = RedisNames.ServerContainer,
            ["image"] = ((ICatalogVersion)d.Version).DatabaseImage,
            ["command"] = new JsonArray("sh", "/scripts/start.sh"),
            ["env"] = env,
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "db", ["containerPort"] = RedisConnector.Port, ["protocol"] = "TCP" }),
            ["readinessProbe"] = Probe(periodSeconds: 5, failureThreshold: 3),
            ["startupProbe"] = Probe(periodSeconds: 1, failureThreshold: StartupSeconds),
            ["volumeMounts"] = mounts,
        };
    }

    private static JsonObject Init(RedisDescription d) => new()
    {
        ["name"] = RedisNames.InitContainer,
        ["image"] = d.Version.Spec.InitContainer?.Image is { Length: > 0 } image ? image : ((ICatalogVersion)d.Version).DatabaseImage,
        ["command"] = new JsonArray("sh", "-c", RedisScripts.Install(d.Flavour)),
        ["env"] = new JsonArray(
            Variable("DISTRIBUTION", d.Flavour.Distribution),
            Variable("REDIS_MODE", d.Spec.Mode ?? RedisModes.Standalone),
            Variable("MAJOR_REDIS_VERSION", d.Flavour.Major.ToString(CultureInfo.InvariantCulture))),
        ["volumeMounts"] = Mounts(d),
    };

    private static JsonNode Exporter(RedisDescription d)
    {
        var wish = d.Monitor!.Prometheus?.Exporter;
        var env = new JsonArray(
            Variable("REDIS_ADDR", $"redis://localhost:{RedisConnector.Port}"),
            Variable("REDIS_EXPORTER_WEB_LISTEN_ADDRESS", $":{d.ExporterPort}"),
            Variable("REDIS_EXPORTER_WEB_TELEMETRY_PATH", "/metrics"));
        if (d.AuthSecret is { } secret)
            env.Add(FromSecret("REDIS_PASSWORD", secret, "password"));
        foreach (var variable in wish?.Env ?? [])
            env.Add(Variable(variable));
        var container = new JsonObject
        {
            ["name"] = RedisNames.ExporterContainer,
            ["image"] = ((ICatalogVersion)d.Version).ExporterImage,
            ["env"] = env,
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "metrics", ["containerPort"] = d.ExporterPort, ["protocol"] = "TCP" }),
        };
        if (wish is { Args.Count: > 0 })
            container["args"] = new JsonArray([.. wish.Args.Select(a => (JsonNode)a)]);
        if (wish?.Resources is { } resources)
            container["resources"] = resources.ToNode();
        if (wish?.SecurityContext is { } context)
            container["securityContext"] = context.ToNode();
        return container;
    }

    private static JsonNode GitSync(RedisDescription d, JsonObject git)
    {
        var args = git["args"] as JsonArray is { } given ? given.DeepClone().AsArray() : [];
        var root = args.Select(a => a.AsText()).FirstOrDefault(a => a?.StartsWith("--root=", StringComparison.Ordinal) ?? false)?["--root=".Length..];
        if (root is null)
            args.Add((JsonNode)"--root=/git");
        if (!args.Any(a => a.AsText()?.StartsWith("--one-time", StringComparison.Ordinal) ?? false))
            args.Add((JsonNode)"--one-time");
        var mounts = new JsonArray(Mount(InitVolume, root ?? "/git"));
        if (git["authSecret"].Member("name").AsText() is { Length: > 0 })
            mounts.Add(Mount(GitSecretVolume, "/etc/git-secret"));
        var container = new JsonObject
        {
            ["name"] = "git-sync",
            ["image"] = d.Version.Spec.GitSyncer?.Image ?? "",
            ["args"] = args,
            ["volumeMounts"] = mounts,
        };
        foreach (var name in (ReadOnlySpan<string>)["env", "resources", "securityContext"])
        {
            if (git[name] is { } value)
                container[name] = value.DeepClone();
        }

        if (ContainerDefaults.EnsureObject(container, "securityContext") is { } context)
            ContainerDefaults.SecurityContext(context, ((ICatalogVersion)d.Version).RunAsUser);

        return container;
    }

    private static JsonArray Volumes(RedisDescription d, InitScript? script)
    {
        var volumes = new JsonArray(
            new JsonObject { ["name"] = ScriptVolume, ["emptyDir"] = new JsonObject() },
            SecretVolume(d.Flavour.ConfigVolume, d.ConfigSecret));
        if (!IsDurable(d))
            volumes.Insert(0, new JsonObject { ["name"] = DataVolume, ["emptyDir"] = EmptyDirectory(d) });
        if (script is null)
            return volumes;
        var source = script.VolumeSource.Count > 0 ? script.VolumeSource.DeepClone().AsObject() : new JsonObject { ["emptyDir"] = new JsonObject() };
        source.Insert(0, "name", InitVolume);
        volumes.Add((JsonNode)source);
        if (script.Git?["authSecret"].Member("name").AsText() is { Length: > 0 } secret)
        {
            var volume = SecretVolume(GitSecretVolume, secret);
            volume["secret"]!["defaultMode"] = 256;
            volumes.Add(volume);
        }

        return volumes;
    }

    private static JsonObject EmptyDirectory(RedisDescription d)
    {
        var size = (d.Spec.Storage?.ToNode()).Member("resources").Member("requests").Member("storage");
        return size is null ? [] : new() { ["sizeLimit"] = size.DeepClone() };
    }

    private static JsonObject Claim(RedisDescription d)
    {
        var spec = d.Spec.Storage?.ToNode() as JsonObject ?? [];
        if (spec["accessModes"] is null)
            spec["accessModes"] = new JsonArray("ReadWriteOnce");
        return new() { ["metadata"] = new JsonObject { ["name"] = DataVolume }, ["spec"] = spec };
    }

    private static JsonArray Mounts(RedisDescription d) => new(
        Mount(ScriptVolume, "/scripts"),
        Mount(d.Flavour.ConfigVolume, d.Flavour.ConfigPath));

    private static JsonObject Probe(int periodSeconds, int failureThreshold) => new()
    {
        ["exec"] = new JsonObject { ["command"] = new JsonArray("sh", "/scripts/ready.sh") },
        ["failureThreshold"] = failureThreshold,
        ["periodSeconds"] = periodSeconds,
        ["timeoutSeconds"] = 5,
    };

    private static bool IsDurable(RedisDescription d) => d.Spec.StorageType != StorageTypes.Ephemeral;

    private static JsonNode Mount(string volume, string path) => new JsonObject { ["name"] = volume, ["mountPath"] = path };

    private static JsonNode SecretVolume(string name, string secret) =>
        new JsonObject { ["name"] = name, ["secret"] = new JsonObject { ["secretName"] = secret } };

    private static JsonNode Variable(string name, string value) => new JsonObject { ["name"] = name, ["value"] = value };

    private static JsonNode FromField(string name, string path) => new JsonObject
    {
        ["name"] = name,
        ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = path } },
    };

    private static JsonNode FromSecret(string name, string secret, string key) => new JsonObject
    {
        ["name"] = name,
        ["valueFrom"] = new JsonObject { ["secretKeyRef"] = new JsonObject { ["name"] = secret, ["key"] = key } },
    };

    private static JsonNode Variable(EnvironmentVariable variable)
    {
        var node = new JsonObject { ["name"] = variable.Name };
        if (variable.ValueFrom is { } source)
            node["valueFrom"] = source.ToNode();
        else
            node["value"] = variable.Value ?? "";
        return node;
    }
}
