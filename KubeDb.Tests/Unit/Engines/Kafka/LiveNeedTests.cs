using KubeDb.Api.Engines.Kafka.Client;
using KubeDb.Api.Engines.Kafka.Configuration;

namespace KubeDb.Tests.Unit.Engines.Kafka;

[TestFixture, Category("Unit")]
public class LiveNeedTests
{
    [TestCase("8", null, "9", "9", TestName = "A new value is set")]
    [TestCase("9", null, "9", null, TestName = "What the file says needs nothing")]
    [TestCase("8", "9", "9", null, TestName = "What was set needs nothing")]
    [TestCase("9", "7", "9", "-", TestName = "What hides the file is taken away")]
    [TestCase("9", "9", "9", "-", TestName = "What repeats the file is taken away")]
    [TestCase(null, "7", null, "-", TestName = "The default comes back by taking away what was set")]
    [TestCase("8", null, null, "5", TestName = "The default is set where the file says otherwise")]
    public void A_running_server_is_told_no_more_than_it_needs(string? file, string? set, string? wanted, string? change)
    {
        var need = LiveNeed.Of(1, Setting("num.io.threads", set ?? file ?? "5", [("5", KafkaSettingSource.Default), (file, KafkaSettingSource.File), (set, KafkaSettingSource.DynamicBroker)]), wanted);
        Assert.That(need.Change, Is.EqualTo(change switch { null => null, "-" => new KafkaSettingChange("num.io.threads", null), _ => new KafkaSettingChange("num.io.threads", change) }));
        Assert.That((need.Resource, need.Back), Is.EqualTo((KafkaResource.Broker(1), new KafkaSettingChange("num.io.threads", set))));
    }

    [Test]
    public void A_default_that_follows_from_another_setting_comes_back_only_at_start() =>
        Assert.That(LiveNeed.Of(1, Setting("log.retention.ms", "8", [("8", KafkaSettingSource.File)]), null) is { Change: null, IsInEffect: false }, Is.True);

    [Test]
    public void What_controllers_act_by_is_set_for_all_and_never_taken_away()
    {
        var need = LiveNeed.Of(1, Setting("min.insync.replicas", "1", [("1", KafkaSettingSource.DynamicDefault), ("2", KafkaSettingSource.File), ("1", KafkaSettingSource.Default)]), "2");
        Assert.That((need.Resource, need.Change, need.Back), Is.EqualTo((KafkaResource.AllBrokers, new KafkaSettingChange("min.insync.replicas", "2"), new KafkaSettingChange("min.insync.replicas", "1"))));
    }

    private static KafkaSetting Setting(string name, string value, (string? Value, KafkaSettingSource Source)[] sources)
    {
        var synonyms = sources.Where(s => s.Value is not null).Select(s => new KafkaSynonym(name, s.Value, s.Source)).OrderBy(s => s.Source).ToList();
        return new(name, value, false, false, synonyms.Count > 0 ? synonyms[0].Source : KafkaSettingSource.Default, KafkaSettingType.Integer, synonyms);
    }
}
