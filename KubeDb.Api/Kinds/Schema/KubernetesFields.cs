using System.Collections.Frozen;

namespace KubeDb.Api.Kinds.Schema;

/// <summary>
/// The fields of the Kubernetes-owned pieces that specs carry: the one source of both the definitions' schemas (their first level) and the
/// warnings about fields that nothing reads (<c>Shared.UnknownFields</c>). Sources: the API reference of Kubernetes up to 1.36, and the fields
/// that the public CRDs declare.
/// </summary>
public static class KubernetesFields
{
    /// <summary>Fields of a pod template's spec as the definitions declare them, each with its kind of schema.</summary>
    public const string PodSpec =
        "activeDeadlineSeconds:int64 affinity:object automountServiceAccountToken:boolean containers:named dnsConfig:object dnsPolicy:string "
        + "enableServiceLinks:boolean ephemeralContainers:named hostAliases:objects hostIPC:boolean hostNetwork:boolean hostPID:boolean "
        + "hostUsers:boolean imagePullSecrets:objects initContainers:named nodeName:string nodeSelector:object os:object overhead:object "
        + "podPlacementPolicy:policy preemptionPolicy:string priority:int32 priorityClassName:string readinessGates:objects "
        + "restartPolicy:string runtimeClassName:string schedulerName:string securityContext:object serviceAccountName:string "
        + "setHostnameAsFQDN:boolean shareProcessNamespace:boolean terminationGracePeriodSeconds:int64 tolerations:objects "
        + "topologySpreadConstraints:objects volumes:named";

    /// <summary>Fields of a pod spec of v1alpha2: no containers, but the settings of the server's container.</summary>
    public const string FlatPodSpec =
        "activeDeadlineSeconds:int64 affinity:object args:strings automountServiceAccountToken:boolean containerSecurityContext:object dnsConfig:object "
        + "dnsPolicy:string enableServiceLinks:boolean env:named hostAliases:objects hostIPC:boolean hostNetwork:boolean hostPID:boolean "
        + "hostUsers:boolean imagePullSecrets:objects initContainers:named lifecycle:object livenessProbe:object nodeName:string nodeSelector:object "
        + "os:object overhead:object podPlacementPolicy:policy preemptionPolicy:string priority:int32 priorityClassName:string readinessGates:objects "
        + "readinessProbe:object resources:requirements restartPolicy:string runtimeClassName:string schedulerName:string securityContext:object "
        + "serviceAccountName:string setHostnameAsFQDN:boolean shareProcessNamespace:boolean terminationGracePeriodSeconds:int64 "
        + "tolerations:objects topologySpreadConstraints:objects volumeMounts:objects volumes:named";

    /// <summary>Fields of a claim's spec.</summary>
    public const string VolumeClaimSpec =
        "accessModes:atomicStrings dataSource:object dataSourceRef:object resources:amounts selector:selector storageClassName:string "
        + "volumeAttributesClassName:string volumeMode:string volumeName:string";

    /// <summary>Fields of a service's spec that may be overridden.</summary>
    public const string ServiceSpec =
        "clusterIP:string externalIPs:strings externalTrafficPolicy:string healthCheckNodePort:int32 loadBalancerIP:string "
        + "loadBalancerSourceRanges:strings ports:objects sessionAffinityConfig:object type:string";

    /// <summary>Fields of a container's security context.</summary>
    public const string ContainerSecurityContext =
        "allowPrivilegeEscalation:boolean appArmorProfile:object capabilities:object privileged:boolean procMount:string "
        + "readOnlyRootFilesystem:boolean runAsGroup:int64 runAsNonRoot:boolean runAsUser:int64 seLinuxOptions:object "
        + "seccompProfile:object windowsOptions:object";

    private const string VolumeSources =
        "awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral fc flexVolume flocker "
        + "gcePersistentDisk gitRepo glusterfs hostPath image iscsi nfs persistentVolumeClaim photonPersistentDisk portworxVolume projected "
        + "quobyte rbd scaleIO secret storageos vsphereVolume";

    private const string Container =
        "args command env>EnvVar envFrom>EnvFromSource image imagePullPolicy lifecycle>Lifecycle livenessProbe>Probe name ports>ContainerPort "
        + "readinessProbe>Probe resizePolicy>ResizePolicy resources>Resources restartPolicy restartPolicyRules securityContext>ContainerSecurityContext "
        + "startupProbe>Probe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices>VolumeDevice "
        + "volumeMounts>VolumeMount workingDir";

    private const string Handlers = "exec>ExecAction grpc>GrpcAction httpGet>HttpGetAction tcpSocket>TcpSocketAction";

