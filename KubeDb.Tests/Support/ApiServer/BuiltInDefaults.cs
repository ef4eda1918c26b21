using System.Text;
using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>What a typed server does to objects of built-in kinds: forms, defaults, and the few refusals that a controller meets.</summary>
internal static class BuiltInDefaults
{
    private static readonly string[] MutableWorkload =
        ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    /// <summary>Defaults that come with decoding, on every write.</summary>
    public static void Fill(Kind kind, JsonObject value)
    {
        Clean(value, kind.Type);
        Shape(value, kind.Empty);
        switch (kind.Name)
        {
            case "Pod":
                Pod(value.Child("spec"));
                break;
            case "StatefulSet":
                Workload(value.Child("spec"));
                break;
            case "Service":
                Service(value.Child("spec"));
                break;
            case "Secret":
                Secret(value);
                break;
            case "PersistentVolumeClaim":
                Set(value.Child("spec"), "volumeMode", "Filesystem");
                break;
            case "RoleBinding" or "ClusterRoleBinding":
                foreach (var subject in value["subjects"].Objects().Where(s => s.Text("kind") is "User" or "Group"))
                    Set(subject, "apiGroup", "rbac.authorization.k8s.io");
                break;
            case "StorageClass":
                Set(value, "reclaimPolicy", "Delete");
                Set(value, "volumeBindingMode", "Immediate");
                break;
        }
    }

    /// <summary>What the server sets when it creates an object.</summary>
    public static void OnCreate(Kind kind, JsonObject value, long seed)
    {
        switch (kind.Name)
        {
            case "Namespace" when kind.Group.Length == 0:
                value.Child("spec")["finalizers"] = new JsonArray("kubernetes");
                value.Child("status")["phase"] = "Active";
                Set(value.Meta().Child("labels"), "kubernetes.io/metadata.name", value.Name());
                break;
            case "Pod":
                value.Child("status")["phase"] = "Pending";
                break;
            case "PersistentVolumeClaim":
                value.Child("status")["phase"] = "Pending";
                break;
            case "Service" when value["spec"].Text("type") != "ExternalName":
                var spec = value.Child("spec");
                Set(spec, "clusterIP", $"10.96.{seed / 250 % 250}.{(seed % 250) + 1}");
                Set(spec, "clusterIPs", new JsonArray(spec.Text("clusterIP")));
                Set(spec, "ipFamilies", new JsonArray("IPv4"));
                Set(spec, "ipFamilyPolicy", "SingleStack");
                break;
        }
    }

    /// <summary>What the server allocated stays when a write leaves it out.</summary>
    public static void Carry(Kind kind, JsonObject live, JsonObject value)
    {
        if (kind is not { Name: "Service", Group: "" } || value["spec"].Text("type") == "ExternalName")
            return;
        foreach (var field in new[] { "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy" })
        {
            if (live["spec"]?[field] is { } allocated)
                Set(value.Child("spec"), field, allocated.DeepClone());
        }
    }

    /// <summary>Changes that the server refuses.</summary>
    public static IEnumerable<string> Faults(Kind kind, JsonObject? live, JsonObject value)
    {
        if (kind.Name == "Service" && value["spec"]?["ports"].Objects().GroupBy(p => p.Text("name")).FirstOrDefault(g => g.Count() > 1) is { } twice)
            yield return $"spec.ports[1].name: Duplicate value: \"{twice.Key}\"";
        if (live is null)
            yield break;
        if (kind.Name == "StatefulSet" && !Same(Rest(live), Rest(value)))
            yield return "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
        if (kind.Name == "Secret" && value.Text("type") != live.Text("type"))
            yield return $"type: Invalid value: \"{value.Text("type")}\": field is immutable";
        if (kind.Name is "RoleBinding" or "ClusterRoleBinding" && !Same(live["roleRef"], value["roleRef"]))
            yield return "roleRef: Invalid value: cannot change roleRef";
        if (kind.Name is "Secret" or "ConfigMap" && (live["immutable"]?.GetValue<bool>() ?? false) && !Same(live["data"], value["data"]))
            yield return "data: Forbidden: field is immutable when `immutable` is set";
        if (kind.Name == "Service" && live["spec"].Text("clusterIP") is { Length: > 0 } address && value["spec"].Text("clusterIP") != address)
            yield return $"spec.clusterIPs[0]: Invalid value: [\"{value["spec"].Text("clusterIP")}\"]: may not change once set";
    }

    private static JsonObject Rest(JsonObject workload)
    {
        var spec = workload["spec"] is JsonObject s ? s.Copy() : [];
        foreach (var field in MutableWorkload)
            spec.Remove(field);
        return spec;
    }

