using System.Text.Json.Nodes;
using KubeDb.Api.Controllers;
using KubeDb.Api.Kubernetes;
using KubeDb.Tests.ControlPlane.Kubernetes;

namespace KubeDb.Tests.ControlPlane.Controllers;

/// <summary>
/// That the fingerprint of what a real API server stores is the hash of what was applied, for the kinds of objects that a database is made of,
/// so that a new process writes nothing; and that a change by hand shows.
/// </summary>
[TestFixture]
[Category("ControlPlane")]
public sealed class FingerprintTests : ApiServerTest
{
    private static readonly (ResourceType Type, string Body, string Change)[] Objects =
    [
        (new("", "v1", "configmaps", "ConfigMap"), """{"data": {"a": "1", "b": "x\"<>&é"}, "binaryData": {"z": "AAEC"}}""", """{"data": {"a": "2"}}"""),
        (new("", "v1", "secrets", "Secret"), """{"type": "kubernetes.io/basic-auth", "data": {"username": "dQ==", "password": "cA=="}}""", """{"data": {"password": "eA=="}}"""),
        (
            new("", "v1", "services", "Service"),
            """
            {"spec": {"selector": {"app": "db"}, "type": "ClusterIP", "ports": [
              {"name": "primary", "port": 6379, "protocol": "TCP", "targetPort": "db"}, {"name": "gossip", "port": 16379, "targetPort": 16379}]}}
            """,
            """{"spec": {"selector": {"app": "other"}}}"""),
        (
            new("apps", "v1", "statefulsets", "StatefulSet"),
            """
            {"spec": {"replicas": 0, "serviceName": "db-pods", "podManagementPolicy": "Parallel", "updateStrategy": {"type": "OnDelete"},
              "selector": {"matchLabels": {"app": "db"}},
              "template": {"metadata": {"labels": {"app": "db"}, "annotations": {"k": "v"}}, "spec": {
                "serviceAccountName": "db", "terminationGracePeriodSeconds": 30, "securityContext": {"fsGroup": 999},
                "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": {
                  "labelSelector": {"matchLabels": {"app": "db"}}, "topologyKey": "kubernetes.io/hostname"}}]}},
                "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "conf", "secret": {"secretName": "db-config", "defaultMode": 420}}],
                "containers": [
                  {"name": "db", "image": "i:1", "args": ["a", "b"], "env": [{"name": "A", "value": "1"}, {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
                   "ports": [{"name": "db", "containerPort": 6379, "protocol": "TCP"}, {"name": "gossip", "containerPort": 16379}],
                   "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
                   "readinessProbe": {"exec": {"command": ["true"]}, "periodSeconds": 5},
                   "securityContext": {"runAsUser": 999, "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
                   "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "conf", "mountPath": "/conf"}]},
                  {"name": "exporter", "image": "e:1", "ports": [{"name": "metrics", "containerPort": 56790}]}]}},
              "volumeClaimTemplates": [{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "status": {"phase": "Pending"},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "volumeMode": "Filesystem"}}]}}
            """,
            """{"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 31}}}}"""),
        (
            new("rbac.authorization.k8s.io", "v1", "roles", "Role"),
            """{"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]}""",
            """{"rules": []}"""),
        (
            new("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
            """
            {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "x"}, "subjects": [{"kind": "ServiceAccount", "name": "db", "namespace": "NS"}]}
            """,
            """{"subjects": []}"""),
        (new("", "v1", "serviceaccounts", "ServiceAccount"), """{"automountServiceAccountToken": false}""", """{"automountServiceAccountToken": true}"""),
    ];

    private static IEnumerable<TestCaseData> Cases => Objects.Select((o, i) => new TestCaseData(i).SetName("Fingerprint_of_" + o.Type.Kind));

    [TestCaseSource(nameof(Cases))]
    public async Task The_server_stores_what_was_applied(int index)
    {
        var (type, json, change) = Objects[index];
        var body = JsonNode.Parse(json.Replace("NS", Namespace, StringComparison.Ordinal))!.AsObject();
        body["apiVersion"] = type.ApiVersion;
        body["kind"] = type.Kind;
        body["metadata"] = JsonNode.Parse(
            $$"""
            {"name": "finger", "namespace": "{{Namespace}}", "labels": {"app.kubernetes.io/instance": "db"}, "annotations": {"x/y": "z"},
             "ownerReferences": [{"apiVersion": "v1", "kind": "Namespace", "name": "{{Namespace}}", "uid": "{{await NamespaceUidAsync()}}", "controller": true, "blockOwnerDeletion": true}]}
            """);
        var wanted = OwnedFields.Desired(body);
        var applied = (await Client.ApplyAsync(type, body, FieldManagers.Blueprint, null, OwnedObjectDecoder.Decode, Soon)).OrThrow();
        Assert.That(applied.Metadata.Fingerprint, Is.EqualTo(wanted), "after the apply");

        var patch = JsonNode.Parse(change)!.AsObject();
        var changed = (await Client.MergePatchAsync(type, applied.Metadata.Key, patch, "kubectl-edit", null, OwnedObjectDecoder.Decode, Soon)).OrThrow();
        Assert.That(changed.Metadata.Fingerprint, Is.Not.EqualTo(wanted), "after a change by hand");

        var again = (await Client.ApplyAsync(type, body, FieldManagers.Blueprint, null, OwnedObjectDecoder.Decode, Soon)).OrThrow();
        Assert.That(again.Metadata.Fingerprint, Is.EqualTo(wanted), "after it was put back");
    }

    private async Task<string> NamespaceUidAsync() =>
        (await Client.GetAsync(new ResourceType("", "v1", "namespaces", "Namespace", false), new("", Namespace), Soon)).OrThrow()["metadata"]!["uid"]!.GetValue<string>();
}
