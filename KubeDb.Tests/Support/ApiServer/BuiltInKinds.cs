using System.Text.Json.Nodes;

namespace KubeDb.Tests.Support.ApiServer;

/// <summary>The built-in kinds that an operator of databases meets. A kind not listed answers 404, as an absent API does.</summary>
internal static class BuiltInKinds
{
    private const string PodShape = """{"spec":{"containers":null},"status":{}}""";

    private const string BudgetStatus =
        """{"spec":{},"status":{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}}""";

    public static IEnumerable<Kind> All()
    {
        yield return Core("namespaces", "Namespace", """{"spec":{},"status":{}}""", namespaced: false, status: true);
        yield return Core("nodes", "Node", NodeShape, false, true);
        yield return Core("pods", "Pod", PodShape, status: true) with { Graceful = true, CountsGenerations = true };
        yield return Core("services", "Service", """{"spec":{},"status":{"loadBalancer":{}}}""", status: true);
        yield return Core("endpoints", "Endpoints", "{}");
        yield return Core("secrets", "Secret", "{}");
        yield return Core("configmaps", "ConfigMap", "{}");
        yield return Core("serviceaccounts", "ServiceAccount", "{}");
        yield return Core("persistentvolumeclaims", "PersistentVolumeClaim", """{"spec":{"resources":{}},"status":{}}""", status: true);
        yield return Core("persistentvolumes", "PersistentVolume", """{"spec":{},"status":{}}""", namespaced: false, status: true);
        yield return Core("events", "Event", EventShape);
        yield return Of("events.k8s.io", "events", "Event", "{}") with { Type = FieldType.Deduced };
        yield return Of("apps", "statefulsets", "StatefulSet", WorkloadShape)
            with { HasStatus = true, HasScale = true, CountsGenerations = true };
        yield return Of("apps", "deployments", "Deployment", DeploymentShape)
            with { HasStatus = true, HasScale = true, CountsGenerations = true };
        yield return Of("apps", "replicasets", "ReplicaSet", ReplicaSetShape)
            with { HasStatus = true, HasScale = true, CountsGenerations = true };
        yield return Of("apps", "controllerrevisions", "ControllerRevision", """{"revision":0}""");
        yield return Of("policy", "poddisruptionbudgets", "PodDisruptionBudget", BudgetStatus)
            with { Versions = ["v1beta1", "v1"], HasStatus = true, CountsGenerations = true, DemandsVersion = true };
        yield return Of("rbac.authorization.k8s.io", "roles", "Role", """{"rules":null}""");
        yield return Of("rbac.authorization.k8s.io", "rolebindings", "RoleBinding", BindingShape);
        yield return Of("rbac.authorization.k8s.io", "clusterroles", "ClusterRole", """{"rules":null}""", namespaced: false);
        yield return Of("rbac.authorization.k8s.io", "clusterrolebindings", "ClusterRoleBinding", BindingShape, namespaced: false);
        yield return Of("coordination.k8s.io", "leases", "Lease", """{"spec":{}}""");
        yield return Of("storage.k8s.io", "storageclasses", "StorageClass", """{"provisioner":""}""", namespaced: false);
        yield return Of("networking.k8s.io", "networkpolicies", "NetworkPolicy", """{"spec":{}}""") with { CountsGenerations = true };
        yield return Of("batch", "jobs", "Job", JobShape)
            with { HasStatus = true, CountsGenerations = true };
        yield return Of("apiextensions.k8s.io", "customresourcedefinitions", "CustomResourceDefinition", "{}", namespaced: false)
            with { Type = FieldType.Deduced, HasStatus = true, CountsGenerations = true };
    }

    private const string WorkloadShape =
        """
        {"spec":{"selector":null,"template":{"metadata":{},"spec":{"containers":null}},"serviceName":"","updateStrategy":{}},
        "status":{"replicas":0,"availableReplicas":0}}
        """;

    private const string DeploymentShape =
        """{"spec":{"selector":null,"template":{"metadata":{},"spec":{"containers":null}},"strategy":{}},"status":{}}""";

    private const string ReplicaSetShape =
        """{"spec":{"selector":null,"template":{"metadata":{},"spec":{"containers":null}}},"status":{"replicas":0}}""";

    private const string JobShape = """{"spec":{"template":{"metadata":{},"spec":{"containers":null}}},"status":{}}""";
    private const string BindingShape = """{"roleRef":{"apiGroup":"","kind":"","name":""}}""";
    private const string NodeShape = """{"spec":{},"status":{"daemonEndpoints":{"kubeletEndpoint":{"Port":0}},"nodeInfo":{}}}""";

    private const string EventShape =
        """{"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":null,"eventTime":null,"reportingComponent":"","reportingInstance":""}""";

    private static Kind Core(string plural, string kind, string empty, bool namespaced = true, bool status = false) =>
        Of("", plural, kind, empty, namespaced) with { HasStatus = status };

    private static Kind Of(string group, string plural, string kind, string empty, bool namespaced = true) =>
        new(group, plural, kind, namespaced)
        {
            Versions = ["v1"],
            Type = FieldType.BuiltIn.GetValueOrDefault(kind) ?? FieldType.Deduced,
            Empty = (JsonObject)JsonNode.Parse(empty)!,
        };
}
