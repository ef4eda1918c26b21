using System.Globalization;
using System.Text;

namespace KubeDb.Api.Engines.Redis.Cluster;

/// <summary>Which slot a key is in, and which slots a shard gets when a cluster is made. Pure.</summary>
internal static class ClusterSlots
{
    /// <summary>The slot of a key: CRC16 (XMODEM) of the part between the first braces, or of the whole where nothing is between them.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open >= 0 && key[(open + 1)..].IndexOf((byte)'}') is var length and > 0)
            key = key.Slice(open + 1, length);
        ushort crc = 0;
        foreach (var b in key)
        {
            crc ^= (ushort)(b << 8);
            for (var bit = 0; bit < 8; bit++)
                crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
        }

        return crc % SlotSet.All;
    }

    /// <summary>The slot of a key.</summary>
    public static int Of(string key) => Of(Encoding.UTF8.GetBytes(key));

    /// <summary>The slots of a shard in a cluster of so many shards: even ranges in the order of shards, as <c>redis-cli --cluster create</c> cuts them.</summary>
    public static SlotSet OfShard(int shard, int shards)
    {
        var width = SlotSet.All / (double)shards;
        var last = shard == shards - 1 ? SlotSet.All - 1 : End(shard);
        return SlotSet.OfRange(shard == 0 ? 0 : End(shard - 1) + 1, last);

        int End(int index) => (int)Math.Round((width * (index + 1)) - 1, MidpointRounding.AwayFromZero);
    }

    /// <summary>A key that starts with the prefix and is in one of the slots.</summary>
    /// <param name="prefix">Start of the key; has no braces.</param>
    /// <param name="slots">At least one slot.</param>
    public static string KeyIn(string prefix, SlotSet slots)
    {
        for (var i = 0; ; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{prefix}:{i}");
            if (slots.Has(Of(key)))
                return key;
        }
    }
}
