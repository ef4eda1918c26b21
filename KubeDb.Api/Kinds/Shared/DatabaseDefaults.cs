using System.Text.Json.Nodes;
using KubeDb.Api.Kubernetes;

namespace KubeDb.Api.Kinds.Shared;

/// <summary>The values that databases of every engine get for what their user leaves out. Pure and idempotent.</summary>
public static class DatabaseDefaults
{
    /// <summary>
    /// The deletion policy. A halted database keeps its data whatever the policy says; only DoNotTerminate stays, so that validation can refuse
    /// the halt.
    /// </summary>
    public static string DeletionPolicy(IDatabaseSpec spec)
    {
        var policy = string.IsNullOrEmpty(spec.DeletionPolicy) ? DeletionPolicies.Delete : spec.DeletionPolicy;
        return spec.Halted && policy != DeletionPolicies.DoNotTerminate ? DeletionPolicies.Halt : policy;
    }

    /// <summary>The storage type.</summary>
    public static string StorageType(IDatabaseSpec spec) => string.IsNullOrEmpty(spec.StorageType) ? StorageTypes.Durable : spec.StorageType;

    /// <summary>The settings of health checks.</summary>
    public static HealthChecker HealthChecker(HealthChecker? checker)
    {
        checker ??= new HealthChecker();
        return checker with
        {
            PeriodSeconds = checker.PeriodSeconds ?? 10,
            TimeoutSeconds = checker.TimeoutSeconds ?? 10,
            FailureThreshold = checker.FailureThreshold ?? 1,
        };
    }

    /// <summary>The reference to the credential of a database with authentication.</summary>
    public static AuthSecret AuthSecret(AuthSecret? secret)
    {
        secret ??= new AuthSecret();
        return secret.Kind.Length == 0 ? secret with { Kind = "Secret" } : secret;
    }

    /// <summary>Port and security context of the exporter; null for a database without monitoring.</summary>
    /// <param name="monitor">The user's wishes.</param>
    /// <param name="user">User the container runs as; null while it is not known.</param>
    /// <param name="port">Port that serves the metrics when the user names none.</param>
    public static MonitorSpec? Monitor(MonitorSpec? monitor, long? user, int port = ExporterSpec.DefaultPort)
    {
        if (monitor is null)
            return null;
        var prometheus = monitor.Prometheus ?? new PrometheusSpec();
        var exporter = prometheus.Exporter ?? new ExporterSpec();
        exporter = exporter with { Port = exporter.Port ?? port };
        if ((exporter.SecurityContext?.ToNode() ?? new JsonObject()) is JsonObject context)
        {
            ContainerDefaults.SecurityContext(context, user);
            exporter = exporter with { SecurityContext = JsonFragment.From(context) };
        }

        return monitor with { Prometheus = prometheus with { Exporter = exporter } };
    }

    /// <summary>A certificate for each alias, each with the name of its secret; nothing where no issuer is named.</summary>
    /// <param name="tls">The user's wishes.</param>
    /// <param name="database">Name of the database.</param>
    /// <param name="aliases">The engine's certificates, in the order in which they are added.</param>
    public static TlsSpec? Certificates(TlsSpec? tls, string database, IReadOnlyList<string> aliases)
    {
        if (tls?.IssuerRef is null)
            return tls;
        var certificates = tls.Certificates.ToList();
        foreach (var alias in aliases)
        {
            if (!certificates.Exists(c => c.Alias == alias))
                certificates.Add(new CertificateSpec { Alias = alias });
        }

        return tls with
        {
            Certificates =
            [
                .. certificates.Select(c => string.IsNullOrEmpty(c.SecretName) ? c with { SecretName = ObjectNames.Certificate(database, c.Alias) } : c),
            ],
        };
    }

    /// <summary>
    /// The pod template with its service account, placement, group of files and resize policies. A pod spec that is no object stays as it is, for
    /// validation to name.
    /// </summary>
    /// <param name="template">The user's template; null for none.</param>
    /// <param name="serviceAccount">Name of the service account.</param>
    /// <param name="user">User the containers run as; null while it is not known.</param>
    /// <param name="containers">Adds the engine's containers to the pod spec.</param>
    public static PodTemplate PodTemplate(PodTemplate? template, string serviceAccount, long? user, Action<JsonObject> containers)
    {
        template ??= new PodTemplate();
        if ((template.Spec?.ToNode() ?? new JsonObject()) is not JsonObject pod)
            return template;
        ContainerDefaults.Fill(pod, "serviceAccountName", serviceAccount);
        if (ContainerDefaults.EnsureObject(pod, "podPlacementPolicy") is { } placement)
            ContainerDefaults.Fill(placement, "name", "default");
        if (user is not null && ContainerDefaults.EnsureObject(pod, "securityContext") is { } context)
            ContainerDefaults.Fill(context, "fsGroup", user);
        containers(pod);
        foreach (var container in pod["containers"].Objects().Concat(pod["initContainers"].Objects()))
            ContainerDefaults.ResizePolicy(container);
        return template with { Spec = JsonFragment.From(pod) };
    }
}
