using KubeDb.Api.Kubernetes;

namespace KubeDb.Tests.Unit.Kubernetes;

[Category("Unit")]
public sealed class ObjectUidTests
{
    [TestCase("")]
    [TestCase("3315ac5a-6a44-4da7-80fe-91080bfc9142")]
    [TestCase("3315AC5A-6a44-4da7-80fe-91080bfc9142")]
    [TestCase("3315ac5a6a444da780fe91080bfc9142")]
    [TestCase("00000000-0000-0000-0000-000000000000")]
    [TestCase("u")]
    public void It_gives_back_the_text_that_it_was_made_of(string text)
    {
        Assert.That(ObjectUid.Of(text).ToString(), Is.EqualTo(text));
        Assert.That(new ObjectMeta { Uid = text }.Uid, Is.EqualTo(text));
        Assert.That(new OwnerReference { Uid = text }.Uid, Is.EqualTo(text));
    }

    [Test]
    public void It_is_equal_exactly_when_the_texts_are()
    {
        string[] texts = ["", "u", "3315ac5a-6a44-4da7-80fe-91080bfc9142", "3315AC5A-6a44-4da7-80fe-91080bfc9142", "3315ac5a-6a44-4da7-80fe-91080bfc9143"];

        foreach (var one in texts)
            Assert.That(texts.Where(other => ObjectUid.Of(other) == ObjectUid.Of(one)), Is.EqualTo(new[] { one }));
        Assert.That(ObjectUid.Of(null), Is.EqualTo(ObjectUid.Of("")));
    }

    [TestCase("")]
    [TestCase("1")]
    [TestCase("18446744073709551615")]
    [TestCase("18446744073709551616")]
    [TestCase("0")]
    [TestCase("012")]
    [TestCase("1,000")]
    [TestCase("v7")]
    public void A_resource_version_stays_the_text_that_it_was(string text) =>
        Assert.That(new ObjectMeta { ResourceVersion = text }.ResourceVersion, Is.EqualTo(text));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("0123456789abcdef0123456789abcdef")]
    public void A_fingerprint_stays_the_text_that_it_was(string? text) =>
        Assert.That(new ObjectMeta { Fingerprint = text }.Fingerprint, Is.EqualTo(text));

    [TestCase("")]
    [TestCase("The Redis: demo/rd is ready.")]
    [TestCase("Größe 1 → 2 😀")]
    public void A_held_text_stays_what_it_was(string text)
    {
        var (held, again) = (HeldText.Of(text), HeldText.Of(text));
        Assert.That(held.ToString(), Is.EqualTo(text));
        Assert.That(again, Is.EqualTo(held));
        Assert.That(HeldText.Of(text), Is.Not.EqualTo(HeldText.Of(text + "x")));
    }
}
