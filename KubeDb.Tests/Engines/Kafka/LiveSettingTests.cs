using KubeDb.Api.Engines;
using KubeDb.Api.Engines.Configuration;
using KubeDb.Api.Engines.Kafka;
using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Tests.Engines.Kafka;

/// <summary>Settings that change in running brokers, and what becomes of them at a restart.</summary>
[TestFixtureSource(typeof(KafkaVersions))]
public sealed class LiveSettingTests(EngineVersion version) : KafkaFixture(version)
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Test]
    public async Task Settings_change_live_on_all_brokers_or_on_none_and_nothing_hides_what_the_next_start_reads()
    {
        await FormAsync(brokers: 2);
        var before = Nodes.UserConfiguration;

        var changed = await ApplyAsync(before + "\nlog.retention.ms=1234567\nnum.io.threads=9");
        Assert.That(changed.Kind, Is.EqualTo(LiveChangeKind.Applied), changed.Message);
        foreach (var pod in Nodes.Pods)
            Assert.That((await ValueAsync(pod, "log.retention.ms")).Value, Is.EqualTo("1234567"), pod);

        // One that a server refuses, and one that it would have taken: neither is there.
        var refused = await ApplyAsync(Nodes.UserConfiguration + "\nlog.retention.bytes=5\nlog.segment.bytes=1");
        Assert.That((refused.Kind, refused.Message), Is.EqualTo((LiveChangeKind.Refused, refused.Message)));
        Assert.That(refused.Message, Does.Contain("refuses").And.Contain("log.segment.bytes"));
        foreach (var pod in Nodes.Pods)
            Assert.That((await ValueAsync(pod, "log.retention.bytes")).Source, Is.EqualTo(KafkaSettingSource.Default), pod);

        // Too many threads at once, which a start takes; and what only a start takes.
        Assert.That((await ApplyAsync(Nodes.UserConfiguration + "\nnum.network.threads=20")).Kind, Is.EqualTo(LiveChangeKind.NeedsRestart));
        Assert.That((await ApplyAsync(Nodes.UserConfiguration + "\nlog.retention.hours=5")).Message, Is.EqualTo("log.retention.hours takes effect only at start"));

        // A restart with the file that says the same: what was set is taken away.
        var plan = Plan(before, Nodes.UserConfiguration);
        foreach (var pod in Nodes.Pods)
        {
            await Nodes.StopAsync(pod);
            await Nodes.StartAsync(pod);
            await Nodes.SettleAsync();
        }

        Assert.That((await ValueAsync(Nodes.Pods[0], "log.retention.ms")).Source, Is.EqualTo(KafkaSettingSource.DynamicBroker));
        await Nodes.UntilAsync(() => Nodes.Configuration.InEffectAsync(Nodes.Instances, plan, Never));
        await Nodes.UntilAsync(async () => (await ValueAsync(Nodes.Pods[1], "log.retention.ms")).Source == KafkaSettingSource.File ? null : "What was set is still there.");
        Assert.That(await Nodes.Configuration.DifferencesAsync(Nodes.Facts, Nodes.Instances, Never), Is.Empty);

        // Back to the default, which follows from another setting and therefore needs a start; and to one that does not.
        Assert.That((await ApplyAsync(before + "\nnum.io.threads=9")).Message, Does.Contain("log.retention.ms comes back only at start"));
        Nodes.UserConfiguration = before + "\nlog.retention.ms=1234567\nnum.io.threads=9";
        var back = await ApplyAsync(before + "\nlog.retention.ms=1234567");
        Assert.That(back.Kind, Is.EqualTo(LiveChangeKind.Applied), back.Message);
        Assert.That((await ValueAsync(Nodes.Pods[0], "num.io.threads")).Value, Is.EqualTo("8"));
    }

    [Test]
    public async Task What_controllers_act_by_is_changed_for_all_servers_together()
    {
        await FormAsync(brokers: 1, controllers: 1);
        foreach (var number in new[] { "2", "1" })
        {
            var changed = await ApplyAsync($"{Nodes.UserConfiguration}\nmin.insync.replicas={number}");
            Assert.That(changed.Kind, Is.EqualTo(LiveChangeKind.Applied), changed.Message);
            var told = await ValueAsync(Nodes.BrokerPods[0], "min.insync.replicas");
            Assert.That(told.Value, Is.EqualTo(number));
        }
    }

    [Test]
    public async Task The_folder_of_the_metadata_is_not_moved()
    {
        await FormAsync(brokers: 1);
        Nodes.WasProvisioned = true;
        var plan = Plan(Nodes.UserConfiguration, Nodes.UserConfiguration + "\nmetadata.log.dir=/var/log/kafka/other");
        Assert.That((await Nodes.Configuration.CheckAsync(Nodes.Instances, plan, Never)).Single().Message, Does.Contain("would begin without their metadata"));
        Assert.That((await Nodes.Configuration.CheckSpecAsync(Nodes.Facts, Nodes.Instances, Never)).Violations, Is.Empty);
        Nodes.UserConfiguration += "\nmetadata.log.dir=/var/log/kafka/other";
        Assert.That((await Nodes.Configuration.CheckSpecAsync(Nodes.Facts, Nodes.Instances, Never)).Violations.Single().Message, Does.Contain($"would move the metadata of {Nodes.Pods[0]}"));
    }

    private async Task<LiveChange> ApplyAsync(string after)
    {
        var plan = Plan(Nodes.UserConfiguration, after);
        var changed = await Nodes.Configuration.ApplyLiveAsync(Nodes.Instances, plan, Never);
        if (changed.Kind == LiveChangeKind.Applied)
        {
            Nodes.UserConfiguration = after;
            await Nodes.UntilAsync(() => Nodes.Configuration.InEffectAsync(Nodes.Instances, plan, Never));
        }

        return changed;
    }

    private ConfigurationPlan Plan(string before, string after)
    {
        var file = Nodes.Configuration.Files(Nodes.Instances.Version).First(f => f.Name == (Nodes.Database.Spec.Topology is null ? KafkaValidation.ServerFile : KafkaValidation.BrokerFile));
        return new(null, [new(file, file.Dialect.Read(before).Document, file.Dialect.Read(after).Document)], []);
    }

    private async Task<KafkaSetting> ValueAsync(string pod, string name)
    {
        await using var client = await Nodes.ClientAsync(pod);
        return (await OpenBrokers.DescribeAsync(client, Nodes.IdOf(pod), [name], Never))[name];
    }
}