    private static bool Same(JsonNode? one, JsonNode? other) => JsonNode.DeepEquals(one, other);

    // A typed server knows no nulls and no fields that its structures lack.
    private static void Clean(JsonNode? value, FieldType type)
    {
        if (value is JsonArray list)
        {
            foreach (var item in list)
                Clean(item, type.Element ?? FieldType.Deduced);
        }

        if (value is not JsonObject map)
            return;
        foreach (var (name, child) in map.ToList())
        {
            if (child is null || (type.Fields is not null && !type.Names(name)))
                map.Remove(name);
            else
                Clean(child, type.Of(name));
        }
    }

    private static void Shape(JsonObject value, JsonObject form)
    {
        foreach (var (name, part) in form)
        {
            if (!value.ContainsKey(name))
                value[name] = part?.DeepClone();
            else if (value[name] is JsonObject child && part is JsonObject below)
                Shape(child, below);
        }
    }

    private static void Workload(JsonObject spec)
    {
        Set(spec, "replicas", 1);
        Set(spec, "podManagementPolicy", "OrderedReady");
        Set(spec, "revisionHistoryLimit", 10);
        var strategy = spec.Child("updateStrategy");
        Set(strategy, "type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate" && strategy["rollingUpdate"] is null)
            strategy["rollingUpdate"] = new JsonObject { ["partition"] = 0 };
        var retention = spec.Child("persistentVolumeClaimRetentionPolicy");
        Set(retention, "whenDeleted", "Retain");
        Set(retention, "whenScaled", "Retain");
        Pod(spec.Child("template").Child("spec"));
        foreach (var claim in spec["volumeClaimTemplates"].Objects())
        {
            Set(claim, "apiVersion", "v1");
            Set(claim, "kind", "PersistentVolumeClaim");
            Set(claim.Child("spec"), "volumeMode", "Filesystem");
            claim.Child("spec").Child("resources");
            Set(claim.Child("status"), "phase", "Pending");
        }
    }

    private static void Pod(JsonObject spec)
    {
        Set(spec, "restartPolicy", "Always");
        Set(spec, "dnsPolicy", "ClusterFirst");
        Set(spec, "schedulerName", "default-scheduler");
        Set(spec, "terminationGracePeriodSeconds", 30);
        spec.Child("securityContext");
        if (spec.Text("serviceAccountName") is { Length: > 0 } account)
            Set(spec, "serviceAccount", account);
        foreach (var container in spec["containers"].Objects().Concat(spec["initContainers"].Objects()))
            Container(container);
        foreach (var volume in spec["volumes"].Objects())
        {
            foreach (var source in new[] { "secret", "configMap", "projected", "downwardAPI" })
            {
                if (volume[source] is JsonObject files)
                    Set(files, "defaultMode", 420);
            }
        }
    }

    private static void Container(JsonObject container)
    {
        container.Child("resources");
        Set(container, "terminationMessagePath", "/dev/termination-log");
        Set(container, "terminationMessagePolicy", "File");
        var image = container.Text("image");
        var latest = image.EndsWith(":latest", StringComparison.Ordinal) || !image[(image.LastIndexOf('/') + 1)..].Contains(':', StringComparison.Ordinal);
        Set(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
        foreach (var port in container["ports"].Objects())
            Set(port, "protocol", "TCP");
        foreach (var field in container["env"].Objects().Select(e => e.At("valueFrom", "fieldRef")).OfType<JsonObject>())
            Set(field, "apiVersion", "v1");
        foreach (var probe in new[] { "livenessProbe", "readinessProbe", "startupProbe" })
        {
            if (container[probe] is not JsonObject settings)
                continue;
            Set(settings, "timeoutSeconds", 1);
            Set(settings, "periodSeconds", 10);
            Set(settings, "successThreshold", 1);
            Set(settings, "failureThreshold", 3);
        }
    }

    private static void Service(JsonObject spec)
    {
        Set(spec, "type", "ClusterIP");
        Set(spec, "sessionAffinity", "None");
        if (spec.Text("type") != "ExternalName")
            Set(spec, "internalTrafficPolicy", "Cluster");

        foreach (var port in spec["ports"].Objects())
        {
            Set(port, "protocol", "TCP");
            port["targetPort"] ??= port["port"]?.DeepClone();
        }
    }

    private static void Secret(JsonObject value)
    {
        Set(value, "type", "Opaque");
        if (value["stringData"] is not JsonObject texts)
            return;
        foreach (var (key, text) in texts)
            value.Child("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text!.GetValue<string>()));
        value.Remove("stringData");
    }

    private static void Set(JsonObject value, string field, JsonNode byDefault) => value[field] ??= byDefault;
}
