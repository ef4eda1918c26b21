namespace KubeDb.Tests.Machine.ApiServer;

/// <content>A StatefulSet with one of everything that merges in its own way, and who owns what of it.</content>
public abstract partial class ApiSemantics
{
    private const string SomeUid = "11111111-1111-1111-1111-111111111111";

    private const string Workload =
        """
        {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","labels":{"app":"db"},"ownerReferences":[{"apiVersion":"v1",
        "kind":"Namespace","name":"o","uid":"11111111-1111-1111-1111-111111111111","controller":true,"blockOwnerDeletion":true}]},
        "spec":{"replicas":0,"serviceName":"db-pods","podManagementPolicy":"Parallel","updateStrategy":{"type":"OnDelete"},
        "selector":{"matchLabels":{"app":"db"}},"template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"redis",
        "image":"redis:7","env":[{"name":"A","value":"1"},{"name":"B","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],
        "ports":[{"name":"db","containerPort":6379}],"volumeMounts":[{"name":"data","mountPath":"/data"}],
        "resources":{"requests":{"cpu":"100m"}},"securityContext":{"capabilities":{"drop":["ALL"]},"runAsUser":999},
        "readinessProbe":{"tcpSocket":{"port":6379}}}],"volumes":[{"name":"tmp","emptyDir":{}},{"name":"conf",
        "secret":{"secretName":"s"}}],"nodeSelector":{"a":"b"},"securityContext":{"fsGroup":999},
        "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway",
        "labelSelector":{"matchLabels":{"app":"db"}}}],
        "affinity":{"podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1,
        "podAffinityTerm":{"topologyKey":"x","labelSelector":{"matchLabels":{"app":"db"}}}}]}}}},
        "volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],
        "resources":{"requests":{"storage":"1Gi"}}}}]}}
        """;

    private const string AppliedWorkload =
        """
        {"f:metadata":{"f:labels":{"f:app":{}},"f:ownerReferences":{"k:{\"uid\":\"11111111-1111-1111-1111-111111111111\"}":{}}},
        "f:spec":{"f:podManagementPolicy":{},"f:replicas":{},"f:selector":{},"f:serviceName":{},
        "f:template":{"f:metadata":{"f:labels":{"f:app":{}}},
        "f:spec":{"f:affinity":{"f:podAntiAffinity":{"f:preferredDuringSchedulingIgnoredDuringExecution":{}}},
        "f:containers":{"k:{\"name\":\"redis\"}":{".":{},"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:value":{}},
        "k:{\"name\":\"B\"}":{".":{},"f:name":{},"f:valueFrom":{"f:fieldRef":{}}}},"f:image":{},"f:name":{},
        "f:ports":{"k:{\"containerPort\":6379,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{}}},
        "f:readinessProbe":{"f:tcpSocket":{"f:port":{}}},"f:resources":{"f:requests":{"f:cpu":{}}},
        "f:securityContext":{"f:capabilities":{"f:drop":{}},"f:runAsUser":{}},
        "f:volumeMounts":{"k:{\"mountPath\":\"/data\"}":{".":{},"f:mountPath":{},"f:name":{}}}}},"f:nodeSelector":{},
        "f:securityContext":{"f:fsGroup":{}},
        "f:topologySpreadConstraints":{"k:{\"topologyKey\":\"kubernetes.io/hostname\",\"whenUnsatisfiable\":\"ScheduleAnyway\"}":{".":{},
        "f:labelSelector":{},"f:maxSkew":{},"f:topologyKey":{},"f:whenUnsatisfiable":{}}},
        "f:volumes":{"k:{\"name\":\"conf\"}":{".":{},"f:name":{},"f:secret":{"f:secretName":{}}},"k:{\"name\":\"tmp\"}":{".":{},
        "f:emptyDir":{},"f:name":{}}}}},"f:updateStrategy":{"f:type":{}},"f:volumeClaimTemplates":{}}}
        """;

    private const string CreatedWorkload =
        """
        {"f:metadata":{"f:labels":{".":{},"f:app":{}},"f:ownerReferences":{".":{},
        "k:{\"uid\":\"11111111-1111-1111-1111-111111111111\"}":{}}},"f:spec":{"f:persistentVolumeClaimRetentionPolicy":{".":{},
        "f:whenDeleted":{},"f:whenScaled":{}},"f:podManagementPolicy":{},"f:replicas":{},"f:revisionHistoryLimit":{},"f:selector":{},
        "f:serviceName":{},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:affinity":{".":{},
        "f:podAntiAffinity":{".":{},"f:preferredDuringSchedulingIgnoredDuringExecution":{}}},
        "f:containers":{"k:{\"name\":\"redis\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:value":{}},
        "k:{\"name\":\"B\"}":{".":{},"f:name":{},"f:valueFrom":{".":{},"f:fieldRef":{}}}},"f:image":{},"f:imagePullPolicy":{},
        "f:name":{},"f:ports":{".":{},"k:{\"containerPort\":6379,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},
        "f:protocol":{}}},"f:readinessProbe":{".":{},"f:failureThreshold":{},"f:periodSeconds":{},"f:successThreshold":{},
        "f:tcpSocket":{".":{},"f:port":{}},"f:timeoutSeconds":{}},"f:resources":{".":{},"f:requests":{".":{},"f:cpu":{}}},
        "f:securityContext":{".":{},"f:capabilities":{".":{},"f:drop":{}},"f:runAsUser":{}},"f:terminationMessagePath":{},
        "f:terminationMessagePolicy":{},"f:volumeMounts":{".":{},"k:{\"mountPath\":\"/data\"}":{".":{},"f:mountPath":{},
        "f:name":{}}}}},"f:dnsPolicy":{},"f:nodeSelector":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{".":{},
        "f:fsGroup":{}},"f:terminationGracePeriodSeconds":{},"f:topologySpreadConstraints":{".":{},
        "k:{\"topologyKey\":\"kubernetes.io/hostname\",\"whenUnsatisfiable\":\"ScheduleAnyway\"}":{".":{},"f:labelSelector":{},
        "f:maxSkew":{},"f:topologyKey":{},"f:whenUnsatisfiable":{}}},"f:volumes":{".":{},"k:{\"name\":\"conf\"}":{".":{},"f:name":{},
        "f:secret":{".":{},"f:defaultMode":{},"f:secretName":{}}},"k:{\"name\":\"tmp\"}":{".":{},"f:emptyDir":{},"f:name":{}}}}},
        "f:updateStrategy":{"f:type":{}},"f:volumeClaimTemplates":{}}}
        """;
}
