using System.Text;
using KubeDb.Api.Engines.Blueprints;
using KubeDb.Api.Engines.Certificates;
using KubeDb.Api.Engines.Kafka.Configuration;
using KubeDb.Api.Kinds;
using KubeDb.Api.Kinds.AppCatalog;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.Api.Engines.Kafka;

/// <summary>Describes every object of a Kafka. Pure.</summary>
internal static class KafkaBlueprint
{
    /// <summary>The objects in the order in which they are created: what others need comes first, and users see the contract's events in order.</summary>
    public static Blueprint Describe(DatabaseFacts facts)
    {
        var d = new KafkaDescription(facts);
        var warnings = new List<SpecWarning>();
        var objects = Services(d).ToList();

        // Nodes ask the API server for nothing, so their account has no right; where they stand they are told.
        objects.AddRange(AccessObjects.Account(d));
        objects.Add(BindingObjects.ConfigSecret(d, KafkaScripts.All, d.ScriptSecret));
        objects.AddRange(d.Nodes.Select(nodes => BindingObjects.ConfigSecret(d, KafkaFiles.Of(d, nodes), d.ConfigSecretOf(nodes))));
        objects.AddRange(KafkaTls.PasswordSecret(d));
        objects.AddRange(CertificateObjects.Describe(d, KafkaTls.Certificates(d.Kafka)));
        foreach (var nodes in d.Nodes)
        {
            objects.Add(KafkaPods.PetSet(d, nodes, warnings));
            if (PetSetObjects.DisruptionBudget(d, nodes.PetSet, nodes.Replicas, nodes.Labels) is { } budget)
                objects.Add(budget);
        }

        objects.Add(AppBinding(d));
        if (MonitoringObjects.ServiceMonitor(d) is { } monitor)
            objects.Add(monitor);
        return new(objects) { Warnings = warnings };
    }

    private static IEnumerable<DesiredObject> Services(KafkaDescription d)
    {
        var governing = ServiceObjects.Governing(
            d,
            ServiceObjects.Port(KafkaPods.BrokerPort, KafkaPorts.Broker, KafkaPods.BrokerPort),
            ServiceObjects.Port(KafkaPods.ControllerPort, KafkaPorts.Controller, KafkaPods.ControllerPort),
            ServiceObjects.Port(KafkaPods.LocalPort, KafkaPorts.Local, KafkaPods.LocalPort));
        yield return new(ResourceTypes.Service, governing) { CreatedEvent = "Successfully created governing service" };
        if (d.Monitor is not null)
            yield return new(ResourceTypes.Service, ServiceObjects.Stats(d)) { CreatedEvent = "Successfully created stats service" };
    }

    private static DesiredObject AppBinding(KafkaDescription d)
    {
        var isTls = KafkaTls.IsOn(d.Kafka);
        var client = new AppClientConfig
        {
            Service = new() { Name = d.GoverningService, Port = KafkaPorts.Broker, Scheme = isTls ? "https" : "http" },
            CaBundle = isTls && DatabaseCertificates.Trusted(d.Facts, KafkaTls.Certificates(d.Facts.Database)) is { IsEmpty: false } bundle ? Encoding.UTF8.GetBytes(bundle.Text) : null,
        };
        return BindingObjects.AppBinding(d, "kubedb.com/kafka", client, null, isTls ? KafkaTls.Client(d.Kafka).SecretName : null);
    }
}
