namespace KubeDb.Api.Engines.Kafka.Client;

/// <content>Settings of servers and topics, topics, and users who log in by SCRAM.</content>
public sealed partial class KafkaClient
{
    /// <summary>The settings of several things. Those of a server are told by itself alone.</summary>
    /// <param name="resources">What they belong to.</param>
    /// <param name="names">Names of settings; null for all.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public Task<IReadOnlyList<KafkaSettings>> DescribeSettingsAsync(IReadOnlyCollection<KafkaResource> resources, IReadOnlyCollection<string>? names, CancellationToken cancel) =>
        _connection.SendAsync(
            KafkaApi.DescribeConfigs,
            w => w.Array(resources, (each, resource) =>
            {
                each.Int8((sbyte)resource.Type).Text(resource.Name);
                if (names is null)
                    each.Unsigned(0);
                else
                    each.Array(names, static (one, name) => one.Text(name));
                each.End();
            }).Bool(true).Bool(false).End(),
            static (ref KafkaReader r) =>
            {
                _ = r.Int32();
                return r.Array(7, ReadSettings);
            },
            cancel);

    /// <summary>Changes settings of one thing. Those of a server have to be sent to it, so that it can refuse what it can not load.</summary>
    /// <param name="resource">What they belong to.</param>
    /// <param name="changes">The changes; all of them or none.</param>
    /// <param name="validateOnly">Only say whether they would be taken.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public async Task<KafkaResult> AlterSettingsAsync(KafkaResource resource, IReadOnlyCollection<KafkaSettingChange> changes, bool validateOnly, CancellationToken cancel)
    {
        var results = await _connection.SendAsync(
            KafkaApi.IncrementalAlterConfigs,
            w => w.Array(
                [resource],
                (each, _) => each.Int8((sbyte)resource.Type).Text(resource.Name)
                    .Array(changes, static (one, change) => one.Text(change.Name).Int8(change.Value is null ? (sbyte)1 : (sbyte)0).Text(change.Value).End()).End()).Bool(validateOnly).End(),
            static (ref KafkaReader r) =>
            {
                _ = r.Int32();
                return r.Array(6, static (ref KafkaReader each) =>
                {
                    var result = new KafkaResult(each.Error(), each.NullableText());
                    _ = each.Int8();
                    _ = each.Text();
                    each.End();
                    return result;
                });
            },
            cancel);
        return One(results);
    }

    /// <summary>Makes a topic. Its leaders are chosen soon afterwards.</summary>
    public async Task<KafkaResult> CreateTopicAsync(KafkaNewTopic topic, CancellationToken cancel)
    {
        var results = await _connection.SendAsync(
            KafkaApi.CreateTopics,
            w => w.Array(
                [topic],
                static (each, t) => each.Text(t.Name).Int32(t.Partitions).Int16(t.Replicas).Array<int>([], static (_, _) => { })
                    .Array(t.Settings, static (one, setting) => one.Text(setting.Key).Text(setting.Value).End()).End()).Int32((int)_options.Timeout.TotalMilliseconds).Bool(false).End(),
            static (ref KafkaReader r) =>
            {
                _ = r.Int32();
                return r.Array(12, static (ref KafkaReader each) =>
                {
                    _ = each.Text();
                    var result = new KafkaResult(each.Error(), each.NullableText());
                    _ = each.Int32();
                    _ = each.Int16();
                    _ = each.Array(5, static (ref KafkaReader setting) =>
                    {
                        _ = setting.Text();
                        _ = setting.NullableText();
                        _ = setting.Bool();
                        _ = setting.Int8();
                        _ = setting.Bool();
                        setting.End();
                        return true;
                    });
                    each.End();
                    return result;
                });
            },
            cancel);
        return One(results);
    }

    /// <summary>The mechanisms by which a user can log in by SCRAM; none where there is no such user.</summary>
    public async Task<IReadOnlyList<KafkaMechanism>> DescribeScramUserAsync(string user, CancellationToken cancel)
    {
        var users = await _connection.SendAsync(
            KafkaApi.DescribeScramUsers,
            w => w.Array([user], static (each, name) => each.Text(name).End()).End(),
            static (ref KafkaReader r) =>
            {
                _ = r.Int32();
                var error = r.Error();
                Demand(error, r.NullableText(), "says nothing of its users");
                return r.Array(6, static (ref KafkaReader each) =>
                {
                    _ = each.Text();
                    _ = each.Error();
                    _ = each.NullableText();
                    var mechanisms = each.Array(6, static (ref KafkaReader one) =>
                    {
                        var mechanism = (KafkaMechanism)one.Int8();
                        _ = one.Int32();
                        one.End();
                        return mechanism;
                    });
                    each.End();
                    return mechanisms;
                });
            },
            cancel);
        return [.. users.SelectMany(u => u)];
    }

    /// <summary>Has the servers take a user's password by SCRAM.</summary>
    /// <param name="credential">The user.</param>
    /// <param name="mechanism">The mechanism.</param>
    /// <param name="salt">Random bytes.</param>
    /// <param name="iterations">How much work each login is.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public async Task<KafkaResult> SetScramUserAsync(Credential credential, KafkaMechanism mechanism, byte[] salt, int iterations, CancellationToken cancel)
    {
        var salted = ScramExchange.SaltedPassword(credential.Password, salt, iterations, mechanism);
        var results = await _connection.SendAsync(
            KafkaApi.AlterScramUsers,
            w => w.Array<int>([], static (_, _) => { })
                .Array([credential.Username], (each, name) => each.Text(name).Int8((sbyte)mechanism).Int32(iterations).Bytes(salt).Bytes(salted).End()).End(),
            static (ref KafkaReader r) =>
            {
                _ = r.Int32();
                return r.Array(5, static (ref KafkaReader each) =>
                {
                    _ = each.Text();
                    var result = new KafkaResult(each.Error(), each.NullableText());
                    each.End();
                    return result;
                });
            },
            cancel);
        return One(results);
    }

    private static KafkaResult One(IReadOnlyList<KafkaResult> results) =>
        results is [var one] ? one : throw new IOException("The server's answer does not name what was asked.");

    private static KafkaSettings ReadSettings(ref KafkaReader reader)
    {
        var (error, message) = (reader.Error(), reader.NullableText());
        var resource = new KafkaResource((KafkaResourceType)reader.Int8(), reader.Text());
        var settings = reader.Array(9, ReadSetting);
        reader.End();
        return new(resource, error, message, settings);
    }

    private static KafkaSetting ReadSetting(ref KafkaReader reader)
    {
        var (name, value, isReadOnly, source, isSensitive) = (reader.Text(), reader.NullableText(), reader.Bool(), (KafkaSettingSource)reader.Int8(), reader.Bool());
        var synonyms = reader.Array(4, static (ref KafkaReader each) =>
        {
            var synonym = new KafkaSynonym(each.Text(), each.NullableText(), (KafkaSettingSource)each.Int8());
            each.End();
            return synonym;
        });
        var type = (KafkaSettingType)reader.Int8();
        _ = reader.NullableText();
        reader.End();
        return new(name, value, isReadOnly, isSensitive, source, type, synonyms);
    }
}
