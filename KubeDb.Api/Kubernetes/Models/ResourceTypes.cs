namespace KubeDb.Api.Kubernetes.Models;

/// <summary>The kinds of Kubernetes and of its common add-ons that the product touches.</summary>
public static class ResourceTypes
{
    /// <summary>core/v1 Pod.</summary>
    public static ResourceType Pod { get; } = new("", "v1", "pods", "Pod");

    /// <summary>core/v1 Secret.</summary>
    public static ResourceType Secret { get; } = new("", "v1", "secrets", "Secret");

    /// <summary>core/v1 ConfigMap.</summary>
    public static ResourceType ConfigMap { get; } = new("", "v1", "configmaps", "ConfigMap");

    /// <summary>core/v1 Service.</summary>
    public static ResourceType Service { get; } = new("", "v1", "services", "Service");

    /// <summary>core/v1 Endpoints.</summary>
    public static ResourceType Endpoints { get; } = new("", "v1", "endpoints", "Endpoints");

    /// <summary>core/v1 ServiceAccount.</summary>
    public static ResourceType ServiceAccount { get; } = new("", "v1", "serviceaccounts", "ServiceAccount");

    /// <summary>core/v1 PersistentVolumeClaim.</summary>
    public static ResourceType PersistentVolumeClaim { get; } = new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim");

    /// <summary>core/v1 PersistentVolume.</summary>
    public static ResourceType PersistentVolume { get; } = new("", "v1", "persistentvolumes", "PersistentVolume", Namespaced: false);

    /// <summary>core/v1 Node.</summary>
    public static ResourceType Node { get; } = new("", "v1", "nodes", "Node", Namespaced: false);

    /// <summary>core/v1 Namespace.</summary>
    public static ResourceType Namespace { get; } = new("", "v1", "namespaces", "Namespace", Namespaced: false);

    /// <summary>core/v1 Event: the form that kubectl describe shows on every version.</summary>
    public static ResourceType Event { get; } = new("", "v1", "events", "Event");

    /// <summary>apps/v1 StatefulSet.</summary>
    public static ResourceType StatefulSet { get; } = new("apps", "v1", "statefulsets", "StatefulSet");

    /// <summary>apps/v1 Deployment.</summary>
    public static ResourceType Deployment { get; } = new("apps", "v1", "deployments", "Deployment");

    /// <summary>apps/v1 ControllerRevision.</summary>
    public static ResourceType ControllerRevision { get; } = new("apps", "v1", "controllerrevisions", "ControllerRevision");

    /// <summary>policy/v1 PodDisruptionBudget (1.21 and later).</summary>
    public static ResourceType PodDisruptionBudget { get; } = new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget");

    /// <summary>policy/v1beta1 PodDisruptionBudget (up to 1.24).</summary>
    public static ResourceType PodDisruptionBudgetV1Beta1 { get; } = new("policy", "v1beta1", "poddisruptionbudgets", "PodDisruptionBudget");

    /// <summary>policy/v1 Eviction, what is posted to the subresource of a pod.</summary>
    public static ResourceType Eviction { get; } = new("policy", "v1", "evictions", "Eviction");

    /// <summary>policy/v1beta1 Eviction (up to 1.24).</summary>
    public static ResourceType EvictionV1Beta1 { get; } = new("policy", "v1beta1", "evictions", "Eviction");

    /// <summary>rbac.authorization.k8s.io/v1 Role.</summary>
    public static ResourceType Role { get; } = new("rbac.authorization.k8s.io", "v1", "roles", "Role");

    /// <summary>rbac.authorization.k8s.io/v1 RoleBinding.</summary>
    public static ResourceType RoleBinding { get; } = new("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding");

    /// <summary>coordination.k8s.io/v1 Lease.</summary>
    public static ResourceType Lease { get; } = new("coordination.k8s.io", "v1", "leases", "Lease");

    /// <summary>storage.k8s.io/v1 StorageClass.</summary>
    public static ResourceType StorageClass { get; } = new("storage.k8s.io", "v1", "storageclasses", "StorageClass", Namespaced: false);

    /// <summary>apiextensions.k8s.io/v1 CustomResourceDefinition.</summary>
    public static ResourceType CustomResourceDefinition { get; } =
        new("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", Namespaced: false);

    /// <summary>monitoring.coreos.com/v1 ServiceMonitor (optional API).</summary>
    public static ResourceType ServiceMonitor { get; } = new("monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor");

    /// <summary>cert-manager.io/v1 Certificate (optional API).</summary>
    public static ResourceType Certificate { get; } = new("cert-manager.io", "v1", "certificates", "Certificate");

    /// <summary>cert-manager.io/v1 Issuer (optional API).</summary>
    public static ResourceType Issuer { get; } = new("cert-manager.io", "v1", "issuers", "Issuer");

    /// <summary>cert-manager.io/v1 ClusterIssuer (optional API).</summary>
    public static ResourceType ClusterIssuer { get; } = new("cert-manager.io", "v1", "clusterissuers", "ClusterIssuer", Namespaced: false);
}
