using System.Globalization;
using KubeDb.Api.Kinds.Kubedb;

namespace KubeDb.Api.Engines.Druid;

/// <summary>How the memory of a container is divided, in MiB: what is left is for the Java machine itself.</summary>
/// <param name="Heap">The heap.</param>
/// <param name="Direct">Buffers beside it.</param>
internal sealed record DruidMemory(int Heap, int Direct)
{
    /// <summary>Limit of a container that has none.</summary>
    public const int DefaultLimit = 1024;

    // So many buffers fit, that threads can be added without a change of their size.
    private const int Buffers = 8;
    private const int Least = 32;

    /// <summary>Size of a processing buffer, in bytes.</summary>
    public string BufferBytes => (Direct * 1_000_000 / Buffers).ToString(CultureInfo.InvariantCulture);

    /// <summary>Of the servers of a role.</summary>
    /// <param name="role">The role.</param>
    /// <param name="limit">Limit of the container.</param>
    public static DruidMemory Of(DruidRole role, int limit) => role.Name switch
    {
        DruidNames.MiddleManagers => new(Math.Clamp(limit / 8, 64, 128), Least),
        DruidNames.Coordinators or DruidNames.Overlords => Part(limit, 55, 10),
        DruidNames.Routers => Part(limit, 45, 15),
        _ => Part(limit, 45, 25),
    };

    /// <summary>Of one of the processes that a middle manager runs tasks in.</summary>
    /// <param name="limit">Limit of the middle manager's container.</param>
    /// <param name="capacity">Most tasks at a time.</param>
    public static DruidMemory OfTask(int limit, int capacity) => Part(Math.Max(128, (limit - 224) / Math.Max(1, capacity)), 50, 25);

    private static DruidMemory Part(int limit, int heap, int direct) => new(Math.Max(64, limit * heap / 100), Math.Max(Least, limit * direct / 100));
}
