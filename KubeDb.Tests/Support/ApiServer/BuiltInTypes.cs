namespace KubeDb.Tests.Support.ApiServer;

/// <summary>
/// How the built-in kinds merge and who can own which of their fields, as a Kubernetes 1.36 server publishes it in /openapi/v2.
/// A line is a structure: its name, then its fields. After a field's colon: <c>X</c> a structure, <c>{}</c> a map (of X), <c>[a,b]X</c> a
/// list keyed by a and b, <c>&lt;&gt;</c> a set, <c>!</c> one value that is owned as a whole; nothing: a scalar.
/// </summary>
internal static class BuiltInTypes
{
    public const string Table =
        """
        AWSElasticBlockStoreVolumeSource fsType partition readOnly volumeID
        Affinity nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
        AggregationRule clusterRoleSelectors:!
        AppArmorProfile localhostProfile type
        AzureDiskVolumeSource cachingMode diskName diskURI fsType kind readOnly
        AzureFilePersistentVolumeSource readOnly secretName secretNamespace shareName
        AzureFileVolumeSource readOnly secretName shareName
        CSIPersistentVolumeSource controllerExpandSecretRef:! controllerPublishSecretRef:! driver fsType nodeExpandSecretRef:! nodePublishSecretRef:! nodeStageSecretRef:! readOnly volumeAttributes:{} volumeHandle
        CSIVolumeSource driver fsType nodePublishSecretRef:! readOnly volumeAttributes:{}
        Capabilities add:! drop:!
        CephFSPersistentVolumeSource monitors:! path readOnly secretFile secretRef:! user
        CephFSVolumeSource monitors:! path readOnly secretFile secretRef:! user
        CinderPersistentVolumeSource fsType readOnly secretRef:! volumeID
        CinderVolumeSource fsType readOnly secretRef:! volumeID
        ClientIPConfig timeoutSeconds
        ClusterRole aggregationRule:AggregationRule apiVersion kind metadata:ObjectMeta rules:!
        ClusterRoleBinding apiVersion kind metadata:ObjectMeta roleRef:! subjects:!
        Condition lastTransitionTime message observedGeneration reason status type
        ConfigMap apiVersion binaryData:{} data:{} immutable kind metadata:ObjectMeta
        ConfigMapNodeConfigSource kubeletConfigKey name namespace resourceVersion uid
        ConfigMapVolumeSource defaultMode items:! name optional
        Container args:! command:! env:[name]EnvVar envFrom:! image imagePullPolicy lifecycle:Lifecycle livenessProbe:Probe name ports:[containerPort,protocol]ContainerPort readinessProbe:Probe resizePolicy:! resources:ResourceRequirements restartPolicy restartPolicyRules:! securityContext:SecurityContext startupProbe:Probe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices:[devicePath]VolumeDevice volumeMounts:[mountPath]VolumeMount workingDir
        ContainerPort containerPort hostIP hostPort name protocol
        ControllerRevision apiVersion data kind metadata:ObjectMeta revision
        DaemonEndpoint Port
        DeleteOptions apiVersion dryRun:! gracePeriodSeconds ignoreStoreReadErrorWithClusterBreakingPotential kind orphanDependents preconditions:Preconditions propagationPolicy
        Deployment apiVersion kind metadata:ObjectMeta spec:DeploymentSpec status:DeploymentStatus
        DeploymentCondition lastTransitionTime lastUpdateTime message reason status type
        DeploymentSpec minReadySeconds paused progressDeadlineSeconds replicas revisionHistoryLimit selector:! strategy:DeploymentStrategy template:PodTemplateSpec
        DeploymentStatus availableReplicas collisionCount conditions:[type]DeploymentCondition observedGeneration readyReplicas replicas terminatingReplicas unavailableReplicas updatedReplicas
        DeploymentStrategy rollingUpdate:RollingUpdateDeployment type
        DownwardAPIVolumeSource defaultMode items:!
        EmptyDirVolumeSource medium sizeLimit
        Endpoints apiVersion kind metadata:ObjectMeta subsets:!
        EnvVar name value valueFrom:EnvVarSource
        EnvVarSource configMapKeyRef:! fieldRef:! fileKeyRef:! resourceFieldRef:! secretKeyRef:!
        EphemeralContainer args:! command:! env:[name]EnvVar envFrom:! image imagePullPolicy lifecycle:Lifecycle livenessProbe:Probe name ports:[containerPort,protocol]ContainerPort readinessProbe:Probe resizePolicy:! resources:ResourceRequirements restartPolicy restartPolicyRules:! securityContext:SecurityContext startupProbe:Probe stdin stdinOnce targetContainerName terminationMessagePath terminationMessagePolicy tty volumeDevices:[devicePath]VolumeDevice volumeMounts:[mountPath]VolumeMount workingDir
        EphemeralVolumeSource volumeClaimTemplate:PersistentVolumeClaimTemplate
        Event action apiVersion count eventTime firstTimestamp involvedObject:! kind lastTimestamp message metadata:ObjectMeta reason related:! reportingComponent reportingInstance series:EventSeries source:EventSource type
        EventSeries count lastObservedTime
        EventSource component host
        Eviction apiVersion deleteOptions:DeleteOptions kind metadata:ObjectMeta
        ExecAction command:!
        FCVolumeSource fsType lun readOnly targetWWNs:! wwids:!
        FlexPersistentVolumeSource driver fsType options:{} readOnly secretRef:!
        FlexVolumeSource driver fsType options:{} readOnly secretRef:!
        FlockerVolumeSource datasetName datasetUUID
        GCEPersistentDiskVolumeSource fsType partition pdName readOnly
        GRPCAction port service
        GitRepoVolumeSource directory repository revision
        GlusterfsPersistentVolumeSource endpoints endpointsNamespace path readOnly
        GlusterfsVolumeSource endpoints path readOnly
        HTTPGetAction host httpHeaders:! path port scheme
        HostAlias hostnames:! ip
        HostPathVolumeSource path type
        ISCSIPersistentVolumeSource chapAuthDiscovery chapAuthSession fsType initiatorName iqn iscsiInterface lun portals:! readOnly secretRef:! targetPortal
        ISCSIVolumeSource chapAuthDiscovery chapAuthSession fsType initiatorName iqn iscsiInterface lun portals:! readOnly secretRef:! targetPortal
        ImageVolumeSource pullPolicy reference
        Job apiVersion kind metadata:ObjectMeta spec:JobSpec status:JobStatus
        JobSpec activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions managedBy manualSelector maxFailedIndexes parallelism podFailurePolicy:PodFailurePolicy podReplacementPolicy selector:! successPolicy:SuccessPolicy suspend template:PodTemplateSpec ttlSecondsAfterFinished
        JobStatus active completedIndexes completionTime conditions:! failed failedIndexes ready startTime succeeded terminating uncountedTerminatedPods:UncountedTerminatedPods
        Lease apiVersion kind metadata:ObjectMeta spec:LeaseSpec
        LeaseSpec acquireTime holderIdentity leaseDurationSeconds leaseTransitions preferredHolder renewTime strategy
        Lifecycle postStart:LifecycleHandler preStop:LifecycleHandler stopSignal
        LifecycleHandler exec:ExecAction httpGet:HTTPGetAction sleep:SleepAction tcpSocket:TCPSocketAction
        LoadBalancerStatus ingress:!
        LocalVolumeSource fsType path
        ModifyVolumeStatus status targetVolumeAttributesClassName
        NFSVolumeSource path readOnly server
        Namespace apiVersion kind metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
        NamespaceCondition lastTransitionTime message reason status type
        NamespaceSpec finalizers:!
        NamespaceStatus conditions:[type]NamespaceCondition phase
        NetworkPolicy apiVersion kind metadata:ObjectMeta spec:NetworkPolicySpec
        NetworkPolicySpec egress:! ingress:! podSelector:! policyTypes:!
        Node apiVersion kind metadata:ObjectMeta spec:NodeSpec status:NodeStatus
        NodeAddress address type
        NodeAffinity preferredDuringSchedulingIgnoredDuringExecution:! requiredDuringSchedulingIgnoredDuringExecution:!
        NodeCondition lastHeartbeatTime lastTransitionTime message reason status type
        NodeConfigSource configMap:ConfigMapNodeConfigSource
        NodeConfigStatus active:NodeConfigSource assigned:NodeConfigSource error lastKnownGood:NodeConfigSource
        NodeDaemonEndpoints kubeletEndpoint:DaemonEndpoint
        NodeFeatures supplementalGroupsPolicy
        NodeSpec configSource:NodeConfigSource externalID podCIDR podCIDRs:<> providerID taints:! unschedulable
        NodeStatus addresses:[type]NodeAddress allocatable:{} capacity:{} conditions:[type]NodeCondition config:NodeConfigStatus daemonEndpoints:NodeDaemonEndpoints declaredFeatures:! features:NodeFeatures images:! nodeInfo:NodeSystemInfo phase runtimeHandlers:! volumesAttached:! volumesInUse:!
        NodeSwapStatus capacity
        NodeSystemInfo architecture bootID containerRuntimeVersion kernelVersion kubeProxyVersion kubeletVersion machineID operatingSystem osImage swap:NodeSwapStatus systemUUID
        ObjectMeta annotations:{} creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers:<> generateName generation labels:{} managedFields:! name namespace ownerReferences:[uid]! resourceVersion selfLink uid
        PersistentVolume apiVersion kind metadata:ObjectMeta spec:PersistentVolumeSpec status:PersistentVolumeStatus
        PersistentVolumeClaim apiVersion kind metadata:ObjectMeta spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
        PersistentVolumeClaimCondition lastProbeTime lastTransitionTime message reason status type
        PersistentVolumeClaimSpec accessModes:! dataSource:! dataSourceRef:TypedObjectReference resources:VolumeResourceRequirements selector:! storageClassName volumeAttributesClassName volumeMode volumeName
        PersistentVolumeClaimStatus accessModes:! allocatedResourceStatuses:{} allocatedResources:{} capacity:{} conditions:[type]PersistentVolumeClaimCondition currentVolumeAttributesClassName modifyVolumeStatus:ModifyVolumeStatus phase
        PersistentVolumeClaimTemplate metadata:ObjectMeta spec:PersistentVolumeClaimSpec
        PersistentVolumeClaimVolumeSource claimName readOnly
        PersistentVolumeSpec accessModes:! awsElasticBlockStore:AWSElasticBlockStoreVolumeSource azureDisk:AzureDiskVolumeSource azureFile:AzureFilePersistentVolumeSource capacity:{} cephfs:CephFSPersistentVolumeSource cinder:CinderPersistentVolumeSource claimRef:! csi:CSIPersistentVolumeSource fc:FCVolumeSource flexVolume:FlexPersistentVolumeSource flocker:FlockerVolumeSource gcePersistentDisk:GCEPersistentDiskVolumeSource glusterfs:GlusterfsPersistentVolumeSource hostPath:HostPathVolumeSource iscsi:ISCSIPersistentVolumeSource local:LocalVolumeSource mountOptions:! nfs:NFSVolumeSource nodeAffinity:VolumeNodeAffinity persistentVolumeReclaimPolicy photonPersistentDisk:PhotonPersistentDiskVolumeSource portworxVolume:PortworxVolumeSource quobyte:QuobyteVolumeSource rbd:RBDPersistentVolumeSource scaleIO:ScaleIOPersistentVolumeSource storageClassName storageos:StorageOSPersistentVolumeSource volumeAttributesClassName volumeMode vsphereVolume:VsphereVirtualDiskVolumeSource
        PersistentVolumeStatus lastPhaseTransitionTime message phase reason
        PhotonPersistentDiskVolumeSource fsType pdID
        Pod apiVersion kind metadata:ObjectMeta spec:PodSpec status:PodStatus
        PodAffinity preferredDuringSchedulingIgnoredDuringExecution:! requiredDuringSchedulingIgnoredDuringExecution:!
        PodAntiAffinity preferredDuringSchedulingIgnoredDuringExecution:! requiredDuringSchedulingIgnoredDuringExecution:!
        PodCondition lastProbeTime lastTransitionTime message observedGeneration reason status type
        PodDNSConfig nameservers:! options:! searches:!
        PodDisruptionBudget apiVersion kind metadata:ObjectMeta spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus
        PodDisruptionBudgetSpec maxUnavailable minAvailable selector:! unhealthyPodEvictionPolicy
        PodDisruptionBudgetStatus conditions:[type]Condition currentHealthy desiredHealthy disruptedPods:{} disruptionsAllowed expectedPods observedGeneration
        PodExtendedResourceClaimStatus requestMappings:! resourceClaimName
        PodFailurePolicy rules:!
        PodIP ip
        PodOS name
        PodResourceClaim name resourceClaimName resourceClaimTemplateName
        PodResourceClaimStatus name resourceClaimName
        PodSchedulingGate name
        PodSchedulingGroup podGroupName
        PodSecurityContext appArmorProfile:AppArmorProfile fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile supplementalGroups:! supplementalGroupsPolicy sysctls:! windowsOptions:WindowsSecurityContextOptions
        PodSpec activeDeadlineSeconds affinity:Affinity automountServiceAccountToken containers:[name]Container dnsConfig:PodDNSConfig dnsPolicy enableServiceLinks ephemeralContainers:[name]EphemeralContainer hostAliases:[ip]HostAlias hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets:[name]! initContainers:[name]Container nodeName nodeSelector:! os:PodOS overhead:{} preemptionPolicy priority priorityClassName readinessGates:! resourceClaims:[name]PodResourceClaim resources:ResourceRequirements restartPolicy runtimeClassName schedulerName schedulingGates:[name]PodSchedulingGate schedulingGroup:PodSchedulingGroup securityContext:PodSecurityContext serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations:! topologySpreadConstraints:[topologyKey,whenUnsatisfiable]TopologySpreadConstraint volumes:[name]Volume
        PodStatus allocatedResources:{} conditions:[type]PodCondition containerStatuses:! ephemeralContainerStatuses:! extendedResourceClaimStatus:PodExtendedResourceClaimStatus hostIP hostIPs:! initContainerStatuses:! message nodeAllocatableResourceClaimStatuses:! nominatedNodeName observedGeneration phase podIP podIPs:[ip]PodIP qosClass reason resize resourceClaimStatuses:[name]PodResourceClaimStatus resources:ResourceRequirements startTime
        PodTemplate apiVersion kind metadata:ObjectMeta template:PodTemplateSpec
        PodTemplateSpec metadata:ObjectMeta spec:PodSpec
        PortworxVolumeSource fsType readOnly volumeID
        Preconditions resourceVersion uid
        Probe exec:ExecAction failureThreshold grpc:GRPCAction httpGet:HTTPGetAction initialDelaySeconds periodSeconds successThreshold tcpSocket:TCPSocketAction terminationGracePeriodSeconds timeoutSeconds
        ProjectedVolumeSource defaultMode sources:!
        QuobyteVolumeSource group readOnly registry tenant user volume
        RBDPersistentVolumeSource fsType image keyring monitors:! pool readOnly secretRef:! user
        RBDVolumeSource fsType image keyring monitors:! pool readOnly secretRef:! user
        ReplicaSet apiVersion kind metadata:ObjectMeta spec:ReplicaSetSpec status:ReplicaSetStatus
        ReplicaSetCondition lastTransitionTime message reason status type
        ReplicaSetSpec minReadySeconds replicas selector:! template:PodTemplateSpec
        ReplicaSetStatus availableReplicas conditions:[type]ReplicaSetCondition fullyLabeledReplicas observedGeneration readyReplicas replicas terminatingReplicas
        ResourceClaim name request
        ResourceRequirements claims:[name]ResourceClaim limits:{} requests:{}
        Role apiVersion kind metadata:ObjectMeta rules:!
        RoleBinding apiVersion kind metadata:ObjectMeta roleRef:! subjects:!
        RollingUpdateDeployment maxSurge maxUnavailable
        RollingUpdateStatefulSetStrategy maxUnavailable partition
        SELinuxOptions level role type user
        Scale apiVersion kind metadata:ObjectMeta spec:ScaleSpec status:ScaleStatus
        ScaleIOPersistentVolumeSource fsType gateway protectionDomain readOnly secretRef:! sslEnabled storageMode storagePool system volumeName
        ScaleIOVolumeSource fsType gateway protectionDomain readOnly secretRef:! sslEnabled storageMode storagePool system volumeName
        ScaleSpec replicas
        ScaleStatus replicas selector
        SeccompProfile localhostProfile type
        Secret apiVersion data:{} immutable kind metadata:ObjectMeta stringData:{} type
        SecretVolumeSource defaultMode items:! optional secretName
        SecurityContext allowPrivilegeEscalation appArmorProfile:AppArmorProfile capabilities:Capabilities privileged procMount readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile windowsOptions:WindowsSecurityContextOptions
        Service apiVersion kind metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus
        ServiceAccount apiVersion automountServiceAccountToken imagePullSecrets:! kind metadata:ObjectMeta secrets:[name]!
        ServicePort appProtocol name nodePort port protocol targetPort
        ServiceSpec allocateLoadBalancerNodePorts clusterIP clusterIPs:! externalIPs:! externalName externalTrafficPolicy healthCheckNodePort internalTrafficPolicy ipFamilies:! ipFamilyPolicy loadBalancerClass loadBalancerIP loadBalancerSourceRanges:! ports:[port,protocol]ServicePort publishNotReadyAddresses selector:! sessionAffinity sessionAffinityConfig:SessionAffinityConfig trafficDistribution type
        ServiceStatus conditions:[type]Condition loadBalancer:LoadBalancerStatus
        SessionAffinityConfig clientIP:ClientIPConfig
        SleepAction seconds
        StatefulSet apiVersion kind metadata:ObjectMeta spec:StatefulSetSpec status:StatefulSetStatus
        StatefulSetCondition lastTransitionTime message reason status type
        StatefulSetOrdinals start
        StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted whenScaled
        StatefulSetSpec minReadySeconds ordinals:StatefulSetOrdinals persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy podManagementPolicy replicas revisionHistoryLimit selector:! serviceName template:PodTemplateSpec updateStrategy:StatefulSetUpdateStrategy volumeClaimTemplates:!
        StatefulSetStatus availableReplicas collisionCount conditions:[type]StatefulSetCondition currentReplicas currentRevision observedGeneration readyReplicas replicas updateRevision updatedReplicas
        StatefulSetUpdateStrategy rollingUpdate:RollingUpdateStatefulSetStrategy type
        StorageClass allowVolumeExpansion allowedTopologies:! apiVersion kind metadata:ObjectMeta mountOptions:! parameters:{} provisioner reclaimPolicy volumeBindingMode
        StorageOSPersistentVolumeSource fsType readOnly secretRef:! volumeName volumeNamespace
        StorageOSVolumeSource fsType readOnly secretRef:! volumeName volumeNamespace
        SuccessPolicy rules:!
        TCPSocketAction host port
        TopologySpreadConstraint labelSelector:! matchLabelKeys:! maxSkew minDomains nodeAffinityPolicy nodeTaintsPolicy topologyKey whenUnsatisfiable
        TypedObjectReference apiGroup kind name namespace
        UncountedTerminatedPods failed:<> succeeded:<>
        Volume awsElasticBlockStore:AWSElasticBlockStoreVolumeSource azureDisk:AzureDiskVolumeSource azureFile:AzureFileVolumeSource cephfs:CephFSVolumeSource cinder:CinderVolumeSource configMap:ConfigMapVolumeSource csi:CSIVolumeSource downwardAPI:DownwardAPIVolumeSource emptyDir:EmptyDirVolumeSource ephemeral:EphemeralVolumeSource fc:FCVolumeSource flexVolume:FlexVolumeSource flocker:FlockerVolumeSource gcePersistentDisk:GCEPersistentDiskVolumeSource gitRepo:GitRepoVolumeSource glusterfs:GlusterfsVolumeSource hostPath:HostPathVolumeSource image:ImageVolumeSource iscsi:ISCSIVolumeSource name nfs:NFSVolumeSource persistentVolumeClaim:PersistentVolumeClaimVolumeSource photonPersistentDisk:PhotonPersistentDiskVolumeSource portworxVolume:PortworxVolumeSource projected:ProjectedVolumeSource quobyte:QuobyteVolumeSource rbd:RBDVolumeSource scaleIO:ScaleIOVolumeSource secret:SecretVolumeSource storageos:StorageOSVolumeSource vsphereVolume:VsphereVirtualDiskVolumeSource
        VolumeDevice devicePath name
        VolumeMount mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr
        VolumeNodeAffinity required:!
        VolumeResourceRequirements limits:{} requests:{}
        VsphereVirtualDiskVolumeSource fsType storagePolicyID storagePolicyName volumePath
        WindowsSecurityContextOptions gmsaCredentialSpec gmsaCredentialSpecName hostProcess runAsUserName
        """;
}