    // What lies below the first level, as far as users write it: "field" or "field>Piece". A piece that is not here is not looked into.
    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> Pieces = new Dictionary<string, string>
    {
        // Beside the declared fields, those that the public definitions leave out and that a pod has all the same.
        ["PodSpec"] = Names(PodSpec) + " deprecatedServiceAccount hostname hostnameOverride resourceClaims resources>Resources schedulingGates "
            + "serviceAccount subdomain workloadRef affinity>Affinity containers>Container ephemeralContainers>EphemeralContainer "
            + "hostAliases>HostAlias imagePullSecrets>Reference initContainers>Container securityContext>PodSecurityContext "
            + "tolerations>Toleration topologySpreadConstraints>TopologySpread volumes>Volume dnsConfig>DnsConfig podPlacementPolicy>Reference",
        ["ServiceSpec"] = Names(ServiceSpec) + " ports>ServicePort",
        ["Container"] = Container,
        ["EphemeralContainer"] = Container + " targetContainerName",
        ["ContainerSecurityContext"] = Names(ContainerSecurityContext),
        ["PodSecurityContext"] = "appArmorProfile fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy seLinuxOptions "
            + "seccompProfile supplementalGroups supplementalGroupsPolicy sysctls windowsOptions",
        ["Resources"] = "claims limits requests",
        ["EnvVar"] = "name value valueFrom>EnvVarSource",
        ["EnvVarSource"] = "configMapKeyRef fieldRef fileKeyRef resourceFieldRef secretKeyRef",
        ["EnvFromSource"] = "configMapRef prefix secretRef",
        ["ContainerPort"] = "containerPort hostIP hostPort name protocol",
        ["VolumeMount"] = "mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr",
        ["VolumeDevice"] = "devicePath name",
        ["ResizePolicy"] = "resourceName restartPolicy",
        ["Probe"] = Handlers + " failureThreshold initialDelaySeconds periodSeconds successThreshold terminationGracePeriodSeconds timeoutSeconds",
        ["Lifecycle"] = "postStart>LifecycleHandler preStop>LifecycleHandler stopSignal",
        ["LifecycleHandler"] = Handlers + " sleep",
        ["ExecAction"] = "command",
        ["GrpcAction"] = "port service",
        ["HttpGetAction"] = "host httpHeaders path port scheme",
        ["TcpSocketAction"] = "host port",
        ["Volume"] = "name " + VolumeSources,
        ["Affinity"] = "nodeAffinity>NodeAffinity podAffinity>PodAffinity podAntiAffinity>PodAffinity",
        ["NodeAffinity"] = "preferredDuringSchedulingIgnoredDuringExecution requiredDuringSchedulingIgnoredDuringExecution",
        ["PodAffinity"] = "preferredDuringSchedulingIgnoredDuringExecution>WeightedPodTerm requiredDuringSchedulingIgnoredDuringExecution>PodTerm",
        ["WeightedPodTerm"] = "podAffinityTerm>PodTerm weight",
        ["PodTerm"] = "labelSelector matchLabelKeys mismatchLabelKeys namespaceSelector namespaces topologyKey",
        ["Toleration"] = "effect key operator tolerationSeconds value",
        ["TopologySpread"] = "labelSelector matchLabelKeys maxSkew minDomains nodeAffinityPolicy nodeTaintsPolicy topologyKey whenUnsatisfiable",
        ["HostAlias"] = "hostnames ip",
        ["DnsConfig"] = "nameservers options searches",
        ["Reference"] = "name",
        ["ServicePort"] = "appProtocol name nodePort port protocol targetPort",
    }.ToFrozenDictionary(p => p.Key, p => Read(p.Value));

    /// <summary>
    /// The fields of a piece by name, each with the piece that it holds (or that the items of its list are); empty where it is not looked into.
    /// Null for a piece that is not known.
    /// </summary>
    public static IReadOnlyDictionary<string, string>? Of(string piece) => Pieces.GetValueOrDefault(piece);

    /// <summary>The piece that a fragment of the shape is; null for one whose fields are not known, or are pruned by the server.</summary>
    public static string? PieceOf(FragmentShape shape) => shape switch
    {
        FragmentShape.PodSpec => "PodSpec",
        FragmentShape.ServiceSpec => "ServiceSpec",
        _ => null,
    };

    private static string Names(string declared) => string.Join(' ', declared.Split(' ').Select(f => f.Split(':')[0]));

    // A later mention of a field says what it holds.
    private static FrozenDictionary<string, string> Read(string fields)
    {
        var read = new Dictionary<string, string>();
        foreach (var parts in fields.Split(' ').Select(f => f.Split('>')))
            read[parts[0]] = parts.Length > 1 ? parts[1] : read.GetValueOrDefault(parts[0], "");
        return read.ToFrozenDictionary();
    }
}
